//! Soundness of group operations: no proof claims more than is true in exact real arithmetic, for
//! benign and hostile networks and proof objects.
//!
//! A *case* is one network with one proof object, or with one strategy that needs none. What it
//! claims of each left token is compared with the exact truth, in whole numbers, without tolerance.
//! `GROUP_SOUNDNESS=1..4001` tries the networks of other seeds than `npm test` does.
#![allow(clippy::cast_possible_truncation, reason = "small numbers, written here")]

use crate::common::Random;
use crate::truth::Dyadic;
use compact_proofs::linalg::{Matrix, matmul};
use compact_proofs::models::two_token::{NetworkError, TwoToken, readings};
use compact_proofs::proof::{CaseAnalysis, Margin, Tally};
use compact_proofs::tasks::group_operations::active_sets::{ActiveSets, Walks};
use compact_proofs::tasks::group_operations::coset::{ByCosets, Coset, Cosets};
use compact_proofs::tasks::group_operations::group::{Group, natural};
use compact_proofs::tasks::group_operations::irrep::{Circuit, Circuits, Irrep, Method, Place};
use compact_proofs::tasks::group_operations::low_rank::{Factors, Lengths, LowRank, most_rank};
use compact_proofs::tasks::group_operations::{GroupOperation, Strategy};
use compact_proofs::weights::{self, to_safetensors};
use num_bigint::BigInt;
use std::collections::BTreeMap;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// The factors of a network, as a file stores them.
#[derive(Clone)]
struct File {
    /// `[n, d]` and `[d, m]` of either side; without a second factor where it is multiplied out.
    sides: [(Matrix<f64>, Option<Matrix<f64>>); 2],
    /// `[m]`.
    hidden_bias: Vec<f64>,
    /// `[m, o]`.
    unembed: Matrix<f64>,
    /// `[o]`.
    bias: Vec<f64>,
}

impl File {
    fn bytes(&self) -> Vec<u8> {
        let entry = |matrix: &Matrix<f64>| {
            let (rows, columns) = matrix.dim();
            (vec![1, rows, columns], matrix.iter().copied().collect::<Vec<_>>())
        };
        let mut tensors = BTreeMap::new();
        let names = [("embedding_left", "linear_left"), ("embedding_right", "linear_right")];
        for ((embedding, map), (embedded, mapped)) in names.into_iter().zip(&self.sides) {
            tensors.insert(embedding, entry(embedded));
            if let Some(mapped) = mapped {
                tensors.insert(map, entry(mapped));
            }
        }
        tensors.insert("unembedding", entry(&self.unembed));
        tensors.insert("hidden_bias", (vec![1, self.hidden_bias.len()], self.hidden_bias.clone()));
        tensors.insert("unembed_bias", (vec![self.bias.len()], self.bias.clone()));
        to_safetensors(&tensors, &BTreeMap::new())
    }

    fn network(&self) -> Result<TwoToken, NetworkError> {
        let bytes = self.bytes();
        let weights = weights::read(&bytes).expect("a file of our own");
        readings(&weights, 0).map(|mut readings| readings.remove(0).network)
    }

