use super::precomputed::{CellScores, Largest};
use crate::cost::Scalar;
use crate::linalg::smallest;

/// The weights of one cell's terms.
pub(super) struct Weights<S> {
    m: usize,
    /// `ρ_p r(t)` for the positions `p` before the query's and tokens `t ≤ m`, `[n − 1, m + 1]` row
    /// by row.
    pub(super) weights: Vec<S>,
    /// The weight of the query's own position.
    pub(super) own: S,
    /// `3 κ`: a sequence whose terms add up to more than this times the sum of their weights
    /// prefers the output to `m`, whatever rounding did (theorem 3 of [`crate::rounding`]).
    pub(super) margin: S,
    /// A bound on all terms, and on the numbers that they are computed from: the largest weight
    /// times six entries and the slack.
    scale: S,
    /// A bound on the sum of weights times [`Self::margin`]: `3 n κ` times the largest weight.
    slack: S,
}

/// The terms `x_o(p, t)` of an undecided output `o` of the cell `(q, m)`, at positions `p` and
/// tokens `t`.
pub(super) struct Terms<S> {
    /// `o`.
    pub(super) output: usize,
    /// Whether some token before the query must be `m`: it must where `q ≠ m`.
    pub(super) needs_m: bool,
    /// The term of the query's own position.
    pub(super) own: S,
    /// The terms of the positions before it and tokens `t ≤ m`, `[n − 1, m + 1]` row by row.
    pub(super) values: Vec<S>,
    /// See [`Weights`].
    scale: S,
    /// See [`Weights`].
    slack: S,
}

/// How far each term falls short of the largest term at its position.
///
/// A sequence of the cell has `F_o ≥ 0` if and only if its deficits add up to at most `excess`, the
/// largest `F_o` of the cell. Where `q ≠ m`, some token before the query must be `m`, even if `m`
/// has a deficit at every position: the least of these deficits is taken off the excess, and off
/// the deficit of the first `m`.
pub(super) struct Deficits<S> {
    pub(super) excess: S,
    /// `max_t x(p, t) − x(p, t)`, `[n − 1, m + 1]` row by row; none is negative.
    pub(super) deficits: Vec<S>,
    /// The deficit of `m` at each position where it is the first `m`, `[n − 1]`; empty where
    /// `q = m`.
    pub(super) first: Vec<S>,
    /// See [`Weights`].
    pub(super) scale: S,
    /// See [`Weights`].
    pub(super) slack: S,
}

impl<S: Scalar> Weights<S> {
    pub(super) fn new(largest: &Largest<S>, cell: &CellScores<S>) -> Self {
        let (m, query) = (largest.m, largest.precomputed.query(cell.q));
        let far = (0..largest.near).map(|t| largest.score(cell.q, t));
        let scores = far.chain(cell.scores.iter().copied());
        let mut relative: Vec<_> = scores.collect();
        S::exp_all(&mut relative);
        relative.push(S::from_f64(1.0));
        let weights = query.weights.iter().flat_map(|&rho| relative.iter().map(move |&r| rho * r));
        // ρ is at least 1 at every position but the query's own, and r(m) is 1.
        let most = (query.most * S::largest(&relative)).max(cell.own);
        let scale = most
            * (S::from_f64(6.0) * largest.precomputed.largest_entry + largest.precomputed.slack);
        let margin = S::from_f64(3.0) * largest.precomputed.slack;
        let slack = most * (S::from_f64(largest.precomputed.shape.n as f64) * margin);
        Self { m, weights: weights.collect(), own: cell.own, margin, scale, slack }
    }

    pub(super) fn flops(n: usize, m: usize, near: usize) -> u64 {
        (near + m + (n - 1) * (m + 1) + m + 8) as u64
    }

