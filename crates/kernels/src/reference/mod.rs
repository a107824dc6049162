//! The plain reference of every row: what a function is by its definition, over whole series, written without a line of
//! the kernels. It stands in the function's own file, in its `mod reference`, and is what kernels, golden files and
//! TA-Lib are compared with.
//!
//! All of it is behind the cargo feature `references`. `#[cfg(test)]` would not do: the laws are tests of another crate
//! and the golden files are written by xtask, which see of this crate what its features say and nothing of its tests.
//! The WASM is built without the feature.

pub mod candles;
pub mod random;
pub mod series;
pub mod talib;

use crate::indicators::{FILES, LISTS, REFERENCES, REGISTRY, same};
use crate::spec::Row;
use series::Series;
use talib::Talib;

/// What a `mod reference` uses.
pub mod prelude {
    pub use super::Reference;
    pub use super::candles::Candles;
    pub use super::series::*;
    pub use super::talib::*;
}

/// Inputs and parameters give the outputs. Unknown is NaN; a condition is 1, 0 or unknown. A function without inputs is
/// given a column of as many bars.
pub type Values = fn(&[Series], &[f64]) -> Vec<Series>;

pub struct Reference {
    pub row: &'static Row,
    pub values: Values,
    /// Functions of TA-Lib that mean the same.
    pub talib: &'static [Talib],
}

impl Reference {
    /// Of a row that TA-Lib has nothing like.
    pub const fn new(row: &'static Row, values: Values) -> Self {
        Self { row, values, talib: &[] }
    }
}

const _: () = check(LISTS, REFERENCES);

/// Panics with the name of a row that has no reference. It runs when the crate is compiled.
const fn check(lists: &[&[&Row]], references: &[&[Reference]]) {
    let mut file = 0;
    while file < lists.len() {
        let (rows, references) = (lists[file], references[file]);
        let mut at = 0;
        while at < rows.len() {
            if at >= references.len() || !same(references[at].row.name, rows[at].name) {
                panic!("{}", rows[at].name);
            }
            at += 1;
        }
        if at < references.len() {
            panic!("{}", references[at].row.name);
        }
        file += 1;
    }
}

/// The files of the catalogue, by their paths in `indicators`, with their references.
pub fn files() -> impl Iterator<Item = (&'static str, &'static [Reference])> {
    FILES.iter().copied().zip(REFERENCES.iter().copied())
}

/// The references of all rows, in the order of the registry.
pub fn references() -> impl Iterator<Item = &'static Reference> {
    files().flat_map(|(_, references)| references)
}

/// The reference of a row of the registry.
pub fn reference_of(row: &Row) -> &'static Reference {
    let of_it = references().zip(REGISTRY).find(|(_, each)| std::ptr::eq(**each, row));
    of_it.expect("every row has a reference").0
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROW: Row = Row { name: "zigzag", ..Row::BASE };
    static ZIGZAG: Row = ROW;
    static ZIGZAGS: Row = Row { name: "zigzags", ..ROW };
    const PLAIN: Reference = Reference::new(&ZIGZAG, |x, _| x.to_vec());

    #[test]
    fn references_in_the_order_of_the_rows_are_accepted() {
        check(&[&[&ZIGZAG, &ZIGZAGS]], &[&[PLAIN, Reference { row: &ZIGZAGS, ..PLAIN }]]);
    }

    #[test]
    #[should_panic(expected = "zigzags")]
    fn a_row_without_a_reference_is_refused() {
        check(&[&[&ZIGZAG, &ZIGZAGS]], &[&[PLAIN]]);
    }

    #[test]
    #[should_panic(expected = "zigzag")]
    fn a_reference_without_a_row_is_refused() {
        check(&[&[]], &[&[PLAIN]]);
    }

    #[test]
    fn every_row_of_the_registry_has_its_own() {
        assert!(REGISTRY.iter().all(|row| std::ptr::eq(reference_of(row).row, *row)));
    }

    #[test]
    fn the_version_that_is_named_is_the_one_that_is_compared_with() {
        let pinned = format!("ta-lib = {{ version = \"={}\"", talib::TALIB_VERSION);
        assert!(include_str!("../../Cargo.toml").contains(&pinned));
    }

    /// Nothing of the rest of the file but the rows, and nothing of the crate but what references are written with.
    #[test]
    fn references_share_no_code_with_kernels() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/indicators");
        for (file, references) in files() {
            let text = std::fs::read_to_string(folder.join(file)).expect("the file is there");
            let (_, module) = text.split_once("pub(crate) mod reference {").expect("build.rs has found it");
            let module = module.split("#[cfg(test)]").next().expect("there is a first part");
            let rows = references.len();
            assert_eq!(module.matches("super::").count(), rows, "{file} takes more than its {rows} rows");
            assert_eq!(module.matches("crate::").count(), 1, "{file} takes more than the prelude");
        }
    }
}
