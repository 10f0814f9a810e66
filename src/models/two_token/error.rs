use super::MAX_MAGNITUDE;
use crate::weights::text::{self, list};
use thiserror::Error;

/// Why named tensors are not a network with two tokens that this program can reason about.
#[derive(Debug, Error)]
pub enum NetworkError {
    /// A tensor is not in the file.
    #[error("tensor `{tensor}` is missing: expected {layout}, found {}", list(found, text::name))]
    Missing {
        /// The tensor's name.
        tensor: String,
        /// What the other tensors look like.
        layout: &'static str,
        /// The names of the file's tensors.
        found: Vec<String>,
    },
    /// Tensors, named here, that such networks do not have. Ignoring them could change the
    /// function.
    #[error(
        "tensors that {layout} does not have: {}. Ignoring them could make the bound wrong: save \
         the network without them if they change nothing",
        list(found, text::name)
    )]
    Extra {
        /// What the other tensors look like.
        layout: &'static str,
        /// The tensors' names.
        found: Vec<String>,
    },
    /// A tensor's shape does not fit the others.
    #[error("tensor `{tensor}` has shape {found:?}, expected {expected}")]
    Shape {
        /// The tensor's name.
        tensor: String,
        /// The tensor's shape.
        found: Vec<usize>,
        /// The shape that the other tensors require.
        expected: String,
    },
    /// An element is not a finite number in the range of float32.
    #[error(
        "tensor `{tensor}` has the element {} at {index:?}; expected a finite number in the \
         range of float32",
        power(*value)
    )]
    Element {
        /// The tensor's name.
        tensor: String,
        /// The element's place.
        index: Vec<usize>,
        /// The element.
        value: f64,
    },
    /// Elements are not floating-point numbers.
    #[error("tensor `{tensor}` has elements of type {dtype}; expected floating-point numbers")]
    NotFloat {
        /// The tensor's name.
        tensor: String,
        /// The type of its elements.
        dtype: String,
    },
    /// The file has fewer instances than the one that is asked for.
    #[error("there is no instance {asked}: the file has {instances}, counted from 0")]
    Instance {
        /// The number asked for.
        asked: usize,
        /// How many there are.
        instances: usize,
    },
    /// A size is out of range.
    #[error("{what}: {found}, expected {least} to {most}")]
    Size {
        /// What is counted.
        what: &'static str,
        /// The size.
        found: usize,
        /// The least size accepted.
        least: usize,
        /// The largest size accepted.
        most: usize,
    },
    /// Parts of a network do not fit each other.
    #[error("the {what} has {found:?} rows and columns, expected {expected:?}")]
    Parts {
        /// The part.
        what: &'static str,
        /// Its rows and columns.
        found: (usize, usize),
        /// What the other parts require.
        expected: (usize, usize),
    },
    /// Multiplied-out weights are too large for proofs.
    #[error(
        "the {what} has sums of magnitude {} when it is multiplied out, expected at most {}",
        power(*largest), power(MAX_MAGNITUDE)
    )]
    Magnitude {
        /// The part.
        what: &'static str,
        /// The largest sum of absolute values.
        largest: f64,
    },
}

/// A large number in words, by its largest power of two: what prints floats takes much code.
fn power(x: f64) -> String {
    let sign = if x < 0.0 { "-" } else { "" };
    match (x.is_nan(), x.is_infinite()) {
        (true, _) => "NaN".into(),
        (_, true) => format!("{sign}inf"),
        _ => format!("{sign}2^{}", (x.abs().to_bits() >> 52) as i32 - 1023),
    }
}
