//! Proofs about `y_c = ReLU(w_c · z + b_c)` from the features of `ẑ = Σ a_i d_i`.
//!
//! With `p_ic = d_i · w_c`, an output's argument is `Σ a_i p_ic + b_c`, but for the ball: `|w_c ·
//! (z − ẑ)| ≤ ε ‖w_c‖`. As ReLU increases, output `t` is the largest if its argument is positive
//! and above all other arguments, and the difference of two arguments is linear in features.
//!
//! * **sums** adds up each neuron's terms.
//! * **features** takes what the main feature does alone from a table, and of each other feature one
//!   number: at most by how much it changes any difference.
//! * **pairs** takes what each other feature does to the main feature's margin at the worst output from
//!   a table of pairs that occur together, and likewise how far two features bend outputs.
//!
//! Theorem 9 of `src/rounding/theorems.md` has the proofs.

use super::alone::Alone;
use super::case::{Answer, Case};
use super::exact::{coarse, distance_up, root_up, square};
use super::pairs::{Pairs, pairs_of};
use super::reads::{Reads, weighed};
use super::said::Made;
use super::{Method, Statement};
use crate::labs::superposition::Layer;

/// Bits after the point of arguments and outputs.
pub(super) const BITS: u32 = 42;

/// Tables of a proof about a ReLU layer.
pub(super) struct Relu<'a> {
    statement: &'a Statement,
    reads: Reads,
    /// Upper bounds on `max_c ‖w_t − w_c‖` for each output `t`, 14 bits after the point.
    apart: Vec<i128>,
    /// What each latent does alone; none for sums.
    alone: Vec<Alone>,
    /// What pairs do; none but for pairs.
    pairs: Option<Pairs<Pair>>,
    /// FLOPs of making this.
    pub(super) flops: u64,
}

/// What two latents do together.
struct Pair {
    /// The least that the second adds to any margin of the first's output, for an amplitude of 1,
    /// and the first to the second's.
    worst: [i128; 2],
    /// Upper bounds on how far outputs are from those of both alone, added up: if other latents are
    /// active, and if none is.
    bends: [i128; 2],
}

/// A neuron's bias with [`BITS`].
pub(super) fn bias(statement: &Statement, c: usize) -> i128 {
    i128::from(statement.bias[c]) << 28
}

impl<'a> Relu<'a> {
    /// Makes the tables that `method` needs.
    pub(super) fn new(
        statement: &'a Statement,
        directions: &[Vec<i64>],
        cases: &[Case],
        method: Method,
    ) -> Self {
        let columns = &statement.columns;
        let reads = Reads::new(directions, columns);
        let apart = |w: &Vec<i64>| columns.iter().map(|v| distance_up(w, v)).max().unwrap_or(0);
        let (n, m) = (columns.len() as u64, statement.hidden() as u64);
        let mut flops = reads.flops + 3 * n * n * m;
        let (mut alone, mut pairs) = (Vec::new(), None);
        if method != Method::Sums {
            alone = Alone::all(statement, &reads, cases);
            flops += reads.table.len() as u64 * Alone::flops(n);
        }
        if method == Method::Pairs {
            let entry = |x, y| Pair::new(statement, &reads, &alone, x, y);
            let table = Pairs::new(reads.table.len(), cases, entry);
            // Two differences and comparisons; terms, sizes, minima, a sum and a difference,
            // squares and sums.
            flops += table.count() * (4 * n + 14 * n);
            pairs = Some(table);
        }
        Self { apart: columns.iter().map(apart).collect(), statement, reads, alone, pairs, flops }
    }

    /// What is proven of a token.
    pub(super) fn answer(&self, case: &Case, flops: &mut u64) -> Answer {
        let answer = match self.alone.is_empty() {
            true => self.by_sums(case, flops),
            false => self.by_tables(case, flops),
        };
        let Some(said) = &case.said else { return answer };
        answer.or_said((case, said), &self.made(case, flops), (Layer::Relu, BITS), flops)
    }

