//! Named tensors to networks: the names of the groups literature, folded or not, and transformers.

use super::decoder::{self, Attention, Vocabulary};
use super::tensors::Tensors;
use super::{Folded, NetworkError, TwoToken, Weights};
use crate::weights::{Tensor, WeightsFile};

/// What the names of the groups literature belong to, for messages.
const LAYOUT: &str = "a network with `embedding_left` and `embedding_right` [instances, n, d], \
                      `linear_left` and `linear_right` [instances, d, m] unless they are \
                      multiplied out, `unembedding` [instances, m, outputs], and `hidden_bias` \
                      and `unembed_bias` if it has them";
const LEFT: &str = "embedding_left";
const RIGHT: &str = "embedding_right";
const MAPS: [&str; 2] = ["linear_left", "linear_right"];
const UNEMBED: &str = "unembedding";
const BIASES: [&str; 2] = ["hidden_bias", "unembed_bias"];

/// A network, and what was assumed of it because no tensor says it.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The network.
    pub network: TwoToken,
    /// How its attention and its tokens were read; `None` where the tensors say all.
    pub assumed: Option<(Attention, Vocabulary)>,
}

/// Whether a file's tensors look like those of a network with two tokens.
#[must_use]
pub fn is_two_token(weights: &WeightsFile<'_>) -> bool {
    [LEFT, RIGHT, UNEMBED].iter().any(|&name| weights.tensors.contains_key(name))
        || decoder::is_decoder(weights)
}

/// How many networks a file holds side by side.
#[must_use]
pub fn instances(weights: &WeightsFile<'_>) -> usize {
    match weights.tensors.get(LEFT).map(Tensor::shape) {
        Some(&[instances, _, _]) => instances,
        _ => 1,
    }
}

/// The networks that a file's tensors can be, one for each way to read them.
///
/// # Errors
/// If the tensors are none of these networks, or the file has no such instance.
pub fn readings(weights: &WeightsFile<'_>, instance: usize) -> Result<Vec<Reading>, NetworkError> {
    let instances = instances(weights);
    if instance >= instances {
        return Err(NetworkError::Instance { asked: instance, instances });
    }
    if decoder::is_decoder(weights) {
        return decoder::readings(weights);
    }
    Ok(vec![Reading { network: of_group_names(weights, instance)?, assumed: None }])
}

fn of_group_names(weights: &WeightsFile<'_>, instance: usize) -> Result<TwoToken, NetworkError> {
    let known = [LEFT, RIGHT, UNEMBED].into_iter().chain(MAPS).chain(BIASES);
    let tensors = Tensors { weights, layout: LAYOUT };
    tensors.refuse_others(&known.collect::<Vec<_>>())?;
    let matrix = |name: &str| tensors.matrix(name, instance).map(Folded::exact);
    let side = |embedding: &str, map: &str| match weights.tensors.contains_key(map) {
        false => matrix(embedding),
        true => {
            let (tokens, weights) = (matrix(embedding)?, matrix(map)?);
            let (d, rows) = (tokens.value.ncols(), weights.value.nrows());
            match rows == d {
                true => Ok(tokens.times(&weights)),
                false => Err(tensors.other_shape(map, format!("[{d}, neurons]"))),
            }
        }
    };
    let unembed = matrix(UNEMBED)?.transposed();
    let (outputs, neurons) = unembed.value.dim();
    let row =
        |name, length| tensors.bias(name, instance, length).map(|row| Folded::exact_row(&row));
    TwoToken::new(Weights {
        left: side(LEFT, MAPS[0])?,
        right: side(RIGHT, MAPS[1])?,
        hidden_bias: row(BIASES[0], neurons)?,
        bias: row(BIASES[1], outputs)?,
        unembed,
        direct: None,
        heads: Vec::new(),
        attention_flops: 0.0,
    })
}
