//! The tables that search and verification look up, and the bound on the logit differences of a
//! case.
//!
//! `q` is the query token, `m` the largest token, `o` an output token, `c` the number of tokens
//! other than `m`, `g` a gap: tokens other than `m` are at most `m − g`. `α` is the attention to
//! `m`, `ᾱ` the centre around which its effect is taken exactly. `μ[o]` and `γ[q]` summarise the
//! direct path, see [`Direct`]; `P_m[o]` is the largest of `PVOU[p, o] − PVOU[p, m]` over positions
//! `p`; `W` bounds the spread of what tokens other than `m` write. The case's worst logit
//! difference is at most
//!
//! ```text
//! Δ(α) = max_o (μ[o] − μ[m] + P_m[o] + ᾱ (EVOU[m, o] − EVOU[m, m])) + (1 − ᾱ) W     at the centre
//!      + (α − ᾱ) (max_o or min_o (EVOU[m, o] − EVOU[m, m]) − W)                    away from it
//!      + γ[q]
//! ```
//!
//! with the maximum if `α ≥ ᾱ` and the minimum if `α < ᾱ`. Strategies without a centre have
//! `ᾱ = 0`.

use super::common::{Common, Odds, wrong_outputs};
use super::direct::Direct;
use super::proof::{Proof, ProofError};
use super::scores::Scores;
use super::strategy::{DirectPath, Subcubic};
use crate::cost::Scalar;
use crate::kernels::Kink;
use crate::linalg::dot;
use crate::models::transformer::{Shape, Transformer};
use crate::rounding::{Arithmetic, LEAST_SLACK, Rounding, usable};
use std::ops::Range;
use std::sync::Arc;

/// Everything that the case analysis looks up. The parts depend on the model (`common`), on the
/// bound on attention scores (`scores`), and on the direct path (`direct`), and strategies share
/// them.
#[derive(Debug)]
pub(super) struct Tables<S> {
    pub(super) common: Arc<Common<S>>,
    pub(super) scores: Arc<Scores<S>>,
    pub(super) direct: Arc<Direct<S>>,
    /// By largest token, `[v]`.
    pub(super) baselines: Vec<Baseline<S>>,
    /// What every difference of logits is enlarged by, see theorem 6 of [`crate::rounding`].
    pub(super) slack: S,
}

/// What depends on the largest token `m` only: how outputs compare without attention to `m`.
#[derive(Debug)]
pub(super) struct Baseline<S> {
    /// For each wrong output `o`, `μ[o] − μ[m] + P_m[o]` and the slack for rounding, `[v − 1]`:
    /// what the output gains on `m` if no attention goes to `m`.
    base: Vec<S>,
    /// Whether the sequence that consists of copies of `m` is right.
    pub(super) alone: bool,
}

/// The bound on the logit differences of the cases `(m, c)`, without the query's `γ[q]`, as a
/// function of the attention `α` to `m`. It is convex, with a kink at `ᾱ`, so on an interval it is
/// largest at an end.
#[derive(Clone, Copy)]
pub(super) struct CaseBound<S> {
    pub(super) kink: Kink<S>,
    /// Whether there is a centre; otherwise the kink is at 0, below every attention.
    centred: bool,
}

/// The least and the most attention of some queries to the largest token, `low[i]` and `high[i]`
/// for the query with the place `i`.
#[derive(Debug)]
pub(super) struct Ends<S> {
    pub(super) low: Vec<S>,
    pub(super) high: Vec<S>,
}

impl<S: Scalar> Ends<S> {
    /// The ends of no query yet.
    pub(super) fn new() -> Self {
        Self { low: Vec::new(), high: Vec::new() }
    }

    /// Forgets all queries.
    pub(super) fn clear(&mut self) {
        self.low.clear();
        self.high.clear();
    }

    /// Adds `queries` by their [`Tables::odds`] and their [`Tables::differences`]: for each end a
    /// slice of `queries.len()`. Costs 10 FLOPs for each query.
    pub(super) fn extend(
        &mut self,
        odds: &[Odds<S>; 2],
        queries: Range<usize>,
        differences: [&[S]; 2],
    ) {
        let ends = [&mut self.low, &mut self.high];
        for ((to, Odds { exponents, ratios }), differences) in
            ends.into_iter().zip(odds).zip(differences)
        {
            let start = to.len();
            let exponents = exponents[queries.clone()].iter().zip(differences);
            to.extend(exponents.map(|(&exponent, &difference)| exponent - difference));
            S::shares(&mut to[start..], &ratios[queries.clone()]);
        }
    }
}