    /// What the network does in exact arithmetic.
    fn truth(&self, group: &Group) -> Truth {
        let row = |row: &[f64]| Matrix::from_shape_fn((1, row.len()), |(_, j)| row[j]);
        let [left, right] = self.sides.each_ref().map(|(embedded, mapped)| {
            let embedded = Dyadic::new(embedded);
            mapped.as_ref().map(|mapped| embedded.times(&Dyadic::new(mapped))).unwrap_or(embedded)
        });
        let (hidden, bias) = (Dyadic::new(&row(&self.hidden_bias)), Dyadic::new(&row(&self.bias)));
        let unembed = Dyadic::new(&self.unembed);
        let inner = left.exponent.min(right.exponent).min(hidden.exponent);
        let outer = (inner + unembed.exponent).min(bias.exponent);
        let (l, r, b) = (left.at(inner), right.at(inner), hidden.at(inner));
        let (u, beta) = (unembed.at(outer - inner), bias.at(outer));
        let zero = BigInt::from(0);
        let order = group.order();
        let margin = |x: usize, y: usize| -> BigInt {
            let active: Vec<BigInt> = (0..u.nrows())
                .map(|i| (&l[[x, i]] + &r[[y, i]] + &b[[0, i]]).max(zero.clone()))
                .collect();
            let logit = |z: usize| -> BigInt {
                active.iter().enumerate().map(|(i, a)| a * &u[[i, z]]).sum::<BigInt>()
                    + &beta[[0, z]]
            };
            let answer = group.product(x, y);
            let others = (0..u.ncols()).filter(|&z| z != answer).map(logit);
            logit(answer) - others.max().expect("two outputs")
        };
        let margins = (0..order).map(|x| (0..order).map(|y| margin(x, y)).collect()).collect();
        Truth { margins, exponent: outer }
    }
}

/// The exact margins of each left token, in units of `2^exponent`.
struct Truth {
    margins: Vec<Vec<BigInt>>,
    exponent: i64,
}

impl Truth {
    fn order(&self) -> u128 {
        self.margins.len() as u128
    }

    /// How many right tokens a left token has: strictly the largest logit.
    fn right(&self, x: usize) -> u128 {
        let zero = BigInt::from(0);
        self.margins[x].iter().filter(|margin| **margin > zero).count() as u128
    }

    fn all_right(&self) -> u128 {
        (0..self.margins.len()).map(|x| self.right(x)).sum()
    }

    /// Whether bounds on the least margin of left tokens hold; infinite ones say nothing.
    fn has(&self, xs: std::ops::Range<usize>, Margin { at_least, at_most }: Margin) -> bool {
        let least = self.margins[xs].iter().flatten().min().expect("an input");
        let compared = |bound: f64| {
            let bound = Dyadic::new(&Matrix::from_elem((1, 1), bound));
            let unit = bound.exponent.min(self.exponent);
            let least = least << (self.exponent - unit);
            least.cmp(&bound.at(unit)[[0, 0]])
        };
        (at_least == f64::NEG_INFINITY || compared(at_least).is_ge())
            && (at_most == f64::INFINITY || compared(at_most).is_le())
    }
}

/// A matrix of numbers from −1 to 1.
fn matrix(random: &mut Random, rows: usize, columns: usize) -> Matrix<f64> {
    Matrix::from_shape_simple_fn((rows, columns), || random.number())
}

/// What a network is made of.
struct Case {
    group: Group,
    file: File,
    /// The ideal circuits behind the network, if there are any.
    circuits: Option<Circuits>,
}

/// Any weights, folded or not.
fn any(random: &mut Random, group: Group) -> Case {
    let (n, m, d) = (group.order(), 1 + random.below(6), 1 + random.below(3));
    let outputs = n.max(2) + random.below(2);
    let mut side = |is_folded: bool| match is_folded {
        true => (matrix(random, n, m), None),
        false => (matrix(random, n, d), Some(matrix(random, d, m))),
    };
    let sides = [side(m % 2 == 0), side(d % 2 == 0)];
    let hidden_bias = (0..m).map(|_| random.number()).collect();
    let unembed = matrix(random, m, outputs);
    let bias = (0..outputs).map(|_| random.number()).collect();
    Case { group, file: File { sides, hidden_bias, unembed, bias }, circuits: None }
}

