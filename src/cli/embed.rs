use super::group_operations::all_proven;
use super::verify::{Named, Notices, Reading, named, rows};
use super::{read_file, read_file_within, without_part, write_file};
use crate::embed::fill;
use crate::frontier::{LinearBaseline, Metrics, Point};
use crate::plot::{self, Figure, Options, Scale, Zoom};
use crate::proof::Outcome;
use crate::tasks::group_operations::GroupOperation;
use crate::tasks::max_of_k::{MaxOfK, Pruning, Strategy, UnknownStrategy, sha256};
use crate::tasks::{Kind, TaskFacts};
use clap::ValueEnum;
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::error::Error;
use std::path::{Path, PathBuf};

/// Make one HTML file that shows what is proven of a model and proves it again in the browser of
/// whoever reads it: to be pasted into a post, with nothing beside it
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Weights: safetensors, torch .pt/.pth, .npz or JSON
    file: PathBuf,
    /// The file to write
    #[arg(short, long, value_name = "FILE", default_value = "widget.html")]
    output: PathBuf,
    /// Parts to show, separated by commas; views other than claim, plot and slider make the file
    /// larger
    #[arg(long, value_name = "PARTS", value_delimiter = ',', default_value = "claim,plot,slider")]
    show: Vec<Part>,
    /// Identifier of the proof that is shown first
    #[arg(long, value_name = "STRATEGY", conflicts_with = "budget", value_parser = named)]
    proof: Option<Named>,
    /// Steps that the proof shown first may take, such as 2e6
    #[arg(long, value_name = "STEPS", value_parser = steps)]
    budget: Option<f64>,
    /// Identifier of the proof that it is compared with
    #[arg(long, value_name = "STRATEGY", value_parser = named)]
    vs: Option<Named>,
    /// Colours; those of the reader if not given
    #[arg(long)]
    theme: Option<Theme>,
    /// When proofs start; when the figure is visible if not given
    #[arg(long)]
    start: Option<Start>,
    /// The single file to fill, which `npm run build` leaves in dist/embed/
    #[arg(long, value_name = "FILE")]
    template: Option<PathBuf>,
    #[command(flatten)]
    reading: Reading,
}

/// A part of an embed, in the order of the page.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
enum Part {
    Claim,
    Plot,
    Slider,
    Strategies,
    Why,
    Weights,
    Try,
    Neurons,
}

#[derive(Clone, Copy, ValueEnum)]
enum Theme {
    Light,
    Dark,
}

#[derive(Clone, Copy, ValueEnum)]
enum Start {
    Touch,
    Load,
    Never,
}

/// Most inputs that a proof may visit one by one and still run unasked, as on the page.
const MOST_UNASKED: u128 = 1 << 25;
/// Longest template that is read, in bytes.
const MOST_TEMPLATE: usize = 16 << 20;
/// Sizes of the recorded figures in CSS pixels, for wide and for narrow places, as embeds have
/// them.
const WIDE: (u32, u32) = (616, 260);
const NARROW: (u32, u32) = (316, 224);

/// What is shown of a model: its weights as the module of its task reads them, how that reads them,
/// and what is proven.
struct Shown {
    weights: Vec<u8>,
    read: Option<Value>,
    results: Value,
}

pub(super) fn run(arguments: &Arguments) -> super::CommandResult {
    let Arguments { file, output, template, reading, .. } = arguments;
    let bytes = read_file(file)?;
    let kind = reading.kind(&bytes);
    let parts = parts(arguments);
    let template = template.clone().unwrap_or_else(|| template_of(kind, &parts));
    let html = read_template(&template)?;
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let switches = switches(arguments, kind, &parts)?;
    let shown = if kind == Kind::MaxOfK {
        max_of_k(file, &name, &bytes)
    } else if kind == Kind::GroupOperations {
        group_operations(file, &name, &bytes, reading)
    } else {
        without_part("embed", kind)
    };
    let Shown { weights, read, results } = shown?;
    let mut about = json!({ "task": kind.id(), "switches": switches, "results": results });
    if let Some(read) = read {
        about["read"] = read;
    }
    let html = fill(&html, &name, &weights, &about.to_string())
        .map_err(|e| format!("{}: {e}", template.display()))?;
    write_file(output, html.as_bytes())?;
    eprintln!("{}: {} bytes", output.display(), html.len());
    Ok(())
}

/// The parts that are asked for, each once.
fn parts(Arguments { show, .. }: &Arguments) -> Vec<Part> {
    let mut parts = show.clone();
    parts.sort_unstable();
    parts.dedup();
    parts
}

/// The file that the page's build leaves for these parts of a task.
fn template_of(kind: Kind, parts: &[Part]) -> PathBuf {
    let has_views = parts.iter().any(|&part| part > Part::Slider);
    let folder = Path::new("dist/embed").join(if kind == Kind::ALL[0] { "" } else { kind.id() });
    folder.join(if has_views { "widget-views.html" } else { "widget.html" })
}

