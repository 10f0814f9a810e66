/// Four float64 side by side: the type that every backend computes with, whatever the width of its
/// registers.
///
/// An algorithm that is generic over it gives the same bits on every backend: each lane is IEEE 754
/// arithmetic, and there are always four lanes.
pub(super) trait Vector: Copy {
    /// One truth value for each lane.
    type Mask: Copy;
    /// Width of a register tile of [`super::generic::matmul`], in vectors: with four rows, a tile
    /// fills the registers.
    const TILE: usize;

    fn splat(x: f64) -> Self;
    fn load(from: &[f64; LANES]) -> Self;
    fn store(self, to: &mut [f64; LANES]);
    fn add(self, other: Self) -> Self;
    fn sub(self, other: Self) -> Self;
    fn mul(self, other: Self) -> Self;
    fn div(self, other: Self) -> Self;
    /// `self > other ? self : other` in each lane, hence `other` where either is NaN.
    fn max(self, other: Self) -> Self;
    /// `self < other ? self : other` in each lane, hence `other` where either is NaN.
    fn min(self, other: Self) -> Self;
    /// The largest lane: `max(max(a, c), max(b, d))` of the lanes `a, b, c, d`, with [`Self::max`].
    fn largest(self) -> f64;
    /// `self < other` in each lane, false for NaN.
    fn less(self, other: Self) -> Self::Mask;
    /// `yes` where the mask is set, `no` elsewhere.
    fn select(mask: Self::Mask, yes: Self, no: Self) -> Self;
    /// `2^⌊n/2⌋` and `2^(n − ⌊n/2⌋)` for each lane, whose low bits hold the whole number
    /// `n + 2 · 1023`, `−1100 < n < 1100`; any result for other `n`. Half of that whole number,
    /// rounded down, is `⌊n/2⌋ + 1023`, the exponent bits of the first power; the rest is those of
    /// the second.
    fn powers_of_two(shifted: Self) -> [Self; 2];
}

/// Lanes of a [`Vector`].
pub(super) const LANES: usize = 4;
