use super::super::{GRID, Layer, MAX_FEATURES, MAX_HIDDEN, MAX_LATENTS, Token, Toy};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Most tokens of a statement.
pub const MAX_TOKENS: usize = 4096;
/// Largest size of a network's weight: 8.
pub const MAX_WEIGHT: i64 = 1 << 17;
/// Largest size of an entry of a direction: 2.
pub const MAX_ROW: i64 = 1 << 15;
/// Largest amplitude: 4.
pub const MAX_AMPLITUDE: i64 = 1 << 16;
/// Most latents of a code.
pub const MAX_ACTIVE: usize = 64;

/// How long rows of weights are that read the hidden vector.
const AS_WIDE: &str = "as many as the first of `columns`";

/// Places, ascending, with whole numbers: features of a token, or latents of a code.
pub type Sparse = Vec<(usize, i64)>;

/// A network and tokens, about which something is proven. All numbers are whole and stand for
/// multiples of `1 / GRID`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// The layer after the hidden vector.
    pub layer: Layer,
    /// `W_i`, `[features][hidden]`.
    pub columns: Vec<Vec<i64>>,
    /// `b`, `[features]`; empty for a bilinear layer.
    pub bias: Vec<i64>,
    /// `u` and `v`, `[features][hidden]`; empty for ReLU.
    pub left: Vec<Vec<i64>>,
    /// See `left`.
    pub right: Vec<Vec<i64>>,
    /// The active features of each token, with values from 1 to `GRID`.
    pub tokens: Vec<Sparse>,
}

/// What a proof says of the tokens: nothing of it need be true.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hints {
    /// Directions of the hidden vector, `[latents][hidden]`.
    pub directions: Vec<Vec<i64>>,
    /// What each latent says of the outputs, `[latents][features]`; empty if the dictionary is of
    /// the hidden vector alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outputs: Vec<Vec<i64>>,
    /// For each token, latents and how much of each there is in its hidden vector, at least 1.
    pub codes: Vec<Sparse>,
}

/// Why a statement, or a proof of one, cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Malformed {
    /// A list is too long, too short or empty.
    #[error("`{what}` has {found} entries, expected {expected}")]
    Length {
        /// The list's name.
        what: &'static str,
        /// Its length.
        found: usize,
        /// What is allowed.
        expected: &'static str,
    },
    /// A number is out of its range.
    #[error("`{what}` has the entry {found}, expected at most {most} in size")]
    Range {
        /// The list's name.
        what: &'static str,
        /// The number.
        found: i64,
        /// The largest size allowed.
        most: i64,
    },
    /// Places do not ascend, or are past the last.
    #[error("`{what}` names place {found}, expected ascending places below {below}")]
    Place {
        /// The list's name.
        what: &'static str,
        /// The place.
        found: usize,
        /// The number of places.
        below: usize,
    },
}

fn long(
    what: &'static str,
    found: usize,
    allowed: impl std::ops::RangeBounds<usize>,
    expected: &'static str,
) -> Result<(), Malformed> {
    match allowed.contains(&found) {
        true => Ok(()),
        false => Err(Malformed::Length { what, found, expected }),
    }
}

