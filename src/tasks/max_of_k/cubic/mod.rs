//! The cubic proof.

mod claimed;
mod coverage;
mod explain;
mod family;
mod what_if;

pub(super) use family::CubicFamily;

use super::additive::Tokens;
use super::cases::{Arrangements, Cases};
use super::positions::Positions;
use crate::cost::Scalar;
use crate::linalg::{Matrix, largest, map};
use crate::models::transformer::{Circuits, Magnitudes, Shape, Transformer};
use crate::proof::{CaseAnalysis, Cost, Tally};
use crate::proof::{Evidence, Failure};
use crate::rounding::{Arithmetic, Rounding};
use std::ops::Range;

/// The cubic proof, `O(v³ n²)` (arXiv 2406.11779, section 4.2).
///
/// Fix the query `q` and the largest token `m`. With `e_p > 0` the unnormalised attention to
/// position `p`, a sequence is right if for every wrong output `o`
///
/// > `Σ_p e_p (EUPU[q, o] − EUPU[q, m] + EVOU[t_p, o] − EVOU[t_p, m] + PVOU[p, o] − PVOU[p, m])
/// > < 0`.
///
/// The worst position stands for all, `P_m[o] = max_p (PVOU[p, o] − PVOU[p, m])`, and the worst
/// output of each term for all outputs: `u_q = max_{o≠m} (EUPU[q, o] − EUPU[q, m])`,
/// `w_j = max_{o≠m} (EVOU[j, o] − EVOU[j, m] + P_m[o])`. For sequences with `c` copies of one token
/// `k < m` before the query, and `m` at the other positions before the query, it is enough that
///
/// > `E_m (u_q + w_m) + e_q (u_q + w_q) + E_k (u_q + w_k) < 0`,
///
/// where `E_m` and `E_k` are the sums of `e_p` over the positions of `m` and `k`. The left side is
/// linear in `Σ e^{EQKP}` over the positions of `m`, so its extremes are where `m` stands at the
/// least and at the most attended positions. If the inequality holds for each `k` of a set `S`, it
/// holds for sequences whose `c` smaller tokens are any of `S`: the third term is then a sum over
/// positions, each at most what the worst single `k` would give. So the case `(q, m, c)` proves
/// `C(n−1, c) |S|^c` sequences. Two cases are exact but for `P_m`: only `m` (`q = m`), and `m`
/// everywhere but at the query.
///
/// Every difference contains a `P_m` once, which is enlarged by the slack that rounding asks for
/// (theorem 3 of [`crate::rounding`]).
pub struct Cubic<S = f64> {
    pub(super) shape: Shape,
    circuits: Circuits<S>,
    /// `EQKE / scale`, `[v(q), v(k)]`.
    token_scores: Matrix<S>,
    positions: Vec<Positions<S>>,
    /// What rounding may amount to, in logits: `κ` of [`Magnitudes::slack`].
    slack: S,
    /// `PVOU + slack`, `[n(p), v(o)]`.
    enlarged: Matrix<S>,
    /// The largest token of each chunk, and some of its queries.
    chunks: Vec<(usize, Range<usize>)>,
}

/// What a largest token `m` fixes for all queries.
struct LargestToken<S> {
    m: usize,
    /// `P_m[o] + slack`, `[v]`.
    P_m: Vec<S>,
    /// `w_j` for `j ≤ m`.
    w: Vec<S>,
}

/// A chunk evaluates the inequality about `CHUNK_EVALUATIONS` times: some 10 ms.
const CHUNK_EVALUATIONS: usize = 1 << 19;

impl Cubic {
    /// Prepares the proof.
    #[must_use]
    pub fn new(model: &Transformer) -> Self {
        Self::with_scalars(model)
    }

