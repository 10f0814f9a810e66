//! Checks the configurations in a file, field by field, against this program's networks.

use super::claims::Sizes;
use super::{AttnScale, ModelError};
use crate::weights::config::{Config, ConfigValue, Meaning, Size, meaning};
use thiserror::Error;

/// A field of a configuration says that the network is not one of this program's.
#[derive(Debug, Error)]
#[error(
    "{} says `{field}` = {found}, expected {expected}: the saved network is another function than \
     this program's (one layer, one head, attention only, no layer norm), so nothing could be \
     proven of it",
    match &place[..] {
        "" => "the configuration in the file".into(),
        place => format!("the configuration `{place}` in the file"),
    }
)]
pub struct Contradiction {
    /// The keys that lead to the configuration, joined by dots.
    pub place: String,
    /// The field's name.
    pub field: String,
    /// The field's value.
    pub found: String,
    /// The values that this program accepts.
    pub expected: String,
}

/// Fields of TransformerLens' configurations that cannot change what given weights compute, as long
/// as the fields with a [`Meaning`] are accepted.
const HARMLESS: [&str; 47] = [
    "act_fn",
    "attn_implementation",
    "checkpoint_index",
    "checkpoint_label_type",
    "checkpoint_value",
    "decoder_start_token_id",
    "default_padding_side",
    "default_prepend_bos",
    "device",
    "dtype",
    "eps",
    "experts_per_token",
    "from_checkpoint",
    "gated_mlp",
    "init_mode",
    "init_weights",
    "initializer_range",
    "layer_norm_folding",
    "model_name",
    "n_devices",
    "n_params",
    "norm_topk_prob",
    "original_architecture",
    "qk_norm_after_rope",
    "rmsnorm_uses_offset",
    "rope_scaling",
    "rotary_adjacent_pairs",
    "rotary_base",
    "rotary_base_local",
    "rotary_dim",
    "rotary_interleaved_cos_sin",
    "rotary_scaling_factor",
    "scale_attn_by_inverse_layer_idx",
    "seed",
    "split_attention_weights",
    "tokenizer_appends_eos",
    "tokenizer_name",
    "tokenizer_prepends_bos",
    "train_seq_length",
    "trust_remote_code",
    "ungroup_grouped_query_attention",
    "use_attn_in",
    "use_attn_result",
    "use_hook_mlp_in",
    "use_hook_tokens",
    "use_split_qkv_input",
    "uses_rms_norm",
];

/// How the names of further such fields start. They concern only rotary positions.
const HARMLESS_STARTS: [&str; 5] = ["NTK_", "yarn_", "use_NTK_", "use_dynamic_ntk_", "use_yarn_"];

/// Checks all configurations; returns what divides attention scores. `has_mlp` says that the file
/// has an MLP, which adds nothing.
///
/// # Errors
/// If a field is not accepted, or two configurations contradict each other.
pub(super) fn attn_scale(
    configs: &[Config],
    sizes: Sizes,
    has_mlp: bool,
) -> Result<AttnScale, ModelError> {
    let mut said: Option<(AttnScale, &Config)> = None;
    for config in configs {
        let Some(scale) = configured(config, sizes, has_mlp)? else { continue };
        match said {
            Some((other, first)) if other != scale => {
                let divisor = |scale: AttnScale| scale.divisor::<f64>(sizes.h);
                return Err(ModelError::Claim(format!(
                    "the configurations `{}` and `{}` contradict each other: attention scores are \
                     divided by {} and by {}",
                    first.place,
                    config.place,
                    divisor(other),
                    divisor(scale)
                )));
            }
            _ => said = Some((scale, config)),
        }
    }
    Ok(said.map_or(AttnScale::RootOfDHead, |(scale, _)| scale))
}

