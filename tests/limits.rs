//! Every limit on both sides: a value just inside is accepted, a value just outside is refused with
//! what was found and what was expected. The limits on memory are in `tests/memory.rs`; zip bombs,
//! and limits with a test of their own, are in `tests/weights`.

use crate::files::*;
use compact_proofs::models::transformer::{MAX_D, MAX_H, MAX_N, MAX_V, Shape, Transformer};
use compact_proofs::proof::Target;
use compact_proofs::tasks::max_of_k::additive::{
    self, Additive, Boxes, Column, Count, Dominant, Method, Plan, Stretch, Tokens,
};
use compact_proofs::tasks::max_of_k::subcubic::{
    self, Attention, DirectPath, Gaps, LowRank, MAX_CENTRE, MAX_DIRECTION, Proof, Subcubic,
};
use compact_proofs::tasks::max_of_k::{BruteForce, MaxOfK, Strategy};
use compact_proofs::weights::limits::*;
use compact_proofs::weights::{read, to_safetensors};
use std::collections::BTreeMap;
use std::fmt::Display;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// `Ok` if a value is accepted, else the message of the refusal.
pub(crate) type Verdict = Result<(), String>;

/// A limit: its name, the verdicts on a value just inside and just outside, and parts of the
/// message of the refusal.
pub(crate) struct Limit<'a> {
    name: &'a str,
    inside: Verdict,
    outside: Verdict,
    says: &'a [&'a str],
}

/// The [`Limit`] with these fields.
pub(crate) fn limit<'a>(
    name: &'a str,
    inside: Verdict,
    outside: Verdict,
    says: &'a [&'a str],
) -> Limit<'a> {
    Limit { name, inside, outside, says }
}

