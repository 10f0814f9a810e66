//! Decides outputs for many queries and tokens at once, coarse to fine.
//!
//! Let `r(t) = e^{(EQKE[q, t] − EQKE[q, m]) / √h}` and `ρ_p` be the attention to a position relative to the least attended
//! one before the query's. Divided by a positive number, `F_o` is
//!
//! > `Σ_p ρ_p r(t_p) (D_q + E_{t_p} + P_p)`, where `D`, `E`, `P` are the differences between outputs `o` and `m`.
//!
//! Let `C ≥ D_q + P_p` for all queries of a block and all positions, and `G = max(C + E_m, max_T r_T (C + E_T))` over blocks
//! `T` of tokens below `m`, `E_T` being their largest `E_t` and `r_T` their largest `r(t)` where `C + E_T ≥ 0`, their least
//! where it is not. Then each term before the query's is at most `ρ_p G`, and where `q ≠ m` one of them is at most
//! `ρ_p (C + E_m) ≤ ρ_p G`; as `ρ_p ≥ 1`,
//!
//! > `F_o ≤ (C + E_m) + (Σ_p ρ_p − 1) G + ρ_{n−1} r(q) (C + E_q)`,
//!
//! with `G` for the first term where `q = m`. Over a block of queries each factor is replaced by the end of its range that
//! makes the product larger. If that is negative, `o` is decided for every query of the block.

use super::proof::Level;
use super::tables::{CellTables, Largest};
use crate::cost::Scalar;
use crate::linalg::{Matrix, largest};
use std::ops::Range;

/// The range of a factor over a block.
#[derive(Clone, Copy)]
struct Between<S> {
    least: S,
    most: S,
}

impl<S: Scalar> Between<S> {
    fn over(values: impl Iterator<Item = S> + Clone) -> Self {
        Self { least: crate::linalg::smallest(values.clone()), most: largest(values) }
    }

    /// The largest product with `x`: a comparison and a multiplication.
    fn times(self, x: S) -> S {
        if x.less(S::from_f64(0.0)) { self.least * x } else { self.most * x }
    }
}

/// Tokens below `m` in blocks and, of each output, the largest `E_t` of each block, `[v(o), blocks]`.
struct TokenBlocks<S> {
    blocks: Vec<Range<usize>>,
    gains: Matrix<S>,
}

/// The test of one largest token, for each level of refinement.
pub(super) struct Boxes<'a, S> {
    largest: &'a Largest<'a, S>,
    levels: Vec<(usize, TokenBlocks<S>)>,
}

impl<'a, S: Scalar> Boxes<'a, S> {
    /// Prepares some levels, [`Self::flops`] operations.
    pub(super) fn new(largest_token: &'a Largest<'a, S>, levels: &[Level]) -> Self {
        let m = largest_token.m;
        let of_level = |level: &Level| {
            let blocks = level.token_blocks(m);
            let v = largest_token.tables.shape.v;
            let gains = Matrix::from_shape_fn((v, blocks.len()), |(o, b)| {
                if o == m {
                    return S::from_f64(0.0);
                }
                largest(blocks[b].clone().map(|t| largest_token.gains[[o, t]]))
            });
            (level.queries, TokenBlocks { blocks, gains })
        };
        Self { largest: largest_token, levels: levels.iter().map(of_level).collect() }
    }

    /// FLOPs of [`Self::new`].
    pub(super) fn flops(v: usize, m: usize, levels: &[Level]) -> u64 {
        levels.iter().map(|level| ((v - 1) * (m - level.token_blocks(m).len())) as u64).sum()
    }

    /// The undecided outputs of some queries (`cells` are theirs), added to one list for each; the FLOPs it took.
    pub(super) fn undecided(&self, queries: Range<usize>, cells: &[CellTables<S>], found: &mut [Vec<usize>]) -> u64 {
        let outputs: Vec<_> = (0..self.largest.tables.shape.v).filter(|&o| o != self.largest.m).collect();
        self.refine(0, queries, cells, &outputs, found)
    }

    fn refine(
        &self,
        depth: usize,
        queries: Range<usize>,
        cells: &[CellTables<S>],
        outputs: &[usize],
        found: &mut [Vec<usize>],
    ) -> u64 {
        let Some((size, tokens)) = self.levels.get(depth) else {
            found.iter_mut().for_each(|found| found.extend(outputs));
            return 0;
        };
        let mut flops = 0;
        for start in (0..cells.len()).step_by(*size) {
            let end = (start + size).min(cells.len());
            let (block, cells) = (queries.start + start..queries.start + end, &cells[start..end]);
            let (left, spent) = self.test(tokens, block.clone(), cells, outputs);
            flops += spent;
            if !left.is_empty() {
                flops += self.refine(depth + 1, block, cells, &left, &mut found[start..end]);
            }
        }
        flops
    }

    /// The outputs that this block of queries leaves undecided, and the FLOPs it took.
    fn test(
        &self,
        TokenBlocks { blocks, gains }: &TokenBlocks<S>,
        queries: Range<usize>,
        cells: &[CellTables<S>],
        outputs: &[usize],
    ) -> (Vec<usize>, u64) {
        let Largest { tables, m, worst_position, gains: gains_of_tokens, .. } = self.largest;
        let relative = blocks.iter().map(|block| {
            let scores = cells.iter().flat_map(|cell| cell.scores[block.clone()].iter().copied());
            let Between { least, most } = Between::over(scores);
            if cells.len() * block.len() == 1 {
                let weight = most.exp();
                return Between { least: weight, most: weight };
            }
            Between { least: least.exp(), most: most.exp() }
        });
        let relative: Vec<_> = relative.collect();
        let others = Between::over(queries.clone().map(|q| tables.query(q).others));
        let own = Between::over(cells.iter().map(|cell| cell.own));
        let zero = S::from_f64(0.0);
        let holds_largest = queries.contains(m);
        let undecided = |&&o: &&usize| {
            let direct = largest(cells.iter().map(|cell| cell.direct[o]));
            let constant = direct + worst_position[o];
            let of_m = constant + gains_of_tokens[[o, *m]];
            let blocks = gains.row(o).into_iter().zip(&relative);
            let most = blocks.fold(of_m, |most, (&gain, relative)| relative.times(constant + gain).max(most));
            let of_queries = largest(queries.clone().map(|q| gains_of_tokens[[o, q]]));
            let first = if holds_largest { most } else { of_m };
            let bound = first + others.times(most) + own.times(constant + of_queries);
            !bound.less(zero)
        };
        let left = outputs.iter().filter(undecided).copied().collect();

        let count = cells.len() as u64;
        let of_tokens = blocks.iter().map(|block| match count * block.len() as u64 {
            1 => 1,
            several => 2 * (several - 1) + 2,
        });
        let prepared = of_tokens.sum::<u64>() + 4 * (count - 1);
        let of_output = 2 * (count - 1) + 2 + 4 * blocks.len() as u64 + 1 + 6 + 1;
        (left, prepared + of_output * outputs.len() as u64)
    }
}
