//! The verifier: what a proof object proves, and what the verification costs.
//!
//! `q` is the query token, `m` the largest token, `c` the number of tokens other than `m`, `g` a
//! gap.
//!
//! ```text
//! make the tables of the model, the strategy and the directions
//! for each largest token m:
//!     look up whether the sequence of copies of m is right
//!     for each number c ≥ 1 of other tokens:
//!         work out the bound of (m, c) from the centre and the least gap of a query not given up
//!         for each query not given up:
//!             work out the two ends of its attention to m
//!             the case is proven if the bound is negative at both ends
//! count the sequences of the proven cases
//! ```

use super::common::Common;
use super::direct::Direct;
use super::gaps::Gaps;
use super::proof::{Proof, ProofError};
use super::scores::Scores;
use super::strategy::{Attention, AttentionError, Subcubic};
use super::tables::{Ends, Tables};
use crate::cost::{Scalar, matmul_flops};
use crate::linalg::Matrix;
use crate::models::transformer::{Shape, Transformer};
use crate::rounding::Rounding;
use crate::tasks::max_of_k::cases::Cases;
use std::sync::Arc;

/// The sequences on which the model is proven right, by case. This holds whatever the proof object
/// says (arXiv 2406.11779, section 4.3 and appendix, with the sound form of the worst difference).
///
/// A case `(q, m, c)` with the gap `g` is proven for the sequences whose tokens other than `m` are
/// all at most `m − g`. Their attention to `m` lies between two ends, and at both ends the bound on
/// the logit differences is negative. The bound on what other tokens write is that of all tokens up
/// to `m − g*`, where `g*` is the least gap of a query that is not given up in `(m, c)`. The result
/// holds for real numbers: the bounds are enlarged by the slack that rounding asks for (theorems 4
/// to 6 of [`crate::rounding`]).
///
/// # Errors
/// If the proof object does not fit the model's shape, or a claim in it cannot be confirmed.
pub fn verify(model: &Transformer, proof: &Proof) -> Result<Cases, ProofError> {
    verify_with_slack(model, proof).map(|(cases, _)| cases)
}

/// Verifies a proof object as [`verify`] does; also returns the slack that every comparison leaves
/// for rounding, in logits.
///
/// # Errors
/// Fails where [`verify`] does.
pub fn verify_with_slack(model: &Transformer, proof: &Proof) -> Result<(Cases, f64), ProofError> {
    verify_with::<f64>(model, proof, Rounding::Enclosed)
}

/// What [`verify`] would return if `bound` took the place of the residual, see
/// [`Search::with_residual`](super::Search::with_residual).
///
/// # Errors
/// Fails where [`verify`] does, and if the proof object is none of a published strategy with
/// [`AttentionError::MaxDiffExact`].
pub fn verify_with_residual(
    model: &Transformer,
    proof: &Proof,
    bound: impl FnOnce(&Matrix<f64>, &Matrix<f64>) -> Vec<f64>,
) -> Result<Cases, ProofError> {
    let Subcubic { direct, error, built, .. } = proof.strategy;
    if error != AttentionError::MaxDiffExact || built.is_some() {
        let expected = format!("attn-err-{}", AttentionError::MaxDiffExact.name());
        let found = proof.strategy.to_string();
        return Err(ProofError::Part { part: "strategy", found, expected });
    }
    proof.check(model)?;
    let common = Arc::new(Common::new(model));
    let scores = Scores::bounded(&common, model, &proof.low_rank, bound, Rounding::Enclosed);
    let direct = Direct::new(direct, &common, proof.direct.as_deref());
    let tables = Tables::of(common, Arc::new(scores), Arc::new(direct), Rounding::Enclosed)?;
    Ok(verify_by(&tables, proof).0)
}

/// What of [`flops`] is for multiplying the residual of rank-1 scores out, and for the spreads of
/// its rows.
#[must_use]
pub fn residual_flops(Shape { v, d, .. }: Shape) -> f64 {
    matmul_flops(v, d, v) + (v * (2 * v - 1)) as f64
}

