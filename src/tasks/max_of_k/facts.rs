use super::strategy::about_families;
use super::{Class, MaxOfK, Strategy};
use crate::models::transformer::{AttnScale, Shape, Transformer};
use crate::tasks::{ClassFacts, FamilyFacts, LoadError, StrategyFacts, TaskFacts, sha256};
use crate::weights::{self, Format, ReadError, WeightsFile};
use serde::Serialize;

/// Entries of the metadata that say something of the network: a configuration, and its logits.
const CLAIMS: [&str; 2] = ["config", "logits"];

/// What is known of a model's file before anything is proven.
pub type ModelFacts = TaskFacts<OwnFacts>;

/// What is known of a model beside what is known of any task's.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OwnFacts {
    /// The sizes that the file stores (for proofs, `d` and `h` are larger by one where there are
    /// biases).
    #[serde(flatten)]
    pub shape: Shape,
    /// `v^n`, decimal: what this task calls its [inputs](TaskFacts::inputs).
    pub sequences: String,
    /// Whether some bias is not zero.
    pub biases: bool,
    /// The number by which attention scores are divided; none where it is `√d_head`.
    pub attn_scale: Option<f64>,
}

impl From<Class> for ClassFacts {
    fn from(class: Class) -> Self {
        Self {
            class: class.name(),
            label: class.label(),
            marker: class.marker(),
            role: class.role(),
            complexity: class.complexity(),
        }
    }
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
        let canonical_sha256 =
            (weights.format != Format::Safetensors).then(|| sha256(&task.model.canonical()));
        let facts = task.facts(file, bytes, weights, canonical_sha256);
        Ok((task, facts))
    }

    /// Reads a model for this task from a safetensors file that says nothing of its network beside
    /// its tensors, for a program that reads no claims.
    ///
    /// # Errors
    /// If the file is damaged, not a model, or not one for this task, or if it makes claims.
    pub fn load_plain(file: &str, bytes: &[u8]) -> Result<(Self, ModelFacts), LoadError> {
        Self::with_facts(file, bytes, plain(file, bytes)?, None)
    }

    /// What [`Self::load_plain`] reads, without facts.
    ///
    /// # Errors
    /// As [`Self::load_plain`].
    pub fn plain(file: &str, bytes: &[u8]) -> Result<Self, LoadError> {
        Self::of_weights(file, &plain(file, bytes)?, None)
    }

    /// Reads a model for this task from the tensors of a safetensors file whose claims
    /// [`Self::load`] has read: its attention scores are divided by
    /// [`attn_scale`](OwnFacts::attn_scale).
    ///
    /// # Errors
    /// If the file is damaged, not a model, or not one for this task.
    pub fn load_tensors(
        file: &str,
        bytes: &[u8],
        attn_scale: Option<f64>,
    ) -> Result<(Self, ModelFacts), LoadError> {
        Self::with_facts(file, bytes, tensors(file, bytes)?, attn_scale)
    }

    /// What [`Self::load_tensors`] reads, without facts.
    ///
    /// # Errors
    /// As [`Self::load_tensors`].
    pub fn tensors(file: &str, bytes: &[u8], attn_scale: Option<f64>) -> Result<Self, LoadError> {
        Self::of_weights(file, &tensors(file, bytes)?, attn_scale)
    }

    fn of_weights(
        file: &str,
        weights: &WeightsFile<'_>,
        attn_scale: Option<f64>,
    ) -> Result<Self, LoadError> {
        let model = Transformer::from_weights_alone(weights, attn_scale)
            .map_err(|e| LoadError::new(file, e))?;
        Self::new(model).map_err(|e| LoadError::new(file, e))
    }

    fn with_facts(
        file: &str,
        bytes: &[u8],
        weights: WeightsFile<'_>,
        attn_scale: Option<f64>,
    ) -> Result<(Self, ModelFacts), LoadError> {
        let task = Self::of_weights(file, &weights, attn_scale)?;
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
            inputs: self.sequences().to_string(),
            own: OwnFacts {
                shape,
                sequences: self.sequences().to_string(),
                biases: shape != self.shape(),
                attn_scale: match self.model.attn_scale {
                    AttnScale::RootOfDHead => None,
                    AttnScale::Number(a) => Some(a),
                },
            },
            parameters: (v + n) * d + 4 * d * h + d * v,
            network: self.model.network(),
            notes: weights.notes,
            metadata: weights.metadata,
            baseline_flops: Strategy::BruteForce.flops(self.shape()),
            classes: Class::ALL.map(ClassFacts::from).into(),
            about: about_families(),
            strategies: Strategy::all().map(|strategy| self.strategy_facts(strategy)).collect(),
        }
    }

    /// What a strategy would cost on this model, and whether it can be run.
    #[must_use]
    pub fn strategy_facts(&self, strategy: Strategy) -> StrategyFacts {
        let (implementation, family) = (strategy.implementation(), *strategy.family());
        let class = strategy.class();
        StrategyFacts {
            strategy: strategy.to_string(),
            label: strategy.label(),
            idea: implementation.idea(),
            family,
            group: implementation.group(),
            class: class.name(),
            categories: categories(family, class),
            tags: implementation.tags(),
            flops: strategy.flops(self.shape()),
            unexplained_dimension: strategy.unexplained_dimension(self.shape()),
            visits: family.visits_inputs.then(|| self.sequences.to_string()),
            refused: self.feasible(strategy).err().map(|e| e.to_string()),
        }
    }
}

/// The tensors of a safetensors file.
fn tensors<'a>(file: &str, bytes: &'a [u8]) -> Result<WeightsFile<'a>, LoadError> {
    weights::read_safetensors(bytes).map_err(|e| LoadError::new(file, e))
}

/// The tensors of a safetensors file that says nothing of its network beside them.
fn plain<'a>(file: &str, bytes: &'a [u8]) -> Result<WeightsFile<'a>, LoadError> {
    let weights = tensors(file, bytes)?;
    if let Some(claim) = CLAIMS.into_iter().find(|&key| weights.metadata.contains_key(key)) {
        let found = format!("`{claim}`, which says something of the network");
        let problem = ReadError::unsupported("the metadata", found, "it has to be read first");
        return Err(LoadError::new(file, problem));
    }
    Ok(weights)
}

/// See [`StrategyFacts::categories`].
fn categories(
    FamilyFacts { published, wider, .. }: FamilyFacts,
    class: Class,
) -> Vec<&'static str> {
    let published = published.then_some("Published, all classes");
    published.into_iter().chain(wider).chain([class.label()]).collect()
}
