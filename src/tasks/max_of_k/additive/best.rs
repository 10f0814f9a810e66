//! What best proofs choose from, and the choice.

use super::proof::{Boxes, Column, Count, Method, Run};
use super::prover::{Climber, NEGLIGIBLE_GAIN, Prover};
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
    /// How many of the queries have been looked at, and the last tilt that was found.
    looked_at: usize,
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
    /// Grids of [`BINS`] that were tried, and columns of the next one.
    tried: usize,
    columns: usize,
    /// FLOPs that it took so far.
    spent: u64,
}

impl Profiles {
    /// One small step: the depths of a largest token, the cells of a block of its queries, or one grid for its cells. The part that
    /// is done.
    pub(super) fn step(&mut self, prover: &Prover) -> f64 {
        let v = prover.shape.v;
        let m = self.columns.len();
        let mut last = self.columns.last_mut().into_iter().flatten();
        if let Some(profile) = last.find(|profile| profile.looked_at <= profile.m) {
            profile.look(prover);
            return (m as f64 / v as f64).powi(2) / 2.0;
        }
        if m < v {
            self.columns.push(prover.tokens.iter().map(|&tokens| Profile::new(prover, m, tokens)).collect());
            return (m as f64 / v as f64).powi(2) / 2.0;
        }
        let Grids { tried, columns, spent } = &mut self.grids;
        if let Some(&bins) = BINS.get(*tried) {
            // Larger tokens first: there are most sequences.
            let column = self.columns[v - 1 - *columns].first_mut();
            *spent += column.filter(|_| *spent <= PATIENCE).map_or(0, |profile| profile.try_grid(prover, bins));
            *columns += 1;
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
            for queries in prover.blocks(m).filter(|queries| prover.verification.in_range(queries.clone())) {
                let (_, found, flops) = prover.verification.tested(&largest, queries.clone(), boxes);
                let decided = queries.zip(&found).filter(|(_, outputs)| outputs.is_empty());
                sum.0 += decided.map(|(q, _)| prover.verification.size(q, m)).sum::<u128>();
                sum.1 += flops;
            }
            sum
        };
        let depths = (1..=boxes.depth).map(depth).collect();
        let cells = (0..=m).map(|_| Vec::new()).collect();
        Self { m, tokens, depths, cells, looked_at: 0, climber: Climber::default() }
    }

    /// What else can be done with the cells of its next block of queries, but for grids.
    fn look(&mut self, prover: &Prover) {
        let Self { m, tokens, cells, looked_at, climber, .. } = self;
        let m = *m;
        let block = prover.blocks(m).find(|queries| queries.end > *looked_at).expect("a query is left");
        *looked_at = block.end;
        prover.for_undecided(m, prover.boxes(*tokens), [block], |undecided, flops| {
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
                let enumerated = prover.verification.try_enumerate(undecided, m, flops, CELL_PATIENCE);
                choices.extend(enumerated.map(|verified| Choice { method: Method::Enumerate, verified }));
            }
        });
    }

    /// Adds a grid to the choices of cells that nothing cheaper settles, if they could gain by it; its FLOPs.
    fn try_grid(&mut self, prover: &Prover, bins: u32) -> u64 {
        let Self { m, tokens, cells, .. } = self;
        let negligible = NEGLIGIBLE_GAIN * prover.sequences as f64;
        let is_open = |(q, choices): (usize, &Vec<Choice>)| {
            // What a finer grid could add: what is neither proven right nor wrong.
            let tallies = || choices.iter().map(|choice| choice.verified.tally());
            let wrong = tallies().map(|tally| tally.wrong).max().unwrap_or(0);
            let best = tallies().map(|tally| tally.right).max();
            best.is_some_and(|best| (prover.verification.size(q, *m) - best - wrong) as f64 > negligible)
                && choices.iter().all(|choice| choice.method != Method::Enumerate)
        };
        let open: Vec<_> = cells.iter().enumerate().map(is_open).collect();
        let mut spent = 0;
        if open.contains(&true) {
            prover.for_undecided(*m, prover.boxes(*tokens), prover.blocks(*m), |undecided, flops| {
                let choices = &mut cells[undecided.q];
                if let Some(Choice { method: Method::Count(count), .. }) = choices.first().filter(|_| open[undecided.q])
                {
                    let method = Method::Count(Count { bins: Some(bins), ..*count });
                    let verified = prover.verification.apply(undecided, *m, &method, flops);
                    spent += verified.flops() + verified.wrong_flops();
                    choices.push(Choice { method, verified });
                }
            });
        }
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