/// What [`verify`] would return without slack for rounding. It is not a proof; it tells what the
/// slack costs.
///
/// # Errors
/// Fails where [`verify`] does.
pub fn verify_ignoring_rounding(model: &Transformer, proof: &Proof) -> Result<Cases, ProofError> {
    verify_with::<f64>(model, proof, Rounding::Ignored).map(|(cases, _)| cases)
}

/// Verifies in the scalar type `S`, with or without slack for rounding; returns what is proven and
/// the slack in logits.
///
/// # Errors
/// Fails where [`verify`] does.
pub(super) fn verify_with<S: Scalar>(
    model: &Transformer,
    proof: &Proof,
    rounding: Rounding,
) -> Result<(Cases, f64), ProofError> {
    Ok(verify_by(&Tables::<S>::new(model, proof, rounding)?, proof))
}

/// What `proof` proves by `tables`, which must be made for its model, its strategy and its
/// directions; and the slack of its comparisons in logits.
pub(super) fn verify_by<S: Scalar>(tables: &Tables<S>, proof: &Proof) -> (Cases, f64) {
    (
        cases(tables.shape(), proof, &right_cases(tables, proof, |_, _, _| true)),
        tables.slack.to_f64(),
    )
}

/// The cases of a proof object. A case is proven if its entry of `right` is true, see [`index`].
pub(super) fn cases(shape: Shape, proof: &Proof, right: &[bool]) -> Cases {
    Cases::new(shape, |q, m, c| {
        // Tokens `0..=m − g` are m − g + 1 choices; with no other token there is nothing to choose.
        let choices = if c == 0 {
            Some(0)
        } else {
            (m + 1).checked_sub(usize::from(proof.gaps.queries(m, c)[q]))
        };
        choices.filter(|_| right[index(shape, q, m, c)])
    })
}

/// The place of the case `(q, m, c)` in a list of `v² n` entries.
pub(super) fn index(Shape { v, n, .. }: Shape, q: usize, m: usize, c: usize) -> usize {
    (m * v + q) * n + c
}

/// For each case `(q, m, c)`, at its [`index`], whether `is_asked_for(q, m, c)` and the proof
/// object proves the case.
pub(super) fn right_cases<S: Scalar>(
    tables: &Tables<S>,
    proof: &Proof,
    is_asked_for: impl Fn(usize, usize, usize) -> bool,
) -> Vec<bool> {
    let shape @ Shape { v, n, .. } = tables.shape();
    let mut right = vec![false; v * v * n];
    let (mut ends, mut differences, mut asked) =
        (Ends::new(), (Vec::new(), Vec::new()), Vec::new());
    for m in 0..v {
        right[index(shape, m, m, 0)] = tables.baselines[m].alone && is_asked_for(m, m, 0);
        for c in 1..n {
            asked.clear();
            asked.extend(present(&proof.gaps, m, c).filter(|&(q, _)| is_asked_for(q, m, c)));
            let Some(gap) = least_gap(&proof.gaps, m, c).filter(|_| !asked.is_empty()) else {
                continue;
            };
            let centre = proof.centres.as_ref().map(|centres| S::from_f64(centres[m][c]));
            let bound = tables.case_bound(m, centre, tables.worst_wrong(m, gap));
            // Queries that follow one another are worked out together; the query m has other odds
            // and is worked out alone.
            for consecutive in asked.chunk_by(|&(q, _), &(next, _)| q + 1 == next && next < m) {
                let (first, last) = (consecutive[0].0, consecutive[consecutive.len() - 1].0);
                differences.0.clear();
                differences.1.clear();
                differences.extend(
                    consecutive
                        .iter()
                        .map(|&(q, gap)| <(S, S)>::from(tables.differences(q, m, gap))),
                );
                ends.clear();
                ends.extend(
                    tables.odds(c, first == m),
                    first..last + 1,
                    [&differences.0, &differences.1],
                );
                for (i, q) in (first..=last).enumerate() {
                    right[index(shape, q, m, c)] =
                        tables.is_right(q, &bound, [ends.low[i], ends.high[i]]);
                }
            }
        }
    }
    right
}

