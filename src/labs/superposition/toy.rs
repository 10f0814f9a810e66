use super::tokens::{GRID, Source};
use super::{Layer, Token, ToySettings};
use crate::linalg::{Matrix, map, matmul};
use crate::training::random::{generator, normal};
use crate::training::{Adam, Trained, WeightDecay};

/// Tokens of one optimizer step.
pub(crate) const BATCH: usize = 128;
/// Adam's decay rates of the two moments.
pub(crate) const BETAS: (f64, f64) = (0.9, 0.999);
/// A feature is represented if its column is longer than this.
pub const REPRESENTED: f64 = 0.4;

/// A toy model: features `f` to the hidden vector `z = Σ f_i W_i`, and a layer from there to as
/// many outputs.
#[derive(Clone, Debug, PartialEq)]
pub struct Toy {
    /// The layer after the hidden vector.
    pub layer: Layer,
    /// `W_i`, `[features, hidden]`.
    pub columns: Matrix<f64>,
    /// `b` of a ReLU layer, `[1, features]`.
    pub bias: Matrix<f64>,
    /// `u` and `v` of a bilinear layer, `[features, hidden]`; zero for ReLU.
    pub readers: [Matrix<f64>; 2],
}

impl Toy {
    fn new(settings: &ToySettings) -> Self {
        let (n, m) = (settings.features, settings.hidden);
        let mut random = generator(u64::from(settings.seed), u64::from_be_bytes(*b"sup.init"));
        let deviation = 1.0 / (m as f64).sqrt();
        let mut drawn = || Matrix::from_shape_simple_fn((n, m), || deviation * normal(&mut random));
        let columns = drawn();
        let readers = match settings.layer {
            Layer::Relu => [Matrix::zeros((n, m)), Matrix::zeros((n, m))],
            Layer::Bilinear => [drawn(), drawn()],
        };
        Self { layer: settings.layer, columns, bias: Matrix::zeros((1, n)), readers }
    }

    /// The number of features.
    #[must_use]
    pub fn features(&self) -> usize {
        self.columns.nrows()
    }

    /// The dimension of the hidden vector.
    #[must_use]
    pub fn hidden(&self) -> usize {
        self.columns.ncols()
    }

    /// The hidden vectors of `tokens`, `[tokens, hidden]`.
    #[must_use]
    pub fn hidden_vectors(&self, tokens: &[Token]) -> Matrix<f64> {
        let mut vectors = Matrix::zeros((tokens.len(), self.hidden()));
        for (mut vector, token) in vectors.rows_mut().into_iter().zip(tokens) {
            for &(feature, value) in token {
                vector.iter_mut().zip(self.columns.row(feature)).for_each(|(z, w)| *z += value * w);
            }
        }
        vectors
    }

    /// The outputs for hidden vectors `[tokens, hidden]`: `[tokens, features]`.
    #[must_use]
    pub fn outputs(&self, hidden: &Matrix<f64>) -> Matrix<f64> {
        match self.layer {
            Layer::Relu => {
                let mut outputs = matmul(hidden.view(), self.columns.t());
                for mut row in outputs.rows_mut() {
                    row.iter_mut().zip(&self.bias).for_each(|(y, b)| *y = (*y + b).max(0.0));
                }
                outputs
            }
            Layer::Bilinear => {
                let [mut left, right] =
                    self.readers.each_ref().map(|r| matmul(hidden.view(), r.t()));
                left.iter_mut().zip(&right).for_each(|(y, v)| *y *= v);
                left
            }
        }
    }

    /// The output that a feature's value should make.
    #[must_use]
    pub fn target(&self, value: f64) -> f64 {
        match self.layer {
            Layer::Relu => value,
            Layer::Bilinear => value * value,
        }
    }

    /// The lengths of the columns.
    #[must_use]
    pub fn norms(&self) -> Vec<f64> {
        self.columns.rows().into_iter().map(|w| w.dot(&w).sqrt()).collect()
    }

    fn matrices(&mut self) -> Vec<&mut Matrix<f64>> {
        let [left, right] = &mut self.readers;
        match self.layer {
            Layer::Relu => vec![&mut self.columns, &mut self.bias],
            Layer::Bilinear => vec![&mut self.columns, left, right],
        }
    }

