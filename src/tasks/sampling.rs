//! What bounds from samples need of a task.

use super::{Refusal, Task};
use crate::proof::GivenUp;
use crate::sampling::{
    Drawing, Estimate, Plan, Planned, Population, Sampled, SampledCertificate, StartingProof,
    Subject,
};
use crate::weights::text::clipped;

/// How a file is to be read, in the words of the task's module. Numbers are asked for by name: a
/// reader of JSON with floats takes a tenth of a module of the page.
pub trait ReadAs {
    /// All of it, as JSON.
    fn json(&self) -> String;

    /// The number called `name`, if it has one.
    fn number(&self, name: &str) -> Option<f64>;
}

/// A network whose inputs can be sampled.
pub trait Sampling: Send + Sync {
    /// What bounds are about; `sha256` is that of the weights' file.
    fn subject(&self, sha256: &str) -> Subject;

    /// All inputs.
    fn all_inputs(&self) -> Box<dyn Population>;

    /// What a proof leaves: `covered` is what it counts, see [`Covering`]. Of inputs of which it
    /// counts a part and does not say which, it is taken at its word where that part is at least
    /// `hoped`.
    ///
    /// # Errors
    /// If what the proof counts is not JSON of the task's own.
    fn left_by(&self, covered: &str, hoped: f64) -> Result<Box<dyn Population>, Refusal>;

    /// What a plan samples, once it has passed [`Plan::check`].
    ///
    /// # Errors
    /// As [`Self::left_by`].
    fn population(&self, plan: &Plan) -> Result<Box<dyn Population>, Refusal> {
        match &plan.proof {
            None => Ok(self.all_inputs()),
            Some(proof) => self.left_by(&proof.covered, plan.hoped()),
        }
    }

    /// Predicts the accuracy by a heuristic argument.
    fn predicted(&self) -> Estimate;

    /// Prepares a plan; nothing is drawn yet.
    ///
    /// # Errors
    /// If it cannot be carried out.
    fn drawing(&self, sha256: &str, plan: Plan) -> Result<Drawing, Refusal> {
        plan.check().map_err(Refusal::new)?;
        let population = self.population(&plan)?;
        Drawing::new(&self.subject(sha256), plan, population).map_err(Refusal::new)
    }

    /// What a plan would cost and could give.
    ///
    /// # Errors
    /// If it cannot be carried out.
    fn planned(&self, sha256: &str, plan: &Plan) -> Result<Planned, Refusal> {
        plan.check().map_err(Refusal::new)?;
        let population = self.population(plan)?;
        plan.prepared(&self.subject(sha256), population.as_ref()).map_err(Refusal::new)
    }
}

/// A network of which proofs can tell what they count.
pub trait Covering: Send + Sync {
    /// What the proof by a strategy counts, as JSON for
    /// [`StartingProof::covered`](crate::sampling::StartingProof). Searches for the proof first, if
    /// that has not been done.
    ///
    /// # Errors
    /// If there is no such strategy, or it cannot be run on this network.
    fn covered_inputs(&self, strategy: &str) -> Result<String, Refusal>;
}

/// Proves by a strategy, for samples to start from.
///
/// # Errors
/// If there is no such strategy, it cannot be run on this network, or it proves nothing.
pub fn starting_proof(
    task: &(impl Task + Covering),
    strategy: &str,
) -> Result<StartingProof, Refusal> {
    let covered = task.covered_inputs(strategy)?;
    let mut run = task.run(strategy, &[])?;
    run.finish();
    let flops = run.proven().map_err(Refusal::new)?.flops;
    Ok(StartingProof { strategy: strategy.into(), flops, covered })
}

/// Draws again what a certificate says was drawn, about a network whose file has one of `sha256s`.
/// Proves again first what the certificate starts from.
///
/// # Errors
/// If it is about another file, drawing takes more FLOPs than `most_work`, or something else comes
/// out.
pub fn confirmed_sample(
    task: &(impl Task + Sampling + Covering),
    sha256s: &[&str],
    certificate: &SampledCertificate,
    most_work: u64,
) -> Result<Sampled, Refusal> {
    let sha256 = &certificate.sha256;
    if !sha256s.contains(&sha256.as_str()) {
        return Err(Refusal::new(format!(
            "the certificate is about the weights file with the SHA-256 {}, this one has {}: open that file first",
            clipped(sha256, 100),
            sha256s.join(" or ")
        )));
    }
    let proof = certificate.proof.as_deref().map(|strategy| starting_proof(task, strategy));
    let plan = certificate.plan(proof.transpose()?).map_err(Refusal::new)?;
    let drawing = task.drawing(sha256, plan)?;
    let Planned { start_flops, sample_flops, .. } = drawing.planned();
    if start_flops + certificate.drawn as f64 * sample_flops > most_work as f64 {
        return Err(Refusal::new(GivenUp::Work { most: most_work as f64 }));
    }
    certificate.confirmed(&task.subject(sha256), drawing).map_err(Refusal::new)
}
