//! Matrix products and `exp` with a fixed order of operations.
//!
//! The order is part of the contract: native code, WebAssembly with SIMD128 and WebAssembly without
//! it give the same bits, and so the same bounds. Hence there is no `mul_add` (fused on some
//! targets only), no matrix product of a library (its order depends on the machine's vector width)
//! and an `exp` of our own (no two math libraries agree).

mod cholesky;
mod exp;
mod matmul;
mod order;
mod singular;
mod singular_values;
mod vector;

pub use cholesky::{cholesky, cholesky_flops};
pub use exp::{EXP_ERROR, EXP_UNDERFLOW, exp};
pub use matmul::{Matrix, map, matmul};
pub use order::{ascending, sorted};
pub use singular::{
    SingularDirection, first_singular_direction, first_singular_direction_of_product,
};
pub use singular_values::{left_singular_vectors, singular_values_of_product};
pub use vector::{centred, diff, dot, largest, mean_row, row_diffs, smallest, times, times_left};
