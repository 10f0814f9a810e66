//! Superposition: which sparsity penalty makes short proofs?
//!
//! A toy model ([`Toy`], Elhage et al. 2022) puts more features into a hidden vector than it has
//! dimensions. Dictionaries ([`Dictionary`]) are trained to find them again, each with a penalty
//! ([`Penalty`]) that makes its codes sparse. [`measures`] says how well they do and how long a
//! proof from pairs of their latents is; [`proof`] proves what the toy model answers.

mod dictionary;
mod lab;
mod length;
mod maps;
mod measures;
mod penalty;
pub mod proof;
mod settings;
mod tokens;
mod toy;
mod train;

pub use dictionary::{Code, Dictionary};
pub use lab::{Lab, Progress, Stage};
pub use length::{BreakEven, Length, Sizes, literature};
pub use maps::Maps;
pub use measures::{FOUND, MEASURED, Match, Measures, measured_tokens};
pub use penalty::{MAX_PRODUCT, Penalty};
pub use settings::{
    DictionarySettings, Kind, LabSettings, Layer, MAX_DICTIONARIES, MAX_FEATURES, MAX_HIDDEN,
    MAX_LATENTS, MAX_STEPS, SettingError, ToySettings,
};
pub use tokens::{GRID, Token};
pub use toy::{REPRESENTED, Toy, ToyTraining};
pub use train::{DictionaryTraining, Losses};
