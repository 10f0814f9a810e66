use crate::cost::Scalar;
use crate::linalg::{Matrix, largest, smallest};
use crate::models::transformer::{Circuits, Magnitudes, Shape, Transformer};
use crate::rounding::{Arithmetic, Rounding};

/// Numbers that all cells of a model share, worked out once. The letters of axes: `q` query, `m`
/// largest token, `t` token, `o` output, `p` position.
#[derive(Debug)]
pub(super) struct Precomputed<S = f64> {
    pub(super) shape: Shape,
    pub(super) EUPU: Matrix<S>,
    /// `EVOU` transposed, `[v(o), v(t)]`: the tokens of one output side by side.
    pub(super) EVOU_t: Matrix<S>,
    /// The extremes of `EVOU` for each output over the tokens below `t`, `[v(o), v + 1(t)]`.
    pub(super) outputs_below: Below<S>,
    /// The extremes of scores for each query over the tokens below `t`, `[v(q), v + 1(t)]`.
    scores_below: Below<S>,
    PVOU: Matrix<S>,
    /// `PVOU + κ`.
    enlarged: Matrix<S>,
    /// The largest magnitude in `EUPU`, `EVOU` and `PVOU`.
    pub(super) largest_entry: S,
    /// `EQKE / scale`, `[v(q), v(t)]`.
    token_scores: Matrix<S>,
    queries: Vec<Query<S>>,
    /// `κ`: what every difference is enlarged by, see [`Magnitudes::slack`].
    pub(super) slack: S,
}

/// How one query attends to positions, relative to the least attended position before its own, for
/// which `ρ = 1`.
#[derive(Debug)]
pub(super) struct Query<S> {
    /// `ρ_p` for the positions before the query's, `[n − 1]`.
    pub(super) weights: Vec<S>,
    /// `ρ` for the query's own position.
    pub(super) own: S,
    /// The largest `ρ` of all positions.
    pub(super) most: S,
    /// `Σ_p ρ_p − 1` over the positions before the query's.
    pub(super) others: S,
    /// Whether the query's weights stay in the range of float64, see [`MAX_SPREAD`].
    pub(super) in_range: bool,
}

/// The largest and the least entry of each row over the tokens below `t`, for each `t`.
#[derive(Debug)]
pub(super) struct Below<S> {
    pub(super) most: Matrix<S>,
    pub(super) least: Matrix<S>,
}

/// What a largest token fixes.
pub(super) struct Largest<'a, S> {
    pub(super) precomputed: &'a Precomputed<S>,
    pub(super) m: usize,
    /// Tokens below this one are looked at together, those from this one on one by one.
    pub(super) near: usize,
    /// The largest entry of [`Self::positions`] for each output, `[v]`.
    pub(super) worst_position: Vec<S>,
    /// `PVOU[p, o] − PVOU[p, m] + κ`, `[v(o), n(p)]`. Every difference of logits contains one of
    /// these entries, and so the slack for rounding `κ` once.
    pub(super) positions: Matrix<S>,
}

/// What the query of a cell adds to the largest token.
#[derive(Debug)]
pub(super) struct CellScores<S> {
    pub(super) q: usize,
    /// `(EQKE[q, t] − EQKE[q, m]) / scale` for tokens `t < m` from [`Largest::near`] on.
    pub(super) scores: Vec<S>,
    /// The largest and the least such score for tokens below [`Largest::near`]; 0 if there are
    /// none.
    pub(super) far: [S; 2],
    /// `ρ e^{(EQKE[q, q] − EQKE[q, m]) / scale}`: the weight of the query's own position, where its
    /// token is `q`.
    pub(super) own: S,
}

/// The cells of a query whose scores spread further than this prove nothing. So a weight relative
/// to another is at most `e^600 ≈ 10^260`.
const MAX_SPREAD: f64 = 600.0;