    /// The terms of output `o`; `None` if they decide it. Costs [`Terms::flops`].
    pub(super) fn terms(
        &self,
        largest: &Largest<S>,
        cell: &CellScores<S>,
        o: usize,
    ) -> Option<Terms<S>> {
        let (q, m, n) = (cell.q, self.m, largest.precomputed.shape.n);
        let direct = largest.direct(q, o);
        let gains: Vec<_> = (0..=m).map(|t| largest.gain(t, o)).collect();
        let own = cell.own * (direct + largest.positions[[o, n - 1]] + gains[q]);
        let mut values = Vec::with_capacity(self.weights.len());
        for (p, weights) in self.weights.chunks_exact(m + 1).enumerate() {
            let constant = direct + largest.positions[[o, p]];
            values.extend(
                weights.iter().zip(&gains).map(|(&weight, &gain)| weight * (constant + gain)),
            );
        }
        let terms =
            Terms { output: o, needs_m: q != m, own, values, scale: self.scale, slack: self.slack };
        let [best, with_m] = *terms.best(m).last().expect("the sum of no terms is there");
        let most = own + if q == m { best } else { with_m };
        (!most.less(S::from_f64(0.0))).then_some(terms)
    }
}

impl<S: Scalar> Terms<S> {
    /// FLOPs of [`Weights::terms`].
    pub(super) fn flops(n: usize, q: usize, m: usize) -> u64 {
        let values = m + 1 + 4 + (n - 1) * (1 + 2 * (m + 1));
        values as u64 + Self::best_flops(n, q, m) + 2
    }

    pub(super) fn rows(
        &self,
        m: usize,
    ) -> impl DoubleEndedIterator<Item = &[S]> + ExactSizeIterator {
        self.values.chunks_exact(m + 1)
    }

    /// The largest sums of the terms of the last `0, 1, …, n − 1` positions before the query's: of
    /// any tokens, and (where [`Self::needs_m`]) of tokens with `m` among them. Terms are only
    /// added, so nothing cancels.
    pub(super) fn best(&self, m: usize) -> Vec<[S; 2]> {
        let mut sums = vec![[S::from_f64(0.0), S::from_f64(f64::NEG_INFINITY)]];
        for row in self.rows(m).rev() {
            let [best, with_m] = *sums.last().expect("the sum of no terms is there");
            let best_token = S::largest(row);
            let with_m =
                if self.needs_m { (best + row[m]).max(with_m + best_token) } else { with_m };
            sums.push([best + best_token, with_m]);
        }
        sums
    }

    /// FLOPs of [`Self::best`].
    pub(super) fn best_flops(n: usize, q: usize, m: usize) -> u64 {
        ((n - 1) * (m + 1 + if q == m { 0 } else { 3 })) as u64
    }

    /// The terms of `F_o − θ F_d`, where `d` is the output of `other` and `θ` the `factor`; costs
    /// [`Self::minus_flops`]. The terms of `other` are enlarged for rounding, which would make the
    /// difference too small: so slack for both is added.
    pub(super) fn minus(&self, factor: S, other: &Self) -> Self {
        let values =
            self.values.iter().zip(&other.values).map(|(&of_o, &of_d)| of_o - factor * of_d);
        Self {
            own: self.own - factor * other.own + (S::from_f64(1.0) + factor) * self.slack,
            values: values.collect(),
            scale: self.scale + factor * other.scale,
            slack: self.slack,
            output: self.output,
            needs_m: self.needs_m,
        }
    }

    /// FLOPs of [`Self::minus`].
    pub(super) fn minus_flops(n: usize, m: usize) -> u64 {
        (2 * (n - 1) * (m + 1) + 7) as u64
    }

    /// The terms as deficits.
    pub(super) fn deficits(&self, m: usize) -> Deficits<S> {
        let mut excess = self.own;
        let mut deficits = Vec::with_capacity(self.values.len());
        for row in self.rows(m) {
            let best = S::largest(row);
            deficits.extend(row.iter().map(|&term| best - term));
            excess = excess + best;
        }
        let mut first = Vec::new();
        if self.needs_m {
            let of_m = || deficits.chunks_exact(m + 1).map(|deficits| deficits[m]);
            let least = smallest(of_m());
            first.extend(of_m().map(|deficit| deficit - least));
            excess = excess - least;
        }
        Deficits { excess, deficits, first, scale: self.scale, slack: self.slack }
    }
}

impl<S> Deficits<S> {
    /// FLOPs of [`Terms::deficits`].
    pub(super) fn flops(n: usize, q: usize, m: usize) -> u64 {
        let first = if q == m { 0 } else { (n - 2) + (n - 1) + 1 };
        ((n - 1) * (m + (m + 1) + 1) + first) as u64
    }
}
