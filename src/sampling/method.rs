use super::binomial::Binomial;
use super::concentration::{bernstein, hoeffding};
use crate::cost::Scalar;
use crate::weights::text::quoted;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// How inputs are drawn, and what is concluded from them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// A number of inputs that is fixed before, and the binomial distribution (Clopper and Pearson
    /// 1934).
    ClopperPearson,
    /// One input from each of equally large slices of all inputs.
    Stratified,
    /// Any number of inputs: whoever watches may stop at any time (a martingale, by Ville 1939).
    Anytime,
    /// A number of inputs that is fixed before, and the variance of the sample.
    Bernstein,
    /// A number of inputs that is fixed before, and nothing else.
    Hoeffding,
}

/// What is known of a method.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct MethodFacts {
    /// The method.
    pub method: Method,
    /// A short name for a person.
    pub label: &'static str,
    /// How it works, for a student.
    pub idea: &'static str,
    /// Whether it may be stopped at any time.
    pub optional_stopping: bool,
}

/// A name that no method has.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("no method of sampling is called `{}`: expected {}", quoted(name), Method::ALL.map(Method::id).join(", "))]
pub struct UnknownMethod {
    /// The name that was looked for.
    pub name: String,
}

impl Method {
    /// All methods.
    pub const ALL: [Self; 5] =
        [Self::ClopperPearson, Self::Stratified, Self::Anytime, Self::Bernstein, Self::Hoeffding];

    /// The method's identifier.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::ClopperPearson => "clopper-pearson",
            Self::Stratified => "stratified",
            Self::Anytime => "anytime",
            Self::Bernstein => "bernstein",
            Self::Hoeffding => "hoeffding",
        }
    }

    /// What is known of the method.
    #[must_use]
    pub fn facts(self) -> MethodFacts {
        let (label, idea) = match self {
            Self::ClopperPearson => (
                "Clopper–Pearson",
                "Draws a number of inputs that is fixed before. The bound is the accuracy with which so many right \
                 answers, or more, would come about with probability δ.",
            ),
            Self::Stratified => (
                "Stratified",
                "Cuts all inputs, sorted by last and largest token or by product, into equal slices, and draws one \
                 input from each. Right answers then vary less than those of independent inputs, so the bound of \
                 Clopper and Pearson holds as well.",
            ),
            Self::Anytime => (
                "Anytime",
                "Draws one input after the other; the bound holds whenever you stop, even if you stop because you \
                 like the bound. It pays a little for that freedom.",
            ),
            Self::Bernstein => (
                "Empirical Bernstein",
                "Draws a number of inputs that is fixed before, and uses how much right and wrong vary among them.",
            ),
            Self::Hoeffding => (
                "Hoeffding",
                "Draws a number of inputs that is fixed before, and uses only that each is right or wrong.",
            ),
        };
        MethodFacts { method: self, label, idea, optional_stopping: self == Self::Anytime }
    }

    /// A lower bound on the accuracy on what is sampled, from `right` of `n` inputs. It exceeds the
    /// accuracy with a probability of at most `delta`, if the inputs are drawn as
    /// [`Drawing`](super::Drawing) does.
    ///
    /// `delta` is from 0 to 1; the next float64 below it is used, since a number such as 0.001 may
    /// stand for a little less than the float64 nearest to it.
    ///
    /// # Panics
    /// If more inputs are right than there are, or none are drawn.
    #[must_use]
    pub fn least(self, n: u64, right: u64, delta: f64) -> f64 {
        assert!(right <= n && n > 0, "{right} of {n}");
        let delta = delta.next_down();
        let least = match self {
            Self::Hoeffding => hoeffding(n, right, delta).next_down(),
            Self::Bernstein => bernstein(n, right, delta).next_down(),
            Self::ClopperPearson | Self::Stratified | Self::Anytime => {
                let sample = Binomial::new(n, n - right);
                let refuted = |p: f64| self.refutes(&sample, p, delta);
                largest(self.most(n, right), refuted)
            }
        };
        least.max(0.0)
    }

    /// An upper bound on the FLOPs of checking a bound: searching for it is free.
    #[must_use]
    pub fn flops(self, n: u64, right: u64) -> f64 {
        let wrong = n - right;
        // A power takes at most two products for each of its 64 bits; each term of a tail five, and
        // each choice two.
        let powers = 4.0 * 64.0 + 16.0;
        match self {
            Self::Hoeffding | Self::Bernstein => 64.0,
            Self::Anytime => 2.0 * wrong.min(right) as f64 + powers,
            Self::ClopperPearson | Self::Stratified => 8.0 * wrong as f64 + powers,
        }
    }

    /// Whether a sample refutes that the accuracy is `p` or less.
    fn refutes<S: Scalar>(self, sample: &Binomial<S>, p: S, delta: S) -> bool {
        match self {
            Self::Anytime => sample.refutes_anytime(p, delta),
            _ => sample.refutes_fixed(p, delta),
        }
    }

    /// No bound from the binomial distribution is above this.
    ///
    /// Of stratified inputs, each is right with a probability of its own, with the mean `p`. By
    /// Hoeffding (1956, theorem 4), `s` or more are then right with a probability of at most that
    /// for independent inputs with the same mean, provided that `s ≥ n p + 1`. So a bound of at
    /// most `(s − 1) / n` holds as it does for independent inputs: where it exceeds the accuracy
    /// `p`, `s` satisfies that.
    fn most(self, n: u64, right: u64) -> f64 {
        let counted = match self {
            Self::Stratified => right.saturating_sub(1),
            _ => right,
        };
        if counted == n { 1.0 } else { (counted as f64 / n as f64).next_down().max(0.0) }
    }
}

