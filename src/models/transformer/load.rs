//! Named tensors to a model, and back.

use super::claims::{self, BUFFERS, MLP, Sizes};
use super::{AttnScale, Biases, MAX_D, MAX_H, MAX_N, MAX_V, NoAttnScale, Transformer};
use crate::linalg::Matrix;
use crate::weights::text::{self, list};
use crate::weights::{TensorError, WeightsFile};
use ndarray::{Array1, ArrayD, Ix1, Ix2};
use std::collections::BTreeMap;
use thiserror::Error;

/// Tensors that every file must have.
const WEIGHTS: [&str; 7] = [
    "embed.W_E",
    "pos_embed.W_pos",
    "blocks.0.attn.W_Q",
    "blocks.0.attn.W_K",
    "blocks.0.attn.W_V",
    "blocks.0.attn.W_O",
    "unembed.W_U",
];
/// Tensors that a file may have; a missing bias is zero.
pub(super) const BIASES: [&str; 5] = [
    "blocks.0.attn.b_Q",
    "blocks.0.attn.b_K",
    "blocks.0.attn.b_V",
    "blocks.0.attn.b_O",
    "unembed.b_U",
];

/// Why named tensors are not a model that this program can reason about.
#[derive(Debug, Error)]
pub enum ModelError {
    /// A tensor of the model is not in the file.
    #[error(
        "tensor `{tensor}` is missing: expected a TransformerLens state dict of a one-layer \
         attention-only model, found {}{}{}",
        list(found, text::name),
        advice(found),
        notes.iter().map(|note| format!(" ({note})")).collect::<String>()
    )]
    Missing {
        /// The name that TransformerLens gives it.
        tensor: &'static str,
        /// The names of the file's tensors.
        found: Vec<String>,
        /// What the reader did, see [`WeightsFile::notes`].
        notes: Vec<String>,
    },
    /// A module, a mask or several configurations say that the network is another function.
    #[error("{0}")]
    Claim(String),
    /// A field of a configuration says that the network is another function.
    #[error(transparent)]
    Configuration(Box<super::configuration::Contradiction>),
    /// Attention scores are divided by a number that is not accepted.
    #[error(transparent)]
    Scale(#[from] NoAttnScale),
    /// Tensors, named here, that this model does not have. Ignoring them could change the function.
    #[error(
        "tensor{} {} not part of a one-layer, one-head, attention-only transformer without layer \
         norm, and ignoring {} could make the bound wrong",
        if .0.len() == 1 { "" } else { "s" },
        list(.0, text::name) + if .0.len() == 1 { " is" } else { " are" },
        if .0.len() == 1 { "it" } else { "them" }
    )]
    Extra(Vec<String>),
    /// A tensor's shape does not fit the others.
    #[error("tensor `{tensor}` has shape {found:?}, expected {expected}")]
    Shape {
        /// The tensor's name.
        tensor: &'static str,
        /// The tensor's shape.
        found: Vec<usize>,
        /// The shape that the other tensors require.
        expected: String,
    },
    /// A size is out of range.
    #[error("{what} is {found}, expected {least} to {most}")]
    Size {
        /// The size's name.
        what: &'static str,
        /// The size.
        found: usize,
        /// The least size that makes sense.
        least: usize,
        /// The largest size that this program handles.
        most: usize,
    },
    /// A tensor's values cannot be used.
    #[error("tensor `{tensor}`: {problem}")]
    Tensor {
        /// The tensor's name.
        tensor: String,
        /// What is wrong with it.
        problem: TensorError,
    },
    /// A number exceeds the range of float32. With larger numbers, products of seven matrices could
    /// exceed the range of float64.
    #[error(
        "tensor `{tensor}` holds {value:e}, expected magnitudes of at most {:e} (the range of \
         float32)",
        f32::MAX
    )]
    Magnitude {
        /// The tensor's name.
        tensor: &'static str,
        /// The number.
        value: f64,
    },
}

