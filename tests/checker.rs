//! The independent checker accepts every kind of proof, and accepts nothing that is false, however
//! a certificate is damaged.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "small numbers, written here"
)]

use crate::checker_files::{Tensor, safetensors};
use crate::common::{self, count, random_plan, uniform, working};
use crate::soundness;
use crate::truth::Truth;
use compact_proofs::checker::interval::{Interval, Real};
use compact_proofs::checker::{Checker, Verdict};
use compact_proofs::models::transformer::{Circuits, Shape, Transformer};
use compact_proofs::proof::Target;
use compact_proofs::tasks::max_of_k::additive::{self, Additive, Tokens};
use compact_proofs::tasks::max_of_k::subcubic::{Subcubic, flops, verify};
use compact_proofs::tasks::max_of_k::{MaxOfK, Strategy, sha256};
use compact_proofs::weights::to_safetensors;
use serde_json::{Value, json};
use std::collections::BTreeMap;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// The weights file of `model`, and the task loaded from it.
fn stored(model: &Transformer) -> (Vec<u8>, MaxOfK) {
    let bytes = to_safetensors(&model.state_dict(), &BTreeMap::new());
    let task = common::load("model.safetensors", &bytes);
    (bytes, task)
}

fn theorem(sequences: &str, n: usize, v: usize, sha256: &str, correct: &str) -> String {
    format!(
        "Of the {sequences} sequences of length {n} over {v} tokens, the one-layer transformer \
         whose weights file has the SHA-256 {sha256} answers at least {correct} with their largest \
         token: in exact real arithmetic, its logit at the last position exceeds every other."
    )
}

fn certificate(
    bytes: &[u8],
    task: &MaxOfK,
    strategy: Strategy,
    correct: u128,
    proof: Value,
    cases: Value,
) -> Value {
    let Shape { v, n, .. } = task.shape();
    let (correct, sequences, sha256) =
        (correct.to_string(), task.sequences().to_string(), sha256(bytes));
    json!({
        "certificate": 1, "task": "max-of-k",
        "theorem": theorem(&sequences, n, v, &sha256, &correct), "sha256": sha256,
        "v": v, "n": n, "strategy": strategy.to_string(),
        "correct": correct, "sequences": sequences,
        "flops": strategy.flops(task.shape()), "proof": proof, "cases": cases,
    })
}

/// A certificate of what `strategy` proves.
fn certify(bytes: &[u8], task: &MaxOfK, strategy: Strategy) -> Value {
    try_certify(bytes, task, strategy).unwrap()
}

/// A certificate of what `strategy` proves; `None` if the search found no proof that its verifier
/// accepts.
fn try_certify(bytes: &[u8], task: &MaxOfK, strategy: Strategy) -> Option<Value> {
    Some(match strategy {
        Strategy::BruteForce => {
            certificate(bytes, task, strategy, count(task, strategy), Value::Null, Value::Null)
        }
        Strategy::Cubic => {
            let (cases, correct) = cases(task);
            certificate(bytes, task, strategy, correct, Value::Null, cases)
        }
        Strategy::Subcubic(subcubic) => {
            let proof = task.prove(subcubic).ok()?;
            let correct = verify(task.model(), &proof).ok()?.proven();
            assert!(flops(subcubic, task.shape(), &proof.gaps) > 0.0);
            certificate(
                bytes,
                task,
                strategy,
                correct,
                serde_json::to_value(&proof).unwrap(),
                Value::Null,
            )
        }
        Strategy::Additive(additive) => {
            let plan = task.prover().prove(additive);
            let correct = additive::verify(task.model(), &plan).unwrap().tally().right;
            certificate(
                bytes,
                task,
                strategy,
                correct,
                serde_json::to_value(&plan).unwrap(),
                Value::Null,
            )
        }
    })
}

