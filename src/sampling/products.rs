//! What samples tell of a product of two matrices without multiplying them out: noise that a proof
//! takes for small.
//!
//! A largest entry cannot be bounded by a few entries. But the part of all entries that are large
//! can, and a proof that takes the others for small pays for that part in accuracy
//! ([`accuracy_but_for`]). Rows can be drawn as entries are; and a few products with signs bound
//! the length of every row.
//!
//! The whole product `[v, m] · [m, w]` takes `v w (2 m − 1)` FLOPs, `n` entries `n (2 m − 1)`, and
//! `s` products with signs `s (m (w − 1) + v (2 m − 1))`: less than the whole if `n < v w` or, for
//! a square, about `s < 2 v / 3`. At 64 tokens that is nothing; at thousands it is most of the
//! work.

use super::above::{Above, up};
use super::{Coins, Method};
use crate::cost::Scalar;
use crate::linalg::{Matrix, diff, dot, times};

/// A matrix that is given as a product `left · right`, `[v, m] · [m, w]`.
pub struct Product<S> {
    left: Matrix<S>,
    /// `[w, m]`: the columns of the right factor.
    columns: Matrix<S>,
}

impl<S: Scalar> Product<S> {
    /// # Panics
    /// If the inner sizes differ, or a size is 0.
    #[must_use]
    pub fn new(left: Matrix<S>, right: &Matrix<S>) -> Self {
        assert!(
            left.ncols() == right.nrows() && !left.is_empty() && !right.is_empty(),
            "sizes of a product"
        );
        Self { left, columns: right.t().as_standard_layout().into_owned() }
    }

    /// An entry, `2 m − 1` FLOPs.
    fn entry(&self, row: usize, column: usize) -> S {
        let slice = |matrix: &Matrix<S>, i: usize| matrix.row(i).to_vec();
        dot(&slice(&self.left, row), &slice(&self.columns, column))
    }

    /// What rounding can amount to in an entry: `γ` times the sum of the absolute values of its
    /// products, which is at most `m` times the largest ones of both factors. `v m + w m + 3`
    /// FLOPs, and as many comparisons but two.
    fn slack(&self) -> S {
        let magnitude = |matrix: &Matrix<S>| {
            let all: Vec<S> = matrix.iter().map(|&x| x.abs()).collect();
            S::largest(&all)
        };
        // (m + 2) u m, enlarged by what it takes to compute the rest, plus what products below the
        // normal numbers lose.
        let m = self.left.ncols() as f64;
        let factor = S::from_f64(m * (m + 8.0) * f64::EPSILON);
        up(factor * magnitude(&self.left) * magnitude(&self.columns) + S::from_f64(LEAST))
    }

    /// Upper bounds on the parts of all entries whose magnitude is above each of the thresholds,
    /// from `n` entries that are drawn independently. They hold together except with a probability
    /// of `delta`, which they share equally.
    ///
    /// # Panics
    /// If there is no threshold, or `n` is 0.
    #[must_use]
    pub fn entries_above(
        &self,
        coins: &mut Coins,
        n: u64,
        thresholds: &[f64],
        delta: f64,
    ) -> Vec<f64> {
        let (rows, columns) = (self.left.nrows(), self.columns.nrows());
        let slack = self.slack();
        let magnitudes: Vec<S> = (0..n)
            .map(|_| {
                let [row, column] = [rows, columns].map(|size| place(coins, size));
                self.entry(row, column).abs() + slack
            })
            .collect();
        parts_above(&magnitudes, thresholds, delta)
    }

    /// Upper bounds on the parts of all rows that spread by more than each of the thresholds, from
    /// `n` rows that are drawn independently; like [`Self::entries_above`]. A row spreads by its
    /// largest entry less its smallest.
    ///
    /// # Panics
    /// As [`Self::entries_above`].
    #[must_use]
    pub fn spreads_above(
        &self,
        coins: &mut Coins,
        n: u64,
        thresholds: &[f64],
        delta: f64,
    ) -> Vec<f64> {
        let slack = self.slack();
        let columns = 0..self.columns.nrows();
        let spreads: Vec<S> = (0..n)
            .map(|_| {
                let row = place(coins, self.left.nrows());
                let entries: Vec<S> =
                    columns.clone().map(|column| self.entry(row, column)).collect();
                up(diff((&entries[..]).into()) + (slack + slack))
            })
            .collect();
        parts_above(&spreads, thresholds, delta)
    }

    /// Upper bounds on the magnitudes of the entries on the diagonal of a square product.
    #[must_use]
    pub fn diagonal(&self) -> Vec<S> {
        let slack = self.slack();
        (0..self.left.nrows()).map(|i| up(self.entry(i, i).abs() + slack)).collect()
    }

