//! Configurations of the network, found anywhere in a weights file.
//!
//! A configuration is an object or a dictionary with at least one field that has a [`Meaning`].
//! [`Transformer::from_weights`] decides which values of a field are acceptable.
//!
//! [`Transformer::from_weights`]: crate::models::transformer::Transformer::from_weights

use std::collections::BTreeMap;
use std::fmt;

use super::limits::{MAX_CONFIG_BYTES, MAX_CONFIG_FIELDS};
use super::text::quoted;
use super::{ReadError, WeightsFile, within};
use serde_json::Value;

/// The value of a field.
#[derive(Clone, Debug, PartialEq)]
pub enum ConfigValue {
    /// Python's `None`, JSON's `null`.
    None,
    /// A boolean.
    Bool(bool),
    /// A number.
    Number(f64),
    /// A text; only the start of a long one.
    Text(String),
    /// A list of texts.
    Texts(Vec<String>),
    /// Any other value, described in words.
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
            Self::Texts(texts) => {
                write!(
                    f,
                    "[{}]",
                    texts.iter().map(|text| format!("'{text}'")).collect::<Vec<_>>().join(", ")
                )
            }
            Self::Other(kind) => f.write_str(kind),
        }
    }
}

/// A configuration: where it lies in the file, and its fields.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// The keys that lead to it, such as `hyper_parameters.model`.
    pub place: String,
    /// The Python class of the object, with its module; `None` for a dictionary.
    pub class: Option<String>,
    /// Whether TransformerLens wrote it. Then any field, even one without a [`Meaning`], may say
    /// that the network computes another function.
    pub is_transformer_lens: bool,
    /// The fields that have a [`Meaning`]; all fields if TransformerLens wrote the configuration.
    pub fields: BTreeMap<String, ConfigValue>,
}

impl Config {
    /// The configuration at `place` in the file; `None` if no field has a [`Meaning`].
    ///
    /// `fields` gives the name of each field and a closure that makes its value, which is called
    /// only for fields that are kept.
    ///
    /// # Errors
    /// If more than [`MAX_CONFIG_FIELDS`] fields are kept.
    pub(super) fn of<'n, V: Fn() -> ConfigValue, I: Iterator<Item = (&'n str, V)>>(
        place: &str,
        class: Option<String>,
        fields: impl Fn() -> I,
    ) -> Result<Option<Self>, ReadError> {
        if !fields().any(|(name, _)| meaning(name).is_some()) {
            return Ok(None);
        }
        let written = class.as_deref().is_some_and(|class| {
            class.contains("TransformerConfig") || class.contains("BridgeConfig")
        });
        // TransformerLens' `to_dict` writes a dictionary with these fields.
        let marks = ["n_layers", "d_model", "normalization_type", "use_attn_scale"];
        let is_transformer_lens =
            written || marks.iter().all(|&mark| fields().any(|(name, _)| name == mark));
        let kept = || fields().filter(|&(name, _)| is_transformer_lens || meaning(name).is_some());
        within("fields of one configuration", kept().count() as u64, MAX_CONFIG_FIELDS)?;
        let fields = kept().map(|(name, value)| (quoted(name), value())).collect();
        Ok(Some(Self {
            place: quoted(place),
            is_transformer_lens,
            class: class.as_deref().map(quoted),
            fields,
        }))
    }

    /// The configurations in a text. JSON is parsed. In any other text (YAML, or what Python
    /// prints) each field's name before a colon or an equals sign is a field, and the next word its
    /// value.
    ///
    /// # Errors
    /// If there are more than [`MAX_CONFIG_FIELDS`] fields or configurations.
    pub(super) fn of_text(text: &str, place: &str) -> Result<Vec<Self>, ReadError> {
        let mut found = Vec::new();
        let text = text.trim_start_matches('\u{feff}').trim_start();
        let is_json = text.len() <= MAX_CONFIG_BYTES && text.starts_with(['{', '[', '"']);
        match serde_json::from_slice(text.as_bytes()) {
            Ok(value) if is_json => Self::of_json(&value, place, &mut found)?,
            _ => Self::of_words(text, place, &mut found)?,
        }
        Ok(found)
    }

    /// Adds the configurations in a JSON value to `found`.
    fn of_json(value: &Value, place: &str, found: &mut Vec<Self>) -> Result<(), ReadError> {
        match value {
            Value::Object(entries) => {
                let fields = || {
                    entries
                        .iter()
                        .map(|(name, value)| (name.as_str(), || ConfigValue::of_json(value)))
                };
                found.extend(Self::of(place, None, fields)?);
                within("configurations in a text", found.len() as u64, MAX_CONFIG_FIELDS)?;
                entries.iter().try_for_each(|(name, value)| {
                    Self::of_json(value, &format!("{place}.{name}"), found)
                })
            }
            Value::Array(items) => {
                items.iter().try_for_each(|item| Self::of_json(item, place, found))
            }
            Value::String(text) => {
                found.extend(Self::of_text(text, place)?);
                within("configurations in a text", found.len() as u64, MAX_CONFIG_FIELDS)
            }
            _ => Ok(()),
        }
    }

    /// Adds the configurations in a text that is not JSON to `found`. A field's name that comes
    /// again starts a new configuration.
    fn of_words(text: &str, place: &str, found: &mut Vec<Self>) -> Result<(), ReadError> {
        let mut fields = BTreeMap::new();
        let mut rest = text;
        while let Some(start) = rest.find(|c: char| c.is_ascii_alphabetic() || c == '_') {
            let end = rest[start..]
                .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                .unwrap_or(rest.len() - start);
            let name = &rest[start..start + end];
            rest = &rest[start + end..];
            let after = rest.trim_start_matches(['"', '\'', '\\']).trim_start();
            let Some(value) = after.strip_prefix([':', '=']).filter(|_| meaning(name).is_some())
            else {
                continue;
            };
            if fields.contains_key(name) {
                Self::add_words(place, std::mem::take(&mut fields), found)?;
            }
            fields.insert(name, ConfigValue::of_words(value));
        }
        Self::add_words(place, fields, found)
    }

    fn add_words(
        place: &str,
        fields: BTreeMap<&str, ConfigValue>,
        found: &mut Vec<Self>,
    ) -> Result<(), ReadError> {
        found.extend(Self::of(place, None, || {
            fields.iter().map(|(&name, value)| (name, || value.clone()))
        })?);
        within("configurations in a text", found.len() as u64, MAX_CONFIG_FIELDS)
    }
}

