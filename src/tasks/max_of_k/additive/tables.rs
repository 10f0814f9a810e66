use crate::cost::Scalar;
use crate::linalg::{Matrix, largest, smallest};
use crate::transformer::{Circuits, Shape, Transformer};

/// What all cells of a model share.
#[derive(Debug)]
pub(super) struct Tables<S = f64> {
    pub(super) shape: Shape,
    pub(super) EUPU: Matrix<S>,
    /// `EVOU` transposed, `[v(o), v(t)]`: the tokens of one output side by side.
    EVOU_t: Matrix<S>,
    PVOU: Matrix<S>,
    /// `EQKE / √h`, `[v(q), v(t)]`.
    token_scores: Matrix<S>,
    queries: Vec<Query<S>>,
}

/// How one query attends to positions, relative to the least attended of those before its own: there `ρ = 1`.
#[derive(Debug)]
pub(super) struct Query<S> {
    /// `ρ_p` of the positions before the query's, `[n − 1]`.
    pub(super) weights: Vec<S>,
    /// `ρ` of the query's own position.
    pub(super) own: S,
    /// `Σ_p ρ_p − 1` over the positions before the query's.
    pub(super) others: S,
    /// Whether its weights stay in the range of float64: see [`MAX_SPREAD`].
    pub(super) in_range: bool,
}

/// What a largest token fixes.
pub(super) struct Largest<'a, S> {
    pub(super) tables: &'a Tables<S>,
    pub(super) m: usize,
    /// `EVOU[t, o] − EVOU[t, m]` for `t ≤ m`, `[v(o), m + 1]`; nothing of use in row `m`.
    pub(super) gains: Matrix<S>,
    /// `max_p (PVOU[p, o] − PVOU[p, m])`, `[v]`.
    pub(super) worst_position: Vec<S>,
    /// `PVOU[p, o] − PVOU[p, m]`, `[v(o), n]`.
    pub(super) positions: Matrix<S>,
}

/// What a query adds to a largest token.
pub(super) struct Cell<S> {
    pub(super) q: usize,
    /// `(EQKE[q, t] − EQKE[q, m]) / √h` for `t < m`.
    pub(super) scores: Vec<S>,
    /// `ρ e^{scores[q]}`: the weight of the query's own position, where its token is `q`.
    pub(super) own: S,
}

/// Scores of a query spread at most this far, or its cells prove nothing: so a weight relative to another is at most
/// `e^600 ≈ 10^260`.
const MAX_SPREAD: f64 = 600.0;

/// Entries of circuits are at most this large, or the model proves nothing: so sums of weighted entries stay finite,
/// as `10^260 · 10^40` times a few and times the positions is below `10^308`.
const MAX_ENTRY: f64 = 1e40;

