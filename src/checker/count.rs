//! An upper bound on the wrong sequences of a cell, without looking at each.
//!
//! A wrong sequence has `F_o ≥ 0` for some undecided output `o`, so the number of wrong sequences
//! is at most the sum, over these outputs, of the number with `F_o ≥ 0`. If most sequences that are
//! wrong by some output are wrong by one output `d` as well, this sum counts them several times. A
//! certificate may therefore name a *dominant* undecided output `d` and a factor `θ ≥ 0`. Then it
//! is enough to count the sequences with `F_d ≥ 0` and, for every other output, those with
//! `F_o ≥ 0 > F_d`. The latter have `F_o − θ F_d ≥ 0`, which is again a sum over positions.
//!
//! In terms of the largest sum: with `y(p, t)` an upper end of a term,
//! `d(p, t) = max_t y(p, t) − y(p, t)` is its *deficit* and `excess` the largest `F_o` of the cell.
//! `F_o ≥ 0` needs deficits that add up to at most `excess`. The number of such sequences is
//! bounded by a tilted sum or counted on a grid:
//!
//! ```text
//! with(0) = 1, without(0) = 0          (the other way round if some token must be m)
//! for each position p before the query's:
//!     with(p + 1)    = with(p) · (all tokens t ≤ m) + without(p) · (the token m)
//!     without(p + 1) = without(p) · (all tokens t < m)
//! wrong ≤ with(n − 1)
//! ```
//!
//! In `tilted`, `with` and `without` are numbers that start from `e^{λ excess}` in place of 1, and
//! a token counts `e^{−λ d(p, t)}`. In `on_grid`, they are arrays (entry `i`: sequences whose
//! rounded deficits add up to `i`), and a token shifts the array.

use super::cell::Cell;
use super::evidence::Count;
use super::interval::{Interval, Real, down, exp, up};
use super::sequences::Work;
use super::worst::{Sum, largest};

/// How far the terms of a sum are below the largest ones. A sequence with `F_o ≥ 0` has deficits
/// that add up to at most `excess`.
struct Deficits {
    /// An upper bound on the largest `F_o` of the cell.
    excess: f64,
    /// Deficits: lower bounds on `max_t y(p, t) − y(p, t)`, at least 0, `[n − 1, m + 1]`.
    rows: Vec<Vec<f64>>,
    /// The deficit of the first `m` of a sequence, if it is at position `p`, `[n − 1]`.
    first_m: Vec<f64>,
    needs_m: bool,
}

/// An upper bound on the wrong sequences of the cell. Takes its steps off `work`.
pub(super) fn wrong(
    cell: &Cell,
    undecided: &[(usize, Sum)],
    count: &Count,
    work: &mut Work,
) -> u128 {
    let dominant = count
        .dominant
        .as_ref()
        .filter(|dominant| undecided.iter().any(|(o, _)| *o == dominant.output));
    let by_output = undecided.iter().map(|(o, sum)| {
        let wrong = Deficits::new(cell, sum).wrong(count, work);
        let Some(dominant) = dominant.filter(|dominant| dominant.output != *o) else {
            return wrong;
        };
        let factor = Interval::exactly(dominant.factor.max(0.0));
        let beside = Sum::new(cell, |p, t| {
            (cell.term(*o, p, t) - factor * cell.term(dominant.output, p, t)).high
        });
        wrong.min(Deficits::new(cell, &beside).wrong(count, work))
    });
    by_output.fold(0, u128::saturating_add)
}

impl Deficits {
    fn new(cell: &Cell, sum: &Sum) -> Self {
        let mut excess = sum.own;
        let row = |row: &Vec<f64>| {
            let best = largest(row.iter().copied());
            excess = up(excess + best);
            row.iter().map(|term| down(best - term).max(0.0)).collect()
        };
        let rows: Vec<Vec<f64>> = sum.rows.iter().map(row).collect();
        let of_m = rows.iter().map(|row| row[cell.m]);
        // If some token must be m, its least deficit is subtracted from both the excess and the
        // first m.
        let least = if cell.needs_m() { of_m.clone().fold(f64::INFINITY, f64::min) } else { 0.0 };
        let first_m = of_m.map(|deficit| down(deficit - least).max(0.0)).collect();
        Self { excess: up(excess - least), rows, first_m, needs_m: cell.needs_m() }
    }

    /// An upper bound on the sequences with `F_o ≥ 0`: the smaller of the bounds that `count` asks
    /// for.
    fn wrong(&self, count: &Count, work: &mut Work) -> u128 {
        if self.excess < 0.0 {
            return 0;
        }
        let tilted = count.tilt.and_then(|kappa| self.tilted(kappa.clamp(0.0, 500.0), work));
        // Twice as many bins as the certificate names: the finer grid gains more than the roundings
        // here can lose against those of the verifier.
        let on_grid = count.bins.and_then(|bins| self.on_grid(2 * bins.clamp(1, 4096), work));
        tilted.into_iter().chain(on_grid).min().unwrap_or(u128::MAX)
    }

