use super::gaps::Gaps;
use super::proof::{Family, FourFactors, LowRank, Proof, ProofError};
use super::scores::{LEAST_RIDGE, LEAST_SINGULAR_VALUE, queries, split_positions};
use super::strategy::{Attention, DirectPath, Subcubic};
use super::tables::{Column, Ends, Tables};
use super::verify::verify;
use crate::linalg::{Matrix, SingularDirection, first_singular_direction, matmul, times_left};
use crate::rounding::{Arithmetic, Rounding};
use crate::tasks::max_of_k::cases::Arrangements;
use crate::transformer::{Shape, Transformer};

/// Finds proof objects for one model. Nothing here is trusted: [`super::verify`] decides what a proof object proves.
#[derive(Clone, Debug)]
pub struct Search {
    rank_one: LowRank,
    pub(super) four_factors: LowRank,
    /// `s` as published, and scaled to the part of it that the average query has.
    direct: [Vec<f64>; 2],
}

/// A claimed singular value is above the computed one by this part, far more than rounding takes and far less than matters.
const MARGIN: f64 = 1e-9;
/// The ridge under the Cholesky factor of `B Bᵀ`, relative to its trace and to the units of rounding that the verifier asks
/// for.
const RIDGE: f64 = 4.0;
/// Parts of the queries below the centres that a joint search tries.
const QUANTILES: [f64; 5] = [0.0, 0.25, 0.5, 0.75, 1.0];

impl Search {
    /// Finds the directions that all strategies share.
    #[must_use]
    pub fn new(model: &Transformer) -> Self {
        let (W_Q, W_K) = (&model.W_Q, &model.W_K);
        let E_q = queries::<f64>(model);
        let (E_k, _) = split_positions::<f64>(model);
        let A = matmul(E_q.view(), matmul(W_Q.view(), W_K.t()).view());
        let EQKE = matmul(A.view(), E_k.t());
        let SingularDirection { left: u, right: w, .. } = first_singular_direction(&EQKE);

        let residual = matmul(rest(&A, &u).view(), rest(&E_k, &w).t());
        let singular_value = first_singular_direction(&residual).value;
        let squares: f64 = E_k.iter().map(|x| x * x).sum();
        // A residual of nothing is below any positive number.
        let singular_value = (singular_value * (1.0 + MARGIN)).max(LEAST_SINGULAR_VALUE);
        let unit = Arithmetic::DOUBLE.gamma(E_k.nrows() + E_k.ncols() + 8);
        let ridge = (RIDGE * unit * squares).max(LEAST_RIDGE);
        let rank_one = LowRank::RankOne { query: u.clone(), key: w.clone(), singular_value, ridge };

        let first = |matrix: &Matrix<f64>| first_singular_direction(matrix).left;
        let four_factors = FourFactors {
            query_rest: first(&rest(&E_q, &u)),
            key_rest: first(&rest(&E_k, &w)),
            W_Q: first(W_Q),
            W_K: first(W_K),
            query: u,
            key: w,
        };
        Self { rank_one, four_factors: LowRank::FourFactors(Box::new(four_factors)), direct: svd_query(model, &E_q) }
    }

    /// The published search: for every `(q, m, c)` the least gap that works where every query has it, 1 where none does; the
    /// centres are the mean least attention of the queries.
    ///
    /// # Errors
    /// If the model's products leave the range of float64, or no bound of its residual's singular value can be confirmed.
    pub fn plain(&self, model: &Transformer, strategy: Subcubic) -> Result<Proof, ProofError> {
        self.search(model, self.skeleton(model.shape(), strategy, 0), |column, _| column.plain())
    }

    /// A better search: for each `(m, c)` the least gap `g*`, which bounds what other tokens write, and the centre are tried
    /// together; every query takes its own least gap from `g*` on, or gives up. Never proves less than [`Self::plain`].
    ///
    /// # Errors
    /// As [`Self::plain`].
    pub fn joint(&self, model: &Transformer, strategy: Subcubic) -> Result<Proof, ProofError> {
        let search = |direct| {
            self.search(model, self.skeleton(model.shape(), strategy, direct), |column, arrangements| {
                let (plain, joint) = (column.plain(), column.joint(arrangements));
                if column.proves(&joint, arrangements) > column.proves(&plain, arrangements) { joint } else { plain }
            })
        };
        let published = search(0)?;
        if strategy.direct != DirectPath::SvdQuery {
            return Ok(published);
        }
        let scaled = search(1)?;
        let proven = |proof: &Proof| verify(model, proof).map(|cases| cases.proven());
        Ok(if proven(&scaled)? > proven(&published)? { scaled } else { published })
    }

