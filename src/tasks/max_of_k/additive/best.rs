//! Chooses the best proof for a target. [`Profiles`] hold what can be done with each cell, at which
//! cost; [`Profiles::best`] takes from them what reaches the target.

use super::climber::{Climber, NEGLIGIBLE_GAIN};
use super::proof::{Boxes, Column, Count, Method, Stretch};
use super::verified::Verified;
use super::verifier::Verifier;
use super::walk::Walk;
use crate::proof::{Bound, Target};

/// FLOPs that the search for a best proof may spend on trying grids of one size.
const PATIENCE: u64 = 1_000_000_000;

/// The search tries to enumerate a cell if tilting leaves at most [`ENUMERATED`] of its sequences,
/// and gives up after [`CELL_PATIENCE`] FLOPs.
const ENUMERATED: u128 = 1_000_000;
const CELL_PATIENCE: u64 = 5_000_000;

/// What tilting leaves of a cell is not worth enumerating if it is less than this fraction of all
/// sequences. Up to K = 6 that is less than one sequence.
const NEGLIGIBLE_REST: f64 = 1e-12;

/// The grids that are tried, coarse to fine.
const BINS: [u32; 8] = [32, 64, 128, 256, 512, 1024, 2048, 4096];

/// A method for one cell, with what it proves and costs.
#[derive(Debug)]
struct Candidate {
    method: Method,
    verified: Verified,
}

/// What can be done with the column of the largest token `m`, with one growth of blocks of tokens.
#[derive(Debug)]
struct Profile {
    m: usize,
    /// The factor by which blocks of tokens grow.
    tokens: usize,
    /// For each depth of boxes from 1 on: sequences of the cells that boxes decide, and FLOPs.
    depths: Vec<(u128, u64)>,
    /// For each query, candidates for what the deepest boxes leave; none for cells they decide.
    cells: Vec<Vec<Candidate>>,
    /// How far the search for candidates has come, and the tilt that was found last.
    walk: Walk,
    climber: Climber,
}

/// A column of a proof, with what it proves and costs.
struct Chosen {
    column: Option<Column>,
    right: u128,
    flops: u64,
}

/// What best proofs choose from, for each largest token: made little by little.
#[derive(Debug, Default)]
pub(super) struct Profiles {
    columns: Vec<Vec<Profile>>,
    grids: Grids,
}

/// How far trying grids has come.
#[derive(Debug, Default)]
struct Grids {
    /// How many grids of [`BINS`] have been tried, how many columns with the next grid, and how far
    /// that grid has come in the column after these.
    tried: usize,
    columns: usize,
    walk: Option<Walk>,
    /// FLOPs that the next grid took so far.
    spent: u64,
}

impl Profiles {
    /// Does a little of the search: looks at the depths of a largest token, at a few cells, or at
    /// one grid for a few cells; returns the fraction that is done. Blocks of tokens may grow by
    /// one of the factors `tokens`.
    pub(super) fn advance(&mut self, verifier: &Verifier, tokens: &[usize]) -> f64 {
        let v = verifier.shape.v;
        let m = self.columns.len();
        let mut last = self.columns.last_mut().into_iter().flatten();
        if let Some(profile) = last.find(|profile| !profile.walk.is_done()) {
            profile.look(verifier);
            return (m as f64 / v as f64).powi(2) / 2.0;
        }
        if m < v {
            self.columns
                .push(tokens.iter().map(|&tokens| Profile::new(verifier, m, tokens)).collect());
            return (m as f64 / v as f64).powi(2) / 2.0;
        }
        let Grids { tried, columns, walk, spent } = &mut self.grids;
        if let Some(&bins) = BINS.get(*tried) {
            // Larger tokens first: they have most sequences.
            let mut profile = self.columns[v - 1 - *columns].first_mut();
            if walk.is_none() {
                let profile = profile
                    .as_ref()
                    .filter(|profile| *spent <= PATIENCE && profile.is_open(verifier));
                *walk = profile.map(|profile| Walk::new(profile.m, verifier.boxes(profile.tokens)));
            }
            if let (Some(profile), Some(walk)) = (&mut profile, &mut *walk) {
                *spent += profile.try_grid(verifier, bins, walk);
            }
            if walk.as_ref().is_none_or(Walk::is_done) {
                (*walk, *columns) = (None, *columns + 1);
            }
            if *columns == v {
                // Where one grid has nothing to do, finer grids have nothing to do either.
                let tried = if *spent == 0 { BINS.len() } else { *tried + 1 };
                self.grids = Grids { tried, ..Grids::default() };
            }
        }
        let Grids { tried, columns, .. } = self.grids;
        f64::midpoint(1.0, (tried as f64 + columns as f64 / v as f64) / BINS.len() as f64)
    }

