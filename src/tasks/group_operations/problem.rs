//! What can be wrong with a file.

use super::TaskError;
use super::group::{NotAGroup, TableError, UnknownGroup};
use crate::models::two_token::NetworkError;
use crate::weights::ReadError;
use thiserror::Error;

/// What can be wrong with a file.
#[derive(Debug, Error)]
pub enum Problem {
    /// The file cannot be read as named tensors.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The tensors are not a network with two tokens.
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// Softmax attention is asked for, and cannot be read.
    #[error("softmax attention needs `blocks.0.attn.W_Q` and `blocks.0.attn.W_K`")]
    NoSoftmax,
    /// A configuration in the file describes another network.
    #[error(
        "the configuration `{place}` in the file says `{field}` = {found}, expected {expected}: the \
         saved network is another function than one layer with ReLU and no layer norm"
    )]
    Config {
        /// The keys that lead to the configuration, joined by dots.
        place: String,
        /// The field's name.
        field: String,
        /// The field's value.
        found: String,
        /// The value that this program accepts.
        expected: &'static str,
    },
    /// The file's Cayley table is not JSON.
    #[error("the metadata's `cayley`, expected rows of whole numbers: {0}")]
    Cayley(String),
    /// The Cayley table, which the file's metadata or someone else gives, is not that of a group.
    #[error("the Cayley table is not the table of a group: {0}")]
    Table(#[from] TableError),
    /// The group has no such name.
    #[error(transparent)]
    Name(#[from] UnknownGroup),
    /// The network does not fit the group.
    #[error(transparent)]
    Task(#[from] TaskError),
    /// No group was found that the network computes.
    #[error(
        "no group was found whose operation the network computes: its own answers are not a group \
         ({why}), and of the groups tried ({tried}) the best, {best}, has {right} of {inputs} \
         inputs right: give its Cayley table (--cayley TABLE, or a file dropped beside it), or name \
         the group (--group), with the elements in its usual order"
    )]
    NoGroup {
        /// Why the network's answers are not a group.
        why: NotAGroup,
        /// The names of the groups tried.
        tried: String,
        /// The most accurate of them.
        best: String,
        /// Inputs that it has right.
        right: usize,
        /// All inputs.
        inputs: usize,
    },
    /// The network computes another group than the one that is named.
    #[error(
        "the network's answers are those of {found}, not of {asked}: no order of the elements of \
         {asked} makes it right"
    )]
    OtherGroup {
        /// The name asked for.
        asked: String,
        /// The name of the group that the network computes.
        found: String,
    },
}
