//! The proof object: what a search hands to the verifier, its format, and the check of its shapes.
//!
//! `q` is the query token, `m` the largest token, `c` the number of tokens other than `m`; `ᾱ` is a
//! centre, an attention to the largest token around which the bound of a case is worked out.

use super::gaps::Gaps;
use super::scores::{LEAST_RIDGE, LEAST_SINGULAR_VALUE};
use super::strategy::{AttentionError, DirectPath, Subcubic};
use crate::models::transformer::{Shape, Transformer};
use crate::proof::Version;
use serde::{Deserialize, Serialize};
use std::slice::from_ref;
use thiserror::Error;

/// What a search found for a verifier, which trusts none of it: any finite numbers of the right
/// shapes give a true bound.
///
/// Serialized as JSON, version 1, with numbers as decimals that read back to equal bits:
/// `{"version": 1, "strategy": name, "low_rank": …, "direct": […] | null, "centres": …, "gaps": …}`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proof {
    /// The version of the format.
    pub version: Version,
    /// The strategy; serialized as its name.
    #[serde(with = "name")]
    pub strategy: Subcubic,
    /// The directions on which the factors of `EQKE` are projected.
    pub low_rank: LowRank,
    /// The direction `s`, `[d]`, of [`DirectPath::SvdQuery`]; `None` for other summaries.
    pub direct: Option<Vec<f64>>,
    /// The centres `ᾱ[m][c]`, `[v, n]`, of [`super::Attention::MeanQuery`]; `None` for
    /// [`super::Attention::Drop`].
    pub centres: Option<Vec<Vec<f64>>>,
    /// The gap `g[q, m, c]` of each case.
    pub gaps: Gaps,
}

/// Serializes a strategy as its name.
mod name {
    use super::Subcubic;
    use crate::weights::text::quoted;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(
        strategy: &Subcubic,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_str(strategy)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Subcubic, D::Error> {
        let name = String::deserialize(deserializer)?;
        name.parse().map_err(|()| {
            D::Error::custom(format!("no sub-cubic strategy is called `{}`", quoted(&name)))
        })
    }
}

/// Directions for the low-rank approximation of `EQKE`. They need not be unit vectors, nor singular
/// vectors of anything.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum LowRank {
    /// No direction: `EQKE` is multiplied out.
    None,
    /// A direction for each side of `A B`, where `A = E_q W_Q W_Kᵀ` and `B = E_kᵀ`.
    RankOne {
        /// `u`, `[v]`, which projects `A` from the left.
        query: Vec<f64>,
        /// `w`, `[v]`, which projects `B` from the right.
        key: Vec<f64>,
        /// For [`AttentionError::Svd`]: a number above the first singular value of the residual.
        singular_value: f64,
        /// For [`AttentionError::Svd`]: what is added to the diagonal of `B Bᵀ` before it is
        /// factored.
        ridge: f64,
    },
    /// As many directions for each side of `A B` as the strategy's rank, of a strategy that someone
    /// built. Each projects what those before it leave.
    Several {
        /// Project `A` from the left, `[rank][v]`.
        queries: Vec<Vec<f64>>,
        /// Project `B` from the right, `[rank][v]`.
        keys: Vec<Vec<f64>>,
        /// As for rank 1.
        singular_value: f64,
        /// As for rank 1.
        ridge: f64,
    },
    /// One or two directions for each factor of `E_q W_Q W_Kᵀ E_kᵀ`.
    FourFactors(Box<FourFactors>),
}

impl LowRank {
    /// The directions of queries and of keys, where the two sides of `A B` are projected.
    pub(super) fn sides(&self) -> (&[Vec<f64>], &[Vec<f64>]) {
        match self {
            Self::RankOne { query, key, .. } => (from_ref(query), from_ref(key)),
            Self::Several { queries, keys, .. } => (queries, keys),
            Self::None | Self::FourFactors(_) => (&[], &[]),
        }
    }
}

/// Directions for the four-factor split, each projecting its factor from the left.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FourFactors {
    /// Projects `E_q`, `[v]`.
    pub query: Vec<f64>,
    /// Projects what `query` leaves of `E_q`, `[v]`.
    pub query_rest: Vec<f64>,
    /// Projects `W_Q`, `[d]`.
    pub W_Q: Vec<f64>,
    /// Projects `W_K`, `[d]`.
    pub W_K: Vec<f64>,
    /// Projects `E_k`, `[v]`.
    pub key: Vec<f64>,
    /// Projects what `key` leaves of `E_k`, `[v]`.
    pub key_rest: Vec<f64>,
}

