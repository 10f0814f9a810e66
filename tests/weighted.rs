//! Bounds under a distribution: exact, never above the true weighted accuracy, and the ordinary
//! bound where all inputs are alike.

use crate::common::{Random, every, oracle, sequences, working};
use crate::truth::Judge;
use compact_proofs::models::transformer::Shape;
use compact_proofs::tasks::max_of_k::{
    By, CaseCounts, Distribution, DistributionError, Explanation, MaxOfK, Strategy,
};
use num_bigint::BigUint;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn big(decimal: impl ToString) -> BigUint {
    decimal.to_string().parse().unwrap()
}

/// Proofs of the first oracle model of `k` tokens under "all alike": all of them, or each fifteenth
/// where to explain all takes long: of long inputs, and in a browser.
fn check_uniform(k: usize) {
    let models = oracle();
    let (name, task, _) = models.iter().find(|(_, task, _)| task.shape().n == k).unwrap();
    let shape = task.shape();
    let uniform = Distribution::parse("", shape).unwrap();
    let high = Distribution::parse("largest>=10", shape).unwrap();
    let mut proofs = 0;
    let step = if k > 5 { every(15, 40) } else { every(1, 15) };
    for strategy in Strategy::all().step_by(step) {
        let Ok(explanation) = task.explain(strategy) else { continue };
        proofs += 1;
        let what = format!("{name}: {strategy}");
        let cases = explanation.cases();
        let counts = CaseCounts::new(cases, shape.n);
        let proven: u128 = cases.iter().map(|case| case.proven).sum();
        let bound = uniform.bound(&counts);
        let total = task.sequences().to_string();
        assert_eq!((bound.correct, bound.total), (proven.to_string(), total), "{what}");
        assert!(!bound.mixed && bound.class.is_empty(), "{what}");
        let of_high = cases.iter().filter(|case| case.m >= 10);
        let sum = of_high.fold((0, 0), |(p, t), case| (p + case.proven, t + case.total));
        let bound = high.bound(&counts);
        assert_eq!((bound.correct, bound.total), (sum.0.to_string(), sum.1.to_string()), "{what}");
        // Classes by tokens divide the proof; by copies, what each class surely has.
        for by in By::ALL {
            let shares = uniform.shares(&counts, Some(by));
            let all = shares.iter().map(|share| big(&share.total)).sum::<BigUint>();
            assert_eq!(all, big(task.sequences()), "{what}");
            let sum = shares.iter().map(|share| big(&share.proven)).sum::<BigUint>();
            let is_mixed = shares.iter().any(|share| share.is_mixed);
            assert!(sum <= big(proven) && (is_mixed || sum == big(proven)), "{what}: {by:?}");
            assert!(!is_mixed || by == By::Copies, "{what}: {by:?}");
        }
    }
    assert!(proofs >= 116 / step, "{proofs} proofs");
}

#[test]
fn all_alike_is_the_ordinary_bound_for_4_tokens() {
    check_uniform(4);
}

#[test]
fn all_alike_is_the_ordinary_bound_for_5_tokens() {
    check_uniform(5);
}

#[test]
fn all_alike_is_the_ordinary_bound_for_10_tokens() {
    check_uniform(10);
}

#[test]
fn all_alike_is_the_ordinary_bound_for_20_tokens() {
    check_uniform(20);
}

/// A random distribution as text, and the weight that it gives an input, times 12.
fn random_distribution(
    random: &mut Random,
    Shape { v, n, .. }: Shape,
) -> (String, impl Fn(&[usize]) -> u128) {
    let mut weights = |len: usize| {
        let weight = |_| random.below(12) as u128;
        (0..len).map(weight).collect::<Vec<_>>()
    };
    let (largest, copies, cells) = (weights(v), weights(n), weights(v * v));
    let least = weights(1)[0] as usize % v;
    let list = |weights: &[u128], over: u128| {
        let texts: Vec<_> = weights.iter().map(|weight| format!("{weight}/{over}")).collect();
        texts.join(",")
    };
    let lines = (0..v).flat_map(|m| (0..=m).map(move |q| (m, q)));
    let lines: Vec<_> = lines.map(|(m, q)| format!("{m},{q},{}", cells[m * v + q])).collect();
    let text = format!(
        "largest:{};copies:{};table:{};last>={least}",
        list(&largest, 4),
        list(&copies, 3),
        lines.join("|")
    );
    let weigh = move |tokens: &[usize]| {
        let (m, q) = (*tokens.iter().max().unwrap(), *tokens.last().unwrap());
        let of_m = tokens.iter().filter(|&&token| token == m).count();
        let weight = largest[m] * copies[of_m - 1] * cells[m * v + q];
        if q < least { 0 } else { weight }
    };
    (text, weigh)
}

