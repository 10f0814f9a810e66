//! Cells, and the terms `x_o(p, t)` of their sequences as intervals, straight from the weights.

use super::interval::{Interval, Real, up};
use super::model::Circuits;
use ndarray::Array2;

/// What tokens and positions add to each output `o` (before the attention weight), minus what they
/// add to output `m`. All cells with this `m` share it.
pub(super) struct Gains {
    m: usize,
    /// `EVOU[t, o] − EVOU[t, m]`, `[o, t]`, for tokens `t ≤ m`.
    tokens: Array2<Interval>,
    /// `PVOU[p, o] − PVOU[p, m]`, `[o, p]`.
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
    /// The last position, which is the query's; also the number of positions before it.
    pub(super) last: usize,
    /// `EUPU[q, o] − EUPU[q, m]`, `[o]`: what the query adds by the direct path.
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
        // A common factor changes no sign, so any number may be subtracted from all scores. Every
        // sequence contains the query and m; this shift gives one of them a weight of at least
        // about 1. So a weight that vanishes (an interval from 0) does so beside a weight of about
        // 1.
        let of_m = (0..positions).map(|p| scores[[p, m]].high);
        let shift =
            Interval::exactly(of_m.fold(f64::INFINITY, f64::min).max(scores[[last, q]].high));
        let weights = scores.mapv(|score| (score - shift).exp());
        let direct = circuits.EUPU.row(q).iter().map(|&x| x - circuits.EUPU[[q, m]]).collect();
        Self { gains, q, m, last, direct, weights }
    }

    /// `x_o(p, t)`, but for the common factor `e^{−shift}`.
    pub(super) fn term(&self, o: usize, p: usize, t: usize) -> Interval {
        let Gains { tokens, positions, .. } = self.gains;
        self.weights[[p, t]] * (self.direct[o] + tokens[[o, t]] + positions[[o, p]])
    }

    /// The upper end of [`Self::term`], in less time.
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

    /// The number of sequences of the cell.
    pub(super) fn size(&self) -> u128 {
        self.completions(0, !self.needs_m())
    }

    /// The number of sequences of the cell that begin with `p` given tokens. `has_m` says that `m`
    /// is among these or not needed; if not, it must be among the tokens that follow.
    pub(super) fn completions(&self, p: usize, has_m: bool) -> u128 {
        let open = self.last - p;
        power(self.m + 1, open) - if has_m { 0 } else { power(self.m, open) }
    }
}

/// `base^exponent`. Must not overflow: it counts sequences of a model, of which there are less than
/// 2¹²⁸.
pub(super) fn power(base: usize, exponent: usize) -> u128 {
    std::iter::repeat_n(base as u128, exponent).product()
}
