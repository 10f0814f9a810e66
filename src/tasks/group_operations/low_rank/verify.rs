use super::rests::{self, Rests};
use super::{Factors, Lengths};
use crate::cost::Scalar;
use crate::linalg::{Matrix, dot};
use crate::models::two_token::{Logits, Shape, TwoToken};
use crate::proof::Tally;
use crate::tasks::group_operations::brute_force::margin;
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
    pub(super) fn count(&self, group: &Group, x: usize, seen: &Seen<S>) -> Tally {
        tally(self.margins(group, x, seen), self.slack)
    }

    /// What the inputs of a left token give.
    pub(super) fn seen(&self, group: &Group, x: usize) -> Seen<S> {
        let Rests { unembed, right, rank, sides, .. } = &self.rests;
        Seen::new(&self.logits, unembed, (right, *rank), sides.is_none(), group, x)
    }

    /// At least the margin of `x` and each `y`, up to rounding.
    pub(super) fn margins(&self, group: &Group, x: usize, seen: &Seen<S>) -> Vec<S> {
        let Rests { left, rests, rank, .. } = &self.rests;
        let outputs = rests.len();
        let mut factored = S::matmul(&seen.numbers, left, *rank, outputs);
        let rows = factored.chunks_exact_mut(outputs).zip(&seen.right).zip(0..);
        rows.map(|((bounds, &logit), y)| {
            let length = match &self.rests.sides {
                None => seen.lengths[y],
                Some([left, right]) => left[x] + right[y],
            };
            S::add_scaled(bounds, length, rests);
            self.logits.add_direct(bounds, x, y);
            let right = group.product(x, y);
            bounds[right] = logit;
            margin(bounds, right)
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
}

/// What the inputs of a left token give, whatever the left factor is.
#[derive(Clone, Debug)]
pub(super) struct Seen<S> {
    /// `B a`, `[y, R]`.
    numbers: Vec<S>,
    /// The logit of each right answer.
    right: Vec<S>,
    /// `‖a‖` of each input; empty where sums bound lengths.
    lengths: Vec<S>,
}

impl<S: Scalar> Seen<S> {
    /// Runs the neurons on the inputs of `x`. `right` is `Bᵀ`, `[m, R]`, and `R`.
    pub(super) fn new(
        logits: &Logits<S>,
        unembed: &Matrix<S>,
        (right, rank): (&[S], usize),
        has_lengths: bool,
        group: &Group,
        x: usize,
    ) -> Self {
        let neurons = unembed.ncols();
        let active = logits.active(x, 0..group.order());
        let rows = || active.chunks_exact(neurons);
        let answer = |(active, y): (&[S], usize)| {
            let z = group.product(x, y);
            let row = unembed.row(z);
            let logit = dot(row.as_slice().expect("row-major"), active);
            logits.with_direct(logit, x, y, z)
        };
        Self {
            numbers: S::matmul(&active, right, neurons, rank),
            right: rows().zip(0..).map(answer).collect(),
            lengths: match has_lengths {
                true => rows().map(|active| dot(active, active).sqrt()).collect(),
                false => Vec::new(),
            },
        }
    }

    /// The first `rank` of all numbers: each is a sum of its own.
    pub(super) fn narrowed(&self, rank: usize) -> Self {
        let all = self.numbers.len() / self.right.len();
        let rows = self.numbers.chunks_exact(all);
        Self {
            numbers: rows.flat_map(|row| &row[..rank]).copied().collect(),
            right: self.right.clone(),
            lengths: self.lengths.clone(),
        }
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
                    let count = |x| verifier.count(&group, x, &verifier.seen(&group, x));
                    (0..6).map(count).sum::<Tally>()
                });
                assert_eq!(counted as f64, flops(&network, 6, rank, lengths), "rank {rank}");
            }
        }
    }
}
