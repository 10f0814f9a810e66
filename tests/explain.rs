//! What explanations say of cases: their counts are those of the proofs, and their inputs are what
//! they are said to be.

use crate::common::{every, oracle, outcome, sequences, uniform, working};
use crate::truth::Judge;
use compact_proofs::models::transformer::{Shape, Transformer};
use compact_proofs::proof::Contribution;
use compact_proofs::tasks::max_of_k::{
    CaseMap, ExplainedCase, Explanation, MaxOfK, Strategy, Way, Why,
};
use std::collections::BTreeSet;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn number(decimal: &str) -> u128 {
    decimal.parse().unwrap()
}

/// The number of inputs with the last token `q`, the largest token `m` and `others` tokens that are
/// not `m`.
fn inputs(n: usize, m: usize, q: usize, others: Option<usize>) -> u128 {
    let with = |c: usize| {
        let free = c.checked_sub(usize::from(q < m));
        let choices = free.filter(|&free| free < n && (q == m || free < n - 1));
        choices.map_or(0, |free| {
            let places = (0..free).fold(1, |all, i| all * (n - 1 - i) as u128 / (i as u128 + 1));
            places * std::iter::repeat_n(m as u128, free).product::<u128>()
        })
    };
    others.map_or_else(|| (0..n).map(with).sum(), with)
}

/// Whether the counts of an explanation are those of the proof, and add up in every way.
fn counts_agree(name: &str, task: &MaxOfK, explanation: &Explanation) {
    let strategy = explanation.strategy();
    let what = format!("{name}: {strategy}");
    let outcome = outcome(task, strategy);
    let (correct, total) = (outcome.bound.correct(), task.sequences());
    let cases = explanation.cases();
    assert_eq!(cases.iter().map(|case| case.proven).sum::<u128>(), correct, "{what}");
    assert_eq!(cases.iter().map(|case| case.total).sum::<u128>(), total, "{what}");
    let n = task.shape().n;
    for case in cases {
        assert_eq!(case.total, inputs(n, case.m, case.q, case.others), "{what}: {case:?}");
        let unproven: u128 = case.unproven.iter().map(|(_, inputs)| inputs).sum();
        assert_eq!(case.proven + unproven, case.total, "{what}: {case:?}");
        assert!(case.unproven.iter().all(|&(why, inputs)| why != Why::Proven && inputs > 0));
        assert_eq!(case.verdict() == Why::Proven, case.proven == case.total, "{what}: {case:?}");
    }
    let map = explanation.map();
    map_agrees(&what, task, &map, correct);
    let wrong = cases.iter().flat_map(|case| &case.unproven);
    let wrong = wrong.filter(|(why, _)| *why == Why::Wrong).map(|(_, inputs)| inputs);
    let wrong: u128 = wrong.sum();
    let proven_wrong = outcome.upper.map(|upper| total - upper.most.correct());
    // Where all wrong inputs are counted, they are told from those that only the proof misses.
    if let Some(counted) = map.wrong.as_deref().map(number) {
        assert_eq!(wrong, counted, "{what}");
        assert!(proven_wrong.is_none_or(|proven| proven <= wrong), "{what}");
    } else if let Some(proven_wrong) = proven_wrong {
        assert_eq!(wrong, proven_wrong, "{what}");
    }
    for Contribution { what: how, cases: settled, .. } in &outcome.contributions {
        let way = ["in blocks of", "position by position", "in part", "bounded", "enumerated"];
        let way = way.iter().position(|words| how.contains(words)).map(|place| Way::ALL[place]);
        let by = |way| {
            let cells = cases.iter().filter(|case| case.way == Some(way));
            cells.map(|case| (case.m, case.q)).collect::<BTreeSet<_>>().len() as u64
        };
        assert!(way.is_none_or(|way| by(way) == *settled), "{what}: {settled} {how}");
    }
    if let Some(left_out) = outcome.left_out {
        let left = cases.iter().filter(|case| case.proven > 0).map(|case| case.total - case.proven);
        assert_eq!(left.sum::<u128>(), left_out, "{what}");
    }
}