    /// An upper bound on the magnitudes of all entries: `m` times the largest numbers of both
    /// factors.
    #[must_use]
    pub fn most(&self) -> f64 {
        let largest =
            |matrix: &Matrix<S>| matrix.iter().fold(0.0_f64, |x, y| x.max(y.to_f64().abs()));
        let m = self.left.ncols() as f64;
        ((m * largest(&self.left)).next_up() * largest(&self.columns)).next_up()
    }

    /// Upper bounds on the lengths of all rows, which hold together except with a probability of
    /// `delta`: from `s` products with signs. `None` if so few cannot bound any.
    ///
    /// With signs `w`, the squares `X = (e · w)² / |e|²` for a row `e` have the mean 1 and `E X² ≤
    /// 3`. As `e^(−x) ≤ 1 − x + x² / 2` for `x ≥ 0`, `E e^(−λ X) ≤ 1 − λ + 3 λ² / 2`, so the sum of
    /// `s` of them is at most `s t` with a probability of at most `(e^(λ t) (1 − λ + 3 λ² / 2))^s`,
    /// for any `λ > 0`. Times the number of rows, that is `delta` for the `t` that is used: `|e| ≤
    /// √(Σ (e · w)² / (s t))` for all rows.
    #[must_use]
    pub fn row_lengths(&self, coins: &mut Coins, s: u32, delta: f64) -> Option<Vec<f64>> {
        let (v, w) = (self.left.nrows(), self.columns.nrows());
        let least = least_mean(v, s, delta)?;
        let errors = self.errors(w);
        let mut sums = vec![S::from_f64(0.0); v];
        for _ in 0..s {
            let signs: Vec<f64> = (0..w.div_ceil(64)).flat_map(|_| coins.signs()).take(w).collect();
            let products = times(&self.left, &self.signed(&signs));
            for (sum, product) in sums.iter_mut().zip(products) {
                *sum = *sum + product * product;
            }
        }
        let number = |x: f64| S::from_f64(x);
        let roundings = number(1.0 + f64::from(s + 8) * f64::EPSILON);
        let length = |(sum, error): (S, S)| {
            // By the triangle inequality: √Σ(x + y)² ≤ √Σx² + √Σy², the second at most √s times the
            // largest error.
            let computed = up((sum * roundings + number(LEAST)).sqrt());
            let exact = up(computed + up(up(number(f64::from(s)).sqrt()) * error));
            up(exact / number((f64::from(s) * least).next_down().sqrt().next_down())).to_f64()
        };
        Some(sums.into_iter().zip(errors).map(length).collect())
    }

    /// `right · signs`, `[m]`, `m (w − 1)` FLOPs: a sign costs nothing.
    fn signed(&self, signs: &[f64]) -> Vec<S> {
        let signed = |x: S, sign: f64| if sign > 0.0 { x } else { -x };
        let rows = (0..self.left.ncols()).map(|k| self.columns.column(k));
        let sum = |x: S, y: S| x + y;
        rows.map(|row| {
            let terms = row.iter().zip(signs).map(|(&x, &sign)| signed(x, sign));
            terms.reduce(sum).expect("a column")
        })
        .collect()
    }

    /// What rounding can amount to in the product of each row with signs, `[v]`: `γ` times the sum
    /// of all absolute values.
    fn errors(&self, w: usize) -> Vec<S> {
        let m = self.left.ncols();
        let absolute =
            |row: ndarray::ArrayView1<'_, S>| -> Vec<S> { row.iter().map(|x| x.abs()).collect() };
        let total = |x: Vec<S>| x.into_iter().reduce(|x, y| x + y).expect("a size of at least 1");
        let written: Vec<S> = (0..m).map(|k| total(absolute(self.columns.column(k)))).collect();
        let factor = S::from_f64((2 * (m + w) + 16) as f64 * f64::EPSILON);
        let rows = self.left.rows().into_iter();
        rows.map(|row| up(factor * dot(&absolute(row), &written) + S::from_f64(LEAST))).collect()
    }

    /// FLOPs of [`Self::entries_above`], those of the bounds aside.
    #[must_use]
    pub fn entries_flops([v, m, w]: [usize; 3], n: u64, thresholds: usize) -> f64 {
        let slack = 2 * (v * m + m * w) - 2 + 3;
        slack as f64 + n as f64 * (2 * m + 1 + thresholds) as f64
    }

    /// FLOPs of [`Self::spreads_above`], those of the bounds aside.
    #[must_use]
    pub fn spreads_flops([v, m, w]: [usize; 3], n: u64, thresholds: usize) -> f64 {
        let slack = 2 * (v * m + m * w) - 2 + 3;
        let row = w * (2 * m - 1) + (2 * w - 1) + 2 + thresholds;
        slack as f64 + n as f64 * row as f64
    }

