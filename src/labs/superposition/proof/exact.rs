//! Whole numbers: nothing is rounded but square roots and quotients, which are rounded up.

/// Bits after the point of errors whose squares are added up.
const ERROR_BITS: u32 = 20;

/// An upper bound on `√x`, off by less than 1.
///
/// # Panics
/// If `x` is negative.
pub(super) fn root_up(x: i128) -> i128 {
    let root = x.isqrt();
    if root * root < x { root + 1 } else { root }
}

/// An upper bound on the root of a sum of squares, off by less than 1.
pub(super) fn root_of(squares: u128) -> i128 {
    let root = squares.isqrt();
    (root + u128::from(root * root < squares)).cast_signed()
}

/// An upper bound on the length of a vector.
pub(super) fn length_up(entries: impl IntoIterator<Item = i64>) -> i128 {
    root_up(entries.into_iter().map(|x| i128::from(x) * i128::from(x)).sum())
}

/// An upper bound on the distance of two vectors.
pub(super) fn distance_up(x: &[i64], y: &[i64]) -> i128 {
    length_up(x.iter().zip(y).map(|(x, y)| x - y))
}

/// A number `x ≥ 0` with `bits` bits after the point, rounded up to [`ERROR_BITS`] of them.
pub(super) fn coarse(x: i128, bits: u32) -> i128 {
    let unit = 1_i128 << (bits - ERROR_BITS);
    x / unit + i128::from(x % unit > 0)
}

/// `x y` of two integer vectors.
pub(super) fn product(x: &[i64], y: &[i64]) -> i64 {
    x.iter().zip(y).map(|(x, y)| x * y).sum()
}

/// A square, or the largest number if that is less.
pub(super) fn square(x: i128) -> u128 {
    x.unsigned_abs().saturating_mul(x.unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roots_and_quotients_are_rounded_up() {
        for x in (0..200).chain([1 << 100, (1 << 100) + 1, i128::MAX]) {
            let root = root_up(x);
            assert!(
                square(root) >= x.unsigned_abs()
                    && (root == 0 || square(root - 1) < x.unsigned_abs())
            );
        }
        assert_eq!([0, 1, 4, 5].map(|x| coarse(x, 22)), [0, 1, 1, 2]);
        assert_eq!(length_up([3, -4]), 5);
        assert_eq!(square(i128::MAX), u128::MAX);
    }
}
