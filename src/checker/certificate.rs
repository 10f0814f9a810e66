//! Certificates, version 1, read with suspicion: unknown fields, other shapes and numbers out of range are refused.

use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};

/// Longest certificate, in bytes.
pub const MAX_BYTES: usize = 64 << 20;

/// A set of tokens, as ranges `[from, to)` in order.
pub(super) type Tokens = Vec<(usize, usize)>;

/// Of the sequences of a cell with `0, 1, …` tokens before the query that are not the largest: those that are claimed to be
/// right have all of them in a set; none is claimed of a `None`.
pub(super) type Parts = Vec<Option<Tokens>>;

/// The fields, in the order of the format; `P` is the proof object.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Certificate<P = Proof> {
    pub(super) certificate: u32,
    pub(super) task: String,
    pub(super) theorem: String,
    pub(super) sha256: String,
    pub(super) v: usize,
    pub(super) n: usize,
    pub(super) strategy: String,
    pub(super) correct: String,
    pub(super) sequences: String,
    /// What verification is said to cost, which is not checked.
    pub(super) flops: f64,
    proof: Option<P>,
    cases: Option<Vec<Vec<Parts>>>,
}

/// A proof object.
pub(super) enum Proof {
    Subcubic(Subcubic),
    Additive(Plan),
}

/// What a sub-cubic verifier is told. Only which cases are claimed matters here, not how it came to believe them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "fields that are read past")]
pub(super) struct Subcubic {
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

/// What an additive verifier is told: what to do with each cell.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "fields that are read past")]
pub(super) struct Plan {
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
    /// How many sequences are right, counted one by one.
    BruteForce,
    /// `[m][q]`.
    Cases(Vec<Vec<Parts>>),
    /// `g[q, m, c]` for each `m`, each `c`, each `q ≤ m`.
    Gaps(Vec<usize>),
    /// `[m]`.
    Plan(Vec<Option<Column>>),
}

impl Certificate {
    /// Reads the text; of the strategy's name only what kind of proof it is matters.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        #[derive(Deserialize)]
        struct Named {
            strategy: String,
        }
        if text.len() > MAX_BYTES {
            return Err(format!("{} bytes, expected at most {MAX_BYTES}", text.len()));
        }
        let Named { strategy } = parse(text)?;
        let certificate = match strategy.as_str() {
            "brute-force" | "cubic" => parse::<Certificate<()>>(text)?.with(|()| Err("a proof object".into()))?,
            name if name.starts_with("EUPU-") => {
                parse::<Certificate<Subcubic>>(text)?.with(|p| Ok(Proof::Subcubic(p)))?
            }
            _ => parse::<Certificate<Plan>>(text)?.with(|p| Ok(Proof::Additive(p)))?,
        };
        Ok(certificate)
    }

    /// What it claims of a model with `v` tokens and a context of `n`.
    pub(super) fn claims(self, v: usize, n: usize) -> Result<Claims, String> {
        let same = |version: u32, strategy: &str, size: (usize, usize)| {
            let expected = (1, self.strategy.as_str(), (v, n));
            let found = (version, strategy, size);
            if found == expected {
                Ok(())
            } else {
                Err(format!("the proof object has (version, strategy, (v, n)) = {found:?}, expected {expected:?}"))
            }
        };
        match (self.proof, self.cases, self.strategy.as_str()) {
            (None, None, "brute-force") => Ok(Claims::BruteForce),
            (None, Some(cases), "cubic") => {
                expect("largest tokens", cases.len(), v)?;
                for (m, row) in cases.iter().enumerate() {
                    expect("queries", row.len(), m + 1)?;
                    let parts = |q: usize| if q == m { n } else { n - 1 };
                    if row.iter().enumerate().any(|(q, cell)| cell.len() > parts(q)) {
                        return Err(format!("more cases of largest token {m} than there are"));
                    }
                    row.iter().flatten().flatten().try_for_each(|tokens| set_below(tokens, m))?;
                }
                Ok(Claims::Cases(cases))
            }
            (Some(Proof::Subcubic(proof)), None, _) => {
                same(proof.version, &proof.strategy, (proof.gaps.v, proof.gaps.n))?;
                Ok(Claims::Gaps(proof.gaps.read(v * (v + 1) / 2 * n)?))
            }
            (Some(Proof::Additive(plan)), None, _) => {
                same(plan.version, &plan.strategy, (plan.v, plan.n))?;
                expect("largest tokens", plan.columns.len(), v)?;
                for (m, column) in plan.columns.iter().enumerate() {
                    column.as_ref().map_or(Ok(()), |column| column.check(m, n))?;
                }
                Ok(Claims::Plan(plan.columns))
            }
            _ => Err(format!("a `{}` proof has no such parts", self.strategy)),
        }
    }
}

impl<P> Certificate<P> {
    fn with(self, proof: impl Fn(P) -> Result<Proof, String>) -> Result<Certificate, String> {
        let Self { certificate, task, theorem, sha256, v, n, strategy, correct, sequences, flops, proof: found, cases } =
            self;
        let proof = found.map(proof).transpose()?;
        Ok(Certificate { certificate, task, theorem, sha256, v, n, strategy, correct, sequences, flops, proof, cases })
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
