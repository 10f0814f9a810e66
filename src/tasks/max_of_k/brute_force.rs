use super::Strategy;
use super::answers::{Answers, peak_elsewhere};
use crate::linalg::{Matrix, exp};
use crate::proof::{CaseAnalysis, Cost, Tally};
use crate::transformer::{Circuits, Shape, Transformer};

/// The exact count, by running the model on every sequence (spec: "brute force", `O(v^{n+1} n d)`).
///
/// The softmax denominator is positive, so it cannot change which logit is largest: with
/// `V[q, p, t, o] = e^{score(q, p, t)} (EUPU[q, o] + EVOU[t, o] + PVOU[p, o])` a sequence is right if and only if
/// `Σ_p V[q, p, t_p, ·]` peaks strictly at its largest token. Nested loops share the sums of common prefixes, so a
/// sequence costs one addition of `v` numbers and one maximum over them.
pub struct BruteForce {
    shape: Shape,
    answers: Answers,
    /// Tokens (from the first position on) that a chunk fixes beside the query.
    fixed: usize,
}

/// Above this, an exponential in the shared form could vanish beside another one, and with it a sequence whose tokens all
/// have such scores: `e^{−600} ≈ 10^{−261}` is well inside the range of float64, and its products with logits are too.
const MAX_SPREAD: f64 = 600.0;

/// A chunk runs as many sequences as keep its additions below this number (some 10 ms), at least `v²`.
const CHUNK_ADDITIONS: usize = 1 << 24;

impl BruteForce {
    /// More sequences than this are not started on: about half a day on one core.
    pub const MAX_SEQUENCES: u128 = 1 << 41;

    /// Prepares the count.
    ///
    /// # Panics
    /// If there are more chunks than an `u64` can number: some 2⁸⁰ sequences.
    #[must_use]
    pub fn new(model: &Transformer) -> Self {
        let shape = model.shape();
        // A chunk leaves `free` tokens open beside the query: as many as its size allows, at least two.
        let (mut free, mut additions) = (2.min(shape.n - 1), shape.v.pow(3));
        while free < shape.n - 1 && additions * shape.v <= CHUNK_ADDITIONS {
            (free, additions) = (free + 1, additions * shape.v);
        }
        Self { shape, answers: Answers::new(model), fixed: shape.n - 1 - free }
    }

    /// `V[q, p, t, ·]` for one query as rows `[n·v, v]`, row `p v + t`; `None` if its scores spread too far for that form.
    fn rows(&self, q: usize) -> Option<Vec<f64>> {
        let Shape { v, n, .. } = self.shape;
        let Answers { circuits: Circuits { EUPU, EVOU, PVOU, .. }, token_scores, position_scores } = &self.answers;
        let extremes = |row: &Matrix<f64>| {
            row.row(q).iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &x| (low.min(x), high.max(x)))
        };
        let ((t_low, t_high), (p_low, p_high)) = (extremes(token_scores), extremes(position_scores));
        if (t_high - t_low) + (p_high - p_low) > MAX_SPREAD {
            return None;
        }
        let mut rows = Vec::with_capacity(n * v * v);
        for p in 0..n {
            for t in 0..v {
                let weight = exp((token_scores[[q, t]] - t_high) + (position_scores[[q, p]] - p_high));
                let logits = EUPU.row(q).into_iter().zip(EVOU.row(t)).zip(PVOU.row(p));
                rows.extend(logits.map(|((direct, token), position)| weight * (direct + (token + position))));
            }
        }
        Some(rows)
    }

    /// Right sequences of query `q` that begin with `prefix`, with shared work.
    fn count_shared(&self, q: usize, prefix: &[usize], rows: &[f64]) -> u64 {
        let Shape { v, n, .. } = self.shape;
        let row = |p: usize, t: usize| &rows[(p * v + t) * v..][..v];
        let mut start = row(n - 1, q).to_vec();
        for (p, &t) in prefix.iter().enumerate() {
            add(&mut start, row(p, t));
        }
        let largest = prefix.iter().fold(q, |m, &t| m.max(t));
        if prefix.len() == n - 1 {
            return u64::from(peak_elsewhere(&start, largest) < start[largest]);
        }
        // One partial sum for each position from the first free one to the last.
        let mut sums = vec![0.0; (n - 1 - prefix.len()) * v];
        sums[..v].copy_from_slice(&start);
        NestedLoops::new(self.shape, rows).count(prefix.len(), &mut sums, largest)
    }

    /// Right sequences of query `q` that begin with `prefix`, one softmax for each.
    fn count_one_by_one(&self, q: usize, prefix: &[usize]) -> u64 {
        let Shape { v, n, .. } = self.shape;
        let mut tokens = vec![0; n];
        tokens[..prefix.len()].copy_from_slice(prefix);
        tokens[n - 1] = q;
        let mut correct = 0;
        loop {
            correct += u64::from(self.answers.is_right(&tokens));
            // The next sequence, counting up from the position before the query.
            let Some(p) = (prefix.len()..n - 1).rev().find(|&p| tokens[p] + 1 < v) else { return correct };
            tokens[p] += 1;
            tokens[p + 1..n - 1].fill(0);
        }
    }
}

