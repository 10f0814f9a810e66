//! Transformers with two tokens, an MLP and biases everywhere, by TransformerLens' names: what they
//! are folded into computes what their definition does.

use crate::common::Random;
use compact_proofs::checker::{Checker, Verdict};
use compact_proofs::models::two_token::Attention;
use compact_proofs::tasks::group_operations::{GroupOperation, Options};
use compact_proofs::weights::to_safetensors;
use std::collections::{BTreeMap, BTreeSet};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// Tokens, and the width of the stream.
const V: usize = 6;
const D: usize = 5;
/// Heads, and their width.
const HEADS: usize = 2;
const H: usize = 3;
/// Neurons.
const M: usize = 7;

type Tensors = BTreeMap<&'static str, (Vec<usize>, Vec<f64>)>;

fn random(seed: u64) -> Tensors {
    let mut random = Random::mixed(seed);
    let shapes: [(&str, &[usize]); 15] = [
        ("embed.W_E", &[V, D]),
        ("pos_embed.W_pos", &[2, D]),
        ("blocks.0.attn.W_Q", &[HEADS, D, H]),
        ("blocks.0.attn.W_K", &[HEADS, D, H]),
        ("blocks.0.attn.W_V", &[HEADS, D, H]),
        ("blocks.0.attn.W_O", &[HEADS, H, D]),
        ("blocks.0.attn.b_Q", &[HEADS, H]),
        ("blocks.0.attn.b_K", &[HEADS, H]),
        ("blocks.0.attn.b_V", &[HEADS, H]),
        ("blocks.0.attn.b_O", &[D]),
        ("blocks.0.mlp.W_in", &[D, M]),
        ("blocks.0.mlp.b_in", &[M]),
        ("blocks.0.mlp.W_out", &[M, D]),
        ("blocks.0.mlp.b_out", &[D]),
        ("unembed.b_U", &[V]),
    ];
    let mut tensor = |shape: &[usize]| {
        (shape.to_vec(), (0..shape.iter().product()).map(|_| random.number()).collect())
    };
    let mut all: Tensors = shapes.iter().map(|&(name, shape)| (name, tensor(shape))).collect();
    all.insert("unembed.W_U", tensor(&[D, V]));
    all
}

/// `x W + b` with matrix number `head` of a tensor, and row `head` of a bias.
fn affine(all: &Tensors, x: &[f64], weight: &str, bias: Option<&str>, head: usize) -> Vec<f64> {
    let (shape, numbers) = &all[weight];
    let [rows, columns] = shape[shape.len() - 2..] else { unreachable!("a matrix") };
    assert_eq!(rows, x.len(), "{weight}");
    let matrix = &numbers[head * rows * columns..];
    let product = |j: usize| x.iter().enumerate().map(|(i, x)| x * matrix[i * columns + j]).sum();
    let added = |j: usize| bias.map_or(0.0, |bias| all[bias].1[head * columns + j]);
    (0..columns).map(|j| -> f64 { product(j) }).zip(0..).map(|(sum, j)| sum + added(j)).collect()
}

fn dot(x: &[f64], y: &[f64]) -> f64 {
    x.iter().zip(y).map(|(x, y)| x * y).sum()
}

/// The logits at the second position, straight from the definition.
fn forward(all: &Tensors, attention: Attention, tokens: [usize; 2]) -> Vec<f64> {
    let row = |name: &str, i: usize, j: usize| all[name].1[i * D + j];
    let stream = [0, 1].map(|p| -> Vec<f64> {
        (0..D).map(|j| row("embed.W_E", tokens[p], j) + row("pos_embed.W_pos", p, j)).collect()
    });
    let mut end = stream[1].clone();
    for head in 0..HEADS {
        let part = |x: &[f64], weight, bias| affine(all, x, weight, Some(bias), head);
        let query = part(&stream[1], "blocks.0.attn.W_Q", "blocks.0.attn.b_Q");
        let powers = stream.each_ref().map(|x| {
            let key = part(x, "blocks.0.attn.W_K", "blocks.0.attn.b_K");
            (dot(&query, &key) / (H as f64).sqrt()).exp()
        });
        let pattern = match attention {
            Attention::One => [1.0; 2],
            Attention::Half => [0.5; 2],
            Attention::Softmax => powers.map(|power| power / (powers[0] + powers[1])),
        };
        for (x, weight) in stream.iter().zip(pattern) {
            let value = part(x, "blocks.0.attn.W_V", "blocks.0.attn.b_V");
            let written = affine(all, &value, "blocks.0.attn.W_O", None, head);
            end.iter_mut().zip(written).for_each(|(sum, add)| *sum += weight * add);
        }
    }
    end.iter_mut().zip(&all["blocks.0.attn.b_O"].1).for_each(|(sum, bias)| *sum += bias);
    let hidden = affine(all, &end, "blocks.0.mlp.W_in", Some("blocks.0.mlp.b_in"), 0);
    let active: Vec<f64> = hidden.into_iter().map(|x| x.max(0.0)).collect();
    let added = affine(all, &active, "blocks.0.mlp.W_out", Some("blocks.0.mlp.b_out"), 0);
    end.iter_mut().zip(added).for_each(|(sum, add)| *sum += add);
    affine(all, &end, "unembed.W_U", Some("unembed.b_U"), 0)
}

