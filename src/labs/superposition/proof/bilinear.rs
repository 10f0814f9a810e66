//! Proofs about `y_c = (u_c · z)(v_c · z)` from the features of `ẑ = Σ a_i d_i`.
//!
//! With `U_ic = d_i · u_c` and `V_ic = d_i · v_c`, an output for `ẑ` is the sum over all pairs of
//! latents (`i = j` among them) of `a_i a_j (U_ic V_jc + U_jc V_ic)` (half of that for `i = j`): an
//! identity, so that pairs suffice. The ball adds at most `ε ‖u_c‖` and `ε ‖v_c‖` to the factors.
//!
//! Theorem 9 of `src/rounding/theorems.md` has the proofs.

use super::case::{Answer, Case};
use super::exact::{coarse, root_of, root_up, square};
use super::pairs::{Pairs, pairs_of};
use super::reads::{Reads, weighed};
use super::said::Made;
use super::{Method, Statement};
use crate::labs::superposition::Layer;

/// Bits after the point of outputs.
const BITS: u32 = 84;
/// Bits after the point of an output for an amplitude of 1.
const UNIT: u32 = 56;

/// Tables of a proof about a bilinear layer.
pub(super) struct Bilinear<'a> {
    statement: &'a Statement,
    left: Reads,
    right: Reads,
    /// What each latent does alone; none for sums.
    alone: Vec<Alone>,
    /// What pairs do; none but for pairs.
    pairs: Option<Pairs<Pair>>,
    /// FLOPs of making this.
    pub(super) flops: u64,
}

/// What a latent does alone, for an amplitude of 1.
struct Alone {
    /// The outputs, `U_ic V_ic`.
    outputs: Vec<i128>,
    /// The largest of them.
    largest: usize,
    /// How much larger it is than all others, at least.
    margin: i128,
    /// An upper bound on the length of the others, 20 bits after the point.
    rest: i128,
}

/// What two latents do together, for amplitudes of 1.
struct Pair {
    /// The least that the second alone adds to any margin of the first's output, and the first to
    /// the second's.
    alone: [i128; 2],
    /// The least that both together add to any margin of the first's output, and of the second's.
    together: [i128; 2],
    /// The largest difference of any two outputs that both make together.
    range: i128,
    /// An upper bound on the length of what both make together, 20 bits after the point.
    length: i128,
}

/// The least that `outputs` add to any margin of output `t`.
fn worst(outputs: &[i128], t: usize) -> i128 {
    let margins = (0..outputs.len()).filter(|&c| c != t).map(|c| outputs[t] - outputs[c]);
    margins.min().unwrap_or(0)
}

/// An upper bound on the length of `outputs`, 20 bits after the point, without output `but`.
fn length(outputs: &[i128], but: Option<usize>) -> i128 {
    let rest = outputs.iter().enumerate().filter(|&(c, _)| Some(c) != but);
    root_up(rest.map(|(_, y)| coarse(y.abs(), UNIT)).map(|x| x * x).sum())
}

impl Alone {
    fn new(left: &[i64], right: &[i64]) -> Self {
        let product = |(u, v): (&i64, &i64)| i128::from(*u) * i128::from(*v);
        let outputs: Vec<_> = left.iter().zip(right).map(product).collect();
        let larger = |t, c| if outputs[c] > outputs[t] { c } else { t };
        let largest = (0..outputs.len()).fold(0, larger);
        let (margin, rest) = (worst(&outputs, largest), length(&outputs, Some(largest)));
        Self { outputs, largest, margin, rest }
    }
}

impl<'a> Bilinear<'a> {
    /// Makes the tables that `method` needs.
    pub(super) fn new(
        statement: &'a Statement,
        directions: &[Vec<i64>],
        cases: &[Case],
        method: Method,
    ) -> Self {
        let left = Reads::new(directions, &statement.left);
        let right = Reads::new(directions, &statement.right);
        let n = statement.features() as u64;
        let mut flops = left.flops + right.flops;
        let (mut alone, mut pairs) = (Vec::new(), None);
        if method != Method::Sums {
            let rows = left.table.iter().zip(&right.table);
            alone = rows.map(|(u, v)| Alone::new(u, v)).collect();
            // Products; the largest; margins and comparisons; squares and sums.
            flops += alone.len() as u64 * 6 * n;
        }
        if method == Method::Pairs {
            let entry = |(i, _), (j, _)| Pair::new(&left, &right, &alone, i, j);
            let table = Pairs::new(alone.len(), cases, entry);
            // Two products and a sum; four margins and comparisons; the range; squares and sums.
            flops += table.count() * (3 * n + 8 * n + 2 * n + 2 * n);
            pairs = Some(table);
        }
        Self { statement, left, right, alone, pairs, flops }
    }

    /// What is proven of a token.
    pub(super) fn answer(&self, case: &Case, flops: &mut u64) -> Answer {
        let answer = match self.alone.is_empty() {
            true => self.by_sums(case, flops),
            false => self.by_tables(case, flops),
        };
        let Some(said) = &case.said else { return answer };
        answer.or_said((case, said), &self.made(case, flops), (Layer::Bilinear, BITS), flops)
    }

