//! Networks with a part taken out: real networks, in the same architecture, with weights in
//! float32.

use super::{Biases, MAX_D, Transformer};
use crate::linalg::{Matrix, left_singular_vectors, map, matmul, mean_row, times_left};
use ndarray::{Array1, concatenate, s};
use thiserror::Error;

/// What is taken out of a network.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ablation {
    /// Attention scores keep at most this number of directions; none changes nothing.
    pub rank: Option<usize>,
    /// Attention ignores positions, and the head writes for each what it writes for the average
    /// one.
    pub no_positions: bool,
    /// The last token adds to the logits, without attention, what the average token adds.
    pub mean_direct: bool,
}

/// Why a part cannot be taken out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum AblationError {
    /// The direct path needs a residual stream of its own.
    #[error(
        "the mean direct path needs a residual stream twice as wide, {0}, and networks here are at \
         most {MAX_D} wide"
    )]
    TooWide(usize),
    /// A weight does not fit float32.
    #[error("a weight of the ablated network is out of the range of float32")]
    OutOfRange,
}

impl Transformer {
    /// The network without what `ablation` takes out. New weights are rounded to float32, so the
    /// ablated network is exactly what its file says.
    ///
    /// *Rank.* With `A = E_q W_Q`, `B = E_k W_K` and `A Bᵀ = Σ σ u vᵀ`, where `E_q` is the stream
    /// of the last position and `E_k` that of the average one, biases included, column `j` of the
    /// new `W_Q` is `W_Q Bᵀ v_j / √σ_j` and of the new `W_K` it is `W_K Aᵀ u_j / √σ_j`. So `E_q
    /// W_Q` has the columns `√σ_j u_j` and `E_k W_K` the columns `√σ_j v_j`. The other columns are
    /// zero: the rank is at most that number even after rounding.
    ///
    /// *Positions.* Every position gets the embedding of the last one, which leaves queries and the
    /// direct path as they are. All keys then differ by one vector from those of the average
    /// position: that adds one number to all scores of a query. What values differ by from those of
    /// the average position goes into their bias.
    ///
    /// *Direct path.* The residual stream becomes twice as wide. Attention reads the first half,
    /// where embeddings are. It writes to the second half, which the unembedding reads, and where
    /// each position has the last position's stream of the average token.
    ///
    /// # Errors
    /// If the ablated network would be too wide, or a weight leaves the range of float32.
    pub fn ablated(
        &self,
        Ablation { rank, no_positions, mean_direct }: Ablation,
    ) -> Result<Self, AblationError> {
        let (mut model, mut biases) = Biases::unfold(self).unwrap_or_else(|| {
            let zeros = |matrix: &Matrix<f64>| Array1::zeros(matrix.ncols());
            let Self { W_Q, W_K, W_V, W_O, W_U, .. } = self;
            let [b_Q, b_K, b_V, b_O, b_U] = [W_Q, W_K, W_V, W_O, W_U].map(zeros);
            (self.clone(), Biases { b_Q, b_K, b_V, b_O, b_U })
        });
        // Of the network as it is, before positions lose their average.
        let mean_token = mean_row(&model.W_E);
        let last = model.W_pos.row(model.W_pos.nrows() - 1).to_owned();
        if let Some(rank) = rank {
            keep_directions(&mut model, &mut biases, rank);
        }
        if no_positions {
            let apart: Vec<_> =
                mean_row(&model.W_pos).iter().zip(&last).map(|(mean, last)| mean - last).collect();
            let values = times_left(&apart, &model.W_V);
            biases.b_V.iter_mut().zip(values).for_each(|(bias, x)| *bias = single(*bias + x));
            model.W_pos.rows_mut().into_iter().for_each(|mut row| row.assign(&last));
        }
        if mean_direct {
            let stream = mean_token.iter().zip(&last).map(|(token, last)| single(token + last));
            part_direct_path(&mut model, &mut biases, &stream.collect::<Vec<_>>())?;
        }
        let ablated = if biases.are_zero() { model } else { biases.fold_into(&model) };
        let Self { W_E, W_pos, W_Q, W_K, W_V, W_O, W_U, .. } = &ablated;
        let weights = [W_E, W_pos, W_Q, W_K, W_V, W_O, W_U];
        if weights.into_iter().flatten().all(|x| x.is_finite()) {
            Ok(ablated)
        } else {
            Err(AblationError::OutOfRange)
        }
    }
}

