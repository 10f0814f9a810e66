use super::{About, CaseAnalysis, Evidence, Failure, GivenUp, Outcome, Tally};
use thiserror::Error;

/// One proof, or one part of it, on its way: its search, its chunks, what they counted and how long
/// that took.
///
/// A run is carried out on one thread, for a few milliseconds at a time ([`Self::advance_for`]) or
/// at once ([`Self::finish`]), or on threads of the caller ([`Self::finish_with`]). It reads no
/// clock: there is none that both native code and WebAssembly have.
pub struct Run {
    about: About,
    analysis: Box<dyn CaseAnalysis>,
    /// What a certificate claims, if the run is to confirm one.
    claimed: Option<Claimed>,
    chunks: Chunks,
    /// How many of these chunks have been counted.
    counted: u64,
    tally: Tally,
    /// The fraction of the search that is done, and whether there is anything to search for.
    searched: f64,
    has_search: bool,
    seconds: f64,
}

/// What a certificate claims to have proven.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Claimed {
    /// At least this many inputs are answered right.
    pub correct: u128,
    /// The proof's length in FLOPs.
    pub flops: f64,
}

/// Why a finished run does not confirm a certificate.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum Unproven {
    /// The verifier does not accept a certificate's proof object.
    #[error("the certificate's proof does not hold: {0}")]
    DoesNotHold(#[from] Failure),
    /// The verification of a certificate was not run to the end.
    #[error(transparent)]
    GivenUp(#[from] GivenUp),
    /// A certificate claims more than its proof proves.
    #[error("the certificate claims {claimed} right sequences, its proof proves {proven}")]
    TooMuch {
        /// Inputs that the certificate claims to be right.
        claimed: u128,
        /// Inputs that are proven right.
        proven: u128,
    },
    /// A certificate states another length than its proof has.
    #[error("the certificate's `flops` is {claimed}, expected {counted}")]
    Flops {
        /// The length that the certificate states.
        claimed: f64,
        /// The length of its proof.
        counted: f64,
    },
}

/// A request for a part that a proof does not have.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{strategy} has no part {part} of {parts}")]
pub struct NoSuchPart {
    /// The strategy's identifier.
    pub strategy: String,
    /// The part's number, from 0 on.
    pub part: u32,
    /// How many parts were asked for.
    pub parts: u32,
}

impl Run {
    /// A run of the whole proof of which a task says `about`.
    #[must_use]
    pub fn new(about: About, analysis: Box<dyn CaseAnalysis>) -> Self {
        Self {
            about,
            chunks: Chunks::new(analysis.chunks(), 0, 1),
            analysis,
            claimed: None,
            counted: 0,
            tally: Tally::default(),
            searched: 0.0,
            has_search: false,
            seconds: 0.0,
        }
    }

    /// A run that is to confirm what a certificate claims, see [`Self::confirmed`].
    #[must_use]
    pub fn claiming(self, claimed: Claimed) -> Self {
        Self { claimed: Some(claimed), ..self }
    }

    /// Restricts a run that has not begun to the part with the number `part`, from 0 on, of
    /// `parts`. What all parts counted is put together by [`Self::joined`].
    ///
    /// # Errors
    /// If there is no such part, or the proof is not divisible.
    pub fn part(self, part: u32, parts: u32) -> Result<Self, NoSuchPart> {
        if part >= parts || (parts > 1 && !self.about.is_divisible) {
            return Err(NoSuchPart { strategy: self.about.strategy, part, parts });
        }
        let chunks = Chunks::new(self.analysis.chunks(), part.into(), parts.into());
        Ok(Self { chunks, ..self })
    }

    /// Ends a run that has not begun with what its parts, all of them and each once, have counted
    /// elsewhere. The sum is exact, so their order does not matter.
    #[must_use]
    pub fn joined(self, tallies: impl IntoIterator<Item = Tally>) -> Self {
        Self { chunks: Chunks::new(0, 0, 1), tally: tallies.into_iter().sum(), ..self }
    }

    /// What the task says of the proof.
    #[must_use]
    pub fn about(&self) -> &About {
        &self.about
    }

    /// The proof, for callers that count its chunks in an order of their own.
    #[must_use]
    pub fn analysis(&self) -> &dyn CaseAnalysis {
        self.analysis.as_ref()
    }

    /// How many chunks are still to be counted.
    #[must_use]
    pub fn chunks_left(&self) -> u64 {
        self.chunks.len() - self.counted
    }

    /// Does the least there is to do, a little of the search or one chunk; `false` if nothing was
    /// left. A verification that has been given up leaves nothing to do.
    pub fn advance(&mut self) -> bool {
        if self.searched < 1.0 {
            self.searched = self.analysis.search();
            self.has_search |= self.searched < 1.0;
            return true;
        }
        if self.chunks_left() == 0 || self.analysis.given_up().is_some() {
            self.counted = self.chunks.len();
            return false;
        }
        self.tally = self.tally + self.analysis.count(self.chunks.get(self.counted));
        self.counted += 1;
        true
    }

    /// Works for about `seconds`, as told by `clock`, which returns seconds since any moment;
    /// returns [`Self::progress`].
    pub fn advance_for(&mut self, seconds: f64, clock: impl Fn() -> f64) -> f64 {
        let start = clock();
        let mut spent = 0.0;
        while spent < seconds && self.advance() {
            spent = clock() - start;
        }
        self.seconds += spent;
        self.progress()
    }

    /// Counts all chunks that are left on this thread. Whatever is left of the search, the first
    /// chunk does.
    pub fn finish(&mut self) {
        self.finish_with(|chunks, count| (0..chunks).map(count).sum());
    }

    /// Counts all chunks that are left on threads of the caller: `sum` is given their number
    /// `chunks` and a function `count`, and returns the sum of `count(i)` over all `i < chunks`.
    pub fn finish_with(&mut self, sum: impl FnOnce(u64, &(dyn Fn(u64) -> Tally + Sync)) -> Tally) {
        let (left, first) = (self.chunks_left(), self.counted);
        let count = |i| self.analysis.count(self.chunks.get(first + i));
        let tally = sum(left, &count);
        self.tally = self.tally + tally;
        self.counted += left;
    }

    /// Adds to the run's time what the caller spent on it outside of [`Self::advance_for`].
    pub fn add_seconds(&mut self, seconds: f64) {
        self.seconds += seconds;
    }

    /// The fraction of the run that is done, 1 when all is. The search, if there is one, counts for
    /// one half.
    #[must_use]
    pub fn progress(&self) -> f64 {
        let counted = match self.chunks.len() {
            0 => 1.0,
            all => self.counted as f64 / all as f64,
        };
        if self.has_search && counted < 1.0 {
            f64::midpoint(self.searched, counted)
        } else {
            counted
        }
    }

    /// What the run has counted so far.
    #[must_use]
    pub fn tally(&self) -> Tally {
        self.tally
    }

    /// Whether the whole proof has been counted: never after one of several parts.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.chunks_left() == 0 && self.chunks.parts == 1
    }

    /// What the run gave, be it nothing: then [`Outcome::failure`] says why.
    ///
    /// # Panics
    /// If the run [is not finished](Self::is_finished).
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        assert!(self.is_finished(), "{} chunks are left", self.chunks_left());
        Outcome::new(self.about.clone(), self.tally, self.analysis.cost(), self.seconds)
    }

    /// What the run proved.
    ///
    /// # Errors
    /// If the search found no proof object, so that the run proved nothing.
    ///
    /// # Panics
    /// If the run [is not finished](Self::is_finished).
    pub fn proven(&self) -> Result<Outcome, Failure> {
        let outcome = self.outcome();
        outcome.failure.map_or(Ok(outcome), Err)
    }

    /// What the run proved, if it was [given a claim](Self::claiming) and confirms it.
    ///
    /// # Errors
    /// If the verification was given up, proves less than the certificate claims, or takes another
    /// number of FLOPs.
    ///
    /// # Panics
    /// If the run [is not finished](Self::is_finished), or was not given a claim.
    pub fn confirmed(&self) -> Result<Outcome, Unproven> {
        let Claimed { correct: claimed, flops } =
            self.claimed.expect("a run that confirms a claim");
        if let Some(why) = self.analysis.given_up() {
            return Err(why.into());
        }
        let outcome = self.proven()?;
        let proven = outcome.bound.correct();
        if claimed > proven {
            return Err(Unproven::TooMuch { claimed, proven });
        }
        if flops.to_bits() != outcome.flops.to_bits() {
            return Err(Unproven::Flops { claimed: flops, counted: outcome.flops });
        }
        Ok(outcome)
    }

    /// What another program needs to check the proof, once every chunk has been counted.
    ///
    /// # Errors
    /// If nothing was found that could be checked.
    pub fn evidence(&self) -> Result<Evidence, Failure> {
        self.analysis.evidence()
    }
}