impl Transformer {
    /// Reads the model from a TransformerLens state dict, with or without biases and buffers.
    ///
    /// Takes at most three times the memory of the model's numbers, eight bytes each: for the
    /// model, for the one with biases folded in, and for intermediate results. (`tests/memory.rs`
    /// measures it. The largest model takes 4.3 MB.)
    ///
    /// # Errors
    /// If a tensor is missing, has the wrong shape, holds numbers that are not finite or exceed the
    /// range of float32, or is not part of this model; or if the file says that its network is
    /// another function.
    pub fn from_weights(weights: &WeightsFile<'_>) -> Result<Self, ModelError> {
        Self::from_tensors(weights, &[&WEIGHTS, &BIASES, &BUFFERS, &MLP], |sizes| {
            claims::attn_scale(weights, sizes)
        })
    }

    /// Reads the model from the tensors alone of a file whose claims about its network have been
    /// read before, or that makes none. Attention scores are divided by `attn_scale`, or by
    /// `√d_head` if that is none.
    ///
    /// # Errors
    /// As [`Self::from_weights`]; buffers and MLPs, which are claims, are refused.
    pub fn from_weights_alone(
        weights: &WeightsFile<'_>,
        attn_scale: Option<f64>,
    ) -> Result<Self, ModelError> {
        Self::from_tensors(weights, &[&WEIGHTS, &BIASES], |sizes| match attn_scale {
            None => Ok(AttnScale::RootOfDHead),
            Some(a) => Ok(AttnScale::of_number(a, sizes.h)?),
        })
    }

    fn from_tensors(
        weights: &WeightsFile<'_>,
        known: &[&[&str]],
        attn_scale: impl FnOnce(Sizes) -> Result<AttnScale, ModelError>,
    ) -> Result<Self, ModelError> {
        let found = || weights.tensors.keys().cloned().collect();
        if let Some(tensor) = WEIGHTS.into_iter().find(|&name| !weights.tensors.contains_key(name))
        {
            return Err(ModelError::Missing {
                tensor,
                found: found(),
                notes: weights.notes.clone(),
            });
        }
        let known = |name: &str| known.iter().any(|names| names.contains(&name));
        let extra: Vec<_> = weights.tensors.keys().filter(|name| !known(name)).cloned().collect();
        if !extra.is_empty() {
            return Err(ModelError::Extra(extra));
        }

        let [W_E, W_pos, W_Q, W_K, W_V, W_O, W_U] = WEIGHTS;
        let (v, d) = sizes(weights, W_E, "[v, d]")?;
        let (n, _) = sizes(weights, W_pos, "[n_ctx, d]")?;
        let (_, h) = sizes(weights, W_Q, "[1, d, h] with one head")?;
        let (_, v_out) = sizes(weights, W_U, "[d, v_out]")?;
        for (what, found, least, most) in [
            ("the vocabulary v (rows of embed.W_E)", v, 2, MAX_V),
            ("the residual width d (columns of embed.W_E)", d, 1, MAX_D),
            ("the head width h (columns of blocks.0.attn.W_Q)", h, 1, MAX_H),
            ("the context n_ctx (rows of pos_embed.W_pos)", n, 1, MAX_N),
            ("the number of outputs (columns of unembed.W_U)", v_out, 2, MAX_V),
        ] {
            if !(least..=most).contains(&found) {
                return Err(ModelError::Size { what, found, least, most });
            }
        }

        let attn_scale = attn_scale(Sizes { v, d, h, n, outputs: v_out })?;
        let model = Self {
            W_E: matrix(weights, W_E, v, d)?,
            W_pos: matrix(weights, W_pos, n, d)?,
            W_Q: matrix(weights, W_Q, d, h)?,
            W_K: matrix(weights, W_K, d, h)?,
            W_V: matrix(weights, W_V, d, h)?,
            W_O: matrix(weights, W_O, h, d)?,
            W_U: matrix(weights, W_U, d, v_out)?,
            d_head: h,
            attn_scale,
        };
        let [b_Q, b_K, b_V, b_O, b_U] = BIASES;
        let biases = Biases {
            b_Q: bias(weights, b_Q, h)?,
            b_K: bias(weights, b_K, h)?,
            b_V: bias(weights, b_V, h)?,
            b_O: bias(weights, b_O, d)?,
            b_U: bias(weights, b_U, v_out)?,
        };
        Ok(if biases.are_zero() { model } else { biases.fold_into(&model) })
    }

