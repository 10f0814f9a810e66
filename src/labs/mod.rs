//! Labs: what the programme of compact proofs touches beside exact proofs of a given network.

pub mod superposition;
