use super::Cubic;
use crate::cost::matmul_flops;
use crate::transformer::Shape;
use serde::Serialize;
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// The ways to prove a bound for Max-of-K.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Strategy {
    /// Run the model on every sequence.
    BruteForce,
    /// Cases of (query, maximum, other token, copies), exact attention, worst output per term.
    Cubic,
}

/// A name that is no strategy's.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("no strategy is called `{name}`; there are {}", Strategy::ALL.map(Strategy::name).join(", "))]
pub struct UnknownStrategy {
    /// That name.
    pub name: String,
}

impl Strategy {
    /// Every strategy, longest proof first.
    pub const ALL: [Self; 2] = [Self::BruteForce, Self::Cubic];

    /// The stable identifier.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::BruteForce => "brute-force",
            Self::Cubic => "cubic",
        }
    }

    /// A short name for a person.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::BruteForce => "Brute force",
            Self::Cubic => "Cubic",
        }
    }

    /// How the proof's length grows, by the published analysis (arXiv 2406.11779, table 1).
    #[must_use]
    pub const fn complexity(self) -> &'static str {
        match self {
            Self::BruteForce => "O(vⁿ⁺¹ n d)",
            Self::Cubic => "O(v³ n²)",
        }
    }

    /// What the proof knows of the model, in one sentence.
    #[must_use]
    pub const fn idea(self) -> &'static str {
        match self {
            Self::BruteForce => {
                "Runs the model on every sequence and counts the right answers: exact, and it explains nothing."
            }
            Self::Cubic => {
                "Uses that the model is right because it attends to the largest token: the other tokens only matter through how much attention they take away, so one worst token stands for all."
            }
        }
    }

    /// FLOPs of the proof's verification by the convention of [`crate::cost`].
    ///
    /// Brute force has a nominal cost, as published: a full forward pass, all positions, for each sequence. (This
    /// program shares work between sequences and needs far fewer.)
    #[must_use]
    pub fn flops(self, shape: Shape) -> f64 {
        match self {
            Self::BruteForce => sequences(shape) * forward_pass_flops(shape),
            Self::Cubic => Cubic::flops(shape),
        }
    }

    /// How many numbers the proof treats as arbitrary (arXiv 2406.11779, section 5).
    #[must_use]
    pub fn unexplained_dimension(self, shape: Shape) -> f64 {
        let (v, n) = (shape.v as f64, shape.n as f64);
        match self {
            Self::BruteForce => sequences(shape) * v,
            Self::Cubic => 3.0 * v * v + 2.0 * n * v,
        }
    }
}

/// `v^n` as a float: exact below 2⁵³ and for powers of two.
fn sequences(shape: Shape) -> f64 {
    (0..shape.n).fold(1.0, |product, _| product * shape.v as f64)
}

/// FLOPs of one forward pass at every position and the check of its answer. The published counter says 52 221 at
/// `v = 64, d = h = 32, n = 4`, where this says 50 698: it adds the (zero) biases too.
fn forward_pass_flops(Shape { v, d, h, n }: Shape) -> f64 {
    let embed = n * d;
    let projections = 3.0 * matmul_flops(n, d, h);
    let scores = matmul_flops(n, h, n) + (n * n) as f64;
    // Of each row: its maximum, n differences, n exponentials, their sum, n quotients.
    let softmax = n * (5 * n - 2);
    let head = matmul_flops(n, n, h) + matmul_flops(n, h, d) + (n * d) as f64;
    let logits = matmul_flops(n, d, v);
    // The largest token, the largest wrong logit, and whether the right one is larger.
    let check = (n - 1) + (v - 2) + 1;
    (embed + softmax + check) as f64 + projections + scores + head + logits
}

impl fmt::Display for Strategy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Strategy {
    type Err = UnknownStrategy;
    fn from_str(name: &str) -> Result<Self, UnknownStrategy> {
        Self::ALL.into_iter().find(|s| s.name() == name).ok_or_else(|| UnknownStrategy { name: name.into() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_parse_back() {
        for strategy in Strategy::ALL {
            assert_eq!(strategy.to_string().parse(), Ok(strategy));
        }
        let unknown = "quadratic".parse::<Strategy>().unwrap_err();
        assert_eq!(unknown.to_string(), "no strategy is called `quadratic`; there are brute-force, cubic");
    }

    #[test]
    fn published_sizes() {
        let shape = Shape { v: 64, d: 32, h: 32, n: 4 };
        assert_eq!(forward_pass_flops(shape), 50_698.0);
        assert_eq!(Strategy::BruteForce.unexplained_dimension(shape), 64.0_f64.powi(5));
        assert_eq!(Strategy::Cubic.unexplained_dimension(shape), 12_800.0);
    }
}