    /// By exponential tilting: for any `λ ≥ 0`, a sequence with `F_o ≥ 0` adds at least 1 to
    ///
    /// > `Σ e^{λ (excess − Σ_p d(p, t_p))} = e^{λ excess} Π_p Σ_t e^{−λ d(p, t)}`,
    ///
    /// where all terms are positive. If some token must be `m`, the sum runs over the position of
    /// the first `m`, with tokens below `m` before it and any token after it. All operations are
    /// rounded up; if `λ` or the excess is infinite, so is the result.
    #[expect(clippy::cast_possible_truncation, reason = "a count is whole: rounds down, saturates")]
    fn tilted(&self, kappa: f64, work: &mut Work) -> Option<u128> {
        // An exponential takes about as long as 200 other steps.
        work.spend(self.rows.iter().map(|row| 200 * row.len() as u64).sum())?;
        let lambda = kappa / self.excess;
        let tilted = |deficit: f64| exp(up(-lambda * deficit)).high;
        // The sums over the positions so far: without an m although one is needed, and all others.
        let all = exp(up(lambda * self.excess)).high;
        let (mut without, mut with) = if self.needs_m { (all, 0.0) } else { (0.0, all) };
        for (row, &first_m) in self.rows.iter().zip(&self.first_m) {
            let (&of_m, below) = row.split_last()?;
            let below = below.iter().fold(0.0, |sum, &deficit| up(sum + tilted(deficit)));
            with = up(up(with * up(below + tilted(of_m))) + up(without * tilted(first_m)));
            without = up(without * below);
        }
        Some(with as u128)
    }

    /// On a grid of steps `h = excess / bins`, for any positive `h`.
    ///
    /// Each deficit `d(p, t)` is replaced by a whole number `i(p, t) ≤ (d(p, t) + b_p) / h + ε`,
    /// for any `b_p ≥ 0`. If the deficits of a sequence add up to at most `excess`, its whole
    /// numbers add up to at most `(excess + Σ b_p) / h + (n − 1) ε`. The number of sequences with
    /// each sum of whole numbers is counted exactly, position by position; larger sums are dropped.
    ///
    /// The smaller tokens get next to no attention and have nearly equal deficits. `b_p` makes the
    /// least of these deficits a multiple of `h`, so that rounding down loses next to nothing of
    /// them. `ε` keeps a number that is whole but for rounding from being rounded down by one.
    #[expect(clippy::cast_possible_truncation, reason = "numbers from 0 on; large ones saturate")]
    fn on_grid(&self, bins: u32, work: &mut Work) -> Option<u128> {
        const EPSILON: f64 = 1.0 / (1 << 14) as f64;
        let h = self.excess / f64::from(bins);
        if !h.is_normal() {
            return None;
        }
        let to_multiple = |row: &Vec<f64>| {
            let smaller = &row[..(row.len() / 2).max(1)];
            let least = smaller.iter().copied().fold(self.excess, f64::min);
            ((least / h).ceil() * h - least).clamp(0.0, h)
        };
        let added: Vec<f64> = self.rows.iter().map(to_multiple).collect();
        let most = added.iter().fold(self.excess, |sum, added| up(sum + added));
        // The largest sum that counts: about `bins`, plus up to one for each position.
        let top = up(up(most / h) + up(EPSILON * added.len() as f64)) as usize;
        work.spend(self.rows.iter().map(|row| 2 * row.len() as u64 * (top + 1) as u64).sum())?;
        // The number of sequences of the positions so far, by the sum of their whole numbers:
        // without an m although one is needed, and all others.
        let (mut without, mut with) = (vec![0; top + 1], vec![0; top + 1]);
        (if self.needs_m { &mut without } else { &mut with })[0] = 1;
        for ((row, &first_m), added) in self.rows.iter().zip(&self.first_m).zip(added) {
            let number = |deficit: f64| {
                (down(down(down(deficit + added) / h) + EPSILON) as usize).min(top + 1)
            };
            let (&of_m, below) = row.split_last()?;
            // The number of tokens that have each whole number.
            let mut tokens = vec![0; top + 2];
            below.iter().for_each(|&deficit| tokens[number(deficit)] += 1);
            let still_without = convolution(&without, &tokens);
            tokens[number(of_m)] += 1;
            with = convolution(&with, &tokens);
            with[number(first_m)..]
                .iter_mut()
                .zip(&without)
                .for_each(|(with, sequences)| *with += sequences);
            without = still_without;
        }
        Some(with.iter().sum())
    }
}

/// The number of sequences with one more token, by the sum of their whole numbers; sums above the
/// largest one that counts are dropped.
fn convolution(sequences: &[u128], tokens: &[u64]) -> Vec<u128> {
    let mut longer = vec![0; sequences.len()];
    for (number, &count) in tokens.iter().enumerate().filter(|(_, count)| **count > 0) {
        let pairs = longer[number..].iter_mut().zip(sequences);
        match count {
            // Most counts are 1, and adding takes half the time.
            1 => pairs.for_each(|(longer, sequences)| *longer += sequences),
            _ => pairs.for_each(|(longer, sequences)| *longer += u128::from(count) * sequences),
        }
    }
    longer
}
