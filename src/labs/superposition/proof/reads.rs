use super::exact::{length_up, product, root_up};

/// How neurons read directions: `p[i][c] = d_i · w_c`, 28 bits after the point, at most `2³⁷` in
/// size.
pub(super) struct Reads {
    /// `[latents][neurons]`.
    pub(super) table: Vec<Vec<i64>>,
    /// The largest `|p[i][c]|` of each latent.
    pub(super) most: Vec<i128>,
    /// An upper bound on the length of each row.
    pub(super) lengths: Vec<i128>,
    /// Upper bounds on the lengths of the neurons' weights, 14 bits after the point.
    pub(super) weights: Vec<i128>,
    /// An upper bound on by how much all neurons together lengthen a vector, 14 bits after the
    /// point.
    pub(super) stretch: i128,
    /// FLOPs of making this.
    pub(super) flops: u64,
}

impl Reads {
    /// Reads `directions` `[latents][hidden]` by `neurons` `[neurons][hidden]`.
    pub(super) fn new(directions: &[Vec<i64>], neurons: &[Vec<i64>]) -> Self {
        let read = |d: &Vec<i64>| neurons.iter().map(|w| product(d, w)).collect();
        let table: Vec<Vec<i64>> = directions.iter().map(read).collect();
        let most = |row: &Vec<i64>| i128::from(row.iter().map(|p| p.abs()).max().unwrap_or(0));
        let [latents, n, m] = [directions.len(), neurons.len(), neurons[0].len()].map(|x| x as u64);
        Self {
            most: table.iter().map(most).collect(),
            lengths: table.iter().map(|row| length_up(row.iter().copied())).collect(),
            weights: neurons.iter().map(|w| length_up(w.iter().copied())).collect(),
            stretch: stretch_up(neurons),
            table,
            // Products; absolute values, comparisons, squares and sums of rows; squares and sums of
            // weights; a product of the weights with themselves, and sums of sizes.
            flops: latents * n * (2 * m - 1)
                + latents * 4 * n
                + 2 * n * m
                + 2 * n * m * m
                + 2 * m * m,
        }
    }

    /// The largest length of a neuron's weights.
    pub(super) fn longest(&self) -> i128 {
        self.weights.iter().copied().max().unwrap_or(0)
    }

    /// `Σ a_i p[i][c]` of a code for each neuron, 42 bits after the point.
    pub(super) fn sums(&self, code: &[(usize, i64)]) -> Vec<i128> {
        let mut sums = vec![0; self.weights.len()];
        for &(latent, amplitude) in code {
            let row = &self.table[latent];
            sums.iter_mut().zip(row).for_each(|(sum, p)| *sum += i128::from(amplitude * p));
        }
        sums
    }
}

/// An upper bound on the largest singular value of `rows`: `‖W e‖² = e · (WᵀW e)`, and a symmetric
/// matrix lengthens no vector by more than its largest sum of sizes in a row.
fn stretch_up(rows: &[Vec<i64>]) -> i128 {
    let width = rows[0].len();
    let entry = |k: usize, l: usize| rows.iter().map(|w| w[k] * w[l]).sum::<i64>();
    let sum = |k: usize| (0..width).map(|l| i128::from(entry(k, l).abs())).sum();
    root_up((0..width).map(sum).max().unwrap_or(0))
}

/// `Σ a_i x_i` over a code.
pub(super) fn weighed(code: impl IntoIterator<Item = (usize, i64)>, x: &[i128]) -> i128 {
    code.into_iter().map(|(latent, amplitude)| i128::from(amplitude) * x[latent]).sum()
}
