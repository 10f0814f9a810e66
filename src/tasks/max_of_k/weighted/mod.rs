//! What proofs prove when some inputs weigh more than others.
//!
//! Proofs are case analyses, so any weights that are the same within a case carry over, exactly:
//! the bound is the weight of the proven inputs over that of all. Where a case mixes inputs of
//! several weights, because its proof does not tell numbers of copies apart, only what is proven
//! whichever of its inputs are counts: those that are not proven are supposed to be the heaviest.

mod parse;
mod share;
mod weighed;

pub use parse::DistributionError;
pub(super) use share::ratio;
pub(super) use weighed::Weigher;
pub use weighed::Weights;

use super::cases::Arrangements;
use super::explain::{ExplainedCase, Why};
use crate::models::transformer::Shape;
use num_bigint::BigUint;
use serde::Serialize;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

/// What tells classes of inputs apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// The largest token.
    Largest,
    /// The last token.
    Last,
    /// The number of copies of the largest token.
    Copies,
    /// Largest and last token together.
    Cell,
}

impl By {
    /// All.
    pub const ALL: [Self; 4] = [Self::Largest, Self::Last, Self::Copies, Self::Cell];
    /// Those that are one number.
    const ALONE: [Self; 3] = [Self::Largest, Self::Last, Self::Copies];

    /// What it is called in the text of a distribution.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Largest => "largest",
            Self::Last => "last",
            Self::Copies => "copies",
            Self::Cell => "cell",
        }
    }

    fn label(self) -> &'static str {
        match self {
            Self::Largest => "largest token",
            Self::Last => "last token",
            Self::Copies => "number of copies",
            Self::Cell => "largest and last token",
        }
    }

    /// The numbers there are.
    fn range(self, Shape { v, n, .. }: Shape) -> (usize, usize) {
        if self == Self::Copies { (1, n) } else { (0, v - 1) }
    }

    /// The class of the inputs with largest token `m`, last token `q` and `copies` of `m`.
    fn class(self, (m, q, copies): (usize, usize, usize)) -> Class {
        match self {
            Self::Largest => (m, 0),
            Self::Last => (q, 0),
            Self::Copies => (copies, 0),
            Self::Cell => (m, q),
        }
    }

    fn class_name(self, (first, second): Class) -> String {
        match self {
            Self::Largest => format!("largest token {first}"),
            Self::Last => format!("last token {first}"),
            Self::Copies if first == 1 => "one copy of the largest token".into(),
            Self::Copies => format!("{first} copies of the largest token"),
            Self::Cell => format!("largest token {first}, last token {second}"),
        }
    }
}

/// A class of inputs, as [`By::class`] gives it: one or two numbers.
type Class = (usize, usize);

/// What the weight of an input is the product of: its places in the three factors and in the table.
type Key = [usize; 4];

/// Weights by one number.
#[derive(Clone, Debug)]
struct Factor {
    /// From the first value of the number on.
    weights: Vec<BigUint>,
    /// How the weights go, in words; `None` if they are all the same.
    about: Option<&'static str>,
}

/// A restriction.
#[derive(Clone, Debug)]
struct Limit {
    by: By,
    sign: &'static str,
    number: usize,
    range: RangeInclusive<usize>,
}

/// Weights of inputs: each depends on the largest token, the last token and the number of copies of
/// the largest.
#[derive(Clone, Debug)]
pub struct Distribution {
    shape: Shape,
    /// By largest token, last token, copies.
    factors: [Factor; 3],
    /// `[largest][last]`.
    table: Option<Vec<Vec<BigUint>>>,
    limits: Vec<Limit>,
    worst: Option<By>,
}

/// The cases of a proof as far as weights need them.
#[derive(Clone, Debug)]
pub struct CaseCounts(Vec<Counts>);

#[derive(Clone, Debug)]
struct Counts {
    m: usize,
    q: usize,
    /// `None` where all numbers of copies are one case.
    copies: Option<usize>,
    total: u128,
    proven: u128,
    /// Whether each input that is not proven is wrong.
    is_exact: bool,
}

