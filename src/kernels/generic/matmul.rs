//! Products of matrices. Lanes hold different entries of the product, never parts of one sum, so
//! every sum has the order of its definition.
//!
//! `a` `[m, k]`, `b` `[k, n]`, `product` `[m, n]`, row-major:
//!
//! ```text
//! for each block of 4 rows of product (then single rows):
//!     for each TILE · 4 columns (then 4, then single columns):
//!         sums = the tile, in registers
//!         for p in 0..k:
//!             for each row r and vector t of the tile:
//!                 sums[r][t] = sums[r][t] + a[r][p] · b[p][vector t]
//!         write sums to product
//! ```

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
    for (row, a) in
        rows.into_remainder().chunks_exact_mut(n).zip(a_rows.remainder().chunks_exact(k))
    {
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
            let products =
                a[r * k..][..k].iter().zip(b[j..].iter().step_by(n)).map(|(&x, &y)| x * y);
            rows[r * n + j] = products.reduce(|sum, product| sum + product).unwrap_or(0.0);
        }
    }
}

/// Computes `R` rows and `T` vectors of columns from column `j` on, in registers.
#[inline(always)]
fn tile<V: Vector, const R: usize, const T: usize>(
    a: &[f64],
    b: &[f64],
    rows: &mut [f64],
    k: usize,
    n: usize,
    j: usize,
) {
    let width = T * LANES;
    let mut sums = [[V::splat(0.0); T]; R];
    let mut y = [V::splat(0.0); T];
    // One slice for each row, so that the loop needs no bounds checks.
    let mut a_rows = [a; R];
    for r in 0..R {
        a_rows[r] = &a[r * k..][..k];
    }
    for (p, row) in (0..k).zip(b.chunks_exact(n)) {
        let (row, _) = row[j..][..width].as_chunks::<LANES>();
        for t in 0..T {
            y[t] = V::load(&row[t]);
        }
        for r in 0..R {
            let x = V::splat(a_rows[r][p]);
            for t in 0..T {
                // The first term is not added to zero: −0 would become 0.
                sums[r][t] = if p == 0 { x.mul(y[t]) } else { sums[r][t].add(x.mul(y[t])) };
            }
        }
    }
    for (r, sums) in sums.iter().enumerate() {
        let (to, _) = rows[r * n + j..][..width].as_chunks_mut::<LANES>();
        for (sum, to) in sums.iter().zip(to) {
            sum.store(to);
        }
    }
}
