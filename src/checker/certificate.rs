//! Certificates, version 1, read with suspicion: unknown fields, other shapes and numbers out of range are refused.

use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::value::RawValue;

/// Longest certificate, in bytes.
pub const MAX_BYTES: usize = 32 << 20;

/// A set of tokens, as ranges `[from, to)` in order.
pub(super) type Tokens = Vec<(usize, usize)>;

/// Of the sequences of a cell with `0, 1, …` tokens before the query that are not the largest: those that are claimed to be
/// right have all of them in a set; none is claimed of a `None`.
pub(super) type Parts = Vec<Option<Tokens>>;

/// The fields of a certificate, in the order of the format.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Certificate {
    pub(super) certificate: u32,
    pub(super) task: String,
    pub(super) theorem: String,
    pub(super) sha256: String,
    pub(super) v: usize,
    pub(super) n: usize,
    strategy: String,
    pub(super) correct: String,
    pub(super) sequences: String,
    pub(super) flops: f64,
    proof: Option<Box<RawValue>>,
    cases: Option<Vec<Vec<Parts>>>,
}

/// The proof object of a sub-cubic verifier. Only which cases it claims matters here, not how it came to believe them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "fields that are read past")]
struct Subcubic {
    version: u32,
    strategy: String,
    low_rank: IgnoredAny,
    direct: IgnoredAny,
    centres: IgnoredAny,
    gaps: Gaps,
}

/// `g[q, m, c]` as runs of equal numbers.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Gaps {
    v: usize,
    n: usize,
    runs: String,
}

/// The proof object of an additive verifier: what to do with each cell.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "fields that are read past")]
struct Plan {
    version: u32,
    strategy: String,
    v: usize,
    n: usize,
    queries: IgnoredAny,
    columns: Vec<Option<Column>>,
}

/// The cells of one largest token.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "fields that are read past")]
pub(super) struct Column {
    boxes: IgnoredAny,
    cells: Vec<Run>,
}

/// So many queries, one after the other.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Run {
    queries: usize,
    method: Method,
}

/// What is claimed of a cell that has undecided outputs.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Method {
    Leave,
    Split(Vec<Tokens>),
    Count(Count),
    Enumerate,
}

/// How its wrong sequences are counted, see `max_of_k::count`.
#[derive(Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Count {
    pub(super) tilt: Option<f64>,
    pub(super) bins: Option<u32>,
    pub(super) unless_below: f64,
    pub(super) dominant: Option<Dominant>,
}

/// See `max_of_k::count`.
#[derive(Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Dominant {
    pub(super) output: usize,
    pub(super) factor: f64,
}

/// What is claimed of each cell.
pub(super) enum Claims {
    /// As many right sequences as there are.
    BruteForce,
    /// `[m][q]`.
    Cases(Vec<Vec<Parts>>),
    /// `g[q, m, c]` for each `m`, each `c`, each `q ≤ m`.
    Gaps(Vec<usize>),
    /// `[m]`.
    Plan(Vec<Option<Column>>),
}

impl Certificate {
    pub(super) fn read(text: &str) -> Result<Self, String> {
        if text.len() > MAX_BYTES {
            return Err(format!("{} bytes, expected at most {MAX_BYTES}", text.len()));
        }
        parse(text)
    }

