use super::boxes::{DirectRanges, Tests};
use super::enumerate::{self, Enumeration, Found};
use super::precomputed::{CellScores, Largest, Precomputed};
use super::proof::{Boxes, Column, Count, Method, Plan, PlanError};
use super::terms::{Deficits, Terms, Weights};
use super::verified::{Settled, Verified};
use super::{grid, split, tilt};
use crate::cost::Scalar;
use crate::models::transformer::{Shape, Transformer};
use crate::proof::Tally;
use crate::rounding::Rounding;
use crate::tasks::max_of_k::answers::Judge;
use crate::tasks::max_of_k::cases::Arrangements;
use std::collections::VecDeque;
use std::ops::Range;

/// The verification of proof objects about one model, block by block in any order.
#[derive(Debug)]
pub struct Verification<S = f64> {
    precomputed: Precomputed<S>,
    /// Sizes of blocks of queries, coarse to fine.
    queries: Vec<usize>,
    direct: DirectRanges<S>,
    judge: Judge,
}

/// Verifies a proof object: at least how many sequences are right, and at least how many are wrong,
/// whatever the object says.
///
/// # Errors
/// If the object's shape does not fit the model.
pub fn verify(model: &Transformer, plan: &Plan) -> Result<Verified, PlanError> {
    plan.check(model.shape())?;
    let verification = Verification::<f64>::new(model, &plan.queries, Rounding::Enclosed);
    let blocks = Verification::<f64>::blocks(plan);
    let flops = Verification::<f64>::flops(model.shape(), &plan.queries);
    Ok(blocks.into_iter().fold(Verified::prepared(flops), |sum, (m, queries)| {
        sum + verification.block(plan, m, queries)
    }))
}

/// Cells that boxes leave undecided, each with its undecided outputs.
pub(super) type Open<S> = VecDeque<(CellScores<S>, Vec<usize>)>;

/// What boxes leave undecided of a block.
#[derive(Debug)]
pub(super) struct Tested<S> {
    /// The first query of the block.
    first: usize,
    flops: u64,
    /// Undecided cells by query, with their outputs.
    open: Vec<(CellScores<S>, Vec<usize>)>,
}

/// What counting the sequences of a cell gives: what is decided, the FLOPs of proving sequences
/// right and wrong, and how many of the former are spent on grids.
struct CountedCell {
    tally: Tally,
    flops: u64,
    wrong_flops: u64,
    on_grids: u64,
}

/// A cell's undecided outputs.
pub(super) struct Undecided<S> {
    pub(super) q: usize,
    weights: Weights<S>,
    pub(super) terms: Vec<Terms<S>>,
}

impl<S: Scalar> Verification<S> {
    /// Prepares the verification of proofs that test blocks of `queries` queries, coarse to fine;
    /// costs [`Self::flops`].
    #[must_use]
    pub fn new(model: &Transformer, queries: &[usize], rounding: Rounding) -> Self {
        let precomputed = Precomputed::new(model, rounding);
        let direct = DirectRanges::new(&precomputed, queries);
        Self { precomputed, queries: queries.to_vec(), direct, judge: Judge::new(model) }
    }

    /// What every comparison leaves for rounding, in logits.
    #[must_use]
    pub fn slack(&self) -> f64 {
        self.precomputed.slack.to_f64()
    }

    /// FLOPs of [`Self::new`], which every proof needs.
    #[must_use]
    pub fn flops(shape: Shape, queries: &[usize]) -> u64 {
        Precomputed::<f64>::flops(shape) + DirectRanges::<f64>::flops(shape.v, queries)
    }

    /// The blocks of a proof object: largest tokens and some of their queries, the longest first.
    #[must_use]
    pub fn blocks(plan: &Plan) -> Vec<(usize, Range<usize>)> {
        let size = plan.coarsest();
        let columns = plan.columns.iter().enumerate().rev().filter(|(_, column)| column.is_some());
        columns
            .flat_map(|(m, _)| (0..=m).step_by(size).map(move |q| (m, q..(q + size).min(m + 1))))
            .collect()
    }

