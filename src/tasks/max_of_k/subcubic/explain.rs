//! What sub-cubic proofs prove of each case, and which term of the inequality keeps the rest from
//! being proven.

use super::common::wrong_outputs;
use super::proof::LowRank;
use super::scores::Scores;
use super::strategy::AttentionError;
use super::tables::{Ends, Tables};
use super::verify::{self, index, least_gap, right_cases};
use super::what_if::WhatIfs;
use super::{Proof, Subcubic};
use crate::models::transformer::Circuits;
use crate::proof::Failure;
use crate::rounding::Rounding;
use crate::tasks::max_of_k::MaxOfK;
use crate::tasks::max_of_k::explain::{
    Details, Explained, ExplainedCase, Explaining, Term, WhatIf, Why, percents,
};

/// A sub-cubic proof that is verified.
pub(super) struct ExplainedSubcubic {
    task: MaxOfK,
    tables: Tables<f64>,
    proof: Proof,
    /// Whether each case is right, by [`index`].
    right: Vec<bool>,
}

/// The inequality of a case `(q, m, c)` at the end of the attention where it is worse.
struct Test {
    /// Other tokens are supposed to be at most `m − gap`.
    gap: usize,
    /// The least and the most attention to the largest token.
    attention: [f64; 2],
    terms: [f64; 5],
}

const LABELS: [&str; 5] = [
    "Direct path, at most",
    "Positions, at most, and room for rounding",
    "Attention to the largest token writes",
    "Attention to other tokens writes, at most",
    "Error of the approximated attention, at most",
];

/// Proves and verifies.
pub(super) fn explained(task: &MaxOfK, strategy: Subcubic) -> Result<Explaining, Failure> {
    let failure = |error: super::ProofError| Failure(error.gist());
    let (search, shape) = (task.search(), task.shape());
    let proof = task.prove(strategy).map_err(failure)?;
    proof.check(task.model()).map_err(failure)?;
    let tables = search.tables_of(&proof, Rounding::Enclosed).map_err(failure)?;
    let right = right_cases(&tables, &proof, |_, _, _| true);
    // What float64 alone would prove of the other cases.
    let by_float64 = match search.tables_of(&proof, Rounding::Ignored) {
        Ok(tables) => right_cases(&tables, &proof, |q, m, c| !right[index(shape, q, m, c)]),
        Err(_) => vec![false; right.len()],
    };
    let proven = verify::cases(shape, &proof, &right);
    let lost = verify::cases(shape, &proof, &by_float64);
    let explained = ExplainedSubcubic { task: task.clone(), tables, proof, right };
    let of_case = |(proven, lost): (&super::super::Case, &super::super::Case)| {
        let super::super::Case { q, m, c, proven, total } = *proven;
        let is_proven = proven > 0 || lost.proven > 0;
        let rest = if is_proven { Why::Gap } else { explained.test(q, m, c).why() };
        let lost = [(Why::Rounding, lost.proven)];
        ExplainedCase::new((m, q, Some(c)), total, proven, &lost, rest)
    };
    let cases = proven.iter().zip(lost.iter()).filter(|(case, _)| case.total > 0).map(of_case);
    let cases = cases.collect();
    Ok((cases, Box::new(explained)))
}

impl Explained for ExplainedSubcubic {
    fn details(&self, case: &ExplainedCase) -> Details {
        let &ExplainedCase { m, q, others, .. } = case;
        let c = others.expect("each case has a number of other tokens");
        let (test, right) = (self.test(q, m, c), self.is_right(q, m, c));
        // The test that is shown may hold where the proof tries another.
        let sum: f64 = test.terms.iter().sum();
        let mut sentences = Vec::new();
        if c == 0 {
            sentences.push(format!(
                "Every token is {m}: this is one input, worked out but for its positions."
            ));
        } else if right {
            let Test { gap, attention, .. } = test;
            sentences.push(format!(
                "The gap is {gap}: proven are the inputs whose tokens other than {m} are all at most {}.",
                m - gap
            ));
            sentences.push(format!(
                "The last position then pays {} of its attention to {m}.",
                percents(attention)
            ));
        } else if sum < 0.0 {
            sentences.push(format!(
                "No input of this case is proven: the proof gives it up, as the gaps and the centre that suit other \
                 last tokens do not suit {q}."
            ));
        } else {
            sentences.push(format!(
                "No input of this case is proven: even if all tokens other than {m} were at most {}, the last \
                 position might pay {} of its attention to {m}, and the inequality would not hold.",
                m - test.gap,
                percents(test.attention)
            ));
        }
        let terms = LABELS.into_iter().zip(test.terms);
        let terms = terms.map(|(label, value)| Term { label, value }).collect();
        let highest = m.saturating_sub(1);
        Details {
            sentences,
            terms: if (sum < 0.0) == right { terms } else { Vec::new() },
            proven_input: right.then(|| self.input(case, m - test.gap)),
            unproven_input: (case.proven < case.total).then(|| self.input(case, highest)),
        }
    }

    fn covers(&self, case: &ExplainedCase, tokens: &[usize]) -> Option<bool> {
        let &ExplainedCase { m, q, others, .. } = case;
        let c = others.expect("each case has a number of other tokens");
        let gap = self.test(q, m, c).gap;
        let is_within = tokens.iter().all(|&token| token == m || token + gap <= m);
        Some(self.is_right(q, m, c) && is_within)
    }