/// A table of cases for a cubic certificate, and the number of sequences that it claims. It is
/// worked out in float64, and not by the program's code.
///
/// ```text
/// for each largest token m, query q, and number of other tokens before the query:
///     start with no token
///     for each token below m: add it if all sequences of the tokens so far and it are right
/// ```
fn cases(task: &MaxOfK) -> (Value, u128) {
    let Shape { v, n, .. } = task.shape();
    let Circuits { EUPU, EVOU, PVOU, EQKE, EQKP } = Circuits::<f64>::new(task.model());
    let divisor = task.model().score_divisor();
    let (mut table, mut correct) = (Vec::new(), 0);
    for m in 0..v {
        let mut row = Vec::new();
        for q in 0..=m {
            let score = |p: usize, t: usize| (EQKE[[q, t]] + EQKP[[q, p]]) / divisor;
            let term = |o: usize, p: usize, t: usize| {
                let gain = EUPU[[q, o]] - EUPU[[q, m]] + EVOU[[t, o]] - EVOU[[t, m]] + PVOU[[p, o]]
                    - PVOU[[p, m]];
                (score(p, t) - score(p, m)).exp() * (score(p, m) - score(n - 1, m)).exp() * gain
            };
            let outputs = || (0..v).filter(|&o| o != m);
            let is_right = |others: usize, best: &dyn Fn(usize, usize) -> f64| {
                outputs().all(|o| {
                    let of_m: f64 = (0..n - 1).map(|p| term(o, p, m)).sum();
                    let mut saved: Vec<f64> =
                        (0..n - 1).map(|p| best(o, p) - term(o, p, m)).collect();
                    saved.sort_by(|a, b| b.total_cmp(a));
                    term(o, n - 1, q) + of_m + saved.iter().take(others).sum::<f64>() < -1e-9
                })
            };
            let mut cell: Vec<Value> = Vec::new();
            for others in 0..n - usize::from(q < m && n > 1) {
                if n == 1 && q < m {
                    break;
                }
                if others == 0 {
                    let right = is_right(0, &|_, _| 0.0);
                    correct += u128::from(right);
                    cell.push(if right { json!([]) } else { Value::Null });
                    continue;
                }
                let mut best = vec![vec![f64::NEG_INFINITY; n - 1]; v];
                let tokens: Tokens = (0..m)
                    .filter(|&k| {
                        let more = |o: usize, p: usize| best[o][p].max(term(o, p, k));
                        let right = is_right(others, &more);
                        if right {
                            best =
                                (0..v).map(|o| (0..n - 1).map(|p| more(o, p)).collect()).collect();
                        }
                        right
                    })
                    .collect();
                let ways = (0..others).fold(1, |ways, i| ways * (n - 1 - i) / (i + 1)) as u128;
                correct += ways * (tokens.len() as u128).pow(others as u32);
                cell.push(if tokens.is_empty() {
                    Value::Null
                } else {
                    serde_json::to_value(&tokens).unwrap()
                });
            }
            row.push(Value::Array(cell));
        }
        table.push(Value::Array(row));
    }
    (Value::Array(table), correct)
}

/// The verdict on a certificate, after all of its cells.
pub(crate) fn check(bytes: &[u8], certificate: &str) -> Result<Verdict, String> {
    let mut checker = Checker::new("model.safetensors", bytes, certificate)?;
    for steps in 0.. {
        let (checked, cells) = checker.cells();
        assert_eq!(checked, steps, "one cell after the other");
        assert_eq!(
            checker.verdict().is_some(),
            checked == cells,
            "a verdict at the end, and not before"
        );
        if !checker.step() {
            break;
        }
    }
    Ok(checker.verdict().expect("all cells are checked"))
}

/// The verdict on a certificate, which must be accepted.
fn accepted(bytes: &[u8], certificate: &Value) -> Verdict {
    let verdict = check(bytes, &certificate.to_string()).unwrap();
    assert!(verdict.accepted, "{certificate}: {verdict:?}");
    assert_eq!(verdict.theorem, certificate["theorem"].as_str().unwrap());
    verdict
}

/// A small model. Most of them have something to prove.
fn small(seed: u64) -> Transformer {
    let (v, n) = [(4, 3), (5, 2), (3, 3), (5, 3), (4, 1), (2, 4)][seed as usize % 6];
    let sharpness = [2.0, 6.0, 20.0][seed as usize % 3];
    let mut entry = uniform(seed);
    match seed % 4 {
        0 => Transformer::from_entries(Shape { v, d: 3, h: 2, n }, || 2.0 * entry()),
        1 => working(v, n, sharpness, 0.3, seed),
        _ => working(v, n, sharpness, [0.0, 0.05, 0.1][seed as usize / 4 % 3], seed),
    }
}

/// The exact number of right sequences.
fn truth(task: &MaxOfK) -> u128 {
    Truth::new(task.model()).total()
}

/// A few strategies that someone may build.
fn built() -> impl Iterator<Item = Strategy> {
    let parts = "EUPU-max-diff-exact--attn-mean-query+diff--attn-err";
    let names = [
        format!("rank-2-svd--{parts}-max-diff-exact"),
        format!("rank-3-mean--{parts}-svd--gaps-plain"),
        format!("rank-8-query--{parts}-mean+max-diff--gap-2"),
    ];
    names.into_iter().map(|name| name.parse().expect("a built strategy"))
}

