//! Additive strategies on the oracle models, and malformed proof objects.

use crate::common::{count, oracle, outcome};
use compact_proofs::proof::Target;
use compact_proofs::tasks::max_of_k::additive::{
    self, Additive, Boxes, Column, Count, Method, Plan, Tokens,
};
use compact_proofs::tasks::max_of_k::{MaxOfK, Strategy, TaskError};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// Both sides, as parts of all sequences.
fn sides(task: &MaxOfK, strategy: Additive) -> (f64, f64) {
    let outcome = outcome(task, Strategy::Additive(strategy));
    // At most a millionth of all sequences is lost to rounding.
    assert!(outcome.lost <= task.sequences() / 1_000_000, "{strategy}: {} lost", outcome.lost);
    (outcome.bound.ratio(), outcome.upper.map_or(1.0, |upper| upper.most.ratio_above()))
}

/// The figures of the prototype that the methods were first tried with: cell test, Chernoff, grids
/// of 256 bins.
const PROTOTYPE: [(&str, f64, f64, f64); 4] = [
    ("max4_v64_s123", 0.9749, 0.99853, 0.99945),
    ("max5_v64_s50", 0.9804, 0.99880, 0.99936),
    ("max10_v64_s50", 0.7955, 0.99885, 0.99895),
    ("max20_v64_s50", 0.8856, 0.99901, 0.99902),
];

#[test]
fn bounds_are_at_least_those_of_the_prototype() {
    for (name, task, expected) in oracle() {
        let Some((_, cell, chernoff, grid)) =
            PROTOTYPE.iter().find(|(prototype, ..)| *prototype == name)
        else {
            continue;
        };
        // In a browser the grid of K = 20 would take long.
        if cfg!(target_arch = "wasm32") && task.shape().n > 10 {
            continue;
        }
        let bins = 256;
        let truth = expected["brute_force_correct"]
            .as_str()
            .map(|correct| correct.parse::<f64>().unwrap() / task.sequences() as f64);
        let cells = [
            (Additive::Cell, cell),
            (Additive::Chernoff, chernoff),
            (Additive::Convolution { bins }, grid),
        ];
        for (strategy, figure) in cells {
            let (low, high) = sides(&task, strategy);
            // The prototype's figures are rounded to their last digit, and ours leave out what is
            // negligible.
            assert!(low >= figure - 2e-5, "{name} {strategy}: {low}, prototype {figure}");
            assert!(
                truth.is_none_or(|truth| low <= truth && truth <= high),
                "{name} {strategy}: {low} to {high}, {truth:?}"
            );
            assert!(
                low < high && (strategy != Additive::Convolution { bins } || high < 0.9998),
                "{name}: {low} to {high}"
            );
        }
    }
}

#[test]
fn exact_is_brute_force_in_few_flops() {
    for (name, task, expected) in oracle() {
        let exact = Strategy::Additive(Additive::Exact);
        match expected["brute_force_correct"].as_str() {
            Some(correct) => {
                let outcome = outcome(&task, exact);
                assert_eq!(outcome.bound.correct().to_string(), correct, "{name}");
                assert_eq!(outcome.upper.unwrap().most, outcome.bound, "{name}");
                assert!(outcome.flops < 2e7, "{name}: {} FLOPs", outcome.flops);
            }
            None => {
                assert!(matches!(task.feasible(exact), Err(TaskError::Infeasible { .. })), "{name}")
            }
        }
    }
}

/// A grid of twice as many bins has every point of the coarser one, so it tells no less.
#[test]
fn finer_grids_enclose_more_tightly() {
    for (name, task, _) in oracle().into_iter().filter(|(_, task, _)| task.shape().n <= 5) {
        let grids =
            [32, 64, 128, 256, 512].map(|bins| sides(&task, Additive::Convolution { bins }));
        for (bins, pair) in grids.windows(2).enumerate() {
            assert!(
                pair[0].0 <= pair[1].0 && pair[0].1 >= pair[1].1,
                "{name}, {} bins: {pair:?}",
                64 << bins
            );
        }
    }
}

