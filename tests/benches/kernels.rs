//! Each kernel on each backend that is here: `cargo bench -p bench --bench kernels`, or with `--
//! matmul` one of them.

#![expect(clippy::disallowed_methods, reason = "native programs have clocks and threads")]
#![expect(clippy::cast_possible_truncation, reason = "criterion's counts of calls are small")]

#[path = "workloads/kernels.rs"]
#[expect(dead_code, reason = "peaks are measured by `npm run bench`")]
mod kernels;

use compact_proofs::kernels::Backend;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::time::{Duration, Instant};

fn all(criterion: &mut Criterion) {
    for kernel in kernels::ALL {
        let mut group = criterion.benchmark_group(kernel.name);
        group
            .warm_up_time(Duration::from_millis(100))
            .measurement_time(Duration::from_millis(500))
            .sample_size(20);
        group.throughput(Throughput::Elements(kernel.flops as u64));
        for backend in Backend::all() {
            group.bench_function(backend.name, |bencher| {
                bencher.iter_custom(|calls| {
                    let start = Instant::now();
                    (kernel.run)(&backend, calls as u32);
                    start.elapsed()
                });
            });
        }
        group.finish();
    }
}

criterion_group!(benches, all);
criterion_main!(benches);
