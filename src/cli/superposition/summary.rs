//! `www/labs/superposition/RESULTS.md`: the rows summed up as tables.

use super::table::Row;
use std::fmt::Write;

/// Steps that the command takes unless someone asks for another number.
pub(super) const USUAL_STEPS: u32 = 6000;

/// Dictionaries of one setting, one for each seed.
struct Group<'a> {
    name: String,
    penalty: &'a str,
    rows: Vec<&'a Row>,
}

impl Group<'_> {
    fn mean(&self, of: impl Fn(&Row) -> f64) -> f64 {
        self.rows.iter().map(|row| of(row)).sum::<f64>() / self.rows.len() as f64
    }

    /// The mean, and the least and the largest value where they differ as written.
    fn spread(&self, digits: usize, of: impl Fn(&Row) -> f64) -> String {
        let values = self.rows.iter().map(|row| of(row));
        let least = values.clone().fold(f64::INFINITY, f64::min);
        let most = values.fold(f64::NEG_INFINITY, f64::max);
        let [mean, least, most] = [self.mean(of), least, most].map(|x| format!("{x:.digits$}"));
        if least == most { mean } else { format!("{mean} ({least}–{most})") }
    }
}

/// The rows by setting, in the order of the rows.
fn groups(rows: &[Row]) -> Vec<Group<'_>> {
    let mut groups: Vec<Group> = Vec::new();
    for row in rows {
        let name = match row.penalty.as_str() {
            "top-k" => format!("top-k, k = {}", row.k),
            "l1" => format!("l1, λ = {}", row.lambda),
            "tanh" => format!("tanh, c = {}, λ = {}", row.scale, row.lambda),
            penalty => format!("{penalty}, s = {}, λ = {}", row.scale, row.lambda),
        };
        let name = match row.kind.as_str() {
            "matryoshka" => format!("{name}, first {}", row.latents),
            _ => name,
        };
        match groups.iter_mut().find(|group| group.name == name) {
            Some(group) => group.rows.push(row),
            None => groups.push(Group { name, penalty: &row.penalty, rows: vec![row] }),
        }
    }
    groups
}

/// The text of the file.
pub(super) fn text(rows: &[Row]) -> String {
    let groups = groups(rows);
    let Some(first) = rows.first() else { return String::new() };
    let seeds = groups[0].rows.len();
    let mut text = format!(
        "# Superposition: which penalty makes short proofs?\n\n\
         `compact-proofs superposition{} -o www/labs/superposition/results.csv --summary www/labs/superposition/RESULTS.md` writes this \
         page. Toy models of {} features in 10 dimensions, each active on 1 % of tokens; {}s with 50 latents, {} steps of 128 \
         tokens; {seeds} seeds: means, with the least and the largest value.\n",
        if first.steps == USUAL_STEPS {
            String::new()
        } else {
            format!(" --steps {}", first.steps)
        },
        first.represented.max(50),
        first.kind,
        first.steps
    );
    measured(&mut text, &groups, first);
    proven(&mut text, &groups, first);
    claim(&mut text, &groups);
    if first.kind == "autoencoder" {
        beside(&mut text, &groups);
    }
    text
}

/// What a prototype in another program measured on three seeds, after 20,000 steps: penalty and
/// strength, recovered features, dead latents, L0, FVU.
const PROTOTYPE: [(&str, [f64; 4]); 9] = [
    ("l1, λ = 0.4", [48.3, 0.7, 1.21, 0.197]),
    ("l1, λ = 0.6", [47.7, 0.0, 1.01, 0.285]),
    ("log1p, s = 1, λ = 0.4", [48.0, 1.3, 1.17, 0.170]),
    ("log1p, s = 0.1, λ = 0.08", [36.3, 9.7, 1.22, 0.215]),
    ("log1p, s = 0.1, λ = 0.15", [42.7, 6.0, 0.73, 0.276]),
    ("prod1p, s = 1, λ = 0.2", [38.0, 4.3, 1.35, 0.262]),
    ("prod1p, s = 1, λ = 0.3", [41.3, 4.3, 0.92, 0.309]),
    ("tanh, c = 4, λ = 0.15", [35.0, 10.3, 1.19, 0.218]),
    ("tanh, c = 4, λ = 0.3", [43.0, 6.3, 0.69, 0.283]),
];

