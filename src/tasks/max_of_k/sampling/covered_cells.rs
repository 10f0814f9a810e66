use crate::models::transformer::Shape;
use crate::tasks::max_of_k::additive::Tokens;
use crate::tasks::max_of_k::covered::{Counted, CoveredError};
use crate::tasks::max_of_k::{MaxOfK, Strategy};
use crate::tasks::task::to_json;
use crate::weights::plain_json::{self, PlainJsonError};
use crate::weights::text::quoted;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// What a proof counts, by largest token `m` and last token `q ≤ m`, as another program is told it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct CoveredCells(Vec<Vec<Counted>>);

/// Why a text does not say what a proof about a model counts.
#[derive(Debug, Error)]
pub(super) enum ReadError {
    #[error("what the proof counts is no such list: {}", quoted(&.0.to_string()))]
    Json(#[from] PlainJsonError),
    #[error("what the proof counts is about other tokens or positions than the model has")]
    Other,
}

impl MaxOfK {
    /// What the proof by `strategy` counts.
    pub(super) fn covered_cells(&self, strategy: Strategy) -> Result<CoveredCells, CoveredError> {
        let coverage = self.coverage(strategy)?;
        let mut columns: Vec<_> = (0..self.shape().v).map(|m| coverage.column(m)).collect();
        // Only tokens below the largest one matter: a proof may name it as well.
        for (m, column) in columns.iter_mut().enumerate() {
            for counted in column {
                if let Counted::Among(sets) = counted {
                    sets.iter_mut().flatten().for_each(|set| *set = below(set, m));
                }
            }
        }
        Ok(CoveredCells(columns))
    }
}

/// The tokens of a set that are below `m`.
fn below(set: &Tokens, m: usize) -> Tokens {
    let ranges = set.0.iter().map(|&(from, to)| (from, to.min(m)));
    Tokens(ranges.filter(|(from, to)| from < to).collect())
}

impl CoveredCells {
    pub(super) fn to_json(&self) -> String {
        to_json(self)
    }

    /// Reads what [`Self::to_json`] writes about a model of some shape.
    pub(super) fn read(json: &str, Shape { v, n, .. }: Shape) -> Result<Self, ReadError> {
        let Self(columns) = plain_json::from_slice(json.as_bytes())?;
        let fits = |(m, column): (usize, &Vec<Counted>)| {
            let mut cells = column.iter().enumerate();
            column.len() == m + 1 && cells.all(|(q, counted)| is_of_cell(counted, n, q, m))
        };
        if columns.len() != v || !columns.iter().enumerate().all(fits) {
            return Err(ReadError::Other);
        }
        Ok(Self(columns))
    }

    /// The columns, in the order of largest tokens.
    pub(super) fn into_columns(self) -> impl Iterator<Item = Vec<Counted>> {
        self.0.into_iter()
    }
}

/// Whether what is counted may be of the cell with the last token `q` and the largest token `m`.
fn is_of_cell(counted: &Counted, n: usize, q: usize, m: usize) -> bool {
    let size =
        |choices: usize| (choices as u128).checked_pow(u32::try_from(n - 1).unwrap_or(u32::MAX));
    let inputs = size(m + 1).unwrap_or(u128::MAX) - if q == m { 0 } else { size(m).unwrap_or(0) };
    match counted {
        Counted::All | Counted::Nothing | Counted::Right(None) => true,
        Counted::Right(Some(right)) | Counted::Some(right) => *right <= inputs,
        Counted::Among(sets) => {
            let is_below = |set: &Tokens| set.is_set_below(m);
            sets.len() == n - usize::from(q != m) && sets.iter().flatten().all(is_below)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::transformer::tests::random;

    #[test]
    fn what_is_written_is_read_and_nothing_else() {
        let shape = Shape { v: 5, d: 3, h: 2, n: 3 };
        let task = MaxOfK::new(random(shape, 1.0, 5)).unwrap();
        for strategy in Strategy::all() {
            let cells = task.covered_cells(strategy).unwrap();
            assert_eq!(CoveredCells::read(&cells.to_json(), shape).unwrap(), cells, "{strategy}");
        }
        let json = task.covered_cells(Strategy::Cubic).unwrap().to_json();
        for (v, n) in [(4, 3), (6, 3), (5, 4)] {
            assert!(CoveredCells::read(&json, Shape { v, n, ..shape }).is_err(), "{v}, {n}");
        }
        let read = |cell: &str| {
            CoveredCells::read(&format!("[[{cell}]]"), Shape { v: 1, d: 1, h: 1, n: 2 })
        };
        for good in ["\"all\"", "\"nothing\"", r#"{"some": 1}"#, r#"{"among": [null, []]}"#] {
            assert!(read(good).is_ok(), "{good}");
        }
        for bad in [
            "\"most\"",
            r#"{"some": 2}"#,
            r#"{"among": []}"#,
            r#"{"among": [null, [[0, 1]]]}"#,
            "7",
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
        let large = u128::MAX;
        let shape = Shape { v: 1, d: 1, h: 1, n: 1 };
        assert!(CoveredCells::read(&format!(r#"[[{{"right": {large}}}]]"#), shape).is_err());
    }
}
