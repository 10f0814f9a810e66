use super::max_of_k;
use crate::models::transformer::ModelError;
use crate::weights::ReadError;
use thiserror::Error;

/// A problem with a file, so that nothing can be proven about it. Each task has its own problems.
#[derive(Debug, Error)]
#[error("{file}: {problem}")]
pub struct LoadError<P = Problem> {
    /// The name by which the user knows the file.
    pub file: String,
    /// What is wrong with it.
    pub problem: Box<P>,
}

/// What can be wrong with the file of a Max-of-K model.
#[derive(Debug, Error)]
pub enum Problem {
    /// The file cannot be read as named tensors.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The tensors are not a model.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// The model does not fit the task.
    #[error(transparent)]
    Task(#[from] max_of_k::TaskError),
    /// The logits that the file gives are not the model's.
    #[error(transparent)]
    Fingerprint(#[from] max_of_k::FingerprintError),
}

impl LoadError {
    /// Adds the name of the file to its problem.
    pub fn new(file: &str, problem: impl Into<Problem>) -> Self {
        Self { file: file.into(), problem: Box::new(problem.into()) }
    }
}
