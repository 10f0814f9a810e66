//! Searches the gaps and the centre of the cases `(m, c)`: largest token `m`, `c` tokens other than
//! `m`.
//!
//! `q` is a query token; the centre is the attention to `m` around which the bound is worked out. A
//! query is present at a gap if some sequence has it: if the tokens `0..=m − gap` include the
//! query, or the query is `m`. A query is right at a gap if the bound of its case is negative
//! there.
//!
//! ```text
//! for each least gap from 1 to m, while it may prove more than the best choice:
//!     for each centre to try:
//!         find the least gap, from the least gap on, at which each query is right
//!         keep the choice if it proves more sequences than the best
//! with a centre, also try the published search, and keep the better choice
//! ```

use super::built::GapChoice;
use super::scores::Scores;
use super::tables::{CaseBound, Ends, Tables};
use crate::cost::Scalar;
use crate::kernels;
use std::cell::OnceCell;
use std::ops::Range;

/// How far the score of the largest token `m` is above those of the other tokens, at every gap and
/// for every query that is present there. Cases with any number of other tokens share it.
pub(super) struct Differences {
    m: usize,
    /// For the least attention and for the most, the differences of the queries `0..=m − gap`, gap
    /// after gap from 1 on; those of `gap` start at `starts[gap − 1]`.
    below: [Vec<f64>; 2],
    /// `[m + 1]`; the last entry is the length of `below`.
    starts: Vec<usize>,
    /// For the least attention and for the most, the differences of the query `m`, `[m]`, by gap
    /// from 1 on.
    of_m: [Vec<f64>; 2],
}

impl Differences {
    /// The differences of the largest token `m`, looked up in `tables`.
    pub(super) fn new(tables: &Tables<f64>, m: usize) -> Self {
        let Scores { largest, others, .. } = &*tables.scores;
        let starts =
            (0..m).rev().scan(0, |start, k| Some(std::mem::replace(start, *start + k + 1)));
        let below = [0, 1].map(|end| {
            let (of_m, others) = (largest[end].row(m), &others[end]);
            let of_gap = |k: usize| (0..=k).map(move |q| of_m[q] - others[[k, q]]);
            (0..m).rev().flat_map(of_gap).collect()
        });
        let of_m = (1..=m).map(|gap| <(f64, f64)>::from(tables.differences(m, m, gap))).unzip();
        Self { m, below, starts: starts.chain([m * (m + 1) / 2]).collect(), of_m: of_m.into() }
    }
}

/// The ends of the attention to the largest token in the cases of one `(m, c)`, at every gap and
/// for every query that is present there. The searches of all strategies with one kind of attention
/// scores share it.
pub(super) struct CaseEnds<'a> {
    pub(super) m: usize,
    /// The queries `0..=m − gap`, gap after gap from 1 on; those of `gap` start at
    /// `starts[gap − 1]`.
    below: Ends<f64>,
    /// [`Differences::starts`].
    starts: &'a [usize],
    /// The query `m`, by gap from 1 on.
    of_m: Ends<f64>,
    /// The queries below `m`, each at the largest gap at which it is present.
    narrowest: Ends<f64>,
    /// The mean least attention of all queries that are present at a gap, by gap from 1 on.
    means: Vec<f64>,
    /// [`Self::centres`], by gap from 1 on.
    centres: Vec<OnceCell<[f64; 6]>>,
    /// The number of sequences of a query below `m`, and of the query `m`, by the number of choices
    /// for each other token.
    sequences: [&'a [u128]; 2],
}

impl<'a> CaseEnds<'a> {
    /// The ends of the cases with `c ≥ 1` tokens other than the largest.
    pub(super) fn new(tables: &'a Tables<f64>, differences: &'a Differences, c: usize) -> Self {
        let Differences { m, starts, .. } = differences;
        let (mut below, mut of_m) = (Ends::new(), Ends::new());
        for range in starts.windows(2).map(|ends| ends[0]..ends[1]) {
            let differences = differences.below.each_ref().map(|below| &below[range.clone()]);
            below.extend(tables.odds(c, false), 0..range.len(), differences);
        }
        for gap in 0..*m {
            let differences = differences.of_m.each_ref().map(|of_m| &of_m[gap..=gap]);
            of_m.extend(tables.odds(c, true), *m..m + 1, differences);
        }
        let mean = |(range, &of_m): (&[usize], &f64)| {
            let low = &below.low[range[0]..range[1]];
            low.iter().chain([&of_m]).sum::<f64>() / (low.len() + 1) as f64
        };
        let means = starts.windows(2).zip(&of_m.low).map(mean).collect();
        let sequences = [c - 1, c].map(|others| &tables.common.sequences[others][..]);
        let last = |ends: &[f64]| starts[1..].iter().rev().map(|&end| ends[end - 1]).collect();
        let narrowest = Ends { low: last(&below.low), high: last(&below.high) };
        Self {
            m: *m,
            below,
            starts,
            of_m,
            narrowest,
            means,
            centres: vec![OnceCell::new(); *m],
            sequences,
        }
    }

