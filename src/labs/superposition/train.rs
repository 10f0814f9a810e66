use super::tokens::Source;
use super::toy::{BATCH, BETAS, decayed};
use super::{Code, Dictionary, DictionarySettings, Token, Toy, ToySettings};
use crate::linalg::Matrix;
use crate::training::{Adam, Trained, WeightDecay};

/// The penalty grows linearly over this part of the steps.
const WARM_UP: f64 = 0.3;
/// Adam's step size.
const RATE: f64 = 2e-3;

/// The mean losses of a batch.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Losses {
    /// Squared error; of a Matryoshka dictionary, the mean of all prefixes.
    pub error: f64,
    /// The penalty, not weighed.
    pub penalty: f64,
}

/// A dictionary that is being trained on a finished toy model.
pub struct DictionaryTraining {
    /// The dictionary.
    pub dictionary: Dictionary,
    /// The losses of the last batch; 0 before the first.
    pub losses: Losses,
    /// Steps done.
    pub step: u32,
    settings: DictionarySettings,
    prefixes: Vec<usize>,
    source: Source,
    batch: Vec<Token>,
    optimizer: Adam,
}

/// Derivatives by the weights of a dictionary.
struct Gradient {
    encoder: Matrix<f64>,
    bias: Matrix<f64>,
    decoder: Matrix<f64>,
}

impl DictionaryTraining {
    /// A dictionary with random weights for `toy`, whose tokens are as in `of`.
    ///
    /// # Panics
    /// If a setting is out of its range.
    #[must_use]
    pub fn new(settings: DictionarySettings, toy: &Toy, of: &ToySettings) -> Self {
        settings.check().expect("settings within their ranges");
        Self {
            dictionary: Dictionary::new(&settings, toy),
            losses: Losses::default(),
            step: 0,
            prefixes: settings.prefixes(),
            source: Source::new(settings.seed, b"sup.data", of.features, of.probability),
            batch: vec![Token::new(); BATCH],
            optimizer: Adam::new(BETAS),
            settings,
        }
    }

