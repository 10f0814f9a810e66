//! The independent checker: accepts a certificate only if it derives, by itself, as many right sequences as are claimed.
//!
//! **The theorem.** Of the `v^n` sequences of a model's vocabulary and context, at least so many have their largest token `m`
//! as the output with the strictly largest logit at the last position, in exact real arithmetic on the numbers that the
//! weights file stores.
//!
//! **How it is checked.** For a sequence `t` with last token `q`, largest token `m` and another output `o`, the softmax
//! denominator is positive, so `logit_o < logit_m` if and only if
//!
//! > `F_o(t) = Σ_p x_o(p, t_p) < 0`, with `x_o(p, t) = e^{(EQKE[q, t] + EQKP[q, p]) / scale} · (EUPU[q, o] − EUPU[q, m] + EVOU[t, o] − EVOU[t, m] + PVOU[p, o] − PVOU[p, m])`.
//!
//! Here `scale` is `√d_head`, or the number that a configuration gives. The sequences with the same `q ≤ m` are a *cell*; cells are disjoint and cover everything. Of each cell one of these is
//! derived, all of them from upper ends of the `x_o(p, t)` in interval arithmetic:
//!
//! 1. the largest `F_o` of a family of sequences is negative for every `o`, so all of the family is right (`worst.rs`):
//!    families are whole cells, or the sequences with a given number of tokens other than `m`, all in a given set. This covers
//!    every kind of claim but the next two, as each verifier bounds the worst sequence of some family from above;
//! 2. how many sequences of a cell may be wrong, one by one (`enumerate.rs`);
//! 3. how many may be wrong at most, by two ways to count without looking at each (`count.rs`).
//!
//! The certificate only says which of these to try: whatever it says, what is derived is true. So what it says of how its own
//! verifier worked is read past, and of what it claims of a cell nothing need be refused.
//!
//! **What is trusted.** This folder, the reader of weights files ([`crate::weights`] and [`Transformer::from_weights`],
//! which also folds biases), SHA-256, serde, the compiler, and IEEE 754. No search, prover, verifier, matrix product,
//! exponential or cost of the rest of the program is used here. Stated FLOPs are not checked. (Decimal numbers of a JSON file
//! are taken to mean the nearest float64.)

mod cell;
mod certificate;
mod count;
mod enumerate;
pub mod interval;
mod worst;

use crate::transformer::{AttnScale, Transformer};
use crate::weights;
use cell::{Cell, Circuits};
use certificate::{Certificate, Method};
use serde::Serialize;
use sha2::{Digest, Sha256};
use worst::Sum;

pub use certificate::MAX_BYTES;

/// What came of checking a certificate.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Verdict {
    /// Whether the theorem is true, as far as this program can tell.
    pub accepted: bool,
    /// The theorem, made of the model at hand and the claimed count.
    pub theorem: String,
    /// The claimed count, decimal.
    pub claimed: String,
    /// The count derived here.
    pub derived: String,
    /// All sequences.
    pub sequences: String,
    /// FLOPs of the certificate's own verification as it states them: not checked, and no part of the theorem.
    pub flops: f64,
    /// Why it was not accepted: what was found and what was expected.
    pub reasons: Vec<String>,
}

/// A certificate being checked against a model, cell by cell.
pub struct Checker {
    certificate: Certificate,
    /// What is known before anything is derived.
    verdict: Verdict,
    /// None if there are reasons yet, that the certificate is not one of this model: then nothing is derived.
    circuits: Option<Circuits>,
    claimed: u128,
    derived: u128,
    /// The next cell.
    q: usize,
    m: usize,
    work: u64,
}

/// The total of small steps that counting may take, of all cells together, so that no certificate keeps a checker busy for
/// ever: at most some hours. What is not reached is not proven.
const MAX_WORK: u64 = 1 << 40;

