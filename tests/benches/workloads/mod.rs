//! The workloads that are timed. All targets run this code: `native.rs` runs it in threads,
//! `wasm.rs` hands it to workers, and `run.mjs` puts both side by side. Kernels and peaks are in
//! `kernels`, models that nobody trained in `model`, networks of the second task in `groups`,
//! products that are sampled in `samples`.

mod groups;
pub(crate) mod kernels;
mod model;
mod samples;

use compact_proofs::frontier::LinearBaseline;
use compact_proofs::kernels::Backend;
use compact_proofs::models::transformer::Shape;
use compact_proofs::plot::{Options, Scale, Zoom, frontier};
use compact_proofs::proof::{Run, Tally};
use compact_proofs::tasks::max_of_k::subcubic::{AttentionError, Subcubic};
use compact_proofs::tasks::max_of_k::{MaxOfK, Pruning, Strategy};
use serde::Serialize;
use std::sync::{Arc, OnceLock};

/// A part of a workload, for one thread; returns its result as a number. The sum over all units,
/// modulo 2⁶⁴, depends neither on their order nor on the machine; only the time does.
pub(crate) type Unit = Box<dyn Fn() -> u64 + Send + Sync>;

/// The number of parts that a divisible proof is cut into: enough for any number of workers here.
const PARTS: u64 = 32;

/// Something to be timed.
#[derive(Serialize)]
pub(crate) struct Workload {
    pub(crate) name: String,
    /// How often a run repeats the work; more than once if the work is too short for a browser's
    /// clock.
    pub(crate) times: f64,
    /// FLOPs of the work done once, if they are counted by hand.
    pub(crate) flops: Option<f64>,
    /// Makes the units. Only their calls are timed.
    #[serde(skip)]
    pub(crate) prepare: Box<dyn Fn() -> Vec<Unit>>,
}

impl Workload {
    /// Work that is done once, by the units that `prepare` makes.
    fn new(name: impl Into<String>, prepare: impl Fn() -> Vec<Unit> + 'static) -> Self {
        Self { name: name.into(), times: 1.0, flops: None, prepare: Box::new(prepare) }
    }

    /// Work that one unit does `times` times.
    fn repeated(
        name: &str,
        times: u32,
        work: impl Fn() -> u64 + Copy + Send + Sync + 'static,
    ) -> Self {
        let run = move || (0..times).map(|_| work()).fold(0, u64::wrapping_add);
        Self { times: f64::from(times), ..Self::new(name, move || vec![Box::new(run)]) }
    }

    /// Work of `flops` FLOPs, which `run(calls)` does `calls` times in one unit.
    fn counted(
        name: String,
        flops: f64,
        calls: u32,
        run: impl Fn(u32) -> f64 + Copy + Send + Sync + 'static,
    ) -> Self {
        let prepare = move || vec![Box::new(move || run(calls).to_bits()) as Unit];
        Self { times: f64::from(calls), flops: Some(flops), ..Self::new(name, prepare) }
    }
}

macro_rules! models {
    ($($name:ident = $file:literal;)*) => {
        $(const $name: &[u8] = include_bytes!(concat!("../../fixtures/", $file));)*
    };
}
models! {
    MAX4 = "oracle/max4_v64_s104.safetensors";
    MAX5 = "oracle/max5_v64_s50.safetensors";
    MAX10 = "oracle/max10_v64_s50.safetensors";
    MAX20 = "oracle/max20_v64_s50.safetensors";
    TORCH = "formats/state_dict.pt";
}

/// All workloads. A name begins with the group of its workload.
pub(crate) fn all() -> Vec<Workload> {
    let trained = |bytes: &'static [u8]| move || load(bytes);
    let (max4, max20) = (trained(MAX4), trained(MAX20));
    let large = || model::constructed(128, 10);
    let mut all = vec![
        brute_force("work/brute force K=4, pruned", max4, Pruning::On),
        brute_force("work/brute force K=4", max4, Pruning::Off),
        brute_force("work/brute force K=5, pruned", trained(MAX5), Pruning::On),
        proofs("work/cubic K=4", max4, &["cubic"]),
        proofs("work/cubic K=10", trained(MAX10), &["cubic"]),
        proofs("work/cubic K=20", max20, &["cubic"]),
    ];
    all.extend(AttentionError::ALL.iter().map(|&error| {
        let family: Vec<_> = Subcubic::family(error).map(Strategy::Subcubic).collect();
        let name = family[0]
            .to_string()
            .rsplit_once("--attn-err-")
            .expect("a sub-cubic name")
            .1
            .to_owned();
        divided(format!("work/ten sub-cubic K=4, {name}"), max4, vec![family])
    }));
    all.extend([
        divided("work/100 sub-cubic K=4".into(), max4, families()),
        divided("work/all 102 K=4".into(), max4, with(&[Strategy::BruteForce, Strategy::Cubic])),
        divided("work/all 101 K=20".into(), max20, with(&[Strategy::Cubic])),
        divided("work/all 101 v=128 n=10".into(), large, with(&[Strategy::Cubic])),
        proofs(
            "work/cell, chernoff, convolution-64 K=20",
            max20,
            &["cell", "chernoff", "convolution-64"],
        ),
        Workload::repeated("work/reading a .pt", 100, || load(TORCH).sequences() as u64),
        Workload::repeated("work/drawing 102 proofs", 20, draw),
    ]);
    all.extend(groups::all());
    all.extend(samples::all());
    all.extend(kernels::peaks().into_iter().map(|peak| {
        Workload::counted(
            format!("peak/{}", peak.backend),
            kernels::Peak::FLOPS,
            1_000_000,
            move |rounds| (peak.run)(rounds),
        )
    }));
    for backend in Backend::all() {
        all.extend(kernels::ALL.iter().map(|kernel| {
            let calls = (4e7 / kernel.flops).ceil() as u32;
            let name = format!("kernel/{}/{}", kernel.name, backend.name);
            Workload::counted(name, kernel.flops, calls, move |calls| (kernel.run)(&backend, calls))
        }));
    }
    for (sizes, axis) in [
        ([(16, 4), (32, 4), (64, 4), (128, 4), (256, 4)], 'v'),
        ([(32, 4), (32, 8), (32, 12), (32, 16), (32, 20)], 'n'),
    ] {
        for (v, n) in sizes {
            let size = if axis == 'v' { v } else { n };
            let model = move || model::constructed(v, n);
            let family =
                Subcubic::family(AttentionError::MaxDiffExact).map(Strategy::Subcubic).collect();
            all.extend([
                proofs(&format!("scaling/cubic/{axis}/{size}"), model, &["cubic"]),
                divided(format!("scaling/ten sub-cubic/{axis}/{size}"), model, vec![family]),
                proofs(&format!("scaling/cell/{axis}/{size}"), model, &["cell"]),
            ]);
        }
    }
    all
}