/// Whether a map follows a distribution: to its bound, in parts that add up, and with the weight of
/// each input.
fn map_agrees(text: &str, proof: &Explanation, shape: Shape) {
    let distribution = Distribution::parse(text, shape).unwrap();
    let what = format!("{}, {text}", proof.strategy());
    let map = proof.map_over(&distribution);
    let bound = distribution.bound(&CaseCounts::new(proof.cases(), shape.n));
    assert_eq!((&map.proven, &map.total), (&bound.correct, &bound.total), "{what}");
    let parts: BigUint = map.parts.iter().map(|part| big(&part.inputs)).sum();
    let layers: BigUint = map.layers.iter().map(|layer| big(&layer.total)).sum();
    let proven: BigUint = map.layers.iter().map(|layer| big(&layer.proven)).sum();
    let (total, of_map) = (big(&map.total), big(&map.proven));
    assert_eq!((parts, layers, proven), (total.clone(), total.clone(), of_map), "{what}");
    let weights = map.weights.expect("some inputs weigh more than others");
    let weight = |tokens: Vec<usize>| {
        let (m, q) = (*tokens.iter().max().unwrap(), *tokens.last().unwrap());
        let copies = tokens.iter().filter(|&&token| token == m).count();
        let [largest, last, by_copies] = &weights.factors;
        let product = big(&largest[m]) * big(&last[q]) * big(&by_copies[copies - 1]);
        weights
            .table
            .as_ref()
            .map_or(product.clone(), |table| product * big(&table[m * shape.v + q]))
    };
    assert_eq!(sequences(shape.v, shape.n).map(weight).sum::<BigUint>(), total, "{what}");
}

#[test]
fn no_bound_exceeds_the_true_weighted_accuracy() {
    let mut random = Random::new(5);
    let (mut exact, mut mixed, mut checked) = (0, 0, 0);
    let models =
        [working(5, 3, 9.0, 0.02, 1), working(4, 4, 3.0, 0.05, 2), working(5, 4, 1.0, 0.1, 3)];
    for model in models {
        let task = MaxOfK::new(model).unwrap();
        let shape = task.shape();
        let mut judge = Judge::new(task.model());
        let truth: Vec<_> =
            sequences(shape.v, shape.n).map(|tokens| (judge.is_right(&tokens), tokens)).collect();
        let proofs: Vec<_> = Strategy::all()
            .filter_map(|strategy| Some((strategy, task.explain(strategy).ok()?)))
            .map(|(strategy, proof)| (strategy, CaseCounts::new(proof.cases(), shape.n), proof))
            .collect();
        for _ in 0..6 {
            let (text, weigh) = random_distribution(&mut random, shape);
            let Ok(distribution) = Distribution::parse(&text, shape) else { continue };
            for (_, _, proof) in proofs.iter().step_by(9) {
                map_agrees(&text, proof, shape);
                for by in By::ALL {
                    map_agrees(&format!("{text};worst={}", by.name()), proof, shape);
                }
            }
            let class = |tokens: &[usize], by: Option<By>| {
                let (m, q) = (*tokens.iter().max().unwrap(), *tokens.last().unwrap());
                let copies = tokens.iter().filter(|&&token| token == m).count();
                match by {
                    None => String::new(),
                    Some(By::Largest) => format!("largest token {m}"),
                    Some(By::Last) => format!("last token {q}"),
                    Some(By::Copies) if copies == 1 => "one copy of the largest token".into(),
                    Some(By::Copies) => format!("{copies} copies of the largest token"),
                    Some(By::Cell) => format!("largest token {m}, last token {q}"),
                }
            };
            for by in [None].into_iter().chain(By::ALL.map(Some)) {
                for (strategy, counts, _) in &proofs {
                    for share in distribution.shares(counts, by) {
                        let what = format!("{strategy}, {text}, {}", share.class);
                        let of_class =
                            || truth.iter().filter(|(_, tokens)| class(tokens, by) == share.class);
                        let total: u128 = of_class().map(|(_, tokens)| weigh(tokens)).sum();
                        let right = of_class().filter(|(is_right, _)| *is_right);
                        let right: u128 = right.map(|(_, tokens)| weigh(tokens)).sum();
                        // The common denominator may be smaller than 12.
                        let (proven, all) = (big(&share.proven), big(&share.total));
                        let (ours, truly) = (proven * big(total), big(right) * all);
                        assert!(ours <= truly, "{what}");
                        if share.is_exact {
                            assert_eq!(ours, truly, "{what}");
                            exact += 1;
                        }
                        mixed += usize::from(share.is_mixed);
                        checked += 1;
                    }
                }
            }
        }
    }
    assert!(exact > 500 && mixed > 100 && checked > 10_000, "{exact}, {mixed}, {checked}");
}

