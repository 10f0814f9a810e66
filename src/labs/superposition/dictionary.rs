use super::{DictionarySettings, Kind, Penalty, Token, Toy};
use crate::linalg::{Matrix, matmul};
use crate::training::random::{generator, normal};

/// A token's active latents, ascending, with their positive activations.
pub type Code = Vec<(usize, f64)>;

/// A sparse autoencoder over activations `x`: `a = ReLU(E x + b)`, of which `top-k` keeps the
/// largest, and `x̂ = Σ a_i d_i` with decoder rows `d_i` of length 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Dictionary {
    /// `E`, `[latents, width]`.
    pub encoder: Matrix<f64>,
    /// `b`, `[1, latents]`.
    pub bias: Matrix<f64>,
    /// `d`, `[latents, width]`. The first [`Self::hidden`] columns are about the hidden vector.
    pub decoder: Matrix<f64>,
    /// The dimension of the hidden vector.
    pub hidden: usize,
    /// How many activations are kept.
    top: usize,
}

impl Dictionary {
    /// Random decoder rows, which the encoder reads.
    pub(crate) fn new(settings: &DictionarySettings, toy: &Toy) -> Self {
        let width = match settings.kind {
            Kind::Crosscoder => toy.hidden() + toy.features(),
            Kind::Autoencoder | Kind::Matryoshka => toy.hidden(),
        };
        let mut random = generator(u64::from(settings.seed), u64::from_be_bytes(*b"sup.dict"));
        let decoder =
            Matrix::from_shape_simple_fn((settings.latents, width), || normal(&mut random));
        let top = if settings.penalty == Penalty::TopK { settings.k } else { settings.latents };
        let bias = Matrix::zeros((1, settings.latents));
        let mut new = Self { encoder: decoder.clone(), bias, decoder, hidden: toy.hidden(), top };
        new.normalise();
        new.encoder = new.decoder.clone();
        new
    }

    /// The number of latents.
    #[must_use]
    pub fn latents(&self) -> usize {
        self.decoder.nrows()
    }

    /// The number of layers that it reads.
    #[must_use]
    pub fn layers(&self) -> usize {
        if self.decoder.ncols() > self.hidden { 2 } else { 1 }
    }

    /// Its first `latents` latents.
    #[must_use]
    pub fn prefix(&self, latents: usize) -> Self {
        let first = |matrix: &Matrix<f64>| matrix.slice(ndarray::s![..latents, ..]).to_owned();
        let bias = self.bias.slice(ndarray::s![.., ..latents]).to_owned();
        Self {
            encoder: first(&self.encoder),
            bias,
            decoder: first(&self.decoder),
            hidden: self.hidden,
            top: self.top,
        }
    }

    /// What the dictionary reads of tokens, `[tokens, width]`.
    #[must_use]
    pub fn activations(&self, toy: &Toy, tokens: &[Token]) -> Matrix<f64> {
        let hidden = toy.hidden_vectors(tokens);
        if self.layers() == 1 {
            return hidden;
        }
        let outputs = toy.outputs(&hidden);
        let rows = hidden.rows().into_iter().zip(outputs.rows());
        let entries = rows.flat_map(|(z, y)| z.to_vec().into_iter().chain(y.to_vec())).collect();
        Matrix::from_shape_vec((tokens.len(), self.decoder.ncols()), entries)
            .unwrap_or_else(|_| unreachable!("both layers of each token"))
    }

    /// The codes of activations `[tokens, width]`.
    #[must_use]
    pub fn encode(&self, activations: &Matrix<f64>) -> Vec<Code> {
        let read = matmul(activations.view(), self.encoder.t());
        let mut codes = Vec::with_capacity(read.nrows());
        for row in read.rows() {
            let sums = row.iter().zip(&self.bias).map(|(read, bias)| read + bias);
            let code: Code = sums.enumerate().filter(|&(_, a)| a > 0.0).collect();
            codes.push(largest(code, self.top));
        }
        codes
    }

    /// What a code says of activations, `[width]`.
    #[must_use]
    pub fn decode(&self, code: &[(usize, f64)]) -> Vec<f64> {
        let mut sum = vec![0.0; self.decoder.ncols()];
        for &(latent, a) in code {
            sum.iter_mut().zip(self.decoder.row(latent)).for_each(|(x, d)| *x += a * d);
        }
        sum
    }

    /// Gives each decoder row the length 1.
    pub(crate) fn normalise(&mut self) {
        for mut row in self.decoder.rows_mut() {
            let length = row.iter().fold(0.0, |sum, d| sum + d * d).sqrt();
            row.iter_mut().for_each(|d| *d /= length.max(1e-12));
        }
    }
}

/// The `count` largest activations of a code, the first of equal ones.
pub(crate) fn largest(mut code: Code, count: usize) -> Code {
    if code.len() <= count {
        return code;
    }
    let mut is_kept = vec![false; code.len()];
    for _ in 0..count {
        let rest = (0..code.len()).filter(|&i| !is_kept[i]);
        let best = rest.reduce(|b, i| if code[i].1 > code[b].1 { i } else { b });
        best.into_iter().for_each(|best| is_kept[best] = true);
    }
    let mut is_kept = is_kept.into_iter();
    code.retain(|_| is_kept.next() == Some(true));
    code
}

#[cfg(test)]
impl Dictionary {
    /// A dictionary with these rows, which the encoder reads, and no bias.
    pub(crate) fn given(decoder: Matrix<f64>, hidden: usize) -> Self {
        let (bias, top) = (Matrix::zeros((1, decoder.nrows())), decoder.nrows());
        Self { encoder: decoder.clone(), bias, decoder, hidden, top }
    }

    /// The dictionary with this bias for each latent.
    pub(crate) fn with_bias(mut self, bias: f64) -> Self {
        self.bias.fill(bias);
        self
    }
}