    /// What the layer makes of all latents of a code; of the main one, where no table has others.
    fn made(&self, case: &Case, flops: &mut u64) -> Made {
        let (n, k) = (self.statement.features(), case.code.len());
        let base = |c: usize| bias(self.statement, c);
        let alone = |(latent, a): (usize, i64), c: usize| {
            (i128::from(a * self.reads.table[latent][c]) + base(c)).max(0)
        };
        let each = |of: &dyn Fn(usize) -> i128| (0..n).map(of).collect();
        let (outputs, moved) = match &self.pairs {
            // Known from before.
            None if self.alone.is_empty() => {
                let sums = self.reads.sums(case.code);
                (each(&|c| (sums[c] + base(c)).max(0)), 0)
            }
            None => {
                *flops += 3 * n as u64;
                (each(&|c| alone(case.main, c)), self.moved(case))
            }
            Some(pairs) => {
                *flops += ((5 * k + 1) * n) as u64;
                let added =
                    |c| case.code.iter().map(|&x| alone(x, c) - base(c).max(0)).sum::<i128>();
                (each(&|c| base(c).max(0) + added(c)), bends(case, pairs))
            }
        };
        Made { outputs, distance: moved + self.ball(case) }
    }

    /// An upper bound on how far the ball moves all outputs.
    fn ball(&self, case: &Case) -> i128 {
        coarse(case.ball * self.reads.stretch, BITS)
    }

    /// An upper bound on how far all latents but the main one move all outputs.
    fn moved(&self, case: &Case) -> i128 {
        coarse(weighed(case.others(), &self.reads.lengths), BITS)
    }

    fn by_sums(&self, case: &Case, flops: &mut u64) -> Answer {
        let n = self.statement.features() as u64;
        // Terms and biases; balls, differences and comparisons; intervals, errors, squares and
        // sums; errors without balls likewise.
        *flops += 2 * case.code.len() as u64 * n + 4 * n + 8 * n + 4 * n;
        let mut arguments = self.reads.sums(case.code);
        arguments.iter_mut().enumerate().for_each(|(c, x)| *x += bias(self.statement, c));
        let t = case.label;
        let is_above = |c| arguments[t] - arguments[c] > case.ball * self.apart[t];
        let is_right = arguments[t] > case.ball * self.reads.weights[t]
            && (0..arguments.len()).all(|c| c == t || is_above(c));
        let (mut loss, mut errors) = (0_u128, 0);
        for (c, &argument) in arguments.iter().enumerate() {
            let ball = case.ball * self.reads.weights[c];
            let [low, high] = [argument - ball, argument + ball].map(|x| x.max(0));
            let target = i128::from(case.value(c)) << 28;
            let error = coarse((high - target).max(target - low), BITS);
            loss = loss.saturating_add(square(error));
            let claimed = coarse((argument.max(0) - target).abs(), BITS);
            errors += claimed * claimed;
        }
        let ball = self.ball(case);
        let loss = loss.min(square(root_up(errors) + ball));
        Answer { is_right, loss, distance: ball, ball, epsilon: case.ball }
    }

    fn by_tables(&self, case: &Case, flops: &mut u64) -> Answer {
        let (main, a) = case.main;
        let (alone, others) = (&self.alone[main], case.others().count() as u64);
        let t = alone.output;
        // The argument; the margin's chord and what changes it; the ball.
        *flops += 2 * case.code.len() as u64 + 8 + 2 * others + 8;
        let terms = case.code.iter().map(|&(i, a)| i128::from(a * self.reads.table[i][t]));
        let argument = terms.sum::<i128>() + bias(self.statement, t);
        let change: i128 = case.others().map(|(j, b)| i128::from(b) * self.change(main, j)).sum();
        let is_right = t == case.label
            && argument > case.ball * self.reads.weights[t]
            && alone.margin_is_above(a, case.ball * self.apart[t] - change);
        let ball = self.ball(case);
        *flops += 2 * others + 3 * case.token.len() as u64 + 12;
        let mut best = (self.main_to_target(case, &[t]), self.moved(case));
        if let Some(pairs) = &self.pairs {
            let k = case.code.len() as u64;
            *flops += 12 * others + k * k / 2 + 12;
            let (claim, bends) = (self.all_to_target(case), bends(case, pairs));
            if claim + bends < best.0 + best.1 {
                best = (claim, bends);
            }
        }
        let (claim, interaction) = best;
        let distance = interaction + ball;
        Answer { is_right, loss: square(claim + distance), distance, ball, epsilon: case.ball }
    }