fn options(attention: Attention) -> Options {
    Options { group: Some("Z6".into()), attention: Some(attention), ..Options::default() }
}

#[test]
fn folded_biases_compute_what_the_definition_does() {
    for seed in 0..8 {
        let all = random(seed);
        let file = to_safetensors(&all, &BTreeMap::new());
        for attention in [Attention::One, Attention::Half, Attention::Softmax] {
            let (task, _) = GroupOperation::load("file", &file, &options(attention)).unwrap();
            let mut right = 0;
            for (x, y) in (0..V).flat_map(|x| (0..V).map(move |y| (x, y))) {
                let expected = forward(&all, attention, [x, y]);
                for (found, expected) in task.network().logits(x, y).iter().zip(&expected) {
                    assert!((found - expected).abs() < 1e-11, "{attention}: {found}, {expected}");
                }
                let wrong = (0..V).filter(|&z| z != (x + y) % V).map(|z| expected[z]);
                right += u128::from(expected[(x + y) % V] > wrong.fold(f64::MIN, f64::max));
            }
            let mut run = task.run("brute-force".parse().unwrap()).unwrap();
            run.finish();
            assert_eq!((run.tally().right, run.tally().lost), (right, 0), "{attention}");
        }
    }
}

/// The layout of the grokking literature: weights are applied from the left, and the outputs of all
/// heads are side by side.
fn turned(all: &Tensors) -> Tensors {
    let is_as_before =
        |name: &str| name.contains(".b_") || name.ends_with("W_pos") || name.ends_with("W_U");
    let turn = |(&name, (shape, numbers)): (&&'static str, &(Vec<usize>, Vec<f64>))| {
        if is_as_before(name) {
            return (name, (shape.clone(), numbers.clone()));
        }
        let (lead, [rows, columns]) = match **shape {
            [heads, d_head, d] if name.ends_with("W_O") => (1, [heads * d_head, d]),
            [heads, rows, columns] => (heads, [rows, columns]),
            [rows, columns] => (1, [rows, columns]),
            _ => unreachable!("a matrix"),
        };
        let of_matrix = |k: usize| {
            let at = move |j: usize, i: usize| numbers[(k * rows + i) * columns + j];
            (0..columns).flat_map(move |j| (0..rows).map(move |i| at(j, i)))
        };
        let shape = match shape.len() {
            3 if !name.ends_with("W_O") => vec![lead, columns, rows],
            _ => vec![columns, rows],
        };
        (name, (shape, (0..lead).flat_map(of_matrix).collect()))
    };
    all.iter().map(turn).collect()
}

/// A certificate of brute force about a file, and the inputs that are right.
fn certified(file: &[u8], attention: Attention) -> (String, u128) {
    let (task, facts) = GroupOperation::load("file", file, &options(attention)).unwrap();
    let mut run = task.run("brute-force".parse().unwrap()).unwrap();
    run.finish();
    let certificate = task.certificate(facts.certified_sha256(), &run).unwrap();
    (certificate.to_json(), run.tally().right)
}

fn verdict(file: &[u8], certificate: &str) -> Result<Verdict, String> {
    let mut checker = Checker::new("file", file, certificate)?;
    while checker.step() {}
    Ok(checker.verdict().unwrap())
}