/// Nothing is proven of a model with a larger entry in a circuit. So sums of weighted entries stay
/// finite, even those of a difference with a dominant output: six entries times `10^260`, times the
/// largest factor `10^6` and 128 positions are below `10^300`. An infinite sum could pass for a
/// count of no sequence.
const MAX_ENTRY: f64 = 1e30;

impl<S: Scalar> Precomputed<S> {
    /// Multiplies the circuits out and compares positions; costs [`Self::flops`].
    pub(super) fn new(model: &Transformer, rounding: Rounding) -> Self {
        let shape = model.shape();
        let Circuits { EUPU, EVOU, PVOU, EQKE, EQKP } = Circuits::<S>::new(model);
        let divisor = S::from_f64(model.score_divisor());
        let (token_scores, position_scores) =
            (EQKE.mapv(|x| x / divisor), EQKP.mapv(|x| x / divisor));
        // Whether float64 can work with the numbers costs no FLOPs of the proof: if it cannot,
        // nothing is proven.
        let entries =
            [&EUPU, &EVOU, &PVOU].into_iter().flat_map(|part| part.iter().map(|x| x.abs()));
        let largest_entry = largest(entries);
        let all_finite = [&EUPU, &EVOU, &PVOU]
            .into_iter()
            .all(|part| part.iter().all(|x| x.to_f64().is_finite()));
        let slack: S = Magnitudes::new(model).slack(Arithmetic::DOUBLE, rounding);
        let small = all_finite && largest_entry.to_f64() <= MAX_ENTRY && slack.to_f64().is_finite();
        let spread = |scores: &Matrix<S>, q: usize| {
            let scores = || scores.row(q).into_iter().map(|x| x.to_f64());
            scores().fold(f64::NEG_INFINITY, f64::max) - scores().fold(f64::INFINITY, f64::min)
        };
        let queries = (0..shape.v).map(|q| {
            let in_range =
                small && spread(&token_scores, q) + spread(&position_scores, q) <= MAX_SPREAD;
            Query::new(&position_scores.row(q).to_vec(), in_range)
        });
        let queries = queries.collect();
        let EVOU_t = EVOU.t().as_standard_layout().into_owned();
        let (outputs_below, scores_below) = (Below::new(&EVOU_t), Below::new(&token_scores));
        let enlarged = PVOU.mapv(|x| x + slack);
        Self {
            shape,
            EUPU,
            EVOU_t,
            outputs_below,
            scores_below,
            PVOU,
            enlarged,
            largest_entry,
            token_scores,
            queries,
            slack,
        }
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a whole number")]
    pub(super) fn flops(shape: Shape) -> u64 {
        let Shape { v, n, .. } = shape;
        // Divisions of the scores; then for each query the least of n − 1 scores, n differences and
        // exponentials, the largest of them, the sum of all but one.
        let of_query = if n == 1 { 0 } else { (n - 2) + 2 * n + (n - 1) + (n - 1) };
        Circuits::<f64>::flops(shape) as u64
            + (Magnitudes::<f64>::flops(shape) + Magnitudes::<f64>::SLACK_FLOPS) as u64
            + (v * (v + n) + v * of_query + 4 * v * (v - 1) + 2 * (2 * v * v + n * v) - 1 + n * v)
                as u64
    }

    pub(super) fn query(&self, q: usize) -> &Query<S> {
        &self.queries[q]
    }

    /// What the largest token `m` fixes, where tokens below `near` are looked at together; costs
    /// [`Largest::flops`].
    pub(super) fn largest(&self, m: usize, near: usize) -> Largest<'_, S> {
        let Shape { v, n, .. } = self.shape;
        let mut positions = Matrix::from_elem((v, n), S::from_f64(0.0));
        let mut worst_position = vec![S::from_f64(0.0); v];
        for o in (0..v).filter(|&o| o != m) {
            for (p, at) in positions.row_mut(o).iter_mut().enumerate() {
                *at = self.enlarged[[p, o]] - self.PVOU[[p, m]];
            }
            worst_position[o] = largest(positions.row(o).iter().copied());
        }
        Largest { precomputed: self, m, near, worst_position, positions }
    }
}

