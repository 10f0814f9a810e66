//! Finds proof objects: the directions of the model, then gaps and centres case by case.
//!
//! `q` is the query token, `m` the largest token, `c` the number of tokens other than `m`; `u` and
//! `w` are first singular directions; `s` is the direction that stands for the direct path of every
//! query.
//!
//! ```text
//! find the directions of the model                                       Search::new
//! for each bound on the error of attention scores that is asked for:     Search::advance
//!     for each largest token m and each number c of other tokens:
//!         work out the ends of attention                                 CaseEnds
//!         for each of the ten strategies with the bound:
//!             choose a centre, and a gap for each query                  CaseSearch
//!     keep the better direction of each SVD query                        FamilySearch::finish
//! ```

use super::built::{Built, Directions, GapChoice};
use super::case::{CaseEnds, CaseSearch, Choice, Differences, WorstOutputs};
use super::common::Common;
use super::direct::Direct;
use super::directions::{Sides, orthonormal, rest};
use super::gaps::Gaps;
use super::proof::{Family, FourFactors, LowRank, Proof, ProofError};
use super::scores::{LEAST_RIDGE, LEAST_SINGULAR_VALUE, Scores};
use super::strategy::{Attention, AttentionError, DirectPath, Subcubic};
use super::tables::Tables;
use super::verify::{self, index, right_cases, verify_by};
use crate::linalg::{
    Matrix, SingularDirection, first_singular_direction_of_product, matmul, times_left,
};
use crate::models::transformer::{Shape, Transformer};
use crate::rounding::{Arithmetic, Rounding};
use crate::tasks::max_of_k::cases::Cases;
use std::sync::{Arc, Mutex, OnceLock};

/// Finds proof objects for one model. Nothing here is trusted: [`super::verify()`] decides what a
/// proof object proves.
///
/// Strategies share the directions, the tables of the model, of each bound on the error of
/// attention scores and of each direct path, and the attention to the largest token in each case;
/// each of them is worked out once, when a strategy first asks for it. The ten strategies with one
/// bound on the error of attention scores are therefore searched for together.
#[derive(Debug)]
pub struct Search {
    pub(super) model: Transformer,
    rank_one: LowRank,
    pub(super) four_factors: LowRank,
    /// The direction `s` as published, and the multiple of it that the average query has, each
    /// `[d]`.
    direct: [Vec<f64>; 2],
    pub(super) common: Arc<Common<f64>>,
    /// By [`super::AttentionError::ALL`], then by [`Rounding`].
    scores: [[OnceLock<FoundScores>; 2]; 10],
    /// By [`DirectPath::ALL`], then by the number of the direction: 0 or 1 for the SVD query, 0 for
    /// the others.
    directs: [[OnceLock<Arc<Direct<f64>>>; 2]; 5],
    /// By [`super::AttentionError::ALL`].
    families: [Mutex<FamilySearch>; 10],
    /// Searches for strategies that someone built.
    built: Mutex<Vec<(Subcubic, FamilySearch)>>,
    /// The most directions that are asked for, by [`Directions`].
    sides: [OnceLock<Sides>; Directions::ALL.len()],
    /// Published counts by [`super::AttentionError::ALL`], then by [`Subcubic::place_in_family`].
    pub(super) published: [OnceLock<Vec<Result<u128, ProofError>>>; 10],
}

/// The scores, or why the bound on their residual's singular value cannot be confirmed.
type FoundScores = Result<Arc<Scores<f64>>, ProofError>;

/// The fraction by which a claimed singular value is above the computed one: far more than rounding
/// takes, and far less than matters.
const MARGIN: f64 = 1e-9;
/// The ridge on the diagonal of `B Bᵀ`, in units of `γ_{v+d+8}` times the trace of `B Bᵀ`. The
/// verifier asks for at least 2 such units.
const RIDGE: f64 = 4.0;