    /// FLOPs of [`Self::diagonal`] of a square product.
    #[must_use]
    pub fn diagonal_flops([v, m, w]: [usize; 3]) -> f64 {
        (2 * (v * m + m * w) - 2 + 3 + v * (2 * m + 1)) as f64
    }

    /// FLOPs of [`Self::row_lengths`].
    #[must_use]
    pub fn row_lengths_flops([v, m, w]: [usize; 3], s: u32) -> f64 {
        let errors = (m * (2 * w - 1) + v * (m + 2 * m - 1 + 2)) as f64;
        let probes = f64::from(s) * (m * (w - 1) + v * (2 * m - 1) + 2 * v) as f64;
        errors + probes + (7 * v) as f64
    }
}

/// Covers what products below the range of normal numbers lose, see theorem 1 of
/// [`crate::rounding`].
const LEAST: f64 = 1.0 / (1_u128 << 120) as f64 / (1_u128 << 120) as f64 / (1_u128 << 120) as f64;

/// Upper bounds on the parts of all values that are above each of the thresholds, from values that
/// are drawn independently.
fn parts_above<S: Scalar>(drawn: &[S], thresholds: &[f64], delta: f64) -> Vec<f64> {
    let (n, shared) = (drawn.len() as u64, (delta / thresholds.len() as f64).next_down());
    let part_above = |&threshold: &f64| {
        let threshold = S::from_f64(threshold);
        let below = drawn.iter().filter(|&&x| !threshold.less(x)).count() as u64;
        (1.0 - Method::ClopperPearson.least(n, below, shared)).next_up().min(1.0)
    };
    thresholds.iter().map(part_above).collect()
}

/// An upper bound on the part of all rows that are bad, from `n` rows drawn independently; it fails
/// with a probability of at most `delta`.
///
/// # Panics
/// If there is no row, or `n` is 0.
pub fn rows_that_are(
    bad: impl Fn(usize) -> bool,
    rows: usize,
    coins: &mut Coins,
    n: u64,
    delta: f64,
) -> f64 {
    let good = (0..n).filter(|_| !bad(place(coins, rows))).count() as u64;
    (1.0 - Method::ClopperPearson.least(n, good, delta)).next_up().min(1.0)
}

/// The accuracy that is left of `proven`, where the proof takes something for granted that fails
/// for at most a part `failing` of all values of each of `times` parts of an input that are
/// uniform: each loses at most that part of all inputs. Rounded down.
#[must_use]
pub fn accuracy_but_for(proven: f64, times: usize, failing: f64) -> f64 {
    (proven - (times as f64 * failing).next_up()).next_down().max(0.0)
}

/// A number below `size`.
fn place(coins: &mut Coins, size: usize) -> usize {
    usize::try_from(coins.below(size as u128)).expect("below a size")
}

