//! What is told about group operations: each input of a proof, waves, representations, circuits.
#![allow(clippy::cast_possible_truncation, reason = "small numbers")]

use crate::common::every;
use compact_proofs::tasks::Answers;
use compact_proofs::tasks::group_operations::explain::{Frequency, NeuronPoint};
use compact_proofs::tasks::group_operations::irrep::{Fault, Method};
use compact_proofs::tasks::group_operations::{GroupOperation, Options, Strategy};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

macro_rules! task {
    ($name:literal) => {
        GroupOperation::load(
            $name,
            include_bytes!(concat!("fixtures/group_operations/", $name)),
            &Options::default(),
        )
        .unwrap()
        .0
    };
}

fn s4() -> [GroupOperation; 2] {
    [task!("S4_s0.safetensors"), task!("S4_s2.safetensors")]
}

#[test]
fn inputs_that_a_proof_proves_add_up_to_its_bound() {
    let [s4, other] = s4();
    let all = [s4, other, task!("S5_s1.safetensors"), task!("Z31_s0.safetensors")];
    for task in &all {
        for strategy in Strategy::listed(task).into_iter().step_by(every(2, 6)) {
            let mut run = task.run(strategy).unwrap();
            run.finish();
            let map = task.margin_map(Some(strategy));
            assert_eq!(map.count as u128, run.outcome().bound.correct(), "{strategy}");
            // No proof shows more of a margin than there is.
            let slack = map.slack + 1e-9;
            let is_below = map.proven.iter().zip(&map.margins).all(|(p, m)| *p <= m + slack);
            assert!(is_below, "{strategy}");
        }
    }
}

#[test]
fn parts_of_a_margin_add_up_to_what_the_proof_shows() {
    let [s4, _] = s4();
    for task in [s4, task!("S5_s1.safetensors"), task!("Z31_s0.safetensors")] {
        for strategy in Strategy::listed(&task).into_iter().step_by(every(2, 6)) {
            let Some(split) = task.split(strategy) else { continue };
            let map = task.margin_map(Some(strategy));
            let least = map.proven.iter().copied().fold(f64::INFINITY, f64::min);
            let worst: f64 = split.worst.parts.iter().sum();
            assert!((worst - least).abs() < 1e-9, "{strategy}: {worst}, {least}");
            let mean = map.proven.iter().sum::<f64>() / map.proven.len() as f64;
            let sum: f64 = split.mean.iter().sum();
            assert!((sum - mean).abs() < 1e-9, "{strategy}: {sum}, {mean}");
        }
    }
}

/// Frequency, neurons, and mean and largest error of the sum for the integral of absolute values.
const TRANSFORMER: [(usize, usize, f64, f64); 3] =
    [(17, 173, 0.0093, 0.028), (3, 149, 0.0040, 0.0158), (15, 189, 0.0186, 0.0500)];
const Z59: [(usize, usize, f64, f64); 4] = [
    (2, 158, 0.0073, 0.0396),
    (28, 112, 0.0276, 0.0728),
    (21, 100, 0.0114, 0.0324),
    (18, 110, 0.0105, 0.0317),
];

#[test]
fn neurons_of_cyclic_groups_are_waves() {
    let all: [(GroupOperation, &[_], usize); 2] =
        [(task!("pizza_p99zdpze5l.pt"), &TRANSFORMER, 1), (task!("Z59_s0.safetensors"), &Z59, 32)];
    for (task, expected, dead) in all {
        let found = task.frequencies().unwrap();
        assert_eq!((found.order, found.dead), (59, dead));
        assert!(found.sides_differ < 0.024, "{}", found.sides_differ);
        assert_eq!(found.frequencies.len(), expected.len());
        for (found, &(k, neurons, mean, most)) in found.frequencies.iter().zip(expected) {
            assert_eq!((found.frequency, found.neurons), (k, neurons));
            let errors = found.absolute;
            assert!((errors.mean - mean).abs() < 6e-5, "{k}: {errors:?}");
            assert!((errors.most - most).abs() < 6e-5, "{k}: {errors:?}");
            assert!(found.relu.mean < errors.mean && found.angle < 0.025);
            // The second harmonic and the bias that help a trained network.
            assert!((-0.14..-0.11).contains(&found.beta), "{}", found.beta);
            assert!((0.18..0.22).contains(&found.gamma), "{}", found.gamma);
        }
        for Frequency { frequency: k, .. } in &found.frequencies {
            let boxes = found.waves.iter().filter(|wave| wave.frequency == *k);
            let widths: f64 = boxes.clone().map(|wave| wave.width).sum();
            assert!((widths - std::f64::consts::TAU).abs() < 1e-9, "{widths}");
            let last = boxes.fold(None, |end, wave| {
                assert!(end.is_none_or(|end: f64| (end - wave.start).abs() < 1e-9));
                Some(wave.start + wave.width)
            });
            assert!(last.is_some());
        }
        let wave = &found.waves[0];
        assert!(wave.rest_read < 0.03 && wave.rest_written < 1e-3, "{wave:?}");
        // Fourier power says the same, and one neuron is near its wave.
        let power = task.power();
        let name = &power.irreps[power.main[wave.neuron]].name;
        assert_eq!(*name, format!("frequency {}", wave.frequency));
        assert!((power.left[wave.neuron].iter().sum::<f64>() - 1.0).abs() < 1e-9);
        let neuron = task.neuron(wave.neuron).unwrap();
        let rest = off(&neuron.real.out, &neuron.ideal.unwrap().out);
        assert!((rest - wave.rest_written).abs() < 1e-9, "{rest}");
        assert!(task.circuits(Method::Pairs).is_none_or(|found| found.circuits.is_empty()));
    }
    assert!(task!("S4_s0.safetensors").frequencies().is_none());
}