/// Asserts that each limit accepts the value inside and refuses the value outside as expected.
pub(crate) fn check(limits: &[Limit<'_>]) {
    for Limit { name, inside, outside, says } in limits {
        assert_eq!(inside, &Ok(()), "{name}: just inside");
        let Err(message) = outside else { panic!("{name}: just outside is accepted") };
        for part in *says {
            assert!(message.contains(part), "{name}: no {part:?} in: {message}");
        }
    }
}

/// The verdict that a result stands for.
pub(crate) fn verdict<T, E: Display>(result: Result<T, E>) -> Verdict {
    result.map(drop).map_err(|error| error.to_string())
}

/// The verdict on a weights file.
fn reading(bytes: &[u8]) -> Verdict {
    verdict(read(bytes))
}

/// A PyTorch file of tensors with these names, which share one number.
fn torch_of(names: &[String], shape: &[u64]) -> Vec<u8> {
    let x = tensor("FloatStorage", 1, 0, shape, &vec![1; shape.len()]);
    let shared = [&x[..], b"q\x010"].concat();
    let entries =
        names.iter().flat_map(|name| [&text(name)[..], b"h\x01"].concat()).collect::<Vec<_>>();
    // The large storage allows the pickle the memory to describe all these tensors.
    torch(&[&shared[..], b"}(", &entries, b"u"].concat(), &vec![0; 1 << 20])
}

/// An `.npz` file of tensors of one number with these names.
fn npz_of(names: &[String], shape: &str) -> Vec<u8> {
    zip(&names
        .iter()
        .map(|name| stored(&format!("{name}.npy"), &npy_f4(shape, &[0; 4])))
        .collect::<Vec<_>>())
}

/// A safetensors file of tensors of one number with these names.
fn safetensors_of(names: &[String], shape: &str) -> Vec<u8> {
    let entry = |(i, name): (usize, &String)| {
        let (from, to) = (4 * i, 4 * i + 4);
        format!(r#""{name}":{{"dtype":"F32","shape":{shape},"data_offsets":[{from},{to}]}}"#)
    };
    let header = names.iter().enumerate().map(entry).collect::<Vec<_>>().join(",");
    safetensors(format!("{{{header}}}").as_bytes(), &vec![0; 4 * names.len()])
}

/// A JSON file that gives `value` to each of these names.
fn json_of(names: &[String], value: &str) -> Vec<u8> {
    let entries =
        names.iter().map(|name| format!("\"{name}\":{value}")).collect::<Vec<_>>().join(",");
    format!("{{{entries}}}").into_bytes()
}

fn names(count: usize) -> Vec<String> {
    (0..count).map(|i| format!("t{i}")).collect()
}

fn long_name(length: usize) -> Vec<String> {
    vec!["n".repeat(length)]
}

#[test]
fn tensors_names_and_dimensions_in_every_format() {
    let ones = |n: usize| vec!["1"; n].join(",");
    let (shape, tuple) = (|n| format!("[{}]", ones(n)), |n| format!("({},)", ones(n)));
    let nested = |n| format!("{}0{}", "[".repeat(n), "]".repeat(n));
    let many: &[&str] = &["tensors in the file: 4097, the limit is 4096"];
    let long: &[&str] = &["bytes in the name `nnn", "513", "the limit is 512"];
    let deep: &[&str] = &["tensor `t0`: has 9 dimensions, the limit is 8"];
    let (t, n, d) = (MAX_TENSORS, MAX_NAME_BYTES, MAX_DIMS);
    check(&[
        limit(
            "tensors: safetensors",
            reading(&safetensors_of(&names(t), "[]")),
            reading(&safetensors_of(&names(t + 1), "[]")),
            many,
        ),
        limit(
            "tensors: npz",
            reading(&npz_of(&names(t), "()")),
            reading(&npz_of(&names(t + 1), "()")),
            many,
        ),
        limit(
            "tensors: torch",
            reading(&torch_of(&names(t), &[])),
            reading(&torch_of(&names(t + 1), &[])),
            many,
        ),
        limit(
            "entries: JSON",
            reading(&json_of(&names(t), "0")),
            reading(&json_of(&names(t + 1), "0")),
            &["`t4096`", "more than 4096 entries"],
        ),
        limit(
            "names: safetensors",
            reading(&safetensors_of(&long_name(n), "[]")),
            reading(&safetensors_of(&long_name(n + 1), "[]")),
            &["a name of 513 bytes, the limit is 512: `nnn"],
        ),
        limit(
            "names: npz",
            reading(&npz_of(&long_name(n), "()")),
            reading(&npz_of(&long_name(n + 1), "()")),
            long,
        ),
        limit(
            "names: torch",
            reading(&torch_of(&long_name(n), &[])),
            reading(&torch_of(&long_name(n + 1), &[])),
            long,
        ),
        limit(
            "names: JSON",
            reading(&json_of(&long_name(n), "0")),
            reading(&json_of(&long_name(n + 1), "0")),
            &["a name of 513 bytes, the limit is 512: `nnn"],
        ),
        limit(
            "dimensions: safetensors",
            reading(&safetensors_of(&names(1), &shape(d))),
            reading(&safetensors_of(&names(1), &shape(d + 1))),
            deep,
        ),
        limit(
            "dimensions: npz",
            reading(&npz_of(&names(1), &tuple(d))),
            reading(&npz_of(&names(1), &tuple(d + 1))),
            deep,
        ),
        limit(
            "dimensions: torch",
            reading(&torch_of(&names(1), &[1; MAX_DIMS])),
            reading(&torch_of(&names(1), &[1; MAX_DIMS + 1])),
            deep,
        ),
        limit(
            "dimensions: JSON",
            reading(&json_of(&names(1), &nested(d))),
            reading(&json_of(&names(1), &nested(d + 1))),
            &["`t0`[0]", "arrays more than 8 deep"],
        ),
    ]);
}

#[test]
fn headers_metadata_nesting_and_elements() {
    let padded = |length: usize| {
        let mut header = br#"{"x":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}"#.to_vec();
        header.resize(length, b' ');
        reading(&safetensors(&header, &[0; 4]))
    };
    let texts = |n: usize| {
        let texts = (0..n).map(|i| format!(r#""{i}":"""#)).collect::<Vec<_>>().join(",");
        let x = r#""x":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}"#;
        reading(&safetensors(format!(r#"{{"__metadata__":{{{texts}}},{x}}}"#).as_bytes(), b""))
    };
    let wrapped = |depth: usize| {
        let x = dict(&[("x", &tensor("FloatStorage", 1, 0, &[], &[]))]);
        reading(&torch(&(0..depth).fold(x, |inner, _| dict(&[("model", &inner)])), &[0; 4]))
    };
    let objects = |depth| {
        reading(
            format!("{}{{\"x\": [1]}}{}", "{\"model\": ".repeat(depth), "}".repeat(depth))
                .as_bytes(),
        )
    };
    let expanded = |n: usize| {
        torch(&dict(&[("x", &tensor("FloatStorage", 1, 0, &[n as u64], &[0]))]), &[0; 4])
    };
    let array = |n| verdict(read(&expanded(n)).unwrap().tensors["x"].to_array());
    check(&[
        limit(
            "header",
            padded(MAX_HEADER_BYTES),
            padded(MAX_HEADER_BYTES + 1),
            &["bytes in the safetensors header: 1048577, the limit is 1048576"],
        ),
        limit(
            "metadata",
            texts(MAX_METADATA),
            texts(MAX_METADATA + 1),
            &["safetensors header: metadata of more than 4096 entries"],
        ),
        limit(
            "nesting: torch",
            wrapped(MAX_NESTING),
            wrapped(MAX_NESTING + 1),
            &["a dictionary with the keys `model`"],
        ),
        limit(
            "nesting: JSON",
            objects(MAX_NESTING),
            objects(MAX_NESTING + 1),
            &["an object with the keys `model`"],
        ),
        limit(
            "listed elements",
            reading(&expanded(MAX_LISTED_ELEMENTS)),
            reading(&expanded(MAX_LISTED_ELEMENTS + 1)),
            &["tensor `x`: 67108865 elements are more than the limit of 67108864"],
        ),
        limit(
            "elements",
            array(MAX_TENSOR_ELEMENTS),
            array(MAX_TENSOR_ELEMENTS + 1),
            &["1048577 elements are more than the limit of 1048576"],
        ),
    ]);
}

#[test]
fn what_a_pickle_holds() {
    let x = dict(&[("x", &tensor("FloatStorage", 1, 0, &[], &[]))]);
    let file = |n: usize| torch(&[&b"]0".repeat(n), &x[..]].concat(), &[0; 4]);
    // Finds by bisection the least number of lists that is refused.
    let (mut accepted, mut refused) = (0_usize, 400_000);
    while refused - accepted > 1 {
        let middle = accepted.midpoint(refused);
        *(if reading(&file(middle)).is_ok() { &mut accepted } else { &mut refused }) = middle;
    }
    let most = PICKLE_RATIO * file(refused).len() + PICKLE_ALLOWANCE;
    let says = format!(", the limit is {most}");
    check(&[limit(
        "pickle",
        reading(&file(accepted)),
        reading(&file(refused)),
        &["bytes that the values of data.pkl take: ", &says],
    )]);
    // A list takes 32 bytes (fewer on wasm32), and up to half as many again while the stack grows.
    assert!(
        (PICKLE_ALLOWANCE / 100..most / 16).contains(&accepted),
        "{accepted} lists in {most} bytes"
    );
}

/// Checkpoints keep measurements beside the weights, a number for each step of the training.
#[test]
fn results_beside_the_weights_are_no_reason_to_refuse_them() {
    let model = dict(&[("embed.W_E", &tensor("FloatStorage", 1, 0, &[], &[]))]);
    let double = |x: f64| [b"G", &x.to_be_bytes()[..]].concat();
    // Python pickles a NumPy number with its bytes as text. It writes the class, the type and the
    // decoder once (`start`), and recalls them for each number (`number`).
    let start = b"cnumpy.core.multiarray\nscalar\nq\x00cnumpy\ndtype\nq\x01X\x02\0\0\0f8\x89\x88\x87R(K\x03X\x01\0\0\0<NNNJ\xff\xff\xff\xff\
        J\xff\xff\xff\xffK\0tbq\x0200c_codecs\nencode\nq\x030";
    let number = |i: u32| {
        let at = |key: u32| [b"r", &key.to_le_bytes()[..]].concat();
        let encoded = [
            b"h\x03",
            &text("\0\0\0\0\0\0\u{f0}?")[..],
            &at(4 + 4 * i),
            b"X\x06\0\0\0latin1\x86",
            &at(5 + 4 * i),
            b"R",
        ];
        [b"h\0h\x02", &encoded.concat()[..], &at(6 + 4 * i), b"\x86R", &at(7 + 4 * i)].concat()
    };
    // Appends a thousand items at a time, as Python does.
    let list = |items: &mut dyn Iterator<Item = Pickle>| {
        let items: Vec<_> = items.collect();
        let parts = items.chunks(1000).flat_map(|part| [b"(", &part.concat()[..], b"e"].concat());
        [b']'].into_iter().chain(parts).collect::<Vec<_>>()
    };
    for (name, results) in [
        ("floats", list(&mut (0..100_000).map(|i| double(f64::from(i))))),
        ("whole numbers", list(&mut (0..300_000_u32).map(|i| vec![b'M', i.to_le_bytes()[0], 1]))),
        ("a dictionary a step", {
            list(
                &mut (0..20_000)
                    .map(|i| dict(&[("loss", &double(f64::from(i))), ("accuracy", &double(0.5))])),
            )
        }),
        ("numbers of NumPy", [&start[..], &list(&mut (0..9_000).map(number))].concat()),
    ] {
        let file = torch(&dict(&[("model", &model), ("train_metrics", &results)]), &[0; 4]);
        assert!(
            file.len() > 850_000 || name == "numbers of NumPy" && file.len() > 400_000,
            "{name}: {}",
            file.len()
        );
        assert_eq!(reading(&file), Ok(()), "{name}, {} bytes", file.len());
    }
}

#[test]
fn what_messages_repeat() {
    let message = |result: Verdict| result.expect_err("refused");
    // The message about an array that is no array, which repeats its name.
    let named = |length: usize| {
        message(reading(&zip(&[stored(&format!("{}.npy", "n".repeat(length)), b"no array")])))
    };
    assert!(named(MAX_QUOTED_CHARS).contains(&format!("`{}`", "n".repeat(MAX_QUOTED_CHARS))));
    assert!(named(MAX_QUOTED_CHARS + 1).contains(&format!("`{}…`", "n".repeat(MAX_QUOTED_CHARS))));
    let listed = |count: usize| {
        message(reading(&zip(&names(count)
            .iter()
            .map(|name| stored(name, b""))
            .collect::<Vec<_>>())))
    };
    assert!(
        !listed(MAX_NAMES_SHOWN).contains("more")
            && listed(MAX_NAMES_SHOWN + 1).contains(" and 1 more")
    );
    let start = |length: usize| message(reading(&vec![0x01; length]));
    assert!(start(MAX_START_BYTES).contains(&format!("0x{} ", "01".repeat(MAX_START_BYTES))));
    assert_eq!(start(MAX_START_BYTES), start(MAX_START_BYTES + 1));
    let missing = |count: usize| {
        message(verdict(Transformer::from_weights(&read(&json_of(&names(count), "0")).unwrap())))
    };
    assert!(
        !missing(MAX_NAMES_SHOWN).contains("more")
            && missing(MAX_NAMES_SHOWN + 1).contains(" and 1 more")
    );
}

/// The verdict on a model of the given shape, with `v_out` outputs, all of whose weights are
/// `value`.
fn model(Shape { v, d, h, n }: Shape, v_out: usize, value: f64) -> Verdict {
    let tensors = [
        ("embed.W_E", vec![v, d]),
        ("pos_embed.W_pos", vec![n, d]),
        ("blocks.0.attn.W_Q", vec![1, d, h]),
        ("blocks.0.attn.W_K", vec![1, d, h]),
        ("blocks.0.attn.W_V", vec![1, d, h]),
        ("blocks.0.attn.W_O", vec![1, h, d]),
        ("unembed.W_U", vec![d, v_out]),
    ];
    // JSON has float64 numbers, so it can hold a number beyond the range of float32.
    fn nest(shape: &[usize], value: f64) -> String {
        match shape {
            [] => format!("{value:e}"),
            [length, inner @ ..] => format!("[{}]", vec![nest(inner, value); *length].join(",")),
        }
    }
    let entries: Vec<_> =
        tensors.iter().map(|(name, shape)| format!("\"{name}\":{}", nest(shape, value))).collect();
    verdict(Transformer::from_weights(
        &read(format!("{{{}}}", entries.join(",")).as_bytes()).unwrap(),
    ))
}

#[test]
fn sizes_of_models() {
    let small = Shape { v: 2, d: 1, h: 1, n: 1 };
    let of = |shape: Shape| model(shape, shape.v, 1.0);
    let largest = f64::from(f32::MAX);
    check(&[
        limit(
            "v",
            of(Shape { v: MAX_V, ..small }),
            of(Shape { v: MAX_V + 1, ..small }),
            &["the vocabulary v (rows of embed.W_E) is 513, expected 2 to 512"],
        ),
        limit(
            "v, least",
            of(small),
            of(Shape { v: 1, ..small }),
            &["embed.W_E) is 1, expected 2 to 512"],
        ),
        limit(
            "d",
            of(Shape { d: MAX_D, ..small }),
            of(Shape { d: MAX_D + 1, ..small }),
            &["the residual width d (columns of embed.W_E) is 257, expected 1 to 256"],
        ),
        limit(
            "h",
            of(Shape { h: MAX_H, ..small }),
            of(Shape { h: MAX_H + 1, ..small }),
            &["the head width h (columns of blocks.0.attn.W_Q) is 257, expected 1 to 256"],
        ),
        limit(
            "n",
            of(Shape { n: MAX_N, ..small }),
            of(Shape { n: MAX_N + 1, ..small }),
            &["the context n_ctx (rows of pos_embed.W_pos) is 65, expected 1 to 64"],
        ),
        limit(
            "outputs",
            model(small, MAX_V, 1.0),
            model(small, MAX_V + 1, 1.0),
            &["the number of outputs (columns of unembed.W_U) is 513, expected 2 to 512"],
        ),
        limit(
            "outputs, least",
            model(small, 2, 1.0),
            model(small, 1, 1.0),
            &["unembed.W_U) is 1, expected 2 to 512"],
        ),
        limit(
            "magnitude",
            model(small, 2, largest),
            model(small, 2, -largest.next_up()),
            &["tensor `embed.W_E` holds -3.4028", "expected magnitudes of at most 3.4028"],
        ),
    ]);
}

/// A task with a model of arbitrary numbers.
pub(crate) fn task(v: usize, n: usize) -> Result<MaxOfK, String> {
    let mut next = 0.0;
    let model = Transformer::from_entries(Shape { v, d: 2, h: 2, n }, || {
        next = (next + 0.37) % 1.0;
        next - 0.5
    });
    MaxOfK::new(model).map_err(|error| error.to_string())
}

#[test]
fn numbers_of_sequences() {
    let feasible = |strategy, v, n| verdict(task(v, n).unwrap().feasible(strategy));
    let (brute, exact) = (Strategy::BruteForce, Strategy::Additive(Additive::Exact));
    assert_eq!(BruteForce::MAX_SEQUENCES, 1 << 41);
    let (_, least) = (task(4, 3).unwrap(), additive::least_flops(task(4, 3).unwrap().shape()));
    let within = |flops| feasible(Strategy::Additive(Additive::Best(Target::Flops(flops))), 4, 3);
    let says = format!("takes {least} already");
    check(&[
        limit(
            "counted",
            verdict(task(256, 15)),
            verdict(task(256, 16)),
            &["256 tokens at 16 positions make 256^16 sequences", "2^128"],
        ),
        limit(
            "brute force",
            feasible(brute, 2, 41),
            feasible(brute, 2, 42),
            &["Brute force would go through 2^42 sequences, more than the 2^41"],
        ),
        limit(
            "exact",
            feasible(exact, 2, 41),
            feasible(exact, 2, 42),
            &["Exact count by branch and bound would go through 2^42 sequences"],
        ),
        limit(
            "budget",
            within(least),
            within(least - 1),
            &["a proof of at most ", "FLOPs is too short", &says],
        ),
    ]);
}

#[test]
fn numbers_of_plans() {
    let task = task(4, 3).unwrap();
    let good = task.prover().prove(Additive::Cell);
    let verify = |plan: &Plan| verdict(additive::verify(task.model(), plan));
    let blocks = |levels: usize| verify(&Plan { queries: vec![1; levels], ..good.clone() });
    let of = |boxes: Boxes, method: Method| {
        let mut plan = good.clone();
        plan.columns[2] = Some(Column::new(boxes, vec![method; 3]));
        verify(&plan)
    };
    let boxes = Boxes { depth: 1, tokens: 4 };
    let runs = |queries: &[usize]| {
        let mut plan = good.clone();
        let cells =
            queries.iter().map(|&queries| Stretch { queries, method: Method::Leave }).collect();
        plan.columns[2] = Some(Column { boxes, cells });
        verify(&plan)
    };
    let plain = Count { tilt: None, bins: None, unless_below: 0.0, dominant: None };
    let count = |count: Count| of(boxes, Method::Count(count));
    let tilt = |tilt| count(Count { tilt: Some(tilt), ..plain });
    let bins = |bins| count(Count { bins: Some(bins), ..plain });
    let factor = |factor| count(Count { dominant: Some(Dominant { output: 0, factor }), ..plain });
    let unless = |unless_below| count(Count { unless_below, ..plain });
    let split = |parts| of(boxes, Method::Split(vec![Tokens(vec![(0, 1)]); parts]));
    let below = |to| of(boxes, Method::Split(vec![Tokens(vec![(0, to)])]));
    let depth = |depth| of(Boxes { depth, ..boxes }, Method::Leave);
    let grow = |tokens| of(Boxes { tokens, ..boxes }, Method::Leave);
    let (least, most) = (*Additive::BINS.start(), *Additive::BINS.end());
    let levels = good.queries.len();
    let name = |name: &str| name.parse::<Additive>().map(drop).map_err(|()| name.to_string());
    check(&[
        limit(
            "levels",
            blocks(Plan::MAX_LEVELS),
            blocks(Plan::MAX_LEVELS + 1),
            &["expected at most 16 sizes"],
        ),
        limit(
            "tilt",
            tilt(Count::MAX_TILT),
            tilt(Count::MAX_TILT.next_up()),
            &["largest token 2 has a tilt by 500.00000000000006, expected 0 to 500"],
        ),
        limit("tilt, least", tilt(0.0), tilt(-f64::from_bits(1)), &["a tilt by -0.0000"]),
        limit(
            "bins",
            bins(most),
            bins(most + 1),
            &["largest token 2 has 4097 bins, expected 32 to 4096"],
        ),
        limit("bins, least", bins(least), bins(least - 1), &["31 bins, expected 32 to 4096"]),
        limit(
            "factor",
            factor(Dominant::MAX_FACTOR),
            factor(Dominant::MAX_FACTOR.next_up()),
            &["largest token 2 has a factor 1000000.0000000001, expected 0 to 1000000"],
        ),
        limit("factor, least", factor(0.0), factor(-1.0), &["a factor -1, expected 0 to"]),
        limit(
            "unless below",
            unless(f64::MAX),
            unless(f64::INFINITY),
            &["largest token 2 has inf, expected a number of sequences"],
        ),
        limit(
            "parts",
            split(3),
            split(4),
            &["has a split for 4 counts of other tokens", "for up to 3 counts"],
        ),
        limit(
            "tokens",
            below(2),
            below(3),
            &["a split into the ranges [(0, 3)]", "ranges of tokens below 2"],
        ),
        limit(
            "runs",
            runs(&[1, 2]),
            runs(&[1, 2, 0]),
            &["a stretch of 0 queries, expected at least 1"],
        ),
        limit(
            "depth",
            depth(levels),
            depth(levels + 1),
            &["largest token 2 has depth", "expected at most"],
        ),
        limit(
            "growth",
            grow(1),
            grow(0),
            &["blocks of tokens that grow by 0, expected a factor of at least 1"],
        ),
        limit("bins by name", name("convolution-4096"), name("convolution-4097"), &["4097"]),
        limit("fewest bins by name", name("convolution-32"), name("convolution-31"), &["31"]),
        limit("bound by name", name("best-of-1000000"), name("best-of-1000001"), &["1000001"]),
        limit(
            "budget by name",
            name(&format!("best-within-{}", u64::MAX)),
            name("best-within-18446744073709551616"),
            &["1844"],
        ),
    ]);
}

#[test]
fn numbers_of_proofs() {
    let task = task(4, 3).unwrap();
    let Shape { v, n, .. } = task.shape();
    let find = |direct, attention, rank_one: bool| {
        let fits = |s: &Subcubic| s.direct == direct && s.attention == attention;
        let proofs = Subcubic::all().filter(fits).map(|strategy| task.prove(strategy).unwrap());
        proofs
            .into_iter()
            .find(|proof| matches!(proof.low_rank, LowRank::RankOne { .. }) == rank_one)
            .unwrap()
    };
    let verify = |proof: &Proof| verdict(subcubic::verify(task.model(), proof));
    let along = |length: f64, size: usize| [vec![length], vec![0.0; size - 1]].concat();

    let rank_one = find(DirectPath::MaxDiffExact, Attention::Drop, true);
    let key = |length: f64| {
        let mut proof = rank_one.clone();
        let LowRank::RankOne { key, .. } = &mut proof.low_rank else { unreachable!() };
        *key = along(length, v);
        proof.check(task.model()).map_err(|error| error.to_string())
    };
    let svd = find(DirectPath::SvdQuery, Attention::Drop, true);
    let euclidean = |weights: &compact_proofs::linalg::Matrix<f64>| {
        weights.iter().map(|x| x * x).sum::<f64>().sqrt()
    };
    let queries = MAX_DIRECTION * (euclidean(&task.model().W_E) + euclidean(&task.model().W_pos));
    let direct = |length: f64| {
        verdict(Proof { direct: Some(along(length, 2)), ..svd.clone() }.check(task.model()))
    };
    let centred = find(DirectPath::MaxDiffExact, Attention::MeanQuery, true);
    let centre = |centre: f64| {
        verify(&Proof { centres: Some(vec![along(centre, n); v]), ..centred.clone() })
    };

    let gaps = |v: usize, n: usize| {
        let runs = format!("1x{}", v * (v + 1) / 2 * n);
        verdict(serde_json::from_str::<Gaps>(
            &serde_json::json!({ "v": v, "n": n, "runs": runs }).to_string(),
        ))
    };
    let runs = |runs: &str| {
        verdict(serde_json::from_str::<Gaps>(
            &serde_json::json!({ "v": 4, "n": 3, "runs": runs }).to_string(),
        ))
    };
    // The embeddings of this model are zero, so its attention scores are zero and any bound on
    // their error holds.
    let mut still = task.model().clone();
    still.W_E.fill(0.0);
    still.W_pos.fill(0.0);
    let least = MaxOfK::new(still.clone()).unwrap().prove(
        "EUPU-max-diff--attn-drop-average-query-per-output-logit-reasoning--attn-err-svd"
            .parse()
            .unwrap(),
    );
    let sigma = |of_value: f64, of_ridge: f64| {
        let mut proof = least.clone().map_err(|error| error.to_string())?;
        let LowRank::RankOne { singular_value, ridge, key, .. } = &mut proof.low_rank else {
            unreachable!()
        };
        (*singular_value, *ridge) = (of_value, of_ridge);
        key.fill(0.0);
        verdict(subcubic::verify(&still, &proof))
    };
    let gap = |gap: u32| {
        verdict(serde_json::from_str::<Gaps>(
            &serde_json::json!({ "v": 1, "n": 1, "runs": gap.to_string() }).to_string(),
        ))
    };
    check(&[
        limit(
            "direction",
            key(MAX_DIRECTION),
            key(MAX_DIRECTION.next_up()),
            &["the proof's key direction has the size 2.0000000000000004e0, expected at most 2e0"],
        ),
        limit(
            "direct path",
            direct(queries),
            direct(queries.next_up()),
            &["the proof's direct-path direction has the size", "expected at most"],
        ),
        limit(
            "centre",
            centre(MAX_CENTRE),
            centre(-MAX_CENTRE.next_up()),
            &["the proof's centre has the size 2.0000000000000004e0, expected at most 2e0"],
        ),
        limit(
            "gaps",
            gaps(512, 14),
            gaps(512, 15),
            &["gaps for v = 512, n = 15, expected at most 1838592 of them"],
        ),
        limit("gap", gap(65_535), gap(65_536), &["`65536` in the gaps", "GAP from 1 to 65535"]),
        limit("gap, least", gap(1), gap(0), &["`0` in the gaps"]),
        limit(
            "number of gaps",
            runs("2x29 3"),
            runs("2x29 3x2"),
            &["2 gaps after 29 others for v = 4, n = 3, expected 30 in all"],
        ),
        limit(
            "as many gaps",
            runs("2x29 3"),
            runs("2x29"),
            &["29 gaps for v = 4, n = 3, expected 30"],
        ),
        limit(
            "singular value",
            sigma(2.0_f64.powi(-120), 2.0_f64.powi(-240)),
            sigma(2.0_f64.powi(-121), 1.0),
            &["3.76158192263132e-37 could not be confirmed", "at least 7.52316384526264e-37"],
        ),
        limit(
            "ridge",
            sigma(2.0_f64.powi(-120), 2.0_f64.powi(-240)),
            sigma(1.0, 2.0_f64.powi(-241)),
            &["with the ridge 2.8", " and 5.65"],
        ),
    ]);
}

/// `to_safetensors` writes files within the limits on reading, up to the largest model.
#[test]
fn the_largest_model_is_a_file() {
    let model = Transformer::from_entries(Shape { v: MAX_V, d: MAX_D, h: MAX_H, n: MAX_N }, || 0.5);
    let bytes = to_safetensors(&model.state_dict(), &BTreeMap::new());
    assert!(bytes.len() < MAX_FILE_BYTES / 16, "{} bytes", bytes.len());
    assert_eq!(Transformer::from_weights(&read(&bytes).unwrap()).unwrap(), model);
}
