//! What a file says of its network beside the weights, held against what this program's networks are.
//!
//! A weights file stores numbers, and the same numbers make another function where a network has a layer norm, other positions, a
//! window. Configurations, masks, the names of modules and an MLP say so; what they say is honoured exactly or refused by name and
//! value. What no file says is in [`Transformer::network`](super::Transformer::network).

use super::{AttnScale, ModelError, configuration};
use crate::weights::{Tensor, WeightsFile};

/// The sizes that a file's weights have.
#[derive(Clone, Copy)]
pub(super) struct Sizes {
    pub(super) v: usize,
    pub(super) d: usize,
    pub(super) h: usize,
    pub(super) n: usize,
    pub(super) outputs: usize,
}

/// Buffers of TransformerLens: the last row of the mask is looked at; what stands in for hidden scores is used nowhere, as the last
/// position sees all.
pub(super) const BUFFERS: [&str; 2] = [MASK, "blocks.0.attn.IGNORE"];
const MASK: &str = "blocks.0.attn.mask";

/// Parts of an MLP, which is read where it adds nothing: TransformerLens 4 writes one of zeros for a model without.
pub(super) const MLP: [&str; 5] = [
    "blocks.0.mlp.W_in",
    "blocks.0.mlp.b_in",
    "blocks.0.mlp.W_gate",
    "blocks.0.mlp.W_out",
    "blocks.0.mlp.b_out",
];

/// What attention scores are divided by, by all that the file says of its network.
///
/// # Errors
/// If the file says that its network is another one than this program's.
pub(super) fn attn_scale(weights: &WeightsFile<'_>, sizes: Sizes) -> Result<AttnScale, ModelError> {
    let has_mlp = mlp_of_zeros(weights)?;
    // First what says most.
    let scale = configuration::attn_scale(&weights.configs, sizes, has_mlp)?;
    modules(weights, has_mlp)?;
    masks(weights, sizes)?;
    Ok(scale)
}

/// Whether the file has an MLP, which then must add nothing: whatever its other weights are, `W_out` and `b_out` are zero.
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
    // An MLP whose output is not in the file may add anything.
    if found && (adds || !weights.tensors.contains_key("blocks.0.mlp.W_out")) {
        let mlp =
            weights.tensors.keys().filter(|name| MLP.contains(&name.as_str())).cloned().collect();
        return Err(ModelError::Extra(mlp));
    }
    Ok(found)
}

/// Modules without weights change the function too: `state_dict` names them, and so says whether there is a layer norm.
fn modules(weights: &WeightsFile<'_>, has_mlp: bool) -> Result<(), ModelError> {
    const KNOWN: [&str; 9] = [
        "embed",
        "pos_embed",
        "blocks",
        "blocks.0",
        "blocks.0.attn",
        "unembed",
        // Of a model without layer norm, these do nothing.
        "blocks.0.ln1",
        "blocks.0.ln2",
        "ln_final",
    ];
    /// Points at which steps can be watched that this program's networks do not have.
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
                "the file says that its network has the module `{}` ({what}), and this program's networks do not: the saved network \
                 is another function",
                crate::weights::quoted(name)
            )));
        }
    }
    Ok(())
}

/// The last row of a mask must let every position through; an empty mask says nothing.
fn masks(weights: &WeightsFile<'_>, Sizes { n, .. }: Sizes) -> Result<(), ModelError> {
    let Some(mask) = weights.tensors.get(MASK) else { return Ok(()) };
    if mask.shape().contains(&0) {
        return Ok(());
    }
    let found = || mask.shape().to_vec();
    let is_square =
        mask.shape().iter().rev().take(2).all(|&size| size == n) && mask.shape().len() >= 2;
    if !is_square || mask.shape().iter().rev().skip(2).any(|&size| size != 1) {
        return Err(ModelError::Shape {
            tensor: MASK,
            found: found(),
            expected: format!("[{n}, {n}], or empty"),
        });
    }
    let lets_through = |last: &[Option<f64>]| last.iter().all(|&x| x == Some(1.0));
    match last_row(mask, n) {
        last if lets_through(&last) => Ok(()),
        last => {
            let hidden: Vec<_> =
                (0..n).filter(|&p| last[p] != Some(1.0)).map(|p| p.to_string()).collect();
            Err(ModelError::Claim(format!(
                "`{MASK}` does not let the last position attend to the position{} {} (a local window, say), and this program's \
                 networks attend to all {n}: the saved network is another function",
                if hidden.len() == 1 { "" } else { "s" },
                hidden.join(", ")
            )))
        }
    }
}

/// The last `n` elements.
fn last_row(mask: &Tensor<'_>, n: usize) -> Vec<Option<f64>> {
    let last: Vec<usize> = mask.shape().iter().map(|&size| size - 1).collect();
    let (_, leading) = last.split_last().expect("a mask has two dimensions at least");
    (0..n).map(|p| mask.real(&[leading, &[p]].concat())).collect()
}