    /// The least and the most attention of the queries below `m` that are present at `gap`; then
    /// the least and the most attention of the query `m`.
    pub(super) fn at(&self, gap: usize) -> ([&[f64]; 2], [f64; 2]) {
        let range = self.starts[gap - 1]..self.starts[gap];
        let of_m = [self.of_m.low[gap - 1], self.of_m.high[gap - 1]];
        ([&self.below.low[range.clone()], &self.below.high[range]], of_m)
    }

    /// The least and the most attention of the query `q`, which must be present at `gap`.
    pub(super) fn of(&self, q: usize, gap: usize) -> [f64; 2] {
        let (ends, i) = if q == self.m {
            (&self.of_m, gap - 1)
        } else {
            (&self.below, self.starts[gap - 1] + q)
        };
        [ends.low[i], ends.high[i]]
    }

    /// The largest gap at which the query `q` is present.
    pub(super) fn widest(&self, q: usize) -> usize {
        if q == self.m { self.m } else { self.m - q }
    }

    /// The mean least attention of all queries that are present at `gap`.
    pub(super) fn mean(&self, gap: usize) -> f64 {
        self.means[gap - 1]
    }

    /// Centres to try: the quantiles [`QUANTILES`] of the least attention of the queries that are
    /// present at `gap`, and the mean of that attention.
    fn centres(&self, gap: usize) -> &[f64; 6] {
        self.centres[gap - 1].get_or_init(|| {
            let ([low, _], [of_m, _]) = self.at(gap);
            let mut attention: Vec<_> = low.iter().copied().chain([of_m]).collect();
            f64::sort(&mut attention);
            let last = attention.len() - 1;
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a part of a small number"
            )]
            let quantile = |part: f64| attention[(part * last as f64).round() as usize];
            let mean = attention.iter().sum::<f64>() / attention.len() as f64;
            let [a, b, c, d, e] = QUANTILES.map(quantile);
            [a, b, c, d, e, mean]
        })
    }

    /// The number of sequences of the query `q` whose tokens other than `m` are at most `m − gap`.
    pub(super) fn sequences(&self, q: usize, gap: usize) -> u128 {
        self.sequences[usize::from(q == self.m)][self.m - gap + 1]
    }
}

/// A choice for one `(m, c)`: a centre, and a gap for each query.
#[derive(Clone, Debug)]
pub(super) struct Choice {
    pub(super) centre: f64,
    /// `[m + 1]`, by query.
    pub(super) gaps: Vec<u16>,
}

/// The centres that a joint search tries, as quantiles of the least attention.
const QUANTILES: [f64; 5] = [0.0, 0.25, 0.5, 0.75, 1.0];

/// The most queries that are judged one by one, instead of by a kernel that judges all queries.
const FEW: usize = 6;

/// The wrong outputs that can gain most at some attention to a largest token.
pub(super) struct WorstOutputs {
    /// What each of these outputs gains without attention to `m`; see [`Tables::wrong_outputs`].
    base: Vec<f64>,
    /// What attention to `m` writes to each of these outputs; see [`Tables::wrong_outputs`].
    right: Vec<f64>,
    /// [`Tables::largest_base`].
    largest_base: f64,
}

