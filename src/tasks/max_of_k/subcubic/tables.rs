use super::proof::{Proof, ProofError};
use super::scores::{Scores, queries, split_positions};
use super::strategy::{DirectPath, Subcubic};
use crate::cost::{Scalar, matmul_flops};
use crate::linalg::{Matrix, diff, dot, largest, matmul, row_diffs, smallest, times, times_left};
use crate::rounding::{Arithmetic, LEAST_SLACK, Rounding};
use crate::tasks::max_of_k::positions::{Group, Positions};
use crate::transformer::{Magnitudes, Shape, Transformer};

/// Everything the case analysis looks up, computed once from the model and the directions of a proof object.
pub(super) struct Tables<S> {
    pub(super) shape: Shape,
    sqrt_h: S,
    /// `approx[q, k]`, `[v, v]`.
    approx: Matrix<S>,
    /// `max_{j ≤ k} approx[q, j]` and `min_{j ≤ k} approx[q, j]`, `[v, v]`.
    highest: Matrix<S>,
    lowest: Matrix<S>,
    /// The spread of the error of `approx` in each row, `[v]`.
    error: Vec<S>,
    positions: Vec<Positions<S>>,
    /// `max_{j ≤ k} diff(EVOU[j, :])`, `[v]`.
    pub(super) worst_wrong: Vec<S>,
    /// `γ[q]`, `[v]`.
    spread: Vec<S>,
    pub(super) largest_tokens: Vec<LargestToken<S>>,
    /// What every difference of logits is enlarged by, see theorem 6 of [`crate::rounding`].
    pub(super) slack: S,
}

/// What a largest token `m` fixes.
pub(super) struct LargestToken<S> {
    /// Of each wrong output: `μ[o] − μ[m] + P_m[o]`, what it gains where no attention goes to `m`, and the slack for rounding.
    base: Vec<S>,
    /// Of each wrong output: `right_m[o] = EVOU[m, o] − EVOU[m, m]`.
    right: Vec<S>,
    /// The largest and the smallest of `right`.
    pub(super) right_most: S,
    right_least: S,
    /// Whether the sequence of nothing but `m` is right.
    pub(super) alone: bool,
}

/// The bound of one case `(m, c)` as a function of the attention `α` to the largest token, but for `γ[q]`: convex, with
/// a kink at `ᾱ`, so that on an interval it is largest at an end.
#[derive(Clone, Copy)]
pub(super) struct Column<S> {
    /// `ᾱ`; `None` where it is 0, below every attention.
    centre: Option<S>,
    at_centre: S,
    /// Slopes right and left of the centre.
    above: S,
    below: S,
}

/// The two ends of the attention to the largest token, times what the positions do.
pub(super) type Ends<S> = [S; 2];

