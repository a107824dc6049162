//! The catalogue: one file, one function or one family of them, in the folder of its group. `build.rs` lists the files,
//! and each file lists its rows.

// Every row ends in `Row::BASE`, also one that says all there is.
#![allow(clippy::needless_update)]

use crate::spec::{Drawing, FAMILIES, Group, Pane, Row, Type};

include!(concat!(env!("OUT_DIR"), "/registry.rs"));

/// Every function of the catalogue; its place is its number in a plan's bytes.
pub static REGISTRY: &[&Row] = &ALL;

static ALL: [&Row; count(LISTS)] = joined(LISTS);

const _: () = check(&ALL);

const fn count(lists: &[&[&Row]]) -> usize {
    let (mut rows, mut list) = (0, 0);
    while list < lists.len() {
        rows += lists[list].len();
        list += 1;
    }
    rows
}

const fn joined<const ROWS: usize>(lists: &[&[&'static Row]]) -> [&'static Row; ROWS] {
    let mut joined = [lists[0][0]; ROWS];
    let (mut at, mut list) = (0, 0);
    while list < lists.len() {
        let mut row = 0;
        while row < lists[list].len() {
            joined[at] = lists[list][row];
            (at, row) = (at + 1, row + 1);
        }
        list += 1;
    }
    joined
}

/// Panics with a name that stands twice, or that of a row which does not say what a reader needs. It runs when the crate
/// is compiled.
const fn check(rows: &[&Row]) {
    let mut at = 0;
    while at < rows.len() {
        let row = rows[at];
        // Signs have no call to show.
        let shown = matches!(row.group, Group::Operator) == row.example.is_empty();
        // What is the same at any price has no place among prices.
        let placed = !(matches!(row.pane, Pane::Price) && matches!(row.scale, Some(0)));
        if row.name.is_empty() || row.summary.is_empty() || !shown || !placed || !is_drawn(row) {
            panic!("{}", row.name);
        }
        let mut alias = 0;
        while alias < row.aliases.len() {
            if !is_of_family(row.aliases[alias]) {
                panic!("{}", row.aliases[alias]);
            }
            alias += 1;
        }
        let mut before = 0;
        while before < at {
            let mut alias = 0;
            while alias < row.aliases.len() {
                if is_called(rows[before], row.aliases[alias]) {
                    panic!("{}", row.aliases[alias]);
                }
                alias += 1;
            }
            if is_called(rows[before], row.name) {
                panic!("{}", row.name);
            }
            before += 1;
        }
        at += 1;
    }
}

/// Whether conditions are drawn as conditions, and numbers as numbers.
const fn is_drawn(row: &Row) -> bool {
    let mut at = 0;
    while at < row.outputs.len() {
        let output = &row.outputs[at];
        if matches!(output.kind, Type::Condition) != matches!(output.drawing, Drawing::Boolean) {
            return false;
        }
        at += 1;
    }
    true
}

/// Whether a name begins with the prefix of a family, or has none.
const fn is_of_family(name: &str) -> bool {
    let mut at = 0;
    while !ends(name.as_bytes(), at) && name.as_bytes()[at] != b'.' {
        at += 1;
    }
    if ends(name.as_bytes(), at) {
        return true;
    }
    let mut family = 0;
    while family < FAMILIES.len() {
        if begins(name.as_bytes(), FAMILIES[family].as_bytes()) {
            return true;
        }
        family += 1;
    }
    false
}

const fn begins(name: &[u8], prefix: &[u8]) -> bool {
    let mut at = 0;
    while at < prefix.len() && at < name.len() && name[at] == prefix[at] {
        at += 1;
    }
    at == prefix.len()
}

const fn is_called(row: &Row, name: &str) -> bool {
    let mut alias = 0;
    while alias < row.aliases.len() {
        if same(row.aliases[alias], name) {
            return true;
        }
        alias += 1;
    }
    same(row.name, name)
}

/// Whether two names are the same, with or without what stands between brackets behind them.
pub(crate) const fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut at = 0;
    while !ends(a, at) && !ends(b, at) && a[at] == b[at] {
        at += 1;
    }
    ends(a, at) && ends(b, at)
}

const fn ends(name: &[u8], at: usize) -> bool {
    at == name.len() || name[at] == b'('
}

/// The row of a name, and its number.
pub fn find(name: &str) -> Option<(usize, &'static Row)> {
    REGISTRY.iter().enumerate().find(|(_, row)| row.name == name).map(|(id, row)| (id, *row))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::OutputSpec;

    const ROW: Row =
        Row { name: "zigzag", group: Group::Trend, summary: "Turns.", example: "zigzag() > 1", ..Row::BASE };

    #[test]
    fn rows_of_different_names_are_accepted() {
        check(&[&ROW, &Row { name: "zigzags", ..ROW }, &Row { name: "zig", ..ROW }]);
    }

    #[test]
    #[should_panic(expected = "zigzag")]
    fn a_name_that_stands_twice_is_refused() {
        check(&[&ROW, &Row { name: "other", ..ROW }, &ROW]);
    }

    #[test]
    #[should_panic(expected = "ta.turn(source)")]
    fn an_alias_that_stands_twice_is_refused() {
        let others = Row { name: "turn", aliases: &["ta.zig(source)", "ta.turn(source)"], ..ROW };
        check(&[&Row { aliases: &["ta.turn(series)"], ..ROW }, &others]);
    }

    #[test]
    #[should_panic(expected = "ta.turn")]
    fn a_row_by_the_name_of_an_alias_is_refused() {
        check(&[&Row { aliases: &["ta.turn(series)"], ..ROW }, &Row { name: "ta.turn", ..ROW }]);
    }

    #[test]
    #[should_panic(expected = "tv.zigzag()")]
    fn an_alias_of_no_family_is_refused() {
        check(&[&Row { aliases: &["zz(depth = 0.5)", "ta.zigzag()", "tv.zigzag()"], ..ROW }]);
    }

    #[test]
    #[should_panic(expected = "zigzag")]
    fn a_row_without_a_summary_is_refused() {
        check(&[&Row { summary: "", ..ROW }]);
    }

    #[test]
    #[should_panic(expected = "zigzag")]
    fn a_row_with_an_example_and_no_group_is_refused() {
        check(&[&Row { group: Row::BASE.group, ..ROW }]);
    }

    #[test]
    #[should_panic(expected = "zigzag")]
    fn a_function_without_an_example_is_refused() {
        check(&[&Row { example: "", ..ROW }]);
    }

    #[test]
    #[should_panic(expected = "zigzag")]
    fn a_number_that_is_drawn_as_a_condition_is_refused() {
        const OUTPUT: OutputSpec = OutputSpec { drawing: Drawing::Boolean, ..OutputSpec::line("value") };
        check(&[&Row { outputs: &[OUTPUT], ..ROW }]);
    }

    #[test]
    #[should_panic(expected = "zigzag")]
    fn a_condition_that_is_drawn_as_a_number_is_refused() {
        const OUTPUT: OutputSpec = OutputSpec { kind: Type::Condition, ..OutputSpec::level("value") };
        check(&[&Row { outputs: &[OUTPUT], ..ROW }]);
    }

    #[test]
    #[should_panic(expected = "zigzag")]
    fn what_is_the_same_at_any_price_is_not_drawn_over_prices() {
        check(&[&Row { pane: Pane::Price, scale: Some(0), ..ROW }]);
    }

    #[test]
    fn the_rows_of_every_file_are_in_the_registry_in_their_order() {
        let rows: Vec<&Row> = LISTS.iter().flat_map(|list| list.iter().copied()).collect();
        assert_eq!(rows.len(), REGISTRY.len());
        assert!(rows.iter().zip(REGISTRY).all(|(a, b)| std::ptr::eq(*a, *b)));
    }
}
