use super::population::least_count;
use super::{Key, Method, Population};
use crate::proof::Bound;
use serde::Serialize;
use thiserror::Error;

/// What someone wants to be drawn. All of it is part of what seeds the coins.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// How inputs are drawn.
    pub method: Method,
    /// How many; at most, where the method may be stopped at any time.
    pub samples: u64,
    /// The probability with which the bound may fail.
    pub delta: f64,
    /// A text of whoever asks, so that no one else chooses the coins; empty for none.
    pub seed: String,
    /// The proof to start from.
    pub proof: Option<StartingProof>,
}

/// A proof that is extended by samples of what it leaves.
#[derive(Clone, Debug, PartialEq)]
pub struct StartingProof {
    /// The strategy's identifier.
    pub strategy: String,
    /// The proof's length.
    pub flops: f64,
    /// What the proof counts, in JSON, as its task writes it.
    pub covered: String,
}

/// Which network is sampled: what a bound is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// The task's identifier.
    pub task: &'static str,
    /// SHA-256 of the weights' file, hexadecimal.
    pub sha256: String,
    /// What is assumed of the network beside its weights.
    pub network: String,
}

/// A probability with which something may fail.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Risk {
    /// What may fail.
    pub what: String,
    /// With at most this probability.
    pub delta: f64,
}

/// A plan that can be carried out, and what it costs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Planned {
    /// The identifier of the bound: the method's and, after a plus sign, the proof's.
    pub strategy: String,
    /// A short name for a person.
    pub label: String,
    /// All that was chosen, as text: its SHA-256 is the key of the coins.
    pub statement: String,
    /// That SHA-256, hexadecimal.
    pub key: String,
    /// Inputs that the proof counts, decimal.
    pub proven: String,
    /// Inputs that are drawn from, decimal.
    pub left: String,
    /// All inputs, decimal.
    pub total: String,
    /// FLOPs of the proof that is extended; 0 without one.
    pub proof_flops: f64,
    /// FLOPs of preparing the network.
    pub start_flops: f64,
    /// FLOPs of each sample.
    pub sample_flops: f64,
    /// FLOPs of all.
    pub flops: f64,
    /// What may fail, and with which probability.
    pub deltas: Vec<Risk>,
    /// The sum of these probabilities.
    pub delta: f64,
    /// The bound if each sample is right.
    pub most: f64,
    /// The same in percent with four decimals, rounded down.
    pub most_percent: String,
}

/// Why a plan cannot be carried out.
#[derive(Clone, Debug, PartialEq, Error)]
#[expect(missing_docs, reason = "the errors say it")]
pub enum PlanError {
    #[error("{found} samples, expected 1 to {}", Plan::MAX_SAMPLES)]
    Samples { found: u64 },
    #[error("a probability δ of {found}, expected {} to {}", Plan::DELTAS.0, Plan::DELTAS.1)]
    Delta { found: f64 },
    #[error("a seed of {found} characters, expected at most {}", Plan::MAX_SEED)]
    Seed { found: usize },
    #[error("{strategy} leaves nothing to sample: it decides every input")]
    NothingLeft { strategy: String },
    #[error("{samples} slices of {left} inputs: expected at most as many samples as inputs")]
    Slices { samples: u64, left: u128 },
    #[error("a proof of {found} FLOPs, expected a number that is not negative")]
    Flops { found: f64 },
}

impl Plan {
    /// The most samples of one plan: some minutes.
    pub const MAX_SAMPLES: u64 = 100_000_000;
    /// The least and the largest probability that may be asked for.
    pub const DELTAS: (f64, f64) = (1e-12, 0.5);
    /// The longest text of a seed, in characters.
    pub const MAX_SEED: usize = 200;

