use super::sets::Sets;
use super::walks::Walks;
use crate::cost::Scalar;
use crate::linalg::largest;
use crate::linalg::{Matrix, map};
use crate::models::two_token::{Logits, Shape, TwoToken};
use crate::proof::Tally;
use crate::tasks::group_operations::brute_force::margin;
use crate::tasks::group_operations::group::Group;
use crate::tasks::group_operations::low_rank::{Lengths, Rests, rests_flops};
use crate::tasks::group_operations::margin::tally;
use std::sync::OnceLock;

/// What the verifier makes of a network and of factors and orders that fit it.
pub(super) struct Verifier<S> {
    logits: Logits<S>,
    rests: Rests<S>,
    /// The largest rest.
    most: S,
    /// `L` and `R`, `[x, m]` and `[y, m]`.
    sides: [Matrix<S>; 2],
    sets: Vec<Sets>,
    walks: Walks,
    work: Work,
    /// What walks give, once it is used.
    walked: OnceLock<Walked<S>>,
    /// What is counted of each left token, once it is.
    counted: Vec<OnceLock<Tally>>,
    slack: S,
    /// What rounding can amount to in [`Walked::squares`].
    squares_slack: S,
}

/// What walks give for each input.
#[derive(Clone, Debug)]
pub(super) struct Walked<S> {
    /// `B a`, `[x, y, R]`.
    numbers: Vec<S>,
    /// The sums of `R[y, i]²` and of `L[x, i]²` over active neurons, `[x, y]` each; empty where
    /// lengths are bounded by those of all neurons.
    squares: [Vec<S>; 2],
}

/// How long the walks of a proof are.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Work {
    /// Comparisons that tell which neurons are active.
    compared: u64,
    /// Orders with neurons, of both sides.
    orders: usize,
    /// How often neurons come and go, for all tokens that stand still meanwhile.
    changes: usize,
}

impl<S: Scalar> Verifier<S> {
    pub(super) fn new(network: &TwoToken, walks: &Walks) -> Self {
        let Shape { left: order, neurons, .. } = network.shape();
        let rests = Rests::new(network, walks.factors());
        let (sets, compared) = Sets::all::<S>(network);
        let mut work = Work { compared, ..Work::default() };
        let mut most_changes = 1;
        for side in [0, 1] {
            for (tokens, members) in walks.orders(side) {
                work.orders += usize::from(!members.is_empty());
                for i in members {
                    work.changes += sets[i].changes(side, tokens);
                    most_changes = sets[i].most_changes(side, tokens).max(most_changes);
                }
            }
        }
        // Each term passes the sum of its place, a walk, and the sums of all orders.
        let more = neurons + order + 2 * work.orders + rests.rank + 16;
        let most_changes = S::from_f64(most_changes as f64);
        let slack = rests.slack(Some(most_changes), more);
        let squares_slack = match rests.sides {
            Some(_) => S::from_f64(0.0),
            None => rests.squares_slack(most_changes, more),
        };
        Self {
            logits: Logits::new(network),
            most: largest(rests.rests.iter().copied()),
            sides: [&network.left, &network.right].map(|side| map(&side.value, S::from_f64)),
            walks: walks.clone(),
            walked: OnceLock::new(),
            counted: (0..order).map(|_| OnceLock::new()).collect(),
            rests,
            sets,
            work,
            slack,
            squares_slack,
        }
    }

    /// Takes what walks of a higher rank gave, if the network, the orders and the first of their
    /// factors are these: each number is a sum of its own.
    pub(super) fn take(&self, higher: &Walked<S>) {
        let (rank, inputs) = (self.rests.rank, self.sides[0].nrows() * self.sides[1].nrows());
        let rows = higher.numbers.chunks_exact(higher.numbers.len() / inputs);
        let squares = match self.rests.sides {
            Some(_) => [Vec::new(), Vec::new()],
            None => higher.squares.clone(),
        };
        let numbers = rows.flat_map(|row| &row[..rank]).copied().collect();
        let _ = self.walked.set(Walked { numbers, squares });
    }

    /// How long the walks are.
    pub(super) fn work(&self) -> Work {
        self.work
    }

    /// The slack of a comparison.
    pub(super) fn slack(&self) -> f64 {
        self.slack.to_f64()
    }

    /// `‖U′[z] − A[z] B‖`, `[o]`.
    pub(super) fn rests(&self) -> &[S] {
        &self.rests.rests
    }

