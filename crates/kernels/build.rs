//! Lists the indicator files and their rows, so that adding a function means adding its file and nothing else.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    let folder = Path::new(&env::var("CARGO_MANIFEST_DIR").unwrap()).join("src/indicators");
    println!("cargo::rerun-if-changed={}", folder.display());
    let (mut modules, mut lists) = (String::new(), String::new());
    list(&folder, "", &mut modules, &mut lists);
    let registry = format!("{modules}\n/// The rows of every file.\nstatic LISTS: &[&[&Row]] = &[\n{lists}];\n");
    fs::write(Path::new(&env::var("OUT_DIR").unwrap()).join("registry.rs"), registry).unwrap();
}

/// A module for every file of the folder, and for every folder in it one with its files; `parent` is the path to them.
fn list(folder: &Path, parent: &str, modules: &mut String, lists: &mut String) {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        let name = path.file_stem().unwrap().to_str().unwrap();
        if path.is_dir() {
            writeln!(modules, "pub mod {name} {{").unwrap();
            list(&path, &format!("{parent}{name}::"), modules, lists);
            writeln!(modules, "}}").unwrap();
        } else if name != "mod" && path.extension().is_some_and(|extension| extension == "rs") {
            writeln!(modules, "#[path = {path:?}]\npub mod {name};").unwrap();
            writeln!(lists, "    {parent}{name}::ROWS,").unwrap();
        }
    }
}
