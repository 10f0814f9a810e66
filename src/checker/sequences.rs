//! The first theorem: about transformers that find the largest of a sequence of tokens.
//!
//! Symbols: `v` tokens, `n` positions; `q` is the last token of a sequence (the query), `m` its
//! largest token, `t` any token, `p` a position, `o` an output other than `m`, `h` the width of the
//! head.
//!
//! **The theorem.** A certificate claims a number of right sequences among all `v^n`. A sequence is
//! right if output `m` has the strictly largest logit at the last position, in exact real
//! arithmetic on the numbers that the weights file stores.
//!
//! **How it is checked.** The denominator of the softmax is positive, so `logit_o < logit_m` for a
//! sequence `t` if and only if
//!
//! > `F_o(t) = Σ_p x_o(p, t_p) < 0`, with `x_o(p, t) = e^{(EQKE[q, t] + EQKP[q, p]) / √h} · g` and
//! > `g = EUPU[q, o] − EUPU[q, m] + EVOU[t, o] − EVOU[t, m] + PVOU[p, o] − PVOU[p, m]`.
//!
//! A *cell* is the set of all sequences with one `q` and one `m ≥ q`. Cells are disjoint and cover
//! all sequences. Interval arithmetic gives an upper end of every `x_o(p, t)`; from these upper
//! ends the checker derives, for each cell, one of three things:
//!
//! 1. all sequences of a family are right, because the largest `F_o` of the family is negative for
//!    every `o` (`worst.rs`). A family is the whole cell, or all sequences with a given number of
//!    tokens other than `m`, each from a given set. This covers every verifier that bounds the
//!    worst sequence of some family, which is all but those that need 2 or 3;
//! 2. at most how many sequences of the cell are wrong, looking at one after the other
//!    (`enumerate.rs`);
//! 3. at most how many are wrong, by one of two ways of counting without looking at each
//!    (`count.rs`).
//!
//! The certificate only says which of these to try. Whatever it says, what is derived is true.
//! Therefore the checker skips what a certificate says about the work of its own verifier, and
//! refuses nothing it says about a cell except what cannot be read.
//!
//! Sums are sums of float64 intervals. If they leave an enumerated sequence undecided, it is
//! evaluated again with about 100 bits (`ball.rs`), for up to 4096 sequences of a cell.
//!
//! **What is true but not proven.** Sequences whose terms cancel to about 100 bits; families in
//! which all weights but one vanish beside another (less than e⁻⁷⁰⁰) although no sequence contains
//! both; whatever lies beyond the limits of work. Exact ties count as wrong.

use super::Verdict;
use super::cell::{Cell, Gains};
use super::certificate::Certificate;
use super::count;
use super::enumerate::{self, Judge};
use super::evidence::Method;
use super::interval::Interval;
use super::json::shown;
use super::model::{Circuits, Model};
use super::weights::File;
use super::worst::{self, Sum};
use sha2::{Digest, Sha256};

/// A certificate being checked against a model, cell by cell.
pub(super) struct Sequences {
    certificate: Certificate,
    /// Tokens and positions.
    v: usize,
    n: usize,
    /// The verdict so far: what is known before any cell is checked, and reasons against the claim.
    verdict: Verdict,
    /// `None` if there is a reason against the claim: then no further cell is checked.
    circuits: Option<Circuits<Interval>>,
    /// The gains of the current `m`.
    gains: Option<Gains>,
    judge: Judge,
    claimed: u128,
    derived: u128,
    /// The next cell to check.
    q: usize,
    m: usize,
    work: Work,
}

/// The number of steps (about a nanosecond each, natively) that a certificate may ask for beyond
/// the steps that its model takes, so that no certificate keeps a checker busy for much longer than
/// a minute. What needs more steps stays unproven.
const MAX_WORK: u64 = 1 << 36;

/// The number of steps that a model may take whatever its certificate says: some minutes. The steps
/// of a model are known before the first one.
const MAX_MODEL_WORK: u64 = 1 << 38;

/// Steps that a model takes: in each cell, the upper ends of all terms for all outputs, about 4
/// steps each, and the attention weights.
fn steps(v: usize, n: usize) -> u64 {
    let terms = |m: usize| (m + 1) * n * (m + 1);
    (4 * v as u64 + 500) * (0..v).map(|m| terms(m) as u64).sum::<u64>()
}

/// The steps left of [`MAX_WORK`].
pub(super) struct Work {
    left: u64,
    ran_out: bool,
}

impl Work {
    /// Takes `steps` off the steps left. If fewer are left, takes none, notes that work
    /// ran out and returns `None`.
    pub(super) fn spend(&mut self, steps: u64) -> Option<()> {
        let left = self.left.checked_sub(steps);
        self.ran_out |= left.is_none();
        self.left = left?;
        Some(())
    }
}