/// The queries of `(m, c)`, `c ≥ 1`, that are not given up, and their gaps. The tokens `0..=m − g`
/// must include the query or, if the query is `m`, any token.
pub(super) fn present(gaps: &Gaps, m: usize, c: usize) -> impl Iterator<Item = (usize, usize)> {
    let gaps = gaps.queries(m, c).iter().map(|&gap| usize::from(gap)).enumerate();
    gaps.filter(move |&(q, gap)| gap <= if q == m { m } else { m - q })
}

/// `g*`: the least gap of the queries of `(m, c)` that are [`present`].
pub(super) fn least_gap(gaps: &Gaps, m: usize, c: usize) -> Option<usize> {
    present(gaps, m, c).map(|(_, gap)| gap).min()
}

/// FLOPs of [`verify`] for a proof object of `strategy` with the gaps `gaps`: a closed formula in
/// the number of cases that are not given up.
#[must_use]
pub fn flops(strategy: Subcubic, shape: Shape, gaps: &Gaps) -> f64 {
    let (v, n) = (shape.v, shape.n);
    let (bound, case) = match strategy.attention {
        Attention::MeanQuery => (3 * v + 1, 12 + 12),
        Attention::Drop => (v, 12 + 8),
    };
    let of_cases = (0..v).flat_map(|m| (1..n).map(move |c| (m, c))).map(|(m, c)| {
        let present: Vec<_> = present(gaps, m, c).collect();
        if present.is_empty() { 0 } else { bound + present.len() * case }
    });
    Tables::<f64>::flops(strategy, shape) + of_cases.sum::<usize>() as f64
}

#[cfg(test)]
mod tests {
    use super::super::Search;
    use super::super::built::tests::some;
    use super::*;
    use crate::cost::Counted;
    use crate::models::transformer::tests::random;

    #[test]
    fn the_closed_formula_counts_what_the_code_does() {
        for (v, d, h, n) in [(6, 4, 3, 3), (9, 3, 5, 2), (5, 2, 2, 1), (7, 5, 5, 5), (12, 6, 4, 4)]
        {
            let shape = Shape { v, d, h, n };
            let model = random(shape, 1.0, v as u64);
            // The FLOPs do not depend on the number that scores are divided by.
            let model = if v == 9 { model.with_attn_scale(0.3).unwrap() } else { model };
            let search = Search::new(&model);
            for strategy in Subcubic::all().chain(some()) {
                for proof in [search.plain(strategy).unwrap(), search.joint(strategy).unwrap()] {
                    let (counted, cases) = Counted::during(|| {
                        verify_with::<Counted>(&model, &proof, Rounding::Enclosed).unwrap().0
                    });
                    assert_eq!(
                        counted as f64,
                        flops(strategy, shape, &proof.gaps),
                        "{strategy} {shape:?}"
                    );
                    assert_eq!(cases, verify(&model, &proof).unwrap(), "{strategy} {shape:?}");
                }
            }
        }
    }

    /// Doubling a size, once the sizes are large, multiplies FLOPs by no more than the class says.
    #[test]
    fn costs_grow_as_their_classes_say() {
        let shape = Shape { v: 256, d: 32, h: 32, n: 16 };
        let with_gaps = |shape: Shape| (shape, Gaps::uniform(shape.v, shape.n, 1));
        let all = with_gaps(shape);
        let larger = [
            with_gaps(Shape { v: 512, ..shape }),
            with_gaps(Shape { d: 64, h: 64, ..shape }),
            with_gaps(Shape { n: 32, ..shape }),
        ];
        for strategy in Subcubic::all() {
            let cost = |(shape, gaps): &(Shape, Gaps)| flops(strategy, *shape, gaps);
            let before = cost(&all);
            let [v, d, n] = larger.each_ref().map(|larger| cost(larger) / before);
            assert!((3.3..=4.05).contains(&v), "{strategy}: {v} for v");
            assert!((1.0..=2.3).contains(&d), "{strategy}: {d} for d");
            // Groups of positions are summed once, which makes the cost linear in n. The published
            // algorithm is quadratic in n.
            assert!((1.0..=2.05).contains(&n), "{strategy}: {n} for n");
        }
    }
}
