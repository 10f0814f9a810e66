//! Certificates, version 1: the fields that are needed here, read from JSON.
//!
//! None of what they claim of a cell need make sense: it only says what to try, and may lead to fewer sequences.

use serde::de::Error;
use serde::{Deserialize, Deserializer};
use std::iter::repeat_n;

/// Longest certificate, in bytes.
pub const MAX_BYTES: usize = 32 << 20;

/// The sequences of a cell with `0, 1, …` tokens before the query that are not the largest: those are claimed to be right that
/// have all of them in a set, the tokens of ranges `[from, to)`; none of a `None`.
pub(super) type Parts = Vec<Option<Vec<(usize, usize)>>>;

/// All fields of a certificate, in the order of the format: others are refused.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Certificate {
    pub(super) certificate: u32,
    pub(super) task: String,
    pub(super) theorem: String,
    pub(super) sha256: String,
    #[serde(default)]
    pub(super) network: Option<String>,
    pub(super) v: usize,
    pub(super) n: usize,
    pub(super) strategy: String,
    pub(super) correct: String,
    pub(super) sequences: String,
    pub(super) flops: f64,
    pub(super) proof: Option<Proof>,
    /// `[m][q]`, of a cubic proof.
    cases: Option<Vec<Vec<Parts>>>,
}

/// The proof object of a sub-cubic verifier, which has gaps, or of an additive one, which has columns. Only which sequences it
/// claims matters here, not how its verifier came to believe that: other fields are read past.
#[derive(Deserialize)]
pub(super) struct Proof {
    pub(super) version: u32,
    pub(super) strategy: String,
    gaps: Option<Gaps>,
    columns: Option<Vec<Option<Column>>>,
}

/// `g[q, m, c]` for each `m`, each `c`, each `q ≤ m`: runs of equal gaps, and where they end.
#[derive(Deserialize)]
struct Gaps {
    #[serde(deserialize_with = "runs")]
    runs: Vec<(usize, usize)>,
}

/// The cells of one largest token.
#[derive(Deserialize)]
struct Column {
    cells: Vec<Run>,
}

/// So many queries, one after the other.
#[derive(Deserialize)]
struct Run {
    queries: usize,
    method: Method,
}

/// What to derive of a cell that is not right as a whole.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Method {
    Leave,
    Split(Parts),
    Count(Count),
    Enumerate,
}

/// How to count its wrong sequences, see `count.rs`.
#[derive(Clone, Deserialize)]
pub(super) struct Count {
    pub(super) tilt: Option<f64>,
    pub(super) bins: Option<u32>,
    pub(super) dominant: Option<Dominant>,
}

/// See `count.rs`.
#[derive(Clone, Deserialize)]
pub(super) struct Dominant {
    pub(super) output: usize,
    pub(super) factor: f64,
}

impl Certificate {
    pub(super) fn read(text: &str) -> Result<Self, String> {
        if text.len() > MAX_BYTES {
            return Err(format!("the certificate has {} bytes, expected at most {MAX_BYTES}", text.len()));
        }
        serde_json::from_str(text).map_err(|error| format!("the certificate cannot be read: {error}"))
    }

    /// What it claims of the cell `(q, m)`.
    pub(super) fn method(&self, q: usize, m: usize) -> Method {
        let method = match (&self.proof, &self.cases) {
            (None, None) => Some(Method::Enumerate),
            (None, Some(cases)) => cases.get(m).and_then(|row| row.get(q)).cloned().map(Method::Split),
            (Some(Proof { gaps: Some(gaps), columns: None, .. }), None) => {
                Some(Method::Split(gaps.parts(q, m, self.n)))
            }
            (Some(Proof { gaps: None, columns: Some(columns), .. }), None) => {
                let runs = columns.get(m).and_then(Option::as_ref).into_iter().flat_map(|column| &column.cells);
                runs.flat_map(|run| repeat_n(&run.method, run.queries)).nth(q).cloned()
            }
            _ => None,
        };
        method.unwrap_or(Method::Leave)
    }
}

impl Gaps {
    /// With `c` tokens other than `m`, the query among them, a gap of `g` claims the sequences all of whose other tokens are at
    /// most `m − g`.
    fn parts(&self, q: usize, m: usize, n: usize) -> Parts {
        let part = |others: usize| {
            let c = others + usize::from(q < m);
            if c == 0 {
                return Some(Vec::new()); // only the sequence m m … m
            }
            let index = m * (m + 1) / 2 * n + c * (m + 1) + q;
            let (_, gap) = self.runs.get(self.runs.partition_point(|(end, _)| *end <= index))?;
            let most = m.checked_sub(*gap)?;
            (q == m || q <= most).then(|| vec![(0, most + 1)])
        };
        (0..n - usize::from(q < m)).map(part).collect()
    }
}

/// Gaps are written `GAPxLENGTH`, or `GAP` alone.
fn runs<'de, D: Deserializer<'de>>(text: D) -> Result<Vec<(usize, usize)>, D::Error> {
    let mut end = 0_usize;
    let run = |run: &str| {
        let (gap, length) = run.split_once('x').unwrap_or((run, "1"));
        end = end.checked_add(length.parse().ok()?)?;
        Some((end, gap.parse().ok()?))
    };
    let runs: Option<_> = String::deserialize(text)?.split_ascii_whitespace().map(run).collect();
    runs.ok_or_else(|| D::Error::custom("gaps that are not written as runs of numbers"))
}
