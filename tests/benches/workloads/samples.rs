//! A product of matrices at 1024 tokens, whole and by samples: what is left of attention scores of
//! a made model.

use super::{Unit, Workload, model};
use compact_proofs::cost::matmul_flops;
use compact_proofs::linalg::{Matrix, matmul};
use compact_proofs::sampling::products::Product;
use compact_proofs::sampling::{Coins, Key};

/// Tokens.
const V: usize = 1024;
/// Sizes of the product: the width of a made model's head, and one for the direction that is taken
/// off.
const SIZES: [usize; 3] = [V, 33, V];
const ENTRIES: u64 = 20_000;
const SIGNS: u32 = 128;
const DELTA: f64 = 1e-3;

type Factors = (Matrix<f64>, Matrix<f64>);

/// All workloads.
pub(super) fn all() -> [Workload; 3] {
    let [v, m, w] = SIZES;
    let entries = Product::<f64>::entries_flops(SIZES, ENTRIES, 1);
    let signs = Product::<f64>::row_lengths_flops(SIZES, SIGNS);
    [
        work("work/product v=1024, whole", matmul_flops(v, m, w), |(left, right)| {
            matmul(left.view(), right.view())[[0, 0]]
        }),
        work("work/product v=1024, 20000 entries", entries, |factors| {
            product(factors).entries_above(&mut coins(), ENTRIES, &[1.0], DELTA)[0]
        }),
        work("work/product v=1024, 128 signs", signs, |factors| {
            product(factors).row_lengths(&mut coins(), SIGNS, DELTA).expect("signs enough")[0]
        }),
    ]
}

fn product((left, right): &Factors) -> Product<f64> {
    Product::new(left.clone(), right)
}

fn coins() -> Coins {
    Coins::new(Key::of("benchmark"))
}

/// Work of `flops` FLOPs on the factors, which are made before.
fn work(
    name: &str,
    flops: f64,
    run: impl Fn(&Factors) -> f64 + Copy + Send + Sync + 'static,
) -> Workload {
    let prepare = move || {
        let factors = model::residual(V);
        vec![Box::new(move || run(&factors).to_bits()) as Unit]
    };
    Workload { flops: Some(flops), ..Workload::new(name, prepare) }
}
