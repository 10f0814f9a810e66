//! `www/models/RESULTS.md`: the rows of a sweep summed up as tables.

use super::results::{Models, Row};
use crate::frontier::{ClassRole, LinearBaseline, Marker, Point, area, pareto};
use crate::models::transformer::Shape;
use crate::proof::Certainty;
use crate::tasks::max_of_k::additive::Additive;
use crate::tasks::max_of_k::subcubic::{DirectPath, Subcubic};
use crate::tasks::max_of_k::{Class, Strategy};
use std::collections::BTreeMap;
use std::fmt::Write;

/// Published bounds for K = 4: mean ± standard deviation over 151 models (arXiv 2406.11779,
/// table 1).
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

/// The rows of one strategy for one K: in each list, one number for each model.
#[derive(Default)]
struct Samples {
    bound: Vec<f64>,
    plain: Vec<f64>,
    published: Vec<f64>,
    flops: Vec<f64>,
}

/// How to read the tables.
const INTRODUCTION: &str = "\
# Every strategy on every model of the gallery

Written by `npm run table` from [`max-of-k/sweep.csv`](max-of-k/sweep.csv): do not edit.
[max-of-k/README.md](max-of-k/README.md) describes the models. [Fine-tuned](../labs/training/RESULTS.md) networks are easier to prove.

There are four tables for each K.

**Classes.** One row is the strategy of a class with the highest mean bound. Bounds are means ± standard
deviations over the models.

* *published figure*: what the paper reports for its own models (arXiv 2406.11779, table 1). Our models are
  trained by the paper's recipe from other random numbers, so its figures are neighbours, not targets.
* *proven here*: gaps and centres are searched jointly.
* *plain search*: gaps and centres are searched one after the other, as published; the formula is the sound one.
* *published formula*: the authors' formula. Their count leaves one token out, and it can still claim too much.

Below the table is what the joint search gains. Strategies with an SVD query are apart: the published direction is
useless at its published length. Scaled to the average query's share of it, the direction proves about as much as the mean
query.

**Additive strategies.** Bounds are also given as parts of the accuracy: divided by the least proven upper bound,
which is the exact accuracy for K = 4 and K = 5. *Sides apart* is the upper bound minus the lower bound.

**Budgets.** The best bound of any proof that takes at most the given number of FLOPs, beside the published method:
the authors' formula at the length of our verifiers, and the cubic proof at its published length. The areas below are
those under the frontier, against log FLOPs, from the shortest proof of the model to brute force.

**Rounding.** Room that comparisons leave for the rounding of float64, and what that costs.
";

impl Row {
    /// Returns `count` as a part of all sequences.
    fn part(&self, count: u128) -> f64 {
        count as f64 / self.total as f64
    }

    fn shape(&self) -> Shape {
        Shape { v: self.v, d: self.d, h: self.h, n: self.k }
    }

    /// The proven upper bound on the accuracy; 1 if there is none.
    fn upper(&self) -> f64 {
        self.most_correct.map_or(1.0, |most| self.part(most))
    }

    /// What the authors' formula claims, as a part of all sequences.
    fn published(&self) -> Option<f64> {
        self.published_count.map(|count| self.part(count))
    }
}

/// The file's text: an introduction, then the tables for each K.
pub(super) fn summary(all: &Models) -> String {
    let mut samples: BTreeMap<usize, BTreeMap<String, Samples>> = BTreeMap::new();
    let mut models: BTreeMap<usize, Vec<Model>> = BTreeMap::new();
    for rows in all.values() {
        let k = rows[0].k;
        for row in rows {
            let samples = samples.entry(k).or_default().entry(row.strategy.clone()).or_default();
            samples.bound.push(row.bound);
            samples.flops.push(row.flops);
            samples.plain.extend(row.plain_correct.map(|count| row.part(count)));
            samples.published.extend(row.published());
        }
        models.entry(k).or_default().push(Model::new(rows));
    }
    let tables = samples.iter().map(|(k, samples)| {
        let models = &models[k];
        table(*k, samples)
            + &additive_strategies(models)
            + &within_budgets(models)
            + &rounding(models)
    });
    std::iter::once(INTRODUCTION.to_owned()).chain(tables).collect()
}

/// All rows of one model.
struct Model<'a> {
    rows: &'a [Row],
    /// The least proven upper bound of its accuracy.
    accuracy: f64,
}

