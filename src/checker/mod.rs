//! The independent checker: accepts a certificate only if it can itself derive that at least the
//! claimed number of inputs is answered right.
//!
//! There are three theorems: `sequences.rs` derives that about transformers that find the largest
//! of a sequence of tokens (certificates of version 1), `pairs/` that about networks that multiply
//! in a finite group (version 2), [`superposition`] that about tokens of a toy model (version 3).
//! Where coins give a count (versions 4 and 5), the first two derive it for certain.
//!
//! **What is trusted.** This folder, with its own reader of safetensors files (`weights.rs`) and of
//! what a file says of the network (`model.rs`, `config.rs`); the crates serde_json (JSON to texts
//! and numbers), sha2, half (float16 to float32) and ndarray (indices); the compiler; IEEE 754.
//! Nothing else of this program is used: no reader, model, search, prover, verifier, matrix product
//! or exponential. Stated FLOPs are not checked. Where the file does not say which network it
//! belongs to, the user has to know that it is the one that [`Verdict::network`] describes. (A
//! divisor of attention scores from a configuration is a decimal number that was read as a float64;
//! the theorem holds for every number between the two neighbours of that float64, so for both.)

mod ball;
mod cell;
mod certificate;
mod coins;
mod config;
mod count;
mod enumerate;
mod evidence;
pub mod interval;
mod json;
mod model;
mod pairs;
mod sequences;
pub mod superposition;
mod weights;
mod worst;

use json::Object;
use pairs::Pairs;
use sequences::Sequences;
use serde::Serialize;

pub use ball::Ball;
pub use certificate::MAX_BYTES;
pub use weights::MAX_FILE_BYTES;

/// The result of checking a certificate.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Verdict {
    /// Whether the theorem was derived.
    pub accepted: bool,
    /// The theorem, in words, about the given model and the claimed count.
    pub theorem: String,
    /// The network that the theorem is about, in words: what the file says of it, and what is
    /// assumed where the file says nothing.
    pub network: String,
    /// The claimed number of right inputs, decimal.
    pub claimed: String,
    /// The number of right inputs derived here, decimal. Cells are checked only until it reaches
    /// the claimed number.
    pub derived: String,
    /// The number of all inputs, decimal.
    pub sequences: String,
    /// FLOPs of the certificate's own verification, as the certificate states them: not checked,
    /// and no part of the theorem.
    pub flops: f64,
    /// Why the certificate was not accepted: what was found and what was expected.
    pub reasons: Vec<String>,
}

/// A certificate being checked against a network, cell by cell: a part of its inputs each.
///
/// Call [`step`](Self::step) until it returns false, then ask for the [`verdict`](Self::verdict):
///
/// ```
/// use compact_proofs::checker::Checker;
///
/// # fn main() -> Result<(), String> {
/// # let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/faults/lost_zero.safetensors");
/// # let sha256 = "d627a52afbae6186e04d6d252c801b5876e2058507df7e6087bb3a5831100dfa";
/// # let theorem = format!(
/// #     "Of the 36 sequences of length 2 over 6 tokens, the one-layer transformer whose weights \
/// #      file has the SHA-256 {sha256} answers at least 22 with their largest token: in exact \
/// #      real arithmetic, its logit at the last position exceeds every other."
/// # );
/// # let certificate = format!(
/// #     r#"{{"certificate": 1, "task": "max-of-k", "theorem": "{theorem}", "sha256": "{sha256}",
/// #     "v": 6, "n": 2, "strategy": "brute-force", "correct": "22", "sequences": "36",
/// #     "flops": 1e3}}"#
/// # );
/// let weights = std::fs::read(file).map_err(|error| error.to_string())?;
/// let mut checker = Checker::new("model.safetensors", &weights, &certificate)?;
/// while checker.step() {
///     let (checked, cells) = checker.cells();
///     println!("{checked} of {cells} cells");
/// }
/// let verdict = checker.verdict().expect("every cell is checked");
/// assert!(verdict.accepted, "{:?}", verdict.reasons);
/// # Ok(())
/// # }
/// ```
pub struct Checker(Theorem);

/// A claim about one theorem being checked.
enum Theorem {
    Sequences(Box<Sequences>),
    Pairs(Box<Pairs>),
}

impl Checker {
    /// Reads a weights file and a certificate, and compares what the certificate says of the
    /// network with the network. `file` is the name of the weights file in errors.
    ///
    /// A checker takes at most three times the certificate's text in memory, beside the text itself
    /// and the network.
    ///
    /// # Errors
    /// If the file or the certificate cannot be read, or if there are 2¹²⁸ inputs or more.
    pub fn new(file: &str, bytes: &[u8], certificate: &str) -> Result<Self, String> {
        let theorem = match is_about_pairs(certificate) {
            false => Theorem::Sequences(Box::new(Sequences::new(file, bytes, certificate)?)),
            true => Theorem::Pairs(Box::new(Pairs::new(file, bytes, certificate)?)),
        };
        Ok(Self(theorem))
    }

    /// Checks the next cell. Returns false if there was none left.
    pub fn step(&mut self) -> bool {
        match &mut self.0 {
            Theorem::Sequences(checker) => checker.step(),
            Theorem::Pairs(checker) => checker.step(),
        }
    }

    /// The number of checked cells, and the number of cells to check in all. They are equal once
    /// the claimed number is derived or there is a reason against the claim.
    #[must_use]
    pub fn cells(&self) -> (usize, usize) {
        match &self.0 {
            Theorem::Sequences(checker) => checker.cells(),
            Theorem::Pairs(checker) => checker.cells(),
        }
    }

    /// The verdict, or `None` while there are cells left to check.
    #[must_use]
    pub fn verdict(&self) -> Option<Verdict> {
        match &self.0 {
            Theorem::Sequences(checker) => checker.verdict(),
            Theorem::Pairs(checker) => checker.verdict(),
        }
    }
}

/// Whether a text is a certificate about group operations: of version 2, or of version 4 and that
/// task. A text that cannot be read is left to the reader of the others, which says why.
fn is_about_pairs(certificate: &str) -> bool {
    certificate.len() <= MAX_BYTES
        && Object::read(certificate).is_ok_and(|mut fields| match fields.take("certificate") {
            Ok(2) => true,
            Ok(4) => fields.text("task").is_ok_and(|task| task == "group-operations"),
            _ => false,
        })
}
