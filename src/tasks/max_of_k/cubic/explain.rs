//! What the cubic proof proves of each case, and which term of the inequality keeps the rest from
//! being proven.

use super::what_if::WhatIfs;
use super::{Cubic, Harmless, LargestToken};
use crate::linalg::exp;
use crate::models::transformer::Transformer;
use crate::tasks::max_of_k::additive::Tokens;
use crate::tasks::max_of_k::cases::Arrangements;
use crate::tasks::max_of_k::explain::{
    Details, Explained, ExplainedCase, Explaining, Term, WhatIf, Why,
};
use crate::tasks::max_of_k::positions::Group;

/// The cubic proof, verified.
struct ExplainedCubic {
    cubic: Cubic,
    /// `[m][q][others before the query]`.
    table: Vec<Vec<Vec<Option<Tokens>>>>,
}

/// The terms of the inequality: the direct path, and what the largest token, the query and copies
/// of another token write.
type Terms = [f64; 4];

const LABELS: [&str; 4] = [
    "Direct path of the last token, at most",
    "Attention to the largest token writes, at most",
    "Attention to the last token itself writes, at most",
    "Attention to other tokens writes, at most",
];

/// Verifies.
pub(super) fn explained(model: &Transformer) -> Explaining {
    let cubic = Cubic::new(model);
    let (v, n) = (cubic.shape.v, cubic.shape.n);
    let arrangements = Arrangements::new(n);
    let mut cases = Vec::new();
    let mut table = Vec::new();
    for m in 0..v {
        let largest_token = cubic.largest_token(m);
        let mut column = Vec::new();
        for q in 0..=m {
            let harmless = cubic.cell(q, &largest_token);
            for (before, Harmless { proven, ignoring }) in harmless.iter().enumerate() {
                let sequences = |choices: usize| arrangements.sequences(before, choices);
                let total = sequences(m);
                if total == 0 {
                    continue;
                }
                let proven = proven.as_ref().map_or(0, |tokens| sequences(tokens.len()));
                let by_float64 = ignoring.map_or(0, sequences);
                let rest = if by_float64 > 0 {
                    Why::Tokens
                } else {
                    why(cubic.worst(q, &largest_token, before, 0..m))
                };
                let lost = [(Why::Rounding, by_float64 - proven)];
                let others = before + usize::from(q < m);
                cases.push(ExplainedCase::new((m, q, Some(others)), total, proven, &lost, rest));
            }
            column.push(harmless.into_iter().map(|harmless| harmless.proven).collect());
        }
        table.push(column);
    }
    (cases, Box::new(ExplainedCubic { cubic, table }))
}

/// The part of the network whose term is largest.
fn why([direct, tokens @ ..]: Terms) -> Why {
    if direct > tokens.into_iter().fold(f64::NEG_INFINITY, f64::max) {
        Why::Direct
    } else {
        Why::Output
    }
}

impl ExplainedCubic {
    /// The number of other tokens before the query, and those that are proven.
    fn proven(&self, case: &ExplainedCase) -> (usize, Option<&Tokens>) {
        let others = case.others.expect("each case has a number of other tokens");
        let before = others - usize::from(case.q < case.m);
        (before, self.table[case.m][case.q][before].as_ref())
    }

    /// The input of a case whose other tokens before the query are `tokens`, over and over.
    fn input(&self, case: &ExplainedCase, before: usize, tokens: &[usize]) -> Vec<usize> {
        let n = self.cubic.shape.n;
        let mut input = vec![case.m; n];
        input.iter_mut().take(before).zip(tokens.iter().cycle()).for_each(|(to, &t)| *to = t);
        input[n - 1] = case.q;
        input
    }
}

