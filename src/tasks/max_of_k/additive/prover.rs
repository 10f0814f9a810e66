//! Chooses what to do with each cell. Nothing here is trusted: what it finds is verified like any other proof object.

use super::proof::{Boxes, Column, Count, Dominant, Method, Plan, Run, Tokens};
use super::strategy::{Additive, Target};
use super::tilt;
use super::verify::{Undecided, Verification, Verified};
use crate::proof::{Bound, Tally, Version};
use crate::rounding::Rounding;
use crate::transformer::{Shape, Transformer};
use std::ops::Range;
use std::sync::OnceLock;

/// The prover of one model.
#[derive(Debug)]
pub struct Prover {
    /// Sizes of blocks of queries, coarse to fine.
    queries: Vec<usize>,
    /// How blocks of tokens may grow; best proofs choose, others take the first.
    tokens: Vec<usize>,
    verification: Verification,
    /// What the verification would be if float64 were exact, made when first asked for.
    ignoring_rounding: OnceLock<Verification>,
    model: Transformer,
    shape: Shape,
    sequences: u128,
    /// What best proofs choose from, for each largest token.
    profiles: OnceLock<Vec<Vec<Profile>>>,
}

/// Tilts to try.
const TILTS: [f64; 17] =
    [0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0, 24.0, 32.0, 48.0, 64.0, 96.0, 128.0];

/// Largest tokens that together make up less than this part of all sequences are not worth a proof.
const NEGLIGIBLE: f64 = 1e-6;

/// Outputs that tilting leaves less than this part of all sequences are not worth a grid.
const NEGLIGIBLE_OUTPUT: f64 = 1e-9;

/// FLOPs that the search for a best proof spends on trying grids of one size.
const PATIENCE: u64 = 1_000_000_000;

/// A finer grid is tried where it could prove more than this part of all sequences.
const NEGLIGIBLE_GAIN: f64 = 2e-6;

/// It tries to enumerate cells of which tilting leaves at most so many sequences, for so many FLOPs.
const ENUMERATED: u128 = 1_000_000;
const CELL_PATIENCE: u64 = 5_000_000;

/// Factors of a dominant output to try, and what part of the sequences it must leave to be worth its FLOPs.
const FACTORS: [f64; 3] = [1.0, 0.5, 2.0];
const WORTH: f64 = 0.9;

/// What can be done with one cell: what it proves, at which cost.
#[derive(Debug)]
struct Choice {
    method: Method,
    verified: Verified,
}

/// What can be done with a column of cells.
#[derive(Debug)]
struct Profile {
    m: usize,
    /// How blocks of tokens grow.
    tokens: usize,
    /// For each depth from 1: sequences of decided cells, and FLOPs.
    depths: Vec<(u128, u64)>,
    /// For each query, beyond the deepest test; nothing for decided cells.
    cells: Vec<Vec<Choice>>,
}

