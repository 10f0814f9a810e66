//! The judge of every bound: decides which sequences a model gets right, in exact real arithmetic.
//!
//! Symbols: `q` is the last token of a sequence (the query), `m` its largest token, `o` another
//! output, `p` a position, `t_p` the token there, `h` the width of the head.
//!
//! Weights are float64 numbers, hence whole numbers times powers of two, and so are the entries of
//! the circuits. Let
//!
//! > `s_p = EQKE[q, t_p] + EQKP[q, p]`,
//! > `D_p = (EUPU[q, o] − EUPU[q, m]) + (EVOU[t_p, o] − EVOU[t_p, m]) + (PVOU[p, o] − PVOU[p, m])`,
//!
//! both exact. The denominator of the softmax is positive, so the logit of `o` is below that of `m`
//! if and only if
//!
//! > `F_o = Σ_p e^{s_p / √h} D_p < 0`
//!
//! (or with `a` in place of `√h`, in a model whose scores are divided by a float64 number `a`).
//! Terms with equal `s_p` are added up first. That leaves a sum of exponentials of different
//! algebraic numbers with rational coefficients. It is zero only if every coefficient is (Lindemann
//! and Weierstrass): so ties are recognised exactly, and the sign of any other sum follows from a
//! precise enough enclosure. Nothing here uses the crate except for the weights.
#![allow(non_snake_case, reason = "weights and circuits keep the names the field gives them")]
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "small numbers"
)]

use compact_proofs::linalg::Matrix;
use compact_proofs::transformer::{AttnScale, Shape, Transformer};
use num_bigint::{BigInt, Sign};
use std::collections::HashMap;

/// The exact numbers of sequences that a model gets right.
pub(crate) struct Truth {
    shape: Shape,
    /// Right sequences by query `q`, largest token `m` and number `c` of other tokens, `[q][m][c]`.
    right: Vec<u128>,
}

impl Truth {
    pub(crate) fn new(model: &Transformer) -> Self {
        let mut judge = Judge::new(model);
        let shape @ Shape { v, n, .. } = judge.shape;
        let mut right = vec![0; v * v * n];
        for tokens in super::common::sequences(v, n) {
            let m = largest(&tokens);
            let c = tokens.iter().filter(|&&t| t != m).count();
            right[(tokens[n - 1] * v + m) * n + c] += u128::from(judge.is_right(&tokens));
        }
        Self { shape, right }
    }

    /// Right sequences with query `q`, largest token `m` and `c` tokens other than `m`.
    pub(crate) fn right(&self, q: usize, m: usize, c: usize) -> u128 {
        self.right[(q * self.shape.v + m) * self.shape.n + c]
    }

    /// All right sequences.
    pub(crate) fn total(&self) -> u128 {
        self.right.iter().sum()
    }
}

fn largest(tokens: &[usize]) -> usize {
    tokens.iter().copied().max().expect("a sequence has at least one token")
}

/// A matrix of whole numbers, all times `2^exponent`.
pub(crate) struct Dyadic {
    entries: Matrix<BigInt>,
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
    fn plus_last_row(&self, other: &Self) -> Self {
        let exponent = self.exponent.min(other.exponent);
        let (a, b) = (self.at(exponent), other.at(exponent));
        let entry = |(i, j)| &a[[i, j]] + &b[[b.nrows() - 1, j]];
        Self { entries: Matrix::from_shape_fn(a.dim(), entry), exponent }
    }
}

/// `x 2^by`, rounded down.
fn shifted(x: BigInt, by: i64) -> BigInt {
    if by >= 0 { x << by } else { x >> -by }
}