impl Explained for ExplainedCubic {
    fn details(&self, case: &ExplainedCase) -> Details {
        let &ExplainedCase { m, q, .. } = case;
        let (before, proven) = self.proven(case);
        let harmless: Vec<_> = proven.into_iter().flat_map(Tokens::iter).collect();
        let harmful: Vec<_> = (0..m).filter(|token| !harmless.contains(token)).collect();
        let largest_token = self.cubic.largest_token(m);
        let sentences = if before == 0 {
            vec![format!(
                "Every token before the last is {m}: this is one input, worked out but for its positions."
            )]
        } else if case.proven == 0 {
            vec![format!(
                "Copies of any of the {m} smaller tokens may take so much attention from {m} that the inequality \
                 does not hold."
            )]
        } else if harmful.is_empty() {
            vec![format!(
                "The inequality holds for copies of each of the {m} smaller tokens, so it holds for any mixture of them."
            )]
        } else {
            vec![format!(
                "Of the {m} smaller tokens, {} are harmless here: proven are the inputs whose other tokens are all \
                 among them. For copies of {} the inequality does not hold.",
                harmless.len(),
                harmful[harmful.len() - 1],
            )]
        };
        // Of the worst token that is not proven or, where all are, of the worst.
        let tokens = if harmful.is_empty() { &harmless } else { &harmful };
        let terms = self.cubic.worst(q, &largest_token, before, tokens.iter().copied());
        let terms = LABELS.into_iter().zip(terms);
        let highest_first: Vec<_> = harmless.into_iter().rev().collect();
        let worst_first: Vec<_> = harmful.into_iter().rev().collect();
        Details {
            sentences,
            terms: terms.map(|(label, value)| Term { label, value }).collect(),
            proven_input: (case.proven > 0).then(|| self.input(case, before, &highest_first)),
            unproven_input: (case.proven < case.total)
                .then(|| self.input(case, before, &worst_first)),
        }
    }

    fn covers(&self, case: &ExplainedCase, tokens: &[usize]) -> Option<bool> {
        let (_, proven) = self.proven(case);
        let Some(proven) = proven else { return Some(false) };
        let before = &tokens[..tokens.len() - 1];
        let is_proven = |token: usize| proven.iter().any(|harmless| harmless == token);
        Some(before.iter().all(|&token| token == case.m || is_proven(token)))
    }

    fn what_ifs(&self, proven: u128) -> Vec<WhatIf> {
        WhatIfs { cubic: &self.cubic, table: &self.table }.all(proven)
    }
}

impl Cubic {
    /// The terms, in logits, of the inequality of a case with `before` other tokens before the
    /// query, for the worst of `tokens` in the worse order.
    fn worst(
        &self,
        q: usize,
        largest_token: &LargestToken<f64>,
        before: usize,
        tokens: impl Iterator<Item = usize>,
    ) -> Terms {
        let sum = |terms: &Terms| terms.iter().sum::<f64>();
        let worst = |terms: &mut dyn Iterator<Item = Terms>| {
            terms.max_by(|a, b| sum(a).total_cmp(&sum(b))).expect("a model has two outputs")
        };
        let m = largest_token.m;
        let EUPU = &self.circuits.EUPU;
        if before == 0 {
            let EVOU = &self.circuits.EVOU;
            let [to_m, to_q, _] = self.attentions(q, m, before, m)[0];
            return worst(&mut self.wrong_outputs(m).map(|o| {
                let writes = |j: usize| EVOU[[j, o]] - EVOU[[j, m]] + largest_token.P_m[o];
                [EUPU[[q, o]] - EUPU[[q, m]], to_m * writes(m), to_q * writes(q), 0.0]
            }));
        }
        let direct = self.wrong_outputs(m).map(|o| EUPU[[q, o]] - EUPU[[q, m]]);
        let direct = direct.fold(f64::NEG_INFINITY, f64::max);
        let w = &largest_token.w;
        let in_orders = tokens.flat_map(|k| self.attentions(q, m, before, k).map(|to| (k, to)));
        worst(
            &mut in_orders
                .map(|(k, [to_m, to_q, to_k])| [direct, to_m * w[m], to_q * w[q], to_k * w[k]]),
        )
    }

    /// The attention to the largest token `m`, to the query itself and to `before` copies of `k`
    /// before it, where `m` stands at the least attended positions, and at the most attended ones.
    pub(super) fn attentions(&self, q: usize, m: usize, before: usize, k: usize) -> [[f64; 3]; 2] {
        let (least, most) = (&self.positions[q].least, &self.positions[q].most);
        let copies = self.shape.n - 1 - before;
        let own = (self.token_scores[[q, q]] + self.positions[q].query, 1.0);
        [(least, most), (most, least)].map(|(of_m, of_k)| {
            // Log-weights: of a group, its peak and its sum.
            let group =
                |Group { peak, sum }: Group<f64>, t: usize| (self.token_scores[[q, t]] + peak, sum);
            let groups = [group(of_m[copies], m), own, group(of_k[before], k)];
            let top = groups.iter().map(|(peak, _)| *peak).fold(f64::NEG_INFINITY, f64::max);
            let weights = groups.map(|(peak, sum)| exp(peak - top) * sum);
            let all: f64 = weights.iter().sum();
            weights.map(|weight| weight / all)
        })
    }
}