    /// Checks that the numbers are in their ranges.
    ///
    /// # Errors
    /// If one is not.
    pub fn check(&self) -> Result<(), PlanError> {
        let Self { samples, delta, .. } = *self;
        if samples == 0 || samples > Self::MAX_SAMPLES {
            return Err(PlanError::Samples { found: samples });
        }
        if !(Self::DELTAS.0..=Self::DELTAS.1).contains(&delta) {
            return Err(PlanError::Delta { found: delta });
        }
        let characters = self.seed.chars().count();
        if characters > Self::MAX_SEED {
            return Err(PlanError::Seed { found: characters });
        }
        match self.proof.as_ref().map(|proof| proof.flops) {
            Some(found) if !(0.0..f64::INFINITY).contains(&found) => {
                Err(PlanError::Flops { found })
            }
            _ => Ok(()),
        }
    }

    /// The bound on what is left if each sample is right: no bound on it is higher. For a plan that
    /// passes [`Self::check`].
    #[must_use]
    pub fn hoped(&self) -> f64 {
        self.method.least(self.samples, self.samples, self.delta)
    }

    /// Prepares the plan for a network and what is left of its inputs.
    ///
    /// # Errors
    /// If it cannot be carried out.
    pub fn prepared(
        &self,
        subject: &Subject,
        population: &dyn Population,
    ) -> Result<Planned, PlanError> {
        self.check()?;
        let (left, proven) = (population.left(), population.proven());
        let strategy = self.proof.as_ref().map(|proof| proof.strategy.as_str());
        if left == 0 {
            return Err(PlanError::NothingLeft { strategy: strategy.unwrap_or("nothing").into() });
        }
        if self.method == Method::Stratified && u128::from(self.samples) > left {
            return Err(PlanError::Slices { samples: self.samples, left });
        }
        let name = self.method.facts().label;
        let statement = self.statement(subject, population);
        let proof_flops = self.proof.as_ref().map_or(0.0, |proof| proof.flops);
        let (start_flops, sample_flops) = (population.start_flops(), population.sample_flops());
        let most = self.bound(population, self.hoped());
        Ok(Planned {
            strategy: match strategy {
                None => self.method.to_string(),
                Some(strategy) => format!("{}+{strategy}", self.method),
            },
            label: match strategy {
                None => name.into(),
                Some(strategy) => format!("{name} beyond {strategy}"),
            },
            key: Key::of(&statement).hex(),
            statement,
            proven: proven.to_string(),
            left: left.to_string(),
            total: population.total().to_string(),
            proof_flops,
            start_flops,
            sample_flops,
            flops: proof_flops + start_flops + self.samples as f64 * sample_flops,
            deltas: vec![Risk {
                what: "the drawn inputs are right more often than all that are left".into(),
                delta: self.delta,
            }],
            delta: self.delta,
            most: most.ratio(),
            most_percent: most.percent(4),
        })
    }

    /// What is claimed of all inputs where `least` is a lower bound on the accuracy on those that
    /// are left; for slices, on the mean of the accuracies on each.
    ///
    /// With `n` slices of at most `k` inputs and a mean of at least `least`, at most `k n (1 −
    /// least)` inputs are wrong. So there are as many right ones as if there were `k n` inputs,
    /// less those that there are not.
    pub(super) fn bound(&self, population: &dyn Population, least: f64) -> Bound {
        let left = population.left();
        let right = match self.method {
            Method::Stratified => left
                .checked_next_multiple_of(self.samples.into())
                .map_or(0, |all| least_count(least, all).saturating_sub(all - left)),
            _ => least_count(least, left),
        };
        Bound::new(population.proven() + right, population.total())
    }

    /// All that was chosen, in lines.
    fn statement(&self, subject: &Subject, population: &dyn Population) -> String {
        let Subject { task, sha256, network } = subject;
        let (total, proven, left) = (population.total(), population.proven(), population.left());
        let proof = self.proof.as_ref().map_or("none", |proof| &proof.strategy);
        let seed = serde_json::to_string(&self.seed).expect("a text has a JSON form");
        let Self { method, samples, delta, .. } = self;
        format!(
            "compact-proofs, a bound from samples, format 1\n\
             task: {task}\n\
             weights: {sha256}\n\
             network: {network}\n\
             inputs: {total}\n\
             proof: {proof}, {proven} inputs\n\
             left: {left} inputs\n\
             method: {method}\n\
             samples: {samples}\n\
             delta: {delta}\n\
             seed: {seed}\n"
        )
    }
}
