use super::prove::write_canonical;
use super::theorems::{margin, print_integrals, print_margins};
use super::verify::{Row, Strategies, finish, finish_with_bar, print_rows};
use super::write_file;
use crate::frontier::{LinearBaseline, Point, pareto};
use crate::proof::{Margin, Outcome};
use crate::tasks::Kind;
use crate::tasks::group_operations::quadrature::{Integrals, Quadrature, Rule};
use crate::tasks::group_operations::{Facts, GroupOperation, Options, Refused, Strategy};
use serde::Serialize;
use std::path::Path;
use std::time::Instant;

/// A proven row of the table: one variant for each theorem.
#[derive(Serialize)]
#[serde(tag = "theorem", rename_all = "lowercase")]
enum Proven<'a> {
    /// At least so much of its accuracy and of its least margin.
    Accuracy {
        #[serde(flatten)]
        row: &'a Row,
        margin: Option<Margin>,
    },
    /// The errors of its integrals.
    Integral(&'a Integrals),
}

/// Proves lower bounds on the accuracy of a network of this task, and prints them.
pub(super) fn verify(
    name: &str,
    bytes: &[u8],
    options: &Options,
    asked: &[Strategies],
    is_json: bool,
) -> super::CommandResult {
    let (task, facts) = GroupOperation::load(name, bytes, options)?;
    let (mut strategies, mut integrals) = (Vec::new(), Vec::new());
    for asked in asked {
        let these = match asked {
            Strategies::All => {
                let rules = Rule::ALL.map(|rule| Quadrature::searched(&task, rule));
                integrals.extend(rules.into_iter().flatten());
                Strategy::listed(&task)
            }
            Strategies::One(named) if let Some(rule) = named.integral => {
                let proof = Quadrature::searched(&task, rule);
                integrals.push(proof.map_err(|why| format!("{rule}: {why}"))?);
                Vec::new()
            }
            Strategies::One(named) => {
                let strategy = named.group_operations;
                vec![strategy.ok_or_else(|| named.not_of(Kind::GroupOperations))?]
            }
        };
        for strategy in these {
            task.run(strategy).map_err(|why| format!("{strategy}: {why}"))?;
            if !strategies.contains(&strategy) {
                strategies.push(strategy);
            }
        }
    }
    let (outcomes, margins): (Vec<_>, Vec<_>) =
        strategies.iter().map(|&strategy| proven(&task, strategy)).unzip();
    let integrals: Vec<_> = integrals.iter().map(Quadrature::verify).collect();
    let points: Vec<_> = strategies
        .iter()
        .zip(&outcomes)
        .map(|(strategy, proven)| strategy.point(&task, proven.bound.ratio(), proven.flops))
        .collect();
    let best: Vec<_> = pareto(&points).into_iter().map(|point| point.id.clone()).collect();
    let rows: Vec<_> = outcomes
        .into_iter()
        .map(|outcome| Row {
            on_frontier: best.contains(&outcome.strategy),
            published_count: None,
            outcome,
        })
        .collect();
    if is_json {
        let counts = rows.iter().zip(margins).map(|(row, margin)| Proven::Accuracy { row, margin });
        let all: Vec<_> = counts.chain(integrals.iter().map(Proven::Integral)).collect();
        println!("{}", serde_json::to_string_pretty(&all)?);
        return Ok(());
    }
    print_facts(&facts);
    if !rows.is_empty() {
        print_rows(&rows);
    }
    print_margins(rows.iter().map(|row| &row.outcome).zip(margins));
    print_integrals(&integrals);
    Ok(())
}

/// Proves a bound by a strategy, and writes its certificate.
pub(super) fn prove(
    name: &str,
    bytes: &[u8],
    options: &Options,
    strategy: Strategy,
    output: &Path,
) -> super::CommandResult {
    let (task, facts) = GroupOperation::load(name, bytes, options)?;
    let start = Instant::now();
    let mut run = task.run(strategy)?;
    if let Some(sha256) = &facts.canonical_sha256 {
        let (canonical, _) = GroupOperation::canonical(name, bytes)?;
        write_canonical(&output.with_extension("safetensors"), output, &canonical, sha256)?;
    }
    finish_with_bar(&mut run, &strategy.to_string());
    run.add_seconds(start.elapsed().as_secs_f64());
    let certificate = task
        .certificate(facts.certified_sha256(), &run)
        .map_err(|failure| format!("{strategy}: {failure}; no certificate is written"))?
        .to_json();
    write_file(output, certificate.as_bytes())?;
    println!("{}: {} bytes", output.display(), certificate.len());
    print_rows(&[Row { outcome: run.outcome(), published_count: None, on_frontier: true }]);
    Ok(())
}

/// Everything that a page proves of a network unasked: outcomes, their points, and the linear
/// baseline.
pub(super) fn all_proven(
    task: &GroupOperation,
) -> Result<(Vec<Outcome>, Vec<Point>, LinearBaseline), Refused> {
    let strategies = Strategy::listed(task);
    let outcomes = strategies.iter().map(|&strategy| {
        let mut run = task.run(strategy)?;
        finish(&mut run, || ());
        Ok(run.outcome())
    });
    let outcomes = outcomes.collect::<Result<Vec<_>, Refused>>()?;
    let points = strategies.iter().zip(&outcomes);
    let points = points
        .map(|(strategy, outcome)| strategy.point(task, outcome.bound.ratio(), outcome.flops))
        .collect();
    // Brute force is the first of all strategies.
    let exact = &outcomes[0];
    let baseline = LinearBaseline { accuracy: exact.bound.ratio(), flops: exact.flops };
    Ok((outcomes, points, baseline))
}

/// Runs a proof on all cores.
fn proven(task: &GroupOperation, strategy: Strategy) -> (Outcome, Option<Margin>) {
    let start = Instant::now();
    let mut run = task.run(strategy).expect("a strategy that was started before");
    finish_with_bar(&mut run, &strategy.to_string());
    run.add_seconds(start.elapsed().as_secs_f64());
    (run.outcome(), margin(&run))
}

fn print_facts(Facts { own, notes, .. }: &Facts) {
    let group = own.group.as_deref().unwrap_or("a group without a name here");
    println!(
        "The largest logit, strictly, should be that of x · y in {group}: {} tokens, {} neurons, \
         {} outputs",
        own.order, own.neurons, own.outputs
    );
    if own.instances > 1 {
        println!("One of {} networks in the file: --instance names another.", own.instances);
    }
    notes.iter().for_each(|note| println!("{note}"));
}