    /// The model as a TransformerLens state dict: name, shape and row-major values of each tensor.
    /// It has no biases, as they are folded into the weights.
    #[must_use]
    pub fn state_dict(&self) -> BTreeMap<&'static str, (Vec<usize>, Vec<f64>)> {
        let tensors =
            [&self.W_E, &self.W_pos, &self.W_Q, &self.W_K, &self.W_V, &self.W_O, &self.W_U];
        let entry = |(name, matrix): (&'static str, &Matrix<f64>)| {
            let heads = name.contains("attn").then_some(1);
            let shape = heads.into_iter().chain([matrix.nrows(), matrix.ncols()]).collect();
            (name, (shape, matrix.iter().copied().collect()))
        };
        WEIGHTS.into_iter().zip(tensors).map(entry).collect()
    }
}

/// The rows and columns of a weight. Attention weights may have a leading dimension for the one
/// head.
fn sizes(
    weights: &WeightsFile<'_>,
    tensor: &'static str,
    expected: &str,
) -> Result<(usize, usize), ModelError> {
    match *weights.tensors[tensor].shape() {
        [rows, columns] => Ok((rows, columns)),
        [1, rows, columns] if tensor.contains(".attn.") => Ok((rows, columns)),
        ref found => {
            Err(ModelError::Shape { tensor, found: found.to_vec(), expected: expected.into() })
        }
    }
}

/// A weight of `rows` by `columns`; attention weights may have a leading dimension of one head.
fn matrix(
    weights: &WeightsFile<'_>,
    tensor: &'static str,
    rows: usize,
    columns: usize,
) -> Result<Matrix<f64>, ModelError> {
    let heads = if tensor.contains(".attn.") { "1, " } else { "" };
    let expected = format!("[{heads}{rows}, {columns}]");
    if sizes(weights, tensor, &expected)? != (rows, columns) {
        return Err(ModelError::Shape {
            tensor,
            found: weights.tensors[tensor].shape().to_vec(),
            expected,
        });
    }
    let values = values(weights, tensor)?.into_shape_with_order((rows, columns));
    Ok(values.and_then(|m| m.into_dimensionality::<Ix2>()).expect("the shape was checked"))
}

/// A bias of `length`, zero if the file has none. It may have a leading dimension for the one head.
fn bias(
    weights: &WeightsFile<'_>,
    tensor: &'static str,
    length: usize,
) -> Result<Array1<f64>, ModelError> {
    let Some(found) = weights.tensors.get(tensor).map(|t| t.shape()) else {
        return Ok(Array1::zeros(length));
    };
    if found != [length] && found != [1, length] {
        return Err(ModelError::Shape {
            tensor,
            found: found.to_vec(),
            expected: format!("[{length}]"),
        });
    }
    let values = values(weights, tensor)?.into_shape_with_order(length);
    Ok(values.and_then(|b| b.into_dimensionality::<Ix1>()).expect("the shape was checked"))
}

/// The values of a tensor. All must be in the range of float32, so that no product in a circuit
/// overflows float64.
fn values(weights: &WeightsFile<'_>, tensor: &'static str) -> Result<ArrayD<f64>, ModelError> {
    let values = weights.tensors[tensor]
        .to_array()
        .map_err(|problem| ModelError::Tensor { tensor: tensor.into(), problem })?;
    match values.iter().find(|x| x.abs() > f64::from(f32::MAX)) {
        Some(&value) => Err(ModelError::Magnitude { tensor, value }),
        None => Ok(values),
    }
}

/// What to do about names that TransformerLens 1 to 3 do not use; empty if unknown.
fn advice(names: &[String]) -> String {
    let has = |end: &str| names.iter().any(|name| name.ends_with(end));
    let prefixes: Vec<_> = names
        .iter()
        .filter_map(|name| name.strip_suffix("embed.W_E"))
        .filter(|p| p.ends_with('.'))
        .collect();
    if has("blocks.0.attn.q.weight") && has("embed.weight") {
        return ". These are the names of TransformerLens 4, whose state_dict() does not tell how \
                many heads there are: save model.tl_parameters() instead, without `mlp` where it is \
                all zeros"
            .into();
    }
    match prefixes[..] {
        [prefix] => {
            let prefix = text::name(prefix);
            format!(". Only some names have the prefix {prefix}: save the model by itself")
        }
        [first, second, ..] => {
            format!(
                ". There are several models, with the prefixes {} and {}: save one by itself",
                text::name(first),
                text::name(second)
            )
        }
        [] => String::new(),
    }
}