/// Keeps the first `rank` directions of attention scores.
fn keep_directions(model: &mut Transformer, biases: &mut Biases, rank: usize) {
    let last = model.W_pos.slice(s![-1, ..]).to_vec();
    let reads = |position: &[f64], weights: &Matrix<f64>, bias: &Array1<f64>| {
        let stream =
            Matrix::from_shape_fn(model.W_E.dim(), |(t, j)| model.W_E[[t, j]] + position[j]);
        let read = matmul(stream.view(), weights.view());
        Matrix::from_shape_fn(read.dim(), |(t, j)| read[[t, j]] + bias[j])
    };
    let A = reads(&last, &model.W_Q, &biases.b_Q);
    let B = reads(&mean_row(&model.W_pos), &model.W_K, &biases.b_K);
    let scores = matmul(A.view(), B.t());
    let (mut of_queries, mut of_keys) = (Matrix::zeros(square(&A)), Matrix::zeros(square(&A)));
    for (j, (value, left)) in left_singular_vectors(&scores).into_iter().take(rank).enumerate() {
        if j == of_queries.ncols() {
            break;
        }
        let right: Vec<_> = times_left(&left, &scores).iter().map(|x| x / value).collect();
        let root = value.sqrt();
        for (i, x) in times_left(&right, &B).into_iter().enumerate() {
            of_queries[[i, j]] = x / root;
        }
        for (i, x) in times_left(&left, &A).into_iter().enumerate() {
            of_keys[[i, j]] = x / root;
        }
    }
    let mixed =
        |weights: &Matrix<f64>, by: &Matrix<f64>| map(&matmul(weights.view(), by.view()), single);
    let bias = |bias: &Array1<f64>, by: &Matrix<f64>| -> Array1<f64> {
        times_left(&bias.to_vec(), by).into_iter().map(single).collect()
    };
    (model.W_Q, model.W_K) = (mixed(&model.W_Q, &of_queries), mixed(&model.W_K, &of_keys));
    (biases.b_Q, biases.b_K) = (bias(&biases.b_Q, &of_queries), bias(&biases.b_K, &of_keys));
}

fn square(matrix: &Matrix<f64>) -> (usize, usize) {
    (matrix.ncols(), matrix.ncols())
}

/// Parts what logits read from what attention reads; `stream` is what the direct path is given.
fn part_direct_path(
    model: &mut Transformer,
    biases: &mut Biases,
    stream: &[f64],
) -> Result<(), AblationError> {
    let (v, d) = model.W_E.dim();
    if 2 * d > MAX_D {
        return Err(AblationError::TooWide(2 * d));
    }
    let beside = |left: &Matrix<f64>, right: &Matrix<f64>| {
        concatenate![ndarray::Axis(1), left.view(), right.view()].as_standard_layout().into_owned()
    };
    let above = |top: &Matrix<f64>, bottom: &Matrix<f64>| {
        concatenate![ndarray::Axis(0), top.view(), bottom.view()].as_standard_layout().into_owned()
    };
    let zeros = |matrix: &Matrix<f64>| Matrix::zeros(matrix.dim());
    model.W_E = beside(&model.W_E, &Matrix::zeros((v, d)));
    let direct = Matrix::from_shape_fn(model.W_pos.dim(), |(_, j)| stream[j]);
    model.W_pos = beside(&model.W_pos, &direct);
    for weights in [&mut model.W_Q, &mut model.W_K, &mut model.W_V] {
        *weights = above(weights, &zeros(weights));
    }
    model.W_O = beside(&zeros(&model.W_O), &model.W_O);
    model.W_U = above(&zeros(&model.W_U), &model.W_U);
    biases.b_O = std::iter::repeat_n(0.0, d).chain(biases.b_O.iter().copied()).collect();
    Ok(())
}

