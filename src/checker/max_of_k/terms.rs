//! The terms `x_o(p, t)` of a cell, as intervals, straight from the weights.

use super::power;
use crate::checker::interval::Interval;
use crate::transformer::Transformer;

type Table = Vec<Vec<Interval>>;

/// The five paths through the model; `E_q` is the embedding of a token at the last position.
pub(in crate::checker) struct Circuits {
    /// `E_q W_U`, `[v(q), v(o)]`.
    EUPU: Table,
    /// `W_E W_V W_O W_U`, `[v(t), v(o)]`.
    EVOU: Table,
    /// `W_pos W_V W_O W_U`, `[n(p), v(o)]`.
    PVOU: Table,
    /// `E_q W_Q W_Kᵀ W_Eᵀ / √h`, `[v(q), v(t)]`.
    token_scores: Table,
    /// `E_q W_Q W_Kᵀ W_posᵀ / √h`, `[v(q), n(p)]`.
    position_scores: Table,
}

impl Circuits {
    /// Multiplies the weights out.
    pub(in crate::checker) fn new(model: &Transformer) -> Self {
        let Transformer { W_E, W_pos, W_Q, W_K, W_V, W_O, W_U, score_scale } = model;
        let [W_E, W_pos, W_Q, W_K, W_V, W_O, W_U] = [W_E, W_pos, W_Q, W_K, W_V, W_O, W_U].map(|weights| {
            weights.rows().into_iter().map(|row| row.iter().map(|&x| Interval::exactly(x)).collect()).collect::<Table>()
        });
        let last = &W_pos[W_pos.len() - 1];
        let E_q: Table =
            W_E.iter().map(|row| row.iter().zip(last).map(|(&token, &position)| token + position).collect()).collect();
        let VOU = product(&product(&W_V, &W_O), &W_U);
        let queries = product(&E_q, &W_Q);
        // h ≤ 257 is a float64.
        let sqrt_h = Interval::root(*score_scale as f64);
        let scores = |keys: &Table| {
            let mut scores = product(&queries, &transposed(&product(keys, &W_K)));
            scores.iter_mut().flatten().for_each(|score| *score = *score / sqrt_h);
            scores
        };
        Self {
            EUPU: product(&E_q, &W_U),
            EVOU: product(&W_E, &VOU),
            PVOU: product(&W_pos, &VOU),
            token_scores: scores(&W_E),
            position_scores: scores(&W_pos),
        }
    }

    /// The context.
    pub(super) fn n(&self) -> usize {
        self.PVOU.len()
    }
}

fn product(a: &Table, b: &Table) -> Table {
    let columns = transposed(b);
    let dot = |row: &[Interval], column: &[Interval]| {
        row.iter().zip(column).fold(Interval::exactly(0.0), |sum, (&x, &y)| sum + x * y)
    };
    a.iter().map(|row| columns.iter().map(|column| dot(row, column)).collect()).collect()
}

fn transposed(a: &Table) -> Table {
    (0..a[0].len()).map(|j| a.iter().map(|row| row[j]).collect()).collect()
}

/// The sequences with last token `q` and largest token `m ≥ q`.
pub(super) struct Cell<'a> {
    circuits: &'a Circuits,
    pub(super) q: usize,
    pub(super) m: usize,
    /// `e^{score − shift}` of each position and token up to `m`, `[n, m + 1]`.
    weights: Table,
}

/// `x_o` of one output: of the last position, whose token is `q`, and of the others and tokens up to `m`, `[n − 1, m + 1]`.
pub(super) struct Terms {
    pub(super) own: Interval,
    pub(super) rows: Table,
}

impl<'a> Cell<'a> {
    pub(super) fn new(circuits: &'a Circuits, q: usize, m: usize) -> Self {
        let tokens = &circuits.token_scores[q][..=m];
        let scores = |&position: &Interval| tokens.iter().map(move |&token| token + position).collect();
        let mut weights: Table = circuits.position_scores[q].iter().map(scores).collect();
        // A common factor changes no sign, so any number may be taken off all scores. This one makes the largest weight about
        // 1: those that vanish beside it are intervals from 0.
        let shift = weights.iter().flatten().map(|score| score.high).fold(f64::NEG_INFINITY, f64::max);
        weights.iter_mut().flatten().for_each(|score| *score = (*score - Interval::exactly(shift)).exp());
        Self { circuits, q, m, weights }
    }

    /// The terms of an output.
    pub(super) fn terms(&self, o: usize) -> Terms {
        let Circuits { EUPU, EVOU, PVOU, .. } = self.circuits;
        let (q, m, last) = (self.q, self.m, self.n() - 1);
        let direct = EUPU[q][o] - EUPU[q][m];
        let tokens: Vec<_> = EVOU[..=m].iter().map(|writes| writes[o] - writes[m]).collect();
        let positions: Vec<_> = PVOU.iter().map(|writes| direct + (writes[o] - writes[m])).collect();
        let term = |p: usize, t: usize| self.weights[p][t] * (positions[p] + tokens[t]);
        let rows = (0..last).map(|p| (0..=m).map(|t| term(p, t)).collect()).collect();
        Terms { own: term(last, q), rows }
    }

    pub(super) fn wrong_outputs(&self) -> impl Iterator<Item = usize> {
        (0..self.circuits.EUPU.len()).filter(|&o| o != self.m)
    }

    pub(super) fn n(&self) -> usize {
        self.circuits.n()
    }

    /// Whether `m` must be among the tokens before the query.
    pub(super) fn needs_m(&self) -> bool {
        self.q < self.m
    }

    /// How many of the tokens before the query can be other than `m`.
    pub(super) fn most_others(&self) -> usize {
        self.n() - 1 - usize::from(self.needs_m())
    }

    /// Sequences of the cell: all with tokens up to `m` before the query, but those without an `m` where one is needed.
    pub(super) fn size(&self) -> u128 {
        self.completions(0, !self.needs_m())
    }

    /// Those that begin with given `p` tokens, an `m` among them or not needed.
    pub(super) fn completions(&self, p: usize, has_m: bool) -> u128 {
        let open = self.n() - 1 - p;
        power(self.m + 1, open) - if has_m { 0 } else { power(self.m, open) }
    }

    /// In how many ways so many positions before the query can be chosen: a binomial coefficient.
    pub(super) fn arrangements(&self, others: usize) -> u128 {
        let positions = self.n() - 1;
        (0..others).fold(1, |ways, i| ways * (positions - i) as u128 / (i + 1) as u128)
    }
}

impl Terms {
    /// The terms of `F_o − θ F_d`.
    pub(super) fn less(&self, factor: f64, other: &Self) -> Self {
        let factor = Interval::exactly(factor);
        let row = |(a, b): (&Vec<Interval>, &Vec<Interval>)| a.iter().zip(b).map(|(&x, &y)| x - factor * y).collect();
        Self { own: self.own - factor * other.own, rows: self.rows.iter().zip(&other.rows).map(row).collect() }
    }
}
