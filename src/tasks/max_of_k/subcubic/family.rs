//! The sub-cubic strategies as a family: names, classes and sizes for tables, filters and runs.

use super::analysis::SubcubicProof;
use super::explain::explained;
use super::{
    Attention, AttentionError, Built, DirectPath, Directions, Gaps, Proof, ProofError, Subcubic,
    flops,
};
use crate::models::transformer::Shape;
use crate::proof::CaseAnalysis;
use crate::tasks::max_of_k::certificate::Claim;
use crate::tasks::max_of_k::explain::{ExplainError, Explaining};
use crate::tasks::max_of_k::family::Family;
use crate::tasks::max_of_k::{CertificateError, Class, MaxOfK, Pruning, Strategy, TaskError};
use crate::tasks::{FamilyFacts, Limit, Tag, Theorem};

impl Family for Subcubic {
    fn listed() -> Vec<Strategy> {
        Self::all().map(Strategy::Subcubic).collect()
    }

    fn named(name: &str) -> Option<Strategy> {
        name.parse().map(Strategy::Subcubic).ok()
    }

    fn names() -> String {
        let first = Self::all().next().expect("there are some");
        format!(
            "{} like {first} (or built, like rank-2-svd--EUPU-max-diff-exact--attn-mean-query+diff--attn-err-max-diff-exact)",
            Self::all().count()
        )
    }

    fn about() -> Option<String> {
        Some(format!(
            "The {} sub-cubic proofs each combine one way to sum up the direct path from tokens to answers, one way to \
             handle attention, and one bound on the error of approximating it.",
            Self::all().count()
        ))
    }

    fn family(&self) -> &'static FamilyFacts {
        const PUBLISHED: FamilyFacts = FamilyFacts {
            name: "sub-cubic",
            theorem: Theorem::Accuracy,
            wider: Some("Sub-cubic, all classes"),
            one_of_many: true,
            published: true,
            divisible: false,
            // A proof object that gives up on cases is verified with fewer FLOPs.
            flops_are: Limit::AtMost,
            visits_inputs: false,
            has_published_count: true,
            options: &[],
        };
        const BUILT: FamilyFacts = FamilyFacts {
            name: "built",
            theorem: Theorem::Accuracy,
            wider: None,
            published: false,
            has_published_count: false,
            ..PUBLISHED
        };
        if self.built.is_some() { &BUILT } else { &PUBLISHED }
    }

    fn label(&self) -> String {
        let Self { direct, attention, error, built } = self;
        let built = built.map_or_else(String::new, |built| format!(" · {}", built.label()));
        format!("{} · {} · {}{built}", direct.label(), attention.label(), error.label())
    }

    fn idea(&self) -> String {
        let Self { direct, attention, error, built } = self;
        let mut error = error.idea().to_string();
        if let Some(Built { rank, .. }) = built {
            error = error.replace("rank one", &format!("rank {rank}"));
        }
        format!("Supposes that {}; that {}; and that {error}.", direct.idea(), attention.idea())
    }

    fn class(&self) -> Class {
        let is_low_rank =
            !matches!(self.direct, DirectPath::MaxDiffExact | DirectPath::GlobalMaxDiffExact);
        match self.error {
            AttentionError::Exact | AttentionError::MaxDiffExact if is_low_rank => Class::LowRankEu,
            AttentionError::Exact | AttentionError::MaxDiffExact => Class::Subcubic,
            AttentionError::MaxDiffSubproductRecursive
            | AttentionError::MeanMaxDiffSubproductRecursive
            | AttentionError::MeanRecursiveMaxDiffSubproductRecursive => {
                if is_low_rank {
                    Class::QuadraticQkEu
                } else {
                    Class::QuadraticQk
                }
            }
            _ if is_low_rank => Class::LowRankQkEu,
            _ => Class::LowRankQk,
        }
    }

    fn group(&self) -> &'static str {
        self.error.name()
    }

    fn tags(&self) -> Vec<Tag> {
        let Self { direct, attention, error, built } = self;
        if built.is_some() {
            return Vec::new();
        }
        let is_centred = match attention {
            Attention::MeanQuery => "yes",
            Attention::Drop => "no",
        };
        vec![
            Tag {
                name: "Direct path",
                value: direct.label(),
                place: direct.place(),
                idea: direct.idea(),
            },
            Tag {
                name: "Centred attention",
                value: is_centred,
                place: attention.place(),
                idea: attention.idea(),
            },
            Tag {
                name: "Error of attention",
                value: error.label(),
                place: error.place(),
                idea: error.idea(),
            },
        ]
    }

    fn flops(&self, shape: Shape) -> f64 {
        flops(*self, shape, &Gaps::uniform(shape.v, shape.n, 1))
    }

    /// Extends the published rule to a rank of `r`. Of attention scores, the rule counts the
    /// numbers of the low-rank part that a proof treats as arbitrary, `v` for each of its
    /// directions, `2 v` at rank 1; and the numbers that bound what that part leaves, which are as
    /// many at any rank. So each rank above 1 adds `2 v`. (At rank 1, a strategy that someone built
    /// has the dimension of the published one.)
    fn unexplained_dimension(&self, shape: Shape) -> f64 {
        let (v, d) = (shape.v as f64, shape.d as f64);
        let of_direct = match self.direct {
            DirectPath::GlobalMaxDiffExact => 2.0,
            DirectPath::MaxDiffExact => 2.0 * v,
            DirectPath::MaxDiff => v * d + 2.0,
            DirectPath::MeanQuery | DirectPath::SvdQuery => v + v * d + 2.0,
        };
        let of_error = match self.error {
            AttentionError::Svd => 2.0 * v,
            AttentionError::Exact => v * v,
            AttentionError::MaxDiffExact => 4.0 * v,
            AttentionError::MaxDiff
            | AttentionError::MaxDiffSubproduct
            | AttentionError::MaxDiffSubproductRecursive => 2.0 * v + 2.0 * d,
            _ => 3.0 * v + 2.0 * d,
        };
        let of_rank = 2.0 * v * (self.rank() - 1) as f64;
        v * v + v + of_direct + of_error + of_rank
    }

    /// Directions that someone gave are in no model: there is nothing to start from.
    fn feasible(&self, _: &MaxOfK) -> Result<(), TaskError> {
        match self.built {
            Some(Built { directions: Directions::Given, .. }) => {
                Err(TaskError::GivenDirections { strategy: Strategy::Subcubic(*self) })
            }
            _ => Ok(()),
        }
    }

    fn start(&self, task: &MaxOfK, _: Pruning) -> Box<dyn CaseAnalysis> {
        Box::new(SubcubicProof::searched(task.clone(), *self))
    }

    fn explained(&self, task: &MaxOfK) -> Result<Explaining, ExplainError> {
        Ok(explained(task, *self)?)
    }

    fn claimed(&self, claim: &Claim<'_>) -> Result<Box<dyn CaseAnalysis>, CertificateError> {
        let proof: Proof = claim.object()?;
        claim.is_of(Strategy::Subcubic(proof.strategy))?;
        proof.check(claim.task.model())?;
        Ok(Box::new(SubcubicProof::given(claim.task.clone(), proof)))
    }

    fn published_count(&self, task: &MaxOfK) -> Result<Option<u128>, ProofError> {
        if self.built.is_some() {
            return Ok(None);
        }
        task.search().published_count(*self).map(Some)
    }
}