    /// What the layer makes of all latents of a code, each alone but for sums; of the main one,
    /// where no table has others.
    fn made(&self, case: &Case, flops: &mut u64) -> Made {
        let (n, k) = (self.statement.features(), case.code.len());
        let alone = |(latent, a): (usize, i64), c: usize| {
            (i128::from(a * a) * self.alone[latent].outputs[c]) << (BITS - UNIT - 28)
        };
        let each = |of: &dyn Fn(usize) -> i128| (0..n).map(of).collect();
        let moved = |Moved { interaction, ball, .. }| interaction + ball;
        // What is known from before costs nothing.
        let (outputs, distance) = match &self.pairs {
            None if self.alone.is_empty() => {
                let Sums { middles, ball, .. } = self.sums(case);
                (middles, ball)
            }
            None => {
                *flops += 2 * n as u64;
                (each(&|c| alone(case.main, c)), moved(self.by_features(case, &mut 0)))
            }
            Some(pairs) => {
                *flops += (3 * k * n) as u64;
                let all = |c| case.code.iter().map(|&x| alone(x, c)).sum();
                (each(&all), moved(self.by_pairs(case, pairs, &mut 0)))
            }
        };
        Made { outputs, distance }
    }

    /// Adds up both factors of each output.
    fn sums(&self, case: &Case) -> Sums {
        let (left, right) = (self.left.sums(case.code), self.right.sums(case.code));
        let middles: Vec<i128> = left.iter().zip(&right).map(|(u, v)| u * v).collect();
        let ends: Vec<[i128; 2]> = (0..left.len())
            .map(|c| {
                let ball = |reads: &Reads| case.ball * reads.weights[c];
                let [u, v] = [ball(&self.left), ball(&self.right)];
                let products = [(-u, -v), (-u, v), (u, -v), (u, v)];
                let products = products.map(|(u, v)| (left[c] + u) * (right[c] + v));
                let least = products.into_iter().fold(products[0], i128::min);
                [least, products.into_iter().fold(products[0], i128::max)]
            })
            .collect();
        let moved = ends.iter().zip(&middles).map(|([low, high], y)| (high - y).max(y - low));
        let ball = root_of(moved.map(|x| square(coarse(x, BITS))).sum());
        Sums { middles, ends, ball }
    }

    fn by_sums(&self, case: &Case, flops: &mut u64) -> Answer {
        let n = self.statement.features() as u64;
        // Both factors; balls and four products; comparisons; errors, squares and sums.
        *flops += 4 * case.code.len() as u64 * n + 6 * n + 10 * n + 6 * n;
        let Sums { ends, ball, .. } = self.sums(case);
        let t = case.label;
        let is_right = (0..ends.len()).all(|c| c == t || ends[t][0] > ends[c][1]);
        let errors = ends.into_iter().enumerate().map(|(c, [low, high])| {
            let target = target(case.value(c));
            square(coarse((high - target).max(target - low), BITS))
        });
        let loss = errors.fold(0, u128::saturating_add);
        Answer { is_right, loss, distance: ball, ball, epsilon: case.ball }
    }

    fn by_tables(&self, case: &Case, flops: &mut u64) -> Answer {
        let (main, a) = case.main;
        let alone = &self.alone[main];
        let t = alone.largest;
        let margin = i128::from(a * a) * alone.margin;
        let mut best = self.by_features(case, flops);
        if let Some(pairs) = &self.pairs {
            best = best.or(self.by_pairs(case, pairs, flops));
        }
        let Moved { margin: change, interaction, claim, ball } = best;
        let is_right = t == case.label && margin + change > 0;
        let distance = interaction + ball;
        let loss = square(claim + distance);
        Answer { is_right, loss, distance, ball, epsilon: case.ball }
    }

    /// What all but the main latent change, by one number for each.
    fn by_features(&self, case: &Case, flops: &mut u64) -> Moved {
        let others = case.others().count() as u64;
        // Four sums over other latents; products of their results; the main latent's outputs.
        *flops += 8 * others + 24 + 3 * case.token.len() as u64;
        let (main, a) = case.main;
        let moved = |reads: &Reads, ball: bool| {
            let ball = if ball { case.ball } else { 0 };
            let most = weighed(case.others(), &reads.most) + ball * reads.longest();
            let length = weighed(case.others(), &reads.lengths) + ball * reads.stretch;
            (most, length)
        };
        let [u, v] = [&self.left, &self.right].map(|reads| i128::from(a) * reads.most[main]);
        let at = |ball: bool| {
            let ((left, left_length), (right, right_length)) =
                (moved(&self.left, ball), moved(&self.right, ball));
            let most = u * right + left * v + left * right;
            let length = u * right_length + left_length * v + left * right_length;
            (most, coarse(length, BITS))
        };
        let ((most, all), (_, interaction)) = (at(true), at(false));
        let claim = self.main_to_target(case, &[self.alone[main].largest]);
        Moved { margin: -2 * most, interaction, claim, ball: all - interaction }
    }

