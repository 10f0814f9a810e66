//! Chooses what to do with each cell. Nothing here is trusted: what it finds is verified like any other proof object.

use super::best::Profiles;
use super::part::Part;
use super::proof::{Boxes, Column, Count, Dominant, Method, Plan, Tokens};
use super::strategy::Additive;
use super::tilt;
use super::verify::{Open, Undecided, Verification};
use crate::proof::Version;
use crate::rounding::Rounding;
use crate::transformer::{Shape, Transformer};
use std::ops::Range;
use std::sync::{Mutex, OnceLock};

/// The prover of one model.
#[derive(Debug)]
pub struct Prover {
    /// Sizes of blocks of queries, coarse to fine.
    queries: Vec<usize>,
    /// How blocks of tokens may grow; best proofs choose, others take the first.
    pub(super) tokens: Vec<usize>,
    pub(super) verification: Verification,
    /// Made when first asked for.
    ignoring_rounding: OnceLock<Verification>,
    model: Transformer,
    pub(super) shape: Shape,
    pub(super) sequences: u128,
    /// What best proofs choose from.
    profiles: Mutex<Profiles>,
}

/// A proof object in the making.
#[derive(Debug, Default)]
pub struct Planning {
    /// Of the largest tokens from 0 on.
    columns: Vec<Option<Column>>,
    /// The next one: what is chosen for its cells so far.
    methods: Vec<Method>,
    walk: Option<Walk>,
    climber: Climber,
}

/// The cells of a column that boxes leave undecided, visited step by step: a caller can stop between two.
#[derive(Debug)]
pub(super) struct Walk {
    m: usize,
    boxes: Boxes,
    /// Queries that have been tested.
    tested: usize,
    /// Of the last block of them, cells that are still to be visited, with their outputs.
    open: Open<f64>,
}

/// A step deals with about so many terms, if a cell has not more: with fewer, what cells share takes longer than they do.
const STEP: usize = 8192;

/// Tilts to try.
const TILTS: [f64; 17] =
    [0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0, 24.0, 32.0, 48.0, 64.0, 96.0, 128.0];

/// Largest tokens that together make up less than this part of all sequences are not worth a proof.
const NEGLIGIBLE: f64 = 1e-6;

/// Outputs that tilting leaves less than this part of all sequences are not worth a grid.
const NEGLIGIBLE_OUTPUT: f64 = 1e-9;

/// A finer grid is tried where it could prove more than this part of all sequences.
pub(super) const NEGLIGIBLE_GAIN: f64 = 2e-6;

/// Factors of a dominant output to try, and what part of the sequences it must leave to be worth its FLOPs.
const FACTORS: [f64; 3] = [1.0, 0.5, 2.0];
const WORTH: f64 = 0.9;

impl Prover {
    /// Blocks of queries that make proofs of the gallery shortest, see `tests/benches/ablation.rs`.
    pub const QUERIES: [usize; 3] = [16, 4, 1];

    /// Growths of blocks of tokens that do: the first for the longest proofs, the second for the shortest.
    pub const TOKENS: [usize; 2] = [4, 8];

    /// Of a model with so many sequences, whose proofs test blocks of so many queries, coarse to fine, and of tokens that
    /// grow by one of these factors.
    #[must_use]
    pub fn new(model: &Transformer, sequences: u128, queries: &[usize], tokens: &[usize]) -> Self {
        Self {
            queries: queries.to_vec(),
            tokens: tokens.to_vec(),
            verification: Verification::new(model, queries, Rounding::Enclosed),
            ignoring_rounding: OnceLock::new(),
            model: model.clone(),
            shape: model.shape(),
            sequences,
            profiles: Mutex::default(),
        }
    }

    /// The verification of its proofs.
    #[must_use]
    pub fn verification(&self) -> &Verification {
        &self.verification
    }

    /// The verification if float64 were exact.
    pub(super) fn ignoring_rounding(&self) -> &Verification {
        self.ignoring_rounding
            .get_or_init(|| Verification::new(&self.model, &self.queries, Rounding::Ignored))
    }

    /// How many outputs of cells of a largest token are worth a step.
    pub(super) fn enough_outputs(&self, m: usize) -> usize {
        STEP.div_ceil(self.shape.n * (m + 1))
    }

    /// FLOPs that all its proofs begin with.
    #[must_use]
    pub fn flops(&self) -> u64 {
        Verification::<f64>::flops(self.shape, &self.queries)
    }

    /// A proof object.
    #[must_use]
    pub fn prove(&self, strategy: Additive) -> Plan {
        let mut planning = Planning::default();
        while self.step(strategy, &mut planning) < 1.0 {}
        self.plan(strategy, planning)
    }