impl Search {
    /// Finds the directions of `model` that all strategies share.
    #[must_use]
    pub fn new(model: &Transformer) -> Self {
        let (W_Q, W_K) = (&model.W_Q, &model.W_K);
        let common = Common::<f64>::new(model);
        let Common { E_q, E_k, .. } = &common;
        let A = matmul(E_q.view(), matmul(W_Q.view(), W_K.t()).view());
        let SingularDirection { left: u, right: w, .. } =
            first_singular_direction_of_product(&A, E_k);

        let [singular_value, ridge] = singular_bound([rest(&A, &u), rest(E_k, &w)], E_k);
        let rank_one = LowRank::RankOne { query: u.clone(), key: w.clone(), singular_value, ridge };

        let four_factors = FourFactors::around(model, [E_q, E_k], u, w);
        Self {
            model: model.clone(),
            rank_one,
            four_factors: LowRank::FourFactors(Box::new(four_factors)),
            direct: svd_query(model, E_q),
            common: Arc::new(common),
            scores: Default::default(),
            directs: Default::default(),
            families: Default::default(),
            built: Mutex::default(),
            sides: Default::default(),
            published: Default::default(),
        }
    }

    /// The directions of rank-1 scores.
    #[must_use]
    pub fn rank_one(&self) -> &LowRank {
        &self.rank_one
    }

    /// Takes `bound` in place of the residual of rank-1 scores, multiplied out: it says by how much
    /// rows of a product spread at most. What [`AttentionError::MaxDiffExact`] then proves holds if
    /// that does.
    ///
    /// # Panics
    /// If a search with that error has begun.
    #[must_use]
    pub fn with_residual(
        self,
        mut bound: impl FnMut(&Matrix<f64>, &Matrix<f64>) -> Vec<f64>,
    ) -> Self {
        for rounding in [Rounding::Ignored, Rounding::Enclosed] {
            let scores =
                Scores::bounded(&self.common, &self.model, &self.rank_one, &mut bound, rounding);
            let known = &self.scores[AttentionError::MaxDiffExact as usize][rounding as usize];
            known.set(Ok(Arc::new(scores))).expect("no search has begun");
        }
        self
    }

    /// The published search: each case `(q, m, c)` takes the least gap at which the query is right
    /// if all queries of `(m, c)` have that gap, or 1 if there is none. A centre is the mean least
    /// attention of the queries.
    ///
    /// # Errors
    /// If the model's products leave the range of float64, or no bound of its residual's singular
    /// value can be confirmed.
    pub fn plain(&self, strategy: Subcubic) -> Result<Proof, ProofError> {
        let mut search = FamilySearch::of(self, vec![self.skeleton(strategy, 0)]);
        if let Some((_, error)) = search.failed.pop() {
            return Err(error);
        }
        while search.next_largest(self.common.shape, |case| case.plain()) < 1.0 {}
        Ok(search.variants.swap_remove(0).proof)
    }

    /// The better search: for each `(m, c)` it tries the least gap `g*`, which bounds what other
    /// tokens write, together with the centre. Every query takes its own least gap from `g*` on, or
    /// is given up. It never proves less than [`Self::plain`].
    ///
    /// The first call for one of the ten published strategies with `strategy.error` searches for
    /// all ten. For a strategy that someone built, gaps are chosen as it says.
    ///
    /// # Errors
    /// Fails where [`Self::plain`] does.
    pub fn joint(&self, strategy: Subcubic) -> Result<Proof, ProofError> {
        while self.advance(strategy) < 1.0 {}
        if strategy.built.is_some() {
            let built = self.built.lock().expect("no search panics");
            let search = built.iter().find(|(of, _)| *of == strategy);
            return search.expect("it was advanced").1.found(strategy);
        }
        let family = &self.families[strategy.error as usize];
        family.lock().expect("no search panics").found(strategy)
    }

    /// Continues the search for `strategy` by the cases of one largest token; returns the fraction
    /// of the search that is done. With a published strategy, the search is for all ten that have
    /// its attention scores.
    pub fn advance(&self, strategy: Subcubic) -> f64 {
        let Some(choice) = strategy.built.map(|built| built.gaps) else {
            let family = &self.families[strategy.error as usize];
            let mut family = family.lock().expect("no search panics");
            return family.advance(self, Subcubic::family(strategy.error), GapChoice::Best);
        };
        let mut built = self.built.lock().expect("no search panics");
        let at = built.iter().position(|(of, _)| *of == strategy).unwrap_or_else(|| {
            built.push((strategy, FamilySearch::default()));
            built.len() - 1
        });
        built[at].1.advance(self, std::iter::once(strategy), choice)
    }

