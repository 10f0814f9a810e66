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
//! 1. the largest `F_o` of a family of sequences is negative for every `o`, so all of the family is right (`worst.rs`):
//!    families are whole cells, or the sequences with a given number of tokens other than `m`, all in a given set. This covers
//!    every kind of claim but the next two, as each verifier bounds the worst sequence of some family from above;
//! 2. how many sequences of a cell may be wrong, one by one (`enumerate.rs`);
//! 3. how many may be wrong at most, by two ways to count without looking at each (`count.rs`).
//!
//! The certificate only says which of these to try: whatever it says, what is derived is true. So what it says of how its own
//! verifier worked is read past, and of what it claims of a cell nothing need be refused but what cannot be read.
//!
//! Sums are those of float64 intervals. A sequence that is enumerated and that they leave undecided is looked at again with some
//! 100 bits (`ball.rs`), up to 4096 of a cell.
//!
//! **What is trusted.** This folder, with its own reader of safetensors files (`weights.rs`) and of what they say of the network
//! (`model.rs`, `config.rs`); the crates serde_json (JSON to texts and numbers), sha2, half (float16 to float32) and ndarray
//! (indices); the compiler, and IEEE 754. Nothing of the rest of the program is used here: no reader, model, search, prover,
//! verifier, matrix product or exponential. Stated FLOPs are not checked. That the network is the one that [`Verdict::network`]
//! describes is for the user to know where the file does not say it. (A scale that a configuration gives is any number between the
//! neighbours of the float64 that it is read as, so the decimal number and the float64 both.)
//!
//! **What is not proven of what is true.** Exact ties are wrong. Sequences in which some 100 bits cancel; families of
//! sequences in which all weights but one vanish beside another (less than e⁻⁷⁰⁰) although the two are not in one sequence; and
//! what is beyond the limits of work. `README.md` has the counts.

mod ball;
mod cell;
mod certificate;
mod config;
mod count;
mod enumerate;
mod evidence;
pub mod interval;
mod json;
mod model;
mod weights;
mod worst;

use cell::{Cell, Gains};
use certificate::Certificate;
use enumerate::Judge;
use evidence::Method;
use interval::Interval;
use json::shown;
use model::{Circuits, Model};
use serde::Serialize;
use sha2::{Digest, Sha256};
use weights::File;
use worst::Sum;

pub use ball::Ball;
pub use certificate::MAX_BYTES;
pub use weights::MAX_FILE_BYTES;

/// What came of checking a certificate.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Verdict {
    /// Whether the theorem is true, as far as this program can tell.
    pub accepted: bool,
    /// The theorem, made of the model at hand and the claimed count.
    pub theorem: String,
    /// Which network the theorem is about, in words: what the file says of it, and what is assumed where it says nothing.
    pub network: String,
    /// The claimed count, decimal.
    pub claimed: String,
    /// The count derived here: of an accepted certificate at least the claimed one, as no more cells are looked at then.
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
    /// None if there are reasons before anything is derived.
    circuits: Option<Circuits<Interval>>,
    /// Of the present `m`.
    gains: Option<Gains>,
    judge: Judge,
    claimed: u128,
    derived: u128,
    /// The next cell.
    q: usize,
    m: usize,
    work: Work,
}

/// The total of steps, of about a nanosecond natively, that a certificate may ask for beyond what its model takes, so that none keeps a
/// checker busy for much longer than a minute. What is not reached is not proven.
const MAX_WORK: u64 = 1 << 36;

/// The total of steps that a model may take whatever its certificate says: some minutes. It is known before they begin.
const MAX_MODEL_WORK: u64 = 1 << 38;

/// What a model takes: of each cell the upper ends of the terms of all outputs, some 4 steps each, and the weights.
fn steps(v: usize, n: usize) -> u64 {
    let terms = |m: usize| (m + 1) * n * (m + 1);
    (4 * v as u64 + 500) * (0..v).map(|m| terms(m) as u64).sum::<u64>()
}

/// What is left of [`MAX_WORK`].
struct Work {
    left: u64,
    ran_out: bool,
}