/// Counts every chunk of a proof, for unit tests of what a run is given.
#[cfg(test)]
pub(crate) fn count_all(analysis: &dyn CaseAnalysis) -> Tally {
    (0..analysis.chunks()).map(|chunk| analysis.count(chunk)).sum()
}

/// The chunks of one part of a proof.
///
/// Parts take turns: each takes a stretch of consecutive chunks, then leaves as many to every other
/// part. Consecutive chunks have much in common, and each part gets some of every kind.
#[derive(Clone, Copy)]
struct Chunks {
    /// How many chunks all parts have together.
    all: u64,
    part: u64,
    parts: u64,
    /// How many consecutive chunks a part takes at a time.
    stretch: u64,
}

impl Chunks {
    /// Stretches of each part, if there are chunks enough.
    const STRETCHES: u64 = 32;

    fn new(all: u64, part: u64, parts: u64) -> Self {
        Self { all, part, parts, stretch: (all / (parts * Self::STRETCHES)).max(1) }
    }

    /// How many chunks the part has.
    fn len(self) -> u64 {
        let turn = self.parts * self.stretch;
        let last = (self.all % turn).saturating_sub(self.part * self.stretch);
        self.all / turn * self.stretch + last.min(self.stretch)
    }

    /// The chunk with the number `i` among those of the part, in ascending order.
    fn get(self, i: u64) -> u64 {
        let (turns, within) = (i / self.stretch, i % self.stretch);
        (turns * self.parts + self.part) * self.stretch + within
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proof::Cost;

    #[test]
    fn every_chunk_is_in_one_part() {
        for (all, parts) in
            [(0, 1), (0, 3), (1, 1), (1, 2), (7, 3), (100, 1), (2080, 2), (2080, 16), (89_440, 3)]
        {
            let of_part = |part| Chunks::new(all, part, parts);
            let mut found: Vec<_> = (0..parts)
                .map(of_part)
                .flat_map(|chunks| (0..chunks.len()).map(move |i| chunks.get(i)))
                .collect();
            found.sort_unstable();
            assert!(found.into_iter().eq(0..all), "{all} chunks of {parts} parts");
            let longest = (0..parts).map(|part| of_part(part).len()).max().unwrap();
            assert!(
                longest <= all / parts + all / (parts * Chunks::STRETCHES) + parts,
                "{longest} of {all} for one of {parts}"
            );
        }
    }

    /// Chunk `i` of 70 decides `i` inputs, after a search that is asked twice.
    struct Numbers(std::sync::atomic::AtomicU32);

    impl CaseAnalysis for Numbers {
        fn chunks(&self) -> u64 {
            70
        }

        fn search(&self) -> f64 {
            f64::from(self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed)).min(1.0)
        }

        fn count(&self, chunk: u64) -> Tally {
            Tally::right(chunk.into())
        }

        fn cost(&self) -> Cost {
            Cost::new(7.0, 0.0)
        }

        fn evidence(&self) -> Result<Evidence, Failure> {
            Ok(Evidence::none())
        }
    }

