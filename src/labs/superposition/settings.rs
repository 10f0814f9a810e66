use super::Penalty;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The layer after the hidden vector `z = Σ f_i W_i`, with one output for each feature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Layer {
    /// `y_i = ReLU(W_i · z + b_i)`, which should be `f_i` (Elhage et al. 2022).
    Relu,
    /// `y_i = (u_i · z) (v_i · z)`, which should be `f_i²`.
    Bilinear,
}

/// What a toy model of superposition is like and how it is trained.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ToySettings {
    /// The layer after the hidden vector.
    pub layer: Layer,
    /// Features of a token, and outputs.
    pub features: usize,
    /// Dimensions of the hidden vector.
    pub hidden: usize,
    /// The probability that a feature is active. Tokens without active feature are left out.
    pub probability: f64,
    /// Feature `i` weighs `importance^i` in the loss.
    pub importance: f64,
    /// Optimizer steps.
    pub steps: u32,
    /// Seed of initial weights and tokens.
    pub seed: u32,
}

/// What a dictionary reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// The hidden vector.
    Autoencoder,
    /// The hidden vector and the outputs, stacked: the encoder reads both layers, the decoder
    /// writes both.
    Crosscoder,
    /// The hidden vector, which each of several prefixes of the dictionary reconstructs.
    Matryoshka,
}

impl Kind {
    /// The kind's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Autoencoder => "autoencoder",
            Self::Crosscoder => "crosscoder",
            Self::Matryoshka => "matryoshka",
        }
    }
}

/// What a dictionary is like and how it is trained.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DictionarySettings {
    /// What the dictionary reads.
    pub kind: Kind,
    /// What makes codes sparse.
    pub penalty: Penalty,
    /// The penalty's weight beside the squared error.
    pub lambda: f64,
    /// `s` of `log1p` and `prod1p`, `c` of `tanh`.
    pub scale: f64,
    /// How many latents `top-k` keeps.
    pub k: usize,
    /// Latents.
    pub latents: usize,
    /// Optimizer steps.
    pub steps: u32,
    /// Seed of initial weights and tokens.
    pub seed: u32,
}

/// A toy model and the dictionaries that are trained on its activations.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LabSettings {
    /// The toy model.
    pub toy: ToySettings,
    /// Its dictionaries.
    pub dictionaries: Vec<DictionarySettings>,
}

/// A setting out of its range.
#[derive(Clone, Debug, PartialEq, Error)]
#[error("`{setting}` is {found}, expected a number from {least} to {most}")]
pub struct SettingError {
    /// The setting's name.
    pub setting: &'static str,
    /// Its value.
    pub found: f64,
    /// The least value allowed.
    pub least: f64,
    /// The greatest value allowed.
    pub most: f64,
}

/// Most features of a token.
pub const MAX_FEATURES: usize = 128;
/// Most dimensions of a hidden vector.
pub const MAX_HIDDEN: usize = 32;
/// Most latents of a dictionary.
pub const MAX_LATENTS: usize = 256;
/// Most dictionaries of a lab.
pub const MAX_DICTIONARIES: usize = 64;
/// Most optimizer steps of one part.
pub const MAX_STEPS: u32 = 100_000;

fn within(setting: &'static str, found: f64, least: f64, most: f64) -> Result<(), SettingError> {
    match (least..=most).contains(&found) {
        true => Ok(()),
        false => Err(SettingError { setting, found, least, most }),
    }
}

impl ToySettings {
    /// Says whether each setting is within its range.
    ///
    /// # Errors
    /// If one is not.
    pub fn check(&self) -> Result<(), SettingError> {
        within("features", self.features as f64, 2.0, MAX_FEATURES as f64)?;
        within("hidden", self.hidden as f64, 1.0, MAX_HIDDEN.min(self.features) as f64)?;
        within("probability", self.probability, 0.001, 1.0)?;
        within("importance", self.importance, 0.5, 1.0)?;
        within("steps", f64::from(self.steps), 1.0, f64::from(MAX_STEPS))
    }
}

impl DictionarySettings {
    /// Says whether each setting is within its range.
    ///
    /// # Errors
    /// If one is not.
    pub fn check(&self) -> Result<(), SettingError> {
        within("latents", self.latents as f64, 1.0, MAX_LATENTS as f64)?;
        within("lambda", self.lambda, 0.0, 1e3)?;
        within("scale", self.scale, 1e-3, 1e3)?;
        if self.penalty == Penalty::TopK {
            within("k", self.k as f64, 1.0, self.latents as f64)?;
        }
        within("steps", f64::from(self.steps), 1.0, f64::from(MAX_STEPS))
    }

    /// The sizes of the parts of the dictionary that each reconstruct alone, ascending; the last is
    /// the whole.
    #[must_use]
    pub fn prefixes(&self) -> Vec<usize> {
        let all = self.latents;
        let mut sizes = match self.kind {
            Kind::Matryoshka => vec![all / 8, all / 4, all / 2, all],
            Kind::Autoencoder | Kind::Crosscoder => vec![all],
        };
        sizes.retain(|&size| size > 0);
        sizes.dedup();
        sizes
    }
}

impl LabSettings {
    /// Says whether each setting is within its range.
    ///
    /// # Errors
    /// If one is not.
    pub fn check(&self) -> Result<(), SettingError> {
        self.toy.check()?;
        let count = self.dictionaries.len() as f64;
        within("dictionaries", count, 1.0, MAX_DICTIONARIES as f64)?;
        self.dictionaries.iter().try_for_each(DictionarySettings::check)
    }
}
