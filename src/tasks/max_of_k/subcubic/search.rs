use super::case::{CaseEnds, CaseSearch, Choice, Differences, WorstOutputs};
use super::common::Common;
use super::direct::Direct;
use super::gaps::Gaps;
use super::proof::{Family, FourFactors, LowRank, Proof, ProofError};
use super::scores::{LEAST_RIDGE, LEAST_SINGULAR_VALUE, Scores};
use super::strategy::{Attention, AttentionError, DirectPath, Subcubic};
use super::tables::Tables;
use super::verify::{self, index, right_cases, verify_by};
use crate::linalg::{
    Matrix, SingularDirection, first_singular_direction, first_singular_direction_of_product,
    matmul, times_left,
};
use crate::rounding::{Arithmetic, Rounding};
use crate::tasks::max_of_k::cases::Cases;
use crate::transformer::{Shape, Transformer};
use std::sync::{Arc, Mutex, OnceLock};

/// Finds proof objects for one model. Nothing here is trusted: [`super::verify`] decides what a
/// proof object proves.
///
/// What strategies share is worked out once, when the first of them asks for it: the directions;
/// the tables of the model, of each bound on the error of attention scores and of each direct path;
/// and, for the ten strategies with one such bound, the attention to the largest token for every
/// gap, and so the whole walk through its cases.
#[derive(Debug)]
pub struct Search {
    pub(super) model: Transformer,
    rank_one: LowRank,
    pub(super) four_factors: LowRank,
    /// `s` as published, and scaled to the part of it that the average query has.
    direct: [Vec<f64>; 2],
    pub(super) common: Arc<Common<f64>>,
    /// By [`AttentionError::ALL`]; with rounding enclosed, and ignored.
    scores: [[OnceLock<FoundScores>; 2]; 10],
    /// By [`DirectPath::ALL`]; two for the SVD query, one for each of its directions.
    directs: [[OnceLock<Arc<Direct<f64>>>; 2]; 5],
    /// By [`AttentionError::ALL`].
    families: [Mutex<FamilySearch>; 10],
    /// Published counts by [`AttentionError::ALL`], each by [`Subcubic::place_in_family`].
    pub(super) published: [OnceLock<Vec<Result<u128, ProofError>>>; 10],
}

/// Scores, unless no bound of their residual's singular value can be confirmed.
type FoundScores = Result<Arc<Scores<f64>>, ProofError>;

/// A claimed singular value is above the computed one by this fraction: far more than rounding
/// takes, and far less than matters.
const MARGIN: f64 = 1e-9;
/// The ridge under the Cholesky factor of `B Bᵀ`, relative to its trace and to the units of
/// rounding that the verifier asks for.
const RIDGE: f64 = 4.0;

impl Search {
    /// Finds the directions that all strategies share.
    #[must_use]
    pub fn new(model: &Transformer) -> Self {
        let (W_Q, W_K) = (&model.W_Q, &model.W_K);
        let common = Common::<f64>::new(model);
        let Common { E_q, E_k, .. } = &common;
        let A = matmul(E_q.view(), matmul(W_Q.view(), W_K.t()).view());
        let SingularDirection { left: u, right: w, .. } =
            first_singular_direction_of_product(&A, E_k);

        let singular_value =
            first_singular_direction_of_product(&rest(&A, &u), &rest(E_k, &w)).value;
        let squares: f64 = E_k.iter().map(|x| x * x).sum();
        // A residual of nothing is below any positive number.
        let singular_value = (singular_value * (1.0 + MARGIN)).max(LEAST_SINGULAR_VALUE);
        let unit = Arithmetic::DOUBLE.gamma(E_k.nrows() + E_k.ncols() + 8);
        let ridge = (RIDGE * unit * squares).max(LEAST_RIDGE);
        let rank_one = LowRank::RankOne { query: u.clone(), key: w.clone(), singular_value, ridge };

        let first = |matrix: &Matrix<f64>| first_singular_direction(matrix).left;
        let four_factors = FourFactors {
            query_rest: first(&rest(E_q, &u)),
            key_rest: first(&rest(E_k, &w)),
            W_Q: first(W_Q),
            W_K: first(W_K),
            query: u,
            key: w,
        };
        Self {
            model: model.clone(),
            rank_one,
            four_factors: LowRank::FourFactors(Box::new(four_factors)),
            direct: svd_query(model, E_q),
            common: Arc::new(common),
            scores: Default::default(),
            directs: Default::default(),
            families: Default::default(),
            published: Default::default(),
        }
    }

