//! Soundness: no proof claims more than is true in exact real arithmetic, for benign and hostile
//! models.
//!
//! A *case* is one model with one proof object, or with one strategy that needs none. Its claim is
//! compared with the exact truth (see `truth`), without any tolerance. Sub-cubic and cubic proofs
//! are compared by query, largest token and number of other tokens; other proofs by their totals of
//! right and, where they claim any, wrong sequences. Each seed makes one model and some 300 cases
//! about it.
//!
//! To try other seeds than `npm test` does, on all cores: `SOUNDNESS=1..4001 cargo test --release
//! --test suite soundness:: -- --nocapture` Every 100 seeds it prints the totals so far and where
//! to resume; totals of disjoint ranges add up. `tests/SOUNDNESS.md` records the longest runs.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "small numbers, written here"
)]

use crate::common::{self, Random, random_plan, working};
use crate::truth::Truth;
use compact_proofs::linalg::Matrix;
use compact_proofs::models::transformer::{AttnScale, Biases, Shape, Transformer};
use compact_proofs::proof::{Tally, Target};
use compact_proofs::tasks::max_of_k::additive::{self, Additive, Plan};
use compact_proofs::tasks::max_of_k::subcubic::{
    Attention, AttentionError, Built, DirectPath, Directions, FourFactors, GapChoice, Gaps,
    LowRank, MAX_CENTRE, MAX_DIRECTION, Proof, Subcubic, verify,
};
use compact_proofs::tasks::max_of_k::train::{Recipe, train};
use compact_proofs::tasks::max_of_k::{Cases, Cubic, MaxOfK, Pruning, Strategy};
use ndarray::s;
use std::fmt;
use std::ops::{AddAssign, Range};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// The kind of model that a seed makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Any entries of one size.
    Any,
    /// Entries that are not rounded to float32.
    Float64,
    /// Small integers: ties.
    Integers,
    /// A few huge, tiny or zero entries among small ones.
    Mixed,
    /// Equal tokens, and a row of zeros.
    Twins,
    /// Equal outputs.
    SameOutputs,
    /// Every matrix of rank 1.
    RankOne,
    /// Copies the token it attends to most: most sequences are right, so false claims have room.
    Working,
    /// Trained for a moment.
    Trained,
    /// Any entries, and biases.
    Biased,
    /// Working, and biases.
    BiasedWorking,
    /// Some matrices up to the largest float32 numbers.
    Huge,
    /// Some matrices down to the least float32 numbers.
    Tiny,
    /// Scores that spread over tens to millions of millions.
    Spread,
    /// Some matrices zero.
    Zeros,
    /// The same large number added to all outputs, keys or tokens: differences lose their digits.
    Offset,
    /// Pairs of large values that cancel in a product.
    Cancelling,
    /// A sequence within an ulp of a tie, by one float64 weight.
    NearTie,
    /// A sequence as near to a tie as float32 weights can make it.
    NearTieFloat32,
    /// A near tie where some bounds are tight: few tokens, no position embeddings.
    TightTie,
    /// `TightTie` with nearly all bounds tight: no direct path, and attention of rank 1.
    SharpTie,
    /// A near tie in a model of another kind.
    TieOfAnother,
    /// Scores divided by another number than the root of the head's width, near ties among them.
    OtherScale,
}

impl Kind {
    pub(crate) const ALL: [Self; 23] = [
        Self::Any,
        Self::Working,
        Self::NearTie,
        Self::Integers,
        Self::Trained,
        Self::Huge,
        Self::TightTie,
        Self::Offset,
        Self::BiasedWorking,
        Self::SharpTie,
        Self::Tiny,
        Self::Spread,
        Self::NearTieFloat32,
        Self::Mixed,
        Self::Twins,
        Self::Cancelling,
        Self::SameOutputs,
        Self::Zeros,
        Self::RankOne,
        Self::Biased,
        Self::Float64,
        Self::TieOfAnother,
        Self::OtherScale,
    ];

    fn of(seed: u64) -> Self {
        Self::ALL[seed as usize % Self::ALL.len()]
    }

