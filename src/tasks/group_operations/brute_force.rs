//! The exact count, by running the network on every input.

use super::GroupOperation;
use super::group::Group;
use super::margin::{enclosed, least};
use crate::cost::Scalar;
use crate::models::two_token::{Logits, Magnitudes, Shape, TwoToken};
use crate::proof::{CaseAnalysis, Cost, Evidence, Failure, Margin, Tally};
use std::ops::Range;

/// Whether a proof uses that the network makes no difference between `x, y` and `y, x`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Symmetry {
    /// It looks at both.
    Ignored,
    /// It looks at one of them and counts it twice.
    Used,
}

/// Brute force, `O(n² m o)`. A chunk is a left token.
///
/// An input is right if its margin, the logit of `x · y` less the largest other one, is above the
/// slack of theorem 7 of [`crate::rounding`], wrong if it is below minus the slack, and lost in
/// between.
pub(super) struct BruteForce {
    task: GroupOperation,
    symmetry: Symmetry,
}

/// What brute force needs of a network, in numbers that may count their operations.
#[derive(Debug)]
pub(super) struct Exact<S> {
    logits: Logits<S>,
    slack: S,
}

impl Exact<f64> {
    /// Bounds on the margin of one input.
    pub(super) fn margin(&self, group: &Group, x: usize, y: usize) -> Margin {
        enclosed(self.margins(group, x, y..y + 1)[0], self.slack)
    }
}

impl<S: Scalar> Exact<S> {
    pub(super) fn new(network: &TwoToken) -> Self {
        let magnitudes = Magnitudes::<S>::new(network);
        Self { logits: Logits::new(network), slack: magnitudes.slack(magnitudes.logits, 1) }
    }

    /// The inputs of a left token that are right, wrong and lost, each `y` with its weight.
    fn count(&self, group: &Group, x: usize, weights: impl Fn(usize) -> u128) -> Tally {
        let ys = counted(group, &weights);
        let mut tally = Tally::default();
        for (margin, y) in self.margins(group, x, ys.clone()).into_iter().zip(ys) {
            let weight = weights(y);
            tally.visited += 1;
            match (self.slack.less(margin), margin.less(-self.slack)) {
                (true, _) => tally.right += weight,
                (_, true) => tally.wrong += weight,
                _ => tally.lost += weight,
            }
        }
        tally
    }

    /// Whether the network is right on an input; `None` if float64 cannot tell.
    pub(super) fn decide(&self, group: &Group, x: usize, y: usize) -> Option<bool> {
        let margin = self.margins(group, x, y..y + 1)[0];
        if self.slack.less(margin) {
            return Some(true);
        }
        margin.less(-self.slack).then_some(false)
    }

    /// The margin of `x` and each `y` of a range.
    fn margins(&self, group: &Group, x: usize, ys: Range<usize>) -> Vec<S> {
        let active = self.logits.active(x, ys.clone());
        let logits = self.logits.of(&active, x, ys.clone());
        let outputs = logits.len() / ys.len().max(1);
        let rows = logits.chunks_exact(outputs.max(1)).zip(ys);
        rows.map(|(row, y)| margin(row, group.product(x, y))).collect()
    }
}

/// The right tokens from the first one on that counts.
fn counted(group: &Group, weights: impl Fn(usize) -> u128) -> Range<usize> {
    let order = group.order();
    (0..order).find(|&y| weights(y) > 0).unwrap_or(order)..order
}

/// The logit of `right` less the largest other one; one operation less than there are logits.
pub(super) fn margin<S: Scalar>(logits: &[S], right: usize) -> S {
    let (before, after) = (&logits[..right], &logits[right + 1..]);
    let others = [before, after].into_iter().filter(|side| !side.is_empty());
    logits[right] - others.map(S::largest).reduce(S::max).expect("at least two outputs")
}

/// How often the input `x, y` counts.
fn weight(symmetry: Symmetry, x: usize, y: usize) -> u128 {
    match symmetry {
        Symmetry::Ignored => 1,
        Symmetry::Used if x < y => 2,
        Symmetry::Used => u128::from(x == y),
    }
}

impl BruteForce {
    pub(super) fn new(task: &GroupOperation, symmetry: Symmetry) -> Self {
        Self { task: task.clone(), symmetry }
    }
}

impl CaseAnalysis for BruteForce {
    fn chunks(&self) -> u64 {
        self.task.group.order() as u64
    }

