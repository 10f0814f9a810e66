use super::strategy::Additive;
use crate::models::transformer::Shape;
use crate::proof::Version;
use crate::weights::text::quoted;
use serde::{Deserialize, Deserializer, Serialize};
use std::ops::Range;
use thiserror::Error;

/// A proof object: what to do with each cell `(q, m)` (query, largest token). Nothing in it is
/// trusted: whatever it says, it gives a true bound if it has the right shape.
///
/// Serialized as JSON, version 1:
/// `{"version": 1, "strategy": name, "v": …, "n": …, "queries": […], "columns": […]}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// The format's version.
    pub version: Version,
    /// The strategy's name.
    #[serde(with = "name")]
    pub strategy: Additive,
    /// Vocabulary.
    pub v: usize,
    /// Context.
    pub n: usize,
    /// Sizes of blocks of queries that are tested together, coarse to fine: each a multiple of the
    /// next; at most [`Plan::MAX_LEVELS`].
    pub queries: Vec<usize>,
    /// For each largest token, what to do with its cells; nothing is proven of them where it is
    /// `null`.
    pub columns: Vec<Option<Column>>,
}

/// How the cells of a largest token are tested together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Boxes {
    /// How many of the plan's sizes of blocks of queries to use.
    pub depth: usize,
    /// Tokens below the largest token are tested in blocks of `1`, `tokens`, `tokens²`, …, from the
    /// largest to the smallest.
    pub tokens: usize,
}

/// What to do with the cells of one largest token.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// How to test the cells first.
    pub boxes: Boxes,
    /// What to do with undecided cells, for stretches of consecutive queries: `m + 1` queries
    /// together.
    #[serde(deserialize_with = "no_larger")]
    pub cells: Vec<Stretch>,
}

/// Consecutive queries that are treated alike.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stretch {
    /// How many queries.
    pub queries: usize,
    /// What to do with their cells.
    pub method: Method,
}

/// What to do with a cell that has undecided outputs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// Nothing: none of its sequences is proven.
    Leave,
    /// Prove the sequences with `0, 1, …` tokens below the largest before the query whose tokens
    /// are all in a set.
    Split(#[serde(deserialize_with = "no_larger")] Vec<Tokens>),
    /// Count sequences that may be wrong, output by output.
    Count(Count),
    /// Enumerate the wrong sequences.
    Enumerate,
}

/// How to count.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Count {
    /// Tilt by `κ`, from 0 to [`Count::MAX_TILT`].
    pub tilt: Option<f64>,
    /// Count on a grid of this many bins, see [`Additive::BINS`].
    pub bins: Option<u32>,
    /// No grid is used for an output of which tilting leaves at most this many sequences.
    pub unless_below: f64,
    /// An output that is wrong in most sequences in which others are, if there is one.
    pub dominant: Option<Dominant>,
}

/// A dominant output `d`: where another output `o` exceeds the right one, `d` mostly does too.
/// Beside the sequences that are wrong by `d`, only those need be counted that are wrong by `o` and
/// not by `d`. There `F_o ≥ 0 > F_d`, so `F_o − θ F_d ≥ 0` for any `θ ≥ 0`: a sum over positions
/// again.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dominant {
    /// `d`.
    pub output: usize,
    /// `θ`, from 0 to [`Dominant::MAX_FACTOR`].
    pub factor: f64,
}

impl Dominant {
    /// The largest factor: far more than is ever of use.
    pub const MAX_FACTOR: f64 = 1e6;
}

impl Count {
    /// The largest tilt: `e^κ` times the number of all sequences is still a float64.
    pub const MAX_TILT: f64 = 500.0;
}

/// A set of tokens as ranges `[from, to)` in order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tokens(#[serde(deserialize_with = "no_larger")] pub Vec<(usize, usize)>);

/// Reads a list, and frees the memory it does not need: there may be hundreds of thousands of
/// lists, of a few bytes of text each.
fn no_larger<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<T>, D::Error> {
    let mut list = Vec::deserialize(deserializer)?;
    list.shrink_to_fit();
    Ok(list)
}