    /// Whether a useful bound must prove something about models of this kind.
    fn is_benign(self) -> bool {
        [Self::Working, Self::Trained, Self::BiasedWorking].contains(&self)
    }
}

fn shape(random: &mut Random) -> Shape {
    const SIZES: [(usize, usize); 14] = [
        (2, 1),
        (3, 1),
        (2, 2),
        (3, 2),
        (5, 2),
        (8, 2),
        (2, 3),
        (4, 3),
        (6, 3),
        (2, 4),
        (4, 4),
        (5, 4),
        (2, 5),
        (3, 5),
    ];
    // Rarely a large model, with 32768 sequences.
    let (v, n) = if random.below(60) == 0 { (8, 5) } else { random.one_of(&SIZES) };
    Shape { v, d: 1 + random.below(6), h: 1 + random.below(5), n }
}

fn matrices(model: &mut Transformer) -> [&mut Matrix<f64>; 7] {
    let Transformer { W_E, W_pos, W_Q, W_K, W_V, W_O, W_U, .. } = model;
    [W_E, W_pos, W_Q, W_K, W_V, W_O, W_U]
}

/// Rounds the weights to float32, as a weights file holds them.
fn float32(mut model: Transformer) -> Transformer {
    matrices(&mut model)
        .into_iter()
        .for_each(|weights| weights.mapv_inplace(|x| f64::from(x as f32)));
    model
}

fn working_model(random: &mut Random, seed: u64) -> Transformer {
    let (v, n) = random.one_of(&[(4, 3), (6, 2), (5, 4), (8, 3), (3, 5), (2, 2)]);
    let (sharpness, noise) = (random.one_of(&[2.0, 6.0, 20.0]), random.one_of(&[0.0, 0.02, 0.1]));
    float32(working(v, n, sharpness, noise, seed))
}

fn trained_model(random: &mut Random, seed: u64) -> Transformer {
    let (v, n) = random.one_of(&[(4, 2), (5, 2), (4, 3), (8, 2)]);
    let shape = Shape { v, d: 8, h: 8, n };
    let recipe = Recipe {
        shape,
        seed,
        steps: 150,
        batch: 32,
        learning_rate: 0.02,
        ..Recipe::published(n, seed)
    };
    train(&recipe, |_, _| ()).0
}

