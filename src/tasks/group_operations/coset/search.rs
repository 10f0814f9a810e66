//! Finds the coset that each neuron watches.

use super::{Coset, Cosets};
use crate::linalg::{centred, dot};
use crate::models::two_token::TwoToken;
use crate::tasks::group_operations::group::Group;
use crate::tasks::group_operations::irrep::{DEAD, is_subgroup};

/// An element leaves a function alone if it changes it by less than this part of its length, means
/// aside. The variance within cosets is then about a hundredth.
const NEAR: f64 = 0.2;

/// The cosets that a network's neurons watch. A neuron that nothing but the identity leaves alone
/// watches none.
pub(super) fn cosets(network: &TwoToken, group: &Group) -> Cosets {
    let (_, unembed) = centred(network.unembed());
    let columns: Vec<[Vec<f64>; 3]> = (0..unembed.ncols())
        .map(|i| {
            let sides = [&network.left.value, &network.right.value];
            let [left, right] = sides.map(|side| deviations(side.column(i).to_vec()));
            [left, right, unembed.column(i).to_vec()]
        })
        .collect();
    let weight = |[left, right, out]: &[Vec<f64>; 3]| (length(left) + length(right)) * length(out);
    let most = columns.iter().map(weight).fold(0.0, f64::max);

    let mut cosets: Vec<Coset> = Vec::new();
    let neurons = columns
        .iter()
        .map(|column| {
            let watched = (weight(column) > DEAD * most).then(|| watched(group, column))??;
            let known = cosets.iter().position(|coset| *coset == watched);
            Some(known.unwrap_or_else(|| {
                cosets.push(watched);
                cosets.len() - 1
            }))
        })
        .collect();
    Cosets::new(cosets, neurons)
}

/// The coset `H g⁻¹` that a neuron watches: `H` leaves alone what it reads of `x`, `g H g⁻¹` what
/// it reads of `y`, and of all such cosets it writes least to this one.
fn watched(group: &Group, [left, right, out]: &[Vec<f64>; 3]) -> Option<Coset> {
    let stabilizer = |values: &[f64], moved: &dyn Fn(usize, usize) -> usize| -> Vec<usize> {
        let off = |h: usize| {
            let squares = values.iter().enumerate().map(|(x, v)| (values[moved(h, x)] - v).powi(2));
            squares.sum::<f64>().sqrt()
        };
        (0..group.order()).filter(|&h| off(h) < NEAR * length(values)).collect()
    };
    let subgroup = stabilizer(left, &|h, x| group.product(h, x));
    let other = stabilizer(right, &|h, y| group.product(y, h));
    let is_fine = (2..group.order()).contains(&subgroup.len())
        && subgroup.len() == other.len()
        && is_subgroup(group, &subgroup);
    if !is_fine {
        return None;
    }
    let written = |g: usize| -> f64 {
        subgroup.iter().map(|&h| out[group.product(h, group.inverse(g))]).sum()
    };
    let joins = |&g: &usize| {
        let back = group.inverse(g);
        let conjugate = |&h: &usize| group.product(group.product(g, h), back);
        subgroup.iter().map(conjugate).all(|h| other.binary_search(&h).is_ok())
    };
    // Of the elements that name one coset the first, so that all of its neurons name it alike.
    let is_first = |&g: &usize| {
        let named = subgroup.iter().map(|&h| group.product(g, h));
        named.min() == Some(g)
    };
    let elements = (0..group.order()).filter(is_first).filter(joins);
    let element = elements.min_by(|&a, &b| written(a).total_cmp(&written(b)))?;
    Some(Coset { subgroup, element })
}

/// Values less their mean.
fn deviations(values: Vec<f64>) -> Vec<f64> {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    values.into_iter().map(|value| value - mean).collect()
}

fn length(values: &[f64]) -> f64 {
    dot(values, values).sqrt()
}
