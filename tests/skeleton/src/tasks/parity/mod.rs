//! Parity: of a row of bits, the logit of "odd" must be the larger one, strictly, if and only if an
//! odd number of them is one.
//!
//! The least that a task is: one network, a table of logits; one strategy, which looks at each row.

use crate::frontier::{ClassRole, Marker};
use crate::proof::{About, CaseAnalysis, Cost, Envelope, Evidence, Failure, Run, Tally};
use crate::tasks::listed::Listed;
use crate::tasks::task::to_json;
use crate::tasks::{
    Brought, ClassFacts, Confirmation, FamilyFacts, Kind, Limit, Refusal, StrategyFacts, Task,
    TaskFacts, Theorem, sha256,
};
use crate::weights::{self, WeightsFile, to_safetensors};
use serde::Serialize;
use std::collections::BTreeMap;

/// The tensor that a file holds, `[inputs, 2]`: the logits of "even" and "odd".
const LOGITS: &str = "parity.logits";
/// The only strategy.
const STRATEGY: &str = "brute-force";

/// A table of logits that is to tell parities.
#[derive(Clone, Debug)]
pub struct Parity {
    logits: Vec<[f64; 2]>,
}

/// What is known of a table beside what is known of any network.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OwnFacts {
    /// Bits of an input.
    pub bits: u32,
}

/// What is known of a file.
pub type Facts = TaskFacts<OwnFacts>;

impl Parity {
    /// Reads a weights file of any format.
    ///
    /// # Errors
    /// If it has no table `[2^bits, 2]` of finite numbers.
    pub fn load(file: &str, bytes: &[u8]) -> Result<(Self, Facts), Refusal> {
        let weights = weights::read(bytes).map_err(Refusal::new)?;
        let refused = |found| {
            Refusal::new(format!("{file}: `{LOGITS}` {found}, expected [2^bits, 2] finite numbers"))
        };
        let tensor = weights.tensors.get(LOGITS).ok_or_else(|| refused("is missing".into()))?;
        let numbers: Vec<f64> = tensor.to_array().map_err(Refusal::new)?.iter().copied().collect();
        let logits: Vec<[f64; 2]> = numbers.as_chunks().0.to_vec();
        let is_table = tensor.shape() == [logits.len(), 2] && logits.len().is_power_of_two();
        if !is_table || numbers.iter().any(|number| !number.is_finite()) {
            return Err(refused(format!("has the shape {:?}", tensor.shape())));
        }
        let (task, parameters) = (Self { logits }, numbers.len());
        let facts = Facts {
            file: file.into(),
            format: weights.format.to_string(),
            bytes: bytes.len(),
            sha256: sha256(bytes),
            canonical_sha256: None,
            inputs: task.logits.len().to_string(),
            own: OwnFacts { bits: task.logits.len().ilog2() },
            parameters,
            network: "A table of logits.".into(),
            notes: weights.notes,
            metadata: weights.metadata,
            baseline_flops: parameters as f64 / 2.0,
            classes: vec![task.class()],
            about: Vec::new(),
            strategies: vec![task.facts()],
        };
        Ok((task, facts))
    }

    fn class(&self) -> ClassFacts {
        ClassFacts {
            class: STRATEGY,
            label: "Brute force",
            marker: Marker::Square,
            role: ClassRole::Brute,
            complexity: "O(n)",
        }
    }

    fn facts(&self) -> StrategyFacts {
        StrategyFacts {
            strategy: STRATEGY.into(),
            label: "Brute force".into(),
            idea: "looks at every row".into(),
            family: FamilyFacts {
                name: STRATEGY,
                wider: None,
                theorem: Theorem::Accuracy,
                one_of_many: false,
                published: true,
                divisible: true,
                flops_are: Limit::Exact,
                visits_inputs: true,
                has_published_count: false,
                options: &[],
            },
            group: STRATEGY,
            class: STRATEGY,
            categories: vec![STRATEGY],
            tags: Vec::new(),
            flops: self.logits.len() as f64,
            unexplained_dimension: 2.0 * self.logits.len() as f64,
            visits: Some(self.logits.len().to_string()),
            refused: None,
        }
    }
}