/// A neuron for each input, which reads it out: right everywhere but for noise.
fn working(random: &mut Random, group: Group, noise: f64) -> Case {
    let n = group.order();
    let mut one = |rows, columns, is_one: &dyn Fn(usize, usize) -> bool| {
        Matrix::from_shape_fn((rows, columns), |(i, j)| {
            f64::from(u8::from(is_one(i, j))) + noise * random.number()
        })
    };
    let left = one(n, n * n, &|x, i| i / n == x);
    let right = one(n, n * n, &|y, i| i % n == y);
    let unembed = one(n * n, n.max(2), &|i, z| group.product(i / n, i % n) == z);
    let file = File {
        sides: [(left, None), (right, None)],
        hidden_bias: vec![-1.0; n * n],
        bias: vec![0.0; n.max(2)],
        unembed,
    };
    Case { group, file, circuits: None }
}

/// The numbers of the sets `H x H′`, in the order of their first elements.
fn sets(group: &Group, left: &[usize], right: &[usize]) -> (Vec<usize>, usize) {
    let mut numbers: Vec<Option<usize>> = vec![None; group.order()];
    let mut count = 0;
    for x in 0..group.order() {
        if numbers[x].is_none() {
            for (h, k) in left.iter().flat_map(|&h| right.iter().map(move |&k| (h, k))) {
                numbers[group.product(group.product(h, x), k)] = Some(count);
            }
            count += 1;
        }
    }
    (numbers.into_iter().map(Option::unwrap).collect(), count)
}

/// The network of ideal circuits: `φ` peaks at the identity, so that all is right but for noise.
fn ideal(random: &mut Random, group: Group, noise: f64) -> Case {
    let n = group.order();
    let powers = |x: usize| {
        let mut all = vec![group.identity()];
        while group.product(all[all.len() - 1], x) != group.identity() {
            all.push(group.product(all[all.len() - 1], x));
        }
        all
    };
    let (h, h2) = (powers(random.below(n)), powers(random.below(n)));
    let e = [group.identity()];
    let (lefts, rights, outs) =
        (sets(&group, &h, &e), sets(&group, &e, &h2), sets(&group, &h, &h2));
    let values = |random: &mut Random, count: usize| (0..count).map(|_| random.number()).collect();
    let mut circuit = Circuit {
        left: values(random, lefts.1),
        right: values(random, rights.1),
        out: values(random, outs.1),
        left_stabilizer: h,
        right_stabilizer: h2,
        antipode: None,
    };
    // Read-outs of what the place at the identity gives: the identity is the largest.
    circuit.out[outs.0[group.identity()]] += 2.0;
    let firsts = |(numbers, count): &(Vec<usize>, usize)| -> Vec<usize> {
        (0..*count).map(|set| numbers.iter().position(|&found| found == set).unwrap()).collect()
    };
    let places: Vec<(usize, usize)> = firsts(&lefts)
        .iter()
        .flat_map(|&x| firsts(&rights).into_iter().map(move |g2| (x, g2)))
        .map(|(x, g2)| (group.inverse(x), g2))
        .collect();
    let m = places.len();
    let mut noisy = |x: f64| x + noise * random.number();
    let left = Matrix::from_shape_fn((n, m), |(x, i)| {
        noisy(circuit.left[lefts.0[group.product(group.inverse(places[i].0), x)]])
    });
    let right = Matrix::from_shape_fn((n, m), |(y, i)| {
        noisy(circuit.right[rights.0[group.product(y, places[i].1)]])
    });
    let unembed = Matrix::from_shape_fn((m, n.max(2)), |(i, z)| {
        let (g, g2) = places[i];
        let z = z.min(n - 1);
        noisy(circuit.out[outs.0[group.product(group.product(group.inverse(g), z), g2)]])
    });
    let neurons = places
        .iter()
        .map(|&(left, right)| Some(Place { circuit: 0, left, right, scale: 1.0 }))
        .collect();
    let file = File {
        sides: [(left, None), (right, None)],
        hidden_bias: vec![0.0; m],
        bias: vec![0.0; n.max(2)],
        unembed,
    };
    Case { group, file, circuits: Some(Circuits::new(vec![circuit], neurons)) }
}

