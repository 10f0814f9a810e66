//! The real irreducible representations of a group, by the class functions that project on them:
//! which of them the weights of a neuron use.
//!
//! Functions on a group fall into parts, one for each irreducible representation `ρ` of dimension
//! `d`: the combinations of the entries of the matrices `ρ(x)`. For a cyclic group they are the
//! waves of one frequency. The projection on a part is the convolution with a class function `e_ρ`,
//! which is `d / order` times the character. These are the eigenvectors that all convolutions with
//! class functions have in common, so that no matrices `ρ(x)` are needed. For people: no proof
//! depends on them.

use crate::linalg::sorted;
use crate::linalg::{Matrix, left_singular_vectors};
use crate::tasks::group_operations::group::{Group, name};
use serde::Serialize;

/// A real irreducible representation.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct IrrepFacts {
    /// What it is called: a frequency, a partition, or its dimension.
    pub name: String,
    /// The dimension `d` of its matrices.
    pub dimension: usize,
    /// The dimension of its part of all functions on the group: `d²` where its matrices span all
    /// matrices.
    pub part: usize,
    /// Whether its matrices span all matrices, rather than complex numbers or quaternions.
    pub is_real: bool,
}

/// All real irreducible representations of a group, the trivial one first.
#[derive(Clone, Debug)]
pub(in super::super) struct Irreps {
    /// The class of each element; an element and its inverse are in one.
    classes: Vec<usize>,
    /// `e_ρ` on each class.
    projections: Vec<Vec<f64>>,
    pub(in super::super) facts: Vec<IrrepFacts>,
}

/// How often each element is the generator's power: `x = g^log[x]`, for the first generator `g` of
/// a cyclic group; `None` for other groups.
pub(in super::super) fn logarithms(group: &Group) -> Option<Vec<usize>> {
    let order = group.order();
    let generator = (0..order).find(|&x| group.order_of(x) == order)?;
    let mut logarithms = vec![0; order];
    let mut power = group.identity();
    for exponent in 0..order {
        logarithms[power] = exponent;
        power = group.product(power, generator);
    }
    Some(logarithms)
}

impl Irreps {
    pub(in super::super) fn new(group: &Group) -> Self {
        match logarithms(group) {
            Some(logarithms) => Self::cyclic(&logarithms),
            None => Self::general(group),
        }
    }

    /// The frequencies of a cyclic group.
    fn cyclic(logarithms: &[usize]) -> Self {
        let order = logarithms.len();
        let classes = logarithms.iter().map(|&log| log.min(order - log)).collect();
        let last = order / 2;
        let part = |k: usize| if k == 0 || 2 * k == order { 1 } else { 2 };
        let wave = |k: usize| -> Vec<f64> {
            let turn = std::f64::consts::TAU / order as f64;
            let value = |log: usize| (turn * ((k * log) % order) as f64).cos();
            (0..=last).map(|log| part(k) as f64 / order as f64 * value(log)).collect()
        };
        let facts = |k: usize| IrrepFacts {
            name: if k == 0 { "constant".into() } else { format!("frequency {k}") },
            dimension: part(k),
            part: part(k),
            is_real: part(k) == 1,
        };
        Self {
            classes,
            projections: (0..=last).map(wave).collect(),
            facts: (0..=last).map(facts).collect(),
        }
    }

