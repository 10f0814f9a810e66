//! Counts the sequences of a cell with `F_o ≥ 0` on a grid, by dynamic programming over positions
//! `p`.
//!
//! A sequence has `F_o ≥ 0` if and only if its deficits add up to at most the excess `W`. In units
//! of `h = W / bins`, every deficit is rounded down (then too many sequences are counted) or up
//! (too few). So sums are whole numbers, and a sequence whose sum is above `W` is not counted:
//!
//! ```text
//! ways[0] = 1, all other ways = 0
//! for each position p:
//!     for each sum s:
//!         new_ways[s] = Σ over rounded deficits i of (tokens at p with deficit i) · ways[s − i]
//!     ways = new_ways
//! the count = Σ ways
//! ```
//!
//! The grid may start anywhere at each position, and rounding loses nothing where many deficits lie
//! on it. So it starts at the *background*: the least (or largest) deficit of the lower half of the
//! tokens, which get next to no attention, so that their deficits are nearly equal.
//!
//! Terms are enlarged by slack for rounding, so a sequence is only certain to have `F_o ≥ 0` if its
//! terms add up to more than that slack (see `Weights`). Where sequences with `F_o ≥ 0` are counted
//! at least, the slack is therefore taken off the excess. Float64 also rounds deficits and excess
//! before they are rounded to the grid: the largest sum that counts is moved by more than this can
//! amount to (see `SLACK`), and a grid too fine for float64 is refused.
//!
//! Counts are whole numbers below 2⁵³, held in float64: their sums and products are exact on every
//! target. Before they could grow larger, all are divided by a power of two and rounded in the
//! direction of the count: up for a count at most, down for a count at least.

use super::terms::Deficits;
use crate::cost::Scalar;

/// On which side of the true number of sequences a count is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// There are at most as many sequences as are counted.
    AtMost,
    /// There are at least as many sequences as are counted.
    AtLeast,
}

/// The bins are at least this fraction of the terms' scale `M` wide.
const LEAST_STEP: f64 = 1.0 / (1 << 28) as f64;

/// How far rounding may take a sum of deficits from the excess, in bins. Each deficit less the
/// background is off by less than `2⁻⁵⁰ M`, so by `2⁻²²` bins, and `n − 1 ≤ 127` of them by less
/// than `2⁻¹⁵`. The excess, less the backgrounds, is a sum of at most 256 numbers up to `M`,
/// partial sums up to `256 M`: it is off by less than `256 · 256 · 2⁻⁵³ M`, `2⁻⁹` bins.
const SLACK: f64 = 1.0 / (1 << 8) as f64;

/// Below this, whole numbers are exact in float64.
const EXACT: f64 = (1_u64 << f64::MANTISSA_DIGITS) as f64;

impl Side {
    fn round_deficit<S: Scalar>(self, x: S) -> S {
        match self {
            Self::AtMost => x.floor(),
            Self::AtLeast => -(-x).floor(),
        }
    }

    /// Rounds a number of sequences in the direction of the count.
    fn round_count<S: Scalar>(self, x: S) -> S {
        match self {
            Self::AtMost => -(-x).floor(),
            Self::AtLeast => x.floor(),
        }
    }
}

/// The tokens of one position by their rounded deficits.
struct Position<S> {
    /// Rounded deficits of tokens other than the first `m`, and how many tokens have each.
    any: Vec<(usize, S)>,
    /// Rounded deficits of tokens below `m`, and how many tokens have each.
    below: Vec<(usize, S)>,
    /// Rounded deficit of the first `m`; `None` if it is above all sums that count.
    first: Option<usize>,
}

/// The work of `flops` on a grid of `bins`, in operations on a large grid. What each token costs
/// beside its bins takes as long as operations on some 512 bins.
pub(super) fn work(bins: u32, flops: u64) -> u64 {
    flops + flops.saturating_mul(512) / u64::from(bins)
}

