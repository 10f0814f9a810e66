use crate::tasks::group_operations::active_sets::ActiveSets;
use crate::tasks::group_operations::best::Best;
use crate::tasks::group_operations::coset::ByCosets;
use crate::tasks::group_operations::irrep::Irrep;
use crate::tasks::group_operations::low_rank::LowRank;
use crate::tasks::group_operations::{GroupOperation, Strategy};
use serde::Serialize;

/// Where a proof loses margins: of each input, the margin that the proof shows is a sum of parts.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Split {
    /// The names of the parts.
    pub parts: &'static [&'static str],
    /// What each part adds on average, in logits.
    pub mean: Vec<f64>,
    /// The input of which the proof shows the least.
    pub worst: SplitInput,
    /// What the proof leaves of the product of its factors, `‖U′[z] − A[z] B‖` of each output;
    /// empty for proofs without factors.
    pub rests: Vec<f64>,
}

/// One input, split.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SplitInput {
    /// The left token.
    pub x: usize,
    /// The right token.
    pub y: usize,
    /// What each part adds, in logits.
    pub parts: Vec<f64>,
}

/// The parts of the margin of a left token and each right one.
type OfLeft = Box<dyn Fn(usize) -> Vec<Vec<f64>>>;

impl GroupOperation {
    /// Where a proof loses margins; `None` for one that loses nothing, as it runs the network.
    #[must_use]
    pub fn split(&self, strategy: Strategy) -> Option<Split> {
        let (parts, of_left, rests): (_, OfLeft, _) = match strategy {
            Strategy::BruteForce(_) => return None,
            Strategy::Best(target) => {
                return self.split(Best::searched(self, target).strategy()?);
            }
            Strategy::LowRankUnembed(rank) => {
                let proof = LowRank::searched(self, rank);
                let rests = proof.rests();
                (LowRank::PARTS, Box::new(move |x| proof.parts(x)), rests)
            }
            Strategy::ActiveSets(rank) => {
                let proof = ActiveSets::searched(self, rank);
                let rests = proof.rests();
                let parts = move |x| proof.parts(x).into_iter().map(Vec::from).collect();
                (ActiveSets::PARTS, Box::new(parts), rests)
            }
            Strategy::Coset => {
                let proof = ByCosets::searched(self);
                let parts = move |x| proof.parts(x).into_iter().map(Vec::from).collect();
                (ByCosets::PARTS, Box::new(parts), Vec::new())
            }
            Strategy::Irrep(method) => {
                let proof = Irrep::searched(self, method);
                (method.parts(), Box::new(move |x| proof.parts(x)), Vec::new())
            }
        };
        let order = self.group.order();
        let mut mean = vec![0.0; parts.len()];
        let mut worst: Option<(f64, SplitInput)> = None;
        for x in 0..order {
            for (y, parts) in of_left(x).into_iter().enumerate() {
                mean.iter_mut().zip(&parts).for_each(|(mean, part)| *mean += part);
                let shown: f64 = parts.iter().sum();
                if worst.as_ref().is_none_or(|(least, _)| shown < *least) {
                    worst = Some((shown, SplitInput { x, y, parts }));
                }
            }
        }
        let inputs = (order * order) as f64;
        mean.iter_mut().for_each(|mean| *mean /= inputs);
        Some(Split { parts, mean, worst: worst?.1, rests })
    }
}
