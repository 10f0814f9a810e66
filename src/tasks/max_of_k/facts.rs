use super::subcubic::Subcubic;
use super::{Class, MaxOfK, Strategy};
use crate::tasks::LoadError;
use crate::transformer::{AttnScale, Shape, Transformer};
use crate::weights::{self, Format, ReadError, WeightsFile};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write;

/// Entries of the metadata that say something of the network: a configuration, and its logits.
const CLAIMS: [&str; 2] = ["config", "logits"];

/// What is known of a model's file before anything is proven.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ModelFacts {
    /// The file's name.
    pub file: String,
    /// The file's format.
    pub format: String,
    /// The file's size.
    pub bytes: usize,
    /// The file's SHA-256, hexadecimal.
    pub sha256: String,
    /// The SHA-256 of the same network as a canonical safetensors file, which certificates name; none where the file is
    /// safetensors: then they name the file's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub canonical_sha256: Option<String>,
    /// The sizes that the file stores (proofs see `d` and `h` larger by one where there are biases).
    #[serde(flatten)]
    pub shape: Shape,
    /// `v^n`, decimal.
    pub sequences: String,
    /// Numbers in the weights, zero biases aside.
    pub parameters: usize,
    /// Whether some bias is not zero.
    pub biases: bool,
    /// The number by which attention scores are divided; none where it is `√d_head`.
    pub attn_scale: Option<f64>,
    /// What no file says of its network, and is assumed: see [`Transformer::network`].
    pub network: String,
    /// What its reader did to the file, and what came of comparing the file's own logits, a sentence each.
    pub notes: Vec<String>,
    /// What the file says of itself.
    pub metadata: BTreeMap<String, String>,
    /// What can be proven, and at what cost.
    pub strategies: Vec<StrategyFacts>,
}

/// A strategy and what it would cost on a model.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StrategyFacts {
    strategy: Strategy,
    label: String,
    idea: String,
    family: &'static str,
    /// Strategies of one group share what is searched for: they are best proven one after the other, by one worker.
    group: &'static str,
    /// Whether chunks of one proof may be counted by different workers: what it costs does not depend on what they find.
    divisible: bool,
    class: Class,
    complexity: &'static str,
    parts: Option<Parts>,
    flops: f64,
    unexplained_dimension: f64,
    /// Why it cannot be run, if it cannot.
    refused: Option<String>,
}

/// Short labels of the three choices of a sub-cubic strategy.
#[derive(Clone, Debug, PartialEq, Serialize)]
struct Parts {
    direct: &'static str,
    attention: &'static str,
    error: &'static str,
}

impl MaxOfK {
    /// Reads a model for this task from the bytes of a weights file of any format; `file` names it
    /// in errors.
    ///
    /// # Errors
    /// If the file is damaged, not a model, or not one for this task; also if its network gives
    /// other logits than the file says that it does.
    pub fn load(file: &str, bytes: &[u8]) -> Result<(Self, ModelFacts), LoadError> {
        let mut weights = weights::read(bytes).map_err(|e| LoadError::new(file, e))?;
        let model = Transformer::from_weights(&weights).map_err(|e| LoadError::new(file, e))?;
        let task = Self::new(model).map_err(|e| LoadError::new(file, e))?;
        let compared = task.compare_logits(&weights.metadata);
        weights.notes.extend(compared.map_err(|e| LoadError::new(file, e))?);
        let canonical_sha256 = (weights.format != Format::Safetensors)
            .then(|| sha256(&task.model.canonical()));
        let facts = task.facts(file, bytes, weights, canonical_sha256);
        Ok((task, facts))
    }