    /// The proof object of `strategy`, a built one whose directions someone gives: `queries` and
    /// `keys`, each `[rank][v]` numbers of any size. They are scaled and made orthogonal to those
    /// before them. Gaps and centres are searched for.
    ///
    /// # Errors
    /// If there are other directions than the strategy and the model ask for, a number is not
    /// finite, or the model's products leave the range of float64.
    pub fn with_directions(
        &self,
        strategy: Subcubic,
        queries: &[Vec<f64>],
        keys: &[Vec<f64>],
    ) -> Result<Proof, ProofError> {
        if !matches!(strategy.built, Some(Built { directions: Directions::Given, .. })) {
            let (found, expected) = (strategy.to_string(), "one with given directions".into());
            return Err(ProofError::Part { part: "strategy", found, expected });
        }
        let v = self.common.shape.v;
        for (part, sides) in [("query direction", queries), ("key direction", keys)] {
            for side in sides {
                if side.len() != v {
                    let (found, expected) = (format!("{} numbers", side.len()), v.to_string());
                    return Err(ProofError::Part { part, found, expected });
                }
                if let Some(&value) = side.iter().find(|x| !x.is_finite()) {
                    return Err(ProofError::NotFinite { part, value });
                }
            }
        }
        let low_rank =
            self.several(Sides { queries: orthonormal(queries), keys: orthonormal(keys) });
        let skeletons = self.skeletons(std::iter::once(strategy)).map(|proof| {
            let proof = Proof { low_rank: low_rank.clone(), ..proof };
            proof.check(&self.model).map(|()| proof)
        });
        let mut search = FamilySearch::of(self, skeletons.collect::<Result<Vec<_>, _>>()?);
        let gaps = strategy.built.map_or(GapChoice::Best, |built| built.gaps);
        while search.next_largest(self.common.shape, |case| case.chosen(gaps)) < 1.0 {}
        search.finish();
        search.found(strategy)
    }

    /// Proof objects of `strategies` before any search. An SVD query is tried with both directions.
    fn skeletons(&self, strategies: impl Iterator<Item = Subcubic>) -> impl Iterator<Item = Proof> {
        strategies.flat_map(move |strategy| {
            let directions = if strategy.direct == DirectPath::SvdQuery { 2 } else { 1 };
            (0..directions).map(move |direct| self.skeleton(strategy, direct))
        })
    }

    /// Low-rank attention scores with the directions `sides`.
    fn several(&self, sides: Sides) -> LowRank {
        let Common { E_q, E_k, .. } = &*self.common;
        let rests = sides.rests(&self.queries_times_keys(E_q), E_k);
        let squares: f64 = rests[0].iter().map(|x| x * x).sum();
        let [singular_value, ridge] = singular_bound(rests, E_k);
        // Where as many directions as the model has dimensions leave nothing but rounding, what the
        // ridge adds to it is more than all of it.
        let singular_value = singular_value.max((2.0 * ridge * squares).sqrt());
        let Sides { queries, keys } = sides;
        LowRank::Several { queries, keys, singular_value, ridge }
    }

    /// `E_q W_Q W_Kᵀ`.
    fn queries_times_keys(&self, E_q: &Matrix<f64>) -> Matrix<f64> {
        matmul(E_q.view(), matmul(self.model.W_Q.view(), self.model.W_K.t()).view())
    }

    /// The low-rank attention scores that `built` asks for; none if someone gives their directions.
    fn built(&self, Built { rank, directions, .. }: Built) -> LowRank {
        if directions == Directions::Given {
            return LowRank::None;
        }
        let sides = self.sides[directions as usize].get_or_init(|| {
            let Common { E_q, E_k, .. } = &*self.common;
            let most = usize::from(*Built::RANKS.end());
            Sides::find(directions, most, &self.queries_times_keys(E_q), E_k)
        });
        self.several(sides.first(usize::from(rank)))
    }

