//! The exact count, by running the model on every sequence.

mod block;
mod cell;
mod coverage;
mod explain;
mod family;
mod search;

pub(super) use self::coverage::EveryInput;
pub(super) use self::family::BruteForceFamily;

use self::block::{Place, any_tokens, by_first};
use self::cell::CellDifferences;
use self::search::ChunkSearch;
use super::answers::{Answers, Judge};
use super::family::Family;
use crate::models::transformer::{Shape, Transformer};
use crate::proof::{CaseAnalysis, Cost, Meter, Tally};
use crate::proof::{Evidence, Failure, GivenUp};
use crate::rounding::Arithmetic;
use std::sync::Mutex;

/// The exact count, by running the model on every sequence: brute force, `O(v^{n+1} n d)`.
///
/// The softmax denominator is positive, so it cannot change which logit is largest. With query `q`,
/// largest token `m`, and for token `t` at position `p` and output `o`
///
/// > `D[p, t, o] = e^{score(q, p, t)} (EUPU[q, o] − EUPU[q, m] + EVOU[t, o] − EVOU[t, m] +
/// > PVOU[p, o] − PVOU[p, m])`,
///
/// a sequence is right if and only if `Σ_p D[p, t_p, o] < 0` for every `o ≠ m`. Nested loops share
/// the sums of common prefixes, so a sequence costs one addition of `v − 1` numbers and one maximum
/// over them. Sums that float64 cannot be trusted with (theorem 3 of [`crate::rounding`]) are
/// computed once more in wider arithmetic; a sequence that wider arithmetic cannot decide either is
/// lost: proven neither right nor wrong. Every sequence is right, wrong or lost.
///
/// With [`Pruning::On`], sequences that a common prefix decides are counted together, without being
/// visited. Pruning changes no count: see "Pruning" in [`crate::rounding`].
pub struct BruteForce {
    shape: Shape,
    answers: Answers<f64>,
    /// `EVOU` by outputs, `[v(o), stride(t)]`, zero where there is no token.
    token_outputs: Vec<f64>,
    judge: Judge,
    pruning: Pruning,
    /// Tokens, from the first position on, that a chunk fixes beside the query and the largest
    /// token.
    fixed: usize,
    /// The block of sequences whose query or prefix has their largest token.
    any_tokens: [Vec<Place>; 1],
    /// The blocks of sequences whose query is not their largest token, by where that stands first.
    by_first: Vec<Vec<Place>>,
    /// The number of chunks whose largest token is below each token, `[v + 1]`.
    chunks_below: Vec<u64>,
    /// The work of the chunks that have been counted, see [`ChunkSearch`].
    meter: Meter,
    /// Cells that chunks have used, for the chunks that come next: never more than there were
    /// chunks being counted at one time.
    cells: Mutex<Vec<CellDifferences>>,
}

/// Whether brute force counts together the sequences that a common prefix decides. Both ways give
/// one count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pruning {
    /// Visits only sequences that no prefix decides.
    On,
    /// Visits every sequence.
    Off,
}

/// The largest spread of scores for which the shared form is used: with more, an exponential could
/// vanish beside another, and with it a sequence all of whose tokens have such scores. `e^{−600} ≈
/// 10^{−261}` is well inside the range of float64, and so are its products with logits.
const MAX_SPREAD: f64 = 600.0;

/// The most sequences of a chunk that are decided in wider arithmetic (some 50 ms). Where more are
/// doubtful, most of them are ties of a model that ignores some tokens, which only exact arithmetic
/// could decide.
const MAX_JUDGED: u64 = 4096;

/// The most additions of a chunk (some 10 ms), unless its least number of sequences, `v²`, takes
/// more.
const CHUNK_ADDITIONS: usize = 1 << 24;

/// The work of a sequence beside its additions, in additions.
const LEAST_ADDITIONS: usize = 32;

/// Rows of tokens are padded to a multiple of `MULTIPLE`, so that vectors end where rows do.
const MULTIPLE: usize = 4;

impl BruteForce {
    /// The most sequences that are started on: about half a day on one core.
    pub const MAX_SEQUENCES: u128 = 1 << 41;

    /// Prepares the count.
    ///
    /// # Panics
    /// If there are more chunks than an `u64` can number: some 2⁸⁰ sequences.
    #[must_use]
    pub fn new(model: &Transformer, pruning: Pruning) -> Self {
        let Shape { v, n, .. } = model.shape();
        // A chunk leaves `free` tokens open: as many as its size allows, at least two.
        let (mut free, mut additions) = (2.min(n - 1), v.max(LEAST_ADDITIONS) * v.pow(2));
        while free < n - 1 && additions * v <= CHUNK_ADDITIONS {
            (free, additions) = (free + 1, additions * v);
        }
        Self::with_prefix(model, pruning, n - 1 - free)
    }

    /// Gives the count up where it takes more work than `most_work`.
    pub(in crate::tasks::max_of_k) fn within(self, most_work: u64) -> Self {
        Self { meter: Meter::new(most_work), ..self }
    }

