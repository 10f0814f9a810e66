//! Finite groups, given by their Cayley tables.

mod named;
mod recognise;
mod table;

pub(super) use named::families;
pub use named::{UnknownGroup, natural};
pub use recognise::name;
pub use table::{TableError, of_rows, read_table};

use thiserror::Error;

/// A finite group: its elements are the numbers below its order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    order: usize,
    /// `table[x · order + y] = x · y`.
    table: Vec<usize>,
    identity: usize,
    inverses: Vec<usize>,
}

/// Why a table is not that of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NotAGroup {
    /// The table is no square of elements.
    #[error("{entries} entries in {order} rows, expected as many columns as rows")]
    Form {
        /// Elements.
        order: usize,
        /// Entries of the table.
        entries: usize,
    },
    /// An entry is no element.
    #[error(
        "row {x}, column {y}, counted from 0, is {z}, which is none of the elements 0 to {}",
        order - 1
    )]
    Entry {
        /// The left factor.
        x: usize,
        /// The right factor.
        y: usize,
        /// The entry.
        z: usize,
        /// Elements.
        order: usize,
    },
    /// No element changes nothing.
    #[error(
        "no element is the identity: its row and its column would be 0, 1, 2 and so on in order"
    )]
    Identity,
    /// An element has no inverse.
    #[error(
        "{x} has no inverse: the identity {identity} is not in row {x} and column {x} at one place"
    )]
    Inverse {
        /// The element.
        x: usize,
        /// The element that changes nothing.
        identity: usize,
    },
    /// The operation is not associative.
    #[error(
        "it is not associative: row {x}, column {y} is {left}, so ({x} · {y}) · {z} is row {left}, \
         column {z}; row {y}, column {z} is {right}, so {x} · ({y} · {z}) is row {x}, column \
         {right}; they differ"
    )]
    Associativity {
        /// The left factor.
        x: usize,
        /// The middle factor.
        y: usize,
        /// The right factor.
        z: usize,
        /// `x · y`.
        left: usize,
        /// `y · z`.
        right: usize,
    },
}

impl Group {
    /// The group with a Cayley table, `table[x · order + y] = x · y`.
    ///
    /// # Errors
    /// If the table is not that of a group.
    pub fn of_table(order: usize, table: Vec<usize>) -> Result<Self, NotAGroup> {
        if order == 0 || Some(table.len()) != order.checked_mul(order) {
            return Err(NotAGroup::Form { order, entries: table.len() });
        }
        if let Some(place) = table.iter().position(|&z| z >= order) {
            let (x, y) = (place / order, place % order);
            return Err(NotAGroup::Entry { x, y, z: table[place], order });
        }
        let product = |x: usize, y: usize| table[x * order + y];
        let is_identity =
            |e: &usize| (0..order).all(|x| product(*e, x) == x && product(x, *e) == x);
        let identity = (0..order).find(is_identity).ok_or(NotAGroup::Identity)?;
        let inverse = |x: usize| {
            let mut all = 0..order;
            all.find(|&y| product(x, y) == identity && product(y, x) == identity)
                .ok_or(NotAGroup::Inverse { x, identity })
        };
        let inverses = (0..order).map(inverse).collect::<Result<_, _>>()?;
        let group = Self { order, table, identity, inverses };
        match group.not_associative() {
            Some((x, y, z)) => {
                let (left, right) = (group.product(x, y), group.product(y, z));
                Err(NotAGroup::Associativity { x, y, z, left, right })
            }
            None => Ok(group),
        }
    }

    /// Three elements that are not associative, if there are any. By Light's test it is enough that
    /// `(x · g) · y = x · (g · y)` for all elements `g` that generate the others: whatever has this
    /// property is closed under products.
    fn not_associative(&self) -> Option<(usize, usize, usize)> {
        let all = 0..self.order;
        self.generators().into_iter().find_map(|g| {
            let mut pairs = all.clone().flat_map(|x| all.clone().map(move |y| (x, y)));
            pairs
                .find(|&(x, y)| {
                    self.product(self.product(x, g), y) != self.product(x, self.product(g, y))
                })
                .map(|(x, y)| (x, g, y))
        })
    }