/// Whether the layers and the parts of a map add up to all inputs.
fn map_agrees(what: &str, task: &MaxOfK, map: &CaseMap, correct: u128) {
    let v = task.shape().v;
    let all = task.sequences();
    assert_eq!((number(&map.total), number(&map.proven)), (all, correct), "{what}");
    let parts = map.parts.iter().map(|part| number(&part.inputs));
    assert_eq!(parts.clone().sum::<u128>(), all, "{what}");
    assert!(map.parts[0].verdict.id == "proven" && parts.clone().next() == Some(correct));
    assert!(parts.skip(1).all(|inputs| inputs > 0), "{what}");
    let layers = || map.layers.iter();
    assert_eq!(layers().map(|layer| number(&layer.total)).sum::<u128>(), all, "{what}");
    assert_eq!(layers().map(|layer| number(&layer.proven)).sum::<u128>(), correct, "{what}");
    for layer in layers() {
        assert_eq!((layer.share.len(), layer.verdict.len()), (v * v, v * v));
        assert_eq!((layer.way.len(), layer.wrong.len()), (v * v, v * v));
        for (share, &verdict) in layer.share.iter().zip(&layer.verdict) {
            assert_eq!(share.is_nan(), verdict == 255, "{what}");
            let verdict = map.verdicts.get(usize::from(verdict));
            assert_eq!(*share == 1.0, verdict.is_some_and(|verdict| verdict.id == "proven"));
            assert!(share.is_nan() || (0.0..=1.0).contains(share));
        }
    }
}

/// Whether what is said of some cases closely is true: of each case whose number is a multiple of
/// `step`.
fn facts_agree(name: &str, task: &MaxOfK, explanation: &Explanation, step: usize) {
    for case in explanation.cases().iter().step_by(step) {
        let what = format!("{name}: {} {case:?}", explanation.strategy());
        let facts = explanation.facts(case.m, case.q, case.others).unwrap();
        assert!(!facts.sentences.is_empty());
        assert!(facts.terms.iter().all(|term| term.value.is_finite()), "{what}: {facts:?}");
        let is_right = |tokens: &Vec<usize>| task.example(tokens).unwrap().right;
        if let Some(tokens) = &facts.proven_input {
            let (of, covered) = explanation.covers(tokens);
            assert!(of == case && covered == Some(true), "{what}: {tokens:?}");
            assert!(is_right(tokens), "{what}: {tokens:?}");
        }
        if let Some(tokens) = &facts.unproven_input {
            let (of, covered) = explanation.covers(tokens);
            assert!(of == case && covered != Some(true), "{what}: {tokens:?}");
        }
        // Of a count nobody knows which inputs it proves.
        let unproven_input = facts.unproven_input.as_ref();
        let is_counted =
            unproven_input.is_some_and(|tokens| explanation.covers(tokens).1.is_none());
        let decides = |input: &Option<_>, inputs: u128| input.is_some() == (inputs > 0);
        assert!(is_counted || decides(&facts.proven_input, case.proven), "{what}: {facts:?}");
        let unproven = case.total - case.proven;
        assert!(decides(&facts.unproven_input, unproven), "{what}: {facts:?}");
    }
}

/// All listed strategies, and some that someone may build.
fn strategies() -> impl Iterator<Item = Strategy> {
    let parts = "EUPU-max-diff-exact--attn-mean-query+diff--attn-err";
    let built = [
        format!("rank-3-svd--{parts}-max-diff-exact"),
        format!("rank-2-mean--{parts}-max-diff--gaps-plain"),
        format!("rank-8-query--{parts}-mean+max-diff--gap-2"),
    ];
    Strategy::all().chain(built.map(|name| name.parse().expect("a built strategy")))
}

/// The strategies of one model with each K; some of the hundred sub-cubic ones, which are explained
/// alike, and with more tokens, where each takes seconds, some of the others.
fn check_oracle(k: usize) {
    let models = oracle();
    let is_wanted = |(_, task, _): &&(_, MaxOfK, _)| task.shape().n == k;
    let (name, task, _) = models.iter().rev().find(is_wanted).unwrap();
    let (of_subcubic, of_others) = match k {
        20 => (every(15, 30), every(3, 5)),
        10 => (every(10, 20), every(1, 3)),
        _ => (every(3, 20), every(1, 2)),
    };
    let subcubic = |strategy: &Strategy| matches!(strategy, Strategy::Subcubic(_));
    let some = strategies().filter(subcubic).step_by(of_subcubic);
    let others = strategies().filter(|strategy| !subcubic(strategy)).step_by(of_others);
    for strategy in others.chain(some) {
        let is_refused = k > 5 && ["brute-force", "exact"].contains(&&*strategy.to_string());
        let explained = task.explain(strategy);
        assert_eq!(explained.is_err(), is_refused, "{name}: {strategy}");
        if let Ok(explanation) = explained {
            counts_agree(name, task, &explanation);
            facts_agree(name, task, &explanation, if k > 5 { 991 } else { 97 });
            // Only counts do not tell how many tokens are smaller.
            let is_apart = |case: &ExplainedCase| {
                case.others.is_some()
                    || case.way == Some(Way::Count)
                    || case.unproven.iter().any(|&(why, _)| why == Why::Rounding)
            };
            assert!(explanation.cases().iter().all(is_apart), "{name}: {strategy}");
        }
    }
}

