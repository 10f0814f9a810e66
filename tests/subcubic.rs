//! The 100 sub-cubic strategies: oracle counts.

mod common;

use compact_proofs::tasks::max_of_k::subcubic::{Search, Subcubic, verify};

#[test]
fn plain_search_and_published_formula_equal_the_oracle() {
    for (name, task, expected) in common::oracle() {
        let t = std::time::Instant::now();
        let search = Search::new(task.model());
        let (mut wrong, mut gain) = (Vec::new(), 0.0);
        for strategy in Subcubic::all() {
            let expected = &expected["subcubic"][strategy.to_string()];
            let proof = search.plain(strategy).unwrap();
            let count = verify(task.model(), &proof).unwrap().proven();
            let published = search.published_count(strategy).unwrap();
            if expected["count"] != count.to_string() || expected["published_count"] != published.to_string() {
                wrong.push(format!("{strategy}: {count} {published} expected {expected}"));
            }
            let _ = &mut gain;
        }
        eprintln!("{name} {:?}", t.elapsed());
        assert!(wrong.is_empty(), "{name}: {} wrong, {:#?}", wrong.len(), &wrong[..wrong.len().min(5)]);
    }
}

#[test]
fn joint() {
    for (name, task, _) in common::oracle().into_iter().take(2) {
        let t = std::time::Instant::now();
        let search = Search::new(task.model());
        for strategy in Subcubic::all() {
            let plain = verify(task.model(), &search.plain(strategy).unwrap()).unwrap().proven();
            let joint = verify(task.model(), &search.joint(strategy).unwrap()).unwrap().proven();
            assert!(joint >= plain);
            eprintln!("{strategy} {plain} {joint} {:.4}", (joint - plain) as f64 / task.sequences() as f64);
        }
        eprintln!("{name} {:?}", t.elapsed());
    }
}
