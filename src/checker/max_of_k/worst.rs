//! The largest value of `F_o` over a family of sequences.
//!
//! From here on each term is replaced by its upper end `y(p, t)`, a float64: `F_o ≤ own + Σ_p y(p, t_p)`, so a sequence is
//! right as far as `o` goes if that sum of float64 numbers, or what it is rounded up to, is negative.

use super::terms::Terms;
use crate::checker::certificate::Tokens;
use crate::checker::interval::up;

/// Upper ends of the terms of one output.
pub(super) struct Sum {
    /// Of the last position.
    pub(super) own: f64,
    /// Of the positions before it and tokens up to `m`, `[n − 1, m + 1]`.
    pub(super) rows: Vec<Vec<f64>>,
    /// No smaller than the sum of the terms of the positions from `p` to the one before the query's, `[n]`: of any tokens, and of
    /// tokens with `m` among them.
    pub(super) most: Vec<[f64; 2]>,
}

/// No smaller than the largest of no sums at all.
const IMPOSSIBLE: f64 = f64::MIN;

impl Sum {
    pub(super) fn of(terms: &Terms) -> Self {
        let rows: Vec<Vec<f64>> = terms.rows.iter().map(|row| row.iter().map(|term| term.high).collect()).collect();
        let mut most = vec![[0.0, IMPOSSIBLE]];
        for row in rows.iter().rev() {
            let [any, with_m] = most[most.len() - 1];
            let best = largest(row);
            // Either this position's token is m, or m is further on.
            most.push([up(best + any), up(row[row.len() - 1] + any).max(up(best + with_m))]);
        }
        most.reverse();
        Self { own: terms.own.high, rows, most }
    }

    /// No smaller than `F_o` of any sequence of the cell.
    pub(super) fn largest(&self, needs_m: bool) -> f64 {
        up(self.own + self.most[0][usize::from(needs_m)])
    }

    /// No smaller than `F_o` of any sequence with `others` of the given tokens before the query and `m` at all other positions:
    /// position by position, the largest sums with `0, 1, …` others so far.
    pub(super) fn largest_of_part(&self, others: usize, tokens: &Tokens) -> f64 {
        let mut sums = vec![IMPOSSIBLE; others + 1];
        sums[0] = self.own;
        for row in &self.rows {
            let of_m = row[row.len() - 1];
            let of_other = tokens.iter().map(|&(from, to)| largest(&row[from..to])).fold(IMPOSSIBLE, f64::max);
            for others in (0..=others).rev() {
                let with_m = up(sums[others] + of_m);
                sums[others] = if others == 0 { with_m } else { with_m.max(up(sums[others - 1] + of_other)) };
            }
        }
        sums[others]
    }
}

/// Terms are not NaN, of which `max` would lose sight: upper ends of intervals never are.
pub(super) fn largest(terms: &[f64]) -> f64 {
    terms.iter().copied().fold(IMPOSSIBLE, f64::max)
}