    const RIGHT: u128 = 69 * 70 / 2;

    fn run() -> Run {
        let about = About {
            strategy: "numbers".into(),
            class: "numbers".into(),
            inputs: 10_000,
            unexplained_dimension: 0.0,
            visits_inputs: false,
            is_divisible: true,
        };
        Run::new(about, Box::new(Numbers(0.into())))
    }

    #[test]
    fn all_ways_to_run_give_one_outcome() {
        let mut at_once = run();
        at_once.finish();
        let outcome = at_once.outcome();
        assert_eq!((outcome.bound.correct(), outcome.bound.total()), (RIGHT, 10_000));

        let mut little_by_little = run();
        assert!(little_by_little.advance());
        assert_eq!(little_by_little.progress(), 0.0);
        assert!(little_by_little.advance());
        assert_eq!(little_by_little.progress(), 0.5, "the search is one half");
        assert!(little_by_little.advance() && !little_by_little.is_finished());
        little_by_little.finish_with(|chunks, count| (0..chunks).rev().map(count).sum());
        assert!(!little_by_little.advance());
        assert_eq!(
            (little_by_little.progress(), little_by_little.outcome()),
            (1.0, outcome.clone())
        );

        let time = std::cell::Cell::new(0.0);
        let clock = || time.replace(time.get() + 1.0);
        let mut timed = run();
        assert!(timed.advance_for(1.5, clock) < 1.0);
        assert_eq!(timed.advance_for(f64::INFINITY, clock), 1.0);
        timed.add_seconds(0.25);
        // Two searches and 70 chunks, a second each.
        assert_eq!(timed.outcome(), Outcome { seconds: 72.25, ..outcome.clone() });

        let parts = [2, 0, 1].map(|part| {
            let mut run = run().part(part, 3).unwrap();
            run.finish();
            assert!(!run.is_finished(), "a part is no proof");
            run.tally()
        });
        assert_eq!(run().part(0, 3).unwrap().joined(parts).outcome(), outcome);
        let refused = run().part(3, 3).map(|_| ()).unwrap_err();
        assert_eq!(refused.to_string(), "numbers has no part 3 of 3");
    }

    #[test]
    fn claims_are_confirmed_or_refused() {
        let check = |correct, flops| {
            let mut run = run().claiming(Claimed { correct, flops });
            run.finish();
            run.confirmed().map(|_| ())
        };
        assert_eq!(check(RIGHT, 7.0), Ok(()));
        assert_eq!(check(RIGHT - 1, 7.0), Ok(()), "less than is proven");
        let too_much = Unproven::TooMuch { claimed: RIGHT + 1, proven: RIGHT };
        assert_eq!(check(RIGHT + 1, 7.0), Err(too_much));
        let flops = Unproven::Flops { claimed: 8.0, counted: 7.0 };
        assert_eq!(check(RIGHT, 8.0), Err(flops));
    }
}
