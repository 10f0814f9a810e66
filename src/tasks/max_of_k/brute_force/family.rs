use super::explain::explained;
use super::{BruteForce, Pruning};
use crate::cost::matmul_flops;
use crate::models::transformer::Shape;
use crate::proof::CaseAnalysis;
use crate::tasks::max_of_k::certificate::Claim;
use crate::tasks::max_of_k::explain::{ExplainError, Explaining};
use crate::tasks::max_of_k::family::Family;
use crate::tasks::max_of_k::task::EVERY_INPUT;
use crate::tasks::max_of_k::{CertificateError, Class, MaxOfK, Strategy, TaskError};
use crate::tasks::{FamilyFacts, Limit, Switch, Theorem};
use std::fmt;

/// Brute force as a family of one strategy.
pub(in crate::tasks::max_of_k) struct BruteForceFamily;

impl fmt::Display for BruteForceFamily {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("brute-force")
    }
}

impl Family for BruteForceFamily {
    fn listed() -> Vec<Strategy> {
        vec![Strategy::BruteForce]
    }

    fn names() -> String {
        Self.to_string()
    }

    fn family(&self) -> &'static FamilyFacts {
        &FamilyFacts {
            name: "brute-force",
            theorem: Theorem::Accuracy,
            wider: None,
            one_of_many: false,
            published: true,
            divisible: true,
            flops_are: Limit::Exact,
            visits_inputs: true,
            has_published_count: false,
            options: &[Switch {
                name: EVERY_INPUT,
                label: "Visit every sequence, also those that a common prefix decides",
                default: false,
            }],
        }
    }

    fn label(&self) -> String {
        "Brute force".into()
    }

    fn idea(&self) -> String {
        "Runs the model on every sequence and counts the right answers: exact, and it explains nothing.".into()
    }

    fn class(&self) -> Class {
        Class::BruteForce
    }

    fn flops(&self, shape: Shape) -> f64 {
        sequences(shape) * forward_pass_flops(shape)
    }

    fn unexplained_dimension(&self, shape: Shape) -> f64 {
        sequences(shape) * shape.v as f64
    }

    fn feasible(&self, task: &MaxOfK) -> Result<(), TaskError> {
        task.can_be_visited(Strategy::BruteForce)
    }

    fn start(&self, task: &MaxOfK, pruning: Pruning) -> Box<dyn CaseAnalysis> {
        Box::new(BruteForce::new(task.model(), pruning))
    }

    fn explained(&self, task: &MaxOfK) -> Result<Explaining, ExplainError> {
        explained(task.model())
    }

    fn claimed(&self, claim: &Claim<'_>) -> Result<Box<dyn CaseAnalysis>, CertificateError> {
        claim.no_evidence()?;
        self.feasible(claim.task)?;
        Ok(Box::new(BruteForce::new(claim.task.model(), Pruning::On).within(claim.most_work)))
    }
}

/// `v^n` as a float: exact below 2⁵³ and for powers of two.
fn sequences(shape: Shape) -> f64 {
    (0..shape.n).fold(1.0, |product, _| product * shape.v as f64)
}

/// FLOPs of one forward pass at every position and the check of its answer. At
/// `v = 64, d = h = 32, n = 4` that is 50 698; the published counter says 52 221, as it adds the
/// (zero) biases, too.
fn forward_pass_flops(Shape { v, d, h, n }: Shape) -> f64 {
    let embed = n * d;
    let projections = 3.0 * matmul_flops(n, d, h);
    let scores = matmul_flops(n, h, n) + (n * n) as f64;
    // Each row takes its maximum, n differences, n exponentials, their sum and n quotients.
    let softmax = n * (5 * n - 2);
    let head = matmul_flops(n, n, h) + matmul_flops(n, h, d) + (n * d) as f64;
    let logits = matmul_flops(n, d, v);
    // The largest token, the largest wrong logit, and whether the right one is larger.
    let check = (n - 1) + (v - 2) + 1;
    (embed + softmax + check) as f64 + projections + scores + head + logits
}