/// The network of a seed.
fn case(random: &mut Random, seed: u64) -> Case {
    const GROUPS: [&str; 8] = ["Z2", "Z3", "Z4", "Z2xZ2", "Z5", "S3", "Z6", "D4"];
    let group = natural(random.one_of(&GROUPS)).unwrap();
    let noise = random.one_of(&[0.0, 1e-16, 1e-6, 0.01, 0.2]);
    let mut case = match seed % 3 {
        0 => any(random, group),
        1 => working(random, group, noise),
        _ => ideal(random, group, noise),
    };
    let file = &mut case.file;
    let spoil =
        |file: &mut File, random: &mut Random, f: &mut dyn FnMut(f64, &mut Random) -> f64| {
            for (embedded, _) in &mut file.sides {
                embedded.iter_mut().for_each(|x| *x = f(*x, random));
            }
            file.unembed.iter_mut().for_each(|x| *x = f(*x, random));
        };
    match seed / 3 % 12 {
        // Small whole numbers: ties.
        1 => spoil(file, random, &mut |x, _| (2.0 * x).round()),
        // A few huge, tiny, subnormal or zero entries.
        2 => spoil(file, random, &mut |x, random| match random.below(6) {
            0 => x * random.one_of(&[1e30, 1e-30, 1e-40, 0.0, 1e-45]),
            _ => x,
        }),
        // A large constant on all outputs: differences lose their digits.
        3 => {
            let constant = random.one_of(&[1e6, 1e15, 1e17, 1e30]);
            file.unembed.iter_mut().for_each(|x| *x += constant);
        }
        4 => {
            let constant = random.one_of(&[1e6, 1e15, 1e17, 1e30]);
            file.bias.iter_mut().for_each(|x| *x += constant);
        }
        // Two equal outputs.
        5 => {
            let (from, to) =
                (random.below(file.unembed.ncols()), random.below(file.unembed.ncols()));
            for mut row in file.unembed.rows_mut() {
                row[to] = row[from];
            }
            file.bias[to] = file.bias[from];
        }
        // Permuted labels.
        6 => {
            let columns = file.unembed.ncols();
            let shift = random.below(columns);
            let turned = Matrix::from_shape_fn(file.unembed.dim(), |(i, z)| {
                file.unembed[[i, (z + shift) % columns]]
            });
            file.unembed = turned;
        }
        // Everything huge, or tiny.
        7 => {
            let scale = random.one_of(&[1e30, 1e-30, 1e-38, 1e-42]);
            spoil(file, random, &mut |x, _| x * scale);
        }
        // A pair of large factors that cancel.
        8 => {
            for (embedded, mapped) in &mut file.sides {
                if mapped.is_none() {
                    let (n, m) = embedded.dim();
                    let big = 1e12;
                    let wide = Matrix::from_shape_fn((n, 2 * m), |(x, j)| match j < m {
                        true => embedded[[x, j]] + big,
                        false => big,
                    });
                    let map = Matrix::from_shape_fn((2 * m, m), |(j, i)| {
                        f64::from(u8::from(j == i)) - f64::from(u8::from(j == i + m))
                    });
                    (*embedded, *mapped) = (wide, Some(map));
                }
            }
        }
        // One input within an ulp of a tie.
        9 | 10 => near_tie(case.group.order(), file, random),
        // Both tokens alike.
        11 => file.sides[1] = file.sides[0].clone(),
        _ => {}
    }
    case
}

