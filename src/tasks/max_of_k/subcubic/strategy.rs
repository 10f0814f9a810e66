//! The names of the 100 sub-cubic strategies: five summaries of the direct path, two of attention,
//! ten bounds on the error of attention scores.
//!
//! `q` is the query token, `m` the largest token, `o` an output token, `c` the number of tokens
//! other than `m`; `μ` is a row of logits that stands for the direct path of every query, `γ[q]`
//! bounds what `μ` leaves of query `q`.

use super::built::Built;
use std::fmt;
use std::str::FromStr;

/// A sub-cubic strategy: how each of three parts of the model is summarised. It is one of the 100
/// published ones unless someone built it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Subcubic {
    /// The direct path, `EUPU`.
    pub direct: DirectPath,
    /// Attention to the largest token.
    pub attention: Attention,
    /// The error of a low-rank `EQKE`.
    pub error: AttentionError,
    /// How the low-rank `EQKE` and the gaps are chosen, if someone built the strategy.
    pub built: Option<Built>,
}

/// Declares an enum whose variants are the ways to summarise one part of the model. Each has its
/// published name, a short label, its place in tables, and what it assumes.
macro_rules! axis {
    (
        $(#[$doc:meta])* $axis:ident {
            $($(#[$variant_doc:meta])* $variant:ident: $name:literal, $label:literal, $place:literal, $idea:literal;)*
        }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $axis {
            $($(#[$variant_doc])* $variant,)*
        }

        impl $axis {
            /// All variants, in the published order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The published name.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// A short name to show to people.
            #[must_use]
            pub const fn label(self) -> &'static str {
                match self { $(Self::$variant => $label,)* }
            }

            /// Where a table lists it: those that usually prove most come first.
            #[must_use]
            pub const fn place(self) -> u8 {
                match self { $(Self::$variant => $place,)* }
            }

            /// What it assumes of the model, as the end of a sentence for students.
            #[must_use]
            pub const fn idea(self) -> &'static str {
                match self { $(Self::$variant => $idea,)* }
            }
        }
    };
}

axis! {
    /// How the direct path is summarised: `EUPU[q, o] − EUPU[q, m] ≤ μ[o] − μ[m] + γ[q]`.
    DirectPath {
        /// `μ = mean_q(E_q) W_U`; `γ` by the row-difference trick on what `μ` leaves.
        MeanQuery: "mean-query+max-diff", "mean query", 2,
            "the query hardly changes what the direct path says, so its average stands for all";
        /// `μ = s W_U` for a direction `s` from search; `γ` by the row-difference trick on what `μ`
        /// leaves.
        SvdQuery: "svd-query+max-diff", "SVD query", 3,
            "one direction stands for what every query says by the direct path";
        /// `μ = 0`; `γ` by the row-difference trick.
        MaxDiff: "max-diff", "row differences", 4,
            "the direct path is noise, bounded factor by factor";
        /// `μ = 0`; `γ[q] = diff(EUPU[q, :])`, the largest entry less the smallest.
        MaxDiffExact: "max-diff-exact", "exact differences", 0,
            "the direct path is noise, and how much is known exactly for each query";
        /// `μ = 0`; `γ[q] = max EUPU − min EUPU` for every query.
        GlobalMaxDiffExact: "global-max-diff-exact", "one global difference", 1,
            "the direct path is noise, and one number bounds all of it";
    }
}

axis! {
    /// The attention to the largest token at which its effect on each output is taken exactly.
    Attention {
        /// A centre from search for each `(m, c)`: an average over the queries.
        MeanQuery: "mean-query+diff", "centred", 0,
            "every query attends to the largest token about as much as the average one does";
        /// Zero: what attention adds is bounded by the worst output.
        Drop: "drop-average-query-per-output-logit-reasoning", "uncentred", 1,
            "of attention only how much of it the largest token gets matters, not which outputs it helps";
    }
}

axis! {
    /// How the error of a low-rank `EQKE` is bounded, row by row.
    AttentionError {
        /// `√2 σ₁` of the rank-1 residual.
        Svd: "svd", "largest singular value", 6,
            "attention is rank one, up to the largest singular value of what is left";
        /// The row-difference trick on the two factors of the rank-1 residual.
        MaxDiff: "max-diff", "two factors", 4,
            "attention is rank one, up to two factors whose row differences multiply";
        /// The row-difference trick on the four-factor residual, at its best break point.
        MaxDiffSubproduct: "max-diff-subproduct", "four factors", 2,
            "each of the four factors of attention is rank one or two, \
             and the noise of all four multiplies to little";
        /// The row-difference trick applied factor by factor.
        MaxDiffSubproductRecursive: "max-diff-subproduct-recursive", "four factors, recursive", 7,
            "the noise of each of the four factors of attention is bounded by itself, without multiplying any two";
        /// [`Self::MaxDiff`], with the mean row of the first factor taken exactly.
        MeanMaxDiff: "mean+max-diff", "two factors around the mean", 5,
            "attention is rank one, up to an average error known exactly and two factors of noise around it";
        /// [`Self::MaxDiffSubproduct`], with the mean row of the factors before the break taken
        /// exactly.
        MeanMaxDiffSubproduct: "mean+max-diff-subproduct", "four factors around the mean", 3,
            "the noise of the four factors of attention is its average, known exactly, and little around it";
        /// [`Self::MaxDiffSubproductRecursive`], with the mean row of the first factor taken
        /// exactly.
        MeanMaxDiffSubproductRecursive: "mean+max-diff-subproduct-recursive", "four factors around the mean, recursive", 8,
            "the noise of each factor of attention is bounded by itself, after the first one's average is taken off";
        /// [`Self::MaxDiffSubproductRecursive`], with the mean row of every factor but the last
        /// taken exactly.
        MeanRecursiveMaxDiffSubproductRecursive:
            "mean-recursive+max-diff-subproduct-recursive", "four factors around their means, recursive", 9,
            "the noise of each factor of attention is bounded by itself, after its average is taken off";
        /// No error, since `EQKE` is multiplied out.
        Exact: "exact-EQKE+max-diff-exact", "exact attention scores", 0,
            "how much every query attends to every token is known exactly";
        /// The row differences of the rank-1 residual, which is multiplied out.
        MaxDiffExact: "max-diff-exact", "exact row differences", 1,
            "attention is rank one, up to an error whose row differences are known exactly";
    }
}

impl Subcubic {
    /// The published strategy with these three summaries.
    #[must_use]
    pub const fn new(direct: DirectPath, attention: Attention, error: AttentionError) -> Self {
        Self { direct, attention, error, built: None }
    }

    /// All 100 published strategies, in the published order.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::pairs().flat_map(|(direct, attention)| {
            AttentionError::ALL.iter().map(move |&error| Self::new(direct, attention, error))
        })
    }

    /// The ten published strategies with the attention scores `error`: a search can do most of its
    /// work for all of them at once.
    pub fn family(error: AttentionError) -> impl Iterator<Item = Self> {
        Self::pairs().map(move |(direct, attention)| Self::new(direct, attention, error))
    }

    /// The strategy's place in its [`Self::family`], from 0 to 9.
    #[must_use]
    pub fn place_in_family(self) -> usize {
        self.direct as usize * Attention::ALL.len() + self.attention as usize
    }

    /// How many directions on either side approximate `EQKE`, where two factors are split.
    #[must_use]
    pub fn rank(self) -> usize {
        self.built.map_or(1, |built| usize::from(built.rank))
    }

    /// Each way to summarise the direct path with each way to summarise attention.
    fn pairs() -> impl Iterator<Item = (DirectPath, Attention)> {
        DirectPath::ALL
            .iter()
            .flat_map(|&direct| Attention::ALL.iter().map(move |&attention| (direct, attention)))
    }
}

impl fmt::Display for Subcubic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { direct, attention, error, built } = self;
        if let Some(built) = built {
            write!(f, "{}--", built.prefix())?;
        }
        write!(f, "EUPU-{}--attn-{}--attn-err-{}", direct.name(), attention.name(), error.name())?;
        built.map_or(Ok(()), |built| f.write_str(&built.suffix()))
    }
}

impl FromStr for Subcubic {
    type Err = ();

    fn from_str(name: &str) -> Result<Self, ()> {
        let Some((built, published)) = Built::split(name) else {
            return Self::all().find(|strategy| strategy.to_string() == name).ok_or(());
        };
        let strategy = Self { built: Some(built), ..published.parse()? };
        let is_named = Built::fits(strategy.error) && strategy.to_string() == name;
        if is_named { Ok(strategy) } else { Err(()) }
    }
}