impl<S: Scalar> Tables<S> {
    /// The tables for a proof object.
    ///
    /// # Errors
    /// If the proof object is not one for the model, or a claim in it cannot be confirmed.
    pub(super) fn new(
        model: &Transformer,
        proof: &Proof,
        rounding: Rounding,
    ) -> Result<Self, ProofError> {
        proof.check(model)?;
        Self::with(Arc::new(Common::new(model)), model, proof, rounding)
    }

    /// The tables for a proof object that fits the model, which `common` is of.
    ///
    /// # Errors
    /// If a claim in it cannot be confirmed.
    pub(super) fn with(
        common: Arc<Common<S>>,
        model: &Transformer,
        proof: &Proof,
        rounding: Rounding,
    ) -> Result<Self, ProofError> {
        let Subcubic { direct, error, .. } = proof.strategy;
        let scores = Scores::new(error, &common, model, &proof.low_rank, rounding)?;
        let direct = Direct::new(direct, &common, proof.direct.as_deref());
        Self::of(common, Arc::new(scores), Arc::new(direct), rounding)
    }

    /// Puts tables together from their parts.
    ///
    /// # Errors
    /// If a part holds a number that is not finite.
    pub(super) fn of(
        common: Arc<Common<S>>,
        scores: Arc<Scores<S>>,
        direct: Arc<Direct<S>>,
        rounding: Rounding,
    ) -> Result<Self, ProofError> {
        // Directions that overflow give infinities and NaNs, which maxima would lose. Tables with
        // such numbers are refused.
        let tables = scores.largest.iter().flatten().chain(&scores.error).chain(&direct.spread);
        let mut tables = tables.chain(direct.centre.iter().flatten()).map(|x| x.to_f64());
        if let Some(value) = tables.find(|x| !x.is_finite()) {
            return Err(ProofError::NotFinite { part: "product of directions and weights", value });
        }
        let slack = match rounding {
            Rounding::Ignored => S::from_f64(0.0),
            Rounding::Enclosed => slack(&common, &scores, &direct),
        };
        let enlarged: Vec<_> = common.PVOU.iter().map(|&x| x + slack).collect();
        let baseline = |m| Baseline::new(m, &common, &enlarged, direct.centre.as_deref());
        let baselines = (0..common.shape.v).map(baseline).collect();
        Ok(Self { common, scores, direct, baselines, slack })
    }

    pub(super) fn shape(&self) -> Shape {
        self.common.shape
    }

    /// `W`: the largest spread of what a token up to `m − gap` writes.
    pub(super) fn worst_wrong(&self, m: usize, gap: usize) -> S {
        self.common.worst_wrong[m - gap]
    }

    /// The odds of each query against the largest token `m` among `c ≥ 1` others, for the least
    /// attention to `m` and for the most.
    pub(super) fn odds(&self, c: usize, query_is_m: bool) -> &[Odds<S>; 2] {
        &self.common.odds[c - 1][usize::from(query_is_m)]
    }

    /// How far the score of `m` is above those of the tokens up to `m − gap`, for the query `q`:
    /// for the least attention to `m` and for the most. Costs 2 FLOPs.
    pub(super) fn differences(&self, q: usize, m: usize, gap: usize) -> [S; 2] {
        [0, 1].map(|end| self.scores.largest[end][[m, q]] - self.scores.others[end][[m - gap, q]])
    }

    /// The bound of the cases of the largest token `m`, where what other tokens write has at most
    /// the spread `wrong`. Costs `3v + 1` FLOPs with a centre, `v` without.
    pub(super) fn case_bound(&self, m: usize, centre: Option<S>, wrong: S) -> CaseBound<S> {
        match centre {
            None => self.uncentred(m, self.largest_base(m), wrong),
            Some(centre) => {
                let (base, right) = self.wrong_outputs(m);
                self.centred(m, centre, S::largest_scaled_sum(base, centre, right), wrong)
            }
        }
    }

