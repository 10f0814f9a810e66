//! The count by the authors' own formula, for comparison only. The formula is not sound: it claims
//! too much for some weights.
//!
//! `q` is the query token, `m` the largest token, `c` the number of tokens other than `m`.
//! `r_m` is the largest of `EVOU[m, o] − EVOU[m, m]` over wrong outputs `o`; `W_m` bounds the
//! spread of what the other tokens write.
//!
//! ```text
//! for each largest token m and each number c of other tokens:
//!     give every query the gap 1
//!     for each gap from m down to 1:
//!         of the queries present at the gap, give it to those that the formula claims there
//!     count the queries that the formula claims, each at its own gap
//! ```

use super::case::{CaseEnds, Differences};
use super::tables::Tables;
use super::{Attention, ProofError, Search, Subcubic};
use crate::models::transformer::Shape;
use crate::rounding::Rounding;
use crate::tasks::max_of_k::cases::Arrangements;

impl Search {
    /// The number of sequences that the published search and formula claim to prove. It is not
    /// sound, and no frontier shows it.
    ///
    /// The formula looks at one end of the attention to `m`: the least if `r_m < W_m`, else the
    /// most. It uses the slope `r_m − W_m` on both sides of the centre, which is the mean of that
    /// end over the queries. A gap `g` counts `m − g` choices for each other token.
    ///
    /// Works out the counts of all ten strategies with `strategy.error` at the first call.
    ///
    /// # Errors
    /// Fails where [`Search::plain`] does.
    pub fn published_count(&self, strategy: Subcubic) -> Result<u128, ProofError> {
        let counts = self.published[strategy.error as usize].get_or_init(|| {
            let tables = |strategy: Subcubic| {
                (strategy.attention, self.tables(strategy, 0, Rounding::Ignored))
            };
            claimed_counts(&Subcubic::family(strategy.error).map(tables).collect::<Vec<_>>())
        });
        counts[strategy.place_in_family()].clone()
    }
}

/// The claimed count of each strategy of `family`, or why it has no tables. The strategies share
/// the attention of the cases, which is worked out from the tables of the first of them.
fn claimed_counts(
    family: &[(Attention, Result<Tables<f64>, ProofError>)],
) -> Vec<Result<u128, ProofError>> {
    let alone = |tables: &Tables<f64>| tables.baselines.iter().map(|m| u128::from(m.alone)).sum();
    let counts = family.iter().map(|(_, tables)| tables.as_ref().map(alone).map_err(Clone::clone));
    let mut counts: Vec<Result<u128, ProofError>> = counts.collect();
    let with_tables = family.iter().zip(&mut counts);
    let mut with_tables: Vec<_> = with_tables
        .filter_map(|((attention, tables), count)| {
            Some((*attention, tables.as_ref().ok()?, count.as_mut().ok()?))
        })
        .collect();
    let Some(&mut (_, first, _)) = with_tables.first_mut() else { return counts };
    let Shape { v, n, .. } = first.shape();
    let arrangements = Arrangements::new(n);
    for m in 1..v {
        let differences = Differences::new(first, m);
        for c in 1..n {
            let ends = CaseEnds::new(first, &differences, c);
            for (attention, tables, claimed) in &mut with_tables {
                let case =
                    Claims { tables, ends: &ends, centred: *attention == Attention::MeanQuery };
                // The published search finds gaps; then each query is checked at its own gap.
                let mut gaps = vec![1; m + 1];
                for gap in (1..=m).rev() {
                    let present: Vec<_> = (0..=m - gap).chain([m]).map(|q| (q, gap)).collect();
                    case.claimed(&present, |q, gap| gaps[q] = gap);
                }
                let present: Vec<_> = gaps
                    .into_iter()
                    .enumerate()
                    .filter(|&(q, gap)| gap <= ends.widest(q))
                    .collect();
                // Tokens `0..=m − gap` are one choice more than the formula counts.
                case.claimed(&present, |q, gap| {
                    **claimed += arrangements.sequences(if q == m { c } else { c - 1 }, m - gap);
                });
            }
        }
    }
    counts
}

/// The formula for the cases of one `(m, c)` and one strategy.
struct Claims<'a> {
    tables: &'a Tables<f64>,
    ends: &'a CaseEnds<'a>,
    /// Whether the strategy takes attention around a centre.
    centred: bool,
}

impl Claims<'_> {
    /// Calls `claim(q, gap)` for each query that the formula claims to be right, where the queries
    /// and their gaps are `present`.
    fn claimed(&self, present: &[(usize, usize)], mut claim: impl FnMut(usize, usize)) {
        let Some(least) = present.iter().map(|&(_, gap)| gap).min() else { return };
        let (tables, m) = (self.tables, self.ends.m);
        let wrong = tables.worst_wrong(m, least);
        let end = usize::from(tables.common.writes[m].most >= wrong);
        let attentions: Vec<_> =
            present.iter().map(|&(q, gap)| self.ends.of(q, gap)[end]).collect();
        let mean = attentions.iter().sum::<f64>() / attentions.len() as f64;
        let bound = tables.case_bound(m, self.centred.then_some(mean), wrong);
        for (&(q, gap), &attention) in present.iter().zip(&attentions) {
            if tables.published(q, &bound, attention) < 0.0 {
                claim(q, gap);
            }
        }
    }
}
