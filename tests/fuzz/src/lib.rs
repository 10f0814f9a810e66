//! What the fuzz targets do with an input. Each function is one target; it panics if something is
//! wrong.
//!
//! `tests/corpora.rs` includes this file as a module and runs the committed inputs.
#![allow(unreachable_pub, reason = "a crate for libFuzzer, a module in tests/corpora.rs")]

#[path = "../../common/mod.rs"]
mod common;
#[path = "../../common/files.rs"]
mod files;
#[path = "../../common/memory.rs"]
mod memory;
#[path = "../../common/truth/mod.rs"]
mod truth;

use compact_proofs::models::transformer::{Shape, Transformer};
use compact_proofs::proof::{Certificate, Unproven, Version};
use compact_proofs::tasks::max_of_k::MaxOfK;
use compact_proofs::tasks::max_of_k::additive::{
    self, Additive, Boxes, Column, Count, Dominant, Method, Plan, Tokens,
};
use compact_proofs::tasks::max_of_k::subcubic::{
    self, Attention, AttentionError, DirectPath, FourFactors, Gaps, LowRank, Proof, Subcubic,
};
use compact_proofs::weights::limits::{MEMORY_ALLOWANCE, MEMORY_RATIO};
use compact_proofs::weights::{ReadError, WeightsFile, read};
use files::{
    Pickle, deflated, dict, safetensors as safetensors_file, stored, tensor, torch, tuple,
    zip as archive,
};
use std::sync::OnceLock;
use truth::Truth;

#[global_allocator]
static ALLOCATOR: memory::Counting = memory::Counting;

/// What a target does with an input.
pub type Target = fn(&[u8]);

/// Every target by its name.
pub const TARGETS: [(&str, Target); 11] = [
    ("safetensors", safetensors),
    ("torch_zip", torch_zip),
    ("torch_entry", torch_entry),
    ("torch_legacy", torch_legacy),
    ("zip", zip),
    ("npz", npz),
    ("json", json),
    ("any_file", any_file),
    ("subcubic_proof", subcubic_proof),
    ("additive_plan", additive_plan),
    ("certificate", certificate),
];

// ---- readers
// -----------------------------------------------------------------------------------------------------

/// Longest message: quotes are cut, and lists too.
const MAX_MESSAGE: usize = 8000;

/// The most elements of a file that are turned into numbers: more would run no other code.
const MAX_ELEMENTS: usize = 1 << 16;

/// Reads a file and all its tensors, within the memory that reading may take.
fn read_all(bytes: &[u8]) {
    let (file, held) = memory::peak(|| read(bytes));
    let allowed = MEMORY_RATIO * bytes.len() + MEMORY_ALLOWANCE;
    assert!(held <= allowed, "reading {} bytes took {held}, allowed are {allowed}", bytes.len());
    let file = match file {
        Ok(file) => file,
        Err(error) => return is_short(&error.to_string()),
    };
    assert!(!file.tensors.is_empty(), "a file without tensors");
    let mut left = MAX_ELEMENTS;
    for tensor in file.tensors.values() {
        let elements = tensor.shape().iter().product();
        if left < elements {
            break;
        }
        left -= elements;
        match tensor.to_array() {
            Ok(array) => {
                assert!(array.shape() == tensor.shape() && array.iter().all(|x| x.is_finite()))
            }
            Err(error) => is_short(&error.to_string()),
        }
    }
}

fn is_short(message: &str) {
    assert!(
        (10..MAX_MESSAGE).contains(&message.len()),
        "a message of {} bytes: {message}",
        message.len()
    );
}

/// The header up to the first end of line, then the data; the header's length is put before it.
pub fn safetensors(input: &[u8]) {
    let end = input.iter().position(|&byte| byte == b'\n').unwrap_or(input.len());
    let (header, data) = input.split_at(end);
    read_all(&safetensors_file(header, data.get(1..).unwrap_or_default()));
}

