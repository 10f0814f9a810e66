//! Names of tensors as tools change them, back to what TransformerLens calls them.

use super::WeightsFile;
use super::error::quoted;

/// The keys under which training scripts keep the state dict.
pub(super) const WRAPPERS: [&str; 3] = ["state_dict", "model", "model_state_dict"];

/// The name by which a prefix is told: its end is that of `pos_embed.W_pos` nowhere else.
const EMBEDDING: &str = "embed.W_E";

/// What TransformerLens calls keys and values of grouped attention, which is plain attention where there is one head of each.
const GROUPED: [(&str, &str); 4] = [
    ("blocks.0.attn._W_K", "blocks.0.attn.W_K"),
    ("blocks.0.attn._W_V", "blocks.0.attn.W_V"),
    ("blocks.0.attn._b_K", "blocks.0.attn.b_K"),
    ("blocks.0.attn._b_V", "blocks.0.attn.b_V"),
];

/// Whether a tensor of this name is a weight or a bias of a network, whatever its module is called.
pub(super) fn is_weight(name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or_default();
    let last = last.strip_prefix('_').unwrap_or(last);
    last.starts_with("W_") || last.starts_with("b_") || matches!(last, "weight" | "bias")
}

/// Whether a dictionary or list of this name that holds tensors is a part of a network.
pub(super) fn is_part(name: &str) -> bool {
    const PARTS: [&str; 9] =
        ["adapter", "attn", "bias", "buffer", "delta", "embed", "gate", "lora", "mlp"];
    let name = name.to_ascii_lowercase();
    PARTS.iter().any(|part| name.contains(part))
}

/// Whether what lies under a key of this name is no part of the network: an optimizer's state, or another network's (an average of
/// this one, its teacher, its beginning).
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
    /// Takes a prefix off that all names have (`_orig_mod.`, `module.`, `model.`, one in another), and calls the keys and values of
    /// grouped attention what they are; says so in the notes. Modules outside of the prefix are no part of the network.
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
                "`_W_K`, `_W_V`, `_b_K`, `_b_V` of grouped attention were read as keys and values of one head.".into(),
            );
        }
    }
}
