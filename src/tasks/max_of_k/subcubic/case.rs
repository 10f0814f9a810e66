//! Searches the gaps and the centre of one case `(m, c)`: largest token `m`, `c` other tokens.
//! `q` is a query token; the centre is the attention to `m` at which the bound is worked out.
//!
//! ```text
//! for each least gap from 1 to m, while it may prove more than the best choice:
//!     for each centre to try:
//!         find the least gap, from the least gap on, at which each query is right
//!         keep the choice if it proves more sequences than the best
//! with a centre, also try the published search, and keep the better choice
//! ```
use super::scores::Scores;
use super::tables::{CaseBound, Ends, Tables};
use crate::cost::Scalar;
use crate::kernels;
use std::cell::OnceCell;
use std::ops::Range;

/// How far the scores of a largest token are above those of others, for every gap and every query
/// that it leaves: what its cases with any number of other tokens share.
pub(super) struct Differences {
    m: usize,
    /// For the least attention and the most, by gap, from 1 on: queries `0..=m − gap`, from
    /// `starts[gap − 1]` on.
    below: [Vec<f64>; 2],
    starts: Vec<usize>,
    /// By gap, from 1 on: the query `m`.
    of_m: [Vec<f64>; 2],
}

impl Differences {
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

/// The attention to the largest token in the cases of one `(m, c)`, for every gap and every query
/// that it leaves: what the searches of all strategies with the same attention scores share.
pub(super) struct CaseEnds<'a> {
    pub(super) m: usize,
    /// By gap, from 1 on: queries `0..=m − gap`, from `starts[gap − 1]` on.
    below: Ends<f64>,
    starts: &'a [usize],
    /// By gap, from 1 on: the query `m`.
    of_m: Ends<f64>,
    /// Queries below `m`, each at the largest gap at which it is present.
    narrowest: Ends<f64>,
    /// By gap, from 1 on: the mean least attention of all its queries.
    means: Vec<f64>,
    /// By gap, from 1 on: see [`Self::centres`].
    centres: Vec<OnceCell<[f64; 6]>>,
    /// Sequences of a query below `m` and of `m`, by the choices for each other token.
    sequences: [&'a [u128]; 2],
}

impl<'a> CaseEnds<'a> {
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

    /// The least and the most attention of the queries below `m` that are present at a gap; then
    /// those of `m`.
    pub(super) fn at(&self, gap: usize) -> ([&[f64]; 2], [f64; 2]) {
        let range = self.starts[gap - 1]..self.starts[gap];
        let of_m = [self.of_m.low[gap - 1], self.of_m.high[gap - 1]];
        ([&self.below.low[range.clone()], &self.below.high[range]], of_m)
    }

    /// Attention of a query that is present at this gap.
    pub(super) fn of(&self, q: usize, gap: usize) -> [f64; 2] {
        let (ends, i) = if q == self.m {
            (&self.of_m, gap - 1)
        } else {
            (&self.below, self.starts[gap - 1] + q)
        };
        [ends.low[i], ends.high[i]]
    }

    /// The largest gap at which a query is present.
    pub(super) fn widest(&self, q: usize) -> usize {
        if q == self.m { self.m } else { self.m - q }
    }

    /// The mean least attention of all queries that are present at a gap.
    pub(super) fn mean(&self, gap: usize) -> f64 {
        self.means[gap - 1]
    }

    /// Centres to try: quantiles of the least attention at a gap, and their mean.
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

