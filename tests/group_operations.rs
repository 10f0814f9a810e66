//! Group operations against the oracle: counts, cliffs, and a public transformer.
#![allow(clippy::cast_possible_truncation, reason = "small numbers")]

use compact_proofs::models::two_token::Attention;
use compact_proofs::proof::{Margin, Outcome};
use compact_proofs::tasks::group_operations::quadrature::{Integrals, Quadrature, Rule};
use compact_proofs::tasks::group_operations::{Facts, GroupOperation, Options, Strategy};
use compact_proofs::weights::{self, WeightsFile};
use serde_json::Value;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

macro_rules! fixture {
    ($name:literal) => {
        ($name, include_bytes!(concat!("fixtures/group_operations/", $name)).as_slice())
    };
}

const NETWORKS: [(&str, &[u8]); 5] = [
    fixture!("S4_s0.safetensors"),
    fixture!("S4_s2.safetensors"),
    fixture!("S5_s1.safetensors"),
    fixture!("Z31_s0.safetensors"),
    fixture!("Z59_s0.safetensors"),
];
const TRANSFORMER: (&str, &[u8]) = fixture!("pizza_p99zdpze5l.pt");

fn load((name, bytes): (&str, &[u8])) -> (GroupOperation, Facts) {
    GroupOperation::load(name, bytes, &Options::default()).unwrap()
}

fn expected() -> Value {
    serde_json::from_str(include_str!("fixtures/group_operations/expected.json")).unwrap()
}

fn outcome(task: &GroupOperation, strategy: &str) -> Outcome {
    let mut run = task.run(strategy.parse().unwrap()).unwrap();
    run.finish();
    run.outcome()
}

fn right(task: &GroupOperation, strategy: &str) -> u128 {
    outcome(task, strategy).bound.correct()
}

#[test]
fn brute_force_counts_what_the_oracle_counts() {
    let expected = expected();
    for network in NETWORKS {
        let (task, facts) = load(network);
        let expected = &expected[network.0];
        assert_eq!(facts.own.group.as_deref(), expected["group"].as_str());
        let proven = outcome(&task, "brute-force");
        let counts = (proven.bound.correct() as u64, proven.bound.total() as u64, proven.lost);
        let [correct, total] = ["correct", "total"].map(|key| expected[key].as_u64().unwrap());
        assert_eq!(counts, (correct, total, 0), "{}", network.0);
        let is_symmetric = task.run("brute-force-symmetric".parse().unwrap()).is_ok();
        assert_eq!(is_symmetric, facts.own.group.unwrap().starts_with('Z'), "{}", network.0);
        if is_symmetric {
            let half = outcome(&task, "brute-force-symmetric");
            assert_eq!(half.bound, proven.bound);
            assert!(half.flops < 0.55 * proven.flops, "{} of {}", half.flops, proven.flops);
        }
    }
}

#[test]
fn low_rank_counts_jump_where_the_oracle_s_do() {
    let expected = expected();
    for network in NETWORKS {
        let (task, _) = load(network);
        for (rank, count) in expected[network.0]["low_rank_unembed"].as_object().unwrap() {
            let found = right(&task, &format!("low-rank-unembed-{rank}"));
            let count = count.as_u64().unwrap().into();
            assert!(found >= count, "{} rank {rank}: {found}, oracle {count}", network.0);
        }
    }
}

#[test]
fn irreps_prove_at_least_what_the_oracle_s_prototypes_do() {
    let expected = expected();
    for network in &NETWORKS[..3] {
        let (task, _) = load(*network);
        for (strategy, key) in [
            ("irrep", "irrep_at_least"),
            ("irrep-linear", "linear_at_least"),
            ("irrep-abs", "abs_at_least"),
        ] {
            let least = expected[network.0][key].as_f64().unwrap();
            let found = outcome(&task, strategy);
            assert!(found.bound.ratio() >= least, "{} {strategy}: {}", network.0, found.bound);
        }
    }
    // Read-outs that are compared place by place: the prototype proves a third.
    let (task, _) = load(NETWORKS[2]);
    assert!(right(&task, "irrep") >= 14_391);
}