    /// What all but the main latent change, by tables of pairs.
    fn by_pairs(&self, case: &Case, pairs: &Pairs<Pair>, flops: &mut u64) -> Moved {
        let k = case.code.len() as u64;
        // Terms of pairs: amplitudes, margins and lengths; balls; each latent's outputs.
        *flops += 3 * k * k + 12 * k + 24 + 3 * case.token.len() as u64;
        let (main, _) = case.main;
        let mut change = 0;
        let mut interaction = 0;
        for ((i, a), (j, b)) in pairs_of(case) {
            let (pair, weight) = (pairs.of(i, j), i128::from(a * b));
            interaction += weight * pair.length;
            change += match main {
                _ if main == i => weight * pair.together[0] + i128::from(b * b) * pair.alone[0],
                _ if main == j => weight * pair.together[1] + i128::from(a * a) * pair.alone[1],
                _ => -weight * pair.range,
            };
        }
        let [u, v] =
            [&self.left, &self.right].map(|reads| weighed(case.code.iter().copied(), &reads.most));
        let [left, right] = [&self.left, &self.right].map(|reads| case.ball * reads.longest());
        let [lefts, rights] = [&self.left, &self.right].map(|reads| case.ball * reads.stretch);
        let ball = u * right + left * v + left * right;
        let length = coarse(u * rights + lefts * v + left * rights, BITS);
        Moved {
            margin: change - 2 * ball,
            interaction: coarse(interaction, 20 + 28),
            claim: self.all_to_target(case),
            ball: length,
        }
    }

    /// An upper bound on the distance of the outputs of the main latent alone and the targets of
    /// its output and of those that are not `explained`; targets of others are taken as 0.
    fn main_to_target(&self, case: &Case, explained: &[usize]) -> i128 {
        let (main, a) = case.main;
        let largest = self.alone[main].largest;
        let missed = case.token.iter().filter(|(place, _)| !explained.contains(place));
        let missed = missed.map(|&(_, value)| coarse(target(value), BITS));
        let own = self.to_target(main, a, case.value(largest));
        own + root_up(missed.map(|x| x * x).sum())
    }

    /// An upper bound on the distance of the outputs of a latent alone and the target of its output
    /// for `value`, all other targets being 0.
    fn to_target(&self, latent: usize, a: i64, value: i64) -> i128 {
        let alone = &self.alone[latent];
        let weight = i128::from(a * a);
        let own = coarse((weight * alone.outputs[alone.largest] - target(value)).abs(), BITS);
        let rest = coarse(weight * alone.rest, 20 + 28);
        root_up(own * own + rest * rest)
    }

    /// An upper bound on the distance of what all latents do, each alone and added up, and the
    /// targets.
    fn all_to_target(&self, case: &Case) -> i128 {
        let mut explained = vec![self.alone[case.main.0].largest];
        let mut sum = 0;
        for (j, b) in case.others() {
            let t = self.alone[j].largest;
            // A target is compared with the first latent that makes its output largest.
            let is_first = !explained.contains(&t);
            sum += self.to_target(j, b, if is_first { case.value(t) } else { 0 });
            if is_first {
                explained.push(t);
            }
        }
        self.main_to_target(case, &explained) + sum
    }
}

/// What both factors of each output add up to.
struct Sums {
    /// The outputs for `ẑ`.
    middles: Vec<i128>,
    /// The least and the largest that each output may be.
    ends: Vec<[i128; 2]>,
    /// How far the outputs are from `middles`, at most, 20 bits after the point.
    ball: i128,
}

/// What latents but the main one change.
struct Moved {
    /// At least this is added to each margin of the main latent's output, the ball included.
    margin: i128,
    /// How far outputs are from what is claimed of `ẑ`, at most.
    interaction: i128,
    /// How far what is claimed is from the targets, at most.
    claim: i128,
    /// What the ball adds to `interaction`, at most.
    ball: i128,
}

impl Moved {
    /// The better of two proofs: of the margin, and of the loss.
    fn or(self, other: Self) -> Self {
        let margin = self.margin.max(other.margin);
        let loss = |moved: &Self| moved.claim + moved.interaction + moved.ball;
        let best = if loss(&other) < loss(&self) { other } else { self };
        Self { margin, ..best }
    }
}

/// The target of a feature's value.
fn target(value: i64) -> i128 {
    i128::from(value * value) << (BITS - 28)
}

impl Pair {
    fn new(left: &Reads, right: &Reads, alone: &[Alone], i: usize, j: usize) -> Self {
        let wide = |x: i64| i128::from(x);
        let both = |c: usize| {
            wide(left.table[i][c]) * wide(right.table[j][c])
                + wide(left.table[j][c]) * wide(right.table[i][c])
        };
        let outputs: Vec<_> = (0..left.weights.len()).map(both).collect();
        let [least, largest] =
            [outputs.iter().min(), outputs.iter().max()].map(|x| x.map_or(0, |&x| x));
        Self {
            alone: [
                worst(&alone[j].outputs, alone[i].largest),
                worst(&alone[i].outputs, alone[j].largest),
            ],
            together: [worst(&outputs, alone[i].largest), worst(&outputs, alone[j].largest)],
            range: largest - least,
            length: length(&outputs, None),
        }
    }
}