    /// Verifies a proof object as [`super::verify()`] does; returns what it proves, the slack of
    /// its comparisons in logits, and how many sequences are lost to that slack. Takes the tables
    /// of this search if the proof object has its directions.
    ///
    /// # Errors
    /// Fails where [`super::verify()`] does.
    pub(in crate::tasks::max_of_k) fn verify(
        &self,
        proof: &Proof,
    ) -> Result<(Cases, f64, u128), ProofError> {
        proof.check(&self.model)?;
        let tables = self.tables_of(proof, Rounding::Enclosed)?;
        let right = right_cases(&tables, proof, |_, _, _| true);
        // The sequences of the other cases that would be proven without slack: mostly none.
        let shape = self.common.shape;
        let lost = self.tables_of(proof, Rounding::Ignored).map_or(0, |tables| {
            let right = right_cases(&tables, proof, |q, m, c| !right[index(shape, q, m, c)]);
            if right.contains(&true) { verify::cases(shape, proof, &right).proven() } else { 0 }
        });
        Ok((verify::cases(shape, proof, &right), tables.slack, lost))
    }

    /// The tables that a verifier looks up for `proof`; shared ones if it has this search's
    /// directions.
    pub(super) fn tables_of(
        &self,
        proof: &Proof,
        rounding: Rounding,
    ) -> Result<Tables<f64>, ProofError> {
        if proof.strategy.built.is_some() {
            return Tables::with(self.common.clone(), &self.model, proof, rounding);
        }
        let direct = usize::from(proof.direct.as_ref() == Some(&self.direct[1]));
        let skeleton = self.skeleton(proof.strategy, direct);
        if (&skeleton.low_rank, &skeleton.direct) == (&proof.low_rank, &proof.direct) {
            self.tables(proof.strategy, direct, rounding)
        } else {
            Tables::with(self.common.clone(), &self.model, proof, rounding)
        }
    }

    /// The tables that a verifier looks up for proof objects of the published `strategy` with any
    /// gaps. `direct` is 1 for the scaled direction of an SVD query, else 0.
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
        let low_rank = match (strategy.error.family(), strategy.built) {
            (_, Some(built)) => self.built(built),
            (Family::Exact, None) => LowRank::None,
            (Family::RankOne, None) => self.rank_one.clone(),
            (Family::FourFactors, None) => self.four_factors.clone(),
        };
        let direct = (strategy.direct == DirectPath::SvdQuery).then(|| self.direct[direct].clone());
        let centres = (strategy.attention == Attention::MeanQuery).then(|| vec![vec![0.0; n]; v]);
        Proof::new(strategy, low_rank, direct, centres, Gaps::uniform(v, n, 1))
    }
}

/// The search for strategies with one bound on attention scores, largest token by largest token.
#[derive(Debug, Default)]
struct FamilySearch {
    /// The strategies that are searched for, once with each of their directions.
    variants: Vec<Variant>,
    /// The strategies that cannot be searched for, since no verifier accepts their directions, and
    /// why.
    failed: Vec<(Subcubic, ProofError)>,
    /// The next largest token; 0 before anything is done.
    next: usize,
    /// The proof objects found, one for each strategy.
    found: Option<Vec<(Subcubic, Result<Proof, ProofError>)>>,
}

/// A strategy with one of its directions.
#[derive(Debug)]
struct Variant {
    tables: Arc<Tables<f64>>,
    /// The proof object as found so far.
    proof: Proof,
}

impl FamilySearch {
    /// Prepares the search for gaps and centres of the proof objects `asked`. They must have one
    /// low-rank approximation and one bound on its error.
    fn of(search: &Search, asked: Vec<Proof>) -> Self {
        let mut known = Vec::<(_, Result<Arc<Tables<f64>>, ProofError>)>::new();
        let (mut variants, mut failed) = (Vec::new(), Vec::new());
        for proof in asked {
            let key = (proof.strategy.direct, proof.direct.clone());
            let at = known.iter().position(|(of, _)| *of == key).unwrap_or_else(|| {
                let tables = proof.check(&search.model);
                let tables = tables.and_then(|()| search.tables_of(&proof, Rounding::Enclosed));
                known.push((key, tables.map(Arc::new)));
                known.len() - 1
            });
            match known[at].1.clone() {
                Ok(tables) => variants.push(Variant { tables, proof }),
                Err(error) => failed.push((proof.strategy, error)),
            }
        }
        Self { variants, failed, next: 1, found: None }
    }

