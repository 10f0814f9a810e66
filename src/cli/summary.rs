//! The README's tables, from the rows of a sweep.

use crate::tasks::max_of_k::subcubic::{DirectPath, Subcubic};
use crate::tasks::max_of_k::{Class, Strategy};
use std::collections::BTreeMap;
use std::fmt::Write;

/// Bounds of the literature (arXiv 2406.11779, table 1): K = 4, mean ± standard deviation over 151 models.
const PUBLISHED: [(Class, &str); 8] = [
    (Class::BruteForce, "0.9992 ± 0.0015"),
    (Class::Cubic, "0.9531 ± 0.0087"),
    (Class::Subcubic, "0.820 ± 0.013"),
    (Class::LowRankQk, "0.795 ± 0.014"),
    (Class::LowRankEu, "0.653 ± 0.060"),
    (Class::LowRankQkEu, "0.627 ± 0.060"),
    (Class::QuadraticQk, "0.390 ± 0.032"),
    (Class::QuadraticQkEu, "0.285 ± 0.036"),
];

/// What a sweep says of one strategy and one K, model by model.
#[derive(Default)]
struct Samples {
    bound: Vec<f64>,
    plain: Vec<f64>,
    published: Vec<f64>,
    flops: Vec<f64>,
}

/// Markdown: for each K a table of the classes, each column with its best strategy of the class (by
/// mean), that of the proven bounds named; and how much the joint search gains.
pub(super) fn summary<'a>(rows: impl Iterator<Item = &'a str>) -> String {
    let mut samples: BTreeMap<usize, BTreeMap<String, Samples>> = BTreeMap::new();
    for row in rows {
        // From the right, as a file's name may hold commas.
        let fields: Vec<_> = row.rsplitn(13, ',').collect();
        let [published, plain, _, _, _, flops, bound, total, _, _, strategy, k, ..] = fields[..] else { continue };
        let (Ok(k), Ok(bound), Ok(flops), Ok(total)) = (k.parse(), bound.parse(), flops.parse(), total.parse::<f64>())
        else {
            continue;
        };
        let samples = samples.entry(k).or_default().entry(strategy.to_owned()).or_default();
        samples.bound.push(bound);
        samples.flops.push(flops);
        samples.plain.extend(plain.parse::<f64>().map(|count| count / total));
        samples.published.extend(published.parse::<f64>().map(|count| count / total));
    }
    samples.iter().map(|(&k, samples)| table(k, samples)).collect()
}

fn table(k: usize, samples: &BTreeMap<String, Samples>) -> String {
    let models = samples.values().map(|s| s.bound.len()).max().unwrap_or(0);
    let mut text = format!(
        "\nK = {k}, {models} models:\n\n\
         | class | published figure | proven here | plain search | published formula (not sound) | FLOPs | best strategy |\n\
         |---|---|---|---|---|---|---|\n"
    );
    for (class, published) in PUBLISHED {
        let of_class = || {
            samples.iter().filter_map(|(name, samples)| {
                let strategy = name.parse::<Strategy>().ok().filter(|s| s.class() == class)?;
                Some((strategy, samples))
            })
        };
        // Each column has its own best strategy.
        let best = |column: &dyn Fn(&Samples) -> Vec<f64>| {
            let columns = of_class().map(|(_, samples)| column(samples)).filter(|column| !column.is_empty());
            columns.max_by(|a, b| mean(a).total_cmp(&mean(b))).unwrap_or_default()
        };
        let ours = of_class().max_by(|(_, a), (_, b)| mean(&a.bound).total_cmp(&mean(&b.bound)));
        let Some((strategy, samples)) = ours else { continue };
        let published = if k == 4 { published } else { "–" };
        writeln!(
            text,
            "| {} | {published} | {} | {} | {} | {:.2e} | {} |",
            class.name(),
            spread(&samples.bound),
            spread(&best(&|samples| samples.plain.clone())),
            spread(&best(&|samples| samples.published.clone())),
            mean(&samples.flops),
            strategy.label(),
        )
        .expect("writing to a string does not fail");
    }
    // The published direction of SVD-query strategies proves next to nothing: apart, or it would be most of the mean.
    let is_svd_query =
        |name: &str| matches!(name.parse(), Ok(Strategy::Subcubic(Subcubic { direct: DirectPath::SvdQuery, .. })));
    for (svd_query, of) in [(false, "without an SVD query"), (true, "with one")] {
        let chosen = samples.iter().filter(|(name, _)| is_svd_query(name) == svd_query);
        let gains: Vec<_> =
            chosen.flat_map(|(_, s)| s.bound.iter().zip(&s.plain).map(|(b, plain)| b - plain)).collect();
        let (mean, most) = (mean(&gains), gains.iter().copied().fold(0.0, f64::max));
        writeln!(text, "\nJoint over plain search, sub-cubic strategies {of}: {mean:.4} of all sequences on average, at most {most:.4}.")
            .expect("writing to a string does not fail");
    }
    text
}

fn mean(x: &[f64]) -> f64 {
    x.iter().sum::<f64>() / x.len() as f64
}

/// Mean ± sample standard deviation.
fn spread(x: &[f64]) -> String {
    if x.is_empty() {
        return "–".into();
    }
    let mean = mean(x);
    let variance = x.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (x.len().max(2) - 1) as f64;
    format!("{mean:.4} ± {:.4}", variance.sqrt())
}
