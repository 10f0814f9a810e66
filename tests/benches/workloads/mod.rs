//! What is timed, the same code on every target: `native.rs` runs it in threads, `wasm.rs` hands it
//! to workers, and `run.mjs` puts both side by side. Kernels and peaks are in `kernels`, models
//! that nobody trained in `model`.

pub(crate) mod kernels;
mod model;

use compact_proofs::frontier::LinearBaseline;
use compact_proofs::kernels::Backend;
use compact_proofs::plot::{Options, Scale, Zoom, frontier};
use compact_proofs::proof::{Run, Tally};
use compact_proofs::tasks::max_of_k::subcubic::{AttentionError, Subcubic};
use compact_proofs::tasks::max_of_k::{MaxOfK, Pruning, Strategy};
use compact_proofs::transformer::Shape;
use serde::Serialize;
use std::sync::{Arc, OnceLock};

/// What one thread does of a workload at a time: returns what it found, as a number. The sum over
/// all units, modulo 2⁶⁴, depends neither on their order nor on the machine; only the time does.
pub(crate) type Unit = Box<dyn Fn() -> u64 + Send + Sync>;

/// Parts that a divisible proof is cut into: enough for any number of workers here.
const PARTS: u64 = 32;

/// Something to be timed.
#[derive(Serialize)]
pub(crate) struct Workload {
    pub(crate) name: String,
    /// How often a run repeats the work, which may be too short for a browser's clock.
    pub(crate) times: f64,
    /// Floating-point operations of the work, where they are counted by hand.
    pub(crate) flops: Option<f64>,
    /// Gets everything ready; what is in the units is timed.
    #[serde(skip)]
    pub(crate) prepare: Box<dyn Fn() -> Vec<Unit>>,
}

impl Workload {
    fn new(name: impl Into<String>, prepare: impl Fn() -> Vec<Unit> + 'static) -> Self {
        Self { name: name.into(), times: 1.0, flops: None, prepare: Box::new(prepare) }
    }

    fn repeated(
        name: &str,
        times: u32,
        work: impl Fn() -> u64 + Copy + Send + Sync + 'static,
    ) -> Self {
        let run = move || (0..times).map(|_| work()).fold(0, u64::wrapping_add);
        Self { times: f64::from(times), ..Self::new(name, move || vec![Box::new(run)]) }
    }

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
    ($($name:ident = $file:literal;)*) => { $(const $name: &[u8] = include_bytes!(concat!("../../fixtures/", $file));)* };
}
models! {
    MAX4 = "oracle/max4_v64_s104.safetensors";
    MAX5 = "oracle/max5_v64_s50.safetensors";
    MAX10 = "oracle/max10_v64_s50.safetensors";
    MAX20 = "oracle/max20_v64_s50.safetensors";
    TORCH = "formats/state_dict.pt";
}

/// All workloads; names begin with their group.
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

fn proofs(name: &str, model: impl Fn() -> MaxOfK + 'static, strategies: &[&str]) -> Workload {
    let groups = strategies.iter().map(|name| vec![name.parse().expect("a strategy")]).collect();
    divided(name.into(), model, groups)
}

fn brute_force(name: &str, model: impl Fn() -> MaxOfK + 'static, pruning: Pruning) -> Workload {
    Workload::new(name, move || parts(&model(), Strategy::BruteForce, pruning))
}

/// Proofs of a model that nothing is known of yet. Each group is for one thread; a divisible proof
/// is for all.
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

/// One proof in parts. Whoever comes first makes what they share: that belongs to the work.
fn parts(task: &MaxOfK, strategy: Strategy, pruning: Pruning) -> Vec<Unit> {
    let shared: Arc<OnceLock<Run>> = Arc::default();
    let unit = |part: u64| {
        let (task, shared) = (task.clone(), Arc::clone(&shared));
        Box::new(move || {
            let run =
                shared.get_or_init(|| task.run_with(strategy, pruning).expect("it is feasible"));
            let analysis = run.analysis();
            // Chunks that follow one another have much in common.
            let first = |part: u64| analysis.chunks() * part / PARTS;
            digest((first(part)..first(part + 1)).map(|chunk| analysis.count(chunk)).sum())
        }) as Unit
    };
    (0..PARTS).map(unit).collect()
}

/// A number for a tally; linear, so that the numbers of parts add up.
fn digest(Tally { right, wrong, lost, visited }: Tally) -> u64 {
    [right, wrong, lost, visited]
        .into_iter()
        .fold(0, |sum: u64, count| sum.wrapping_mul(31).wrapping_add(count as u64))
}

/// The page's figure of as many proofs as there are published ones, somewhere. The page's canvas
/// plays what this records.
fn draw() -> u64 {
    let shape = Shape { v: 64, d: 32, h: 32, n: 4 };
    let published = Strategy::all().filter(|strategy| strategy.family().published);
    let points: Vec<_> = published
        .enumerate()
        .map(|(i, strategy)| strategy.point(1.0 / (1.0 + i as f64), strategy.flops(shape)))
        .collect();
    let baseline = LinearBaseline { flops: Strategy::BruteForce.flops(shape), accuracy: 1.0 };
    let options = Options {
        width: 900,
        height: 420,
        zoom: Zoom::Crowd,
        scale: Scale::Accuracy,
        budget: None,
        selected: None,
    };
    frontier(&points, baseline, options).commands.len() as u64
}