    fn search(
        &self,
        model: &Transformer,
        mut proof: Proof,
        choose: impl Fn(&ColumnSearch<'_>, &Arrangements) -> Choice,
    ) -> Result<Proof, ProofError> {
        let Shape { v, n, .. } = model.shape();
        let tables = Tables::<f64>::new(model, &proof, Rounding::Enclosed)?;
        let arrangements = Arrangements::new(n);
        for m in 1..v {
            for c in 1..n {
                let column = ColumnSearch::new(&tables, m, c, proof.centres.is_some());
                let Choice { centre, gaps } = choose(&column, &arrangements);
                proof.gaps.queries_mut(m, c).copy_from_slice(&gaps);
                if let Some(centres) = &mut proof.centres {
                    centres[m][c] = centre;
                }
            }
        }
        Ok(proof)
    }

    /// What a verifier that ignores rounding looks up for this strategy, whatever the gaps.
    pub(super) fn plain_tables(&self, model: &Transformer, strategy: Subcubic) -> Result<Tables<f64>, ProofError> {
        Tables::new(model, &self.skeleton(model.shape(), strategy, 0), Rounding::Ignored)
    }

    /// A proof object with this model's directions (of the direct path the published or the scaled one), and no search done.
    pub(super) fn skeleton(&self, Shape { v, n, .. }: Shape, strategy: Subcubic, direct: usize) -> Proof {
        let low_rank = match strategy.error.family() {
            Family::Exact => LowRank::None,
            Family::RankOne => self.rank_one.clone(),
            Family::FourFactors => self.four_factors.clone(),
        };
        let direct = (strategy.direct == DirectPath::SvdQuery).then(|| self.direct[direct].clone());
        let centres = (strategy.attention == Attention::MeanQuery).then(|| vec![vec![0.0; n]; v]);
        Proof::new(strategy, low_rank, direct, centres, Gaps::uniform(v, n, 1))
    }
}

/// Gaps of all queries of one `(m, c)` and their centre.
struct Choice {
    centre: f64,
    gaps: Vec<u16>,
}

/// The search of one `(m, c)`: no other one matters to it.
struct ColumnSearch<'a> {
    tables: &'a Tables<f64>,
    m: usize,
    c: usize,
    centred: bool,
    /// Attention by gap (from 1) and query: queries up to `m − gap`, then `m` itself.
    ends: Vec<Vec<(usize, Ends<f64>)>>,
}

impl<'a> ColumnSearch<'a> {
    fn new(tables: &'a Tables<f64>, m: usize, c: usize, centred: bool) -> Self {
        let present = |gap: usize| (0..=m - gap).chain([m]);
        let ends = (1..=m).map(|gap| present(gap).map(|q| (q, tables.attention(q, m, c, gap))).collect());
        Self { tables, m, c, centred, ends: ends.collect() }
    }

    /// Attention of a query that is present at this gap.
    fn ends(&self, q: usize, gap: usize) -> Ends<f64> {
        let present = &self.ends[gap - 1];
        if q == self.m { present[present.len() - 1].1 } else { present[q].1 }
    }

    /// The largest gap at which a query is present.
    fn widest(&self, q: usize) -> usize {
        if q == self.m { self.m } else { self.m - q }
    }

    fn column(&self, centre: f64, least_gap: usize) -> Column<f64> {
        let wrong = self.tables.worst_wrong[self.m - least_gap];
        self.tables.column(self.m, self.centred.then_some(centre), wrong)
    }

    /// The mean of the least attentions of queries with these gaps; 0 if there is none.
    fn mean(&self, present: impl Iterator<Item = (usize, usize)>) -> f64 {
        let (sum, count) = present.fold((0.0, 0.0), |(sum, n), (q, gap)| (sum + self.ends(q, gap)[0], n + 1.0));
        if count > 0.0 { sum / count } else { 0.0 }
    }

    fn plain(&self) -> Choice {
        let mut gaps = vec![1; self.m + 1];
        for gap in (1..=self.m).rev() {
            let present = &self.ends[gap - 1];
            let centre = self.mean(present.iter().map(|&(q, _)| (q, gap)));
            let column = self.column(centre, gap);
            for &(q, ends) in present {
                if self.tables.is_right(q, &column, ends) {
                    gaps[q] = u16::try_from(gap).expect("a gap is at most the vocabulary");
                }
            }
        }
        let present = gaps.iter().enumerate().map(|(q, &gap)| (q, usize::from(gap)));
        let centre = self.mean(present.filter(|&(q, gap)| gap <= self.widest(q)));
        Choice { centre, gaps }
    }

    fn joint(&self, arrangements: &Arrangements) -> Choice {
        let give_up = u16::try_from(self.m + 1).expect("a gap is at most the vocabulary");
        let mut best = (0, Choice { centre: 0.0, gaps: vec![give_up; self.m + 1] });
        for least in 1..=self.m {
            // A larger least gap only helps by a smaller spread of other tokens.
            let wrong = &self.tables.worst_wrong;
            if least > 1 && wrong[self.m - least] == wrong[self.m - least + 1] {
                continue;
            }
            for centre in self.centres(least) {
                let column = self.column(centre, least);
                let gap = |q: usize| self.least_gap(q, &column, least).unwrap_or(give_up);
                let choice = Choice { centre, gaps: (0..=self.m).map(gap).collect() };
                let proven = self.count(&choice.gaps, |_| true, arrangements);
                if proven > best.0 {
                    best = (proven, choice);
                }
            }
        }
        best.1
    }

