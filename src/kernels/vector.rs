/// Four float64 side by side: what every backend computes with, whatever the width of its registers.
///
/// An algorithm that is generic over it gives the same bits on every backend, as each lane is IEEE 754 arithmetic and the lanes
/// are always four.
pub(super) trait Vector: Copy {
    /// One answer for each lane.
    type Mask: Copy;
    /// Columns of a register tile of [`super::generic::matmul`], in vectors: with four rows, as many as the registers hold.
    const TILE: usize;

    fn splat(x: f64) -> Self;
    fn load(from: &[f64; LANES]) -> Self;
    fn store(self, to: &mut [f64; LANES]);
    fn add(self, other: Self) -> Self;
    fn sub(self, other: Self) -> Self;
    fn mul(self, other: Self) -> Self;
    fn div(self, other: Self) -> Self;
    /// `self > other ? self : other` in each lane: so `other` where either is NaN.
    fn max(self, other: Self) -> Self;
    /// `self < other ? self : other` in each lane: so `other` where either is NaN.
    fn min(self, other: Self) -> Self;
    /// The largest of the lanes `a, b, c, d`: the larger of the larger of `a` and `c` and that of `b` and `d`, each as
    /// [`Self::max`] has it.
    fn largest(self) -> f64;
    /// `self < other`, false for NaN.
    fn less(self, other: Self) -> Self::Mask;
    /// `yes` where the mask is set, `no` elsewhere.
    fn select(mask: Self::Mask, yes: Self, no: Self) -> Self;
    /// `2^⌊n/2⌋` and `2^(n − ⌊n/2⌋)` of the whole numbers `n + 2 · 1023` in the low bits of `shifted`, for `−1100 < n < 1100`; elsewhere
    /// anything. Half of them is `⌊n/2⌋ + 1023`, what an exponent's bits say, and so is the rest.
    fn powers_of_two(shifted: Self) -> [Self; 2];
}

/// Lanes of a [`Vector`].
pub(super) const LANES: usize = 4;