/// A model of this kind.
pub(crate) fn model(kind: Kind, seed: u64) -> Transformer {
    let mut random = Random::mixed(seed);
    let sizes @ Shape { v, d, h, .. } = shape(&mut random);
    let spread = random.one_of(&[0.3, 1.0, 3.0, 30.0]);
    let any = |random: &mut Random, scale: f64| {
        float32(Transformer::from_entries(sizes, || scale * random.number()))
    };
    match kind {
        Kind::Any => any(&mut random, spread),
        Kind::Float64 => Transformer::from_entries(sizes, || spread * random.number()),
        Kind::Integers => {
            let most = random.one_of(&[1.4, 2.4, 5.4]);
            Transformer::from_entries(sizes, || (most * random.number()).round())
        }
        Kind::Mixed => {
            let rare = random.one_of(&[[1e6, 1e-6], [1e15, 1e-20], [3e38, 1e-38]]);
            float32(Transformer::from_entries(sizes, || {
                [rare[0], 0.0, 1.0, 1.0, 1.0, rare[1]][random.below(6)] * random.number()
            }))
        }
        Kind::Twins => {
            let mut model = any(&mut random, spread);
            let first = model.W_E.row(0).to_owned();
            model.W_E.row_mut(v - 1).assign(&first);
            model.W_E.row_mut(v / 2).fill(0.0);
            model
        }
        Kind::SameOutputs => {
            let mut model = working_model(&mut random, seed);
            let last = model.W_U.ncols() - 1;
            let (from, to) = (random.below(last + 1), random.below(last + 1));
            let column = model.W_U.column(from).to_owned();
            model.W_U.column_mut(to).assign(&column);
            model
        }
        Kind::RankOne => {
            let mut model = any(&mut random, spread);
            for weights in matrices(&mut model) {
                let row = weights.row(0).to_owned();
                weights
                    .rows_mut()
                    .into_iter()
                    .for_each(|mut other| other.assign(&(&row * random.number())));
            }
            float32(model)
        }
        Kind::Working => working_model(&mut random, seed),
        Kind::Trained => trained_model(&mut random, seed),
        Kind::Biased | Kind::BiasedWorking => {
            let model = if kind == Kind::Biased {
                any(&mut random, spread)
            } else {
                working_model(&mut random, seed)
            };
            let Shape { v, d, h, .. } = model.shape();
            let size = random.one_of(&[0.01, 0.1, 1.0]);
            let mut bias =
                |length| (0..length).map(|_| f64::from((size * random.number()) as f32)).collect();
            Biases { b_Q: bias(h), b_K: bias(h), b_V: bias(h), b_O: bias(d), b_U: bias(v) }
                .fold_into(&model)
        }
        Kind::Huge | Kind::Tiny => {
            let huge = [1.0, 1e6, 1e15, 1e30, 3e38];
            let tiny = [1.0, 1e-6, 1e-20, 1e-38, 1e-44];
            let all = random.below(3) == 0;
            let size = random.one_of(if kind == Kind::Huge { &huge } else { &tiny });
            let mut model = if random.below(2) == 0 {
                any(&mut random, 1.0)
            } else {
                working_model(&mut random, seed)
            };
            let largest = if random.below(2) == 0 { 1.0 } else { size };
            for weights in matrices(&mut model) {
                let scale = if all || random.below(4) == 0 { size } else { 1.0 };
                weights.mapv_inplace(|x| (scale * x).clamp(-3e38, 3e38));
            }
            // Sets one entry to `largest`.
            if random.below(3) == 0 {
                model.W_E[[0, 0]] = largest;
            }
            float32(model)
        }
        Kind::Spread => {
            let mut model = if random.below(2) == 0 {
                any(&mut random, 1.0)
            } else {
                working_model(&mut random, seed)
            };
            let scale = random.one_of(&[10.0, 30.0, 100.0, 300.0, 1e3, 1e4, 1e6, 1e12]);
            let place = random.one_of(&[1, 2, 3]);
            matrices(&mut model)[place].mapv_inplace(|x| scale * x);
            float32(model)
        }
        Kind::Zeros => {
            let mut model = if random.below(2) == 0 {
                any(&mut random, spread)
            } else {
                working_model(&mut random, seed)
            };
            let all = random.below(8) == 0;
            for weights in matrices(&mut model) {
                if all || random.below(4) == 0 {
                    weights.fill(0.0);
                }
            }
            model
        }
        Kind::Offset => {
            let mut model = if random.below(2) == 0 {
                any(&mut random, 1.0)
            } else {
                working_model(&mut random, seed)
            };
            let size = random.one_of(&[1e3, 1e6, 1e7]);
            let weights = random.one_of(&[0, 3, 5, 6]);
            let weights = &mut *matrices(&mut model)[weights];
            // Adds `size` to one whole row or one whole column.
            let along_rows = random.below(2) == 0;
            let line = random.below(if along_rows { weights.nrows() } else { weights.ncols() });
            let mut line =
                if along_rows { weights.row_mut(line) } else { weights.column_mut(line) };
            line.mapv_inplace(|x| x + size);
            float32(model)
        }
        Kind::Cancelling => {
            // Pairs head dimensions: nearly opposite values and keys, read by equal weights.
            let shape = Shape { h: 2 * h, ..sizes };
            let size = random.one_of(&[1e2, 1e4, 1e8, 1e15]);
            let mut model = Transformer::from_entries(shape, || random.number());
            for i in 0..d {
                for j in 0..h {
                    model.W_V[[i, j]] *= size;
                    model.W_V[[i, j + h]] = -model.W_V[[i, j]] + random.number();
                    model.W_K[[i, j]] *= size;
                    model.W_K[[i, j + h]] = -model.W_K[[i, j]] + random.number();
                    model.W_O[[j + h, i]] = model.W_O[[j, i]];
                    model.W_Q[[i, j + h]] = model.W_Q[[i, j]];
                }
            }
            float32(model)
        }
        Kind::NearTie | Kind::NearTieFloat32 => {
            let mut model = match random.below(4) {
                0 => any(&mut random, 1.0),
                1 => trained_model(&mut random, seed),
                _ => working_model(&mut random, seed),
            };
            near_ties(&mut model, &mut random, kind == Kind::NearTieFloat32);
            model
        }
        Kind::TightTie | Kind::SharpTie => {
            let shape =
                Shape { v: random.one_of(&[2, 2, 2, 3]), d: 2 * d, n: 1 + random.below(3), h };
            let shape = if kind == Kind::SharpTie { Shape { h: 1, ..shape } } else { shape };
            let mut model = float32(Transformer::from_entries(shape, || random.number()));
            model.W_pos.fill(0.0);
            if kind == Kind::SharpTie {
                // Tokens use the first half of the residual stream, answers the second.
                model.W_E.slice_mut(s![.., d..]).fill(0.0);
                model.W_U.slice_mut(s![..d, ..]).fill(0.0);
            }
            let single = random.below(2) == 0;
            near_ties(&mut model, &mut random, single);
            model
        }
        Kind::TieOfAnother => {
            let mut model = loop {
                let kind = random.one_of(&Kind::ALL);
                if kind != Kind::TieOfAnother {
                    break model(kind, seed);
                }
            };
            near_ties(&mut model, &mut random, false);
            model
        }
        Kind::OtherScale => {
            let model = match random.below(4) {
                0 => any(&mut random, spread),
                1 => trained_model(&mut random, seed),
                _ => working_model(&mut random, seed),
            };
            let root = model.score_divisor();
            let numbers =
                [1.0, 0.5, 0.1, 3.7, 1e-3, 1e4, AttnScale::LEAST, AttnScale::MOST, root.next_up()];
            let number = random.one_of(&numbers);
            let mut model = model.with_attn_scale(number).expect("a scale that is honoured");
            // Often rescales `W_Q`, so that scores keep about their size.
            if random.below(3) > 0 {
                model.W_Q.mapv_inplace(|x| x * (number / root));
                model = float32(model);
            }
            if random.below(2) == 0 {
                let single = random.below(2) == 0;
                near_ties(&mut model, &mut random, single);
            }
            model
        }
    }
}

