//! What the tests share: a seeded generator, candles, the bytes of a plan, and a machine that runs them call by call.

// Every test file uses its own part of this.
#![allow(dead_code)]

pub mod bytes;
pub mod catalogue;
pub mod compare;
pub mod machine;

pub use kernels::reference::{candles, random};
