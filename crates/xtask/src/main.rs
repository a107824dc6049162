//! Writes what TypeScript and readers need from the catalogue: `cargo run -p xtask` from the repository's root.

use std::fmt::Write;
use std::fs;

use kernels::indicators::REGISTRY;
use kernels::spec::{Group, Row, Type};

fn main() {
    fs::write("src/indicators/catalogue.generated.ts", catalogue()).expect("src/indicators is there");
    fs::write("src/indicators/REFERENCE.md", reference()).expect("src/indicators is there");
}

fn kind(kind: Type) -> &'static str {
    match kind {
        Type::Number => "number",
        Type::Condition => "condition",
    }
}

fn group(group: Group) -> &'static str {
    match group {
        Group::Operator => "operator",
        Group::Math => "math",
        Group::Calendar => "calendar",
        Group::Condition => "condition",
        Group::Average => "average",
        Group::Momentum => "momentum",
        Group::Volatility => "volatility",
        Group::Volume => "volume",
        Group::Trend => "trend",
        Group::Statistic => "statistic",
    }
}

/// A string literal of TypeScript.
fn text(value: &str) -> String {
    format!("'{}'", value.replace('\\', "\\\\").replace('\'', "\\'").replace('\n', "\\n"))
}

fn catalogue() -> String {
    let mut out = String::from(
        "// Generated from the rows in crates/kernels/src/indicators by `npm run generate`. Do not edit.\n\
         import type { CatalogueRow } from './catalogue.ts'\n\nexport const CATALOGUE: readonly CatalogueRow[] = [\n",
    );
    for (id, row) in REGISTRY.iter().enumerate() {
        let inputs = row.inputs.iter().map(|input| {
            let default = input.default.map(|value| format!(", default: {}", text(value))).unwrap_or_default();
            format!(
                "{{ name: {}, type: '{}'{default}, implied: {}, series: {} }}",
                text(input.name),
                kind(input.kind),
                input.implied,
                input.series
            )
        });
        let parameters = row.parameters.iter().map(|p| {
            let follows = p.follows.map(|name| format!(", default: {}", text(name)));
            let default = p.default.map(|value| format!(", default: {value}")).or(follows).unwrap_or_default();
            format!("{{ name: {}, integer: {}, min: {}, max: {}{default} }}", text(p.name), p.whole, p.min, p.max)
        });
        let outputs = row
            .outputs
            .iter()
            .map(|output| format!("{{ name: {}, type: '{}' }}", text(output.name), kind(output.kind)));
        let list = |items: Vec<String>| items.join(", ");
        writeln!(
            out,
            "  {{\n    id: {id},\n    name: {},\n    group: '{}',\n    summary: {},\n    doc: {},\n    inputs: [{}],\n    \
             parameters: [{}],\n    outputs: [{}],\n    example: {},\n  }},",
            text(row.name),
            group(row.group),
            text(row.summary),
            text(row.doc),
            list(inputs.collect()),
            list(parameters.collect()),
            list(outputs.collect()),
            text(row.example),
        )
        .unwrap();
    }
    out + "]\n"
}

/// How a call is written, with defaults and ranges.
fn signature(row: &Row) -> String {
    let inputs = row.inputs.iter().filter(|input| !input.implied).map(|input| match input.default {
        Some(default) => format!("{} = {default}", input.name),
        None => input.name.to_string(),
    });
    let parameters = row.parameters.iter().map(|parameter| match (parameter.default, parameter.follows) {
        (Some(default), _) => format!("{} = {default}", parameter.name),
        (None, Some(other)) => format!("{} = {other}", parameter.name),
        (None, None) => parameter.name.to_string(),
    });
    format!("{}({})", row.name, inputs.chain(parameters).collect::<Vec<_>>().join(", "))
}

fn reference() -> String {
    let mut out = String::from(
        "<!-- Generated from the rows in crates/kernels/src/indicators by `npm run generate`. Do not edit. -->\n\
         # Functions of the formula language\n",
    );
    let mut groups: Vec<Group> = Vec::new();
    for row in REGISTRY {
        if row.group != Group::Operator && !groups.contains(&row.group) {
            groups.push(row.group);
        }
    }
    groups.sort_by_key(|g| group(*g));
    for wanted in groups {
        writeln!(out, "\n## {}", group(wanted)).unwrap();
        for row in REGISTRY.iter().filter(|row| row.group == wanted) {
            let call = if wanted == Group::Calendar { row.name.to_string() } else { signature(row) };
            writeln!(out, "\n### `{call}`\n\n{}", row.summary).unwrap();
            if !row.doc.is_empty() {
                writeln!(out, "\n{}", row.doc).unwrap();
            }
            let implied: Vec<&str> = row.inputs.iter().filter(|input| input.implied).map(|input| input.name).collect();
            if !implied.is_empty() && wanted != Group::Calendar {
                writeln!(out, "\nReads {}.", implied.join(", ")).unwrap();
            }
            if row.outputs.len() > 1 {
                let names: Vec<String> = row.outputs.iter().map(|output| format!("`{}`", output.name)).collect();
                writeln!(out, "\nOutputs: {}.", names.join(", ")).unwrap();
            }
            for parameter in row.parameters {
                let whole = if parameter.whole { "whole number " } else { "" };
                writeln!(out, "\n`{}`: {whole}{} to {}.", parameter.name, parameter.min, parameter.max).unwrap();
            }
            writeln!(out, "\n```\n{}\n```", row.example).unwrap();
        }
    }
    out
}
