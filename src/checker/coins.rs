//! Reads the coins of certificates of bounds that coins give (versions 4 and 5).
//!
//! The checker tosses none: it derives the claimed count itself, for certain. What it accepts does
//! not depend on the coins, nor on the probability that they mislead.

use super::json::Object;

/// Advice for a claimed count that is not derived.
pub(super) const UNTOSSED: &str = "this checker tosses no coins: `compact-proofs check` does";

/// Coins that a certificate says were tossed.
pub(super) struct Coins {
    /// The probability that they mislead, decimal.
    delta: String,
    /// SHA-256 of what was chosen, hexadecimal, as the theorem names it.
    key: String,
    /// The inputs that they chose.
    drawn: u64,
}

impl Coins {
    /// Takes out what version 4 says of its samples. They are not drawn here, nor does it matter
    /// which proof they extend.
    pub(super) fn of_samples(fields: &mut Object, theorem: &str) -> Result<Self, String> {
        fields.text("method")?;
        fields.take::<u64>("right")?;
        fields.optional_text("proof")?;
        Ok(Self { drawn: fields.take("drawn")?, ..Self::of_residual(fields, theorem)? })
    }

    /// Takes out what version 5 says of its coins beside what of the residual they choose; version
    /// 4 says as much.
    pub(super) fn of_residual(fields: &mut Object, theorem: &str) -> Result<Self, String> {
        let certainty = fields.text("certainty")?;
        if certainty != "pac" {
            return Err("`certainty`: expected pac".into());
        }
        let delta = fields.text("delta")?;
        if !delta.parse().is_ok_and(|delta: f64| 0.0 < delta && delta <= 0.5) {
            return Err("`delta`: expected a probability above 0, at most 0.5".into());
        }
        let samples: u64 = fields.take("samples")?;
        fields.text("seed")?;
        Ok(Self { delta, key: key_in(theorem)?, drawn: samples })
    }

    /// The theorem of a certificate of version 4 about a network for `task`.
    pub(super) fn claim_of_samples(
        &self,
        task: &str,
        sha256: &str,
        total: &str,
        correct: &str,
    ) -> String {
        let Self { delta, key, drawn } = self;
        format!(
            "Except with a probability of at most {delta} over coins, here those of ChaCha20 with \
             the key {key}, which choose {drawn} inputs: of the {total} inputs of the task {task}, \
             the network whose weights file has the SHA-256 {sha256} answers at least {correct} \
             right, in exact real arithmetic."
        )
    }

    /// The theorem of a certificate of version 5 about a transformer.
    pub(super) fn claim_of_residual(&self, sha256: &str, total: &str, correct: &str) -> String {
        let Self { delta, key, .. } = self;
        format!(
            "Except with a probability of at most {delta} over coins, here those of ChaCha20 with \
             the key {key}: of the {total} sequences, the one-layer transformer whose weights file \
             has the SHA-256 {sha256} answers at least {correct} with their largest token, in \
             exact real arithmetic."
        )
    }
}

/// The key that a theorem names.
fn key_in(theorem: &str) -> Result<String, String> {
    let after = theorem.split_once("ChaCha20 with the key ").map(|(_, after)| after);
    let key = after.and_then(|after| after.get(..64));
    let is_key = |key: &&str| key.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    key.filter(is_key).map(str::to_owned).ok_or_else(|| "`theorem`: expected the coins' key".into())
}
