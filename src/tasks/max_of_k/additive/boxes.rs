//! Decides outputs for many queries and tokens at once, coarse to fine.
//!
//! ```text
//! undecided(block of queries, outputs, level):
//!     outputs = those that the test of the whole block does not decide
//!     if none is left: return
//!     if there is a finer level: undecided(each smaller block, outputs, level + 1)
//!     otherwise: these outputs are undecided for each query of the block
//! ```
//!
//! The test: fix a largest token `m` and an output `o`; `q` is the query, `t` a token, `p` a
//! position. Let `r(t) = e^{(EQKE[q, t] − EQKE[q, m]) / scale}` and `ρ_p` be the attention to a
//! position relative to the least attended one before the query's. Divided by a positive number,
//! `F_o` is
//!
//! > `Σ_p ρ_p r(t_p) (D_q + E_{t_p} + P_p)`, where `D`, `E`, `P` are the differences between
//! > outputs `o` and `m`.
//!
//! Let `C ≥ D_q + P_p` for all queries of a block and all positions, and
//! `G = max(C + E_m, max_T r_T (C + E_T))` over blocks `T` of tokens below `m`, `E_T` being their
//! largest `E_t` and `r_T` their largest `r(t)` where `C + E_T ≥ 0`, their least where it is not.
//! Then each term before the query's is at most `ρ_p G`, and where `q ≠ m` one of them is at most
//! `ρ_p (C + E_m) ≤ ρ_p G`; as `ρ_p ≥ 1`,
//!
//! > `F_o ≤ (C + E_m) + (Σ_p ρ_p − 1) G + ρ_{n−1} r(q) (C + E_q)`,
//!
//! with `G` for the first term where `q = m`. Over a block of queries each factor is replaced by
//! the end of its range that makes the product larger; `D` by `max EUPU[q, o] − min EUPU[q, m]`,
//! whose parts all largest tokens share; and `E_q` by the largest `E_t` of all tokens. The last
//! block of tokens, those furthest below `m`, gets next to no attention, so there
//! `max EVOU[t, o] − min EVOU[t, m]` will do, whose parts all largest tokens share too. If the sum
//! is negative, `o` is decided for every query of the block.

use super::precomputed::{CellScores, Largest, Precomputed};
use super::proof::Boxes;
use crate::cost::Scalar;
use crate::linalg::{Matrix, largest, smallest};
use std::ops::Range;

/// The range of a factor over a block.
#[derive(Clone, Copy)]
struct Between<S> {
    least: S,
    most: S,
}

impl<S: Scalar> Between<S> {
    fn over(values: impl Iterator<Item = S> + Clone) -> Self {
        Self { least: smallest(values.clone()), most: largest(values) }
    }

    /// The largest product with `x`: a comparison and a multiplication.
    fn times(self, x: S) -> S {
        if x.less(S::from_f64(0.0)) { self.least * x } else { self.most * x }
    }
}

/// Column-wise maxima and minima of `EUPU` over blocks of queries, `[blocks, v(o)]`, for each level
/// whose blocks hold several queries.
#[derive(Debug)]
pub(super) struct DirectRanges<S>(Vec<Option<[Matrix<S>; 2]>>);

impl<S: Scalar> DirectRanges<S> {
    /// Column-wise maxima and minima of `EUPU` over blocks of `levels[i]` queries, for each level;
    /// costs [`Self::flops`].
    pub(super) fn new(precomputed: &Precomputed<S>, levels: &[usize]) -> Self {
        let v = precomputed.shape.v;
        let of_level = |&size: &usize| {
            let column = |block: usize, o: usize| {
                (block * size..(block * size + size).min(v)).map(move |q| precomputed.EUPU[[q, o]])
            };
            (size > 1).then(|| {
                let shape = (v.div_ceil(size), v);
                let most = Matrix::from_shape_fn(shape, |(block, o)| largest(column(block, o)));
                [most, Matrix::from_shape_fn(shape, |(block, o)| smallest(column(block, o)))]
            })
        };
        Self(levels.iter().map(of_level).collect())
    }

    pub(super) fn flops(v: usize, levels: &[usize]) -> u64 {
        levels
            .iter()
            .filter(|&&size| size > 1)
            .map(|&size| (2 * v * (v - v.div_ceil(size))) as u64)
            .sum()
    }
}

/// The tests of one largest token.
pub(super) struct Tests<'a, S> {
    largest: &'a Largest<'a, S>,
    direct: &'a DirectRanges<S>,
    levels: &'a [usize],
    /// Tokens below `m`.
    blocks: Vec<Range<usize>>,
    /// For each output, at least the largest `E_t` of each block, `[v(o), blocks]`.
    gains: Matrix<S>,
    /// `E_m` for each output, `[v]`.
    gain_of_m: Vec<S>,
    /// For each output, at least the largest `E_t` of all tokens, `[v]`.
    most_gain: Vec<S>,
}