/// All listed strategies, two more best proofs, and a few that someone may build.
fn kinds() -> impl Iterator<Item = Strategy> {
    let more = [Target::Flops(u64::MAX), Target::Bound(500_000)].map(Additive::Best);
    let ours = Additive::all().chain(more).map(Strategy::Additive);
    [Strategy::BruteForce, Strategy::Cubic]
        .into_iter()
        .chain(ours)
        .chain(Subcubic::all().map(Strategy::Subcubic))
        .chain(built())
}

#[test]
fn what_every_verifier_proves_is_accepted() {
    let asked = std::env::var("SOUNDNESS_SEEDS")
        .ok()
        .map(|seeds| seeds.parse().expect("a number of seeds"));
    let seeds: u64 = asked.unwrap_or(if cfg!(target_arch = "wasm32") { 4 } else { 24 });
    let (mut claimed, mut searched, mut certificates) = (0, 0, 0);
    for seed in 0..seeds {
        let (bytes, task) = stored(&small(seed));
        let most = truth(&task);
        for strategy in kinds() {
            let Some(certificate) = try_certify(&bytes, &task, strategy) else { continue };
            let verdict = accepted(&bytes, &certificate);
            let derived: u128 = verdict.derived.parse().unwrap();
            assert!(derived <= most, "seed {seed}, {strategy}: {derived} derived, {most} right");
            claimed += verdict.claimed.parse::<u128>().unwrap();
            (searched, certificates) = (searched + 1, certificates + 1);
        }
        for i in 0..100 {
            let plan = random_plan(task.shape(), 1000 * seed + i);
            let right = additive::verify(task.model(), &plan).unwrap().tally().right;
            let strategy = Strategy::Additive(plan.strategy);
            let certificate = certificate(
                &bytes,
                &task,
                strategy,
                right,
                serde_json::to_value(&plan).unwrap(),
                Value::Null,
            );
            let derived: u128 = accepted(&bytes, &certificate).derived.parse().unwrap();
            assert!(derived <= most, "seed {seed}: {derived} derived, {most} right; {certificate}");
            certificates += 1;
        }
    }
    println!("{certificates} certificates, {claimed} sequences claimed by searched ones");
    let searches = seeds as usize * kinds().count();
    assert!(searched > searches * 9 / 10, "{searched} of {searches} searches found a proof");
    assert!(claimed > 10_000, "{claimed}");
}

/// The place of every value in a JSON document, as a JSON pointer.
fn places(value: &Value) -> Vec<String> {
    let mut places = vec![String::new()];
    let mut inside = |key: &str, value: &Value| {
        places.extend(self::places(value).iter().map(|place| format!("/{key}{place}")))
    };
    match value {
        Value::Array(values) => {
            values.iter().enumerate().for_each(|(i, value)| inside(&i.to_string(), value))
        }
        Value::Object(fields) => fields.iter().for_each(|(key, value)| inside(key, value)),
        _ => {}
    }
    places
}

/// Values that `value` may be damaged to.
fn damaged(value: &Value) -> Vec<Value> {
    let mut all = vec![Value::Null, json!(-1), json!("NaN"), json!([]), json!({}), json!(1e300)];
    match value {
        Value::Number(number) => {
            let x = number.as_f64().unwrap();
            all.extend([x + 1.0, x - 1.0, 2.0 * x, -x, 0.0, x / 2.0].map(|x| json!(x)));
            all.extend(
                number
                    .as_u64()
                    .into_iter()
                    .flat_map(|x| [json!(x + 1), json!(x.saturating_sub(1)), json!(2 * x)]),
            );
        }
        Value::String(text) => {
            all.extend(
                ["brute-force", "cubic", "cell", "exact", "convolution-64", "leave", "enumerate"]
                    .map(|name| json!(name)),
            );
            all.extend(Subcubic::all().step_by(60).map(|name| json!(name.to_string())));
            all.extend(
                [format!("{text} "), format!("+{text}"), format!("0{text}")]
                    .map(|text| json!(text)),
            );
            if let Ok(x) = text.parse::<u128>() {
                all.extend(
                    [x + 1, x.saturating_sub(1), 2 * x, x / 2].map(|x| json!(x.to_string())),
                );
            }
            for i in (0..text.len()).step_by(1 + text.len() / 4) {
                let mut bytes = text.clone().into_bytes();
                bytes[i] = if bytes[i] == b'1' { b'2' } else { b'1' };
                all.extend(String::from_utf8(bytes).ok().map(Value::String));
            }
        }
        Value::Array(values) => {
            let shorter = |skip: usize| values.iter().skip(skip).cloned().collect::<Vec<_>>();
            all.extend(
                [shorter(1), [shorter(0), values.last().cloned().into_iter().collect()].concat()]
                    .map(Value::Array),
            );
            all.push(Value::Array(values.iter().rev().cloned().collect()));
        }
        Value::Object(fields) => {
            for key in fields.keys() {
                let mut fewer = fields.clone();
                fewer.remove(key);
                all.push(Value::Object(fewer));
            }
            let mut more = fields.clone();
            more.insert("more".into(), Value::Null);
            all.push(Value::Object(more));
        }
        Value::Bool(_) | Value::Null => all.extend([json!([[0, 1]]), json!([]), json!(true)]),
    }
    all
}

