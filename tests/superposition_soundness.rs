//! Soundness of what is proven of toy models by features: no token is claimed right that is not,
//! and no bound on a loss is below the loss, for hostile networks, dictionaries and codes.
//!
//! The truth is computed in big integers, token by token, and compared without tolerance.
//! `SUPERPOSITION_SOUNDNESS=0..20000` tries other seeds than `npm test` does.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    reason = "small numbers, written here"
)]

use crate::common::Random;
use compact_proofs::checker::superposition::check;
use compact_proofs::labs::superposition::proof::{
    Certificate, Hints, MAX_AMPLITUDE, MAX_ROW, MAX_WEIGHT, Method, Sparse, Statement, answers,
    derive,
};
use compact_proofs::labs::superposition::{GRID, Layer};
use num_bigint::BigInt;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// What a run saw, so that one that tests nothing fails.
#[derive(Debug, Default)]
struct Totals {
    cases: u64,
    tokens: u64,
    /// By method, in the order of `Method::ALL`.
    certified: [u64; 4],
    right: u64,
    /// Certificates that the independent checker refused although they are true.
    refused: u64,
    /// Tokens that are proven right from what latents say of outputs, and not without that, and
    /// those whose loss that lowers.
    by_second: [u64; 2],
}

/// A whole number of at most `most` in size: often small, zero, or at an end.
fn entry(random: &mut Random, most: i64) -> i64 {
    let size = match random.below(8) {
        0 => 0,
        1 => most,
        2 => random.below(4) as i64,
        3 => random.below(most as usize + 1) as i64,
        _ => random.below(most as usize / 8 + 1) as i64,
    };
    if random.below(2) == 0 { size } else { -size }
}

fn rows(random: &mut Random, count: usize, width: usize, most: i64) -> Vec<Vec<i64>> {
    (0..count).map(|_| (0..width).map(|_| entry(random, most)).collect()).collect()
}

/// Places below `count`, each with one probability in eight parts, with numbers from `least` to
/// `most`.
fn sparse(random: &mut Random, count: usize, eighths: usize, least: i64, most: i64) -> Sparse {
    let mut list = Sparse::new();
    for place in 0..count {
        if random.below(8) < eighths {
            list.push((place, entry(random, most).abs().max(least)));
        }
    }
    list
}

/// A network and tokens. Some are hostile through and through; in others each feature has its own
/// direction, so that claims have room to be true, and false.
fn statement(random: &mut Random) -> Statement {
    let layer = random.one_of(&[Layer::Relu, Layer::Bilinear]);
    let (n, m) = (2 + random.below(7), 1 + random.below(5));
    let most = random.one_of(&[3, 1 << 14, MAX_WEIGHT]);
    let mut columns = rows(random, n, m, most);
    if random.below(4) > 0 {
        // Directions of the axes, positive and negative, and a little beside.
        for (feature, column) in columns.iter_mut().enumerate() {
            column.iter_mut().for_each(|w| *w /= 16);
            column[feature % m] += if feature < m { 1 << 14 } else { -(1 << 14) };
        }
    }
    let readers = |random: &mut Random, columns: &[Vec<i64>]| match (layer, random.below(4)) {
        (Layer::Relu, _) => Vec::new(),
        (Layer::Bilinear, 0) => rows(random, n, m, most),
        (Layer::Bilinear, _) => columns.to_vec(),
    };
    let (left, right) = (readers(random, &columns), readers(random, &columns));
    let bias =
        if layer == Layer::Relu { rows(random, 1, n, most / 4 + 1).remove(0) } else { Vec::new() };
    let eighths = 1 + random.below(4);
    let token = |random: &mut Random| {
        let token = sparse(random, n, eighths, 1, 1 << 14);
        if token.is_empty() { vec![(random.below(n), 1 << 13)] } else { token }
    };
    let count = 1 + random.below(12);
    let tokens = (0..count).map(|_| token(random)).collect();
    let statement = Statement { layer, columns, bias, left, right, tokens };
    statement.check().expect("within its limits");
    statement
}