impl WorstOutputs {
    /// Leaves out each output that another output dominates: one that gains no less without
    /// attention to `m`, and to which attention to `m` writes no less. The largest gain does not
    /// change by that, at any attention and with any rounding.
    ///
    /// ```text
    /// `outputs`, the kept ones, are sorted: the less they gain, the more is written to them
    /// for each wrong output:
    ///     skip it if a kept output dominates it
    ///     replace the kept outputs that it dominates by it
    /// ```
    pub(super) fn new(tables: &Tables<f64>, m: usize) -> Self {
        let (base, right) = tables.wrong_outputs(m);
        let mut outputs: Vec<(f64, f64)> = Vec::new();
        for (&base, &right) in base.iter().zip(right) {
            let gains_more = outputs.partition_point(|(other, _)| other.total_cmp(&base).is_gt());
            let gains_no_less =
                outputs.partition_point(|(other, _)| other.total_cmp(&base).is_ge());
            let most = outputs[..gains_no_less].last().map_or(f64::NEG_INFINITY, |&(_, most)| most);
            if right > most {
                let written_less =
                    outputs[gains_no_less..].partition_point(|&(_, other)| other <= right);
                outputs.drain(gains_more..gains_no_less + written_less);
                outputs.insert(gains_more, (base, right));
            }
        }
        let (base, right) = outputs.into_iter().unzip();
        Self { base, right, largest_base: tables.largest_base(m) }
    }
}

/// The search of one `(m, c)` for one strategy. It does not depend on any other `(m, c)`.
pub(super) struct CaseSearch<'a> {
    tables: &'a Tables<f64>,
    ends: &'a CaseEnds<'a>,
    outputs: &'a WorstOutputs,
    /// Whether the strategy takes attention around a centre.
    centred: bool,
    /// The bounds of the queries below `m`: at the gap that [`Self::judge`] was given, and at the
    /// widest gap of each query, from [`Self::judge_narrowest`].
    worst: [Vec<f64>; 2],
    /// The least gap that was found last for each query, or 0: a guess, since the least gap with
    /// another centre or spread is mostly close to it.
    last: Vec<u16>,
}

impl<'a> CaseSearch<'a> {
    pub(super) fn new(
        tables: &'a Tables<f64>,
        ends: &'a CaseEnds<'a>,
        outputs: &'a WorstOutputs,
        centred: bool,
    ) -> Self {
        Self {
            tables,
            ends,
            outputs,
            centred,
            worst: [const { Vec::new() }; 2],
            last: vec![0; ends.m + 1],
        }
    }

    /// The bound around `centre` where other tokens spread as at `least_gap`.
    fn case_bound(&self, centre: f64, least_gap: usize) -> CaseBound<f64> {
        let (m, WorstOutputs { base, right, largest_base }) = (self.ends.m, self.outputs);
        let wrong = self.tables.worst_wrong(m, least_gap);
        if self.centred {
            self.tables.centred(m, centre, kernels::largest_scaled_sum(base, centre, right), wrong)
        } else {
            self.tables.uncentred(m, *largest_base, wrong)
        }
    }

    /// Works out the bounds of the queries below `m` that are present at `gap` into `worst[0]`;
    /// those with a negative bound are right there.
    fn judge(&mut self, bound: &CaseBound<f64>, gap: usize) {
        let (ends, _) = self.ends.at(gap);
        let [worst, _] = &mut self.worst;
        worst.resize(ends[0].len(), 0.0);
        kernels::worst_ends(&bound.kink, ends, &self.tables.direct.spread, worst);
    }

    /// Works out the bounds of the queries below `m` that are present at gaps wider than `gap`,
    /// each at its widest, into `worst[1]`. A query whose bound is not negative there is right at
    /// no gap, since a wider gap only narrows the attention.
    fn judge_narrowest(&mut self, bound: &CaseBound<f64>, gap: usize) {
        let Ends { low, high } = &self.ends.narrowest;
        let [_, worst] = &mut self.worst;
        worst.resize(self.ends.m - gap, 0.0);
        kernels::worst_ends(&bound.kink, [low, high], &self.tables.direct.spread, worst);
    }

    /// The published search: see [`super::Search::plain`].
    pub(super) fn plain(&mut self) -> Choice {
        self.plain_among((0..=self.ends.m).collect())
    }

