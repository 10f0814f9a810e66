use super::block::{Allowed, Place};
use super::{BruteForce, MAX_SPREAD, MULTIPLE, Pruning};
use crate::kernels::{exp, range, scaled_differences};
use crate::models::transformer::{Circuits, Shape};
use crate::tasks::max_of_k::answers::Answers;

/// The terms of all sequences of one query and largest token: the differences `D` of
/// [`BruteForce`].
///
/// Every wrong output has a slot; with pruning, only those that some sequence may prefer to the
/// right output.
#[derive(Default)]
pub(super) struct CellDifferences {
    pub(super) q: usize,
    pub(super) m: usize,
    /// Whether each sequence is run by itself: scores spread too far for the shared form, or the
    /// cell has one sequence, which shares nothing. The fields below are not used then.
    pub(super) one_by_one: bool,
    /// `ŵ`, the unnormalised attention to positions before the query's and tokens,
    /// `[n − 1, stride]`, zero where there is no token.
    weights: Vec<f64>,
    /// The slack of each weight, `[n − 1, stride]`.
    slacks: Vec<f64>,
    /// The largest slack of each kind of tokens, `[n − 1]`.
    most_slacks: Vec<[f64; Allowed::COUNT]>,
    /// The slack of the query's own position.
    pub(super) own_slack: f64,
    /// The differences of the query's own position, `[slots]`.
    pub(super) own: Vec<f64>,
    /// The differences of the positions before, `[n − 1, v − 1 (slots), stride (tokens)]`.
    differences: Vec<f64>,
    /// The least and the largest difference of each kind of tokens, `[slots, n − 1]`.
    extremes: Vec<[(f64, f64); Allowed::COUNT]>,
    /// The length of a row: room for the tokens up to `m`.
    stride: usize,
    v: usize,
    n: usize,
}

impl CellDifferences {
    /// Turns this into the cell of the query `q` and the largest token `m`.
    pub(super) fn prepare(&mut self, proof: &BruteForce, q: usize, m: usize) {
        let Shape { v, n, .. } = proof.shape;
        let Answers { token_scores, position_scores, slack, .. } = &proof.answers;
        (self.q, self.m, self.v, self.n) = (q, m, v, n);
        self.stride = (m + 1).next_multiple_of(MULTIPLE);
        let token_scores = &token_scores.row(q).to_slice().expect("row-major")[..=m];
        let position_scores = position_scores.row(q).to_slice().expect("row-major");
        let ((t_low, t_high), (p_low, p_high)) = (range(token_scores), range(position_scores));
        self.one_by_one = n < 3 || (t_high - t_low) + (p_high - p_low) > MAX_SPREAD;
        if self.one_by_one {
            return;
        }
        let mut tokens: Vec<_> = token_scores.iter().map(|score| score - t_high).collect();
        let mut positions: Vec<_> = position_scores.iter().map(|score| score - p_high).collect();
        exp(&mut tokens);
        exp(&mut positions);
        let (own_position, positions) = positions.split_last().expect("there is a query");
        let own_weight = own_position * tokens[q];
        self.weights.clear();
        for position in positions {
            self.weights.extend(tokens.iter().map(|token| position * token));
            self.weights.resize(self.weights.len().next_multiple_of(self.stride), 0.0);
        }
        self.slacks.clear();
        self.slacks.extend(self.weights.iter().map(|weight| slack * weight));
        self.own_slack = slack * own_weight;
        self.most_slacks.clear();
        self.most_slacks.extend(
            self.slacks
                .chunks_exact(self.stride)
                .map(|slacks| of_tokens(slacks, m).map(|(_, most)| most)),
        );
        self.outputs(proof, own_weight);
    }

    /// Computes the differences, output by output.
    fn outputs(&mut self, proof: &BruteForce, own_weight: f64) {
        let Self { q, m, stride, v, n, .. } = *self;
        let Circuits { EUPU, PVOU, .. } = &proof.answers.circuits;
        let blocks = proof.blocks(q, m);
        let limits: Vec<_> =
            blocks.iter().map(|places| -self.most_slack(self.own_slack, places)).collect();
        self.own.clear();
        self.extremes.clear();
        self.differences.resize((n - 1) * (v - 1) * stride, 0.0);
        for o in (0..v).filter(|&o| o != m) {
            let slot = self.own.len();
            let (tokens, right) = (proof.token_outputs(o), proof.token_outputs(m));
            let rest = |p: usize| (EUPU[[q, o]] - EUPU[[q, m]]) + (PVOU[[p, o]] - PVOU[[p, m]]);
            self.own.push(own_weight * ((tokens[q] - right[q]) + rest(n - 1)));
            for p in 0..n - 1 {
                let row = &mut self.differences[(p * (v - 1) + slot) * stride..][..stride];
                let weights = &self.weights[p * stride..][..stride];
                scaled_differences(
                    row,
                    weights,
                    [tokens, right].map(|outputs| &outputs[..stride]),
                    rest(p),
                );
                if proof.pruning == Pruning::On {
                    self.extremes.push(of_tokens(self.row(p, slot), m));
                }
            }
            let own = self.own[slot];
            let closed =
                |(places, &limit): (&Vec<Place>, &f64)| self.bounds(slot, own, places).1 < limit;
            if proof.pruning == Pruning::On && blocks.iter().zip(&limits).all(closed) {
                self.own.pop();
                self.extremes.truncate(slot * (n - 1));
            }
        }
    }

    /// The differences of one output at a position, by tokens.
    pub(super) fn row(&self, p: usize, slot: usize) -> &[f64] {
        &self.plane(p)[slot * self.stride..][..self.stride]
    }

    /// The differences of all outputs at a position, `[slots, stride]`.
    pub(super) fn plane(&self, p: usize) -> &[f64] {
        let size = (self.v - 1) * self.stride;
        &self.differences[p * size..][..size]
    }

    pub(super) fn stride(&self) -> usize {
        self.stride
    }

    /// The slack of each token at a position.
    pub(super) fn slacks(&self, p: usize) -> &[f64] {
        &self.slacks[p * self.stride..][..self.stride]
    }

    /// The most slack that a sequence needs which adds the terms of `places` to a sum with the
    /// slack `slack`.
    pub(super) fn most_slack(&self, slack: f64, places: &[Place]) -> f64 {
        places
            .iter()
            .fold(slack, |sum, &Place { p, tokens }| sum + self.most_slacks[p][tokens as usize])
    }

    /// A range that no sequence leaves which adds the terms of `places` to `sum`: the range is
    /// summed in the order of the sequence, and a rounded sum does not decrease when a term
    /// increases.
    pub(super) fn bounds(&self, slot: usize, sum: f64, places: &[Place]) -> (f64, f64) {
        let extremes = &self.extremes[slot * (self.n - 1)..];
        places.iter().fold((sum, sum), |(least, most), &Place { p, tokens }| {
            let (low, high) = extremes[p][tokens as usize];
            (least + low, most + high)
        })
    }
}

/// The least and the largest number of `row` for each kind of tokens: up to `m`, below `m`, `m`
/// alone.
fn of_tokens(row: &[f64], m: usize) -> [(f64, f64); Allowed::COUNT] {
    let (low, high) = range(&row[..m]);
    let largest = row[m];
    let any =
        (if largest < low { largest } else { low }, if largest > high { largest } else { high });
    [any, (low, high), (largest, largest)]
}