    /// FLOPs of the proof's verification, a closed formula: the sum of what each step of the code
    /// says it does. (The published code needs some four times as many for these cases: 3.52·10⁷ at
    /// `v = 64, d = h = 32, n = 4`.)
    #[must_use]
    pub fn flops(shape: Shape) -> f64 {
        let (v, n) = (shape.v as f64, shape.n as f64);
        let others = n - 1.0;
        // The number of pairs q < m, of pairs q ≤ m, of triples q < m, k < m, and the sum over all
        // pairs q ≤ m of the number of tokens up to m.
        let below = v * (v - 1.0) / 2.0;
        let pairs = v * (v + 1.0) / 2.0;
        let triples = v * (v - 1.0) * (2.0 * v - 1.0) / 6.0;
        let tokens = v * (v + 1.0) * (2.0 * v + 1.0) / 6.0;

        let prepared = v * (v + n) + v * v * (2.0 * n - 1.0) + v * n + pairs * (3.0 * v - 4.0);
        let case_analysis = pairs * (2.0 * v - 3.0) + tokens + pairs + v * (5.0 * v - 5.0);
        let many_positions = if shape.n == 1 {
            0.0
        } else {
            let orders = 2.0 * (v * others + below * (others - 1.0));
            let evaluations = 2.0 * (below * others + triples * (others - 1.0));
            Positions::<f64>::flops(shape)
                + below * (11.0 * v - 4.0)
                + 3.0 * orders
                + 15.0 * evaluations
        };
        Circuits::<f64>::flops(shape)
            + Magnitudes::<f64>::flops(shape)
            + Magnitudes::<f64>::SLACK_FLOPS
            + prepared
            + case_analysis
            + many_positions
    }
}

impl<S: Scalar> Cubic<S> {
    fn with_scalars(model: &Transformer) -> Self {
        let shape = model.shape();
        let Shape { v, n, .. } = shape;
        let circuits = Circuits::<S>::new(model);
        let slack = Magnitudes::new(model).slack(Arithmetic::DOUBLE, Rounding::Enclosed);
        let divisor = S::from_f64(model.score_divisor());
        let positions = circuits.EQKP.rows().into_iter();
        let queries = (CHUNK_EVALUATIONS / (2 * n * v)).max(1);
        let chunks = (0..v)
            .flat_map(|m| (0..=m).step_by(queries).map(move |q| (m, q..(q + queries).min(m + 1))));
        Self {
            shape,
            token_scores: map(&circuits.EQKE, |score| score / divisor),
            positions: positions
                .map(|row| {
                    Positions::new(&row.iter().map(|&score| score / divisor).collect::<Vec<_>>())
                })
                .collect(),
            enlarged: map(&circuits.PVOU, |x| x + slack),
            slack,
            circuits,
            chunks: chunks.collect(),
        }
    }

    /// What the proof proves, case by case.
    #[must_use]
    pub fn cases(&self) -> Cases {
        let table = self.table();
        Cases::new(self.shape, |q, m, c| {
            table[m][q][c - usize::from(q < m)].as_ref().map(Tokens::len)
        })
    }

    /// What is proven of each case, `[m][q][others]`: the tokens that the smaller tokens before the
    /// query, `others` in number, may be for every such sequence to be right; `None` where nothing
    /// is proven. `others` begins at 0 and ends at `n − 1`, or at `n − 2` where `q < m`, as one of
    /// the tokens before the query is `m` then.
    #[must_use]
    pub fn table(&self) -> Vec<Vec<Vec<Option<Tokens>>>> {
        (0..self.shape.v).map(|m| self.table_of(m)).collect()
    }

    /// The part of [`Self::table`] with the largest token `m`, `[q][others]`.
    fn table_of(&self, m: usize) -> Vec<Vec<Option<Tokens>>> {
        let largest_token = self.largest_token(m);
        let of_cell =
            |q| self.cell(q, &largest_token).into_iter().map(|harmless| harmless.proven).collect();
        (0..=m).map(of_cell).collect()
    }

    /// What a chunk decides; `see(m, q, cell)` hears what is proven of each cell of the chunk.
    pub(super) fn count_cells(
        &self,
        chunk: u64,
        mut see: impl FnMut(usize, usize, &[Harmless]),
    ) -> Tally {
        let (m, queries) =
            &self.chunks[usize::try_from(chunk).expect("a chunk's index is below their number")];
        let largest_token = self.largest_token(*m);
        let arrangements = Arrangements::new(self.shape.n);
        let mut tally = Tally::default();
        for q in queries.clone() {
            let cell = self.cell(q, &largest_token);
            see(*m, q, &cell);
            for (others, Harmless { proven, ignoring }) in cell.into_iter().enumerate() {
                let sequences = |choices: usize| arrangements.sequences(others, choices);
                let right = proven.map_or(0, |tokens| sequences(tokens.len()));
                tally = tally
                    + Tally { lost: ignoring.map_or(0, sequences) - right, ..Tally::right(right) };
            }
        }
        tally
    }