/// `x 2^by` as a float64 with a relative error below `2⁻⁵²`; zero if it is below `2⁻⁹⁰⁰`. Must be
/// below `2¹⁰⁰⁰`.
fn rounded(x: &BigInt, by: i64) -> f64 {
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
fn power_of_two(n: i64) -> f64 {
    f64::from_bits(((n + 1023) as u64) << 52)
}

/// Decides sequences of one model.
pub(crate) struct Judge {
    shape: Shape,
    /// `EQKE[q, t] + EQKP[q, p]`, `[q][p][t]`, in the unit of `exponentials`.
    scores: Vec<BigInt>,
    /// `EUPU[q, o] + EVOU[t, o] + PVOU[p, o]`, `[q][p][t][o]`, all in one unit.
    outputs: Vec<BigInt>,
    filter: Filter,
    exponentials: Exponentials,
    /// Enclosures found so far, by difference of scores.
    found: HashMap<BigInt, (BigInt, BigInt)>,
}

impl Judge {
    pub(crate) fn new(model: &Transformer) -> Self {
        let shape @ Shape { v, n, .. } = model.shape();
        let (W_E, W_pos, W_U) =
            (Dyadic::new(&model.W_E), Dyadic::new(&model.W_pos), Dyadic::new(&model.W_U));
        let E_q = W_E.plus_last_row(&W_pos);
        let VOU = Dyadic::new(&model.W_V).times(&Dyadic::new(&model.W_O)).times(&W_U);
        let (EUPU, EVOU, PVOU) = (E_q.times(&W_U), W_E.times(&VOU), W_pos.times(&VOU));
        let QK = E_q.times(&Dyadic::new(&model.W_Q)).times(&Dyadic::new(&model.W_K).transposed());
        let (EQKE, EQKP) = (QK.times(&W_E.transposed()), QK.times(&W_pos.transposed()));

        let cells =
            || (0..v).flat_map(move |q| (0..n).flat_map(move |p| (0..v).map(move |t| (q, p, t))));
        let exponent = EQKE.exponent.min(EQKP.exponent);
        let exponentials = Exponentials::new(Exponentials::FIRST, exponent, Divisor::of(model));
        let (EQKE, EQKP) = (EQKE.at(exponent), EQKP.at(exponent));
        let scores: Vec<_> = cells().map(|(q, p, t)| &EQKE[[q, t]] + &EQKP[[q, p]]).collect();
        let exponent = EUPU.exponent.min(EVOU.exponent).min(PVOU.exponent);
        let (EUPU, EVOU, PVOU) = (EUPU.at(exponent), EVOU.at(exponent), PVOU.at(exponent));
        let output = |(q, p, t)| (0..v).map(move |o| (q, p, t, o));
        let outputs = cells()
            .flat_map(output)
            .map(|(q, p, t, o)| &EUPU[[q, o]] + &EVOU[[t, o]] + &PVOU[[p, o]]);
        let outputs: Vec<_> = outputs.collect();
        let filter = Filter::new(shape, &scores, &outputs, &exponentials);
        Self { shape, scores, outputs, filter, exponentials, found: HashMap::new() }
    }

    /// Whether the largest logit is strictly that of the largest token.
    pub(crate) fn is_right(&mut self, tokens: &[usize]) -> bool {
        let m = largest(tokens);
        let wrong_outputs = || (0..self.shape.v).filter(|&o| o != m);
        let mut doubtful = Vec::new();
        if let Some(weights) = self.filter.weights(self.shape, tokens) {
            for o in wrong_outputs() {
                match self.filter.sign(self.shape, tokens, &weights, m, o) {
                    Some(Sign::Minus) => {}
                    Some(_) => return false,
                    None => doubtful.push(o),
                }
            }
        } else {
            doubtful.extend(wrong_outputs());
        }
        doubtful.into_iter().all(|o| self.sign(tokens, m, o) == Sign::Minus)
    }

    /// The exact sign of `F_o`.
    pub(crate) fn sign(&mut self, tokens: &[usize], m: usize, o: usize) -> Sign {
        let cells = cells(self.shape, tokens);
        let groups = cells.map(|cell| {
            let outputs = &self.outputs[cell * self.shape.v..][..self.shape.v];
            (&self.scores[cell], &outputs[o] - &outputs[m])
        });
        let groups = gathered(groups);
        let (exponentials, found) = (&self.exponentials, &mut self.found);
        let first = sign_of(&groups, |difference| {
            found
                .entry(difference)
                .or_insert_with_key(|difference| exponentials.enclosure(difference))
                .clone()
        });
        first.unwrap_or_else(|| decided(&groups, exponentials))
    }
}

/// The index of each token of a sequence in tables `[q][p][t]`.
fn cells(Shape { v, n, .. }: Shape, tokens: &[usize]) -> impl Iterator<Item = usize> {
    let q = tokens[n - 1];
    tokens.iter().enumerate().map(move |(p, t)| (q * n + p) * v + t)
}

/// Adds up the coefficients of equal scores and drops those that are zero. The highest score comes
/// first.
fn gathered<'a>(terms: impl Iterator<Item = (&'a BigInt, BigInt)>) -> Vec<(&'a BigInt, BigInt)> {
    let mut groups: Vec<(&BigInt, BigInt)> = Vec::new();
    for (score, coefficient) in terms {
        match groups.iter_mut().find(|(other, _)| *other == score) {
            Some((_, sum)) => *sum += coefficient,
            None => groups.push((score, coefficient)),
        }
    }
    groups.retain(|(_, sum)| sum.sign() != Sign::NoSign);
    groups.sort_by(|(a, _), (b, _)| b.cmp(a));
    groups
}

