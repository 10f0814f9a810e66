use crate::kernels::{exp, largest_scaled_sum, range, scaled_differences};
use crate::models::transformer::Shape;
use crate::tasks::max_of_k::additive::Boxes;
use crate::tasks::max_of_k::answers::Answers;
use std::fmt;
use std::ops::{ControlFlow, Range};

/// Visits the last tokens `q`, largest tokens `m` and wrong outputs `o` with which some input may
/// have a margin of at most `λ`. With `e` the weight of token `t` at position `p`, the excess of an
/// input is
///
/// > `Σ_p e (EUPU[q, o] − EUPU[q, m] + EVOU[t_p, o] − EVOU[t_p, m] + PVOU[p, o] − PVOU[p, m] + λ)`,
///
/// and its margin over `o` is below `λ` if and only if that is positive.
pub(super) struct Worst<'a> {
    answers: &'a Answers<f64>,
    shape: Shape,
    /// `EVOU` by outputs, `[v(o), v(t)]`.
    token_outputs: Vec<f64>,
}

/// Which inputs were searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Searched {
    All,
    /// Those whose largest token is above this one.
    Above(usize),
    /// All but those with a last token whose attention scores spread too far for float64.
    InRange,
}

impl fmt::Display for Searched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("all inputs"),
            Self::Above(m) => write!(f, "the inputs whose largest token is above {m}"),
            Self::InRange => {
                f.write_str("the inputs whose attention scores do not spread too far for float64")
            }
        }
    }
}

/// The most spread of scores, see `brute_force`: with more, weights could vanish.
const MAX_SPREAD: f64 = 600.0;
/// The work after which a search ends, in terms: a few seconds. 512 tokens of a usual model take
/// less, 64 tokens some hundredths of a second.
const MOST_WORK: u64 = 2_000_000_000;
/// The work of a bound on a block of tokens, in terms.
const BLOCK_WORK: u64 = 3;

/// The weights of the inputs with one last token `q` and one largest token `m`.
struct Cell {
    q: usize,
    m: usize,
    /// One for each token up to `m`.
    tokens: Vec<f64>,
    /// One for each position, `[n]`; the last is the last token's.
    positions: Vec<f64>,
}

/// One wrong output of a cell.
pub(super) struct Output<'a> {
    cell: &'a Cell,
    /// The weights of tokens times what they add, `[m + 1]`.
    gains: Vec<f64>,
    /// What the last token and the position add, `[n]`.
    constants: Vec<f64>,
}

impl<'a> Worst<'a> {
    pub(super) fn new(answers: &'a Answers<f64>, shape: Shape) -> Self {
        let token_outputs = answers.circuits.EVOU.t().iter().copied().collect();
        Self { answers, shape, token_outputs }
    }

