use thiserror::Error;

/// Why there is no figure.
#[derive(Clone, Debug, PartialEq, Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum FigureError {
    #[error(
        "a map of {rows} rows and {columns} columns has a value for each cell, not {values}, and \
         hatching for each or for none, not {hatching}"
    )]
    Cells { rows: usize, columns: usize, values: usize, hatching: usize },
    #[error("the count of '{label}' is a whole number below 2^128, not '{count}'")]
    Count { label: String, count: String },
    #[error("the parts of '{whole}' add up to all {count} of it; these do not")]
    Sum { whole: String, count: String },
    #[error("the bar '{label}' has a positive finite length, not {value}")]
    Length { label: String, value: f64 },
    #[error(
        "point {index} has a positive finite value across and a part from 0 to 1 up, not {across} \
         and {up}"
    )]
    Point { index: usize, across: f64, up: f64 },
    #[error("a point of the curve '{curve}' has {expected}, not {across} and {up}")]
    Curve { curve: String, expected: &'static str, across: f64, up: f64 },
    #[error("an arrow ends at two finite numbers, not {across} and {up}")]
    Arrow { across: f64, up: f64 },
}
