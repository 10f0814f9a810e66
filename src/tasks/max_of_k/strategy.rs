use super::Cubic;
use super::additive::{self, Additive};
use super::subcubic::{self, AttentionError, DirectPath, Gaps, Subcubic};
use crate::cost::matmul_flops;
use crate::transformer::Shape;
use crate::weights::text::quoted;
use serde::{Serialize, Serializer};
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// The ways to prove a bound for Max-of-K.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Strategy {
    /// Run the model on every sequence.
    BruteForce,
    /// Cases of (query, maximum, other token, copies), exact attention, worst output per term.
    Cubic,
    /// Cases of (query, maximum, copies), each part of the model summarised.
    Subcubic(Subcubic),
    /// Cases of (query, maximum), output by output, position by position: ours.
    Additive(Additive),
}

/// Classes of strategies by how the cost of their verification grows (arXiv 2406.11779, table 1), and ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Class {
    BruteForce,
    Cubic,
    Subcubic,
    LowRankQk,
    LowRankEu,
    LowRankQkEu,
    QuadraticQk,
    QuadraticQkEu,
    Additive,
}

/// A name that is no strategy's.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("no strategy is called `{}`; there are brute-force, cubic, cell, chernoff, convolution-32 to -4096, exact, best-within-FLOPS, best-of-MILLIONTHS and 100 like {}", quoted(name), Subcubic::all().next().expect("there are 100"))]
pub struct UnknownStrategy {
    /// That name.
    pub name: String,
}

impl Strategy {
    /// Those that a table of all lists: brute force and cubic, ours, the 100 sub-cubic ones.
    pub fn all() -> impl Iterator<Item = Self> {
        let ours = Additive::all().map(Self::Additive);
        [Self::BruteForce, Self::Cubic]
            .into_iter()
            .chain(ours)
            .chain(Subcubic::all().map(Self::Subcubic))
    }

    /// A short name for a person.
    #[must_use]
    pub fn label(self) -> String {
        match self {
            Self::BruteForce => "Brute force".into(),
            Self::Cubic => "Cubic".into(),
            Self::Additive(strategy) => strategy.label(),
            Self::Subcubic(Subcubic { direct, attention, error }) => {
                format!("{} · {} · {}", direct.label(), attention.label(), error.label())
            }
        }
    }

    /// How the cost of its verification grows.
    #[must_use]
    pub fn class(self) -> Class {
        let (direct, error) = match self {
            Self::BruteForce => return Class::BruteForce,
            Self::Cubic => return Class::Cubic,
            Self::Additive(_) => return Class::Additive,
            Self::Subcubic(Subcubic { direct, error, .. }) => (direct, error),
        };
        let low_rank_direct =
            !matches!(direct, DirectPath::MaxDiffExact | DirectPath::GlobalMaxDiffExact);
        match error {
            AttentionError::Exact | AttentionError::MaxDiffExact if low_rank_direct => {
                Class::LowRankEu
            }
            AttentionError::Exact | AttentionError::MaxDiffExact => Class::Subcubic,
            AttentionError::MaxDiffSubproductRecursive
            | AttentionError::MeanMaxDiffSubproductRecursive
            | AttentionError::MeanRecursiveMaxDiffSubproductRecursive => {
                if low_rank_direct {
                    Class::QuadraticQkEu
                } else {
                    Class::QuadraticQk
                }
            }
            _ if low_rank_direct => Class::LowRankQkEu,
            _ => Class::LowRankQk,
        }
    }

    /// Whether what it costs is known without its chunks being counted, so that others may count some of them: of sub-cubic
    /// and additive proofs it depends on what is found.
    #[must_use]
    pub fn is_divisible(self) -> bool {
        matches!(self, Self::BruteForce | Self::Cubic)
    }

    /// What the proof assumes of the model, in one sentence.
    #[must_use]
    pub fn idea(self) -> String {
        match self {
            Self::BruteForce => {
                "Runs the model on every sequence and counts the right answers: exact, and it explains nothing.".into()
            }
            Self::Cubic => {
                "Uses that the model is right because it attends to the largest token: the other tokens only matter \
                 through how much attention they take away, so one worst token stands for all."
                    .into()
            }
            Self::Additive(strategy) => strategy.idea(),
            Self::Subcubic(Subcubic { direct, attention, error }) => {
                format!("Supposes that {}; that {}; and that {}.", direct.idea(), attention.idea(), error.idea())
            }
        }
    }

    /// FLOPs of the proof's verification by the convention of [`crate::cost`]; for sub-cubic ones at most, as they are less
    /// where a proof object gives up on cases; for ours at least, as they depend on what is left undecided.
    ///
    /// Brute force has a nominal cost, as published: a full forward pass, all positions, for each sequence. (This
    /// program shares work between sequences and needs far fewer.)
    #[must_use]
    pub fn flops(self, shape: Shape) -> f64 {
        match self {
            Self::BruteForce => sequences(shape) * forward_pass_flops(shape),
            Self::Cubic => Cubic::flops(shape),
            Self::Additive(_) => additive::least_flops(shape) as f64,
            Self::Subcubic(strategy) => {
                subcubic::flops(strategy, shape, &Gaps::uniform(shape.v, shape.n, 1))
            }
        }
    }

