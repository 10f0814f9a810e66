//! Bounds from concentration inequalities: wider than those from the binomial distribution where
//! inputs are right or wrong, and the ones that everybody knows.

use super::above::up;
use crate::cost::Scalar;
use crate::linalg::EXP_ERROR;

/// A lower bound on an accuracy from `right` of `n` independent inputs, except with a probability
/// of at most `delta` (Hoeffding 1963): `right / n − √(ln(1 / delta) / (2 n))`.
pub(super) fn hoeffding<S: Scalar>(n: u64, right: u64, delta: S) -> S {
    let log = log_above(up(S::from_f64(1.0) / delta));
    let all = S::from_f64(n as f64);
    let most = up(up(log / (all + all)).sqrt());
    mean_below::<S>(n, right) - most
}

/// The same from the variance of the sample (Maurer and Pontil 2009, theorem 4): `right / n − √(2 V
/// ln(2 / delta) / n) − 7 ln(2 / delta) / (3 (n − 1))` with `V = right · wrong / (n (n − 1))`; 0
/// for fewer than two inputs.
pub(super) fn bernstein<S: Scalar>(n: u64, right: u64, delta: S) -> S {
    if n < 2 {
        return S::from_f64(0.0);
    }
    let number = |x: u64| S::from_f64(x as f64);
    let log = log_above(up(number(2) / delta));
    let (all, others) = (number(n), number(n - 1));
    let variance = up(up(up(number(right) / all) * number(n - right)) / others);
    let first = up(up(up(number(2) * up(variance * log)) / all).sqrt());
    let second = up(up(number(7) * log) / (number(3) * others));
    mean_below::<S>(n, right) - up(first + second)
}

/// Just below `right / n`: by at least one float64, so that a difference with an upper bound is
/// rounded down once that is taken once more, see [`super::Method::least`].
fn mean_below<S: Scalar>(n: u64, right: u64) -> S {
    S::from_f64((S::from_f64(right as f64) / S::from_f64(n as f64)).to_f64().next_down())
}

/// At least `ln x`, for `x ≥ 1`. The logarithm of `libm` is a hint: what is returned is checked by
/// [`Scalar::exp`], whose relative error is at most [`EXP_ERROR`].
fn log_above<S: Scalar>(x: S) -> S {
    let mut log = S::from_f64(libm::log(x.to_f64()).max(0.0));
    let step = S::from_f64(4.0 * EXP_ERROR * (1.0 + log.to_f64()));
    loop {
        let below =
            S::from_f64((log.exp() * S::from_f64(1.0 - 2.0 * EXP_ERROR)).to_f64().next_down());
        if !below.less(x) {
            return log;
        }
        log = up(log + step);
    }
}

#[cfg(test)]
mod tests {
    use super::log_above;

    #[test]
    fn logarithms_are_above_and_close() {
        for x in [1.0, 1.5, 2.0, 1000.0, 2000.0, 1e12, 1e300] {
            let (found, near) = (log_above(x), libm::log(x));
            assert!(found >= near && found <= near + 1e-13 * (1.0 + near), "{x}: {found}, {near}");
        }
        // 2^10 = 1024 and e^6.931471805599453094172321 = 1024.
        assert!(log_above(1024.0) >= 6.931_471_805_599_453);
    }
}