    /// What `m` fixes for all queries; costs `v (2n − 1)` FLOPs for `P_m`, `3v − 4` for each `w_j`.
    fn largest_token(&self, m: usize) -> LargestToken<S> {
        let Circuits { EVOU, PVOU, .. } = &self.circuits;
        let rows = || PVOU.rows().into_iter().zip(self.enlarged.rows());
        let P_m: Vec<S> = (0..self.shape.v)
            .map(|o| largest(rows().map(|(row, enlarged)| enlarged[o] - row[m])))
            .collect();
        let w = (0..=m)
            .map(|j| largest(self.wrong_outputs(m).map(|o| EVOU[[j, o]] - EVOU[[j, m]] + P_m[o])))
            .collect();
        LargestToken { m, P_m, w }
    }

    fn wrong_outputs(&self, m: usize) -> impl Iterator<Item = usize> {
        (0..m).chain(m + 1..self.shape.v)
    }

    /// The harmless tokens of each case with query `q ≤ m` and largest token `m`, by the number of
    /// tokens before the query that are not `m`. Costs `2v − 3` FLOPs for `u_q`, 1 for each
    /// `u_q + w_j`, 1 for the query's own score, and the FLOPs of the cases.
    fn cell(&self, q: usize, largest_token: &LargestToken<S>) -> Vec<Harmless> {
        let Shape { v, n, .. } = self.shape;
        let LargestToken { m, ref w, .. } = *largest_token;
        debug_assert!(q <= m && m < v, "the query is not above the largest token");
        let EUPU = &self.circuits.EUPU;
        let u = largest(self.wrong_outputs(m).map(|o| EUPU[[q, o]] - EUPU[[q, m]]));
        let difference: Vec<S> = w.iter().map(|&w| u + w).collect();
        let query_score = self.token_scores[[q, q]] + self.positions[q].query;

        // Where q < m, one of the tokens before the query is m: a sequence of one token has none.
        let alone = if q == m {
            self.only_largest(largest_token)
        } else if n > 1 {
            self.largest_and_query(q, largest_token, query_score)
        } else {
            return Vec::new();
        };
        let of_no_token = Harmless {
            proven: (alone == Holds::Yes).then(Tokens::default),
            ignoring: (alone != Holds::No).then_some(0),
        };
        let others = (1..n - usize::from(q < m))
            .map(|others| self.good_tokens(q, m, others, query_score, &difference));
        std::iter::once(of_no_token).chain(others).collect()
    }

    /// Whether `worst` is below 0: a weighted sum of differences, each of which contains the slack
    /// once. `weights` is the sum of their weights.
    fn holds(&self, worst: S, weights: S) -> Holds {
        if worst.less(S::from_f64(0.0)) {
            Holds::Yes
        } else if worst.to_f64() < self.slack.to_f64() * weights.to_f64() {
            Holds::ButForRounding
        } else {
            Holds::No
        }
    }

    /// The case `m m … m`: the logits are exact but for `P_m`. Costs `5v − 5` FLOPs.
    fn only_largest(&self, &LargestToken { m, ref P_m, .. }: &LargestToken<S>) -> Holds {
        let Circuits { EUPU, EVOU, .. } = &self.circuits;
        let worst = largest(
            self.wrong_outputs(m)
                .map(|o| (EUPU[[m, o]] - EUPU[[m, m]]) + (EVOU[[m, o]] - EVOU[[m, m]] + P_m[o])),
        );
        self.holds(worst, S::from_f64(1.0))
    }

    /// The case `m m … m q`: the logits are exact but for `P_m`. Costs `11v − 4` FLOPs.
    fn largest_and_query(
        &self,
        q: usize,
        &LargestToken { m, ref P_m, .. }: &LargestToken<S>,
        query_score: S,
    ) -> Holds {
        let Circuits { EUPU, EVOU, .. } = &self.circuits;
        let all = self.positions[q].least[self.shape.n - 1];
        let score = self.token_scores[[q, m]] + all.peak;
        let top = score.max(query_score);
        let (e_m, e_q) = ((score - top).exp() * all.sum, (query_score - top).exp());
        let worst = largest(self.wrong_outputs(m).map(|o| {
            let direct = EUPU[[q, o]] - EUPU[[q, m]];
            let writes = |j: usize| direct + (EVOU[[j, o]] - EVOU[[j, m]] + P_m[o]);
            e_m * writes(m) + e_q * writes(q)
        }));
        self.holds(worst, S::from_f64(e_m.to_f64() + e_q.to_f64()))
    }