/// The certificate with `correct` in place of the number it claims, also in its theorem.
fn restated(mut certificate: Value, correct: u128) -> Value {
    let text = |key: &str| certificate[key].as_str().unwrap_or("").to_string();
    let number = |key: &str| certificate[key].as_u64().unwrap_or(0) as usize;
    let theorem = theorem(
        &text("sequences"),
        number("n"),
        number("v"),
        &text("sha256"),
        &correct.to_string(),
    );
    certificate["correct"] = json!(correct.to_string());
    certificate["theorem"] = json!(theorem);
    certificate
}

#[test]
fn no_damage_makes_a_false_claim_accepted() {
    let (mut mutants, mut still_accepted, mut readable_forgeries) = (0_u64, 0_u64, 0_u64);
    for seed in (1..4).step_by(common::every(3, 3)) {
        let (bytes, task) = stored(&small(seed));
        let most = truth(&task);
        let ours = [
            Additive::Cell,
            Additive::Chernoff,
            Additive::Convolution { bins: 32 },
            Additive::Exact,
        ];
        let strategies =
            [Strategy::BruteForce, Strategy::Cubic].into_iter().chain(ours.map(Strategy::Additive));
        let strategies =
            strategies.chain(Subcubic::all().skip(23).step_by(30).map(Strategy::Subcubic));
        let mut certificates: Vec<_> =
            strategies.map(|strategy| certify(&bytes, &task, strategy)).collect();
        certificates.extend((0..4).map(|i| {
            let plan = random_plan(task.shape(), seed * 100 + i);
            let right = additive::verify(task.model(), &plan).unwrap().tally().right;
            let cell = Strategy::Additive(Additive::Cell);
            certificate(
                &bytes,
                &task,
                cell,
                right,
                serde_json::to_value(&plan).unwrap(),
                Value::Null,
            )
        }));
        for certificate in &certificates {
            let mut check_mutant = |mutant: &Value| {
                mutants += 1;
                let Ok(verdict) = check(&bytes, &mutant.to_string()) else { return };
                let derived: u128 = verdict.derived.parse().unwrap();
                assert!(derived <= most, "{derived} derived, {most} right; {mutant}");
                let claimed = mutant["correct"].as_str().and_then(|text| text.parse::<u128>().ok());
                if claimed.is_none_or(|claimed| claimed > most) {
                    assert!(!verdict.reasons.is_empty(), "{verdict:?}; {mutant}");
                }
                if verdict.accepted {
                    still_accepted += 1;
                    let claimed: u128 = mutant["correct"].as_str().unwrap().parse().unwrap();
                    assert!(claimed <= derived, "{verdict:?}; {mutant}");
                    // The theorem of an accepted certificate must be about this file.
                    for key in ["sha256", "v", "n", "sequences", "task", "certificate"] {
                        assert_eq!(mutant[key], certificate[key], "{mutant}");
                    }
                    let correct = claimed.to_string();
                    let Shape { v, n, .. } = task.shape();
                    let expected =
                        theorem(&task.sequences().to_string(), n, v, &sha256(&bytes), &correct);
                    assert_eq!(mutant["theorem"], expected, "{mutant}");
                }
            };
            for place in places(certificate) {
                for damaged in damaged(certificate.pointer(&place).unwrap()) {
                    let mut mutant = certificate.clone();
                    *mutant.pointer_mut(&place).unwrap() = damaged;
                    check_mutant(&mutant);
                    // The mutant also claims one sequence more than are right, in its theorem too.
                    if mutant.is_object()
                        && !place.starts_with("/correct")
                        && !place.starts_with("/theorem")
                    {
                        check_mutant(&restated(mutant, most + 1));
                    }
                }
            }
        }
        // Changes a byte of the weights file, and forges the certificates to be about that file.
        for i in (0..bytes.len()).step_by(1 + bytes.len() / 20) {
            let mut other = bytes.clone();
            other[i] ^= 0x41;
            for certificate in &certificates {
                assert!(
                    !check(&other, &certificate.to_string()).is_ok_and(|verdict| verdict.accepted),
                    "byte {i}"
                );
                let mut forged = certificate.clone();
                forged["sha256"] = json!(sha256(&other));
                let forged =
                    restated(forged, certificate["correct"].as_str().unwrap().parse().unwrap());
                mutants += 1;
                let Ok(verdict) = check(&other, &forged.to_string()) else { continue };
                readable_forgeries += 1;
                let right = truth(&common::load("model.safetensors", &other));
                assert!(
                    verdict.derived.parse::<u128>().unwrap() <= right,
                    "byte {i}: {verdict:?}, {right} are right"
                );
                assert!(
                    !verdict.accepted || verdict.claimed.parse::<u128>().unwrap() <= right,
                    "byte {i}: {verdict:?}"
                );
            }
        }
    }
    println!(
        "{mutants} mutants, {still_accepted} of them still accepted, {readable_forgeries} about other files"
    );
    assert!(readable_forgeries > 20, "{readable_forgeries} forgeries");
    assert!(
        still_accepted > 100 && mutants > 3 * still_accepted,
        "{mutants} mutants, {still_accepted} accepted"
    );
}

