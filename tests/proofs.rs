//! Both proofs against a naive forward pass over every sequence of tiny models, benign and hostile.

#![allow(clippy::cast_possible_truncation, reason = "small numbers, written here")]

use crate::common::{count, load, right_by, sequences, uniform, working};
use compact_proofs::models::transformer::{Shape, Transformer};
use compact_proofs::tasks::max_of_k::{MaxOfK, Strategy};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// Brute force is the naive count, up to sequences whose margin is within rounding; cubic proves no
/// more.
fn check(what: &str, transformer: Transformer) {
    let task = MaxOfK::new(transformer).unwrap();
    // The logits of these models are sums of some thousand rounded terms, of this magnitude at
    // most.
    let shape = task.shape();
    let largest = sequences(shape.v, shape.n)
        .flat_map(|tokens| task.model().logits(&tokens).to_vec())
        .fold(0.0_f64, |largest, logit| largest.max(logit.abs()));
    let rounding = 1e-12 * largest;
    let (brute_force, cubic) = (count(&task, Strategy::BruteForce), count(&task, Strategy::Cubic));
    let (surely, possibly) = (right_by(&task, rounding), right_by(&task, -rounding));
    assert!(
        (surely..=possibly).contains(&brute_force),
        "{what}: {brute_force}, expected {surely} to {possibly}"
    );
    assert!(cubic <= brute_force, "{what}: cubic {cubic}, brute force {brute_force}");
}

const SHAPES: [(usize, usize, usize, usize); 8] = [
    (2, 1, 1, 1),
    (2, 2, 1, 4),
    (3, 2, 3, 2),
    (3, 4, 2, 3),
    (4, 3, 3, 4),
    (5, 4, 4, 2),
    (6, 3, 5, 3),
    (6, 6, 6, 1),
];

#[test]
fn random_weights_of_every_scale() {
    for (seed, (v, d, h, n)) in (1..).zip(SHAPES) {
        for scale in [0.01, 0.3, 1.0, 3.0, 30.0] {
            let mut entry = uniform(seed);
            let shape = Shape { v, d, h, n };
            check(
                &format!("{shape:?} at scale {scale}"),
                Transformer::from_entries(shape, || scale * entry()),
            );
        }
    }
}

#[test]
fn working_models_have_something_to_prove() {
    for (seed, (v, n)) in (1..).zip([(3, 2), (4, 3), (5, 3), (6, 4), (5, 4)]) {
        for (sharpness, noise) in [(9.0, 0.0), (9.0, 0.02), (3.0, 0.05), (1.0, 0.1)] {
            let what = format!("v = {v}, n = {n}, sharpness {sharpness}, noise {noise}");
            check(&what, working(v, n, sharpness, noise, seed));
        }
    }
    let task = MaxOfK::new(working(6, 4, 20.0, 0.0, 1)).unwrap();
    let (brute_force, cubic) = (count(&task, Strategy::BruteForce), count(&task, Strategy::Cubic));
    assert!(brute_force > 1000 && cubic > 1000, "{brute_force} and {cubic} of 1296");
}

/// Scores that spread over thousands: `e^score` over- or underflows in any form that does not shift
/// it, so brute force must take every sequence by itself. The sharper the attention, the more right
/// answers.
#[test]
fn scores_beyond_the_range_of_the_exponential() {
    for sharpness in [200.0, 5e3, 1e6] {
        for seed in 1..4 {
            check(
                &format!("sharpness {sharpness}, seed {seed}"),
                working(4, 3, sharpness, 0.01, seed),
            );
            // Attention to the least token instead: the exponentials that matter are the smallest.
            check(
                &format!("sharpness −{sharpness}, seed {seed}"),
                working(4, 3, -sharpness, 0.01, seed),
            );
        }
    }
}

/// Entries as large as a file may hold: scores are off by more than anything can be told from, and
/// nothing is proven.
#[test]
fn the_largest_entries() {
    for seed in 1..6 {
        let mut entry = uniform(seed);
        let large = Transformer::from_entries(Shape { v: 4, d: 3, h: 2, n: 3 }, || {
            f64::from(f32::MAX) * entry()
        });
        let task = MaxOfK::new(large).unwrap();
        for strategy in Strategy::all() {
            assert_eq!(count(&task, strategy), 0, "seed {seed}: {strategy}");
        }
        let mut entry = uniform(seed);
        let signs = Transformer::from_entries(Shape { v: 3, d: 3, h: 3, n: 2 }, || {
            f64::from(f32::MAX) * entry().signum()
        });
        let task = MaxOfK::new(signs).unwrap();
        assert!(count(&task, Strategy::Cubic) <= count(&task, Strategy::BruteForce));
    }
}

