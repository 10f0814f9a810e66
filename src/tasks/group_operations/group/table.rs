//! Cayley tables in files.

use super::{Group, NotAGroup};
use crate::models::two_token::MAX_TOKENS;
use crate::proof::quoted_json;
use crate::weights::text::clipped;
use thiserror::Error;

/// Most characters of an entry that an error quotes.
const MOST_QUOTED: usize = 20;

/// Why a file or a list of rows is not the Cayley table of a group. Rows and columns count from 0,
/// as elements do.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TableError {
    /// The file is no text.
    #[error("a Cayley table is a text: byte {0} is not of UTF-8")]
    NotText(usize),
    /// The text begins as JSON and is not a list of rows.
    #[error("expected JSON such as [[0, 1], [1, 0]], rows of whole numbers: {0}")]
    Json(String),
    /// An entry is not a number.
    #[error(
        "row {row}, column {column} is “{entry}”, expected a whole number: an element, from 0 on; \
         rows are lines, and commas, semicolons, tabs or spaces divide columns"
    )]
    Entry {
        /// Its row.
        row: usize,
        /// Its column.
        column: usize,
        /// The beginning of its text.
        entry: String,
    },
    /// A row is longer or shorter than there are rows.
    #[error("row {row} has {columns} entries, expected {rows}, as many as there are rows")]
    Row {
        /// The row.
        row: usize,
        /// Its entries.
        columns: usize,
        /// The rows of the table.
        rows: usize,
    },
    /// There are no rows, or more than networks have tokens.
    #[error("{0} rows, expected 1 to {MAX_TOKENS}")]
    Rows(usize),
    /// The entries are those of a group whose elements are counted from 1.
    #[error(
        "the entries are 1 to {0}: expected elements counted from 0, so take 1 from each entry"
    )]
    FromOne(usize),
    /// The table is not that of a group.
    #[error(transparent)]
    NotAGroup(#[from] NotAGroup),
}

/// Reads the Cayley table in a file, JSON (`[[0, 1], [1, 0]]`) or CSV: row `x` holds `x · y` for
/// all `y`.
///
/// # Errors
/// If it is not the table of a group: which row and which column is wrong.
pub fn read_table(bytes: &[u8]) -> Result<Group, TableError> {
    let text =
        std::str::from_utf8(bytes).map_err(|error| TableError::NotText(error.valid_up_to()))?;
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.starts_with('[') {
        let rows: Vec<Vec<usize>> = serde_json::from_slice(text.as_bytes())
            .map_err(|error| TableError::Json(quoted_json(&error)))?;
        return of_rows(&rows);
    }
    let rows = text.lines().filter(|line| !line.trim().is_empty()).enumerate();
    let rows = rows.map(|(row, line)| entries(row, line)).collect::<Result<Vec<_>, _>>()?;
    of_rows(&rows)
}

/// The numbers in a line of CSV.
fn entries(row: usize, line: &str) -> Result<Vec<usize>, TableError> {
    let parsed = |(column, entry): (usize, &str)| {
        let error = || TableError::Entry { row, column, entry: clipped(entry, MOST_QUOTED) };
        entry.parse().map_err(|_| error())
    };
    match line.contains([',', ';']) {
        true => line.trim().split([',', ';']).map(str::trim).enumerate().map(parsed).collect(),
        false => line.split_whitespace().enumerate().map(parsed).collect(),
    }
}

/// The group with these rows as its Cayley table.
///
/// # Errors
/// If there is none.
pub fn of_rows(rows: &[Vec<usize>]) -> Result<Group, TableError> {
    let order = rows.len();
    if !(1..=MAX_TOKENS).contains(&order) {
        return Err(TableError::Rows(order));
    }
    if let Some(row) = rows.iter().position(|row| row.len() != order) {
        return Err(TableError::Row { row, columns: rows[row].len(), rows: order });
    }
    if rows.iter().flatten().all(|entry| (1..=order).contains(entry)) {
        return Err(TableError::FromOne(order));
    }
    Ok(Group::of_table(order, rows.concat())?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tasks::group_operations::group::natural;

    #[test]
    fn tables_are_read_from_json_and_from_columns_divided_in_any_way() {
        let group = natural("S3").unwrap();
        let rows = || group.table().chunks(6);
        let joined = |by: &str| {
            let line = |row: &[usize]| row.iter().map(ToString::to_string).collect::<Vec<_>>();
            rows().map(|row| line(row).join(by)).collect::<Vec<_>>().join("\r\n")
        };
        let json = format!("{:?}", rows().collect::<Vec<_>>());
        let texts = [
            json,
            joined(","),
            joined(" ; "),
            joined("\t"),
            format!("\u{feff}{}\n\n", joined("  ")),
        ];
        for text in texts {
            assert_eq!(read_table(text.as_bytes()).as_ref(), Ok(&group), "{text}");
        }
    }

    #[test]
    fn what_is_wrong_with_a_table_is_said_with_its_place() {
        for (text, says) in [
            ("", "0 rows, expected 1 to 512"),
            ("0,1\n1", "row 1 has 1 entries, expected 2"),
            ("0,1\n1,a", "row 1, column 1 is “a”, expected a whole number"),
            ("0,1\n1,", "row 1, column 1 is “”, expected"),
            ("0,1\n1,-1", "row 1, column 1 is “-1”, expected"),
            (
                "0 1\n1 2",
                "row 1, column 1, counted from 0, is 2, which is none of the elements 0 to 1",
            ),
            ("1 2\n2 1", "the entries are 1 to 2: expected elements counted from 0"),
            ("[[0, 1], [1]]", "row 1 has 1 entries, expected 2"),
            ("[[0, 1], [1, 0.5]]", "rows of whole numbers"),
            ("[1]", "rows of whole numbers"),
            ("1 0\n0 0", "no element is the identity"),
            ("0 1\n1 1", "1 has no inverse: the identity 0 is not in row 1 and column 1"),
            (
                "0 1 2 3 4\n1 0 3 4 2\n2 4 0 1 3\n3 2 4 0 1\n4 3 1 2 0",
                "it is not associative: row 1, column ",
            ),
        ] {
            let error = read_table(text.as_bytes()).unwrap_err().to_string();
            assert!(error.contains(says), "{text:?}: {error}");
        }
        assert_eq!(read_table(b"0\xff"), Err(TableError::NotText(1)));
        let long = "1".repeat(100_000);
        assert!(read_table(long.as_bytes()).unwrap_err().to_string().len() < 300);
    }
}