    /// [`Self::case_bound`] with a centre at which the worst output gains `worst` by its base and
    /// by attention to `m`.
    pub(super) fn centred(&self, m: usize, centre: S, worst: S, wrong: S) -> CaseBound<S> {
        let writes = &self.common.writes[m];
        let at_centre = worst + (S::from_f64(1.0) - centre) * wrong;
        let (above, below) = (writes.most - wrong, writes.least - wrong);
        CaseBound { kink: Kink { centre, at_centre, below, above }, centred: true }
    }

    /// What each wrong output gains on `m` if no attention goes to `m`, and what attention to `m`
    /// writes to it, each `[v − 1]`.
    pub(super) fn wrong_outputs(&self, m: usize) -> (&[S], &[S]) {
        (&self.baselines[m].base, &self.common.writes[m].right)
    }

    /// The most that a wrong output gains on `m` if no attention goes to `m`.
    pub(super) fn largest_base(&self, m: usize) -> S {
        S::largest(&self.baselines[m].base)
    }

    /// [`Self::case_bound`] without a centre, where `largest_base` is [`Self::largest_base`].
    pub(super) fn uncentred(&self, m: usize, largest_base: S, wrong: S) -> CaseBound<S> {
        let above = self.common.writes[m].most - wrong;
        let centre = S::from_f64(0.0);
        CaseBound {
            kink: Kink { centre, at_centre: largest_base + wrong, below: above, above },
            centred: false,
        }
    }

    /// Whether the query `q` is right in its whole case: `Δ < 0` at both ends of its attention,
    /// `low` and `high`. Costs 12 FLOPs with a centre, 8 without.
    ///
    /// Each end is compared by itself, since a maximum of the two would lose a NaN from an
    /// overflow.
    pub(super) fn is_right(&self, q: usize, bound: &CaseBound<S>, [low, high]: [S; 2]) -> bool {
        let (spread, zero) = (self.direct.spread[q], S::from_f64(0.0));
        let (at_low, at_high) = (bound.worst(low) + spread, bound.worst(high) + spread);
        at_low.less(zero) & at_high.less(zero)
    }

    /// The published formula for the worst logit difference, which is not sound: `attention` is one
    /// end, and the slope above the centre is used on both sides of it.
    pub(super) fn published(&self, q: usize, bound: &CaseBound<S>, attention: S) -> S {
        let Kink { centre, at_centre, above, .. } = bound.kink;
        at_centre + (attention - centre) * above + self.direct.spread[q]
    }

    /// FLOPs of [`Self::new`].
    pub(super) fn flops(strategy: Subcubic, shape: Shape) -> f64 {
        let Subcubic { direct, error, .. } = strategy;
        let Shape { v, d, n, .. } = shape;
        let slack = n * v + 3 * v + if direct == DirectPath::SvdQuery { 2 * d } else { 0 } + 11;
        let centre = if Direct::<f64>::is_centred(direct) { 2 * (v - 1) } else { 0 };
        let baseline = v * (2 * n - 1) + centre + 4 * (v - 1);
        Common::<f64>::flops(shape)
            + Scores::<f64>::flops(error, strategy.rank(), shape)
            + Direct::<f64>::flops(direct, shape)
            + (v * baseline + slack) as f64
    }
}

impl<S: Scalar> Baseline<S> {
    /// The baseline of the largest token `m`. `enlarged` is `PVOU` with the slack added to each
    /// entry, `[n, v]`, row by row; `centre` is `μ`, `[v]`. Costs `v (2n − 1) + 4 (v − 1)` FLOPs,
    /// and `2 (v − 1)` more with `μ`.
    fn new(m: usize, common: &Common<S>, enlarged: &[S], centre: Option<&[S]>) -> Self {
        let Common { EUPU, PVOU, writes, shape: Shape { v, .. }, .. } = common;
        let mut rows = PVOU.column(m).into_iter().zip(enlarged.chunks_exact(*v));
        let differences =
            |(&of_m, enlarged): (&S, &[S])| enlarged.iter().map(|&x| x - of_m).collect::<Vec<S>>();
        let mut P_m = rows.next().map(differences).expect("a model has positions");
        for row in rows {
            S::running_max(&mut P_m, &differences(row));
        }
        let base = wrong_outputs(*v, m)
            .map(|o| centre.map_or(P_m[o], |mu| mu[o] - mu[m] + P_m[o]))
            .collect();
        let of_outputs = wrong_outputs(*v, m).zip(&writes[m].right);
        let alone = of_outputs.map(|(o, &right)| (EUPU[[m, o]] - EUPU[[m, m]]) + (right + P_m[o]));
        Self {
            base,
            alone: alone.fold(true, |all, difference| all & difference.less(S::from_f64(0.0))),
        }
    }
}