#[test]
fn best_proofs_keep_to_their_targets() {
    let (_, task, _) = oracle().remove(1);
    let mut last = 0;
    for flops in [2_000_000, 2_300_000, 2_500_000, 3_000_000, 100_000_000] {
        let outcome = outcome(&task, Strategy::Additive(Additive::Best(Target::Flops(flops))));
        assert!(outcome.flops <= flops as f64, "{} FLOPs within {flops}", outcome.flops);
        assert!(outcome.bound.correct() >= last, "{flops} FLOPs prove less than fewer do");
        last = outcome.bound.correct();
        let all = &outcome.contributions;
        assert_eq!(all.iter().map(|of| of.flops).sum::<f64>(), outcome.flops);
        assert_eq!(all.iter().map(|of| of.correct.parse::<u128>().unwrap()).sum::<u128>(), last);
    }
    assert_eq!(last, count(&task, Strategy::BruteForce));
    let mut last = 0.0;
    for millionths in [500_000, 900_000, 990_000, 999_000, 999_700] {
        let outcome = outcome(&task, Strategy::Additive(Additive::Best(Target::Bound(millionths))));
        assert!(
            outcome.bound.ratio() >= f64::from(millionths) / 1e6,
            "{} of {millionths}",
            outcome.bound
        );
        assert!(outcome.flops > last, "{millionths} take no more FLOPs than less");
        last = outcome.flops;
    }
    // Nothing proves more than the truth; what is found is the most there is.
    let outcome = outcome(&task, Strategy::Additive(Additive::Best(Target::Bound(1_000_000))));
    assert_eq!(outcome.bound.correct(), count(&task, Strategy::BruteForce));
    assert!(matches!(
        task.feasible("best-within-1000".parse().unwrap()),
        Err(TaskError::Budget { .. })
    ));
}

#[test]
fn malformed_proof_objects_are_refused_by_name() {
    let (_, task, _) = oracle().remove(0);
    let good = task.prover().prove(Additive::Cell);
    let column = |methods: Vec<Method>, depth: usize, tokens: usize| {
        let mut plan = good.clone();
        plan.columns[3] = Some(Column::new(Boxes { depth, tokens }, methods));
        plan
    };
    let count = |tilt, bins, unless_below| {
        column(vec![Method::Count(Count { tilt, bins, unless_below, dominant: None }); 4], 1, 4)
    };
    let split =
        |ranges: Vec<(usize, usize)>| column(vec![Method::Split(vec![Tokens(ranges)]); 4], 1, 4);
    let blocks = |queries: Vec<usize>| Plan { queries, ..good.clone() };
    let cases = [
        (
            Plan { v: 63, ..good.clone() },
            "the proof is about v = 63, n = 4, the model has v = 64, n = 4",
        ),
        (Plan { n: 5, ..good.clone() }, "the proof is about v = 64, n = 5"),
        (
            Plan { columns: good.columns[1..].to_vec(), ..good.clone() },
            "the proof has 63 columns, expected one for each of 64",
        ),
        (blocks(vec![16, 3]), "blocks of [16, 3] queries"),
        (blocks(vec![16, 0]), "blocks of [16, 0] queries"),
        (blocks(vec![1; 17]), "expected at most 16 sizes"),
        (
            column(vec![Method::Leave; 4], 1, 0),
            "largest token 3 has blocks of tokens that grow by 0",
        ),
        (column(vec![Method::Leave; 3], 1, 4), "largest token 3 has 3 queries, expected 4"),
        (column(vec![Method::Leave; 4], 4, 4), "largest token 3 has depth 4, expected at most 3"),
        (count(Some(500.1), None, 0.0), "a tilt by 500.1, expected 0 to 500"),
        (count(Some(-1.0), None, 0.0), "a tilt by -1"),
        (count(Some(f64::NAN), None, 0.0), "a tilt by NaN"),
        (count(None, Some(31), 0.0), "31 bins, expected 32 to 4096"),
        (count(None, Some(4097), 0.0), "4097 bins"),
        (count(None, None, f64::NAN), "has NaN"),
        (split(vec![(0, 4)]), "ranges of tokens below 3"),
        (split(vec![(2, 3), (0, 1)]), "in order"),
        (split(vec![(1, 1)]), "in order"),
        (column(vec![Method::Split(vec![Tokens::default(); 5]); 4], 1, 4), "for up to 4 counts"),
    ];
    for (plan, says) in cases {
        let error = additive::verify(task.model(), &plan).unwrap_err().to_string();
        assert!(error.contains(says), "{error}, expected {says}");
    }
    for (from, to) in [
        ("\"version\":1", "\"version\":2"),
        ("\"cell\"", "\"sell\""),
        ("\"queries\"", "\"questions\""),
    ] {
        assert!(
            serde_json::from_str::<Plan>(&good.to_json().replacen(from, to, 1)).is_err(),
            "{to}"
        );
    }
}
