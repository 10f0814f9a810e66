//! What a file says of its network beside the weights: the fields of configurations, found anywhere in it.
//!
//! A configuration is an object or a dictionary with fields that have a [`Meaning`]. Which values this program can honour,
//! [`Transformer::from_weights`] decides.
//!
//! [`Transformer::from_weights`]: crate::transformer::Transformer::from_weights

use std::collections::BTreeMap;
use std::fmt;

use super::error::quoted;
use super::limits::{MAX_CONFIG_BYTES, MAX_CONFIG_FIELDS};
use super::{ReadError, WeightsFile, within};
use serde_json::Value;

/// A value of a configuration.
#[derive(Clone, Debug, PartialEq)]
pub enum ConfigValue {
    /// Nothing: Python's `None`, JSON's `null`.
    None,
    /// True or false.
    Bool(bool),
    /// A number.
    Number(f64),
    /// A text, its beginning if it is long.
    Text(String),
    /// Anything else, in words.
    Other(String),
}

impl fmt::Display for ConfigValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("None"),
            Self::Bool(true) => f.write_str("True"),
            Self::Bool(false) => f.write_str("False"),
            Self::Number(number) => write!(f, "{number}"),
            Self::Text(text) => write!(f, "'{}'", quoted(text)),
            Self::Other(kind) => f.write_str(kind),
        }
    }
}

/// One configuration: where it lies in the file, and its fields.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// The keys that lead to it, as `model_config` or `hyper_parameters.model`.
    pub place: String,
    /// The class that it was written from, with its module; of a dictionary none.
    pub class: Option<String>,
    /// Whether TransformerLens wrote it: then a field without a known meaning may say that the function is another one.
    pub is_transformer_lens: bool,
    /// Its fields that have a [`Meaning`]; of one that TransformerLens wrote, all.
    pub fields: BTreeMap<String, ConfigValue>,
}

impl Config {
    /// What lies at `place` in the file, if a field of it says something of a network. `fields` gives the names and what makes
    /// their values: only what is kept is made.
    ///
    /// # Errors
    /// If there are more than [`MAX_CONFIG_FIELDS`].
    pub(super) fn of<'n, V: Fn() -> ConfigValue, I: Iterator<Item = (&'n str, V)>>(
        place: &str,
        class: Option<String>,
        fields: impl Fn() -> I,
    ) -> Result<Option<Self>, ReadError> {
        if !fields().any(|(name, _)| meaning(name).is_some()) {
            return Ok(None);
        }
        let written =
            class.as_deref().is_some_and(|class| class.contains("TransformerConfig") || class.contains("BridgeConfig"));
        // What `to_dict` of such a configuration gives.
        let marks = ["n_layers", "d_model", "normalization_type", "use_attn_scale"];
        let is_transformer_lens = written || marks.iter().all(|&mark| fields().any(|(name, _)| name == mark));
        let kept = || fields().filter(|&(name, _)| is_transformer_lens || meaning(name).is_some());
        within("fields of one configuration", kept().count() as u64, MAX_CONFIG_FIELDS)?;
        let fields = kept().map(|(name, value)| (quoted(name), value())).collect();
        Ok(Some(Self { place: quoted(place), is_transformer_lens, class: class.as_deref().map(quoted), fields }))
    }

    /// The configurations in a text, if that is an object of JSON, and not so long that it is something else.
    ///
    /// # Errors
    /// If there are more fields than [`MAX_CONFIG_FIELDS`].
    pub(super) fn of_text(text: &str, place: &str) -> Result<Vec<Self>, ReadError> {
        let is_object = text.len() <= MAX_CONFIG_BYTES && text.trim_start().starts_with('{');
        match serde_json::from_str(text) {
            Ok(object) if is_object => {
                let mut found = Vec::new();
                Self::of_json(&object, place, &mut found)?;
                Ok(found)
            }
            _ => Ok(Vec::new()),
        }
    }

    /// The configurations in a value of JSON, added to `found`.
    fn of_json(value: &Value, place: &str, found: &mut Vec<Self>) -> Result<(), ReadError> {
        let Value::Object(entries) = value else { return Ok(()) };
        let fields = || entries.iter().map(|(name, value)| (name.as_str(), || ConfigValue::of_json(value)));
        found.extend(Self::of(place, None, fields)?);
        within("configurations in a text", found.len() as u64, MAX_CONFIG_FIELDS)?;
        entries.iter().try_for_each(|(name, value)| Self::of_json(value, &format!("{place}.{name}"), found))
    }
}