    /// One small step of the search for a proof object (a cell that boxes leave undecided, or some); the part that is done.
    pub fn step(&self, strategy: Additive, planning: &mut Planning) -> f64 {
        if let Additive::Best(target) = strategy {
            let mut profiles = self.profiles.lock().expect("no search panics");
            let done = profiles.step(self);
            if done == 1.0 {
                planning.columns = profiles.best(self, target);
            }
            return done;
        }
        let Planning { columns, methods, walk, climber } = planning;
        let m = columns.len();
        if walk.is_none() && strategy != Additive::Exact && m < self.first_column() {
            columns.push(None);
        } else {
            // Full depth, and a method for each undecided cell.
            let boxes = self.boxes(self.tokens[0]);
            methods.resize(m + 1, Method::Leave);
            let walk_on = walk.get_or_insert_with(|| Walk::new(m, boxes));
            let is_done = walk_on.step(self, |undecided, _| {
                methods[undecided.q] = match strategy {
                    Additive::Cell => self.split(undecided, m),
                    Additive::Chernoff => Method::Count(climber.best(self, undecided, m)),
                    Additive::Convolution { bins } => Method::Count(Count {
                        bins: Some(bins),
                        ..climber.best(self, undecided, m)
                    }),
                    Additive::Exact | Additive::Best(_) => Method::Enumerate,
                };
            });
            if is_done {
                columns.push(Some(Column::new(boxes, methods.drain(..))));
                *walk = None;
            }
        }
        // The cells of a largest token are as many as its queries.
        (columns.len() as f64 / self.shape.v as f64).powi(2)
    }

    /// What was found, once [`Self::step`] is done.
    #[must_use]
    pub fn plan(&self, strategy: Additive, Planning { columns, .. }: Planning) -> Plan {
        let Shape { v, n, .. } = self.shape;
        Plan { version: Version, strategy, v, n, queries: self.queries.clone(), columns }
    }

    /// The first largest token that is worth a proof.
    fn first_column(&self) -> usize {
        let Shape { v, n, .. } = self.shape;
        // Sequences of tokens below m are (m / v)^n of all.
        let part = |m: usize| (0..n).fold(1.0, |part, _| part * m as f64 / v as f64);
        (0..v).rev().find(|&m| part(m) <= NEGLIGIBLE).unwrap_or(0)
    }

    /// Parts of a cell that are decided: for each number of other tokens those that are harmless, or else the smallest ones
    /// that are together.
    fn split(&self, Undecided { q, terms, .. }: &Undecided<f64>, m: usize) -> Method {
        let counts = if *q == m { self.shape.n } else { self.shape.n - 1 };
        let decided = |others: usize, tokens: &Tokens| {
            terms.iter().all(|terms| super::split::decided(terms, m, others, tokens).0)
        };
        let with_copies: Vec<_> =
            terms.iter().map(|terms| super::split::with_copies(terms, m)).collect();
        let is_harmless = |others: usize, t: usize| {
            with_copies.iter().zip(terms).all(|((sums, uncertain), terms)| {
                let sum = sums[t][others];
                if sum.abs() > *uncertain {
                    sum < 0.0
                } else {
                    super::split::decided(terms, m, others, &Tokens(vec![(t, t + 1)])).0
                }
            })
        };
        let part = |others: usize| {
            if others == 0 {
                return Tokens::default();
            }
            let harmless: Tokens = (0..m).filter(|&t| is_harmless(others, t)).collect();
            if harmless.is_empty() || decided(others, &harmless) {
                return harmless;
            }
            // Fewer tokens are never worse, so the largest gap that fails is found by bisection.
            let below = |k: usize| harmless.iter().filter(|&t| t < k).collect::<Tokens>();
            let (mut proven, mut open) = (0, m);
            while proven + 1 < open {
                let middle = usize::midpoint(proven, open);
                let tokens = below(middle);
                if tokens.is_empty() || decided(others, &tokens) {
                    proven = middle
                } else {
                    open = middle
                }
            }
            below(proven)
        };
        Method::Split((0..counts).map(part).collect())
    }

    /// The parts of a column: as many queries as the largest box holds.
    pub(super) fn blocks(&self, m: usize) -> impl Iterator<Item = Range<usize>> + use<> {
        let size = self.queries.first().copied().unwrap_or(1);
        (0..=m).step_by(size).map(move |q| q..(q + size).min(m + 1))
    }

    /// The boxes of full depth.
    pub(super) fn boxes(&self, tokens: usize) -> Boxes {
        Boxes { depth: self.queries.len(), tokens }
    }

    /// The parts of all proofs by a strategy, the longest first.
    pub fn parts(&self, strategy: Additive) -> impl Iterator<Item = Part> {
        self.parts_with(move |m, queries| Part::new(strategy, m, queries))
    }