#[test]
fn reasons_say_what_differs() {
    let (bytes, task) = stored(&small(2));
    let certificate = certify(&bytes, &task, Strategy::BruteForce);
    let reasons =
        |certificate: &Value| check(&bytes, &certificate.to_string()).unwrap().reasons.join("; ");
    let mut other = certificate.clone();
    other["v"] = json!(7);
    let found = reasons(&other);
    assert!(found.contains("tokens: found 7, expected"), "{found}");
    let correct: u128 = certificate["correct"].as_str().unwrap().parse().unwrap();
    let found = reasons(&restated(certificate.clone(), correct + 1));
    assert!(found.contains(&format!("{correct} derived, {} claimed", correct + 1)), "{found}");
    let problem = check(&bytes, "{}").unwrap_err();
    assert_eq!(problem, "the certificate: `certificate` is missing");
    let problem = check(b"no weights", &certificate.to_string()).unwrap_err();
    assert!(problem.starts_with("model.safetensors: "), "{problem}");
    let mut other = certificate.clone();
    other["task"] = json!("\u{1b}[2J".repeat(1_000_000));
    let found = reasons(&other);
    assert!(found.starts_with("task: found \u{fffd}[2J") && found.len() < 2000, "{found}");
    // Depth is limited, and no number in a certificate sets the size of an allocation.
    for proof in [
        "[".repeat(1_000_000),
        r#"{"gaps":{"v":4,"n":3,"runs":"1x99999999999"}}"#.into(),
        "[[[[1]]]]".into(),
    ] {
        let mut other = certificate.clone();
        for strategy in ["brute-force", "cubic", "cell", "EUPU-"] {
            other["strategy"] = json!(strategy);
            other["proof"] = json!("here");
            let text = other.to_string().replace("\"here\"", &proof);
            assert!(!check(&bytes, &text).is_ok_and(|verdict| verdict.accepted), "{strategy}");
        }
    }
}

/// The exit codes and the output of the program.
#[cfg(not(target_arch = "wasm32"))]
#[test]
fn the_program_accepts_and_rejects() {
    let (bytes, task) = stored(&small(2));
    let certificate = certify(&bytes, &task, Strategy::Cubic);
    let correct: u128 = certificate["correct"].as_str().unwrap().parse().unwrap();
    let path = |name: &str| format!("{}/checker-{name}", env!("CARGO_TARGET_TMPDIR"));
    std::fs::write(path("weights"), &bytes).unwrap();
    std::fs::write(path("right.json"), certificate.to_string()).unwrap();
    std::fs::write(path("wrong.json"), restated(certificate, correct + 100).to_string()).unwrap();
    let run = |arguments: &[String]| {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_compact-proofs-check"))
            .args(arguments)
            .output();
        let output = output.unwrap();
        let text = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8(text).unwrap())
    };
    let (code, text) = run(&[path("weights"), path("right.json")]);
    assert!(
        code == Some(0) && text.starts_with("ACCEPTED") && text.contains("as stated, not checked"),
        "{text}"
    );
    let (code, text) = run(&[path("weights"), path("wrong.json")]);
    assert!(code == Some(1) && text.starts_with("REJECTED\n  right sequences: "), "{text}");
    for arguments in [
        &[path("weights"), path("weights")][..],
        &[path("nothing"), path("right.json")],
        &[path("weights")],
    ] {
        let (code, text) = run(arguments);
        assert_eq!(code, Some(2), "{text}");
    }
}