/// The greatest Euclidean length of a direction.
///
/// In exact arithmetic a direction of any length gives a true bound. In float64 a projection on a
/// direction of length `l` multiplies rounding errors by up to `1 + l²`: 5 at this limit, and less
/// than 2·10⁴ for the six directions of the four-factor split. The direct path's `s` may be at most
/// `MAX_DIRECTION` times as long as `W_E` and `W_pos` together.
pub const MAX_DIRECTION: f64 = 2.0;

/// The greatest magnitude of a centre, `|ᾱ|`. Attention is from 0 to 1; a centre far from it would
/// make the bound a difference of large numbers.
pub const MAX_CENTRE: f64 = 2.0;

/// The Euclidean length of `x`.
fn euclidean(x: &[f64]) -> f64 {
    x.iter().map(|x| x * x).sum::<f64>().sqrt()
}

/// Why a proof object does not fit a strategy and a model, or cannot be confirmed.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum ProofError {
    /// A part has the wrong shape, is missing, or is present although the strategy has no such
    /// part.
    #[error("the proof's {part} has {found}, expected {expected}")]
    Part {
        /// The part's name.
        part: &'static str,
        /// What the part has.
        found: String,
        /// What the strategy and the model ask for.
        expected: String,
    },
    /// A number is NaN or infinite.
    #[error("the proof's {part} holds {value}, expected finite numbers")]
    NotFinite {
        /// The part's name.
        part: &'static str,
        /// The number.
        value: f64,
    },
    /// A part is so large that float64 would lose digits of what it is subtracted from.
    #[error("the proof's {part} has the size {size:e}, expected at most {limit:e}")]
    TooLarge {
        /// The part's name.
        part: &'static str,
        /// The Euclidean length of a vector, or the magnitude of a centre.
        size: f64,
        /// The limit.
        limit: f64,
    },
    /// The claimed first singular value could not be confirmed.
    #[error(
        "{claimed:e} could not be confirmed as an upper bound of the residual's first singular value \
         with the ridge {ridge:e}, expected a larger one of them, at least {:e} and {:e}",
        LEAST_SINGULAR_VALUE,
        LEAST_RIDGE
    )]
    SingularValue {
        /// The claimed upper bound.
        claimed: f64,
        /// The ridge that the claim was to be confirmed with.
        ridge: f64,
    },
}

impl ProofError {
    /// The error in a sentence without numbers, for programs without room for the code that prints
    /// them.
    #[must_use]
    pub fn gist(&self) -> &'static str {
        match self {
            Self::Part { .. } => "the proof object is not one for this strategy and model",
            Self::NotFinite { .. } => "products of this model's weights leave the range of float64",
            Self::TooLarge { .. } => {
                "a part of the proof object is too large for float64 to keep the digits of what it is taken off"
            }
            Self::SingularValue { .. } => {
                "float64 cannot confirm a bound of what rank 1 leaves of this model's attention scores"
            }
        }
    }
}

impl Proof {
    /// A proof object of the present version. The parts are not checked; [`Self::check`] does that.
    #[must_use]
    pub fn new(
        strategy: Subcubic,
        low_rank: LowRank,
        direct: Option<Vec<f64>>,
        centres: Option<Vec<Vec<f64>>>,
        gaps: Gaps,
    ) -> Self {
        Self { version: Version, strategy, low_rank, direct, centres, gaps }
    }