/// Brings a sequence of `model` as near to a tie as one float64 weight can, or some float32
/// weights.
fn near_ties(model: &mut Transformer, random: &mut Random, single: bool) {
    for _ in 0..if single { 4 } else { 1 } {
        nearly_tied(model, random, single);
    }
}

/// Moves one weight to where the forward pass's answer to some sequence changes: to one of the two
/// neighbouring numbers around the change, or to a number next to them.
fn nearly_tied(model: &mut Transformer, random: &mut Random, single: bool) {
    let Shape { v, n, .. } = model.shape();
    let round = |x: f64| if single { f64::from(x as f32) } else { x };
    // Often a sequence with tight bounds: `m` everywhere, or everywhere but at the query.
    let m = 1 + random.below(v - 1);
    let mut tokens: Vec<_> =
        (0..n).map(|_| if random.below(2) == 0 { m } else { random.below(m + 1) }).collect();
    match random.below(4) {
        0 => tokens.fill(m),
        1 => tokens[..n - 1].fill(m),
        _ => tokens[random.below(n)] = m,
    }
    let m = tokens.iter().copied().max().unwrap_or(m);
    for _ in 0..20 {
        let place = random.below(7);
        let index = {
            let weights = &matrices(model)[place];
            [random.below(weights.nrows()), random.below(weights.ncols())]
        };
        let start = matrices(model)[place][index];
        let o = (m + 1 + random.below(v - 1)) % v;
        let mut below = |x: f64| {
            matrices(model)[place][index] = x;
            let logits = model.logits(&tokens);
            logits[o] < logits[m]
        };
        let was = below(start);
        let size = if start == 0.0 { 1.0 } else { start.abs() };
        let steps = [0.01, -0.01, 0.1, -0.1, 1.0, -1.0, 3.0, -3.0, 10.0, -10.0];
        let Some(end) =
            steps.iter().map(|step| round(start + step * size)).find(|&x| below(x) != was)
        else {
            below(start);
            continue;
        };
        let (mut before, mut after) = (start, end);
        loop {
            let middle = round(before + (after - before) / 2.0);
            if middle == before || middle == after {
                break;
            }
            if below(middle) == was { before = middle } else { after = middle }
        }
        let beyond = round(after + (after - before));
        below(random.one_of(&[before, after, before, after, beyond]));
        return;
    }
}