impl<S: Scalar> Below<S> {
    /// The extremes of the rows of `matrix` `[rows, v]`; costs `2 rows (v − 1)`.
    fn new(matrix: &Matrix<S>) -> Self {
        let (rows, v) = matrix.dim();
        let running = |better: fn(S, S) -> S| {
            let mut running = Matrix::from_elem((rows, v + 1), S::from_f64(0.0));
            for (mut running, row) in running.rows_mut().into_iter().zip(matrix.rows()) {
                for t in 0..v {
                    running[t + 1] = if t == 0 { row[0] } else { better(running[t], row[t]) };
                }
            }
            running
        };
        Self { most: running(S::max), least: running(|a, b| -S::max(-a, -b)) }
    }
}

impl<S: Scalar> Query<S> {
    /// From the query's scores of the positions, `[n]`.
    fn new(scores: &[S], in_range: bool) -> Self {
        let (&own, others) = scores.split_last().expect("a model has at least one position");
        // With one position, nothing is before the query's, and Σ ρ − 1 = −1.
        if others.is_empty() {
            let one = S::from_f64(1.0);
            return Self { weights: Vec::new(), own: one, most: one, others: -one, in_range };
        }
        let least = smallest(others.iter().copied());
        let weights: Vec<_> = others.iter().map(|&score| (score - least).exp()).collect();
        let sum = weights.iter().copied().reduce(|sum, weight| sum + weight).expect("n > 1");
        let own = (own - least).exp();
        let most = weights.iter().copied().fold(own, S::max);
        Self { own, most, others: sum - S::from_f64(1.0), weights, in_range }
    }
}

impl<S: Scalar> Largest<'_, S> {
    /// FLOPs of [`Precomputed::largest`].
    pub(super) fn flops(Shape { v, n, .. }: Shape) -> u64 {
        ((v - 1) * (2 * n - 1)) as u64
    }

    /// What the query `q` adds; costs [`CellScores::flops`].
    pub(super) fn cell(&self, q: usize) -> CellScores<S> {
        let (&Self { m, near, .. }, Precomputed { scores_below, queries, .. }) =
            (self, self.precomputed);
        let scores = (near..m).map(|t| self.score(q, t)).collect();
        let far = [&scores_below.most, &scores_below.least];
        let far = far.map(|of_tokens| {
            if near == 0 {
                S::from_f64(0.0)
            } else {
                of_tokens[[q, near]] - self.precomputed.token_scores[[q, m]]
            }
        });
        let own = if q == m { queries[q].own } else { queries[q].own * self.score(q, q).exp() };
        CellScores { q, own, scores, far }
    }

    /// `(EQKE[q, t] − EQKE[q, m]) / scale`, one operation.
    pub(super) fn score(&self, q: usize, t: usize) -> S {
        self.precomputed.token_scores[[q, t]] - self.precomputed.token_scores[[q, self.m]]
    }

    /// `EVOU[t, o] − EVOU[t, m]`, one operation.
    pub(super) fn gain(&self, t: usize, o: usize) -> S {
        self.precomputed.EVOU_t[[o, t]] - self.precomputed.EVOU_t[[self.m, t]]
    }

    /// `EUPU[q, o] − EUPU[q, m]`, one operation.
    pub(super) fn direct(&self, q: usize, o: usize) -> S {
        self.precomputed.EUPU[[q, o]] - self.precomputed.EUPU[[q, self.m]]
    }
}

impl<S> CellScores<S> {
    /// FLOPs of [`Largest::cell`].
    pub(super) fn flops(q: usize, m: usize, near: usize) -> u64 {
        (m - near + if near == 0 { 0 } else { 2 } + if q == m { 0 } else { 3 }) as u64
    }
}
