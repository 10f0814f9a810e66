//! Bounds from samples fail as rarely as they say: exactly where the probabilities can be added up,
//! and in a hundred thousand runs with coins.
#![allow(clippy::cast_possible_truncation, reason = "small numbers, written here")]

use crate::common::{Random, load};
use compact_proofs::sampling::{Method, Plan};
use compact_proofs::tasks::Sampling;
use compact_proofs::tasks::group_operations::{GroupOperation, Options};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// The methods whose number of samples is fixed before, and whose samples are independent.
const FIXED: [Method; 3] = [Method::ClopperPearson, Method::Bernstein, Method::Hoeffding];
/// What float64 may add to a sum of probabilities here.
const ROUNDING: f64 = 1e-12;

/// The probabilities that 0, 1, … samples are right, where each is right with its own probability.
fn distribution(right: impl IntoIterator<Item = f64>) -> Vec<f64> {
    right.into_iter().fold(vec![1.0], |before, p| {
        let mut after = vec![0.0; before.len() + 1];
        for (s, &probability) in before.iter().enumerate() {
            after[s] += probability * (1.0 - p);
            after[s + 1] += probability * p;
        }
        after
    })
}

/// The bounds of a method for each number of right samples.
fn bounds(method: Method, n: usize, delta: f64) -> Vec<f64> {
    (0..=n).map(|s| method.least(n as u64, s as u64, delta)).collect()
}

/// Accuracies at which bounds fail most often: just below each bound, and some between.
fn accuracies(bounds: &[f64]) -> impl Iterator<Item = f64> {
    let below = bounds.iter().filter(|&&bound| bound > 0.0).map(|bound| bound.next_down());
    below.chain((0..40).map(|i| (f64::from(i) + 0.5) / 40.0))
}

#[test]
fn bounds_of_independent_samples_fail_as_rarely_as_they_say() {
    let mut largest: f64 = 0.0;
    for n in [1, 2, 7, 30, 100] {
        for delta in [0.3, 0.05, 1e-3] {
            for method in FIXED {
                let bounds = bounds(method, n, delta);
                for p in accuracies(&bounds) {
                    let probabilities = distribution(std::iter::repeat_n(p, n));
                    let all = probabilities.iter().zip(&bounds);
                    let fails: f64 = all.filter(|(_, bound)| **bound > p).map(|(p, _)| p).sum();
                    assert!(
                        fails <= delta * (1.0 + ROUNDING) + ROUNDING,
                        "{method} {n} {p}: {fails}"
                    );
                    largest = largest.max(fails / delta);
                }
            }
        }
    }
    assert!(
        largest > 0.999,
        "the bound of Clopper and Pearson fails no more rarely than it must: {largest}"
    );
}

#[test]
fn bounds_of_slices_fail_as_rarely_as_they_say() {
    let mut random = Random::mixed(24);
    for n in [1, 2, 5, 20, 60] {
        for delta in [0.3, 0.05, 1e-3] {
            let bounds = bounds(Method::Stratified, n, delta);
            for round in 0..60 {
                // Slices that are right, wrong, or in part; those in part are of one kind in some
                // rounds.
                let kind = random.fraction();
                let slices: Vec<_> = (0..n)
                    .map(|_| match random.below(3) {
                        0 => f64::from(u8::from(random.below(50) > round)),
                        1 => kind,
                        _ => random.fraction().powi(round as i32 % 5 * 4),
                    })
                    .collect();
                let p = slices.iter().sum::<f64>() / n as f64;
                let probabilities = distribution(slices);
                let all = probabilities.iter().zip(&bounds);
                let fails: f64 = all.filter(|(_, bound)| **bound > p).map(|(p, _)| p).sum();
                assert!(fails <= delta * (1.0 + ROUNDING) + ROUNDING, "{n} {p}: {fails}");
            }
            // One slice in part, the others wrong: the case for which bounds keep their distance.
            for p in [delta * 0.9, delta * 0.999] {
                let slices = std::iter::once(p).chain(std::iter::repeat_n(0.0, n - 1));
                let (mean, probabilities) = (p / n as f64, distribution(slices));
                let fails = if bounds[1] > mean { probabilities[1] } else { 0.0 };
                assert!(fails <= delta, "{n} {p}: {fails}");
            }
        }
    }
}

/// Whoever may stop at any time stops as soon as the bound is above the truth.
#[test]
fn bounds_may_be_watched() {
    const MOST: usize = 120;
    for delta in [0.3, 0.05] {
        let bounds: Vec<_> = (0..=MOST)
            .map(|n| if n == 0 { vec![0.0] } else { bounds(Method::Anytime, n, delta) })
            .collect();
        for p in [0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.95, 0.98] {
            let (mut going_on, mut fails) = (vec![1.0], 0.0);
            for (n, bounds) in bounds.iter().enumerate().skip(1) {
                let mut after = vec![0.0; n + 1];
                for (s, probability) in going_on.iter().enumerate() {
                    after[s] += probability * (1.0 - p);
                    after[s + 1] += probability * p;
                }
                for (probability, &bound) in after.iter_mut().zip(bounds) {
                    if bound > p {
                        fails += std::mem::take(probability);
                    }
                }
                going_on = after;
            }
            assert!(fails <= delta, "{p}: {fails}");
        }
    }
}

