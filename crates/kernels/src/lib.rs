//! The mathematics of millrace: every function of the formula language over candles.
//!
//! A function is a [row](spec::Row) in a file of [`indicators`]: either a [kernel](block::Kernel), written once over
//! a [lane](lane::Lane) type, or a composition of other functions in the [graph]. No threads, no WebAssembly, no
//! `unsafe`. With the feature `references` each row has its plain reference beside it.

pub mod averages;
pub mod block;
pub mod directional;
pub mod elementwise;
pub mod graph;
pub mod history;
pub mod indicators;
pub mod lane;
pub mod money;
mod pair;
pub mod recursive;
#[cfg(feature = "references")]
pub mod reference;
pub mod spec;
pub mod state;
pub mod window;