/// All outputs are equal, and rounding errors are unbounded: an infinite error times a difference
/// of 0 must not count as no error.
#[test]
fn infinite_errors_of_nothing() {
    for zeros in ["W_U", "W_V", "W_V and W_U"] {
        for large in [1e9, 1e20, 1e30] {
            let mut entry = uniform(3);
            let mut model = Transformer::from_entries(Shape { v: 3, d: 2, h: 2, n: 3 }, &mut entry);
            model.W_Q *= large;
            if zeros.contains("W_U") {
                model.W_U.fill(0.0);
            } else {
                // The direct path alone, which is for the last token whatever the others are.
                model.W_E.column_mut(0).fill(1.0);
                model.W_pos.fill(0.0);
                model.W_U.fill(0.0);
                model.W_U[[0, 2]] = 1.0;
            }
            if zeros.contains("W_V") {
                model.W_V.fill(0.0);
            }
            let task = MaxOfK::new(model).unwrap();
            let right = if zeros == "W_V" { 27 - 8 } else { 0 };
            for strategy in Strategy::all() {
                let count = count(&task, strategy);
                assert!(
                    count <= right,
                    "{zeros} zero, scores of {large:e}: {strategy} proves {count} of {right}"
                );
            }
        }
    }
}

/// Ties are wrong. With `W_Q = 0` attention is uniform and with small integers everything is exact,
/// so the truth is known in integers: right if and only if `n · EUPU[q, o] + Σ_p (EVOU[t_p, o] +
/// PVOU[p, o])` peaks strictly at the maximum.
#[test]
#[allow(non_snake_case, reason = "the field's names")]
fn ties_are_wrong() {
    let mut ties = 0;
    for seed in 1..40 {
        let (v, n) = [(3, 2), (4, 2), (3, 4), (5, 2)][seed as usize % 4];
        let mut entry = uniform(seed);
        let mut transformer =
            Transformer::from_entries(Shape { v, d: 2, h: 2, n }, || (2.4 * entry()).round());
        transformer.W_Q.fill(0.0);
        let Transformer { W_E, W_pos, W_V, W_O, W_U, .. } = &transformer;
        let VOU = W_V.dot(W_O).dot(W_U);
        let (EVOU, PVOU, EUPU) =
            (W_E.dot(&VOU), W_pos.dot(&VOU), (W_E + &W_pos.row(n - 1)).dot(W_U));
        let right = sequences(v, n).filter(|tokens| {
            let logit = |o: usize| {
                let head: f64 =
                    tokens.iter().enumerate().map(|(p, &t)| EVOU[[t, o]] + PVOU[[p, o]]).sum();
                n as f64 * EUPU[[tokens[n - 1], o]] + head
            };
            let largest = *tokens.iter().max().unwrap();
            ties += usize::from((0..v).any(|o| o != largest && logit(o) == logit(largest)));
            (0..v).all(|o| o == largest || logit(o) < logit(largest))
        });
        let right = right.count() as u128;
        let task = MaxOfK::new(transformer).unwrap();
        assert_eq!(count(&task, Strategy::BruteForce), right, "seed {seed}");
        assert!(count(&task, Strategy::Cubic) <= right, "seed {seed}");
    }
    assert!(ties > 100, "the models have {ties} ties: too few to test anything");

    let mut nothing = Transformer::from_entries(Shape { v: 4, d: 2, h: 2, n: 3 }, || 0.0);
    assert_eq!(count(&MaxOfK::new(nothing.clone()).unwrap(), Strategy::BruteForce), 0);
    nothing.W_E.fill(1.0);
    assert_eq!(count(&MaxOfK::new(nothing).unwrap(), Strategy::Cubic), 0);
}

/// The weights for which the published sub-cubic formula claims 8 of the 7 sequences that are
/// right.
#[test]
fn a_model_that_fools_a_published_formula() {
    let task = load("mean_diff", include_bytes!("fixtures/unsound/mean_diff_v4_n2.safetensors"));
    assert_eq!(count(&task, Strategy::BruteForce), 7);
    assert!(count(&task, Strategy::Cubic) <= 7);
}

#[cfg(not(target_arch = "wasm32"))]
mod properties {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn cubic_never_exceeds_brute_force_nor_that_the_truth(
            (v, n) in (2_usize..=6, 1_usize..=4),
            (d, h) in (1_usize..=5, 1_usize..=5),
            seed in 1_u64..1 << 40,
            exponents in prop::array::uniform7(-3_i32..=3),
        ) {
            let mut transformer = Transformer::from_entries(Shape { v, d, h, n }, uniform(seed));
            let Transformer { W_E, W_pos, W_Q, W_K, W_V, W_O, W_U, .. } = &mut transformer;
            for (weights, exponent) in [W_E, W_pos, W_Q, W_K, W_V, W_O, W_U].into_iter().zip(exponents) {
                *weights *= 3_f64.powi(exponent);
            }
            check("random", transformer);
        }

        #[test]
        fn working_models(
            (v, n) in (2_usize..=6, 1_usize..=4),
            sharpness in -3.0_f64..20.0,
            noise in 0.0_f64..0.3,
            seed in 1_u64..1 << 40,
        ) {
            check("working", working(v, n, sharpness, noise, seed));
        }
    }
}
