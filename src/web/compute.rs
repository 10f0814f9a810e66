//! The module that workers run: a model, and proofs that advance in small steps. With the feature `files` it is another,
//! larger one, which also takes what people bring.

use super::{into_error, milliseconds, to_js};
use crate::proof::{CaseAnalysis, Outcome, Tally};
use crate::tasks::max_of_k::{MaxOfK, ModelFacts, Pruning, Strategy};
use js_sys::Error;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** What is known of a model before anything is proven. */
export interface ModelFacts {
  file: string; format: string; bytes: number; sha256: string;
  v: number; d: number; h: number; n: number;
  sequences: string; parameters: number; biases: boolean;
  metadata: Record<string, string>;
  strategies: StrategyFacts[];
}
/** A strategy and what it would cost on this model (of a sub-cubic one at most); `refused` says why it cannot be run. */
export interface StrategyFacts {
  strategy: string; label: string; idea: string;
  family: "brute-force" | "cubic" | "sub-cubic" | "additive"; class: string; complexity: string;
  /** Strategies of one group share work: they are best proven one after the other, by one worker. */
  group: string;
  /** Whether several workers may each count a part of it. */
  divisible: boolean;
  parts: { direct: string; attention: string; error: string } | null;
  flops: number; unexplained_dimension: number; refused: string | null;
}
/** A proven bound: `bound` and `percent` (four decimals) are rounded down; `left_out` counts inputs that the gaps of a
    sub-cubic proof leave out of the cases it proves. */
export interface Outcome {
  strategy: string; class: string; correct: string; total: string; bound: number; percent: string;
  flops: number; unexplained_dimension: number; proof_bytes: number | null; left_out: string | null;
  /** The other side, where it is known: no more than `most_correct` inputs are right; rounded up. */
  most_correct: string | null; upper_bound: number | null; percent_above: string | null; upper_flops: number | null;
  /** What the parts of an additive proof contribute; of other proofs nothing. */
  steps: { what: string; cases: number; correct: string; flops: number }[];
  seconds: number;
  /** What every comparison leaves for rounding, in logits, and how many inputs are not proven because of that. */
  slack: number; lost: string;
  /** Inputs that brute force ran the model on; the others were decided together. Of other proofs nothing. */
  visited: string | null;
}
/** What a part of a proof counted, decimal. */
export type Tally = Record<string, string>;
/** How well attention scores are approximated by rank 1: `σ₁/σ₂`, and bounds on the error, loosest checks last. */
export interface AttentionFacts { sigma_ratio: number; errors: { name: string; value: number }[] }
"#;

/// A model in the memory of this worker.
#[wasm_bindgen]
pub struct Model {
    task: MaxOfK,
    facts: ModelFacts,
}

#[wasm_bindgen]
impl Model {
    /// Reads a weights file (safetensors and, with the feature `files`, any known format); `file` is its name, for errors.
    ///
    /// # Errors
    /// If the file is damaged or is not a model for this task: file, tensor, what was expected and what was found.
    #[wasm_bindgen(constructor)]
    pub fn new(file: &str, bytes: &[u8]) -> Result<Model, Error> {
        let (task, facts) = MaxOfK::load(file, bytes).map_err(into_error)?;
        Ok(Self { task, facts })
    }

    /// What is known of the model.
    ///
    /// # Errors
    /// If JavaScript refuses to make an object.
    #[wasm_bindgen(unchecked_return_type = "ModelFacts")]
    pub fn facts(&self) -> Result<JsValue, Error> {
        to_js(&self.facts)
    }

    /// A strategy that `facts` need not list: a best proof of any length or bound, a grid of any size.
    ///
    /// # Errors
    /// If there is no such strategy.
    #[wasm_bindgen(js_name = strategyFacts, unchecked_return_type = "StrategyFacts")]
    pub fn strategy_facts(&self, strategy: &str) -> Result<JsValue, Error> {
        to_js(&self.task.strategy_facts(strategy.parse().map_err(into_error)?))
    }

