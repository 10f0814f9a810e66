use super::tables::{Column, Ends, Queries, Tables};
use crate::kernels;
use crate::linalg::Matrix;
use std::cell::OnceCell;

/// The attention to the largest token in the cases of one `(m, c)`, for every gap and every query that it leaves: what the searches
/// of all strategies with the same attention scores share.
pub(super) struct CaseEnds<'a> {
    pub(super) m: usize,
    /// By gap, from 1 on: queries `0..=m − gap`, from `starts[gap − 1]` on.
    below: Ends<f64>,
    starts: Vec<usize>,
    /// By gap, from 1 on: the query `m`.
    of_m: Ends<f64>,
    /// By gap, from 1 on: the mean least attention of all its queries.
    means: Vec<f64>,
    /// By gap, from 1 on: see [`Self::centres`].
    centres: Vec<OnceCell<[f64; 6]>>,
    /// Sequences of a query below `m` and of `m`, by the choices for each other token.
    sequences: [&'a [u128]; 2],
}

impl<'a> CaseEnds<'a> {
    pub(super) fn new(tables: &'a Tables<f64>, m: usize, c: usize) -> Self {
        let (scores, sqrt_h) = (&tables.scores, tables.common.sqrt_h);
        let (mut below, mut starts) = (Ends::new(), vec![0]);
        for k in (0..m).rev() {
            let rows = [&scores.highest, &scores.lowest].map(|rows| &rows.row(k).to_slice().expect("row-major")[..=k]);
            below.extend(&tables.queries(m, c, 0..k + 1, rows), sqrt_h);
            starts.push(below.low.len());
        }
        let of_m = Self::of_largest(tables, m, c);
        let mean = |(range, &of_m): (&[usize], &f64)| {
            let low = &below.low[range[0]..range[1]];
            low.iter().chain([&of_m]).sum::<f64>() / (low.len() + 1) as f64
        };
        let means = starts.windows(2).zip(&of_m.low).map(mean).collect();
        let sequences = [c - 1, c].map(|others| &tables.common.sequences[others][..]);
        Self { m, below, starts, of_m, means, centres: vec![OnceCell::new(); m], sequences }
    }

    /// The query `m` has one case for each gap: side by side, as if they were queries.
    fn of_largest(tables: &Tables<f64>, m: usize, c: usize) -> Ends<f64> {
        let column = |rows: &Matrix<f64>| (1..=m).map(|gap| rows[[m - gap, m]]).collect::<Vec<_>>();
        let (highest, lowest) = (column(&tables.scores.highest), column(&tables.scores.lowest));
        let one = tables.queries(m, c, m..m + 1, [&highest[..1], &lowest[..1]]);
        let repeat = |x: &[f64]| vec![x[0]; m];
        let [score, error, query] = [one.score, one.error, one.query].map(repeat);
        let groups = one.groups.map(|end| end.map(|group| group.map(repeat)));
        let mut ends = Ends::new();
        let queries = Queries {
            score: &score,
            highest: &highest,
            lowest: &lowest,
            error: &error,
            query: &query,
            groups: groups.each_ref().map(|end| end.each_ref().map(|group| group.each_ref().map(|x| &x[..]))),
            query_is_m: true,
        };
        ends.extend(&queries, tables.common.sqrt_h);
        ends
    }

    /// The least and the most attention of the queries below `m` that are present at a gap; then those of `m`.
    pub(super) fn at(&self, gap: usize) -> ([&[f64]; 2], [f64; 2]) {
        let range = self.starts[gap - 1]..self.starts[gap];
        let of_m = [self.of_m.low[gap - 1], self.of_m.high[gap - 1]];
        ([&self.below.low[range.clone()], &self.below.high[range]], of_m)
    }

    /// Attention of a query that is present at this gap.
    pub(super) fn of(&self, q: usize, gap: usize) -> [f64; 2] {
        let (ends, i) = if q == self.m { (&self.of_m, gap - 1) } else { (&self.below, self.starts[gap - 1] + q) };
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
            attention.sort_by(f64::total_cmp);
            let last = attention.len() - 1;
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a part of a small number")]
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

/// So few queries are judged one by one.
const FEW: usize = 6;

/// The search of one `(m, c)` for one strategy: no other `(m, c)` matters to it.
pub(super) struct CaseSearch<'a> {
    tables: &'a Tables<f64>,
    ends: &'a CaseEnds<'a>,
    centred: bool,
    /// [`Tables::largest_base`].
    largest_base: f64,
    /// Room for the bounds of all queries at some gap.
    worst: Vec<f64>,
}

impl<'a> CaseSearch<'a> {
    pub(super) fn new(tables: &'a Tables<f64>, ends: &'a CaseEnds<'a>, centred: bool) -> Self {
        Self { tables, ends, centred, largest_base: tables.largest_base(ends.m), worst: Vec::new() }
    }

    fn column(&self, centre: f64, least_gap: usize) -> Column<f64> {
        let m = self.ends.m;
        let wrong = self.tables.worst_wrong(m, least_gap);
        if self.centred {
            self.tables.column(m, Some(centre), wrong)
        } else {
            self.tables.uncentred(m, self.largest_base, wrong)
        }
    }

    /// Works out for the queries below `m` that are present at a gap whether they are right there: where `worst` is negative.
    fn judge(&mut self, column: &Column<f64>, gap: usize) {
        let (ends, _) = self.ends.at(gap);
        self.worst.resize(ends[0].len(), 0.0);
        kernels::worst_ends(&column.kink, ends, &self.tables.direct.spread, &mut self.worst);
    }

