use super::Cubic;
use crate::proof::{CaseAnalysis, Cost, Evidence, Failure, GivenUp, Tally};
use crate::tasks::max_of_k::certificate::shortened;
use serde_json::value::RawValue;
use std::sync::OnceLock;

/// A cubic proof, and the table of cases that a stranger's certificate says the proof gives: each
/// cell is compared to the letter when it is counted. (The table is for checkers that cannot make
/// it.)
pub(super) struct ClaimedCubic {
    cubic: Cubic,
    /// The table as JSON: `[m][q]` for the largest token `m` and the query `q ≤ m`.
    cases: Vec<Vec<Box<RawValue>>>,
    differs: OnceLock<GivenUp>,
}

impl ClaimedCubic {
    /// Prepares the comparison.
    ///
    /// # Errors
    /// If the table does not have a row for each largest token, with a cell for each query up to
    /// it.
    pub(super) fn new(cubic: Cubic, cases: Vec<Vec<Box<RawValue>>>) -> Result<Self, GivenUp> {
        let differs = |field: String, found: usize, expected: usize| {
            let entries = |count: usize| format!("{count} long");
            Err(GivenUp::Differs { field, found: entries(found), expected: entries(expected) })
        };
        let v = cubic.shape.v;
        if cases.len() != v {
            return differs("`cases`".into(), cases.len(), v);
        }
        if let Some((m, row)) = cases.iter().enumerate().find(|(m, row)| row.len() != m + 1) {
            return differs(format!("`cases[{m}]`"), row.len(), m + 1);
        }
        Ok(Self { cubic, cases, differs: OnceLock::new() })
    }
}

impl CaseAnalysis for ClaimedCubic {
    fn chunks(&self) -> u64 {
        self.cubic.chunks()
    }

    fn count(&self, chunk: u64) -> Tally {
        if self.differs.get().is_some() {
            return Tally::default();
        }
        self.cubic.count_cells(chunk, |m, q, cell| {
            let proven: Vec<_> = cell.iter().map(|harmless| harmless.proven.as_ref()).collect();
            let expected =
                serde_json::to_string(&proven).expect("ranges of tokens have a JSON form");
            let found = self.cases[m][q].get();
            if found != expected {
                let (field, found, expected) =
                    (format!("`cases[{m}][{q}]`"), shortened(found), shortened(&expected));
                self.differs.get_or_init(|| GivenUp::Differs { field, found, expected });
            }
        })
    }

    fn cost(&self) -> Cost {
        self.cubic.cost()
    }

    fn evidence(&self) -> Result<Evidence, Failure> {
        self.cubic.evidence()
    }

    fn given_up(&self) -> Option<GivenUp> {
        self.differs.get().cloned()
    }
}