/// The sign of `Σ e^{score / divisor} coefficient`, or `None` if the enclosures are too wide to
/// tell. `enclosure(d)` returns `[low, high]` around `e^{−d / divisor}`, in one unit for all `d`.
/// Without terms the sum is zero.
fn sign_of(
    groups: &[(&BigInt, BigInt)],
    mut enclosure: impl FnMut(BigInt) -> (BigInt, BigInt),
) -> Option<Sign> {
    let Some((highest, _)) = groups.first() else { return Some(Sign::NoSign) };
    if groups.iter().all(|(_, coefficient)| coefficient.sign() == groups[0].1.sign()) {
        return Some(groups[0].1.sign());
    }
    let (mut low, mut high) = (BigInt::ZERO, BigInt::ZERO);
    for (score, coefficient) in groups {
        let (least, most) = enclosure(*highest - *score);
        let (a, b) = (coefficient * least, coefficient * most);
        let (a, b) = if coefficient.sign() == Sign::Plus { (a, b) } else { (b, a) };
        (low, high) = (low + a, high + b);
    }
    match (low.sign(), high.sign()) {
        (Sign::Plus, _) => Some(Sign::Plus),
        (_, Sign::Minus) => Some(Sign::Minus),
        _ => None,
    }
}

/// The sign of `Σ e^{score / divisor} coefficient`, with as many bits as it takes. This ends,
/// because a sum with terms left is not zero.
fn decided(groups: &[(&BigInt, BigInt)], first: &Exponentials) -> Sign {
    let mut bits = first.bits;
    loop {
        let exponentials = Exponentials::new(bits, first.exponent, first.divisor.clone());
        if let Some(sign) = sign_of(groups, |difference| exponentials.enclosure(&difference)) {
            return sign;
        }
        bits *= 2;
    }
}

/// The number that scores are divided by, at least `2⁻³²`.
#[derive(Clone)]
enum Divisor {
    Root(usize),
    /// A whole number times a power of two.
    Dyadic(BigInt, i64),
}