    /// The inputs of a left token that are proven right, and those that rounding loses; kept for
    /// the run of a proof whose search counted them.
    pub(super) fn count(&self, group: &Group, x: usize) -> Tally {
        let margins = || self.split(group, x).into_iter().map(|[factored, rest]| factored + rest);
        *self.counted[x].get_or_init(|| tally(margins(), self.slack))
    }

    /// The margins of a left token and each right one, at least, up to rounding: the margin through
    /// `R` numbers, and what the factors may leave of it.
    pub(super) fn parts(&self, group: &Group, x: usize) -> Vec<[f64; 2]> {
        self.split(group, x).into_iter().map(|parts| parts.map(S::to_f64)).collect()
    }

    fn split(&self, group: &Group, x: usize) -> Vec<[S; 2]> {
        let Self { rests, logits, .. } = self;
        let (order, outputs) = (group.order(), rests.rests.len());
        let numbers = &self.walked().numbers[x * order * rests.rank..][..order * rests.rank];
        let mut all = S::matmul(numbers, &rests.left, rests.rank, outputs);
        let rows = all.chunks_exact_mut(outputs).zip(0..);
        rows.map(|(row, y)| {
            logits.add_direct(row, x, y);
            let answer = group.product(x, y);
            let rest = (rests.rests[answer] + self.most) * self.length(x, y);
            [margin(row, answer), -rest]
        })
        .collect()
    }

    /// At least `‖a‖`, the length of what the neurons give.
    fn length(&self, x: usize, y: usize) -> S {
        let [one, other] = match &self.rests.sides {
            Some([left, right]) => [left[x], right[y]],
            None => {
                let place = x * self.sides[1].nrows() + y;
                let squares = self.walked().squares.each_ref();
                squares.map(|squares| (squares[place] + self.squares_slack).sqrt())
            }
        };
        one + other
    }

    /// What its walks give.
    pub(super) fn into_walked(self) -> Walked<S> {
        self.walked();
        self.walked.into_inner().unwrap_or_else(|| unreachable!("it was made just now"))
    }

    fn walked(&self) -> &Walked<S> {
        self.walked.get_or_init(|| {
            let (rank, inputs) = (self.rests.rank, self.sides[0].nrows() * self.sides[1].nrows());
            let zeros = |count: usize| vec![S::from_f64(0.0); count];
            let squared = if self.rests.sides.is_none() { inputs } else { 0 };
            let squares = [zeros(squared), zeros(squared)];
            let mut walked = Walked { numbers: zeros(inputs * rank), squares };
            for side in [0, 1] {
                for (tokens, members) in self.walks.orders(side) {
                    if !members.is_empty() {
                        self.walk(side, tokens, &members, &mut walked);
                    }
                }
            }
            walked
        })
    }

    /// The numbers that come and go with a neuron and a token of which it reads `value`: `B[·, i]`
    /// times that and, where lengths are bounded so, its square.
    fn terms(&self, i: usize, value: S) -> impl Iterator<Item = S> {
        let rank = self.rests.rank;
        let factors = self.rests.right[i * rank..][..rank].iter();
        let square = self.rests.sides.is_none().then(|| value * value);
        factors.map(move |&factor| factor * value).chain(square)
    }

    /// Adds what some neurons read of the tokens of the other side, while those of `side` come in
    /// an order.
    fn walk(&self, side: usize, tokens: &[usize], members: &[usize], walked: &mut Walked<S>) {
        let (rank, order) = (self.rests.rank, tokens.len());
        let width = width(rank, self.walks.factors().lengths());
        let zero = S::from_f64(0.0);
        // What comes and goes, [standing token, place in the order, width].
        let mut changes = vec![zero; order * order * width];
        for &i in members {
            let sets = &self.sets[i];
            let standing = &sets.descending[1 - side];
            let values = self.sides[1 - side].column(i);
            let terms: Vec<S> =
                standing.iter().flat_map(|&token| self.terms(i, values[token])).collect();
            let mut before = 0;
            for (place, &token) in tokens.iter().enumerate() {
                let now = sets.active[side][token];
                for k in before.min(now)..before.max(now) {
                    let changes = &mut changes[(standing[k] * order + place) * width..][..width];
                    for (sum, &term) in changes.iter_mut().zip(&terms[k * width..]) {
                        *sum = if now > before { *sum + term } else { *sum - term };
                    }
                }
                before = now;
            }
        }
        let Walked { numbers, squares } = walked;
        for (standing, changes) in changes.chunks_exact(order * width).enumerate() {
            let mut sums = vec![zero; width];
            for (&token, changes) in tokens.iter().zip(changes.chunks_exact(width)) {
                let (x, y) = if side == 0 { (token, standing) } else { (standing, token) };
                let place = x * order + y;
                let numbers = numbers[place * rank..][..rank].iter_mut();
                let numbers = numbers.chain(squares[side].get_mut(place));
                for ((number, sum), &change) in numbers.zip(&mut sums).zip(changes) {
                    *sum = *sum + change;
                    *number = *number + *sum;
                }
            }
        }
    }
}

