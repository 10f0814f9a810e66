//! One workload in threads of this machine, for `npm run bench` (`run.mjs`).
//!
//! `--list` prints all workloads as JSON; `NAME THREADS SECONDS` runs one as often as fits into so
//! many seconds, at least once, and prints its best time, what it found and the most memory that
//! this process ever had.

#![expect(clippy::disallowed_methods, reason = "native programs have clocks and threads")]
#![expect(clippy::cast_possible_truncation, reason = "small counts; digests are modulo 2⁶⁴")]

mod workloads;

use serde_json::json;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};
use workloads::{Unit, Workload};

fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--list"] => println!("{}", json!(workloads::all())),
        [name, threads, seconds] => {
            let all = workloads::all();
            let workload =
                all.iter().find(|workload| workload.name == name).expect("the name of a workload");
            let seconds = seconds.parse().expect("a number of seconds");
            let (best, digest) =
                best(workload, threads.parse().expect("a number of threads"), seconds);
            let digest = digest.to_string();
            println!(
                "{}",
                json!({ "seconds": best / workload.times, "digest": digest, "bytes": peak_bytes() })
            );
        }
        _ => panic!("expected --list, or NAME THREADS SECONDS"),
    }
}

fn best(workload: &Workload, threads: usize, seconds: f64) -> (f64, u64) {
    let (mut best, mut spent, mut digest) = (Duration::MAX, Duration::ZERO, 0);
    while best == Duration::MAX || spent.as_secs_f64() < seconds {
        let units = (workload.prepare)();
        let start = Instant::now();
        digest = run(&units, threads);
        let once = start.elapsed();
        (best, spent) = (best.min(once), spent + once);
    }
    (best.as_secs_f64(), digest)
}

/// All units, each by whichever thread is free.
fn run(units: &[Unit], threads: usize) -> u64 {
    let (next, sum) = (AtomicUsize::new(0), AtomicU64::new(0));
    let work = || {
        while let Some(unit) = units.get(next.fetch_add(1, Ordering::Relaxed)) {
            sum.fetch_add(unit(), Ordering::Relaxed);
        }
    };
    thread::scope(|scope| {
        (1..threads).for_each(|_| drop(scope.spawn(work)));
        work();
    });
    sum.into_inner()
}

/// The most memory that this process had, in bytes, as Linux counts it; `None` elsewhere.
fn peak_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.parse::<u64>().ok().map(|kib| kib << 10)
}