    /// The columns of the proof that reaches a target best. The profiles have to be finished.
    pub(super) fn best(&self, verifier: &Verifier, target: Target) -> Vec<Option<Column>> {
        let fixed = verifier.flops();
        let total = |chosen: &[Chosen]| {
            let flops = fixed + chosen.iter().map(|column| column.flops).sum::<u64>();
            (chosen.iter().map(|column| column.right).sum::<u128>(), flops)
        };
        // Say that one sequence is worth `price` FLOPs, and take what is worth most of each column.
        // The proof is then the shortest of its bound, whatever the price, and the higher the
        // price, the longer the proof. So find the price by bisection of its logarithm:
        //
        //     low, high = logarithms of a price that is too low, and of one that is high enough
        //     repeat: replace low or high by their middle, by whether its proof is long enough
        let at = |log: f64| -> Vec<Chosen> {
            let price = log.exp() / verifier.sequences as f64;
            self.columns.iter().map(|of_column| Chosen::among(of_column, price)).collect()
        };
        let enough = |chosen: &[Chosen]| match target {
            Target::Flops(flops) => total(chosen).1 > flops,
            Target::Bound(_) => target.is_reached(Bound::new(total(chosen).0, verifier.sequences)),
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
    /// A profile that knows what each depth of boxes proves of a column.
    fn new(verifier: &Verifier, m: usize, tokens: usize) -> Self {
        let boxes = verifier.boxes(tokens);
        let largest = verifier.verification.largest(m, boxes);
        let depth = |depth: usize| {
            let boxes = Boxes { depth, tokens };
            let mut sum = (0, verifier.verification.column_flops(m, boxes));
            for queries in verifier
                .queries_in_blocks(m)
                .filter(|queries| verifier.verification.in_range(queries.clone()))
            {
                let (tested, _) = verifier.verification.tested(&largest, queries, boxes);
                sum = (sum.0 + tested.tally().right, sum.1 + tested.flops());
            }
            sum
        };
        let depths = (1..=boxes.depth).map(depth).collect();
        let cells = (0..=m).map(|_| Vec::new()).collect();
        let walk = Walk::new(m, verifier.boxes(tokens));
        Self { m, tokens, depths, cells, walk, climber: Climber::default() }
    }

    /// Finds the candidates for the next undecided cells, but for grids.
    fn look(&mut self, verifier: &Verifier) {
        let Self { m, cells, walk, climber, .. } = self;
        let m = *m;
        walk.advance(verifier, |undecided, flops| {
            let candidates = &mut cells[undecided.q];
            let best = climber.best(verifier.sequences, undecided, m);
            let alone = (best.dominant.is_some()).then_some(Count { dominant: None, ..best });
            for count in std::iter::once(best).chain(alone) {
                let method = Method::Count(count);
                let verified = verifier.verification.apply(undecided, m, &method, flops);
                candidates.push(Candidate { method, verified });
            }
            let left =
                verifier.verification.size(undecided.q, m) - candidates[0].verified.tally().right;
            if left as f64 > NEGLIGIBLE_REST * verifier.sequences as f64 && left <= ENUMERATED {
                let enumerated =
                    verifier.verification.try_enumerate(undecided, m, flops, CELL_PATIENCE);
                candidates.extend(
                    enumerated.map(|verified| Candidate { method: Method::Enumerate, verified }),
                );
            }
        });
    }

    /// Whether a grid could prove more of some cell.
    fn is_open(&self, verifier: &Verifier) -> bool {
        (0..=self.m).any(|q| self.is_open_at(verifier, q))
    }

    /// Whether a finer grid could prove more of a cell, and enumerating the cell takes too long.
    fn is_open_at(&self, verifier: &Verifier, q: usize) -> bool {
        let candidates = &self.cells[q];
        // A finer grid could add the sequences that are proven neither right nor wrong.
        let tallies = || candidates.iter().map(|candidate| candidate.verified.tally());
        let wrong = tallies().map(|tally| tally.wrong).max().unwrap_or(0);
        let best = tallies().map(|tally| tally.right).max();
        let negligible = NEGLIGIBLE_GAIN * verifier.sequences as f64;
        best.is_some_and(|best| {
            (verifier.verification.size(q, self.m) - best - wrong) as f64 > negligible
        }) && candidates.iter().all(|candidate| candidate.method != Method::Enumerate)
    }

    /// Adds a grid of `bins` to the candidates of the next cells of `walk` of which it could prove
    /// more; returns the FLOPs of trying it.
    fn try_grid(&mut self, verifier: &Verifier, bins: u32, walk: &mut Walk) -> u64 {
        let mut spent = 0;
        walk.advance(verifier, |undecided, flops| {
            let is_open = self.is_open_at(verifier, undecided.q);
            let candidates = &mut self.cells[undecided.q];
            if let Some(Candidate { method: Method::Count(count), .. }) =
                candidates.first().filter(|_| is_open)
            {
                let method = Method::Count(Count { bins: Some(bins), ..*count });
                let verified = verifier.verification.apply(undecided, self.m, &method, flops);
                spent += verified.flops() + verified.wrong_flops();
                candidates.push(Candidate { method, verified });
            }
        });
        spent
    }
}

impl Chosen {
    /// The column that is worth most if one sequence is worth `price` FLOPs: what it proves at that
    /// price, less what it costs.
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
            let leave = || vec![Stretch { queries: m + 1, method: Method::Leave }];
            for (i, &(right, flops)) in depths.iter().enumerate() {
                offer(right, flops, &|| Column { boxes: boxes(i + 1), cells: leave() });
            }
            let value = |candidate: &Candidate| {
                worth(candidate.verified.tally().right, candidate.verified.flops())
            };
            let chosen = cells.iter().map(|candidates| {
                let candidate = candidates.iter().max_by(|a, b| value(a).total_cmp(&value(b)));
                candidate.filter(|candidate| value(candidate) > 0.0)
            });
            let chosen: Vec<_> = chosen.collect();
            if let Some(&(right, flops)) = depths.last() {
                let methods = || {
                    chosen.iter().map(|candidate| {
                        candidate.map_or(Method::Leave, |candidate| candidate.method.clone())
                    })
                };
                let verified = || chosen.iter().flatten().map(|candidate| candidate.verified);
                let right = right + verified().map(|verified| verified.tally().right).sum::<u128>();
                let flops = flops + verified().map(|verified| verified.flops()).sum::<u64>();
                offer(right, flops, &|| Column::new(boxes(depths.len()), methods()));
            }
        }
        best
    }
}