/// Shifts one bias so that two logits of an input are as near as float64 can make them.
fn near_tie(order: usize, file: &mut File, random: &mut Random) {
    let folded = |(embedded, mapped): &(Matrix<f64>, Option<Matrix<f64>>)| match mapped {
        Some(mapped) => matmul(embedded.view(), mapped.view()),
        None => embedded.clone(),
    };
    let (left, right) = (folded(&file.sides[0]), folded(&file.sides[1]));
    let (x, y, outputs) = (random.below(order), random.below(order), file.unembed.ncols());
    let logit = |z: usize| -> f64 {
        let neurons = 0..file.hidden_bias.len();
        let active = |i: usize| (left[[x, i]] + right[[y, i]] + file.hidden_bias[i]).max(0.0);
        neurons.map(|i| active(i) * file.unembed[[i, z]]).sum::<f64>() + file.bias[z]
    };
    let mut all: Vec<usize> = (0..outputs).collect();
    all.sort_by(|&a, &b| logit(b).total_cmp(&logit(a)));
    let shift = logit(all[0]) - logit(all[1]);
    let shifted = file.bias[all[1]] + shift;
    let shifted = random.one_of(&[shifted, shifted.next_up(), shifted.next_down()]);
    if shifted.is_finite() && shifted.abs() < 1e38 {
        file.bias[all[1]] = shifted;
    }
}

/// What is counted: cases, claims, refused proof objects.
#[derive(Debug, Default)]
struct Totals {
    cases: u32,
    right: u128,
    wrong: u128,
    /// Positive lower bounds on a least margin.
    margins: u32,
    refused: u32,
    networks_refused: u32,
}

/// Compares what a proof claims with the truth.
fn judge(totals: &mut Totals, what: &str, analysis: &dyn CaseAnalysis, truth: &Truth) {
    totals.cases += 1;
    let order = truth.order();
    let chunks = analysis.chunks();
    let is_whole = chunks == 1;
    for chunk in 0..chunks {
        let Tally { right, wrong, .. } = analysis.count(chunk);
        let (most, inputs) = match is_whole {
            true => (truth.all_right(), order * order),
            false => (truth.right(chunk as usize), order),
        };
        let xs = if is_whole { 0..order as usize } else { chunk as usize..chunk as usize + 1 };
        let margin = analysis.margin(chunk).expect("all of these proofs bound margins");
        assert!(truth.has(xs, margin), "{what}: claims {margin:?}");
        totals.margins += u32::from(margin.at_least > 0.0);
        assert!(right <= most, "{what}: claims {right} right of {most}");
        assert!(wrong <= inputs - most, "{what}: claims {wrong} wrong of {}", inputs - most);
        totals.right += right;
        totals.wrong += wrong;
    }
    assert!(analysis.cost().flops > 0.0);
}

/// Factors of any kind: random, good ones spoilt, huge, tiny.
fn factors(random: &mut Random, task: &GroupOperation) -> Factors {
    let shape = task.network().shape();
    let (o, m) = (shape.outputs, shape.neurons);
    let rank = 1 + random.below(most_rank(task.network()).max(1) + 1);
    let scale = random.one_of(&[1.0, 1.0, 1e-20, 1e20, 1e38]);
    let mut rows = |rows: usize, columns: usize| -> Vec<Vec<f64>> {
        (0..rows).map(|_| (0..columns).map(|_| scale * random.number()).collect()).collect()
    };
    let (left, right) = (rows(o, rank), rows(rank, m));
    Factors::new(random.one_of(&[Lengths::Exact, Lengths::Sums]), left, right)
}

/// An order of tokens, at random or as they are numbered; sometimes none.
fn order(random: &mut Random, count: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    for i in (1..count).rev() {
        order.swap(i, random.below(i + 1));
    }
    match random.below(20) {
        0 => order[0] = order[count - 1],
        1 => drop(order.pop()),
        2..5 => order.sort_unstable(),
        _ => {}
    }
    order
}