#[test]
fn cases_add_up_for_4_tokens() {
    check_oracle(4);
}

#[test]
fn cases_add_up_for_5_tokens() {
    check_oracle(5);
}

#[test]
fn cases_add_up_for_10_tokens() {
    check_oracle(10);
}

#[test]
fn cases_add_up_for_20_tokens() {
    check_oracle(20);
}

/// The wrong inputs are a part of their own for every proof, and the map says where they are.
#[test]
fn no_proof_is_blamed_for_what_is_wrong() {
    let models = oracle();
    for (name, task, truth) in models.iter().filter(|(_, task, _)| task.shape().n == 4) {
        let of = |key: &str| number(truth[key].as_str().unwrap());
        let wrong = of("total") - of("brute_force_correct");
        let counted = |strategy: &str| {
            let map = task.explain(strategy.parse().unwrap()).unwrap().map();
            let part = map.parts.iter().find(|part| part.verdict.id == "wrong");
            let marked: f64 = map.layers.iter().flat_map(|layer| &layer.wrong).sum();
            let part = part.map_or(0, |part| number(&part.inputs));
            assert_eq!(marked, part as f64);
            part
        };
        for strategy in ["exact", "cubic", "cell", "best-within-1600000", "brute-force"] {
            assert_eq!(counted(strategy), wrong, "{name}: {strategy}");
        }
    }
}

/// What exact terms would give is at least what is proven, and no more than is right.
#[test]
fn exact_terms_gain_what_the_network_is_right_on() {
    let models = oracle();
    let (_, task, _) = models.iter().find(|(name, ..)| *name == "max4_v64_s123").unwrap();
    let parts = "EUPU-max-diff-exact--attn-mean-query+diff--attn-err";
    let terms = |error: &str| {
        let explanation = task.explain(format!("{parts}-{error}").parse().unwrap()).unwrap();
        let map = explanation.map();
        let (total, wrong) = (number(&map.total), number(&map.wrong.unwrap()));
        let terms = explanation.what_ifs();
        let left = total - number(&map.proven) - wrong;
        assert!(terms.iter().all(|term| term.inputs <= left), "{error}: {terms:?} of {left}");
        assert!(terms.is_sorted_by(|a, b| a.inputs >= b.inputs), "{error}: {terms:?}");
        let gap = map.parts.iter().find(|part| part.verdict.id == "gap").unwrap();
        let gain = |id| terms.iter().find(|term| term.id == id).unwrap().inputs;
        assert_eq!(gain("gap"), number(&gap.inputs));
        // An exact term is never worse than all terms as they are.
        assert!(["attention", "direct", "output"].map(gain).iter().all(|&x| x >= gain("choice")));
        terms
    };
    // The recursive error is what costs most beside gaps; scores without error have none.
    let recursive = terms("max-diff-subproduct-recursive");
    let first = recursive.iter().find(|term| term.id != "gap").unwrap();
    assert_eq!(first.id, "attention", "{recursive:?}");
    let exact = terms("exact-EQKE+max-diff-exact");
    let of = |id| exact.iter().find(|term| term.id == id).unwrap().inputs;
    assert_eq!(of("attention"), of("choice"), "{exact:?}");
    // Most of what the cubic proof loses, it loses by taking the worst output of each term by
    // itself.
    let cubic = task.explain(Strategy::Cubic).unwrap();
    let (map, terms) = (cubic.map(), cubic.what_ifs());
    let left = number(&map.total) - number(&map.proven) - number(&map.wrong.unwrap());
    let gain = |id| terms.iter().find(|term| term.id == id).unwrap().inputs;
    assert!(terms.iter().all(|term| term.inputs <= left), "{terms:?} of {left}");
    assert!(gain("direct") > gain("output") && gain("output") > 0, "{terms:?}");
    assert_eq!(terms.len(), 3, "{terms:?}");
    // Nothing would gain where only what is wrong is lost.
    for strategy in ["brute-force", "exact"] {
        assert!(task.explain(strategy.parse().unwrap()).unwrap().what_ifs().is_empty());
    }
    let cell = task.explain("cell".parse().unwrap()).unwrap();
    assert_eq!(cell.what_ifs().iter().map(|term| term.id).collect::<Vec<_>>(), ["tokens"]);
}