    fn with_prefix(model: &Transformer, pruning: Pruning, fixed: usize) -> Self {
        let shape @ Shape { v, n, .. } = model.shape();
        let answers = Answers::new(model, Arithmetic::DOUBLE);
        let mut token_outputs = Vec::with_capacity(v * v.next_multiple_of(MULTIPLE));
        for column in answers.circuits.EVOU.columns() {
            token_outputs.extend(column);
            token_outputs
                .resize(token_outputs.len().next_multiple_of(v.next_multiple_of(MULTIPLE)), 0.0);
        }
        let mut chunks_below = vec![0];
        for m in 0..v {
            let of_m: u64 = std::iter::repeat_n(m as u64 + 1, fixed + 1).product();
            chunks_below.push(chunks_below[m] + of_m);
        }
        Self {
            shape,
            answers,
            token_outputs,
            judge: Judge::new(model),
            pruning,
            fixed,
            any_tokens: [any_tokens(n)],
            by_first: (0..n - 1).map(|first| by_first(n, fixed, first)).collect(),
            chunks_below,
            meter: Meter::new(u64::MAX),
            cells: Mutex::default(),
        }
    }

    /// The query, largest token and prefix of a chunk. Chunks that share query and largest token
    /// follow one another.
    fn chunk(&self, chunk: u64) -> (usize, usize, Vec<usize>) {
        let m = self.chunks_below.partition_point(|&below| below <= chunk) - 1;
        let mut digits = chunk - self.chunks_below[m];
        let mut digit = || {
            let token = digits % (m as u64 + 1);
            digits /= m as u64 + 1;
            usize::try_from(token).expect("a token is below v")
        };
        let prefix = (0..self.fixed).map(|_| digit()).collect();
        (digit(), m, prefix)
    }

    /// What a search finds in a cell; it also says its work.
    fn counted<T>(
        &self,
        q: usize,
        m: usize,
        search: impl FnOnce(&CellDifferences) -> (T, u64),
    ) -> T {
        let cell = self.cell(q, m);
        let (found, work) = search(&cell);
        self.meter.add(work);
        self.cells.lock().expect("no thread panics").push(cell);
        found
    }

    /// The blocks of all sequences with the query `q` and the largest token `m`.
    fn blocks(&self, q: usize, m: usize) -> &[Vec<Place>] {
        if q == m { &self.any_tokens } else { &self.by_first }
    }

    /// The blocks of a chunk.
    fn blocks_after(&self, q: usize, m: usize, prefix: &[usize]) -> &[Vec<Place>] {
        if q == m || prefix.contains(&m) { &self.any_tokens } else { &self.by_first[self.fixed..] }
    }

    /// `EVOU[t, o]` by tokens.
    fn token_outputs(&self, o: usize) -> &[f64] {
        let stride = self.shape.v.next_multiple_of(MULTIPLE);
        &self.token_outputs[o * stride..][..stride]
    }

    /// The cell of the query `q` and the largest token `m`: prepared for a chunk before, or now.
    fn cell(&self, q: usize, m: usize) -> CellDifferences {
        let mut cells = self.cells.lock().expect("no thread panics");
        if let Some(known) = cells.iter().position(|cell| (cell.q, cell.m) == (q, m)) {
            return cells.remove(known);
        }
        // A cell is taken out to be prepared anew: there are never more cells than chunks being
        // counted.
        let mut cell = if cells.is_empty() { CellDifferences::default() } else { cells.remove(0) };
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
        if self.meter.is_over() {
            return Tally::default();
        }
        let (q, m, prefix) = self.chunk(chunk);
        self.counted(q, m, |cell| ChunkSearch::run(self, cell, &prefix))
    }

    fn cost(&self) -> Cost {
        Cost::new(BruteForceFamily.flops(self.shape), self.answers.slack)
    }

    fn evidence(&self) -> Result<Evidence, Failure> {
        Ok(Evidence::none())
    }