/// Orders of any kind, with good factors or any others.
fn walks(random: &mut Random, task: &GroupOperation) -> Walks {
    let count = task.group().order();
    let neurons = task.network().shape().neurons;
    let lengths = if random.below(2) == 0 { Lengths::Sums } else { Lengths::Active };
    let factors = match random.below(3) {
        0 => factors(random, task).with_lengths(lengths),
        1 => factors(random, task),
        _ => {
            let rank = 1 + random.below(most_rank(task.network()).max(1));
            task.low_rank().factors(rank).with_lengths(lengths)
        }
    };
    let mut side = || {
        let orders: Vec<_> = (0..1 + random.below(3)).map(|_| order(random, count)).collect();
        let some = if random.below(20) == 0 { orders.len() + 1 } else { orders.len() };
        (orders, (0..neurons).map(|_| random.below(some)).collect())
    };
    Walks::new(factors, [side(), side()])
}

/// Cosets of any kind, watched by any neurons.
fn cosets(random: &mut Random, task: &GroupOperation) -> Cosets {
    let (group, neurons) = (task.group(), task.network().shape().neurons);
    let n = group.order();
    let coset = |random: &mut Random| {
        let most = n + usize::from(random.below(20) == 0);
        let element = random.below(most);
        let generator = random.below(n);
        let mut subgroup = vec![group.identity()];
        while group.product(subgroup[subgroup.len() - 1], generator) != group.identity() {
            subgroup.push(group.product(subgroup[subgroup.len() - 1], generator));
        }
        match random.below(12) {
            0 => subgroup.push(random.below(n + 1)),
            1 => drop(subgroup.pop()),
            2 => subgroup = (0..n).collect(),
            _ => {}
        }
        Coset { subgroup, element }
    };
    let all: Vec<Coset> = (0..random.below(4)).map(|_| coset(random)).collect();
    let watched = (0..neurons)
        .map(|_| (random.below(4) > 0 && !all.is_empty()).then(|| random.below(all.len())))
        .collect();
    Cosets::new(all, watched)
}

/// Circuits with something altered.
fn altered(random: &mut Random, circuits: &Circuits, order: usize) -> Circuits {
    let mut circuits = circuits.clone();
    if circuits.circuits.is_empty() {
        return circuits;
    }
    let neuron = random.below(circuits.neurons.len());
    let circuit = random.below(circuits.circuits.len());
    let change = random.one_of(&[0.0, -1.0, 0.5, 3.0, 1e-30, 1e30, f64::NAN, f64::INFINITY]);
    match random.below(10) {
        0 => circuits.neurons[neuron] = None,
        1 => circuits.neurons.iter_mut().flatten().for_each(|place| place.scale *= change),
        2 => circuits.neurons[neuron].iter_mut().for_each(|place| place.scale *= change),
        3 => {
            let element = random.below(order + 1);
            circuits.neurons[neuron].iter_mut().for_each(|place| place.left = element);
        }
        4 => circuits.circuits[circuit].left[0] = change,
        5 => circuits.circuits[circuit].right[0] *= change,
        6 => circuits.circuits[circuit].out.iter_mut().for_each(|x| *x *= change),
        7 => {
            let pair = [random.below(order), random.below(order)];
            circuits.circuits[circuit].antipode = Some(pair);
        }
        8 => {
            let element = random.below(order + 1);
            circuits.circuits[circuit].left_stabilizer.push(element);
        }
        _ => {
            let again = circuits.circuits[circuit].clone();
            circuits.circuits.push(again);
        }
    }
    circuits
}

