//! The canonical safetensors file of a network, and certificates that name it.

use crate::common::{self, load};
use compact_proofs::models::transformer::{AttnScale, Shape, Transformer};
use compact_proofs::proof::Certificate;
use compact_proofs::tasks::max_of_k::{
    CertificateError, MaxOfK, ModelFacts, Pruning, Strategy, sha256,
};
use compact_proofs::weights::{Dtype, read};
use serde_json::{Value, json};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const BIASED: &[u8] = include_bytes!("fixtures/biased_v7_n3.safetensors");

/// The configuration in the metadata of a safetensors file.
fn config(file: &[u8]) -> Value {
    serde_json::from_str(&read(file).unwrap().metadata["config"]).unwrap()
}

/// The model in a canonical file, with the scale that its configuration gives.
fn read_back(file: &[u8]) -> Transformer {
    let model = Transformer::from_weights(&read(file).unwrap()).unwrap();
    match config(file)["attn_scale"].as_f64() {
        Some(number) => model.with_attn_scale(number).unwrap(),
        None => model,
    }
}

/// The bits of all weights.
fn bits(model: &Transformer) -> Vec<u64> {
    let Transformer { W_E, W_pos, W_Q, W_K, W_V, W_O, W_U, .. } = model;
    [W_E, W_pos, W_Q, W_K, W_V, W_O, W_U].into_iter().flatten().map(|x| x.to_bits()).collect()
}

/// Asserts that the canonical file of `model` is read back to the model, bit by bit, by every
/// reader.
fn is_read_back(model: &Transformer) {
    let file = model.canonical();
    let again = read_back(&file);
    assert_eq!((&again, bits(&again)), (model, bits(model)));
    assert_eq!(again.canonical(), file);

    // The page's module `prove` reads the tensors alone; the module `files` tells it the scale.
    let (task, facts) = MaxOfK::load("canonical", &file).unwrap();
    let (alone, _) = MaxOfK::load_tensors("canonical", &file, facts.own.attn_scale).unwrap();
    assert_eq!((alone.model(), bits(alone.model())), (task.model(), bits(task.model())));
    let refused = MaxOfK::load_plain("canonical", &file).unwrap_err().to_string();
    assert!(refused.contains("`config`, which says something of the network"), "{refused}");
}

/// The bytes of canonical files are part of the certificates' format: a digest that changes here
/// makes certificates worthless that are about models read from other formats than safetensors.
#[test]
fn canonical_files_are_what_they_were() {
    let model = load("biased", BIASED).model().clone();
    let file = model.canonical();
    is_read_back(&model);
    let length = usize::from(file[0]) + 256 * usize::from(file[1]);
    let header: Value = serde_json::from_slice(&file[8..8 + length]).unwrap();
    let shapes = |(name, entry): (&String, &Value)| (name.clone(), entry["shape"].clone());
    let shapes: Vec<_> = header
        .as_object()
        .unwrap()
        .iter()
        .filter(|(name, _)| *name != "__metadata__")
        .map(shapes)
        .collect();
    let expected = [
        ("blocks.0.attn.W_K", json!([1, 6, 5])),
        ("blocks.0.attn.W_O", json!([1, 5, 6])),
        ("blocks.0.attn.W_Q", json!([1, 6, 5])),
        ("blocks.0.attn.W_V", json!([1, 6, 5])),
        ("blocks.0.attn.b_K", json!([1, 5])),
        ("blocks.0.attn.b_O", json!([6])),
        ("blocks.0.attn.b_Q", json!([1, 5])),
        ("blocks.0.attn.b_V", json!([1, 5])),
        ("embed.W_E", json!([7, 6])),
        ("pos_embed.W_pos", json!([3, 6])),
        ("unembed.W_U", json!([6, 7])),
        ("unembed.b_U", json!([7])),
    ];
    assert_eq!(shapes, expected.map(|(name, shape)| (name.to_owned(), shape)));
    assert_eq!(
        header["__metadata__"],
        json!({"config": "{\"n_layers\":1,\"n_heads\":1,\"d_model\":6,\"d_head\":5,\"n_ctx\":3,\"d_vocab\":7,\"d_vocab_out\":7,\
            \"attn_only\":true,\"normalization_type\":null,\"positional_embedding_type\":\"standard\",\"attention_dir\":\"causal\"}"})
    );
    assert_eq!(sha256(&file), "e4ec6905bc215261864b66d3d608f0a471ee5aa3c1a76c2d68642ac3eb5dc93f");
    let scaled = model.with_attn_scale(0.1).unwrap();
    is_read_back(&scaled);
    assert!(
        read(&scaled.canonical()).unwrap().metadata["config"]
            .ends_with(",\"use_attn_scale\":true,\"attn_scale\":0.1}")
    );
    assert_eq!(
        sha256(&scaled.canonical()),
        "f311e152c8777d64204634cf55478ae77ae55b80107f3c08965ed95797d4a82e"
    );
}

#[test]
fn no_number_is_rounded() {
    let mut model = Transformer::from_entries(Shape { v: 3, d: 2, h: 2, n: 2 }, || 0.25);
    model.W_Q[[1, 0]] = 0.1;
    model.W_E[[0, 0]] = -0.0;
    is_read_back(&model);
    let file = model.canonical();
    let tensors = read(&file).unwrap().tensors;
    assert_eq!(tensors["blocks.0.attn.W_Q"].dtype(), Dtype::F64);
    assert!(
        tensors.iter().all(|(name, tensor)| name.ends_with("W_Q") || tensor.dtype() == Dtype::F32)
    );
}