/// Every certificate of a real model that takes no more than a second to make and to check.
#[test]
fn certificates_of_oracle_models_are_accepted() {
    let file = include_bytes!("fixtures/oracle/max4_v64_s123.safetensors");
    let task = common::load("max4", file);
    for strategy in [Additive::Exact, Additive::Convolution { bins: 64 }] {
        let verdict = accepted(file, &certify(file, &task, Strategy::Additive(strategy)));
        println!("{strategy}: claimed {}, derived {}", verdict.claimed, verdict.derived);
    }
    let exact =
        certificate(file, &task, Strategy::BruteForce, 16_773_070, Value::Null, Value::Null);
    assert_eq!(accepted(file, &exact).derived, "16773070");
    assert!(!check(file, &restated(exact, 16_773_071).to_string()).unwrap().accepted);
}

/// Sequences that are derived one by one are right, for any weights, and all right sequences are
/// derived, except for weights from 1e-40 to 1e38 that cancel. A tie counts as wrong.
#[test]
fn derived_counts_are_true_of_hostile_models() {
    let (mut ties, mut right, mut found) = (0, 0, 0);
    for seed in 0..if cfg!(target_arch = "wasm32") { 35 } else { 105 } {
        let (v, d, h, n) = [
            (3, 2, 2, 2),
            (4, 3, 2, 3),
            (5, 4, 3, 2),
            (2, 1, 1, 4),
            (6, 6, 4, 3),
            (3, 3, 5, 1),
            (4, 4, 4, 4),
        ][seed as usize % 7];
        let (shape, mut entry, mut other) =
            (Shape { v, d, h, n }, uniform(seed), uniform(seed + 1));
        let kind = seed / 7 % 5;
        let model = match kind {
            // Small integers, so that ties are exact.
            0 => Transformer::from_entries(shape, || (2.4 * entry()).round()),
            1 => Transformer::from_entries(shape, || 3.0 * entry()),
            2 => Transformer::from_entries(shape, || 30.0 * entry()),
            3 => Transformer::from_entries(shape, || 1e6 * entry()),
            _ => {
                let huge = [1e38, 0.0, 1.0, 1.0, 1e-30, 1e-40];
                Transformer::from_entries(shape, || {
                    huge[(3.0 * (other() + 1.0)) as usize % 6] * entry()
                })
            }
        };
        let (bytes, task) = stored(&model);
        let most = truth(&task);
        // A claim of more sequences than there are makes the checker check every cell.
        let too_many = task.sequences() + 1;
        let derived = |claim: &Value| {
            check(&bytes, &claim.to_string()).unwrap().derived.parse::<u128>().unwrap()
        };
        let brute = derived(&certificate(
            &bytes,
            &task,
            Strategy::BruteForce,
            too_many,
            Value::Null,
            Value::Null,
        ));
        assert!(brute <= most, "seed {seed}: {brute} of {most}");
        assert!(brute == most || kind > 3, "seed {seed}: {brute} of {most}");
        (right, found) = (right + most, found + brute);
        if kind == 0 {
            ties += common::right_by(&task, -1e-12) - common::right_by(&task, 1e-12);
        }
        // No other way of counting derives more.
        for i in 0..5 {
            let plan = serde_json::to_value(random_plan(task.shape(), 1000 * seed + i)).unwrap();
            let claim = certificate(
                &bytes,
                &task,
                Strategy::Additive(Additive::Cell),
                too_many,
                plan,
                Value::Null,
            );
            let derived = derived(&claim);
            assert!(
                derived <= brute,
                "seed {seed}: {derived} derived, {brute} one by one; {claim}"
            );
        }
    }
    println!("{found} derived of {right} that are right");
    assert!(ties > 5 && 100 * found > 85 * right, "{ties} ties, {found} of {right}");
}