    /// Centres to try: quantiles of the least attention at this gap, and their mean.
    fn centres(&self, gap: usize) -> Vec<f64> {
        if !self.centred {
            return vec![0.0];
        }
        let mut attention: Vec<_> = self.ends[gap - 1].iter().map(|&(_, [low, _])| low).collect();
        attention.sort_by(f64::total_cmp);
        let last = attention.len() - 1;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a part of a small number")]
        let quantile = |part: f64| attention[(part * last as f64).round() as usize];
        let mean = attention.iter().sum::<f64>() / attention.len() as f64;
        QUANTILES.map(quantile).into_iter().chain([mean]).collect()
    }

    /// The least gap from `least` on at which a query is right: a wider gap only narrows the attention, so bisection finds it.
    fn least_gap(&self, q: usize, column: &Column<f64>, least: usize) -> Option<u16> {
        let works = |gap: usize| self.tables.is_right(q, column, self.ends(q, gap));
        let (mut low, mut high) = (least, self.widest(q));
        if low > high || !works(high) {
            return None;
        }
        while low < high {
            let middle = (low + high) / 2;
            if works(middle) { high = middle } else { low = middle + 1 }
        }
        u16::try_from(high).ok()
    }

    /// What verification will count for a choice.
    fn proves(&self, Choice { centre, gaps }: &Choice, arrangements: &Arrangements) -> u128 {
        let present = |q: usize| usize::from(gaps[q]) <= self.widest(q);
        let Some(least) = (0..=self.m).filter(|&q| present(q)).map(|q| usize::from(gaps[q])).min() else { return 0 };
        let column = self.column(*centre, least);
        let right = |q: usize| present(q) && self.tables.is_right(q, &column, self.ends(q, usize::from(gaps[q])));
        self.count(gaps, right, arrangements)
    }

    /// Sequences of the queries that are `right`, by their gaps.
    fn count(&self, gaps: &[u16], right: impl Fn(usize) -> bool, arrangements: &Arrangements) -> u128 {
        let sequences = |q: usize| {
            let gap = usize::from(gaps[q]);
            if gap > self.widest(q) || !right(q) {
                return 0;
            }
            arrangements.sequences(if q == self.m { self.c } else { self.c - 1 }, self.m - gap + 1)
        };
        (0..=self.m).map(sequences).sum()
    }
}

/// `M − u uᵀM`.
fn rest(M: &Matrix<f64>, u: &[f64]) -> Matrix<f64> {
    let kept = times_left(u, M);
    Matrix::from_shape_fn(M.dim(), |(i, j)| M[[i, j]] - u[i] * kept[j])
}

/// The published direction `s = ± uᵀ E_q`, `u` the first left singular vector of `EUPU`, of the sign nearer to the queries; and
/// `mean(u) · uᵀ E_q`, what the average query has of it.
fn svd_query(model: &Transformer, E_q: &Matrix<f64>) -> [Vec<f64>; 2] {
    let u = first_singular_direction(&matmul(E_q.view(), model.W_U.view())).left;
    let s = times_left(&u, E_q);
    let scaled = |scale: f64| s.iter().map(|x| scale * x).collect::<Vec<_>>();
    let distance = |s: &[f64]| {
        let rest = Matrix::from_shape_fn(E_q.dim(), |(q, j)| E_q[[q, j]] - s[j]);
        let norms = matmul(rest.view(), model.W_U.view());
        norms.rows().into_iter().map(|row| row.iter().map(|x| x * x).sum::<f64>().sqrt()).sum::<f64>()
    };
    let sign = if distance(&scaled(1.0)) > distance(&scaled(-1.0)) { -1.0 } else { 1.0 };
    [scaled(sign), scaled(u.iter().sum::<f64>() / u.len() as f64)]
}

#[cfg(test)]
mod tests {
    use super::super::AttentionError;
    use super::*;

    #[test]
    fn every_error_family_has_its_directions() {
        let model = crate::transformer::tests::random(Shape { v: 6, d: 4, h: 3, n: 3 }, 1.0, 2);
        let search = Search::new(&model);
        for &error in AttentionError::ALL {
            let strategy = Subcubic { direct: DirectPath::SvdQuery, attention: Attention::MeanQuery, error };
            let proof = search.plain(&model, strategy).unwrap();
            assert_eq!(proof.check(&model), Ok(()), "{strategy}");
            verify(&model, &proof).unwrap_or_else(|e| panic!("{strategy}: {e}"));
        }
    }
}
