//! How far logits in float32 can be from those of [`Transformer::logits`].

use super::Transformer;
use crate::linalg::{Matrix, map, matmul};
use ndarray::{Array1, ArrayView2, s};

/// Unit roundoff `u` of float32.
const UNIT: f64 = f32::EPSILON as f64 / 2.0;
/// Added to magnitudes, see "Below the normal range" of [`Transformer::float32_error`].
const TINY: f64 = 1.0 / (1_u128 << 100) as f64;
/// Above this magnitude, float32 may overflow.
const LARGEST: f64 = f32::MAX as f64 / 4.0;

impl Transformer {
    /// Bounds the difference of the logits for `tokens` between two programs, `[v_out]`: between
    /// [`Self::logits`] and a program that evaluates the network in float32 or more precisely, with
    /// sums in any order. Infinite where float32 may overflow, or where attention is too uncertain
    /// for a bound.
    ///
    /// # Assumptions about the other program
    ///
    /// * It rounds weights to float32, if they are not float32 already.
    /// * Every sum, product, quotient and root is the exact one times `1 + δ`, `|δ| ≤ u = 2⁻²⁴`.
    /// * It subtracts the largest score before the exponential.
    /// * Exponentials are off by at most `4 u` of themselves. (The functions that PyTorch calls
    ///   state 1 or 2 units in the last place, or less.)
    /// * Numbers below the normal range may become zero.
    ///
    /// TF32 and half precision violate the assumptions; PyTorch uses neither unless told to.
    ///
    /// # Derivation
    ///
    /// *Scores.* Multiplied out, a score is a sum of products of weights. Each product passes at
    /// most `N = 2 d + h + 11` roundings: four of weights, two of the residual stream, `d` for the
    /// query, `d` for the key, `h` for their product, and the rest for the division by the root. By
    /// theorem 1 of [`crate::rounding`] the score is off by at most `γ_N T`, where `T` is the score
    /// that absolute values give. The largest score is subtracted from all scores, so an error in
    /// it does not change the attention. The subtraction itself is off by `u` of at most
    /// `2 T (1 + γ_N)`. In total, with `N = 2 d + h + 14`, exponents are off by at most
    /// `δ = γ_N max T`.
    ///
    /// *Attention.* So the computed weight of a position is the exact one times a factor between
    /// `e^{−δ} (1 − 4 u)` and `e^δ (1 + 4 u)`. Let `â` be the attention that these weights have in
    /// exact arithmetic, and `a` the true one. Their quotient lies between `e^{−x}` and `e^x`,
    /// where `x = 2 δ + 9 u`. If `x ≤ 1`, then `|â − a| ≤ φ a` with `φ = x + x²`.
    ///
    /// *Outputs.* A logit is the direct path plus `Σ_p â_p y_p`, where `y_p` is what the head
    /// writes from position `p`. Each product of weights passes at most `M = 2 d + h + 2 n + 10`
    /// roundings, including those of the sum and the quotient of the softmax. As
    /// `Σ_p â_p = Σ_p a_p = 1`, for any `c`
    ///
    /// > `|Σ â_p y_p − Σ a_p y_p| = |Σ (â_p − a_p) (y_p − c)| ≤ φ Σ a_p |y_p − c|`.
    ///
    /// Let `D` and `H` be the direct path and the head's part of the logit for absolute values.
    /// Then the logit is off by at most `γ_M (D + (1 + φ) H) + φ Σ a_p |y_p − c|`. The code uses
    /// `c = Σ a_p y_p`, for which the last sum is small where attention is on one position.
    ///
    /// *Below the normal range* each of the `2 m` steps of a sum of `m` products may be off by
    /// `2⁻¹²⁶` more. As `2 m 2⁻¹²⁶ ≤ γ_m 2⁻¹⁰⁰`, adding `2⁻¹⁰⁰` to every sum of absolute values
    /// accounts for that. The code also adds it to weights, which may vanish when they are rounded,
    /// and to quotients. If the weight of a position vanishes, its attention is off by at most
    /// `2⁻¹²⁴ ≤ φ 2⁻¹⁰⁰`, which adding `2⁻¹⁰⁰` to `a` accounts for.
    ///
    /// *float64.* The error of [`Self::logits`] has the same bound with `u = 2⁻⁵³`. The bound that
    /// is computed here is off by a similar part of itself and of `γ_M H`. Both are less than a
    /// thousandth of the bound, which is therefore multiplied by 1.001. ∎
    ///
    /// # Panics
    /// If there are not `n` tokens or one of them is not below `v`.
    #[must_use]
    pub fn float32_error(&self, tokens: &[usize]) -> Array1<f64> {
        let gamma = |roundings: usize| (roundings + 1) as f64 * UNIT;
        let larger = |matrix: &Matrix<f64>| map(matrix, |x| x.abs() + TINY);
        let times = |x: ArrayView2<'_, f64>, weights: &Matrix<f64>| {
            larger(&matmul(x, larger(weights).view()))
        };
        let ((d, h), n) = (self.W_Q.dim(), tokens.len());

