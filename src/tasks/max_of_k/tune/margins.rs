use super::noise::Spread;
use crate::linalg::{Matrix, exp};
use crate::models::transformer::Circuits;

/// What the shortest proofs know of a network: its circuits, and per query what they leave open.
pub(super) struct Known<'a> {
    pub(super) circuits: &'a Circuits<f64>,
    pub(super) divisor: f64,
    /// The error of the scores of each query, `[v]`, before the division by `divisor`.
    pub(super) error: &'a [f64],
    /// What the direct path of each query adds to differences of logits, `[v]`.
    pub(super) direct: &'a [f64],
    /// The direct path of the mean query, `[v]`.
    pub(super) mean_direct: &'a [f64],
}

/// The gradient by what [`Known`] holds.
pub(super) struct ByKnown {
    pub(super) circuits: Circuits<f64>,
    pub(super) error: Vec<f64>,
    pub(super) direct: Vec<f64>,
    pub(super) mean_direct: Vec<f64>,
}

/// How a case counts in the loss.
#[derive(Clone, Copy)]
pub(super) struct Hinge {
    /// A case that is proven by this many logits costs little.
    pub(super) margin: f64,
    /// The number of logits over which the cost sets in.
    pub(super) softness: f64,
}

/// The cases of a largest token: what wrong outputs gain, and what other tokens write.
struct Largest {
    m: usize,
    /// What each output gains on `m` without attention to it, and the position at which it does.
    base: Vec<(f64, usize)>,
    /// What attention to `m` writes to each output, less what it writes to `m`.
    right: Vec<f64>,
    /// The token below `m` whose writing is spread most, and the spread.
    wrong: (usize, Spread),
}

/// The bound as a loss: for each case of a query `q`, a largest token `m` and `c` other tokens, all
/// below `m`, the bound `Δ` on the worst difference of logits, as softplus `((Δ + margin) /
/// softness)`, weighted by the part of all sequences that are in the case; and its gradient, which
/// it adds to `by`.
///
/// ```text
/// least attention to m:  α = (n − c) / (n − c + c e^{−s}),
///     s = (EQKE[q, m] − max_{k<m} EQKE[q, k] − diff(EQKP[q, :])) / divisor − error[q] / divisor
/// Δ = max_o (μ[o] − μ[m] + P_m[o] + α (EVOU[m, o] − EVOU[m, m])) + (1 − α) W_m + direct[q]
/// ```
pub(super) fn bound_loss(known: &Known<'_>, hinge: Hinge, scale: f64, by: &mut ByKnown) -> f64 {
    let (v, n) = (known.circuits.EVOU.nrows(), known.circuits.PVOU.nrows());
    let positions: Vec<_> =
        known.circuits.EQKP.rows().into_iter().map(|row| Spread::of(row.iter().copied())).collect();
    // Of each query the token below the present m with the highest score.
    let mut highest = vec![0; v];
    let mut wrong = (0, spread_of_row(&known.circuits.EVOU, 0));
    let mut loss = 0.0;
    for m in 1..v {
        let largest = Largest::new(known, m, wrong);
        for q in 0..=m {
            for c in 1..n {
                let cell = Cell {
                    known,
                    hinge,
                    largest: &largest,
                    q,
                    c,
                    rival: highest[q],
                    positions: positions[q],
                };
                loss += cell.add_gradient(scale, by);
            }
        }
        for (q, highest) in highest.iter_mut().enumerate() {
            let EQKE = &known.circuits.EQKE;
            if EQKE[[q, m]] > EQKE[[q, *highest]] {
                *highest = m;
            }
        }
        let spread = spread_of_row(&known.circuits.EVOU, m);
        if spread.size() > wrong.1.size() {
            wrong = (m, spread);
        }
    }
    loss
}

fn spread_of_row(matrix: &Matrix<f64>, row: usize) -> Spread {
    Spread::of(matrix.row(row).iter().copied())
}

