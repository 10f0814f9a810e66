//! Proofs from what the latents of a crosscoder say of outputs: its second layer.
//!
//! The tables of a layer bound how far the network's outputs are from those that the layer makes of
//! features, and how far these are from what the code says is computed. So the network's outputs
//! are within some `δ` of what the code says, and two of them differ as the code says up to `√2 δ`.

use super::case::{Answer, Case};
use super::exact::{coarse, length_up, root_up, square};
use crate::labs::superposition::Layer;

/// What a layer makes of a token's features.
pub(super) struct Made {
    /// Its outputs.
    pub(super) outputs: Vec<i128>,
    /// An upper bound on the distance from the network's outputs to these, 20 bits after the point.
    pub(super) distance: i128,
}

impl Answer {
    /// The better of this and of what follows from what the code says of outputs, 28 bits after the
    /// point; `made` has `bits` of them.
    pub(super) fn or_said(
        self,
        (case, said): (&Case, &[i64]),
        made: &Made,
        (layer, bits): (Layer, u32),
        flops: &mut u64,
    ) -> Self {
        // Two differences, their squares and sums; the largest but one, and its margin.
        *flops += 6 * said.len() as u64 + said.len() as u64 + 3;
        let off = made.outputs.iter().zip(said);
        let off = off.map(|(y, &x)| coarse((y - (i128::from(x) << (bits - 28))).abs(), bits));
        let distance = made.distance + root_up(off.map(|x| x * x).sum());
        let target = |c: usize| match layer {
            Layer::Relu => case.value(c) << 14,
            Layer::Bilinear => case.value(c) * case.value(c),
        };
        let error = length_up(said.iter().enumerate().map(|(c, x)| x - target(c)));
        let t = case.label;
        let margins = (0..said.len()).filter(|&c| c != t).map(|c| said[t] - said[c]);
        let margin = i128::from(margins.min().unwrap_or(0));
        let is_right = distance << 8 <= margin && margin * margin > 2 * (distance << 8).pow(2);
        let loss = square(coarse(error, 28) + distance);
        Self { is_right: self.is_right || is_right, loss: self.loss.min(loss), distance, ..self }
    }
}