/// A column as it is to be proven, for what it proves and costs.
struct Chosen {
    column: Option<Column>,
    right: u128,
    flops: u64,
}

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
            profiles: OnceLock::new(),
        }
    }

    /// The verification of its proofs.
    #[must_use]
    pub fn verification(&self) -> &Verification {
        &self.verification
    }

    /// What a part of one of its proofs decides, and (as `lost` of the tally) what float64 alone would say is right beside.
    #[must_use]
    pub fn verified(&self, plan: &Plan, m: usize, queries: Range<usize>) -> (Verified, Tally) {
        let verified = self.verification.part(plan, m, queries.clone());
        let mut tally = verified.tally();
        let size: u128 = queries.clone().map(|q| self.verification.size(q, m)).sum();
        if plan.columns[m].is_some() && tally.right + tally.wrong < size {
            let plain = || Verification::new(&self.model, &self.queries, Rounding::Ignored);
            let plain = self.ignoring_rounding.get_or_init(plain).part(plan, m, queries);
            tally.lost = plain.tally().right.saturating_sub(tally.right);
        }
        (verified, tally)
    }

    /// FLOPs that all its proofs begin with.
    #[must_use]
    pub fn flops(&self) -> u64 {
        Verification::<f64>::flops(self.shape, &self.queries)
    }

    /// A proof object.
    #[must_use]
    pub fn prove(&self, strategy: Additive) -> Plan {
        let columns = match strategy {
            Additive::Best(target) => self.best(target),
            Additive::Exact => self.columns(0, |_, _| Method::Enumerate),
            Additive::Cell => self.columns(self.first_column(), |undecided, m| self.split(undecided, m)),
            Additive::Chernoff => self.tilted(None),
            Additive::Convolution { bins } => self.tilted(Some(bins)),
        };
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

    /// Full depth in every column from the first one on, and a method for each undecided cell.
    fn columns(&self, first: usize, mut method: impl FnMut(&Undecided<f64>, usize) -> Method) -> Vec<Option<Column>> {
        let column = |m: usize| {
            let mut methods = vec![Method::Leave; m + 1];
            if m < first {
                return None;
            }
            let boxes = self.boxes(self.tokens[0]);
            self.for_undecided(m, boxes, |undecided, _| methods[undecided.q] = method(undecided, m));
            Some(Column::new(boxes, methods))
        };
        (0..self.shape.v).map(column).collect()
    }

    fn tilted(&self, bins: Option<u32>) -> Vec<Option<Column>> {
        let mut climber = Climber::default();
        self.columns(self.first_column(), |undecided, m| {
            Method::Count(Count { bins, ..climber.best(self, undecided, m) })
        })
    }

    /// Parts of a cell that are decided: for each number of other tokens those that are harmless, or else the smallest ones
    /// that are together.
    fn split(&self, Undecided { q, terms, .. }: &Undecided<f64>, m: usize) -> Method {
        let counts = if *q == m { self.shape.n } else { self.shape.n - 1 };
        let decided = |others: usize, tokens: &Tokens| {
            terms.iter().all(|terms| super::split::decided(terms, m, others, tokens).0)
        };
        let with_copies: Vec<_> = terms.iter().map(|terms| super::split::with_copies(terms, m)).collect();
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
                if tokens.is_empty() || decided(others, &tokens) { proven = middle } else { open = middle }
            }
            below(proven)
        };
        Method::Split((0..counts).map(part).collect())
    }

    /// What best proofs choose from.
    fn profiles(&self) -> &[Vec<Profile>] {
        self.profiles.get_or_init(|| {
            let of_column = |m: usize| self.tokens.iter().map(|&tokens| self.profile(m, tokens)).collect();
            let mut profiles: Vec<Vec<_>> = (0..self.shape.v).map(of_column).collect();
            self.try_grids(&mut profiles);
            profiles
        })
    }

    fn best(&self, target: Target) -> Vec<Option<Column>> {
        let profiles = self.profiles();
        let fixed = self.flops();
        let total = |chosen: &[Chosen]| {
            let flops = fixed + chosen.iter().map(|column| column.flops).sum::<u64>();
            (chosen.iter().map(|column| column.right).sum::<u128>(), flops)
        };
        // One sequence is worth `price` FLOPs: the higher, the longer the proof. Whatever the price, the choice is on the
        // frontier of what can be chosen; so find the price by bisection of its logarithm.
        let at = |log: f64| -> Vec<Chosen> {
            let price = log.exp() / self.sequences as f64;
            profiles.iter().map(|of_column| Chosen::among(of_column, price)).collect()
        };
        let enough = |chosen: &[Chosen]| match target {
            Target::Flops(flops) => total(chosen).1 > flops,
            Target::Bound(_) => target.is_reached(Bound::new(total(chosen).0, self.sequences)),
        };
        let (mut low, mut high) = (0.0, 80.0);
        for _ in 0..60 {
            let middle = (low + high) / 2.0;
            if enough(&at(middle)) { high = middle } else { low = middle }
        }
        let chosen = match target {
            Target::Flops(_) => at(low),
            Target::Bound(_) => at(high),
        };
        chosen.into_iter().map(|chosen| chosen.column).collect()
    }

    /// What each depth proves of a column, and what else can be done with its cells but for grids.
    fn profile(&self, m: usize, tokens: usize) -> Profile {
        let boxes = self.boxes(tokens);
        let largest = self.verification.largest(m, boxes);
        let depth = |depth: usize| {
            let boxes = Boxes { depth, tokens };
            let mut sum = (0, self.verification.column_flops(m, boxes));
            for queries in self.blocks(m).filter(|queries| self.verification.in_range(queries.clone())) {
                let (_, found, flops) = self.verification.tested(&largest, queries.clone(), boxes);
                let decided = queries.zip(&found).filter(|(_, outputs)| outputs.is_empty());
                sum.0 += decided.map(|(q, _)| self.verification.size(q, m)).sum::<u128>();
                sum.1 += flops;
            }
            sum
        };
        let depths = (1..=boxes.depth).map(depth).collect();
        let mut cells: Vec<Vec<Choice>> = (0..=m).map(|_| Vec::new()).collect();
        let mut climber = Climber::default();
        self.for_undecided(m, boxes, |undecided, flops| {
            let choices = &mut cells[undecided.q];
            let best = climber.best(self, undecided, m);
            let alone = (best.dominant.is_some()).then_some(Count { dominant: None, ..best });
            for count in std::iter::once(best).chain(alone) {
                let method = Method::Count(count);
                let verified = self.verification.apply(undecided, m, &method, flops);
                choices.push(Choice { method, verified });
            }
            let left = self.verification.size(undecided.q, m) - choices[0].verified.tally().right;
            if left > 0 && left <= ENUMERATED {
                let enumerated = self.verification.try_enumerate(undecided, m, flops, CELL_PATIENCE);
                choices.extend(enumerated.map(|verified| Choice { method: Method::Enumerate, verified }));
            }
        });
        Profile { m, tokens, depths, cells }
    }

    /// Visits the cells of a column that the levels leave undecided, with the FLOPs of their terms.
    fn for_undecided(&self, m: usize, boxes: Boxes, mut visit: impl FnMut(&Undecided<f64>, u64)) {
        let largest = self.verification.largest(m, boxes);
        for queries in self.blocks(m).filter(|queries| self.verification.in_range(queries.clone())) {
            let (cells, found, _) = self.verification.tested(&largest, queries, boxes);
            for (cell, outputs) in cells.iter().zip(&found) {
                if !outputs.is_empty() && self.verification.size(cell.q, m) > 0 {
                    let (undecided, flops) = self.verification.undecided(&largest, cell, outputs);
                    visit(&undecided, flops);
                }
            }
        }
    }

    /// Adds grids to the choices of cells that nothing cheaper settles, until they gain little or take long.
    fn try_grids(&self, profiles: &mut [Vec<Profile>]) {
        let negligible = NEGLIGIBLE_GAIN * self.sequences as f64;
        for bins in [32, 64, 128, 256, 512, 1024, 2048, 4096] {
            let mut spent = 0;
            // Larger tokens first: there are most sequences.
            for Profile { m, tokens, cells, .. } in
                profiles.iter_mut().rev().filter_map(|of_column| of_column.first_mut())
            {
                let is_open = |(q, choices): (usize, &Vec<Choice>)| {
                    // What a finer grid could add: what is neither proven right nor wrong.
                    let tallies = || choices.iter().map(|choice| choice.verified.tally());
                    let wrong = tallies().map(|tally| tally.wrong).max().unwrap_or(0);
                    let best = tallies().map(|tally| tally.right).max();
                    best.is_some_and(|best| (self.verification.size(q, *m) - best - wrong) as f64 > negligible)
                        && choices.iter().all(|choice| choice.method != Method::Enumerate)
                };
                let open: Vec<_> = cells.iter().enumerate().map(is_open).collect();
                if !open.contains(&true) || spent > PATIENCE {
                    continue;
                }
                self.for_undecided(*m, self.boxes(*tokens), |undecided, flops| {
                    let choices = &mut cells[undecided.q];
                    if let Some(Choice { method: Method::Count(count), .. }) =
                        choices.first().filter(|_| open[undecided.q])
                    {
                        let method = Method::Count(Count { bins: Some(bins), ..*count });
                        let verified = self.verification.apply(undecided, *m, &method, flops);
                        spent += verified.flops() + verified.wrong_flops();
                        choices.push(Choice { method, verified });
                    }
                });
            }
            if spent == 0 {
                break;
            }
        }
    }

    /// The parts of a column: as many queries as the largest box holds.
    fn blocks(&self, m: usize) -> impl Iterator<Item = Range<usize>> + use<> {
        let size = self.queries.first().copied().unwrap_or(1);
        (0..=m).step_by(size).map(move |q| q..(q + size).min(m + 1))
    }

    /// The boxes of full depth.
    fn boxes(&self, tokens: usize) -> Boxes {
        Boxes { depth: self.queries.len(), tokens }
    }

    /// The parts of all its proofs: largest tokens with some of their queries, the longest first.
    #[must_use]
    pub fn parts(&self) -> Vec<(usize, Range<usize>)> {
        (0..self.shape.v).rev().flat_map(|m| self.blocks(m).map(move |queries| (m, queries))).collect()
    }
}