/// How many numbers come and go with a neuron and a token.
fn width(rank: usize, lengths: Lengths) -> usize {
    rank + usize::from(lengths == Lengths::Active)
}

/// FLOPs of a proof of this rank.
pub(super) fn flops(
    network: &TwoToken,
    order: usize,
    rank: usize,
    lengths: Lengths,
    work: Work,
) -> f64 {
    let Shape { neurons, outputs, .. } = network.shape();
    let Work { compared, orders, changes } = work;
    let is_active = lengths == Lengths::Active;
    let (slack, length) = if is_active { (2 * neurons + 2, 4) } else { (0, 0) };
    let start = rests_flops(network, order, rank, lengths) + (5 + outputs - 1 + slack) as f64;
    let inputs = (order * order) as f64;
    let width = width(rank, lengths);
    let walks = 2 * order * neurons + changes;
    let walks = compared as f64 + (walks * width) as f64 + inputs * (2 * orders * width) as f64;
    let direct = Logits::<f64>::direct_flops(network) * outputs as f64;
    let of_input = (outputs * (2 * rank - 1) + outputs - 1 + 5 + length) as f64 + direct;
    start + walks + inputs * of_input
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cost::Counted;
    use crate::models::two_token::testing::{matrix, network};
    use crate::tasks::group_operations::group::natural;
    use crate::tasks::group_operations::low_rank::Factors;

    fn walks(lengths: Lengths, rank: usize) -> Walks {
        let rows = |m: Matrix<f64>| m.rows().into_iter().map(|r| r.to_vec()).collect();
        let factors = Factors::new(lengths, rows(matrix(7, rank, 8)), rows(matrix(rank, 5, 9)));
        let orders = vec![vec![0, 1, 2, 3, 4, 5], vec![3, 0, 5, 2, 4, 1], vec![5, 4, 3, 2, 1, 0]];
        let side = |neurons: [usize; 5]| (orders.clone(), neurons.to_vec());
        Walks::new(factors, [side([0, 1, 1, 0, 1]), side([2, 2, 0, 1, 2])])
    }

    #[test]
    fn the_formula_counts_the_operations() {
        let group = natural("S3").unwrap();
        for (with_paths, lengths, rank) in [
            (false, Lengths::Sums, 1),
            (true, Lengths::Sums, 3),
            (true, Lengths::Active, 1),
            (false, Lengths::Active, 3),
        ] {
            let (network, walks) = (network(5, 7, with_paths), walks(lengths, rank));
            walks.fit(&network, 6).unwrap();
            let (counted, work) = Counted::during(|| {
                let verifier = Verifier::<Counted>::new(&network, &walks);
                let tally: Tally = (0..6).map(|x| verifier.count(&group, x)).sum();
                assert!(tally.right <= 36);
                verifier.work()
            });
            assert!(work.orders == 5 && work.changes > 60, "{work:?}");
            assert_eq!(counted as f64, flops(&network, 6, rank, lengths, work), "rank {rank}");
        }
    }

    #[test]
    fn running_sums_give_what_the_neurons_give() {
        let (network, walks) = (network(5, 7, true), walks(Lengths::Active, 2));
        let verifier = Verifier::<f64>::new(&network, &walks);
        let (logits, right) = (Logits::<f64>::new(&network), walks.factors().right());
        let [left_side, right_side] = &verifier.sides;
        for (place, numbers) in verifier.walked().numbers.chunks_exact(2).enumerate() {
            let (x, y) = (place / 6, place % 6);
            let active = logits.active(x, y..y + 1);
            let squares = |side: &Matrix<f64>, token: usize| -> f64 {
                let read = side.row(token).into_iter().zip(&active);
                read.filter(|(_, a)| **a > 0.0).map(|(value, _)| value * value).sum()
            };
            let length = squares(left_side, x).sqrt() + squares(right_side, y).sqrt();
            assert!((verifier.length(x, y) - length).abs() < 1e-6, "{x}, {y}: {length}");
            for (row, number) in right.rows().into_iter().zip(numbers) {
                let sum: f64 = row.iter().zip(&active).map(|(b, a)| b * a).sum();
                assert!((number - sum).abs() < 1e-12, "{x}, {y}: {number}, {sum}");
            }
        }
    }
}