/// A pickle without its start and its end, in an archive with right checksums and a storage of 64
/// bytes.
pub fn torch_zip(input: &[u8]) {
    let storage: Vec<u8> = (0..16_u8).flat_map(|i| f32::from(i).to_le_bytes()).collect();
    read_all(&torch(input, &storage));
}

/// A state dict of which one entry is made by another function or class: refused, or the network is
/// what it was, count and all. The first byte says which entry, the second how the name that
/// follows (module, end of line, name) is put to use.
pub fn torch_entry(input: &[u8]) {
    let (&[which, how, ref name @ ..], true) = (input, input.len() < 400) else { return };
    let Some((module, name)) = str::from_utf8(name).ok().and_then(|name| name.split_once('\n'))
    else {
        return;
    };
    let name = name.split('\n').next().unwrap_or_default();
    let function = format!("c{module}\n{name}\n").into_bytes();
    let plain = |shape: &[u64], strides: &[u64]| tensor("FloatStorage", 16, 0, shape, strides);
    let (square, row) = (plain(&[3, 3], &[3, 1]), plain(&[3], &[1]));
    let arguments = |plain: &[u8]| {
        plain[b"ctorch._utils\n_rebuild_tensor_v2\n".len()..plain.len() - 1].to_vec()
    };
    let empty = b"}".to_vec();
    let changed = |plain: &Pickle| match how % 5 {
        // Made from what a tensor is made from, from a tensor, and as a tensor of another class.
        0 => [&function, &arguments(plain)[..], b"R"].concat(),
        1 => [&function, &tuple(&[plain.clone(), b"\x88".to_vec(), empty.clone()])[..], b"R"]
            .concat(),
        2 => {
            let rebuild = b"ctorch._utils\n_rebuild_tensor_v2\n".to_vec();
            let parts = tuple(&[rebuild, function.clone(), arguments(plain), empty.clone()]);
            [b"ctorch._tensor\n_rebuild_from_type_v2\n", &parts[..], b"R"].concat()
        }
        // An object that has it, and the function or class itself.
        3 => [&function, &b")\x81"[..], &dict(&[("data", plain)]), b"b"].concat(),
        _ => function.clone(),
    };
    let entries = [
        ("embed.W_E", &square),
        ("pos_embed.W_pos", &square),
        ("blocks.0.attn.W_Q", &square),
        ("blocks.0.attn.W_K", &square),
        ("blocks.0.attn.W_V", &square),
        ("blocks.0.attn.W_O", &square),
        ("unembed.W_U", &square),
        ("blocks.0.attn.b_Q", &row),
        ("unembed.b_U", &row),
        ("blocks.0.mlp.W_in", &square),
    ];
    // Without the last, which is no part of the network.
    let file = |entries: &[(&str, &Pickle)]| torch(&dict(entries), &STORAGE);
    let expected =
        MaxOfK::load("plain", &file(&entries[..9])).expect("a plain state dict is read").0;
    let which = usize::from(which) % entries.len();
    let value = changed(entries[which].1);
    let mut altered = entries;
    altered[which].1 = &value;
    let altered = file(&altered[..9.max(which + 1)]);
    read_all(&altered);
    match MaxOfK::load("altered", &altered) {
        Ok((task, _)) => {
            assert!(which < 9, "an MLP is left out");
            assert_eq!(task.model(), expected.model(), "another network is read");
        }
        Err(error) => is_short(&error.to_string()),
    }
}

/// Sixteen numbers.
const STORAGE: [u8; 64] = {
    let (mut storage, mut i, mut digits) = ([0; 64], 0, 0_u8);
    while i < 16 {
        // From 0.5 to 0.97, one after the other.
        storage[4 * i + 3] = 0x3f;
        storage[4 * i + 2] = digits;
        (i, digits) = (i + 1, digits + 8);
    }
    storage
};

