//! The group that a certificate names, as a table of products.

use crate::checker::json::{Object, shown};

/// Most elements of a group.
const MAX_ORDER: usize = 512;

/// A group: what the theorem calls it, and its products, `[x · order + y]`.
pub(super) struct Group {
    pub(super) name: String,
    pub(super) order: usize,
    pub(super) products: Vec<usize>,
}

impl Group {
    /// Reads the field `group` of a claim: a name, the opposite of a name, or a table.
    pub(super) fn read(mut field: Object) -> Result<Self, String> {
        let name = field.optional_text("name")?;
        let opposite = field.optional_text("opposite")?;
        let table = field.optional::<Vec<Vec<usize>>>("table")?;
        field.nothing_else()?;
        match (name, opposite, table) {
            (Some(name), None, None) => {
                let (order, products) = named(&name)?;
                Ok(Self { name: format!("the group {}", shown(&name)), order, products })
            }
            (None, Some(name), None) => {
                let (order, products) = named(&name)?;
                let turned = |at: usize| products[at % order * order + at / order];
                let products = (0..order * order).map(turned).collect();
                let name = format!("the opposite of the group {}", shown(&name));
                Ok(Self { name, order, products })
            }
            (None, None, Some(rows)) => {
                let order = rows.len();
                if order > MAX_ORDER || rows.iter().any(|row| row.len() != order) {
                    return Err(format!(
                        "a table of {order} rows, expected a square of at most {MAX_ORDER}"
                    ));
                }
                let name = format!("the group of {order} elements with the given table");
                let products = rows.concat();
                is_group(order, &products)?;
                Ok(Self { name, order, products })
            }
            _ => Err("expected one of `name`, `opposite` and `table`".into()),
        }
    }

    pub(super) fn product(&self, x: usize, y: usize) -> usize {
        self.products[x * self.order + y]
    }
}

/// Checks that a table is that of a group.
fn is_group(order: usize, products: &[usize]) -> Result<(), String> {
    if let Some(place) = products.iter().position(|&z| z >= order) {
        return Err(format!(
            "the table has {} at {place}, expected less than {order}",
            products[place]
        ));
    }
    let product = |x: usize, y: usize| products[x * order + y];
    let all = || 0..order;
    let identity = all().find(|&e| all().all(|x| product(e, x) == x && product(x, e) == x));
    let identity = identity.ok_or("the table has no identity")?;
    if let Some(x) = all().find(|&x| !all().any(|y| product(x, y) == identity)) {
        return Err(format!("the table has no inverse of {x}"));
    }
    let is_associative =
        |x: usize, y: usize| all().all(|z| product(product(x, y), z) == product(x, product(y, z)));
    match all().all(|x| all().all(|y| is_associative(x, y))) {
        true => Ok(()),
        false => Err("the table is not associative".into()),
    }
}

/// The products of a group with a name: `Z59`, `D7`, `S5`, `A5`, or a product such as `A5xZ2`,
/// whose right member changes first.
fn named(name: &str) -> Result<(usize, Vec<usize>), String> {
    let unknown = || format!("no group is called `{}` here", shown(name));
    let mut all = (1, vec![0]);
    for factor in name.split('x') {
        let (order, products) = simple(factor).ok_or_else(unknown)?;
        let whole = all.0 * order;
        if whole > MAX_ORDER {
            return Err(unknown());
        }
        let product = |x: usize, y: usize| {
            all.1[x / order * all.0 + y / order] * order + products[x % order * order + y % order]
        };
        let table = (0..whole * whole).map(|at| product(at / whole, at % whole)).collect();
        all = (whole, table);
    }
    Ok(all)
}

fn simple(name: &str) -> Option<(usize, Vec<usize>)> {
    let n: usize = name.get(1..)?.parse().ok().filter(|&n| (1..=MAX_ORDER).contains(&n))?;
    let table = |order: usize, product: &dyn Fn(usize, usize) -> usize| {
        let at = |at: usize| product(at / order, at % order);
        (order <= MAX_ORDER).then(|| (order, (0..order * order).map(at).collect()))
    };
    match name.as_bytes().first()? {
        b'Z' => table(n, &|x, y| (x + y) % n),
        // r^k is k, and r^k s is n + k.
        b'D' => table(2 * n, &|x, y| {
            let (k, l) = (x % n, y % n);
            let turns = if x < n { k + l } else { n + k - l };
            turns % n + if (x < n) == (y < n) { 0 } else { n }
        }),
        b'S' if n <= 5 => permutations(n, false),
        b'A' if (2..=6).contains(&n) => permutations(n, true),
        _ => None,
    }
}

/// Permutations in lexicographic order; a product applies its right factor first.
fn permutations(n: usize, is_even: bool) -> Option<(usize, Vec<usize>)> {
    let size = (0..n).fold(1, |size: usize, _| size * n);
    let digits = |mut code: usize| {
        let mut places = vec![0; n];
        for place in places.iter_mut().rev() {
            (*place, code) = (code % n, code / n);
        }
        places
    };
    let is_permutation = |p: &Vec<usize>| (0..n).all(|i| p.contains(&i));
    let swaps = |p: &Vec<usize>| {
        (0..n).flat_map(|i| (0..i).map(move |j| (i, j))).filter(|&(i, j)| p[j] > p[i]).count()
    };
    let all: Vec<_> = (0..size)
        .map(digits)
        .filter(is_permutation)
        .filter(|p| !is_even || swaps(p) % 2 == 0)
        .collect();
    let mut table = Vec::with_capacity(all.len() * all.len());
    for x in &all {
        for y in &all {
            let product: Vec<_> = y.iter().map(|&i| x[i]).collect();
            table.push(all.iter().position(|p| *p == product)?);
        }
    }
    Some((all.len(), table))
}