    /// The published search: for every `(q, m, c)` the least gap that works where every query has
    /// it, 1 where none does; the centres are the mean least attention of the queries.
    ///
    /// # Errors
    /// If the model's products leave the range of float64, or no bound of its residual's singular
    /// value can be confirmed.
    pub fn plain(&self, strategy: Subcubic) -> Result<Proof, ProofError> {
        let mut search = FamilySearch::of(self, &[(strategy, 0)]);
        if let Some((_, error)) = search.failed.pop() {
            return Err(error);
        }
        while search.advance(self.common.shape, |case| case.plain()) < 1.0 {}
        Ok(search.variants.swap_remove(0).proof)
    }

    /// A better search: for each `(m, c)` the least gap `g*`, which bounds what other tokens write,
    /// and the centre are tried together; every query takes its own least gap from `g*` on, or
    /// gives up. Never proves less than [`Self::plain`].
    ///
    /// The ten strategies with the same attention scores are searched for together, when the first
    /// of them asks.
    ///
    /// # Errors
    /// As [`Self::plain`].
    pub fn joint(&self, strategy: Subcubic) -> Result<Proof, ProofError> {
        while self.advance(strategy.error) < 1.0 {}
        let family = self.family(strategy.error).lock().expect("no search panics");
        family.found.as_ref().expect("a finished search")[strategy.place_in_family()].clone()
    }

    /// Does a little of the search for the ten strategies with the attention scores `error`, the
    /// cases of one largest token; returns the fraction of the search that is done.
    pub fn advance(&self, error: AttentionError) -> f64 {
        let mut family = self.family(error).lock().expect("no search panics");
        if family.found.is_some() {
            return 1.0;
        }
        if family.next == 0 {
            // Of an SVD query both directions are tried.
            let variants: Vec<_> = Subcubic::family(error)
                .flat_map(|strategy| {
                    let directions = if strategy.direct == DirectPath::SvdQuery { 2 } else { 1 };
                    (0..directions).map(move |direct| (strategy, direct))
                })
                .collect();
            *family = FamilySearch::of(self, &variants);
            return 0.0;
        }
        let done = family.advance(self.common.shape, |case| case.joint());
        if done == 1.0 {
            family.finish(error);
        }
        done
    }

    fn family(&self, error: AttentionError) -> &Mutex<FamilySearch> {
        &self.families[error as usize]
    }

    /// What a proof object proves, the slack of its comparisons in logits, and how many sequences
    /// are lost to that slack. Verifies as [`super::verify`] does, but with tables that other
    /// strategies use too if the proof object is one of ours.
    ///
    /// # Errors
    /// See [`super::verify`].
    pub(in crate::tasks::max_of_k) fn verify(
        &self,
        proof: &Proof,
    ) -> Result<(Cases, f64, u128), ProofError> {
        proof.check(&self.model)?;
        let tables = self.tables_of(proof, Rounding::Enclosed)?;
        let right = right_cases(&tables, proof, |_, _, _| true);
        // What float64 alone would prove of the other cases: most often nothing.
        let shape = self.common.shape;
        let lost = self.tables_of(proof, Rounding::Ignored).map_or(0, |tables| {
            let right = right_cases(&tables, proof, |q, m, c| !right[index(shape, q, m, c)]);
            if right.contains(&true) { verify::cases(shape, proof, &right).proven() } else { 0 }
        });
        Ok((verify::cases(shape, proof, &right), tables.slack, lost))
    }

