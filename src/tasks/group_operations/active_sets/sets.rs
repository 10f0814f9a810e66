//! Which tokens make a neuron active: a staircase, kept in whole numbers.

use crate::cost::Scalar;
use crate::linalg::{Matrix, ascending, map};
use crate::models::two_token::TwoToken;

/// For which inputs one neuron is active.
pub(super) struct Sets {
    /// The tokens of either side, those of which the neuron reads most first.
    pub(super) descending: [Vec<usize>; 2],
    /// For each token of a side, how many of the other side's make the neuron active with it: as
    /// many from the start of their `descending`.
    pub(super) active: [Vec<usize>; 2],
}

impl Sets {
    /// The sets of each neuron, and how many FLOPs that takes: a token is active with another if
    /// what is read of it is above minus what is read of the other, which no rounding changes.
    pub(super) fn all<S: Scalar>(network: &TwoToken) -> (Vec<Self>, u64) {
        let sides = [&network.left, &network.right].map(|side| map(&side.value, S::from_f64));
        let mut flops = 0;
        let column = |matrix: &Matrix<S>, i: usize| matrix.column(i).to_vec();
        let all = (0..network.shape().neurons).map(|i| {
            let values = sides.each_ref().map(|side| column(side, i));
            let descending = values.each_ref().map(|values| descending(values));
            flops += values.iter().map(|values| values.len() as u64 - 1).sum::<u64>();
            let active = [0, 1].map(|side| {
                let (this, other) = (&values[side], &values[1 - side]);
                let (active, compared) =
                    active(this, &descending[side], other, &descending[1 - side]);
                flops += compared;
                active
            });
            Self { descending, active }
        });
        (all.collect(), flops)
    }

    /// How often tokens of the other side come or go while the neuron walks through an order of
    /// this `side`, all of them together.
    pub(super) fn changes(&self, side: usize, order: &[usize]) -> usize {
        let active = &self.active[side];
        let ends = order.iter().map(|&token| active[token]);
        ends.scan(0, |before, now| Some(now.abs_diff(std::mem::replace(before, now)))).sum()
    }

    /// How often one token of the other side comes or goes meanwhile, at most.
    pub(super) fn most_changes(&self, side: usize, order: &[usize]) -> usize {
        let active = &self.active[side];
        let mut starts = vec![0_isize; order.len() + 1];
        let mut before = 0;
        for &token in order {
            let now = active[token];
            starts[before.min(now)] += 1;
            starts[before.max(now)] -= 1;
            before = now;
        }
        let changes = starts.iter().scan(0, |sum, start| {
            *sum += start;
            Some(*sum)
        });
        changes.max().unwrap_or(0).unsigned_abs()
    }
}

/// Tokens in the descending order of values: sorted for nothing, and checked by one comparison for
/// each but the first.
fn descending<S: Scalar>(values: &[S]) -> Vec<usize> {
    let keys: Vec<f64> = values.iter().map(|value| -value.to_f64()).collect();
    let order = ascending(&keys);
    let is_sorted = order.windows(2).all(|pair| !values[pair[0]].less(values[pair[1]]));
    assert!(is_sorted, "finite numbers have an order");
    order
}

/// For each token, how many of the others' `descending` are above minus its value, and how many
/// comparisons that takes.
fn active<S: Scalar>(
    values: &[S],
    descending: &[usize],
    others: &[S],
    others_descending: &[usize],
) -> (Vec<usize>, u64) {
    let (mut active, mut compared) = (vec![0; values.len()], 0);
    let mut left = others_descending;
    // The smaller the value, the fewer.
    for &token in descending.iter().rev() {
        while let Some((&other, rest)) = left.split_first() {
            compared += 1;
            if !(-values[token]).less(others[other]) {
                break;
            }
            left = rest;
        }
        active[token] = others.len() - left.len();
    }
    (active, compared)
}
