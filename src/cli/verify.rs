use super::{group_operations, print_table, progress_bar, read_file, without_part};
use crate::frontier::pareto;
use crate::models::two_token::Attention;
use crate::proof::{Outcome, Run};
use crate::tasks::group_operations::Options;
use crate::tasks::group_operations::group::read_table;
use crate::tasks::group_operations::quadrature::Rule;
use crate::tasks::max_of_k::subcubic::ProofError;
use crate::tasks::max_of_k::{MaxOfK, Pruning, Strategy, TaskError, UnknownStrategy};
use crate::tasks::{self, Kind};
use rayon::prelude::*;
use serde::Serialize;
use std::error::Error;
use std::path::PathBuf;
use std::time::Instant;

/// Prove lower bounds on a model's accuracy over every possible input
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Weights: safetensors, torch .pt/.pth, .npz or JSON
    file: PathBuf,
    /// Name of a strategy, or `all`; may be given several times
    #[arg(long, default_value = "all", value_parser = strategies)]
    strategy: Vec<Strategies>,
    #[command(flatten)]
    reading: Reading,
    /// Print one JSON array instead of a table
    #[arg(long)]
    json: bool,
    /// Let brute force visit every sequence instead of deciding sequences with a common prefix at
    /// once
    #[arg(long)]
    no_pruning: bool,
}

/// Tells how a file is to be read, as far as its tensors do not.
#[derive(clap::Args)]
pub(super) struct Reading {
    /// Task of the network, `max-of-k` or `group-operations`; if not given, the names of its
    /// tensors tell
    #[arg(long, value_name = "TASK")]
    task: Option<Kind>,
    /// The group whose operation the network should compute, such as Z59, S5 or A5xZ2; found if not
    /// given
    #[arg(long)]
    group: Option<String>,
    /// Which of several networks in the file, from 0 on
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    instance: usize,
    /// How a transformer of the task group-operations attends: `one`, `half` or `softmax`; the way
    /// by which the most inputs are right if not given
    #[arg(long)]
    attention: Option<Attention>,
    /// File with the Cayley table of the group, JSON or CSV: row x holds the products x · y,
    /// elements are counted from 0
    #[arg(long, value_name = "FILE", conflicts_with = "group")]
    cayley: Option<PathBuf>,
}

impl Reading {
    /// The task of the network in a file.
    pub(super) fn kind(&self, bytes: &[u8]) -> Kind {
        self.task.unwrap_or_else(|| Kind::of_file(bytes))
    }

    /// How a network of the task group-operations is read.
    pub(super) fn options(&self) -> Result<Options, Box<dyn Error + Send + Sync>> {
        let Self { group, instance, attention, cayley, .. } = self;
        let table = cayley.as_ref().map(|path| {
            let named = |why| format!("{}: {why}", path.display());
            Ok::<_, Box<dyn Error + Send + Sync>>(
                read_table(&read_file(path)?).map_err(named)?.rows(),
            )
        });
        Ok(Options {
            group: group.clone(),
            cayley: table.transpose()?,
            instance: *instance,
            attention: *attention,
            vocabulary: None,
        })
    }
}

/// What `--strategy` asks for.
#[derive(Clone, Debug)]
pub(super) enum Strategies {
    All,
    One(Named),
}

/// The strategies of a name, one of each task that has one.
#[derive(Clone, Debug)]
pub(super) struct Named {
    name: String,
    pub(super) max_of_k: Option<Strategy>,
    pub(super) group_operations: Option<tasks::group_operations::Strategy>,
    /// A rule that bounds errors of integrals.
    pub(super) integral: Option<Rule>,
}

impl Named {
    /// The name, if a task has a strategy of it.
    pub(super) fn of(&self, task: Kind) -> Result<String, String> {
        let is_known = (task == Kind::MaxOfK && self.max_of_k.is_some())
            || (task == Kind::GroupOperations && self.group_operations.is_some());
        is_known.then(|| self.name.clone()).ok_or_else(|| self.not_of(task))
    }

    /// The complaint that a task has no strategy of the name.
    pub(super) fn not_of(&self, task: Kind) -> String {
        format!(
            "`{}` is no strategy of the task {task}, which this network is taken for",
            self.name
        )
    }
}

fn strategies(name: &str) -> Result<Strategies, UnknownStrategy> {
    if name == "all" { Ok(Strategies::All) } else { named(name).map(Strategies::One) }
}

/// The strategies called `name`.
pub(super) fn named(name: &str) -> Result<Named, UnknownStrategy> {
    let (max_of_k, group_operations) = (name.parse(), name.parse().ok());
    let integral = name.parse().ok();
    match max_of_k {
        Err(unknown) if group_operations.is_none() && integral.is_none() => Err(unknown),
        max_of_k => {
            let max_of_k = max_of_k.ok();
            Ok(Named { name: name.into(), max_of_k, group_operations, integral })
        }
    }
}