impl Chosen {
    /// What is worth most of a column if one sequence is worth `price` FLOPs.
    fn among(profiles: &[Profile], price: f64) -> Self {
        let worth = |right: u128, flops: u64| right as f64 * price - flops as f64;
        let mut best = Self { column: None, right: 0, flops: 0 };
        let mut offer = |right: u128, flops: u64, column: &dyn Fn() -> Column| {
            if worth(right, flops) > worth(best.right, best.flops) {
                best = Self { column: Some(column()), right, flops };
            }
        };
        for Profile { m, tokens, depths, cells } in profiles {
            let boxes = |depth: usize| Boxes { depth, tokens: *tokens };
            let leave = || vec![Run { queries: m + 1, method: Method::Leave }];
            for (i, &(right, flops)) in depths.iter().enumerate() {
                offer(right, flops, &|| Column { boxes: boxes(i + 1), cells: leave() });
            }
            let value = |choice: &Choice| worth(choice.verified.tally().right, choice.verified.flops());
            let of_cell = |choices: &'_ Vec<Choice>| {
                let choice = choices.iter().max_by(|a, b| value(a).total_cmp(&value(b)));
                choice.filter(|choice| value(choice) > 0.0).map(|choice| (choice.method.clone(), choice.verified))
            };
            let chosen: Vec<_> = cells.iter().map(of_cell).collect();
            let verified: Verified = chosen.iter().flatten().map(|(_, verified)| *verified).sum();
            if let Some(&(right, flops)) = depths.last() {
                let methods =
                    || chosen.iter().map(|choice| choice.as_ref().map_or(Method::Leave, |(method, _)| method.clone()));
                let (right, flops) = (right + verified.tally().right, flops + verified.flops());
                offer(right, flops, &|| Column::new(boxes(depths.len()), methods()));
            }
        }
        best
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
#[derive(Default)]
struct Climber(usize);

impl Climber {
    /// The tilt that leaves least of a cell, and an output that makes it less if there is one.
    fn best(&mut self, prover: &Prover, Undecided { terms, .. }: &Undecided<f64>, m: usize) -> Count {
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

        let alone: Vec<_> = plain.iter().map(|of_output| tilt::at_most(of_output, m, TILTS[i])).collect();
        let Some((d, most)) = alone.iter().copied().enumerate().max_by(|a, b| a.1.total_cmp(&b.1)) else { return best };
        if least - most < NEGLIGIBLE_GAIN / 100.0 * prover.sequences as f64 {
            return best;
        }
        for factor in FACTORS {
            let others = terms.iter().zip(&alone).enumerate().filter(|(o, _)| *o != d);
            let beside = others.map(|(_, (of_output, alone))| {
                let beside = of_output.less(factor, &terms[d]).deficits(m);
                if beside.excess < 0.0 { 0.0 } else { tilt::at_most(&beside, m, TILTS[i]).min(*alone) }
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
