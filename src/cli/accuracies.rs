//! `www/models/max-of-k/accuracies.json`: what a sweep proves of the accuracy of each model.

use super::results::{Models, Row};
use crate::proof::Bound;
use serde_json::json;
use std::collections::BTreeMap;
use std::path::Path;

/// Decimals of the percentages.
const DECIMALS: usize = 4;

/// The file's text: for each weights file, by its name, what is proven of its accuracy in percent.
/// That is one decimal string, rounded down, where the sweep has counted the accuracy; otherwise
/// two, the best lower bound, rounded down, and the best upper bound, rounded up.
pub(super) fn accuracies(all: &Models) -> String {
    let of_model = |rows: &Vec<Row>| {
        let total = rows[0].total;
        let least = rows.iter().map(|row| row.correct).max().unwrap_or(0);
        let most = rows.iter().filter_map(|row| row.most_correct).min().unwrap_or(total);
        let lower = Bound::new(least, total).percent(DECIMALS);
        let proven = match least == most {
            true => vec![lower],
            false => vec![lower, Bound::new(most, total).percent_above(DECIMALS)],
        };
        let file = Path::new(&rows[0].file);
        (file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into()), proven)
    };
    let models: BTreeMap<String, Vec<String>> = all.values().map(of_model).collect();
    let lines: Vec<_> =
        models.iter().map(|(file, proven)| format!("{}:{}", json!(file), json!(proven))).collect();
    format!("{{\n{}\n}}\n", lines.join(",\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(file: &str, correct: u128, most_correct: Option<u128>) -> Row {
        Row {
            sha256: String::new(),
            file: format!("some/folder/{file}"),
            k: 2,
            v: 3,
            d: 1,
            h: 1,
            strategy: String::new(),
            class: String::new(),
            correct,
            total: 9,
            bound: 0.0,
            flops: 1.0,
            unexplained_dimension: 0.0,
            proof_bytes: None,
            seconds: 0.0,
            slack: 0.0,
            lost: 0,
            visited: None,
            most_correct,
            plain_correct: None,
            published_count: None,
        }
    }

    #[test]
    fn one_number_where_it_is_counted_and_otherwise_two_that_enclose_it() {
        let counted = vec![row("b.pt", 5, None), row("b.pt", 7, Some(7)), row("b.pt", 6, Some(8))];
        let enclosed = vec![row("a.pt", 1, Some(8)), row("a.pt", 5, Some(9))];
        let unbounded = vec![row("c.pt", 0, None)];
        let all = [counted, enclosed, unbounded];
        let models = all.into_iter().enumerate().map(|(i, rows)| (i.to_string(), rows)).collect();
        let expected = "{\n\"a.pt\":[\"55.5555\",\"88.8889\"],\n\"b.pt\":[\"77.7777\"],\n\
                        \"c.pt\":[\"0.0000\",\"100.0000\"]\n}\n";
        assert_eq!(accuracies(&models), expected);
    }
}