    /// Visits outputs that may have inputs with a margin of at most `least`, which the visitor may
    /// lower, the largest tokens first; until the visitor breaks off or time is up.
    pub(super) fn search(
        &self,
        mut least: f64,
        mut visit: impl FnMut(&Output<'_>, &mut f64) -> ControlFlow<()>,
    ) -> Searched {
        let Shape { v, n, .. } = self.shape;
        let (mut work, mut searched) = (0, Searched::All);
        for m in (0..v).rev() {
            let blocks = Blocks::new(self, m);
            for q in 0..=m {
                // A sequence of one token ends with its largest.
                if n == 1 && q < m {
                    continue;
                }
                let Some(cell) = self.cell(q, m) else {
                    searched = Searched::InRange;
                    continue;
                };
                let weights = blocks.weights(&cell);
                work += BLOCK_WORK * (v * blocks.ranges.len() + m) as u64;
                for o in (0..v).filter(|&o| o != m) {
                    if blocks.most(self, &cell, &weights, o, least) < 0.0 {
                        continue;
                    }
                    work += (n * (m + 1)) as u64;
                    if visit(&self.output(&cell, o), &mut least).is_break() {
                        return searched;
                    }
                }
                if work > MOST_WORK && (q, m) != (0, 0) {
                    return Searched::Above(m);
                }
            }
        }
        searched
    }

    /// The weights of a cell, unless they spread too far.
    fn cell(&self, q: usize, m: usize) -> Option<Cell> {
        let Answers { token_scores, position_scores, .. } = self.answers;
        let mut tokens = token_scores.row(q).to_vec();
        tokens.truncate(m + 1);
        let mut positions = position_scores.row(q).to_vec();
        let ((t_low, t_high), (p_low, p_high)) = (range(&tokens), range(&positions));
        let spread = (t_high - t_low) + (p_high - p_low);
        if spread > MAX_SPREAD || spread.is_nan() {
            return None;
        }
        tokens.iter_mut().for_each(|score| *score -= t_high);
        positions.iter_mut().for_each(|score| *score -= p_high);
        exp(&mut tokens);
        exp(&mut positions);
        Some(Cell { q, m, tokens, positions })
    }

    fn output<'b>(&self, cell: &'b Cell, o: usize) -> Output<'b> {
        let m = cell.m;
        let mut gains = vec![0.0; m + 1];
        let of = [o, m].map(|o| self.tokens_to(o, m));
        scaled_differences(&mut gains, &cell.tokens, of, 0.0);
        let constant = |p| self.direct(cell.q, o, m) + self.position(p, o, m);
        Output { cell, gains, constants: (0..self.shape.n).map(constant).collect() }
    }

    /// `EVOU[t, o]` for tokens up to `m`.
    fn tokens_to(&self, o: usize, m: usize) -> &[f64] {
        &self.token_outputs[o * self.shape.v..][..=m]
    }

    fn direct(&self, q: usize, o: usize, m: usize) -> f64 {
        let EUPU = &self.answers.circuits.EUPU;
        EUPU[[q, o]] - EUPU[[q, m]]
    }

    fn position(&self, p: usize, o: usize, m: usize) -> f64 {
        let PVOU = &self.answers.circuits.PVOU;
        PVOU[[p, o]] - PVOU[[p, m]]
    }
}

/// Blocks of tokens with one largest token, small next to it and large far from it: each is bounded
/// as a whole.
struct Blocks {
    ranges: Vec<Range<usize>>,
    /// The most that a token of a block adds to each output, `[v(o), blocks]`.
    gains: Vec<f64>,
    /// The most that a position before the last adds to each output, `[v]`.
    positions: Vec<f64>,
}

impl Blocks {
    fn new(worst: &Worst<'_>, m: usize) -> Self {
        let Shape { v, n, .. } = worst.shape;
        let mut ranges = Boxes { depth: 0, tokens: 4 }.token_blocks(m);
        ranges.push(m..m + 1);
        let (mut gains, mut differences) = (Vec::new(), vec![0.0; m + 1]);
        let ones = vec![1.0; m + 1];
        for o in 0..v {
            let of = [o, m].map(|o| worst.tokens_to(o, m));
            scaled_differences(&mut differences, &ones, of, 0.0);
            gains.extend(ranges.iter().map(|block| range(&differences[block.clone()]).1));
        }
        let position = |o| {
            let all = (0..n - 1).map(|p| worst.position(p, o, m));
            all.fold(f64::NEG_INFINITY, f64::max)
        };
        Self { ranges, gains, positions: (0..v).map(position).collect() }
    }

    /// The least and the largest weight of each block's tokens.
    fn weights(&self, cell: &Cell) -> Vec<(f64, f64)> {
        self.ranges.iter().map(|block| range(&cell.tokens[block.clone()])).collect()
    }

    /// At most the largest excess of an input.
    fn most(
        &self,
        worst: &Worst<'_>,
        cell: &Cell,
        weights: &[(f64, f64)],
        o: usize,
        least: f64,
    ) -> f64 {
        let Cell { q, m, ref tokens, ref positions } = *cell;
        let (own_position, before) = positions.split_last().expect("there is a last position");
        let direct = worst.direct(q, o, m) + least;
        let own_gain = worst.tokens_to(o, q)[q] - worst.tokens_to(m, q)[q];
        let own = direct + worst.position(before.len(), o, m) + own_gain;
        let own = own_position * tokens[q] * own;
        if before.is_empty() {
            return own;
        }
        let constant = direct + self.positions[o];
        let gains = &self.gains[o * self.ranges.len()..][..self.ranges.len()];
        let token = |(&gain, &(low, high)): (&f64, &(f64, f64))| {
            let sum = constant + gain;
            sum * if sum < 0.0 { low } else { high }
        };
        let most = gains.iter().zip(weights).map(token).fold(f64::NEG_INFINITY, f64::max);
        own + before.iter().sum::<f64>() * most
    }
}

