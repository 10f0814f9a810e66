use super::Cubic;
use super::claimed::ClaimedCubic;
use super::explain::explained;
use crate::models::transformer::Shape;
use crate::proof::CaseAnalysis;
use crate::tasks::max_of_k::certificate::Claim;
use crate::tasks::max_of_k::explain::{ExplainError, Explaining};
use crate::tasks::max_of_k::family::Family;
use crate::tasks::max_of_k::{CertificateError, Class, MaxOfK, Pruning, Strategy};
use crate::tasks::{FamilyFacts, Limit, Theorem};
use std::fmt;

/// The cubic proof as a family of one strategy.
pub(in crate::tasks::max_of_k) struct CubicFamily;

impl fmt::Display for CubicFamily {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("cubic")
    }
}

impl Family for CubicFamily {
    fn listed() -> Vec<Strategy> {
        vec![Strategy::Cubic]
    }

    fn names() -> String {
        Self.to_string()
    }

    fn family(&self) -> &'static FamilyFacts {
        &FamilyFacts {
            name: "cubic",
            theorem: Theorem::Accuracy,
            wider: None,
            one_of_many: false,
            published: true,
            divisible: true,
            flops_are: Limit::Exact,
            visits_inputs: false,
            has_published_count: false,
            options: &[],
        }
    }

    fn label(&self) -> String {
        "Cubic".into()
    }

    fn idea(&self) -> String {
        "Uses that the model is right because it attends to the largest token: the other tokens only matter \
         through how much attention they take away, so one worst token stands for all."
            .into()
    }

    fn class(&self) -> Class {
        Class::Cubic
    }

    fn flops(&self, shape: Shape) -> f64 {
        Cubic::flops(shape)
    }

    fn unexplained_dimension(&self, shape: Shape) -> f64 {
        let (v, n) = (shape.v as f64, shape.n as f64);
        3.0 * v * v + 2.0 * n * v
    }

    fn start(&self, task: &MaxOfK, _: Pruning) -> Box<dyn CaseAnalysis> {
        Box::new(Cubic::new(task.model()))
    }

    fn explained(&self, task: &MaxOfK) -> Result<Explaining, ExplainError> {
        Ok(explained(task.model()))
    }

    fn claimed(&self, claim: &Claim<'_>) -> Result<Box<dyn CaseAnalysis>, CertificateError> {
        Ok(Box::new(ClaimedCubic::new(Cubic::new(claim.task.model()), claim.cases()?)?))
    }
}