impl Sequences {
    /// See [`Checker::new`](super::Checker::new).
    pub(super) fn new(file: &str, bytes: &[u8], certificate: &str) -> Result<Self, String> {
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
            "Of the {sequences} sequences of length {n} over {v} tokens, the one-layer \
             transformer whose weights file has the SHA-256 {sha256} answers at least {claimed} \
             with their largest token: in exact real arithmetic, its logit at the last position \
             exceeds every other."
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
        let expected = match &certificate.coins {
            None => {
                compare("version of the certificate", &certificate.version.to_string(), "1");
                theorem.clone()
            }
            Some(coins) if certificate.version == 4 => {
                coins.claim_of_samples("max-of-k", &sha256, &sequences, &certificate.correct)
            }
            Some(coins) => coins.claim_of_residual(&sha256, &sequences, &certificate.correct),
        };
        compare("task", &certificate.task, "max-of-k");
        compare("SHA-256 of the weights file", &certificate.sha256, &sha256);
        let [tokens, context] = certificate.sizes.unwrap_or([v, n]);
        compare("tokens", &tokens.to_string(), &v.to_string());
        compare("outputs", &outputs.to_string(), &v.to_string());
        compare("context", &context.to_string(), &n.to_string());
        compare("sequences", &certificate.sequences, &sequences);
        compare("theorem", &certificate.theorem, &expected);
        // Older certificates do not name the network. All of them are about networks whose
        // attention scores are divided by √d_head.
        if let Some(found) =
            certificate.network.as_deref().or(model.has_another_scale().then_some("none"))
        {
            compare("network", found, &network);
        }
        // The number must be written as Rust prints it: no sign, no leading zeros, nothing else.
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
            v,
            n,
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

    /// Checks the next cell. Returns false if there was none left.
    pub(super) fn step(&mut self) -> bool {
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

    /// Adds a reason against the claim and ends the check.
    fn refuse(&mut self, reason: String) {
        self.verdict.reasons.push(reason);
        self.circuits = None;
    }

    /// A lower bound on the number of right sequences of the next cell.
    fn right(&mut self) -> Result<u128, String> {
        let Self { certificate, v, n, circuits, gains, judge, work, q, m, .. } = self;
        let method = certificate.evidence.method(*q, *m, *n)?;
        let Some(circuits) = circuits else { return Ok(0) };
        if *q == 0 {
            *gains = None;
        }
        let cell = Cell::new(circuits, gains.get_or_insert_with(|| Gains::new(circuits, *m)), *q);
        let outputs = (0..*v).filter(|&o| o != cell.m);
        let sums = outputs.map(|o| (o, Sum::new(&cell, |p, t| cell.most(o, p, t))));
        // An output that no sequence of the cell prefers to m is done with.
        let undecided: Vec<_> =
            sums.filter(|(_, sum)| sum.largest(sum.own, 0, !cell.needs_m()) >= 0.0).collect();
        let size = cell.size();
        // With one position, the largest token is the last one: cells with q < m are empty.
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

    /// The number of checked cells, and the number of cells to check in all. They are equal once
    /// the claimed number is derived or there is a reason against the claim.
    pub(super) fn cells(&self) -> (usize, usize) {
        let before = |m: usize| m * (m + 1) / 2;
        let checked = before(self.m) + self.q;
        let is_open = self.circuits.is_some() && self.derived < self.claimed;
        (checked, if is_open { before(self.v) } else { checked })
    }

    /// The verdict, or `None` while there are cells left to check.
    pub(super) fn verdict(&self) -> Option<Verdict> {
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
            if self.certificate.coins.is_some() {
                verdict.reasons.push(super::coins::UNTOSSED.into());
            }
            if self.work.ran_out {
                verdict.reasons.push(format!(
                    "the certificate asks for more than {MAX_WORK} steps: what is beyond counts \
                     as unproven"
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

    /// With a smaller limit of work: reaching the real one takes a minute.
    #[test]
    fn a_certificate_that_asks_for_too_much_is_rejected() {
        let weights = include_bytes!("../../tests/faults/ccheck_hang.safetensors");
        let sequences = 3_u128.pow(64);
        let text = include_str!("../../tests/faults/ccheck_hang.json")
            .replace("answers at least 0", &format!("answers at least {sequences}"));
        let text = text.replace("\"correct\":\"0\"", &format!("\"correct\":\"{sequences}\""));
        let strategy =
            "EUPU-max-diff--attn-drop-average-query-per-output-logit-reasoning--attn-err-svd";
        let mut checker = Sequences::new("hang", weights, &text.replace(strategy, "brute-force"))
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