/// Checks one configuration; returns what divides attention scores, or `None` if no field says so.
fn configured(
    config: &Config,
    sizes: Sizes,
    has_mlp: bool,
) -> Result<Option<AttnScale>, ModelError> {
    let with = |wanted: Meaning| {
        config.fields.iter().find(|(name, _)| meaning(name) == Some(wanted)).map(|(_, value)| value)
    };
    let is_true = |wanted| with(wanted) == Some(&ConfigValue::Bool(true));
    // With local attention in some layers, the one layer may still be global.
    let is_global = match with(Meaning::LocalLayers) {
        Some(ConfigValue::Texts(layers)) => layers.first().is_some_and(|layer| layer == "global"),
        _ => false,
    };
    for (name, value) in &config.fields {
        let refused = |expected: String| {
            let (place, field, found) = (config.place.clone(), name.clone(), value.to_string());
            ModelError::Configuration(Box::new(Contradiction { place, field, found, expected }))
        };
        let exactly = |expected: usize| match *value {
            ConfigValue::None => Ok(()),
            ConfigValue::Number(found) if found == expected as f64 => Ok(()),
            _ => Err(refused(expected.to_string())),
        };
        match meaning(name) {
            // −1 means as many heads as fit into `d_model`.
            Some(Meaning::One)
                if *value == ConfigValue::Number(-1.0)
                    && name == "n_heads"
                    && sizes.d / sizes.h == 1 => {}
            Some(Meaning::One) => exactly(1)?,
            // −1 means not given.
            Some(Meaning::Size(Size::DVocab | Size::DVocabOut))
                if *value == ConfigValue::Number(-1.0) => {}
            Some(Meaning::Size(size)) => exactly(match size {
                Size::DModel => sizes.d,
                Size::DHead => sizes.h,
                Size::NCtx => sizes.n,
                Size::DVocab => sizes.v,
                Size::DVocabOut => sizes.outputs,
            })?,
            Some(Meaning::Absent) if is_off(value) => {}
            Some(Meaning::Absent) => return Err(refused("None".into())),
            Some(Meaning::Clip)
                if matches!(value, ConfigValue::None | ConfigValue::Bool(false)) => {}
            Some(Meaning::Clip) => return Err(refused("None".into())),
            Some(Meaning::Causal) if *value == ConfigValue::Bool(true) => {}
            Some(Meaning::Causal) => return Err(refused("True".into())),
            Some(Meaning::Mlp) if is_off(value) || has_mlp || is_true(Meaning::AttentionOnly) => {}
            Some(Meaning::Mlp) => {
                return Err(refused("None, or the weights of an MLP in the file".into()));
            }
            Some(Meaning::AttentionOnly) if *value == ConfigValue::Bool(true) || has_mlp => {}
            Some(Meaning::AttentionOnly) => return Err(refused("True".into())),
            Some(Meaning::Positions) if is_text(value, &["standard", "absolute", "learned"]) => {}
            Some(Meaning::Positions) => return Err(refused("'standard'".into())),
            Some(Meaning::Direction) if is_text(value, &["causal"]) => {}
            Some(Meaning::Direction) => return Err(refused("'causal'".into())),
            Some(Meaning::Local) if is_off(value) || is_global => {}
            Some(Meaning::Local)
                if with(Meaning::Window).is_some_and(|window| reaches(window, sizes.n)) => {}
            Some(Meaning::Local) => {
                return Err(refused(format!("False, or a window of {} positions", sizes.n)));
            }
            Some(Meaning::LocalLayers) => {}
            Some(Meaning::Architecture)
                if is_off(value) || is_text(value, &["TransformerLensNative"]) => {}
            Some(Meaning::Architecture) => {
                return Err(refused("None or 'TransformerLensNative'".into()));
            }
            Some(Meaning::Window) => {
                let is_local =
                    !is_global && with(Meaning::Local).is_none_or(|local| !is_off(local));
                if is_local && *value != ConfigValue::None && !reaches(value, sizes.n) {
                    return Err(refused(format!("None, or at least {}", sizes.n)));
                }
            }
            Some(Meaning::UseScale | Meaning::Scale) => {}
            None if !config.is_transformer_lens || is_off(value) || is_harmless(name) => {}
            // A dictionary may hold lists and objects that are not fields of the configuration.
            None if config.class.is_none() && matches!(value, ConfigValue::Other(_)) => {}
            None => return Err(refused("None, as this program does not know the field".into())),
        }
    }
    divisor(config, sizes)
}

/// What divides attention scores by the fields of a configuration; `None` if no field says so.
fn divisor(config: &Config, sizes: Sizes) -> Result<Option<AttnScale>, ModelError> {
    let refused = |field: &str, value: &ConfigValue, expected: String| {
        let (place, found) = (config.place.clone(), value.to_string());
        Err(ModelError::Configuration(Box::new(Contradiction {
            place,
            field: field.into(),
            found,
            expected,
        })))
    };
    let with = |wanted: Meaning| {
        config.fields.iter().filter(move |(name, _)| meaning(name) == Some(wanted))
    };
    for wanted in [Meaning::UseScale, Meaning::Scale] {
        if let Some((name, value)) = with(wanted).nth(1) {
            return refused(name, value, "one field of its meaning".into());
        }
    }
    let [used, scale] = [Meaning::UseScale, Meaning::Scale]
        .map(|wanted| with(wanted).next().map(|(_, value)| value));
    let is_bridge = with(Meaning::Architecture).next().is_some() || is_bridge(config);
    match used {
        // False meant no division before version 4 of TransformerLens, and means √d_head since.
        Some(value @ ConfigValue::Bool(false)) if is_bridge => {
            let expected = "True (versions of TransformerLens mean different things by False: \
                            write the number as attn_scale)";
            return refused("use_attn_scale", value, expected.into());
        }
        Some(ConfigValue::Bool(false)) => return Ok(Some(AttnScale::of_number(1.0, sizes.h)?)),
        Some(ConfigValue::Bool(true)) | None => {}
        Some(value) => return refused("use_attn_scale", value, "True or False".into()),
    }
    match scale {
        Some(&ConfigValue::Number(-1.0)) => Ok(Some(AttnScale::RootOfDHead)),
        Some(value @ &ConfigValue::Number(number)) => match AttnScale::of_number(number, sizes.h) {
            Ok(scale) => Ok(Some(scale)),
            Err(error) => refused("attn_scale", value, error.to_string()),
        },
        Some(value) => refused("attn_scale", value, "a number".into()),
        None => Ok(used.map(|_| AttnScale::RootOfDHead)),
    }
}

/// Whether TransformerLens 4 wrote the configuration.
fn is_bridge(config: &Config) -> bool {
    config.class.as_deref().is_some_and(|class| class.contains("Bridge"))
}

/// Whether the value says that what its field is about is absent.
fn is_off(value: &ConfigValue) -> bool {
    match value {
        ConfigValue::None | ConfigValue::Bool(false) => true,
        ConfigValue::Number(number) => *number <= 0.0,
        text => is_text(text, &["", "none", "identity", "false"]),
    }
}

fn is_text(value: &ConfigValue, texts: &[&str]) -> bool {
    match value {
        ConfigValue::Text(text) => texts.iter().any(|other| text.eq_ignore_ascii_case(other)),
        _ => false,
    }
}

/// Whether the window is so wide that the last of `n` positions sees all.
fn reaches(window: &ConfigValue, n: usize) -> bool {
    matches!(window, ConfigValue::Number(window) if *window >= n as f64)
}

fn is_harmless(name: &str) -> bool {
    HARMLESS.contains(&name) || HARMLESS_STARTS.iter().any(|start| name.starts_with(start))
}
