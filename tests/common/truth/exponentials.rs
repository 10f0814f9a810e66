//! Exponentials of scores, enclosed as tightly as it takes.

use super::dyadic::{Dyadic, shifted};
use compact_proofs::linalg::Matrix;
use compact_proofs::models::transformer::{AttnScale, Transformer};
use num_bigint::{BigInt, Sign};

/// The number that scores are divided by, at least `2⁻³²`.
#[derive(Clone)]
pub(super) enum Divisor {
    Root(usize),
    /// A whole number times a power of two.
    Dyadic(BigInt, i64),
}

impl Divisor {
    pub(super) fn of(model: &Transformer) -> Self {
        match model.attn_scale {
            AttnScale::RootOfDHead => Self::Root(model.d_head),
            AttnScale::Number(a) => {
                let Dyadic { entries, exponent } = Dyadic::new(&Matrix::from_elem((1, 1), a));
                Self::Dyadic(entries[[0, 0]].clone(), exponent)
            }
        }
    }

    /// The divisor in units of `2^−bits`, for `bits > 84`. A root is rounded down. A number is
    /// exact, as its last bit is at least `2^{−32 − 52}`.
    fn in_units(&self, bits: i64) -> BigInt {
        match self {
            Self::Root(radicand) => (BigInt::from(*radicand) << (2 * bits)).sqrt(),
            Self::Dyadic(number, exponent) => shifted(number.clone(), exponent + bits),
        }
    }
}

/// Computes `e^{−δ}` for `δ = difference · 2^exponent / divisor ≥ 0`, in whole units of `2^−bits`.
pub(super) struct Exponentials {
    pub(super) bits: i64,
    pub(super) exponent: i64,
    pub(super) divisor: Divisor,
    /// The divisor in units of `2^{−bits − 64}`, at least `2^{bits + 32}` of them, rounded down.
    units: BigInt,
    /// `ln 2`, too small by less than `bits + 1` units.
    ln_2: BigInt,
}

/// The number `2^{−halvings} · number`. `number` is between ½ and 1, and off by at most
/// `2^`[`ERROR`] units.
///
/// [`ERROR`]: Exponentials::ERROR
pub(super) struct Exponential {
    pub(super) halvings: i64,
    pub(super) number: BigInt,
}

impl Exponentials {
    pub(super) const FIRST: i64 = 256;
    /// Enough for any weights: the coefficients, products of float64 numbers, have some ten
    /// thousand bits.
    const MOST: i64 = 1 << 20;
    /// For `δ` from here on, `e^{−δ}` is below one unit.
    pub(super) const FAR: i64 = 1 << 40;
    /// Binary logarithm of the error, in units; [`Self::of`] has the derivation.
    const ERROR: i64 = 64;

    pub(super) fn new(bits: i64, exponent: i64, divisor: Divisor) -> Self {
        assert!(
            (Self::FIRST..=Self::MOST).contains(&bits),
            "{bits} bits decide what float64 weights can make"
        );
        let units = divisor.in_units(bits + 64);
        // ln 2 = Σ 1 / (j 2^j): `bits` terms, each rounded down; the others add up to less than a
        // unit.
        let ln_2 = (1..=bits).map(|j| (BigInt::from(1) << (bits - j)) / j).sum();
        Self { bits, exponent, divisor, units, ln_2 }
    }

    /// `e^{−δ}`, or `None` if `δ ≥ FAR`.
    ///
    /// ```text
    /// halvings = ⌊δ / ln 2⌋,  r = δ − halvings · ln 2
    /// number   = (e^{−r / 256})^256            a series, then 8 squarings
    /// ```
    ///
    /// The errors, in units, with `bits ≤ 2²⁰`: `δ < 2⁴⁰` is rounded down twice, by less than 1
    /// each, and it is too large by less than 1 if the divisor is a root (which is at least 1).
    /// `halvings · ln 2`, with `halvings < 2⁴¹`, is too small by less than
    /// `2⁴¹ (bits + 1) < 2⁶² + 2⁴¹`, so `r` is too large by as much. `e^{−r / 256}` is an
    /// alternating series of at most `bits / 8 + 2` terms, since each is below `1/256` of the one
    /// before. Each term is off by less than 3 (two roundings, and the error of the term before),
    /// its argument by less than 1. Each of 8 squarings doubles the error and adds less than 2,
    /// which makes less than `2⁸ (3 · 2¹⁸ + 2) + 2¹⁰`. Altogether the error is below `2⁶³`; `ERROR`
    /// allows twice that.
    pub(super) fn of(&self, difference: &BigInt) -> Option<Exponential> {
        let bits = self.bits;
        let delta = shifted(difference.clone(), self.exponent + 2 * bits + 64) / &self.units;
        if &delta >> bits >= BigInt::from(Self::FAR) {
            return None;
        }
        let halvings = &delta / &self.ln_2;
        let x = (delta - &halvings * &self.ln_2) >> 8;
        let one = BigInt::from(1) << bits;
        let (mut term, mut number) = (one.clone(), one);
        for j in 1.. {
            term = ((term * &x) >> bits) / j;
            if term.sign() == Sign::NoSign {
                break;
            }
            if j % 2 == 1 { number -= &term } else { number += &term }
        }
        for _ in 0..8 {
            number = (&number * &number) >> bits;
        }
        Some(Exponential { halvings: i64::try_from(halvings).expect("less than 2⁴¹"), number })
    }

    /// A lower and an upper bound on `e^{−δ}`.
    pub(super) fn enclosure(&self, difference: &BigInt) -> (BigInt, BigInt) {
        if difference.sign() == Sign::NoSign {
            let one = BigInt::from(1) << self.bits;
            return (one.clone(), one);
        }
        let Some(Exponential { halvings, number }) =
            self.of(difference).filter(|found| found.halvings <= self.bits)
        else {
            return (BigInt::ZERO, BigInt::from(1));
        };
        let error = BigInt::from(1) << Self::ERROR;
        (((&number - &error) >> halvings).max(BigInt::ZERO), ((number + error) >> halvings) + 1)
    }
}