    /// The tables that a verifier looks up for a proof object.
    pub(super) fn tables_of(
        &self,
        proof: &Proof,
        rounding: Rounding,
    ) -> Result<Tables<f64>, ProofError> {
        let direct = usize::from(proof.direct.as_ref() == Some(&self.direct[1]));
        let skeleton = self.skeleton(proof.strategy, direct);
        if (&skeleton.low_rank, &skeleton.direct) == (&proof.low_rank, &proof.direct) {
            self.tables(proof.strategy, direct, rounding)
        } else {
            Tables::new(&self.model, proof, rounding)
        }
    }

    /// The tables that a verifier looks up for a strategy, whatever the gaps. `direct` is 1 for the
    /// scaled direction of an SVD query, else 0.
    pub(super) fn tables(
        &self,
        strategy: Subcubic,
        direct: usize,
        rounding: Rounding,
    ) -> Result<Tables<f64>, ProofError> {
        let skeleton = self.skeleton(strategy, direct);
        skeleton.check(&self.model)?;
        let scores = self.scores[strategy.error as usize][rounding as usize].get_or_init(|| {
            Scores::new(strategy.error, &self.common, &self.model, &skeleton.low_rank, rounding)
                .map(Arc::new)
        });
        let direct = self.directs[strategy.direct as usize][direct].get_or_init(|| {
            Arc::new(Direct::new(strategy.direct, &self.common, skeleton.direct.as_deref()))
        });
        Tables::of(self.common.clone(), scores.clone()?, direct.clone(), rounding)
    }

