use super::Strategy;
use super::answers::{Answers, Judge};
use crate::linalg::{Matrix, exp};
use crate::proof::{CaseAnalysis, Cost, Tally};
use crate::rounding::Arithmetic;
use crate::transformer::{Circuits, Shape, Transformer};

/// The exact count, by running the model on every sequence (spec: "brute force", `O(v^{n+1} n d)`).
///
/// The softmax denominator is positive, so it cannot change which logit is largest: with
/// `V[q, p, t, o] = e^{score(q, p, t)} (EUPU[q, o] + EVOU[t, o] + PVOU[p, o])` a sequence is right if and only if
/// `Σ_p V[q, p, t_p, ·]` peaks strictly at its largest token. Nested loops share the sums of common prefixes, so a
/// sequence costs one addition of `v` numbers and one maximum over them.
///
/// Margins that float64 cannot be trusted with (theorem 3 of [`crate::rounding`]) are worked out again in wider arithmetic; a
/// sequence that even that cannot decide is proven neither right nor wrong.
pub struct BruteForce {
    shape: Shape,
    answers: Answers<f64>,
    judge: Judge,
    /// Tokens (from the first position on) that a chunk fixes beside the query.
    fixed: usize,
}

/// Above this, an exponential in the shared form could vanish beside another one, and with it a sequence whose tokens all
/// have such scores: `e^{−600} ≈ 10^{−261}` is well inside the range of float64, and its products with logits are too.
const MAX_SPREAD: f64 = 600.0;

/// So many sequences of a chunk are decided in wider arithmetic at most (some 50 ms): where more are doubtful, most of them are
/// ties, of a model that does not care for some tokens, which no arithmetic but the exact one can decide.
const MAX_JUDGED: u64 = 4096;

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
        let answers = Answers::new(model, Arithmetic::DOUBLE);
        Self { shape, answers, judge: Judge::new(model), fixed: shape.n - 1 - free }
    }

    /// The shared form of one query; `None` if its scores spread too far for that form.
    fn rows(&self, q: usize) -> Option<Rows> {
        let Shape { v, n, .. } = self.shape;
        let Answers { circuits: Circuits { EUPU, EVOU, PVOU, .. }, token_scores, position_scores, slack } =
            &self.answers;
        let extremes = |row: &Matrix<f64>| {
            row.row(q).iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &x| (low.min(x), high.max(x)))
        };
        let ((t_low, t_high), (p_low, p_high)) = (extremes(token_scores), extremes(position_scores));
        if (t_high - t_low) + (p_high - p_low) > MAX_SPREAD {
            return None;
        }
        let (mut values, mut slacks) = (Vec::with_capacity(n * v * v), Vec::with_capacity(n * v));
        for p in 0..n {
            for t in 0..v {
                let weight = exp((token_scores[[q, t]] - t_high) + (position_scores[[q, p]] - p_high));
                let logits = EUPU.row(q).into_iter().zip(EVOU.row(t)).zip(PVOU.row(p));
                values.extend(logits.map(|((direct, token), position)| weight * (direct + (token + position))));
                slacks.push(slack * weight);
            }
        }
        Some(Rows { values, slacks })
    }

    /// Sequences of query `q` that begin with `prefix`, one softmax for each.
    fn count_one_by_one(&self, q: usize, prefix: &[usize]) -> Decided {
        let Shape { v, n, .. } = self.shape;
        let mut tokens = vec![0; n];
        tokens[..prefix.len()].copy_from_slice(prefix);
        tokens[n - 1] = q;
        let mut decided = Decided::default();
        loop {
            let (margin, slack) = self.answers.margin(&tokens);
            decided.add(margin, slack, || self.judge.decide(&tokens));
            // The next sequence, counting up from the position before the query.
            let Some(p) = (prefix.len()..n - 1).rev().find(|&p| tokens[p] + 1 < v) else { return decided };
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
        let decided = match self.rows(q).filter(|_| self.shape.n > 1) {
            Some(rows) => NestedLoops::new(self, &rows, q).count_all(&prefix),
            None => self.count_one_by_one(q, &prefix),
        };
        let sequences: u128 = std::iter::repeat_n(u128::from(v), self.shape.n - 1 - self.fixed).product();
        let [right, undecided, lost] = [decided.right, decided.undecided, decided.lost].map(u128::from);
        Tally { right, wrong: sequences - right - undecided, lost }
    }

    fn cost(&self) -> Cost {
        Cost::new(Strategy::BruteForce.flops(self.shape), self.answers.slack)
    }
}

/// `V[q, p, t, ·]` of one query.
struct Rows {
    /// `[n·v, v]`, row `p v + t`.
    values: Vec<f64>,
    /// The slack that each row asks for, `[n·v]`.
    slacks: Vec<f64>,
}

/// Sequences of a chunk; the others are wrong.
#[derive(Default)]
struct Decided {
    right: u64,
    undecided: u64,
    /// Of the undecided ones, those that are right if rounding is ignored.
    lost: u64,
    /// How often wider arithmetic was asked.
    judged: u64,
}

