use super::verify::Seen;
use super::{Factors, Lengths, fits, most_rank};
use crate::linalg::{Matrix, centred, left_singular_vectors, matmul};
use crate::models::two_token::{Logits, TwoToken};
use crate::tasks::group_operations::group::Group;
use std::sync::OnceLock;

/// A singular value below this part of the largest is taken for noise of training. It only decides
/// which ranks a table lists.
const NOISE: f64 = 0.02;

/// How many ranks a table lists beyond where singular values fall.
pub(super) const MORE: usize = 2;

/// The singular vectors of an unembedding, found once for all ranks.
#[derive(Clone, Debug)]
pub struct Search {
    /// The unembedding less its mean row, `[o, m]`.
    unembed: Matrix<f64>,
    /// The squares of its singular values, the largest first, with left vectors `[o]`.
    vectors: Vec<(f64, Vec<f64>)>,
    most: usize,
    logits: Logits<f64>,
    /// `Bᵀ` of all ranks that a table lists, `[m, R]`, and their largest.
    right: (Vec<f64>, usize),
    /// What the inputs of each left token give to that, when first asked.
    seen: Vec<OnceLock<Seen<f64>>>,
}

impl Search {
    /// Finds the singular vectors, as eigenvectors of the matrix of products of outputs.
    #[must_use]
    pub fn new(network: &TwoToken) -> Self {
        let (_, unembed) = centred(network.unembed());
        let products = matmul(unembed.view(), unembed.t());
        let mut search = Self {
            vectors: left_singular_vectors(&products),
            unembed,
            most: most_rank(network),
            logits: Logits::new(network),
            right: (Vec::new(), 0),
            seen: (0..network.shape().left).map(|_| OnceLock::new()).collect(),
        };
        let most = search.most_listed();
        let right = search.factors(most).right().reversed_axes();
        search.right = (right.as_standard_layout().iter().copied().collect(), most);
        search
    }

    /// The largest rank that a table lists.
    #[must_use]
    pub fn most_listed(&self) -> usize {
        (self.worthwhile_rank() + MORE).min(self.most)
    }

    /// What the inputs of a left token give to [`Self::factors`] of a rank; kept for other ranks
    /// whose factors begin with these, unless that takes too much memory or they are seldom asked for.
    pub(super) fn seen(&self, group: &Group, x: usize, rank: usize) -> Option<Seen<f64>> {
        let (right, most) = &self.right;
        if rank > *most || !fits(group.order(), *most) {
            return None;
        }
        let seen = || Seen::new(&self.logits, &self.unembed, (right, *most), true, group, x);
        Some(self.seen.get(x)?.get_or_init(seen).narrowed(rank))
    }

    /// How many singular values are more than noise of training.
    #[must_use]
    pub fn worthwhile_rank(&self) -> usize {
        let most = self.vectors.first().map_or(0.0, |(square, _)| *square);
        let is_worthwhile = |(square, _): &&(f64, Vec<f64>)| *square > NOISE * NOISE * most;
        self.vectors.iter().take_while(is_worthwhile).count().clamp(1, self.most)
    }

    /// The best factors of this rank by least squares; of a smaller one where the rest would be
    /// rounding.
    #[must_use]
    pub fn factors(&self, rank: usize) -> Factors {
        let outputs = self.unembed.nrows();
        let zero = (0.0, vec![0.0; outputs]);
        let vectors = self.vectors.iter().chain(std::iter::repeat(&zero)).take(rank);
        let left = Matrix::from_shape_vec(
            (rank, outputs),
            vectors.flat_map(|(_, vector)| vector.iter().copied()).collect(),
        );
        let left = left.unwrap_or_else(|_| unreachable!("a vector has a number for each output"));
        let right = matmul(left.view(), self.unembed.view());
        let rows =
            |matrix: &Matrix<f64>| matrix.rows().into_iter().map(|row| row.to_vec()).collect();
        Factors::new(Lengths::Exact, rows(&left.reversed_axes()), rows(&right))
    }
}