impl CaseAnalysis for BruteForce {
    fn chunks(&self) -> u64 {
        std::iter::repeat_n(self.shape.v as u64, self.fixed + 1).product()
    }

    fn count(&self, chunk: u64) -> Tally {
        assert!(chunk < self.chunks(), "chunk {chunk} of {}", self.chunks());
        let v = self.shape.v as u64;
        let mut digits = chunk;
        let mut digit = || {
            let d = digits % v;
            digits /= v;
            usize::try_from(d).expect("a token is below v")
        };
        let prefix: Vec<_> = (0..self.fixed).map(|_| digit()).collect();
        let q = digit();
        let right = u128::from(match self.rows(q) {
            Some(rows) => self.count_shared(q, &prefix, &rows),
            None => self.count_one_by_one(q, &prefix),
        });
        let sequences: u128 = std::iter::repeat_n(u128::from(v), self.shape.n - 1 - self.fixed).product();
        Tally { right, wrong: sequences - right }
    }

    fn cost(&self) -> Cost {
        Cost::of_flops(Strategy::BruteForce.flops(self.shape))
    }
}

/// The loops over the free positions of one query.
struct NestedLoops<'a> {
    shape: Shape,
    rows: &'a [f64],
    /// The rows of position `n − 2`, `[v(t), v(o)]`, without the entries at `o = t`: where `t` is the largest token, the
    /// maximum over the wrong outputs is then a maximum over the whole row.
    last_without_self: Vec<f64>,
}

impl<'a> NestedLoops<'a> {
    fn new(shape: Shape, rows: &'a [f64]) -> Self {
        let Shape { v, n, .. } = shape;
        let mut last_without_self = rows[(n - 2) * v * v..][..v * v].to_vec();
        last_without_self.iter_mut().step_by(v + 1).for_each(|x| *x = f64::NEG_INFINITY);
        Self { shape, rows, last_without_self }
    }

    /// Right sequences with any tokens at positions `p` to `n − 2`. `sums` holds the sum of all other positions, `[v]`,
    /// then room for one more such sum for each position in between; `largest` is their largest token.
    fn count(&self, p: usize, sums: &mut [f64], largest: usize) -> u64 {
        let Shape { v, n, .. } = self.shape;
        let (sum, deeper) = sums.split_at_mut(v);
        if p == n - 2 {
            return self.count_last(sum, largest);
        }
        let rows = self.rows[p * v * v..].chunks_exact(v).take(v).enumerate();
        rows.map(|(t, row)| {
            for ((next, &x), &y) in deeper.iter_mut().zip(sum.iter()).zip(row) {
                *next = x + y;
            }
            self.count(p + 1, deeper, largest.max(t))
        })
        .sum()
    }

    /// Right sequences among the `v` with any token at position `n − 2`. Overwrites the entry at `largest` of `sum`.
    fn count_last(&self, sum: &mut [f64], largest: usize) -> u64 {
        let Shape { v, n, .. } = self.shape;
        let last = |t: usize| &self.rows[((n - 2) * v + t) * v..][..v];
        let mut correct = 0;
        for t in largest + 1..v {
            let right = sum[t] + last(t)[t];
            correct += u64::from(largest_sum(sum, &self.last_without_self[t * v..][..v]) < right);
        }
        let right = std::mem::replace(&mut sum[largest], f64::NEG_INFINITY);
        for t in 0..=largest {
            correct += u64::from(largest_sum(sum, last(t)) < right + last(t)[largest]);
        }
        correct
    }
}

fn add(sum: &mut [f64], row: &[f64]) {
    for (x, &y) in sum.iter_mut().zip(row) {
        *x += y;
    }
}

/// `max_o (a[o] + b[o])`, in lanes: a maximum is the same in any order.
#[inline]
fn largest_sum(a: &[f64], b: &[f64]) -> f64 {
    const LANES: usize = 8;
    let larger = |x: f64, y: f64| if x > y { x } else { y };
    let mut peaks = [f64::NEG_INFINITY; LANES];
    let (a_lanes, b_lanes) = (a.chunks_exact(LANES), b.chunks_exact(LANES));
    let rest = a_lanes.remainder().iter().zip(b_lanes.remainder());
    for (x, y) in a_lanes.zip(b_lanes) {
        for lane in 0..LANES {
            peaks[lane] = larger(x[lane] + y[lane], peaks[lane]);
        }
    }
    let peak = rest.fold(f64::NEG_INFINITY, |peak, (x, y)| larger(x + y, peak));
    peaks.into_iter().fold(peak, larger)
}
