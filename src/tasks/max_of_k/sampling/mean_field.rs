//! A heuristic argument: what the accuracy would be if tokens mattered one by one.

use crate::linalg::{exp, largest};
use crate::models::transformer::{Circuits, Shape};
use crate::sampling::{Estimate, MeanField};
use crate::tasks::max_of_k::answers::Answers;

const IDEA: &str = "Multiplies the circuits out and treats what each smaller token adds to a difference of logits as \
                    random, with the mean and variance over all such tokens, at an average position. It takes sums to \
                    be normal and outputs to win or lose independently of each other: nothing guarantees either.";

/// Predicts the accuracy. Of large vocabularies it looks at last tokens at regular distances only.
pub(super) fn mean_field(answers: &Answers<f64>, shape: Shape, start_flops: f64) -> Estimate {
    let Shape { v, n, .. } = shape;
    let distance = (v * v * v * v / MOST_WORK).max(1);
    let positions = MeanPosition::new(answers, n);
    let (mut right, mut weight, mut flops) = (0.0, 0.0, start_flops + (3 * n * v) as f64);
    for q in (0..v).step_by(distance) {
        let mut query = Query::new(answers, &positions, q, n);
        for m in 0..v {
            if q <= m {
                let (right_of_m, all_of_m) = query.largest(m);
                right += right_of_m;
                weight += all_of_m;
            }
            query.add_smaller(m);
        }
        flops += query.flops;
    }
    Estimate::mean_field(IDEA, right / weight, flops)
}

/// Last tokens are left out where all of them would take more work than this.
const MOST_WORK: usize = 1 << 31;
/// Numbers of smaller tokens that make up less than this part of their cell are left out.
const RARE: f64 = 1e-6;

/// What positions before the last do on average.
struct MeanPosition {
    /// The mean factor of attention, by last token, `[v]`.
    factors: Vec<f64>,
    /// The mean of `PVOU`, by output, `[v]`.
    outputs: Vec<f64>,
}

impl MeanPosition {
    fn new(answers: &Answers<f64>, n: usize) -> Self {
        let before = (n - 1).max(1) as f64;
        let factor =
            |q: usize| (0..n - 1).map(|p| exp(answers.position_scores[[q, p]])).sum::<f64>();
        let output = |o: usize| (0..n - 1).map(|p| answers.circuits.PVOU[[p, o]]).sum::<f64>();
        let v = answers.circuits.EUPU.ncols();
        Self {
            factors: (0..v).map(|q| factor(q) / before).collect(),
            outputs: (0..v).map(|o| output(o) / before).collect(),
        }
    }
}

/// Sums over the tokens below some token, for one last token. Weights are those of attention; `δ_o`
/// is what a token adds to the logit of `o`, less what it adds to that of the largest token.
struct Query<'a> {
    answers: &'a Answers<f64>,
    positions: &'a MeanPosition,
    q: usize,
    n: usize,
    /// Attention of each token, `[v]`, the largest being 1.
    weights: Vec<f64>,
    /// The attention of the last position itself.
    own: f64,
    /// Sums of weights and of their squares.
    total: [f64; 2],
    /// By output: sums of weights times `EVOU`, of squares times `EVOU`, and of squares times its
    /// square.
    sums: Vec<[f64; 3]>,
    flops: f64,
}

impl<'a> Query<'a> {
    fn new(answers: &'a Answers<f64>, positions: &'a MeanPosition, q: usize, n: usize) -> Self {
        let scores = answers.token_scores.row(q);
        let (v, top) = (scores.len(), largest(scores.iter().copied()));
        let factor = positions.factors[q];
        let weights = scores.iter().map(|score| factor * exp(score - top)).collect();
        let own = exp(scores[q] - top + answers.position_scores[[q, n - 1]]);
        let flops = (3 * v) as f64;
        Self {
            answers,
            positions,
            q,
            n,
            weights,
            own,
            total: [0.0; 2],
            sums: vec![[0.0; 3]; v],
            flops,
        }
    }

    /// Counts `t` among the smaller tokens from now on.
    fn add_smaller(&mut self, t: usize) {
        let weight = self.weights[t];
        let square = weight * weight;
        self.total = [self.total[0] + weight, self.total[1] + square];
        for (sums, &x) in self.sums.iter_mut().zip(self.answers.circuits.EVOU.row(t)) {
            *sums = [sums[0] + weight * x, sums[1] + square * x, sums[2] + square * x * x];
        }
        self.flops += (6 * self.sums.len() + 3) as f64;
    }

    /// Of the inputs whose largest token is `m`, how many are predicted to be right, and their
    /// number; all tokens below `m` have been added.
    fn largest(&mut self, m: usize) -> (f64, f64) {
        let rivals: Vec<_> = (0..self.sums.len()).filter(|&o| o != m).collect();
        let moments: Vec<_> = rivals.iter().map(|&o| self.rival(m, o)).collect();
        let others = self.n - usize::from(self.q != m);
        let (mut counts, mut count) = (Vec::new(), 1.0);
        for i in 0..others {
            counts.push(count);
            // (n − 1 over i) m^i.
            count *= (self.n - 1 - i) as f64 / (i + 1) as f64 * m as f64;
        }
        let all: f64 = counts.iter().sum();
        let mut right = 0.0;
        for (i, &count) in counts.iter().enumerate().filter(|(_, count)| **count > RARE * all) {
            let mut answer = MeanField::new();
            for &Moments { fixed, copy, mean, variance } in &moments {
                let copies = (self.n - 1 - i) as f64;
                answer.rival(fixed + copies * copy + i as f64 * mean, i as f64 * variance);
            }
            self.flops += answer.flops + (5 * moments.len()) as f64;
            right += count * answer.probability;
        }
        (right, all)
    }

    /// What makes up the margin of `m` over `o`.
    fn rival(&mut self, m: usize, o: usize) -> Moments {
        let Circuits { EUPU, EVOU, PVOU, .. } = &self.answers.circuits;
        let (direct, last) = (EUPU[[self.q, m]] - EUPU[[self.q, o]], self.n - 1);
        let position = self.positions.outputs[m] - self.positions.outputs[o];
        let own =
            direct + (EVOU[[self.q, m]] - EVOU[[self.q, o]]) + (PVOU[[last, m]] - PVOU[[last, o]]);
        let k = direct + position;
        let ([of_m, of_o], [weight, square]) = ([self.sums[m], self.sums[o]], self.total);
        // Σ w² EVOU[t, m] EVOU[t, o] over the smaller tokens t.
        let product = |t: usize| self.weights[t] * self.weights[t] * EVOU[[t, m]] * EVOU[[t, o]];
        let mixed: f64 = (0..m).map(product).sum();
        self.flops += (4 * m + 24) as f64;
        let count = m.max(1) as f64;
        let mean = (of_m[0] - of_o[0] + k * weight) / count;
        let second =
            of_m[2] - 2.0 * mixed + of_o[2] + 2.0 * k * (of_m[1] - of_o[1]) + k * k * square;
        Moments {
            fixed: self.own * own,
            copy: self.weights[m] * (k + EVOU[[m, m]] - EVOU[[m, o]]),
            mean,
            variance: second / count - mean * mean,
        }
    }
}

/// What makes up a margin, in logits times the sum of the attention weights: the last token; each
/// copy of the largest token; the mean and variance of each smaller one.
struct Moments {
    fixed: f64,
    copy: f64,
    mean: f64,
    variance: f64,
}