impl<'a, S: Scalar> Tests<'a, S> {
    /// Prepares the tests; costs [`Self::flops`].
    pub(super) fn new(
        largest_token: &'a Largest<'a, S>,
        direct: &'a DirectRanges<S>,
        queries: &'a [usize],
        boxes: Boxes,
    ) -> Self {
        let (v, m) = (largest_token.precomputed.shape.v, largest_token.m);
        let blocks = boxes.token_blocks(m);
        let below = &largest_token.precomputed.outputs_below;
        let mut gains = Matrix::from_elem((v, blocks.len()), S::from_f64(0.0));
        let (mut gain_of_m, mut most_gain) = (vec![S::from_f64(0.0); v], vec![S::from_f64(0.0); v]);
        for o in (0..v).filter(|&o| o != m) {
            for (block, gain) in blocks.iter().zip(gains.row_mut(o)) {
                *gain = match block.start {
                    0 => below.most[[o, block.end]] - below.least[[m, block.end]],
                    _ => largest(block.clone().map(|t| largest_token.gain(t, o))),
                };
            }
            gain_of_m[o] = largest_token.gain(m, o);
            most_gain[o] = gains.row(o).iter().fold(gain_of_m[o], |most, &gain| most.max(gain));
        }
        Self {
            largest: largest_token,
            direct,
            levels: &queries[..boxes.depth],
            blocks,
            gains,
            gain_of_m,
            most_gain,
        }
    }

    /// FLOPs of [`Self::new`].
    pub(super) fn flops(v: usize, m: usize, boxes: Boxes) -> u64 {
        let (near, blocks) = (boxes.near(m), boxes.token_blocks(m).len());
        // Differences and maxima of the tokens that are not in the last block; the last block; m;
        // the largest of all.
        let of_blocks = if blocks == 0 { 0 } else { 2 * (m - near) - (blocks - 1) + 1 + blocks };
        ((v - 1) * (of_blocks + 1)) as u64
    }

    /// The undecided outputs of each of `cells`, and the FLOPs spent. The first cell's query has to
    /// be the first of a block of the coarsest level.
    pub(super) fn undecided(&self, cells: &[CellScores<S>]) -> (Vec<Vec<usize>>, u64) {
        let near = self.largest.near;
        let scores = |cell: &CellScores<S>| {
            let of_block = |block: &Range<usize>| match block.start {
                0 => Between { most: cell.far[0], least: cell.far[1] },
                start => Between::over(cell.scores[start - near..block.end - near].iter().copied()),
            };
            self.blocks.iter().map(of_block).collect::<Vec<_>>()
        };
        let scores: Vec<_> = cells.iter().map(scores).collect();
        let outputs: Vec<_> =
            (0..self.largest.precomputed.shape.v).filter(|&o| o != self.largest.m).collect();
        let mut found = vec![Vec::new(); cells.len()];
        let several = self.blocks.len().saturating_sub(1);
        let prepared = (cells.len() * 2 * (self.largest.m - near - several)) as u64;
        let flops = prepared + self.refine(0, cells, &scores, &outputs, &mut found);
        (found, flops)
    }

    fn refine(
        &self,
        depth: usize,
        cells: &[CellScores<S>],
        scores: &[Vec<Between<S>>],
        outputs: &[usize],
        found: &mut [Vec<usize>],
    ) -> u64 {
        let Some(&size) = self.levels.get(depth) else {
            found.iter_mut().for_each(|found| found.extend(outputs));
            return 0;
        };
        let mut flops = 0;
        let parts = cells.chunks(size).zip(scores.chunks(size)).zip(found.chunks_mut(size));
        for ((cells, scores), found) in parts {
            let (left, spent) = self.test(depth, cells, scores, outputs);
            flops += spent;
            if !left.is_empty() {
                flops += self.refine(depth + 1, cells, scores, &left, found);
            }
        }
        flops
    }

    /// The outputs that the test of a block of queries leaves undecided, and the FLOPs spent.
    fn test(
        &self,
        depth: usize,
        cells: &[CellScores<S>],
        scores: &[Vec<Between<S>>],
        outputs: &[usize],
    ) -> (Vec<usize>, u64) {
        let Largest { precomputed, m, worst_position, .. } = self.largest;
        let relative = self.blocks.iter().enumerate().map(|(i, block)| {
            let most = largest(scores.iter().map(|of_query| of_query[i].most)).exp();
            if cells.len() * block.len() == 1 {
                return Between { least: most, most };
            }
            Between { least: smallest(scores.iter().map(|of_query| of_query[i].least)).exp(), most }
        });
        let relative: Vec<_> = relative.collect();
        let others = Between::over(cells.iter().map(|cell| precomputed.query(cell.q).others));
        let own = Between::over(cells.iter().map(|cell| cell.own));
        let first = cells[0].q;
        let holds_m = (first..first + cells.len()).contains(m);
        let zero = S::from_f64(0.0);
        let undecided = |&&o: &&usize| {
            let (direct, of_query) = match &self.direct.0[depth] {
                Some([most, least]) => {
                    let block = first / self.levels[depth];
                    (most[[block, o]] - least[[block, *m]], self.most_gain[o])
                }
                None => (self.largest.direct(first, o), self.largest.gain(first, o)),
            };
            let constant = direct + worst_position[o];
            let of_m = constant + self.gain_of_m[o];
            let blocks = self.gains.row(o).into_iter().zip(&relative);
            let most = blocks
                .fold(of_m, |most, (&gain, relative)| relative.times(constant + gain).max(most));
            let one = if holds_m { most } else { of_m };
            !(one + others.times(most) + own.times(constant + of_query)).less(zero)
        };
        let left = outputs.iter().filter(undecided).copied().collect();

        let count = cells.len() as u64;
        let blocks = self.blocks.len() as u64;
        // A block of one query and one token has one weight, others have two.
        let points =
            self.blocks.iter().filter(|block| count * block.len() as u64 == 1).count() as u64;
        let ranges = 2 * blocks * (count - 1) + 2 * blocks - points + 4 * (count - 1);
        let of_output = 11 + 4 * blocks + u64::from(self.direct.0[depth].is_none());
        (left, ranges + of_output * outputs.len() as u64)
    }
}
