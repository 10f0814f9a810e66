//! The largest value of `F_o` over a family of sequences.
//!
//! Each term is replaced by its upper end `y(p, t)`, a float64: `F_o ≤ own + Σ_p y(p, t_p)`, so a sequence is right as far as `o`
//! goes if that sum of float64 numbers, or what it is rounded up to, is negative.

use super::Work;
use super::cell::{Cell, power};
use super::evidence::Parts;
use super::interval::up;

/// Upper ends of the terms of `F_o`, or of another sum over positions.
pub(super) struct Sum {
    /// Of the last position.
    pub(super) own: f64,
    /// Of the positions before it and tokens up to `m`, `[n − 1, m + 1]`.
    pub(super) rows: Vec<Vec<f64>>,
    /// Of the sums of terms from each position to the one before the query's, `[n]`.
    pub(super) rest: Vec<Rest>,
}

/// Sums of the terms of some positions.
#[derive(Clone, Copy)]
pub(super) struct Rest {
    /// No smaller than that of any tokens, and than that of tokens with `m` among them. (No sum at all is `−∞`.)
    pub(super) most: f64,
    pub(super) most_with_m: f64,
}

impl Sum {
    pub(super) fn new(cell: &Cell, term: impl Fn(usize, usize) -> f64) -> Self {
        let row = |p: usize| (0..=cell.m).map(|t| term(p, t)).collect();
        let rows: Vec<Vec<f64>> = (0..cell.last).map(row).collect();
        let mut after = Rest { most: 0.0, most_with_m: f64::NEG_INFINITY };
        let mut rest = vec![after];
        for row in rows.iter().rev() {
            let best = largest(row.iter().copied());
            after = Rest {
                most: up(best + after.most),
                // Either this position's token is m, or m is further on.
                most_with_m: up(row[cell.m] + after.most).max(up(best + after.most_with_m)),
            };
            rest.push(after);
        }
        rest.reverse();
        Self { own: term(cell.last, cell.q), rows, rest }
    }

    /// No smaller than that of any sequence that begins with `p` tokens whose terms and the query's add up to `so_far` at most,
    /// an `m` among them or not needed.
    pub(super) fn largest(&self, so_far: f64, p: usize, has_m: bool) -> f64 {
        up(so_far + if has_m { self.rest[p].most } else { self.rest[p].most_with_m })
    }

    /// No smaller than that of any sequence with `others` of the given tokens before the query and `m` at all other positions:
    /// position by position, the largest sums with `0, 1, …` others so far.
    fn largest_of_part(&self, others: usize, tokens: &[usize]) -> f64 {
        let mut sums = vec![f64::NEG_INFINITY; others + 1];
        sums[0] = self.own;
        for row in &self.rows {
            let of_m = row[row.len() - 1];
            let of_other = largest(tokens.iter().map(|&t| row[t]));
            for others in (1..=others).rev() {
                sums[others] = up(sums[others] + of_m).max(up(sums[others - 1] + of_other));
            }
            sums[0] = up(sums[0] + of_m);
        }
        sums[others]
    }
}

pub(super) fn largest(terms: impl Iterator<Item = f64>) -> f64 {
    terms.fold(f64::NEG_INFINITY, f64::max)
}

/// The sequences of those parts of a cell whose worst sequence is right. Parts differ in the number of tokens other than `m`, so
/// none is counted twice.
pub(super) fn right(
    cell: &Cell,
    undecided: &[(usize, Sum)],
    parts: &Parts,
    work: &mut Work,
) -> u128 {
    let most_others = cell.last - usize::from(cell.needs_m());
    let sequences =
        parts.iter().take(most_others + 1).enumerate().filter_map(|(others, tokens)| {
            let tokens = tokens.as_ref()?;
            // A maximum takes about a step, a sum of those so far some five.
            let steps = undecided.len() * cell.last * (tokens.len() + 5 * others + 5);
            work.spend(steps as u64)?;
            // In how many ways the positions of others can be chosen: a binomial coefficient.
            let positions =
                (0..others).fold(1, |ways, i| ways * (cell.last - i) as u128 / (i + 1) as u128);
            let is_right =
                undecided.iter().all(|(_, sum)| sum.largest_of_part(others, tokens) < 0.0);
            is_right.then(|| positions * power(tokens.len(), others))
        });
    sequences.sum()
}