/// Hints: the network's own columns, damaged ones, or any.
fn hints(random: &mut Random, statement: &Statement) -> Hints {
    let clamped = |x: &i64| (*x).clamp(-MAX_ROW, MAX_ROW);
    let mut directions: Vec<Vec<i64>> =
        statement.columns.iter().map(|column| column.iter().map(clamped).collect()).collect();
    let kind = random.below(4);
    if kind == 0 {
        let latents = 1 + random.below(9);
        directions = rows(random, latents, statement.hidden(), MAX_ROW);
    }
    let latents = directions.len();
    let code = |token: &Sparse, random: &mut Random| match kind {
        0 | 1 => sparse(random, latents, 3, 1, MAX_AMPLITUDE),
        _ => {
            let moved = |random: &mut Random, value: i64| match random.below(3) {
                0 => (value + entry(random, 300)).clamp(1, MAX_AMPLITUDE),
                _ => value,
            };
            token.iter().map(|&(place, value)| (place, moved(random, value))).collect()
        }
    };
    let codes = statement.tokens.iter().map(|token| code(token, random)).collect();
    // What latents say of outputs: nothing, what the network makes of each alone, or anything.
    let outputs = match random.below(3) {
        0 => Vec::new(),
        1 => rows(random, latents, statement.features(), MAX_ROW),
        _ => directions.iter().map(|row| alone(statement, row)).collect(),
    };
    let hints = Hints { directions, outputs, codes };
    hints.check(statement).expect("within its limits");
    hints
}

/// What the network makes of a direction, for an amplitude of 1.
fn alone(statement: &Statement, row: &[i64]) -> Vec<i64> {
    let read = |w: &[i64]| w.iter().zip(row).map(|(w, d)| w * d).sum::<i64>() >> 14;
    let output = |c: usize| match statement.layer {
        Layer::Relu => (read(&statement.columns[c]) + statement.bias[c]).max(0),
        Layer::Bilinear => (read(&statement.left[c]) * read(&statement.right[c])) >> 14,
    };
    (0..statement.features()).map(|c| output(c).clamp(-MAX_ROW, MAX_ROW)).collect()
}

/// What the network makes of a token, exactly.
struct Truth {
    is_right: bool,
    /// The squared error of its outputs, with this number of bits after the point.
    error: BigInt,
    bits: u32,
    /// The squared distance of hidden vector and outputs to what the code says of them, 168 bits
    /// after the point.
    distances: Vec<BigInt>,
}

/// `Σ (x − y)²` of numbers with `bits` after the point, with 168 bits.
fn distance(x: &[BigInt], y: &[BigInt], bits: u32) -> BigInt {
    let sum: BigInt = x.iter().zip(y).map(|(x, y)| (x - y) * (x - y)).sum();
    sum << (168 - 2 * bits)
}

fn truth(statement: &Statement, hints: &Hints, place: usize) -> Truth {
    let (token, code) = (&statement.tokens[place], &hints.codes[place]);
    let big = |x: i64| BigInt::from(x);
    let said = |rows: &[Vec<i64>], width: usize| -> Vec<BigInt> {
        let entry = |c: usize| code.iter().map(|&(i, a)| big(a) * big(rows[i][c])).sum();
        (0..width).map(entry).collect()
    };
    let hidden: Vec<BigInt> = (0..statement.hidden())
        .map(|k| token.iter().map(|&(i, f)| big(f) * big(statement.columns[i][k])).sum())
        .collect();
    let read = |w: &[i64]| -> BigInt { w.iter().zip(&hidden).map(|(&w, z)| big(w) * z).sum() };
    let value = |c: usize| token.iter().find(|&&(i, _)| i == c).map_or(0, |&(_, f)| f);
    let n = statement.features();
    let (outputs, targets, bits): (Vec<BigInt>, Vec<BigInt>, u32) = match statement.layer {
        Layer::Relu => {
            let argument = |c: usize| -> BigInt {
                read(&statement.columns[c]) + (big(statement.bias[c]) << 28)
            };
            let outputs = (0..n).map(|c| argument(c).max(big(0))).collect();
            (outputs, (0..n).map(|c| big(value(c)) << 28).collect(), 84)
        }
        Layer::Bilinear => {
            let output = |c: usize| read(&statement.left[c]) * read(&statement.right[c]);
            let target = |c: usize| (big(value(c)) * big(value(c))) << 56;
            ((0..n).map(output).collect(), (0..n).map(target).collect(), 168)
        }
    };
    let label = (0..n).fold(0, |t, c| if value(c) > value(t) { c } else { t });
    let is_right = (0..n).all(|c| c == label || outputs[label] > outputs[c]);
    let error = outputs.iter().zip(&targets).map(|(y, f)| (y - f) * (y - f)).sum();
    let mut distances = vec![distance(&hidden, &said(&hints.directions, hidden.len()), 28)];
    if !hints.outputs.is_empty() {
        let said = said(&hints.outputs, n).into_iter().map(|x| x << (bits / 2 - 28));
        distances.push(distance(&outputs, &said.collect::<Vec<_>>(), bits / 2));
    }
    Truth { is_right, error, bits, distances }
}

