//! Strategies that people build: ranks, directions and gaps of their own.
#![allow(clippy::cast_possible_truncation, reason = "small numbers, written here")]

use crate::common::{self, Random, load, outcome, run, uniform};
use crate::truth::Truth;
use compact_proofs::models::transformer::{Shape, Transformer};
use compact_proofs::proof::{Certificate, Run};
use compact_proofs::tasks::max_of_k::subcubic::{
    AttentionError, Built, DirectPath, Directions, GapChoice, LowRank, Proof, ProofError, Subcubic,
    verify,
};
use compact_proofs::tasks::max_of_k::{MaxOfK, Pruning, Strategy};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// The published strategies that can be built on.
fn published() -> impl Iterator<Item = Subcubic> {
    Subcubic::all().filter(|strategy| Built::fits(strategy.error))
}

fn built(published: Subcubic, rank: u8, directions: Directions, gaps: GapChoice) -> Subcubic {
    Subcubic { built: Some(Built { rank, directions, gaps }), ..published }
}

/// The default model of the page: K = 4, seed 123.
fn default_model() -> MaxOfK {
    load("default", include_bytes!("../www/models/max-of-k/max4_v64_s123.safetensors"))
}

#[test]
fn rank_one_by_svd_is_the_published_proof() {
    let task = default_model();
    for published in published().step_by(if cfg!(target_arch = "wasm32") { 7 } else { 1 }) {
        let own = built(published, 1, Directions::Svd, GapChoice::Best);
        let [of_published, of_own] =
            [published, own].map(|strategy| outcome(&task, Strategy::Subcubic(strategy)));
        assert_eq!(of_own.bound, of_published.bound, "{own}");
        assert_eq!(of_own.flops.to_bits(), of_published.flops.to_bits(), "{own}");
        assert_eq!(of_own.slack.to_bits(), of_published.slack.to_bits(), "{own}");
        let dimension =
            |strategy| Strategy::Subcubic(strategy).unexplained_dimension(task.shape()).to_bits();
        assert_eq!(dimension(own), dimension(published), "{own}");
        // With its published gaps, the proof object is the published search's; but an SVD query is
        // tried with a second direction.
        let plain = built(published, 1, Directions::Svd, GapChoice::Plain);
        let of_own = task.prove(plain).unwrap();
        let plain = task.search().plain(published).unwrap();
        let is_same = (plain.gaps, plain.centres) == (of_own.gaps, of_own.centres);
        assert!(is_same || published.direct == DirectPath::SvdQuery, "{own}");
    }
}

/// Every rank adds the numbers of two more directions of the vocabulary.
#[test]
fn unexplained_dimensions() {
    let shape = Shape { v: 64, d: 32, h: 32, n: 4 };
    for published in published() {
        let dimension = |rank| {
            let own = built(published, rank, Directions::Svd, GapChoice::Best);
            Strategy::Subcubic(own).unexplained_dimension(shape)
        };
        for rank in Built::RANKS {
            assert_eq!(dimension(rank), dimension(1) + 128.0 * f64::from(rank - 1), "{published}");
        }
    }
}