fn table(
    what: &'static str,
    rows: &[Vec<i64>],
    (columns, expected): (usize, &'static str),
    most: i64,
) -> Result<(), Malformed> {
    for row in rows {
        long(what, row.len(), columns..=columns, expected)?;
        sizes(what, row, most)?;
    }
    Ok(())
}

fn sizes(what: &'static str, row: &[i64], most: i64) -> Result<(), Malformed> {
    match row.iter().find(|&&x| !(-most..=most).contains(&x)) {
        Some(&found) => Err(Malformed::Range { what, found, most }),
        None => Ok(()),
    }
}

/// Checks that places ascend below `below` and numbers are from `least` to `most`.
fn sparse(
    what: &'static str,
    list: &Sparse,
    below: usize,
    least: i64,
    most: i64,
) -> Result<(), Malformed> {
    let mut next = 0;
    for &(place, number) in list {
        if place < next || place >= below {
            return Err(Malformed::Place { what, found: place, below });
        }
        if !(least..=most).contains(&number) {
            return Err(Malformed::Range { what, found: number, most });
        }
        next = place + 1;
    }
    Ok(())
}

impl Statement {
    /// The statement about a finished toy model and `tokens`.
    ///
    /// # Errors
    /// If a weight is too large.
    pub fn new(toy: &Toy, tokens: &[Token]) -> Result<Self, Malformed> {
        let rows = |matrix: &crate::linalg::Matrix<f64>| {
            matrix.rows().into_iter().map(|row| row.iter().copied().map(whole).collect()).collect()
        };
        let bilinear = toy.layer == Layer::Bilinear;
        let reader = |place: usize| if bilinear { rows(&toy.readers[place]) } else { Vec::new() };
        let units = |token: &Token| token.iter().map(|&(place, x)| (place, whole(x))).collect();
        let statement = Self {
            layer: toy.layer,
            columns: rows(&toy.columns),
            bias: if bilinear { Vec::new() } else { toy.bias.iter().copied().map(whole).collect() },
            left: reader(0),
            right: reader(1),
            tokens: tokens.iter().map(units).collect(),
        };
        statement.check().map(|()| statement)
    }

    /// The number of features.
    #[must_use]
    pub fn features(&self) -> usize {
        self.columns.len()
    }

    /// The dimension of the hidden vector.
    #[must_use]
    pub fn hidden(&self) -> usize {
        self.columns[0].len()
    }

    /// Says whether lists are as long as each other and numbers in their ranges, on which all that
    /// is proven relies.
    ///
    /// # Errors
    /// If they are not.
    pub fn check(&self) -> Result<(), Malformed> {
        let n = self.columns.len();
        long("columns", n, 2..=MAX_FEATURES, "from 2 to 128")?;
        let m = self.columns[0].len();
        long("columns[0]", m, 1..=MAX_HIDDEN, "from 1 to 32")?;
        table("columns", &self.columns, (m, AS_WIDE), MAX_WEIGHT)?;
        let (bias, readers) = if self.layer == Layer::Relu { (n, 0) } else { (0, n) };
        long("bias", self.bias.len(), bias..=bias, "one for each feature, none if bilinear")?;
        sizes("bias", &self.bias, MAX_WEIGHT)?;
        for (what, reader) in [("left", &self.left), ("right", &self.right)] {
            long(what, reader.len(), readers..=readers, "one for each feature, none for ReLU")?;
            table(what, reader, (m, AS_WIDE), MAX_WEIGHT)?;
        }
        long("tokens", self.tokens.len(), 1..=MAX_TOKENS, "from 1 to 4096")?;
        for token in &self.tokens {
            long("tokens[…]", token.len(), 1.., "at least one feature")?;
            sparse("tokens", token, n, 1, whole(1.0))?;
        }
        Ok(())
    }
}

impl Hints {
    /// Hints for brute force, which needs none.
    #[must_use]
    pub fn none() -> Self {
        Self { directions: Vec::new(), outputs: Vec::new(), codes: Vec::new() }
    }

    /// Says whether lists are as long as each other and as `statement` asks for, and numbers in
    /// their ranges.
    ///
    /// # Errors
    /// If they are not.
    pub fn check(&self, statement: &Statement) -> Result<(), Malformed> {
        let (latents, tokens) = (self.directions.len(), statement.tokens.len());
        long("directions", latents, 1..=MAX_LATENTS, "from 1 to 256")?;
        table("directions", &self.directions, (statement.hidden(), AS_WIDE), MAX_ROW)?;
        if !self.outputs.is_empty() {
            long("outputs", self.outputs.len(), latents..=latents, "none, or one for each latent")?;
            table(
                "outputs",
                &self.outputs,
                (statement.features(), "one for each feature"),
                MAX_ROW,
            )?;
        }
        long("codes", self.codes.len(), tokens..=tokens, "one for each token")?;
        for code in &self.codes {
            long("codes[…]", code.len(), ..=MAX_ACTIVE, "at most 64 latents")?;
            sparse("codes", code, latents, 1, MAX_AMPLITUDE)?;
        }
        Ok(())
    }
}

/// A number in units of `1 / GRID`, the nearest whole one; numbers outside of ±2³⁰ become those.
pub(super) fn whole(x: f64) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "within ±2³⁰·GRID; NaN becomes 0")]
    let units = (x * GRID).round().clamp(-1.0e9, 1.0e9) as i64;
    units
}
