//! Bounds from the binomial distribution: of a fixed number of inputs, and of any number.

use super::above::{Above, up};
use crate::cost::Scalar;

/// A sample of inputs that are drawn independently and uniformly: `n` of them, of which `wrong` are
/// not known to be right.
///
/// Let `X` be the number of right ones where each is right with probability `p`; `s = n − wrong`.
/// All numbers below are upper bounds ([`Above`]).
pub(super) struct Binomial<S> {
    n: u64,
    wrong: u64,
    /// At least `n` over `wrong`.
    choices: Above<S>,
}

impl<S: Scalar> Binomial<S> {
    /// # Panics
    /// If more are wrong than there are, or there are more than `2⁵³`.
    pub(super) fn new(n: u64, wrong: u64) -> Self {
        assert!(wrong <= n && n < 1 << f64::MANTISSA_DIGITS, "{wrong} of {n}");
        let mut choices = Above::exactly(S::from_f64(1.0));
        for i in 0..wrong.min(n - wrong) {
            choices = choices.times(ratio(n - i, i + 1));
        }
        Self { n, wrong, choices }
    }

    /// `P(X = s)`, for `0 < p ≤ 1`.
    fn exactly(&self, p: S) -> Above<S> {
        let right = Above::exactly(p).power(self.n - self.wrong);
        self.choices.times(right).times(Above::exactly(rest(p)).power(self.wrong))
    }

    /// `P(X ≥ s)`, for `0 < p ≤ 1`; `None` where no bound below 1 is found in this way.
    ///
    /// The terms `P(X = s + i)` have the ratios `(wrong − i + 1) p / ((s + i) (1 − p))`, which
    /// become smaller as `i` grows. Once a term is small, a geometric series bounds what is left.
    fn at_least(&self, p: S) -> Option<Above<S>> {
        let term = self.exactly(p);
        if self.wrong == 0 {
            return Some(term);
        }
        if p.to_f64() >= 1.0 {
            return None;
        }
        let odds = Above::exactly(up(p / S::from_f64(rest_below(p.to_f64()))));
        let one = Above::exactly(S::from_f64(1.0));
        let (mut term, mut sum) = (term, term);
        for i in 1..=self.wrong {
            let factor = odds.times(ratio(self.wrong - i + 1, self.n - self.wrong + i));
            if !factor.is_at_most(one) {
                return None;
            }
            term = term.times(factor);
            sum = sum.plus(term);
            if term.is_at_most(sum.shifted(-96)) {
                // All further ratios are at most `factor`: what is left is at most
                // term · factor / (1 − factor) ≤ term · 2³² where factor ≤ 1 − 2⁻³².
                let most = Above::exactly(S::from_f64(1.0 - 1.0 / (1_u64 << 32) as f64));
                return factor.is_at_most(most).then(|| sum.plus(term.shifted(32)));
            }
        }
        Some(sum)
    }

    /// Whether the accuracy `p` is refuted by a sample of a number that was fixed before: `P(X ≥ s)
    /// ≤ delta`.
    pub(super) fn refutes_fixed(&self, p: S, delta: S) -> bool {
        p.to_f64() >= LEAST
            && self.at_least(p).is_some_and(|tail| tail.is_at_most(Above::exactly(delta)))
    }

    /// Whether the accuracy `p`, and every lower one, is refuted by a sample that may have been
    /// stopped at any time.
    ///
    /// Let `p` be the accuracy. After any number `n` of inputs, `M = ∫ x^s (1 − x)^f dx / (p^s (1 −
    /// p)^f)`, where `x` goes from 0 to 1 and `f = n − s`, is a martingale that is never negative
    /// and begins with 1: the likelihood of `x`, averaged over all `x`, divided by that of `p`. By
    /// Ville's inequality it ever reaches `1 / delta` with a probability of at most `delta`. The
    /// integral is `1 / ((n + 1) C(n, f))`, so `M ≥ 1 / delta` is `(n + 1) P(X = s) ≤ delta`. For
    /// `p ≤ s / n` the left side grows with `p`: what refutes `p` refutes every lower accuracy.
    pub(super) fn refutes_anytime(&self, p: S, delta: S) -> bool {
        let (n, s) = (S::from_f64(self.n as f64), S::from_f64((self.n - self.wrong) as f64));
        if p.to_f64() < LEAST || s.less(up(p * n)) {
            return false;
        }
        let scaled = self.exactly(p).times(Above::exactly(S::from_f64((self.n + 1) as f64)));
        scaled.is_at_most(Above::exactly(delta))
    }
}

