use super::claims::{self, BUFFERS, MLP, Sizes};
use super::{Biases, MAX_D, MAX_H, MAX_N, MAX_V, NoAttnScale, Transformer};
use crate::linalg::Matrix;
use crate::weights::error::quoted;
use crate::weights::{TensorError, WeightsFile};
use ndarray::{Array1, ArrayD, Ix1, Ix2};
use std::collections::BTreeMap;
use thiserror::Error;

/// Tensors every state dict of the model must have.
const WEIGHTS: [&str; 7] = [
    "embed.W_E",
    "pos_embed.W_pos",
    "blocks.0.attn.W_Q",
    "blocks.0.attn.W_K",
    "blocks.0.attn.W_V",
    "blocks.0.attn.W_O",
    "unembed.W_U",
];
/// Tensors it may have; a missing bias is zero.
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
        "tensor `{tensor}` is missing: expected a TransformerLens state dict of a one-layer attention-only model, found {}{}{}",
        list(found),
        advice(found),
        notes.iter().map(|note| format!(" ({note})")).collect::<String>()
    )]
    Missing {
        /// Its TransformerLens key.
        tensor: &'static str,
        /// The file's tensors.
        found: Vec<String>,
        /// What was done to read the file.
        notes: Vec<String>,
    },
    /// The file says of its network that it is another one.
    #[error("{0}")]
    Claim(String),
    /// A configuration in the file says so.
    #[error(transparent)]
    Configuration(Box<super::configuration::Contradiction>),
    /// Scores are divided by a number that they are not divided by here.
    #[error(transparent)]
    Scale(#[from] NoAttnScale),
    /// A tensor that this model does not have, so that ignoring it could change the function.
    #[error(
        "tensor{} {} not part of a one-layer, one-head, attention-only transformer without layer norm, and ignoring {} could make the bound wrong",
        if .0.len() == 1 { "" } else { "s" }, list(.0) + if .0.len() == 1 { " is" } else { " are" }, if .0.len() == 1 { "it" } else { "them" }
    )]
    Extra(Vec<String>),
    /// A tensor's shape does not fit the others.
    #[error("tensor `{tensor}` has shape {found:?}, expected {expected}")]
    Shape {
        /// Its key.
        tensor: &'static str,
        /// Its shape.
        found: Vec<usize>,
        /// What the other tensors ask for.
        expected: String,
    },
    /// A size beyond what this program handles.
    #[error("{what} is {found}, expected {least} to {most}")]
    Size {
        /// The size's name.
        what: &'static str,
        /// Its value.
        found: usize,
        /// The least that makes sense.
        least: usize,
        /// The limit.
        most: usize,
    },
    /// A tensor's values cannot be used.
    #[error("tensor `{tensor}`: {problem}")]
    Tensor {
        /// Its key.
        tensor: String,
        /// What is wrong with it.
        problem: TensorError,
    },
    /// A number outside the range of float32, where products of seven matrices would leave that of float64.
    #[error(
        "tensor `{tensor}` holds {value:e}, expected magnitudes of at most {:e} (the range of float32)",
        f32::MAX
    )]
    Magnitude {
        /// The tensor's key.
        tensor: &'static str,
        /// The offending entry.
        value: f64,
    },
}

impl Transformer {
    /// The model in named tensors: a TransformerLens state dict, with or without biases and buffers.
    ///
    /// Takes at most three times the model, eight bytes a number: the model, the one that its biases are folded into, and the
    /// products on the way. (`tests/memory.rs` counts; the largest model is [`MAX_V`] by [`MAX_D`] twice, and so on: 4.3 MB.)
    ///
    /// # Errors
    /// If a tensor is missing, has the wrong shape, is not a finite number of float32's range, or is not of this model.
    pub fn from_weights(weights: &WeightsFile<'_>) -> Result<Self, ModelError> {
        let found = || weights.tensors.keys().cloned().collect();
        if let Some(tensor) = WEIGHTS.into_iter().find(|&name| !weights.tensors.contains_key(name))
        {
            return Err(ModelError::Missing {
                tensor,
                found: found(),
                notes: weights.notes.clone(),
            });
        }
        let known = |name: &str| {
            [&WEIGHTS[..], &BIASES, &BUFFERS, &MLP].iter().any(|names| names.contains(&name))
        };
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

        let attn_scale = claims::attn_scale(weights, Sizes { v, d, h, n, outputs: v_out })?;
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

    /// The model as a TransformerLens state dict: key, shape and row-major values of each tensor. Biases are absent: those
    /// of a model that was read with some are in its weights.
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

/// Rows and columns of a weight, a leading dimension of one head aside.
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

/// A bias of `length`, zero if the file has none; attention biases may have a leading dimension of one head.
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

/// A tensor's values, all of float32's range: then no product of the circuits overflows float64.
fn values(weights: &WeightsFile<'_>, tensor: &'static str) -> Result<ArrayD<f64>, ModelError> {
    let values = weights.tensors[tensor]
        .to_array()
        .map_err(|problem| ModelError::Tensor { tensor: tensor.into(), problem })?;
    match values.iter().find(|x| x.abs() > f64::from(f32::MAX)) {
        Some(&value) => Err(ModelError::Magnitude { tensor, value }),
        None => Ok(values),
    }
}

/// What to do about names that are not those of a state dict of TransformerLens 1 to 3.
fn advice(names: &[String]) -> String {
    let has = |end: &str| names.iter().any(|name| name.ends_with(end));
    let prefixes: Vec<_> = names
        .iter()
        .filter_map(|name| name.strip_suffix("embed.W_E"))
        .filter(|p| p.ends_with('.'))
        .collect();
    if has("blocks.0.attn.q.weight") && has("embed.weight") {
        return ". These are the names of TransformerLens 4, whose state_dict() does not tell how many heads there are: save \
                model.tl_parameters() instead, without `mlp` where it is all zeros"
            .into();
    }
    match prefixes[..] {
        [prefix] => {
            format!(". Only some names have the prefix `{prefix}`: save the model by itself")
        }
        [first, second, ..] => {
            format!(
                ". There are several models, with the prefixes `{first}` and `{second}`: save one by itself"
            )
        }
        [] => String::new(),
    }
}

/// Most names that a message lists.
const MAX_NAMES_SHOWN: usize = 8;

/// Some names, and how many more there are.
fn list(names: &[String]) -> String {
    let shown: Vec<_> =
        names.iter().take(MAX_NAMES_SHOWN).map(|name| format!("`{}`", quoted(name))).collect();
    match names.len() {
        0 => "no tensors".into(),
        count if count > MAX_NAMES_SHOWN => {
            format!("{} and {} more", shown.join(", "), count - MAX_NAMES_SHOWN)
        }
        _ => shown.join(", "),
    }
}
