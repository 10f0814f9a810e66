//! Proofs that need a proof object, searched for or given.

use super::additive::{Additive, Part, Plan, Planning, Verified};
use super::subcubic::{self, Proof, Subcubic};
use super::{MaxOfK, Strategy};
#[cfg(feature = "files")]
use crate::proof::Evidence;
use crate::proof::{CaseAnalysis, Cost, Tally, json_bytes};
use std::ops::Add;
use std::sync::{Mutex, OnceLock};

/// A sub-cubic proof, verified in one chunk.
pub(super) struct SubcubicProof {
    task: MaxOfK,
    strategy: Subcubic,
    /// Searched for when the chunk is counted, unless given; none where a model's products leave the range of float64.
    proof: OnceLock<Option<Proof>>,
    cost: OnceLock<Cost>,
}

impl SubcubicProof {
    pub(super) fn searched(task: MaxOfK, strategy: Subcubic) -> Self {
        Self { task, strategy, proof: OnceLock::new(), cost: OnceLock::new() }
    }

    #[cfg(feature = "files")]
    pub(super) fn given(task: MaxOfK, proof: Proof) -> Self {
        Self { proof: OnceLock::from(Some(proof.clone())), ..Self::searched(task, proof.strategy) }
    }
}

impl CaseAnalysis for SubcubicProof {
    fn chunks(&self) -> u64 {
        1
    }

    /// The directions of the model, then the cases of one largest token at a time, for all strategies with the same attention scores.
    fn search(&self) -> f64 {
        if self.proof.get().is_some() {
            return 1.0;
        }
        let known = self.task.search.get().is_some();
        let search = self.task.search();
        if known { search.step(self.strategy.error) } else { 0.0 }
    }

    /// A model for which no proof object is found proves nothing.
    fn count(&self, _: u64) -> Tally {
        let task = &self.task;
        let proof = self.proof.get_or_init(|| task.prove(self.strategy).ok());
        let verified = proof.as_ref().and_then(|proof| Some((proof, task.search().verify(proof).ok()?)));
        let Some((proof, (cases, slack, lost))) = verified else { return Tally::default() };
        self.cost.get_or_init(|| Cost {
            proof_bytes: Some(json_bytes(proof)),
            left_out: Some(cases.left_out()),
            ..Cost::new(subcubic::flops(self.strategy, task.shape(), &proof.gaps), slack)
        });
        Tally { lost, ..Tally::right(cases.proven()) }
    }

    fn cost(&self) -> Cost {
        let flops = Strategy::Subcubic(self.strategy).flops(self.task.shape());
        self.cost.get().cloned().unwrap_or_else(|| Cost::new(flops, f64::INFINITY))
    }

    #[cfg(feature = "files")]
    fn evidence(&self) -> Evidence {
        self.proof.get().and_then(Option::as_ref).map_or_else(Evidence::default, Evidence::object)
    }
}

/// A proof by additivity, verified part by part, each in shares.
pub(super) struct AdditiveProof {
    task: MaxOfK,
    strategy: Additive,
    /// Planned step by step, or when the first chunk is counted, unless given.
    plan: OnceLock<Plan>,
    planning: Mutex<Planning>,
    /// The longest first, each with the number of its first chunk.
    parts: Vec<(u64, Part)>,
    chunks: u64,
}

impl AdditiveProof {
    pub(super) fn searched(task: MaxOfK, strategy: Additive) -> Self {
        let mut chunks = 0;
        let numbered = |part: Part| {
            let first = chunks;
            chunks += part.shares() as u64;
            (first, part)
        };
        let parts = task.prover().parts(strategy).map(numbered).collect();
        Self { task, strategy, plan: OnceLock::new(), planning: Mutex::default(), parts, chunks }
    }

    /// Of a plan that fits the model. Its blocks of queries need not be those of our own proofs.
    #[cfg(feature = "files")]
    pub(super) fn given(task: &MaxOfK, plan: Plan) -> Self {
        use super::additive::Prover;
        let prover = Prover::new(&task.model, task.sequences, &plan.queries, &Prover::TOKENS);
        let task = MaxOfK { prover: OnceLock::from(prover).into(), ..task.clone() };
        let strategy = plan.strategy;
        Self { plan: OnceLock::from(plan), ..Self::searched(task, strategy) }
    }
}

impl CaseAnalysis for AdditiveProof {
    fn chunks(&self) -> u64 {
        self.chunks
    }

    /// A cell that boxes leave undecided, or some.
    fn search(&self) -> f64 {
        if self.plan.get().is_some() {
            return 1.0;
        }
        let mut planning = self.planning.lock().expect("no search panics");
        let prover = self.task.prover();
        let done = prover.step(self.strategy, &mut planning);
        if done == 1.0 {
            self.plan.get_or_init(|| prover.plan(self.strategy, std::mem::take(&mut planning)));
        }
        done
    }

    fn count(&self, chunk: u64) -> Tally {
        let prover = self.task.prover();
        let plan = self.plan.get_or_init(|| prover.prove(self.strategy));
        let (first, part) = &self.parts[self.parts.partition_point(|&(first, _)| first <= chunk) - 1];
        let share = usize::try_from(chunk - first).expect("a share is one of some queries");
        part.count(share, prover, plan)
    }

    fn cost(&self) -> Cost {
        let prover = self.task.prover();
        let parts = self.parts.iter().map(|(_, part)| part.verified());
        let verified = parts.fold(Verified::prepared(prover.flops()), Add::add);
        verified.cost(self.plan.get().map(json_bytes), prover.verification().slack())
    }

    #[cfg(feature = "files")]
    fn evidence(&self) -> Evidence {
        self.plan.get().map_or_else(Evidence::default, Evidence::object)
    }
}