    /// Verifies one block of a plan that fits the model.
    ///
    /// # Panics
    /// If the plan does not fit the model.
    #[must_use]
    pub fn block(&self, plan: &Plan, m: usize, queries: Range<usize>) -> Verified {
        let Some(column) = self.column(plan, m, queries.clone()) else {
            return Verified::default();
        };
        let largest = self.largest(m, column.boxes);
        self.verify_queries(
            &largest,
            column,
            &self.block_tested(&largest, column, queries.clone()),
            queries,
            u64::MAX,
        )
    }

    /// The column of a block, unless nothing is to be proven of it.
    pub(super) fn column<'a>(
        &self,
        plan: &'a Plan,
        m: usize,
        queries: Range<usize>,
    ) -> Option<&'a Column> {
        plan.columns[m].as_ref().filter(|_| self.in_range(queries))
    }

    /// Tests a block with boxes.
    pub(super) fn block_tested(
        &self,
        largest: &Largest<S>,
        column: &Column,
        queries: Range<usize>,
    ) -> Tested<S> {
        let first = queries.start;
        let (tested, open) = self.tested(largest, queries, column.boxes);
        // What all blocks of a column need counts for the first of them.
        let of_column = if first == 0 { self.column_flops(largest.m, column.boxes) } else { 0 };
        Tested { first, flops: tested.flops() + of_column, open: open.into() }
    }

    /// Verifies some queries of a block. FLOPs of testing the block count for its first query. A
    /// cell that takes more than `most_flops` is given up.
    pub(super) fn verify_queries(
        &self,
        largest: &Largest<S>,
        column: &Column,
        tested: &Tested<S>,
        queries: impl IntoIterator<Item = usize>,
        most_flops: u64,
    ) -> Verified {
        let (mut decided, mut right, mut flops, mut cells) = (0, 0, 0, Verified::default());
        for q in queries {
            flops += if q == tested.first { tested.flops } else { 0 };
            let size = self.size(q, largest.m);
            if let Ok(open) = tested.open.binary_search_by_key(&q, |(cell, _)| cell.q) {
                let (cell, outputs) = &tested.open[open];
                cells += self.cell(largest, column, cell, outputs, most_flops);
            } else if size > 0 {
                (decided, right) = (decided + 1, right + size);
            }
        }
        Verified::new(Settled::Boxes, decided, Tally::right(right), flops) + cells
    }

    /// Whether the weights of all `queries` are in the range of float64. If not, none of their
    /// cells is proven, as they are tested together.
    pub(super) fn in_range(&self, mut queries: Range<usize>) -> bool {
        queries.all(|q| self.precomputed.query(q).in_range)
    }

    /// Tests the cells of some queries with boxes: returns what is decided, and the undecided
    /// cells.
    pub(super) fn tested(
        &self,
        largest: &Largest<S>,
        queries: Range<usize>,
        boxes: Boxes,
    ) -> (Verified, Open<S>) {
        let cells: Vec<_> = queries.clone().map(|q| largest.cell(q)).collect();
        let of_cells: u64 =
            queries.map(|q| CellScores::<S>::flops(q, largest.m, largest.near)).sum();
        let (found, flops) =
            Tests::new(largest, &self.direct, &self.queries, boxes).undecided(&cells);
        let (mut decided, mut right, mut open) = (0, 0, Open::new());
        for (cell, outputs) in cells.into_iter().zip(found) {
            let size = self.size(cell.q, largest.m);
            if size > 0 && outputs.is_empty() {
                (decided, right) = (decided + 1, right + size);
            } else if size > 0 {
                open.push_back((cell, outputs));
            }
        }
        (Verified::new(Settled::Boxes, decided, Tally::right(right), of_cells + flops), open)
    }

    /// Verifies a cell of which boxes leave `outputs` undecided.
    fn cell(
        &self,
        largest: &Largest<S>,
        column: &Column,
        cell: &CellScores<S>,
        outputs: &[usize],
        most_flops: u64,
    ) -> Verified {
        let method = column.methods().nth(cell.q).expect("there is a method for each query");
        if *method == Method::Leave {
            return Verified::new(Settled::Left, 1, Tally::default(), 0);
        }
        let (undecided, flops) = self.undecided(largest, cell, outputs);
        self.apply_within(&undecided, largest.m, method, flops, most_flops)
    }

    /// The terms of those of `outputs` that their exact terms do not decide, and the FLOPs of all.
    pub(super) fn undecided(
        &self,
        largest: &Largest<S>,
        cell: &CellScores<S>,
        outputs: &[usize],
    ) -> (Undecided<S>, u64) {
        let (q, n, m) = (cell.q, self.precomputed.shape.n, largest.m);
        let weights = Weights::new(largest, cell);
        let terms = outputs.iter().filter_map(|&o| weights.terms(largest, cell, o)).collect();
        let flops = Weights::<S>::flops(n, m, largest.near)
            + outputs.len() as u64 * Terms::<S>::flops(n, q, m);
        (Undecided { q, weights, terms }, flops)
    }

    /// What a method proves of a cell; `flops` is the cost of its terms.
    pub(super) fn apply(
        &self,
        undecided: &Undecided<S>,
        m: usize,
        method: &Method,
        flops: u64,
    ) -> Verified {
        self.apply_within(undecided, m, method, flops, u64::MAX)
    }

    /// What a method proves of a cell within `most_flops`; a method that takes more proves nothing.
    /// `flops` is the cost of the cell's terms.
    fn apply_within(
        &self,
        Undecided { q, weights, terms }: &Undecided<S>,
        m: usize,
        method: &Method,
        flops: u64,
        most_flops: u64,
    ) -> Verified {
        let size = self.size(*q, m);
        if terms.is_empty() {
            return Verified::new(Settled::Terms, 1, Tally::right(size), flops);
        }
        match method {
            Method::Leave => Verified::new(Settled::Left, 1, Tally::default(), flops),
            Method::Split(tokens) => {
                let (right, spent) = self.split(terms, *q, m, tokens);
                Verified::new(Settled::Split, 1, Tally::right(right), flops + spent)
            }
            Method::Count(count) => {
                let CountedCell { tally, flops: spent, wrong_flops, on_grids } =
                    self.count(terms, (*q, m), size, *count, most_flops);
                let counted = Verified::new(Settled::Count, 1, tally, flops + spent);
                // Sequences are proven wrong on grids only, so all of `wrong_flops` are on grids.
                let work = Settled::Count.weight() * (flops + spent - on_grids)
                    + grid::work(count.bins.unwrap_or(1), on_grids + wrong_flops);
                counted.with(wrong_flops, work)
            }
            Method::Enumerate => {
                let (tally, spent) =
                    self.enumerate(terms, weights, *q, m, most_flops.min(enumerate::MAX_FLOPS));
                Verified::new(Settled::Enumerate, 1, tally.unwrap_or_default(), flops + spent)
            }
        }
    }

    /// The exact tally of a cell, and the FLOPs spent; no tally if it takes more than `most_flops`.
    fn enumerate(
        &self,
        terms: &[Terms<S>],
        weights: &Weights<S>,
        q: usize,
        m: usize,
        most_flops: u64,
    ) -> (Option<Tally>, u64) {
        let cell = enumerate::Cell { q, m, shape: self.precomputed.shape };
        let (found, flops) = Enumeration::run(terms, weights, cell, &self.judge, most_flops);
        let tally = |Found { wrong, undecided }| Tally {
            wrong,
            ..Tally::right(self.size(q, m) - wrong - undecided)
        };
        (found.map(tally), flops)
    }

    /// What enumerating a cell proves; `None` if it takes more than `most_flops`. `flops` is the
    /// cost of the cell's terms.
    pub(super) fn try_enumerate(
        &self,
        undecided: &Undecided<S>,
        m: usize,
        flops: u64,
        most_flops: u64,
    ) -> Option<Verified> {
        let Undecided { q, weights, terms } = undecided;
        let (tally, spent) = self.enumerate(terms, weights, *q, m, most_flops);
        Some(Verified::new(Settled::Enumerate, 1, tally?, flops + spent))
    }

    fn split(
        &self,
        terms: &[Terms<S>],
        q: usize,
        m: usize,
        tokens: &[super::Tokens],
    ) -> (u128, u64) {
        let n = self.precomputed.shape.n;
        let arrangements = Arrangements::new(n);
        let (mut right, mut flops) = (0, 0);
        // Where q ≠ m, one of the n − 1 tokens before the query is m.
        let counts = if q == m { n } else { n - 1 };
        for (others, allowed) in tokens.iter().enumerate().take(counts) {
            let sequences = arrangements.sequences(others, allowed.len());
            if sequences == 0 {
                continue;
            }
            let mut decided = true;
            for terms in terms {
                let (of_output, spent) = split::decided(terms, m, others, allowed);
                flops += spent;
                decided = of_output;
                if !decided {
                    break;
                }
            }
            right += if decided { sequences } else { 0 };
        }
        (right, flops)
    }

    /// What counting proves of a cell of `size` sequences; nothing if it takes more than
    /// `most_flops`.
    fn count(
        &self,
        terms: &[Terms<S>],
        (q, m): (usize, usize),
        size: u128,
        count: Count,
        most_flops: u64,
    ) -> CountedCell {
        let n = self.precomputed.shape.n;
        let dominant = count.dominant.and_then(|dominant| {
            let output = terms.iter().find(|terms| terms.output == dominant.output)?;
            Some((output, S::from_f64(dominant.factor)))
        });
        let (mut at_most, mut at_least) = (0_u128, 0);
        let (mut flops, mut wrong_flops, mut on_grids) = (0, 0, 0);
        for terms in terms {
            if flops > most_flops {
                return CountedCell { tally: Tally::default(), flops, wrong_flops, on_grids };
            }
            let plain = terms.deficits(m);
            let (of_plain, spent) = tilted(&plain, q, m, n, size, count);
            flops += spent + Deficits::<S>::flops(n, q, m);
            let (mut of_output, mut deficits, mut is_plain) = (of_plain, plain, true);
            if let Some((other, factor)) =
                dominant.filter(|(other, _)| other.output != terms.output)
            {
                let beside = terms.minus(factor, other).deficits(m);
                flops += Terms::<S>::minus_flops(n, m) + Deficits::<S>::flops(n, q, m) + 1;
                if beside.excess.less(S::from_f64(0.0)) {
                    continue;
                }
                let (of_beside, spent) = tilted(&beside, q, m, n, size, count);
                flops += spent;
                if of_beside < of_output {
                    (of_output, deficits, is_plain) = (of_beside, beside, false);
                }
            }
            if let Some(bins) = count.bins.filter(|_| of_output as f64 > count.unless_below) {
                let (sequences, spent) = grid::count(&deficits, m, bins, grid::Side::AtMost);
                of_output = of_output.min(sequences.unwrap_or(size));
                flops += spent;
                on_grids += spent;
                if is_plain {
                    let (sequences, spent) = grid::count(&deficits, m, bins, grid::Side::AtLeast);
                    at_least = sequences.unwrap_or(0).min(size).max(at_least);
                    wrong_flops += spent;
                }
            }
            at_most = at_most.saturating_add(of_output);
        }
        let tally = Tally { wrong: at_least, ..Tally::right(size.saturating_sub(at_most)) };
        CountedCell { tally, flops, wrong_flops, on_grids }
    }

    /// The number of sequences of a cell.
    pub(super) fn size(&self, q: usize, m: usize) -> u128 {
        let others = self.precomputed.shape.n - 1;
        let power = |choices: usize| std::iter::repeat_n(choices as u128, others).product::<u128>();
        power(m + 1) - if q == m { 0 } else { power(m) }
    }

    pub(super) fn largest(&self, m: usize, boxes: Boxes) -> Largest<'_, S> {
        self.precomputed.largest(m, boxes.near(m))
    }

    /// FLOPs of preparing a column, before any of its cells.
    pub(super) fn column_flops(&self, m: usize, boxes: Boxes) -> u64 {
        Largest::<S>::flops(self.precomputed.shape)
            + Tests::<S>::flops(self.precomputed.shape.v, m, boxes)
    }
}

