//! The largest value of `F_o` over a family of sequences.
//!
//! Each term `x_o(p, t)` is replaced by its upper end `y(p, t)`, a float64, so
//! `F_o ≤ own + Σ_p y(p, t_p)` over the positions before the query's. As far as output `o` goes, a
//! sequence is right if this sum of float64 numbers, rounded up, is negative.
//!
//! ```text
//! for each position p before the query's, from the last to the first:   rest[p], see `Rest`
//!     most        = max_t y(p, t) + most
//!     most_with_m = max(y(p, m) + most before p was added, max_t y(p, t) + most_with_m)
//! largest F_o of the cell = own + (most_with_m if m must be among these tokens, else most)
//! ```

use super::cell::{Cell, power};
use super::evidence::Parts;
use super::interval::up;
use super::sequences::Work;

/// Upper ends of the terms of `F_o`, or of another sum over positions.
pub(super) struct Sum {
    /// The upper end of the term of the last position.
    pub(super) own: f64,
    /// The upper ends `y(p, t)` of the positions before it and tokens `t ≤ m`, `[n − 1, m + 1]`.
    pub(super) rows: Vec<Vec<f64>>,
    /// `rest[p]` is about the sums of terms of all positions from `p` to the one before the
    /// query's, `[n]`.
    pub(super) rest: Vec<Rest>,
}

/// Upper bounds on the sum of the terms of some positions.
#[derive(Clone, Copy)]
pub(super) struct Rest {
    /// `most` holds for any tokens at these positions, `most_with_m` for tokens with `m` among
    /// them; it is `−∞` if there is no position for it.
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

    /// An upper bound on the sum of any sequence that begins with `p` given tokens, whose terms and
    /// the query's add up to at most `so_far`. `has_m` says that `m` is among these tokens or not
    /// needed.
    pub(super) fn largest(&self, so_far: f64, p: usize, has_m: bool) -> f64 {
        up(so_far + if has_m { self.rest[p].most } else { self.rest[p].most_with_m })
    }

    /// An upper bound on the sum of any sequence with exactly `others` tokens from `tokens` before
    /// the query and `m` at all other positions before it.
    ///
    /// ```text
    /// sums[i] = the largest sum with i other tokens so far;   sums[0] = own, the rest −∞
    /// for each position p:
    ///     sums[i] = max(sums[i] + y(p, m), sums[i − 1] + max_t y(p, t))
    /// ```
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

/// The number of sequences in those parts of the cell whose worst sequence is right. Parts differ
/// in the number of tokens other than `m`, so no sequence is counted twice.
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
            // A maximum takes about one step, an update of a sum about five.
            let steps = undecided.len() * cell.last * (tokens.len() + 5 * others + 5);
            work.spend(steps as u64)?;
            // The number of ways to choose the positions of the other tokens: a binomial
            // coefficient.
            let positions =
                (0..others).fold(1, |ways, i| ways * (cell.last - i) as u128 / (i + 1) as u128);
            let is_right =
                undecided.iter().all(|(_, sum)| sum.largest_of_part(others, tokens) < 0.0);
            is_right.then(|| positions * power(tokens.len(), others))
        });
    sequences.sum()
}
