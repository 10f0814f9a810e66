//! Training of toy models and dictionaries gives the same bits natively and in WebAssembly.

use compact_proofs::labs::superposition::{
    DictionarySettings, Kind, Lab, LabSettings, Layer, Penalty, ToySettings,
};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// Trains each kind of dictionary with each penalty for a moment, and mixes the bits of all
/// weights.
fn bits(layer: Layer) -> u64 {
    let toy = ToySettings {
        layer,
        features: 9,
        hidden: 4,
        probability: 0.2,
        importance: 0.9,
        steps: 60,
        seed: 11,
    };
    let kinds = [Kind::Autoencoder, Kind::Crosscoder, Kind::Matryoshka];
    let of = |kind, penalty| DictionarySettings {
        kind,
        penalty,
        lambda: 0.1,
        scale: 0.7,
        k: 2,
        latents: 16,
        steps: 60,
        seed: 12,
    };
    let dictionaries =
        kinds.into_iter().flat_map(|kind| Penalty::ALL.map(|penalty| of(kind, penalty))).collect();
    let mut lab =
        Lab::new(LabSettings { toy, dictionaries }).expect("settings within their ranges");
    while lab.advance() {}
    let mut mixed = 0xcbf2_9ce4_8422_2325_u64;
    for place in 0..15 {
        let training = lab.dictionary(place).expect("fifteen dictionaries");
        let losses = [training.losses.error, training.losses.penalty];
        let weights = training.dictionary.decoder.iter().chain(&training.dictionary.bias);
        for x in weights.chain(&losses) {
            mixed = (mixed ^ x.to_bits()).wrapping_mul(0x0100_0000_01b3);
        }
    }
    mixed
}

#[test]
fn training_has_the_same_bits_everywhere() {
    let found = [Layer::Relu, Layer::Bilinear].map(bits);
    assert_eq!(found, [0xb779_ba8e_e0ae_64a9, 0x5d53_137c_9f00_4c28], "{found:x?}");
}