/// Strategies that someone may build, of all ranks; others for another seed.
fn built(seed: u64) -> impl Iterator<Item = Subcubic> {
    let gaps = [GapChoice::Best, GapChoice::Plain, GapChoice::Same(1), GapChoice::Same(2)];
    let fitting = Subcubic::all().filter(|strategy| Built::fits(strategy.error));
    (seed..).zip(fitting.step_by(3)).map(move |(i, published)| {
        let (directions, _) = Directions::ALL[i as usize % 3];
        let built = Built { rank: 1 + (i % 8) as u8, directions, gaps: gaps[(i / 3) as usize % 4] };
        Subcubic { built: Some(built), ..published }
    })
}

/// A proof object of random numbers, some of them absurd.
fn random_proof(strategy: Subcubic, Shape { v, d, n, .. }: Shape, seed: u64) -> Proof {
    let mut random = Random::mixed(seed);
    let absurd = [1.0, 1.0, 1.0, 1e3, 1e150][seed as usize % 5];
    let at_limit = random.below(3) == 0;
    let mut vector = |length: usize| {
        let scale = 2.0 / (length as f64).sqrt();
        let mut vector: Vec<f64> = (0..length)
            .map(|_| {
                let size = match random.below(16) {
                    0 => 0.0,
                    1 => 1e-6,
                    2 => absurd,
                    _ => 1.0,
                };
                scale * size * random.number()
            })
            .collect();
        // Sometimes the greatest length allowed.
        let length = vector.iter().map(|x| x * x).sum::<f64>().sqrt();
        if at_limit && length > 0.0 {
            vector.iter_mut().for_each(|x| *x *= MAX_DIRECTION * (1.0 - 1e-15) / length);
        }
        vector
    };
    let low_rank = match strategy.error {
        AttentionError::Exact => LowRank::None,
        AttentionError::Svd
        | AttentionError::MaxDiff
        | AttentionError::MeanMaxDiff
        | AttentionError::MaxDiffExact => {
            let sigma = 100.0 * vector(1)[0].abs();
            let (singular_value, ridge) = (sigma, 1e-3);
            if strategy.built.is_some() {
                let mut side = || (0..strategy.rank()).map(|_| vector(v)).collect();
                LowRank::Several { queries: side(), keys: side(), singular_value, ridge }
            } else {
                LowRank::RankOne { query: vector(v), key: vector(v), singular_value, ridge }
            }
        }
        _ => LowRank::FourFactors(Box::new(FourFactors {
            query: vector(v),
            query_rest: vector(v),
            W_Q: vector(d),
            W_K: vector(d),
            key: vector(v),
            key_rest: vector(v),
        })),
    };
    let direct = (strategy.direct == DirectPath::SvdQuery).then(|| vector(d));
    let mut random = Random::new(seed + 1);
    let centre = |random: &mut Random| {
        if at_limit { random.one_of(&[-MAX_CENTRE, MAX_CENTRE, 1.0, 0.0]) } else { random.number() }
    };
    let centres = (strategy.attention == Attention::MeanQuery)
        .then(|| (0..v).map(|_| (0..n).map(|_| centre(&mut random)).collect()).collect());
    let mut gaps = Gaps::uniform(v, n, 1);
    for m in 0..v {
        for c in 0..n {
            gaps.queries_mut(m, c)
                .fill_with(|| (1.0 + 2.5 * (random.number() + 1.0) * random.number().abs()) as u16);
        }
    }
    Proof::new(strategy, low_rank, direct, centres, gaps)
}

/// Ways to prove.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    BruteForce,
    Cubic,
    Searched,
    Altered,
    Planned,
    RandomPlan,
}

