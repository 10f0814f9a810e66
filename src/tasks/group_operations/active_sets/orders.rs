//! Finds few orders of tokens in which neurons seldom come and go.

use super::Group;
use super::sets::Sets;
use super::walks::{MAX_ORDERS, Orders};
use crate::models::two_token::TwoToken;

/// How many orders are tried for one side.
const TRIES: usize = 64;

/// The best orders that are found for each side, and for each neuron the number of one.
pub(super) fn orders(network: &TwoToken, group: &Group) -> Orders {
    let (sets, _) = Sets::all::<f64>(network);
    let circles = circles(group);
    [0, 1].map(|side| of_side(&sets, side, &circles, group.order()))
}

/// Walks around the group by one element again and again, one for each such element and its
/// inverse.
fn circles(group: &Group) -> Vec<Vec<usize>> {
    let order = group.order();
    let is_first = |&g: &usize| g <= group.inverse(g) && group.order_of(g) == order;
    let walk = |g: usize| {
        std::iter::successors(Some(group.identity()), move |&x| Some(group.product(x, g)))
    };
    (0..order).filter(is_first).map(|g| walk(g).take(order).collect()).collect()
}

/// Orders of the tokens of a side, and the number of each neuron's. Tokens as they are numbered at
/// first; then, for the neuron with the longest walk, around the circle that suits it or by what it
/// reads, as long as that makes all walks together shorter than an order costs.
fn of_side(
    sets: &[Sets],
    side: usize,
    circles: &[Vec<usize>],
    count: usize,
) -> (Vec<Vec<usize>>, Vec<usize>) {
    // A change is an addition for each number `B a`, an order takes two for each input.
    let price = 2 * count * count;
    let mut orders: Vec<Vec<usize>> = vec![(0..count).collect()];
    let mut best: Vec<(usize, usize)> =
        sets.iter().map(|sets| (sets.changes(side, &orders[0]), 0)).collect();
    let mut is_tried = vec![false; sets.len()];
    for _ in 0..TRIES {
        let untried = (0..sets.len()).filter(|&i| !is_tried[i]);
        let Some(longest) = untried.max_by_key(|&i| best[i].0) else { break };
        is_tried[longest] = true;
        let changes = |order: &&Vec<usize>| sets[longest].changes(side, order);
        let candidates = circles.iter().chain([&sets[longest].descending[side]]);
        let Some(order) = candidates.min_by_key(changes) else { break };
        let lengths: Vec<usize> = sets.iter().map(|sets| sets.changes(side, order)).collect();
        let gains = best.iter().zip(&lengths).map(|(&(now, _), &then)| now.saturating_sub(then));
        if gains.sum::<usize>() <= price || orders.len() == MAX_ORDERS {
            continue;
        }
        for (best, length) in best.iter_mut().zip(lengths) {
            *best = (*best).min((length, orders.len()));
        }
        orders.push(order.clone());
    }
    used(orders, best.into_iter().map(|(_, order)| order).collect())
}

/// The orders that some neuron has, numbered anew.
fn used(orders: Vec<Vec<usize>>, neurons: Vec<usize>) -> (Vec<Vec<usize>>, Vec<usize>) {
    let is_used: Vec<bool> = (0..orders.len()).map(|k| neurons.contains(&k)).collect();
    let number = |k: usize| is_used[..k].iter().filter(|&&used| used).count();
    let neurons = neurons.into_iter().map(number).collect();
    let kept = orders.into_iter().zip(&is_used).filter(|(_, used)| **used);
    (kept.map(|(order, _)| order).collect(), neurons)
}
