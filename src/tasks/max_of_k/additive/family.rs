use super::analysis::AdditiveProof;
use super::explain::explained;
use super::{Additive, Plan, least_flops};
use crate::models::transformer::Shape;
use crate::proof::{CaseAnalysis, Target};
use crate::tasks::max_of_k::certificate::Claim;
use crate::tasks::max_of_k::explain::{ExplainError, Explaining};
use crate::tasks::max_of_k::family::Family;
use crate::tasks::max_of_k::{CertificateError, Class, MaxOfK, Pruning, Strategy, TaskError};
use crate::tasks::{FamilyFacts, Limit, Theorem};

impl Family for Additive {
    fn listed() -> Vec<Strategy> {
        Self::all().map(Strategy::Additive).collect()
    }

    fn named(name: &str) -> Option<Strategy> {
        name.parse().map(Strategy::Additive).ok()
    }

    fn names() -> String {
        let (least, most) = (Self::BINS.start(), Self::BINS.end());
        format!(
            "cell, chernoff, convolution-{least} to -{most}, exact, best-within-FLOPS, best-of-MILLIONTHS"
        )
    }

    fn family(&self) -> &'static FamilyFacts {
        &FamilyFacts {
            name: "additive",
            theorem: Theorem::Accuracy,
            wider: None,
            one_of_many: true,
            published: false,
            divisible: false,
            // The rest depends on what is left undecided.
            flops_are: Limit::AtLeast,
            visits_inputs: false,
            has_published_count: false,
            options: &[],
        }
    }

    fn label(&self) -> String {
        Self::label(*self)
    }

    fn idea(&self) -> String {
        Self::idea(*self)
    }

    fn class(&self) -> Class {
        Class::Additive
    }

    fn flops(&self, shape: Shape) -> f64 {
        least_flops(shape) as f64
    }

    fn unexplained_dimension(&self, shape: Shape) -> f64 {
        let (v, n) = (shape.v as f64, shape.n as f64);
        3.0 * v * v + 2.0 * n * v
    }

    fn feasible(&self, task: &MaxOfK) -> Result<(), TaskError> {
        match *self {
            Self::Exact => task.can_be_visited(Strategy::Additive(*self)),
            Self::Best(Target::Flops(flops)) if flops < least_flops(task.shape()) => {
                Err(TaskError::Budget { flops, least: least_flops(task.shape()) })
            }
            _ => Ok(()),
        }
    }

    fn start(&self, task: &MaxOfK, _: Pruning) -> Box<dyn CaseAnalysis> {
        Box::new(AdditiveProof::searched(task.clone(), *self))
    }

    fn explained(&self, task: &MaxOfK) -> Result<Explaining, ExplainError> {
        explained(task, *self)
    }

    fn claimed(&self, claim: &Claim<'_>) -> Result<Box<dyn CaseAnalysis>, CertificateError> {
        let plan: Plan = claim.object()?;
        claim.is_of(Strategy::Additive(plan.strategy))?;
        plan.check(claim.task.shape())?;
        let flops = claim.certificate.flops;
        Ok(Box::new(AdditiveProof::given(claim.task, plan, flops, claim.most_work)))
    }
}