/// What follows the three pickles that every file of its kind begins with.
pub fn torch_legacy(input: &[u8]) {
    let magic = 0x1950_a86a_20f9_469c_fc6c_u128.to_le_bytes();
    let system = dict(&[("little_endian", &b"\x88".to_vec())]);
    let start =
        [b"\x80\x02\x8a\x0a", &magic[..10], b".\x80\x02M\xe9\x03.\x80\x02", &system, b"."].concat();
    read_all(&[&start, input].concat());
}

/// A whole archive.
pub fn zip(input: &[u8]) {
    read_all(&[b"PK\x03\x04", input.get(4..).unwrap_or_default()].concat());
}

/// An array, stored or deflated in an archive with right checksums.
pub fn npz(input: &[u8]) {
    let array = [b"\x93NUMPY", input].concat();
    read_all(&archive(&[stored("x.npy", &array)]));
    read_all(&archive(&[deflated("x.npy", &array)]));
}

/// A JSON file.
pub fn json(input: &[u8]) {
    read_all(&[b"{", input].concat());
}

/// A whole file of any format, as what the page does with it: a model and the task.
pub fn any_file(input: &[u8]) {
    read_all(input);
    if let Err(error) = MaxOfK::load("input", input) {
        is_short(&error.to_string());
    }
    let model = |file: WeightsFile<'_>| Transformer::from_weights(&file);
    if let Ok(Ok(model)) = read(input).map_err(|error: ReadError| error.to_string()).map(model) {
        let weights =
            [&model.W_E, &model.W_pos, &model.W_Q, &model.W_K, &model.W_V, &model.W_O, &model.W_U];
        assert!(weights.into_iter().flatten().all(|x| x.is_finite()));
    }
}

// ---- proof objects
// -----------------------------------------------------------------------------------------------

/// A model and the exact truth about it.
struct Model {
    task: MaxOfK,
    truth: Truth,
}

impl Model {
    fn new(model: Transformer) -> Self {
        let truth = Truth::new(&model);
        Self { task: MaxOfK::new(model).expect("one output for each token"), truth }
    }

    /// Models that get much, some and little right.
    fn all() -> &'static [Self] {
        static MODELS: OnceLock<Vec<Model>> = OnceLock::new();
        MODELS.get_or_init(|| {
            let random =
                Transformer::from_entries(Shape { v: 3, d: 2, h: 2, n: 2 }, common::uniform(7));
            let models = [
                common::working(4, 3, 6.0, 0.02, 1),
                random,
                common::working(6, 2, 2.0, 0.1, 2),
                common::working(3, 4, 4.0, 0.1, 3),
            ];
            models.into_iter().map(Self::new).collect()
        })
    }
}

/// Numbers out of an input; zeros once it ends.
struct Numbers<'a>(&'a [u8]);

impl Numbers<'_> {
    fn byte(&mut self) -> u8 {
        self.0.split_off_first().copied().unwrap_or_default()
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::from(self.byte()) % limit
    }

    /// Mostly a small number, now and then any.
    fn float(&mut self) -> f64 {
        match self.byte() {
            0x80 => f64::from_le_bytes(std::array::from_fn(|_| self.byte())),
            byte => f64::from(byte.cast_signed()) / 64.0,
        }
    }

    fn floats(&mut self, count: usize) -> Vec<f64> {
        (0..count).map(|_| self.float()).collect()
    }
}

