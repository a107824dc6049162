//! Plans at work: bytes from the language become a graph, the graph a program, and the program runs over groups of
//! symbols block by block and gathers matches.

pub mod catalogue_hash;
pub mod codes;
mod fnv;
pub mod fold;
pub mod identity;
pub mod matches;
pub mod plan;
pub mod program;
pub mod run;
mod sha256;
mod sink;