/// Whether the mean of squares with 168 bits after the point is at most `mean`, with 32.
fn is_within(squares: &[BigInt], mean: u64) -> bool {
    let allowed = BigInt::from(mean) * BigInt::from(squares.len());
    mean == u64::MAX || squares.iter().sum::<BigInt>() <= allowed << 136_usize
}

fn seed(totals: &mut Totals, number: u64) {
    let mut random = Random::mixed(number);
    let statement = statement(&mut random);
    let hints = hints(&mut random, &statement);
    let tokens = 0..statement.tokens.len();
    let truths: Vec<_> = tokens.map(|place| truth(&statement, &hints, place)).collect();
    totals.tokens += truths.len() as u64;
    totals.right += truths.iter().filter(|truth| truth.is_right).count() as u64;
    let without = Hints { outputs: Vec::new(), ..hints.clone() };
    for (place, method) in Method::ALL.into_iter().enumerate() {
        totals.cases += 1;
        let (found, _) = answers(&statement, &hints, method);
        let (first, _) = answers(&statement, &without, method);
        for (both, one) in found.iter().zip(&first) {
            assert!(both.is_right >= one.is_right && both.loss <= one.loss, "seed {number}");
            totals.by_second[0] += u64::from(both.is_right && !one.is_right);
            totals.by_second[1] += u64::from(both.loss < one.loss);
        }
        for (token, (answer, truth)) in found.iter().zip(&truths).enumerate() {
            let Truth { is_right, error, bits, distances } = truth;
            let case = || format!("seed {number}, {}, token {token}", method.name());
            assert!(!answer.is_right || *is_right, "{}: claimed right", case());
            let bound = BigInt::from(answer.loss) << (bits - 40);
            let says_nothing = answer.loss == u128::MAX;
            assert!(says_nothing || bound >= *error, "{}: loss {}", case(), answer.loss);
            if method != Method::BruteForce
                && let Some(squared) = distances.get(1)
            {
                let bound = BigInt::from(answer.distance).pow(2) << 128_usize;
                assert!(bound >= *squared, "{}: distance {}", case(), answer.distance);
            }
            totals.certified[place] += u64::from(answer.is_right);
            if method == Method::BruteForce {
                assert_eq!(answer.is_right, *is_right, "{}", case());
            }
        }
    }
    certificates(totals, &mut random, &statement, &hints, &truths, number);
}

/// An honest certificate is accepted; one that claims more than is true is refused by the verifier
/// and by the independent checker.
fn certificates(
    totals: &mut Totals,
    random: &mut Random,
    statement: &Statement,
    hints: &Hints,
    truths: &[Truth],
    number: u64,
) {
    let method = random.one_of(&Method::ALL);
    let honest = Certificate::new(statement.clone(), hints.clone(), method);
    let read = Certificate::read(honest.to_json().as_bytes()).expect("its own text");
    assert_eq!(read, honest);
    let verified = read.verify();
    assert!(verified.accepted, "seed {number}: {:?}", verified.reasons);
    let verdict = check(&honest.to_json()).expect("a certificate");
    totals.refused += u64::from(!verdict.accepted);
    for (layer, &error) in honest.errors.iter().enumerate() {
        let squares: Vec<_> = truths.iter().map(|truth| truth.distances[layer].clone()).collect();
        assert!(is_within(&squares, error), "seed {number}: error {error} of layer {layer}");
    }
    let right = truths.iter().filter(|truth| truth.is_right).count();
    let lies = [
        Certificate { certified: right + 1, ..honest.clone() },
        Certificate { loss: 0, ..honest.clone() },
        Certificate { errors: vec![0; honest.errors.len()], ..honest.clone() },
        Certificate { task: "max-of-k".into(), ..honest.clone() },
        Certificate { theorem: "anything".into(), ..honest.clone() },
    ];
    for (place, lie) in lies.into_iter().enumerate() {
        let zero = BigInt::from(0);
        let is_true = match place {
            1 => truths.iter().all(|truth| truth.error == zero),
            2 => {
                truths.iter().flat_map(|t| &t.distances[..honest.errors.len()]).all(|d| *d == zero)
            }
            _ => false,
        };
        let lie = Certificate {
            theorem: if place < 3 { lie.claim() } else { lie.theorem.clone() },
            ..lie
        };
        assert!(is_true || !lie.verify().accepted, "seed {number}: lie {place} is verified");
        let verdict = check(&lie.to_json()).expect("a certificate");
        assert!(is_true || !verdict.accepted, "seed {number}: lie {place} is checked");
    }
}

