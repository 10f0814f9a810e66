//! At most how many sequences of a cell are wrong, without looking at each.
//!
//! A wrong sequence has `F_o ≥ 0` for some undecided output, so the wrong ones are no more than the sum over `o` of those with
//! `F_o ≥ 0`. Where most that are wrong by some output are wrong by one output `d` as well, this counts them often; so a claim may
//! name a *dominant* output `d` and a factor `θ ≥ 0`: beside those with `F_d ≥ 0` only those with `F_o ≥ 0 > F_d` need be counted, and
//! there `F_o − θ F_d ≥ 0`, again a sum over positions.

use super::Undecided;
use super::terms::Cell;
use super::worst::{Sum, largest};
use crate::checker::certificate::Count;
use crate::checker::interval::{Interval, down, up};

/// What sums fall short of the largest one: a sequence with `F_o ≥ 0` has deficits that add up to at most `excess`.
struct Deficits {
    /// No smaller than the largest `F_o` of the cell.
    excess: f64,
    /// At most `max_t y(p, t) − y(p, t)`, and at least 0, `[n − 1, m + 1]`.
    rows: Vec<Vec<f64>>,
    /// Where some token must be `m`: that of the first `m`, less what it costs anywhere, which is taken off `excess`.
    first: Option<Vec<f64>>,
}

/// At most so many sequences of the cell are wrong. `work` is taken off.
pub(super) fn wrong(cell: &Cell<'_>, undecided: &Undecided, count: Count, work: &mut u64) -> u128 {
    let size = cell.size();
    // A dominant output that is decided is never wrong: nothing is beside it.
    let dominant = count.dominant.filter(|dominant| undecided.iter().any(|(o, _)| *o == dominant.output));
    let by_output = undecided.iter().map(|(output, sum)| {
        let mut ways = vec![Deficits::of(sum, cell)];
        if let Some(dominant) = dominant.filter(|dominant| dominant.output != *output) {
            let beside = Sum::of(&cell.terms(*output).less(dominant.factor, &cell.terms(dominant.output)));
            if beside.largest(cell.needs_m()) < 0.0 {
                return 0;
            }
            ways.push(Deficits::of(&beside, cell));
        }
        let mut least = size;
        if let Some(tilt) = count.tilt {
            least = ways.iter().map(|deficits| deficits.tilted(tilt, work)).fold(least, u128::min);
        }
        // Where the verifier's bound by tilting, at most 2.01 of this one and 1, was no larger, it spared itself the grid.
        let spared = least as f64 <= (count.unless_below - 1.0) / 3.0;
        if let Some(bins) = count.bins.filter(|_| !spared) {
            // Twice the bins: more room than the roundings of a verifier that derived the same need.
            least = ways.iter().filter_map(|deficits| deficits.on_grid(2 * bins, work)).fold(least, u128::min);
        }
        least
    });
    by_output.fold(0, u128::saturating_add)
}

impl Deficits {
    fn of(sum: &Sum, cell: &Cell<'_>) -> Self {
        let mut excess = sum.own;
        let row = |row: &Vec<f64>| {
            let best = largest(row);
            excess = up(excess + best);
            row.iter().map(|term| down(best - term).max(0.0)).collect()
        };
        let rows: Vec<Vec<f64>> = sum.rows.iter().map(row).collect();
        let first = cell.needs_m().then(|| {
            let of_m = rows.iter().map(|row| row[cell.m]);
            let least = of_m.clone().fold(f64::INFINITY, f64::min);
            excess = up(excess - least);
            of_m.map(|deficit| down(deficit - least).max(0.0)).collect()
        });
        Self { excess, rows, first }
    }