/// Proof objects of any rank, with directions of any kind, prove no more than is true.
#[test]
fn built_proofs_are_sound() {
    let seeds = if cfg!(target_arch = "wasm32") { 6 } else { 60 };
    let (mut proven, mut altered, mut refused) = (0, 0, 0);
    for seed in 0..seeds {
        let mut random = Random::new(seed);
        let shape = Shape { v: 3 + seed as usize % 3, d: 4, h: 3, n: 2 + seed as usize % 2 };
        let task = MaxOfK::new(if seed % 2 == 0 {
            Transformer::from_entries(shape, uniform(seed))
        } else {
            common::working(shape.v, shape.n, 8.0, 0.3, seed)
        })
        .unwrap();
        let truth = Truth::new(task.model());
        let v = task.shape().v;
        let mut check = |proof: &Proof| match verify(task.model(), proof) {
            Ok(cases) => {
                for case in cases.iter() {
                    let right = truth.right(case.q, case.m, case.c);
                    assert!(case.proven <= right, "{seed} {}: {case:?}, {right}", proof.strategy);
                }
                cases.proven()
            }
            Err(error) => {
                assert!(!error.to_string().is_empty());
                refused += 1;
                0
            }
        };
        for (i, published) in published().enumerate() {
            let rank = 1 + ((seed as usize + i) % 8) as u8;
            let (directions, _) = Directions::ALL[i % 3];
            let gaps = [GapChoice::Best, GapChoice::Plain, GapChoice::Same(1)][(i / 4) % 3];
            let found = task.prove(built(published, rank, directions, gaps)).unwrap();
            proven += check(&found);
            // Directions of random numbers, of the greatest length allowed, and all the same.
            let mut changed = found.clone();
            let LowRank::Several { queries, keys, singular_value, .. } = &mut changed.low_rank
            else {
                unreachable!("a built strategy")
            };
            let scale = [1e-200, 0.5, 2.0 * (1.0 - 1e-15)][(seed as usize + i) % 3];
            let same: Vec<f64> = (0..v).map(|_| random.number()).collect();
            for direction in queries.iter_mut().chain(keys) {
                if seed % 3 == 0 {
                    direction.clone_from(&same);
                } else {
                    direction.fill_with(|| random.number());
                }
                let length = direction.iter().map(|x| x * x).sum::<f64>().sqrt();
                direction.iter_mut().for_each(|x| *x *= scale / length);
            }
            *singular_value *= 3.0;
            altered += check(&changed);
            // Numbers that someone gives are made into directions that the verifier takes.
            let given = built(published, rank, Directions::Given, gaps);
            let mut numbers = |scale: f64| -> Vec<Vec<f64>> {
                (0..rank).map(|_| (0..v).map(|_| scale * random.number()).collect()).collect()
            };
            let (queries, keys) = (numbers(1e300), numbers(1e-300));
            altered += check(&task.search().with_directions(given, &queries, &keys).unwrap());
        }
    }
    assert!(proven > 0 && altered > 0, "{proven}, {altered}");
    assert!(refused > 0, "claimed singular values that are too small are refused");
}

/// What more directions bring on the page's default model: counts and FLOPs of proofs with exact
/// direct path, centred attention, directions by SVD and gaps from search.
#[test]
fn ranks_of_the_default_model() {
    let task = default_model();
    let ranks = if cfg!(target_arch = "wasm32") { 1..=2 } else { Built::RANKS };
    for (error, expected) in EXPECTED {
        let name = format!("EUPU-max-diff-exact--attn-mean-query+diff--attn-err-{error}");
        let published: Subcubic = name.parse().unwrap();
        for (rank, (correct, flops)) in ranks.clone().zip(expected) {
            let own = built(published, rank, Directions::Svd, GapChoice::Best);
            let outcome = outcome(&task, Strategy::Subcubic(own));
            assert_eq!((outcome.bound.correct(), outcome.flops as u64), (correct, flops), "{own}");
        }
    }
}

/// For each bound on the error, by rank: sequences proven right of 64⁴, and FLOPs.
const EXPECTED: [(&str, [(u128, u64); 8]); 4] = [
    (
        "max-diff-exact",
        [
            (14_586_488, 1_561_343),
            (14_579_077, 1_602_631),
            (14_619_151, 1_643_943),
            (14_615_280, 1_685_351),
            (14_651_139, 1_726_807),
            (14_653_976, 1_767_951),
            (14_663_201, 1_809_287),
            (14_684_568, 1_850_599),
        ],
    ),
    (
        "max-diff",
        [
            (14_235_583, 1_304_375),
            (14_288_647, 1_346_095),
            (14_331_955, 1_386_951),
            (14_360_498, 1_428_311),
            (14_404_833, 1_469_935),
            (14_431_186, 1_511_559),
            (14_439_296, 1_552_679),
            (14_506_042, 1_594_111),
        ],
    ),
    (
        "mean+max-diff",
        [
            (14_236_076, 1_312_694),
            (14_288_452, 1_354_462),
            (14_334_118, 1_395_390),
            (14_364_917, 1_436_606),
            (14_407_563, 1_478_326),
            (14_431_093, 1_519_878),
            (14_445_589, 1_560_998),
            (14_505_088, 1_602_430),
        ],
    ),
    (
        "svd",
        [
            (13_135_041, 1_704_102),
            (13_600_282, 1_746_614),
            (13_928_414, 1_788_623),
            (14_053_465, 1_829_959),
            (14_123_980, 1_871_703),
            (14_217_436, 1_912_607),
            (14_253_340, 1_954_111),
            (14_274_408, 1_995_903),
        ],
    ),
];

