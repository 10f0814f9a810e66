use super::block::{Place, Tokens};
use super::cell::Cell;
use super::{BruteForce, MAX_JUDGED, Pruning};
use crate::kernels::largest_sums;
use crate::proof::Tally;
use crate::tasks::max_of_k::answers::Judge;
use crate::transformer::Shape;

/// The sequences of one chunk: a depth-first search over the tokens that it leaves open.
pub(super) struct Search<'a> {
    proof: &'a BruteForce,
    cell: &'a Cell,
    /// The sequence so far.
    tokens: Vec<usize>,
    /// Largest differences of the sequences with any token at the last place, `[stride]`.
    peaks: Vec<f64>,
    found: Tally,
    /// Sequences that wider arithmetic has been asked for.
    judged: u64,
    /// What takes long, in operations of [`largest_sums`], about.
    work: u64,
}

/// What else comes with a prefix takes as long as so many operations, about.
const LEAST_WORK: usize = 96;

/// Slots of outputs that are not below the right one for sure, with the sums of their differences so far.
type Open = Vec<(usize, f64)>;

impl<'a> Search<'a> {
    /// What is decided of a chunk, and the work of that.
    pub(super) fn run(proof: &'a BruteForce, cell: &'a Cell, prefix: &[usize]) -> (Tally, u64) {
        let mut search = Self::new(proof, cell, prefix);
        search.all(prefix);
        (search.found, search.work)
    }

    fn new(proof: &'a BruteForce, cell: &'a Cell, prefix: &[usize]) -> Self {
        let n = proof.shape.n;
        let mut tokens = vec![cell.q; n];
        tokens[..prefix.len()].copy_from_slice(prefix);
        let (peaks, found) = (vec![0.0; cell.stride()], Tally::default());
        Self { proof, cell, tokens, peaks, found, judged: 0, work: LEAST_WORK as u64 }
    }

    fn all(&mut self, prefix: &[usize]) {
        let (proof, cell) = (self.proof, self.cell);
        let blocks =
            proof.blocks_after(cell.q, cell.m, prefix).iter().map(|places| &places[prefix.len()..]);
        if cell.one_by_one {
            blocks.for_each(|places| self.one_by_one(places));
            return;
        }
        let mut stack = vec![Open::with_capacity(cell.own.len()); proof.shape.n];
        for places in blocks {
            let mut slack = cell.own_slack;
            stack[0].clear();
            stack[0].extend(cell.own.iter().copied().enumerate());
            for (p, &t) in prefix.iter().enumerate() {
                slack += self.add(p, t, &mut stack[0]);
            }
            match places {
                [Place { p, tokens: Tokens::Largest }, places @ ..] => {
                    slack += self.add(*p, cell.m, &mut stack[0]);
                    self.below(places, slack, &mut stack);
                }
                _ => self.below(places, slack, &mut stack),
            }
        }
    }

    fn worked(&mut self, operations: usize) {
        self.work += operations as u64;
    }

    /// A token's differences and slack.
    fn add(&mut self, p: usize, t: usize, sums: &mut Open) -> f64 {
        self.tokens[p] = t;
        let (differences, stride) = (&self.cell.plane(p)[t..], self.cell.stride());
        sums.iter_mut().for_each(|(slot, sum)| *sum += differences[*slot * stride]);
        self.cell.slacks(p)[t]
    }

