//! The cells, and the terms `x_o(p, t)` of their sequences as intervals, straight from the weights.

use super::interval::{Interval, Real, up};
use super::model::Circuits;
use ndarray::Array2;

/// What tokens and positions add to each output beside their weight, less what they add to output `m`: of all cells of that `m`.
pub(super) struct Gains {
    m: usize,
    /// `[o, t]`, tokens up to `m`.
    tokens: Array2<Interval>,
    /// `[o, p]`.
    positions: Array2<Interval>,
}

impl Gains {
    pub(super) fn new(Circuits { EVOU, PVOU, .. }: &Circuits<Interval>, m: usize) -> Self {
        let less_m = |path: &Array2<Interval>, rows| {
            Array2::from_shape_fn((path.ncols(), rows), |(o, i)| path[[i, o]] - path[[i, m]])
        };
        Self { m, tokens: less_m(EVOU, m + 1), positions: less_m(PVOU, PVOU.nrows()) }
    }
}

/// The sequences with last token `q` and largest token `m ≥ q`.
pub(super) struct Cell<'a> {
    gains: &'a Gains,
    pub(super) q: usize,
    pub(super) m: usize,
    /// The last position, that of the query: as many positions are before it.
    pub(super) last: usize,
    /// What the query adds to each output by the direct path, less what it adds to `m`, `[o]`.
    direct: Vec<Interval>,
    /// `e^{score − shift}`, `[n, m + 1]`.
    weights: Array2<Interval>,
}

impl<'a> Cell<'a> {
    pub(super) fn new(circuits: &Circuits<Interval>, gains: &'a Gains, q: usize) -> Self {
        let (m, positions) = (gains.m, circuits.EQKP.ncols());
        let last = positions - 1;
        let scores = Array2::from_shape_fn((positions, m + 1), |(p, t)| {
            circuits.EQKE[[q, t]] + circuits.EQKP[[q, p]]
        });
        // A common factor changes no sign, so any number may be taken off all scores. This one gives the query or an m, which every
        // sequence has, a weight of at least about 1: so what vanishes, an interval from 0, does so beside that.
        let of_m = (0..positions).map(|p| scores[[p, m]].high);
        let shift =
            Interval::exactly(of_m.fold(f64::INFINITY, f64::min).max(scores[[last, q]].high));
        let weights = scores.mapv(|score| (score - shift).exp());
        let direct = circuits.EUPU.row(q).iter().map(|&x| x - circuits.EUPU[[q, m]]).collect();
        Self { gains, q, m, last, direct, weights }
    }

    /// `x_o(p, t)`, but for the common factor.
    pub(super) fn term(&self, o: usize, p: usize, t: usize) -> Interval {
        let Gains { tokens, positions, .. } = self.gains;
        self.weights[[p, t]] * (self.direct[o] + tokens[[o, t]] + positions[[o, p]])
    }

    /// Its upper end; `term` gives the same in more time.
    pub(super) fn most(&self, o: usize, p: usize, t: usize) -> f64 {
        let Gains { tokens, positions, .. } = self.gains;
        let gain = up(up(self.direct[o].high + tokens[[o, t]].high) + positions[[o, p]].high);
        let weight = self.weights[[p, t]];
        up(gain * if gain < 0.0 { weight.low } else { weight.high })
    }

    /// Whether `m` must be among the tokens before the query.
    pub(super) fn needs_m(&self) -> bool {
        self.q < self.m
    }

    /// All sequences of the cell.
    pub(super) fn size(&self) -> u128 {
        self.completions(0, !self.needs_m())
    }

    /// Those that begin with given `p` tokens, an `m` among them or not needed: any tokens up to `m` may follow, but if one
    /// is still needed, not only smaller ones.
    pub(super) fn completions(&self, p: usize, has_m: bool) -> u128 {
        let open = self.last - p;
        power(self.m + 1, open) - if has_m { 0 } else { power(self.m, open) }
    }
}

/// `base^exponent`; of numbers that count sequences of a model, so that it fits.
pub(super) fn power(base: usize, exponent: usize) -> u128 {
    std::iter::repeat_n(base as u128, exponent).product()
}