#[cfg(not(target_arch = "wasm32"))]
mod properties {
    use super::*;
    use crate::common::uniform;
    use compact_proofs::models::transformer::Biases;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn the_canonical_file_is_the_very_network(
            (v, d, h, n) in (2_usize..=6, 1_usize..=5, 1_usize..=5, 1_usize..=4),
            seed in 1_u64..1 << 40,
            exponent in -40_i32..=37,
            (single, biased) in (any::<bool>(), any::<bool>()),
            scale in prop::option::of(-32.0_f64..32.0),
        ) {
            let mut entry = uniform(seed);
            let mut entry = || {
                let x = entry() * 10_f64.powi(exponent);
                #[expect(clippy::cast_possible_truncation, reason = "the nearest")]
                if single { f64::from(x as f32) } else { x }
            };
            let mut model = Transformer::from_entries(Shape { v, d, h, n }, &mut entry);
            if biased {
                let mut bias = |length: usize| (0..length).map(|_| entry()).collect();
                let biases = Biases { b_Q: bias(h), b_K: bias(h), b_V: bias(h), b_O: bias(d), b_U: bias(v) };
                // Small biases may all be zero as float32. A reader folds no such biases in.
                if !biases.are_zero() {
                    model = biases.fold_into(&model);
                }
            }
            if let Some(scale) = scale {
                model = model.with_attn_scale(scale.exp2()).unwrap();
            }
            is_read_back(&model);
        }
    }
}

/// A network read from a format other than safetensors, and its facts.
fn opened() -> (MaxOfK, ModelFacts) {
    MaxOfK::load("weights.json", include_bytes!("fixtures/formats/weights.json")).unwrap()
}

/// The certificate of the cubic proof about the file with the given SHA-256.
fn certificate(task: &MaxOfK, sha256: &str) -> Certificate {
    task.certificate(sha256, &common::run(task, Strategy::Cubic, Pruning::On)).unwrap()
}

#[test]
fn a_certificate_names_the_canonical_file_and_holds_of_both() {
    let (task, facts) = opened();
    let canonical = task.model().canonical();
    assert_eq!(facts.certified_sha256(), sha256(&canonical));
    assert_ne!(facts.certified_sha256(), facts.sha256);
    let (of_canonical, canonical_facts) =
        MaxOfK::load("canonical.safetensors", &canonical).unwrap();
    assert_eq!(of_canonical.model(), task.model());
    assert_eq!(canonical_facts.canonical_sha256, None);

    let now = certificate(&task, facts.certified_sha256());
    assert!(
        task.claimed(&facts.sha256s(), &now).is_ok()
            && of_canonical.claimed(&canonical_facts.sha256s(), &now).is_ok()
    );
    // Older certificates name the weights file itself. They hold of that file only.
    let before = certificate(&task, &facts.sha256);
    assert!(task.claimed(&facts.sha256s(), &before).is_ok());
    let Err(error) = of_canonical.claimed(&canonical_facts.sha256s(), &before) else {
        panic!("other bytes")
    };
    assert!(
        error.to_string().contains(&format!(
            "the SHA-256 {}, this one has {}",
            facts.sha256,
            facts.certified_sha256()
        )),
        "{error}"
    );
}

#[test]
fn what_is_assumed_of_the_network_is_compared() {
    let (_, task, _) = common::oracle().remove(0);
    let sha256 = "ab".repeat(32);
    let refused =
        |task: &MaxOfK, certificate: &Certificate| match task.claimed(&[&sha256], certificate) {
            Err(CertificateError::Field { field: "network", found, expected }) => {
                Some((found, expected))
            }
            Err(error) => panic!("{error}"),
            Ok(_) => None,
        };
    let root = certificate(&task, &sha256);
    assert_eq!(root.network, Some(task.model().network()));
    assert!(root.to_json().contains("\"network\":\"One layer, one head, no layer norm"));
    let without = |certificate: &Certificate| {
        let older = Certificate { network: None, ..certificate.clone() }.to_json();
        assert!(!older.contains("network"));
        Certificate::read(older.as_bytes()).unwrap()
    };
    assert_eq!((refused(&task, &root), refused(&task, &without(&root))), (None, None));
    let other = Certificate { network: Some("Two layers.".into()), ..root.clone() };
    assert_eq!(refused(&task, &other).unwrap().0, "Two layers.");

    // The weights do not tell the scale: a certificate about another scale must name the network.
    let scaled = MaxOfK::new(task.model().clone().with_attn_scale(0.5).unwrap()).unwrap();
    assert_eq!(scaled.model().attn_scale, AttnScale::Number(0.5));
    let half = certificate(&scaled, &sha256);
    assert_eq!(refused(&scaled, &half), None);
    assert_eq!(refused(&scaled, &without(&half)).unwrap().0, "absent");
    let (found, expected) = refused(&scaled, &root).unwrap();
    assert!(
        found.contains("divided by √d_head = √32,") && expected.contains("divided by 0.5,"),
        "{found} {expected}"
    );
    assert!(refused(&task, &half).is_some());
}