/// The square of what is left of a row by another, as a part of its own.
fn off(real: &[f64], ideal: &[f64]) -> f64 {
    let square = |row: &mut dyn Iterator<Item = f64>| row.map(|x| x * x).sum::<f64>();
    let left = square(&mut real.iter().zip(ideal).map(|(x, y)| x - y));
    left / square(&mut real.iter().copied())
}

#[test]
fn circuits_of_s4_are_tetrahedra_with_all_pairs() {
    let [task, _] = s4();
    let found = task.circuits(Method::Pairs).unwrap();
    let circuit = &found.circuits[0];
    assert_eq!(found.irreps[circuit.irrep].name, "(3,1)");
    assert_eq!(circuit.stabilizers, [6, 6]);
    assert_eq!((circuit.weights.len(), circuit.counts.len()), (16, 16));
    assert!(circuit.counts.iter().all(|&count| count > 0), "{:?}", circuit.counts);
    assert!(circuit.weights.iter().all(|weight| (weight - 1.0).abs() < 1e-3));
    // In the circuit of the sign, pairs of equal points write 6 % more than the others, for every
    // input alike.
    let sign = &found.circuits[1];
    assert_eq!((&*found.irreps[sign.irrep].name, sign.weights.len()), ("sign", 4));
    assert!(sign.weights.iter().all(|weight| (weight - 1.0).abs() < 1e-3), "{:?}", sign.weights);
    for orbit in &circuit.orbits {
        assert_eq!((orbit.dimensions, orbit.points.len()), (3, 4));
        assert!((orbit.shown - 1.0).abs() < 1e-9);
        // Corners of a tetrahedron: cosines of -1/3.
        let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f64>();
        for (i, a) in orbit.points.iter().enumerate() {
            for (j, b) in orbit.points.iter().enumerate() {
                let expected = if i == j { 1.0 } else { -1.0 / 3.0 };
                assert!((product(a, b) - expected).abs() < 1e-9);
            }
        }
        assert_eq!(orbit.neurons.len(), circuit.neurons.len());
        let near = |point: &NeuronPoint| {
            orbit
                .points
                .iter()
                .any(|corner| corner.iter().zip(&point.point).all(|(x, y)| (x - y).abs() < 1e-3))
        };
        assert!(orbit.neurons.iter().all(near));
    }
    let neuron = task.neuron(circuit.neurons[0]).unwrap();
    let ideal = neuron.ideal.unwrap();
    assert!(off(&neuron.real.left, &ideal.left) < 1e-4);
    assert!(off(&neuron.real.out, &ideal.out) < 1e-3);
}

#[test]
fn integrals_are_proven_by_each_rule_for_the_frequencies_that_neurons_have() {
    let task = task!("Z59_s0.safetensors");
    let proven = task.integrals().unwrap();
    let rules: Vec<_> = proven.iter().map(|proof| &*proof.strategy).collect();
    assert_eq!(rules, ["quadrature-boxes", "quadrature-spectral", "quadrature-kinks"]);
    let measured = task.frequencies().unwrap().frequencies;
    for found in &proven[2].frequencies {
        let same = measured.iter().find(|other| other.frequency == found.frequency).unwrap();
        // Both are measured: over other neurons where some are nearly dead, and at other angles.
        assert!((found.mean - same.absolute.mean).abs() < 0.02, "{found:?}, {same:?}");
        for rule in &proven {
            let bounds = rule.frequencies.iter().find(|f| f.frequency == found.frequency).unwrap();
            assert!(bounds.absolute.at_most >= found.absolute.at_least, "{}", rule.strategy);
        }
    }
}