    /// Sequences with any of their tokens at these places, the others being chosen. `stack[0]` holds the sums of those, `slack` the sum of
    /// their slacks.
    fn below(&mut self, places: &[Place], slack: f64, stack: &mut [Open]) {
        let (open, deeper) = stack.split_first_mut().expect("one level for each position");
        self.worked(LEAST_WORK + 2 * open.len() * places.len());
        if self.proof.pruning == Pruning::On && self.pruned(places, slack, open) {
            return;
        }
        match places {
            [] => {
                let peak = open
                    .iter()
                    .fold(f64::NEG_INFINITY, |peak, &(_, sum)| if sum > peak { sum } else { peak });
                self.decide(peak, slack);
            }
            [place] => self.last(*place, slack, open),
            [place, places @ ..] => {
                let (p, stride) = (place.p, self.cell.stride());
                self.worked(open.len() * place.tokens.range(self.cell.m).len());
                for t in place.tokens.range(self.cell.m) {
                    let differences = &self.cell.plane(p)[t..];
                    deeper[0].clear();
                    deeper[0].extend(
                        open.iter().map(|&(slot, sum)| (slot, sum + differences[slot * stride])),
                    );
                    self.tokens[p] = t;
                    self.below(places, slack + self.cell.slacks(p)[t], deeper);
                }
            }
        }
    }

    /// Whether all these sequences are right, or all wrong; counts them then, and otherwise closes outputs that none of them
    /// prefers.
    fn pruned(&mut self, places: &[Place], slack: f64, open: &mut Open) -> bool {
        let slack = self.cell.most_slack(slack, places);
        let mut wrong = false;
        open.retain(|&(slot, sum)| {
            let (least, most) = self.cell.bounds(slot, sum, places);
            wrong |= least > slack;
            // And so of a NaN.
            let is_decided = most < -slack;
            !is_decided
        });
        if wrong || open.is_empty() {
            let choices = places.iter().map(|place| place.tokens.range(self.cell.m).len() as u128);
            *(if wrong { &mut self.found.wrong } else { &mut self.found.right }) +=
                choices.product::<u128>();
            return true;
        }
        false
    }

    /// The sequences with any of its tokens at the last place.
    fn last(&mut self, place: Place, slack: f64, open: &Open) {
        let Place { p, tokens } = place;
        let tokens = tokens.range(self.cell.m);
        self.worked((open.len() + LEAST_WORK) * self.cell.stride());
        largest_sums(&mut self.peaks, open, self.cell.plane(p), self.cell.stride());
        let slacks = self.cell.slacks(p);
        let (mut right, mut wrong) = (0_u64, 0_u64);
        for (&peak, &last) in self.peaks[tokens.clone()].iter().zip(&slacks[tokens.clone()]) {
            right += u64::from(peak < -(slack + last));
            wrong += u64::from(peak > slack + last);
        }
        if right + wrong == tokens.len() as u64 {
            self.found = self.found
                + Tally {
                    right: right.into(),
                    wrong: wrong.into(),
                    visited: (right + wrong).into(),
                    lost: 0,
                };
            return;
        }
        for t in tokens {
            self.tokens[p] = t;
            self.decide(self.peaks[t], slack + slacks[t]);
        }
    }

    /// The present sequence, of which no wrong output exceeds the right one by more than `peak`.
    fn decide(&mut self, peak: f64, slack: f64) {
        self.found.visited += 1;
        if peak < -slack {
            self.found.right += 1;
        } else if peak > slack {
            self.found.wrong += 1;
        } else {
            // Also if it is no number.
            self.doubtful();
        }
    }

    #[cold]
    fn doubtful(&mut self) {
        self.judged += 1;
        let decided = if self.judged <= MAX_JUDGED {
            self.work += Judge::flops(self.proof.shape);
            self.proof.judge.decide(&self.tokens)
        } else {
            None
        };
        match decided {
            Some(true) => self.found.right += 1,
            Some(false) => self.found.wrong += 1,
            None => self.found.lost += 1,
        }
    }

    /// All sequences with such tokens, one softmax for each.
    fn one_by_one(&mut self, places: &[Place]) {
        match places {
            [] => {
                let Shape { v, n, .. } = self.proof.shape;
                self.worked(n * (4 * v + LEAST_WORK));
                let (margin, slack) = self.proof.answers.margin(&self.tokens);
                self.decide(-margin, slack);
            }
            [place, places @ ..] => {
                for t in place.tokens.range(self.cell.m) {
                    self.tokens[place.p] = t;
                    self.one_by_one(places);
                }
            }
        }
    }
}