    /// The set `S`: the tokens `k < m` of which `others` copies are harmless, wherever they stand.
    /// Costs 3 FLOPs for each of the two orders, and 15 for each token in each order.
    fn good_tokens(
        &self,
        q: usize,
        m: usize,
        others: usize,
        query_score: S,
        difference: &[S],
    ) -> Harmless {
        let Positions { least, most, .. } = &self.positions[q];
        let scores = self.token_scores.row(q);
        let copies_of_m = self.shape.n - 1 - others;
        let orders = [(least[copies_of_m], most[others]), (most[copies_of_m], least[others])].map(
            |(of_m, of_k)| {
                let score = scores[m] + of_m.peak;
                (score, score.max(query_score), of_m.sum, of_m.sum * difference[m], of_k)
            },
        );
        let mut exponentials = vec![S::from_f64(0.0); 3 * m];
        let mut holds = vec![Holds::Yes; m];
        for (score, top, sum, weighted, of_k) in orders {
            // For every token k, the weights of m, of the query and of k, side by side.
            let (of_m, rest) = exponentials.split_at_mut(m);
            let (of_query, of_tokens) = rest.split_at_mut(m);
            for k in 0..m {
                let score_k = scores[k] + of_k.peak;
                let top = top.max(score_k);
                (of_m[k], of_query[k], of_tokens[k]) =
                    (score - top, query_score - top, score_k - top);
            }
            S::exp_all(&mut exponentials);
            for (k, holds) in holds.iter_mut().enumerate() {
                let [e_m, e_q, e_k] = [0, m, 2 * m].map(|of| exponentials[of + k]);
                let worst = e_m * weighted + e_q * difference[q] + e_k * of_k.sum * difference[k];
                let weights = [(e_m, sum.to_f64()), (e_q, 1.0), (e_k, of_k.sum.to_f64())];
                let in_order = self.holds(
                    worst,
                    S::from_f64(weights.map(|(e, sum)| e.to_f64() * sum).iter().sum()),
                );
                *holds = in_order.max(*holds);
            }
        }
        Harmless {
            proven: Some((0..m).filter(|&k| holds[k] == Holds::Yes).collect()),
            ignoring: Some(holds.iter().filter(|&&holds| holds != Holds::No).count()),
        }
    }
}

impl<S: Scalar + Send + Sync> CaseAnalysis for Cubic<S> {
    fn chunks(&self) -> u64 {
        self.chunks.len() as u64
    }

    fn count(&self, chunk: u64) -> Tally {
        self.count_cells(chunk, |_, _, _| ())
    }

    fn cost(&self) -> Cost {
        Cost::new(Cubic::flops(self.shape), self.slack.to_f64())
    }

    fn evidence(&self) -> Result<Evidence, Failure> {
        Ok(Evidence::cases(&self.table()))
    }
}

/// Whether an inequality holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Holds {
    Yes,
    /// The inequality holds if rounding is ignored.
    ButForRounding,
    No,
}

/// Tokens of which every sequence of a case may be made up.
pub(super) struct Harmless {
    /// The tokens for which the case is proven; none where not even the case without any is proven.
    pub(super) proven: Option<Tokens>,
    /// How many tokens there would be if rounding were ignored.
    ignoring: Option<usize>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cost::Counted;
    use crate::models::transformer::tests::random;
    use crate::proof::count_all;

    #[test]
    fn the_closed_formula_counts_what_the_code_does() {
        for (v, d, h, n) in
            [(2, 1, 1, 1), (5, 3, 2, 1), (5, 2, 3, 2), (6, 4, 5, 3), (7, 3, 3, 5), (12, 8, 4, 4)]
        {
            let shape = Shape { v, d, h, n };
            let model = random(shape, 2.0, v as u64);
            // Whatever scores are divided by costs as much.
            let model = if v == 5 { model.with_attn_scale(0.3).unwrap() } else { model };
            let (flops, proven) = Counted::during(|| {
                let cubic = Cubic::<Counted>::with_scalars(&model);
                count_all(&cubic).right
            });
            assert_eq!(flops as f64, Cubic::flops(shape), "{shape:?}");
            let cubic = Cubic::new(&model);
            assert_eq!(proven, count_all(&cubic).right, "{shape:?}");
            assert_eq!(proven, cubic.cases().proven(), "{shape:?}");
        }
    }
}