    /// Whether all steps are done.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.step == self.settings.steps
    }

    /// What the dictionary is like and how it is trained.
    #[must_use]
    pub fn settings(&self) -> &DictionarySettings {
        &self.settings
    }

    /// Takes an optimizer step on activations of `toy`, unless all are done.
    pub fn advance(&mut self, toy: &Toy) {
        if self.is_done() {
            return;
        }
        self.batch.iter_mut().for_each(|token| self.source.next(token));
        let activations = self.dictionary.activations(toy, &self.batch);
        let done = f64::from(self.step) / f64::from(self.settings.steps);
        let lambda = self.settings.lambda * (done / WARM_UP).min(1.0);
        let (losses, gradient) = self.loss(&activations, lambda);
        let Dictionary { encoder, bias, decoder, .. } = &mut self.dictionary;
        let decay = WeightDecay::Decoupled(0.0);
        let pairs =
            [(encoder, &gradient.encoder), (bias, &gradient.bias), (decoder, &gradient.decoder)];
        let trained = pairs.map(|(weights, gradient)| Trained { weights, gradient, decay });
        self.optimizer.step(RATE * decayed(self.step, self.settings.steps), trained);
        self.dictionary.normalise();
        (self.losses, self.step) = (losses, self.step + 1);
    }

    /// The losses of a batch, and the derivatives of their weighted sum.
    fn loss(&self, activations: &Matrix<f64>, lambda: f64) -> (Losses, Gradient) {
        let Dictionary { encoder, bias, decoder, .. } = &self.dictionary;
        let zeros = |matrix: &Matrix<f64>| Matrix::zeros(matrix.dim());
        let mut gradient =
            Gradient { encoder: zeros(encoder), bias: zeros(bias), decoder: zeros(decoder) };
        let mut losses = Losses::default();
        let share = 1.0 / activations.nrows() as f64;
        for (x, code) in activations.rows().into_iter().zip(self.dictionary.encode(activations)) {
            let x = x.to_slice().expect("row-major");
            let (error, by_decoded) = self.by_decoded(x, &code);
            let values: Vec<f64> = code.iter().map(|&(_, a)| a).collect();
            let mut by_code = vec![0.0; code.len()];
            let Self { settings, .. } = self;
            let penalty = settings.penalty.add(settings.scale, lambda, &values, &mut by_code);
            losses.error += share * error;
            losses.penalty += share * penalty;
            for (&(latent, a), by) in code.iter().zip(by_code) {
                let part = self.prefixes.iter().take_while(|&&size| size <= latent).count();
                let by_part = &by_decoded[part];
                let row = decoder.row(latent);
                let by = share * row.iter().zip(by_part).fold(by, |sum, (d, r)| sum + d * r);
                let add = |matrix: &mut Matrix<f64>, by: f64, of: &[f64]| {
                    matrix.row_mut(latent).iter_mut().zip(of).for_each(|(g, y)| *g += by * y);
                };
                add(&mut gradient.decoder, share * a, by_part);
                add(&mut gradient.encoder, by, x);
                gradient.bias[[0, latent]] += by;
            }
        }
        (losses, gradient)
    }

    /// The mean squared error of all prefixes for one token, and for each part between two
    /// prefixes, the derivatives by what its latents decode to.
    fn by_decoded(&self, x: &[f64], code: &Code) -> (f64, Vec<Vec<f64>>) {
        let weight = 1.0 / self.prefixes.len() as f64;
        let (mut rest, mut next) = (x.to_vec(), code.iter().peekable());
        let (mut error, mut by_decoded) = (0.0, Vec::with_capacity(self.prefixes.len()));
        for &size in &self.prefixes {
            while let Some(&(latent, a)) = next.next_if(|&&(latent, _)| latent < size) {
                let row = self.dictionary.decoder.row(latent);
                rest.iter_mut().zip(row).for_each(|(r, d)| *r -= a * d);
            }
            error += weight * rest.iter().fold(0.0, |sum, r| sum + r * r);
            by_decoded.push(rest.iter().map(|r| -2.0 * weight * r).collect::<Vec<_>>());
        }
        // A latent is in its own prefix and in all longer ones.
        for part in (1..by_decoded.len()).rev() {
            let (shorter, longer) = by_decoded.split_at_mut(part);
            shorter[part - 1].iter_mut().zip(&longer[0]).for_each(|(s, l)| *s += l);
        }
        (error, by_decoded)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Kind, Layer, Penalty, ToyTraining};
    use super::*;

    fn toy() -> (ToySettings, ToyTraining) {
        let settings = ToySettings {
            layer: Layer::Relu,
            features: 8,
            hidden: 4,
            probability: 0.2,
            importance: 1.0,
            steps: 300,
            seed: 2,
        };
        let mut training = ToyTraining::new(settings.clone());
        while !training.is_done() {
            training.advance();
        }
        (settings, training)
    }

    fn dictionary(kind: Kind, penalty: Penalty) -> DictionarySettings {
        DictionarySettings {
            kind,
            penalty,
            lambda: 0.1,
            scale: 1.0,
            k: 3,
            latents: 16,
            steps: 600,
            seed: 3,
        }
    }

    const KINDS: [Kind; 3] = [Kind::Autoencoder, Kind::Crosscoder, Kind::Matryoshka];

    #[test]
    fn gradients_are_finite_differences() {
        let (of, ToyTraining { toy, .. }) = toy();
        for (kind, penalty) in KINDS.into_iter().flat_map(|k| Penalty::ALL.map(|p| (k, p))) {
            let mut training = DictionaryTraining::new(dictionary(kind, penalty), &toy, &of);
            training.dictionary.bias.fill(0.03);
            let tokens = training.source.take(9);
            let activations = training.dictionary.activations(&toy, &tokens);
            let (lambda, step) = (0.3, 1e-7);
            let (_, gradient) = training.loss(&activations, lambda);
            let found = [gradient.encoder, gradient.bias, gradient.decoder];
            for (place, found) in found.iter().enumerate() {
                for (entry, found) in found.iter().enumerate().step_by(3) {
                    let mut loss = |by: f64| {
                        let Dictionary { encoder, bias, decoder, .. } = &mut training.dictionary;
                        let matrix = [encoder, bias, decoder].into_iter().nth(place).unwrap();
                        matrix.as_slice_mut().unwrap()[entry] += by;
                        let (losses, _) = training.loss(&activations, lambda);
                        losses.error + lambda * losses.penalty
                    };
                    let more = loss(step);
                    let less = loss(-2.0 * step);
                    loss(step);
                    let expected = (more - less) / (2.0 * step);
                    let error = (found - expected).abs();
                    assert!(error < 2e-6, "{kind:?} {penalty:?} {place} {entry}: {error}");
                }
            }
        }
    }

    #[test]
    fn training_lowers_the_error_and_keeps_rows_of_length_1() {
        let (of, ToyTraining { toy, .. }) = toy();
        for kind in KINDS {
            let mut training = DictionaryTraining::new(dictionary(kind, Penalty::Log1p), &toy, &of);
            training.advance(&toy);
            let first = training.losses.error;
            while !training.is_done() {
                training.advance(&toy);
            }
            assert!(training.losses.error < 0.5 * first, "{kind:?} {:?}", training.losses);
            for row in training.dictionary.decoder.rows() {
                assert!((row.dot(&row) - 1.0).abs() < 1e-12);
            }
        }
    }
}