    /// The least that `other` adds to any margin of the output of `main`, for an amplitude of 1.
    fn change(&self, main: usize, other: usize) -> i128 {
        match &self.pairs {
            Some(pairs) => pairs.of(main, other).worst[usize::from(main > other)],
            None => -self.alone[other].range,
        }
    }

    /// An upper bound on the distance of the outputs of the main latent alone and the targets of
    /// its output and of those that are not `explained`; targets of others are taken as 0.
    fn main_to_target(&self, case: &Case, explained: &[usize]) -> i128 {
        let (main, a) = case.main;
        let alone = &self.alone[main];
        let t = alone.output;
        let argument = i128::from(a * self.reads.table[main][t]) + bias(self.statement, t);
        let target = i128::from(case.value(t)) << 28;
        let own = coarse((argument.max(0) - target).abs(), BITS);
        let missed = case.token.iter().filter(|(place, _)| !explained.contains(place));
        let missed = missed.map(|&(_, value)| coarse(i128::from(value) << 28, BITS));
        root_up(own * own + alone.others_at(a) + missed.map(|x| x * x).sum::<i128>())
    }

    /// An upper bound on the distance of what all latents do, each alone and added up, and the
    /// targets.
    fn all_to_target(&self, case: &Case) -> i128 {
        let mut explained = vec![self.alone[case.main.0].output];
        let mut sum = 0;
        for (j, b) in case.others() {
            let alone = &self.alone[j];
            let t = alone.output;
            // A target is compared with the first latent that makes its output largest.
            let is_first = !explained.contains(&t);
            let target = if is_first { i128::from(case.value(t)) << 28 } else { 0 };
            let base = bias(self.statement, t);
            let argument = i128::from(b * self.reads.table[j][t]) + base;
            let own = coarse((argument.max(0) - base.max(0) - target).abs(), BITS);
            let rest = alone.moved_at(b);
            sum += root_up(own * own + rest * rest);
            if is_first {
                explained.push(t);
            }
        }
        self.main_to_target(case, &explained) + sum
    }
}

/// An upper bound on how far outputs are from what all latents do, each alone and added up.
fn bends(case: &Case, pairs: &Pairs<Pair>) -> i128 {
    let all = pairs_of(case).map(|((i, _), (j, _))| pairs.of(i, j));
    all.map(|pair| pair.bends[usize::from(case.code.len() == 2)]).sum()
}

impl Pair {
    fn new(
        statement: &Statement,
        reads: &Reads,
        alone: &[Alone],
        (i, a): (usize, i64),
        (j, b): (usize, i64),
    ) -> Self {
        let (p, q) = (&reads.table[i], &reads.table[j]);
        let worst = |t: usize, row: &[i64]| {
            let changes = (0..row.len()).filter(|&c| c != t).map(|c| row[t] - row[c]);
            i128::from(changes.min().unwrap_or(0))
        };
        let mut squares = [0, 0];
        for (c, (p, q)) in p.iter().zip(q).enumerate() {
            let [x, y] = [a * p, b * q].map(|x| i128::from(x.abs()));
            let least = x.min(y);
            let crossing = (x + y - bias(statement, c).abs()).max(0);
            for (sum, bend) in squares.iter_mut().zip([least, least.min(crossing)]) {
                *sum += coarse(bend, BITS) * coarse(bend, BITS);
            }
        }
        let worst = [worst(alone[i].output, q), worst(alone[j].output, p)];
        Self { worst, bends: squares.map(root_up) }
    }
}
