//! Weights files to named tensors.