    /// [`Self::plain`] if only the queries `open` can be right at any gap.
    fn plain_among(&mut self, mut open: Vec<usize>) -> Choice {
        let m = self.ends.m;
        let mut gaps = vec![0; m + 1];
        // `open` are the queries that may still turn out to be right at some gap.
        for gap in 1..=m {
            if open.is_empty() {
                break;
            }
            let bound = self.case_bound(self.ends.mean(gap), gap);
            let stored = u16::try_from(gap).expect("a gap is at most the vocabulary");
            if open.len() > FEW {
                self.judge(&bound, gap);
            }
            let judged = open.len() > FEW;
            open.retain(|&q| {
                if gap > self.ends.widest(q) {
                    return false;
                }
                let is_right = if judged && q != m {
                    self.worst[0][q] < 0.0
                } else {
                    self.tables.is_right(q, &bound, self.ends.of(q, gap))
                };
                if is_right {
                    gaps[q] = stored;
                }
                !is_right
            });
        }
        // A query that is right at no gap has the gap 1.
        gaps.iter_mut().for_each(|gap| *gap = (*gap).max(1));
        let present = gaps.iter().enumerate().map(|(q, &gap)| (q, usize::from(gap)));
        let present = present.filter(|&(q, gap)| gap <= self.ends.widest(q));
        let (sum, count) =
            present.fold((0.0, 0.0), |(sum, n), (q, gap)| (sum + self.ends.of(q, gap)[0], n + 1.0));
        Choice { centre: if count > 0.0 { sum / count } else { 0.0 }, gaps }
    }

    /// The choice that `gaps` names.
    pub(super) fn chosen(&mut self, gaps: GapChoice) -> Choice {
        match gaps {
            GapChoice::Best => self.joint(),
            GapChoice::Plain => self.plain(),
            GapChoice::Same(gap) => self.same(gap),
        }
    }

    /// The one gap `gap` for all queries, and the centre that suits those present there.
    pub(super) fn same(&self, gap: u16) -> Choice {
        let is_present = usize::from(gap) <= self.ends.m;
        let centre = if is_present { self.ends.mean(usize::from(gap)) } else { 0.0 };
        Choice { centre, gaps: vec![gap; self.ends.m + 1] }
    }

    /// The better search: see [`super::Search::joint`].
    pub(super) fn joint(&mut self) -> Choice {
        let hopeful: Vec<_> = (0..=self.ends.m).filter(|&q| self.is_hopeful(q)).collect();
        let (proven, tried) = self.together(&hopeful);
        // Without a centre no other choice proves more. With one, the published search may find a
        // centre that does.
        if self.centred && proven < self.at_most(&hopeful, 1) {
            let plain = self.plain_among(hopeful);
            if self.proves(&plain) > proven {
                return plain;
            }
        }
        tried
    }

    /// Whether the query `q` may be right at some gap with some centre. It is not if it is wrong
    /// where it has most room: at its widest gap, where the ends of attention are closest and other
    /// tokens spread least, and at each end with the centre there, which is the best centre for
    /// that end.
    fn is_hopeful(&self, q: usize) -> bool {
        let gap = self.ends.widest(q);
        let ends = self.ends.of(q, gap);
        ends.iter().all(|&end| self.tables.is_right(q, &self.case_bound(end, gap), [end; 2]))
    }

    /// The most sequences that a choice with gaps of at least `least` can prove.
    fn at_most(&self, hopeful: &[usize], least: usize) -> u128 {
        let below = hopeful.partition_point(|&q| q <= self.ends.m - least);
        let of_m = if hopeful.last() == Some(&self.ends.m) {
            self.ends.sequences(self.ends.m, least)
        } else {
            0
        };
        below as u128 * self.ends.sequences(0, least) + of_m
    }

    /// Tries least gaps and centres together; returns the best choice and how many sequences it
    /// proves.
    fn together(&mut self, hopeful: &[usize]) -> (u128, Choice) {
        let m = self.ends.m;
        let mut best = (0, Choice { centre: 0.0, gaps: vec![self.give_up(); m + 1] });
        let mut gaps = best.1.gaps.clone();
        for least in 1..=m {
            if self.at_most(hopeful, least) <= best.0 {
                break;
            }
            // A wider least gap helps only if other tokens spread less.
            if least > 1
                && self.tables.worst_wrong(m, least) == self.tables.worst_wrong(m, least - 1)
            {
                continue;
            }
            let centres: &[f64] = if self.centred { self.ends.centres(least) } else { &[0.0] };
            for &centre in centres {
                let bound = self.case_bound(centre, least);
                if let Some(proven) = self.least_gaps(&bound, least, best.0, &mut gaps) {
                    (best.0, best.1.centre) = (proven, centre);
                    best.1.gaps.copy_from_slice(&gaps);
                }
            }
        }
        best
    }