impl<S: Scalar> Tables<S> {
    /// Multiplies the circuits out and compares positions, [`Self::flops`] operations.
    pub(super) fn new(model: &Transformer) -> Self {
        let shape = model.shape();
        let Circuits { EUPU, EVOU, PVOU, EQKE, EQKP } = Circuits::<S>::new(model);
        let sqrt_h = S::from_f64(model.sqrt_h());
        let (token_scores, position_scores) = (EQKE.mapv(|x| x / sqrt_h), EQKP.mapv(|x| x / sqrt_h));
        // Whether numbers can be worked with at all is no part of the proof: those that cannot only prove nothing.
        let small = [&EUPU, &EVOU, &PVOU].into_iter().all(|part| part.iter().all(|x| x.to_f64().abs() <= MAX_ENTRY));
        let spread = |scores: &Matrix<S>, q: usize| {
            let scores = || scores.row(q).into_iter().map(|x| x.to_f64());
            scores().fold(f64::NEG_INFINITY, f64::max) - scores().fold(f64::INFINITY, f64::min)
        };
        let queries = (0..shape.v).map(|q| {
            let in_range = small && spread(&token_scores, q) + spread(&position_scores, q) <= MAX_SPREAD;
            Query::new(&position_scores.row(q).to_vec(), in_range)
        });
        let queries = queries.collect();
        Self { shape, EUPU, EVOU_t: EVOU.t().as_standard_layout().into_owned(), PVOU, token_scores, queries }
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a whole number")]
    pub(super) fn flops(shape: Shape) -> u64 {
        let Shape { v, n, .. } = shape;
        // Divisions of the scores; then of each query: the least of n − 1, n differences and exponentials, their sum.
        let of_query = if n == 1 { 0 } else { (n - 2) + 2 * n + (n - 1) };
        Circuits::<f64>::flops(shape) as u64 + (v * (v + n) + v * of_query) as u64
    }

    pub(super) fn query(&self, q: usize) -> &Query<S> {
        &self.queries[q]
    }

    /// What the largest token `m` fixes, [`Largest::flops`] operations.
    pub(super) fn largest(&self, m: usize) -> Largest<'_, S> {
        let Shape { v, n, .. } = self.shape;
        let of_m = self.EVOU_t.row(m);
        let mut gains = Matrix::from_elem((v, m + 1), S::from_f64(0.0));
        let mut positions = Matrix::from_elem((v, n), S::from_f64(0.0));
        let mut worst_position = vec![S::from_f64(0.0); v];
        for o in (0..v).filter(|&o| o != m) {
            let row = self.EVOU_t.row(o);
            for ((gain, &of_o), &of_m) in gains.row_mut(o).iter_mut().zip(row).zip(of_m) {
                *gain = of_o - of_m;
            }
            for (p, at) in positions.row_mut(o).iter_mut().enumerate() {
                *at = self.PVOU[[p, o]] - self.PVOU[[p, m]];
            }
            worst_position[o] = largest(positions.row(o).iter().copied());
        }
        Largest { tables: self, m, gains, worst_position, positions }
    }
}

impl<S: Scalar> Query<S> {
    /// From its scores of the positions, `[n]`.
    fn new(scores: &[S], in_range: bool) -> Self {
        let (&own, others) = scores.split_last().expect("a model has at least one position");
        // Of one position: nothing is before the query's, and Σ ρ − 1 = −1.
        if others.is_empty() {
            return Self { weights: Vec::new(), own: S::from_f64(1.0), others: S::from_f64(-1.0), in_range };
        }
        let least = smallest(others.iter().copied());
        let weights: Vec<_> = others.iter().map(|&score| (score - least).exp()).collect();
        let sum = weights.iter().copied().reduce(|sum, weight| sum + weight).expect("n > 1");
        Self { own: (own - least).exp(), others: sum - S::from_f64(1.0), weights, in_range }
    }
}

impl<S: Scalar> Largest<'_, S> {
    /// FLOPs of [`Tables::largest`].
    pub(super) fn flops(Shape { v, n, .. }: Shape, m: usize) -> u64 {
        ((v - 1) * (m + 1 + 2 * n - 1)) as u64
    }

    /// What a query adds, [`Cell::flops`] operations.
    pub(super) fn cell(&self, q: usize) -> Cell<S> {
        let (m, Tables { token_scores, queries, .. }) = (self.m, self.tables);
        let scores: Vec<_> = (0..m).map(|t| token_scores[[q, t]] - token_scores[[q, m]]).collect();
        let own = if q == m { queries[q].own } else { queries[q].own * scores[q].exp() };
        Cell { q, own, scores }
    }

    /// `EUPU[q, o] − EUPU[q, m]`, one operation.
    pub(super) fn direct(&self, q: usize, o: usize) -> S {
        self.tables.EUPU[[q, o]] - self.tables.EUPU[[q, self.m]]
    }
}

impl<S> Cell<S> {
    /// FLOPs of [`Largest::cell`].
    pub(super) fn flops(q: usize, m: usize) -> u64 {
        (m + if q == m { 0 } else { 2 }) as u64
    }
}
