use super::measures::directions;
use super::{Dictionary, Layer, Token, Toy};
use crate::linalg::{Matrix, dot};
use serde::Serialize;

/// How features meet in the neurons of the toy's layer (arXiv 2606.09940). Measured, not proven.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Maps {
    /// Latents.
    pub latents: usize,
    /// Neurons.
    pub neurons: usize,
    /// The mean of `shares`.
    pub share: f64,
    /// The largest term's mean share of all terms of each neuron, over tokens with active latents.
    pub shares: Vec<f64>,
    /// `[latents * latents]`. ReLU: what latent `j` adds where latent `i` is the largest term.
    /// Bilinear: the term of both. A mean over tokens, summed over neurons.
    pub interaction: Vec<f64>,
    /// Mean over tokens and neurons of what all but the largest term add up to; 0 for bilinear.
    pub linear: f64,
    /// The mean of what of that may bend at the kink; 0 for bilinear.
    pub kink: f64,
}

impl Maps {
    /// Measures on `tokens`.
    #[must_use]
    pub fn new(toy: &Toy, dictionary: &Dictionary, tokens: &[Token]) -> Self {
        let (latents, neurons) = (dictionary.latents(), toy.features());
        let mut maps = Self {
            latents,
            neurons,
            share: 0.0,
            shares: vec![0.0; neurons],
            interaction: vec![0.0; latents * latents],
            linear: 0.0,
            kink: 0.0,
        };
        let codes = dictionary.encode(&dictionary.activations(toy, tokens));
        let rows = directions(dictionary);
        let read = |by: &Matrix<f64>| {
            Matrix::from_shape_fn((latents, neurons), |(i, c)| {
                dot(&rows[i], by.row(c).as_slice().expect("row-major"))
            })
        };
        let [left, right] = match toy.layer {
            Layer::Relu => [read(&toy.columns), Matrix::zeros((0, 0))],
            Layer::Bilinear => toy.readers.each_ref().map(read),
        };
        let mut seen = 0.0_f64;
        for code in codes.iter().filter(|code| !code.is_empty()) {
            seen += 1.0;
            for c in 0..neurons {
                let share = match toy.layer {
                    Layer::Relu => maps.add_relu(code, &left, c, toy.bias[[0, c]]),
                    Layer::Bilinear => maps.add_bilinear(code, &left, &right, c),
                };
                maps.shares[c] += share;
            }
        }
        let (each, every) = (1.0 / seen.max(1.0), 1.0 / (seen.max(1.0) * neurons as f64));
        maps.shares.iter_mut().chain(&mut maps.interaction).for_each(|x| *x *= each);
        maps.share = maps.shares.iter().fold(0.0, |sum, s| sum + s) / neurons as f64;
        (maps.linear, maps.kink) = (maps.linear * every, maps.kink * every);
        maps
    }

    /// Adds a token's terms in a ReLU neuron; returns the largest term's share.
    fn add_relu(&mut self, code: &[(usize, f64)], read: &Matrix<f64>, c: usize, bias: f64) -> f64 {
        let term = |&(i, a): &(usize, f64)| a * read[[i, c]];
        let main = (1..code.len()).fold(0, |main, i| {
            if term(&code[i]).abs() > term(&code[main]).abs() { i } else { main }
        });
        let largest = term(&code[main]);
        let mut others = 0.0;
        for (place, active) in code.iter().enumerate().filter(|&(place, _)| place != main) {
            let size = term(active).abs();
            self.interaction[code[main].0 * self.latents + code[place].0] += size;
            others += size;
        }
        self.linear += others;
        self.kink += (others - (largest + bias).abs()).max(0.0);
        share(largest.abs(), others)
    }

    /// Adds a token's terms in a bilinear neuron; returns the largest term's share.
    fn add_bilinear(
        &mut self,
        code: &[(usize, f64)],
        left: &Matrix<f64>,
        right: &Matrix<f64>,
        c: usize,
    ) -> f64 {
        let (mut largest, mut all) = (0.0_f64, 0.0);
        let mut seen = |size: f64| (largest, all) = (largest.max(size), all + size);
        for (place, &(i, a)) in code.iter().enumerate() {
            seen((a * a * left[[i, c]] * right[[i, c]]).abs());
            for &(j, b) in &code[place + 1..] {
                let both = left[[i, c]] * right[[j, c]] + left[[j, c]] * right[[i, c]];
                let size = (a * b * both).abs();
                seen(size);
                self.interaction[i * self.latents + j] += size;
                self.interaction[j * self.latents + i] += size;
            }
        }
        share(largest, all - largest)
    }
}

/// The part that `largest` is of it and the `others`; 1 if both are 0.
fn share(largest: f64, others: f64) -> f64 {
    if largest + others > 0.0 { largest / (largest + others) } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::super::{ToySettings, ToyTraining};
    use super::*;

    fn toy(layer: Layer) -> Toy {
        let settings = ToySettings {
            layer,
            features: 2,
            hidden: 2,
            probability: 0.5,
            importance: 1.0,
            steps: 1,
            seed: 0,
        };
        let toy = ToyTraining::new(settings).toy;
        let eye = || Matrix::eye(2);
        Toy { columns: eye(), readers: [eye(), eye() + 1.0], ..toy }
    }

    #[test]
    fn shares_and_interactions_by_hand() {
        let tokens = [vec![(0, 0.5)], vec![(0, 0.25), (1, 1.0)]];
        let dictionary = Dictionary::given(Matrix::eye(2), 2);
        let maps = Maps::new(&toy(Layer::Relu), &dictionary, &tokens);
        // Each latent is read by its own neuron alone.
        assert_eq!((maps.shares.as_slice(), maps.share), ([1.0, 1.0].as_slice(), 1.0));
        assert_eq!((maps.interaction, maps.linear, maps.kink), (vec![0.0; 4], 0.0, 0.0));
        let maps = Maps::new(&toy(Layer::Bilinear), &dictionary, &tokens);
        // Neuron 0 reads z_0 · (2 z_0 + z_1): 2/16 and 1/4; neuron 1 reads z_1 · (z_0 + 2 z_1).
        assert_eq!(maps.interaction, [0.0, 0.25, 0.25, 0.0]);
        let expected = [(1.0 + 0.25 / 0.375) / 2.0, (1.0 + 2.0 / 2.25) / 2.0];
        assert!(maps.shares.iter().zip(expected).all(|(s, e)| (s - e).abs() < 1e-12));
    }
}