#[test]
fn the_checker_folds_transformers_by_itself() {
    let mut counts = BTreeSet::new();
    for all in (0..4).map(random) {
        for file in [&all, &turned(&all)].map(|all| to_safetensors(all, &BTreeMap::new())) {
            for attention in [Attention::One, Attention::Half, Attention::Softmax] {
                let (certificate, right) = certified(&file, attention);
                let found = verdict(&file, &certificate).unwrap();
                assert!(found.accepted, "{attention}: {:?}", found.reasons);
                assert_eq!(found.derived, right.to_string());
                let more = (right + 1).to_string();
                let more = certificate
                    .replace(&format!("at least {right} "), &format!("at least {more} "))
                    .replace(
                        &format!("\"correct\":\"{right}\""),
                        &format!("\"correct\":\"{more}\""),
                    );
                let found = verdict(&file, &more).unwrap();
                assert!(found.reasons[0].starts_with("right inputs: "), "{:?}", found.reasons);
                assert_eq!(found.derived, right.to_string());
                counts.insert(right);
            }
        }
    }
    assert!(counts.len() > 3, "{counts:?}: what differs counts differently");
}

#[test]
fn the_checker_refuses_parts_that_do_not_fit() {
    let all = random(1);
    for all in [&all, &turned(&all)] {
        let (certificate, _) =
            certified(&to_safetensors(all, &BTreeMap::new()), Attention::Softmax);
        let is_refused = |changed: &Tensors| {
            verdict(&to_safetensors(changed, &BTreeMap::new()), &certificate).is_err()
        };
        // Each part in turn has one row, one column or one head more or less, or is missing.
        for (name, (shape, _)) in all {
            for (axis, change) in (0..shape.len()).flat_map(|axis| [(axis, -1), (axis, 1)]) {
                let mut other = shape.clone();
                other[axis] = other[axis].strict_add_signed(change);
                // Fits: another number of tokens, and `b_K`, which has no effect.
                let fits = name.ends_with("b_K") || (*name == "embed.W_E" && shape[axis] == V);
                let mut changed = all.clone();
                changed.insert(name, (other.clone(), vec![0.5; other.iter().product()]));
                assert_eq!(is_refused(&changed), !fits, "{name} {other:?}");
            }
            let mut changed = all.clone();
            changed.remove(name);
            assert_eq!(is_refused(&changed), !name.contains(".b_"), "{name}");
        }
    }
    // An unembedding that fits the MLP, but not the stream.
    let (certificate, _) = certified(&to_safetensors(&all, &BTreeMap::new()), Attention::One);
    let mut narrow = all.clone();
    for (name, shape) in [("blocks.0.mlp.W_out", [M, D - 1]), ("unembed.W_U", [D - 1, V])] {
        narrow.insert(name, (shape.to_vec(), vec![0.5; shape[0] * shape[1]]));
    }
    let why = verdict(&to_safetensors(&narrow, &BTreeMap::new()), &certificate).unwrap_err();
    assert!(why.contains("`W_U` 4: expected two positions, and one width"), "{why}");
    // Few numbers in the file that make many: 2^13 heads for 2^9 tokens.
    let (certificate, _) = certified(&to_safetensors(&all, &BTreeMap::new()), Attention::Softmax);
    let many: [(&str, &[usize]); 9] = [
        ("embed.W_E", &[512, 1]),
        ("pos_embed.W_pos", &[2, 1]),
        ("blocks.0.attn.W_Q", &[8192, 1, 1]),
        ("blocks.0.attn.W_K", &[8192, 1, 1]),
        ("blocks.0.attn.W_V", &[8192, 1, 1]),
        ("blocks.0.attn.W_O", &[8192, 1, 1]),
        ("blocks.0.mlp.W_in", &[1, 1]),
        ("blocks.0.mlp.W_out", &[1, 1]),
        ("unembed.W_U", &[1, 2]),
    ];
    let tensor = |shape: &[usize]| (shape.to_vec(), vec![0.5; shape.iter().product()]);
    let many: Tensors = many.into_iter().map(|(name, shape)| (name, tensor(shape))).collect();
    let why = verdict(&to_safetensors(&many, &BTreeMap::new()), &certificate).unwrap_err();
    assert!(why.contains("2172649472 numbers"), "{why}");
}

#[test]
fn biases_of_other_heads_are_refused() {
    for (name, shape) in [
        ("blocks.0.attn.b_V", vec![H]),
        ("blocks.0.attn.b_V", vec![HEADS + 1, H]),
        ("blocks.0.attn.b_Q", vec![1, HEADS, H]),
        ("blocks.0.attn.b_K", vec![HEADS, H + 1]),
        ("blocks.0.attn.b_O", vec![D + 1]),
    ] {
        let mut all = random(1);
        all.insert(name, (shape.clone(), vec![0.5; shape.iter().product()]));
        let file = to_safetensors(&all, &BTreeMap::new());
        let why = GroupOperation::load("file", &file, &options(Attention::One)).unwrap_err();
        assert!(why.to_string().contains(&format!("`{name}` has shape {shape:?}")), "{why}");
    }
}