/// For models of every kind, the checker accepts what the program proves, and derives only true
/// claims. The kinds include ties, near ties by an ulp, huge and tiny weights, and scores thousands
/// apart. `ROUNDS=60` tries sixty models of each kind.
#[test]
fn what_is_proven_of_models_of_every_kind_is_accepted() {
    let asked = std::env::var("ROUNDS")
        .ok()
        .map(|rounds| rounds.parse::<u64>().expect("a number of rounds"));
    let (mut certificates, mut refused) = (0, Vec::new());
    for seed in 0..soundness::Kind::ALL.len() as u64 * asked.unwrap_or(2) {
        let kind = soundness::Kind::ALL[seed as usize % soundness::Kind::ALL.len()];
        let model = soundness::model(kind, seed);
        // `state_dict` has no tensors for biases that are folded into the weights.
        if model.stored_shape() != model.shape() {
            continue;
        }
        let state = model.state_dict();
        let tensors =
            state.iter().map(|(name, (shape, values))| Tensor::new(name, "F64", shape, values));
        let bytes = safetensors(&tensors.collect::<Vec<_>>(), None);
        // Fails if a weight is outside the range of float32.
        let Ok((task, facts)) = MaxOfK::load("model", &bytes) else { continue };
        let most = truth(&task);
        for strategy in Strategy::all() {
            let Ok(mut run) = task.run(strategy) else { continue };
            run.finish();
            // A failed search claims nothing.
            let Ok(certificate) = task.certificate(&facts.sha256, &run) else { continue };
            let verdict = check(&bytes, &certificate.to_json()).unwrap();
            assert!(
                verdict.derived.parse::<u128>().unwrap() <= most,
                "seed {seed}, {kind:?}, {strategy}: {verdict:?}"
            );
            certificates += 1;
            if !verdict.accepted {
                refused.push(format!(
                    "seed {seed}, {kind:?}, {strategy}: {}",
                    verdict.reasons.join("; ")
                ));
            }
        }
    }
    println!("{certificates} certificates, {} refused: {refused:#?}", refused.len());
    // By default and in sixty rounds, only the 31 certificates of one model are refused. Its scores
    // spread by hundreds of thousands, over positions as well as over tokens.
    assert!(
        certificates > 2000 && refused.len() * 100 < certificates,
        "{certificates}, {refused:#?}"
    );
}

/// Enclosures must contain the exact values, which were computed elsewhere to 30 digits, and be
/// narrow enough to be useful.
#[test]
fn exponentials_enclose_known_values() {
    for (x, digits) in [
        (2.0, 7.389_056_098_930_65),
        (-1.0, 0.367_879_441_171_442_33),
        (0.5, 1.648_721_270_700_128_2),
        (10.0, 22_026.465_794_806_718),
        (-20.0, 2.061_153_622_438_558e-9),
        (100.0, 2.688_117_141_816_135_4e43),
        (-700.0, 9.859_676_543_759_77e-305),
        (0.0, 1.0),
        (1e-300, 1.0),
    ] {
        let e = Interval::exactly(x).exp();
        assert!(e.low < digits && digits < e.high, "e^{x} is {digits}, {e:?}");
        assert!((e.high - e.low) / digits < 1e-15 * (8.0 + 8.0 * x.abs()), "e^{x}: {e:?} is wide");
    }
    for x in [f64::NAN, f64::INFINITY, 1e9] {
        assert!(Interval { low: x, high: x }.exp().high.is_infinite());
    }
    let tiny = Interval { low: f64::NEG_INFINITY, high: -1e9 }.exp();
    assert!(tiny.low <= 0.0 && tiny.high > 0.0 && tiny.high <= 1e-300);
}

/// Attention is between 0 and 1, even where nothing is known of a score.
#[test]
fn attention_by_unknown_scores_is_unknown() {
    let unknown = Interval::exactly(f64::NAN).logistic();
    assert!(unknown.low == 0.0 && unknown.high == 1.0, "{unknown:?}");
    for (x, end) in [(1e9, 1.0), (-1e9, 0.0)] {
        let p = Interval::exactly(x).logistic();
        assert!(p.low <= end && end <= p.high && p.high - p.low <= 1e-15, "{p:?}");
    }
}

/// Operations on intervals and balls, against float64 and against exact arithmetic on integers.
#[cfg(not(target_arch = "wasm32"))]
mod properties {
    use super::{Interval, Real};
    use compact_proofs::checker::Ball;
    use proptest::prelude::*;

    /// An interval and a number in it.
    fn inside() -> impl Strategy<Value = (Interval, f64)> {
        let ends = (any::<f64>(), any::<f64>(), 0.0..=1.0_f64);
        let finite = ends.prop_filter("finite", |(a, b, _)| a.is_finite() && b.is_finite());
        finite.prop_map(|(a, b, part)| {
            let (low, high) = (a.min(b), a.max(b));
            (Interval { low, high }, (low * (1.0 - part) + high * part).clamp(low, high))
        })
    }

    /// Whether `interval` can contain a number that rounds to `x`: it contains `x`, or `x` is NaN.
    fn has(interval: Interval, x: f64) -> bool {
        x.is_nan() || (interval.low <= x && x <= interval.high)
    }

