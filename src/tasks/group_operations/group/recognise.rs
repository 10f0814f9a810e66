//! What a group is called: the name of an isomorphic one.

use super::Group;
use super::named::{families, natural};
use std::collections::BTreeMap;

/// Most assignments of generators that are tried to find an isomorphism.
const MAX_TRIALS: usize = 20_000;

/// The name of a group, by its invariants and by an isomorphism from a group of that name: `Z59`,
/// `D7`, `S5`, `A5`, or a product of them. `None` for a group of another kind.
#[must_use]
pub fn name(group: &Group) -> Option<String> {
    if group.is_abelian() {
        return Some(abelian(group));
    }
    let order = group.order();
    let single = families(order).into_iter().skip(1);
    let products = (2..order).filter(|n| order.is_multiple_of(*n)).flat_map(|n| {
        families(order / n).into_iter().skip(1).flat_map(move |left| {
            families(n).into_iter().map(move |right| format!("{left}x{right}"))
        })
    });
    let profile = orders(group);
    single.chain(products).find(|name| {
        natural(name).is_ok_and(|other| orders(&other) == profile && are_isomorphic(&other, group))
    })
}

/// How many elements there are of each order.
fn orders(group: &Group) -> BTreeMap<usize, usize> {
    let mut orders = BTreeMap::new();
    for x in 0..group.order() {
        *orders.entry(group.order_of(x)).or_insert(0) += 1;
    }
    orders
}

/// The name of an abelian group, as a product of cyclic groups of which each order divides the one
/// before. The number of elements of each order determines it.
fn abelian(group: &Group) -> String {
    let orders = orders(group);
    let mut cyclic: Vec<usize> = Vec::new();
    let mut rest = group.order();
    for p in 2..=group.order() {
        if !rest.is_multiple_of(p) {
            continue;
        }
        while rest.is_multiple_of(p) {
            rest /= p;
        }
        // p^(number of factors whose order is at least p^k) = elements killed by p^k / by p^(k−1)
        let killed = |power: usize| -> usize {
            orders.iter().filter(|(order, _)| power.is_multiple_of(**order)).map(|(_, n)| n).sum()
        };
        let (mut power, mut before) = (p, 1);
        while killed(power) > before {
            let factors = (killed(power) / before).ilog(p) as usize;
            cyclic.resize(cyclic.len().max(factors), 1);
            cyclic[..factors].iter_mut().for_each(|order| *order *= p);
            before = killed(power);
            power *= p;
        }
    }
    match cyclic.is_empty() {
        true => "Z1".into(),
        false => cyclic.iter().map(|n| format!("Z{n}")).collect::<Vec<_>>().join("x"),
    }
}

/// Whether the generators of `from` have images in `to` that make an isomorphism. May miss one if
/// there are very many assignments.
fn are_isomorphic(from: &Group, to: &Group) -> bool {
    let generators = few_generators(from);
    let candidates: Vec<Vec<usize>> = generators
        .iter()
        .map(|&g| {
            let order = from.order_of(g);
            (0..to.order()).filter(|&x| to.order_of(x) == order).collect()
        })
        .collect();
    let all = candidates.iter().try_fold(1_usize, |n, images| n.checked_mul(images.len()));
    (0..all.unwrap_or(usize::MAX).min(MAX_TRIALS)).any(|mut trial| {
        let images: Vec<_> = candidates
            .iter()
            .map(|images| {
                let image = images[trial % images.len()];
                trial /= images.len();
                image
            })
            .collect();
        is_isomorphism(from, to, &generators, &images)
    })
}

/// Elements whose products are all elements, few of them: one of the largest order, then always one
/// that makes the most new elements.
fn few_generators(group: &Group) -> Vec<usize> {
    let all = 0..group.order();
    let mut generators: Vec<_> =
        all.clone().max_by_key(|&x| group.order_of(x)).into_iter().collect();
    let made = |generators: &[usize]| group.made_by(generators).into_iter().filter(|&x| x).count();
    while made(&generators) < group.order() {
        let best = all.clone().max_by_key(|&x| made(&[&generators[..], &[x]].concat()));
        generators.extend(best);
    }
    generators
}

/// Whether the map that takes `generators` to `images` is an isomorphism of groups of equal order.
fn is_isomorphism(from: &Group, to: &Group, generators: &[usize], images: &[usize]) -> bool {
    let mut image = vec![None; from.order()];
    let mut is_hit = vec![false; to.order()];
    image[from.identity()] = Some(to.identity());
    is_hit[to.identity()] = true;
    let mut open = vec![(from.identity(), to.identity())];
    while let Some((x, y)) = open.pop() {
        for (&g, &h) in generators.iter().zip(images) {
            let (next, expected) = (from.product(x, g), to.product(y, h));
            match image[next] {
                Some(found) if found != expected => return false,
                Some(_) => {}
                None if is_hit[expected] => return false,
                None => {
                    image[next] = Some(expected);
                    is_hit[expected] = true;
                    open.push((next, expected));
                }
            }
        }
    }
    image.iter().all(Option::is_some)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The group with its elements renumbered.
    fn shuffled(group: &Group) -> Group {
        let n = group.order();
        let step = (2..).find(|step| gcd(*step, n) == 1).unwrap();
        let new = |x: usize| (x * step + 1) % n;
        let mut table = vec![0; n * n];
        for (x, y) in (0..n).flat_map(|x| (0..n).map(move |y| (x, y))) {
            table[new(x) * n + new(y)] = new(group.product(x, y));
        }
        Group::of_table(n, table).unwrap()
    }

    fn gcd(a: usize, b: usize) -> usize {
        if b == 0 { a } else { gcd(b, a % b) }
    }

    #[test]
    fn groups_are_recognised_whatever_their_elements_are_called() {
        for expected in ["Z59", "Z12", "Z6x2", "S4", "S5", "A5", "D7", "A5xZ2", "S3xZ3", "Z1"] {
            let expected = expected.replace("x2", "xZ2");
            let group = shuffled(&natural(&expected).unwrap());
            assert_eq!(name(&group).as_deref(), Some(&*expected));
        }
        assert_eq!(name(&natural("Z2xZ3").unwrap()).as_deref(), Some("Z6"));
        assert_eq!(name(&natural("Z4xZ6").unwrap()).as_deref(), Some("Z12xZ2"));
        assert_eq!(name(&natural("D3").unwrap()).as_deref(), Some("S3"));
    }

    #[test]
    fn a_group_of_no_family_has_no_name() {
        // The quaternions ±1, ±i, ±j, ±k: the sign is the lowest bit.
        let unit = [[0, 2, 4, 6], [2, 1, 6, 5], [4, 7, 1, 2], [6, 4, 3, 1]];
        let product = |x: usize, y: usize| unit[x / 2][y / 2] ^ (x & 1) ^ (y & 1);
        let table = (0..64).map(|place| product(place / 8, place % 8)).collect();
        assert_eq!(name(&Group::of_table(8, table).unwrap()), None);
    }
}
