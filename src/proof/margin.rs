use serde::Serialize;

/// Bounds on the least margin of some inputs: of the right logit less the largest wrong one.
/// Infinite where nothing is proven, which is null in JSON.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Margin {
    /// Every input has at least this margin, in logits.
    pub at_least: f64,
    /// Some input has at most this margin, in logits.
    pub at_most: f64,
}

impl Margin {
    /// Nothing is known.
    pub const UNKNOWN: Self = Self { at_least: f64::NEG_INFINITY, at_most: f64::INFINITY };

    /// Bounds on the least margin of all inputs, from those of some and of the others.
    #[must_use]
    pub fn of_both(self, other: Self) -> Self {
        Self {
            at_least: self.at_least.min(other.at_least),
            at_most: self.at_most.min(other.at_most),
        }
    }
}
