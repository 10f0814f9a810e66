//! What best proofs choose from, and the choice.

use super::proof::{Boxes, Column, Count, Method, Run};
use super::prover::{Climber, NEGLIGIBLE_GAIN, Prover, Walk};
use super::strategy::Target;
use super::verify::Verified;
use crate::proof::Bound;

/// FLOPs that the search for a best proof spends on trying grids of one size.
const PATIENCE: u64 = 1_000_000_000;

/// It tries to enumerate cells of which tilting leaves at most so many sequences, for so many FLOPs.
const ENUMERATED: u128 = 1_000_000;
const CELL_PATIENCE: u64 = 5_000_000;

/// What tilting leaves of a cell is not worth enumerating if it is less than this part of all sequences; up to K = 6 that is none.
const NEGLIGIBLE_REST: f64 = 1e-12;

/// The grids that are tried, coarse to fine.
const BINS: [u32; 8] = [32, 64, 128, 256, 512, 1024, 2048, 4096];

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
    /// How far looking at them has come, and the last tilt that was found.
    walk: Walk,
    climber: Climber,
}

/// A column as it is to be proven, for what it proves and costs.
struct Chosen {
    column: Option<Column>,
    right: u128,
    flops: u64,
}

/// What best proofs choose from, for each largest token: made step by step.
#[derive(Debug, Default)]
pub(super) struct Profiles {
    columns: Vec<Vec<Profile>>,
    grids: Grids,
}

/// How far trying grids has come.
#[derive(Debug, Default)]
struct Grids {
    /// Grids of [`BINS`] that were tried, columns of the next one, and how far it has come in a column after those.
    tried: usize,
    columns: usize,
    walk: Option<Walk>,
    /// FLOPs that it took so far.
    spent: u64,
}

impl Profiles {
    /// One small step: the depths of a largest token, or what can be done with a cell or some, or one grid for these. The
    /// part that is done.
    pub(super) fn step(&mut self, prover: &Prover) -> f64 {
        let v = prover.shape.v;
        let m = self.columns.len();
        let mut last = self.columns.last_mut().into_iter().flatten();
        if let Some(profile) = last.find(|profile| !profile.walk.is_done()) {
            profile.look(prover);
            return (m as f64 / v as f64).powi(2) / 2.0;
        }
        if m < v {
            self.columns.push(
                prover.tokens.iter().map(|&tokens| Profile::new(prover, m, tokens)).collect(),
            );
            return (m as f64 / v as f64).powi(2) / 2.0;
        }
        let Grids { tried, columns, walk, spent } = &mut self.grids;
        if let Some(&bins) = BINS.get(*tried) {
            // Larger tokens first: there are most sequences.
            let mut profile = self.columns[v - 1 - *columns].first_mut();
            if walk.is_none() {
                let profile = profile
                    .as_ref()
                    .filter(|profile| *spent <= PATIENCE && profile.is_open(prover));
                *walk = profile.map(|profile| Walk::new(profile.m, prover.boxes(profile.tokens)));
            }
            if let (Some(profile), Some(walk)) = (&mut profile, &mut *walk) {
                *spent += profile.try_grid(prover, bins, walk);
            }
            if walk.as_ref().is_none_or(Walk::is_done) {
                (*walk, *columns) = (None, *columns + 1);
            }
            if *columns == v {
                // Where one grid has nothing to do, a finer one has not either.
                let tried = if *spent == 0 { BINS.len() } else { *tried + 1 };
                self.grids = Grids { tried, ..Grids::default() };
            }
        }
        let Grids { tried, columns, .. } = self.grids;
        f64::midpoint(1.0, (tried as f64 + columns as f64 / v as f64) / BINS.len() as f64)
    }

