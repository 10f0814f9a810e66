//! The canonical safetensors file of a network.

use super::load::BIASES;
use super::{AttnScale, Biases, Shape, Transformer};
use crate::weights::to_safetensors;
use serde::Serialize;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The configuration of a network, with TransformerLens' names. It is written in this order.
#[derive(Serialize)]
struct Config {
    n_layers: usize,
    n_heads: usize,
    d_model: usize,
    d_head: usize,
    n_ctx: usize,
    d_vocab: usize,
    d_vocab_out: usize,
    attn_only: bool,
    normalization_type: Option<&'static str>,
    positional_embedding_type: &'static str,
    attention_dir: &'static str,
    #[serde(flatten)]
    scale: Option<Scale>,
}

/// The fields that say that scores are not divided by `√d_head`.
#[derive(Serialize)]
struct Scale {
    use_attn_scale: bool,
    attn_scale: f64,
}

impl Transformer {
    /// Writes the network as a safetensors file in canonical form: equal networks give equal bytes,
    /// whatever files they came from.
    ///
    /// * Names are those of TransformerLens, without prefixes and buffers.
    /// * Biases are stored apart from the weights; all are absent if all are zero.
    /// * Numbers are exact: float32 for a tensor if float32 holds all of it, else float64.
    /// * The metadata's `config` is the configuration.
    ///
    /// Certificates about models that were read from other formats contain the SHA-256 of these
    /// bytes. So the bytes are part of the certificates' format, and every version of this program
    /// must write them alike. Takes at most four times the memory of the model's numbers, eight
    /// bytes each.
    ///
    /// # Panics
    /// If the model is wider than its `d_head` says, but not through [`Biases::fold_into`].
    #[must_use]
    pub fn canonical(&self) -> Vec<u8> {
        let (model, biases) = match Biases::unfold(self) {
            Some((model, biases)) => (Cow::Owned(model), Some(biases)),
            None => {
                assert_eq!(self.shape(), self.stored_shape(), "only biases widen a model");
                (Cow::Borrowed(self), None)
            }
        };
        let mut tensors = model.state_dict();
        if let Some(Biases { b_Q, b_K, b_V, b_O, b_U }) = biases {
            for (name, bias) in BIASES.into_iter().zip([b_Q, b_K, b_V, b_O, b_U]) {
                // Biases of queries, keys and values have a dimension for the one head.
                let heads = (name.contains(".attn.") && !name.ends_with("b_O")).then_some(1);
                tensors
                    .insert(name, (heads.into_iter().chain([bias.len()]).collect(), bias.to_vec()));
            }
        }
        let Shape { v, d, h, n } = model.shape();
        let config = Config {
            n_layers: 1,
            n_heads: 1,
            d_model: d,
            d_head: h,
            n_ctx: n,
            d_vocab: v,
            d_vocab_out: model.W_U.ncols(),
            attn_only: true,
            normalization_type: None,
            positional_embedding_type: "standard",
            attention_dir: "causal",
            scale: match self.attn_scale {
                AttnScale::RootOfDHead => None,
                AttnScale::Number(attn_scale) => Some(Scale { use_attn_scale: true, attn_scale }),
            },
        };
        let config = serde_json::to_string(&config).expect("numbers and words are JSON");
        to_safetensors(&tensors, &BTreeMap::from([("config".to_owned(), config)]))
    }
}