/// FLOPs of the published verification of the cubic proof (3.52·10⁷ at K = 4), divided by ours.
const PUBLISHED_CUBIC: f64 = 4.0;

impl<'a> Model<'a> {
    fn new(rows: &'a [Row]) -> Self {
        Self { rows, accuracy: rows.iter().map(Row::upper).fold(1.0, f64::min) }
    }

    fn strategy(&self, name: &str) -> Option<&Row> {
        self.rows.iter().find(|row| row.strategy == name)
    }

    /// Length and bound of every proof of this program but brute force, where the frontiers end.
    fn ours(&self) -> impl Iterator<Item = (f64, f64)> {
        self.rows
            .iter()
            .filter(|row| row.strategy != "brute-force")
            .map(|row| (row.flops, row.bound))
    }

    /// Length and bound of what the published method claims: the authors' formula for sub-cubic
    /// strategies, at the length of our verification; the cubic proof at its published length.
    fn published(&self) -> impl Iterator<Item = (f64, f64)> {
        self.rows.iter().filter_map(|row| match row.strategy.as_str() {
            "cubic" => Some((PUBLISHED_CUBIC * row.flops, row.bound)),
            _ => row.published().map(|published| (row.flops, published)),
        })
    }

    /// The areas under our frontier and the published one. Both start at the shortest proof of
    /// either and end at brute force.
    fn areas(&self) -> (f64, f64) {
        let shape = self.rows[0].shape();
        let baseline =
            LinearBaseline { flops: Strategy::BruteForce.flops(shape), accuracy: self.accuracy };
        let point = |(flops, bound): (f64, f64)| Point {
            certainty: Certainty::Proof,
            delta: 0.0,
            id: String::new(),
            label: String::new(),
            marker: Marker::Circle,
            role: ClassRole::Published,
            one_of_many: true,
            published: true,
            flops,
            bound,
            unexplained_dimension: f64::NAN,
        };
        let (ours, published) = (
            self.ours().map(point).collect::<Vec<_>>(),
            self.published().map(point).collect::<Vec<_>>(),
        );
        let start =
            ours.iter().chain(&published).map(|point| point.flops).fold(f64::INFINITY, f64::min);
        (area(&pareto(&ours), start, baseline), area(&pareto(&published), start, baseline))
    }
}

/// The highest bound of a proof of at most `budget` FLOPs; 0 if there is none.
fn best(proofs: impl Iterator<Item = (f64, f64)>, budget: f64) -> f64 {
    proofs.filter(|(flops, _)| *flops <= budget).map(|(_, bound)| bound).fold(0.0, f64::max)
}

/// A table with one row for each additive strategy: bounds, their part of the accuracy, the
/// distance between upper and lower bound, FLOPs.
fn additive_strategies(models: &[Model]) -> String {
    let mut text = String::from(
        "\n| ours | proven | of the accuracy: median, least | sides apart: median | FLOPs: median, most |\n|---|---|---|---|---|\n",
    );
    for strategy in Additive::all() {
        let of_models: Vec<_> =
            models.iter().filter_map(|m| Some((m, m.strategy(&strategy.to_string())?))).collect();
        let column = |value: &dyn Fn(&Model, &Row) -> f64| {
            of_models.iter().map(|(m, row)| value(m, row)).collect::<Vec<_>>()
        };
        let bounds = column(&|_, row| row.bound);
        if bounds.is_empty() {
            continue;
        }
        let parts = column(&|m, row| row.bound / m.accuracy);
        let apart: Vec<_> = of_models
            .iter()
            .filter(|(_, row)| row.upper() < 1.0)
            .map(|(_, row)| row.upper() - row.bound)
            .collect();
        let apart = if apart.len() == bounds.len() {
            format!("{:.6}", median(&apart))
        } else {
            "–".into()
        };
        let flops = column(&|_, row| row.flops);
        writeln!(
            text,
            "| {} | {} | {:.5}, {:.5} | {apart} | {:.2e}, {:.2e} |",
            strategy.label(),
            spread(&bounds),
            median(&parts),
            parts.iter().copied().fold(1.0, f64::min),
            median(&flops),
            flops.iter().copied().fold(0.0, f64::max),
        )
        .expect("writing to a string does not fail");
    }
    text
}

