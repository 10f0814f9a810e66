use super::boxes::{DirectPath, Tests};
use super::enumerate::{self, Enumeration};
use super::proof::{Boxes, Count, Method, Plan, PlanError};
use super::tables::{Cell, Largest, Tables};
use super::terms::{Terms, Weights};
use super::{grid, split, tilt};
use crate::cost::Scalar;
use crate::tasks::max_of_k::cases::Arrangements;
use crate::transformer::{Shape, Transformer};
use std::ops::{Add, AddAssign, Range};

/// What a proof object proves, or a part of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// Sequences proven right.
    pub right: u128,
    /// Sequences proven wrong.
    pub wrong: u128,
    /// FLOPs of proving that so many are right.
    pub flops: u64,
    /// FLOPs of proving that so many are wrong, beside.
    pub wrong_flops: u64,
}

impl Add for Verified {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self {
            right: self.right + other.right,
            wrong: self.wrong + other.wrong,
            flops: self.flops + other.flops,
            wrong_flops: self.wrong_flops + other.wrong_flops,
        }
    }
}

impl AddAssign for Verified {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl std::iter::Sum for Verified {
    fn sum<I: Iterator<Item = Self>>(parts: I) -> Self {
        parts.fold(Self::default(), Add::add)
    }
}

/// The verification of proof objects about one model, in parts that can be run in any order.
pub struct Verification<S = f64> {
    tables: Tables<S>,
    boxes: Boxes,
    direct: DirectPath<S>,
}

/// Verifies a proof object: a lower bound for the sequences that are right and one for those that are wrong, whatever the
/// object says.
///
/// # Errors
/// If the object's shape does not fit the model.
pub fn verify(model: &Transformer, plan: &Plan) -> Result<Verified, PlanError> {
    plan.check(model.shape())?;
    let verification = Verification::<f64>::new(model, &plan.boxes);
    let parts = Verification::<f64>::parts(plan);
    let flops = Verification::<f64>::flops(model.shape(), &plan.boxes);
    let cost = Verified { flops, ..Verified::default() };
    Ok(parts.into_iter().fold(cost, |sum, (m, queries)| sum + verification.part(plan, m, queries)))
}

/// A cell's undecided outputs.
pub(super) struct Undecided<S> {
    pub(super) q: usize,
    pub(super) terms: Vec<Terms<S>>,
}

impl<S: Scalar> Verification<S> {
    /// Prepares the verification of proofs with such boxes, [`Self::flops`] operations.
    #[must_use]
    pub fn new(model: &Transformer, boxes: &Boxes) -> Self {
        let tables = Tables::new(model);
        let direct = DirectPath::new(&tables, &boxes.queries);
        Self { tables, boxes: boxes.clone(), direct }
    }

    /// FLOPs of [`Self::new`], which every proof needs.
    #[must_use]
    pub fn flops(shape: Shape, boxes: &Boxes) -> u64 {
        Tables::<f64>::flops(shape) + DirectPath::<f64>::flops(shape.v, &boxes.queries)
    }

    /// A proof's parts: largest tokens and some of their queries, the longest proofs first.
    #[must_use]
    pub fn parts(plan: &Plan) -> Vec<(usize, Range<usize>)> {
        let size = plan.boxes.coarsest();
        let columns = plan.columns.iter().enumerate().rev().filter(|(_, column)| column.is_some());
        columns.flat_map(|(m, _)| (0..=m).step_by(size).map(move |q| (m, q..(q + size).min(m + 1)))).collect()
    }

    /// Verifies one part of a plan that fits the model.
    ///
    /// # Panics
    /// If the plan does not fit the model.
    #[must_use]
    pub fn part(&self, plan: &Plan, m: usize, queries: Range<usize>) -> Verified {
        let Some(column) = &plan.columns[m] else { return Verified::default() };
        if !self.in_range(queries.clone()) {
            return Verified::default();
        }
        let largest = self.tables.largest(m);
        let methods = column.methods().skip(queries.start);
        let (cells, found, mut flops) = self.tested(&largest, queries.clone(), column.depth);
        // What all parts of a column need is told of its first.
        if queries.start == 0 {
            flops += self.column_flops(m);
        }
        let mut sum = Verified { flops, ..Verified::default() };
        for ((cell, outputs), method) in cells.iter().zip(&found).zip(methods) {
            sum += self.cell(&largest, cell, outputs, method);
        }
        sum
    }

    /// Whether float64 can work with all these queries; if not, none of their cells is proven, as they are tested together.
    pub(super) fn in_range(&self, mut queries: Range<usize>) -> bool {
        queries.all(|q| self.tables.query(q).in_range)
    }

