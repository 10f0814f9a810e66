//! A sub-cubic proof as a run proves it: search first, then verification in one chunk.

use super::{Proof, ProofError, Subcubic, flops};
use crate::proof::{CaseAnalysis, Cost, Evidence, Failure, Tally, json_bytes};
use crate::tasks::max_of_k::MaxOfK;
use crate::tasks::max_of_k::family::Family;
use std::sync::OnceLock;

/// A sub-cubic proof of one model, verified in one chunk.
pub(super) struct SubcubicProof {
    task: MaxOfK,
    strategy: Subcubic,
    /// The proof object: given, or found by the search at the latest when the chunk is counted.
    proof: OnceLock<Result<Proof, ProofError>>,
    /// What the proof costs, or why it failed; known once the chunk has been counted.
    cost: OnceLock<Result<Cost, Failure>>,
}

impl SubcubicProof {
    /// A proof whose proof object is still to be found.
    pub(super) fn searched(task: MaxOfK, strategy: Subcubic) -> Self {
        Self { task, strategy, proof: OnceLock::new(), cost: OnceLock::new() }
    }

    /// A proof with a given proof object.
    pub(super) fn given(task: MaxOfK, proof: Proof) -> Self {
        Self { proof: OnceLock::from(Ok(proof.clone())), ..Self::searched(task, proof.strategy) }
    }
}

/// A proof of the model of `task` with the proof object `proof`, which someone's directions led to.
pub(in crate::tasks::max_of_k) fn given(task: &MaxOfK, proof: Proof) -> Box<dyn CaseAnalysis> {
    Box::new(SubcubicProof::given(task.clone(), proof))
}

impl CaseAnalysis for SubcubicProof {
    fn chunks(&self) -> u64 {
        1
    }

    /// The first call finds the directions of the model. Each later call searches the cases of one
    /// largest token, for all published strategies with the attention scores of this one.
    fn search(&self) -> f64 {
        if self.proof.get().is_some() {
            return 1.0;
        }
        let known = self.task.search.get().is_some();
        let search = self.task.search();
        if known { search.advance(self.strategy) } else { 0.0 }
    }

    /// Counts nothing as proven if no proof object is found, or the one found cannot be confirmed.
    fn count(&self, _: u64) -> Tally {
        let task = &self.task;
        let proof = self.proof.get_or_init(|| task.prove(self.strategy));
        let verified = proof
            .as_ref()
            .map_err(Clone::clone)
            .and_then(|proof| Ok((proof, task.search().verify(proof)?)));
        let (cost, tally) = match verified {
            Ok((proof, (cases, slack, lost))) => {
                let cost = Cost {
                    proof_bytes: Some(json_bytes(proof)),
                    left_out: Some(cases.left_out()),
                    ..Cost::new(flops(self.strategy, task.shape(), &proof.gaps), slack)
                };
                (Ok(cost), Tally { lost, ..Tally::right(cases.proven()) })
            }
            Err(error) => (Err(Failure(error.gist())), Tally::default()),
        };
        self.cost.get_or_init(|| cost);
        tally
    }

    fn cost(&self) -> Cost {
        let flops = Family::flops(&self.strategy, self.task.shape());
        let unproven = |failure| Cost { failure, ..Cost::new(flops, f64::INFINITY) };
        match self.cost.get() {
            Some(Ok(cost)) => cost.clone(),
            Some(Err(failure)) => unproven(Some(*failure)),
            None => unproven(None),
        }
    }

    fn evidence(&self) -> Result<Evidence, Failure> {
        match (self.proof.get(), self.cost.get()) {
            (Some(Ok(proof)), Some(Ok(_))) => Ok(Evidence::object(proof)),
            (_, Some(Err(failure))) => Err(*failure),
            _ => Err(Failure::NOT_COUNTED),
        }
    }
}