#[test]
fn sums_over_active_neurons_prove_what_low_ranks_do() {
    // Of S5, by the lengths of active neurons.
    let expected = [(14, 576), (14, 576), (17, 14_400), (9, 961), (8, 3481)];
    for (network, (rank, least)) in NETWORKS.into_iter().zip(expected) {
        let (task, _) = load(network);
        let [low_rank, sums] = ["low-rank-unembed", "active-sets"]
            .map(|name| outcome(&task, &format!("{name}-{rank}")));
        assert!(sums.bound.correct() >= least, "{}: {}", network.0, sums.bound);
        assert!(sums.flops < low_rank.flops / 1.5, "{} of {}", sums.flops, low_rank.flops);
    }
    // Nobody's circuits: no proof by irreps holds.
    let (task, _) = load(NETWORKS[1]);
    assert!(Strategy::listed(&task).contains(&Strategy::ActiveSets(14)));
}

#[test]
fn neurons_of_the_literature_do_not_watch_cosets() {
    // The published proof proves nothing of any model of S5 that it was run on.
    for network in &NETWORKS[..3] {
        let (task, _) = load(*network);
        assert_eq!(right(&task, "coset"), 0, "{}", network.0);
    }
}

#[test]
fn a_linear_proof_is_forty_times_shorter_than_brute_force() {
    let (task, _) = load(NETWORKS[0]);
    let [whole, linear] = ["brute-force", "irrep-linear"].map(|name| outcome(&task, name));
    assert_eq!(linear.bound, whole.bound);
    assert!(linear.flops < whole.flops / 40.0, "{} of {}", linear.flops, whole.flops);
    // Its cyclic relatives have no circuits of a few places.
    let (cyclic, _) = load(NETWORKS[3]);
    assert_eq!(right(&cyclic, "irrep-abs"), 0);
}

#[test]
fn a_public_transformer_is_right_on_all_inputs() {
    let (task, facts) = load(TRANSFORMER);
    assert_eq!((facts.own.group.as_deref(), facts.own.right), (Some("Z59"), 3481));
    let assumed = "constant attention of 1 to each token, one vocabulary for both tokens";
    assert!(facts.notes.iter().any(|note| note.contains(assumed)), "{:?}", facts.notes);
    let whole = outcome(&task, "brute-force");
    assert_eq!((whole.bound.correct(), whole.bound.total()), (3481, 3481));
    // Three frequencies, each with a cosine and a sine.
    assert_eq!(right(&task, "low-rank-unembed-5"), 0);
    let short = outcome(&task, "low-rank-unembed-6");
    assert_eq!(short.bound.correct(), 3481);
    assert!(short.flops < whole.flops / 6.5, "{} of {}", short.flops, whole.flops);
    assert!(short.slack < 1e-6, "margins are some 14 logits");
    // No term grows as n² m.
    assert_eq!(right(&task, "active-sets-5"), 0);
    let sums = outcome(&task, "active-sets-6");
    assert_eq!(sums.bound.correct(), 3481);
    assert!(sums.flops < whole.flops / 30.0, "{} of {}", sums.flops, whole.flops);
    assert!(sums.flops < short.flops / 4.5, "{} of {}", sums.flops, short.flops);
    let listed = Strategy::listed(&task);
    assert!(listed.contains(&Strategy::LowRankUnembed(6)), "{listed:?}");
}

/// Bounds on the least margin of all inputs, in logits.
fn margin(task: &GroupOperation, strategy: &str) -> Margin {
    let run = task.run(strategy.parse().unwrap()).unwrap();
    let analysis = run.analysis();
    let chunks = (0..analysis.chunks()).filter_map(|chunk| analysis.margin(chunk));
    chunks.reduce(Margin::of_both).unwrap()
}

