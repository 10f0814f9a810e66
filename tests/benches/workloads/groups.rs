//! Proofs about networks for group operations. A unit is all that one worker does.

use super::{Unit, Workload, digest};
use compact_proofs::linalg::Matrix;
use compact_proofs::models::two_token::{Folded, TwoToken, Weights};
use compact_proofs::proof::CaseAnalysis;
use compact_proofs::tasks::group_operations::group::natural;
use compact_proofs::tasks::group_operations::irrep::{Circuits, Irrep, Method};
use compact_proofs::tasks::group_operations::{GroupOperation, Options, Strategy};

macro_rules! networks {
    ($($name:ident = $file:literal;)*) => {
        $(const $name: &[u8] =
            include_bytes!(concat!("../../fixtures/group_operations/", $file));)*
    };
}
networks! {
    S4 = "S4_s0.safetensors";
    S5 = "S5_s1.safetensors";
    Z59 = "Z59_s0.safetensors";
    PIZZA = "pizza_p99zdpze5l.pt";
}

/// All workloads.
pub(super) fn all() -> Vec<Workload> {
    let trained = |bytes: &'static [u8]| move || load(bytes);
    vec![
        proof("work/brute force Z59, m = 512", trained(Z59), "brute-force"),
        proof("work/brute force Z113, m = 512", || constructed(113, 512), "brute-force"),
        proof("work/brute force S5, m = 128", trained(S5), "brute-force"),
        proof("work/active sets p99zdpze5l", trained(PIZZA), "active-sets-6"),
        every("work/every strategy S4, m = 64", trained(S4)),
        every("work/every strategy S5, m = 128", trained(S5)),
        Workload::new("work/irrep-linear S5, verification", verified),
        Workload::repeated("work/reading S5", 5, || load(S5).inputs() as u64),
    ]
}

fn load(bytes: &[u8]) -> GroupOperation {
    GroupOperation::load("fixture", bytes, &Options::default()).expect("a network").0
}

/// A network for addition modulo `order`, with numbers that mean nothing.
fn constructed(order: usize, neurons: usize) -> GroupOperation {
    let matrix = |rows, columns, seed: usize| {
        let number = |(i, j)| ((i * 31 + j * 17 + seed) % 229) as f64 / 64.0 - 1.75;
        Folded::exact(Matrix::from_shape_fn((rows, columns), number))
    };
    let network = TwoToken::new(Weights {
        left: matrix(order, neurons, 1),
        right: matrix(order, neurons, 2),
        hidden_bias: matrix(1, neurons, 3),
        unembed: matrix(order, neurons, 4),
        direct: None,
        bias: matrix(1, order, 5),
        heads: Vec::new(),
        attention_flops: 0.0,
    });
    let group = natural(&format!("Z{order}")).expect("a cyclic group");
    GroupOperation::new(network.expect("a network"), group).expect("a network for the group")
}

fn prove(task: &GroupOperation, strategy: Strategy) -> u64 {
    let mut run = task.run(strategy).expect("it is feasible");
    run.finish();
    digest(run.tally())
}

/// A proof with its search.
fn proof(name: &str, task: impl Fn() -> GroupOperation + 'static, strategy: &str) -> Workload {
    let strategy: Strategy = strategy.parse().expect("a strategy");
    Workload::new(name, move || {
        let task = task();
        vec![Box::new(move || prove(&task, strategy)) as Unit]
    })
}

/// Finding out which strategies there are, and a proof by each, with all searches.
fn every(name: &str, task: impl Fn() -> GroupOperation + 'static) -> Workload {
    Workload::new(name, move || {
        let task = task();
        let all = move || {
            let strategies = Strategy::listed(&task);
            strategies.into_iter().map(|of| prove(&task, of)).fold(0, u64::wrapping_add)
        };
        vec![Box::new(all) as Unit]
    })
}

/// Verifying a proof by irreps for all inputs at once, its search aside.
fn verified() -> Vec<Unit> {
    let task = load(S5);
    let mut run = task.run(Strategy::Irrep(Method::Linear)).expect("it is feasible");
    run.finish();
    let proof = run.evidence().expect("circuits").proof.expect("an object");
    let circuits: Circuits = serde_json::from_str(proof.get()).expect("circuits");
    let verify = move || {
        let given = Irrep::given(&task, Method::Linear, circuits.clone()).expect("circuits");
        digest(given.count(0))
    };
    vec![Box::new(verify)]
}