    /// Continues the search for `strategies` by the cases of one largest token, with gaps as `gaps`
    /// says; returns the fraction of the search that is done.
    fn advance(
        &mut self,
        search: &Search,
        strategies: impl Iterator<Item = Subcubic>,
        gaps: GapChoice,
    ) -> f64 {
        if self.found.is_some() {
            return 1.0;
        }
        if self.next == 0 {
            *self = Self::of(search, search.skeletons(strategies).collect());
            return 0.0;
        }
        let done = self.next_largest(search.common.shape, |case| case.chosen(gaps));
        if done == 1.0 {
            self.finish();
        }
        done
    }

    /// What a finished search found for `strategy`, which it was for.
    fn found(&self, strategy: Subcubic) -> Result<Proof, ProofError> {
        let found = self.found.as_ref().expect("a finished search");
        let found = found.iter().find(|(of, _)| *of == strategy);
        found.expect("what was searched for").1.clone()
    }

    /// Lets `choose` choose the gaps and centres of the next largest token; returns the fraction of
    /// the search that is done.
    fn next_largest(
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
    fn finish(&mut self) {
        let mut best: Vec<(Proof, u128)> = Vec::new();
        for Variant { tables, proof } in std::mem::take(&mut self.variants) {
            let counts = proof.strategy.direct == DirectPath::SvdQuery;
            let proven = if counts { verify_by(&tables, &proof).0.proven() } else { 0 };
            match best.iter_mut().find(|(other, _)| other.strategy == proof.strategy) {
                None => best.push((proof, proven)),
                Some(best) if proven > best.1 => *best = (proof, proven),
                Some(_) => {}
            }
        }
        let found = best.into_iter().map(|(proof, _)| (proof.strategy, Ok(proof)));
        let failed = std::mem::take(&mut self.failed);
        let failed = failed.into_iter().map(|(strategy, error)| (strategy, Err(error)));
        self.found = Some(found.chain(failed).collect());
    }
}

/// A number that is above the first singular value of the product of `rests`, what directions leave
/// of `A` and `E_k`, by a little, and the ridge to confirm it with.
fn singular_bound([of_A, of_keys]: [Matrix<f64>; 2], E_k: &Matrix<f64>) -> [f64; 2] {
    let singular_value = first_singular_direction_of_product(&of_A, &of_keys).value;
    let squares: f64 = E_k.iter().map(|x| x * x).sum();
    // A model of low rank leaves a residual of 0, which any positive number is above.
    let singular_value = (singular_value * (1.0 + MARGIN)).max(LEAST_SINGULAR_VALUE);
    let unit = Arithmetic::DOUBLE.gamma(E_k.nrows() + E_k.ncols() + 8);
    [singular_value, (RIDGE * unit * squares).max(LEAST_RIDGE)]
}

/// The published direction `s = ± uᵀ E_q`, where `u` is the first left singular vector of `EUPU`
/// and the sign is the one nearer to the queries; and `mean(u) · uᵀ E_q`, the part of the average
/// query in that direction.
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
    use super::*;

    #[test]
    fn every_error_family_has_its_directions() {
        let model =
            crate::models::transformer::tests::random(Shape { v: 6, d: 4, h: 3, n: 3 }, 1.0, 2);
        let search = Search::new(&model);
        for &error in AttentionError::ALL {
            let strategy = Subcubic::new(DirectPath::SvdQuery, Attention::MeanQuery, error);
            let proof = search.plain(strategy).unwrap();
            assert_eq!(proof.check(&model), Ok(()), "{strategy}");
            super::super::verify(&model, &proof).unwrap_or_else(|e| panic!("{strategy}: {e}"));
        }
    }
}
