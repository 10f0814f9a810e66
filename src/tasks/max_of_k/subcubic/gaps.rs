//! The table of gaps: which sequences of each case a proof object claims.
//!
//! `q` is the query token, `m` the largest token, `c` the number of tokens other than `m`, `v` the
//! vocabulary's size, `n` the number of positions.

use crate::weights::text::quoted;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Gaps `g[q, m, c] ≥ 1` for `q ≤ m`: a case `(q, m, c)` is claimed for the sequences in which
/// every token other than `m` is at most `m − g`. A gap above `m` gives the case up.
///
/// Serialized as `{"v": …, "n": …, "runs": "1x130 2 7x3 …"}`: runs of equal gaps, each as
/// `GAPxLENGTH`, or as `GAP` if its length is 1; ordered by `m`, then by `c`, then by `q`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gaps {
    v: usize,
    n: usize,
    /// Ordered by `m`, then by `c`, then by `q ≤ m`: `v (v + 1) / 2 · n` gaps.
    gaps: Vec<u16>,
}

/// The most gaps that a table may hold to be read: those of 512 tokens at 14 positions. A `u128`
/// cannot count the sequences of more positions of 512 tokens.
const MAX_ENTRIES: usize = 512 * 513 / 2 * 14;

impl Gaps {
    /// A table with the one gap `gap` in all cases.
    #[must_use]
    pub fn uniform(v: usize, n: usize, gap: u16) -> Self {
        Self { v, n, gaps: vec![gap; v * (v + 1) / 2 * n] }
    }

    /// `(v, n)`.
    #[must_use]
    pub fn shape(&self) -> (usize, usize) {
        (self.v, self.n)
    }

    /// The gaps of the largest token `m` and `c` other tokens, one for each query `0..=m`.
    ///
    /// # Panics
    /// If `m` or `c` is out of range.
    #[must_use]
    pub fn queries(&self, m: usize, c: usize) -> &[u16] {
        &self.gaps[self.start(m, c)..][..=m]
    }

    /// [`Self::queries`], mutably.
    ///
    /// # Panics
    /// If `m` or `c` is out of range.
    pub fn queries_mut(&mut self, m: usize, c: usize) -> &mut [u16] {
        let start = self.start(m, c);
        &mut self.gaps[start..][..=m]
    }

    /// The least of all gaps.
    #[must_use]
    pub fn least(&self) -> u16 {
        self.gaps.iter().copied().min().unwrap_or(1)
    }

    /// The place in `gaps` of the gap of `(0, m, c)`.
    fn start(&self, m: usize, c: usize) -> usize {
        assert!(
            m < self.v && c < self.n,
            "gaps of m = {m}, c = {c} where v = {}, n = {}",
            self.v,
            self.n
        );
        m * (m + 1) / 2 * self.n + c * (m + 1)
    }
}

/// [`Gaps`] as they are serialized.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    v: usize,
    n: usize,
    runs: String,
}

impl Serialize for Gaps {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let runs = self.gaps.chunk_by(|a, b| a == b).map(|run| match run.len() {
            1 => run[0].to_string(),
            length => format!("{}x{length}", run[0]),
        });
        Text { v: self.v, n: self.n, runs: runs.collect::<Vec<_>>().join(" ") }
            .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Gaps {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Text { v, n, runs } = Text::deserialize(deserializer)?;
        let entries = v
            .checked_add(1)
            .and_then(|w| v.checked_mul(w))
            .and_then(|pairs| (pairs / 2).checked_mul(n));
        let Some(entries) = entries.filter(|&entries| entries <= MAX_ENTRIES) else {
            return Err(D::Error::custom(format!(
                "gaps for v = {v}, n = {n}, expected at most {MAX_ENTRIES} of them"
            )));
        };
        let mut gaps = Vec::with_capacity(entries);
        for run in runs.split_ascii_whitespace() {
            let (gap, length) = run.split_once('x').unwrap_or((run, "1"));
            let wrong = || {
                let run = quoted(run);
                D::Error::custom(format!(
                    "`{run}` in the gaps, expected GAP or GAPxLENGTH, GAP from 1 to 65535"
                ))
            };
            let (gap, length) =
                (gap.parse().map_err(|_| wrong())?, length.parse::<usize>().map_err(|_| wrong())?);
            if gap == 0 {
                return Err(wrong());
            }
            if length > entries - gaps.len() {
                let before = gaps.len();
                return Err(D::Error::custom(format!(
                    "{length} gaps after {before} others for v = {v}, n = {n}, expected {entries} in all"
                )));
            }
            gaps.resize(gaps.len() + length, gap);
        }
        if gaps.len() != entries {
            return Err(D::Error::custom(format!(
                "{} gaps for v = {v}, n = {n}, expected {entries}",
                gaps.len()
            )));
        }
        Ok(Self { v, n, gaps })
    }
}

#[cfg(test)]
mod tests {
    use super::Gaps;

    #[test]
    fn gaps_are_stored_in_runs() {
        let mut gaps = Gaps::uniform(3, 2, 1);
        gaps.queries_mut(2, 1).copy_from_slice(&[4, 5, 5]);
        let text = serde_json::to_string(&gaps).unwrap();
        assert_eq!(text, r#"{"v":3,"n":2,"runs":"1x9 4 5x2"}"#);
        assert_eq!(serde_json::from_str::<Gaps>(&text).unwrap(), gaps);
        assert_eq!((gaps.queries(2, 0), gaps.queries(2, 1)), (&[1, 1, 1][..], &[4, 5, 5][..]));
    }

    #[test]
    fn other_text_is_refused() {
        for (v, n, runs) in [
            (3, 2, "1x11"),
            (3, 2, "1x13"),
            (3, 2, "1x12 1"),
            (3, 2, "0x12"),
            (3, 2, "70000x12"),
            (3, 2, "-1x12"),
            (3, 2, "1x"),
            (3, 2, "1x99999999999999999999"),
            (usize::MAX, 2, ""),
            (usize::MAX / 2, 3, ""),
            (5000, 5, ""),
        ] {
            let text = serde_json::json!({ "v": v, "n": n, "runs": runs }).to_string();
            assert!(serde_json::from_str::<Gaps>(&text).is_err(), "{text}");
        }
    }
}