impl Decided {
    /// One more sequence, with the margin of its largest token's logit and the slack that rounding asks for.
    #[inline(always)]
    fn add(&mut self, margin: f64, slack: f64, judge: impl FnOnce() -> Option<bool>) {
        if margin > slack {
            self.right += 1;
            return;
        }
        let is_wrong = margin < -slack; // and not so of a NaN
        if !is_wrong {
            self.doubtful(margin, judge);
        }
    }

    #[cold]
    fn doubtful(&mut self, margin: f64, judge: impl FnOnce() -> Option<bool>) {
        self.judged += 1;
        match if self.judged <= MAX_JUDGED { judge() } else { None } {
            Some(right) => self.right += u64::from(right),
            None => {
                self.undecided += 1;
                self.lost += u64::from(margin > 0.0);
            }
        }
    }
}

/// The loops over the free positions of one query.
struct NestedLoops<'a> {
    proof: &'a BruteForce,
    rows: &'a Rows,
    /// The rows of position `n − 2`, `[v(t), v(o)]`, without the entries at `o = t`: where `t` is the largest token, the
    /// maximum over the wrong outputs is then a maximum over the whole row.
    last_without_self: Vec<f64>,
    /// The sequence so far.
    tokens: Vec<usize>,
    decided: Decided,
}

impl<'a> NestedLoops<'a> {
    fn new(proof: &'a BruteForce, rows: &'a Rows, q: usize) -> Self {
        let Shape { v, n, .. } = proof.shape;
        let mut last_without_self = rows.values[(n - 2) * v * v..][..v * v].to_vec();
        last_without_self.iter_mut().step_by(v + 1).for_each(|x| *x = f64::NEG_INFINITY);
        Self { proof, rows, last_without_self, tokens: vec![q; n], decided: Decided::default() }
    }

    /// All sequences that begin with `prefix`.
    fn count_all(mut self, prefix: &[usize]) -> Decided {
        let Shape { v, n, .. } = self.proof.shape;
        let row = |p: usize, t: usize| &self.rows.values[(p * v + t) * v..][..v];
        let slack = |p: usize, t: usize| self.rows.slacks[p * v + t];
        let q = self.tokens[n - 1];
        // One partial sum for each position from the first free one to the last.
        let mut sums = vec![0.0; (n - 1 - prefix.len()) * v];
        let (mut largest, mut slack_so_far) = (q, slack(n - 1, q));
        sums[..v].copy_from_slice(row(n - 1, q));
        for (p, &t) in prefix.iter().enumerate() {
            add(&mut sums[..v], row(p, t));
            slack_so_far += slack(p, t);
            largest = largest.max(t);
        }
        self.tokens[..prefix.len()].copy_from_slice(prefix);
        self.count(prefix.len(), &mut sums, slack_so_far, largest);
        self.decided
    }

    /// Sequences with any tokens at positions `p` to `n − 2`. `sums` holds the sum of all other positions, `[v]`, then space for
    /// one more such sum for each position in between; `slack` is the sum of theirs, `largest` their largest token.
    fn count(&mut self, p: usize, sums: &mut [f64], slack: f64, largest: usize) {
        let Shape { v, n, .. } = self.proof.shape;
        let (sum, deeper) = sums.split_at_mut(v);
        if p == n - 2 {
            return self.count_last(sum, slack, largest);
        }
        let rows: &'a Rows = self.rows;
        for (t, row) in rows.values[p * v * v..].chunks_exact(v).take(v).enumerate() {
            for ((next, &x), &y) in deeper.iter_mut().zip(sum.iter()).zip(row) {
                *next = x + y;
            }
            self.tokens[p] = t;
            self.count(p + 1, deeper, slack + rows.slacks[p * v + t], largest.max(t));
        }
    }

    /// The `v` sequences with any token at position `n − 2`. Overwrites the entry at `largest` of `sum`.
    fn count_last(&mut self, sum: &mut [f64], slack: f64, largest: usize) {
        let Shape { v, n, .. } = self.proof.shape;
        let last = |t: usize| &self.rows.values[((n - 2) * v + t) * v..][..v];
        let slacks = &self.rows.slacks[(n - 2) * v..][..v];
        let (judge, tokens) = (&self.proof.judge, &mut self.tokens);
        let mut decide = |t: usize, margin: f64| {
            self.decided.add(margin, slack + slacks[t], || {
                tokens[n - 2] = t;
                judge.decide(tokens)
            });
        };
        for t in largest + 1..v {
            let right = sum[t] + last(t)[t];
            decide(t, right - largest_sum(sum, &self.last_without_self[t * v..][..v]));
        }
        let right = std::mem::replace(&mut sum[largest], f64::NEG_INFINITY);
        for t in 0..=largest {
            decide(t, right + last(t)[largest] - largest_sum(sum, last(t)));
        }
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