    fn what_ifs(&self, proven: u128) -> Vec<WhatIf> {
        let Self { tables, proof, right, .. } = self;
        let (common, model) = (&tables.common, self.task.model());
        let exact = AttentionError::Exact;
        let scores = Scores::new(exact, common, model, &LowRank::None, Rounding::Enclosed);
        let scores = scores.expect("exact scores claim nothing that could be refused");
        let EVOU = Circuits::new(model).EVOU;
        WhatIfs { tables, proof, right, scores, EVOU }.all(proven)
    }
}

impl ExplainedSubcubic {
    fn is_right(&self, q: usize, m: usize, c: usize) -> bool {
        self.right[index(self.tables.shape(), q, m, c)]
    }

    /// The input of a case whose other tokens before the query are all `other`.
    fn input(&self, case: &ExplainedCase, other: usize) -> Vec<usize> {
        let n = self.tables.shape().n;
        let before = case.others.unwrap_or(0) - usize::from(case.q != case.m);
        let mut tokens = vec![case.m; n];
        tokens[..before].fill(other);
        tokens[n - 1] = case.q;
        tokens
    }

    /// The test of a case as the proof does it or, where it does none, where the query's gap is
    /// widest.
    fn test(&self, q: usize, m: usize, c: usize) -> Test {
        let Self { tables, proof, .. } = self;
        if c == 0 {
            return self.alone(m);
        }
        let widest = if q == m { m } else { m - q };
        let stated = usize::from(proof.gaps.queries(m, c)[q]);
        let gap = stated.min(widest);
        let least = least_gap(&proof.gaps, m, c);
        let error = tables.scores.error[q] / tables.common.score_divisor;
        let differences = tables.differences(q, m, gap);
        let attention = self.attention(q, m, c, differences);
        let without_error =
            self.attention(q, m, c, [differences[0] + error, differences[1] - error]);
        let wrong = tables.worst_wrong(m, least.map_or(gap, |least| least.min(gap)));
        // Where every query is given up, the centre says nothing.
        let stated = proof.centres.as_ref().map(|centres| centres[m][c]);
        let centre = stated.map(|centre| if least.is_none() { attention[0] } else { centre });
        let bound = tables.case_bound(m, centre, wrong);
        let [at_low, at_high] = attention.map(|attention| bound.worst(attention));
        let end = usize::from(at_high > at_low);
        let pieces = self.pieces(m, q, centre, wrong, without_error[end]);
        let worst = [at_low, at_high][end] + tables.direct.spread[q];
        let [direct, positions, largest, others] = pieces;
        let error = worst - pieces.iter().sum::<f64>();
        Test { gap, attention, terms: [direct, positions, largest, others, error] }
    }

    fn attention(&self, q: usize, m: usize, c: usize, differences: [f64; 2]) -> [f64; 2] {
        let mut ends = Ends::new();
        let differences = differences.each_ref().map(std::slice::from_ref);
        ends.extend(self.tables.odds(c, q == m), q..q + 1, differences);
        [ends.low[0], ends.high[0]]
    }

    /// What the bound of a case is made of where `attention` goes to the largest token: the direct
    /// path, positions, the largest token, other tokens.
    fn pieces(
        &self,
        m: usize,
        q: usize,
        centre: Option<f64>,
        wrong: f64,
        attention: f64,
    ) -> [f64; 4] {
        let (base, right) = self.tables.wrong_outputs(m);
        let writes = &self.tables.common.writes[m];
        let at_centre = |i: &usize| base[*i] + centre.map_or(0.0, |centre| centre * right[*i]);
        let outputs = 0..base.len();
        let worst = outputs.max_by(|a, b| at_centre(a).total_cmp(&at_centre(b)));
        let worst = worst.expect("a model has two outputs");
        let of_centre = self.centre(m, worst);
        let largest = centre.map_or(attention * writes.most, |centre| {
            let offset = attention - centre;
            centre * right[worst] + offset * if offset < 0.0 { writes.least } else { writes.most }
        });
        let direct = of_centre + self.tables.direct.spread[q];
        [direct, base[worst] - of_centre, largest, (1.0 - attention) * wrong]
    }

    /// What the centre of the direct path adds to a wrong output, by its place among them.
    fn centre(&self, m: usize, place: usize) -> f64 {
        let output = wrong_outputs(self.tables.shape().v, m).nth(place);
        let output = output.expect("there is such an output");
        self.tables.direct.centre.as_ref().map_or(0.0, |centre| centre[output] - centre[m])
    }

    /// The input that consists of `m` only.
    fn alone(&self, m: usize) -> Test {
        let (EUPU, v) = (&self.tables.common.EUPU, self.tables.shape().v);
        let (base, right) = self.tables.wrong_outputs(m);
        let pieces = |(place, output): (usize, usize)| {
            let direct = EUPU[[m, output]] - EUPU[[m, m]];
            [direct, base[place] - self.centre(m, place), right[place], 0.0, 0.0]
        };
        let sum = |terms: &[f64; 5]| terms.iter().sum::<f64>();
        let worst = wrong_outputs(v, m).enumerate().map(pieces);
        let worst = worst.max_by(|a, b| sum(a).total_cmp(&sum(b)));
        Test { gap: 0, attention: [1.0; 2], terms: worst.expect("a model has two outputs") }
    }
}

impl Test {
    /// The part of the network whose term is largest.
    fn why(&self) -> Why {
        let [direct, positions, largest, others, error] = self.terms;
        let parts = [
            (Why::Attention, error),
            (Why::Direct, direct),
            (Why::Positions, positions),
            (Why::Output, largest.max(0.0) + others),
        ];
        let most = parts.into_iter().max_by(|(_, a), (_, b)| a.total_cmp(b));
        most.map_or(Why::Output, |(why, _)| why)
    }
}