impl WeightsFile<'_> {
    /// Reads configurations in the metadata: an object of JSON under `config`, a text under any
    /// other key, and single fields.
    pub(super) fn read_metadata(&mut self) -> Result<(), ReadError> {
        if let Some(text) = self.metadata.get("config") {
            within(
                "bytes in the configuration of the metadata",
                text.len() as u64,
                MAX_CONFIG_BYTES,
            )?;
            let problem = match serde_json::from_slice(text.as_bytes()) {
                Ok(Value::Object(_)) => None,
                Ok(_) => Some(String::new()),
                Err(error) => Some(format!(": {error}")),
            };
            if let Some(problem) = problem {
                let problem = format!("expected an object of JSON{problem}");
                return Err(ReadError::malformed("`config` in the metadata", problem));
            }
        }
        for (key, text) in &self.metadata {
            self.configs.extend(Config::of_text(text, &format!("metadata.{key}"))?);
            within("configurations in the metadata", self.configs.len() as u64, MAX_CONFIG_FIELDS)?;
        }
        let fields = || {
            self.metadata.iter().map(|(name, text)| (name.as_str(), || ConfigValue::of_word(text)))
        };
        self.configs.extend(Config::of("metadata", None, fields)?);
        Ok(())
    }
}

impl ConfigValue {
    /// Parses a literal of JSON or Python; any other word is a text.
    fn of_word(text: &str) -> Self {
        match text {
            "None" => Self::None,
            "True" => Self::Bool(true),
            "False" => Self::Bool(false),
            _ => serde_json::from_slice(text.as_bytes())
                .map_or_else(|_| Self::Text(quoted(text)), |value| Self::of_json(&value)),
        }
    }

    /// The value at the start of a text that is not JSON.
    fn of_words(text: &str) -> Self {
        let text = text.trim_start_matches([' ', '\t', '\\']);
        let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''));
        let word = match quote {
            Some(quote) => text[1..].split([quote, '\\', '\n']).next(),
            None => text.split([',', ';', ')', '}', ']', '\n', '\r']).next().map(str::trim),
        };
        match word.unwrap_or_default() {
            word if quote.is_some() => Self::Text(quoted(word)),
            // YAML's spellings.
            "null" | "~" | "" => Self::None,
            "true" | "yes" | "on" => Self::Bool(true),
            "false" | "no" | "off" => Self::Bool(false),
            word => Self::of_word(word),
        }
    }

    fn of_json(value: &Value) -> Self {
        match value {
            Value::Null => Self::None,
            &Value::Bool(value) => Self::Bool(value),
            Value::Number(number) => {
                number.as_f64().map_or_else(|| Self::Other("a number".into()), Self::Number)
            }
            Value::String(text) => Self::Text(quoted(text)),
            Value::Array(items) => {
                let texts: Option<Vec<_>> =
                    items.iter().map(|item| item.as_str().map(quoted)).collect();
                texts.map_or_else(
                    || Self::Other(format!("a list of {} items", items.len())),
                    Self::Texts,
                )
            }
            Value::Object(entries) => {
                Self::Other(format!("an object of {} entries", entries.len()))
            }
        }
    }
}