    /// What the authors' formula claims to have proven, decimal: for comparison, it is not sound.
    ///
    /// # Errors
    /// If the strategy is not a sub-cubic one, or the model's products leave the range of float64.
    #[wasm_bindgen(js_name = publishedCount)]
    pub fn published_count(&self, strategy: &str) -> Result<String, Error> {
        let count = self.task.published_count(strategy.parse().map_err(into_error)?).map_err(into_error)?;
        count.map(|count| count.to_string()).ok_or_else(|| into_error(format!("nothing is published for {strategy}")))
    }

    /// How well attention scores are approximated by a few directions.
    ///
    /// # Errors
    /// If the model's products leave the range of float64.
    #[wasm_bindgen(unchecked_return_type = "AttentionFacts")]
    pub fn attention(&self) -> Result<JsValue, Error> {
        to_js(&self.task.search().attention_facts().map_err(into_error)?)
    }

    /// Starts a proof, or the one with the number `part` of `of` parts of it. What the parts count is put together by [`Self::joined`]. `prune` lets brute force count together what a common prefix decides.
    ///
    /// # Errors
    /// If there is no such strategy, it would take too long on this model, or it has no such part.
    pub fn verification(&self, strategy: &str, prune: bool, part: u32, of: u32) -> Result<Verification, Error> {
        let strategy: Strategy = strategy.parse().map_err(into_error)?;
        if part >= of || (of > 1 && !strategy.is_divisible()) {
            return Err(into_error(format!("{strategy} has no part {part} of {of}")));
        }
        let pruning = if prune { Pruning::On } else { Pruning::Off };
        let start = milliseconds();
        let analysis = self.task.verification_with(strategy, pruning).map_err(into_error)?;
        let spent = milliseconds() - start;
        let (task, sha256) = (self.task.clone(), self.facts.sha256.clone());
        let chunks = Chunks::new(analysis.chunks(), part.into(), of.into());
        Ok(Verification {
            task,
            sha256,
            strategy,
            analysis,
            chunks,
            is_whole: of == 1,
            searched: 0.0,
            has_search: false,
            tally: Tally::default(),
            spent,
        })
    }

    /// A finished proof: what its parts, all of them and each once, have counted in so many seconds. The sum is exact, and so the
    /// same in any order.
    ///
    /// # Errors
    /// As of [`Self::verification`], or if it has no parts, or these are no tallies.
    pub fn joined(
        &self,
        strategy: &str,
        #[wasm_bindgen(unchecked_param_type = "Tally[]")] tallies: JsValue,
        seconds: f64,
    ) -> Result<Verification, Error> {
        let tallies: Vec<Tally> = serde_wasm_bindgen::from_value(tallies).map_err(into_error)?;
        let of = u32::try_from(tallies.len()).map_err(into_error)?;
        let part = self.verification(strategy, true, 0, of)?;
        let (chunks, tally) = (Chunks::new(0, 0, 1), tallies.into_iter().sum());
        Ok(Verification { is_whole: true, chunks, tally, spent: seconds * 1e3, ..part })
    }
}

#[cfg(feature = "files")]
#[wasm_bindgen]
impl Model {
    /// Verifies a certificate about this model: its outcome.
    ///
    /// # Errors
    /// If it is no certificate, is about other weights, or does not hold.
    #[wasm_bindgen(unchecked_return_type = "Outcome")]
    pub fn check(&self, certificate: &str) -> Result<JsValue, Error> {
        let start = milliseconds();
        let certificate = crate::proof::Certificate::read(certificate.as_bytes()).map_err(into_error)?;
        let (strategy, analysis) = self.task.claimed(&self.facts.sha256, &certificate).map_err(into_error)?;
        let tally = (0..analysis.chunks()).map(|chunk| analysis.count(chunk)).sum();
        let seconds = (milliseconds() - start) / 1e3;
        let outcome = self.task.confirmed(&certificate, (strategy, analysis.as_ref()), tally, seconds);
        to_js(&outcome.map_err(into_error)?.shown())
    }
}

/// A proof under way, or a part of one.
#[wasm_bindgen]
pub struct Verification {
    task: MaxOfK,
    sha256: String,
    strategy: Strategy,
    analysis: Box<dyn CaseAnalysis>,
    chunks: Chunks,
    is_whole: bool,
    /// The part of the search that is done, and whether there is any.
    searched: f64,
    has_search: bool,
    tally: Tally,
    spent: f64,
}