    fn count(&self, chunk: u64) -> Tally {
        let x = usize::try_from(chunk).expect("a token");
        self.task.exact().count(&self.task.group, x, |y| weight(self.symmetry, x, y))
    }

    fn margin(&self, chunk: u64) -> Option<Margin> {
        let x = usize::try_from(chunk).expect("a token");
        let (exact, group) = (self.task.exact(), &self.task.group);
        let ys = counted(group, |y| weight(self.symmetry, x, y));
        let margins = ys.clone().map(|y| (x, y)).zip(exact.margins(group, x, ys));
        Some(least(&self.task, margins, exact.slack))
    }

    fn cost(&self) -> Cost {
        let (network, order) = (&self.task.network, self.task.group.order());
        let (lower, upper) = flops(network, order, self.symmetry);
        Cost { upper_flops: upper, ..Cost::new(lower, self.task.exact().slack) }
    }

    fn evidence(&self) -> Result<Evidence, Failure> {
        Ok(Evidence::none())
    }
}

/// FLOPs of proving inputs right, and of proving the others wrong beside that.
pub(super) fn flops(network: &TwoToken, order: usize, symmetry: Symmetry) -> (f64, f64) {
    let Shape { left, neurons, outputs, .. } = network.shape();
    let (inputs, compared) = match symmetry {
        Symmetry::Ignored => (order * order, 0.0),
        Symmetry::Used => {
            let direct = (Logits::<f64>::direct_flops(network) - 1.0) * (left * outputs) as f64;
            (order * (order + 1) / 2, (left * neurons) as f64 + direct)
        }
    };
    let start = Magnitudes::<f64>::flops(network) + 2.0 + compared;
    (start + inputs as f64 * of_input_flops(network), inputs as f64)
}

/// FLOPs of proving one input right.
pub(super) fn of_input_flops(network: &TwoToken) -> f64 {
    let logits = Logits::<f64>::active_flops(network) + Logits::<f64>::flops(network);
    logits + network.shape().outputs as f64
}

#[cfg(test)]
mod tests {
    use super::super::group::natural;
    use super::*;
    use crate::cost::Counted;
    use crate::linalg::Matrix;
    use crate::models::two_token::{Folded, Head, Weights};

    fn network(order: usize, with_paths: bool, heads: usize) -> TwoToken {
        let mut next = 0_u32;
        let mut matrix = |rows: usize, columns: usize| {
            Folded::exact(Matrix::from_shape_simple_fn((rows, columns), || {
                next = (next * 29 + 17) % 101;
                f64::from(next) / 64.0 - 0.75
            }))
        };
        TwoToken::new(Weights {
            left: matrix(order, 6),
            right: matrix(order, 6),
            hidden_bias: matrix(1, 6),
            unembed: matrix(order + 1, 6),
            direct: with_paths.then(|| (matrix(order, order + 1), matrix(order, order + 1))),
            bias: matrix(1, order + 1),
            heads: (0..heads)
                .map(|_| Head {
                    attention: matrix(order, order),
                    left: [matrix(order, 6), matrix(order, order + 1)],
                    right: [matrix(order, 6), matrix(order, order + 1)],
                })
                .collect(),
            attention_flops: 0.0,
        })
        .unwrap()
    }

    #[test]
    fn the_formula_counts_the_operations() {
        let group = natural("S3").unwrap();
        for (with_paths, heads) in [(false, 0), (true, 0), (true, 1), (true, 2)] {
            let network = network(6, with_paths, heads);
            let (lower, upper) = flops(&network, 6, Symmetry::Ignored);
            let (counted, tally) = Counted::during(|| {
                let exact = Exact::<Counted>::new(&network);
                (0..6).map(|x| exact.count(&group, x, |_| 1)).sum::<Tally>()
            });
            assert_eq!(counted as f64, lower + upper);
            assert_eq!(tally.right + tally.wrong + tally.lost, 36);
        }
    }

    #[test]
    fn the_specification_counts_the_same() {
        let (group, network) = (natural("Z6").unwrap(), network(6, true, 2));
        let task = GroupOperation::new(network.clone(), group.clone()).unwrap();
        let found = crate::proof::count_all(&BruteForce::new(&task, Symmetry::Ignored));
        let inputs = (0..6).flat_map(|x| (0..6).map(move |y| (x, y)));
        let is_right =
            |&(x, y): &(usize, usize)| margin(&network.logits(x, y), group.product(x, y)) > 0.0;
        assert_eq!((found.right, found.lost), (inputs.filter(is_right).count() as u128, 0));
    }
}