        let residual = self.residual(tokens);
        let (W_E, W_pos) = (larger(&self.W_E), larger(&self.W_pos));
        let stream =
            Matrix::from_shape_fn((n, d), |(p, j)| W_E[[tokens[p], j]] + W_pos[[p, j]] + TINY);
        let last = stream.slice(s![-1.., ..]);
        let (query, keys) = (times(last, &self.W_Q), times(stream.view(), &self.W_K));
        let products = larger(&matmul(query.view(), keys.t()));
        let scores = largest(&products) / self.score_divisor() + TINY;
        let x = 2.0 * gamma(2 * d + h + 14) * scores + 9.0 * UNIT;
        let phi = x + x * x;

        let attention = self.attention(&residual);
        let written = matmul(
            matmul(matmul(residual.view(), self.W_V.view()).view(), self.W_O.view()).view(),
            self.W_U.view(),
        );
        let centre = matmul(attention.view(), written.view());
        let apart =
            Matrix::from_shape_fn(written.dim(), |(p, o)| (written[[p, o]] - centre[[0, o]]).abs());
        let attention = larger(&attention);
        let apart = matmul(attention.view(), apart.view());

        let values = times(stream.view(), &self.W_V);
        let mixed = larger(&matmul(attention.view(), values.view()));
        let head = times(mixed.view(), &self.W_O);
        let (direct, head_outputs) = (times(last, &self.W_U), times(head.view(), &self.W_U));
        let parts =
            [&stream, &query, &keys, &products, &values, &mixed, &head, &direct, &head_outputs];
        if !(x <= 1.0 && parts.iter().all(|part| largest(part) <= LARGEST)) {
            return Array1::from_elem(self.W_U.ncols(), f64::INFINITY);
        }
        let gamma = gamma(2 * d + h + 2 * n + 10);
        (0..self.W_U.ncols())
            .map(|o| {
                1.001
                    * (gamma * (direct[[0, o]] + (1.0 + phi) * head_outputs[[0, o]])
                        + phi * apart[[0, o]])
            })
            .collect()
    }
}