impl<S: Scalar> Tables<S> {
    pub(super) fn new(model: &Transformer, proof: &Proof, rounding: Rounding) -> Result<Self, ProofError> {
        proof.check(model)?;
        let shape = model.shape();
        let Subcubic { direct, error, .. } = proof.strategy;
        let scalars = |weights: &Matrix<f64>| weights.mapv(S::from_f64);
        let (W_Q, W_K, W_U) = (scalars(&model.W_Q), scalars(&model.W_K), scalars(&model.W_U));
        let E_q = queries::<S>(model);
        let (E_k, W_pos) = split_positions::<S>(model);
        let Scores { approx, error } = Scores::new(error, &E_q, &E_k, model, &proof.low_rank, rounding)?;

        let sqrt_h = S::from_f64(model.sqrt_h());
        let position_keys = matmul(W_pos.view(), W_K.view());
        let position_scores = matmul(E_q.view(), matmul(W_Q.view(), position_keys.t()).view());
        let positions = position_scores.rows().into_iter();
        let positions = positions.map(|row| Positions::new(&row.mapv(|score| score / sqrt_h).to_vec())).collect();

        let VOU = matmul(matmul(scalars(&model.W_V).view(), scalars(&model.W_O).view()).view(), W_U.view());
        let EVOU = matmul(scalars(&model.W_E).view(), VOU.view());
        let PVOU = matmul(scalars(&model.W_pos).view(), VOU.view());
        let EUPU = matmul(E_q.view(), W_U.view());
        let (centre, spread) = direct_path(direct, &E_q, &W_U, &EUPU, proof.direct.as_deref());
        // Directions that overflow give infinities and NaNs, which maxima would lose: no such table is looked into.
        let tables = approx.iter().chain(&error).chain(&spread).chain(centre.iter().flatten());
        if let Some(value) = tables.map(|x| x.to_f64()).find(|x| !x.is_finite()) {
            return Err(ProofError::NotFinite { part: "product of directions and weights", value });
        }
        let (highest, lowest) = (running(&approx, S::max), running(&approx, |a, b| -(-a).max(-b)));
        let worst_wrong = running_row(row_diffs(&EVOU), S::max);
        let slack = match rounding {
            Rounding::Ignored => S::from_f64(0.0),
            Rounding::Enclosed => {
                let last = shape.v - 1;
                let spreads = highest.column(last).into_iter().zip(lowest.column(last));
                let spread = largest(spreads.map(|(&high, &low)| high - low));
                let scores = (spread + largest(error.iter().copied())) / sqrt_h;
                slack(model, proof.direct.as_deref(), scores, worst_wrong[last])
            }
        };
        let enlarged = PVOU.mapv(|x| x + slack);
        let largest_token = |m| LargestToken::new(m, &EUPU, &EVOU, &PVOU, &enlarged, centre.as_deref());
        Ok(Self {
            shape,
            sqrt_h,
            highest,
            lowest,
            approx,
            error,
            positions,
            worst_wrong,
            spread,
            largest_tokens: (0..shape.v).map(largest_token).collect(),
            slack,
        })
    }

    /// The ends of the attention to `m` of query `q` over sequences with `c ≥ 1` other tokens, all at most `m − gap`. 34 FLOPs,
    /// 2 more where `q = m`.
    pub(super) fn attention(&self, q: usize, m: usize, c: usize, gap: usize) -> Ends<S> {
        let (score, error, k) = (self.approx[[q, m]], self.error[q], m - gap);
        let low = (score - self.highest[[q, k]] - error) / self.sqrt_h;
        let high = (score - self.lowest[[q, k]] + error) / self.sqrt_h;
        let Positions { query, least, most } = &self.positions[q];
        // The query's position holds m where q = m, another token where not.
        let copies = if q == m { self.shape.n - 1 - c } else { self.shape.n - c };
        let others = self.shape.n - 1 - copies;
        [
            share(low, least[copies], most[others], *query, q == m),
            share(high, most[copies], least[others], *query, q == m),
        ]
    }

    /// The bound of `(m, c)` where other tokens have at most the spread `wrong`. `3v + 1` FLOPs with a centre, `v` without.
    pub(super) fn column(&self, m: usize, centre: Option<S>, wrong: S) -> Column<S> {
        let LargestToken { base, right, right_most, right_least, .. } = &self.largest_tokens[m];
        let above = *right_most - wrong;
        match centre {
            None => Column { centre, at_centre: largest(base.iter().copied()) + wrong, above, below: above },
            Some(c) => {
                let worst = largest(base.iter().zip(right).map(|(&base, &right)| base + c * right));
                let at_centre = worst + (S::from_f64(1.0) - c) * wrong;
                Column { centre, at_centre, above, below: *right_least - wrong }
            }
        }
    }

    /// Whether query `q` is right in the whole case: `Δ < 0` at both ends. 12 FLOPs with a centre, 8 without.
    ///
    /// Each end is compared by itself, so that one that overflowed into a NaN is not lost in a maximum.
    pub(super) fn is_right(&self, q: usize, column: &Column<S>, ends: Ends<S>) -> bool {
        ends.map(|attention| (column.worst(attention) + self.spread[q]).less(S::from_f64(0.0))) == [true; 2]
    }

    /// The published formula: one end of the attention, and the slope of its right side on both sides of the centre.
    pub(super) fn published(&self, q: usize, column: &Column<S>, attention: S) -> S {
        let offset = column.centre.map_or(attention, |centre| attention - centre);
        column.at_centre + offset * column.above + self.spread[q]
    }

