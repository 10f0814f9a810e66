use crate::linalg::{Matrix, first_singular_direction_of_product, matmul, times, times_left};
use crate::models::transformer::Transformer;
use crate::tasks::max_of_k::subcubic::{attention_factors, rest};
use crate::tasks::max_of_k::train::{in_float32, weights_mut};
use crate::training::random::{generator, normal};

/// A network whose weights are those of `model` plus Gaussian noise with the standard deviation
/// `sigma`, drawn by `seed`, rounded to float32.
#[must_use]
pub fn with_noise(model: &Transformer, sigma: f64, seed: u64) -> Transformer {
    let mut noisy = model.clone();
    let mut random = generator(seed, u64::from_be_bytes(*b"   noise"));
    for weights in weights_mut(&mut noisy) {
        weights.iter_mut().for_each(|weight| *weight += sigma * normal(&mut random));
    }
    in_float32(noisy)
}

/// What is left of attention beside its first singular direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Residual {
    /// Nothing: attention to tokens has rank 1.
    Nothing,
    /// A multiple of the identity, on all dimensions of the head but one, that changes attention
    /// scores as much as the residual it replaces, in root mean square. Nothing of it is random, so
    /// that the absolute values of its factors are as small as their products.
    Identity,
}

/// A network whose attention to tokens has the first singular direction of `model`'s, with another
/// residual, rounded to float32.
///
/// `E_q x (E_k y)ᵀ = σ u wᵀ` for `x = M E_kᵀ w` and `y = Mᵀ E_qᵀ u / σ`, where `M = W_Q W_Kᵀ` and
/// `σ u wᵀ` is the first singular part of `E_q M E_kᵀ`. So `x` and `y` are the first columns of the
/// new `W_Q` and `W_K`.
#[must_use]
pub fn with_residual(model: &Transformer, residual: Residual) -> Transformer {
    let [E_q, read, E_k, _] = attention_factors(model);
    let first = first_singular_direction_of_product(&read, &E_k);
    let M = matmul(model.W_Q.view(), model.W_K.t());
    let x = times(&M, &times_left(&first.right, &E_k));
    let y = times_left(&times_left(&first.left, &E_q), &M);
    // Both columns are equally long.
    let length = |x: &[f64]| x.iter().map(|x| x * x).sum::<f64>().sqrt();
    let balance = (length(&y) / first.value / length(&x)).sqrt();
    let identity = match residual {
        Residual::Nothing => 0.0,
        Residual::Identity => {
            let size = |matrix: &Matrix<f64>| matrix.iter().map(|x| x * x).sum::<f64>().sqrt();
            let left = matmul(rest(&read, &first.left).view(), E_k.t());
            let columns = model.W_Q.ncols().min(model.W_Q.nrows() + 1) - 1;
            let [E_q, E_k] = [&E_q, &E_k].map(|factor| {
                Matrix::from_shape_fn((factor.nrows(), columns.max(1)), |at| {
                    if at.1 < columns { factor[at] } else { 0.0 }
                })
            });
            let of_identity = size(&matmul(E_q.view(), E_k.t()));
            if of_identity > 0.0 { (size(&left) / of_identity).sqrt() } else { 0.0 }
        }
    };
    let column = |x: &[f64], scale: f64| {
        Matrix::from_shape_fn(model.W_Q.dim(), |(i, j)| match j {
            0 => x[i] * scale,
            _ if i + 1 == j => identity,
            _ => 0.0,
        })
    };
    let (W_Q, W_K) = (column(&x, balance), column(&y, 1.0 / first.value / balance));
    in_float32(Transformer { W_Q, W_K, ..model.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::transformer::Shape;
    use crate::models::transformer::tests::random;

    /// The scores of a network, and its singular values.
    fn scores(model: &Transformer) -> (Matrix<f64>, Vec<f64>) {
        let [_, read, E_k, _] = attention_factors(model);
        let values = crate::linalg::singular_values_of_product(&read, &E_k);
        (matmul(read.view(), E_k.t()), values)
    }

    #[test]
    fn only_the_residual_of_attention_changes() {
        let model = random(Shape { v: 7, d: 5, h: 4, n: 3 }, 1.0, 11);
        let (before, values) = scores(&model);
        let (alone, of_alone) = scores(&with_residual(&model, Residual::Nothing));
        assert!((of_alone[0] / values[0] - 1.0).abs() < 1e-6 && of_alone[1] < 1e-5 * values[0]);
        let size = |x: &Matrix<f64>| x.iter().map(|x| x * x).sum::<f64>();
        let left: f64 = values[1..].iter().map(|x| x * x).sum();
        assert!((size(&(&before - &alone)) / left - 1.0).abs() < 1e-5);
        let (other, _) = scores(&with_residual(&model, Residual::Identity));
        assert!((size(&(&other - &alone)) / left - 1.0).abs() < 1e-5);
    }

    #[test]
    fn noise_has_the_deviation_that_is_asked_for() {
        let model = random(Shape { v: 40, d: 20, h: 10, n: 3 }, 1.0, 5);
        let mut noisy = with_noise(&model, 0.1, 3);
        let mut model = model.clone();
        let pairs = weights_mut(&mut model).into_iter().zip(weights_mut(&mut noisy));
        let off: Vec<f64> = pairs
            .flat_map(|(x, y)| x.iter().zip(y.iter()).map(|(x, y)| x - y).collect::<Vec<_>>())
            .collect();
        let deviation = (off.iter().map(|x| x * x).sum::<f64>() / off.len() as f64).sqrt();
        assert!((deviation / 0.1 - 1.0).abs() < 0.05, "{deviation}");
        assert_eq!(with_noise(&model, 0.0, 3), in_float32(model));
    }
}