    fn general(group: &Group) -> Self {
        let order = group.order();
        let (classes, sizes) = classes(group);
        // Any class function that is not special: its convolution has different eigenvalues.
        let weight = |class: usize| (1.0 + class as f64 * 0.618_034).fract() + 0.25;
        let first: Vec<usize> = (0..sizes.len())
            .map(|class| classes.iter().position(|&other| other == class).expect("not empty"))
            .collect();
        let mut convolution = Matrix::from_elem((sizes.len(), sizes.len()), 0.0);
        let mut most = 0.0;
        for (a, &x) in first.iter().enumerate() {
            for (c, &class) in classes.iter().enumerate() {
                let b = classes[group.product(group.inverse(c), x)];
                let root = (sizes[a] as f64 / sizes[b] as f64).sqrt();
                convolution[[a, b]] += weight(class) * root;
            }
        }
        for &class in &classes {
            most += weight(class);
        }
        // Above all eigenvalues' sizes, so that none is negative.
        (0..sizes.len()).for_each(|a| convolution[[a, a]] += most);

        let symmetric = Symmetric::of(group, &classes, &sizes);
        let all: Vec<(IrrepFacts, Vec<f64>)> = left_singular_vectors(&convolution)
            .into_iter()
            .map(|(_, vector)| {
                let at = |class: usize| vector[class] / (sizes[class] as f64).sqrt();
                let one = at(classes[group.identity()]);
                let projection: Vec<f64> = (0..sizes.len()).map(|class| at(class) * one).collect();
                let value = |x: usize| projection[classes[x]];
                let indicator: f64 = (0..order).map(|g| value(group.product(g, g))).sum();
                let part = whole(order as f64 * value(group.identity()));
                let root = |n: usize| whole((n as f64).sqrt());
                let (dimension, is_real) = match indicator {
                    real if real > 0.5 => (root(part), true),
                    complex if complex > -0.5 => (2 * root(part / 2), false),
                    _ => (2 * root(part), false),
                };
                let is_trivial = projection.iter().all(|e| (e - projection[0]).abs() < 1e-6);
                let name = match symmetric.as_ref() {
                    _ if is_trivial => "trivial".into(),
                    Some(symmetric) => {
                        symmetric.name(value(symmetric.transposition) / value(group.identity()))
                    }
                    None if dimension == 1 => "sign".into(),
                    None => format!("{dimension}-dimensional"),
                };
                (IrrepFacts { name, dimension, part, is_real }, projection)
            })
            .collect();
        // Representations of equal dimension are sorted by their characters, the first classes
        // first.
        let mut all = sorted(all, |(facts, e)| {
            let parts = e.iter().zip(1..).map(|(value, class)| value / e[0] * 0.5_f64.powi(class));
            let is_trivial = f64::from(u8::from(facts.name == "trivial"));
            facts.dimension as f64 - is_trivial - 1e-3 * parts.sum::<f64>()
        });
        for i in 1..all.len() {
            let repeats = (0..i).filter(|&j| base(&all[j].0.name) == base(&all[i].0.name)).count();
            all[i].0.name.push_str(&"′".repeat(repeats));
        }
        let (facts, projections) = all.into_iter().unzip();
        Self { classes, projections, facts }
    }

    /// The part of each representation in the square of a function's length, `[irreps]`: they add
    /// up to 1, unless the function is 0.
    pub(in super::super) fn shares(&self, group: &Group, values: &[f64]) -> Vec<f64> {
        let order = group.order();
        let mut products = vec![0.0; self.projections[0].len()];
        for g in 0..order {
            let sum: f64 = (0..order).map(|x| values[x] * values[group.product(x, g)]).sum();
            products[self.classes[g]] += sum;
        }
        let square: f64 = values[..order].iter().map(|x| x * x).sum();
        let share = |e: &Vec<f64>| -> f64 {
            let part: f64 = e.iter().zip(&products).map(|(e, p)| e * p).sum();
            if square > 0.0 { (part / square).clamp(0.0, 1.0) } else { 0.0 }
        };
        self.projections.iter().map(share).collect()
    }
}

