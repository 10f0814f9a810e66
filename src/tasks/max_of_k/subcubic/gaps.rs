use crate::weights::text::quoted;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Gaps `g[q, m, c] ≥ 1` for `q ≤ m`: "proven only where every token but the copies of `m` is at
/// most `m − g`". A gap above `m` says that a case is not proven.
///
/// Serialized as `{"v": …, "n": …, "runs": "1x130 2 7x3 …"}`: for each `m`, each `c`, each `q ≤ m`
/// in that order, runs of equal gaps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gaps {
    v: usize,
    n: usize,
    /// For each `m`, `c`, `q ≤ m`.
    gaps: Vec<u16>,
}

/// Of a model larger than this no table of gaps is read: 512 tokens at the 14 positions whose
/// sequences can be counted.
const MAX_ENTRIES: usize = 512 * 513 / 2 * 14;

impl Gaps {
    /// The same gap everywhere.
    #[must_use]
    pub fn uniform(v: usize, n: usize, gap: u16) -> Self {
        Self { v, n, gaps: vec![gap; v * (v + 1) / 2 * n] }
    }

    /// `(v, n)`.
    #[must_use]
    pub fn shape(&self) -> (usize, usize) {
        (self.v, self.n)
    }

    /// The gaps of a largest token and a number of other tokens, `[m + 1]` by query.
    ///
    /// # Panics
    /// If `m` or `c` is out of range.
    #[must_use]
    pub fn queries(&self, m: usize, c: usize) -> &[u16] {
        &self.gaps[self.start(m, c)..][..=m]
    }

    /// The same, to change.
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
