//! Matrix products and `exp` with a fixed order of operations.
//!
//! The order is part of the contract: native, wasm with SIMD128 and wasm without give the same bits, so the same bounds.
//! Hence no `mul_add` (fused on some targets only), no library product (its order follows the machine's vector width)
//! and an `exp` of our own (no two libms agree).

mod cholesky;
mod exp;
mod matmul;
mod singular;
mod vector;

pub use cholesky::{cholesky, cholesky_flops};
pub use exp::{EXP_ERROR, EXP_UNDERFLOW, exp};
pub use matmul::{Matrix, map, matmul};
pub use singular::{
    SingularDirection, first_singular_direction, first_singular_direction_of_product,
};
pub use vector::{diff, dot, largest, row_diffs, smallest, times, times_left};
