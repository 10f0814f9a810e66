use compact_proofs::tasks::max_of_k::MaxOfK;
use compact_proofs::transformer::{Shape, Transformer};
use std::f64::consts::PI;

/// Frequencies that tokens are told apart by: as many as fit in half of the residual stream beside
/// size and a constant.
const FREQUENCIES: usize = 7;
/// Where what attention has copied is kept.
const COPIED: usize = 2 + 2 * FREQUENCIES;
/// Score of the largest token above that of the least.
const SCORE: f64 = 60.0;
/// Logit of a token that is copied.
const LOGIT: f64 = 60.0;
/// What training would have left beside the mechanism.
const NOISE: f64 = 0.01;

/// A model that does Max-of-K by construction, of any size: attention grows with the token, and
/// copies waves from which each token is read. Nobody trained it, so what is proven of it says
/// little; it is here to take time.
pub(super) fn constructed(v: usize, n: usize) -> MaxOfK {
    let shape = Shape { v, d: 2 * COPIED, h: 2 * COPIED, n };
    let mut state = 1_u64;
    let mut model = Transformer::from_entries(shape, || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        NOISE * ((state >> 11) as f64 / (1_u64 << 52) as f64 - 1.0)
    });
    let wave = |token: usize, i: usize| {
        let angle = PI * (i / 2 + 1) as f64 * token as f64 / v as f64;
        if i.is_multiple_of(2) { angle.cos() } else { angle.sin() }
    };
    for token in 0..v {
        model.W_E[[token, 0]] += token as f64 / v as f64;
        model.W_E[[token, 1]] += 1.0;
        for i in 2..COPIED {
            model.W_E[[token, i]] += wave(token, i - 2);
            model.W_U[[COPIED + i, token]] += LOGIT / FREQUENCIES as f64 * wave(token, i - 2);
        }
    }
    model.W_Q[[1, 0]] += SCORE * model.score_divisor();
    model.W_K[[0, 0]] += 1.0;
    for i in 2..COPIED {
        model.W_V[[i, i]] += 1.0;
        model.W_O[[i, COPIED + i]] += 1.0;
    }
    MaxOfK::new(model).expect("a token for each output")
}
