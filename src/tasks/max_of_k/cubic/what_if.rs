//! How many inputs the cubic proof would prove if it did not take the worst wrong output of each
//! term by itself: not a proof, but a measure of what that costs.

use super::{Cubic, LargestToken};
use crate::models::transformer::Shape;
use crate::tasks::max_of_k::additive::Tokens;
use crate::tasks::max_of_k::cases::Arrangements;
use crate::tasks::max_of_k::explain::WhatIf;

/// A verified proof.
pub(super) struct WhatIfs<'a> {
    pub(super) cubic: &'a Cubic,
    /// What is proven, as [`Cubic::table`] has it.
    pub(super) table: &'a [Vec<Vec<Option<Tokens>>>],
}

/// Which terms are of one and the same wrong output.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Joint {
    /// What attended tokens write.
    Tokens,
    /// All.
    All,
}

impl WhatIfs<'_> {
    /// The terms, and how many inputs more than the `proven` ones each would give.
    pub(super) fn all(&self, proven: u128) -> Vec<WhatIf> {
        let what_if = |joint, id, label, about| WhatIf {
            id,
            label,
            about,
            inputs: self.count(joint).saturating_sub(proven),
        };
        vec![
            what_if(
                Joint::Tokens,
                "output",
                "One wrong output for all attended tokens",
                "What the tokens write to the same wrong output, instead of the worst output for each of them.",
            ),
            what_if(
                Joint::All,
                "direct",
                "One wrong output for all terms",
                "What tokens and the direct path add to the same wrong output, instead of the worst output for each of them.",
            ),
        ]
    }

    /// How many inputs hold with these terms joined.
    fn count(&self, joint: Joint) -> u128 {
        let Shape { v, n, .. } = self.cubic.shape;
        let arrangements = Arrangements::new(n);
        let mut count = 0;
        for m in 0..v {
            let largest_token = self.cubic.largest_token(m);
            let writes = self.writes(&largest_token);
            for q in 0..=m {
                let direct = self.direct(q, m, joint);
                for (before, proven) in self.table[m][q].iter().enumerate() {
                    // Without smaller tokens before the last, the terms are joined already.
                    if before == 0 {
                        count += u128::from(proven.is_some());
                        continue;
                    }
                    let holds = |&k: &usize| {
                        let is_proven = proven.as_ref().is_some_and(|proven| proven.contains(k));
                        is_proven || self.holds(&direct, &writes, (q, m), before, k)
                    };
                    count += arrangements.sequences(before, (0..m).filter(holds).count());
                }
            }
        }
        count
    }

    /// What each token `j` up to `m` writes to each wrong output beyond `m`, `[j][v − 1]`.
    fn writes(&self, LargestToken { m, P_m, .. }: &LargestToken<f64>) -> Vec<Vec<f64>> {
        let EVOU = &self.cubic.circuits.EVOU;
        let of_token = |j: usize| {
            let outputs = self.cubic.wrong_outputs(*m);
            outputs.map(|o| EVOU[[j, o]] - EVOU[[j, *m]] + P_m[o]).collect()
        };
        (0..=*m).map(of_token).collect()
    }

    /// What the last token adds to each wrong output beyond `m`, `[v − 1]`: the most to any, unless
    /// that is joined.
    fn direct(&self, q: usize, m: usize, joint: Joint) -> Vec<f64> {
        let EUPU = &self.cubic.circuits.EUPU;
        let mut direct: Vec<_> =
            self.cubic.wrong_outputs(m).map(|o| EUPU[[q, o]] - EUPU[[q, m]]).collect();
        if joint == Joint::Tokens {
            let most = direct.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            direct.fill(most);
        }
        direct
    }

    /// Whether no wrong output beats `m` where the query attends to copies of `k`, in both orders.
    fn holds(
        &self,
        direct: &[f64],
        writes: &[Vec<f64>],
        (q, m): (usize, usize),
        before: usize,
        k: usize,
    ) -> bool {
        self.cubic.attentions(q, m, before, k).into_iter().all(|[to_m, to_q, to_k]| {
            let of_tokens = writes[m].iter().zip(&writes[q]).zip(&writes[k]);
            let of_tokens = of_tokens.map(|((m, q), k)| to_m * m + to_q * q + to_k * k);
            direct.iter().zip(of_tokens).all(|(direct, tokens)| direct + tokens < 0.0)
        })
    }
}