fn load(bytes: &[u8]) -> MaxOfK {
    MaxOfK::load("fixture", bytes).expect("a model").0
}

/// The strategies that share a search, ten by ten.
fn families() -> Vec<Vec<Strategy>> {
    AttentionError::ALL
        .iter()
        .map(|&error| Subcubic::family(error).map(Strategy::Subcubic).collect())
        .collect()
}

/// All sub-cubic strategies, after `others`.
fn with(others: &[Strategy]) -> Vec<Vec<Strategy>> {
    others.iter().map(|&strategy| vec![strategy]).chain(families()).collect()
}

/// Proofs by the strategies with these names, each a group of its own, see [`divided`].
fn proofs(name: &str, model: impl Fn() -> MaxOfK + 'static, strategies: &[&str]) -> Workload {
    let groups = strategies.iter().map(|name| vec![name.parse().expect("a strategy")]).collect();
    divided(name.into(), model, groups)
}

fn brute_force(name: &str, model: impl Fn() -> MaxOfK + 'static, pruning: Pruning) -> Workload {
    Workload::new(name, move || parts(&model(), Strategy::BruteForce, pruning))
}

/// Proofs about a model of which nothing has been worked out yet. Each group is one unit; a
/// divisible proof that is a group of its own is cut into [`PARTS`] units.
fn divided(
    name: String,
    model: impl Fn() -> MaxOfK + 'static,
    groups: Vec<Vec<Strategy>>,
) -> Workload {
    Workload::new(name, move || {
        let task = model();
        let units = |group: &Vec<Strategy>| match group[..] {
            [strategy] if strategy.family().divisible => parts(&task, strategy, Pruning::On),
            _ => {
                let (task, group) = (task.clone(), group.clone());
                let prove = move |&strategy: &Strategy| {
                    let mut run = task.run(strategy).expect("it is feasible");
                    run.finish();
                    digest(run.tally())
                };
                vec![Box::new(move || group.iter().map(&prove).fold(0, u64::wrapping_add)) as Unit]
            }
        };
        groups.iter().flat_map(units).collect()
    })
}

/// One proof in [`PARTS`] units. The first of them to run prepares what all share; that is timed as
/// a part of the work.
fn parts(task: &MaxOfK, strategy: Strategy, pruning: Pruning) -> Vec<Unit> {
    let shared: Arc<OnceLock<Run>> = Arc::default();
    let unit = |part: u64| {
        let (task, shared) = (task.clone(), Arc::clone(&shared));
        Box::new(move || {
            let run =
                shared.get_or_init(|| task.run_with(strategy, pruning).expect("it is feasible"));
            let analysis = run.analysis();
            // Chunks that follow one another have much in common, so a unit gets such chunks.
            let first = |part: u64| analysis.chunks() * part / PARTS;
            digest((first(part)..first(part + 1)).map(|chunk| analysis.count(chunk)).sum())
        }) as Unit
    };
    (0..PARTS).map(unit).collect()
}

/// A number for a tally. It is linear in the counts, so that the numbers of the parts add up to
/// that of the whole.
fn digest(Tally { right, wrong, lost, visited }: Tally) -> u64 {
    [right, wrong, lost, visited]
        .into_iter()
        .fold(0, |sum: u64, count| sum.wrapping_mul(31).wrapping_add(count as u64))
}

/// Draws the page's figure of one proof by each published strategy, with made-up bounds; returns
/// the number of drawing commands. The page's canvas carries the commands out, which is not timed.
fn draw() -> u64 {
    let shape = Shape { v: 64, d: 32, h: 32, n: 4 };
    let published = Strategy::all().filter(|strategy| strategy.family().published);
    let points: Vec<_> = published
        .enumerate()
        .map(|(i, strategy)| strategy.point(shape, 1.0 / (1.0 + i as f64), strategy.flops(shape)))
        .collect();
    let baseline = LinearBaseline { flops: Strategy::BruteForce.flops(shape), accuracy: 1.0 };
    let options = Options {
        width: 900,
        height: 420,
        zoom: Zoom::Crowd,
        scale: Scale::Accuracy,
        delta: 0.0,
        budget: None,
        selected: None,
        others: &[],
        spread: &[],
    };
    frontier(&points, baseline, options).commands.len() as u64
}
