//! The matrices that proofs reason about, for people to look at.

use super::MaxOfK;
use super::subcubic::attention_factors;
use crate::linalg::{
    Matrix, SingularDirection, first_singular_direction_of_product, map, matmul,
    singular_values_of_product,
};
use crate::models::transformer::Circuits;
use serde::Serialize;

/// A matrix of the network, as the proofs see it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MatrixFacts {
    /// The literature's name.
    pub id: &'static str,
    /// A short name for a person.
    pub label: &'static str,
    /// What its numbers are, for a student.
    pub about: &'static str,
    /// Rows of `values`.
    pub rows: usize,
    /// Columns of `values`.
    pub columns: usize,
    /// What a row is.
    pub row_axis: &'static str,
    /// What a column is.
    pub column_axis: &'static str,
    /// Row by row, `[rows · columns]`. Programs that have room for many numbers take them as they
    /// are.
    #[serde(skip)]
    pub values: Vec<f64>,
    /// The part that the first direction gives, `[rows · columns]`, where proofs use it.
    #[serde(skip)]
    pub approximation: Option<Vec<f64>>,
    /// The largest first; none where nobody asks for them.
    pub singular_values: Vec<f64>,
}

impl MaxOfK {
    /// The matrices of the network. No proof depends on them.
    #[must_use]
    pub fn matrices(&self) -> Vec<MatrixFacts> {
        let model = self.model();
        let [queries, read, keys, positions] = attention_factors(model);
        let scale = model.score_divisor();
        let scores =
            |keys: &Matrix<f64>| map(&matmul(read.view(), keys.t()), |product| product / scale);
        let SingularDirection { left, value, right } =
            first_singular_direction_of_product(&read, &keys);
        let of_scores = singular_values_of_product(&read, &keys);
        let rank_one = left.iter().flat_map(|x| right.iter().map(move |y| x * value * y / scale));

        let Circuits { EUPU, EVOU, PVOU, .. } = Circuits::<f64>::new(model);
        let VOU = matmul(matmul(model.W_V.view(), model.W_O.view()).view(), model.W_U.view());
        vec![
            MatrixFacts {
                approximation: Some(rank_one.collect()),
                singular_values: of_scores.iter().map(|value| value / scale).collect(),
                ..facts(
                    ["EQKE", "Attention to tokens", "last token", "token"],
                    "How much attention the last token pays to each token, before the softmax. A token \
                     stands at the average position.",
                    &scores(&keys),
                )
            },
            facts(
                ["EQKP", "Attention to positions", "last token", "position"],
                "What each position adds to the attention that the last token pays, beside the \
                 average position.",
                &scores(&positions),
            ),
            MatrixFacts {
                singular_values: singular_values_of_product(
                    &queries,
                    &transposed(&less_row_means(&model.W_U)),
                ),
                ..facts(
                    ["EUPU", "Direct path", "last token", "output"],
                    "What the last token adds to each output without attention, less its average \
                     over all outputs: only differences between outputs matter.",
                    &less_row_means(&EUPU),
                )
            },
            MatrixFacts {
                singular_values: singular_values_of_product(&model.W_E, &transposed(&VOU)),
                ..facts(
                    ["EVOU", "Tokens to outputs", "token", "output"],
                    "What a token adds to each output where it gets all attention.",
                    &EVOU,
                )
            },
            facts(
                ["PVOU", "Positions to outputs", "position", "output"],
                "What a position adds to each output where it gets all attention.",
                &PVOU,
            ),
        ]
    }
}

/// A matrix without an approximation and singular values; `[id, label, row_axis, column_axis]`.
fn facts(
    [id, label, row_axis, column_axis]: [&'static str; 4],
    about: &'static str,
    matrix: &Matrix<f64>,
) -> MatrixFacts {
    let (rows, columns) = matrix.dim();
    MatrixFacts {
        id,
        label,
        about,
        rows,
        columns,
        row_axis,
        column_axis,
        values: matrix.iter().copied().collect(),
        approximation: None,
        singular_values: Vec::new(),
    }
}

fn transposed(matrix: &Matrix<f64>) -> Matrix<f64> {
    matrix.t().as_standard_layout().into_owned()
}

/// Takes the mean of each row off its entries.
fn less_row_means(matrix: &Matrix<f64>) -> Matrix<f64> {
    let means: Vec<_> =
        matrix.rows().into_iter().map(|row| row.sum() / matrix.ncols() as f64).collect();
    Matrix::from_shape_fn(matrix.dim(), |(i, j)| matrix[[i, j]] - means[i])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::exp;
    use crate::models::transformer::Shape;
    use crate::models::transformer::tests::random;

    #[test]
    fn matrices_compose_to_what_the_network_does() {
        let (v, n) = (6, 3);
        let task = MaxOfK::new(random(Shape { v, d: 4, h: 2, n }, 1.0, 3)).unwrap();
        let matrices = task.matrices();
        assert_eq!(
            matrices.iter().map(|matrix| matrix.id).collect::<Vec<_>>(),
            ["EQKE", "EQKP", "EUPU", "EVOU", "PVOU"]
        );
        let [EQKE, EQKP, EUPU, EVOU, PVOU] = [0, 1, 2, 3, 4].map(|i| {
            let MatrixFacts { rows, columns, values, .. } = &matrices[i];
            Matrix::from_shape_vec((*rows, *columns), values.clone()).unwrap()
        });
        let tokens = [4, 1, 3];
        let look = task.look(&tokens).unwrap();
        let weights = [0, 1, 2].map(|p| exp(EQKE[[3, tokens[p]]] + EQKP[[3, p]]));
        let total: f64 = weights.iter().sum();
        for (weight, attention) in weights.iter().zip(&look.attention) {
            assert!((weight / total - attention).abs() < 1e-12);
        }
        let logit = |o: usize| {
            let head = |p: usize| look.attention[p] * (EVOU[[tokens[p], o]] + PVOU[[p, o]]);
            EUPU[[3, o]] + (0..n).map(head).sum::<f64>()
        };
        for o in 0..v {
            let expected = look.example.logits[o] - look.example.logits[0];
            assert!((logit(o) - logit(0) - expected).abs() < 1e-12);
        }
    }

    #[test]
    fn singular_values_add_up_and_the_first_is_the_approximation() {
        let task = MaxOfK::new(random(Shape { v: 6, d: 4, h: 2, n: 3 }, 1.0, 3)).unwrap();
        for MatrixFacts { id, values, approximation, singular_values, .. } in task.matrices() {
            let squares = |values: &[f64]| values.iter().map(|x| x * x).sum::<f64>();
            if ["EQKE", "EUPU", "EVOU"].contains(&id) {
                let (sum, expected) = (squares(&singular_values), squares(&values));
                assert!((sum / expected - 1.0).abs() < 1e-12, "{id}: {sum} and {expected}");
            } else {
                assert_eq!(singular_values, [0.0; 0], "{id}");
            }
            if let Some(approximation) = approximation {
                let left: Vec<_> = values.iter().zip(&approximation).map(|(x, y)| x - y).collect();
                let left = squares(&left);
                assert!((left - squares(&singular_values[1..])).abs() < 1e-12, "{id}: {left}");
            }
        }
    }
}