    /// FLOPs of [`Self::new`].
    pub(super) fn flops(Subcubic { direct, error, .. }: Subcubic, shape: Shape) -> f64 {
        let Shape { v, d, h, n } = shape;
        let split = (2 * v * d + 2 * n * d) as f64;
        let positions = matmul_flops(n, d, h) + matmul_flops(d, h, n) + matmul_flops(v, d, n) + (v * n) as f64;
        let outputs = matmul_flops(d, h, d) + matmul_flops(d, d, v) + matmul_flops(2 * v + n, d, v);
        let running = (2 * v * (v - 1) + v * (2 * v - 1) + (v - 1)) as f64;
        let trick = (d * (2 * v - 1) + v * d + v * (2 * d - 1)) as f64;
        let direct_path = match direct {
            DirectPath::MeanQuery => (2 * v * d + v * (2 * d - 1)) as f64 + trick,
            DirectPath::SvdQuery => (v * d + v * (2 * d - 1)) as f64 + trick,
            DirectPath::MaxDiff => trick,
            DirectPath::MaxDiffExact => (v * (2 * v - 1)) as f64,
            DirectPath::GlobalMaxDiffExact => (2 * v * v - 1) as f64,
        };
        let centred = usize::from(matches!(direct, DirectPath::MeanQuery | DirectPath::SvdQuery));
        let slack = n * v + 3 * v + if direct == DirectPath::SvdQuery { 3 * d } else { 0 } + 11;
        let largest_token = v * (2 * n - 1) + 2 * centred * (v - 1) + 7 * v - 9;
        Scores::<f64>::flops(error, shape)
            + Positions::<f64>::flops(shape)
            + split
            + positions
            + outputs
            + running
            + direct_path
            + (v * largest_token + slack) as f64
            + Magnitudes::<f64>::flops(shape)
    }
}

impl<S: Scalar> LargestToken<S> {
    /// `v (2n − 1) + 7v − 9` FLOPs, `2 (v − 1)` more where the direct path has a centre `μ`; `enlarged` is `PVOU` and the slack.
    fn new(
        m: usize,
        EUPU: &Matrix<S>,
        EVOU: &Matrix<S>,
        PVOU: &Matrix<S>,
        enlarged: &Matrix<S>,
        centre: Option<&[S]>,
    ) -> Self {
        let v = EVOU.nrows();
        let rows = || PVOU.rows().into_iter().zip(enlarged.rows());
        let P_m: Vec<S> = (0..v).map(|o| largest(rows().map(|(row, enlarged)| enlarged[o] - row[m]))).collect();
        let wrong_outputs = || (0..v).filter(|&o| o != m);
        let base = wrong_outputs().map(|o| centre.map_or(P_m[o], |mu| mu[o] - mu[m] + P_m[o])).collect();
        let right: Vec<S> = wrong_outputs().map(|o| EVOU[[m, o]] - EVOU[[m, m]]).collect();
        let alone = wrong_outputs().zip(&right).map(|(o, &right)| (EUPU[[m, o]] - EUPU[[m, m]]) + (right + P_m[o]));
        Self {
            base,
            right_most: largest(right.iter().copied()),
            right_least: smallest(right.iter().copied()),
            alone: alone.fold(true, |all, difference| all & difference.less(S::from_f64(0.0))),
            right,
        }
    }
}

impl<S: Scalar> Column<S> {
    /// 4 FLOPs with a centre, 2 without.
    fn worst(&self, attention: S) -> S {
        match self.centre {
            None => self.at_centre + attention * self.above,
            Some(centre) => {
                let offset = attention - centre;
                let slope = if offset.less(S::from_f64(0.0)) { self.below } else { self.above };
                self.at_centre + offset * slope
            }
        }
    }
}

