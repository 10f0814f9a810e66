//! What a merged sweep says in sum: the spread of every strategy over all networks of a size.

use super::record::column;
use csv::StringRecord;
use std::collections::BTreeMap;
use std::fmt;
use std::fmt::Write;

/// The bounds of one strategy, and its length on the first of the networks.
#[derive(Default)]
struct Strategy {
    bounds: Vec<f64>,
    flops: Vec<f64>,
}

/// The networks of one size.
#[derive(Default)]
struct Size {
    models: usize,
    strategies: BTreeMap<String, Strategy>,
}

/// All that is known of a merged sweep.
#[derive(Default)]
pub(super) struct Spreads {
    rows: usize,
    sizes: BTreeMap<String, Size>,
    /// Files that are no networks, and why.
    unread: Vec<(String, String)>,
}

impl Spreads {
    /// Adds the rows of a file.
    pub(super) fn add(&mut self, rows: &[StringRecord]) {
        self.rows += rows.len();
        let field = |row: &StringRecord, name| row[column(name)].to_owned();
        let first = &rows[0];
        if field(first, "strategy").is_empty() {
            return self.unread.push((field(first, "file"), field(first, "problem")));
        }
        let size = self.sizes.entry(size_of(first)).or_default();
        size.models += 1;
        for row in rows {
            let strategy = size.strategies.entry(field(row, "strategy")).or_default();
            strategy.bounds.extend(row[column("bound")].parse::<f64>());
            strategy.flops.extend(row[column("flops")].parse::<f64>());
        }
    }

    /// Tables for a person.
    pub(super) fn markdown(&self) -> String {
        let mut text = String::from(
            "# A sweep in sum\n\nBounds in percent, rounded down, and the median length of the \
             proof in FLOPs. Strategies stand in the order of their median bounds.\n",
        );
        for (name, Size { models, strategies }) in &self.sizes {
            let said = "a String takes any text";
            writeln!(text, "\n## {name}\n\n{}:\n", count(*models, "model")).expect(said);
            text += "| strategy | models | least | lower quartile | median | upper quartile | most \
                     | FLOPs |\n|---|---|---|---|---|---|---|---|\n";
            let mut rows: Vec<_> = strategies
                .iter()
                .map(|(name, Strategy { bounds, flops })| (name, quartiles(bounds), flops))
                .collect();
            rows.sort_by(|a, b| b.1[2].total_cmp(&a.1[2]).then(a.0.cmp(b.0)));
            for (strategy, bounds, flops) in rows {
                let shown = bounds.map(|bound| format!("{:.4}", (bound * 1e6).floor() / 1e4));
                let (bounds, length) = (shown.join(" | "), quartiles(flops)[2]);
                let models = flops.len();
                writeln!(text, "| {strategy} | {models} | {bounds} | {length:.3e} |").expect(said);
            }
        }
        if !self.unread.is_empty() {
            text += "\n## No networks\n\n";
        }
        for (file, problem) in &self.unread {
            writeln!(text, "* `{file}`: {problem}").expect("a String takes any text");
        }
        text
    }
}

impl fmt::Display for Spreads {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let models = self.sizes.values().map(|size| size.models).sum();
        write!(f, "{}, {}", count(models, "model"), count(self.rows, "row"))?;
        match self.unread.len() {
            0 => Ok(()),
            unread => write!(
                f,
                "; {} no network",
                if unread == 1 { "1 file is".into() } else { format!("{unread} files are") }
            ),
        }
    }
}

/// A number and what it counts.
pub(super) fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

/// The task and the size of a network, in words.
fn size_of(row: &StringRecord) -> String {
    let sizes = ["k", "v", "d", "h", "group", "order", "neurons"];
    let there = sizes.iter().filter(|name| !row[column(name)].is_empty());
    let words: Vec<_> = there.map(|name| format!("{name} = {}", &row[column(name)])).collect();
    format!("{}: {}", &row[column("task")], words.join(", "))
}

/// The least, the lower quartile, the median, the upper quartile and the most; each is one of the
/// numbers.
fn quartiles(numbers: &[f64]) -> [f64; 5] {
    let mut sorted = numbers.to_vec();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.len().saturating_sub(1);
    [0, 1, 2, 3, 4].map(|quarter| sorted.get(quarter * last / 4).copied().unwrap_or(f64::NAN))
}
