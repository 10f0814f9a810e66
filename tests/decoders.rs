//! Transformers with two tokens, an MLP and biases everywhere, by TransformerLens' names: what they
//! are folded into computes what their definition does.

use crate::common::Random;
use compact_proofs::checker::Checker;
use compact_proofs::models::two_token::Attention;
use compact_proofs::tasks::group_operations::{GroupOperation, Options};
use compact_proofs::weights::to_safetensors;
use std::collections::BTreeMap;
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

#[test]
fn the_checker_folds_biases_by_itself() {
    let file = to_safetensors(&random(3), &BTreeMap::new());
    for attention in [Attention::One, Attention::Half] {
        let (task, facts) = GroupOperation::load("file", &file, &options(attention)).unwrap();
        let mut run = task.run("brute-force".parse().unwrap()).unwrap();
        run.finish();
        let certificate = task.certificate(facts.certified_sha256(), &run).unwrap().to_json();
        let mut checker = Checker::new("file", &file, &certificate).unwrap();
        while checker.step() {}
        let verdict = checker.verdict().unwrap();
        assert!(verdict.accepted, "{attention}: {:?}", verdict.reasons);
        assert_eq!(verdict.derived, run.tally().right.to_string());
    }
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