    /// The weighted squared error of a batch, its mean over tokens, and the derivatives by the
    /// weights.
    fn loss(&self, tokens: &[Token], importance: &[f64]) -> (f64, Self) {
        let hidden = self.hidden_vectors(tokens);
        let mut errors = self.outputs(&hidden);
        let (share, mut loss) = (1.0 / tokens.len() as f64, 0.0);
        for (mut row, token) in errors.rows_mut().into_iter().zip(tokens) {
            // A ReLU that is off has no derivative.
            let is_off = |y: f64| self.layer == Layer::Relu && y == 0.0;
            let mut active = token.iter().peekable();
            for (feature, (y, weight)) in row.iter_mut().zip(importance).enumerate() {
                let value = active.next_if(|&&(at, _)| at == feature).map_or(0.0, |&(_, v)| v);
                let error = *y - self.target(value);
                loss += share * weight * error * error;
                *y = if is_off(*y) { 0.0 } else { 2.0 * share * weight * error };
            }
        }
        let mut gradient = self.clone();
        let by_hidden = match self.layer {
            Layer::Relu => {
                gradient.columns = matmul(errors.t(), hidden.view());
                for (b, column) in gradient.bias.iter_mut().zip(errors.columns()) {
                    *b = column.iter().fold(0.0, |sum, e| sum + e);
                }
                matmul(errors.view(), self.columns.view())
            }
            Layer::Bilinear => {
                let [left, right] = self.readers.each_ref().map(|r| matmul(hidden.view(), r.t()));
                let (by_left, by_right) = (&errors * &right, &errors * &left);
                gradient.readers = [&by_left, &by_right].map(|by| matmul(by.t(), hidden.view()));
                gradient.columns.fill(0.0);
                let [u, v] = &self.readers;
                matmul(by_left.view(), u.view()) + matmul(by_right.view(), v.view())
            }
        };
        for (by, token) in by_hidden.rows().into_iter().zip(tokens) {
            for &(feature, value) in token {
                let column = gradient.columns.row_mut(feature);
                column.into_iter().zip(by).for_each(|(g, by)| *g += value * by);
            }
        }
        (loss, gradient)
    }
}

/// A toy model that is being trained.
pub struct ToyTraining {
    /// The model. Once all steps are done, its weights are multiples of `1 / GRID`.
    pub toy: Toy,
    /// The loss of the last batch; 0 before the first.
    pub loss: f64,
    /// Steps done.
    pub step: u32,
    settings: ToySettings,
    importance: Vec<f64>,
    source: Source,
    batch: Vec<Token>,
    optimizer: Adam,
}

impl ToyTraining {
    /// A model with random weights.
    ///
    /// # Panics
    /// If a setting is out of its range.
    #[must_use]
    pub fn new(settings: ToySettings) -> Self {
        settings.check().expect("settings within their ranges");
        let ToySettings { features, probability, seed, .. } = settings;
        let weight = |w: &f64| Some(w * settings.importance);
        Self {
            toy: Toy::new(&settings),
            loss: 0.0,
            step: 0,
            importance: std::iter::successors(Some(1.0), weight).take(features).collect(),
            source: Source::new(seed, b"sup.toy ", features, probability),
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

    /// Takes an optimizer step, unless all are done.
    pub fn advance(&mut self) {
        if self.is_done() {
            return;
        }
        self.batch.iter_mut().for_each(|token| self.source.next(token));
        let (loss, mut gradient) = self.toy.loss(&self.batch, &self.importance);
        let rate = 3e-3 * decayed(self.step, self.settings.steps);
        let decay = WeightDecay::Decoupled(0.0);
        let pairs = self.toy.matrices().into_iter().zip(gradient.matrices());
        let trained = pairs.map(|(weights, gradient)| Trained { weights, gradient, decay });
        self.optimizer.step(rate, trained);
        (self.loss, self.step) = (loss, self.step + 1);
        if self.is_done() {
            self.toy.matrices().into_iter().for_each(|w| *w = on_grid(w));
        }
    }
}

/// The part of a learning rate that is left: all of it for half of the steps, then linearly less.
pub(crate) fn decayed(step: u32, steps: u32) -> f64 {
    (2.0 * (1.0 - f64::from(step) / f64::from(steps))).min(1.0)
}

/// The nearest multiples of `1 / GRID`.
pub(crate) fn on_grid(matrix: &Matrix<f64>) -> Matrix<f64> {
    map(matrix, |x| (x * GRID).round() / GRID)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(layer: Layer) -> ToySettings {
        ToySettings {
            layer,
            features: 7,
            hidden: 3,
            probability: 0.3,
            importance: 0.9,
            steps: 400,
            seed: 5,
        }
    }

    #[test]
    fn gradients_are_finite_differences() {
        for layer in [Layer::Relu, Layer::Bilinear] {
            let mut training = ToyTraining::new(settings(layer));
            training.toy.bias.fill(-0.05);
            let tokens = training.source.take(20);
            let (_, mut gradient) = training.toy.loss(&tokens, &training.importance);
            let (places, step) = (gradient.matrices().len(), 1e-6);
            for place in 0..places {
                for entry in 0..gradient.matrices()[place].len() {
                    let loss = |by: f64| {
                        let mut moved = training.toy.clone();
                        moved.matrices()[place].as_slice_mut().unwrap()[entry] += by;
                        moved.loss(&tokens, &training.importance).0
                    };
                    let expected = (loss(step) - loss(-step)) / (2.0 * step);
                    let found = gradient.matrices()[place].as_slice().unwrap()[entry];
                    assert!((found - expected).abs() < 1e-7, "{layer:?} {place} {entry}");
                }
            }
        }
    }

    #[test]
    fn training_lowers_the_loss_and_ends_on_the_grid() {
        for layer in [Layer::Relu, Layer::Bilinear] {
            let mut training = ToyTraining::new(settings(layer));
            training.advance();
            let first = training.loss;
            while !training.is_done() {
                training.advance();
            }
            assert!(training.loss < 0.6 * first, "{layer:?}: {} of {first}", training.loss);
            assert!(
                training.toy.matrices().into_iter().flatten().all(|w| (*w * GRID).fract() == 0.0)
            );
        }
    }
}