#[test]
fn brute_force_encloses_the_least_margin_and_shorter_proofs_bound_it() {
    // The prototype of the oracle found 14.30 of the transformer.
    let networks = [(TRANSFORMER, 14.296, 6), (NETWORKS[3], 11.915, 10), (NETWORKS[4], 13.4, 8)];
    for (network, expected, rank) in networks {
        let (task, _) = load(network);
        let whole = margin(&task, "brute-force");
        assert!(whole.at_most - whole.at_least < 1e-6, "{whole:?}");
        let specified = (0..task.group().order()).flat_map(|x| {
            (0..task.group().order()).map({
                let task = &task;
                move |y| {
                    let (logits, right) = (task.network().logits(x, y), task.group().product(x, y));
                    let others = logits.iter().enumerate().filter(|(z, _)| *z != right);
                    logits[right] - others.map(|(_, &logit)| logit).fold(f64::MIN, f64::max)
                }
            })
        });
        let specified = specified.fold(f64::MAX, f64::min);
        assert!(whole.at_least < specified && specified < whole.at_most);
        assert!((specified - expected).abs() < 0.5, "{}: {specified}", network.0);
        let short = margin(&task, &format!("low-rank-unembed-{rank}"));
        assert!(short.at_least > 0.0 && short.at_least <= whole.at_most, "{short:?}");
        assert!(short.at_most >= whole.at_least && short.at_most < 2.0 * specified, "{short:?}");
    }
    let (task, _) = load(NETWORKS[0]);
    let whole = margin(&task, "brute-force");
    for strategy in ["irrep", "irrep-linear", "irrep-abs"] {
        let short = margin(&task, strategy);
        assert!(0.0 < short.at_least && short.at_least <= whole.at_most, "{strategy}: {short:?}");
    }
}

#[test]
fn errors_of_integrals_are_at_most_those_of_the_oracle_s_prototypes() {
    let expected = expected();
    for network in &NETWORKS[3..] {
        let (task, _) = load(*network);
        let [boxes, spectral, kinks] =
            Rule::ALL.map(|rule| Quadrature::searched(&task, rule).unwrap().verify());
        let all = expected[network.0]["quadrature"].as_array().unwrap();
        assert_eq!(boxes.frequencies.len(), all.len(), "{}", network.0);
        for (i, expected) in all.iter().enumerate() {
            let number = |key: &str| expected[key].as_f64().unwrap();
            let of = |proven: &Integrals| proven.frequencies[i].absolute;
            let what = format!("{} {expected} {:?}", network.0, boxes.frequencies[i]);
            assert_eq!(boxes.frequencies[i].frequency as f64, number("frequency"));
            // The prototype's numbers have four decimals.
            let most = |key: &str| number(key) + 1e-4;
            assert!(of(&boxes).at_most <= most("boxes_pi_at_most"), "{what}");
            assert!(of(&spectral).at_most <= most("spectral_at_most"), "{what} {spectral:?}");
            // The kinks of 15 neurons are too far apart for a bound that says anything.
            let is_dense = number("neurons") >= 20.0;
            assert!(
                !is_dense || of(&kinks).at_most <= most("spectral_at_most"),
                "{what} {kinks:?}"
            );
            let measured = kinks.frequencies[i].mean - number("actual_error_mean");
            assert!(measured.abs() < 0.2 * number("actual_error_mean"), "{what}");
            for proven in [&boxes, &spectral, &kinks] {
                assert!(of(proven).at_least <= of(&kinks).at_most, "{what}");
                assert!(of(proven).at_least > 0.9 * number("actual_error_max"), "{what}");
            }
        }
    }
}

#[test]
fn a_public_transformer_integrates_three_frequencies() {
    let (task, _) = load(TRANSFORMER);
    let [boxes, spectral, kinks] =
        Rule::ALL.map(|rule| Quadrature::searched(&task, rule).unwrap().verify());
    let frequencies: Vec<_> = kinks.frequencies.iter().map(|found| found.frequency).collect();
    assert_eq!(frequencies, [3, 15, 17]);
    for (proven, most) in [
        (&boxes, [0.29, 0.53, 0.33]),
        (&spectral, [0.061, 0.108, 0.075]),
        (&kinks, [0.03, 0.06, 0.04]),
    ] {
        for (found, most) in proven.frequencies.iter().zip(most) {
            assert!(found.absolute.at_most < most + 0.01, "{}: {found:?}", proven.strategy);
        }
    }
    let (symmetric, _) = load(NETWORKS[0]);
    assert!(Quadrature::searched(&symmetric, Rule::Boxes).is_err(), "S4 is not cyclic");
}

/// A tensor's element.
fn element(weights: &WeightsFile<'_>, name: &str, index: &[usize]) -> f64 {
    weights.tensors[name].real(index).unwrap()
}

