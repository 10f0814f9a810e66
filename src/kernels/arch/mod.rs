//! The backends: [`super::vector::Vector`] in the instructions of each machine.

pub(super) mod scalar;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
pub(super) mod simd128;
#[cfg(target_arch = "x86_64")]
pub(super) mod x86_64;