    /// The published search: see [`super::Search::plain`].
    pub(super) fn plain(&mut self) -> Choice {
        let m = self.ends.m;
        let mut gaps = vec![0; m + 1];
        let mut open: Vec<_> = (0..=m).collect();
        // The least gap at which a query is right: those that are found need not be looked at again.
        for gap in 1..=m {
            if open.is_empty() {
                break;
            }
            let column = self.column(self.ends.mean(gap), gap);
            let stored = u16::try_from(gap).expect("a gap is at most the vocabulary");
            if open.len() > FEW {
                self.judge(&column, gap);
            }
            let judged = open.len() > FEW;
            open.retain(|&q| {
                if gap > self.ends.widest(q) {
                    return false;
                }
                let is_right = if judged && q != m {
                    self.worst[q] < 0.0
                } else {
                    self.tables.is_right(q, &column, self.ends.of(q, gap))
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
        let (sum, count) = present.fold((0.0, 0.0), |(sum, n), (q, gap)| (sum + self.ends.of(q, gap)[0], n + 1.0));
        Choice { centre: if count > 0.0 { sum / count } else { 0.0 }, gaps }
    }

    /// The better search: see [`super::Search::joint`].
    pub(super) fn joint(&mut self) -> Choice {
        let (plain, tried) = (self.plain(), self.together());
        if self.proves(&tried) > self.proves(&plain) { tried } else { plain }
    }

    /// Least gaps and centres tried together.
    fn together(&mut self) -> Choice {
        let m = self.ends.m;
        let mut best = (0, Choice { centre: 0.0, gaps: vec![self.give_up(); m + 1] });
        let mut gaps = best.1.gaps.clone();
        for least in 1..=m {
            // A wider least gap leaves fewer queries and fewer choices: once all of them would not do, none after it will.
            let most = self.ends.sequences(0, least) * (m - least + 1) as u128 + self.ends.sequences(m, least);
            if most <= best.0 {
                break;
            }
            // It only helps by a smaller spread of other tokens.
            if least > 1 && self.tables.worst_wrong(m, least) == self.tables.worst_wrong(m, least - 1) {
                continue;
            }
            let centres: &[f64] = if self.centred { self.ends.centres(least) } else { &[0.0] };
            for &centre in centres {
                let column = self.column(centre, least);
                if let Some(proven) = self.least_gaps(&column, least, best.0, &mut gaps) {
                    (best.0, best.1.centre) = (proven, centre);
                    best.1.gaps.copy_from_slice(&gaps);
                }
            }
        }
        best.1
    }

    /// Finds every query's least gap from `least` on, if it has one, and how much they prove together; none if that is no more than
    /// `beaten`.
    fn least_gaps(&mut self, column: &Column<f64>, least: usize, beaten: u128, gaps: &mut [u16]) -> Option<u128> {
        let m = self.ends.m;
        let stored = |gap: usize| u16::try_from(gap).expect("a gap is at most the vocabulary");
        gaps.fill(self.give_up());
        let mut proven = 0;
        if let Some(gap) = self.least_gap(m, column, least) {
            proven += self.ends.sequences(m, gap);
            gaps[m] = stored(gap);
        }
        // Most queries are right at the first gap or at none. The others may be at the next one at best.
        self.judge(column, least);
        let open = self.worst.iter().filter(|&&worst| worst < 0.0).count();
        let (right, mut open) = (open as u128, (self.worst.len() - open) as u128);
        proven += right * self.ends.sequences(0, least);
        let next = if least < m { self.ends.sequences(0, least + 1) } else { 0 };
        if proven + open * next <= beaten {
            return None;
        }
        for (q, gap_of_q) in gaps.iter_mut().enumerate().take(self.worst.len()) {
            if self.worst[q] < 0.0 {
                *gap_of_q = stored(least);
                continue;
            }
            open -= 1;
            if let Some(gap) = self.later_gap(q, column, least) {
                proven += self.ends.sequences(q, gap);
                *gap_of_q = stored(gap);
            }
            if proven + open * next <= beaten {
                return None;
            }
        }
        (proven > beaten).then_some(proven)
    }

    /// A gap that no query has room for.
    fn give_up(&self) -> u16 {
        u16::try_from(self.ends.m + 1).expect("a gap is at most the vocabulary")
    }

    /// The least gap from `least` on at which a query is right.
    fn least_gap(&self, q: usize, column: &Column<f64>, least: usize) -> Option<usize> {
        let works = self.tables.is_right(q, column, self.ends.of(q, least));
        if works { Some(least) } else { self.later_gap(q, column, least) }
    }

    /// The least gap after `least` at which a query is right: a wider gap only narrows the attention, so bisection finds it.
    fn later_gap(&self, q: usize, column: &Column<f64>, least: usize) -> Option<usize> {
        let works = |gap: usize| self.tables.is_right(q, column, self.ends.of(q, gap));
        let (mut low, mut high) = (least + 1, self.ends.widest(q));
        if low > high || !works(high) {
            return None;
        }
        while low < high {
            let middle = usize::midpoint(low, high);
            if works(middle) { high = middle } else { low = middle + 1 }
        }
        Some(high)
    }

    /// What verification will count for a choice.
    fn proves(&self, Choice { centre, gaps }: &Choice) -> u128 {
        let gaps = gaps.iter().enumerate().map(|(q, &gap)| (q, usize::from(gap)));
        let present = gaps.filter(|&(q, gap)| gap <= self.ends.widest(q));
        let Some(least) = present.clone().map(|(_, gap)| gap).min() else { return 0 };
        let column = self.column(*centre, least);
        let right = present.filter(|&(q, gap)| self.tables.is_right(q, &column, self.ends.of(q, gap)));
        right.map(|(q, gap)| self.ends.sequences(q, gap)).sum()
    }
}