    /// The columns of the proof that reaches a target best, of finished profiles.
    pub(super) fn best(&self, prover: &Prover, target: Target) -> Vec<Option<Column>> {
        let fixed = prover.flops();
        let total = |chosen: &[Chosen]| {
            let flops = fixed + chosen.iter().map(|column| column.flops).sum::<u64>();
            (chosen.iter().map(|column| column.right).sum::<u128>(), flops)
        };
        // One sequence is worth `price` FLOPs: the higher, the longer the proof. Whatever the price, the choice is on the
        // frontier of what can be chosen; so find the price by bisection of its logarithm.
        let at = |log: f64| -> Vec<Chosen> {
            let price = log.exp() / prover.sequences as f64;
            self.columns.iter().map(|of_column| Chosen::among(of_column, price)).collect()
        };
        let enough = |chosen: &[Chosen]| match target {
            Target::Flops(flops) => total(chosen).1 > flops,
            Target::Bound(_) => target.is_reached(Bound::new(total(chosen).0, prover.sequences)),
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
}

impl Profile {
    /// What each depth proves of a column.
    fn new(prover: &Prover, m: usize, tokens: usize) -> Self {
        let boxes = prover.boxes(tokens);
        let largest = prover.verification.largest(m, boxes);
        let depth = |depth: usize| {
            let boxes = Boxes { depth, tokens };
            let mut sum = (0, prover.verification.column_flops(m, boxes));
            for queries in
                prover.blocks(m).filter(|queries| prover.verification.in_range(queries.clone()))
            {
                let (tested, _) = prover.verification.tested(&largest, queries, boxes);
                sum = (sum.0 + tested.tally().right, sum.1 + tested.flops());
            }
            sum
        };
        let depths = (1..=boxes.depth).map(depth).collect();
        let cells = (0..=m).map(|_| Vec::new()).collect();
        let walk = Walk::new(m, prover.boxes(tokens));
        Self { m, tokens, depths, cells, walk, climber: Climber::default() }
    }

    /// What else can be done with its next undecided cells, but for grids.
    fn look(&mut self, prover: &Prover) {
        let Self { m, cells, walk, climber, .. } = self;
        let m = *m;
        walk.step(prover, |undecided, flops| {
            let choices = &mut cells[undecided.q];
            let best = climber.best(prover, undecided, m);
            let alone = (best.dominant.is_some()).then_some(Count { dominant: None, ..best });
            for count in std::iter::once(best).chain(alone) {
                let method = Method::Count(count);
                let verified = prover.verification.apply(undecided, m, &method, flops);
                choices.push(Choice { method, verified });
            }
            let left = prover.verification.size(undecided.q, m) - choices[0].verified.tally().right;
            if left as f64 > NEGLIGIBLE_REST * prover.sequences as f64 && left <= ENUMERATED {
                let enumerated =
                    prover.verification.try_enumerate(undecided, m, flops, CELL_PATIENCE);
                choices.extend(
                    enumerated.map(|verified| Choice { method: Method::Enumerate, verified }),
                );
            }
        });
    }

    /// Whether there are cells that could gain by a grid.
    fn is_open(&self, prover: &Prover) -> bool {
        (0..=self.m).any(|q| self.is_open_at(prover, q))
    }

    /// Whether nothing cheaper than a grid settles a cell, and a finer one could add to what is proven of it.
    fn is_open_at(&self, prover: &Prover, q: usize) -> bool {
        let choices = &self.cells[q];
        // What a finer grid could add: what is neither proven right nor wrong.
        let tallies = || choices.iter().map(|choice| choice.verified.tally());
        let wrong = tallies().map(|tally| tally.wrong).max().unwrap_or(0);
        let best = tallies().map(|tally| tally.right).max();
        let negligible = NEGLIGIBLE_GAIN * prover.sequences as f64;
        best.is_some_and(|best| {
            (prover.verification.size(q, self.m) - best - wrong) as f64 > negligible
        }) && choices.iter().all(|choice| choice.method != Method::Enumerate)
    }

    /// Adds a grid to the choices of the next cells of a walk that could gain by it; its FLOPs.
    fn try_grid(&mut self, prover: &Prover, bins: u32, walk: &mut Walk) -> u64 {
        let mut spent = 0;
        walk.step(prover, |undecided, flops| {
            let is_open = self.is_open_at(prover, undecided.q);
            let choices = &mut self.cells[undecided.q];
            if let Some(Choice { method: Method::Count(count), .. }) =
                choices.first().filter(|_| is_open)
            {
                let method = Method::Count(Count { bins: Some(bins), ..*count });
                let verified = prover.verification.apply(undecided, self.m, &method, flops);
                spent += verified.flops() + verified.wrong_flops();
                choices.push(Choice { method, verified });
            }
        });
        spent
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
        for Profile { m, tokens, depths, cells, .. } in profiles {
            let boxes = |depth: usize| Boxes { depth, tokens: *tokens };
            let leave = || vec![Run { queries: m + 1, method: Method::Leave }];
            for (i, &(right, flops)) in depths.iter().enumerate() {
                offer(right, flops, &|| Column { boxes: boxes(i + 1), cells: leave() });
            }
            let value =
                |choice: &Choice| worth(choice.verified.tally().right, choice.verified.flops());
            let chosen = cells.iter().map(|choices| {
                let choice = choices.iter().max_by(|a, b| value(a).total_cmp(&value(b)));
                choice.filter(|choice| value(choice) > 0.0)
            });
            let chosen: Vec<_> = chosen.collect();
            if let Some(&(right, flops)) = depths.last() {
                let methods = || {
                    chosen
                        .iter()
                        .map(|choice| choice.map_or(Method::Leave, |choice| choice.method.clone()))
                };
                let verified = || chosen.iter().flatten().map(|choice| choice.verified);
                let right = right + verified().map(|verified| verified.tally().right).sum::<u128>();
                let flops = flops + verified().map(|verified| verified.flops()).sum::<u64>();
                offer(right, flops, &|| Column::new(boxes(depths.len()), methods()));
            }
        }
        best
    }
}