    /// Reads a model for this task from the tensors alone of a safetensors file, for a program that
    /// reads no claims: those of the file have been read by [`Self::load`] and came to `attn_scale`,
    /// or it makes none.
    ///
    /// # Errors
    /// If the file is damaged, not a model, or not one for this task; also if it makes claims and
    /// `attn_scale` is none.
    pub fn load_tensors(
        file: &str,
        bytes: &[u8],
        attn_scale: Option<AttnScale>,
    ) -> Result<(Self, ModelFacts), LoadError> {
        let weights = weights::read_safetensors(bytes).map_err(|e| LoadError::new(file, e))?;
        let claim = CLAIMS.into_iter().find(|&key| weights.metadata.contains_key(key));
        if let (None, Some(claim)) = (attn_scale, claim) {
            let found = format!("`{claim}`, which says something of the network");
            let problem = ReadError::unsupported("the metadata", found, "it has to be read first");
            return Err(LoadError::new(file, problem));
        }
        let attn_scale = attn_scale.unwrap_or(AttnScale::RootOfDHead);
        let model = Transformer::from_weights_alone(&weights, attn_scale)
            .map_err(|e| LoadError::new(file, e))?;
        let task = Self::new(model).map_err(|e| LoadError::new(file, e))?;
        let facts = task.facts(file, bytes, weights, None);
        Ok((task, facts))
    }

    fn facts(
        &self,
        file: &str,
        bytes: &[u8],
        weights: WeightsFile<'_>,
        canonical_sha256: Option<String>,
    ) -> ModelFacts {
        let shape = self.model.stored_shape();
        let Shape { v, d, h, n } = shape;
        ModelFacts {
            file: file.into(),
            format: weights.format.to_string(),
            bytes: bytes.len(),
            sha256: sha256(bytes),
            canonical_sha256,
            shape,
            sequences: self.sequences().to_string(),
            parameters: (v + n) * d + 4 * d * h + d * v,
            biases: shape != self.shape(),
            attn_scale: match self.model.attn_scale {
                AttnScale::RootOfDHead => None,
                AttnScale::Number(a) => Some(a),
            },
            network: self.model.network(),
            notes: weights.notes,
            metadata: weights.metadata,
            strategies: Strategy::all().map(|strategy| self.strategy_facts(strategy)).collect(),
        }
    }

    /// What a strategy would cost on this model, and whether it can be run.
    #[must_use]
    pub fn strategy_facts(&self, strategy: Strategy) -> StrategyFacts {
        let (family, group, parts) = match strategy {
            Strategy::BruteForce => ("brute-force", "brute-force", None),
            Strategy::Cubic => ("cubic", "cubic", None),
            Strategy::Additive(_) => ("additive", "additive", None),
            Strategy::Subcubic(Subcubic { direct, attention, error }) => {
                let parts = Parts {
                    direct: direct.label(),
                    attention: attention.label(),
                    error: error.label(),
                };
                ("sub-cubic", error.name(), Some(parts))
            }
        };
        StrategyFacts {
            strategy,
            label: strategy.label(),
            idea: strategy.idea(),
            family,
            group,
            divisible: strategy.is_divisible(),
            class: strategy.class(),
            complexity: strategy.class().complexity(),
            parts,
            flops: strategy.flops(self.shape()),
            unexplained_dimension: strategy.unexplained_dimension(self.shape()),
            refused: self.feasible(strategy).err().map(|e| e.to_string()),
        }
    }
}

impl ModelFacts {
    /// The SHA-256 that certificates about this model are made with.
    #[must_use]
    pub fn certified_sha256(&self) -> &str {
        self.canonical_sha256.as_ref().unwrap_or(&self.sha256)
    }

    /// Each SHA-256 that a certificate about this model may name. The file's own, too, which older certificates name whatever its
    /// format is: it stands for the network just as well.
    #[must_use]
    pub fn sha256s(&self) -> Vec<&str> {
        self.canonical_sha256.iter().chain([&self.sha256]).map(String::as_str).collect()
    }
}

/// The SHA-256 of `bytes` in hexadecimal.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").expect("writing to a string does not fail");
        hex
    })
}