/// A number from 0 to `most` that is refuted, if any is; 0 if none. It is nearly the largest one
/// where all numbers below a refuted one are refuted.
fn largest(most: f64, refuted: impl Fn(f64) -> bool) -> f64 {
    const HALVINGS: u32 = 56;
    let (mut low, mut high) = (0.0, most);
    for _ in 0..HALVINGS {
        let middle = f64::midpoint(low, high);
        *if refuted(middle) { &mut low } else { &mut high } = middle;
    }
    low
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

impl FromStr for Method {
    type Err = UnknownMethod;
    fn from_str(id: &str) -> Result<Self, UnknownMethod> {
        let found = Self::ALL.into_iter().find(|method| method.id() == id);
        found.ok_or_else(|| UnknownMethod { name: id.into() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the literature's formulas give for `delta = 10⁻³`, to four digits.
    #[test]
    fn check_values() {
        use Method::{Anytime, Bernstein, ClopperPearson, Hoeffding};
        for (n, wrong, expected) in [
            (1000, 0, [0.9412, 0.9822, 0.9931, 0.9863]),
            (10_000, 0, [0.9814, 0.9982, 0.9993, 0.9984]),
            (10_000, 8, [0.9806, 0.9963, 0.9979, 0.9966]),
            (100_000, 80, [0.9933, 0.9987, 0.9989, 0.9986]),
        ] {
            for (method, expected) in
                [Hoeffding, Bernstein, ClopperPearson, Anytime].into_iter().zip(expected)
            {
                let found = method.least(n, n - wrong, 1e-3);
                assert!(
                    (found - expected).abs() <= 5.1e-5,
                    "{method}, {n}, {wrong}: {found}, {expected}"
                );
            }
        }
    }

    #[test]
    fn all_right_gives_the_root_of_delta() {
        for (n, delta) in [(1, 0.25), (2, 0.25), (10, 1e-3), (1000, 1e-6)] {
            let (found, root) =
                (Method::ClopperPearson.least(n, n, delta), delta.powf(1.0 / n as f64));
            assert!(found <= root && found > root - 1e-14, "{n}: {found}, {root}");
        }
    }

    #[test]
    fn the_formula_is_above_the_operations() {
        use crate::cost::Counted;
        let delta = Counted::from_f64(1e-3);
        for (n, right) in [(50, 50), (50, 47), (2000, 1980), (300, 1), (3000, 1500), (7, 5)] {
            for method in Method::ALL {
                let least = Counted::from_f64(method.least(n, right, 1e-3).max(1e-6));
                let (flops, ()) = Counted::during(|| match method {
                    Method::Hoeffding => _ = hoeffding(n, right, delta),
                    Method::Bernstein => _ = bernstein(n, right, delta),
                    _ => _ = method.refutes(&Binomial::new(n, n - right), least, delta),
                });
                let most = method.flops(n, right);
                assert!(flops as f64 <= most, "{method} {n} {right}: {flops}, {most}");
            }
        }
    }

    #[test]
    fn bounds_are_in_their_order() {
        for (n, right) in [(50, 50), (50, 47), (2000, 1980), (300, 1), (300, 0), (1, 1), (1, 0)] {
            let least = |method: Method, delta| method.least(n, right, delta);
            for method in Method::ALL {
                let (loose, tight) = (least(method, 1e-6), least(method, 1e-2));
                assert!(
                    0.0 <= loose && loose <= tight && tight <= right as f64 / n as f64,
                    "{method}"
                );
                assert!(tight <= least(Method::ClopperPearson, 1e-2), "{method}, {right} of {n}");
                assert_eq!(method.id().parse(), Ok(method));
            }
        }
        assert_eq!("coins".parse::<Method>(), Err(UnknownMethod { name: "coins".into() }));
    }
}
