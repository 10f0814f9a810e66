//! How many inputs a sub-cubic proof would prove if one of its terms were exact: not a proof, but
//! a measure of what the term costs.

use super::Proof;
use super::scores::Scores;
use super::tables::{Ends, Tables};
use super::verify::{index, least_gap};
use crate::linalg::Matrix;
use crate::models::transformer::Shape;
use crate::tasks::max_of_k::cases::Arrangements;
use crate::tasks::max_of_k::explain::WhatIf;

/// A verified proof, and exact values of two of its terms.
pub(super) struct WhatIfs<'a> {
    pub(super) tables: &'a Tables<f64>,
    pub(super) proof: &'a Proof,
    /// Whether each case is right, by [`index`].
    pub(super) right: &'a [bool],
    /// Attention scores that nothing is missing from.
    pub(super) scores: Scores<f64>,
    /// `[v(t), v(o)]`.
    pub(super) EVOU: Matrix<f64>,
}

/// The term that is replaced by its exact value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Exact {
    /// None.
    Nothing,
    Attention,
    Direct,
    Output,
}

/// The tests of one `(q, m)`, as functions of the attention to `m`.
struct Outputs<'a> {
    exact: Exact,
    /// What each wrong output gains on `m` if no attention goes to `m`, `[v − 1]`.
    base: Vec<f64>,
    /// What attention to `m` writes to it, `[v − 1]`.
    right: &'a [f64],
    /// `γ[q]`.
    spread: f64,
}

impl WhatIfs<'_> {
    /// The terms, and how many inputs more than the `proven` ones each would give.
    pub(super) fn all(&self, proven: u128) -> Vec<WhatIf> {
        let what_if = |(exact, id, label, about)| WhatIf {
            id,
            label,
            about,
            inputs: self.count(exact).saturating_sub(proven),
        };
        let terms = [
            (
                Exact::Attention,
                "attention",
                "Attention without error",
                "The scores of all pairs of tokens, instead of an approximation and a bound on its error.",
            ),
            (
                Exact::Direct,
                "direct",
                "The direct path of each last token",
                "What this last token adds to each output, instead of a centre and the worst case around it.",
            ),
            (
                Exact::Output,
                "output",
                "What other tokens write to each output",
                "The worst token for each wrong output, instead of the worst token and output at once for all.",
            ),
            (
                Exact::Nothing,
                "choice",
                "Gap and centre chosen for each case by itself",
                "All terms as they are, but no last token has to share its gap or centre with others.",
            ),
        ];
        terms.into_iter().map(what_if).collect()
    }

    /// How many inputs hold with a term replaced, each case with the least gap that then does.
    fn count(&self, exact: Exact) -> u128 {
        let shape @ Shape { v, n, .. } = self.tables.shape();
        let sequences = Arrangements::new(n).tables(v);
        let mut count = 0;
        for m in 0..v {
            let most = self.most(m, exact);
            for q in 0..=m {
                let outputs = self.outputs(q, m, exact);
                for c in usize::from(q != m)..n {
                    let before = if q == m { c } else { c - 1 };
                    let right = self.right[index(shape, q, m, c)];
                    if c == 0 {
                        count += u128::from(right);
                        continue;
                    }
                    let widest = if q == m { m } else { m - q };
                    let stated = usize::from(self.proof.gaps.queries(m, c)[q]);
                    let holds = |&gap: &usize| self.holds(&outputs, &most, (q, m, c), gap);
                    let gap = if right {
                        (1..stated).find(holds).or(Some(stated))
                    } else if widest > 0 && holds(&widest) {
                        (1..=widest).find(holds)
                    } else {
                        None
                    };
                    count += gap.map_or(0, |gap| sequences[before][m + 1 - gap]);
                }
            }
        }
        count
    }

    /// For each `k`, the most that a token up to `k` writes to each wrong output beyond the right
    /// one, `[k][v − 1]`; nothing where another term is replaced.
    fn most(&self, m: usize, exact: Exact) -> Vec<Vec<f64>> {
        if exact != Exact::Output {
            return Vec::new();
        }
        let v = self.tables.shape().v;
        let writes = |t: usize| {
            let of_right = self.EVOU[[t, m]];
            (0..v).filter(|&o| o != m).map(|o| self.EVOU[[t, o]] - of_right).collect::<Vec<_>>()
        };
        let mut most: Vec<Vec<f64>> = Vec::with_capacity(m);
        for t in 0..m {
            let mut row = writes(t);
            if let Some(before) = most.last() {
                row.iter_mut().zip(before).for_each(|(new, old)| *new = new.max(*old));
            }
            most.push(row);
        }
        most
    }

    fn outputs(&self, q: usize, m: usize, exact: Exact) -> Outputs<'_> {
        let (base, right) = self.tables.wrong_outputs(m);
        let (direct, spread) = (&self.tables.direct, self.tables.direct.spread[q]);
        let (mut base, EUPU) = (base.to_vec(), &self.tables.common.EUPU);
        if exact != Exact::Direct {
            return Outputs { exact, base, right, spread };
        }
        let wrong = (0..self.tables.shape().v).filter(|&o| o != m);
        for (base, o) in base.iter_mut().zip(wrong) {
            let centre = direct.centre.as_ref().map_or(0.0, |centre| centre[o] - centre[m]);
            *base += EUPU[[q, o]] - EUPU[[q, m]] - centre;
        }
        Outputs { exact, base, right, spread: 0.0 }
    }

    /// Whether the test of a case holds at a gap, at both ends of the attention.
    fn holds(
        &self,
        outputs: &Outputs<'_>,
        most: &[Vec<f64>],
        (q, m, c): (usize, usize, usize),
        gap: usize,
    ) -> bool {
        let Self { tables, proof, scores, .. } = self;
        let exact = outputs.exact == Exact::Attention;
        let scores = if exact { scores } else { &*tables.scores };
        let difference =
            |end: usize| [scores.largest[end][[m, q]] - scores.others[end][[m - gap, q]]];
        let differences = [difference(0), difference(1)];
        let mut ends = Ends::new();
        ends.extend(
            tables.odds(c, q == m),
            q..q + 1,
            differences.each_ref().map(|difference| &difference[..]),
        );
        let attention = [ends.low[0], ends.high[0]];
        if let Some(most) = most.get(m - gap) {
            return attention.iter().all(|&attention| outputs.worst(attention, most) < 0.0);
        }
        let wrong = tables.worst_wrong(m, gap);
        let centre = proof.centres.as_ref().map(|centres| {
            if least_gap(&proof.gaps, m, c).is_some() { centres[m][c] } else { attention[0] }
        });
        let at = outputs.at(centre.unwrap_or(0.0));
        let bound = centre.map_or_else(
            || tables.uncentred(m, at, wrong),
            |centre| tables.centred(m, centre, at, wrong),
        );
        attention.iter().all(|&attention| bound.worst(attention) + outputs.spread < 0.0)
    }
}

impl Outputs<'_> {
    /// The most that a wrong output gains by its base and this attention to `m`.
    fn at(&self, attention: f64) -> f64 {
        let gains = self.base.iter().zip(self.right).map(|(base, right)| base + attention * right);
        gains.fold(f64::NEG_INFINITY, f64::max)
    }

    /// The most that a wrong output gains if other tokens write at most `most` to each.
    fn worst(&self, attention: f64, most: &[f64]) -> f64 {
        let gains = self.base.iter().zip(self.right).zip(most);
        let gains = gains.map(|((base, right), most)| {
            base + attention * right + (1.0 - attention) * most + self.spread
        });
        gains.fold(f64::NEG_INFINITY, f64::max)
    }
}
