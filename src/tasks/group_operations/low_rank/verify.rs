use super::rests::{self, Rests};
use super::{Factors, Lengths};
use crate::cost::Scalar;
use crate::linalg::dot;
use crate::models::two_token::{Logits, Shape, TwoToken};
use crate::proof::Tally;
use crate::tasks::group_operations::group::Group;
use crate::tasks::group_operations::margin::tally;

/// What the verifier makes of a network and of factors that fit it.
pub(super) struct Verifier<S> {
    logits: Logits<S>,
    rests: Rests<S>,
    slack: S,
}

impl<S: Scalar> Verifier<S> {
    pub(super) fn new(network: &TwoToken, factors: &Factors) -> Self {
        let rests = Rests::new(network, factors);
        let slack = rests.slack(None, network.shape().neurons + rests.rank + 10);
        Self { logits: Logits::new(network), rests, slack }
    }

    /// The slack of a comparison.
    pub(super) fn slack(&self) -> f64 {
        self.slack.to_f64()
    }

    /// The inputs of a left token that are proven right, and those that rounding loses.
    pub(super) fn count(&self, group: &Group, x: usize) -> Tally {
        tally(self.margins(group, x), self.slack)
    }

    /// At least the margin of `x` and each `y`, up to rounding.
    pub(super) fn margins(&self, group: &Group, x: usize) -> Vec<S> {
        let Rests { unembed, right, left, rank, .. } = &self.rests;
        let (order, neurons, outputs) = (group.order(), unembed.ncols(), unembed.nrows());
        let active = self.logits.active(x, 0..order);
        let numbers = S::matmul(&active, right, neurons, *rank);
        let factored = S::matmul(&numbers, left, *rank, outputs);
        let rows = active.chunks_exact(neurons).zip(factored.chunks_exact(outputs));
        rows.zip(0..)
            .map(|((active, factored), y)| {
                self.margin(active, factored, (x, y), group.product(x, y))
            })
            .collect()
    }

    /// `‖U′[z] − A[z] B‖`, `[o]`.
    pub(super) fn rests(&self) -> &[S] {
        &self.rests.rests
    }

    /// The margins of [`Self::margins`] as sums of [parts](super::LowRank::PARTS): for the wrong
    /// output that decides.
    pub(super) fn parts(&self, group: &Group, x: usize) -> Vec<Vec<f64>> {
        let Rests { unembed, right, left, rank, .. } = &self.rests;
        let (order, neurons, outputs) = (group.order(), unembed.ncols(), unembed.nrows());
        let active = self.logits.active(x, 0..order);
        let numbers = S::matmul(&active, right, neurons, *rank);
        let mut factored = S::matmul(&numbers, left, *rank, outputs);
        let rows = active.chunks_exact(neurons).zip(factored.chunks_exact_mut(outputs));
        rows.zip(0..)
            .map(|((active, factored), y)| {
                let right = group.product(x, y);
                self.logits.add_direct(factored, x, y);
                let row = self.rests.unembed.row(right);
                let logit = dot(row.as_slice().expect("row-major"), active);
                let logit = self.logits.with_direct(logit, x, y, right).to_f64();
                let exact = dot(active, active).sqrt().to_f64();
                let length = match &self.rests.sides {
                    None => exact,
                    Some([left, right]) => (left[x] + right[y]).to_f64(),
                };
                let of = |z: usize| (factored[z].to_f64(), self.rests.rests[z].to_f64());
                let wrong = (0..outputs).filter(|&z| z != right).map(of);
                let bound = |&(factored, rest): &(f64, f64)| factored + rest * length;
                let decides = wrong.max_by(|a, b| bound(a).total_cmp(&bound(b)));
                let (factored, rest) = decides.expect("at least two outputs");
                vec![logit - factored, -rest * exact, -rest * (length - exact)]
            })
            .collect()
    }

    /// At most the logit `right` less the largest other one, up to rounding.
    fn margin(&self, active: &[S], factored: &[S], (x, y): (usize, usize), right: usize) -> S {
        let length = match &self.rests.sides {
            None => dot(active, active).sqrt(),
            Some([left, right]) => left[x] + right[y],
        };
        let mut bounds: Vec<S> =
            factored.iter().zip(&self.rests.rests).map(|(&f, &rest)| f + rest * length).collect();
        self.logits.add_direct(&mut bounds, x, y);
        let row = self.rests.unembed.row(right);
        let logit = dot(row.as_slice().expect("row-major"), active);
        bounds[right] = self.logits.with_direct(logit, x, y, right);
        crate::tasks::group_operations::brute_force::margin(&bounds, right)
    }
}

/// FLOPs of a proof of this rank.
pub(super) fn flops(network: &TwoToken, order: usize, rank: usize, lengths: Lengths) -> f64 {
    let Shape { neurons: m, outputs: o, .. } = network.shape();
    let direct = Logits::<f64>::direct_flops(network);
    let length = match lengths {
        Lengths::Exact | Lengths::Active => 2 * m,
        Lengths::Sums => 1,
    };
    let start = rests::flops(network, order, rank, lengths) + 4.0;
    let of_input = rank * (2 * m - 1) + o * (2 * rank - 1) + length + 2 * o;
    let of_input = of_input + (2 * m - 1) + (o - 1) + 1;
    let of_input = Logits::<f64>::active_flops(network) + of_input as f64 + direct * (o + 1) as f64;
    start + (order * order) as f64 * of_input
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cost::Counted;
    use crate::linalg::Matrix;
    use crate::models::two_token::testing::{matrix, network};
    use crate::tasks::group_operations::group::natural;

    #[test]
    fn the_formula_counts_the_operations() {
        let group = natural("S3").unwrap();
        for with_paths in [false, true] {
            let network = network(5, 7, with_paths);
            let all = [Lengths::Exact, Lengths::Sums].into_iter();
            for (lengths, rank) in all.flat_map(|lengths| (1..4).map(move |rank| (lengths, rank))) {
                let rows = |m: Matrix<f64>| m.rows().into_iter().map(|r| r.to_vec()).collect();
                let factors =
                    Factors::new(lengths, rows(matrix(7, rank, 8)), rows(matrix(rank, 5, 9)));
                factors.fit(&network).unwrap();
                let (counted, _) = Counted::during(|| {
                    let verifier = Verifier::<Counted>::new(&network, &factors);
                    (0..6).map(|x| verifier.count(&group, x)).sum::<Tally>()
                });
                assert_eq!(counted as f64, flops(&network, 6, rank, lengths), "rank {rank}");
            }
        }
    }
}