/// Counts the sequences with `F_o ≥ 0` on a grid of `bins`; also returns the FLOPs spent. `None` if
/// the grid would be too fine for float64.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "whole numbers, none negative"
)]
pub(super) fn count<S: Scalar>(
    terms: &Deficits<S>,
    m: usize,
    bins: u32,
    side: Side,
) -> (Option<u128>, u64) {
    let mut flops = 3;
    let width = terms.excess / S::from_f64(f64::from(bins));
    // If the scale and the width are finite, so are all terms and their sums. An infinity or a NaN
    // could pass for a deficit above all sums that count, and a sequence would be missed.
    let is_number = terms.scale.to_f64().is_finite() && width.to_f64().is_finite();
    if width.less(terms.scale * S::from_f64(LEAST_STEP))
        || width.to_f64() < f64::MIN_POSITIVE
        || !is_number
    {
        return (None, flops);
    }
    let rows = || terms.deficits.chunks_exact(m + 1);

    // Backgrounds, the grids' first points, and the largest sum that counts.
    let (mut rest, mut offset_sum) = (terms.excess, 0.0);
    if side == Side::AtLeast {
        rest = rest - terms.slack;
        flops += 1;
    }
    let mut grids = Vec::new();
    for deficits in rows() {
        let lower = || deficits[..m.div_ceil(2).max(1)].iter().copied();
        let background = match side {
            Side::AtMost => crate::linalg::smallest(lower()),
            Side::AtLeast => crate::linalg::largest(lower()),
        };
        let inside = !terms.excess.less(background);
        flops += (m.div_ceil(2).max(1) - 1) as u64 + 1;
        let background = if inside { background } else { S::from_f64(0.0) };
        // Where rounding takes a deficit of zero: a whole number, at most about `bins`, as the
        // background is at most the excess.
        let offset = -side.round_deficit(-background / width).to_f64();
        rest = rest - background;
        offset_sum += offset;
        flops += 3;
        grids.push((background, offset));
    }
    let slack = match side {
        Side::AtMost => SLACK,
        Side::AtLeast => -SLACK,
    };
    let top = (rest / width + S::from_f64(slack)).floor().to_f64() + offset_sum;
    flops += 3;
    if top < 0.0 {
        return (Some(0), flops);
    }
    // `top` is at most `bins` and one for each position, so far below 2⁵³.
    let bins = top as usize + 1;
    let positions = rows().zip(grids).enumerate().map(|(p, (deficits, (background, offset)))| {
        let index = |deficit: S| {
            let rounded = side.round_deficit((deficit - background) / width).to_f64() + offset;
            (rounded <= top).then_some(rounded as usize)
        };
        Position::new(deficits, terms.first.get(p).copied(), bins, index)
    });
    let positions: Vec<_> = positions.collect();
    flops += 3 * (terms.deficits.len() + terms.first.len()) as u64;

    let (sum, exponent, spent) = convolve(&positions, bins, !terms.first.is_empty(), m, side);
    let whole = sum.to_f64() as u128;
    let sequences = if whole.leading_zeros() < exponent { u128::MAX } else { whole << exponent };
    (Some(sequences), flops + spent)
}

impl<S: Scalar> Position<S> {
    fn new(
        deficits: &[S],
        first: Option<S>,
        bins: usize,
        index: impl Fn(S) -> Option<usize>,
    ) -> Self {
        let (of_m, below) = deficits.split_last().expect("tokens up to m");
        let mut tokens = vec![0_u32; bins];
        below.iter().filter_map(|&deficit| index(deficit)).for_each(|i| tokens[i] += 1);
        let counted = |tokens: &[u32]| {
            let counted = tokens.iter().enumerate().filter(|(_, count)| **count > 0);
            counted.map(|(i, &count)| (i, S::from_f64(f64::from(count)))).collect::<Vec<_>>()
        };
        let below = counted(&tokens);
        if let Some(i) = index(*of_m) {
            tokens[i] += 1;
        }
        Self { any: counted(&tokens), below, first: first.and_then(index) }
    }
}

/// The number of sequences whose rounded deficits add up to less than `bins`, as a whole number and
/// an exponent of two; and the FLOPs.
fn convolve<S: Scalar>(
    positions: &[Position<S>],
    bins: usize,
    needs_m: bool,
    m: usize,
    side: Side,
) -> (S, u32, u64) {
    let zero = S::from_f64(0.0);
    // Sequences so far, by the sum of their deficits: without m, where one is needed, and with.
    let (mut without, mut with) = (vec![zero; bins], vec![zero; bins]);
    let (mut next_without, mut next_with) = (without.clone(), with.clone());
    (if needs_m { &mut without } else { &mut with })[0] = S::from_f64(1.0);
    // No entry is larger than `mass`, nor is the sum of all.
    let (mut mass, mut exponent, mut flops) = (1.0, 0, 0);
    for position in positions {
        let choices = (m + 1) as f64;
        let mut halvings = 0;
        while (mass + 2.0 * bins as f64) * choices >= EXACT {
            (mass, halvings) = (mass / 2.0, halvings + 1);
        }
        if halvings > 0 {
            let scale = S::from_f64((0..halvings).fold(1.0, |scale, _| scale / 2.0));
            with.iter_mut().for_each(|x| *x = side.round_count(*x * scale));
            flops += 2 * bins as u64;
            if needs_m {
                without.iter_mut().for_each(|x| *x = side.round_count(*x * scale));
                flops += 2 * bins as u64;
            }
            // Rounding up adds at most one to each entry.
            mass = mass.ceil() + 2.0 * bins as f64;
            exponent += halvings;
        }
        mass *= choices;

        flops += shift_and_add(&mut next_with, &with, &position.any);
        if needs_m {
            if let Some(first) = position.first {
                for (next, &x) in next_with[first..].iter_mut().zip(&without) {
                    *next = *next + x;
                }
                flops += (bins - first) as u64;
            }
            flops += shift_and_add(&mut next_without, &without, &position.below);
            std::mem::swap(&mut without, &mut next_without);
        }
        std::mem::swap(&mut with, &mut next_with);
    }
    let sum = with.into_iter().reduce(|sum, x| sum + x).expect("at least one bin");
    (sum, exponent, flops + bins as u64 - 1)
}

/// `next[i] = Σ count · state[i − shift]`; its FLOPs.
fn shift_and_add<S: Scalar>(next: &mut [S], state: &[S], tokens: &[(usize, S)]) -> u64 {
    next.fill(S::from_f64(0.0));
    let mut flops = 0;
    for &(shift, count) in tokens {
        S::add_scaled(&mut next[shift..], count, state);
        flops += 2 * (state.len() - shift) as u64;
    }
    flops
}