/// Every input that is said to be proven is right in exact arithmetic, and each case has so many.
#[test]
fn what_is_said_to_be_proven_is_right() {
    let mut models = vec![
        ("works", working(5, 3, 9.0, 0.02, 1)),
        ("works less", working(4, 4, 3.0, 0.05, 2)),
        ("hardly works", working(5, 4, 1.0, 0.1, 3)),
    ];
    for (seed, (v, d, h, n)) in (1..).zip([(2, 1, 1, 1), (3, 2, 3, 2), (4, 3, 3, 4), (5, 3, 2, 3)])
    {
        for scale in [0.3, 1.0, 3.0] {
            let mut entry = uniform(seed);
            let shape = Shape { v, d, h, n };
            models.push(("random", Transformer::from_entries(shape, || scale * entry())));
        }
    }
    let step = every(1, 4);
    let mut proven = 0;
    for (name, model) in models {
        let task = MaxOfK::new(model).unwrap();
        let Shape { v, n, .. } = task.shape();
        let mut judge = Judge::new(task.model());
        let truth: Vec<_> =
            sequences(v, n).map(|tokens| (judge.is_right(&tokens), tokens)).collect();
        for strategy in strategies().step_by(step) {
            let Ok(explanation) = task.explain(strategy) else { continue };
            counts_agree(name, &task, &explanation);
            facts_agree(name, &task, &explanation, 1);
            for case in explanation.cases() {
                let what = format!("{name}: {strategy} {case:?}");
                let of_case =
                    || truth.iter().filter(|(_, tokens)| explanation.covers(tokens).0 == case);
                assert_eq!(of_case().count() as u128, case.total, "{what}");
                let right = of_case().filter(|(is_right, _)| *is_right).count() as u128;
                assert!(case.proven <= right, "{what}: {right} right");
                let is_exact = ["brute-force", "exact"].contains(&&*strategy.to_string());
                assert!(!is_exact || case.proven == right, "{what}: {right} right");
                if explanation.map().wrong.is_some() {
                    assert_eq!(case.known_wrong(), case.total - right, "{what}");
                }
                let covered = |tokens: &Vec<usize>| explanation.covers(tokens).1;
                if of_case().any(|(_, tokens)| covered(tokens).is_none()) {
                    continue;
                }
                let of_proof = of_case().filter(|(_, tokens)| covered(tokens) == Some(true));
                assert!(of_proof.clone().all(|(is_right, _)| *is_right), "{what}");
                assert_eq!(of_proof.count() as u128, case.proven, "{what}");
                proven += case.proven;
            }
        }
    }
    assert!(proven > 10_000 / step as u128, "{proven}");
}

#[test]
fn what_cannot_be_explained_is_refused_with_a_reason() {
    let models = oracle();
    let task = &models.last().unwrap().1;
    let why = |name: &str| {
        let explained = task.explain(name.parse().unwrap());
        explained.map(|_| ()).unwrap_err().to_string()
    };
    assert!(why("brute-force").starts_with("Brute force would go through 64^20 sequences"));
    assert!(why("best-within-1").starts_with("a proof of at most 1·10⁰ FLOPs is too short"));
    let cubic = models[0].1.explain(Strategy::Cubic).unwrap();
    assert_eq!(
        cubic.facts(3, 4, Some(1)).unwrap_err().to_string(),
        "the proof has no case of largest token 3 and last token 4 with 1 other tokens"
    );
    assert!(cubic.facts(3, 2, Some(1)).is_ok() && cubic.facts(3, 2, None).is_err());
    // No weights: every input is a tie, which has to be looked at by itself.
    let shape = Shape { v: 64, d: 2, h: 2, n: 5 };
    let tied = MaxOfK::new(Transformer::from_entries(shape, || 0.0)).unwrap();
    let why = tied.explain(Strategy::BruteForce).map(|_| ()).unwrap_err().to_string();
    assert!(why.starts_with("Brute force looks at more than 2^25 inputs"), "{why}");
}
