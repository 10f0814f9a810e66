use super::irreps::{IrrepFacts, Irreps};
use crate::linalg::{Matrix, centred};
use crate::tasks::group_operations::GroupOperation;
use serde::Serialize;

/// Which representations of the group the weights of each neuron use: for a cyclic group, its
/// Fourier power.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Power {
    /// The representations.
    pub irreps: Vec<IrrepFacts>,
    /// The part of each in what a neuron reads of the left token, `[neuron][irrep]`: each adds up
    /// to 1.
    pub left: Vec<Vec<f64>>,
    /// The same of the right token.
    pub right: Vec<Vec<f64>>,
    /// The same of what it writes to the logits of elements, the mean of all neurons aside.
    pub out: Vec<Vec<f64>>,
    /// The representation with the largest part in all three, constants aside, of each neuron.
    pub main: Vec<usize>,
    /// The share of each neuron in the sizes of what all neurons write.
    pub weight: Vec<f64>,
}

impl GroupOperation {
    /// Which representations of the group the weights of each neuron use.
    #[must_use]
    pub fn power(&self) -> Power {
        let irreps = Irreps::new(&self.group);
        let (_, unembed) = centred(self.network.unembed());
        let column = |matrix: &Matrix<f64>, i: usize| matrix.column(i).to_vec();
        let [left, right] = self.reads();
        let sides = [&left, &right, &unembed];
        let neurons = 0..self.network.shape().neurons;
        let [left, right, out] = sides.map(|side| -> Vec<Vec<f64>> {
            neurons.clone().map(|i| irreps.shares(&self.group, &column(side, i))).collect()
        });
        let main = neurons.clone().map(|i| {
            let all = |k: &usize| left[i][*k] + right[i][*k] + out[i][*k];
            let candidates = 1..irreps.facts.len();
            candidates.max_by(|a, b| all(a).total_cmp(&all(b))).unwrap_or(0)
        });
        let main = main.collect();
        let length =
            |side: &Matrix<f64>, i: usize| side.column(i).iter().map(|x| x * x).sum::<f64>().sqrt();
        let weight = |i| (length(sides[0], i) + length(sides[1], i)) * length(&unembed, i);
        let weights: Vec<f64> = neurons.map(weight).collect();
        let total = weights.iter().sum::<f64>().max(f64::MIN_POSITIVE);
        let weight = weights.iter().map(|weight| weight / total).collect();
        Power { irreps: irreps.facts, left, right, out, main, weight }
    }
}