/// Lower accuracies are not looked at: the least bound above 0.
const LEAST: f64 = 1.0 / (1_u64 << 60) as f64;

/// At least `a / b`; 1 FLOP.
fn ratio<S: Scalar>(a: u64, b: u64) -> Above<S> {
    Above::exactly(up(S::from_f64(a as f64) / S::from_f64(b as f64)))
}

/// At least `1 − p`; 1 FLOP. 0 for 1.
fn rest<S: Scalar>(p: S) -> S {
    let rest = S::from_f64(1.0) - p;
    if rest.to_f64() == 0.0 { rest } else { up(rest) }
}

/// At most `1 − p`, positive for `p < 1`: the difference is exact for `p ≥ ½`, and far from 0 else.
fn rest_below(p: f64) -> f64 {
    if p >= 0.5 { 1.0 - p } else { (1.0 - p).next_down() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use num_bigint::BigUint;

    /// Exact probabilities, in units of `2^(-bits n)`, of `p = numerator / 2^bits`.
    fn exact(n: u64, wrong: u64, numerator: u64, bits: usize) -> (BigUint, BigUint) {
        let (p, q) = (BigUint::from(numerator), BigUint::from((1_u64 << bits) - numerator));
        let mut choices = BigUint::from(1_u32);
        let (mut tail, mut last) = (BigUint::ZERO, BigUint::ZERO);
        for f in 0..=wrong {
            let power = |x: &BigUint, e: u64| x.pow(u32::try_from(e).unwrap());
            last = &choices * power(&p, n - f) * power(&q, f);
            tail += &last;
            choices = choices * (n - f) / (f + 1);
        }
        (last, tail)
    }

    #[test]
    fn probabilities_are_above_the_exact_ones_and_close() {
        const BITS: usize = 6;
        let mut found = 0;
        for (n, wrong) in [(1, 0), (1, 1), (7, 0), (20, 3), (40, 11), (64, 1), (90, 45), (33, 32)] {
            let sample = Binomial::<f64>::new(n, wrong);
            for numerator in 1..64 {
                let p = numerator as f64 / 64.0;
                let (last, tail) = exact(n, wrong, numerator, BITS);
                let unit = BITS * usize::try_from(n).unwrap();
                let all = [(Some(sample.exactly(p)), last), (sample.at_least(p), tail)];
                for (bound, exact) in all.into_iter().filter_map(|(b, x)| Some((b?, x))) {
                    found += 1;
                    // The leading 53 bits.
                    let rest = exact.bits().saturating_sub(53);
                    let top = u64::try_from(&exact >> rest).unwrap();
                    let power = i64::try_from(rest).unwrap() - i64::try_from(unit).unwrap();
                    let below = Above::exactly(top as f64).shifted(power);
                    let above = Above::exactly(top as f64 * (1.0 + 1e-12)).shifted(power);
                    assert!(below.is_at_most(bound), "n = {n}, wrong = {wrong}, p = {p}");
                    assert!(bound.is_at_most(above), "n = {n}, wrong = {wrong}, p = {p}");
                }
            }
        }
        assert!(found > 700, "{found}");
    }

    #[test]
    fn what_is_refuted_is_all_that_is_lower() {
        for (n, wrong, delta) in [(10, 0, 0.1), (10, 3, 0.01), (200, 150, 0.05), (50, 50, 0.3)] {
            let sample = Binomial::<f64>::new(n, wrong);
            for refutes in [Binomial::refutes_fixed, Binomial::refutes_anytime] {
                let refuted: Vec<_> = (0..=200).map(|i| f64::from(i) / 200.0).collect();
                let refuted: Vec<_> =
                    refuted.iter().skip(1).map(|&p| refutes(&sample, p, delta)).collect();
                let first = refuted.iter().position(|&refuted| !refuted).unwrap();
                assert!(refuted[first..].iter().all(|&refuted| !refuted), "{n}, {wrong}");
                assert_eq!(first > 0, wrong < n, "{n}, {wrong}");
            }
        }
    }
}
