//! The weights that are trained, and the network that they multiply out to.

use super::Recipe;
use crate::linalg::{Matrix, matmul};
use crate::training::random::{generator, normal, uniform};
use crate::training::{Trained, WeightDecay};

/// A network with two tokens and one hidden layer, or the gradient of a loss by its weights.
#[derive(Clone)]
pub(super) struct Network {
    /// `[n, m]`.
    pub(super) left: Matrix<f64>,
    /// `[n, m]`.
    pub(super) right: Matrix<f64>,
    /// `[1, m]`.
    pub(super) hidden_bias: Matrix<f64>,
    /// `[m, n]`, and in training some columns of zeros.
    pub(super) unembed: Matrix<f64>,
    /// `[1, n]`.
    pub(super) bias: Matrix<f64>,
}

/// The matrices that are trained, or the gradient of a loss by them.
#[derive(Clone)]
pub(super) struct Factored {
    /// Embedding `[n, d]` and map to the neurons `[d, m]` of each side. One side stands for both
    /// where they share their weights.
    sides: Vec<[Matrix<f64>; 2]>,
    /// `[1, m]`.
    hidden_bias: Option<Matrix<f64>>,
    /// One matrix `[m, n]`, or its factors `[m, d]` and `[d, n]`.
    unembed: Vec<Matrix<f64>>,
    /// `[1, n]`.
    bias: Option<Matrix<f64>>,
}

impl Factored {
    /// The random weights that a training starts with.
    pub(super) fn initial(recipe: &Recipe) -> Self {
        let mut random = generator(recipe.seed, u64::from_be_bytes(*b" weights"));
        let (n, m, d) = (recipe.group.order(), recipe.neurons, recipe.width);
        if recipe.is_tied() {
            // The variance is 1 / rows.
            let mut matrix = |rows: usize, columns| {
                let deviation = 1.0 / (rows as f64).sqrt();
                Matrix::from_shape_simple_fn((rows, columns), || deviation * normal(&mut random))
            };
            return Self {
                sides: vec![[matrix(n, d), matrix(d, m)]],
                hidden_bias: Some(Matrix::zeros((1, m))),
                unembed: vec![matrix(m, d), matrix(d, n)],
                bias: None,
            };
        }
        let mut side = || {
            let embedding = Matrix::from_shape_simple_fn((n, d), || normal(&mut random));
            let most = 1.0 / (2.0 * d as f64).sqrt();
            let map =
                Matrix::from_shape_simple_fn((d, m), || most * (2.0 * uniform(&mut random) - 1.0));
            [embedding, map]
        };
        let sides = vec![side(), side()];
        let most = 1.0 / (m as f64).sqrt();
        let mut matrix = |rows| {
            let number = || most * (2.0 * uniform(&mut random) - 1.0);
            Matrix::from_shape_simple_fn((rows, n), number)
        };
        let unembed = vec![matrix(m)];
        Self { sides, hidden_bias: None, unembed, bias: Some(matrix(1)) }
    }

    /// The network with the matrices multiplied out.
    pub(super) fn network(&self) -> Network {
        let [left, right] = self.side_numbers().map(|side| {
            let [embedding, map] = &self.sides[side];
            matmul(embedding.view(), map.view())
        });
        let unembed = match &self.unembed[..] {
            [out, unembed] => matmul(out.view(), unembed.view()),
            factors => factors[0].clone(),
        };
        let zeros = |columns| Matrix::zeros((1, columns));
        Network {
            hidden_bias: self.hidden_bias.clone().unwrap_or_else(|| zeros(left.ncols())),
            bias: self.bias.clone().unwrap_or_else(|| zeros(unembed.ncols())),
            left,
            right,
            unembed,
        }
    }

    /// The numbers of the sides of the left and the right token.
    fn side_numbers(&self) -> [usize; 2] {
        [0, self.sides.len() - 1]
    }

    /// Takes the gradient by the network to these matrices.
    pub(super) fn chain_rule(&self, by: Network) -> Self {
        // For C = A B: the gradient by A is (by C) Bᵀ, that by B is Aᵀ (by C).
        let by_factors = |a: &Matrix<f64>, b: &Matrix<f64>, by_c: &Matrix<f64>| {
            [matmul(by_c.view(), b.t()), matmul(a.t(), by_c.view())]
        };
        let by_sides = match self.sides.len() {
            1 => vec![by.left + by.right],
            _ => vec![by.left, by.right],
        };
        let sides = self.sides.iter().zip(&by_sides);
        Self {
            sides: sides.map(|([embedding, map], by)| by_factors(embedding, map, by)).collect(),
            hidden_bias: self.hidden_bias.as_ref().map(|_| by.hidden_bias),
            unembed: match &self.unembed[..] {
                [out, unembed] => by_factors(out, unembed, &by.unembed).into(),
                _ => vec![by.unembed],
            },
            bias: self.bias.as_ref().map(|_| by.bias),
        }
    }

    /// Every matrix.
    pub(super) fn matrices_mut(&mut self) -> impl Iterator<Item = &mut Matrix<f64>> {
        let Self { sides, hidden_bias, unembed, bias } = self;
        sides.iter_mut().flatten().chain(hidden_bias).chain(unembed).chain(bias)
    }

    /// Every matrix with its gradient. What is added to logits does not decay.
    pub(super) fn trained<'a>(
        &'a mut self,
        gradient: &'a mut Self,
        decay: WeightDecay,
    ) -> impl Iterator<Item = Trained<'a>> {
        let decays = self.sides.len() * 2 + self.hidden_bias.iter().len() + self.unembed.len();
        let pairs = self.matrices_mut().zip(gradient.matrices_mut());
        pairs.enumerate().map(move |(place, (weights, gradient))| Trained {
            weights,
            gradient,
            decay: if place < decays { decay } else { WeightDecay::L2(0.0) },
        })
    }
}
