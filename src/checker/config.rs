//! What a TransformerLens configuration (JSON) beside the weights says of the network: that it is
//! the theorem's, or another one.

use super::json::{Object, shown};

/// Fields, each with the values (as JSON) that the theorem's network has.
const EXPECTED: &[(&str, &[&str])] = &[
    ("n_layers", &["1"]),
    ("n_heads", &["1"]),
    ("n_key_value_heads", &["null", "1"]),
    ("attn_only", &["true"]),
    ("normalization_type", &["null"]),
    ("positional_embedding_type", &["\"standard\""]),
    ("attention_dir", &["\"causal\""]),
    ("attn_types", &["null", "[\"global\"]"]),
    ("attn_scores_soft_cap", &["null", "-1", "-1.0", "0", "0.0"]),
    ("output_logits_soft_cap", &["null", "-1", "-1.0", "0", "0.0"]),
    ("architecture", &["null", "\"TransformerLensNative\""]),
];

/// Fields, separated by spaces, of parts that the theorem's network does not have: they must be
/// `null` or `false`.
const ABSENT: &str = "\
    clip_qkv final_rms is_audio_model is_multimodal is_stateful is_visual_model \
    layer_norm_folding load_in_4bit mm_tokens_per_image parallel_attn_mlp per_layer_head_dim \
    per_layer_num_key_value_heads post_embedding_ln qk_norm_after_rope quantization_method \
    relative_attention_max_distance relative_attention_num_buckets scale_embedding \
    tie_word_embeddings use_attention_sinks use_local_attn use_logn_attn \
    use_normalization_before_and_after use_qk_norm vision_hidden_size vision_num_heads \
    vision_num_layers";

/// Fields, separated by spaces, that change nothing in the theorem's network: how it was made, how
/// it is run, and details of parts it does not have. (Scaling "by inverse layer idx" divides the
/// scores of the first layer by 1; `window_size` belongs to local attention.)
const HARMLESS: &str = "\
    NTK_by_parts_factor NTK_by_parts_high_freq_factor NTK_by_parts_low_freq_factor \
    NTK_original_ctx_len act_fn attn_implementation checkpoint_index checkpoint_label_type \
    checkpoint_value decoder_start_token_id default_padding_side default_prepend_bos device dtype \
    eps experts_per_token from_checkpoint gated_mlp init_mode init_weights initializer_range \
    model_name n_devices n_params norm_topk_prob num_experts original_architecture \
    rmsnorm_uses_offset rotary_adjacent_pairs rotary_base rotary_base_local rotary_dim \
    rotary_interleaved_cos_sin rotary_scaling_factor scale_attn_by_inverse_layer_idx seed \
    split_attention_weights tokenizer_appends_eos tokenizer_name tokenizer_prepends_bos \
    train_seq_length trust_remote_code ungroup_grouped_query_attention use_NTK_by_parts_rope \
    use_attn_in use_attn_result use_dynamic_ntk_rope use_hook_mlp_in use_hook_tokens \
    use_split_qkv_input use_yarn_rope uses_rms_norm window_size yarn_attention_factor \
    yarn_beta_fast yarn_beta_slow yarn_factor yarn_global_attn_only \
    yarn_original_max_position_embeddings yarn_truncate";

/// The number that attention scores are divided by, or `None` for `√d_head`. `v` tokens, width `d`
/// of the residual stream, width `h` of the head, `n` positions and `outputs` are the sizes of the
/// weights, which the configuration must repeat.
///
/// # Errors
/// If the configuration says that the network is another one than the theorem's, or has a field
/// that is unknown here.
pub(super) fn scale(
    config: &str,
    [v, d, h, n, outputs]: [usize; 5],
) -> Result<Option<f64>, String> {
    let config = Object::read(config).map_err(|problem| format!("metadata `config`: {problem}"))?;
    let sizes =
        [("d_vocab", v), ("d_model", d), ("d_head", h), ("n_ctx", n), ("d_vocab_out", outputs)];
    let is_one_of = |names: &[&str], name: &str| names.contains(&name);
    let is_among = |names: &str, name: &str| names.split(' ').any(|other| other == name);
    let (mut scale, mut is_scaled) = (None, true);
    for (name, value) in config.fields() {
        let refused = |expected: &str| {
            Err(format!(
                "the configuration's `{}` is {}, expected {expected}",
                shown(name),
                shown(value)
            ))
        };
        if let Some((_, size)) = sizes.iter().find(|(size, _)| *size == name) {
            // In a size of the vocabulary, −1 means "as other fields say".
            if value != size.to_string() && !(name.starts_with("d_vocab") && value == "-1") {
                return refused(&size.to_string());
            }
        } else if let Some((_, expected)) = EXPECTED.iter().find(|(field, _)| *field == name) {
            if !is_one_of(expected, value) {
                return refused(&expected.join(" or "));
            }
        } else if is_among(ABSENT, name) {
            if !is_one_of(&["null", "false"], value) {
                return refused("null or false");
            }
        } else if name == "d_mlp" {
            // The width of an MLP, which is there unless `attn_only` says otherwise.
            if !is_one_of(&["null", "0"], value)
                && !config.fields().any(|(name, _)| name == "attn_only")
            {
                return refused("null, or `attn_only` beside it");
            }
        } else if name == "use_attn_scale" {
            if !is_one_of(&["true", "false"], value) {
                return refused("true or false");
            }
            // By false, TransformerLens 4 (whose configurations have an `architecture`) means
            // √d_head, and earlier versions mean 1.
            if value == "false" && config.fields().any(|(name, _)| name == "architecture") {
                return refused("true, and the number as `attn_scale`");
            }
            is_scaled = value == "true";
        } else if name == "attn_scale" {
            let (least, most) = (2.0_f64.powi(-32), 2.0_f64.powi(32));
            scale = match value.parse::<f64>() {
                Ok(-1.0) => None,
                Ok(number) if (least..=most).contains(&number) => Some(number),
                _ => return refused("-1, or a number from 2^-32 to 2^32"),
            };
        } else if !is_among(HARMLESS, name) {
            return refused(
                "no field that is unknown here, and may say that the network is another one",
            );
        }
    }
    // The root as Numpy or PyTorch rounds it stands for the exact root.
    let roots = [(h as f64).sqrt(), f64::from((h as f32).sqrt())];
    Ok(if is_scaled { scale } else { Some(1.0) }.filter(|number| !roots.contains(number)))
}