impl Output<'_> {
    /// The excess of token `t` at position `p`.
    fn term(&self, p: usize, t: usize, least: f64) -> f64 {
        let Cell { tokens, positions, .. } = self.cell;
        positions[p] * (self.gains[t] + (self.constants[p] + least) * tokens[t])
    }

    /// The largest excess of a token at position `p`.
    fn most(&self, p: usize, least: f64) -> f64 {
        let constant = self.constants[p] + least;
        self.cell.positions[p] * largest_scaled_sum(&self.gains, constant, &self.cell.tokens)
    }

    fn others(&self) -> usize {
        self.constants.len() - 1
    }

    /// The input of the cell with the largest excess, unless that is below 0.
    pub(super) fn worst(&self, least: f64) -> Option<Vec<usize>> {
        let Cell { q, m, .. } = *self.cell;
        let others = self.others();
        let [any, with_m] = self.most_from(least)[0];
        let own = self.term(others, q, least);
        if own + if q == m { any } else { with_m } < 0.0 {
            return None;
        }
        let best = |p: usize| {
            let by_term =
                |s: &usize, t: &usize| self.term(p, *s, least).total_cmp(&self.term(p, *t, least));
            (0..=m).max_by(by_term).expect("there is a token up to the largest")
        };
        let mut tokens: Vec<_> = (0..others).map(best).chain([q]).collect();
        if !tokens.contains(&m) {
            // Where `m` costs least.
            let cost = |p: &usize| self.term(*p, tokens[*p], least) - self.term(*p, m, least);
            let place = (0..others).min_by(|p, other| cost(p).total_cmp(&cost(other)));
            tokens[place.expect("only a cell with several positions lacks m")] = m;
        }
        Some(tokens)
    }

    /// For each position, the largest excess of it and of those after it but the last: with any
    /// tokens, and with `m` among them.
    fn most_from(&self, least: f64) -> Vec<[f64; 2]> {
        let mut most = vec![[0.0, f64::NEG_INFINITY]; self.others() + 1];
        for p in (0..self.others()).rev() {
            let ([any, with_m], of_p) = (most[p + 1], self.most(p, least));
            let first = self.term(p, self.cell.m, least) + any;
            most[p] = [of_p + any, first.max(of_p + with_m)];
        }
        most
    }

    /// Visits the inputs of the cell whose excess is not below 0.
    pub(super) fn not_below(
        &self,
        least: f64,
        mut visit: impl FnMut(&[usize]) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let Cell { q, m, .. } = *self.cell;
        let others = self.others();
        let mut tokens = vec![q; others + 1];
        let own = self.term(others, q, least);
        self.below((0, own, q == m), (&self.most_from(least), least), &mut tokens, &mut visit)
    }

    /// Visits those that begin with the first `p` of `tokens`, whose excess with the last is `sum`.
    fn below(
        &self,
        (p, sum, has_m): (usize, f64, bool),
        (most, least): (&[[f64; 2]], f64),
        tokens: &mut [usize],
        visit: &mut impl FnMut(&[usize]) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        if sum + most[p][usize::from(!has_m)] < 0.0 {
            return ControlFlow::Continue(());
        }
        if p == self.others() {
            return visit(tokens);
        }
        for t in 0..=self.cell.m {
            tokens[p] = t;
            let sum = sum + self.term(p, t, least);
            let has_m = has_m || t == self.cell.m;
            self.below((p + 1, sum, has_m), (most, least), tokens, visit)?;
        }
        ControlFlow::Continue(())
    }
}