#[wasm_bindgen]
impl Verification {
    /// Works for about so many milliseconds; the part that is done, 1 when all is.
    pub fn step(&mut self, milliseconds_to_spend: f64) -> f64 {
        let start = milliseconds();
        let mut spent = 0.0;
        while spent < milliseconds_to_spend && self.advance() {
            spent = milliseconds() - start;
        }
        self.spent += spent;
        let counted = self.chunks.done();
        if self.has_search && counted < 1.0 { f64::midpoint(self.searched, counted) } else { counted }
    }

    /// The smallest step there is; whether there was one left.
    fn advance(&mut self) -> bool {
        if self.searched < 1.0 {
            self.searched = self.analysis.search();
            self.has_search |= self.searched < 1.0;
            return true;
        }
        let chunk = self.chunks.next();
        self.tally = chunk.map_or(self.tally, |chunk| self.tally + self.analysis.count(chunk));
        chunk.is_some()
    }

    /// What this part counted, once it is finished.
    ///
    /// # Errors
    /// If JavaScript refuses to make an object.
    #[wasm_bindgen(unchecked_return_type = "Tally | undefined")]
    pub fn tally(&self) -> Result<JsValue, Error> {
        if self.chunks.done() == 1.0 { to_js(&self.tally) } else { Ok(JsValue::UNDEFINED) }
    }

    /// What the proof gave, once it is finished; of a part of one, nothing.
    ///
    /// # Errors
    /// If JavaScript refuses to make an object.
    #[wasm_bindgen(unchecked_return_type = "Outcome | undefined")]
    pub fn outcome(&self) -> Result<JsValue, Error> {
        self.finished().map_or(Ok(JsValue::UNDEFINED), |outcome| to_js(&outcome.shown()))
    }

    /// The proof's certificate as JSON, once it is finished.
    #[must_use]
    pub fn certificate(&self) -> Option<String> {
        let outcome = self.finished()?;
        Some(self.task.certificate(&self.sha256, &outcome, self.analysis.evidence()).to_json())
    }

    fn finished(&self) -> Option<Outcome> {
        let cost = || self.analysis.cost();
        let finished = self.is_whole && self.chunks.done() == 1.0;
        finished.then(|| self.task.outcome(self.strategy, self.tally, cost(), self.spent / 1e3))
    }
}

/// The chunks of one part of a proof, in runs that the parts take in turn: chunks that follow one another have much in common, and each
/// part has some of every kind.
struct Chunks {
    next: u64,
    end: u64,
    /// How many follow one another, and how many are then left to the other parts.
    run: u64,
    others: u64,
}

impl Chunks {
    /// Runs of each part, if there are chunks enough.
    const RUNS: u64 = 32;

    fn new(end: u64, part: u64, of: u64) -> Self {
        let run = (end / (of * Self::RUNS)).max(1);
        Self { next: part * run, end, run, others: (of - 1) * run }
    }

    /// The part of them that is done, 1 when all are.
    fn done(&self) -> f64 {
        if self.next < self.end { self.next as f64 / self.end as f64 } else { 1.0 }
    }
}

impl Iterator for Chunks {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        let chunk = Some(self.next).filter(|&chunk| chunk < self.end)?;
        self.next += 1;
        if self.next.is_multiple_of(self.run) {
            self.next += self.others;
        }
        Some(chunk)
    }
}

#[cfg(test)]
mod tests {
    use super::Chunks;

    #[test]
    fn every_chunk_is_in_one_part() {
        for (end, of) in [(0, 1), (0, 3), (1, 1), (1, 2), (7, 3), (100, 1), (2080, 2), (2080, 16), (89_440, 3)] {
            let mut all: Vec<_> = (0..of).flat_map(|part| Chunks::new(end, part, of)).collect();
            all.sort_unstable();
            assert!(all.into_iter().eq(0..end), "{end} chunks of {of} parts");
            let longest = (0..of).map(|part| Chunks::new(end, part, of).count()).max().unwrap() as u64;
            assert!(longest <= end / of + end / (of * Chunks::RUNS) + of, "{longest} of {end} for one of {of}");
        }
    }
}