impl CaseCounts {
    /// Takes what an explanation says of its cases, of inputs of `n` tokens.
    #[must_use]
    pub fn new(cases: &[ExplainedCase], n: usize) -> Self {
        let counts = |case: &ExplainedCase| Counts {
            m: case.m,
            q: case.q,
            copies: case.others.map(|others| n - others),
            total: case.total,
            proven: case.proven,
            is_exact: case.unproven.iter().all(|&(why, _)| why == Why::Wrong),
        };
        Self(cases.iter().map(counts).collect())
    }
}

/// The weight of proven inputs and of all, of a class of inputs or of everything.
#[derive(Clone, Debug)]
pub struct Share {
    /// The class, in words; empty for all inputs.
    pub class: String,
    place: Class,
    /// The weight of the inputs proven right.
    pub proven: BigUint,
    /// The weight of all inputs, more than 0.
    pub total: BigUint,
    /// Whether no other input of the class that weighs anything is right.
    pub is_exact: bool,
    /// Whether cases that mix weights count for what is proven of them in any case only.
    pub is_mixed: bool,
}

/// A bound under a distribution. Decimal counts; weights of inputs and not numbers, unless all
/// weigh the same.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WeightedBound {
    /// The weight of what is proven right.
    pub correct: String,
    /// The weight of all inputs.
    pub total: String,
    /// Their ratio, rounded down.
    pub bound: f64,
    /// In percent, four decimals, rounded down.
    pub percent: String,
    /// Whether it is the accuracy itself.
    pub exact: bool,
    /// Whether it may be less than what the proof proves, as its cases mix inputs of several
    /// weights.
    pub mixed: bool,
    /// The class, in words; empty for all inputs.
    pub class: String,
}

impl From<&Share> for WeightedBound {
    fn from(share: &Share) -> Self {
        Self {
            correct: share.proven.to_string(),
            total: share.total.to_string(),
            bound: ratio(&share.proven, &share.total),
            percent: share::percent(&share.proven, &share.total),
            exact: share.is_exact,
            mixed: share.is_mixed,
            class: share.class.clone(),
        }
    }
}

/// What a distribution says.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DistributionFacts {
    /// Which inputs, and how they are weighted, as the end of a sentence: "inputs whose …".
    pub about: String,
    /// Whether the worst class is looked for.
    pub worst: bool,
    /// The part of all weight that each value has: by largest token, by last token, by copies.
    pub parts: Vec<Vec<f64>>,
}

impl Distribution {
    /// All inputs alike.
    #[must_use]
    pub fn uniform(shape: Shape) -> Self {
        let factor = |by: By| {
            let (from, to) = by.range(shape);
            Factor { weights: vec![BigUint::from(1_u8); to + 1 - from], about: None }
        };
        let factors = By::ALONE.map(factor);
        Self { shape, factors, table: None, limits: Vec::new(), worst: None }
    }

    /// Reads a distribution such as `largest>=10;last:linear;worst=copies`: parts separated by
    /// semicolons, each a restriction, weights (`linear`, `alike` for classes that weigh the same,
    /// or a list), a `table:` of lines largest, last, weight, or the classes of which the worst
    /// counts. Without parts, all inputs are alike. Weights of several parts are multiplied.
    ///
    /// # Errors
    /// If a part says nothing, says what no input of this shape has, or leaves no input.
    pub fn parse(text: &str, shape: Shape) -> Result<Self, DistributionError> {
        parse::parse(text, shape)
    }

    fn factor_mut(&mut self, by: By) -> &mut Factor {
        &mut self.factors[By::ALONE.iter().position(|&other| other == by).unwrap_or(0)]
    }

    fn check(self) -> Result<Self, DistributionError> {
        let everything = self.everything();
        let all = self.shares(&everything, None);
        if all.is_empty() { Err(DistributionError::Nothing) } else { Ok(self) }
    }