/// One row of the result: what was proven, and what the authors' formula claims.
#[derive(Serialize)]
pub(super) struct Row {
    #[serde(flatten)]
    pub(super) outcome: Outcome,
    /// The number of right sequences that the authors' formula claims, which is not sound. `None`
    /// if their formula is the sound one, or claims nothing about this model.
    pub(super) published_count: Option<String>,
    /// Whether the proof is on the frontier of this run, see [`crate::frontier`].
    pub(super) on_frontier: bool,
}

/// Problems of single strategies. They are printed beside the results and never replace them.
#[derive(Default)]
pub(super) struct Notices(Vec<(Strategy, String)>);

impl Notices {
    pub(super) fn add(&mut self, strategy: Strategy, what: impl ToString) {
        self.0.push((strategy, what.to_string()));
    }

    /// What is said of one strategy; empty for nothing.
    pub(super) fn about(&self, strategy: &str) -> String {
        let said = self.0.iter().filter(|(of, _)| of.to_string() == strategy);
        said.map(|(_, what)| &what[..]).collect::<Vec<_>>().join("; ")
    }

    /// Prints the notices to stderr. A problem that several strategies share, because they share a
    /// search, is printed once.
    pub(super) fn say(&self) {
        self.lines().for_each(|line| eprintln!("{line}"));
    }

    /// Prints the notices to stderr, each after the name of the `file` that it is about.
    pub(super) fn say_of(&self, file: &str) {
        self.lines().for_each(|line| eprintln!("{file}: {line}"));
    }

    fn lines(&self) -> impl Iterator<Item = String> {
        self.0.iter().enumerate().filter_map(|(i, (first, what))| {
            let is_new = self.0[..i].iter().all(|(_, before)| before != what);
            is_new.then(|| match self.0.iter().filter(|(_, other)| other == what).count() {
                1 => format!("{first}: {what}"),
                all => format!("{first} and {} more: {what}", all - 1),
            })
        })
    }
}

pub(super) fn run(
    Arguments { file, strategy, reading, json, no_pruning }: &Arguments,
) -> super::CommandResult {
    let (name, bytes) = (file.display().to_string(), read_file(file)?);
    let kind = reading.kind(&bytes);
    if kind == Kind::GroupOperations {
        let options = reading.options()?;
        return group_operations::verify(&name, &bytes, &options, strategy, *json);
    }
    if kind != Kind::MaxOfK {
        return without_part("verify", kind);
    }
    let (task, _) = MaxOfK::load(&name, &bytes)?;
    let pruning = if *no_pruning { Pruning::Off } else { Pruning::On };
    let mut notices = Notices::default();
    let rows = rows(&task, &chosen(strategy, &task)?, pruning, &mut notices);
    notices.say();
    if *json {
        println!("{}", serde_json::to_string_pretty(&rows)?)
    } else if !rows.is_empty() {
        print_rows(&rows)
    }
    let by_name = strategy.iter().filter_map(|asked| match asked {
        Strategies::One(named) => named.max_of_k,
        Strategies::All => None,
    });
    let is_proven = |strategy: &Strategy| {
        rows.iter().any(|row| {
            row.outcome.failure.is_none() && row.outcome.strategy == strategy.to_string()
        })
    };
    match by_name.filter(|strategy| !is_proven(strategy)).count() {
        0 => Ok(()),
        count => {
            Err(format!("{count} of the strategies asked for by name could not be run: see above")
                .into())
        }
    }
}

/// The chosen strategies that can run on this model, each once. Prints why others are left out.
fn chosen(asked: &[Strategies], task: &MaxOfK) -> Result<Vec<Strategy>, String> {
    let mut chosen = Vec::new();
    for asked in asked {
        let strategies = match asked {
            Strategies::One(named) => {
                vec![named.max_of_k.ok_or_else(|| named.not_of(Kind::MaxOfK))?]
            }
            Strategies::All => Strategy::all().collect(),
        };
        for strategy in strategies {
            match task.feasible(strategy) {
                Ok(()) if chosen.contains(&strategy) => {}
                Ok(()) => chosen.push(strategy),
                Err(why) => eprintln!("{strategy} is left out: {why}"),
            }
        }
    }
    Ok(chosen)
}

