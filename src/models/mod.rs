//! Networks: what files hold, as functions of their inputs, and the circuits that proofs are about.
//! What a network should compute is a task's matter ([`crate::tasks`]).

pub mod transformer;
pub mod two_token;