    fn given_up(&self) -> Option<GivenUp> {
        self.meter.is_over().then(|| GivenUp::Work { most: self.meter.most() as f64 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proof::count_all;
    use std::collections::BTreeSet;

    /// Numbers from −1 to 1.
    fn numbers(seed: u64) -> impl FnMut() -> f64 {
        let mut state = seed;
        move || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
        }
    }

    fn random(v: usize, n: usize, scale: f64, seed: u64) -> Transformer {
        let mut number = numbers(seed);
        Transformer::from_entries(Shape { v, d: 3, h: 2, n }, || scale * number())
    }

    #[test]
    fn chunks_have_each_sequence_once() {
        for (v, n) in [(2, 1), (3, 1), (2, 2), (5, 2), (2, 5), (3, 4), (4, 3)] {
            for fixed in 0..n {
                let proof = BruteForce::with_prefix(&random(v, n, 1.0, 1), Pruning::Off, fixed);
                let mut seen = BTreeSet::new();
                for chunk in 0..proof.chunks() {
                    let (q, m, prefix) = proof.chunk(chunk);
                    let mut of_chunk = 0;
                    for places in proof.blocks_after(q, m, &prefix) {
                        let mut sequences = vec![[&prefix[..], &vec![q; n - fixed]].concat()];
                        for place in &places[fixed..] {
                            let with = |tokens: &Vec<usize>, t| {
                                let mut tokens = tokens.clone();
                                tokens[place.p] = t;
                                tokens
                            };
                            let each = |tokens| {
                                place
                                    .tokens
                                    .range(m)
                                    .map(move |t| with(&tokens, t))
                                    .collect::<Vec<_>>()
                            };
                            sequences = sequences.into_iter().flat_map(each).collect();
                        }
                        for tokens in sequences {
                            assert_eq!((tokens[n - 1], tokens.iter().max()), (q, Some(&m)));
                            assert_eq!(tokens[..fixed], prefix);
                            of_chunk += 1;
                            assert!(seen.insert(tokens.clone()), "{tokens:?} twice");
                        }
                    }
                    assert_eq!(proof.count(chunk).visited, of_chunk, "chunk {chunk}");
                }
                assert_eq!(
                    seen.len(),
                    v.pow(u32::try_from(n).unwrap()),
                    "{v} tokens at {n} positions, {fixed} fixed"
                );
            }
        }
    }

    /// Compares chunk by chunk, for models that are easy, tied, within rounding of a tie or out of
    /// range.
    #[test]
    fn pruning_changes_no_count() {
        let mut models = Vec::new();
        for (v, n, seed) in [(2, 1, 1), (6, 2, 2), (3, 3, 3), (6, 4, 4), (3, 6, 5)] {
            models
                .extend([0.3, 1.0, 3.0, 30.0, 300.0, 1e30].map(|scale| random(v, n, scale, seed)));
            // Ties: attention that does not matter, outputs with equal weights, whole numbers.
            models.extend([0.0, 0.3, 3.0].map(|scale| {
                let mut tied = random(v, n, scale, seed + 10);
                tied.W_Q.mapv_inplace(|x| if scale == 3.0 { 0.0 } else { x });
                let column = tied.W_U.column(0).to_owned();
                tied.W_U.column_mut(v - 1).assign(&column);
                tied.W_U.mapv_inplace(f64::round);
                tied
            }));
            // Weights far below what the slack allows for: every sequence is doubtful, and wide
            // arithmetic decides some.
            let mut near = random(v, n, 1.0, seed + 20);
            near.W_U.column_mut(0).fill(0.0);
            let column = near.W_U.column(0).mapv(|x: f64| x + 1e-9);
            near.W_U.column_mut(v - 1).assign(&column);
            models.push(near);
        }
        let (mut sequences, mut visited, mut lost, mut right) = (0, 0, 0, 0);
        for model in &models {
            for fixed in 0..model.shape().n {
                let [pruned, plain] = [Pruning::On, Pruning::Off]
                    .map(|pruning| BruteForce::with_prefix(model, pruning, fixed));
                for chunk in 0..plain.chunks() {
                    let (pruned, plain) = (pruned.count(chunk), plain.count(chunk));
                    assert_eq!(Tally { visited: plain.visited, ..pruned }, plain, "chunk {chunk}");
                    assert!(pruned.visited <= plain.visited);
                    (sequences, visited) = (sequences + plain.visited, visited + pruned.visited);
                    (lost, right) = (lost + plain.lost, right + plain.right);
                }
            }
        }
        assert!(
            3 * visited < 2 * sequences && right > sequences / 10,
            "{visited} of {sequences} visited, {right} right"
        );
        assert!(lost > 0, "none was lost");
    }

    /// Pruning changes no count where more sequences of a chunk are doubtful than wider arithmetic
    /// decides.
    #[test]
    fn doubtful_sequences_beyond_the_limit() {
        let (v, n) = (9, 5);
        // Only the direct path counts, and two outputs exceed the others: whatever the tokens, the
        // two differ by less than the slack.
        let mut model = random(v, n, 0.3, 7);
        model.W_O.fill(0.0);
        model.W_pos.fill(0.0);
        model.W_E.column_mut(0).fill(1.0);
        for (output, logit) in [(3, 10.0), (v - 1, 10.0_f64.next_up())] {
            model.W_U.column_mut(output).fill(0.0);
            model.W_U[[0, output]] = logit;
        }
        let [pruned, plain] =
            [Pruning::On, Pruning::Off].map(|pruning| BruteForce::new(&model, pruning));
        let (pruned, plain) = (count_all(&pruned), count_all(&plain));
        assert_eq!(Tally { visited: plain.visited, ..pruned }, plain);
        assert!(plain.right > 0 && pruned.visited < plain.visited, "{pruned:?} of {plain:?}");
        // All sequences of a chunk have the last token as largest token and query.
        assert_eq!(
            plain.right + plain.wrong + (v as u128).pow(4) - u128::from(MAX_JUDGED),
            plain.visited
        );
    }
}
