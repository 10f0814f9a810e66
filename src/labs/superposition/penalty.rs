use crate::linalg::exp;
use serde::{Deserialize, Serialize};

/// What makes codes sparse. `a` are the positive activations of one token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Penalty {
    /// `Σ a`.
    L1,
    /// `Σ ln(1 + a/s)`, the logarithm of `prod1p` plus 1.
    Log1p,
    /// `Π (1 + a/s) − 1`, the smooth stand-in for the number of cases of a proof.
    Prod1p,
    /// `Σ tanh(c a)`.
    Tanh,
    /// 0: the encoder keeps the `k` largest activations instead.
    TopK,
}

/// The product of `prod1p` counts as this where it is larger, so that no step is huge.
pub const MAX_PRODUCT: f64 = 1e6;

impl Penalty {
    /// All penalties, in the order of tables.
    pub const ALL: [Self; 5] = [Self::L1, Self::Log1p, Self::Prod1p, Self::Tanh, Self::TopK];

    /// The penalty's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::L1 => "l1",
            Self::Log1p => "log1p",
            Self::Prod1p => "prod1p",
            Self::Tanh => "tanh",
            Self::TopK => "top-k",
        }
    }

    /// The penalty of one token's positive activations; adds `lambda` times its derivative by
    /// activation `i` to `gradient[i]`. `scale` is `s`, or `c` of `tanh`.
    ///
    /// # Panics
    /// If the lengths differ.
    #[must_use]
    pub fn add(self, scale: f64, lambda: f64, activations: &[f64], gradient: &mut [f64]) -> f64 {
        assert_eq!(activations.len(), gradient.len(), "one derivative for each activation");
        let pairs = activations.iter().zip(gradient);
        match self {
            Self::L1 => pairs.fold(0.0, |sum, (a, g)| {
                *g += lambda;
                sum + a
            }),
            Self::Log1p => pairs.fold(0.0, |sum, (a, g)| {
                *g += lambda / (scale + a);
                sum + libm::log(1.0 + a / scale)
            }),
            Self::Prod1p => {
                let product =
                    activations.iter().fold(1.0, |product, a| product * (1.0 + a / scale));
                let product = product.min(MAX_PRODUCT);
                pairs.for_each(|(a, g)| *g += lambda * product / (scale + a));
                product - 1.0
            }
            Self::Tanh => pairs.fold(0.0, |sum, (a, g)| {
                let t = tanh(scale * a);
                *g += lambda * scale * (1.0 - t * t);
                sum + t
            }),
            Self::TopK => 0.0,
        }
    }
}

/// `tanh x` for `x ≥ 0`, with the same bits on every target.
fn tanh(x: f64) -> f64 {
    1.0 - 2.0 / (exp(2.0 * x) + 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the definitions say, by other means than the code's.
    #[test]
    fn values_have_closed_forms() {
        let a = [0.25, 1.5];
        let value = |penalty: Penalty, scale| penalty.add(scale, 1.0, &a, &mut [0.0; 2]);
        let near = |found: f64, expected: f64| assert!((found - expected).abs() < 1e-12, "{found}");
        near(value(Penalty::L1, 1.0), 1.75);
        near(value(Penalty::Log1p, 0.5), 1.5_f64.ln() + 4.0_f64.ln());
        near(value(Penalty::Prod1p, 0.5), 1.5 * 4.0 - 1.0);
        near(value(Penalty::Log1p, 0.5).exp() - 1.0, value(Penalty::Prod1p, 0.5));
        near(value(Penalty::Tanh, 4.0), 1.0_f64.tanh() + 6.0_f64.tanh());
        near(value(Penalty::TopK, 1.0), 0.0);
        let huge = [1e4, 1e4];
        near(Penalty::Prod1p.add(1.0, 1.0, &huge, &mut [0.0; 2]), MAX_PRODUCT - 1.0);
    }

    #[test]
    fn derivatives_are_those_of_the_values() {
        let (a, lambda, step) = ([0.3, 0.9, 2.0], 0.7, 1e-6);
        for (penalty, scale) in
            Penalty::ALL.into_iter().flat_map(|p| [(p, 0.1), (p, 1.0), (p, 4.0)])
        {
            let mut gradient = [0.0; 3];
            let _ = penalty.add(scale, lambda, &a, &mut gradient);
            for i in 0..3 {
                let moved = |by| {
                    let mut a = a;
                    a[i] += by;
                    penalty.add(scale, lambda, &a, &mut [0.0; 3])
                };
                let expected = lambda * (moved(step) - moved(-step)) / (2.0 * step);
                let error = (gradient[i] - expected).abs();
                assert!(error < 1e-6 * (1.0 + expected.abs()), "{penalty:?} {scale}: {error}");
            }
        }
    }
}
