use super::{ExplainedCase, Explanation, Way, Why};
use crate::tasks::max_of_k::weighted::{Distribution, Weigher, Weights, ratio};
use num_bigint::BigUint;
use serde::Serialize;

/// What a proof proves, case by case, as a picture shows it. Counts are decimal; of inputs or,
/// where some weigh more than others, their weights.
#[derive(Clone, Debug, Serialize)]
pub struct CaseMap {
    /// The strategy's identifier.
    pub strategy: String,
    /// Vocabulary.
    pub v: usize,
    /// Context.
    pub n: usize,
    /// What each input weighs; `None` where all count alike.
    pub weights: Option<Weights>,
    /// All inputs.
    pub total: String,
    /// Inputs proven right.
    pub proven: String,
    /// Inputs that the network gets wrong; `None` where they have not been counted.
    pub wrong: Option<String>,
    /// By the number of tokens that are not the largest.
    pub layers: Vec<CaseLayer>,
    /// What is said of cases.
    pub verdicts: Vec<Verdict>,
    /// How cases are decided; empty where the family has one way only.
    pub ways: Vec<Verdict>,
    /// Parts of all inputs, which add up to `total`; the first is what is proven.
    pub parts: Vec<Part>,
}

/// The cases with one number of tokens that are not the largest.
#[derive(Clone, Debug, Serialize)]
pub struct CaseLayer {
    /// The number; `None` where the proof decides all numbers together.
    pub others: Option<usize>,
    /// All inputs of the layer.
    pub total: String,
    /// Inputs proven right.
    pub proven: String,
    /// The part of each case that is proven, rounded down, `[v(m), v(q)]`; NaN where there is no
    /// case.
    #[serde(skip)]
    pub share: Vec<f64>,
    /// What is said of each case, as an index into [`CaseMap::verdicts`], `[v(m), v(q)]`; 255 where
    /// there is no case.
    #[serde(skip)]
    pub verdict: Vec<u8>,
    /// How each case is decided, as an index into [`CaseMap::ways`], `[v(m), v(q)]`; 255 where
    /// there is no case or one way only.
    #[serde(skip)]
    pub way: Vec<u8>,
    /// How many inputs of each case are known to be answered wrong, `[v(m), v(q)]`.
    #[serde(skip)]
    pub wrong: Vec<f64>,
}

/// What is said of cases.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// An identifier.
    pub id: &'static str,
    /// A few words.
    pub label: &'static str,
    /// A sentence for a student.
    pub about: &'static str,
}

/// Some of all inputs: what is proven, or what one reason keeps from being proven.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Part {
    /// The reason.
    #[serde(flatten)]
    pub verdict: Verdict,
    /// How many inputs, decimal.
    pub inputs: String,
}

impl From<Why> for Verdict {
    fn from(why: Why) -> Self {
        Self { id: why.id(), label: why.label(), about: why.about() }
    }
}

/// What [`CaseLayer::verdict`] says where there is no case.
const NO_CASE: u8 = u8::MAX;

impl CaseMap {
    pub(super) fn new(explanation: &Explanation, over: &Distribution) -> Self {
        let shape = explanation.task.shape();
        let verdicts = &explanation.verdicts;
        let cases = explanation.cases();
        let is_used = |way: &Way| cases.iter().any(|case| case.way == Some(*way));
        let ways: Vec<_> = Way::ALL.into_iter().filter(is_used).collect();
        let mut numbers: Vec<_> = cases.iter().map(|case| case.others).collect();
        numbers.sort_unstable();
        numbers.dedup();
        let weigher = Weigher::new(over, cases);
        let mut sums = vec![BigUint::ZERO; Why::ALL.len()];
        let mut layer = |others: Option<usize>| {
            let mut layer = CaseLayer::empty(others, shape.v);
            let (mut total, mut proven) = (BigUint::ZERO, BigUint::ZERO);
            for case in cases.iter().filter(|case| case.others == others) {
                let weighed = weigher.weighed(case);
                if weighed.total == BigUint::ZERO {
                    continue;
                }
                let place = case.m * shape.v + case.q;
                layer.share[place] = ratio(&weighed.proven, &weighed.total);
                layer.verdict[place] = index_of(verdicts, case.verdict());
                layer.way[place] = case.way.map_or(NO_CASE, |way| index_of(&ways, way));
                layer.wrong[place] = case.known_wrong() as f64;
                sums[Why::Proven as usize] += &weighed.proven;
                weighed.unproven.iter().for_each(|(why, weight)| sums[*why as usize] += weight);
                (total, proven) = (total + weighed.total, proven + weighed.proven);
            }
            CaseLayer { total: total.to_string(), proven: proven.to_string(), ..layer }
        };
        let layers = numbers.into_iter().map(&mut layer).collect();
        let sum = |why: Why| &sums[why as usize];
        let part = |why: Why| {
            let is_part = why == Why::Proven || *sum(why) > BigUint::ZERO;
            is_part.then(|| Part { verdict: why.into(), inputs: sum(why).to_string() })
        };
        Self {
            strategy: explanation.strategy.to_string(),
            v: shape.v,
            n: shape.n,
            weights: weigher.weights(),
            total: sums.iter().sum::<BigUint>().to_string(),
            proven: sum(Why::Proven).to_string(),
            wrong: explanation.task.wrong_inputs().map(|_| sum(Why::Wrong).to_string()),
            layers,
            parts: Why::ALL.into_iter().filter_map(part).collect(),
            ways: ways.iter().map(|way| way.verdict()).collect(),
            verdicts: verdicts.iter().copied().map(Verdict::from).collect(),
        }
    }
}

impl CaseLayer {
    /// A layer without cases.
    fn empty(others: Option<usize>, v: usize) -> Self {
        Self {
            others,
            total: String::new(),
            proven: String::new(),
            share: vec![f64::NAN; v * v],
            verdict: vec![NO_CASE; v * v],
            way: vec![NO_CASE; v * v],
            wrong: vec![0.0; v * v],
        }
    }
}

/// How many inputs a reason keeps from being proven.
pub(super) fn unproven(cases: &[ExplainedCase], reason: Why) -> u128 {
    let of_cases = cases.iter().flat_map(|case| &case.unproven);
    of_cases.filter(|(why, _)| *why == reason).map(|(_, inputs)| inputs).sum()
}

/// The place of an entry in a list.
pub(super) fn index_of<T: PartialEq>(list: &[T], entry: T) -> u8 {
    let index = list.iter().position(|each| *each == entry);
    index.and_then(|index| u8::try_from(index).ok()).unwrap_or(NO_CASE)
}
