//! The exact count, by running the model on every sequence.

mod block;
mod cell;
mod kernel;
mod search;

use self::block::{Place, any_tokens, by_first};
use self::cell::Cell;
use self::kernel::LANES;
use self::search::Search;
use super::Strategy;
use super::answers::{Answers, Judge};
use crate::proof::{CaseAnalysis, Cost, Tally};
use crate::rounding::Arithmetic;
use crate::transformer::{Shape, Transformer};
use std::sync::Mutex;

/// The exact count, by running the model on every sequence (spec: "brute force", `O(v^{n+1} n d)`).
///
/// The softmax denominator is positive, so it cannot change which logit is largest. With query `q`, largest token `m` and
/// `D[p, t, o] = e^{score(q, p, t)} (EUPU[q, o] − EUPU[q, m] + EVOU[t, o] − EVOU[t, m] + PVOU[p, o] − PVOU[p, m])` a sequence is
/// right if and only if `Σ_p D[p, t_p, o] < 0` for every `o ≠ m`. Nested loops share the sums of common prefixes, so a
/// sequence costs one addition of `v − 1` numbers and one maximum over them. Sums that float64 cannot be trusted with (theorem 3
/// of [`crate::rounding`]) are worked out again in wider arithmetic; a sequence that even that cannot decide is proven neither
/// right nor wrong.
///
/// With [`Pruning::On`], sequences whose common prefix decides them are counted together, without being visited. What is
/// counted is the same to the last sequence: see "Pruning" in [`crate::rounding`].
pub struct BruteForce {
    shape: Shape,
    answers: Answers<f64>,
    /// `EVOU` by outputs, `[v(o), stride(t)]`, zero where there is no token.
    token_outputs: Vec<f64>,
    judge: Judge,
    pruning: Pruning,
    /// Tokens, from the first position on, that a chunk fixes beside the query and the largest token.
    fixed: usize,
    /// Sequences whose query or prefix has their largest token.
    any_tokens: [Vec<Place>; 1],
    /// Sequences whose query is not their largest token, by where that stands first.
    by_first: Vec<Vec<Place>>,
    /// How many chunks have a largest token below each, `[v + 1]`.
    chunks_below: Vec<u64>,
    /// Cells that chunks have used, for the chunks that come next; no more than chunks have been counted at a time.
    cells: Mutex<Vec<Cell>>,
}

/// Whether brute force counts sequences that a common prefix decides together. The count is the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pruning {
    /// It does, and visits the others only.
    On,
    /// It visits every sequence.
    Off,
}

/// Above this, an exponential in the shared form could vanish beside another one, and with it a sequence whose tokens all
/// have such scores: `e^{−600} ≈ 10^{−261}` is well inside the range of float64, and its products with logits are too.
const MAX_SPREAD: f64 = 600.0;

/// So many sequences of a chunk are decided in wider arithmetic at most (some 50 ms): where more are doubtful, most of them are
/// ties, of a model that does not care for some tokens, which no arithmetic but the exact one can decide.
const MAX_JUDGED: u64 = 4096;

/// A chunk runs as many sequences as keep its additions below this number (some 10 ms), at least `v²`.
const CHUNK_ADDITIONS: usize = 1 << 24;

/// What comes with a sequence takes as long as so many additions.
const LEAST_ADDITIONS: usize = 32;

impl BruteForce {
    /// More sequences than this are not started on: about half a day on one core.
    pub const MAX_SEQUENCES: u128 = 1 << 41;

    /// Prepares the count.
    ///
    /// # Panics
    /// If there are more chunks than an `u64` can number: some 2⁸⁰ sequences.
    #[must_use]
    pub fn new(model: &Transformer, pruning: Pruning) -> Self {
        let shape @ Shape { v, n, .. } = model.shape();
        // A chunk leaves `free` tokens open: as many as its size allows, at least two.
        let (mut free, mut additions) = (2.min(n - 1), v.max(LEAST_ADDITIONS) * v.pow(2));
        while free < n - 1 && additions * v <= CHUNK_ADDITIONS {
            (free, additions) = (free + 1, additions * v);
        }
        let fixed = n - 1 - free;
        let mut chunks_below = vec![0];
        for m in 0..v as u64 {
            let of_m: u64 = std::iter::repeat_n(m + 1, fixed + 1).product();
            chunks_below.push(chunks_below[chunks_below.len() - 1] + of_m);
        }
        let answers = Answers::new(model, Arithmetic::DOUBLE);
        let mut token_outputs = Vec::new();
        for column in answers.circuits.EVOU.columns() {
            token_outputs.extend(column);
            token_outputs.resize(token_outputs.len().next_multiple_of(LANES), 0.0);
        }
        Self {
            shape,
            token_outputs,
            answers,
            judge: Judge::new(model),
            pruning,
            fixed,
            any_tokens: [any_tokens(n)],
            by_first: (0..n - 1).map(|first| by_first(n, fixed, first)).collect(),
            chunks_below,
            cells: Mutex::default(),
        }
    }

    /// All sequences with a query and a largest token.
    fn blocks(&self, q: usize, m: usize) -> &[Vec<Place>] {
        if q == m { &self.any_tokens } else { &self.by_first }
    }

    /// Those of a chunk, from its first open position on.
    fn blocks_after(&self, q: usize, m: usize, prefix: &[usize]) -> &[Vec<Place>] {
        if q == m || prefix.contains(&m) { &self.any_tokens } else { &self.by_first[self.fixed..] }
    }

    /// `EVOU[t, o]` by tokens.
    fn token_outputs(&self, o: usize) -> &[f64] {
        let stride = self.shape.v.next_multiple_of(LANES);
        &self.token_outputs[o * stride..][..stride]
    }

    /// What is known of a query and a largest token: found out for a chunk before, or now.
    fn cell(&self, q: usize, m: usize) -> Cell {
        let mut cells = self.cells.lock().expect("no thread panics");
        if let Some(known) = cells.iter().position(|cell| (cell.q, cell.m) == (q, m)) {
            return cells.remove(known);
        }
        // Its memory is used again, and so there are never more cells than chunks being counted.
        let mut cell = if cells.is_empty() { Cell::default() } else { cells.remove(0) };
        drop(cells);
        cell.prepare(self, q, m);
        cell
    }
}

impl CaseAnalysis for BruteForce {
    fn chunks(&self) -> u64 {
        self.chunks_below[self.shape.v]
    }

    fn count(&self, chunk: u64) -> Tally {
        assert!(chunk < self.chunks(), "chunk {chunk} of {}", self.chunks());
        let m = self.chunks_below.partition_point(|&below| below <= chunk) - 1;
        let (mut digits, base) = (chunk - self.chunks_below[m], m as u64 + 1);
        let mut digit = || {
            let token = digits % base;
            digits /= base;
            usize::try_from(token).expect("a token is below v")
        };
        // Chunks of one query and largest token follow one another.
        let prefix: Vec<_> = (0..self.fixed).map(|_| digit()).collect();
        let q = digit();
        let cell = self.cell(q, m);
        let tally = Search::run(self, &cell, &prefix);
        self.cells.lock().expect("no thread panics").push(cell);
        tally
    }

    fn cost(&self) -> Cost {
        Cost::new(Strategy::BruteForce.flops(self.shape), self.answers.slack)
    }
}
