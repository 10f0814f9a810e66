//! The sub-cubic strategies as a family: names, classes and sizes for tables, filters and runs.

use super::analysis::SubcubicProof;
use super::explain::explained;
use super::{Attention, AttentionError, DirectPath, Gaps, Proof, ProofError, Subcubic, flops};
use crate::proof::CaseAnalysis;
use crate::tasks::max_of_k::certificate::Claim;
use crate::tasks::max_of_k::explain::{ExplainError, Explaining};
use crate::tasks::max_of_k::family::{Family, FamilyFacts, Limit, Tag};
use crate::tasks::max_of_k::{CertificateError, Class, MaxOfK, Pruning, Strategy};
use crate::transformer::Shape;

impl Family for Subcubic {
    fn listed() -> Vec<Strategy> {
        Self::all().map(Strategy::Subcubic).collect()
    }

    fn names() -> String {
        let first = Self::all().next().expect("there are some");
        format!("{} like {first}", Self::all().count())
    }

    fn about() -> Option<String> {
        Some(format!(
            "The {} sub-cubic proofs each combine one way to sum up the direct path from tokens to answers, one way to \
             handle attention, and one bound on the error of approximating it.",
            Self::all().count()
        ))
    }

    fn family(&self) -> &'static FamilyFacts {
        &FamilyFacts {
            name: "sub-cubic",
            wider: Some("Sub-cubic, all classes"),
            one_of_many: true,
            published: true,
            divisible: false,
            // A proof object that gives up on cases is verified with fewer FLOPs.
            flops_are: Limit::AtMost,
            visits_inputs: false,
            has_published_count: true,
            options: &[],
        }
    }

    fn label(&self) -> String {
        let Self { direct, attention, error } = self;
        format!("{} · {} · {}", direct.label(), attention.label(), error.label())
    }

    fn idea(&self) -> String {
        let Self { direct, attention, error } = self;
        format!(
            "Supposes that {}; that {}; and that {}.",
            direct.idea(),
            attention.idea(),
            error.idea()
        )
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
        let Self { direct, attention, error } = self;
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
        v * v + v + of_direct + of_error
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
        task.search().published_count(*self).map(Some)
    }
}