#[test]
fn no_claim_about_features_is_false() {
    let asked = std::env::var("SUPERPOSITION_SOUNDNESS").unwrap_or_else(|_| "0..1500".into());
    let ends =
        asked.split_once("..").and_then(|(from, to)| Some(from.parse().ok()?..to.parse().ok()?));
    let seeds: std::ops::Range<u64> =
        ends.expect("SUPERPOSITION_SOUNDNESS=FROM..TO, two whole numbers");
    let (mut totals, all) = (Totals::default(), seeds.end - seeds.start);
    seeds.for_each(|number| seed(&mut totals, number));
    println!("{all} networks: {totals:?}");
    // Each method proves something about many tokens, and less than brute force.
    let [features, pairs, sums, exact] = totals.certified;
    assert!(features > all / 4 && pairs >= features && sums >= pairs && exact == totals.right);
    assert!(totals.by_second[0] > 0 && totals.by_second[1] > all / 100, "{totals:?}");
    assert!(totals.right < totals.tokens && totals.refused <= all / 100, "{totals:?}");
}

/// Numbers at their limits leave the range of no integer.
#[test]
fn the_largest_numbers_are_computed() {
    for layer in [Layer::Relu, Layer::Bilinear] {
        let (n, m, latents) = (128, 32, 256);
        let bilinear = layer == Layer::Bilinear;
        let reader = || if bilinear { vec![vec![-MAX_WEIGHT; m]; n] } else { Vec::new() };
        let statement = Statement {
            layer,
            columns: vec![vec![MAX_WEIGHT; m]; n],
            bias: if bilinear { Vec::new() } else { vec![MAX_WEIGHT; n] },
            left: reader(),
            right: reader(),
            tokens: vec![(0..n).map(|i| (i, 1 << 14)).collect(); 3],
        };
        let code: Sparse = (0..64).map(|i| (4 * i, MAX_AMPLITUDE)).collect();
        let hints = Hints {
            directions: vec![vec![-MAX_ROW; m]; latents],
            outputs: vec![vec![-MAX_ROW; n]; latents],
            codes: vec![code; 3],
        };
        statement.check().expect("at its limits");
        hints.check(&statement).expect("at its limits");
        for method in Method::ALL {
            let derived = derive(&statement, &hints, method);
            assert_eq!(derived.certified, 0, "all outputs tie");
            assert!(derived.loss > 1 << 40);
        }
    }
    assert_eq!(GRID, f64::from(1 << 14));
}

#[test]
fn malformed_certificates_are_refused() {
    let mut random = Random::mixed(7);
    let statement = statement(&mut random);
    let mut hints = hints(&mut random, &statement);
    hints.outputs = hints.directions.iter().map(|row| alone(&statement, row)).collect();
    let text = Certificate::new(statement, hints, Method::Pairs).to_json();
    for (from, to) in [
        ("\"certificate\":3", "\"certificate\":2"),
        ("\"columns\":[[", "\"columns\":[[],["),
        ("\"columns\":[[", "\"columns\":[[4000000,"),
        ("\"tokens\":[[[", "\"tokens\":[[[9000,1],["),
        ("\"codes\":[", "\"codes\":[[],"),
        ("\"directions\":[", "\"directions\":[[99999],"),
        ("\"outputs\":[[", "\"outputs\":[[],["),
        ("\"errors\":[", "\"errors\":[7,8,"),
    ] {
        let damaged = text.replace(from, to);
        assert_ne!(damaged, text, "{from}");
        let verified = Certificate::read(damaged.as_bytes()).map(|read| read.verify().accepted);
        assert!(!verified.unwrap_or(false), "{to} is verified");
        assert!(!check(&damaged).is_ok_and(|verdict| verdict.accepted), "{to} is checked");
    }
}