impl Tokens {
    /// The tokens, in order.
    pub fn iter(&self) -> impl Iterator<Item = usize> + Clone {
        self.0.iter().flat_map(|&(from, to)| from..to)
    }

    /// The number of tokens.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.iter().map(|(from, to)| to - from).sum()
    }

    /// Whether `t` is one of the tokens.
    #[must_use]
    pub fn contains(&self, t: usize) -> bool {
        self.0.iter().any(|&(from, to)| (from..to).contains(&t))
    }

    /// Whether there are no tokens.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether the ranges are not empty, in order, and below `m`.
    pub(in crate::tasks::max_of_k) fn is_set_below(&self, m: usize) -> bool {
        let mut end = 0;
        self.0.iter().all(|&(from, to)| {
            let in_order = end <= from && from < to && to <= m;
            end = to;
            in_order
        })
    }
}

impl FromIterator<usize> for Tokens {
    fn from_iter<I: IntoIterator<Item = usize>>(tokens: I) -> Self {
        let mut ranges: Vec<(usize, usize)> = Vec::new();
        for t in tokens {
            match ranges.last_mut() {
                Some((_, to)) if *to == t => *to += 1,
                _ => ranges.push((t, t + 1)),
            }
        }
        Self(ranges)
    }
}

impl Boxes {
    /// The tokens below `m` in blocks, the block of the largest tokens first.
    #[must_use]
    pub fn token_blocks(&self, m: usize) -> Vec<Range<usize>> {
        let (mut blocks, mut end, mut size) = (Vec::new(), m, 1_usize);
        while end > 0 {
            let start = end.saturating_sub(size);
            blocks.push(start..end);
            (end, size) = (start, size.saturating_mul(self.tokens));
        }
        blocks
    }

    /// The end of the block of the smallest tokens.
    #[must_use]
    pub fn near(&self, m: usize) -> usize {
        self.token_blocks(m).last().map_or(0, |block| block.end)
    }
}

/// Why a proof object is not one for this model.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum PlanError {
    /// The proof is about models of another size.
    #[error("the proof is about v = {found_v}, n = {found_n}, the model has v = {v}, n = {n}")]
    Shape {
        /// The proof's vocabulary.
        found_v: usize,
        /// The proof's context.
        found_n: usize,
        /// The model's vocabulary.
        v: usize,
        /// The model's context.
        n: usize,
    },
    /// The sizes of blocks of queries do not nest.
    #[error(
        "the proof tests blocks of {} queries, expected at most {} sizes, each a multiple of the next",
        quoted(&format!("{queries:?}")),
        Plan::MAX_LEVELS
    )]
    Queries {
        /// The sizes.
        queries: Vec<usize>,
    },
    /// There is not one column for each token.
    #[error("the proof has {found} columns, expected one for each of {v} largest tokens")]
    Columns {
        /// The number of columns.
        found: usize,
        /// The number of tokens.
        v: usize,
    },
    /// A column is malformed.
    #[error("the proof's column of largest token {m} has {found}, expected {expected}")]
    Column {
        /// The column's largest token.
        m: usize,
        /// What the column has.
        found: String,
        /// What was expected.
        expected: String,
    },
}

impl Plan {
    /// The most sizes of blocks of queries.
    pub const MAX_LEVELS: usize = 16;

    /// The largest size of blocks of queries, 1 if there is none.
    #[must_use]
    pub fn coarsest(&self) -> usize {
        self.queries.first().copied().unwrap_or(1)
    }