    /// The tables of some cells, their outputs that boxes of so many levels leave undecided, and the FLOPs of both.
    pub(super) fn tested(
        &self,
        largest: &Largest<S>,
        queries: Range<usize>,
        depth: usize,
    ) -> (Vec<Cell<S>>, Vec<Vec<usize>>, u64) {
        let cells: Vec<_> = queries.clone().map(|q| largest.cell(q)).collect();
        let of_cells: u64 = queries.map(|q| Cell::<S>::flops(q, largest.m)).sum();
        let (found, flops) = Tests::new(largest, &self.direct, &self.boxes, depth).undecided(&cells);
        (cells, found, of_cells + flops)
    }

    fn cell(&self, largest: &Largest<S>, cell: &Cell<S>, outputs: &[usize], method: &Method) -> Verified {
        let size = self.size(cell.q, largest.m);
        if outputs.is_empty() || size == 0 {
            return Verified { right: size, ..Verified::default() };
        }
        if *method == Method::Leave {
            return Verified::default();
        }
        let (undecided, flops) = self.undecided(largest, cell, outputs);
        let mut verified = self.apply(&undecided, largest.m, method);
        verified.flops += flops;
        verified
    }

    /// The terms of outputs, those that are decided left out; the FLOPs.
    pub(super) fn undecided(
        &self,
        largest: &Largest<S>,
        cell: &Cell<S>,
        outputs: &[usize],
    ) -> (Undecided<S>, u64) {
        let (q, n, m) = (cell.q, self.tables.shape.n, largest.m);
        let weights = Weights::new(self.tables.query(q), cell);
        let terms = outputs.iter().filter_map(|&o| weights.terms(largest, cell, o)).collect();
        let flops = Weights::<S>::flops(n, m) + outputs.len() as u64 * Terms::<S>::flops(n, q, m);
        (Undecided { q, terms }, flops)
    }

    /// What a method proves of a cell, and its FLOPs.
    pub(super) fn apply(&self, Undecided { q, terms }: &Undecided<S>, m: usize, method: &Method) -> Verified {
        let size = self.size(*q, m);
        if terms.is_empty() {
            return Verified { right: size, ..Verified::default() };
        }
        match method {
            Method::Leave => Verified::default(),
            Method::Split(parts) => self.split(terms, *q, m, parts),
            Method::Count(count) => self.count(terms, *q, m, size, *count),
            Method::Enumerate => self.enumerate(terms, m, size, enumerate::MAX_FLOPS),
        }
    }

    pub(super) fn enumerate(&self, terms: &[Terms<S>], m: usize, size: u128, most_flops: u64) -> Verified {
        let (wrong, flops) = Enumeration::wrong(terms, m, self.tables.shape.n, most_flops);
        let (right, wrong) = wrong.map_or((0, 0), |wrong| (size - wrong, wrong));
        Verified { right, wrong, flops, wrong_flops: 0 }
    }

    fn split(&self, terms: &[Terms<S>], q: usize, m: usize, parts: &[super::Tokens]) -> Verified {
        let n = self.tables.shape.n;
        let arrangements = Arrangements::new(n);
        let mut sum = Verified::default();
        // Where q ≠ m, one of the n − 1 tokens before the query is m.
        let counts = if q == m { n } else { n - 1 };
        for (others, allowed) in parts.iter().enumerate().take(counts) {
            let sequences = arrangements.sequences(others, allowed.len());
            if sequences == 0 {
                continue;
            }
            let mut decided = true;
            for terms in terms {
                sum.flops += split::flops(n, q, m, others, allowed);
                decided = split::decided(terms, m, others, allowed);
                if !decided {
                    break;
                }
            }
            sum.right += if decided { sequences } else { 0 };
        }
        sum
    }

    fn count(&self, terms: &[Terms<S>], q: usize, m: usize, size: u128, count: Count) -> Verified {
        let n = self.tables.shape.n;
        let (mut at_most, mut at_least) = (0_u128, 0);
        let (mut flops, mut wrong_flops) = (0, 0);
        for terms in terms {
            let mut of_output = size;
            if let Some(kappa) = count.tilt.filter(|_| terms.excess.to_f64() > 0.0) {
                let tilted = tilt::at_most(terms, m, kappa);
                flops += tilt::flops(n, q, m);
                // A conversion to an integer rounds down; the count is an integer, so at most that.
                of_output = size.min(tilted as u128);
            }
            if let Some(bins) = count.bins.filter(|_| of_output as f64 > count.unless_below) {
                if let Some((sequences, spent)) = grid::count(terms, m, bins, grid::Count::AtMost) {
                    of_output = of_output.min(sequences);
                    flops += spent;
                }
                if let Some((sequences, spent)) = grid::count(terms, m, bins, grid::Count::AtLeast) {
                    at_least = sequences.min(size).max(at_least);
                    wrong_flops += spent;
                }
            }
            at_most = at_most.saturating_add(of_output);
        }
        Verified { right: size.saturating_sub(at_most), wrong: at_least, flops, wrong_flops }
    }

