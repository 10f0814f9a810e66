use super::length::{Length, Sizes};
use super::tokens::Source;
use super::{Code, Dictionary, REPRESENTED, Token, Toy, ToySettings};
use crate::linalg::Matrix;
use serde::Serialize;

/// How many tokens are measured, none of which any training sees.
pub const MEASURED: usize = 10_000;
/// A latent finds a feature if their cosine is above this.
pub const FOUND: f64 = 0.9;
/// A latent of a crosscoder belongs to a layer if its decoder row has this part of its length
/// there.
const IN_LAYER: f64 = 0.1;

/// What is measured of a dictionary, or of a prefix of one. Nothing of it is proven.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Measures {
    /// Latents.
    pub latents: usize,
    /// Features that the toy model represents.
    pub represented: usize,
    /// Represented features that a live latent finds.
    pub recovered: usize,
    /// Latents that are active on fewer than one token in ten thousand.
    pub dead: usize,
    /// Active latents of a token, the mean.
    pub l0: f64,
    /// Active latents of a token, 99th percentile.
    pub l0_99: f64,
    /// Squared error of activations over their squared length.
    pub fvu: f64,
    /// Active features of a token, the mean.
    pub true_l0: f64,
    /// Mean of `Σ log₂(1 + 10 a)`.
    pub soft_bits: f64,
    /// Mean of `Π (1 + k_l)` over the dictionary's layers.
    pub cases: f64,
    /// Mean of `2^k`.
    pub subsets: f64,
    /// Pairs of latents that are active together.
    pub pairs: usize,
    /// All pairs of latents.
    pub all_pairs: usize,
    /// The proof from pairs, for the measured tokens.
    pub length: Length,
}

/// Tokens to measure on.
#[must_use]
pub fn measured_tokens(of: &ToySettings) -> Vec<Token> {
    Source::new(of.seed, b"sup.test", of.features, of.probability).take(MEASURED)
}

/// A dictionary's directions beside the toy model's: latents that find features.
#[derive(Clone, Debug, PartialEq)]
pub struct Match {
    /// Cosine of each latent's decoder row, as far as it is about the hidden vector, and each
    /// feature's column, `[latents, features]`.
    pub cosines: Matrix<f64>,
    /// The share of tokens on which each latent is active.
    pub firing: Vec<f64>,
    /// The represented feature nearest to each live latent that finds one.
    pub feature: Vec<Option<usize>>,
    /// Whether a live latent finds each feature.
    pub recovered: Vec<bool>,
}

impl Match {
    /// Compares directions; `codes` are those of tokens to measure on.
    #[must_use]
    pub fn new(toy: &Toy, dictionary: &Dictionary, codes: &[Code]) -> Self {
        let (latents, features) = (dictionary.latents(), toy.features());
        let rows = directions(dictionary);
        let cosines = Matrix::from_shape_fn((latents, features), |(latent, feature)| {
            cosine(&rows[latent], &toy.columns.row(feature).to_vec())
        });
        let mut firing = vec![0.0; latents];
        let share = 1.0 / codes.len() as f64;
        codes.iter().flatten().for_each(|&(latent, _)| firing[latent] += share);
        let represented: Vec<_> = toy.norms().iter().map(|norm| *norm > REPRESENTED).collect();
        let best = |latent: usize| {
            let candidates = (0..features).filter(|&feature| represented[feature]);
            let best =
                candidates.max_by(|&a, &b| cosines[[latent, a]].total_cmp(&cosines[[latent, b]]));
            best.filter(|&feature| cosines[[latent, feature]] > FOUND && is_live(firing[latent]))
        };
        let feature: Vec<_> = (0..latents).map(best).collect();
        let finds = |feature: usize| {
            let found =
                |latent: usize| is_live(firing[latent]) && cosines[[latent, feature]] > FOUND;
            represented[feature] && (0..latents).any(found)
        };
        let recovered = (0..features).map(finds).collect();
        Self { cosines, firing, feature, recovered }
    }
}

/// Whether a latent with this share of tokens is alive.
fn is_live(firing: f64) -> bool {
    firing >= 1e-4 * (1.0 - 1e-9)
}

/// The decoder rows as far as they are about the hidden vector.
pub(crate) fn directions(dictionary: &Dictionary) -> Vec<Vec<f64>> {
    let part = dictionary.decoder.slice(ndarray::s![.., ..dictionary.hidden]);
    part.rows().into_iter().map(|row| row.to_vec()).collect()
}

/// The cosine of two vectors, 0 if one is 0.
pub(crate) fn cosine(x: &[f64], y: &[f64]) -> f64 {
    let product = |x: &[f64], y: &[f64]| x.iter().zip(y).fold(0.0, |sum, (x, y)| sum + x * y);
    let lengths = (product(x, x) * product(y, y)).sqrt();
    if lengths > 0.0 { product(x, y) / lengths } else { 0.0 }
}

