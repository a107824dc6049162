//! The catalogue: one file, one function or one family of them. `build.rs` lists the files.

use crate::spec::Row;

include!(concat!(env!("OUT_DIR"), "/registry.rs"));

/// The row of a name, and its number.
pub fn find(name: &str) -> Option<(usize, &'static Row)> {
    REGISTRY.iter().enumerate().find(|(_, row)| row.name == name).map(|(id, row)| (id, *row))
}

/// The number of a row.
pub fn row_id(row: &'static Row) -> usize {
    REGISTRY.iter().position(|other| std::ptr::eq(*other, row)).expect("every row is in the registry")
}
