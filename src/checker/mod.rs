//! The independent checker: accepts a certificate only if it derives, by itself, as many right sequences as are claimed.
//!
//! **The theorem.** Of the `v^n` sequences of a model's vocabulary and context, at least so many have their largest token `m`
//! as the output with the strictly largest logit at the last position, in exact real arithmetic on the numbers that the
//! weights file stores.
//!
//! **How it is checked.** For a sequence `t` with last token `q`, largest token `m` and another output `o`, the softmax
//! denominator is positive, so `logit_o < logit_m` if and only if
//!
//! > `F_o(t) = Σ_p x_o(p, t_p) < 0`, with `x_o(p, t) = e^{(EQKE[q, t] + EQKP[q, p]) / √h} · (EUPU[q, o] − EUPU[q, m] + EVOU[t, o] − EVOU[t, m] + PVOU[p, o] − PVOU[p, m])`.
//!
//! The sequences with the same `q ≤ m` are a *cell*; cells are disjoint and cover everything. Of each cell one of these is
//! derived, all of them from upper ends of the `x_o(p, t)` in interval arithmetic:
//!
//! 1. the largest `F_o` of a family of sequences is negative for every `o`, so all of the family is right ([`max_of_k`],
//!    `worst`): families are whole cells, or the sequences with a given number of tokens other than `m`, all in a given set.
//!    This covers every kind of claim but the next two, as each verifier bounds the worst sequence of some family from above;
//! 2. how many sequences of a cell may be wrong, one by one (`enumerate`);
//! 3. how many may be wrong at most, by two ways to count without looking at each (`count`).
//!
//! The certificate only says which of these to try: whatever it says, what is derived is true. What it says of how its own verifier worked is read past.
//!
//! **What is trusted.** This folder, the reader of weights files ([`crate::weights`] and [`Transformer::from_weights`],
//! which also folds biases), SHA-256, serde, the compiler, and IEEE 754. No search, prover, verifier, matrix product,
//! exponential or cost of the rest of the program is used here. Stated FLOPs are not checked. (Decimal numbers of a JSON file
//! are taken to mean the nearest float64.)

mod certificate;
pub mod interval;
mod max_of_k;

use crate::transformer::Transformer;
use crate::weights;
use certificate::{Certificate, Claims};
use max_of_k::Circuits;
use serde::Serialize;
use sha2::{Digest, Sha256};

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
    /// What is known before anything is derived; reasons are that the certificate is not about this model.
    verdict: Verdict,
    claimed: u128,
    derived: u128,
    /// None if there are such reasons.
    claims: Option<(Circuits, Claims)>,
    v: usize,
    /// The next cell `(q, m)`.
    next: (usize, usize),
    work: u64,
}

/// The total of small steps that counting may take, of all cells together, so that no certificate keeps a checker busy for
/// ever: at most some hours. What is not reached is not proven.
const MAX_WORK: u64 = 1 << 40;

impl Checker {
    /// Reads a weights file, whose name is for errors, and a certificate, and compares what the latter says of the model.
    ///
    /// # Errors
    /// If one of them cannot be read.
    pub fn new(file: &str, bytes: &[u8], certificate: &str) -> Result<Self, String> {
        let tensors = weights::read(bytes).map_err(|error| format!("{file}: {error}"))?;
        let model = Transformer::from_weights(&tensors).map_err(|error| format!("{file}: {error}"))?;
        let certificate = Certificate::read(certificate)
            .map_err(|problem| format!("the certificate cannot be read: {}", clipped(&problem)))?;

        let (v, n, outputs) = (model.W_E.nrows(), model.W_pos.nrows(), model.W_U.ncols());
        let sha256: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        let sequences = std::iter::repeat_n(v as u128, n).try_fold(1, u128::checked_mul);
        let total = sequences.map_or_else(|| format!("{v}^{n}"), |sequences| sequences.to_string());
        let correct = clipped(&certificate.correct);
        let theorem = format!(
            "Of the {total} sequences of length {n} over {v} tokens, the one-layer transformer whose weights file has the SHA-256 \
             {sha256} answers at least {correct} with their largest token: in exact real arithmetic, its logit at the last \
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
        compare("tokens", &certificate.v.to_string(), &v.to_string());
        compare("outputs", &outputs.to_string(), &v.to_string());
        compare("context", &certificate.n.to_string(), &n.to_string());
        compare("sequences", &certificate.sequences, &total);
        compare("theorem", &certificate.theorem, &theorem);
        // As Rust prints it: no sign, no zeros in front, and nothing else that the theorem's text could hide in this place.
        let claimed = certificate.correct.parse::<u128>().unwrap_or(0);
        compare("claimed count, a decimal number below 2^128", &certificate.correct, &claimed.to_string());
        if sequences.is_none() {
            reasons.push(format!("{total} sequences are more than can be counted exactly, 2^128"));
        }
        let flops = certificate.flops;
        let claims = reasons.is_empty().then(|| certificate.claims(v, n).map_err(|problem| clipped(&problem)));
        let claims = claims.and_then(|claims| claims.map_err(|problem| reasons.push(problem)).ok());
        Ok(Self {
            verdict: Verdict { theorem, claimed: correct, sequences: total, flops, reasons, ..Verdict::default() },
            claimed,
            derived: 0,
            claims: claims.map(|claims| (Circuits::new(&model), claims)),
            v,
            next: (0, 0),
            work: MAX_WORK,
        })
    }

    /// Checks the next cell; whether there was one.
    pub fn step(&mut self) -> bool {
        let (q, m) = self.next;
        let Some((circuits, claims)) = self.claims.as_ref().filter(|_| m < self.v) else { return false };
        // Cells are disjoint, so this is at most the number of all sequences.
        self.derived += max_of_k::right(circuits, claims, q, m, &mut self.work);
        self.next = if q < m { (q + 1, m) } else { (0, m + 1) };
        true
    }

    /// Cells checked, and all there are.
    #[must_use]
    pub fn cells(&self) -> (usize, usize) {
        let before = |m: usize| m * (m + 1) / 2;
        let all = if self.claims.is_some() { before(self.v) } else { 0 };
        (before(self.next.1) + self.next.0, all)
    }

    /// What came of it, once every cell is checked.
    #[must_use]
    pub fn verdict(&self) -> Option<Verdict> {
        let (checked, cells) = self.cells();
        if checked < cells {
            return None;
        }
        let mut verdict = Verdict { derived: self.derived.to_string(), ..self.verdict.clone() };
        if self.claims.is_some() && self.claimed > self.derived {
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