    /// A proof object with the model's directions and gaps of 1, before any search. `direct` is 1
    /// for the scaled direction of an SVD query, else 0.
    pub(super) fn skeleton(&self, strategy: Subcubic, direct: usize) -> Proof {
        let Shape { v, n, .. } = self.common.shape;
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

/// The search for strategies with one bound on attention scores, largest token by largest token.
#[derive(Debug, Default)]
struct FamilySearch {
    /// The strategies that are searched for, each with one of its directions.
    variants: Vec<Variant>,
    /// The strategies that cannot be searched for: no verifier accepts their directions.
    failed: Vec<(Subcubic, ProofError)>,
    /// The next largest token; 0 before anything is done.
    next: usize,
    /// The proof objects found, by [`Subcubic::place_in_family`].
    found: Option<Vec<Result<Proof, ProofError>>>,
}

/// A strategy with one of its directions.
#[derive(Debug)]
struct Variant {
    tables: Arc<Tables<f64>>,
    proof: Proof,
}

impl FamilySearch {
    /// The search for the strategies `asked`, which have one bound on attention scores, each with
    /// the number of its direction.
    fn of(search: &Search, asked: &[(Subcubic, usize)]) -> Self {
        let mut known = Vec::<(_, Result<Arc<Tables<f64>>, ProofError>)>::new();
        let (mut variants, mut failed) = (Vec::new(), Vec::new());
        for &(strategy, direct) in asked {
            let key = (strategy.direct, direct);
            let at = known.iter().position(|(of, _)| *of == key).unwrap_or_else(|| {
                known
                    .push((key, search.tables(strategy, direct, Rounding::Enclosed).map(Arc::new)));
                known.len() - 1
            });
            match known[at].1.clone() {
                Ok(tables) => {
                    variants.push(Variant { tables, proof: search.skeleton(strategy, direct) })
                }
                Err(error) => failed.push((strategy, error)),
            }
        }
        Self { variants, failed, next: 1, found: None }
    }

    /// Searches the cases of the next largest token; returns the fraction that is done.
    fn advance(
        &mut self,
        Shape { v, n, .. }: Shape,
        choose: impl Fn(&mut CaseSearch<'_>) -> Choice,
    ) -> f64 {
        let Some(first) = self.variants.first() else { return 1.0 };
        let m = self.next;
        if m < v {
            let tables = first.tables.clone();
            let differences = Differences::new(&tables, m);
            let outputs: Vec<_> =
                self.variants.iter().map(|variant| WorstOutputs::new(&variant.tables, m)).collect();
            for c in 1..n {
                let ends = CaseEnds::new(&tables, &differences, c);
                for (Variant { tables, proof }, outputs) in self.variants.iter_mut().zip(&outputs) {
                    let mut search =
                        CaseSearch::new(tables, &ends, outputs, proof.centres.is_some());
                    let Choice { centre, gaps } = choose(&mut search);
                    proof.gaps.queries_mut(m, c).copy_from_slice(&gaps);
                    if let Some(centres) = &mut proof.centres {
                        centres[m][c] = centre;
                    }
                }
            }
            self.next += 1;
        }
        // The time of the cases of a largest token m grows with m².
        (self.next as f64 / v as f64).powi(3).min(1.0)
    }

    /// Keeps the better of the two directions of an SVD query.
    fn finish(&mut self, error: AttentionError) {
        let mut best: Vec<Option<(Proof, u128)>> = Subcubic::family(error).map(|_| None).collect();
        for Variant { tables, proof } in std::mem::take(&mut self.variants) {
            let strategy = proof.strategy;
            let counts = strategy.direct == DirectPath::SvdQuery;
            let proven = if counts { verify_by(&tables, &proof).0.proven() } else { 0 };
            let best = &mut best[strategy.place_in_family()];
            if best.as_ref().is_none_or(|&(_, beaten)| proven > beaten) {
                *best = Some((proof, proven));
            }
        }
        let failed = std::mem::take(&mut self.failed);
        let why = |strategy| {
            let failed = failed.iter().find(|(of, _)| *of == strategy);
            failed.expect("what was not found failed").1.clone()
        };
        let found = Subcubic::family(error).zip(best);
        self.found =
            Some(found.map(|(strategy, best)| Ok(best.ok_or_else(|| why(strategy))?.0)).collect());
    }
}

/// `M − u uᵀM`.
pub(super) fn rest(M: &Matrix<f64>, u: &[f64]) -> Matrix<f64> {
    let kept = times_left(u, M);
    Matrix::from_shape_fn(M.dim(), |(i, j)| M[[i, j]] - u[i] * kept[j])
}

/// The published direction `s = ± uᵀ E_q`, `u` the first left singular vector of `EUPU`, of the
/// sign nearer to the queries; and `mean(u) · uᵀ E_q`, what the average query has of it.
fn svd_query(model: &Transformer, E_q: &Matrix<f64>) -> [Vec<f64>; 2] {
    let outputs = model.W_U.t().as_standard_layout().into_owned();
    let u = first_singular_direction_of_product(E_q, &outputs).left;
    let s = times_left(&u, E_q);
    let scaled = |scale: f64| s.iter().map(|x| scale * x).collect::<Vec<_>>();
    let distance = |s: &[f64]| {
        let rest = Matrix::from_shape_fn(E_q.dim(), |(q, j)| E_q[[q, j]] - s[j]);
        let norms = matmul(rest.view(), model.W_U.view());
        norms
            .rows()
            .into_iter()
            .map(|row| row.iter().map(|x| x * x).sum::<f64>().sqrt())
            .sum::<f64>()
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
            let strategy =
                Subcubic { direct: DirectPath::SvdQuery, attention: Attention::MeanQuery, error };
            let proof = search.plain(strategy).unwrap();
            assert_eq!(proof.check(&model), Ok(()), "{strategy}");
            super::super::verify(&model, &proof).unwrap_or_else(|e| panic!("{strategy}: {e}"));
        }
    }
}
