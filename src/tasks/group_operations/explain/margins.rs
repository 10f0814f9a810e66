use crate::models::two_token::{Logits, Magnitudes};
use crate::tasks::group_operations::active_sets::ActiveSets;
use crate::tasks::group_operations::best::Best;
use crate::tasks::group_operations::brute_force::{Symmetry, margin};
use crate::tasks::group_operations::coset::ByCosets;
use crate::tasks::group_operations::irrep::Irrep;
use crate::tasks::group_operations::low_rank::LowRank;
use crate::tasks::group_operations::{GroupOperation, Strategy};
use serde::Serialize;

/// What the network makes of all inputs `x, y`, `[x · order + y]`, and what a proof proves of them.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Margins {
    /// Elements of the group.
    pub order: usize,
    /// The product of each input.
    pub products: Vec<usize>,
    /// The logit of the product less the largest other one, by float64.
    pub margins: Vec<f64>,
    /// What the proof shows of each margin: it is at least that, but for `slack`. Empty without a
    /// proof that decides inputs.
    pub proven: Vec<f64>,
    /// A margin is certain above this, in logits.
    pub slack: f64,
    /// How many inputs the proof proves right.
    pub count: usize,
}

impl GroupOperation {
    /// The margins of all inputs, `[x · order + y]`, by float64.
    pub(in crate::tasks::group_operations) fn margins(&self) -> Vec<f64> {
        let (order, logits) = (self.group.order(), Logits::<f64>::new(&self.network));
        let of_left = |x: usize| {
            let rows = logits.of(&logits.active(x, 0..order), x, 0..order);
            let outputs = rows.len() / order;
            let all = rows.chunks_exact(outputs).enumerate();
            all.map(|(y, row)| margin(row, self.group.product(x, y))).collect::<Vec<_>>()
        };
        (0..order).flat_map(of_left).collect()
    }

    /// What the network makes of all inputs, and what a proof proves of them.
    #[must_use]
    pub fn margin_map(&self, strategy: Option<Strategy>) -> Margins {
        if let Some(Strategy::Best(target)) = strategy {
            return self.margin_map(Best::searched(self, target).strategy());
        }
        let order = self.group.order();
        let margins = self.margins();
        let (proven, slack) = match strategy {
            None | Some(Strategy::Best(_)) => (Vec::new(), 0.0),
            Some(Strategy::BruteForce(symmetry)) => {
                let magnitudes = Magnitudes::<f64>::new(&self.network);
                let at = |place: usize| match (symmetry, place / order, place % order) {
                    (Symmetry::Used, x, y) if y < x => margins[y * order + x],
                    _ => margins[place],
                };
                let proven = (0..margins.len()).map(at).collect();
                (proven, magnitudes.slack(magnitudes.logits, 1))
            }
            Some(Strategy::LowRankUnembed(rank)) => {
                let proof = LowRank::searched(self, rank);
                ((0..order).flat_map(|x| proof.margins(x)).collect(), proof.slack())
            }
            Some(Strategy::ActiveSets(rank)) => {
                let proof = ActiveSets::searched(self, rank);
                ((0..order).flat_map(|x| proof.margins(x)).collect(), proof.slack())
            }
            Some(Strategy::Coset) => {
                let proof = ByCosets::searched(self);
                ((0..order).flat_map(|x| proof.margins(x)).collect(), proof.slack())
            }
            Some(Strategy::Irrep(method)) => {
                let proof = Irrep::searched(self, method);
                let of_left = |x: usize| {
                    let margins = proof.margins(x);
                    // One number for all inputs.
                    let all = margins.len() == 1;
                    (0..order).map(move |y| margins[if all { 0 } else { y }])
                };
                ((0..order).flat_map(of_left).collect(), proof.slack())
            }
        };
        let count = proven.iter().filter(|&&margin| slack < margin).count();
        let products = self.group.table().to_vec();
        Margins { order, products, margins, proven, slack, count }
    }
}
