//! The comparison as Markdown.

use super::Tuned;
use super::beside::NOISE;
use super::measured::Measured;
use crate::tasks::max_of_k::tune::Tuning;
use crate::tasks::max_of_k::{Class, Strategy};
use std::fmt::Write;

/// The classes of the comparison, the longest proofs first.
const CLASSES: [Class; 8] = [
    Class::Cubic,
    Class::Additive,
    Class::Subcubic,
    Class::LowRankQk,
    Class::LowRankEu,
    Class::LowRankQkEu,
    Class::QuadraticQk,
    Class::QuadraticQkEu,
];
/// The part of the accuracy that the shortest proof of a network should prove.
const MOST: f64 = 0.99;

/// The file's text.
pub(super) fn text(all: &[Tuned], tuning: Tuning) -> String {
    let introduction = format!(
        "\
# Networks that are easier to prove

Written by `npm run table:fine-tuned`: do not edit. These are other networks than those of the gallery: each is one of those
after fine-tuning, and a proof about it says nothing of the one before.

Fine-tuning adds to the task's loss what the shortest proofs must bound. {tuning}. Every 50 steps the
network answers 8192 random inputs. If it errs on 5 more of them than the one at the start, it is not kept; if on 165 more, it is undone.

* *quadratic QK & EU* proofs bound the noise of attention and of the direct path factor by factor: that part of them is linear in the parameters.
* *shortest for 99 %* is the shortest proof of 99 % of the accuracy: its FLOPs and its class.
* *moved* is the length of the difference of all weights, divided by the length of those before.

## Classes

The best bound of each class, mean over {} networks ± standard deviation.

| class | before | after |
|---|---|---|
",
        all.len()
    );
    let mut text = introduction;
    let row = |text: &mut String, name: &str, of: &dyn Fn(&Measured) -> f64| {
        let column = |measured: &dyn Fn(&Tuned) -> &Measured| {
            spread(&all.iter().map(|tuned| of(measured(tuned))).collect::<Vec<_>>())
        };
        let (before, after) = (column(&|tuned| &tuned.before), column(&|tuned| &tuned.after));
        writeln!(text, "| {name} | {before} | {after} |").expect("a string takes all");
    };
    row(&mut text, "exact accuracy", &Measured::accuracy);
    for class in CLASSES {
        row(&mut text, class.name(), &|measured| measured.best(class));
    }
    text += "\n## Networks\n\n";
    text += &of_models(all);
    text += &noise(all);
    text += &residuals(all);
    text += "\n## Strategies\n\nMean bounds.\n\n| strategy | before | after |\n|---|---|---|\n";
    let strategies: Vec<Strategy> =
        all.first().map_or_else(Vec::new, |tuned| tuned.after.strategies().collect());
    for strategy in strategies {
        let of = |measured: &dyn Fn(&Tuned) -> &Measured| {
            mean(all.iter().filter_map(|tuned| measured(tuned).bound(strategy)))
        };
        let (before, after) = (of(&|tuned| &tuned.before), of(&|tuned| &tuned.after));
        writeln!(text, "| {} | {before:.4} | {after:.4} |", strategy.label())
            .expect("a string takes all");
    }
    text
}

/// How bounds and accuracies fall with noise in the weights.
fn noise(all: &[Tuned]) -> String {
    let mut text = "
## Noise in the weights

Gaussian noise is added to every weight. Means over the networks: accuracy, estimated from 20 000 inputs, and the best bound of a
quadratic QK & EU proof.

| standard deviation | before: accuracy | bound | after: accuracy | bound |
|---|---|---|---|---|
"
    .to_owned();
    for (i, sigma) in NOISE.iter().enumerate() {
        let mean = |side: usize, of: fn(&(f64, f64)) -> f64| {
            let numbers = all.iter().flat_map(|tuned| &tuned.beside);
            mean(numbers.map(|beside| of(&beside[side].noisy[i])))
        };
        let [a, b, c, d] = [mean(0, |x| x.0), mean(0, |x| x.1), mean(1, |x| x.0), mean(1, |x| x.1)];
        writeln!(text, "| {sigma} | {a:.4} | {b:.4} | {c:.4} | {d:.4} |")
            .expect("a string takes all");
    }
    text
}