/// What a field says about the function that the network computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// A count of layers or heads, of which this program's networks have one.
    One,
    /// A size of the model.
    Size(Size),
    /// A step of the computation, or a variant of a step, that this program's networks do not have.
    /// `None`, false and numbers up to 0 say that it is absent.
    Absent,
    /// The bound to which queries, keys and values are clipped; `None` if they are not.
    Clip,
    /// Whether attention is causal.
    Causal,
    /// A property of an MLP, without meaning where [`Meaning::AttentionOnly`] is true.
    Mlp,
    /// Whether there is no MLP.
    AttentionOnly,
    /// How positions enter: `standard` means added to the residual stream.
    Positions,
    /// Which positions a query sees: `causal` means all up to its own.
    Direction,
    /// Whether a query sees only the positions near it.
    Local,
    /// The number of positions that a local query sees; without meaning where [`Meaning::Local`] is
    /// false.
    Window,
    /// Which layers are local where [`Meaning::Local`] is true: one text for each layer.
    LocalLayers,
    /// Whether attention scores are divided by a number.
    UseScale,
    /// The number that divides attention scores; −1 means `√d_head`.
    Scale,
    /// The kind of network that TransformerLens 4 wraps: `TransformerLensNative` is its own.
    Architecture,
}

/// A size that a configuration gives and the weights show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the field's")]
pub enum Size {
    DModel,
    DHead,
    NCtx,
    DVocab,
    DVocabOut,
}

/// The meaning of the field `name` in any configuration; `None` for a field that cannot change what
/// given weights compute. Knows the names of TransformerLens, of other libraries and of training
/// scripts. Ignores case, and keys with dots before the name.
#[must_use]
pub fn meaning(name: &str) -> Option<Meaning> {
    let name = name.rsplit('.').next().unwrap_or(name).to_ascii_lowercase();
    Some(match &*name {
        "n_layers" | "n_layer" | "nlayers" | "num_layers" | "num_hidden_layers" | "num_blocks"
        | "layers" | "depth" => Meaning::One,
        "n_heads"
        | "n_head"
        | "nhead"
        | "nheads"
        | "num_heads"
        | "num_attention_heads"
        | "n_key_value_heads"
        | "num_key_value_heads"
        | "heads" => Meaning::One,
        "d_model" => Meaning::Size(Size::DModel),
        "d_head" => Meaning::Size(Size::DHead),
        "n_ctx" => Meaning::Size(Size::NCtx),
        "d_vocab" => Meaning::Size(Size::DVocab),
        "d_vocab_out" => Meaning::Size(Size::DVocabOut),
        // Normalisations.
        "normalization_type"
        | "normalization"
        | "norm_type"
        | "layer_norm"
        | "layernorm"
        | "use_layer_norm"
        | "use_layernorm"
        | "use_ln"
        | "ln"
        | "norm_first"
        | "use_norm"
        | "pre_norm"
        | "post_norm"
        | "rmsnorm"
        | "final_rms"
        | "post_embedding_ln"
        | "use_normalization_before_and_after"
        | "use_qk_norm"
        | "use_logn_attn"
        | "use_attention_sinks" => Meaning::Absent,
        // Functions of scores, logits and embeddings.
        "attn_scores_soft_cap"
        | "output_logits_soft_cap"
        | "logit_soft_cap"
        | "attn_logit_softcapping"
        | "final_logit_softcapping"
        | "scale_embedding"
        | "tie_word_embeddings" => Meaning::Absent,
        // Quantised weights.
        "load_in_4bit" | "quantization_method" => Meaning::Absent,
        // Other kinds of attention and of positions.
        "parallel_attn_mlp"
        | "bidirectional"
        | "alibi"
        | "rotary"
        | "use_rope"
        | "rope_theta"
        | "shortformer"
        | "shortformer_pos"
        | "relative_attention_max_distance"
        | "relative_attention_num_buckets" => Meaning::Absent,
        // Inputs other than tokens.
        "is_audio_model" | "is_visual_model" | "is_multimodal" => Meaning::Absent,
        "clip_qkv" => Meaning::Clip,
        "d_mlp" | "mlp_dim" | "dim_feedforward" | "use_mlp" | "num_experts" => Meaning::Mlp,
        "causal" | "is_causal" => Meaning::Causal,
        "attn_only" => Meaning::AttentionOnly,
        "positional_embedding_type" | "position_embedding_type" | "pos_emb" => Meaning::Positions,
        "attention_dir" => Meaning::Direction,
        "use_local_attn" | "local_attention" => Meaning::Local,
        "window_size" | "sliding_window" => Meaning::Window,
        "attn_types" => Meaning::LocalLayers,
        "use_attn_scale" => Meaning::UseScale,
        "attn_scale" => Meaning::Scale,
        "architecture" => Meaning::Architecture,
        _ => return None,
    })
}