/// The attention to the largest token, whose scores are `x` above those of others, its copies at `of_m` and, where `query_is_m`,
/// at the last position; the other tokens at `of_others`. 14 FLOPs, 1 more where `query_is_m`.
fn share<S: Scalar>(x: S, of_m: Group<S>, of_others: Group<S>, query: S, query_is_m: bool) -> S {
    let (at_m, query) = (x + of_m.peak, if query_is_m { x + query } else { query });
    let top = at_m.max(query).max(of_others.peak);
    let at_m = (at_m - top).exp() * of_m.sum;
    let at_others = (of_others.peak - top).exp() * of_others.sum;
    let at_query = (query - top).exp();
    let (to_m, to_others) = if query_is_m { (at_m + at_query, at_others) } else { (at_m, at_others + at_query) };
    to_m / (to_m + to_others)
}

/// `μ` `[v]` (none where it is zero) and `γ` `[v]`.
fn direct_path<S: Scalar>(
    direct: DirectPath,
    E_q: &Matrix<S>,
    W_U: &Matrix<S>,
    EUPU: &Matrix<S>,
    direction: Option<&[f64]>,
) -> (Option<Vec<S>>, Vec<S>) {
    let trick = |E_q: &Matrix<S>| times(&E_q.mapv(S::abs), &row_diffs(W_U));
    let around = |centre: Vec<S>| {
        let rest = Matrix::from_shape_fn(E_q.dim(), |(q, j)| E_q[[q, j]] - centre[j]);
        (Some(times_left(&centre, W_U)), trick(&rest))
    };
    match (direct, direction) {
        (DirectPath::MeanQuery, _) => around(super::scores::mean_row(E_q)),
        (DirectPath::SvdQuery, Some(direction)) => around(direction.iter().map(|&x| S::from_f64(x)).collect()),
        (DirectPath::SvdQuery | DirectPath::MaxDiff, _) => (None, trick(E_q)),
        (DirectPath::MaxDiffExact, _) => (None, row_diffs(EUPU)),
        (DirectPath::GlobalMaxDiffExact, _) => {
            let all =
                EUPU.as_standard_layout().into_owned().into_shape_with_order(EUPU.len()).expect("as many entries");
            (None, vec![diff(all.view()); E_q.nrows()])
        }
    }
}

/// Theorem 6: what makes up for the rounding of differences and attention, where scores less others are at most `scores` in
/// size and no row of `EVOU` spreads by more than `wrong`. 11 FLOPs beside those of [`Magnitudes::new`], `3 d` more where the
/// direct path has a direction.
fn slack<S: Scalar>(model: &Transformer, direction: Option<&[f64]>, scores: S, wrong: S) -> S {
    let Shape { v, d, h, n } = model.shape();
    let (number, double) = (S::from_f64, Arithmetic::DOUBLE);
    let magnitudes = Magnitudes::new(model);
    let mut outputs = magnitudes.outputs;
    if let Some(direction) = direction {
        let direction: Vec<S> = direction.iter().map(|&x| number(x).abs()).collect();
        outputs = outputs + dot(&direction, &magnitudes.unembedding);
    }
    let rounded = number(16.0 * double.unit) * (scores + magnitudes.scores);
    let attention = double.weight_error(magnitudes.score_error(double) + rounded, n);
    let differences = number(96.0 * double.gamma(v + 2 * d + h + 24)) * outputs;
    differences + number(8.0) * attention * wrong + number(LEAST_SLACK)
}

fn running<S: Scalar>(rows: &Matrix<S>, choose: impl Fn(S, S) -> S + Copy) -> Matrix<S> {
    let all = rows.rows().into_iter().flat_map(|row| running_row(row.to_vec(), choose)).collect();
    Matrix::from_shape_vec(rows.dim(), all).expect("as many entries")
}

/// Each entry, or an earlier one.
fn running_row<S: Scalar>(mut row: Vec<S>, choose: impl Fn(S, S) -> S) -> Vec<S> {
    for k in 1..row.len() {
        row[k] = choose(row[k], row[k - 1]);
    }
    row
}

#[cfg(test)]
mod tests {
    use super::super::scores::{queries, split_positions};
    use super::super::{Attention, Search, verify};
    use super::*;
    use crate::linalg::exp;
    use crate::transformer::Circuits;
    use crate::transformer::tests::random;