    /// Checks that everything in the proof object has the shape that the model asks for.
    ///
    /// # Errors
    /// The first thing that does not.
    pub fn check(&self, Shape { v, n, .. }: Shape) -> Result<(), PlanError> {
        if (self.v, self.n) != (v, n) {
            return Err(PlanError::Shape { found_v: self.v, found_n: self.n, v, n });
        }
        let queries = &self.queries;
        let nested = queries.iter().all(|&size| size > 0)
            && queries.windows(2).all(|pair| pair[0].is_multiple_of(pair[1]));
        if !nested || queries.len() > Self::MAX_LEVELS {
            return Err(PlanError::Queries { queries: queries.clone() });
        }
        if self.columns.len() != v {
            return Err(PlanError::Columns { found: self.columns.len(), v });
        }
        let columns =
            self.columns.iter().enumerate().filter_map(|(m, column)| Some((m, column.as_ref()?)));
        for (m, column) in columns {
            let wrong =
                |found: String, expected: String| Err(PlanError::Column { m, found, expected });
            let Boxes { depth, tokens } = column.boxes;
            if depth > self.queries.len() {
                return wrong(format!("depth {depth}"), format!("at most {}", self.queries.len()));
            }
            if tokens == 0 {
                return wrong(
                    "blocks of tokens that grow by 0".into(),
                    "a factor of at least 1".into(),
                );
            }
            if column.cells.iter().any(|stretch| stretch.queries == 0) {
                return wrong("a stretch of 0 queries".into(), "at least 1".into());
            }
            let queries = column
                .cells
                .iter()
                .fold(0_usize, |sum, stretch| sum.saturating_add(stretch.queries));
            if queries != m + 1 {
                return wrong(format!("{queries} queries"), (m + 1).to_string());
            }
            for Stretch { method, .. } in &column.cells {
                match method {
                    Method::Split(sets) => {
                        if sets.len() > n {
                            let found =
                                format!("a split for {} counts of other tokens", sets.len());
                            return wrong(found, format!("one for up to {n} counts"));
                        }
                        if let Some(tokens) = sets.iter().find(|tokens| !tokens.is_set_below(m)) {
                            let found = format!(
                                "a split into the ranges {}",
                                quoted(&format!("{:?}", tokens.0))
                            );
                            return wrong(
                                found,
                                format!("ranges of tokens below {m}, in order, none of them empty"),
                            );
                        }
                    }
                    Method::Count(Count { tilt, bins, unless_below, dominant }) => {
                        if let Some(tilt) =
                            tilt.filter(|tilt| !(0.0..=Count::MAX_TILT).contains(tilt))
                        {
                            return wrong(
                                format!("a tilt by {tilt}"),
                                format!("0 to {}", Count::MAX_TILT),
                            );
                        }
                        if let Some(bins) = bins.filter(|bins| !Additive::BINS.contains(bins)) {
                            return wrong(format!("{bins} bins"), "32 to 4096".into());
                        }
                        let factor = dominant.map_or(0.0, |dominant| dominant.factor);
                        if !(0.0..=Dominant::MAX_FACTOR).contains(&factor) {
                            return wrong(
                                format!("a factor {factor}"),
                                format!("0 to {}", Dominant::MAX_FACTOR),
                            );
                        }
                        if !unless_below.is_finite() {
                            return wrong(
                                format!("{unless_below}"),
                                "a number of sequences".into(),
                            );
                        }
                    }
                    Method::Leave | Method::Enumerate => {}
                }
            }
        }
        Ok(())
    }

    /// Writes the proof object as JSON.
    ///
    /// # Panics
    /// Never: numbers and names always have a JSON form.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("numbers and names have a JSON form")
    }
}

impl Column {
    /// What to do with each query's cell.
    pub fn methods(&self) -> impl Iterator<Item = &Method> {
        self.cells.iter().flat_map(|stretch| std::iter::repeat_n(&stretch.method, stretch.queries))
    }

    /// The column that does with the cell of query `q` what the method number `q` says.
    pub fn new(boxes: Boxes, methods: impl IntoIterator<Item = Method>) -> Self {
        let mut cells: Vec<Stretch> = Vec::new();
        for method in methods {
            match cells.last_mut() {
                Some(stretch) if stretch.method == method => stretch.queries += 1,
                _ => cells.push(Stretch { queries: 1, method }),
            }
        }
        Self { boxes, cells }
    }
}

mod name {
    use super::Additive;
    use crate::weights::text::quoted;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(
        strategy: &Additive,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_str(strategy)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Additive, D::Error> {
        let name = String::deserialize(deserializer)?;
        name.parse().map_err(|()| {
            D::Error::custom(format!("no strategy by additivity is called `{}`", quoted(&name)))
        })
    }
}