/// Runs proofs on all cores: brute force and cubic one after the other, each chunk by chunk on all
/// cores; then the other strategies side by side, each on one core. A failure of one strategy does
/// not affect the others.
pub(super) fn rows(
    task: &MaxOfK,
    strategies: &[Strategy],
    pruning: Pruning,
    notices: &mut Notices,
) -> Vec<Row> {
    let (alone, together): (Vec<_>, Vec<_>) =
        strategies.iter().partition(|strategy| strategy.family().divisible);
    let mut outcomes: Vec<_> = alone.into_iter().map(|&s| (s, verify(task, s, pruning))).collect();
    let bar = progress_bar(together.len() as u64, "searched proofs");
    let searched =
        together.into_par_iter().map(|&s| (s, verify_alone(task, s))).inspect(|_| bar.inc(1));
    outcomes.extend(searched.collect::<Vec<_>>());
    bar.finish_and_clear();
    outcomes.sort_by_key(|(strategy, _)| strategies.iter().position(|s| s == strategy));
    let proven = |(strategy, outcome): (Strategy, Result<Outcome, TaskError>)| match outcome {
        Ok(outcome) => {
            if let Some(failure) = outcome.failure {
                notices.add(strategy, failure);
            }
            Some((strategy, outcome))
        }
        Err(why) => {
            notices.add(strategy, why);
            None
        }
    };
    let outcomes: Vec<_> = outcomes.into_iter().filter_map(proven).collect();

    let proofs = outcomes.iter().filter(|(_, outcome)| outcome.failure.is_none());
    let point = |(strategy, outcome): &(Strategy, Outcome)| {
        strategy.point(task.shape(), outcome.bound.ratio(), outcome.flops)
    };
    let points: Vec<_> = proofs.map(point).collect();
    let best: Vec<_> = pareto(&points).iter().map(|point| point.id.clone()).collect();
    let published: Vec<_> =
        outcomes.par_iter().map(|&(strategy, _)| task.published_count(strategy)).collect();
    let row = |((strategy, outcome), published): ((Strategy, Outcome), _)| Row {
        published_count: published_count(strategy, published, notices)
            .map(|count| count.to_string()),
        on_frontier: best.contains(&outcome.strategy),
        outcome,
    };
    outcomes.into_iter().zip(published).map(row).collect()
}

/// The number that the authors' formula claims, as text. Adds a notice if the formula cannot be
/// evaluated.
pub(super) fn published_count(
    strategy: Strategy,
    count: Result<Option<u128>, ProofError>,
    notices: &mut Notices,
) -> Option<u128> {
    match count {
        Ok(count) => count,
        Err(why) => {
            notices.add(strategy, format!("no published count: {why}"));
            None
        }
    }
}

/// Runs a proof on all cores.
pub(super) fn verify(
    task: &MaxOfK,
    strategy: Strategy,
    pruning: Pruning,
) -> Result<Outcome, TaskError> {
    let start = Instant::now();
    let mut run = task.run_with(strategy, pruning)?;
    finish_with_bar(&mut run, &strategy.to_string());
    run.add_seconds(start.elapsed().as_secs_f64());
    Ok(run.outcome())
}

/// Runs a proof on this thread.
pub(super) fn verify_alone(task: &MaxOfK, strategy: Strategy) -> Result<Outcome, TaskError> {
    let start = Instant::now();
    let mut run = task.run(strategy)?;
    run.finish();
    run.add_seconds(start.elapsed().as_secs_f64());
    Ok(run.outcome())
}

/// Counts all chunks of a run on all cores, beside a progress bar that says `what`.
pub(super) fn finish_with_bar(run: &mut Run, what: &str) {
    let bar = progress_bar(run.chunks_left(), what);
    finish(run, || bar.inc(1));
    bar.finish_and_clear();
}

/// Counts all chunks of a run on all cores, and calls `progress` after each. Their sum is exact, so
/// the order in which threads finish does not matter.
pub(super) fn finish(run: &mut Run, progress: impl Fn() + Sync) {
    run.finish_with(|chunks, count| {
        (0..chunks).into_par_iter().map(count).inspect(|_| progress()).sum()
    });
}

/// Prints a table, names aligned left and numbers right. A star marks the frontier.
pub(super) fn print_rows(rows: &[Row]) {
    let heads = [
        "strategy",
        "bound",
        "at most",
        "correct",
        "total",
        "visited",
        "FLOPs",
        "unexplained",
        "lost",
        "proof bytes",
        "seconds",
        "published",
    ];
    let mut table = vec![heads.map(String::from).to_vec()];
    table.extend(rows.iter().map(|Row { outcome, published_count, on_frontier }| {
        vec![
            format!("{}{}", outcome.strategy, if *on_frontier { " *" } else { "" }),
            format!("{} %", outcome.bound.percent(4)),
            outcome
                .upper
                .map_or_else(|| "–".into(), |upper| format!("{} %", upper.most.percent_above(4))),
            outcome.bound.correct().to_string(),
            outcome.bound.total().to_string(),
            outcome.visited.map_or_else(|| "–".into(), |visited| visited.to_string()),
            format!("{:.3e}", outcome.flops),
            format!("{:.3e}", outcome.unexplained_dimension),
            outcome.lost.to_string(),
            outcome.proof_bytes.map_or_else(|| "–".into(), |bytes| bytes.to_string()),
            format!("{:.3}", outcome.seconds),
            published_count.clone().unwrap_or_else(|| "–".into()),
        ]
    }));
    print_table(&table);
    println!(
        "* on the frontier. published: what the authors' formula claims; it is not sound. \
         lost: to rounding."
    );
}
