use super::tables::{Cell, Largest, Query};
use crate::cost::Scalar;

/// The weights of one cell's terms.
pub(super) struct Weights<S> {
    m: usize,
    /// `ρ_p r(t)` of the positions before the query's and tokens `t ≤ m`, `[n − 1, m + 1]` row by row.
    weights: Vec<S>,
}

/// The terms `x_o(p, t)` of an undecided `(q, m, o)`, each as what it falls short of the best at its position.
///
/// A sequence of the cell has `F_o ≥ 0` if and only if its deficits add up to at most `excess`, the largest `F_o` of the
/// cell. Where `q ≠ m` some token before the query must be `m`, which may be worse than the best everywhere: what it costs
/// at least is taken off the excess, and off the deficit of the first `m`.
pub(super) struct Terms<S> {
    pub(super) excess: S,
    /// `max_t x(p, t) − x(p, t)`, `[n − 1, m + 1]` row by row; none is negative.
    pub(super) deficits: Vec<S>,
    /// Of the first `m` at each position, `[n − 1]`; empty where `q = m`.
    pub(super) first: Vec<S>,
}

impl<S: Scalar> Weights<S> {
    pub(super) fn new(query: &Query<S>, cell: &Cell<S>) -> Self {
        let relative: Vec<_> = cell.scores.iter().map(|score| score.exp()).chain([S::from_f64(1.0)]).collect();
        let weights = query.weights.iter().flat_map(|&rho| relative.iter().map(move |&r| rho * r));
        Self { m: cell.scores.len(), weights: weights.collect() }
    }

    pub(super) fn flops(n: usize, m: usize) -> u64 {
        (m + (n - 1) * (m + 1)) as u64
    }

    /// The terms of output `o`; none if it turns out to be decided. [`Terms::flops`] operations.
    pub(super) fn terms(&self, largest: &Largest<S>, cell: &Cell<S>, o: usize) -> Option<Terms<S>> {
        let (q, m, n) = (cell.q, self.m, largest.tables.shape.n);
        let direct = largest.direct(q, o);
        let gains = largest.gains.row(o);
        let gains = gains.as_slice().expect("row-major");
        let mut deficits = Vec::with_capacity(self.weights.len());
        let mut excess = cell.own * (direct + largest.positions[[o, n - 1]] + gains[q]);
        for (p, weights) in self.weights.chunks_exact(m + 1).enumerate() {
            let constant = direct + largest.positions[[o, p]];
            let start = deficits.len();
            deficits.extend(weights.iter().zip(gains).map(|(&weight, &gain)| weight * (constant + gain)));
            let terms = &mut deficits[start..];
            let best = crate::linalg::largest(terms.iter().copied());
            terms.iter_mut().for_each(|term| *term = best - *term);
            excess = excess + best;
        }
        let mut first = Vec::new();
        if q != m {
            let of_m = || deficits.chunks_exact(m + 1).map(|deficits| deficits[m]);
            let least = crate::linalg::smallest(of_m());
            first.extend(of_m().map(|deficit| deficit - least));
            excess = excess - least;
        }
        (!excess.less(S::from_f64(0.0))).then_some(Terms { excess, deficits, first })
    }
}

impl<S> Terms<S> {
    /// FLOPs of [`Weights::terms`].
    pub(super) fn flops(n: usize, q: usize, m: usize) -> u64 {
        let of_position = 1 + 2 * (m + 1) + m + (m + 1) + 1;
        let first = if q == m { 0 } else { (n - 2) + (n - 1) + 1 };
        (4 + (n - 1) * of_position + first + 1) as u64
    }
}