impl Largest {
    fn new(known: &Known<'_>, m: usize, wrong: (usize, Spread)) -> Self {
        let Known { circuits: Circuits { EVOU, PVOU, .. }, mean_direct, .. } = known;
        let outputs = 0..EVOU.ncols();
        let base = outputs.clone().map(|o| {
            let gains = PVOU.rows().into_iter().map(|row| row[o] - row[m]);
            let most = Spread::of(gains).most;
            (mean_direct[o] - mean_direct[m] + most.1, most.0)
        });
        let right = outputs.map(|o| EVOU[[m, o]] - EVOU[[m, m]]);
        Self { m, base: base.collect(), right: right.collect(), wrong }
    }

    /// The wrong output that gains most on `m` at an attention to `m`, and its gain.
    fn worst(&self, attention: f64) -> (usize, f64) {
        let (mut worst, mut gain) = (self.m, f64::NEG_INFINITY);
        for (o, ((base, _), right)) in self.base.iter().zip(&self.right).enumerate() {
            let gains = base + attention * right;
            if o != self.m && gains > gain {
                (worst, gain) = (o, gains);
            }
        }
        (worst, gain)
    }
}

/// A case `(q, m, c)`.
struct Cell<'a> {
    known: &'a Known<'a>,
    hinge: Hinge,
    largest: &'a Largest,
    q: usize,
    c: usize,
    /// The token below `m` to which `q` attends most.
    rival: usize,
    /// The scores of positions for the query.
    positions: Spread,
}

impl Cell<'_> {
    /// The part of all sequences that are in the case: its tokens other than `m` are any below `m`.
    fn weight(&self) -> f64 {
        let (v, n) = (self.known.circuits.EVOU.nrows() as f64, self.known.circuits.PVOU.nrows());
        let others = if self.q == self.largest.m { self.c } else { self.c - 1 };
        let mut weight = 1.0 / v;
        for i in 0..n - 1 {
            weight /= v;
            if i < others {
                weight *= self.largest.m as f64 * (n - 1 - i) as f64 / (i + 1) as f64;
            }
        }
        weight
    }

    /// Adds `scale` times the gradient of the case's loss; returns the loss.
    fn add_gradient(&self, scale: f64, by: &mut ByKnown) -> f64 {
        let Self { known, hinge: Hinge { margin, softness }, q, c, rival, positions, .. } = *self;
        let Largest { m, base, right, wrong: (writer, wrong) } = self.largest;
        let Known { circuits: Circuits { EQKE, PVOU, .. }, divisor, error, direct, .. } = known;
        let apart = EQKE[[q, *m]] - EQKE[[q, rival]] - positions.size() - error[q];
        let copies = (PVOU.nrows() - c) as f64;
        let attention = copies / (copies + c as f64 * exp(-apart / divisor));
        let (o, gain) = self.largest.worst(attention);
        let worst = gain + (1.0 - attention) * wrong.size() + direct[q];

        let (weight, x) = (self.weight(), (worst + margin) / softness);
        let slope = scale * weight / softness / (1.0 + exp(-x));
        let by_apart = slope * (right[o] - wrong.size()) * attention * (1.0 - attention) / divisor;
        by.circuits.EQKE[[q, *m]] += by_apart;
        by.circuits.EQKE[[q, rival]] -= by_apart;
        by.circuits.EQKP[[q, positions.most.0]] -= by_apart;
        by.circuits.EQKP[[q, positions.least.0]] += by_apart;
        by.error[q] -= by_apart;
        by.circuits.EVOU[[*m, o]] += slope * attention;
        by.circuits.EVOU[[*m, *m]] -= slope * attention;
        by.circuits.EVOU[[*writer, wrong.most.0]] += slope * (1.0 - attention);
        by.circuits.EVOU[[*writer, wrong.least.0]] -= slope * (1.0 - attention);
        by.circuits.PVOU[[base[o].1, o]] += slope;
        by.circuits.PVOU[[base[o].1, *m]] -= slope;
        by.mean_direct[o] += slope;
        by.mean_direct[*m] -= slope;
        by.direct[q] += slope;
        weight * softplus(x)
    }
}

/// `log(1 + e^x)`.
fn softplus(x: f64) -> f64 {
    x.max(0.0) + libm::log1p(exp(-x.abs()))
}
