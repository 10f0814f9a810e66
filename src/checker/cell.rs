//! The cells, and the terms `x_o(p, t)` of their sequences as intervals, straight from the weights.

use super::interval::Interval;
use crate::transformer::{AttnScale, Transformer};
use ndarray::{Array2, ArrayView2};

type Table = Array2<Interval>;

/// The five paths through the model; `E_q` is the embedding of a token at the last position.
pub(super) struct Circuits {
    /// `E_q W_U`, `[q, o]`.
    EUPU: Table,
    /// `W_E W_V W_O W_U`, `[t, o]`.
    EVOU: Table,
    /// `W_pos W_V W_O W_U`, `[p, o]`.
    PVOU: Table,
    /// `E_q W_Q W_Kᵀ W_Eᵀ / scale`, `[q, t]`.
    EQKE: Table,
    /// `E_q W_Q W_Kᵀ W_posᵀ / scale`, `[q, p]`.
    EQKP: Table,
}

impl Circuits {
    /// Multiplies the weights out.
    pub(super) fn new(model: &Transformer) -> Self {
        let Transformer { W_E, W_pos, W_Q, W_K, W_V, W_O, W_U, d_head, attn_scale } = model;
        let [W_E, W_pos, W_Q, W_K, W_V, W_O, W_U] =
            [W_E, W_pos, W_Q, W_K, W_V, W_O, W_U].map(|weights| weights.mapv(Interval::exactly));
        let last = W_pos.nrows() - 1;
        let E_q = Table::from_shape_fn(W_E.dim(), |(t, i)| W_E[[t, i]] + W_pos[[last, i]]);
        let VOU = product(product(W_V.view(), W_O.view()).view(), W_U.view());
        let queries = product(E_q.view(), W_Q.view());
        let scale = match *attn_scale {
            // d_head ≤ 256 is a float64.
            AttnScale::RootOfDHead => Interval::inverse_root(*d_head as f64),
            AttnScale::Number(a) => Interval::inverse(a),
        };
        let scores = |embedding: &Table| {
            let keys = product(embedding.view(), W_K.view());
            product(queries.view(), keys.t()).mapv(|score| score * scale)
        };
        Self {
            EUPU: product(E_q.view(), W_U.view()),
            EVOU: product(W_E.view(), VOU.view()),
            PVOU: product(W_pos.view(), VOU.view()),
            EQKE: scores(&W_E),
            EQKP: scores(&W_pos),
        }
    }
}

fn product(a: ArrayView2<Interval>, b: ArrayView2<Interval>) -> Table {
    let entry = |(i, j)| (0..a.ncols()).fold(Interval::exactly(0.0), |sum, k| sum + a[[i, k]] * b[[k, j]]);
    Table::from_shape_fn((a.nrows(), b.ncols()), entry)
}

/// The sequences with last token `q` and largest token `m ≥ q`.
pub(super) struct Cell<'a> {
    circuits: &'a Circuits,
    pub(super) q: usize,
    pub(super) m: usize,
    /// The last position, that of the query: so many are before it.
    pub(super) last: usize,
    /// `e^{score − shift}`, `[n, m + 1]`.
    weights: Table,
}

impl<'a> Cell<'a> {
    pub(super) fn new(circuits: &'a Circuits, q: usize, m: usize) -> Self {
        let Circuits { EQKE, EQKP, .. } = circuits;
        let scores = Table::from_shape_fn((EQKP.ncols(), m + 1), |(p, t)| EQKE[[q, t]] + EQKP[[q, p]]);
        // A common factor changes no sign, so any number may be taken off all scores. This one makes the largest weight about
        // 1: those that vanish beside it are intervals from 0.
        let shift = Interval::exactly(scores.iter().map(|score| score.high).fold(f64::NEG_INFINITY, f64::max));
        let weights = scores.mapv(|score| (score - shift).exp());
        Self { circuits, q, m, last: EQKP.ncols() - 1, weights }
    }

    /// `x_o(p, t)`, but for the common factor.
    pub(super) fn term(&self, o: usize, p: usize, t: usize) -> Interval {
        let Self { circuits: Circuits { EUPU, EVOU, PVOU, .. }, q, m, .. } = *self;
        let [direct, token, position] = [(EUPU, q), (EVOU, t), (PVOU, p)].map(|(path, i)| path[[i, o]] - path[[i, m]]);
        self.weights[[p, t]] * (direct + token + position)
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