    /// Sequences of a cell.
    pub(super) fn size(&self, q: usize, m: usize) -> u128 {
        let others = self.tables.shape.n - 1;
        let power = |choices: usize| std::iter::repeat_n(choices as u128, others).product::<u128>();
        power(m + 1) - if q == m { 0 } else { power(m) }
    }

    pub(super) fn largest(&self, m: usize) -> Largest<'_, S> {
        self.tables.largest(m)
    }

    /// FLOPs of what a column needs before any cell.
    pub(super) fn column_flops(&self, m: usize) -> u64 {
        Largest::<S>::flops(self.tables.shape, m) + Tests::<S>::flops(self.tables.shape.v, m)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cost::Counted;
    use crate::proof::CaseAnalysis;
    use crate::tasks::max_of_k::BruteForce;
    use crate::tasks::max_of_k::additive::{Additive, Prover, Target};
    use crate::transformer::tests::random;

    #[test]
    fn explore() {
        let path = std::env::var("MODEL").unwrap();
        for path in path.split(',') {
        let bytes = std::fs::read(path).unwrap();
        let (task, _) = crate::tasks::max_of_k::MaxOfK::load(path, &bytes).unwrap();
        let model = task.model();
        let prover = Prover::new(model, task.sequences());
        println!("{path}");
        let names = std::env::var("S").map(|s| s.split(',').map(|s| s.parse().unwrap()).collect::<Vec<_>>()).unwrap_or(Additive::all().collect());
        for s in names {
            let t = std::time::Instant::now();
            let plan = prover.prove(s);
            let a = t.elapsed().as_secs_f64();
            let r = verify(model, &plan).unwrap();
            let total = task.sequences() as f64;
            println!("{s:28} [{:.6} {:.6}] {:.3e} +{:.2e} bytes {} search {a:.3} verify {:.3}", r.right as f64 / total, 1.0 - r.wrong as f64 / total, r.flops as f64, r.wrong_flops as f64, plan.to_json().len(), t.elapsed().as_secs_f64() - a);
        }
        }
    }

    #[test]
    fn bounds_hold_and_operations_are_told() {
        for (v, n, scale, seed) in [(2, 1, 1.0, 1), (4, 1, 2.0, 2), (3, 2, 1.0, 3), (5, 2, 3.0, 4), (5, 3, 1.0, 5), (4, 4, 2.0, 6), (9, 3, 1.5, 7), (6, 5, 0.5, 8), (19, 2, 1.0, 9)] {
            let shape = Shape { v, d: 3, h: 2, n };
            let model = random(shape, scale, seed);
            let brute = BruteForce::new(&model);
            let truth: u128 = (0..brute.chunks()).map(|chunk| brute.count(chunk)).sum();
            let sequences = shape.sequences().unwrap();
            let prover = Prover::new(&model, sequences);
            let more = [Additive::Best(Target::Flops(u64::MAX)), Additive::Best(Target::Bound(0)), Additive::Best(Target::Flops(0))];
            for strategy in Additive::all().chain(more) {
                let plan = prover.prove(strategy);
                let verified = verify(&model, &plan).unwrap();
                assert!(verified.right <= truth && verified.wrong <= sequences - truth, "{strategy} {shape:?}: {verified:?}, truth {truth}");
                if strategy == Additive::Exact {
                    assert_eq!((verified.right, verified.wrong), (truth, sequences - truth), "{shape:?}");
                }
                let (flops, counted) = Counted::during(|| {
                    let verification = Verification::<Counted>::new(&model, &plan.boxes);
                    Verification::<Counted>::parts(&plan).into_iter().map(|(m, queries)| verification.part(&plan, m, queries)).sum::<Verified>()
                });
                // What the parts of a column share is told once, and worked out for each.
                let again = Verification::<f64>::parts(&plan).into_iter().filter(|(_, queries)| queries.start > 0);
                let again: u64 = again.map(|(m, _)| prover.verification().column_flops(m)).sum();
                assert_eq!(flops, verified.flops + verified.wrong_flops + again, "{strategy} {shape:?}");
                assert_eq!((counted.right, counted.wrong), (verified.right, verified.wrong));
            }
        }
    }
}