/// Compares with a prototype.
fn beside(text: &mut String, groups: &[Group]) {
    text.push_str(
        "\n## Beside a prototype\n\nA prototype in another program, with other random numbers and 20,000 steps, had these means of three seeds. In brackets \
         are the least and the largest value here; ✓ marks what lies between them.\n\n\
         | penalty | recovered | dead | L0 | FVU |\n|---|---|---|---|---|\n",
    );
    let values: [(usize, Value); 4] = [
        (1, |row| row.recovered as f64),
        (1, |row| row.dead as f64),
        (2, |row| row.l0),
        (3, |row| row.fvu),
    ];
    let (mut within, mut all) = (0, 0);
    for (name, expected) in PROTOTYPE {
        let Some(group) = groups.iter().find(|group| group.name == name) else { continue };
        let cells = values.iter().zip(expected).map(|(&(digits, value), expected)| {
            let found = || group.rows.iter().map(|row| value(row));
            let [least, most] =
                [found().fold(f64::INFINITY, f64::min), found().fold(0.0, f64::max)];
            let is_within = (least..=most).contains(&expected);
            (within, all) = (within + usize::from(is_within), all + 1);
            let mark = if is_within { " ✓" } else { "" };
            format!("{expected:.digits$} ({least:.digits$}–{most:.digits$}){mark}")
        });
        let cells: Vec<_> = cells.collect();
        let _ = writeln!(text, "| {name} | {} |", cells.join(" | "));
    }
    let _ = writeln!(text, "\n{within} of {all} lie between the values of the seeds here.");
}

fn measured(text: &mut String, groups: &[Group], first: &Row) {
    let _ = write!(
        text,
        "\n## Measured\n\nOn 10,000 tokens, on which {:.2} features are active on average. FVU is the squared error over the squared length; \
         pairs are those of 1225 that are active together on some token; length is that of the proof from pairs for these tokens, by \
         the literature's formula, in FLOPs.\n\n\
         | penalty | recovered | dead | L0 | L0, 99 % | FVU | mean of 2^k | pairs | length |\n\
         |---|---|---|---|---|---|---|---|---|\n",
        first.true_l0
    );
    for group in groups {
        let cells = [
            group.spread(1, |row| row.recovered as f64),
            group.spread(1, |row| row.dead as f64),
            group.spread(2, |row| row.l0),
            group.spread(0, |row| row.l0_99),
            group.spread(3, |row| row.fvu),
            group.spread(1, |row| row.subsets),
            group.spread(0, |row| row.pairs as f64),
            group.spread(2, |row| row.length / 1e6) + "·10⁶",
        ];
        let _ = writeln!(text, "| {} | {} |", group.name, cells.join(" | "));
    }
}

fn proven(text: &mut String, groups: &[Group], first: &Row) {
    let [right, loss] =
        [groups[0].spread(0, |row| row.right as f64), groups[0].spread(3, |row| row.loss)];
    let _ = write!(
        text,
        "\n## Proven\n\nOf {} further tokens, of which the network answers {right} right, with a loss of {loss}; running it takes {:.2}·10⁶ \
         FLOPs. Amplitudes are fitted by least squares: a hint costs a proof nothing. Each proof has its count of certified tokens, its \
         bound on the loss, and its length.\n\n\
         | penalty | ε | features: certified | loss ≤ | FLOPs | pairs: certified | loss ≤ | FLOPs | sums: certified | loss ≤ | FLOPs |\n\
         |---|---|---|---|---|---|---|---|---|---|---|\n",
        first.tokens,
        groups[0].mean(|row| row.brute_force_flops as f64) / 1e6
    );
    for group in groups {
        let or = |x: Option<f64>| x.unwrap_or(f64::INFINITY);
        let flops =
            |of: fn(&Row) -> u64| format!("{:.2}·10⁶", group.mean(|row| of(row) as f64) / 1e6);
        let cells = [
            group.spread(3, |row| row.epsilon),
            group.spread(0, |row| row.features_certified as f64),
            group.spread(2, |row| or(row.features_loss)),
            flops(|row| row.features_flops),
            group.spread(0, |row| row.pairs_certified as f64),
            group.spread(2, |row| or(row.pairs_loss)),
            flops(|row| row.pairs_flops),
            group.spread(0, |row| row.sums_certified as f64),
            group.spread(2, |row| or(row.sums_loss)),
            flops(|row| row.sums_flops),
        ];
        let _ = writeln!(text, "| {} | {} |", group.name, cells.join(" | "));
    }
}