impl Work {
    /// Takes `steps` off what is left; nothing, and says so, if fewer are left.
    fn spend(&mut self, steps: u64) -> Option<()> {
        let left = self.left.checked_sub(steps);
        self.ran_out |= left.is_none();
        self.left = left?;
        Some(())
    }
}

impl Checker {
    /// Reads a weights file, whose name is for errors, and a certificate, and compares what the latter says of the model.
    ///
    /// Checking takes at most three times the certificate's text in memory, beside that and what the model takes.
    ///
    /// # Errors
    /// If one of them cannot be read, or the sequences cannot be counted.
    pub fn new(file: &str, bytes: &[u8], certificate: &str) -> Result<Self, String> {
        let in_file = |problem: String| format!("{file}: {problem}");
        let model = File::read(bytes).and_then(Model::new).map_err(in_file)?;
        let certificate = Certificate::read(certificate)
            .map_err(|problem| format!("the certificate: {problem}"))?;

        let (v, n, outputs) = model.sizes();
        let sha256: String =
            Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        let sequences = std::iter::repeat_n(v as u128, n).try_fold(1, u128::checked_mul);
        let too_many = || in_file(format!("{v}^{n} sequences, expected less than 2^128"));
        let sequences = sequences.ok_or_else(too_many)?.to_string();
        let claimed = certificate.correct.parse::<u128>().unwrap_or(0);
        let network = model.network();
        let theorem = format!(
            "Of the {sequences} sequences of length {n} over {v} tokens, the one-layer transformer whose weights file has the SHA-256 \
             {sha256} answers at least {claimed} with their largest token: in exact real arithmetic, its logit at the last \
             position exceeds every other."
        );
        let mut reasons = Vec::new();
        let mut compare = |what: &str, found: &str, expected: &str| {
            if found != expected {
                reasons.push(format!(
                    "{what}: found {}, expected {}",
                    shown(found),
                    shown(expected)
                ));
            }
        };
        compare("version of the certificate", &certificate.version.to_string(), "1");
        compare("task", &certificate.task, "max-of-k");
        compare("SHA-256 of the weights file", &certificate.sha256, &sha256);
        compare("tokens", &certificate.v.to_string(), &v.to_string());
        compare("outputs", &outputs.to_string(), &v.to_string());
        compare("context", &certificate.n.to_string(), &n.to_string());
        compare("sequences", &certificate.sequences, &sequences);
        compare("theorem", &certificate.theorem, &theorem);
        // Older certificates do not say it, and were all about networks whose scores are divided by the root.
        if let Some(found) =
            certificate.network.as_deref().or(model.has_another_scale().then_some("none"))
        {
            compare("network", found, &network);
        }
        // As Rust prints it: no sign, no zeros in front, and nothing else.
        compare(
            "claimed count, a decimal number below 2^128",
            &certificate.correct,
            &claimed.to_string(),
        );
        if let Some((version, strategy)) = &certificate.proof {
            compare("version of the proof object", &version.to_string(), "1");
            compare("strategy of the proof object", strategy, &certificate.strategy);
        }
        let steps = steps(v, n);
        if steps > MAX_MODEL_WORK {
            reasons.push(format!(
                "{v} tokens at {n} positions take {steps} steps, the limit is {MAX_MODEL_WORK}"
            ));
        }
        let (claim, flops) = (claimed.to_string(), certificate.flops);
        let circuits = reasons.is_empty().then(|| Circuits::new(&model));
        let verdict = Verdict {
            theorem,
            network,
            claimed: claim,
            sequences,
            flops,
            reasons,
            ..Verdict::default()
        };
        let work = Work { left: MAX_WORK, ran_out: false };
        Ok(Self {
            certificate,
            verdict,
            circuits,
            gains: None,
            judge: Judge::new(model),
            claimed,
            derived: 0,
            q: 0,
            m: 0,
            work,
        })
    }

    /// Checks the next cell; whether there was one.
    pub fn step(&mut self) -> bool {
        let (checked, cells) = self.cells();
        if checked < cells {
            match self.right() {
                // Cells are disjoint, so the sum is at most the number of all sequences.
                Ok(right) => self.derived += right,
                Err(problem) => self.refuse(problem),
            }
            (self.q, self.m) = if self.q < self.m { (self.q + 1, self.m) } else { (0, self.m + 1) };
        }
        checked < cells
    }