    proptest! {
        #[test]
        fn operations_enclose((a, x) in inside(), (b, y) in inside()) {
            for (interval, result) in [(a + b, x + y), (a - b, x - y), (a * b, x * y)] {
                prop_assert!(
                    has(interval, result),
                    "{a:?}, {b:?}: {result} is not in {interval:?}"
                );
                prop_assert!(!interval.low.is_nan() && !interval.high.is_nan());
            }
        }

        /// The ends of an interval enclose the exact result, which is worked out in integers.
        #[test]
        fn sums_and_products_of_integers_enclose(
            x in -(1_i64 << 60)..1 << 60,
            y in -(1_i64 << 60)..1 << 60,
        ) {
            let (a, b) = (Interval::exactly(x as f64), Interval::exactly(y as f64));
            let (x, y) = (x as f64 as i128, y as f64 as i128);
            for (interval, exact) in [(a + b, x + y), (a - b, x - y), (a * b, x * y)] {
                prop_assert!(
                    (interval.low as i128) <= exact && exact <= interval.high as i128,
                    "{interval:?}, {exact}"
                );
            }
        }

        #[test]
        fn exponentials_enclose(x in -699.0..699.0_f64, width in 0.0..1.0_f64) {
            let e = Interval { low: x - width, high: x + width }.exp();
            prop_assert!(e.low <= x.exp() && x.exp() <= e.high);
            // `e^x e^−x = 1`.
            let one = e * Interval { low: -x - width, high: -x + width }.exp();
            prop_assert!(one.low <= 1.0 && 1.0 <= one.high);
        }

        /// `p (1 + e^−x) = 1` for what the interval encloses, whose width is some roundings.
        #[test]
        fn logistics_enclose(x in -300.0..300.0_f64) {
            let p = Interval::exactly(x).logistic();
            let (one, above) = (Ball::exactly(1.0), Ball::exactly(1.0) + Ball::exactly(-x).exp());
            prop_assert!((Ball::exactly(p.low) * above - one).most() <= 0.0, "{p:?}");
            // At the upper end, 1, only the ball's own error is left.
            prop_assert!((one - Ball::exactly(p.high) * above).most() <= 1e-29, "{p:?}");
            prop_assert!(p.low >= 0.0 && p.high <= 1.0, "{p:?}");
            prop_assert!(p.high - p.low <= 1e-15 * (8.0 + 8.0 * x.abs()) * p.high, "{p:?}");
        }

        /// Exponentials have some 90 correct bits: the product of `e^x` and `e^−x` is 1 up to
        /// 1e-25.
        #[test]
        fn balls_enclose(x in -300.0..300.0_f64, root in 1_u32..) {
            let one = Ball::exactly(1.0);
            let within = |ball: Ball, x: Ball, error: f64| {
                let (above, below) = ((ball - x).most(), (x - ball).most());
                (0.0..=error).contains(&above) && (0.0..=error).contains(&below)
            };
            let product = Ball::exactly(x).exp() * Ball::exactly(-x).exp();
            prop_assert!(within(product, one, 1e-25), "{product:?}");
            let root_of = Ball::inverse_root(root as usize);
            let product = root_of * root_of * Ball::exactly(f64::from(root));
            prop_assert!(within(product, one, 1e-29), "{product:?}");
            let e = Ball::exactly(x).exp();
            let wide = Interval::exactly(x).exp();
            let (below, above) = (Ball::exactly(wide.low) - e, e - Ball::exactly(wide.high));
            prop_assert!(below.most() < 0.0 && above.most() < 0.0);
        }

        /// A ball contains the exact result, which is worked out in integers.
        #[test]
        fn balls_of_integers_enclose(x in -(1_i64 << 60)..1 << 60, y in -(1_i64 << 60)..1 << 60) {
            let ball = |x: i128| {
                let (high, rest) = (x as f64, x - x as f64 as i128);
                let (middle, low) = (rest as f64, rest - rest as f64 as i128);
                Ball::exactly(high) + Ball::exactly(middle) + Ball::exactly(low as f64)
            };
            let (a, b) = (ball(x.into()), ball(y.into()));
            let (x, y) = (i128::from(x), i128::from(y));
            for (found, exact) in [(a + b, x + y), (a - b, x - y), (a * b, x * y)] {
                let exact = ball(exact);
                let off = (found - exact).most().max((exact - found).most());
                let size = 1.0 + (x * y).abs() as f64 + x.abs() as f64 + y.abs() as f64;
                let contains = (found - exact).most() >= 0.0 && (exact - found).most() >= 0.0;
                prop_assert!(contains && off <= 1e-29 * size);
            }
        }

        #[test]
        fn inverse_roots_enclose(x in 1_u32..) {
            let root = Interval::inverse_root(x as usize);
            let one = root * root * Interval::exactly(f64::from(x));
            prop_assert!(one.low <= 1.0 && 1.0 <= one.high && one.high - one.low < 1e-14);
        }
    }
}
