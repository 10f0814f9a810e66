//! What the list of tasks needs of each of them.

use super::{Brought, ReadAs, Refusal, Sampling};
use crate::weights::WeightsFile;

/// A task in the list [`Kind`](super::Kind). What it has not, it refuses.
pub(super) trait Listed {
    /// Its name in certificates, addresses and on the command line, and the folder of its models.
    const ID: &'static str;

    /// Whether a file's tensors are those of a network of the task. The first task of the list is
    /// not asked: it takes every file that no other one recognises, for its messages say what a
    /// network should look like.
    fn recognises(_weights: &WeightsFile<'_>) -> bool {
        false
    }

    /// Reads a weights file of any format that someone brought; `file` names it in errors.
    ///
    /// # Errors
    /// If the file is damaged, or no network of the task.
    fn brought(file: &str, bytes: &[u8]) -> Result<Box<dyn Brought>, Refusal>;

    /// Reads a file that says how another one is read, see [`Kind::reading`](super::Kind::reading).
    ///
    /// # Errors
    /// If the task has no such files, or this is none.
    fn reading(file: &str, _bytes: &[u8]) -> Result<String, Refusal> {
        Err(Refusal::new(format!("{file}: weights of {} are read in one way", Self::ID)))
    }

    /// Reads a network to sample from, see [`Kind::sampling`](super::Kind::sampling).
    ///
    /// # Errors
    /// If the task samples nothing, or the file is no network of it.
    fn sampling(
        file: &str,
        _bytes: &[u8],
        _read: Option<&dyn ReadAs>,
    ) -> Result<Box<dyn Sampling>, Refusal> {
        Err(Refusal::new(format!("{file}: inputs of {} are not sampled", Self::ID)))
    }
}