    /// The sequences of a query whose other tokens are at most `m − gap`.
    pub(super) fn sequences(&self, q: usize, gap: usize) -> u128 {
        self.sequences[usize::from(q == self.m)][self.m - gap + 1]
    }
}

/// Gaps of all queries of one `(m, c)` and their centre.
#[derive(Clone, Debug)]
pub(super) struct Choice {
    pub(super) centre: f64,
    pub(super) gaps: Vec<u16>,
}

/// Parts of the queries below the centres that a joint search tries.
const QUANTILES: [f64; 5] = [0.0, 0.25, 0.5, 0.75, 1.0];

/// At most this many queries are judged one by one.
const FEW: usize = 6;

/// The wrong outputs that some attention to a largest token makes the worst.
pub(super) struct WorstOutputs {
    /// Of these, [`Tables::wrong_outputs`].
    base: Vec<f64>,
    right: Vec<f64>,
    /// [`Tables::largest_base`].
    largest_base: f64,
}

impl WorstOutputs {
    /// Leaves out those beside which another gains no less without attention to `m` and is written
    /// no less with it: however much attention, and however that is rounded, the largest gain is
    /// the same.
    pub(super) fn new(tables: &Tables<f64>, m: usize) -> Self {
        let (base, right) = tables.wrong_outputs(m);
        // The less they gain without attention, the more they are written with it.
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

/// The search of one `(m, c)` for one strategy: no other `(m, c)` matters to it.
pub(super) struct CaseSearch<'a> {
    tables: &'a Tables<f64>,
    ends: &'a CaseEnds<'a>,
    outputs: &'a WorstOutputs,
    centred: bool,
    /// Room for the bounds of all queries at some gap, and at the widest of each.
    worst: [Vec<f64>; 2],
    /// Of each query the least gap that was found last, or 0: with another centre or spread it is
    /// not far.
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

    fn case_bound(&self, centre: f64, least_gap: usize) -> CaseBound<f64> {
        let (m, WorstOutputs { base, right, largest_base }) = (self.ends.m, self.outputs);
        let wrong = self.tables.worst_wrong(m, least_gap);
        if self.centred {
            self.tables.centred(m, centre, kernels::largest_scaled_sum(base, centre, right), wrong)
        } else {
            self.tables.uncentred(m, *largest_base, wrong)
        }
    }

    /// Works out for the queries below `m` that are present at a gap whether they are right there:
    /// where `worst` is negative.
    fn judge(&mut self, bound: &CaseBound<f64>, gap: usize) {
        let (ends, _) = self.ends.at(gap);
        let [worst, _] = &mut self.worst;
        worst.resize(ends[0].len(), 0.0);
        kernels::worst_ends(&bound.kink, ends, &self.tables.direct.spread, worst);
    }

    /// The same of those that are present at a wider gap too, each at its widest: where that is not
    /// negative, a query is right at none, since a wider gap only narrows the attention.
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

    /// [`Self::plain`] where only the queries `open` may be right at any gap.
    fn plain_among(&mut self, mut open: Vec<usize>) -> Choice {
        let m = self.ends.m;
        let mut gaps = vec![0; m + 1];
        // The least gap at which a query is right: those that are found need not be looked at
        // again.
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
        // 1 where no gap works.
        gaps.iter_mut().for_each(|gap| *gap = (*gap).max(1));
        let present = gaps.iter().enumerate().map(|(q, &gap)| (q, usize::from(gap)));
        let present = present.filter(|&(q, gap)| gap <= self.ends.widest(q));
        let (sum, count) =
            present.fold((0.0, 0.0), |(sum, n), (q, gap)| (sum + self.ends.of(q, gap)[0], n + 1.0));
        Choice { centre: if count > 0.0 { sum / count } else { 0.0 }, gaps }
    }

    /// The better search: see [`super::Search::joint`].
    pub(super) fn joint(&mut self) -> Choice {
        let hopeful: Vec<_> = (0..=self.ends.m).filter(|&q| self.is_hopeful(q)).collect();
        let (proven, tried) = self.together(&hopeful);
        // Without a centre no other choice proves more; with one, another centre may.
        if self.centred && proven < self.at_most(&hopeful, 1) {
            let plain = self.plain_among(hopeful);
            if self.proves(&plain) > proven {
                return plain;
            }
        }
        tried
    }

    /// Whether a query may be right at any gap, with any centre: at its widest gap, where attention
    /// is narrowest and other tokens spread least, with a centre at each end, where that is the
    /// best one.
    fn is_hopeful(&self, q: usize) -> bool {
        let gap = self.ends.widest(q);
        let ends = self.ends.of(q, gap);
        ends.iter().all(|&end| self.tables.is_right(q, &self.case_bound(end, gap), [end; 2]))
    }

    /// No choice with this least gap or a wider one proves more.
    fn at_most(&self, hopeful: &[usize], least: usize) -> u128 {
        let below = hopeful.partition_point(|&q| q <= self.ends.m - least);
        let of_m = if hopeful.last() == Some(&self.ends.m) {
            self.ends.sequences(self.ends.m, least)
        } else {
            0
        };
        below as u128 * self.ends.sequences(0, least) + of_m
    }

    /// Least gaps and centres tried together; how much the best choice proves.
    fn together(&mut self, hopeful: &[usize]) -> (u128, Choice) {
        let m = self.ends.m;
        let mut best = (0, Choice { centre: 0.0, gaps: vec![self.give_up(); m + 1] });
        let mut gaps = best.1.gaps.clone();
        for least in 1..=m {
            if self.at_most(hopeful, least) <= best.0 {
                break;
            }
            // It only helps by a smaller spread of other tokens.
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

    /// Finds every query's least gap from `least` on, if it has one, and how much they prove
    /// together; none if that is no more than `beaten`.
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
        // Most queries are right at the first gap or at none. The others may be at the next one at
        // best.
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

    /// A gap too wide for every query: it marks a query as unproven.
    fn give_up(&self) -> u16 {
        u16::try_from(self.ends.m + 1).expect("a gap is at most the vocabulary")
    }

    /// The least gap from `least` on at which a query is right.
    fn least_gap(&self, q: usize, bound: &CaseBound<f64>, least: usize) -> Option<usize> {
        let widest = self.ends.widest(q);
        self.works(q, bound, widest).then(|| self.between(q, bound, least..widest, 0))
    }

    /// The least of `gaps` at which a query is right, if it is at the end of them: found by
    /// bisection, from a guess on in growing steps.
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

    fn works(&self, q: usize, bound: &CaseBound<f64>, gap: usize) -> bool {
        self.tables.is_right(q, bound, self.ends.of(q, gap))
    }

    /// What verification will count for a choice.
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