    /// All inputs, by largest token, last token and copies, as if proven.
    fn everything(&self) -> CaseCounts {
        let Shape { v, n, .. } = self.shape;
        let arrangements = Arrangements::new(n);
        let cells = (0..v).flat_map(|m| (0..=m).map(move |q| (m, q)));
        let counts = cells.flat_map(|(m, q)| {
            let sizes = sizes(&arrangements, n, m, q);
            sizes.into_iter().map(move |(copies, total)| Counts {
                m,
                q,
                copies: Some(copies),
                total,
                proven: total,
                is_exact: true,
            })
        });
        CaseCounts(counts.collect())
    }

    /// Returns the key of the weight of inputs, or `None` if they weigh nothing. Inputs with one
    /// key have one weight.
    fn key(&self, m: usize, q: usize, copies: usize) -> Option<Key> {
        let is_in = |limit: &Limit| limit.range.contains(&limit.by.class((m, q, copies)).0);
        let [largest, last, by_copies] = &self.factors;
        let place = |factor: &Factor, at: usize| factor.about.map_or(0, |_| at);
        let key = [
            place(largest, m),
            place(last, q),
            place(by_copies, copies - 1),
            self.table.as_ref().map_or(0, |_| m * self.shape.v + q),
        ];
        let is_none = largest.weights[m] == BigUint::ZERO
            || last.weights[q] == BigUint::ZERO
            || by_copies.weights[copies - 1] == BigUint::ZERO
            || self.table.as_ref().is_some_and(|table| table[m][q] == BigUint::ZERO);
        (!is_none && self.limits.iter().all(is_in)).then_some(key)
    }

    fn weight(&self, [largest, last, copies, cell]: Key) -> BigUint {
        let [by_largest, by_last, by_copies] = &self.factors;
        let weight = &by_largest.weights[largest] * &by_last.weights[last];
        let weight = weight * &by_copies.weights[copies];
        let v = self.shape.v;
        match &self.table {
            Some(table) => weight * &table[cell / v][cell % v],
            None => weight,
        }
    }

    /// What is proven of all inputs, or of each class that weighs anything.
    #[must_use]
    pub fn shares(&self, cases: &CaseCounts, by: Option<By>) -> Vec<Share> {
        let arrangements = Arrangements::new(self.shape.n);
        let mut weights: BTreeMap<Key, BigUint> = BTreeMap::new();
        let mut classes: BTreeMap<Class, Sums> = BTreeMap::new();
        for case in &cases.0 {
            let sizes = case.copies.map_or_else(
                || sizes(&arrangements, self.shape.n, case.m, case.q),
                |copies| vec![(copies, case.total)],
            );
            // The inputs of the case by class, then by weight; those that weigh nothing by `None`.
            let mut parts: BTreeMap<Class, BTreeMap<Option<Key>, u128>> = BTreeMap::new();
            for (copies, size) in sizes {
                let place = (case.m, case.q, copies);
                let class = by.map_or((0, 0), |by| by.class(place));
                let key = self.key(case.m, case.q, copies);
                *parts.entry(class).or_default().entry(key).or_default() += size;
            }
            let pieces: usize = parts.values().map(BTreeMap::len).sum();
            let is_mixed = pieces > 1 && case.proven > 0 && case.proven < case.total;
            for (class, inputs) in parts {
                let mut inputs: Vec<_> =
                    inputs.into_iter().filter_map(|(key, size)| Some((key?, size))).collect();
                for &(key, _) in &inputs {
                    weights.entry(key).or_insert_with(|| self.weight(key));
                }
                if inputs.is_empty() {
                    continue;
                }
                // What is not proven may be what weighs most.
                inputs.sort_by(|(a, _), (b, _)| weights[b].cmp(&weights[a]));
                let sums = classes.entry(class).or_default();
                let mut unproven = case.total - case.proven;
                for (key, size) in inputs {
                    let lost = unproven.min(size);
                    unproven -= lost;
                    let (proven, total) = sums.by_weight.entry(key).or_default();
                    (*proven, *total) = (*proven + (size - lost), *total + size);
                }
                sums.is_mixed |= is_mixed;
                sums.is_inexact |= is_mixed || !case.is_exact;
            }
        }
        let share = |(class, sums): (Class, Sums)| {
            let sum = |of: &dyn Fn(&(u128, u128)) -> u128| {
                sums.by_weight.iter().map(|(key, counts)| &weights[key] * of(counts)).sum()
            };
            Share {
                class: by.map_or_else(String::new, |by| by.class_name(class)),
                place: class,
                proven: sum(&|counts| counts.0),
                total: sum(&|counts| counts.1),
                is_exact: !sums.is_inexact,
                is_mixed: sums.is_mixed,
            }
        };
        classes.into_iter().map(share).filter(|share| share.total != BigUint::ZERO).collect()
    }