/// The nearest float32.
#[expect(clippy::cast_possible_truncation, reason = "rounds to float32")]
fn single(x: f64) -> f64 {
    f64::from(x as f32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::singular_values_of_product;
    use crate::models::transformer::tests::random;
    use crate::models::transformer::{Circuits, Shape};

    /// A float32 is off by this part of itself.
    const HALF_ULP: f64 = 1.0 / (1_u64 << 24) as f64;
    const SHAPE: Shape = Shape { v: 6, d: 5, h: 3, n: 3 };

    fn with_biases(seed: u64) -> Transformer {
        let model = random(SHAPE, 1.0, seed);
        let from =
            |row: usize, length: usize| model.W_E.row(row).iter().copied().take(length).collect();
        let (b_Q, b_K, b_V) = (from(0, 3), from(1, 3), from(2, 3));
        Biases { b_Q, b_K, b_V, b_O: from(3, 5), b_U: Array1::from_elem(6, 0.25) }.fold_into(&model)
    }

    /// All inputs of a network of [`SHAPE`].
    fn inputs() -> impl Iterator<Item = [usize; 3]> {
        (0..216).map(|i| [i % 6, i / 6 % 6, i / 36])
    }

    /// The largest entry of a matrix of absolute values multiplied out.
    fn of_sizes(left: &Matrix<f64>, right: &Matrix<f64>) -> f64 {
        let [left, right] = [left, right].map(|matrix| map(matrix, f64::abs));
        matmul(left.view(), right.t()).iter().fold(0.0, |most, &x| most.max(x))
    }

    fn streams(model: &Transformer) -> [Matrix<f64>; 2] {
        let positions = [model.W_pos.slice(s![-1, ..]).to_vec(), mean_row(&model.W_pos)];
        positions.map(|position| {
            Matrix::from_shape_fn(model.W_E.dim(), |(t, j)| model.W_E[[t, j]] + position[j])
        })
    }

    /// What rounding the weights of queries and keys to float32 can change in a score, at most:
    /// `|E_q| |W_Q| (|E_k| |W_K|)ᵀ (2 u + u²)`, and a thousandth for that of the bound itself and
    /// of float64, 2²⁹ times finer.
    fn rounding(model: &Transformer) -> f64 {
        let [E_q, E_k] = streams(model).map(|stream| map(&stream, f64::abs));
        let read = |stream: &Matrix<f64>, weights: &Matrix<f64>| {
            matmul(stream.view(), map(weights, f64::abs).view())
        };
        1.001 * 2.0 * HALF_ULP * of_sizes(&read(&E_q, &model.W_Q), &read(&E_k, &model.W_K))
    }

    fn scores(model: &Transformer) -> Matrix<f64> {
        let [E_q, E_k] = streams(model);
        let (A, B) = (matmul(E_q.view(), model.W_Q.view()), matmul(E_k.view(), model.W_K.view()));
        matmul(A.view(), B.t())
    }

    #[test]
    fn scores_keep_their_first_directions_and_no_others() {
        for (model, seed) in
            (1..9).flat_map(|seed| [(random(SHAPE, 1.0, seed), seed), (with_biases(seed), seed)])
        {
            let whole = scores(&model);
            let values = singular_values_of_product(&whole, &Matrix::eye(6));
            for rank in 0..=4 {
                let ablation = Ablation { rank: Some(rank), ..Ablation::default() };
                let ablated = model.ablated(ablation).unwrap();
                let kept = scores(&ablated);
                // The best approximation of this rank leaves the singular values behind it.
                let left = (&whole - &kept).iter().map(|x| x * x).sum::<f64>().sqrt();
                let best = values.iter().skip(rank).map(|x| x * x).sum::<f64>().sqrt();
                let room = 6.0 * (rounding(&ablated) + 1e-13 * values[0]);
                assert!((left - best).abs() <= room, "seed {seed}, rank {rank}: {left} and {best}");
                // Exactly: the other columns are zero.
                let columns =
                    ablated.W_Q.columns().into_iter().filter(|c| c.iter().any(|&x| x != 0.0));
                assert!(columns.count() <= rank, "seed {seed}, rank {rank}");
                let [before, after] = [&model, &ablated].map(Circuits::<f64>::new);
                assert!(before.EUPU == after.EUPU && before.EVOU == after.EVOU, "rank {rank}");
            }
        }
    }

    #[test]
    fn all_directions_give_the_answers_of_the_network() {
        for model in [random(SHAPE, 1.0, 5), with_biases(5)] {
            let full = Ablation { rank: Some(3), ..Ablation::default() };
            let ablated = model.ablated(full).unwrap();
            assert_eq!(model.ablated(Ablation::default()).unwrap(), model);
            for tokens in inputs() {
                for (x, y) in model.logits(&tokens).iter().zip(ablated.logits(&tokens)) {
                    // Exponents change by at most `x = 2 e / scale`, e the rounding of a score;
                    // positions add as much again. Attention then changes by at most `e^{2x} − 1`
                    // of itself.
                    let change = 8.0 * rounding(&ablated) / model.score_divisor();
                    let Circuits { EVOU, PVOU, .. } = Circuits::<f64>::new(&model);
                    let most =
                        |m: &Matrix<f64>| m.iter().fold(0.0_f64, |most, x| most.max(x.abs()));
                    let room = (change.exp() - 1.0) * (most(&EVOU) + most(&PVOU)) + 1e-12;
                    assert!((x - y).abs() <= room, "{tokens:?}: {x} and {y}");
                }
            }
        }
    }

    #[test]
    fn without_positions_only_the_last_token_has_a_place() {
        for model in [random(SHAPE, 1.0, 7), with_biases(7)] {
            let ablation = Ablation { no_positions: true, ..Ablation::default() };
            let ablated = model.ablated(ablation).unwrap();
            let [before, after] = [&model, &ablated].map(Circuits::<f64>::new);
            let mean = mean_row(&before.PVOU);
            for p in 0..3 {
                for (o, &mean) in mean.iter().enumerate() {
                    // A value's bias, rounded, goes through `W_O W_U`.
                    let through = map(&matmul(ablated.W_O.view(), ablated.W_U.view()), f64::abs);
                    let bias: Vec<_> =
                        ablated.W_V.row(ablated.W_V.nrows() - 1).iter().map(|x| x.abs()).collect();
                    let room = 2.0 * HALF_ULP * times_left(&bias, &through)[o] + 1e-12;
                    let found = after.PVOU[[p, o]];
                    let constant = before.EUPU[[0, o]] - after.EUPU[[0, o]];
                    assert!(
                        (found - mean - constant).abs() <= room,
                        "{p}, {o}: {found} and {mean}"
                    );
                }
            }
            for tokens in inputs() {
                let [a, b, q] = tokens;
                let (x, y) = (ablated.logits(&tokens), ablated.logits(&[b, a, q]));
                assert!(x.iter().zip(&y).all(|(x, y)| (x - y).abs() < 1e-12), "{tokens:?}");
                let weights = ablated.last_attention(&tokens);
                let keys = tokens.map(|t| (before.EQKE[[q, t]] / model.score_divisor()).exp());
                let total: f64 = keys.iter().sum();
                for (weight, key) in weights.iter().zip(keys) {
                    assert!((weight - key / total).abs() < 1e-12, "{tokens:?}");
                }
            }
        }
    }

    #[test]
    fn the_mean_direct_path_changes_nothing_else() {
        for model in [random(SHAPE, 1.0, 9), with_biases(9)] {
            let ablation = Ablation { mean_direct: true, ..Ablation::default() };
            let ablated = model.ablated(ablation).unwrap();
            let [before, after] = [&model, &ablated].map(Circuits::<f64>::new);
            for tokens in inputs() {
                let (direct, mean) = (before.EUPU.row(tokens[2]), mean_row(&before.EUPU));
                let [x, y] = [&model, &ablated].map(|model| model.logits(&tokens));
                for o in 0..6 {
                    let change = (y[o] - x[o]) - (mean[o] - direct[o]);
                    // The mean stream, rounded, goes through `W_U`.
                    let mut sizes = 0.0;
                    for (x, y) in ablated.W_pos.row(0).iter().zip(ablated.W_U.column(o)) {
                        sizes += (x * y).abs();
                    }
                    let room = HALF_ULP * sizes + 1e-12;
                    assert!(change.abs() <= room, "{tokens:?}, output {o}: {change}");
                }
            }
            assert!(after.EUPU.rows().into_iter().all(|row| row == after.EUPU.row(0)));
            let wide = random(Shape { v: 2, d: MAX_D / 2 + 1, h: 1, n: 1 }, 1.0, 1);
            assert_eq!(wide.ablated(ablation), Err(AblationError::TooWide(MAX_D + 2)));
        }
    }

    #[test]
    fn ablated_networks_are_files_like_any_other() {
        for model in [random(SHAPE, 1.0, 3), with_biases(3)] {
            for i in 0..12 {
                let ablation = Ablation {
                    rank: [None, Some(0), Some(2)][i % 3],
                    no_positions: i / 3 % 2 == 1,
                    mean_direct: i / 6 == 1,
                };
                let ablated = model.ablated(ablation).unwrap();
                let bytes = ablated.canonical();
                let read = Transformer::from_weights(&crate::weights::read(&bytes).unwrap());
                assert_eq!(read.unwrap(), ablated, "{ablation:?}");
            }
        }
    }
}
