//! The best proof for a target: of all strategies that are listed for a network, the one that
//! proves most within a length, or the shortest one of a bound.

use super::{GroupOperation, Strategy};
use crate::linalg::sorted;
use crate::proof::{
    Bound, CaseAnalysis, Cost, Evidence, Failure, Margin, Tally, Target, json_bytes,
};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::sync::{Mutex, OnceLock};

/// Why there is no such proof.
const NONE: Failure = Failure("no proof that is listed is that short");

/// A proof object: the chosen strategy, and the proof object that it has.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Chosen {
    pub(super) strategy: String,
    pub(super) proof: Option<Box<RawValue>>,
}

/// A proof by a strategy that is to be chosen.
pub(super) struct Best {
    task: GroupOperation,
    target: Target,
    search: Mutex<Search>,
    chosen: OnceLock<Option<Proof>>,
}

/// A proof, and what it proves once it is counted.
struct Proof {
    strategy: Strategy,
    analysis: Box<dyn CaseAnalysis>,
    right: u128,
    flops: f64,
}

/// How far the search has come.
struct Search {
    /// The strategies that are left, the longest first.
    left: Vec<Strategy>,
    tried: usize,
    /// The proof that is being counted, and its next chunk.
    counted: Option<(Proof, u64)>,
    best: Option<Proof>,
}

impl Best {
    pub(super) fn searched(task: &GroupOperation, target: Target) -> Self {
        let left = sorted(Strategy::listed(task), |strategy| -strategy.least_flops(task));
        let search = Search { left, tried: 0, counted: None, best: None };
        Self { task: task.clone(), target, search: Mutex::new(search), chosen: OnceLock::new() }
    }

    /// A proof by the strategy that a certificate says was chosen.
    pub(super) fn given(
        task: &GroupOperation,
        target: Target,
        strategy: Strategy,
        analysis: Box<dyn CaseAnalysis>,
    ) -> Self {
        let proof = Proof { strategy, analysis, right: 0, flops: 0.0 };
        let search = Search { left: Vec::new(), tried: 0, counted: None, best: None };
        let chosen = OnceLock::from(Some(proof));
        Self { task: task.clone(), target, search: Mutex::new(search), chosen }
    }

    /// The strategy that is chosen, if there is one.
    pub(super) fn strategy(&self) -> Option<Strategy> {
        self.chosen().map(|proof| proof.strategy)
    }

    fn chosen(&self) -> Option<&Proof> {
        while self.search() < 1.0 {}
        self.chosen.get().and_then(Option::as_ref)
    }

    /// Whether a proof is what is asked for, as good as any.
    fn is_enough(&self, proof: &Proof) -> bool {
        let all = self.task.inputs();
        match self.target {
            Target::Flops(_) => proof.right == all,
            Target::Bound(_) => self.target.is_reached(Bound::new(proof.right, all)),
        }
    }

    /// Whether a proof of these FLOPs, at least, may be better than the best one.
    fn may_be_best(&self, flops: f64, best: Option<&Proof>) -> bool {
        let is_within = match self.target {
            Target::Flops(most) => flops <= most as f64,
            Target::Bound(_) => true,
        };
        is_within && best.is_none_or(|best| flops < best.flops || !self.is_enough(best))
    }

    /// The better one of two proofs that may be: one that is enough, then what proves more, then
    /// what is shorter.
    fn better(&self, new: Proof, best: Option<Proof>) -> Proof {
        let Some(old) = best else { return new };
        let key = |proof: &Proof| match self.is_enough(proof) {
            true => (1, 0),
            false => (0, proof.right),
        };
        match key(&new).cmp(&key(&old)).then(old.flops.total_cmp(&new.flops)) {
            std::cmp::Ordering::Greater => new,
            _ => old,
        }
    }
}

impl CaseAnalysis for Best {
    fn chunks(&self) -> u64 {
        self.task.group.order() as u64
    }

    /// Counts a chunk of the next strategy.
    fn search(&self) -> f64 {
        if self.chosen.get().is_some() {
            return 1.0;
        }
        let mut search = self.search.lock().expect("no search panics");
        let Search { left, tried, counted, best } = &mut *search;
        if let Some((mut proof, chunk)) = counted.take() {
            if chunk < proof.analysis.chunks() {
                proof.right += proof.analysis.count(chunk).right;
                *counted = Some((proof, chunk + 1));
            } else {
                *best = Some(self.better(proof, best.take()));
            }
        } else if let Some(strategy) = left.pop() {
            *tried += 1;
            if self.may_be_best(strategy.least_flops(&self.task), best.as_ref()) {
                let analysis = strategy.start(&self.task);
                let flops = analysis.cost().flops;
                let may_be = self.may_be_best(flops, best.as_ref());
                *counted = may_be.then(|| (Proof { strategy, analysis, right: 0, flops }, 0));
            }
        } else {
            drop(self.chosen.set(best.take()));
            return 1.0;
        }
        *tried as f64 / (*tried + left.len() + 1) as f64
    }

    fn count(&self, chunk: u64) -> Tally {
        let proof = self.chosen().filter(|proof| chunk < proof.analysis.chunks());
        proof.map_or_else(Tally::default, |proof| proof.analysis.count(chunk))
    }

    fn margin(&self, chunk: u64) -> Option<Margin> {
        let proof = self.chosen().filter(|proof| chunk < proof.analysis.chunks());
        proof?.analysis.margin(chunk)
    }

    fn cost(&self) -> Cost {
        let Some(proof) = self.chosen() else {
            return Cost { failure: Some(NONE), ..Cost::new(0.0, 0.0) };
        };
        let proof_bytes = self.object().ok().map(|object| json_bytes(&object));
        Cost { proof_bytes, ..proof.analysis.cost() }
    }

    fn evidence(&self) -> Result<Evidence, Failure> {
        Ok(Evidence::object(&self.object()?))
    }
}

impl Best {
    fn object(&self) -> Result<Chosen, Failure> {
        let Proof { strategy, analysis, .. } = self.chosen().ok_or(NONE)?;
        Ok(Chosen { strategy: strategy.to_string(), proof: analysis.evidence()?.proof })
    }
}