    /// Finds the least gap from `least` on at which each query is right, into `gaps`, and returns
    /// how many sequences they prove together. Returns `None`, and leaves `gaps` unfinished, if
    /// that is no more than `beaten`.
    fn least_gaps(
        &mut self,
        bound: &CaseBound<f64>,
        least: usize,
        beaten: u128,
        gaps: &mut [u16],
    ) -> Option<u128> {
        let m = self.ends.m;
        let stored = |gap: usize| u16::try_from(gap).expect("a gap is at most the vocabulary");
        gaps.fill(self.give_up());
        let mut proven = 0;
        if let Some(gap) = self.least_gap(m, bound, least) {
            proven += self.ends.sequences(m, gap);
            gaps[m] = stored(gap);
        }
        // Most queries are right at `least` or at no gap. The others are right at the next gap at
        // best, so all queries prove at most `most`.
        self.judge(bound, least);
        self.judge_narrowest(bound, least);
        let [worst, narrowest] = &self.worst;
        let right = worst.iter().filter(|&&worst| worst < 0.0).count();
        let later = |&q: &usize| worst[q] >= 0.0 && narrowest[q] < 0.0;
        let hopeful = (0..narrowest.len()).filter(later).count();
        proven += right as u128 * self.ends.sequences(0, least);
        let next = self.ends.sequences(0, (least + 1).min(m));
        let mut most = proven + hopeful as u128 * next;
        if most <= beaten {
            return None;
        }
        for (gap, &worst) in gaps.iter_mut().zip(worst) {
            if worst < 0.0 {
                *gap = stored(least);
            }
        }
        for q in (0..narrowest.len()).filter(later) {
            let gap = self.between(q, bound, least + 1..m - q, usize::from(self.last[q]));
            gaps[q] = stored(gap);
            self.last[q] = gaps[q];
            let sequences = self.ends.sequences(q, gap);
            proven += sequences;
            most -= next - sequences;
            if most <= beaten {
                return None;
            }
        }
        (proven > beaten).then_some(proven)
    }

    /// A gap at which no query is present: it gives a query up.
    fn give_up(&self) -> u16 {
        u16::try_from(self.ends.m + 1).expect("a gap is at most the vocabulary")
    }

    /// The least gap from `least` on at which the query `q` is right.
    fn least_gap(&self, q: usize, bound: &CaseBound<f64>, least: usize) -> Option<usize> {
        let widest = self.ends.widest(q);
        self.works(q, bound, widest).then(|| self.between(q, bound, least..widest, 0))
    }

    /// The least gap from `gaps.start` to `gaps.end` at which the query `q` is right, if it is
    /// right at `gaps.end`. Starts at `guess` if that is in range, and takes steps of 1, 2, 4, …
    /// until they reach half of what is left; then bisects.
    fn between(&self, q: usize, bound: &CaseBound<f64>, gaps: Range<usize>, guess: usize) -> usize {
        let Range { start: mut low, end: mut high } = gaps;
        let (mut gap, mut step) = if (low..high).contains(&guess) {
            (guess, 1)
        } else {
            (usize::midpoint(low, high), high)
        };
        while low < high {
            let works = self.works(q, bound, gap);
            if works {
                high = gap
            } else {
                low = gap + 1
            }
            let next = step.min((high - low).div_ceil(2));
            gap = if works { high - next } else { low + next - 1 };
            step *= 2;
        }
        high
    }

    /// Whether the query `q` is right at `gap`.
    fn works(&self, q: usize, bound: &CaseBound<f64>, gap: usize) -> bool {
        self.tables.is_right(q, bound, self.ends.of(q, gap))
    }

    /// The number of sequences that verification will count for a choice.
    fn proves(&self, Choice { centre, gaps }: &Choice) -> u128 {
        let gaps = gaps.iter().enumerate().map(|(q, &gap)| (q, usize::from(gap)));
        let present = gaps.filter(|&(q, gap)| gap <= self.ends.widest(q));
        let Some(least) = present.clone().map(|(_, gap)| gap).min() else { return 0 };
        let bound = self.case_bound(*centre, least);
        let right =
            present.filter(|&(q, gap)| self.tables.is_right(q, &bound, self.ends.of(q, gap)));
        right.map(|(q, gap)| self.ends.sequences(q, gap)).sum()
    }
}
