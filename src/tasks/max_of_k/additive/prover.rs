//! Chooses what to do with each cell. Nothing here is trusted: what it finds is verified like any
//! other proof object.
//!
//! ```text
//! for each largest token m worth a proof:
//!     for each query q whose cell (q, m) boxes leave undecided:
//!         choose a method for the cell
//!     add the column of m: its boxes and the methods of its cells
//! ```

use super::best::Profiles;
use super::climber::Climber;
use super::proof::{Column, Count, Method, Plan, Tokens};
use super::strategy::Additive;
use super::verifier::Verifier;
use super::verify::{Undecided, Verification};
use super::walk::Walk;
use crate::models::transformer::{Shape, Transformer};
use crate::proof::Version;
use std::sync::Mutex;

/// The prover of one model.
#[derive(Debug)]
pub struct Prover {
    pub(super) verifier: Verifier,
    /// How blocks of tokens may grow; best proofs choose, others take the first.
    tokens: Vec<usize>,
    /// What best proofs choose from.
    profiles: Mutex<Profiles>,
}

/// A proof object in the making.
#[derive(Debug, Default)]
pub struct Planning {
    /// The finished columns, of the largest tokens from 0 on.
    columns: Vec<Option<Column>>,
    /// The next column: what is chosen for its cells so far.
    methods: Vec<Method>,
    walk: Option<Walk>,
    climber: Climber,
}

/// Largest tokens that together have less than this fraction of all sequences are not worth a
/// proof.
const NEGLIGIBLE: f64 = 1e-6;

impl Prover {
    /// Sizes of blocks of queries, coarse to fine, that make the proofs about the gallery's models
    /// shortest, see `tests/benches/ablation.rs`.
    pub const QUERIES: [usize; 3] = [16, 4, 1];

    /// Factors by which blocks of tokens grow: the first makes the longest proofs shorter, the
    /// second the shortest.
    pub const TOKENS: [usize; 2] = [4, 8];

    /// The prover of proofs about `model`, which has `sequences` inputs, that test blocks of
    /// `queries` queries, coarse to fine, and blocks of tokens that grow by one of the factors
    /// `tokens`.
    #[must_use]
    pub fn new(model: &Transformer, sequences: u128, queries: &[usize], tokens: &[usize]) -> Self {
        Self {
            verifier: Verifier::new(model, sequences, queries),
            tokens: tokens.to_vec(),
            profiles: Mutex::default(),
        }
    }

    /// The verification of the prover's proofs.
    #[must_use]
    pub fn verification(&self) -> &Verification {
        &self.verifier.verification
    }

    /// FLOPs that all its proofs begin with.
    #[must_use]
    pub fn flops(&self) -> u64 {
        self.verifier.flops()
    }

    /// Searches for a proof object.
    #[must_use]
    pub fn prove(&self, strategy: Additive) -> Plan {
        let mut planning = Planning::default();
        while self.advance(strategy, &mut planning) < 1.0 {}
        self.plan(strategy, planning)
    }

    /// Does a little of the search for a proof object, a few of the cells that boxes leave
    /// undecided; returns the fraction of the search that is done.
    pub fn advance(&self, strategy: Additive, planning: &mut Planning) -> f64 {
        if let Additive::Best(target) = strategy {
            let mut profiles = self.profiles.lock().expect("no search panics");
            let done = profiles.advance(&self.verifier, &self.tokens);
            if done == 1.0 {
                planning.columns = profiles.best(&self.verifier, target);
            }
            return done;
        }
        let Planning { columns, methods, walk, climber } = planning;
        let m = columns.len();
        if walk.is_none() && strategy != Additive::Exact && m < self.first_column() {
            columns.push(None);
        } else {
            // Full depth, and a method for each undecided cell.
            let boxes = self.verifier.boxes(self.tokens[0]);
            methods.resize(m + 1, Method::Leave);
            let walk_on = walk.get_or_insert_with(|| Walk::new(m, boxes));
            let sequences = self.verifier.sequences;
            let is_done = walk_on.advance(&self.verifier, |undecided, _| {
                methods[undecided.q] = match strategy {
                    Additive::Cell => self.split(undecided, m),
                    Additive::Chernoff => Method::Count(climber.best(sequences, undecided, m)),
                    Additive::Convolution { bins } => Method::Count(Count {
                        bins: Some(bins),
                        ..climber.best(sequences, undecided, m)
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
        (columns.len() as f64 / self.verifier.shape.v as f64).powi(2)
    }

    /// The proof object that was found, once [`Self::advance`] has returned 1.
    #[must_use]
    pub fn plan(&self, strategy: Additive, Planning { columns, .. }: Planning) -> Plan {
        let Shape { v, n, .. } = self.verifier.shape;
        Plan { version: Version, strategy, v, n, queries: self.verifier.queries.clone(), columns }
    }

    /// The first largest token that is worth a proof.
    fn first_column(&self) -> usize {
        let Shape { v, n, .. } = self.verifier.shape;
        // The fraction of sequences of tokens below m is (m / v)^n.
        let below = |m: usize| (0..n).fold(1.0, |product, _| product * m as f64 / v as f64);
        (0..v).rev().find(|&m| below(m) <= NEGLIGIBLE).unwrap_or(0)
    }

    /// Which sequences of a cell are decided: for each number of tokens other than `m` before the
    /// query, the tokens that each are harmless, or, if those are not together, the smallest of
    /// them that are.
    fn split(&self, Undecided { q, terms, .. }: &Undecided<f64>, m: usize) -> Method {
        let counts = if *q == m { self.verifier.shape.n } else { self.verifier.shape.n - 1 };
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
        let decided_tokens = |others: usize| {
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
        Method::Split((0..counts).map(decided_tokens).collect())
    }
}

/// FLOPs that every proof begins with: multiplying out the circuits, and what blocks of queries
/// share.
#[must_use]
pub fn least_flops(shape: Shape) -> u64 {
    Verification::<f64>::flops(shape, &Prover::QUERIES)
}