/// What was tried in one way.
#[derive(Clone, Copy, Default)]
struct Tried {
    cases: u64,
    /// Proof objects that the verifier refused.
    refused: u64,
    /// Sequences proven right and proven wrong; `truth` holds how many really are.
    claimed: Tally,
    truth: Tally,
    /// Sequences proven right and sequences right, in benign models only.
    benign: (u128, u128),
}

/// What was tried in every way.
#[derive(Clone, Default)]
struct Totals {
    models: u64,
    ways: [Tried; 6],
    violations: Vec<Violation>,
}

/// A claim that is false.
#[derive(Clone, Debug)]
struct Violation {
    way: Way,
    kind: Kind,
    seed: u64,
    strategy: String,
    /// What was claimed and what is true.
    what: String,
    /// How many sequences too many were claimed.
    excess: u128,
}

impl AddAssign for Totals {
    fn add_assign(&mut self, other: Self) {
        self.models += other.models;
        for (sum, way) in self.ways.iter_mut().zip(other.ways) {
            sum.cases += way.cases;
            sum.refused += way.refused;
            sum.claimed = sum.claimed + way.claimed;
            sum.truth = sum.truth + way.truth;
            sum.benign = (sum.benign.0 + way.benign.0, sum.benign.1 + way.benign.1);
        }
        self.violations.extend(other.violations);
    }
}

impl Totals {
    fn cases(&self) -> u64 {
        self.ways.iter().map(|way| way.cases).sum()
    }

    /// The share of right sequences that was proven right, in benign models.
    fn benign(&self, way: Way) -> f64 {
        let (claimed, right) = self.ways[way as usize].benign;
        claimed as f64 / right as f64
    }
}

impl Totals {
    /// The worst false claim for each way to prove and kind of model.
    fn worst_violations(&self) -> String {
        let mut worst: Vec<(&Violation, usize)> = Vec::new();
        for violation in &self.violations {
            match worst
                .iter_mut()
                .find(|(other, _)| (other.way, other.kind) == (violation.way, violation.kind))
            {
                Some((other, count)) => {
                    *count += 1;
                    if violation.excess > other.excess {
                        *other = violation;
                    }
                }
                None => worst.push((violation, 1)),
            }
        }
        let line =
            |(Violation { way, kind, seed, strategy, what, .. }, count): &(&Violation, usize)| {
                format!("\n{way:?}, {kind:?}: {count}, of them seed {seed}, {strategy}: {what}")
            };
        worst.iter().map(line).collect()
    }
}

impl fmt::Display for Totals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (cases, violations) = (self.cases(), self.violations.len());
        write!(f, "{} models, {cases} cases, {violations} false claims;", self.models)?;
        for way in [
            Way::BruteForce,
            Way::Cubic,
            Way::Searched,
            Way::Altered,
            Way::Planned,
            Way::RandomPlan,
        ] {
            let Tried { cases, refused, claimed, .. } = self.ways[way as usize];
            let Tally { right, wrong, .. } = claimed;
            let benign = 100.0 * self.benign(way);
            write!(
                f,
                " {way:?}: {cases} cases ({refused} refused), {right} right, {wrong} wrong, {benign:.1} % of benign;"
            )?;
        }
        Ok(())
    }
}

/// One model, what is true of it, and what was tried.
struct Examination {
    seed: u64,
    kind: Kind,
    task: MaxOfK,
    truth: Truth,
    totals: Totals,
}

impl Examination {
    fn new(seed: u64) -> Self {
        let kind = Kind::of(seed);
        let task = MaxOfK::new(model(kind, seed)).expect("one output for each token");
        let truth = Truth::new(task.model());
        Self { seed, kind, task, truth, totals: Totals { models: 1, ..Totals::default() } }
    }

    fn truth(&self) -> Tally {
        let right = self.truth.total();
        Tally { wrong: self.task.sequences() - right, ..Tally::right(right) }
    }

    fn violated(&mut self, way: Way, strategy: &dyn fmt::Display, what: String, excess: u128) {
        let (seed, kind, strategy) = (self.seed, self.kind, strategy.to_string());
        self.totals.violations.push(Violation { seed, kind, way, strategy, what, excess });
    }

