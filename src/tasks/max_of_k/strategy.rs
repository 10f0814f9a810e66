use super::MaxOfK;
use super::additive::Additive;
use super::brute_force::BruteForceFamily;
use super::certificate::{CertificateError, Claim};
use super::class::Class;
use super::cubic::CubicFamily;
use super::explain::{ExplainError, Explaining};
use super::family::Family;
use super::subcubic::Subcubic;
use crate::frontier::Point;
use crate::models::transformer::Shape;
use crate::proof::{CaseAnalysis, Certainty};
use crate::tasks::FamilyFacts;
use crate::weights::text::quoted;
use serde::{Serialize, Serializer};
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// Declares [`Strategy`] from the list of families: `Variant: Family` where a family is one
/// strategy, `Variant(strategy: Family)` where it has several.
macro_rules! families {
    ($($(#[$doc:meta])* $variant:ident $(: $one:ident)? $(($strategy:ident: $many:ident))?,)*) => {
        /// The ways to prove a bound for Max-of-K.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Strategy {
            $($(#[$doc])* $variant $(($many))?,)*
        }

        impl Strategy {
            /// The strategies that a table of all lists, family by family.
            pub fn all() -> impl Iterator<Item = Self> {
                [$($($one::listed())? $($many::listed())?),*].into_iter().flatten()
            }

            /// The implementation of the strategy's family.
            pub(super) fn implementation(&self) -> &dyn Family {
                match self {
                    $(Self::$variant $(($strategy))? => $(&$one)? $($strategy)?,)*
                }
            }

            /// Proves, if the strategy can be run, and keeps what is proven of each case. Looks
            /// into no table of a `dyn Family`, which names all that proofs consist of.
            pub(super) fn explained(&self, task: &MaxOfK) -> Result<Explaining, ExplainError> {
                match self {
                    $(Self::$variant $(($strategy))? => {
                        $($one)? $($strategy)?.feasible(task)?;
                        $($one)? $($strategy)?.explained(task)
                    })*
                }
            }

            /// A short name for a person.
            #[must_use]
            pub fn label(self) -> String {
                match self {
                    $(Self::$variant $(($strategy))? => $($one)? $($strategy)?.label(),)*
                }
            }

            /// Prepares the verification of what a stranger's certificate claims.
            pub(super) fn claimed(
                &self,
                claim: &Claim<'_>,
            ) -> Result<Box<dyn CaseAnalysis>, CertificateError> {
                match self {
                    $(Self::$variant $(($strategy))? => $($one)? $($strategy)?.claimed(claim),)*
                }
            }
        }

        impl fmt::Display for Strategy {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    $(Self::$variant $(($strategy))? => $($one)? $($strategy)?.fmt(f),)*
                }
            }
        }

        impl FromStr for Strategy {
            type Err = UnknownStrategy;
            fn from_str(name: &str) -> Result<Self, UnknownStrategy> {
                let named = [$($($one::named)? $($many::named)?),*];
                let found = named.iter().find_map(|named| named(name));
                found.ok_or_else(|| UnknownStrategy { name: name.into() })
            }
        }

        /// The identifiers of each family.
        fn names() -> Vec<String> {
            vec![$($($one::names())? $($many::names())?),*]
        }

        /// A sentence about each family that has many strategies.
        pub(super) fn about_families() -> Vec<String> {
            [$($($one::about())? $($many::about())?),*].into_iter().flatten().collect()
        }
    };
}

families! {
    /// Run the model on every sequence.
    BruteForce: BruteForceFamily,
    /// Cases of (query, maximum, other token, copies), exact attention, worst output per term.
    Cubic: CubicFamily,
    /// Cases of (query, maximum), output by output, position by position: ours.
    Additive(strategy: Additive),
    /// Cases of (query, maximum, copies), each part of the model summarised.
    Subcubic(strategy: Subcubic),
}

/// A name that no strategy has.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("no strategy is called `{}`; there are {}", quoted(name), enumerated(&names()))]
pub struct UnknownStrategy {
    /// The name that was looked for.
    pub name: String,
}

impl Strategy {
    /// How the cost of verification grows.
    #[must_use]
    pub fn class(self) -> Class {
        self.implementation().class()
    }

    /// What all strategies of the strategy's family have in common.
    #[must_use]
    pub fn family(self) -> &'static FamilyFacts {
        self.implementation().family()
    }

    /// FLOPs of the proof's verification by the convention of [`crate::cost`];
    /// [`FamilyFacts::flops_are`] says how they compare with those of a finished proof.
    ///
    /// Brute force has a nominal cost, as published: a full forward pass at every position for each
    /// sequence. (This program shares work between sequences and needs far fewer FLOPs.)
    #[must_use]
    pub fn flops(self, shape: Shape) -> f64 {
        self.implementation().flops(shape)
    }

    /// How many numbers the proof treats as arbitrary (arXiv 2406.11779, section 5).
    #[must_use]
    pub fn unexplained_dimension(self, shape: Shape) -> f64 {
        self.implementation().unexplained_dimension(shape)
    }

    /// The proof of `bound` (an accuracy from 0 to 1) with `flops` as a point of a frontier;
    /// `shape` is that of the model.
    #[must_use]
    pub fn point(self, shape: Shape, bound: f64, flops: f64) -> Point {
        let FamilyFacts { one_of_many, published, .. } = *self.family();
        let (label, class) = (self.label(), self.class());
        let (marker, role) = (class.marker(), class.role());
        let (id, unexplained_dimension) = (self.to_string(), self.unexplained_dimension(shape));
        Point {
            certainty: Certainty::Proof,
            delta: 0.0,
            id,
            label,
            marker,
            role,
            one_of_many,
            published,
            flops,
            bound,
            unexplained_dimension,
        }
    }
}

impl Serialize for Strategy {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Several things as text: `a, b and c`.
fn enumerated(things: &[String]) -> String {
    match things {
        [] => String::new(),
        [one] => one.clone(),
        [others @ .., last] => format!("{} and {last}", others.join(", ")),
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
            let idea = strategy.implementation().idea();
            assert!(Class::ALL.contains(&strategy.class()) && !idea.is_empty());
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
        let dimension = |name: &str| name.parse::<Strategy>().unwrap().unexplained_dimension(shape);
        assert_eq!(Strategy::BruteForce.flops(shape), 64.0_f64.powi(4) * 50_698.0);
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