/// A proof object, as JSON or as numbers to make one of: no case of it claims more sequences than
/// are right.
pub fn subcubic_proof(input: &[u8]) {
    if input.starts_with(b"{") {
        let Ok(proof) = serde_json::from_slice::<Proof>(input) else { return };
        Model::all().iter().for_each(|model| check_proof(model, &proof));
        return;
    }
    let mut numbers = Numbers(input);
    let models = Model::all();
    let model = &models[numbers.below(models.len())];
    let Shape { v, d, n, .. } = model.task.shape();
    let strategies: Vec<_> = Subcubic::all().collect();
    let strategy = strategies[numbers.below(strategies.len())];
    let low_rank = match strategy.error {
        AttentionError::Exact => LowRank::None,
        AttentionError::Svd
        | AttentionError::MaxDiff
        | AttentionError::MeanMaxDiff
        | AttentionError::MaxDiffExact => LowRank::RankOne {
            query: numbers.floats(v),
            key: numbers.floats(v),
            singular_value: 100.0 * numbers.float(),
            ridge: numbers.float() / 100.0,
        },
        _ => LowRank::FourFactors(Box::new(FourFactors {
            query: numbers.floats(v),
            query_rest: numbers.floats(v),
            W_Q: numbers.floats(d),
            W_K: numbers.floats(d),
            key: numbers.floats(v),
            key_rest: numbers.floats(v),
        })),
    };
    let direct = (strategy.direct == DirectPath::SvdQuery).then(|| numbers.floats(d));
    let mean = strategy.attention == Attention::MeanQuery;
    let centres = mean.then(|| (0..v).map(|_| numbers.floats(n)).collect());
    let mut gaps = Gaps::uniform(v, n, 1);
    for (m, c) in (0..v).flat_map(|m| (0..n).map(move |c| (m, c))) {
        gaps.queries_mut(m, c).fill_with(|| u16::from(numbers.byte() % 8) + 1);
    }
    check_proof(model, &Proof::new(strategy, low_rank, direct, centres, gaps));
}

fn check_proof(Model { task, truth }: &Model, proof: &Proof) {
    let json = proof.to_json();
    let cases = match subcubic::verify(task.model(), proof) {
        Ok(cases) => cases,
        Err(error) => return assert!(!error.to_string().is_empty()),
    };
    let again: Proof = serde_json::from_str(&json).expect("what is written is read");
    assert!(again == *proof, "{json} reads back as {}", again.to_json());
    assert!(cases.proven() <= task.sequences());
    for case in cases.iter() {
        let right = truth.right(case.q, case.m, case.c);
        assert!(case.proven <= right, "{case:?}, right are {right}; {json}");
    }
}

/// A plan, as JSON or as numbers to make one of: it claims neither more right sequences than there
/// are nor more wrong ones.
pub fn additive_plan(input: &[u8]) {
    if input.starts_with(b"{") {
        let Ok(plan) = serde_json::from_slice::<Plan>(input) else { return };
        Model::all().iter().for_each(|model| check_plan(model, &plan));
        return;
    }
    let mut numbers = Numbers(input);
    let models = Model::all();
    let model = &models[numbers.below(models.len())];
    let Shape { v, n, .. } = model.task.shape();
    let sizes: [&[usize]; 8] =
        [&[16, 4, 1], &[2, 1], &[1], &[], &[4, 2], &[3], &[4, 4, 4], &[usize::MAX, 1]];
    let queries = sizes[numbers.below(sizes.len())].to_vec();
    let columns = (0..v).map(|m| {
        if numbers.below(8) == 7 {
            return None;
        }
        let boxes = Boxes { depth: numbers.below(queries.len() + 1), tokens: 1 + numbers.below(5) };
        let methods: Vec<_> = (0..=m).map(|_| method(&mut numbers, m, n)).collect();
        Some(Column::new(boxes, methods))
    });
    let columns = columns.collect();
    check_plan(
        model,
        &Plan { version: Version, strategy: Additive::Exact, v, n, queries, columns },
    );
}

fn method(numbers: &mut Numbers<'_>, m: usize, n: usize) -> Method {
    match numbers.below(4) {
        0 => Method::Leave,
        1 => Method::Enumerate,
        2 => Method::Split(
            (0..numbers.below(n + 1))
                .map(|_| {
                    let chosen = numbers.byte();
                    (0..m).filter(|t| chosen >> (t % 8) & 1 == 1).collect::<Tokens>()
                })
                .collect(),
        ),
        _ => Method::Count(Count {
            tilt: (numbers.below(2) == 1).then(|| numbers.float().abs() * 10.0),
            bins: (numbers.below(2) == 1).then(|| 32 + u32::from(numbers.byte())),
            unless_below: numbers.float() * 10.0,
            dominant: (numbers.below(2) == 1).then(|| Dominant {
                output: usize::from(numbers.byte()),
                factor: numbers.float().abs(),
            }),
        }),
    }
}

