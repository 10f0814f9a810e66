//! What each idea of the additive strategies' box tests is worth: `cargo bench -p bench --bench
//! ablation`, on the Max-of-4 models of the gallery. Prints a table in Markdown; FLOPs, not times,
//! so any machine gives the same.

use compact_proofs::proof::Target;
use compact_proofs::tasks::max_of_k::MaxOfK;
use compact_proofs::tasks::max_of_k::additive::{Additive, Prover, verify};
use std::path::Path;

fn main() {
    let models = models();
    println!("{} Max-of-4 models: means\n", models.len());
    println!(
        "| queries together | tokens in blocks growing by | FLOPs of the exact count | proven in 2·10⁶ FLOPs | in 2.5·10⁶ |"
    );
    println!("|---|---|---|---|---|");
    let variants: [(&[usize], &[usize]); 10] = [
        (&[1], &[1]),
        (&[1], &[2]),
        (&[1], &[4]),
        (&[4, 1], &[4]),
        (&[16, 1], &[4]),
        (&[16, 4, 1], &[4]),
        (&[16, 4, 1], &[2]),
        (&[16, 4, 1], &[8]),
        (&[32, 8, 2, 1], &[4]),
        (&[16, 4, 1], &[4, 8]),
    ];
    for (queries, tokens) in variants {
        let best = |flops| Additive::Best(Target::Flops(flops));
        let mut sums = [0.0; 3];
        for task in &models {
            let prover = Prover::new(task.model(), task.sequences(), queries, tokens);
            let of = |strategy| {
                verify(task.model(), &prover.prove(strategy)).expect("the plan is of this model")
            };
            let bound = |flops| of(best(flops)).tally().right as f64 / task.sequences() as f64;
            let values = [of(Additive::Exact).flops() as f64, bound(2_000_000), bound(2_500_000)];
            sums.iter_mut()
                .zip(values)
                .for_each(|(sum, value)| *sum += value / models.len() as f64);
        }
        println!(
            "| {queries:?} | {tokens:?} | {:.3e} | {:.4} | {:.4} |",
            sums[0], sums[1], sums[2]
        );
    }
}

fn models() -> Vec<MaxOfK> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../www/models/max-of-k");
    let files = std::fs::read_dir(&folder)
        .expect("the gallery is there")
        .map(|entry| entry.expect("readable").path());
    let mut files: Vec<_> = files
        .filter(|file| {
            file.file_name().is_some_and(|name| name.to_string_lossy().starts_with("max4_"))
        })
        .collect();
    files.sort();
    let load = |file: &std::path::PathBuf| {
        let name = file.display().to_string();
        MaxOfK::load(&name, &std::fs::read(file).expect("readable")).expect("a model").0
    };
    files.iter().map(load).collect()
}
