//! Cosines and sines with a proven error, the same bits on every target.

use crate::cost::Scalar;
use crate::rounding::Arithmetic;

/// The largest magnitude of an angle.
pub(super) const MAX_ANGLE: f64 = 8.0;
/// Terms of each series after its first.
const TERMS: usize = 25;
/// FLOPs of [`cos_sin`].
pub(super) const FLOPS: usize = 2 * 3 * TERMS + 2;
/// The error of a point of the circle, `2⁻³⁴` (theorem 8 of [`crate::rounding`]).
pub(super) const ERROR: f64 = 1.0 / (1_u64 << 34) as f64;

/// `cos x` and `sin x` of an angle up to [`MAX_ANGLE`], by their power series.
pub(super) fn cos_sin<S: Scalar>(x: S) -> [S; 2] {
    let square = x * x;
    let one = S::from_f64(1.0);
    // `1 − x²/(a (a + 1)) (1 − x²/((a + 2) (a + 3)) (1 − …))`
    let series = |first: usize| {
        (0..TERMS).rev().fold(one, |rest, i| {
            let a = (first + 2 * i) as f64;
            one - square / S::from_f64(a * (a + 1.0)) * rest
        })
    };
    [series(1), x * series(2)]
}

/// The points of a circle that `p` equal arcs divide, the first at angle 0: `p (2 + FLOPS)` FLOPs.
pub(super) fn points<S: Scalar>(p: usize) -> Vec<[S; 2]> {
    let turn = S::from_f64(std::f64::consts::TAU);
    let angle = |j: usize| if 2 * j > p { j as f64 - p as f64 } else { j as f64 };
    (0..p).map(|j| cos_sin(turn * S::from_f64(angle(j)) / S::from_f64(p as f64))).collect()
}

/// `γ` for sums of `n` numbers after `more` roundings.
pub(super) fn gamma(n: usize, more: usize) -> f64 {
    Arithmetic::DOUBLE.gamma(n + more)
}

/// The length of a complex number: 4 FLOPs.
pub(super) fn modulus<S: Scalar>([re, im]: [S; 2]) -> S {
    (re * re + im * im).sqrt()
}

/// The product of two complex numbers: 6 FLOPs.
pub(super) fn product<S: Scalar>([a, b]: [S; 2], [c, d]: [S; 2]) -> [S; 2] {
    [a * c - b * d, a * d + b * c]
}

/// The distance of two complex numbers: 6 FLOPs.
pub(super) fn distance<S: Scalar>([a, b]: [S; 2], [c, d]: [S; 2]) -> S {
    modulus([a - c, b - d])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cost::Counted;

    #[test]
    fn points_are_on_the_circle_and_where_they_should_be() {
        for i in -8000..=8000 {
            let x = f64::from(i) / 1000.0;
            let [c, s] = cos_sin(x);
            assert!(
                (c - libm::cos(x)).abs() < ERROR / 2.0 && (s - libm::sin(x)).abs() < ERROR / 2.0
            );
        }
        for (j, [c, s]) in points::<f64>(7).into_iter().enumerate() {
            let x = j as f64 * std::f64::consts::TAU / 7.0;
            assert!((c - libm::cos(x)).abs() < 1e-13 && (s - libm::sin(x)).abs() < 1e-13);
        }
        let (flops, _) = Counted::during(|| cos_sin(Counted::from_f64(0.5)));
        assert_eq!(flops, FLOPS as u64);
    }
}
