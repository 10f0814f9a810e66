//! Names in weights files: what they tell of a tensor, and how TransformerLens calls it.

use super::WeightsFile;
use super::text::quoted;

/// The keys under which training scripts save the state dict.
pub(super) const WRAPPERS: [&str; 3] = ["state_dict", "model", "model_state_dict"];

/// The token embedding: what stands before it in a name is the prefix of all names.
const EMBEDDING: &str = "embed.W_E";

/// TransformerLens' names for keys and values of grouped attention, and those of plain attention.
/// With one head of each, the two are the same function.
const GROUPED: [(&str, &str); 4] = [
    ("blocks.0.attn._W_K", "blocks.0.attn.W_K"),
    ("blocks.0.attn._W_V", "blocks.0.attn.W_V"),
    ("blocks.0.attn._b_K", "blocks.0.attn.b_K"),
    ("blocks.0.attn._b_V", "blocks.0.attn.b_V"),
];

/// Whether `name` is that of a weight or a bias, whatever its module is called.
pub(super) fn is_weight(name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or_default();
    let last = last.strip_prefix('_').unwrap_or(last);
    last.starts_with("W_") || last.starts_with("b_") || matches!(last, "weight" | "bias")
}

/// Whether a dictionary or list of tensors under `name` is part of a network.
pub(super) fn is_part(name: &str) -> bool {
    const PARTS: [&str; 9] =
        ["adapter", "attn", "bias", "buffer", "delta", "embed", "gate", "lora", "mlp"];
    let name = name.to_ascii_lowercase();
    PARTS.iter().any(|part| name.contains(part))
}

/// Whether what lies under the key `name` is not part of the network: an optimizer's state, or
/// another network (an average of this one, its teacher, its initial weights).
pub(super) fn is_other(name: &str) -> bool {
    const OTHERS: [&str; 15] = [
        "average",
        "averaged",
        "avg",
        "best",
        "ema",
        "init",
        "initial",
        "optim",
        "optimizer",
        "scheduler",
        "schedulers",
        "swa",
        "teacher",
        "optimizers",
        "lr",
    ];
    name.to_ascii_lowercase().split(['_', '-', '.']).any(|word| OTHERS.contains(&word))
}

impl WeightsFile<'_> {
    /// Removes a prefix that all names share (`_orig_mod.`, `module.`, `model.`, or several of
    /// them), and renames keys and values of grouped attention; notes what it did. Modules without
    /// the prefix are not part of the network and are dropped.
    pub(super) fn normalise_names(&mut self) {
        let prefix = self
            .tensors
            .keys()
            .find_map(|name| name.strip_suffix(EMBEDDING).filter(|prefix| prefix.ends_with('.')));
        if let Some(prefix) = prefix.map(str::to_owned)
            && self.tensors.keys().all(|name| name.starts_with(&prefix))
        {
            let stripped = |name: &str| name.strip_prefix(&prefix).map(str::to_owned);
            let tensors = std::mem::take(&mut self.tensors);
            self.tensors = tensors
                .into_iter()
                .filter_map(|(name, tensor)| Some((stripped(&name)?, tensor)))
                .collect();
            self.modules = self.modules.iter().filter_map(|name| stripped(name)).collect();
            self.notes.push(format!("The prefix `{}` was taken off all names.", quoted(&prefix)));
        }
        let is_grouped = GROUPED.iter().any(|(grouped, _)| self.tensors.contains_key(*grouped));
        if is_grouped && GROUPED.iter().all(|(_, plain)| !self.tensors.contains_key(*plain)) {
            for (grouped, plain) in GROUPED {
                if let Some(tensor) = self.tensors.remove(grouped) {
                    self.tensors.insert(plain.into(), tensor);
                }
            }
            self.notes.push(
                "`_W_K`, `_W_V`, `_b_K`, `_b_V` of grouped attention were read as keys and values \
                 of one head."
                    .into(),
            );
        }
    }
}