    /// At most so many sequences have `F_o ≥ 0`, by exponential tilting: for any `λ ≥ 0` each of them adds at least 1 to
    ///
    /// > `Σ e^{λ (excess − Σ_p d(p, t_p))} = e^{λ excess} Π_p Σ_t e^{−λ d(p, t)}`,
    ///
    /// where all terms are positive; if some token must be `m`, the sum is over the position of the first `m`, with tokens below
    /// `m` before it and any after it. All operations are rounded up.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "rounds down, and infinity to the largest number: a count is whole"
    )]
    fn tilted(&self, kappa: f64, work: &mut u64) -> u128 {
        // An exponential takes about as long as a hundred of the other steps.
        let exponentials: usize = self.rows.iter().map(Vec::len).sum();
        *work = work.saturating_sub(100 * exponentials as u64);
        if *work == 0 || !(self.excess > 0.0 && self.excess.is_finite()) {
            return u128::MAX;
        }
        let lambda = kappa / self.excess;
        let tilted = |&deficit: &f64| exp(up(-lambda * deficit));
        let sum = |deficits: &[f64]| deficits.iter().map(tilted).fold(0.0, |sum, x| up(sum + x));
        // Prefixes without an m where one is needed, and all others.
        let start = exp(up(lambda * self.excess));
        let (mut without, mut with) = if self.first.is_some() { (start, 0.0) } else { (0.0, start) };
        for (p, deficits) in self.rows.iter().enumerate() {
            let (of_m, below) = deficits.split_last().expect("m itself is a token");
            let below = sum(below);
            let first = self.first.as_ref().map_or(0.0, |first| up(without * tilted(&first[p])));
            with = up(up(with * up(below + tilted(of_m))) + first);
            without = up(without * below);
        }
        with as u128
    }

    /// At most so many sequences have `F_o ≥ 0`, on a grid of steps `h = excess / bins`; none if it cannot be had.
    ///
    /// Each deficit `d(p, t)` is replaced by a whole number `i(p, t) ≤ (d(p, t) − b_p) / h + ε`, whatever the backgrounds `b_p`. Where
    /// the deficits add up to at most `excess`, these add up to at most `(excess − Σ b_p) / h + (n − 1) ε`: how many sequences have
    /// which sum of whole numbers is counted exactly, position by position, and larger sums are dropped.
    ///
    /// `b_p` is the least deficit of the smaller tokens: they get next to no attention and nearly the same deficit, so that
    /// rounding loses nothing of theirs. `ε` keeps numbers that are whole but for rounding from being rounded down by one.
    #[expect(clippy::cast_possible_truncation, reason = "floors of small numbers; larger ones saturate")]
    fn on_grid(&self, bins: u32, work: &mut u64) -> Option<u128> {
        const EPSILON: f64 = 1.0 / (1 << 14) as f64;
        let h = self.excess / f64::from(bins);
        if !h.is_normal() || h < 0.0 {
            return None;
        }
        let (mut rest, mut offsets) = (self.excess, 0);
        let whole = |deficit: f64, background: f64| down(down(down(deficit - background) / h) + EPSILON).floor() as i64;
        let mut positions = Vec::new();
        for deficits in &self.rows {
            let lower = &deficits[..(deficits.len() / 2).max(1)];
            let least = lower.iter().copied().fold(f64::INFINITY, f64::min);
            let background = if least <= self.excess { least } else { 0.0 };
            rest = up(rest - background);
            // No deficit is below 0, so adding this to all of the position makes them whole numbers from 0 on.
            let offset = -whole(0.0, background);
            offsets += offset;
            positions.push((background, offset));
        }
        let most = up(up(rest / h) + up(EPSILON * self.rows.len() as f64)).floor() as i64;
        let top = most.saturating_add(offsets);
        if top < 0 {
            return Some(0);
        }
        // By construction it is about `bins`, and at most one more for each position.
        let top = usize::try_from(top).ok().filter(|&top| top <= bins as usize + 2 * self.rows.len() + 2)?;
        // Sequences of the positions so far by the sum of their numbers: without an m where one is needed, and all others.
        let (mut without, mut with) = (vec![0_u128; top + 1], vec![0_u128; top + 1]);
        (if self.first.is_some() { &mut without } else { &mut with })[0] = 1;
        for (p, (deficits, (background, offset))) in self.rows.iter().zip(positions).enumerate() {
            // From 0 on; what is above the largest sum that counts falls off, by however much.
            let most = top as i64 + 1;
            let number = |deficit: f64| whole(deficit, background).saturating_add(offset).clamp(0, most) as usize;
            let (of_m, below) = deficits.split_last()?;
            // How many tokens below m have which number.
            let mut tokens = vec![0_u128; top + 1];
            below.iter().map(|&deficit| number(deficit)).filter(|&i| i <= top).for_each(|i| tokens[i] += 1);
            let shifted = |state: &[u128], tokens: &[u128], work: &mut u64| {
                let mut next = vec![0; top + 1];
                for (shift, &count) in tokens.iter().enumerate().filter(|(_, count)| **count > 0) {
                    *work = work.checked_sub((top + 1 - shift) as u64)?;
                    next[shift..].iter_mut().zip(state).for_each(|(next, sequences)| *next += count * sequences);
                }
                Some(next)
            };
            let still_without = if self.first.is_some() { shifted(&without, &tokens, work)? } else { Vec::new() };
            if number(*of_m) <= top {
                tokens[number(*of_m)] += 1;
            }
            with = shifted(&with, &tokens, work)?;
            if let Some(first) = &self.first {
                with[number(first[p])..].iter_mut().zip(&without).for_each(|(with, sequences)| *with += sequences);
                without = still_without;
            }
        }
        Some(with.iter().sum())
    }
}

/// No smaller than `e^x`.
fn exp(x: f64) -> f64 {
    Interval { low: x, high: x }.exp().high
}
