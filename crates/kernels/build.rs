//! Lists the indicator files and their rows, so that adding a function means adding its file and nothing else.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    let folder = Path::new(&env::var("CARGO_MANIFEST_DIR").unwrap()).join("src/indicators");
    println!("cargo::rerun-if-changed={}", folder.display());
    let (mut modules, mut files) = (String::new(), Vec::new());
    list(&folder, "", &mut modules, &mut files);
    let paths: String = files.iter().map(|file| format!("    \"{}.rs\",\n", file.replace("::", "/"))).collect();
    let of_all = |list: &str| files.iter().map(|file| format!("    {file}::{list},\n")).collect::<String>();
    let registry = format!(
        "{modules}\n/// The rows of every file.\npub(crate) static LISTS: &[&[&Row]] = &[\n{}];\n\n\
         /// Their references, in the same order.\n#[cfg(feature = \"references\")]\n\
         pub(crate) static REFERENCES: &[&[crate::reference::Reference]] = &[\n{}];\n\n\
         #[cfg(feature = \"references\")]\npub(crate) static FILES: &[&str] = &[\n{paths}];\n",
        of_all("ROWS"),
        of_all("reference::REFERENCES"),
    );
    fs::write(Path::new(&env::var("OUT_DIR").unwrap()).join("registry.rs"), registry).unwrap();
}

/// A module for every file of the folder, and for every folder in it one with its files; `parent` is the path to them.
fn list(folder: &Path, parent: &str, modules: &mut String, files: &mut Vec<String>) {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        let name = path.file_stem().unwrap().to_str().unwrap();
        if path.is_dir() {
            writeln!(modules, "pub mod {name} {{").unwrap();
            list(&path, &format!("{parent}{name}::"), modules, files);
            writeln!(modules, "}}").unwrap();
        } else if name != "mod" && path.extension().is_some_and(|extension| extension == "rs") {
            writeln!(modules, "#[path = {path:?}]\npub mod {name};").unwrap();
            files.push(format!("{parent}{name}"));
        }
    }
}