fn read_template(path: &Path) -> Result<String, Box<dyn Error + Send + Sync>> {
    let hint = "run `npm run build`, or name the file by --template";
    let bytes = read_file_within(path, MOST_TEMPLATE).map_err(|e| format!("{e}: {hint}"))?;
    String::from_utf8(bytes).map_err(|e| format!("{}: {e}: {hint}", path.display()).into())
}

/// The switches of the embed, by their names on the page.
fn switches(
    arguments: &Arguments,
    kind: Kind,
    parts: &[Part],
) -> Result<Map<String, Value>, String> {
    let Arguments { proof, budget, vs, theme, start, .. } = arguments;
    let show: Vec<_> = parts.iter().copied().map(name_of).collect();
    let said = [
        ("proof", proof.as_ref().map(|proof| proof.of(kind)).transpose()?),
        ("budget", budget.map(in_javascript)),
        ("vs", vs.as_ref().map(|vs| vs.of(kind)).transpose()?),
        ("show", Some(show.join(","))),
        ("theme", theme.map(name_of)),
        ("start", start.map(name_of)),
    ];
    let said = said.into_iter().filter_map(|(name, value)| Some((name.into(), value?.into())));
    Ok(said.collect())
}

fn steps(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(steps) if (1.0..f64::INFINITY).contains(&steps) => Ok(steps),
        _ => Err("expected a number of steps, at least 1, such as 2e6".into()),
    }
}

/// A number of steps as JavaScript writes it: large ones with an exponent that has its sign.
fn in_javascript(steps: f64) -> String {
    if steps < 1e21 { steps.to_string() } else { format!("{steps:e}").replace('e', "e+") }
}

fn name_of(value: impl ValueEnum) -> String {
    value.to_possible_value().map_or_else(String::new, |value| value.get_name().into())
}

/// Returns the facts of the weights inside, under the name of the author's file. Their hash is
/// their own: they are the canonical file where the author's had to be read.
fn inside<Own>(facts: TaskFacts<Own>, name: &str, weights: &[u8]) -> TaskFacts<Own> {
    TaskFacts { file: name.into(), sha256: sha256(weights), canonical_sha256: None, ..facts }
}

/// Everything that the page proves unasked of a network for Max-of-K.
fn max_of_k(file: &Path, name: &str, bytes: &[u8]) -> Result<Shown, Box<dyn Error + Send + Sync>> {
    let (task, facts) = MaxOfK::load(&file.display().to_string(), bytes)?;
    let weights = task.model().canonical();
    let runs = |strategy: &Strategy| {
        let is_long = strategy.family().visits_inputs && task.sequences() > MOST_UNASKED;
        !is_long && task.feasible(*strategy).is_ok()
    };
    let strategies: Vec<_> = Strategy::all().filter(runs).collect();
    let mut notices = Notices::default();
    let proven = rows(&task, &strategies, Pruning::On, &mut notices);
    notices.say();
    let outcomes: Vec<_> = proven.into_iter().map(|row| row.outcome).collect();
    let points = outcomes.iter().map(|outcome| {
        let strategy: Strategy = outcome.strategy.parse()?;
        Ok(strategy.point(task.shape(), outcome.bound.ratio(), outcome.flops))
    });
    let points = points.collect::<Result<Vec<_>, UnknownStrategy>>()?;
    let baseline = task.baseline(&outcomes);
    let read = Some(json!({ "attn_scale": facts.own.attn_scale }));
    let results = results(inside(facts, name, &weights), outcomes, &points, baseline);
    Ok(Shown { weights, read, results })
}

/// Everything that the page proves of a network for a group.
fn group_operations(
    file: &Path,
    name: &str,
    bytes: &[u8],
    reading: &Reading,
) -> Result<Shown, Box<dyn Error + Send + Sync>> {
    let (shown, options) = (file.display().to_string(), reading.options()?);
    let (task, facts) = GroupOperation::load(&shown, bytes, &options)?;
    let (weights, _) = GroupOperation::canonical(&shown, bytes)?;
    let (outcomes, points, baseline) = all_proven(&task)?;
    let read = (options != Default::default()).then(|| json!(options));
    let results = results(inside(facts, name, &weights), outcomes, &points, baseline);
    Ok(Shown { weights, read, results })
}

/// What is proven, with its figures.
fn results(
    facts: impl Serialize,
    outcomes: Vec<Outcome>,
    points: &[Point],
    baseline: LinearBaseline,
) -> Value {
    let figure = |(width, height)| -> Figure {
        let (zoom, scale, budget, selected) = (Zoom::Crowd, Scale::Accuracy, None, None);
        let (others, spread) = (&[][..], &[][..]);
        let delta = 0.0; // all points are proofs
        let options =
            Options { width, height, zoom, scale, delta, budget, selected, others, spread };
        plot::frontier(points, baseline, options)
    };
    json!({
        "facts": facts,
        "metrics": Metrics::new(points, baseline),
        "figure": figure(WIDE),
        "narrow": figure(NARROW),
        "outcomes": outcomes.into_iter().map(Outcome::shown).collect::<Vec<_>>(),
    })
}