    /// Ends the check.
    fn refuse(&mut self, reason: String) {
        self.verdict.reasons.push(reason);
        self.circuits = None;
    }

    /// A lower bound on the right sequences of the next cell.
    fn right(&mut self) -> Result<u128, String> {
        let Self { certificate, circuits, gains, judge, work, q, m, .. } = self;
        let method = certificate.evidence.method(*q, *m, certificate.n)?;
        let Some(circuits) = circuits else { return Ok(0) };
        if *q == 0 {
            *gains = None;
        }
        let cell = Cell::new(circuits, gains.get_or_insert_with(|| Gains::new(circuits, *m)), *q);
        let outputs = (0..certificate.v).filter(|&o| o != cell.m);
        let sums = outputs.map(|o| (o, Sum::new(&cell, |p, t| cell.most(o, p, t))));
        // Outputs that no sequence of the cell prefers to m need not be looked at again.
        let undecided: Vec<_> =
            sums.filter(|(_, sum)| sum.largest(sum.own, 0, !cell.needs_m()) >= 0.0).collect();
        let size = cell.size();
        // With one position, the largest token is the last one: other cells are empty.
        if undecided.is_empty() || size == 0 {
            return Ok(size);
        }
        Ok(match &method {
            Method::Leave => 0,
            Method::Split(parts) => worst::right(&cell, &undecided, parts, work),
            Method::Count(count) => {
                size.saturating_sub(count::wrong(&cell, &undecided, count, work))
            }
            Method::Enumerate => {
                size.saturating_sub(enumerate::wrong(&cell, &undecided, judge, work))
            }
        })
    }

    /// Cells checked, and all there are: once enough is derived, or there is a reason against it, no more than are checked.
    #[must_use]
    pub fn cells(&self) -> (usize, usize) {
        let before = |m: usize| m * (m + 1) / 2;
        let checked = before(self.m) + self.q;
        let is_open = self.circuits.is_some() && self.derived < self.claimed;
        (checked, if is_open { before(self.certificate.v) } else { checked })
    }

    /// What came of it, once every cell is checked that need be.
    #[must_use]
    pub fn verdict(&self) -> Option<Verdict> {
        let (checked, cells) = self.cells();
        if checked < cells {
            return None;
        }
        let mut verdict = Verdict { derived: self.derived.to_string(), ..self.verdict.clone() };
        if verdict.reasons.is_empty() && self.claimed > self.derived {
            verdict.reasons.push(format!(
                "right sequences: {} derived, {} claimed",
                self.derived, self.claimed
            ));
            if self.work.ran_out {
                verdict.reasons.push(format!(
                    "the certificate asks for more than {MAX_WORK} steps: what is beyond counts as unproven"
                ));
            }
        }
        verdict.accepted = verdict.reasons.is_empty();
        Some(verdict)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The limit itself takes a minute.
    #[test]
    fn a_certificate_that_asks_for_too_much_is_rejected() {
        let weights = include_bytes!("../../tests/faults/ccheck_hang.safetensors");
        let sequences = 3_u128.pow(64);
        let text = include_str!("../../tests/faults/ccheck_hang.json")
            .replace("answers at least 0", &format!("answers at least {sequences}"));
        let text = text.replace("\"correct\":\"0\"", &format!("\"correct\":\"{sequences}\""));
        let strategy =
            "EUPU-max-diff--attn-drop-average-query-per-output-logit-reasoning--attn-err-svd";
        let mut checker = Checker::new("hang", weights, &text.replace(strategy, "brute-force"))
            .expect("a certificate");
        checker.work.left = 1_000_000;
        while checker.step() {}
        let verdict = checker.verdict().expect("the end");
        assert!(
            !verdict.accepted
                && verdict.reasons[1].starts_with("the certificate asks for more than"),
            "{verdict:?}"
        );
        assert!(verdict.derived != "0" && verdict.reasons.len() == 2, "{verdict:?}");
    }
}