/// A number of a row.
type Value = fn(&Row) -> f64;

/// What is better if it is smaller, and how to say so.
const LESS: [(&str, Value); 5] = [
    ("mean of 2^k", |row| row.subsets),
    ("L0, 99 %", |row| row.l0_99),
    ("pairs", |row| row.pairs as f64),
    ("length by the formula, 10⁶", |row| row.length / 1e6),
    ("tokens that pairs leave uncertified", |row| (row.tokens - row.pairs_certified) as f64),
];

/// Compares the product with `l1` at equal error.
fn claim(text: &mut String, groups: &[Group]) {
    text.push_str(
        "\n## Does the product beat L1?\n\nThe literature's reason for the product is that cases multiply. So the product is compared with L1 at equal \
         error: values at the FVU of each product are read off the line through the settings of L1, on the logarithm; where the FVU is \
         outside of L1's, nothing is said.\n\n| product | FVU |",
    );
    LESS.iter().for_each(|(name, _)| _ = write!(text, " {name} |"));
    text.push_str("\n|---|---|");
    text.push_str(&"---|".repeat(LESS.len()));
    text.push('\n');
    let of =
        |penalty: &str| groups.iter().filter(|group| group.penalty == penalty).collect::<Vec<_>>();
    let (base, mut better, mut all) = (of("l1"), [0; 5], 0);
    for group in of("prod1p") {
        let fvu = group.mean(|row| row.fvu);
        let _ = write!(text, "| {} | {fvu:.3} |", group.name);
        let mut compared = false;
        for (place, (_, value)) in LESS.iter().enumerate() {
            let found = group.mean(value);
            match at_equal_error(&base, fvu, value) {
                None => _ = write!(text, " {found:.1}, L1: – |"),
                Some(l1) => {
                    compared = true;
                    better[place] += usize::from(found < l1);
                    let _ = write!(text, " {found:.1}, L1: {l1:.1} |");
                }
            }
        }
        all += usize::from(compared);
        text.push('\n');
    }
    text.push('\n');
    for ((name, _), better) in LESS.iter().zip(better) {
        let verdict = match better {
            _ if all == 0 => "is not compared: no product has an error within those of L1",
            0 => "does not hold in any setting compared",
            _ if better == all => "holds in every setting compared",
            _ => "holds in some of the settings compared",
        };
        let _ = writeln!(text, "* **{name}:** the claim {verdict} ({better} of {all}).");
    }
}

/// The value of a penalty's settings at an error between two of theirs: linear in the logarithm.
fn at_equal_error(groups: &[&Group], fvu: f64, value: impl Fn(&Row) -> f64) -> Option<f64> {
    let mut points: Vec<_> = groups
        .iter()
        .map(|group| (group.mean(|row| row.fvu), group.mean(&value).max(1e-9).ln()))
        .collect();
    points.sort_by(|a, b| a.0.total_cmp(&b.0));
    let pair = points.windows(2).find(|pair| pair[0].0 <= fvu && fvu <= pair[1].0)?;
    let [(x, y), (z, w)] = [pair[0], pair[1]];
    let part = if z > x { (fvu - x) / (z - x) } else { 0.0 };
    Some((y + part * (w - y)).exp())
}

#[cfg(test)]
mod tests {
    /// The results page is what the summary makes of the committed rows.
    #[test]
    fn the_results_page_is_that_of_its_rows() {
        let folder =
            std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("www/labs/superposition");
        let rows = super::super::table::read(&folder.join("results.csv")).unwrap();
        let page = std::fs::read_to_string(folder.join("RESULTS.md")).unwrap();
        assert!(
            page == super::text(&rows),
            "RESULTS.md is not the summary of results.csv: write it by --rows"
        );
        assert!(rows.len() >= 45, "three seeds of each setting");
    }
}