    /// Elements whose products are all elements; each is the first that those before it do not
    /// make.
    #[must_use]
    pub fn generators(&self) -> Vec<usize> {
        let mut generators = Vec::new();
        loop {
            let made = self.made_by(&generators);
            let Some(next) = made.iter().position(|&is_made| !is_made) else { return generators };
            generators.push(next);
        }
    }

    /// Whether each element is a product of `generators`.
    fn made_by(&self, generators: &[usize]) -> Vec<bool> {
        let mut made = vec![false; self.order];
        made[self.identity] = true;
        let mut open = vec![self.identity];
        while let Some(x) = open.pop() {
            for product in generators.iter().map(|&g| self.product(x, g)) {
                if !made[product] {
                    made[product] = true;
                    open.push(product);
                }
            }
        }
        made
    }

    /// The number of elements.
    #[must_use]
    pub fn order(&self) -> usize {
        self.order
    }

    /// `x · y`.
    ///
    /// # Panics
    /// If one of them is no element.
    #[must_use]
    pub fn product(&self, x: usize, y: usize) -> usize {
        assert!(y < self.order, "{y} is none of {} elements", self.order);
        self.table[x * self.order + y]
    }

    /// The element that changes nothing.
    #[must_use]
    pub fn identity(&self) -> usize {
        self.identity
    }

    /// `x⁻¹`.
    ///
    /// # Panics
    /// If it is no element.
    #[must_use]
    pub fn inverse(&self, x: usize) -> usize {
        self.inverses[x]
    }

    /// The Cayley table, row by row.
    #[must_use]
    pub fn table(&self) -> &[usize] {
        &self.table
    }

    /// The Cayley table, a list for each row.
    #[must_use]
    pub fn rows(&self) -> Vec<Vec<usize>> {
        self.table.chunks(self.order).map(<[usize]>::to_vec).collect()
    }

    /// Whether `x · y = y · x` for all elements.
    #[must_use]
    pub fn is_abelian(&self) -> bool {
        (0..self.order).all(|x| (0..x).all(|y| self.product(x, y) == self.product(y, x)))
    }

    /// The group with `x · y` in place of `y · x`.
    #[must_use]
    pub fn opposite(&self) -> Self {
        let turned = (0..self.order * self.order)
            .map(|place| self.product(place % self.order, place / self.order));
        Self { table: turned.collect(), ..self.clone() }
    }

    /// How often `x` is multiplied by itself to give the identity.
    #[must_use]
    pub fn order_of(&self, x: usize) -> usize {
        let mut power = x;
        let mut order = 1;
        while power != self.identity {
            power = self.product(power, x);
            order += 1;
        }
        order
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_that_are_no_groups_are_told_apart() {
        let of = |order, table: &[usize]| Group::of_table(order, table.to_vec()).unwrap_err();
        assert_eq!(of(2, &[0, 1, 1]), NotAGroup::Form { order: 2, entries: 3 });
        assert_eq!(of(2, &[0, 1, 1, 2]), NotAGroup::Entry { x: 1, y: 1, z: 2, order: 2 });
        assert_eq!(of(2, &[1, 0, 0, 0]), NotAGroup::Identity);
        assert_eq!(of(2, &[0, 1, 1, 1]), NotAGroup::Inverse { x: 1, identity: 0 });
        // A loop of five elements that is no group.
        #[rustfmt::skip]
        let five = [
            0, 1, 2, 3, 4,
            1, 0, 3, 4, 2,
            2, 4, 0, 1, 3,
            3, 2, 4, 0, 1,
            4, 3, 1, 2, 0,
        ];
        assert!(matches!(of(5, &five), NotAGroup::Associativity { .. }));
    }

    #[test]
    fn a_group_knows_its_elements() {
        let group = natural("S3").unwrap();
        assert_eq!((group.order(), group.identity(), group.is_abelian()), (6, 0, false));
        let mut orders: Vec<_> = (0..6).map(|x| group.order_of(x)).collect();
        orders.sort_unstable();
        assert_eq!(orders, [1, 2, 2, 2, 3, 3]);
        assert!((0..6).all(|x| group.product(x, group.inverse(x)) == 0));
        assert!(Group::of_table(6, group.opposite().table().to_vec()).is_ok());
        assert_eq!(group.opposite().product(1, 2), group.product(2, 1));
    }
}