impl Measures {
    /// Measures a dictionary, or a prefix of one, on `tokens`.
    #[must_use]
    pub fn new(toy: &Toy, dictionary: &Dictionary, tokens: &[Token]) -> Self {
        let activations = dictionary.activations(toy, tokens);
        let codes = dictionary.encode(&activations);
        let found = Match::new(toy, dictionary, &codes);
        let (latents, n) = (dictionary.latents(), tokens.len() as f64);
        let mean =
            |of: &dyn Fn(&Code) -> f64| codes.iter().fold(0.0, |sum, code| sum + of(code)) / n;
        let l0 = mean(&|code| code.len() as f64);
        let pairs = co_active(latents, &codes).iter().filter(|&&count| count > 0).count();
        let layers = layers(dictionary);
        let outputs = toy.features() as f64;
        let width = dictionary.decoder.ncols() as f64;
        let sizes = Sizes {
            tokens: n,
            active: l0,
            pairs: pairs as f64,
            width,
            outputs,
            layers: layers.len() as f64,
            forward: 4.0 * outputs * toy.hidden() as f64 + 2.0 * outputs * toy.hidden() as f64,
        };
        Self {
            latents,
            represented: toy.norms().iter().filter(|norm| **norm > REPRESENTED).count(),
            recovered: found.recovered.iter().filter(|found| **found).count(),
            dead: found.firing.iter().filter(|share| !is_live(**share)).count(),
            l0,
            l0_99: percentile_99(&codes),
            fvu: unexplained(dictionary, &activations, &codes),
            true_l0: tokens.iter().fold(0.0, |sum, token| sum + token.len() as f64) / n,
            soft_bits: mean(&|code| {
                code.iter().fold(0.0, |sum, (_, a)| sum + libm::log2(1.0 + 10.0 * a))
            }),
            cases: mean(&|code| {
                let active = |layer: &Vec<bool>| code.iter().filter(|(i, _)| layer[*i]).count();
                layers.iter().fold(1.0, |product, layer| product * (1 + active(layer)) as f64)
            }),
            subsets: mean(&|code| libm::exp2(code.len() as f64)),
            pairs,
            all_pairs: latents * (latents - 1) / 2,
            length: Length::of(&sizes),
        }
    }
}

/// How many tokens have both latents `i < j` active, at `[i * latents + j]`.
pub(crate) fn co_active(latents: usize, codes: &[Code]) -> Vec<u32> {
    let mut counts = vec![0; latents * latents];
    for code in codes {
        for (place, &(i, _)) in code.iter().enumerate() {
            code[place + 1..].iter().for_each(|&(j, _)| counts[i * latents + j] += 1);
        }
    }
    counts
}

/// For each layer, which latents write it.
fn layers(dictionary: &Dictionary) -> Vec<Vec<bool>> {
    let writes = |from: usize, to: usize| {
        let part = dictionary.decoder.slice(ndarray::s![.., from..to]);
        let long = |row: ndarray::ArrayView1<f64>| {
            row.iter().fold(0.0, |sum, d| sum + d * d) > IN_LAYER * IN_LAYER
        };
        part.rows().into_iter().map(long).collect()
    };
    let (hidden, width) = (dictionary.hidden, dictionary.decoder.ncols());
    let ends = if width > hidden { vec![(0, hidden), (hidden, width)] } else { vec![(0, hidden)] };
    ends.into_iter().map(|(from, to)| writes(from, to)).collect()
}

/// The least number of latents that at least 99 % of tokens do not exceed.
fn percentile_99(codes: &[Code]) -> f64 {
    let longest = codes.iter().map(Vec::len).max().unwrap_or(0);
    let within = |l0: &usize| codes.iter().filter(|code| code.len() <= *l0).count();
    let enough = |l0: &usize| within(l0) * 100 >= codes.len() * 99;
    (0..=longest).find(enough).unwrap_or(longest) as f64
}

/// `Σ ‖x − x̂‖² / Σ ‖x‖²`.
fn unexplained(dictionary: &Dictionary, activations: &Matrix<f64>, codes: &[Code]) -> f64 {
    let (mut rest, mut all) = (0.0, 0.0);
    for (x, code) in activations.rows().into_iter().zip(codes) {
        for (x, decoded) in x.iter().zip(dictionary.decode(code)) {
            rest += (x - decoded) * (x - decoded);
            all += x * x;
        }
    }
    rest / all
}

#[cfg(test)]
mod tests {
    use super::super::{Layer, ToyTraining};
    use super::*;

    /// A dictionary of the toy's own columns on a toy without superposition finds everything.
    #[test]
    fn the_true_dictionary_is_perfect() {
        let settings = ToySettings {
            layer: Layer::Relu,
            features: 4,
            hidden: 4,
            probability: 0.3,
            importance: 1.0,
            steps: 1,
            seed: 0,
        };
        let mut toy = ToyTraining::new(settings.clone()).toy;
        toy.columns = Matrix::eye(4);
        let tokens = measured_tokens(&settings);
        let true_dictionary = Dictionary::given(Matrix::eye(4), 4);
        let measures = Measures::new(&toy, &true_dictionary, &tokens);
        assert_eq!((measures.recovered, measures.represented, measures.dead), (4, 4, 0));
        assert_eq!((measures.fvu, measures.pairs, measures.all_pairs), (0.0, 6, 6));
        assert_eq!(measures.l0, measures.true_l0);
        let mean = tokens.iter().map(|t| f64::from(1_u32 << t.len())).sum::<f64>() / 1e4;
        assert!((measures.subsets - mean).abs() < 1e-9);
        assert!((measures.cases - 1.0 - measures.l0).abs() < 1e-9);
        assert!(measures.l0_99 == 3.0 || measures.l0_99 == 4.0);
        let silent = Dictionary::given(Matrix::eye(4), 4).with_bias(-2.0);
        let measures = Measures::new(&toy, &silent, &tokens);
        assert_eq!((measures.recovered, measures.dead, measures.fvu), (0, 4, 1.0));
    }
}