/// The name without what tells it from others of that name.
fn base(name: &str) -> &str {
    name.trim_end_matches('′')
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most an order")]
fn whole(x: f64) -> usize {
    x.round() as usize
}

/// The classes of conjugate elements and their inverses: the number of each element's class, the
/// identity's first, and how many elements each has.
fn classes(group: &Group) -> (Vec<usize>, Vec<usize>) {
    let (mut classes, mut sizes) = (vec![usize::MAX; group.order()], Vec::new());
    for start in std::iter::once(group.identity()).chain(0..group.order()) {
        if classes[start] != usize::MAX {
            continue;
        }
        let class = sizes.len();
        sizes.push(0);
        for g in 0..group.order() {
            let other = group.product(group.product(g, start), group.inverse(g));
            for x in [other, group.inverse(other)] {
                sizes[class] += usize::from(classes[x] == usize::MAX);
                classes[x] = class;
            }
        }
    }
    (classes, sizes)
}

/// A symmetric group, whose representations have names: the partitions of `n`.
struct Symmetric {
    n: usize,
    transposition: usize,
}

impl Symmetric {
    fn of(group: &Group, classes: &[usize], sizes: &[usize]) -> Option<Self> {
        let n = name(group)?.strip_prefix('S')?.parse().ok()?;
        let is_transposition =
            |&x: &usize| group.order_of(x) == 2 && sizes[classes[x]] == n * (n - 1) / 2;
        Some(Self { n, transposition: (0..group.order()).find(is_transposition)? })
    }

    /// The partition whose contents, columns less rows, have the sum that the character at a
    /// transposition tells: up to `n = 5` no two have the same.
    fn name(&self, character: f64) -> String {
        let sum = character * (self.n * (self.n - 1) / 2) as f64;
        let content = |partition: &[usize]| -> f64 {
            let row = |(i, &length): (usize, &usize)| {
                (0..length).map(|j| j as f64 - i as f64).sum::<f64>()
            };
            partition.iter().enumerate().map(row).sum()
        };
        let all = partitions(self.n, self.n);
        let off = |partition: &Vec<usize>| (content(partition) - sum).abs();
        let best = all.iter().min_by(|a, b| off(a).total_cmp(&off(b)));
        match best.map(Vec::as_slice) {
            Some([1, ..]) | None => "sign".into(),
            Some(partition) => {
                let parts: Vec<_> = partition.iter().map(ToString::to_string).collect();
                format!("({})", parts.join(","))
            }
        }
    }
}

/// The partitions of `n` into parts of at most `most`, each in falling order.
fn partitions(n: usize, most: usize) -> Vec<Vec<usize>> {
    if n == 0 {
        return vec![Vec::new()];
    }
    let with = |first: usize| {
        let rest = partitions(n - first, first).into_iter();
        rest.map(move |rest| [&[first][..], &rest].concat())
    };
    (1..=most.min(n)).rev().flat_map(with).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tasks::group_operations::group::natural;

    fn irreps(name: &str) -> Vec<(String, usize, usize)> {
        let irreps = Irreps::new(&natural(name).unwrap());
        irreps.facts.into_iter().map(|facts| (facts.name, facts.dimension, facts.part)).collect()
    }

    #[test]
    fn groups_have_the_representations_of_the_tables() {
        let named = |list: &[(&str, usize, usize)]| -> Vec<_> {
            list.iter().map(|&(name, d, part)| (name.to_string(), d, part)).collect()
        };
        assert_eq!(
            irreps("S4"),
            named(&[
                ("trivial", 1, 1),
                ("sign", 1, 1),
                ("(2,2)", 2, 4),
                ("(3,1)", 3, 9),
                ("(2,1,1)", 3, 9)
            ])
        );
        let s5: Vec<_> = irreps("S5").into_iter().map(|(name, d, _)| (name, d)).collect();
        let of = |name: &str| s5.iter().find(|(other, _)| other == name).map(|&(_, d)| d);
        assert_eq!(
            ["trivial", "sign", "(4,1)", "(2,1,1,1)", "(3,2)", "(2,2,1)", "(3,1,1)"].map(of),
            [1, 1, 4, 4, 5, 5, 6].map(Some)
        );
        assert_eq!(irreps("A5").iter().map(|irrep| irrep.1).collect::<Vec<_>>(), [1, 3, 3, 4, 5]);
        // A complex pair is one real representation.
        assert_eq!(
            irreps("A4").iter().map(|irrep| (irrep.1, irrep.2)).collect::<Vec<_>>(),
            [(1, 1), (2, 2), (3, 9)]
        );
        assert_eq!(
            irreps("Z5"),
            named(&[("constant", 1, 1), ("frequency 1", 2, 2), ("frequency 2", 2, 2)])
        );
        for name in ["S3", "S4", "S5", "A4", "A5", "D7", "D4", "A4xZ2", "Z6", "Z7"] {
            let order = natural(name).unwrap().order();
            assert_eq!(irreps(name).iter().map(|irrep| irrep.2).sum::<usize>(), order, "{name}");
        }
    }

    #[test]
    fn shares_of_a_function_add_up() {
        let group = natural("S4").unwrap();
        let irreps = Irreps::new(&group);
        let values: Vec<f64> = (0..24).map(|x| f64::from(x * 7 % 11) - 3.0).collect();
        let shares = irreps.shares(&group, &values);
        assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-9, "{shares:?}");
        let constant = irreps.shares(&group, &[2.0; 24]);
        assert!((constant[0] - 1.0).abs() < 1e-9, "{constant:?}");
        // Whether a permutation takes 0 to 2 uses the trivial and the standard representation.
        let moved: Vec<f64> = (0..24).map(|x| f64::from(x / 6 == 2)).collect();
        let shares = irreps.shares(&group, &moved);
        let expected = [0.25, 0.0, 0.0, 0.75, 0.0];
        let near = shares.iter().zip(expected).all(|(x, y)| (x - y).abs() < 1e-9);
        assert!(near, "{shares:?}");
    }
}
