//! How faithful the proofs' picture of the network is: scores, some of them estimates. No proof
//! depends on them.

use super::MaxOfK;
use crate::linalg::{exp, largest, smallest};
use crate::models::transformer::{Circuits, Shape};
use crate::training::random::{generator, token};
use rand_core::Rng;
use serde::Serialize;

/// The number of inputs and the seed of the estimate.
const SAMPLE: (u32, u64) = (10_000, 0);

/// How faithful the picture is: attention by one direction, and an answer that depends only on the
/// last token, the largest one, and how often that occurs.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Faithfulness {
    /// Last tokens whose attention increases from each token to the next.
    pub increasing: usize,
    /// The median over last tokens of the noise-to-gap ratio: the spread of what the first
    /// direction leaves of a row of attention scores, divided by the least step of that row from a
    /// token to the next. Infinite, in JSON `null`, for a row that does not increase.
    pub noise_to_gap: f64,
    /// The causal-scrubbing score, an estimate.
    pub scrubbing: Scrubbing,
}

/// An estimate of how much of the network's loss the hypothesis explains. Attention sees the tokens
/// of one random input and the head writes those of another, both with the last token, the largest
/// token and its places of the same hypothetical input.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Scrubbing {
    /// `1 − (scrubbed − model) / (random − model)`: 1 if the hypothesis explains all, 0 if nothing.
    pub score: f64,
    /// The standard error of `score`.
    pub error: f64,
    /// Random inputs.
    pub samples: u32,
    /// Mean cross-entropy loss of the network.
    pub model: f64,
    /// Mean loss with what the hypothesis calls irrelevant drawn anew.
    pub scrubbed: f64,
    /// Mean loss with the answers to unrelated inputs.
    pub random: f64,
}

impl MaxOfK {
    /// Works out the scores, with the same random inputs every time.
    #[must_use]
    pub fn faithfulness(&self) -> Faithfulness {
        let ratios = self.noise_to_gap();
        let middle = ratios.len() / 2;
        Faithfulness {
            increasing: ratios.iter().filter(|ratio| ratio.is_finite()).count(),
            noise_to_gap: ratios[middle],
            scrubbing: self.scrubbing(SAMPLE.0, SAMPLE.1),
        }
    }

    /// The noise-to-gap ratio of each last token, in ascending order.
    fn noise_to_gap(&self) -> Vec<f64> {
        let matrices = self.matrices();
        let scores = &matrices[0];
        let approximation = scores.approximation.as_ref().expect("attention has one");
        let rows = scores.values.chunks(scores.columns).zip(approximation.chunks(scores.columns));
        let mut ratios: Vec<_> = rows
            .map(|(row, approximation)| {
                let left = || row.iter().zip(approximation).map(|(x, y)| x - y);
                let noise = largest(left()) - smallest(left());
                let gap =
                    row.windows(2).map(|pair| pair[1] - pair[0]).fold(f64::INFINITY, f64::min);
                if gap > 0.0 { noise / gap } else { f64::INFINITY }
            })
            .collect();
        ratios.sort_by(f64::total_cmp);
        ratios
    }

    /// The causal-scrubbing score from `samples` random inputs, drawn by `seed`.
    fn scrubbing(&self, samples: u32, seed: u64) -> Scrubbing {
        let Shape { v, n, .. } = self.shape();
        let paths =
            Paths { circuits: Circuits::new(self.model()), scale: self.model().score_divisor() };
        let mut random = generator(seed, u64::from_be_bytes(*b"scrubbed"));
        let losses: Vec<_> = (0..samples)
            .map(|_| {
                let mut draw = || -> Vec<_> { (0..n).map(|_| token(&mut random, v)).collect() };
                let (tokens, unrelated) = (draw(), draw());
                let m = tokens.iter().copied().max().expect("an input has tokens");
                let places = rearranged(&mut random, &tokens, m);
                let mut like = || -> Vec<_> {
                    let other = |place: &Place, random: &mut _| match *place {
                        Place::Fixed(t) => t,
                        Place::Below => token(random, m),
                    };
                    places.iter().map(|place| other(place, &mut random)).collect()
                };
                let (keys, values) = (like(), like());
                [
                    paths.loss(&tokens, &tokens, m),
                    paths.loss(&keys, &values, m),
                    paths.loss(&unrelated, &unrelated, m),
                ]
            })
            .collect();
        let count = f64::from(samples);
        let mean = |i: usize| losses.iter().map(|loss| loss[i]).sum::<f64>() / count;
        let [model, scrubbed, random] = [0, 1, 2].map(mean);
        let part = (scrubbed - model) / (random - model);
        // Of a ratio of means, to first order: the spread of numerator − ratio · denominator.
        let squares = losses.iter().map(|[model, scrubbed, random]| {
            let off = (scrubbed - model) - part * (random - model);
            off * off
        });
        let error = (squares.sum::<f64>() / (count - 1.0) / count).sqrt() / (random - model).abs();
        Scrubbing { score: 1.0 - part, error, samples, model, scrubbed, random }
    }
}