/// At most how many of the `size` sequences of a cell one output may make wrong, by tilting; and
/// the FLOPs.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "rounds down, which is what is meant"
)]
fn tilted<S: Scalar>(
    deficits: &Deficits<S>,
    q: usize,
    m: usize,
    n: usize,
    size: u128,
    count: Count,
) -> (u128, u64) {
    match count.tilt.filter(|_| deficits.excess.to_f64() > 0.0) {
        // The conversion to an integer rounds down. That is sound: the true count is an integer
        // below the bound. (The conversion of NaN gives 0, but the bound is never NaN.)
        Some(kappa) => (size.min(tilt::at_most(deficits, m, kappa) as u128), tilt::flops(n, q, m)),
        None => (size, 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cost;
    use crate::models::transformer::tests::random;
    use crate::proof::Target;
    use crate::proof::count_all;
    use crate::tasks::max_of_k::additive::{Additive, Prover};
    use crate::tasks::max_of_k::{BruteForce, Pruning};

    #[test]
    fn bounds_hold_and_operations_are_told() {
        for (v, n, scale, seed) in [
            (2, 1, 1.0, 1),
            (4, 1, 2.0, 2),
            (3, 2, 1.0, 3),
            (5, 2, 3.0, 4),
            (5, 3, 1.0, 5),
            (4, 4, 2.0, 6),
            (9, 3, 1.5, 7),
            (6, 5, 0.5, 8),
            (19, 2, 1.0, 9),
        ] {
            let shape = Shape { v, d: 3, h: 2, n };
            let model = random(shape, scale, seed);
            // Whatever scores are divided by costs as much.
            let model = if v == 9 { model.with_attn_scale(0.3).unwrap() } else { model };
            let brute = BruteForce::new(&model, Pruning::On);
            let truth = count_all(&brute).right;
            let sequences = shape.sequences().unwrap();
            let prover = Prover::new(&model, sequences, &Prover::QUERIES, &Prover::TOKENS);
            let more = [
                Additive::Best(Target::Flops(u64::MAX)),
                Additive::Best(Target::Bound(0)),
                Additive::Best(Target::Flops(0)),
            ];
            for strategy in Additive::all().chain(more) {
                let plan = prover.prove(strategy);
                let verified = verify(&model, &plan).unwrap();
                assert!(
                    verified.tally().right <= truth && verified.tally().wrong <= sequences - truth,
                    "{strategy} {shape:?}: {verified:?}, truth {truth}"
                );
                if strategy == Additive::Exact {
                    assert_eq!(
                        (verified.tally().right, verified.tally().wrong),
                        (truth, sequences - truth),
                        "{shape:?}"
                    );
                }
                let (flops, counted) = cost::Counted::during(|| {
                    let verification = Verification::<cost::Counted>::new(
                        &model,
                        &plan.queries,
                        Rounding::Enclosed,
                    );
                    Verification::<cost::Counted>::blocks(&plan)
                        .into_iter()
                        .map(|(m, queries)| verification.block(&plan, m, queries))
                        .sum::<Verified>()
                });
                // What the blocks of a column share counts once, and is worked out for each.
                let again = Verification::<f64>::blocks(&plan)
                    .into_iter()
                    .filter(|(_, queries)| queries.start > 0);
                let again: u64 = again
                    .map(|(m, _)| {
                        prover
                            .verification()
                            .column_flops(m, plan.columns[m].as_ref().unwrap().boxes)
                    })
                    .sum();
                assert_eq!(
                    flops,
                    verified.flops() + verified.wrong_flops() + again,
                    "{strategy} {shape:?}"
                );
                assert_eq!(counted.tally(), verified.tally());
            }
        }
    }
}