impl Checker {
    /// Reads a weights file, whose name is for errors, and a certificate, and compares what the latter says of the model.
    ///
    /// # Errors
    /// If one of them cannot be read, or the sequences cannot be counted.
    pub fn new(file: &str, bytes: &[u8], certificate: &str) -> Result<Self, String> {
        let tensors = weights::read(bytes).map_err(|error| format!("{file}: {error}"))?;
        let model = Transformer::from_weights(&tensors).map_err(|error| format!("{file}: {error}"))?;
        let certificate = Certificate::read(certificate).map_err(|problem| clipped(&problem))?;

        let (v, n, outputs) = (model.W_E.nrows(), model.W_pos.nrows(), model.W_U.ncols());
        let sha256: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        let sequences = std::iter::repeat_n(v as u128, n).try_fold(1, u128::checked_mul);
        let too_many = || format!("{file}: {v}^{n} sequences, expected less than 2^128");
        let sequences = sequences.ok_or_else(too_many)?.to_string();
        let claimed = certificate.correct.parse::<u128>().unwrap_or(0);
        let theorem = format!(
            "Of the {sequences} sequences of length {n} over {v} tokens, the one-layer transformer whose weights file has the SHA-256 \
             {sha256} answers at least {claimed} with their largest token: in exact real arithmetic, its logit at the last \
             position exceeds every other."
        );
        let mut reasons = Vec::new();
        let mut compare = |what: &str, found: &str, expected: &str| {
            if found != expected {
                reasons.push(format!("{what}: found {}, expected {expected}", clipped(found)));
            }
        };
        compare("version of the certificate", &certificate.certificate.to_string(), "1");
        compare("task", &certificate.task, "max-of-k");
        compare("SHA-256 of the weights file", &certificate.sha256, &sha256);
        if certificate.network.is_some() || model.attn_scale != AttnScale::RootOfDHead {
            compare("network", certificate.network.as_deref().unwrap_or("absent"), &model.network());
        }
        compare("tokens", &certificate.v.to_string(), &v.to_string());
        compare("outputs", &outputs.to_string(), &v.to_string());
        compare("context", &certificate.n.to_string(), &n.to_string());
        compare("sequences", &certificate.sequences, &sequences);
        compare("theorem", &certificate.theorem, &theorem);
        // As Rust prints it: no sign, no zeros in front, and nothing else.
        compare("claimed count, a decimal number below 2^128", &certificate.correct, &claimed.to_string());
        if let Some(proof) = &certificate.proof {
            compare("version of the proof object", &proof.version.to_string(), "1");
            compare("strategy of the proof object", &proof.strategy, &clipped(&certificate.strategy));
        }
        let (claim, flops) = (claimed.to_string(), certificate.flops);
        let circuits = reasons.is_empty().then(|| Circuits::new(&model));
        let verdict = Verdict { theorem, claimed: claim, sequences, flops, reasons, ..Verdict::default() };
        Ok(Self { certificate, verdict, circuits, claimed, derived: 0, q: 0, m: 0, work: MAX_WORK })
    }

    /// Checks the next cell; whether there was one.
    pub fn step(&mut self) -> bool {
        let (checked, cells) = self.cells();
        if checked < cells {
            // Cells are disjoint, so this is at most the number of all sequences.
            self.derived += self.right();
            (self.q, self.m) = if self.q < self.m { (self.q + 1, self.m) } else { (0, self.m + 1) };
        }
        checked < cells
    }

    /// At least so many sequences of the next cell are right.
    fn right(&mut self) -> u128 {
        let Some(circuits) = &self.circuits else { return 0 };
        let cell = Cell::new(circuits, self.q, self.m);
        let outputs = (0..self.certificate.v).filter(|&o| o != cell.m);
        let sums = outputs.map(|o| (o, Sum::new(&cell, |p, t| cell.term(o, p, t))));
        // Outputs that no sequence of the cell prefers to m need not be looked at again.
        let undecided: Vec<_> = sums.filter(|(_, sum)| sum.largest(sum.own, 0, !cell.needs_m()) >= 0.0).collect();
        let size = cell.size();
        // With one position, the largest token is the last one: other cells are empty.
        if undecided.is_empty() || size == 0 {
            return size;
        }
        match &self.certificate.method(self.q, self.m) {
            Method::Leave => 0,
            Method::Split(parts) => worst::right(&cell, &undecided, parts),
            Method::Count(count) => size.saturating_sub(count::wrong(&cell, &undecided, count, &mut self.work)),
            Method::Enumerate => size.saturating_sub(enumerate::wrong(&cell, &undecided, &mut self.work)),
        }
    }

    /// Cells checked, and all there are.
    #[must_use]
    pub fn cells(&self) -> (usize, usize) {
        let before = |m: usize| m * (m + 1) / 2;
        let all = if self.circuits.is_some() { before(self.certificate.v) } else { 0 };
        (before(self.m) + self.q, all)
    }

    /// What came of it, once every cell is checked.
    #[must_use]
    pub fn verdict(&self) -> Option<Verdict> {
        let (checked, cells) = self.cells();
        if checked < cells {
            return None;
        }
        let mut verdict = Verdict { derived: self.derived.to_string(), ..self.verdict.clone() };
        if verdict.reasons.is_empty() && self.claimed > self.derived {
            verdict.reasons.push(format!("right sequences: {} derived, {} claimed", self.derived, self.claimed));
        }
        verdict.accepted = verdict.reasons.is_empty();
        Some(verdict)
    }
}

/// The beginning of a text that may be hostile, to a terminal too.
fn clipped(text: &str) -> String {
    text.chars().take(400).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}
