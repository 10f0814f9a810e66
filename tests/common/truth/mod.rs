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

mod dyadic;
mod exponentials;
mod filter;

pub(crate) use self::dyadic::Dyadic;

use self::exponentials::{Divisor, Exponentials};
use self::filter::{Filter, cells};
use compact_proofs::models::transformer::{Shape, Transformer};
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

mod tests {
    use super::super::common::{self, sequences, uniform, working};
    use super::dyadic::rounded;
    use super::*;
    use compact_proofs::linalg::Matrix;
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
