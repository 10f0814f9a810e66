use crate::linalg::sorted;
use crate::models::two_token::Logits;
use crate::tasks::group_operations::GroupOperation;
use serde::Serialize;

/// Neurons that are named for one input.
const SPEAKERS: usize = 12;

/// An input and what the network makes of it, in float64. No proof depends on it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Look {
    /// The two tokens.
    pub tokens: [usize; 2],
    /// The logits, `[z]`.
    pub logits: Vec<f64>,
    /// The output with the largest logit; the first one of a tie.
    pub answer: usize,
    /// The product of the two tokens.
    pub product: usize,
    /// Whether the logit of the product exceeds all others.
    pub right: bool,
    /// The other output with the largest logit.
    pub rival: usize,
    /// The neurons that move the margin most, by its size.
    pub speakers: Vec<Speaker>,
    /// What all other neurons add to the margin.
    pub others: f64,
    /// What goes around the neurons adds to the margin.
    pub around: f64,
}

/// What a neuron says of an input.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Speaker {
    /// The neuron.
    pub neuron: usize,
    /// What it gives: its input, or 0.
    pub active: f64,
    /// What it adds to the margin, the logit of the product less that of its rival.
    pub adds: f64,
}

impl GroupOperation {
    /// Runs the network on one input; `None` if a token is no element of the group.
    #[must_use]
    pub fn look(&self, x: usize, y: usize) -> Option<Look> {
        let order = self.group.order();
        if x >= order || y >= order {
            return None;
        }
        let (logits, product) = (self.network.logits(x, y), self.group.product(x, y));
        let better = |best: usize, z: usize| if logits[z] > logits[best] { z } else { best };
        let answer = (1..logits.len()).fold(0, better);
        let others = || (0..logits.len()).filter(|&z| z != product);
        let rival = others().reduce(better)?;
        let right = others().all(|z| logits[z] < logits[product]);
        let active = Logits::<f64>::new(&self.network).active(x, y..y + 1);
        let unembed = self.network.unembed();
        let speaker = |(neuron, &active): (usize, &f64)| {
            let adds = (unembed[[product, neuron]] - unembed[[rival, neuron]]) * active;
            Speaker { neuron, active, adds }
        };
        let speakers = active.iter().enumerate().map(speaker).collect();
        let mut speakers = sorted(speakers, |speaker| -speaker.adds.abs());
        let sum = |speakers: &[Speaker]| speakers.iter().map(|speaker| speaker.adds).sum::<f64>();
        let around = logits[product] - logits[rival] - sum(&speakers);
        let others = sum(&speakers.split_off(SPEAKERS.min(speakers.len())));
        let tokens = [x, y];
        Some(Look { tokens, logits, answer, product, right, rival, speakers, others, around })
    }
}