impl Divisor {
    fn of(model: &Transformer) -> Self {
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
struct Exponentials {
    bits: i64,
    exponent: i64,
    divisor: Divisor,
    /// The divisor in units of `2^{−bits − 64}`, at least `2^{bits + 32}` of them, rounded down.
    units: BigInt,
    /// `ln 2`, too small by less than `bits + 1` units.
    ln_2: BigInt,
}

/// The number `2^{−halvings} · number`. `number` is between ½ and 1, and off by at most
/// `2^`[`ERROR`] units.
///
/// [`ERROR`]: Exponentials::ERROR
struct Exponential {
    halvings: i64,
    number: BigInt,
}

impl Exponentials {
    const FIRST: i64 = 256;
    /// Enough for any weights: the coefficients, products of float64 numbers, have some ten
    /// thousand bits.
    const MOST: i64 = 1 << 20;
    /// For `δ` from here on, `e^{−δ}` is below one unit.
    const FAR: i64 = 1 << 40;
    /// Binary logarithm of the error, in units; [`Self::of`] has the derivation.
    const ERROR: i64 = 64;

    fn new(bits: i64, exponent: i64, divisor: Divisor) -> Self {
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
    fn of(&self, difference: &BigInt) -> Option<Exponential> {
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
    fn enclosure(&self, difference: &BigInt) -> (BigInt, BigInt) {
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

/// Decides most signs by float64, or says that it cannot.
///
/// With `δ` the difference to the highest score of the query, `e^{−δ}` is stored as
/// `weight · 2^{−halvings}`. Differences of outputs are scaled so that all are at most 1. Both have
/// relative errors below `2⁻⁵⁰`, or are below `2⁻⁹⁰⁰` (in units of the largest exponential of a
/// sequence, too) and taken for zero. So a sum of up to 64 products, each rounded once and added,
/// is off by less than `(2 · 2⁻⁵⁰ + 65 · 2⁻⁵³) Σ |product| + 64 · 2⁻⁸⁹⁹`, which is less than a
/// sixteenth of the margin that [`Filter::sign`] asks for.
struct Filter {
    /// `(weight, halvings)`, `[q][p][t]`; weight 0 if `δ ≥ Exponentials::FAR`.
    exponentials: Vec<(f64, i64)>,
    /// Output `o` minus output `m`, `[q][p][t][m][o]`.
    differences: Vec<f64>,
}

impl Filter {
    fn new(
        Shape { v, n, .. }: Shape,
        scores: &[BigInt],
        outputs: &[BigInt],
        exponentials: &Exponentials,
    ) -> Self {
        let of_queries = scores.chunks_exact(n * v).flat_map(|scores| {
            let highest = scores.iter().max().expect("at least one token");
            scores.iter().map(move |score| match exponentials.of(&(highest - score)) {
                Some(Exponential { halvings, number }) => {
                    (rounded(&number, -exponentials.bits), halvings)
                }
                None => (0.0, Exponentials::FAR),
            })
        });
        let pairs = || {
            outputs
                .chunks_exact(v)
                .flat_map(|row| row.iter().flat_map(move |y| row.iter().map(move |x| x - y)))
        };
        let bits = pairs().map(|difference| difference.bits()).max().expect("at least one token");
        let differences = pairs().map(|difference| rounded(&difference, -(bits as i64)));
        Self { exponentials: of_queries.collect(), differences: differences.collect() }
    }

    /// The weight of each position of a sequence, scaled so that the largest is between ½ and 1.
    /// `None` if all scores are too far below the query's highest.
    fn weights(&self, shape: Shape, tokens: &[usize]) -> Option<Vec<f64>> {
        let exponentials = || cells(shape, tokens).map(|cell| self.exponentials[cell]);
        let least = exponentials()
            .map(|(_, halvings)| halvings)
            .min()
            .filter(|&least| least < Exponentials::FAR - 1000)?;
        let scaled = |(weight, halvings)| {
            if halvings > least + 899 { 0.0 } else { weight * power_of_two(least - halvings) }
        };
        Some(exponentials().map(scaled).collect())
    }

    fn sign(
        &self,
        shape: Shape,
        tokens: &[usize],
        weights: &[f64],
        m: usize,
        o: usize,
    ) -> Option<Sign> {
        let v = shape.v;
        let (mut sum, mut magnitudes) = (0.0, 0.0);
        for (cell, weight) in cells(shape, tokens).zip(weights) {
            let product = weight * self.differences[(cell * v + m) * v + o];
            sum += product;
            magnitudes += product.abs();
        }
        let enough = magnitudes * power_of_two(-40) + power_of_two(-800);
        match sum {
            _ if sum > enough => Some(Sign::Plus),
            _ if sum < -enough => Some(Sign::Minus),
            _ => None,
        }
    }
}

mod tests {
    use super::super::common::{self, sequences, uniform, working};
    use super::*;
    use compact_proofs::tasks::max_of_k::MaxOfK;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    /// The sign of `Σ e^{score / √radicand} coefficient`.
    fn sign(radicand: usize, terms: &[(i128, &str)]) -> Sign {
        sign_by(Divisor::Root(radicand), terms)
    }

    /// The sign of `Σ e^{score / divisor} coefficient`.
    fn sign_by(divisor: Divisor, terms: &[(i128, &str)]) -> Sign {
        let terms = terms
            .iter()
            .map(|(score, digits)| (BigInt::from(*score), digits.parse().expect("digits")));
        let terms: Vec<(BigInt, BigInt)> = terms.collect();
        let groups =
            gathered(terms.iter().map(|(score, coefficient)| (score, coefficient.clone())));
        decided(&groups, &Exponentials::new(Exponentials::FIRST, 0, divisor))
    }

    /// Digits of `1/e`, `e^{−1/√2}` and `e^{−1/a}` (`a` the float64 nearest to 3.7), computed
    /// elsewhere: adding one in the last place makes them too large.
    #[test]
    fn near_ties_are_told_apart() {
        let one = format!("-1{}", "0".repeat(77));
        let number = |x: f64| {
            let model = Transformer::from_entries(Shape { v: 2, d: 1, h: 2, n: 1 }, || 0.0);
            Divisor::of(&model.with_attn_scale(x).unwrap())
        };
        for (divisor, below, above) in [
            (
                Divisor::Root(1),
                "36787944117144232159552377016146086744581113103176783450783680169746149574489",
                90,
            ),
            (
                number(1.0),
                "36787944117144232159552377016146086744581113103176783450783680169746149574489",
                90,
            ),
            (
                number(3.7),
                "76317320343300488814814462877456403794372515969518074856899867094025588837528",
                29,
            ),
            (
                Divisor::Root(2),
                "49306869139523978784595738061517747523583776313642617826101230215880397319368",
                69,
            ),
        ] {
            assert_eq!(sign_by(divisor.clone(), &[(0, below), (-1, &one)]), Sign::Minus);
            let next = format!("{}{above}", &below[..75]);
            assert_eq!(sign_by(divisor.clone(), &[(0, &next), (-1, &one)]), Sign::Plus);
            // The signs do not change if both scores are far below a score with coefficient 0.
            let far = -(10_i128.pow(15));
            assert_eq!(
                sign_by(divisor.clone(), &[(0, "0"), (far, below), (far - 1, &one)]),
                Sign::Minus
            );
            assert_eq!(
                sign_by(divisor.clone(), &[(0, "0"), (far, &next), (far - 1, &one)]),
                Sign::Plus
            );
        }
        assert_eq!(sign(1, &[(0, "1"), (-1000, &format!("-1{}", "0".repeat(434)))]), Sign::Plus);
        assert_eq!(sign(1, &[(0, "1"), (-1000, &format!("-1{}", "0".repeat(435)))]), Sign::Minus);
    }

    /// The convergents of e = [2; 1, 2, 1, 1, 4, 1, 1, 6, …] are below and above e in turn, and
    /// ever nearer: here to 1000 bits.
    #[test]
    fn convergents_are_told_apart() {
        let (mut p, mut q) = ([BigInt::from(1), BigInt::from(2)], [BigInt::ZERO, BigInt::from(1)]);
        for j in 1..300 {
            let side = sign(1, &[(-1, &p[1].to_string()), (0, &(-&q[1]).to_string())]);
            assert_eq!(side, if j % 2 == 1 { Sign::Minus } else { Sign::Plus }, "convergent {j}");
            let quotient = if j % 3 == 2 { (j + 1) / 3 * 2 } else { 1 };
            for x in [&mut p, &mut q] {
                let next = &x[1] * quotient + &x[0];
                x.swap(0, 1);
                x[1] = next;
            }
        }
        assert!(q[1].bits() > 500);
    }

    #[test]
    fn ties_and_the_leading_term() {
        assert_eq!(sign(3, &[]), Sign::NoSign);
        assert_eq!(sign(3, &[(5, "7"), (-2, "1"), (5, "-7"), (-2, "-1")]), Sign::NoSign);
        assert_eq!(sign(3, &[(5, "7"), (-2, "1"), (5, "-7"), (-2, "-2")]), Sign::Minus);
        let far = 10_i128.pow(36);
        assert_eq!(sign(3, &[(0, "1"), (-far, "-123456789123456789")]), Sign::Plus);
        assert_eq!(
            sign(3, &[(far, "-1"), (0, "123456789123456789"), (far, "1"), (-far, "-1")]),
            Sign::Plus
        );
    }

    #[test]
    fn dyadic_numbers_are_those_of_float64() {
        let weights =
            Matrix::from_shape_vec((1, 5), vec![1.5, -5e-324, 0.0, 3e38, f64::MIN_POSITIVE])
                .unwrap();
        let Dyadic { entries, exponent } = Dyadic::new(&weights);
        assert_eq!(exponent, -1074);
        let expected = [
            BigInt::from(3) << 1073,
            BigInt::from(-1),
            BigInt::ZERO,
            BigInt::from(3e38 as u128) << 1074,
        ];
        assert_eq!(entries.iter().take(4).cloned().collect::<Vec<_>>(), expected);
        assert_eq!(entries[[0, 4]], BigInt::from(1) << 52);
        for x in [1.5, -3e-300, 3e38, 0.1] {
            let Dyadic { entries, exponent } = Dyadic::new(&Matrix::from_elem((1, 1), x));
            let found = rounded(&entries[[0, 0]], exponent);
            assert_eq!(found, if f64::abs(x) < 1e-270 { 0.0 } else { x });
        }
    }

    /// For models with margins, exact signs agree with a float64 forward pass and with the filter.
    #[test]
    fn truth_is_what_a_forward_pass_finds() {
        let random = |v, h, n, scale: f64, seed| {
            let mut entry = uniform(seed);
            Transformer::from_entries(Shape { v, d: 3, h, n }, || scale * entry())
        };
        for model in [
            random(2, 1, 1, 1.0, 1),
            random(3, 2, 3, 1.0, 2),
            random(5, 3, 2, 3.0, 3),
            random(4, 2, 4, 30.0, 4),
            working(5, 3, 6.0, 0.1, 5),
            working(5, 3, 6.0, 0.1, 6).with_attn_scale(0.1).unwrap(),
            working(5, 3, 6.0, 0.1, 6).with_attn_scale(3.7).unwrap(),
            random(4, 2, 3, 1.0, 7).with_attn_scale(1e-3).unwrap(),
        ] {
            let task = MaxOfK::new(model).unwrap();
            let mut judge = Judge::new(task.model());
            let Shape { v, n, .. } = task.shape();
            let exact = sequences(v, n).filter(|tokens| {
                let m = largest(tokens);
                (0..v).filter(|&o| o != m).all(|o| judge.sign(tokens, m, o) == Sign::Minus)
            });
            let exact = exact.count() as u128;
            assert_eq!(Truth::new(task.model()).total(), exact);
            let (least, most) = (common::right_by(&task, 1e-9), common::right_by(&task, -1e-9));
            assert!(
                (least..=most).contains(&exact) && most - least < 3,
                "{exact}, not {least} to {most}"
            );
        }
        // All sequences are ties.
        let mut zeros = working(3, 2, 1.0, 0.0, 1);
        zeros.W_U.fill(0.0);
        assert_eq!(Truth::new(&zeros).total(), 0);
    }
}