    /// The parts of a proof that may do anything with any cell: of shares as small as there are.
    pub fn smallest_parts(&self) -> impl Iterator<Item = Part> {
        self.parts_with(|m, queries| Part::with_shares(m, queries, 1))
    }

    fn parts_with(
        &self,
        part: impl Fn(usize, Range<usize>) -> Part + Copy,
    ) -> impl Iterator<Item = Part> {
        (0..self.shape.v)
            .rev()
            .flat_map(move |m| self.blocks(m).map(move |queries| part(m, queries)))
    }
}

impl Walk {
    pub(super) fn new(m: usize, boxes: Boxes) -> Self {
        Self { m, boxes, tested: 0, open: Open::new() }
    }

    pub(super) fn is_done(&self) -> bool {
        self.tested > self.m && self.open.is_empty()
    }

    /// Visits the next cell, and more if they have few terms, with the FLOPs of these; whether it is done.
    pub(super) fn step(
        &mut self,
        prover: &Prover,
        mut visit: impl FnMut(&Undecided<f64>, u64),
    ) -> bool {
        let (m, verification) = (self.m, &prover.verification);
        let largest = verification.largest(m, self.boxes);
        let enough = prover.enough_outputs(m);
        let mut outputs_visited = 0;
        while outputs_visited < enough && !self.is_done() {
            if let Some((cell, outputs)) = self.open.pop_front() {
                let (undecided, flops) = verification.undecided(&largest, &cell, &outputs);
                visit(&undecided, flops);
                outputs_visited += outputs.len();
                continue;
            }
            let block = prover
                .blocks(m)
                .find(|queries| queries.end > self.tested)
                .expect("a query is left");
            self.tested = block.end;
            if verification.in_range(block.clone()) {
                (_, self.open) = verification.tested(&largest, block, self.boxes);
            }
        }
        self.is_done()
    }
}

/// The sum of numbers that are not negative if it is below `limit`, or else infinity: the rest is not even worked out then.
fn sum_below(limit: f64, numbers: impl Iterator<Item = f64>) -> f64 {
    let mut sum = 0.0;
    for x in numbers {
        sum += x;
        if sum >= limit {
            return f64::INFINITY;
        }
    }
    sum
}

/// Finds good tilts by climbing from the last one found: neighbouring cells are alike.
#[derive(Debug, Default)]
pub(super) struct Climber(usize);

impl Climber {
    /// The tilt that leaves least of a cell, and an output that makes it less if there is one.
    pub(super) fn best(
        &mut self,
        prover: &Prover,
        Undecided { terms, .. }: &Undecided<f64>,
        m: usize,
    ) -> Count {
        // What is left, and not what is proven: that is nothing of cells that are left as a whole.
        let plain: Vec<_> = terms.iter().map(|terms| terms.deficits(m)).collect();
        let left = |i: usize, limit: f64| {
            sum_below(limit, plain.iter().map(|of_output| tilt::at_most(of_output, m, TILTS[i])))
        };
        let (mut i, mut least) = (self.0, left(self.0, f64::INFINITY));
        for step in [1, -1] {
            while let Some(next) = i.checked_add_signed(step).filter(|&next| next < TILTS.len()) {
                let of_next = left(next, least);
                if of_next >= least {
                    break;
                }
                (i, least) = (next, of_next);
            }
        }
        self.0 = i;
        let unless_below = NEGLIGIBLE_OUTPUT * prover.sequences as f64;
        let mut best = Count { tilt: Some(TILTS[i]), bins: None, unless_below, dominant: None };

        let alone: Vec<_> =
            plain.iter().map(|of_output| tilt::at_most(of_output, m, TILTS[i])).collect();
        let Some((d, most)) = alone.iter().copied().enumerate().max_by(|a, b| a.1.total_cmp(&b.1))
        else {
            return best;
        };
        if least - most < NEGLIGIBLE_GAIN / 100.0 * prover.sequences as f64 {
            return best;
        }
        for factor in FACTORS {
            let others = terms.iter().zip(&alone).enumerate().filter(|(o, _)| *o != d);
            let beside = others.map(|(_, (of_output, alone))| {
                let beside = of_output.less(factor, &terms[d]).deficits(m);
                if beside.excess < 0.0 {
                    0.0
                } else {
                    tilt::at_most(&beside, m, TILTS[i]).min(*alone)
                }
            });
            let left = most + sum_below(WORTH * least - most, beside);
            if left < WORTH * least {
                least = left;
                best.dominant = Some(Dominant { output: terms[d].output, factor });
            }
        }
        best
    }
}

/// FLOPs that every proof begins with: the circuits, and what blocks of queries share.
#[must_use]
pub fn least_flops(shape: Shape) -> u64 {
    Verification::<f64>::flops(shape, &Prover::QUERIES)
}