    fn tried(&mut self, way: Way, claimed: Tally) {
        let truth = self.truth();
        let tried = &mut self.totals.ways[way as usize];
        tried.cases += 1;
        tried.claimed = tried.claimed + claimed;
        tried.truth = tried.truth + truth;
        if self.kind.is_benign() {
            tried.benign = (tried.benign.0 + claimed.right, tried.benign.1 + truth.right);
        }
    }

    /// Checks the totals claimed by a proof without cases.
    fn tally(&mut self, way: Way, strategy: &dyn fmt::Display, claimed: Tally) {
        self.tried(way, claimed);
        let truth = self.truth();
        let excess = claimed
            .right
            .saturating_sub(truth.right)
            .max(claimed.wrong.saturating_sub(truth.wrong));
        if excess > 0 {
            self.violated(way, strategy, format!("{claimed:?}, true are {truth:?}"), excess);
        }
    }

    /// Checks each case claimed by a proof with cases.
    fn cases(&mut self, way: Way, strategy: &dyn fmt::Display, cases: &Cases) {
        self.tried(way, Tally::right(cases.proven()));
        let excess = |case: &&_| {
            let compact_proofs::tasks::max_of_k::Case { q, m, c, proven, .. } = **case;
            proven.saturating_sub(self.truth.right(q, m, c))
        };
        if let Some(worst) = cases.iter().max_by_key(excess) {
            let excess = excess(&worst);
            if excess > 0 {
                let right = self.truth.right(worst.q, worst.m, worst.c);
                self.violated(way, strategy, format!("{worst:?}, right are {right}"), excess);
            }
        }
    }

    /// Verifies a sub-cubic proof object.
    fn proof(&mut self, way: Way, proof: &Proof) {
        match verify(self.task.model(), proof) {
            Ok(cases) => self.cases(way, &proof.strategy, &cases),
            Err(_) => {
                self.tried(way, Tally::default());
                self.totals.ways[way as usize].refused += 1;
            }
        }
    }

    /// Tries a searched, a random and a mixed proof object for each of the 100 strategies, and for
    /// some that someone may build.
    fn subcubic(&mut self) {
        for (i, strategy) in (0..).zip(Subcubic::all().chain(built(self.seed))) {
            let altered = random_proof(strategy, self.task.shape(), self.seed * 1000 + i);
            let joint = (self.seed / Kind::ALL.len() as u64 + i).is_multiple_of(2);
            let search = self.task.search();
            let found = if joint { search.joint(strategy) } else { search.plain(strategy) };
            if let Ok(found) = found {
                self.proof(Way::Searched, &found);
                let mut mixed = found;
                match (self.seed + i) % 3 {
                    0 => mixed.gaps = altered.gaps.clone(),
                    1 => mixed.centres = altered.centres.clone(),
                    _ => mixed.low_rank = altered.low_rank.clone(),
                }
                self.proof(Way::Altered, &mixed);
            }
            self.proof(Way::Altered, &altered);
        }
    }

    /// Tries every additive strategy, and random plans.
    fn additive(&mut self) {
        let more =
            [Target::Flops(u64::MAX), Target::Bound(500_000), Target::Bound(0)].map(Additive::Best);
        let searched = Additive::all()
            .chain(more)
            .map(|strategy| (Way::Planned, self.task.prover().prove(strategy)));
        let random = (0..20)
            .map(|i| (Way::RandomPlan, random_plan(self.task.shape(), self.seed * 1000 + i)));
        for (way, plan) in searched.chain(random).collect::<Vec<_>>() {
            let verified =
                additive::verify(self.task.model(), &plan).expect("a plan for this model");
            self.tally(way, &plan.strategy, verified.tally());
            if way == Way::RandomPlan && self.seed < 100 {
                assert_eq!(serde_json::from_str::<Plan>(&plan.to_json()).expect("a plan"), plan);
            }
        }
    }