impl CaseAnalysis for Parity {
    fn chunks(&self) -> u64 {
        1
    }

    /// Numbers of the file are compared as they are: nothing is rounded.
    fn count(&self, _chunk: u64) -> Tally {
        let is_right = |(input, [even, odd]): (usize, &[f64; 2])| match input.count_ones() % 2 {
            0 => even > odd,
            _ => odd > even,
        };
        let all = self.logits.len();
        let right = self.logits.iter().enumerate().filter(|&row| is_right(row)).count();
        Tally { right: right as u128, wrong: (all - right) as u128, lost: 0, visited: all as u128 }
    }

    fn cost(&self) -> Cost {
        Cost::new(self.logits.len() as f64, 0.0)
    }

    fn evidence(&self) -> Result<Evidence, Failure> {
        Ok(Evidence::none())
    }
}

impl Task for Parity {
    fn kind(&self) -> Kind {
        Kind::Parity
    }

    fn strategy_facts(&self, strategy: &str) -> Result<StrategyFacts, Refusal> {
        match strategy {
            STRATEGY => Ok(self.facts()),
            _ => Err(Refusal::new(format!("unknown strategy, expected {STRATEGY}"))),
        }
    }

    fn run(&self, strategy: &str, _options: &[String]) -> Result<Run, Refusal> {
        let facts = Task::strategy_facts(self, strategy)?;
        let about = About {
            strategy: facts.strategy,
            class: facts.class.into(),
            inputs: self.logits.len() as u128,
            unexplained_dimension: facts.unexplained_dimension,
            visits_inputs: true,
            is_divisible: true,
        };
        Ok(Run::new(about, Box::new(self.clone())))
    }

    fn certificate(&self, sha256: &str, run: &Run) -> Result<String, Failure> {
        let theorem = |correct: &str, total: &str| theorem(sha256, correct, total);
        Ok(Envelope::new(Parity::ID, sha256, &run.outcome(), theorem, &()).to_json())
    }
}

/// What a certificate claims, in words.
fn theorem(sha256: &str, correct: &str, total: &str) -> String {
    format!(
        "Of the {total} rows of bits, the table whose file has the SHA-256 {sha256} tells the \
         parity of at least {correct}."
    )
}

impl Listed for Parity {
    const ID: &'static str = "parity";

    fn recognises(weights: &WeightsFile<'_>) -> bool {
        weights.tensors.contains_key(LOGITS)
    }

    fn brought(file: &str, bytes: &[u8]) -> Result<Box<dyn Brought>, Refusal> {
        let (task, facts) = Self::load(file, bytes)?;
        Ok(Box::new(Read { task, facts }))
    }
}

struct Read {
    task: Parity,
    facts: Facts,
}

impl Brought for Read {
    fn kind(&self) -> Kind {
        Kind::Parity
    }

    fn facts(&self) -> String {
        to_json(&self.facts)
    }

    fn canonical(&self) -> Vec<u8> {
        let numbers = self.task.logits.concat();
        let table = (vec![self.task.logits.len(), 2], numbers);
        to_safetensors(&BTreeMap::from([(LOGITS, table)]), &self.facts.metadata)
    }

    fn claimed(&self, certificate: &[u8], _most_work: u64) -> Result<Confirmation, Refusal> {
        let envelope = Envelope::read(certificate).map_err(Refusal::new)?;
        let run = self.task.run(&envelope.strategy, &[])?;
        let (total, sha256s) = (run.about().inputs, self.facts.sha256s());
        let theorem = theorem(&envelope.sha256, &envelope.correct, &total.to_string());
        let claimed =
            envelope.claimed(Parity::ID, &sha256s, total, &theorem).map_err(Refusal::new)?;
        Ok(Confirmation {
            run: run.claiming(claimed),
            theorem,
            network: self.facts.network.clone(),
            read: None,
        })
    }

    fn ask(&self, question: &str) -> Result<String, Refusal> {
        Err(Refusal::new(format!("files of {} are asked nothing: {question}", self.kind())))
    }
}
