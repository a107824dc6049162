//! Lists the indicator files, so that adding a function means adding its file and nothing else.

use std::fmt::Write;
use std::path::Path;
use std::{env, fs};

fn main() {
    let folder = Path::new(&env::var("CARGO_MANIFEST_DIR").unwrap()).join("src/indicators");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut files: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();

    let (mut modules, mut rows) = (String::new(), String::new());
    for file in files {
        let module = file.file_stem().unwrap().to_str().unwrap();
        if module == "mod" {
            continue;
        }
        writeln!(modules, "#[path = {file:?}]\npub mod {module};").unwrap();
        for line in fs::read_to_string(&file).unwrap().lines() {
            let declared = line.strip_prefix("pub static ").and_then(|rest| rest.split_once(": Row ="));
            if let Some((name, _)) = declared {
                writeln!(rows, "    &{module}::{name},").unwrap();
            }
        }
    }
    let registry = format!(
        "{modules}\n/// Every function of the catalogue; its place is its number in a plan's bytes.\n\
         pub static REGISTRY: &[&Row] = &[\n{rows}];\n"
    );
    fs::write(Path::new(&env::var("OUT_DIR").unwrap()).join("registry.rs"), registry).unwrap();
}