    fn run(mut self) -> Totals {
        let [claimed, plain] = [Pruning::On, Pruning::Off]
            .map(|pruning| common::run(&self.task, Strategy::BruteForce, pruning).tally());
        assert_eq!(plain.visited, self.task.sequences(), "seed {}", self.seed);
        assert!(claimed.visited <= plain.visited, "seed {}", self.seed);
        assert_eq!(
            Tally { visited: plain.visited, ..claimed },
            plain,
            "seed {}: pruning changes the count",
            self.seed
        );
        let exact = Strategy::Additive(Additive::Exact);
        let exact = common::run(&self.task, exact, Pruning::On).tally();
        for Tally { right, wrong, lost, .. } in [claimed, exact] {
            assert_eq!(
                right + wrong + lost,
                self.task.sequences(),
                "seed {}: each is decided or lost",
                self.seed
            );
        }
        self.tally(Way::Planned, &Additive::Exact, exact);
        self.tally(Way::BruteForce, &Strategy::BruteForce, claimed);
        let cubic = Cubic::new(self.task.model()).cases();
        self.cases(Way::Cubic, &Strategy::Cubic, &cubic);
        assert_eq!(
            common::count(&self.task, Strategy::Cubic),
            cubic.proven(),
            "seed {}",
            self.seed
        );
        self.subcubic();
        self.additive();
        self.totals
    }
}

#[cfg(target_arch = "wasm32")]
fn examine(seeds: Range<u64>) -> Totals {
    let mut totals = Totals::default();
    seeds.for_each(|seed| totals += Examination::new(seed).run());
    totals
}

/// Examines `seeds` on all cores.
#[cfg(not(target_arch = "wasm32"))]
fn examine(seeds: Range<u64>) -> Totals {
    use std::sync::atomic::{AtomicU64, Ordering};
    let next = AtomicU64::new(seeds.start);
    let run = || {
        let mut totals = Totals::default();
        let mine = std::iter::from_fn(|| {
            Some(next.fetch_add(1, Ordering::Relaxed)).filter(|&seed| seed < seeds.end)
        });
        mine.for_each(|seed| totals += Examination::new(seed).run());
        totals
    };
    std::thread::scope(|scope| {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let threads: Vec<_> = (0..cores).map(|_| scope.spawn(run)).collect();
        let mut totals = Totals::default();
        threads.into_iter().for_each(|thread| totals += thread.join().expect("no panic"));
        totals
    })
}

/// Seeds to try: those of the variable `SOUNDNESS`, as `FROM..TO`.
fn seeds() -> Range<u64> {
    let Ok(asked) = std::env::var("SOUNDNESS") else {
        return 0..Kind::ALL.len() as u64 * if cfg!(target_arch = "wasm32") { 1 } else { 10 };
    };
    let ends =
        asked.split_once("..").and_then(|(from, to)| Some(from.parse().ok()?..to.parse().ok()?));
    ends.expect("SOUNDNESS=FROM..TO, two whole numbers")
}

#[test]
fn nothing_false_is_proven() {
    let seeds = seeds();
    let mut totals = Totals::default();
    let mut start = seeds.start;
    while start < seeds.end {
        let end = seeds.end.min(start + 100);
        totals += examine(start..end);
        println!(
            "seeds {}..{end}: {totals} resume with SOUNDNESS={end}..{}",
            seeds.start, seeds.end
        );
        start = end;
    }
    assert!(
        totals.violations.is_empty(),
        "{} claims are false:{}",
        totals.violations.len(),
        totals.worst_violations()
    );
    if seeds.end - seeds.start < Kind::ALL.len() as u64 {
        return;
    }
    // A verifier that claims nothing would pass so far: require that enough is proven.
    for (way, least) in [
        (Way::BruteForce, 0.99),
        (Way::Cubic, 0.4),
        (Way::Searched, 0.15),
        (Way::Altered, 0.05),
        (Way::Planned, 0.7),
        (Way::RandomPlan, 0.35),
    ] {
        let part = totals.benign(way);
        assert!(part > least, "{way:?} proves {part} of what is right in benign models");
    }
    let refused: u64 = totals.ways.iter().map(|way| way.refused).sum();
    assert!(10 * refused < totals.cases(), "{refused} proof objects of {} refused", totals.cases());
}