/// What 300 samples give, natively and as WebAssembly.
#[test]
fn the_same_everywhere() {
    let max_of_3 = load("v7", include_bytes!("fixtures/biased_v7_n3.safetensors"));
    let s4 = include_bytes!("fixtures/group_operations/S4_s0.safetensors");
    let (s4, _) = GroupOperation::load("S4", s4, &Options::default()).unwrap();
    let found = |task: &dyn Sampling, method| {
        let plan = Plan { method, samples: 300, delta: 1e-3, seed: "mine".into(), proof: None };
        let mut drawing = task.drawing("00", plan).unwrap();
        while drawing.advance() {}
        let outcome = drawing.outcome().unwrap();
        (outcome.count.right, outcome.correct, outcome.least.to_bits())
    };
    for (method, of_max, of_group) in EVERYWHERE {
        for (task, (right, correct, least)) in
            [(&max_of_3 as &dyn Sampling, of_max), (&s4, of_group)]
        {
            assert_eq!(found(task, method), (right, correct.to_string(), least), "{method}");
        }
    }
}

/// Right samples, the bound, and the bits of the bound on the accuracy.
type Known = (u64, &'static str, u64);
/// About the network for Max-of-3, which is rarely right, and the one for S4, which always is.
const EVERYWHERE: [(Method, Known, Known); 4] = [
    (
        Method::ClopperPearson,
        (49, "36", 0x3fba_917b_0bac_f7da),
        (300, "563", 0x3fef_4586_fe0e_0d5f),
    ),
    (Method::Anytime, (51, "31", 0x3fb6_c82d_a120_b250), (300, "553", 0x3fee_aeac_0979_8365)),
    (Method::Bernstein, (43, "2", 0x3f74_80ec_54e4_df9f), (300, "542", 0x3fee_1a15_a5a7_6e02)),
    (Method::Hoeffding, (49, "20", 0x3fac_b09f_abe7_1639), (300, "515", 0x3fec_9103_271e_0428)),
];

#[cfg(not(target_arch = "wasm32"))]
mod simulation {
    use super::bounds;
    use compact_proofs::sampling::{Drawing, Method, Plan, Population, Subject};

    /// Inputs of which a known part is right, some here and some there.
    #[derive(Clone, Copy)]
    struct Known {
        /// Of each period, this many.
        right: u128,
    }

    impl Known {
        const TOTAL: u128 = (1 << 65) + 17;
        const PERIOD: u128 = 1_000_003;

        /// The accuracy, but for less than 2⁻⁴⁰.
        fn accuracy(self) -> f64 {
            self.right as f64 / Self::PERIOD as f64
        }
    }

    impl Population for Known {
        fn total(&self) -> u128 {
            Self::TOTAL
        }
        fn proven(&self) -> u128 {
            0
        }
        fn left(&self) -> u128 {
            Self::TOTAL
        }
        fn is_right(&self, i: u128) -> Option<bool> {
            Some(i % Self::PERIOD < self.right)
        }
        fn start_flops(&self) -> f64 {
            0.0
        }
        fn sample_flops(&self) -> f64 {
            1.0
        }
    }

    /// A hundred thousand runs of each method, each with its own coins. If bounds fail with a
    /// probability of at most `δ`, more failures than are allowed here come about with a
    /// probability below 10⁻⁶ (4.75 standard deviations); if they failed in 1.14 δ of all runs, as
    /// few as are allowed would come about with a probability below 10⁻⁶.
    #[test]
    fn a_hundred_thousand_runs_fail_as_rarely_as_they_say() {
        const RUNS: u32 = 100_000;
        const SAMPLES: usize = 60;
        const DELTA: f64 = 0.05;
        let subject = Subject { task: "simulation", sha256: "00".into(), network: "known".into() };
        // Just below a bound of Clopper and Pearson, so that it fails as often as it may.
        let least = Method::ClopperPearson.least(SAMPLES as u64, SAMPLES as u64 - 2, DELTA);
        #[expect(clippy::cast_sign_loss, reason = "an accuracy")]
        let known = Known { right: (least * Known::PERIOD as f64) as u128 };
        for method in Method::ALL {
            let bounds: Vec<_> = (1..=SAMPLES).map(|n| bounds(method, n, DELTA)).collect();
            let is_anytime = method.facts().optional_stopping;
            let mut failures = 0_u32;
            for run in 0..RUNS {
                let seed = run.to_string();
                let plan =
                    Plan { method, samples: SAMPLES as u64, delta: DELTA, seed, proof: None };
                let mut drawing = Drawing::new(&subject, plan, Box::new(known)).unwrap();
                let is_above = |drawing: &Drawing| {
                    let count = drawing.count();
                    bounds[count.samples as usize - 1][count.right as usize] > known.accuracy()
                };
                let mut fails = false;
                while drawing.advance() {
                    fails |= is_anytime && is_above(&drawing);
                }
                failures += u32::from(fails || is_above(&drawing));
            }
            let expected = DELTA * f64::from(RUNS);
            let most = expected + 4.75 * (expected * (1.0 - DELTA)).sqrt();
            assert!(f64::from(failures) <= most, "{method}: {failures} of {RUNS} runs fail");
            println!("{method}: {failures} of {RUNS} runs fail, at most {most:.0} may");
        }
    }
}