/// The logits of the transformer, straight from its definition in the layout of its file: weights
/// are applied as `W x`, and heads are read at the second position.
fn forward(weights: &WeightsFile<'_>, attention: Attention, tokens: [usize; 2]) -> Vec<f64> {
    const D: usize = 128;
    let at = |name: &str, index: &[usize]| element(weights, name, index);
    let residual = [0, 1].map(|p| -> Vec<f64> {
        let sum = |j| at("embed.W_E", &[j, tokens[p]]) + at("pos_embed.W_pos", &[p, j]);
        (0..D).map(sum).collect()
    });
    let apply = |name: &str, head: usize, x: &[f64]| -> Vec<f64> {
        let row = |i| x.iter().enumerate().map(|(j, x)| at(name, &[head, i, j]) * x).sum();
        (0..32).map(row).collect()
    };
    let mut concatenated = Vec::new();
    for head in 0..4 {
        let query = apply("blocks.0.attn.W_Q", head, &residual[1]);
        let scores = residual.each_ref().map(|x| {
            let key = apply("blocks.0.attn.W_K", head, x);
            query.iter().zip(&key).map(|(q, k)| q * k).sum::<f64>() / 32.0_f64.sqrt()
        });
        let weights = match attention {
            Attention::One => [1.0; 2],
            Attention::Half => [0.5; 2],
            Attention::Softmax => {
                let powers = scores.map(f64::exp);
                powers.map(|power| power / (powers[0] + powers[1]))
            }
        };
        let values = residual.each_ref().map(|x| apply("blocks.0.attn.W_V", head, x));
        concatenated.extend((0..32).map(|i| weights[0] * values[0][i] + weights[1] * values[1][i]));
    }
    let product = |name: &str, rows: usize, x: &[f64]| -> Vec<f64> {
        let row = |i| x.iter().enumerate().map(|(j, x)| at(name, &[i, j]) * x).sum();
        (0..rows).map(row).collect()
    };
    let written = product("blocks.0.attn.W_O", D, &concatenated);
    let middle: Vec<f64> = residual[1].iter().zip(written).map(|(x, y)| x + y).collect();
    let hidden = product("blocks.0.mlp.W_in", 512, &middle);
    let active: Vec<f64> =
        (0..512).map(|i| (hidden[i] + at("blocks.0.mlp.b_in", &[i])).max(0.0)).collect();
    let added = product("blocks.0.mlp.W_out", D, &active);
    let end: Vec<f64> =
        (0..D).map(|j| middle[j] + added[j] + at("blocks.0.mlp.b_out", &[j])).collect();
    (0..59)
        .map(|z| end.iter().enumerate().map(|(j, x)| x * at("unembed.W_U", &[j, z])).sum())
        .collect()
}

/// An element may turn the values of a circuit round on some elements of a coset alone: the search
/// must not take it for an antipode.
#[test]
fn a_search_finds_only_circuits_that_fit() {
    let file = include_bytes!("../www/models/group-operations/S5_s0.safetensors");
    let (task, facts) = load(("S5_s0.safetensors", file));
    assert_eq!((facts.own.group.as_deref(), facts.own.right), (Some("S5"), 14_400));
    assert_eq!(right(&task, "irrep-abs"), 0);
}

#[test]
fn folded_transformers_compute_what_their_definition_does() {
    let (name, bytes) = TRANSFORMER;
    let weights = weights::read(bytes).unwrap();
    for attention in [Attention::One, Attention::Half, Attention::Softmax] {
        let options =
            Options { group: Some("Z59".into()), attention: Some(attention), ..Options::default() };
        let (task, _) = GroupOperation::load(name, bytes, &options).unwrap();
        for [x, y] in [[0, 0], [3, 41], [58, 7]] {
            let (found, expected) =
                (task.network().logits(x, y), forward(&weights, attention, [x, y]));
            for (found, expected) in found.iter().zip(&expected) {
                assert!((found - expected).abs() < 1e-9, "{attention}: {found}, {expected}");
            }
        }
        assert_eq!(task.network().has_softmax(), attention == Attention::Softmax);
        let proven = outcome(&task, "brute-force");
        assert_eq!(proven.lost, 0, "{attention}");
        if attention == Attention::Softmax {
            let short = outcome(&task, "low-rank-unembed-20");
            assert!(short.bound.correct() <= proven.bound.correct());
        }
    }
}