fn check_plan(model: &Model, plan: &Plan) {
    let task = &model.task;
    let verified = match additive::verify(task.model(), plan) {
        Ok(verified) => verified,
        Err(error) => return assert!(!error.to_string().is_empty()),
    };
    let (tally, json) = (verified.tally(), plan.to_json());
    let again: Plan = serde_json::from_str(&json).expect("what is written is read");
    assert!(again == *plan, "{json} reads back as {}", again.to_json());
    let right = model.truth.total();
    let wrong = task.sequences() - right;
    assert!(tally.right <= right, "{tally:?}, right are {right}; {json}");
    assert!(tally.wrong <= wrong, "{tally:?}, wrong are {wrong}; {json}");
    assert!(
        tally.right + tally.wrong <= task.sequences(),
        "{tally:?} of {}; {json}",
        task.sequences()
    );
}

/// The SHA-256 that the models are said to have.
const SHA256: &str = "00000000000000000000000000000000000000000000000000000000000000ff";

/// A certificate as it is, and as one about each of the models: what holds claims no more than is
/// true.
pub fn certificate(input: &[u8]) {
    let Ok(certificate) = serde_json::from_slice::<Certificate>(input) else { return };
    for model in Model::all() {
        check_certificate(model, &certificate);
        let Shape { v, n, .. } = model.task.shape();
        let Certificate { correct, .. } = &certificate;
        let sequences = model.task.sequences().to_string();
        // What is compared first, so that the rest is looked at.
        let theorem = format!(
            "Of the {sequences} sequences of length {n} over {v} tokens, the one-layer transformer whose weights file has the \
             SHA-256 {SHA256} answers at least {correct} with their largest token: in exact real arithmetic, its logit at the \
             last position exceeds every other."
        );
        let (task, sha256) = ("max-of-k".into(), SHA256.into());
        let mut about =
            Certificate { task, theorem, sha256, v, n, sequences, ..certificate.clone() };
        // And what is compared last.
        let flops = check_certificate(model, &about);
        about.flops = flops.unwrap_or(about.flops);
        check_certificate(model, &about);
        if about.cases.is_some() {
            check_certificate(model, &Certificate { cases: None, ..about });
        }
    }
}

/// Checks what a certificate claims; the FLOPs of a verification that finds all but them to be
/// right.
fn check_certificate(Model { task, truth }: &Model, certificate: &Certificate) -> Option<f64> {
    let json = certificate.to_json();
    // A number that JSON cannot hold has become null.
    if certificate.flops.is_finite() {
        let again: Certificate = serde_json::from_str(&json).expect("what is written is read");
        assert!(
            again.to_json() == certificate.to_json(),
            "{json} reads back as {}",
            again.to_json()
        );
    }
    let mut run = match task.claimed(&[SHA256], certificate) {
        Ok(run) => run,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            return None;
        }
    };
    run.finish();
    let right = truth.total();
    match run.confirmed() {
        Ok(outcome) => {
            let claimed: u128 = certificate.correct.parse().expect("a confirmed claim is a number");
            assert!(claimed <= outcome.bound.correct(), "{claimed} claimed; {json}");
            assert!(
                outcome.bound.correct() <= right,
                "{} proven, right are {right}; {json}",
                outcome.bound.correct()
            );
            None
        }
        Err(Unproven::Flops { counted, .. }) => Some(counted),
        Err(error) => {
            assert!(!error.to_string().is_empty());
            None
        }
    }
}