    const SHAPE: Shape = Shape { v: 5, d: 4, h: 3, n: 3 };
    /// Numbers here are of size 1 to 100.
    const ROUNDING: f64 = 1e-10;

    fn sequences() -> impl Iterator<Item = [usize; 3]> {
        (0..125).map(|index| [index / 25, index / 5 % 5, index % 5])
    }

    /// `diff((EQKE' − approx)[q, :]) ≤ error[q]`, for directions that are and that are not singular.
    #[test]
    fn errors_of_attention_scores_are_bounded() {
        for seed in 1..6 {
            let model = random(SHAPE, 1.0, seed);
            let others = Search::new(&random(SHAPE, 1.0, seed + 100));
            let (E_q, (E_k, _)) = (queries::<f64>(&model), split_positions::<f64>(&model));
            let EQKE = matmul(matmul(E_q.view(), matmul(model.W_Q.view(), model.W_K.t()).view()).view(), E_k.t());
            for strategy in Subcubic::all() {
                for search in [&Search::new(&model), &others] {
                    // Another model's singular value need not bound this one's.
                    let Ok(tables) =
                        Tables::<f64>::new(&model, &search.skeleton(SHAPE, strategy, 0), Rounding::Enclosed)
                    else {
                        continue;
                    };
                    for q in 0..SHAPE.v {
                        let rest = &EQKE.row(q) - &tables.approx.row(q);
                        assert!(diff(rest.view()) <= tables.error[q] + ROUNDING, "{strategy}, seed {seed}, query {q}");
                    }
                }
            }
        }
    }

    /// The attention that a sequence really pays to its largest token lies between the ends of its case, whatever the gap.
    #[test]
    fn attention_lies_between_its_ends() {
        for seed in 1..6 {
            let model = random(SHAPE, 1.5, seed);
            let circuits = Circuits::<f64>::new(&model);
            for strategy in
                Subcubic::all().filter(|s| s.direct == DirectPath::MaxDiff && s.attention == Attention::Drop)
            {
                let search = Search::new(&model);
                let tables = search.plain_tables(&model, strategy).unwrap();
                for tokens in sequences() {
                    let (q, m) = (tokens[2], *tokens.iter().max().unwrap());
                    let score = |p: usize| (circuits.EQKE[[q, tokens[p]]] + circuits.EQKP[[q, p]]) / model.sqrt_h();
                    let weights = [0, 1, 2].map(|p| exp(score(p)));
                    let to_m = (0..3).filter(|&p| tokens[p] == m).map(|p| weights[p]).sum::<f64>()
                        / weights.iter().sum::<f64>();
                    let others: Vec<_> = tokens.iter().filter(|&&t| t != m).collect();
                    let Some(&&highest) = others.iter().max() else { continue };
                    for gap in 1..=m - highest {
                        let [low, high] = tables.attention(q, m, others.len(), gap);
                        let inside = low - ROUNDING <= to_m && to_m <= high + ROUNDING;
                        assert!(inside, "{strategy} {tokens:?} gap {gap}: {to_m} in {low} to {high}");
                    }
                }
            }
        }
    }

    /// The worst difference of a sequence's logits is at most `Δ` of its case, for good centres and for others.
    #[test]
    fn logit_differences_are_bounded() {
        for seed in 1..6 {
            let model = random(SHAPE, 1.5, seed);
            let search = Search::new(&model);
            for strategy in Subcubic::all() {
                let proof = search.joint(&model, strategy).unwrap();
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
                            let centre = (strategy.attention == Attention::MeanQuery).then_some(centre);
                            let column = tables.column(m, centre, tables.worst_wrong[m - gap]);
                            let ends = tables.attention(q, m, c, gap);
                            let bound =
                                ends.map(|a| column.worst(a) + tables.spread[q]).into_iter().fold(f64::MIN, f64::max);
                            assert!(worst <= bound + ROUNDING, "{strategy} {tokens:?} gap {gap}: {worst} and {bound}");
                        }
                    }
                }
                // And so no more is proven than is true.
                assert!(verify(&model, &proof).unwrap().proven() <= 125, "{strategy}");
            }
        }
    }
}