    /// What is proven: of all inputs or, if the distribution asks for that, of the worst class.
    #[must_use]
    pub fn bound(&self, cases: &CaseCounts) -> WeightedBound {
        let shares = self.shares(cases, self.worst);
        // The worst class is only known to be that if all are known exactly.
        let is_exact = shares.iter().all(|share| share.is_exact);
        WeightedBound { exact: is_exact, ..least(&shares).into() }
    }

    /// What it says, in words and as parts of the whole.
    #[must_use]
    pub fn facts(&self) -> DistributionFacts {
        let everything = self.everything();
        let total = &self.shares(&everything, None)[0].total;
        let parts = By::ALONE.map(|by| {
            let (from, to) = by.range(self.shape);
            let shares = self.shares(&everything, Some(by));
            let part = |value: usize| {
                let class = by.class_name((value, 0));
                let share = shares.iter().find(|share| share.class == class);
                share.map_or(0.0, |share| ratio(&share.total, total))
            };
            (from..=to).map(part).collect()
        });
        DistributionFacts { about: self.about(), worst: self.worst.is_some(), parts: parts.into() }
    }

    fn about(&self) -> String {
        let limit = |limit: &Limit| {
            let sign = match limit.sign {
                "<=" => "≤\u{a0}",
                ">=" => "≥\u{a0}",
                _ => "",
            };
            format!("{} is {sign}{}", limit.by.label(), limit.number)
        };
        let limits: Vec<_> = self.limits.iter().map(limit).collect();
        let mut about = if limits.is_empty() {
            "inputs".into()
        } else {
            format!("inputs whose {}", limits.join(" and whose "))
        };
        let weights = By::ALONE.into_iter().zip(&self.factors);
        let weights =
            weights.filter_map(|(by, factor)| Some(format!("{} ({})", by.label(), factor.about?)));
        let mut weights: Vec<_> = weights.collect();
        weights.extend(self.table.as_ref().map(|_| "a table of largest and last tokens".into()));
        if !weights.is_empty() {
            about = format!("{about}, weighted by {}", weights.join(" and by "));
        }
        about
    }
}

/// The class of which the least part is proven.
fn least(shares: &[Share]) -> &Share {
    let is_less = |a: &Share, b: &Share| &a.proven * &b.total < &b.proven * &a.total;
    let worst = shares.iter().reduce(|a, b| if is_less(b, a) { b } else { a });
    worst.expect("a distribution leaves an input")
}

/// Inputs proven and all, by weight, and what is known of them.
#[derive(Default)]
struct Sums {
    by_weight: BTreeMap<Key, (u128, u128)>,
    is_mixed: bool,
    is_inexact: bool,
}

/// The inputs with largest token `m` and last token `q`, by the number of copies of `m`.
fn sizes(arrangements: &Arrangements, n: usize, m: usize, q: usize) -> Vec<(usize, u128)> {
    let is_other = usize::from(q < m);
    let size = |others: usize| (n - others, arrangements.sequences(others - is_other, m));
    (is_other..n).map(size).filter(|&(_, size)| size > 0).collect()
}
