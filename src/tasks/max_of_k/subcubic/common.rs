use super::embeddings::{queries, split_positions};
use crate::cost::{Scalar, matmul_flops};
use crate::linalg::{Matrix, largest, map, matmul, row_diffs, smallest};
use crate::models::transformer::{Magnitudes, Shape, Transformer};
use crate::tasks::max_of_k::cases::Arrangements;
use crate::tasks::max_of_k::positions::{Group, Positions};

/// What a model fixes for all strategies.
#[derive(Debug)]
pub(super) struct Common<S> {
    pub(super) shape: Shape,
    pub(super) score_divisor: S,
    /// `W_E + W_pos[n−1]` `[v, d]`, and `W_E + mean_p W_pos` `[v, d]`.
    pub(super) E_q: Matrix<S>,
    pub(super) E_k: Matrix<S>,
    pub(super) W_U: Matrix<S>,
    /// By the number of other tokens less 1: of queries that are other tokens and of those that are
    /// the largest, for the least attention to it and for the most.
    pub(super) odds: Vec<[[Odds<S>; 2]; 2]>,
    pub(super) EUPU: Matrix<S>,
    pub(super) PVOU: Matrix<S>,
    /// `max_{j ≤ k} diff(EVOU[j, :])`, `[v]`.
    pub(super) worst_wrong: Vec<S>,
    /// What each largest token writes, `[v]`.
    pub(super) writes: Vec<Writes<S>>,
    pub(super) magnitudes: Magnitudes<S>,
    /// Sequences by the number of tokens before the query that are not the largest, and by the
    /// choices for each of them.
    pub(super) sequences: Vec<Vec<u128>>,
}

/// What a largest token `m` writes to the wrong outputs `o`.
#[derive(Debug)]
pub(super) struct Writes<S> {
    /// `right_m[o] = EVOU[m, o] − EVOU[m, m]`, `[v − 1]`.
    pub(super) right: Vec<S>,
    /// The largest and the smallest entry of `right`.
    pub(super) most: S,
    pub(super) least: S,
}

/// The positions of other tokens against those of the largest, where all tokens had the same score:
/// their weights are `ratio · e^exponent` times as much.
#[derive(Debug)]
pub(super) struct Odds<S> {
    /// `[v]`.
    pub(super) exponents: Vec<S>,
    /// `[v]`.
    pub(super) ratios: Vec<S>,
}

impl<S: Scalar> Common<S> {
    pub(super) fn new(model: &Transformer) -> Self {
        let shape = model.shape();
        let scalars = |weights: &Matrix<f64>| map(weights, S::from_f64);
        let (W_Q, W_K, W_U) = (scalars(&model.W_Q), scalars(&model.W_K), scalars(&model.W_U));
        let E_q = queries::<S>(model);
        let (E_k, W_pos) = split_positions::<S>(model);
        let score_divisor = S::from_f64(model.score_divisor());
        let position_keys = matmul(W_pos.view(), W_K.view());
        let position_scores = matmul(E_q.view(), matmul(W_Q.view(), position_keys.t()).view());
        let positions = position_scores.rows().into_iter();
        let positions = positions.map(|row| {
            Positions::new(&row.iter().map(|&score| score / score_divisor).collect::<Vec<_>>())
        });

        let VOU = matmul(
            matmul(scalars(&model.W_V).view(), scalars(&model.W_O).view()).view(),
            W_U.view(),
        );
        let EVOU = matmul(scalars(&model.W_E).view(), VOU.view());
        let mut worst_wrong = row_diffs(&EVOU);
        for k in 1..worst_wrong.len() {
            worst_wrong[k] = worst_wrong[k].max(worst_wrong[k - 1]);
        }
        let writes = (0..shape.v).map(|m| {
            let right: Vec<S> =
                wrong_outputs(shape.v, m).map(|o| EVOU[[m, o]] - EVOU[[m, m]]).collect();
            Writes {
                most: largest(right.iter().copied()),
                least: smallest(right.iter().copied()),
                right,
            }
        });
        Self {
            shape,
            score_divisor,
            odds: Odds::all(shape.n, &positions.collect::<Vec<_>>()),
            EUPU: matmul(E_q.view(), W_U.view()),
            PVOU: matmul(scalars(&model.W_pos).view(), VOU.view()),
            worst_wrong,
            writes: writes.collect(),
            magnitudes: Magnitudes::new(model),
            sequences: Arrangements::new(shape.n).tables(shape.v),
            E_q,
            E_k,
            W_U,
        }
    }

    /// FLOPs of [`Self::new`].
    pub(super) fn flops(shape: Shape) -> f64 {
        let Shape { v, d, h, n } = shape;
        let split = (2 * v * d + 2 * n * d) as f64;
        let positions =
            matmul_flops(n, d, h) + matmul_flops(d, h, n) + matmul_flops(v, d, n) + (v * n) as f64;
        let outputs = matmul_flops(d, h, d) + matmul_flops(d, d, v) + matmul_flops(2 * v + n, d, v);
        let worst_wrong = v * (2 * v - 1) + (v - 1);
        let writes = v * ((v - 1) + 2 * (v - 2));
        let odds = n.saturating_sub(1) * 4 * v * 9;
        let numbers = (worst_wrong + writes + odds) as f64;
        Positions::<f64>::flops(shape)
            + split
            + positions
            + outputs
            + numbers
            + Magnitudes::<f64>::flops(shape)
    }
}

/// All outputs but `m`.
pub(super) fn wrong_outputs(v: usize, m: usize) -> impl Iterator<Item = usize> {
    (0..m).chain(m + 1..v)
}

impl<S: Scalar> Odds<S> {
    /// `36 v (n − 1)` FLOPs.
    fn all(n: usize, positions: &[Positions<S>]) -> Vec<[[Self; 2]; 2]> {
        let of_queries = |odds: &dyn Fn(&Positions<S>) -> (S, S)| {
            let (exponents, ratios) = positions.iter().map(odds).unzip();
            Self { exponents, ratios }
        };
        let of_others = |c: usize| {
            // The largest token is at n − c positions, the query at its own.
            let (largest, others) = (n - c, c - 1);
            [
                of_queries(&|of| {
                    Self::against(of.least[largest], Self::with(of.most[others], of.query))
                }),
                of_queries(&|of| {
                    Self::against(of.most[largest], Self::with(of.least[others], of.query))
                }),
            ]
        };
        let of_largest = |c: usize| {
            let (largest, others) = (n - 1 - c, c);
            [
                of_queries(&|of| {
                    Self::against(Self::with(of.least[largest], of.query), of.most[others])
                }),
                of_queries(&|of| {
                    Self::against(Self::with(of.most[largest], of.query), of.least[others])
                }),
            ]
        };
        (1..n).map(|c| [of_others(c), of_largest(c)]).collect()
    }

    /// Some positions, of which there may be none, and the query's own. 7 FLOPs, with
    /// [`Self::against`] 9.
    fn with(group: Group<S>, query: S) -> Group<S> {
        let peak = query.max(group.peak);
        Group { peak, sum: group.sum * (group.peak - peak).exp() + (query - peak).exp() }
    }

    /// The weights of others over those of the largest.
    fn against(largest: Group<S>, others: Group<S>) -> (S, S) {
        (others.peak - largest.peak, others.sum / largest.sum)
    }
}
