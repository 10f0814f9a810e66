//! Native code, WebAssembly with SIMD128 and WebAssembly without it give the same bits: this file
//! runs on all three and compares with constants.

use crate::common;
use compact_proofs::cost::Scalar;
use compact_proofs::linalg::exp;
use compact_proofs::models::transformer::{Circuits, Magnitudes};
use compact_proofs::proof::Tally;
use compact_proofs::rounding::{Arithmetic, Rounding, Wide};
use compact_proofs::tasks::max_of_k::Strategy;
use compact_proofs::tasks::max_of_k::additive::Verification;
use compact_proofs::tasks::max_of_k::subcubic::{Subcubic, verify};
use compact_proofs::tasks::{group_operations, max_of_k};
use compact_proofs::training::InTraining;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// The FNV-1a hash of bytes.
fn fnv(bytes: impl Iterator<Item = u8>) -> u64 {
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// The FNV-1a hash of the bits of numbers.
fn digest(numbers: impl IntoIterator<Item = f64>) -> u64 {
    fnv(numbers.into_iter().flat_map(|x| x.to_bits().to_le_bytes()))
}

#[test]
fn exponentials() {
    assert_eq!(
        digest((-75_000..=71_000).map(|i| exp(f64::from(i) / 100.0))),
        0xf70c_325e_f103_3d5a
    );
}

/// Digests both halves of pairs. The second half is seen in a quotient whose dividend is the
/// difference of nearly equal numbers.
#[test]
fn wide_arithmetic() {
    let wide = |i: i32| (Wide::from_f64(f64::from(i)) / Wide::from_f64(100.0)).exp();
    let halves = (-70_000..=60_000).step_by(7).flat_map(|i| {
        let (x, leading) = (wide(i), Wide::from_f64(wide(i).to_f64()));
        [x.to_f64(), ((x - leading) / x.sqrt()).to_f64()]
    });
    assert_eq!(digest(halves), 0x3fde_cfca_74a7_a084);
}

#[test]
fn slack() {
    let slacks = common::oracle().into_iter().flat_map(|(_, task, _)| {
        let magnitudes = Magnitudes::<f64>::new(task.model());
        [Arithmetic::DOUBLE, Arithmetic::WIDE]
            .map(|arithmetic| magnitudes.slack(arithmetic, Rounding::Enclosed))
    });
    let slacks: Vec<_> = slacks.collect();
    assert!(slacks.iter().step_by(2).all(|slack| (1e-10..1e-6).contains(slack)), "{slacks:?}");
    assert_eq!(digest(slacks), 0x2734_7df8_666a_ed35);
}

#[test]
fn circuits() {
    let digests = common::oracle().into_iter().map(|(_, task, _)| {
        let Circuits { EUPU, EVOU, PVOU, EQKE, EQKP } = Circuits::<f64>::new(task.model());
        digest([EUPU, EVOU, PVOU, EQKE, EQKP].iter().flatten().copied())
    });
    let expected = [
        0xc526_d98a_694e_4d6d,
        0x61da_fc01_5359_6e90,
        0x6736_f8c2_737a_1084,
        0xb3f9_776e_ee36_ff91,
        0x9997_5ec3_87db_efbe,
    ];
    assert_eq!(digests.collect::<Vec<_>>(), expected);
}

/// Digests the files of short trainings by each recipe.
#[test]
fn trainings() {
    let group = |name| group_operations::train::Recipe::published(name, 7).unwrap();
    let trainings: [Box<dyn InTraining>; 3] = [
        Box::new(max_of_k::train::Trainer::new(max_of_k::train::Recipe::published(2, 7))),
        Box::new(group_operations::train::Trainer::new(group("Z5"))),
        Box::new(group_operations::train::Trainer::new(group("S3"))),
    ];
    let digests = trainings.map(|mut training| {
        let losses: Vec<_> = (0..20).map(|_| training.step()).collect();
        (digest(losses), fnv(training.file().into_iter()))
    });
    let expected = [
        (0xb25f_e51a_ea97_f519, 0xe539_59fc_2ef9_c308),
        (0x59ca_9339_5acf_4a08, 0x114b_120a_c6c5_f8d4),
        (0x41dc_bb45_d8e5_5fcb, 0xc302_212d_2739_c7fb),
    ];
    assert_eq!(digests, expected);
}

/// Digests the count of every chunk, not only the sum.
#[test]
fn counts() {
    let (_, task, _) = common::oracle().remove(4);
    let run = task.run(Strategy::Cubic).unwrap();
    let cubic = run.analysis();
    assert_eq!(
        digest((0..cubic.chunks()).map(|chunk| cubic.count(chunk).right as f64)),
        0xed7c_6336_7020_ff25
    );
    let (_, task, _) = common::oracle().remove(0);
    let brute_force = task.run(Strategy::BruteForce).unwrap();
    let counts = (0..8).map(|chunk| brute_force.analysis().count(259 * chunk));
    assert_eq!(
        digest(counts.flat_map(|Tally { right, visited, .. }| [right as f64, visited as f64])),
        0x8997_bd95_cb67_fb22
    );
}

/// Digests searched proof objects, to the last digit of their directions and centres, and what they
/// prove.
#[test]
fn proof_objects() {
    let (_, task, _) = common::oracle().remove(0);
    let digests = Subcubic::all().step_by(11).map(|strategy| {
        let proof = task.prove(strategy).unwrap();
        let proven = verify(task.model(), &proof).unwrap().proven();
        fnv(proof.to_json().bytes().chain(proven.to_le_bytes()))
    });
    assert_eq!(digests.fold(0, u64::wrapping_add), 0xf6e9_9f6b_fb6e_b174);
}

/// Digests additive proof objects and both sides of what they prove, part by part and in all.
/// Chunks are counted in reverse order.
#[test]
fn additive_proofs() {
    let digests = [
        (0, "best-within-2600000"),
        (2, "exact"),
        (3, "convolution-32"),
        (3, "chernoff"),
        (1, "cell"),
    ]
    .map(|(model, strategy)| {
        let (_, task, _) = common::oracle().remove(model);
        let strategy: Strategy = strategy.parse().unwrap();
        let mut run = task.run(strategy).unwrap();
        run.finish_with(|chunks, count| (0..chunks).rev().map(count).sum());
        let Strategy::Additive(strategy) = strategy else { unreachable!("one of ours") };
        let plan = task.prover().prove(strategy);
        let blocks = Verification::<f64>::blocks(&plan).into_iter();
        let verification = task.prover().verification();
        let blocks = blocks.map(|(m, queries)| verification.block(&plan, m, queries).tally());
        let counts =
            blocks.chain([run.tally()]).flat_map(|Tally { right, wrong, lost, .. }| {
                [right, wrong, lost].map(u128::to_le_bytes).concat()
            });
        let counts: Vec<_> = counts.collect();
        fnv(plan.to_json().bytes().chain(counts))
    });
    let expected = [
        0x145d_2a38_8bcb_6614,
        0xd298_7a52_9b4d_def4,
        0x8fcb_009d_d62e_1cf8,
        0x94c3_fa72_b498_9f5b,
        0xfbf8_03a9_97bd_576d,
    ];
    assert_eq!(digests, expected);
}