/// A table of the best bounds within budgets of FLOPs, ours and published. Below it, the areas
/// under the frontiers, and the distances between the best upper and lower bounds.
fn within_budgets(models: &[Model]) -> String {
    let mut text = String::from(
        "\n| best bound within | ours, mean | published method, mean | ours, of the accuracy: median |\n|---|---|---|---|\n",
    );
    for budget in [1.6e6, 2e6, 2.5e6, 3.5e6, 1e7, 3.53e7, 1e8, 5e8] {
        let column = |value: &dyn Fn(&Model) -> f64| models.iter().map(value).collect::<Vec<_>>();
        let ours = column(&|m| best(m.ours(), budget));
        let parts = column(&|m| best(m.ours(), budget) / m.accuracy);
        let published = column(&|m| best(m.published(), budget));
        writeln!(
            text,
            "| {budget:.2e} | {:.4} | {:.4} | {:.5} |",
            mean(&ours),
            mean(&published),
            median(&parts)
        )
        .expect("writing to a string does not fail");
    }
    let areas: Vec<_> = models.iter().map(Model::areas).collect();
    let (ours, published): (Vec<_>, Vec<_>) = areas.into_iter().unzip();
    let ratios: Vec<_> =
        ours.iter().zip(&published).map(|(ours, published)| ours / published).collect();
    let highest = |m: &Model| best(m.ours(), f64::INFINITY);
    let apart: Vec<_> = models.iter().map(|m| m.accuracy - highest(m)).collect();
    let least = models.iter().map(|m| highest(m) / m.accuracy).fold(1.0, f64::min);
    writeln!(
        text,
        "\nArea under the frontier: ours {:.4}, published method {:.4}, mean ratio {:.4}. All proofs of a model together: lower and \
         upper bound {:.6} apart on the median model, {:.6} on the worst; the lower is at least {least:.5} of the upper.",
        mean(&ours),
        mean(&published),
        mean(&ratios),
        median(&apart),
        apart.iter().copied().fold(0.0, f64::max),
    )
    .expect("writing to a string does not fail");
    text
}

fn table(k: usize, samples: &BTreeMap<String, Samples>) -> String {
    let models = samples.values().map(|s| s.bound.len()).max().unwrap_or(0);
    let mut text = format!(
        "\n## K = {k}, {models} models\n\n\
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
            let columns =
                of_class().map(|(_, samples)| column(samples)).filter(|column| !column.is_empty());
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
    // The published direction of SVD-query strategies proves next to nothing: apart, or it would be
    // most of the mean.
    let is_svd_query = |name: &str| {
        matches!(
            name.parse(),
            Ok(Strategy::Subcubic(Subcubic { direct: DirectPath::SvdQuery, .. }))
        )
    };
    for (svd_query, of) in [(false, "without an SVD query"), (true, "with one")] {
        let chosen = samples.iter().filter(|(name, _)| is_svd_query(name) == svd_query);
        let gains: Vec<_> = chosen
            .flat_map(|(_, s)| s.bound.iter().zip(&s.plain).map(|(b, plain)| b - plain))
            .collect();
        let (mean, most) = (mean(&gains), gains.iter().copied().fold(0.0, f64::max));
        writeln!(text, "\nJoint over plain search, sub-cubic strategies {of}: {mean:.4} of all sequences on average, at most {most:.4}.")
            .expect("writing to a string does not fail");
    }
    text
}

/// A paragraph on slack, and on what is lost to rounding.
fn rounding(models: &[Model]) -> String {
    let rows = || models.iter().flat_map(|model| model.rows);
    let (proofs, lossy) = (rows().count(), rows().filter(|row| row.lost > 0).count());
    let most = |of: &dyn Fn(&Row) -> f64| rows().map(of).fold(0.0, f64::max);
    let all = rows().map(|row| row.part(row.lost)).sum::<f64>() / proofs as f64;
    let slacks: Vec<_> = rows().map(|row| row.slack).collect();
    format!(
        "\nComparisons leave {:.1e} logits for rounding in the median proof, {:.1e} at most. {lossy} of {proofs} proofs lose something \
         to that: at most {:.1e} of all sequences, {all:.1e} on average over all proofs.\n",
        median(&slacks),
        most(&|row| row.slack),
        most(&|row| row.part(row.lost)),
    )
}

fn median(x: &[f64]) -> f64 {
    let mut sorted = x.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    if sorted.len() % 2 == 1 { sorted[middle] } else { (sorted[middle - 1] + sorted[middle]) / 2.0 }
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
    let variance =
        x.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (x.len().max(2) - 1) as f64;
    format!("{mean:.4} ± {:.4}", variance.sqrt())
}