fn seed(totals: &mut Totals, seed: u64) {
    let mut random = Random::mixed(seed);
    let Case { group, file, circuits } = case(&mut random, seed);
    let Ok(network) = file.network() else {
        totals.networks_refused += 1;
        return;
    };
    let order = group.order();
    let truth = file.truth(&group);
    let task = GroupOperation::new(network, group).unwrap();
    let mut strategies = vec!["brute-force", "brute-force-symmetric", "irrep", "irrep-linear"];
    strategies.extend(["irrep-abs", "coset"]);
    let all = || 1..=most_rank(task.network());
    let ranks = all().map(Strategy::LowRankUnembed).chain(all().map(Strategy::ActiveSets));
    for strategy in strategies.iter().map(|name| name.parse().unwrap()).chain(ranks) {
        if let Ok(run) = task.run(strategy) {
            let what = format!("seed {seed}, {strategy}");
            match strategy.to_string().as_str() {
                // Counts a pair of inputs at one of its left tokens.
                "brute-force-symmetric" => judge_whole(totals, &what, run.analysis(), &truth),
                _ => judge(totals, &what, run.analysis(), &truth),
            }
        }
    }
    for i in 0..4 {
        let given = LowRank::given(&task, factors(&mut random, &task)).unwrap();
        judge(totals, &format!("seed {seed}, factors {i}"), &given, &truth);
    }
    for i in 0..4 {
        match ActiveSets::given(&task, walks(&mut random, &task)) {
            Ok(given) => judge(totals, &format!("seed {seed}, walks {i}"), &given, &truth),
            Err(_) => totals.refused += 1,
        }
    }
    if task.run("irrep".parse().unwrap()).is_err() {
        return;
    }
    for i in 0..4 {
        match ByCosets::given(&task, cosets(&mut random, &task)) {
            Ok(given) => judge(totals, &format!("seed {seed}, cosets {i}"), &given, &truth),
            Err(_) => totals.refused += 1,
        }
    }
    let Some(circuits) = circuits else { return };
    for method in [Method::Pairs, Method::Linear, Method::Absolute] {
        for i in 0..6 {
            let circuits = match i {
                0 => circuits.clone(),
                _ => altered(&mut random, &circuits, order),
            };
            match Irrep::given(&task, method, circuits) {
                Ok(given) => {
                    judge(totals, &format!("seed {seed}, {method:?} {i}"), &given, &truth);
                }
                Err(_) => totals.refused += 1,
            }
        }
    }
}

/// Compares totals.
fn judge_whole(totals: &mut Totals, what: &str, analysis: &dyn CaseAnalysis, truth: &Truth) {
    let tally: Tally = (0..analysis.chunks()).map(|chunk| analysis.count(chunk)).sum();
    let (most, inputs) = (truth.all_right(), truth.order().pow(2));
    totals.cases += 1;
    assert!(tally.right <= most && tally.wrong <= inputs - most, "{what}: {tally:?} of {most}");
    assert_eq!(tally.right + tally.wrong + tally.lost, inputs, "{what}");
    let margins = (0..analysis.chunks()).filter_map(|chunk| analysis.margin(chunk));
    let margin = margins.reduce(Margin::of_both).expect("it bounds margins");
    assert!(truth.has(0..truth.order() as usize, margin), "{what}: claims {margin:?}");
}

#[test]
fn no_proof_claims_more_than_is_true() {
    let asked = std::env::var("GROUP_SOUNDNESS").unwrap_or_else(|_| "0..750".into());
    let ends =
        asked.split_once("..").and_then(|(from, to)| Some(from.parse().ok()?..to.parse().ok()?));
    let mut totals = Totals::default();
    let seeds: std::ops::Range<u64> = ends.expect("GROUP_SOUNDNESS=FROM..TO, two whole numbers");
    let all = seeds.end - seeds.start;
    seeds.for_each(|number| seed(&mut totals, number));
    println!("{all} networks: {totals:?}");
    assert!(u64::from(totals.cases) >= 10 * all && totals.right > 10 * u128::from(all));
    assert!(totals.wrong > 0 && totals.refused > 0 && totals.margins > 0);
}

#[test]
fn numbers_that_are_none_are_refused() {
    let mut random = Random::mixed(1);
    let Case { file, .. } = any(&mut random, natural("Z3").unwrap());
    for value in [f64::NAN, f64::INFINITY, -f64::INFINITY, 1e39] {
        let mut file = file.clone();
        file.unembed[[0, 1]] = value;
        let refused = file.network().unwrap_err();
        assert!(matches!(refused, NetworkError::Element { .. }), "{refused}");
    }
}