impl<S: Scalar> CaseBound<S> {
    /// The bound at `attention`. Costs 4 FLOPs with a centre, 2 without.
    #[inline(always)]
    pub(super) fn worst(&self, attention: S) -> S {
        let Kink { centre, at_centre, below, above } = self.kink;
        if !self.centred {
            return at_centre + attention * above;
        }
        let offset = attention - centre;
        let slope = if offset.less(S::from_f64(0.0)) { below } else { above };
        at_centre + offset * slope
    }
}

/// What makes up for the rounding of differences and attention, by theorem 6 of
/// [`crate::rounding`]. Costs `3 v + 11` FLOPs, and `2 d` more if the direct path has a direction.
fn slack<S: Scalar>(common: &Common<S>, scores: &Scores<S>, direct: &Direct<S>) -> S {
    let Common { shape: Shape { v, d, h, n }, magnitudes, worst_wrong, score_divisor, .. } = common;
    let (number, double) = (S::from_f64, Arithmetic::DOUBLE);
    let last = v - 1;
    // The greatest magnitude of a score, plus the largest error.
    let [highest, lowest] = &scores.others;
    let sizes: Vec<_> = highest
        .row(last)
        .iter()
        .zip(lowest.row(last))
        .map(|(&high, &low)| high.max(-low))
        .collect();
    let largest_score = S::largest(&sizes) + S::largest(&scores.error) / *score_divisor;
    let mut outputs = magnitudes.outputs;
    if let Some(direction) = &direct.direction {
        outputs = outputs + dot(direction, &magnitudes.unembedding);
    }
    let rounded = number(16.0 * double.unit) * (largest_score + magnitudes.scores);
    let attention = double.weight_error(magnitudes.score_error(double) + rounded, *n);
    let differences = number(96.0 * double.gamma(v + 2 * d + h + 24)) * outputs;
    usable(differences + number(8.0) * attention * worst_wrong[last] + number(LEAST_SLACK))
}

#[cfg(test)]
mod tests {
    use super::super::built::tests::some;
    use super::super::embeddings::{queries, split_positions};
    use super::super::{Attention, Search, verify};
    use super::*;
    use crate::linalg::{diff, exp, matmul};
    use crate::models::transformer::Circuits;
    use crate::models::transformer::tests::random;

    const SHAPE: Shape = Shape { v: 5, d: 4, h: 3, n: 3 };
    /// Far more than the rounding of the numbers in these tests, which are of size 1 to 100.
    const ROUNDING: f64 = 1e-10;

    /// All sequences of [`SHAPE`].
    fn sequences() -> impl Iterator<Item = [usize; 3]> {
        (0..125).map(|index| [index / 25, index / 5 % 5, index % 5])
    }

    /// The least and the most attention of one query in its case.
    fn attention(tables: &Tables<f64>, q: usize, m: usize, c: usize, gap: usize) -> [f64; 2] {
        let mut ends = Ends::new();
        let differences = tables.differences(q, m, gap);
        ends.extend(
            tables.odds(c, q == m),
            q..q + 1,
            differences.each_ref().map(std::slice::from_ref),
        );
        [ends.low[0], ends.high[0]]
    }