/// A mean square `t` that no row of `v` falls short of except with a probability of `delta`, see
/// [`Product::row_lengths`]; `None` if there is none above 0. Searched in float64, and checked by
/// upper bounds.
fn least_mean(v: usize, s: u32, delta: f64) -> Option<f64> {
    let chance = |rate: f64| 1.0 - rate + 1.5 * rate * rate;
    let of_each = libm::log(delta / v as f64) / f64::from(s);
    let mean = |rate: f64| (of_each - libm::log(chance(rate))) / rate;
    let rates = (1..=66).map(|i| f64::from(i) / 200.0);
    let (rate, t) = rates.map(|rate| (rate, mean(rate))).max_by(|a, b| a.1.total_cmp(&b.1))?;
    let t = t * (1.0 - 1e-9);
    if t <= 0.0 || !t.is_finite() {
        return None;
    }
    // Upward: 1 − λ + 3 λ² / 2, and e^(λ t) with the error of exp.
    let exp = crate::linalg::exp((rate * t).next_up()) * (1.0 + 4.0 * crate::linalg::EXP_ERROR);
    let one = Above::exactly(exp.next_up()).times(
        Above::exactly((1.0 - rate).next_up())
            .plus(Above::exactly(1.5 * rate).times(Above::exactly(rate))),
    );
    let fails = one.power(u64::from(s)).times(Above::exactly(v as f64));
    fails.is_at_most(Above::exactly(delta.next_down())).then_some(t)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cost::Counted;
    use crate::sampling::Key;

    fn matrix<S: Scalar>(rows: usize, columns: usize, seed: u32) -> Matrix<S> {
        let mut state = seed;
        Matrix::from_shape_simple_fn((rows, columns), || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            S::from_f64(f64::from(state >> 8) / f64::from(1 << 23) - 1.0)
        })
    }

    fn coins(seed: u32) -> Coins {
        Coins::new(Key::of(&seed.to_string()))
    }

    #[test]
    fn bounds_hold_of_the_whole_product() {
        for seed in 0..20 {
            let (left, right) = (matrix::<f64>(40, 5, seed), matrix(5, 30, seed + 100));
            let whole = left.dot(&right);
            let product = Product::new(left, &right);
            let thresholds = [0.5, 1.0, 2.0, 5.0];
            let found = product.entries_above(&mut coins(seed), 400, &thresholds, 1e-6);
            for (threshold, found) in thresholds.into_iter().zip(found) {
                let above = whole.iter().filter(|x| x.abs() > threshold).count() as f64;
                assert!(above / whole.len() as f64 <= found && found < 1.0, "{threshold}: {found}");
            }
            let lengths = product.row_lengths(&mut coins(seed), 256, 1e-6).unwrap();
            for (row, length) in whole.rows().into_iter().zip(lengths) {
                let exact = row.dot(&row).sqrt();
                assert!(exact <= length && length < 2.2 * exact, "{exact}, {length}");
            }
            assert!(product.row_lengths(&mut coins(seed), 20, 1e-6).is_none());
            let found = product.spreads_above(&mut coins(seed), 400, &thresholds, 1e-6);
            let spread = |row: ndarray::ArrayView1<f64>| {
                let ends = row.iter().fold((0.0_f64, 0.0_f64), |(a, b), &x| (a.min(x), b.max(x)));
                ends.1 - ends.0
            };
            for (threshold, found) in thresholds.into_iter().zip(found) {
                let above = whole.rows().into_iter().filter(|row| spread(*row) > threshold).count();
                assert!(above as f64 / 40.0 <= found, "{threshold}: {found}");
            }
            assert!(whole.iter().all(|x| x.abs() <= product.most()));
            let bad = |row: usize| whole.row(row).iter().any(|x| *x > 3.0);
            let part = (0..40).filter(|&row| bad(row)).count() as f64 / 40.0;
            assert!(part <= rows_that_are(bad, 40, &mut coins(seed), 300, 1e-6));
        }
    }

    /// Whether so few as one row and a few signs fail as rarely as they say: the sum of signs of a
    /// row `1, 1, 1, 1` is 0 in six of sixteen cases.
    #[test]
    fn lengths_fail_as_rarely_as_they_say() {
        const RUNS: u32 = 20_000;
        const DELTA: f64 = 0.2;
        for (s, columns) in [(16, 2), (24, 4), (40, 7)] {
            let product =
                Product::new(Matrix::from_elem((1, 1), 1.0), &Matrix::from_elem((1, columns), 1.0));
            let exact = (columns as f64).sqrt();
            let fails =
                |seed: u32| product.row_lengths(&mut coins(seed), s, DELTA).unwrap()[0] < exact;
            let failures = (0..RUNS).filter(|&seed| fails(seed)).count() as f64;
            let expected = DELTA * f64::from(RUNS);
            assert!(failures <= expected + 4.75 * expected.sqrt(), "{s}: {failures}");
        }
    }

    #[test]
    fn the_formulas_count_the_operations() {
        for sizes @ [v, m, w] in [[4, 3, 5], [1, 1, 1], [7, 2, 70]] {
            let product = Product::new(matrix::<Counted>(v, m, 1), &matrix(m, w, 2));
            let thresholds = [0.1, 0.2];
            let (flops, _) =
                Counted::during(|| product.entries_above(&mut coins(1), 9, &thresholds, 0.1));
            assert_eq!(flops as f64, Product::<f64>::entries_flops(sizes, 9, 2), "{sizes:?}");
            let (flops, _) =
                Counted::during(|| product.spreads_above(&mut coins(1), 9, &thresholds, 0.1));
            assert_eq!(flops as f64, Product::<f64>::spreads_flops(sizes, 9, 2), "{sizes:?}");
            if v == w {
                let (flops, _) = Counted::during(|| product.diagonal());
                assert_eq!(flops as f64, Product::<f64>::diagonal_flops(sizes), "{sizes:?}");
            }
            let (flops, _) =
                Counted::during(|| product.row_lengths(&mut coins(1), 64, 0.1).unwrap());
            assert_eq!(flops as f64, Product::<f64>::row_lengths_flops(sizes, 64), "{sizes:?}");
        }
    }

    #[test]
    fn accuracy_is_paid_for_what_is_taken_for_granted() {
        let left = accuracy_but_for(0.99, 3, 0.001);
        assert!(left < 0.987 && left > 0.987 - 1e-12);
        assert_eq!(accuracy_but_for(0.5, 2, 0.5), 0.0);
    }
}