    /// Checks that every part has the shape that the strategy and the model ask for, and holds
    /// finite numbers of a size that float64 can work with: see [`MAX_DIRECTION`], [`MAX_CENTRE`].
    ///
    /// # Errors
    /// The first part that fails the check.
    pub fn check(&self, model: &Transformer) -> Result<(), ProofError> {
        let Shape { v, d, n, .. } = model.shape();
        let sized = |part, x: &[f64], length: usize, limit: f64| {
            if x.len() != length {
                let (found, expected) = (format!("{} numbers", x.len()), length.to_string());
                return Err(ProofError::Part { part, found, expected });
            }
            if let Some(&value) = x.iter().find(|x| !x.is_finite()) {
                return Err(ProofError::NotFinite { part, value });
            }
            let size = euclidean(x);
            if size > limit { Err(ProofError::TooLarge { part, size, limit }) } else { Ok(()) }
        };
        let vector = |part, x: &[f64], length: usize| sized(part, x, length, MAX_DIRECTION);
        let rank = self.strategy.rank();
        let is_built = self.strategy.built.is_some();
        match (&self.low_rank, self.strategy.error.family()) {
            (LowRank::None, Family::Exact) if !is_built => {}
            (LowRank::RankOne { query, key, singular_value, ridge }, Family::RankOne)
                if !is_built =>
            {
                vector("query direction", query, v)?;
                vector("key direction", key, v)?;
                sized("singular value and ridge", &[*singular_value, *ridge], 2, f64::INFINITY)?;
            }
            (LowRank::Several { queries, keys, singular_value, ridge }, Family::RankOne)
                if is_built && queries.len() == rank && keys.len() == rank =>
            {
                queries.iter().try_for_each(|query| vector("query direction", query, v))?;
                keys.iter().try_for_each(|key| vector("key direction", key, v))?;
                sized("singular value and ridge", &[*singular_value, *ridge], 2, f64::INFINITY)?;
            }
            (LowRank::FourFactors(directions), Family::FourFactors) if !is_built => {
                let FourFactors { query, query_rest, W_Q, W_K, key, key_rest } =
                    directions.as_ref();
                vector("query direction", query, v)?;
                vector("second query direction", query_rest, v)?;
                vector("direction of W_Q", W_Q, d)?;
                vector("direction of W_K", W_K, d)?;
                vector("key direction", key, v)?;
                vector("second key direction", key_rest, v)?;
            }
            (found, expected) => {
                let found = match found {
                    LowRank::None => "none".into(),
                    LowRank::RankOne { .. } => "those of rank 1".into(),
                    LowRank::Several { queries, keys, .. } => {
                        format!("{} for queries and {} for keys", queries.len(), keys.len())
                    }
                    LowRank::FourFactors(_) => "those of four factors".into(),
                };
                let expected = match expected {
                    Family::Exact => "none".into(),
                    Family::RankOne if is_built => format!("{rank} for queries and for keys"),
                    Family::RankOne => "those of rank 1".into(),
                    Family::FourFactors => "those of four factors".into(),
                };
                return Err(ProofError::Part { part: "directions", found, expected });
            }
        }
        let present = |part, found: bool, expected: bool| {
            let word = |there: bool| String::from(if there { "one" } else { "none" });
            if found == expected {
                Ok(())
            } else {
                Err(ProofError::Part { part, found: word(found), expected: word(expected) })
            }
        };
        present(
            "direct-path direction",
            self.direct.is_some(),
            self.strategy.direct == DirectPath::SvdQuery,
        )?;
        present(
            "table of centres",
            self.centres.is_some(),
            self.strategy.attention == super::Attention::MeanQuery,
        )?;
        if let Some(direct) = &self.direct {
            let queries = euclidean(model.W_E.as_standard_layout().as_slice().unwrap_or_default())
                + euclidean(model.W_pos.as_standard_layout().as_slice().unwrap_or_default());
            sized("direct-path direction", direct, d, MAX_DIRECTION * queries)?;
        }
        if let Some(centres) = &self.centres {
            if centres.len() != v {
                let (found, expected) = (format!("{} rows", centres.len()), v.to_string());
                return Err(ProofError::Part { part: "table of centres", found, expected });
            }
            for row in centres {
                sized("row of centres", row, n, f64::INFINITY)?;
                row.iter().try_for_each(|&centre| sized("centre", &[centre], 1, MAX_CENTRE))?;
            }
        }
        if self.gaps.shape() != (v, n) {
            let ((found_v, found_n), expected) = (self.gaps.shape(), format!("v = {v}, n = {n}"));
            return Err(ProofError::Part {
                part: "table of gaps",
                found: format!("v = {found_v}, n = {found_n}"),
                expected,
            });
        }
        if self.gaps.least() == 0 {
            // A gap of 0 would count the largest token among the others.
            return Err(ProofError::Part {
                part: "table of gaps",
                found: "a gap of 0".into(),
                expected: "at least 1".into(),
            });
        }
        Ok(())
    }

    /// The proof object as JSON; its length is the proof's size in bytes.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("a proof is JSON")
    }
}

/// The directions that a bound on the error of attention scores needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    Exact,
    RankOne,
    FourFactors,
}

impl AttentionError {
    /// Whether the mean row of some factor is taken exactly.
    pub(super) fn takes_means(self) -> bool {
        matches!(
            self,
            Self::MeanMaxDiff
                | Self::MeanMaxDiffSubproduct
                | Self::MeanMaxDiffSubproductRecursive
                | Self::MeanRecursiveMaxDiffSubproductRecursive
        )
    }

    /// The directions that this bound needs.
    pub(super) fn family(self) -> Family {
        match self {
            Self::Exact => Family::Exact,
            Self::Svd | Self::MaxDiffExact | Self::MaxDiff | Self::MeanMaxDiff => Family::RankOne,
            Self::MaxDiffSubproduct
            | Self::MeanMaxDiffSubproduct
            | Self::MaxDiffSubproductRecursive
            | Self::MeanMaxDiffSubproductRecursive
            | Self::MeanRecursiveMaxDiffSubproductRecursive => Family::FourFactors,
        }
    }
}