impl WeightsFile<'_> {
    /// Reads the configuration in the free text beside the tensors, under the key `config`.
    pub(super) fn read_metadata(&mut self) -> Result<(), ReadError> {
        let Some(text) = self.metadata.get("config") else { return Ok(()) };
        within("bytes in the configuration of the metadata", text.len() as u64, MAX_CONFIG_BYTES)?;
        let malformed = |problem: String| ReadError::malformed("`config` in the metadata", problem);
        match serde_json::from_str(text) {
            Ok(object @ Value::Object(_)) => Config::of_json(&object, "metadata.config", &mut self.configs),
            Ok(_) => Err(malformed("expected an object of JSON".into())),
            Err(error) => Err(malformed(format!("expected an object of JSON: {error}"))),
        }
    }
}

impl ConfigValue {
    fn of_json(value: &Value) -> Self {
        match value {
            Value::Null => Self::None,
            &Value::Bool(value) => Self::Bool(value),
            Value::Number(number) => number.as_f64().map_or_else(|| Self::Other("a number".into()), Self::Number),
            Value::String(text) => Self::Text(quoted(text)),
            Value::Array(items) => Self::Other(format!("a list of {} items", items.len())),
            Value::Object(entries) => Self::Other(format!("an object of {} entries", entries.len())),
        }
    }
}

/// What a field says of the function that a network computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// How many there are of something that this program's networks have one of: layers, heads.
    One,
    /// One of the model's sizes.
    Size(Size),
    /// A step of the computation, or a variant of one, that this program's networks do not have: `None`, false and numbers up to
    /// 0 say that there is none.
    Absent,
    /// Something of an MLP, which says nothing where [`Meaning::AttentionOnly`] is true.
    Mlp,
    /// Whether there is no MLP.
    AttentionOnly,
    /// How positions enter: `standard`, added to the residual stream.
    Positions,
    /// Which positions a query sees: `causal`, all up to its own.
    Direction,
    /// Whether a query sees only the positions near it.
    Local,
    /// How near, in positions; says nothing where [`Meaning::Local`] is false.
    Window,
    /// Whether attention scores are divided by anything.
    UseScale,
    /// The number that attention scores are divided by; −1 for `√d_head`.
    Scale,
}

/// A size that weights have, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the field's")]
pub enum Size {
    DModel,
    DHead,
    NCtx,
    DVocab,
    DVocabOut,
}

/// What a field of this name says, whatever configuration it is in: names of TransformerLens, and what training scripts and other
/// libraries call such things; `None` of a field that cannot change what given weights compute.
#[must_use]
pub fn meaning(name: &str) -> Option<Meaning> {
    Some(match name {
        "n_layers" | "n_layer" | "num_layers" | "num_hidden_layers" => Meaning::One,
        "n_heads" | "n_head" | "num_heads" | "num_attention_heads" | "n_key_value_heads" | "num_key_value_heads" => {
            Meaning::One
        }
        "d_model" => Meaning::Size(Size::DModel),
        "d_head" => Meaning::Size(Size::DHead),
        "n_ctx" => Meaning::Size(Size::NCtx),
        "d_vocab" => Meaning::Size(Size::DVocab),
        "d_vocab_out" => Meaning::Size(Size::DVocabOut),
        // Normalisations, of whatever.
        "normalization_type" | "normalization" | "norm_type" | "layer_norm" | "layernorm" | "use_layer_norm"
        | "use_layernorm" | "use_ln" | "use_norm" | "pre_norm" | "post_norm" | "rmsnorm" | "final_rms" | "post_embedding_ln"
        | "use_normalization_before_and_after" | "use_qk_norm" | "clip_qkv" | "use_logn_attn" | "use_attention_sinks"
        // Functions of scores, logits and embeddings.
        | "attn_scores_soft_cap" | "output_logits_soft_cap" | "logit_soft_cap" | "attn_logit_softcapping"
        | "final_logit_softcapping" | "scale_embedding" | "tie_word_embeddings"
        // Weights that are not what they seem.
        | "load_in_4bit" | "quantization_method"
        // Other ways to attend, and to know positions.
        | "parallel_attn_mlp" | "bidirectional" | "alibi" | "rotary" | "use_rope" | "shortformer" | "shortformer_pos"
        | "relative_attention_max_distance" | "relative_attention_num_buckets"
        // Other inputs than tokens.
        | "is_audio_model" | "is_visual_model" | "is_multimodal" => Meaning::Absent,
        "d_mlp" | "mlp_dim" | "use_mlp" | "num_experts" => Meaning::Mlp,
        "attn_only" => Meaning::AttentionOnly,
        "positional_embedding_type" | "position_embedding_type" => Meaning::Positions,
        "attention_dir" => Meaning::Direction,
        "use_local_attn" | "local_attention" => Meaning::Local,
        "window_size" | "sliding_window" => Meaning::Window,
        "use_attn_scale" => Meaning::UseScale,
        "attn_scale" => Meaning::Scale,
        _ => return None,
    })
}