    /// `diff((EQKE' − approx)[q, :]) ≤ error[q]`, both for the model's own singular directions and
    /// for those of another model.
    #[test]
    fn errors_of_attention_scores_are_bounded() {
        for seed in 1..6 {
            let model = random(SHAPE, 1.0, seed);
            let others = Search::new(&random(SHAPE, 1.0, seed + 100));
            let (E_q, (E_k, _)) = (queries::<f64>(&model), split_positions::<f64>(&model));
            let EQKE = matmul(
                matmul(E_q.view(), matmul(model.W_Q.view(), model.W_K.t()).view()).view(),
                E_k.t(),
            );
            for strategy in Subcubic::all().chain(some()) {
                for search in [&Search::new(&model), &others] {
                    // The singular value of the other model need not bound this model's residual.
                    let skeleton = search.skeleton(strategy, 0);
                    let Ok(tables) = Tables::<f64>::new(&model, &skeleton, Rounding::Enclosed)
                    else {
                        continue;
                    };
                    for q in 0..SHAPE.v {
                        let [least, most] =
                            tables.scores.largest.each_ref().map(|scores| scores.column(q));
                        let approx = (&least + &most) * (model.score_divisor() / 2.0);
                        let rest = &EQKE.row(q) - &approx;
                        assert!(
                            diff(rest.view()) <= tables.scores.error[q] + ROUNDING,
                            "{strategy}, seed {seed}, query {q}"
                        );
                    }
                }
            }
        }
    }

    /// The attention that a sequence really pays to its largest token lies between the ends of its
    /// case, at every gap that the sequence has.
    #[test]
    fn attention_lies_between_its_ends() {
        for seed in 1..6 {
            let model = random(SHAPE, 1.5, seed);
            let circuits = Circuits::<f64>::new(&model);
            for strategy in Subcubic::all()
                .filter(|s| s.direct == DirectPath::MaxDiff && s.attention == Attention::Drop)
            {
                let search = Search::new(&model);
                let tables = search.tables(strategy, 0, Rounding::Ignored).unwrap();
                for tokens in sequences() {
                    let (q, m) = (tokens[2], *tokens.iter().max().unwrap());
                    let score = |p: usize| {
                        (circuits.EQKE[[q, tokens[p]]] + circuits.EQKP[[q, p]])
                            / model.score_divisor()
                    };
                    let weights = [0, 1, 2].map(|p| exp(score(p)));
                    let to_m = (0..3).filter(|&p| tokens[p] == m).map(|p| weights[p]).sum::<f64>()
                        / weights.iter().sum::<f64>();
                    let others: Vec<_> = tokens.iter().filter(|&&t| t != m).collect();
                    let Some(&&highest) = others.iter().max() else { continue };
                    for gap in 1..=m - highest {
                        let [low, high] = attention(&tables, q, m, others.len(), gap);
                        let inside = low - ROUNDING <= to_m && to_m <= high + ROUNDING;
                        assert!(
                            inside,
                            "{strategy} {tokens:?} gap {gap}: {to_m} in {low} to {high}"
                        );
                    }
                }
            }
        }
    }

    /// The worst logit difference of a sequence is at most the bound `Δ` of its case, with any
    /// centre and at every gap that the sequence has.
    #[test]
    fn logit_differences_are_bounded() {
        for seed in 1..6 {
            let model = random(SHAPE, 1.5, seed);
            let search = Search::new(&model);
            for strategy in Subcubic::all().chain(some()) {
                let proof = search.joint(strategy).unwrap();
                let tables = Tables::<f64>::new(&model, &proof, Rounding::Enclosed).unwrap();
                for tokens in sequences() {
                    let (q, m) = (tokens[2], *tokens.iter().max().unwrap());
                    let others: Vec<_> = tokens.iter().filter(|&&t| t != m).collect();
                    let Some(&&highest) = others.iter().max() else { continue };
                    let logits = model.logits(&tokens);
                    let wrong = (0..SHAPE.v).filter(|&o| o != m).map(|o| logits[o] - logits[m]);
                    let worst = wrong.fold(f64::NEG_INFINITY, f64::max);
                    let c = others.len();
                    for gap in 1..=m - highest {
                        for centre in [-1.5, 0.0, 0.3, 1.0, 2.0] {
                            let centre =
                                (strategy.attention == Attention::MeanQuery).then_some(centre);
                            let bound = tables.case_bound(m, centre, tables.worst_wrong(m, gap));
                            let ends = attention(&tables, q, m, c, gap);
                            let most = ends
                                .map(|a| bound.worst(a) + tables.direct.spread[q])
                                .into_iter()
                                .fold(f64::MIN, f64::max);
                            assert!(
                                worst <= most + ROUNDING,
                                "{strategy} {tokens:?} gap {gap}: {worst} and {most}"
                            );
                        }
                    }
                }
                // The model has 125 sequences.
                assert!(verify(&model, &proof).unwrap().proven() <= 125, "{strategy}");
            }
        }
    }
}
