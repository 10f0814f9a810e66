//! The authors' own formula and count, for comparison only. It is not sound: it claims too much for some weights.

use super::tables::Tables;
use super::{Attention, ProofError, Search, Subcubic};
use crate::tasks::max_of_k::cases::Arrangements;
use crate::transformer::{Shape, Transformer};

impl Search {
    /// What the published search and formula claim: published, not sound, never on a frontier.
    ///
    /// The formula evaluates one end of the attention, the least where `r_m < W_m`, and uses the slope `r_m − W_m` on both sides of
    /// the centre (the mean of that end over the queries); a gap `g` counts `m − g` choices for each other token.
    ///
    /// # Errors
    /// As [`Search::plain`].
    pub fn published_count(&self, model: &Transformer, strategy: Subcubic) -> Result<u128, ProofError> {
        let tables = self.plain_tables(model, strategy)?;
        let Shape { v, n, .. } = tables.shape;
        let arrangements = Arrangements::new(n);
        let mut claimed: u128 = tables.largest_tokens.iter().map(|m| u128::from(m.alone)).sum();
        for m in 1..v {
            for c in 1..n {
                // The published search, then the check with every query's own gap.
                let mut gaps = vec![1; m + 1];
                for gap in (1..=m).rev() {
                    let present: Vec<_> = (0..=m - gap).chain([m]).map(|q| (q, gap)).collect();
                    for q in claimed_queries(&tables, strategy.attention, m, c, &present) {
                        gaps[q] = gap;
                    }
                }
                let present =
                    gaps.iter().copied().enumerate().filter(|&(q, gap)| gap <= if q == m { m } else { m - q });
                for q in claimed_queries(&tables, strategy.attention, m, c, &present.collect::<Vec<_>>()) {
                    let others = if q == m { c } else { c - 1 };
                    claimed += arrangements.sequences(others, m - gaps[q]);
                }
            }
        }
        Ok(claimed)
    }
}

/// The queries of `(m, c)` that the formula claims, where those present have these gaps.
fn claimed_queries(
    tables: &Tables<f64>,
    attention: Attention,
    m: usize,
    c: usize,
    present: &[(usize, usize)],
) -> Vec<usize> {
    let Some(least) = present.iter().map(|&(_, gap)| gap).min() else { return Vec::new() };
    let wrong = tables.worst_wrong[m - least];
    let end = usize::from(tables.largest_tokens[m].right_most >= wrong);
    let attentions: Vec<_> = present.iter().map(|&(q, gap)| tables.attention(q, m, c, gap)[end]).collect();
    let mean = attentions.iter().sum::<f64>() / attentions.len() as f64;
    let column = tables.column(m, (attention == Attention::MeanQuery).then_some(mean), wrong);
    let claims =
        present.iter().zip(&attentions).filter(|&(&(q, _), &attention)| tables.published(q, &column, attention) < 0.0);
    claims.map(|(&(q, _), _)| q).collect()
}
