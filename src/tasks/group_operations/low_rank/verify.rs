use super::{Factors, Lengths};
use crate::cost::{Scalar, matmul_flops};
use crate::linalg::{Matrix, centred, dot, largest, map, matmul, times};
use crate::proof::Tally;
use crate::tasks::group_operations::group::Group;
use crate::two_token::{Logits, Magnitudes, Shape, TwoToken};

/// What the verifier makes of a network and of factors that fit it.
pub(super) struct Verifier<S> {
    logits: Logits<S>,
    /// The unembedding less its mean row, `[o, m]`.
    unembed: Matrix<S>,
    /// `Aᵀ`, `[R, o]`.
    left: Vec<S>,
    /// `Bᵀ`, `[m, R]`.
    right: Vec<S>,
    rank: usize,
    /// `‖U′[z] − A[z] B‖`, `[o]`.
    rests: Vec<S>,
    /// `‖L[x]‖` and `‖R[y]‖`, if these bound lengths.
    sides: Option<[Vec<S>; 2]>,
    slack: S,
}

impl<S: Scalar> Verifier<S> {
    pub(super) fn new(network: &TwoToken, factors: &Factors) -> Self {
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

        // The magnitudes of theorem 7 that logits, factors and lengths add to each other.
        let mean: Vec<S> = mean.into_iter().map(S::abs).collect();
        let absolute =
            Matrix::from_shape_fn(unembed.dim(), |(z, i)| magnitudes.unembed[[z, i]] + mean[i]);
        let centred = magnitudes.read_out(&absolute);
        let numbers = times(&map(&right, S::abs), &magnitudes.neurons);
        let factored = largest(times(&map(&left, S::abs), &numbers));
        let length = dot(&magnitudes.neurons, &magnitudes.neurons).sqrt();
        let lengths = S::from_f64(2.0) * (largest(rests.iter().copied()) * length);
        let all = magnitudes.logits + centred + factored + lengths;
        let rank = right.nrows();
        let slack = magnitudes.slack(all, unembed.ncols() + rank + 10);
        let transposed = |matrix: Matrix<S>| {
            matrix.reversed_axes().as_standard_layout().iter().copied().collect()
        };
        Self {
            logits: Logits::new(network),
            unembed,
            left: transposed(left),
            right: transposed(right),
            rank,
            rests,
            sides: match factors.lengths() {
                Lengths::Exact => None,
                Lengths::Sums => Some([&network.left, &network.right].map(|side| {
                    let rows = number(&side.value);
                    let length = |row: &[S]| dot(row, row).sqrt();
                    let rows = rows.rows().into_iter();
                    rows.map(|row| length(row.as_slice().expect("row-major"))).collect()
                })),
            },
            slack,
        }
    }

    /// The slack of a comparison.
    pub(super) fn slack(&self) -> f64 {
        self.slack.to_f64()
    }

    /// The inputs of a left token that are proven right, and those that rounding loses.
    pub(super) fn count(&self, group: &Group, x: usize) -> Tally {
        let mut tally = Tally::default();
        for margin in self.margins(group, x) {
            if self.slack.less(margin) {
                tally.right += 1;
            } else if margin.to_f64() > 0.0 {
                tally.lost += 1;
            }
        }
        tally
    }

    /// At least the margin of `x` and each `y`, up to rounding.
    pub(super) fn margins(&self, group: &Group, x: usize) -> Vec<S> {
        let (order, neurons, outputs) = (group.order(), self.unembed.ncols(), self.unembed.nrows());
        let active = self.logits.active(x, 0..order);
        let numbers = S::matmul(&active, &self.right, neurons, self.rank);
        let factored = S::matmul(&numbers, &self.left, self.rank, outputs);
        let rows = active.chunks_exact(neurons).zip(factored.chunks_exact(outputs));
        rows.zip(0..)
            .map(|((active, factored), y)| {
                self.margin(active, factored, (x, y), group.product(x, y))
            })
            .collect()
    }

    /// `‖U′[z] − A[z] B‖`, `[o]`.
    pub(super) fn rests(&self) -> &[S] {
        &self.rests
    }