/// What stands at a position of a scrubbed input.
enum Place {
    /// The largest token, or the last one.
    Fixed(usize),
    /// Some token below the largest.
    Below,
}

/// The places of an input with the last token and as many largest tokens `m` as `tokens`, where the
/// largest tokens stand at random positions.
fn rearranged(random: &mut impl Rng, tokens: &[usize], m: usize) -> Vec<Place> {
    let (&last, before) = tokens.split_last().expect("an input has tokens");
    let mut rest: Vec<_> = before.iter().map(|&t| t == m).collect();
    for i in (1..rest.len()).rev() {
        rest.swap(i, token(random, i + 1));
    }
    let place = |is_largest| if is_largest { Place::Fixed(m) } else { Place::Below };
    rest.into_iter().map(place).chain([Place::Fixed(last)]).collect()
}

/// The network's paths, along which tokens are passed.
struct Paths {
    circuits: Circuits<f64>,
    scale: f64,
}

impl Paths {
    /// The cross-entropy loss for the answer `m`, where attention sees `keys` and the head writes
    /// `values`; both have the same last token.
    fn loss(&self, keys: &[usize], values: &[usize], m: usize) -> f64 {
        let Circuits { EUPU, EVOU, PVOU, EQKE, EQKP } = &self.circuits;
        let q = keys[keys.len() - 1];
        let scores: Vec<_> = keys
            .iter()
            .enumerate()
            .map(|(p, &k)| (EQKE[[q, k]] + EQKP[[q, p]]) / self.scale)
            .collect();
        let weights = shares(&scores);
        let mut logits = EUPU.row(q).to_vec();
        for (p, (&t, weight)) in values.iter().zip(weights).enumerate() {
            let terms = EVOU.row(t).into_iter().zip(PVOU.row(p));
            for (logit, (token, position)) in logits.iter_mut().zip(terms) {
                *logit += weight * (token + position);
            }
        }
        let top = largest(logits.iter().copied());
        let total: f64 = logits.iter().map(|logit| exp(logit - top)).sum();
        top + libm::log(total) - logits[m]
    }
}

/// The softmax of scores.
fn shares(scores: &[f64]) -> Vec<f64> {
    let top = largest(scores.iter().copied());
    let weights: Vec<_> = scores.iter().map(|score| exp(score - top)).collect();
    let total: f64 = weights.iter().sum();
    weights.iter().map(|weight| weight / total).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::Matrix;
    use crate::models::transformer::Transformer;
    use crate::models::transformer::tests::random;

    fn task(shape: Shape, scale: f64) -> MaxOfK {
        MaxOfK::new(random(shape, scale, 3)).unwrap()
    }

    #[test]
    fn losses_are_those_of_the_forward_pass() {
        let task = task(Shape { v: 6, d: 4, h: 2, n: 3 }, 1.0);
        let paths =
            Paths { circuits: Circuits::new(task.model()), scale: task.model().score_divisor() };
        for tokens in [[0, 1, 2], [5, 5, 0], [3, 2, 4]] {
            let logits = task.model().logits(&tokens);
            let total: f64 = logits.iter().map(|logit| logit.exp()).sum();
            for m in 0..6 {
                let loss = paths.loss(&tokens, &tokens, m);
                assert!((loss - (total.ln() - logits[m])).abs() < 1e-12, "{tokens:?}, {m}: {loss}");
            }
        }
    }

    #[test]
    fn a_network_to_which_only_the_last_token_matters_is_explained() {
        let shape = Shape { v: 6, d: 4, h: 2, n: 3 };
        let blind = Transformer { W_O: Matrix::zeros((2, 4)), ..random(shape, 2.0, 3) };
        let found = MaxOfK::new(blind).unwrap().scrubbing(500, 1);
        // Scrubbing changes nothing at all: the head adds zero.
        assert_eq!((found.score, found.scrubbed - found.model), (1.0, 0.0));
        let found = task(shape, 2.0).scrubbing(2000, 1);
        assert!(found.scrubbed != found.model && found.score.is_finite(), "{found:?}");
        assert_eq!(found, task(shape, 2.0).scrubbing(2000, 1), "the same inputs every time");
    }

    #[test]
    fn scrubbed_inputs_keep_last_and_largest_tokens() {
        let mut random = generator(1, 2);
        for tokens in [vec![4, 1, 4, 2], vec![0, 0, 0, 0], vec![1, 3, 2, 3], vec![2]] {
            let m = tokens.iter().copied().max().unwrap();
            let places = rearranged(&mut random, &tokens, m);
            let fixed = |place: &Place| matches!(place, Place::Fixed(t) if *t == m);
            assert_eq!(places.len(), tokens.len());
            assert_eq!(
                places.iter().filter(|place| fixed(place)).count(),
                tokens.iter().filter(|&&t| t == m).count()
            );
            assert!(matches!(places.last(), Some(Place::Fixed(t)) if t == tokens.last().unwrap()));
        }
    }
}