/// A run of a proof with directions that someone gave.
fn given(task: &MaxOfK, strategy: &str, queries: &[Vec<f64>], keys: &[Vec<f64>]) -> Run {
    let Ok(Strategy::Subcubic(strategy)) = strategy.parse() else { panic!("{strategy}") };
    let mut run = task.run_with_directions(strategy, queries, keys).unwrap();
    run.finish();
    run
}

/// The directions that a search found, given as numbers, prove the same, and the certificate holds;
/// without its certificate, the proof is refused with advice.
#[test]
fn given_directions_are_proven_and_certified() {
    let task = default_model();
    let suffix = "EUPU-max-diff-exact--attn-mean-query+diff--attn-err-max-diff-exact";
    let svd: Strategy = format!("rank-2-svd--{suffix}").parse().unwrap();
    let Strategy::Subcubic(strategy) = svd else { unreachable!() };
    let LowRank::Several { queries, keys, .. } = task.prove(strategy).unwrap().low_rank else {
        panic!("directions")
    };
    let name = format!("rank-2-given--{suffix}");
    let scaled: Vec<Vec<f64>> =
        queries.iter().map(|query| query.iter().map(|x| 1e9 * x).collect()).collect();
    let run_of_given = given(&task, &name, &scaled, &keys);
    let found = run(&task, svd, Pruning::On);
    let difference = run_of_given.tally().right.abs_diff(found.tally().right);
    // Scaling rounds: a case at its limit may be decided otherwise.
    assert!(difference * 10_000 < task.sequences(), "{difference}");
    let certificate = task.certificate("sha", &run_of_given).unwrap();
    let text = certificate.to_json();
    let mut claimed = task.claimed(&["sha"], &Certificate::read(text.as_bytes()).unwrap()).unwrap();
    claimed.finish();
    assert_eq!(claimed.confirmed().unwrap().bound, run_of_given.outcome().bound);

    let given: Strategy = name.parse().unwrap();
    let refusal = task.feasible(given).unwrap_err().to_string();
    assert!(refusal.contains("has directions that someone gave"), "{refusal}");
    // A published certificate cannot claim more directions than its strategy has.
    let other = text.replace(&name, suffix);
    let error = Certificate::read(other.as_bytes()).map(|other| task.claimed(&["sha"], &other));
    let error = error.unwrap().err().unwrap().to_string();
    assert!(error.contains("2 for queries and 2 for keys, expected those of rank 1"), "{error}");
}

#[test]
fn numbers_that_are_no_directions_are_refused() {
    let task = default_model();
    let strategy = built(published().next().unwrap(), 2, Directions::Given, GapChoice::Same(1));
    let good = vec![vec![1.0; 64], vec![0.0; 64]];
    let refused = |queries: &[Vec<f64>], keys: &[Vec<f64>]| {
        task.run_with_directions(strategy, queries, keys).err().unwrap().to_string()
    };
    assert_eq!(
        refused(&[vec![1.0; 64], vec![1.0; 63]], &good),
        "the proof's query direction has 63 numbers, expected 64"
    );
    assert_eq!(
        refused(&good, &good[..1]),
        "the proof's directions has 2 for queries and 1 for keys, expected 2 for queries and for keys"
    );
    for (number, shown) in [(f64::NAN, "NaN"), (f64::INFINITY, "inf")] {
        let mut hostile = good.clone();
        hostile[1][7] = number;
        let error = refused(&good, &hostile);
        assert_eq!(
            error,
            format!("the proof's key direction holds {shown}, expected finite numbers")
        );
    }
    // Huge numbers, zeros and one direction twice are directions like any other.
    let huge = vec![vec![f64::MAX; 64]; 2];
    assert!(task.run_with_directions(strategy, &huge, &good).is_ok());
    let svd = built(published().next().unwrap(), 2, Directions::Svd, GapChoice::Best);
    let error = task.run_with_directions(svd, &good, &good).err().unwrap().to_string();
    assert!(error.contains("expected one with given directions"), "{error}");
    let four_factors = Subcubic { error: AttentionError::MaxDiffSubproduct, ..strategy };
    assert!(matches!(
        task.search().with_directions(four_factors, &good, &good),
        Err(ProofError::Part { part: "directions", .. })
    ));
}
