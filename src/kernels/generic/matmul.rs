//! Products of matrices: lanes hold different entries of the product, never parts of one sum, so the order of every sum is that of
//! its definition.

use crate::kernels::vector::{LANES, Vector};

/// Rows of the product that are computed together.
const ROWS: usize = 4;

#[inline(always)]
pub(crate) fn matmul<V: Vector>(a: &[f64], b: &[f64], product: &mut [f64], k: usize, n: usize) {
    let mut rows = product.chunks_exact_mut(ROWS * n);
    let mut a_rows = a.chunks_exact(ROWS * k);
    for (rows, a) in (&mut rows).zip(&mut a_rows) {
        of_rows::<V, ROWS>(a, b, rows, k, n);
    }
    for (row, a) in rows.into_remainder().chunks_exact_mut(n).zip(a_rows.remainder().chunks_exact(k)) {
        of_rows::<V, 1>(a, b, row, k, n);
    }
}

#[inline(always)]
fn of_rows<V: Vector, const R: usize>(a: &[f64], b: &[f64], rows: &mut [f64], k: usize, n: usize) {
    let mut j = 0;
    while j + V::TILE * LANES <= n {
        match V::TILE {
            1 => tile::<V, R, 1>(a, b, rows, k, n, j),
            _ => tile::<V, R, 2>(a, b, rows, k, n, j),
        }
        j += V::TILE * LANES;
    }
    while j + LANES <= n {
        tile::<V, R, 1>(a, b, rows, k, n, j);
        j += LANES;
    }
    for j in j..n {
        for r in 0..R {
            let products = a[r * k..][..k].iter().zip(b[j..].iter().step_by(n)).map(|(&x, &y)| x * y);
            rows[r * n + j] = products.reduce(|sum, product| sum + product).unwrap_or(0.0);
        }
    }
}

/// `R` rows and `T` vectors of columns from `j` on, in registers.
#[inline(always)]
fn tile<V: Vector, const R: usize, const T: usize>(
    a: &[f64],
    b: &[f64],
    rows: &mut [f64],
    k: usize,
    n: usize,
    j: usize,
) {
    let b_row = |p: usize| -> [V; T] {
        let row = &b[p * n + j..][..T * LANES];
        std::array::from_fn(|t| V::load(row[t * LANES..][..LANES].try_into().expect("as many as lanes")))
    };
    let a_rows: [&[f64]; R] = std::array::from_fn(|r| &a[r * k..][..k]);
    let first = b_row(0);
    let mut sums: [[V; T]; R] = std::array::from_fn(|r| {
        let x = V::splat(a_rows[r][0]);
        std::array::from_fn(|t| x.mul(first[t]))
    });
    for p in 1..k {
        let y = b_row(p);
        for r in 0..R {
            let x = V::splat(a_rows[r][p]);
            for t in 0..T {
                sums[r][t] = sums[r][t].add(x.mul(y[t]));
            }
        }
    }
    for (r, sums) in sums.iter().enumerate() {
        for (t, sum) in sums.iter().enumerate() {
            let to = &mut rows[r * n + j + t * LANES..][..LANES];
            sum.store(to.try_into().expect("as many as lanes"));
        }
    }
}
