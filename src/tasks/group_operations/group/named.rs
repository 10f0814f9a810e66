//! Groups by their names, with their elements in the usual order.

use super::Group;
use crate::models::two_token::MAX_TOKENS;
use crate::weights::text::quoted;
use thiserror::Error;

/// A name that no group has here.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "no group is called `{}`: expected Z59, D7, S5 or A5 (of at most {MAX_TOKENS} elements), or a \
     product such as A5xZ2",
    quoted(name)
)]
pub struct UnknownGroup {
    name: String,
}

/// The group of that name, its elements in the usual order:
///
/// * `Z_n`: `x + y mod n`.
/// * `D_n`, of `2 n` elements: the rotations `r^0` to `r^(n−1)`, then `r^k s`, with `s r = r⁻¹ s`.
/// * `S_n` and `A_n`: permutations in lexicographic order; `x · y` applies `y` first.
/// * `GxH`: pairs, the right member changing first.
///
/// # Errors
/// If the name is another one, or the group has more than [`MAX_TOKENS`] elements.
pub fn natural(name: &str) -> Result<Group, UnknownGroup> {
    let factors: Option<Vec<_>> =
        name.split(['x', '×', '*']).map(|factor| simple(factor.trim())).collect();
    let product = factors.and_then(|factors| factors.into_iter().try_fold(trivial(), times));
    product.ok_or_else(|| UnknownGroup { name: name.into() })
}

fn trivial() -> Group {
    of_product(1, |_, _| 0)
}

/// The names of groups of `order` elements that have a family: cyclic, dihedral, symmetric,
/// alternating.
pub(in super::super) fn families(order: usize) -> Vec<String> {
    let mut names = vec![format!("Z{order}")];
    let factorials = (2..).scan(1, |factorial, n| {
        *factorial *= n;
        Some((n, *factorial))
    });
    for (n, factorial) in factorials.take_while(|&(_, factorial)| factorial <= 2 * MAX_TOKENS) {
        if factorial == order && n >= 3 {
            names.push(format!("S{n}"));
        }
        if factorial == 2 * order && n >= 4 {
            names.push(format!("A{n}"));
        }
    }
    if order.is_multiple_of(2) && order >= 6 {
        names.push(format!("D{}", order / 2));
    }
    names
}

/// A group of one family.
fn simple(name: &str) -> Option<Group> {
    let family = name.chars().next()?;
    let n: usize = name[family.len_utf8()..].trim_start_matches('_').parse().ok()?;
    match family.to_ascii_uppercase() {
        'Z' | 'C' | 'F' if (1..=MAX_TOKENS).contains(&n) => Some(of_product(n, |x, y| (x + y) % n)),
        'D' if (1..=MAX_TOKENS / 2).contains(&n) => Some(of_product(2 * n, |x, y| {
            let turns = if x < n { x + y % n } else { x + n - y % n };
            turns % n + n * ((x / n + y / n) % 2)
        })),
        'S' if (1..=5).contains(&n) => Some(of_permutations(n, false)),
        'A' if (2..=6).contains(&n) => Some(of_permutations(n, true)),
        _ => None,
    }
}

fn of_product(order: usize, product: impl Fn(usize, usize) -> usize) -> Group {
    let places = 0..order * order;
    let table = places.map(|place| product(place / order, place % order)).collect();
    Group::of_table(order, table).unwrap_or_else(|_| unreachable!("a group by its definition"))
}

fn of_permutations(n: usize, is_even: bool) -> Group {
    let mut all = vec![vec![]];
    for _ in 0..n {
        let longer = |start: &Vec<usize>| {
            let start = start.clone();
            (0..n)
                .filter(|next| !start.contains(next))
                .map(|next| [&start[..], &[next]].concat())
                .collect::<Vec<_>>()
        };
        all = all.iter().flat_map(longer).collect();
    }
    let swaps = |permutation: &[usize]| -> usize {
        (0..n).map(|i| (0..i).filter(|&j| permutation[j] > permutation[i]).count()).sum()
    };
    all.retain(|permutation| !is_even || swaps(permutation).is_multiple_of(2));
    of_product(all.len(), |x, y| {
        let product: Vec<_> = all[y].iter().map(|&i| all[x][i]).collect();
        all.binary_search(&product).expect("permutations are closed under products")
    })
}

fn times(a: Group, b: Group) -> Option<Group> {
    let (order, n) = (a.order().checked_mul(b.order())?, b.order());
    (order <= MAX_TOKENS)
        .then(|| of_product(order, |x, y| a.product(x / n, y / n) * n + b.product(x % n, y % n)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_have_their_usual_elements() {
        let order = |name: &str| natural(name).unwrap().order();
        assert_eq!(["Z_59", "D7", "S5", "A6", "A5xZ2"].map(order), [59, 14, 120, 360, 120]);
        let dihedral = natural("D4").unwrap();
        // r s = r s, s r = r⁻¹ s
        assert_eq!((dihedral.product(1, 4), dihedral.product(4, 1)), (5, 7));
        for name in ["Q8", "S6", "Z0", "Z600", "A5xA5", "", "Z", "é5"] {
            assert_eq!(natural(name), Err(UnknownGroup { name: name.into() }));
        }
        assert_eq!(families(24), ["Z24", "S4", "D12"]);
        assert_eq!(families(60), ["Z60", "A5", "D30"]);
    }
}
