//! The tasks: what a model should compute, and how that can be proven. One folder each; what tasks share lies beside.

pub mod max_of_k;

use crate::transformer::ModelError;
use crate::weights::ReadError;
use thiserror::Error;

/// Why nothing can be proven about a file, with the file's name.
#[derive(Debug, Error)]
#[error("{file}: {problem}")]
pub struct LoadError {
    /// The file's name, as the user knows it.
    pub file: String,
    /// What is wrong with it.
    pub problem: Box<Problem>,
}

/// What can be wrong with a file.
#[derive(Debug, Error)]
pub enum Problem {
    /// It could not be read as named tensors.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// Its tensors are not a model.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// The model is not one for the task.
    #[error(transparent)]
    Task(#[from] max_of_k::TaskError),
    /// The file says that its network gives other logits.
    #[error(transparent)]
    Fingerprint(#[from] max_of_k::FingerprintError),
}

impl LoadError {
    /// The problem with a file.
    pub fn new(file: &str, problem: impl Into<Problem>) -> Self {
        Self { file: file.into(), problem: Box::new(problem.into()) }
    }
}