/// Writes the table of networks without the residual of attention, or with a structured one.
fn residuals(all: &[Tuned]) -> String {
    let mut text = "
## The residual of attention

Attention to tokens is one singular direction and a residual. *Nothing* leaves the residual out; *structured* replaces it by a multiple
of the identity, which moves attention scores as much but has no random signs. These are networks of the gallery with another
residual, without training; their accuracy is estimated from 20 000 inputs, and additive proofs are left out. The shortest proof of 99 % of the accuracy: the median of its FLOPs, over the networks that have one.

| network | residual | accuracy | quadratic QK & EU | shortest for 99 % | networks that have one |
|---|---|---|---|---|---|
"
    .to_owned();
    for (side, name) in ["before", "after"].into_iter().enumerate() {
        let beside = || all.iter().flat_map(|tuned| &tuned.beside).map(move |beside| &beside[side]);
        let as_it_is: Vec<_> =
            all.iter().map(|tuned| [&tuned.before, &tuned.after][side]).collect();
        let kinds: [(&str, Vec<&Measured>); 3] = [
            ("as it is", as_it_is),
            ("nothing", beside().map(|beside| &beside.alone).collect()),
            ("structured", beside().map(|beside| &beside.structured).collect()),
        ];
        for (residual, measured) in kinds {
            let accuracy = mean(measured.iter().map(|measured| measured.accuracy()));
            let linear = mean(measured.iter().map(|measured| measured.best(Class::QuadraticQkEu)));
            let mut lengths: Vec<_> =
                measured.iter().filter_map(|measured| Some(measured.shortest(MOST)?.0)).collect();
            lengths.sort_by(f64::total_cmp);
            let median = match lengths.len() {
                0 => "–".to_owned(),
                count => format!("{:.2e}", lengths[count / 2]),
            };
            writeln!(
                text,
                "| {name} | {residual} | {accuracy:.4} | {linear:.4} | {median} | {} |",
                lengths.len()
            )
            .expect("a string takes all");
        }
    }
    text
}

/// A row for each network.
pub(super) fn of_models(all: &[Tuned]) -> String {
    let head = "\
| network | accuracy | quadratic QK & EU | shortest for 99 % | σ₁/σ₂ | moved | undone |
|---|---|---|---|---|---|---|
";
    all.iter().map(of_model).fold(head.to_owned(), |text, row| text + &row)
}

/// The row of a network.
pub(super) fn of_model(tuned: &Tuned) -> String {
    let Tuned { name, before, after, distance, undone, .. } = tuned;
    let two = |of: &dyn Fn(&Measured) -> String| format!("{} → {}", of(before), of(after));
    let accuracy = two(&|measured| format!("{:.6}", measured.accuracy()));
    let linear = two(&|measured| match measured.proven(Class::QuadraticQkEu) {
        Some(bound) => format!("{} %", bound.percent(4)),
        None => "–".to_owned(),
    });
    let shortest = two(&|measured| match measured.shortest(MOST) {
        Some((flops, class)) => format!("{flops:.3e}, {}", class.name()),
        None => "–".to_owned(),
    });
    let ratio = two(&|measured| format!("{:.1e}", measured.ratio));
    let name = name.trim_end_matches(".safetensors");
    format!(
        "| {name} | {accuracy} | {linear} | {shortest} | {ratio} | {distance:.2} | {undone} |\n"
    )
}

/// The mean of some numbers.
fn mean(x: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = x.fold((0.0, 0.0), |(sum, count), x| (sum + x, count + 1.0));
    sum / count
}

/// The mean of some numbers ± their standard deviation.
fn spread(x: &[f64]) -> String {
    let count = x.len() as f64;
    let mean = x.iter().sum::<f64>() / count;
    let variance = x.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (count - 1.0).max(1.0);
    format!("{mean:.4} ± {:.4}", variance.sqrt())
}