#[test]
fn classes_that_weigh_the_same_do() {
    for (v, n) in [(2, 1), (4, 3), (64, 20)] {
        let shape = Shape { v, d: 1, h: 1, n };
        for (place, name) in ["largest", "last", "copies"].into_iter().enumerate() {
            let facts = Distribution::parse(&format!("{name}:alike"), shape).unwrap().facts();
            let parts = facts.parts[place].iter().filter(|part| **part > 0.0);
            let expected = 1.0 / facts.parts[place].len() as f64;
            assert!(parts.into_iter().all(|part| (part - expected).abs() < 1e-15), "{facts:?}");
        }
    }
    let shape = Shape { v: 4, d: 1, h: 1, n: 3 };
    let facts =
        Distribution::parse("largest >= 2; last:linear; worst=copies", shape).unwrap().facts();
    let about = "inputs whose largest token is ≥\u{a0}2, weighted by last token (linearly)";
    assert_eq!((facts.about.as_str(), facts.worst), (about, true));
    assert_eq!(facts.parts[0][..2], [0.0, 0.0]);
}

#[test]
fn the_worst_class_is_named() {
    let models = oracle();
    let (_, task, _) = &models[1];
    let counts = task.explain(Strategy::Cubic).unwrap();
    let least = (0..64)
        .map(|m| {
            let cases = counts.cases().iter().filter(|case| case.m == m);
            let sum = cases.fold((0, 0), |(p, t), case| (p + case.proven, t + case.total));
            (sum.0 as f64 / sum.1 as f64, m)
        })
        .reduce(|a, b| if b.0 < a.0 { b } else { a })
        .unwrap();
    let bound = Distribution::parse("worst=largest", task.shape())
        .unwrap()
        .bound(&CaseCounts::new(counts.cases(), 4));
    assert_eq!(bound.class, format!("largest token {}", least.1));
    assert!((bound.bound - least.0).abs() < 1e-12);
}

#[test]
fn hostile_texts_are_refused_in_words() {
    let shape = Shape { v: 4, d: 1, h: 1, n: 3 };
    let refused = |text: &str| Distribution::parse(text, shape).unwrap_err();
    let said = |text: &str| refused(text).to_string();
    let long = "9".repeat(100_000);
    assert!(matches!(refused("x"), DistributionError::Part(_)));
    assert!(matches!(refused("largest:linear;largest:alike"), DistributionError::Twice(_)));
    assert_eq!(said("largest>=4"), "`largest>=4`: expected a whole number from 0 to 3");
    assert_eq!(said("copies=0"), "`copies=0`: expected a whole number from 1 to 3");
    assert_eq!(said("last:1,2"), "2 weights by last token, expected 4, one for each of 0 to 3");
    for weight in ["-1", "1/0", "nan", "1e3", "+1", "1/-2", ".", "1/2/3", &long] {
        assert!(
            matches!(refused(&format!("copies:1,1,{weight}")), DistributionError::Weight(_)),
            "{weight}"
        );
    }
    assert!(said(&format!("copies:1,1,{long}")).len() < 200);
    let prime = "copies:1/18446744073709551557,1/18446744073709551533,1";
    assert_eq!(refused(prime), DistributionError::Digits);
    for line in ["1,2,1", "4,1,1", "1,1", "1,1,1,1", "a,b,c", "-1,0,1"] {
        assert!(
            matches!(refused(&format!("table:{line}")), DistributionError::Line { .. }),
            "{line}"
        );
    }
    assert!(matches!(refused("table:1,1,1|1,1,2"), DistributionError::Twice(_)));
    for text in ["copies:0,0,0", "table:", "largest<=1;largest>=2", "last=3;largest<=2"] {
        assert_eq!(refused(text), DistributionError::Nothing, "{text}");
    }
}