fn largest(matrix: &Matrix<f64>) -> f64 {
    matrix.iter().copied().fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::transformer::Shape;
    use crate::models::transformer::tests::random;

    /// The logits in float32. `reverse` adds sums and multiplies the head's matrices in the
    /// opposite order.
    #[expect(clippy::cast_possible_truncation, reason = "rounds to float32")]
    fn logits(model: &Transformer, tokens: &[usize], reverse: bool) -> Vec<f32> {
        let sum = |terms: Vec<f32>| match reverse {
            true => terms.into_iter().rev().fold(0.0, |sum, x| sum + x),
            false => terms.into_iter().fold(0.0_f32, |sum, x| sum + x),
        };
        let product = |x: &[Vec<f32>], y: &[Vec<f32>]| -> Vec<Vec<f32>> {
            let entry =
                |row: &Vec<f32>, j: usize| sum((0..y.len()).map(|k| row[k] * y[k][j]).collect());
            x.iter().map(|row| (0..y[0].len()).map(|j| entry(row, j)).collect()).collect()
        };
        let single = |weights: &Matrix<f64>| -> Vec<Vec<f32>> {
            weights.rows().into_iter().map(|row| row.iter().map(|&x| x as f32).collect()).collect()
        };
        let [W_E, W_pos, W_Q, W_K, W_V, W_O, W_U] =
            [&model.W_E, &model.W_pos, &model.W_Q, &model.W_K, &model.W_V, &model.W_O, &model.W_U]
                .map(single);
        let stream: Vec<Vec<f32>> = (tokens.iter().zip(&W_pos))
            .map(|(&t, position)| W_E[t].iter().zip(position).map(|(x, y)| x + y).collect())
            .collect();
        let last = &stream[tokens.len() - 1..];
        let (query, keys) = (product(last, &W_Q), product(&stream, &W_K));
        let scores: Vec<f32> = (keys.iter())
            .map(|key| {
                sum(key.iter().zip(&query[0]).map(|(k, q)| k * q).collect())
                    / model.score_divisor() as f32
            })
            .collect();
        let top = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let weights: Vec<f32> = scores.iter().map(|s| (s - top).exp()).collect();
        let total = sum(weights.clone());
        let attention = vec![weights.iter().map(|w| w / total).collect()];
        let head = match reverse {
            true => product(&attention, &product(&stream, &product(&W_V, &W_O))),
            false => product(&product(&attention, &product(&stream, &W_V)), &W_O),
        };
        let end: Vec<f32> = last[0].iter().zip(&head[0]).map(|(x, y)| x + y).collect();
        product(&[end], &W_U).remove(0)
    }

    /// The rounding error stays below the bound, and sometimes comes within a factor of 100.
    #[test]
    fn float32_is_within_the_bound() {
        let mut closest = 0.0_f64;
        for seed in 1..400 {
            let (v, d, h, n) = (2 + seed % 7, 1 + seed % 11, 1 + seed % 5, 1 + seed % 6);
            let scale = [1e-22, 1e-12, 0.03, 0.3, 1.0, 2.0, 4.0][seed % 7];
            let model = random(Shape { v, d, h, n }, scale, seed as u64);
            let tokens: Vec<usize> = (0..n).map(|p| (seed * (p + 3)) % v).collect();
            let (exact, error) = (model.logits(&tokens), model.float32_error(&tokens));
            for reverse in [false, true] {
                for (o, &found) in logits(&model, &tokens, reverse).iter().enumerate() {
                    let off = (f64::from(found) - exact[o]).abs();
                    assert!(
                        off <= error[o],
                        "seed {seed}, output {o}: off by {off:e}, the bound is {:e}",
                        error[o]
                    );
                    closest = closest.max(off / error[o]);
                }
            }
        }
        assert!(
            closest > 0.01,
            "the bound is never less than {:.0} times what happens",
            1.0 / closest
        );
    }

    #[test]
    fn the_bound_is_infinite_where_float32_overflows() {
        let model = random(Shape { v: 3, d: 4, h: 2, n: 2 }, 1e12, 3);
        assert!(
            model.float32_error(&[0, 1]).iter().all(|&error| error == f64::INFINITY),
            "attention"
        );
        let mut model = random(Shape { v: 3, d: 4, h: 2, n: 2 }, 1.0, 3);
        model.W_U.fill(3e38);
        assert!(
            model.float32_error(&[0, 1]).iter().all(|&error| error == f64::INFINITY),
            "outputs"
        );
    }
}
