use super::block::{Allowed, Place, by_number};
use super::cell::CellDifferences;
use super::{BruteForce, MAX_JUDGED, Pruning};
use crate::kernels::largest_sums;
use crate::models::transformer::Shape;
use crate::proof::Tally;
use crate::tasks::max_of_k::answers::Judge;

/// A depth-first search through the sequences of one chunk, over the tokens that the chunk leaves
/// open.
pub(super) struct ChunkSearch<'a> {
    proof: &'a BruteForce,
    cell: &'a CellDifferences,
    /// The sequence so far.
    tokens: Vec<usize>,
    /// The largest difference of the sequence with each token at the last place, `[stride]`.
    peaks: Vec<f64>,
    found: Tally,
    /// The number of sequences that wider arithmetic was asked to decide.
    judged: u64,
    /// The work so far, about, in operations of [`largest_sums`].
    work: u64,
}

/// The work of a prefix beside its sums, about, in operations of [`largest_sums`].
const LEAST_WORK: usize = 96;

/// The slots of outputs that may still exceed the right one, each with the sum of its differences
/// so far.
type Open = Vec<(usize, f64)>;

impl<'a> ChunkSearch<'a> {
    /// What a chunk decides, and the work of deciding it.
    pub(super) fn run(
        proof: &'a BruteForce,
        cell: &'a CellDifferences,
        prefix: &[usize],
    ) -> (Tally, u64) {
        let mut search = Self::new(proof, cell, prefix);
        for places in proof.blocks_after(cell.q, cell.m, prefix) {
            search.all(prefix, &places[prefix.len()..]);
        }
        (search.found, search.work)
    }

    /// What a chunk decides, by the number of tokens that are not the largest, `[n]`, and the work
    /// of deciding it. No tally where more sequences are doubtful than wider arithmetic is asked
    /// about: which of them it decides, depends on their order.
    pub(super) fn by_number(
        proof: &'a BruteForce,
        cell: &'a CellDifferences,
        prefix: &[usize],
    ) -> (Option<Vec<Tally>>, u64) {
        let mut search = Self::new(proof, cell, prefix);
        let of_chunk = prefix.iter().chain([&cell.q]).filter(|&&token| token != cell.m).count();
        let mut tallies = vec![Tally::default(); proof.shape.n];
        for block in proof.blocks_after(cell.q, cell.m, prefix) {
            for (others, places) in by_number(&block[prefix.len()..]) {
                search.all(prefix, &places);
                let found = std::mem::take(&mut search.found);
                tallies[of_chunk + others] = tallies[of_chunk + others] + found;
            }
        }
        ((search.judged <= MAX_JUDGED).then_some(tallies), search.work)
    }

    fn new(proof: &'a BruteForce, cell: &'a CellDifferences, prefix: &[usize]) -> Self {
        let n = proof.shape.n;
        let mut tokens = vec![cell.q; n];
        tokens[..prefix.len()].copy_from_slice(prefix);
        let (peaks, found) = (vec![0.0; cell.stride()], Tally::default());
        Self { proof, cell, tokens, peaks, found, judged: 0, work: LEAST_WORK as u64 }
    }

    /// Decides all sequences of a prefix with any tokens at `places`.
    fn all(&mut self, prefix: &[usize], places: &[Place]) {
        let (proof, cell) = (self.proof, self.cell);
        if cell.one_by_one {
            self.one_by_one(places);
            return;
        }
        let mut stack = vec![Open::with_capacity(cell.own.len()); proof.shape.n];
        let mut slack = cell.own_slack;
        stack[0].extend(cell.own.iter().copied().enumerate());
        for (p, &t) in prefix.iter().enumerate() {
            slack += self.add(p, t, &mut stack[0]);
        }
        match places {
            [Place { p, tokens: Allowed::Largest }, places @ ..] => {
                slack += self.add(*p, cell.m, &mut stack[0]);
                self.below(places, slack, &mut stack);
            }
            _ => self.below(places, slack, &mut stack),
        }
    }

    fn worked(&mut self, operations: usize) {
        self.work += operations as u64;
    }

    /// Appends token `t` at position `p`: adds its differences to `sums`, and returns its slack.
    fn add(&mut self, p: usize, t: usize, sums: &mut Open) -> f64 {
        self.tokens[p] = t;
        let (differences, stride) = (&self.cell.plane(p)[t..], self.cell.stride());
        sums.iter_mut().for_each(|(slot, sum)| *sum += differences[*slot * stride]);
        self.cell.slacks(p)[t]
    }

    /// Decides all sequences with any tokens at `places`; the other tokens are chosen. `stack[0]`
    /// holds the sums of the chosen tokens' differences, `slack` the sum of their slacks.
    ///
    /// ```text
    /// if all of these sequences are right, or all are wrong: count them together
    /// if no place is left: decide the sequence
    /// if one place is left: decide the sequences of all its tokens at once
    /// otherwise: for each token of the first place, add its differences and go on with the others
    /// ```
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

    /// Whether all sequences with any tokens at `places` are right, or all are wrong; counts them
    /// then, and otherwise closes the outputs that none of them prefers.
    fn pruned(&mut self, places: &[Place], slack: f64, open: &mut Open) -> bool {
        let slack = self.cell.most_slack(slack, places);
        let mut wrong = false;
        open.retain(|&(slot, sum)| {
            let (least, most) = self.cell.bounds(slot, sum, places);
            wrong |= least > slack;
            // Written so that a NaN is undecided.
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

    /// Decides the sequences with any token at the last place.
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

    /// Decides the present sequence: its largest wrong output exceeds the right one by `peak`.
    fn decide(&mut self, peak: f64, slack: f64) {
        self.found.visited += 1;
        if peak < -slack {
            self.found.right += 1;
        } else if peak > slack {
            self.found.wrong += 1;
        } else {
            // A NaN ends here, too.
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

    /// Decides all sequences with any tokens at `places`, with one softmax for each.
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