    /// What it claims of a model with `v` tokens and a context of `n`. Of the strategy's name only the kind of proof matters.
    pub(super) fn claims(self, v: usize, n: usize) -> Result<Claims, String> {
        let same = |version: u32, strategy: &String, size: (usize, usize)| {
            let (found, expected) = ((version, strategy, size), (1, &self.strategy, (v, n)));
            let problem =
                || format!("the proof object's version, strategy, v and n are {found:?}, expected {expected:?}");
            if found == expected { Ok(()) } else { Err(problem()) }
        };
        match (self.strategy.as_str(), self.proof, self.cases) {
            ("brute-force", None, None) => Ok(Claims::BruteForce),
            ("cubic", None, Some(cases)) => {
                expect("largest tokens", cases.len(), v)?;
                for (m, row) in cases.iter().enumerate() {
                    expect("queries", row.len(), m + 1)?;
                    let most = |q: usize| if q == m { n } else { n - 1 };
                    if row.iter().enumerate().any(|(q, cell)| cell.len() > most(q)) {
                        return Err(format!("more cases of largest token {m} than there are"));
                    }
                    row.iter().flatten().flatten().try_for_each(|tokens| set_below(tokens, m))?;
                }
                Ok(Claims::Cases(cases))
            }
            (name, Some(proof), None) if name.starts_with("EUPU-") => {
                let Subcubic { version, strategy, gaps, .. } = parse(proof.get())?;
                same(version, &strategy, (gaps.v, gaps.n))?;
                Ok(Claims::Gaps(gaps.read(v * (v + 1) / 2 * n)?))
            }
            (_, Some(proof), None) => {
                let Plan { version, strategy, v: tokens, n: context, columns, .. } = parse(proof.get())?;
                same(version, &strategy, (tokens, context))?;
                expect("largest tokens", columns.len(), v)?;
                let mut some = columns.iter().enumerate().filter_map(|(m, column)| Some((m, column.as_ref()?)));
                some.try_for_each(|(m, column)| column.check(m, n))?;
                Ok(Claims::Plan(columns))
            }
            (name, ..) => Err(format!("a `{name}` proof has no such parts")),
        }
    }
}

impl Gaps {
    fn read(&self, entries: usize) -> Result<Vec<usize>, String> {
        let mut gaps = Vec::new();
        for run in self.runs.split_ascii_whitespace() {
            let (gap, length) = run.split_once('x').unwrap_or((run, "1"));
            let (Ok(gap @ 1..), Ok(length)) = (gap.parse::<u16>(), length.parse::<usize>()) else {
                return Err("gaps that are not from 1 to 65535".into());
            };
            if length > entries - gaps.len() {
                return Err(format!("more than {entries} gaps"));
            }
            gaps.resize(gaps.len() + length, usize::from(gap));
        }
        expect("gaps", gaps.len(), entries)?;
        Ok(gaps)
    }
}

impl Column {
    fn check(&self, m: usize, n: usize) -> Result<(), String> {
        expect("queries", self.cells.iter().fold(0, |sum: usize, run| sum.saturating_add(run.queries)), m + 1)?;
        for run in &self.cells {
            match &run.method {
                Method::Leave | Method::Enumerate => {}
                Method::Split(parts) if parts.len() > n => return Err(format!("a split in {} parts", parts.len())),
                Method::Split(parts) => parts.iter().try_for_each(|tokens| set_below(tokens, m))?,
                Method::Count(Count { tilt, bins, dominant, .. }) => {
                    let factor = dominant.map_or(0.0, |dominant| dominant.factor);
                    // No bound needs more; negative ones would be unsound.
                    let tilt_is_fine = (0.0..=500.0).contains(&tilt.unwrap_or(0.0));
                    if !tilt_is_fine || !(1..=4096).contains(&bins.unwrap_or(1)) || !(0.0..=1e6).contains(&factor) {
                        return Err(format!("numbers out of range: {tilt:?}, {bins:?}, {factor}"));
                    }
                }
            }
        }
        Ok(())
    }

    /// What is claimed of query `q`'s cell.
    pub(super) fn method(&self, q: usize) -> &Method {
        let mut end = 0;
        let run = self.cells.iter().find(|run| {
            end += run.queries;
            q < end
        });
        run.map_or(&Method::Leave, |run| &run.method)
    }
}

fn parse<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    serde_json::from_str(text).map_err(|error| error.to_string())
}

fn expect(what: &str, found: usize, expected: usize) -> Result<(), String> {
    if found == expected { Ok(()) } else { Err(format!("{found} {what}, expected {expected}")) }
}

/// Whether ranges are in order, disjoint, none of them empty, and below `m`.
fn set_below(tokens: &Tokens, m: usize) -> Result<(), String> {
    let mut end = 0;
    let in_order = tokens.iter().all(|&(from, to)| {
        end <= from && from < to && {
            end = to;
            to <= m
        }
    });
    if in_order { Ok(()) } else { Err(format!("{tokens:?}, expected ranges of tokens below {m}, in order")) }
}