    /// How many numbers the proof treats as arbitrary (arXiv 2406.11779, section 5).
    #[must_use]
    pub fn unexplained_dimension(self, shape: Shape) -> f64 {
        let (v, d, n) = (shape.v as f64, shape.d as f64, shape.n as f64);
        match self {
            Self::BruteForce => sequences(shape) * v,
            Self::Cubic | Self::Additive(_) => 3.0 * v * v + 2.0 * n * v,
            Self::Subcubic(Subcubic { direct, error, .. }) => {
                let of_direct = match direct {
                    DirectPath::GlobalMaxDiffExact => 2.0,
                    DirectPath::MaxDiffExact => 2.0 * v,
                    DirectPath::MaxDiff => v * d + 2.0,
                    DirectPath::MeanQuery | DirectPath::SvdQuery => v + v * d + 2.0,
                };
                let of_error = match error {
                    AttentionError::Svd => 2.0 * v,
                    AttentionError::Exact => v * v,
                    AttentionError::MaxDiffExact => 4.0 * v,
                    AttentionError::MaxDiff
                    | AttentionError::MaxDiffSubproduct
                    | AttentionError::MaxDiffSubproductRecursive => 2.0 * v + 2.0 * d,
                    _ => 3.0 * v + 2.0 * d,
                };
                v * v + v + of_direct + of_error
            }
        }
    }
}

impl Class {
    /// Every class, the published ones first, those with the longest proofs first.
    pub const ALL: [Self; 9] = [
        Self::BruteForce,
        Self::Cubic,
        Self::Subcubic,
        Self::LowRankQk,
        Self::LowRankEu,
        Self::LowRankQkEu,
        Self::QuadraticQk,
        Self::QuadraticQkEu,
        Self::Additive,
    ];

    /// The published name, or ours.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::BruteForce => "brute force",
            Self::Cubic => "cubic",
            Self::Subcubic => "sub-cubic",
            Self::LowRankQk => "low-rank QK",
            Self::LowRankEu => "low-rank EU",
            Self::LowRankQkEu => "low-rank QK & EU",
            Self::QuadraticQk => "quadratic QK",
            Self::QuadraticQkEu => "quadratic QK & EU",
            Self::Additive => "additive (ours)",
        }
    }

    /// How the cost of verification grows, by the published analysis.
    #[must_use]
    pub const fn complexity(self) -> &'static str {
        match self {
            Self::BruteForce => "O(vⁿ⁺¹ n d)",
            Self::Cubic => "O(v³ n²)",
            Self::Subcubic => "O(v² n² + v² d)",
            Self::LowRankQk => "O(v² n² + v d² + v² d), QK O(v d²)",
            Self::LowRankEu => "O(v² n² + v² d), EU O(v d)",
            Self::LowRankQkEu => "O(v² n² + v d² + v² d), QK O(v d²), EU O(v d)",
            Self::QuadraticQk => "O(v² n² + v² d), QK O(v d)",
            Self::QuadraticQkEu => "O(v² n² + v² d), QK and EU O(v d)",
            Self::Additive => {
                "O(v² d + v³), and for F undecided outputs O(F n v), on a grid of B bins O(F n v B)"
            }
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
        match self {
            Self::BruteForce => f.write_str("brute-force"),
            Self::Cubic => f.write_str("cubic"),
            Self::Subcubic(strategy) => strategy.fmt(f),
            Self::Additive(strategy) => strategy.fmt(f),
        }
    }
}

impl FromStr for Strategy {
    type Err = UnknownStrategy;
    fn from_str(name: &str) -> Result<Self, UnknownStrategy> {
        match name {
            "brute-force" => Ok(Self::BruteForce),
            "cubic" => Ok(Self::Cubic),
            _ => {
                let ours = name.parse().map(Self::Additive);
                ours.or_else(|()| name.parse().map(Self::Subcubic))
                    .map_err(|()| UnknownStrategy { name: name.into() })
            }
        }
    }
}

impl Serialize for Strategy {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Serialize for Class {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn all_116_names_differ_and_parse_back() {
        let names: BTreeSet<_> = Strategy::all().map(|strategy| strategy.to_string()).collect();
        let labels: BTreeSet<_> = Strategy::all().map(Strategy::label).collect();
        assert_eq!((names.len(), labels.len()), (116, 116));
        for strategy in Strategy::all() {
            assert_eq!(strategy.to_string().parse(), Ok(strategy));
            assert!(Class::ALL.contains(&strategy.class()) && !strategy.idea().is_empty());
        }
        let unknown = "quadratic".parse::<Strategy>().unwrap_err().to_string();
        assert!(
            unknown.contains(
                "no strategy is called `quadratic`; there are brute-force, cubic, cell, "
            ) && unknown.contains(" and 100 like EUPU-")
        );
    }

    #[test]
    fn published_sizes() {
        let shape = Shape { v: 64, d: 32, h: 32, n: 4 };
        assert_eq!(forward_pass_flops(shape), 50_698.0);
        let dimension = |name: &str| name.parse::<Strategy>().unwrap().unexplained_dimension(shape);
        assert_eq!(dimension("brute-force"), 64.0_f64.powi(5));
        assert_eq!(dimension("cubic"), 12_800.0);
        let subcubic = |direct: &str, error: &str| {
            dimension(&format!("EUPU-{direct}--attn-mean-query+diff--attn-err-{error}"))
        };
        assert_eq!(
            subcubic("max-diff-exact", "exact-EQKE+max-diff-exact"),
            4160.0 + 128.0 + 4096.0
        );
        assert_eq!(subcubic("mean-query+max-diff", "mean+max-diff"), 4160.0 + 2114.0 + 256.0);
        assert_eq!(subcubic("global-max-diff-exact", "svd"), 4160.0 + 2.0 + 128.0);
    }
}
