//! Checks what a file says about its network beside the weights.
//!
//! Weights alone do not determine a function: a network may also have a layer norm, other
//! positions, or a window of attention. Configurations, masks, names of modules and the weights of
//! an MLP tell. What they say is honoured exactly, or refused with its name and value. What no file
//! says is assumed, see [`Transformer::network`](super::Transformer::network).

use super::{AttnScale, ModelError, configuration};
use crate::weights::text::quoted;
use crate::weights::{Tensor, WeightsFile};

/// The sizes of a file's weights: those of [`Shape`](super::Shape), and the number of outputs.
#[derive(Clone, Copy)]
pub(super) struct Sizes {
    pub(super) v: usize,
    pub(super) d: usize,
    pub(super) h: usize,
    pub(super) n: usize,
    pub(super) outputs: usize,
}

/// Buffers of TransformerLens. The last row of `mask` is checked. `IGNORE` replaces the scores of
/// hidden positions, and the last position sees all, so it has no effect.
pub(super) const BUFFERS: [&str; 2] = [MASK, "blocks.0.attn.IGNORE"];
const MASK: &str = "blocks.0.attn.mask";

/// Tensors of an MLP. They are accepted if the MLP adds nothing: TransformerLens 4 writes zeros for
/// a model without an MLP.
pub(super) const MLP: [&str; 5] = [
    "blocks.0.mlp.W_in",
    "blocks.0.mlp.b_in",
    "blocks.0.mlp.W_gate",
    "blocks.0.mlp.W_out",
    "blocks.0.mlp.b_out",
];

/// Checks everything that the file says about its network; returns what divides attention scores.
///
/// # Errors
/// If the file says that its network is not one of this program's.
pub(super) fn attn_scale(weights: &WeightsFile<'_>, sizes: Sizes) -> Result<AttnScale, ModelError> {
    let has_mlp = mlp_of_zeros(weights)?;
    // Configurations come first, because their messages say most.
    let scale = configuration::attn_scale(&weights.configs, sizes, has_mlp)?;
    modules(weights, has_mlp)?;
    masks(weights, sizes)?;
    Ok(scale)
}

/// Whether the file has an MLP. It must add nothing: `W_out` and `b_out` must be zero.
fn mlp_of_zeros(weights: &WeightsFile<'_>) -> Result<bool, ModelError> {
    let (mut found, mut adds) = (false, false);
    for name in MLP {
        let Some(tensor) = weights.tensors.get(name) else { continue };
        found = true;
        let values = tensor
            .to_array()
            .map_err(|problem| ModelError::Tensor { tensor: name.into(), problem })?;
        adds |= name.ends_with("_out") && values.iter().any(|&x| x != 0.0);
    }
    // Without `W_out` in the file, the MLP may add anything.
    if found && (adds || !weights.tensors.contains_key("blocks.0.mlp.W_out")) {
        let mlp =
            weights.tensors.keys().filter(|name| MLP.contains(&name.as_str())).cloned().collect();
        return Err(ModelError::Extra(mlp));
    }
    Ok(found)
}

/// Refuses modules that this program's networks do not have. `state_dict` lists modules even
/// without weights, such as a layer norm.
fn modules(weights: &WeightsFile<'_>, has_mlp: bool) -> Result<(), ModelError> {
    const KNOWN: [&str; 9] = [
        "embed",
        "pos_embed",
        "blocks",
        "blocks.0",
        "blocks.0.attn",
        "unembed",
        // In a model without layer norm, these do nothing.
        "blocks.0.ln1",
        "blocks.0.ln2",
        "ln_final",
    ];
    /// Hooks of steps that this program's networks do not have.
    const TELLING: [(&str, &str); 5] = [
        ("hook_scale", "a layer norm, folded into the weights or not"),
        ("hook_normalized", "a layer norm, folded into the weights or not"),
        ("hook_rot_q", "rotary positions"),
        ("hook_rot_k", "rotary positions"),
        ("hook_attn_input", "shortformer positions"),
    ];
    for name in &weights.modules {
        let last = name.rsplit('.').next().unwrap_or_default();
        let told = TELLING.iter().find(|(hook, _)| *hook == last);
        let is_dropout = last.contains("dropout") || last == "drop";
        let is_mlp = has_mlp && name.starts_with("blocks.0.mlp");
        let is_known =
            KNOWN.contains(&name.as_str()) || last.starts_with("hook_") || is_dropout || is_mlp;
        if told.is_some() || !is_known {
            let what = told.map_or("a step of its own", |(_, what)| what);
            return Err(ModelError::Claim(format!(
                "the file says that its network has the module `{}` ({what}), and this program's \
                 networks do not: the saved network is another function",
                quoted(name)
            )));
        }
    }
    Ok(())
}

/// Refuses a mask whose last row hides a position. An empty mask says nothing.
fn masks(weights: &WeightsFile<'_>, Sizes { n, .. }: Sizes) -> Result<(), ModelError> {
    let Some(mask) = weights.tensors.get(MASK) else { return Ok(()) };
    if mask.shape().contains(&0) {
        return Ok(());
    }
    let is_square =
        mask.shape().iter().rev().take(2).all(|&size| size == n) && mask.shape().len() >= 2;
    if !is_square || mask.shape().iter().rev().skip(2).any(|&size| size != 1) {
        return Err(ModelError::Shape {
            tensor: MASK,
            found: mask.shape().to_vec(),
            expected: format!("[{n}, {n}], or empty"),
        });
    }
    let last = last_row(mask, n);
    let hidden: Vec<_> = (0..n).filter(|&p| last[p] != Some(1.0)).map(|p| p.to_string()).collect();
    if hidden.is_empty() {
        return Ok(());
    }
    Err(ModelError::Claim(format!(
        "`{MASK}` does not let the last position attend to the position{} {} (a local window, \
         say), and this program's networks attend to all {n}: the saved network is another \
         function",
        if hidden.len() == 1 { "" } else { "s" },
        hidden.join(", ")
    )))
}

/// The last `n` elements of the mask, `None` for one that is not a number.
fn last_row(mask: &Tensor<'_>, n: usize) -> Vec<Option<f64>> {
    let last: Vec<usize> = mask.shape().iter().map(|&size| size - 1).collect();
    let (_, leading) = last.split_last().expect("a mask has two dimensions at least");
    (0..n).map(|p| mask.real(&[leading, &[p]].concat())).collect()
}
