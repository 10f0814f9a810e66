//! Whole numbers times powers of two: float64 numbers, their sums and their products, exact.

use compact_proofs::linalg::Matrix;
use num_bigint::{BigInt, Sign};

/// A matrix of whole numbers, all times `2^exponent`.
pub(crate) struct Dyadic {
    pub(super) entries: Matrix<BigInt>,
    pub(crate) exponent: i64,
}

impl Dyadic {
    pub(crate) fn new(weights: &Matrix<f64>) -> Self {
        let parts = weights.mapv(|x| {
            assert!(x.is_finite(), "weights are finite");
            let bits = x.to_bits();
            let (biased, fraction) = ((bits >> 52 & 0x7ff) as i64, (bits & ((1 << 52) - 1)) as i64);
            // Subnormal numbers have the exponent of the least normal ones, and no implicit leading
            // bit.
            let mantissa = if biased == 0 { fraction } else { fraction | 1 << 52 };
            (if x < 0.0 { -mantissa } else { mantissa }, biased.max(1) - 1075)
        });
        let used =
            parts.iter().filter(|(mantissa, _)| *mantissa != 0).map(|(_, exponent)| *exponent);
        let least = used.min().unwrap_or(0);
        let entries = parts.mapv(|(mantissa, exponent)| {
            shifted(BigInt::from(mantissa), (exponent - least).max(0))
        });
        Self { entries, exponent: least }
    }

    pub(crate) fn times(&self, other: &Self) -> Self {
        let (a, b) = (&self.entries, &other.entries);
        let entry = |(i, j)| (0..a.ncols()).map(|k| &a[[i, k]] * &b[[k, j]]).sum();
        Self {
            entries: Matrix::from_shape_fn((a.nrows(), b.ncols()), entry),
            exponent: self.exponent + other.exponent,
        }
    }

    pub(crate) fn transposed(&self) -> Self {
        Self { entries: self.entries.t().to_owned(), exponent: self.exponent }
    }

    /// The numbers in units of `2^exponent`, which must not be above `self.exponent`.
    pub(crate) fn at(&self, exponent: i64) -> Matrix<BigInt> {
        self.entries.mapv(|x| shifted(x, self.exponent - exponent))
    }

    /// Adds the last row of `other` to every row.
    pub(super) fn plus_last_row(&self, other: &Self) -> Self {
        let exponent = self.exponent.min(other.exponent);
        let (a, b) = (self.at(exponent), other.at(exponent));
        let entry = |(i, j)| &a[[i, j]] + &b[[b.nrows() - 1, j]];
        Self { entries: Matrix::from_shape_fn(a.dim(), entry), exponent }
    }
}

/// `x 2^by`, rounded down.
pub(super) fn shifted(x: BigInt, by: i64) -> BigInt {
    if by >= 0 { x << by } else { x >> -by }
}

/// `x 2^by` as a float64 with a relative error below `2⁻⁵²`; zero if it is below `2⁻⁹⁰⁰`. Must be
/// below `2¹⁰⁰⁰`.
pub(super) fn rounded(x: &BigInt, by: i64) -> f64 {
    let drop = x.bits() as i64 - 53;
    let exponent = drop + by;
    if x.sign() == Sign::NoSign || exponent < -953 {
        return 0.0;
    }
    let (_, digits) = shifted(x.magnitude().clone().into(), -drop).to_u64_digits();
    let magnitude = digits[0] as f64 * power_of_two(exponent);
    if x.sign() == Sign::Minus { -magnitude } else { magnitude }
}

/// `2^n` for `−1022 ≤ n ≤ 1023`.
pub(super) fn power_of_two(n: i64) -> f64 {
    f64::from_bits(((n + 1023) as u64) << 52)
}
