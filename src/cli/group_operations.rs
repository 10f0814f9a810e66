use super::verify::{Row, Strategies, finish_with_bar, print_rows};
use crate::frontier::pareto;
use crate::proof::Outcome;
use crate::tasks::Kind;
use crate::tasks::group_operations::{Facts, GroupOperation, Options, Strategy};
use std::time::Instant;

/// Proves lower bounds on the accuracy of a network of this task, and prints them.
pub(super) fn verify(
    name: &str,
    bytes: &[u8],
    options: &Options,
    asked: &[Strategies],
    is_json: bool,
) -> super::CommandResult {
    let (task, facts) = GroupOperation::load(name, bytes, options)?;
    let mut strategies = Vec::new();
    for asked in asked {
        let these = match asked {
            Strategies::All => Strategy::listed(&task),
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
    let outcomes: Vec<_> = strategies.iter().map(|&strategy| proven(&task, strategy)).collect();
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
        println!("{}", serde_json::to_string_pretty(&rows)?);
        return Ok(());
    }
    print_facts(&facts);
    print_rows(&rows);
    Ok(())
}

/// Runs a proof on all cores.
fn proven(task: &GroupOperation, strategy: Strategy) -> Outcome {
    let start = Instant::now();
    let mut run = task.run(strategy).expect("a strategy that was started before");
    finish_with_bar(&mut run, &strategy.to_string());
    run.add_seconds(start.elapsed().as_secs_f64());
    run.outcome()
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