    /// The margins of [`Self::margins`] as sums of [parts](super::LowRank::PARTS): for the wrong
    /// output that decides.
    pub(super) fn parts(&self, group: &Group, x: usize) -> Vec<Vec<f64>> {
        let (order, neurons, outputs) = (group.order(), self.unembed.ncols(), self.unembed.nrows());
        let active = self.logits.active(x, 0..order);
        let numbers = S::matmul(&active, &self.right, neurons, self.rank);
        let mut factored = S::matmul(&numbers, &self.left, self.rank, outputs);
        let rows = active.chunks_exact(neurons).zip(factored.chunks_exact_mut(outputs));
        rows.zip(0..)
            .map(|((active, factored), y)| {
                let right = group.product(x, y);
                self.logits.add_direct(factored, x, y);
                let row = self.unembed.row(right);
                let logit = dot(row.as_slice().expect("row-major"), active);
                let logit = self.logits.with_direct(logit, x, y, right).to_f64();
                let exact = dot(active, active).sqrt().to_f64();
                let length = match &self.sides {
                    None => exact,
                    Some([left, right]) => (left[x] + right[y]).to_f64(),
                };
                let of = |z: usize| (factored[z].to_f64(), self.rests[z].to_f64());
                let wrong = (0..outputs).filter(|&z| z != right).map(of);
                let bound = |&(factored, rest): &(f64, f64)| factored + rest * length;
                let decides = wrong.max_by(|a, b| bound(a).total_cmp(&bound(b)));
                let (factored, rest) = decides.expect("at least two outputs");
                vec![logit - factored, -rest * exact, -rest * (length - exact)]
            })
            .collect()
    }

    /// At most the logit `right` less the largest other one, up to rounding.
    fn margin(&self, active: &[S], factored: &[S], (x, y): (usize, usize), right: usize) -> S {
        let length = match &self.sides {
            None => dot(active, active).sqrt(),
            Some([left, right]) => left[x] + right[y],
        };
        let mut bounds: Vec<S> =
            factored.iter().zip(&self.rests).map(|(&f, &rest)| f + rest * length).collect();
        self.logits.add_direct(&mut bounds, x, y);
        let row = self.unembed.row(right);
        let logit = dot(row.as_slice().expect("row-major"), active);
        bounds[right] = self.logits.with_direct(logit, x, y, right);
        crate::tasks::group_operations::brute_force::margin(&bounds, right)
    }
}

/// FLOPs of a proof of this rank.
pub(super) fn flops(network: &TwoToken, order: usize, rank: usize, lengths: Lengths) -> f64 {
    let Shape { neurons: m, outputs: o, .. } = network.shape();
    let direct = Logits::<f64>::direct_flops(network);
    let rests = 2 * o * m + o * m + o * 2 * m;
    let magnitudes = m + o * m + (2 * o * m - 1) + rank * m + rank * (2 * m - 1) + o * rank;
    let magnitudes = magnitudes + o * (2 * rank - 1) + (o - 1) + 2 * m + (o - 1) + 2 + 3 + 2;
    let (sides, length) = match lengths {
        Lengths::Exact => (0, 2 * m),
        Lengths::Sums => (2 * order * 2 * m, 1),
    };
    let start = matmul_flops(o, rank, m) + (rests + magnitudes + sides) as f64;
    let of_input = rank * (2 * m - 1) + o * (2 * rank - 1) + length + 2 * o;
    let of_input = of_input + (2 * m - 1) + (o - 1) + 1;
    let of_input = Logits::<f64>::active_flops(network) + of_input as f64 + direct * (o + 1) as f64;
    Magnitudes::<f64>::flops(network) + start + (order * order) as f64 * of_input
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cost::Counted;
    use crate::tasks::group_operations::group::natural;
    use crate::two_token::{Folded, Weights};

    #[test]
    fn the_formula_counts_the_operations() {
        let group = natural("S3").unwrap();
        let matrix = |rows: usize, columns: usize, seed: usize| {
            Matrix::from_shape_fn((rows, columns), |(i, j)| {
                ((i * 31 + j * 17 + seed) % 23) as f64 / 8.0 - 1.0
            })
        };
        let exact = |rows, columns, seed| Folded::exact(matrix(rows, columns, seed));
        for with_paths in [false, true] {
            let network = TwoToken::new(Weights {
                left: exact(6, 5, 1),
                right: exact(6, 5, 2),
                hidden_bias: exact(1, 5, 3),
                unembed: exact(7, 5, 4),
                direct: with_paths.then(|| (exact(6, 7, 5), exact(6, 7, 6))),
                bias: exact(1, 7, 7),
                heads: Vec::new(),
                attention_flops: 0.0,
            })
            .unwrap();
            let all = [Lengths::Exact, Lengths::Sums].into_iter();
            for (lengths, rank) in all.flat_map(|lengths| (1..4).map(move |rank| (lengths, rank))) {
                let rows = |m: Matrix<f64>| m.rows().into_iter().map(|r| r.to_vec()).collect();
                let factors =
                    Factors::new(lengths, rows(matrix(7, rank, 8)), rows(matrix(rank, 5, 9)));
                factors.fit(&network).unwrap();
                let (counted, _) = Counted::during(|| {
                    let verifier = Verifier::<Counted>::new(&network, &factors);
                    (0..6).map(|x| verifier.count(&group, x)).sum::<Tally>()
                });
                assert_eq!(counted as f64, flops(&network, 6, rank, lengths), "rank {rank}");
            }
        }
    }
}