#[test]
fn an_s5_model_loses_by_what_its_pairs_write() {
    let task = task!("S5_s1.safetensors");
    let found = task.circuits(Method::Absolute).unwrap();
    let names: Vec<_> = found.circuits.iter().map(|c| &*found.irreps[c.irrep].name).collect();
    assert_eq!(names, ["(4,1)", "sign"]);
    let [circuit, _] = &found.circuits[..] else { panic!("two") };
    assert_eq!((circuit.weights.len(), circuit.orbits[0].dimensions), (25, 4));
    assert!(circuit.counts.iter().all(|&count| count > 0));
    assert!((circuit.orbits[0].shown - 0.75).abs() < 1e-9);
    // Half the places of the other circuit, the signs of permutations, have no neurons.
    let [incomplete, Fault::UnequalSum { circuit: 1, least, most }] = &found.faults[..] else {
        panic!("{:?}", found.faults);
    };
    assert_eq!(incomplete, &Fault::IncompleteSum { circuit: 1, filled: 2, places: 4 });
    assert!((least - 1.0644).abs() < 1e-4 && (most - 2.9356).abs() < 1e-4, "{least} {most}");
    let split = task.split("irrep".parse().unwrap()).unwrap();
    assert_eq!(split.parts, ["ideal", "right", "bias", "activations", "read-out"]);
    assert!((split.mean[0] - 5.7795).abs() < 1e-4 && (split.mean[4] + 3.9683).abs() < 1e-4);
    // It proves all but nine inputs; the worst is one of them.
    assert!(split.worst.parts.iter().sum::<f64>() < 0.0);
    let map = task.margin_map(Some("irrep".parse().unwrap()));
    assert_eq!(map.count, 14_391);
}

#[test]
fn questions_are_answered_by_name() {
    let (name, bytes) = ("S4_s0", include_bytes!("fixtures/group_operations/S4_s0.safetensors"));
    let (model, _) = GroupOperation::load(name, bytes, &Options::default()).unwrap();
    let ask = |question: &str| {
        let question: serde_json::Value = serde_json::from_str(question).unwrap();
        model.ask(&question).map_err(|error| error.to_string())
    };
    let look = ask(r#"{"ask": "logits", "x": 3, "y": 5}"#).unwrap();
    let look: serde_json::Value = serde_json::from_str(&look).unwrap();
    assert_eq!(
        (look["answer"].clone(), look["right"].clone()),
        (look["product"].clone(), true.into())
    );
    let added = |part: &serde_json::Value| part.as_f64().unwrap();
    let speakers = look["speakers"].as_array().unwrap();
    let sum: f64 = speakers.iter().map(|speaker| added(&speaker["adds"])).sum();
    let sum = sum + added(&look["others"]) + added(&look["around"]);
    let logit = |key: &str| added(&look["logits"][look[key].as_u64().unwrap() as usize]);
    assert!((sum - (logit("product") - logit("rival"))).abs() < 1e-9);
    for (question, start) in [
        (r#"{"ask": "margins"}"#, r#"{"order":24,"#),
        (r#"{"ask": "split", "strategy": "brute-force"}"#, "null"),
        (r#"{"ask": "frequencies"}"#, "null"),
        (r#"{"ask": "integrals"}"#, "null"),
        (r#"{"ask": "power"}"#, r#"{"irreps":[{"name":"trivial""#),
        (r#"{"ask": "circuits", "absolute": false}"#, r#"{"irreps":"#),
        (r#"{"ask": "neuron", "neuron": 63}"#, r#"{"neuron":63"#),
        (r#"{"ask": "weights"}"#, r#"{"neurons":64"#),
    ] {
        let answer = ask(question).unwrap();
        assert!(answer.starts_with(start), "{question}: {}", &answer[..40.min(answer.len())]);
    }
    for (question, why) in [
        (r#"{"ask": "logits", "x": 24, "y": 5}"#, "two tokens from 0 to 23, found 24 and 5"),
        (r#"{"ask": "neuron", "neuron": 64}"#, "a neuron from 0 to 63, found 64"),
        (r#"{"ask": "nothing"}"#, "no question is called `nothing`: expected logits, margins"),
        (r#"{"question": "logits"}"#, "not a question: expected an object with the text `ask`"),
        (r#"{"ask": "split", "strategy": "cubic"}"#, "unknown strategy `cubic`"),
        (r#"{"ask": "margins", "strategy": "brute-force-symmetric"}"#, "not symmetric"),
    ] {
        let error = ask(question).unwrap_err();
        assert!(error.contains(why), "{error}");
    }
}
