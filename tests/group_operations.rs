//! Group operations against the oracle: counts, cliffs, and the public transformers.

use compact_proofs::proof::Outcome;
use compact_proofs::tasks::group_operations::{Facts, GroupOperation, Options, Strategy};
use serde_json::Value;

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
        assert_eq!(facts.group.as_deref(), expected["group"].as_str());
        let proven = outcome(&task, "brute-force");
        let counts = (proven.bound.correct() as u64, proven.bound.total() as u64, proven.lost);
        let [correct, total] = ["correct", "total"].map(|key| expected[key].as_u64().unwrap());
        assert_eq!(counts, (correct, total, 0), "{}", network.0);
        let is_symmetric = task.run("brute-force-symmetric".parse().unwrap()).is_ok();
        assert_eq!(is_symmetric, facts.group.unwrap().starts_with('Z'), "{}", network.0);
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
fn a_public_transformer_is_right_on_all_inputs() {
    let (task, facts) = load(TRANSFORMER);
    assert_eq!((facts.group.as_deref(), facts.right), (Some("Z59"), 3481));
    let assumed = "constant attention of 1 to each token, one vocabulary for both tokens";
    assert!(facts.notes.iter().any(|note| note.contains(assumed)), "{:?}", facts.notes);
    let whole = outcome(&task, "brute-force");
    assert_eq!((whole.bound.correct(), whole.bound.total()), (3481, 3481));
    // Three frequencies, each with a cosine and a sine.
    assert_eq!(right(&task, "low-rank-unembed-5"), 0);
    let short = outcome(&task, "low-rank-unembed-6");
    assert_eq!(short.bound.correct(), 3481);
    assert!(short.flops < whole.flops / 5.9, "{} of {}", short.flops, whole.flops);
    assert!(short.slack < 1e-6, "margins are some 14 logits");
    let listed = Strategy::listed(&task);
    assert!(listed.contains(&Strategy::LowRankUnembed(6)), "{listed:?}");
}
