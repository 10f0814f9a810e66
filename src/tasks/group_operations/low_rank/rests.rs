use super::{Factors, Lengths};
use crate::cost::{Scalar, matmul_flops};
use crate::linalg::{Matrix, centred, dot, largest, map, matmul, times};
use crate::models::two_token::{Magnitudes, Shape, TwoToken};

/// Factors that fit a network, what they leave of its unembedding, and what rounding can amount to.
pub(in super::super) struct Rests<S> {
    /// `U′`, the unembedding less its mean row, `[o, m]`.
    pub(in super::super) unembed: Matrix<S>,
    /// `Aᵀ`, `[R, o]`.
    pub(in super::super) left: Vec<S>,
    /// `Bᵀ`, `[m, R]`.
    pub(in super::super) right: Vec<S>,
    pub(in super::super) rank: usize,
    /// `‖U′[z] − A[z] B‖`, `[o]`.
    pub(in super::super) rests: Vec<S>,
    /// `‖L[x]‖` and `‖R[y]‖`, if these bound lengths.
    pub(in super::super) sides: Option<[Vec<S>; 2]>,
    magnitudes: Magnitudes<S>,
    /// `M + M_c`, `M_f` and `M_l` of theorem 7: what logits, factors and lengths add to magnitudes.
    logits: S,
    factored: S,
    lengths: S,
}

impl<S: Scalar> Rests<S> {
    pub(in super::super) fn new(network: &TwoToken, factors: &Factors) -> Self {
        let number = |matrix: &Matrix<f64>| map(matrix, S::from_f64);
        let (left, right) = (number(&factors.left()), number(&factors.right()));
        let magnitudes = Magnitudes::<S>::new(network);
        let (mean, unembed) = centred(&number(network.unembed()));
        let product = matmul(left.view(), right.view());
        let rests: Vec<S> = unembed
            .rows()
            .into_iter()
            .zip(product.rows())
            .map(|(row, product)| {
                let rest: Vec<S> = row.iter().zip(product).map(|(&u, &p)| u - p).collect();
                dot(&rest, &rest).sqrt()
            })
            .collect();

        let mean: Vec<S> = mean.into_iter().map(S::abs).collect();
        let absolute =
            Matrix::from_shape_fn(unembed.dim(), |(z, i)| magnitudes.unembed[[z, i]] + mean[i]);
        let centred = magnitudes.read_out(&absolute);
        let numbers = times(&map(&right, S::abs), &magnitudes.neurons);
        let factored = largest(times(&map(&left, S::abs), &numbers));
        let length = dot(&magnitudes.neurons, &magnitudes.neurons).sqrt();
        let lengths = S::from_f64(2.0) * (largest(rests.iter().copied()) * length);
        let rank = right.nrows();
        let transposed = |matrix: Matrix<S>| {
            matrix.reversed_axes().as_standard_layout().iter().copied().collect()
        };
        Self {
            left: transposed(left),
            right: transposed(right),
            rank,
            rests,
            sides: match factors.lengths() {
                Lengths::Exact | Lengths::Active => None,
                Lengths::Sums => Some([&network.left, &network.right].map(|side| {
                    let rows = number(&side.value);
                    let length = |row: &[S]| dot(row, row).sqrt();
                    let rows = rows.rows().into_iter();
                    rows.map(|row| length(row.as_slice().expect("row-major"))).collect()
                })),
            },
            logits: magnitudes.logits + centred,
            factored,
            lengths,
            magnitudes,
            unembed,
        }
    }

    /// The slack of a comparison after `more` roundings beyond those of a logit, of numbers `B a`
    /// that are sums of at most `walked` times their terms. Costs 4 FLOPs, and 1 for `walked`.
    pub(in super::super) fn slack(&self, walked: Option<S>, more: usize) -> S {
        let factored = walked.map_or(self.factored, |walked| walked * self.factored);
        self.magnitudes.slack(self.logits + factored + self.lengths, more)
    }

    /// What rounding can amount to in a sum of squares that neurons read of a token, if it is a sum
    /// of at most `walked` times these. Costs `2 m + 2` FLOPs.
    pub(in super::super) fn squares_slack(&self, walked: S, more: usize) -> S {
        let neurons = &self.magnitudes.neurons;
        self.magnitudes.squares_slack(walked * dot(neurons, neurons), more)
    }
}

/// FLOPs of [`Rests::new`].
pub(in super::super) fn flops(
    network: &TwoToken,
    order: usize,
    rank: usize,
    lengths: Lengths,
) -> f64 {
    let Shape { neurons: m, outputs: o, .. } = network.shape();
    let rests = 2 * o * m + o * m + o * 2 * m;
    let magnitudes = m + o * m + (2 * o * m - 1) + rank * m + rank * (2 * m - 1) + o * rank;
    let magnitudes = magnitudes + o * (2 * rank - 1) + (o - 1) + 2 * m + (o - 1) + 2 + 1;
    let sides = match lengths {
        Lengths::Exact | Lengths::Active => 0,
        Lengths::Sums => 2 * order * 2 * m,
    };
    let start = matmul_flops(o, rank, m) + (rests + magnitudes + sides) as f64;
    Magnitudes::<f64>::flops(network) + start
}
