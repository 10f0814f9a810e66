use serde::{Deserialize, Serialize};

/// How certain a bound is. Figures and tables give each kind a mark of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Certainty {
    /// It holds.
    #[default]
    Proof,
    /// It holds with a probability of at least `1 − δ` over the coins of whoever checks it.
    Pac,
    /// Nothing guarantees it: it is on no frontier.
    Estimate,
}
