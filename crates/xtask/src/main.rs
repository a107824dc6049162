//! Writes what TypeScript and readers need from Rust: `cargo run -p xtask` from the repository's root.

mod golden;

use std::fmt::Write;
use std::fs;
use std::path::Path;

use formula::catalogue_hash::CATALOGUE_HASH;
use formula::codes::{COLUMN_NAMES, MAGIC, NODE_KINDS, SIGNALS};
use formula::matches::CANDLE_COLUMNS;
use kernels::indicators::REGISTRY;
use kernels::spec::{Drawing, Group, Pane, Parameter, Row, Type};

fn main() {
    fs::write("src/domain/codes.generated.ts", codes()).expect("src/domain is there");
    fs::write("src/indicators/catalogue.generated.ts", catalogue()).expect("src/indicators is there");
    fs::write("src/indicators/REFERENCE.md", reference()).expect("src/indicators is there");
    golden::write(Path::new("test/golden")).expect("test is there");
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

fn drawing(drawing: Drawing) -> &'static str {
    match drawing {
        Drawing::Line => "line",
        Drawing::Histogram => "histogram",
        Drawing::Band => "band",
        Drawing::Level => "level",
        Drawing::Boolean => "boolean",
        Drawing::Index => "index",
    }
}

fn pane(pane: Pane) -> &'static str {
    match pane {
        Pane::Price => "price",
        Pane::Own => "own",
    }
}

/// A string literal of TypeScript.
fn text(value: &str) -> String {
    format!("'{}'", value.replace('\\', "\\\\").replace('\'', "\\'").replace('\n', "\\n"))
}

fn texts(values: &[&str]) -> String {
    values.iter().map(|value| text(value)).collect::<Vec<_>>().join(", ")
}

/// The groups of the catalogue, by their names.
fn groups() -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for row in REGISTRY {
        if !groups.contains(&row.group) {
            groups.push(row.group);
        }
    }
    groups.sort_by_key(|each| group(*each));
    groups
}

/// What both sides of a plan's bytes know.
fn codes() -> String {
    format!(
        "// Generated from crates/formula/src by `npm run generate`. Do not edit.\n\n\
         /** What the bytes of a plan begin with. */\n\
         export const MAGIC = {MAGIC:#010x}\n\n\
         /** What the numbers in a plan's bytes mean in this build: 64 bits, which the kernels and every plan have too. */\n\
         export const CATALOGUE_HASH = '{CATALOGUE_HASH:016x}'\n\n\
         /** What a node is; its place is its number in the bytes, here and below. */\n\
         export const NODE_KINDS = [{}] as const\n\n\
         /** What a plan reads: the candle, its time (ms UTC), and its time as a clock in the job's zone shows it. */\n\
         export const COLUMN_NAMES = [{}] as const\n\n\
         /** The columns of a candle besides its time, in the order every part of millrace uses. */\n\
         export const CANDLE_COLUMNS = [{}] as const\n\n\
         /** What a true value of a signal means: a hit of a scan, or a role. */\n\
         export const SIGNALS = [{}] as const\n\n\
         export const ROLES = [{}] as const\n\n\
         /** The groups of the catalogue's functions. */\n\
         export const GROUPS = [{}] as const\n",
        texts(&NODE_KINDS),
        texts(&COLUMN_NAMES),
        texts(&COLUMN_NAMES[..CANDLE_COLUMNS]),
        texts(&SIGNALS),
        texts(&SIGNALS[1..]),
        texts(&groups().into_iter().map(group).collect::<Vec<_>>()),
    )
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
            let sweep = p.sweep().iter().map(f64::to_string).collect::<Vec<_>>().join(", ");
            let (name, whole, min, max) = (text(p.name), p.whole, p.min, p.max);
            let names = if p.names.is_empty() { String::new() } else { format!(", names: [{}]", texts(p.names)) };
            format!("{{ name: {name}, integer: {whole}, min: {min}, max: {max}{default}{names}, sweep: [{sweep}] }}")
        });
        let outputs = row.outputs.iter().map(|output| {
            let (name, kind, drawing) = (text(output.name), kind(output.kind), drawing(output.drawing));
            format!("{{ name: {name}, type: '{kind}', drawing: '{drawing}' }}")
        });
        let differs = row.differs.iter().map(|(name, how)| format!("{{ name: {}, how: {} }}", text(name), text(how)));
        let list = |items: Vec<String>| items.join(", ");
        writeln!(
            out,
            "  {{\n    id: {id},\n    name: {},\n    aliases: [{}],\n    group: '{}',\n    summary: {},\n    doc: {},\n    source: {},\n    inputs: [{}],\n    \
             parameters: [{}],\n    outputs: [{}],\n    pane: '{}',\n    differs: [{}],\n    example: {},\n  }},",
            text(row.name),
            texts(row.aliases),
            group(row.group),
            text(row.summary),
            text(row.doc),
            text(row.source),
            list(inputs.collect()),
            list(parameters.collect()),
            list(outputs.collect()),
            pane(row.pane),
            list(differs.collect()),
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
        (Some(default), _) => format!("{} = {}", parameter.name, written(parameter, default)),
        (None, Some(other)) => format!("{} = {other}", parameter.name),
        (None, None) => parameter.name.to_string(),
    });
    format!("{}({})", row.name, inputs.chain(parameters).collect::<Vec<_>>().join(", "))
}

/// A value of a parameter as a formula has it.
fn written(parameter: &Parameter, value: f64) -> String {
    parameter.names.get(value as usize).map_or(value.to_string(), |name| format!("\"{name}\""))
}

/// What may be written for a parameter.
fn values(parameter: &Parameter) -> String {
    let Parameter { names, whole, min, max, .. } = parameter;
    match names {
        [] => format!("{}{min} to {max}", if *whole { "whole number " } else { "" }),
        names => names.iter().map(|name| format!("`\"{name}\"`")).collect::<Vec<_>>().join(", "),
    }
}

fn reference() -> String {
    let mut out = String::from(
        "<!-- Generated from the rows in crates/kernels/src/indicators by `npm run generate`. Do not edit. -->\n\
         # Functions of the formula language\n",
    );
    for wanted in groups().into_iter().filter(|each| *each != Group::Operator) {
        writeln!(out, "\n## {}", group(wanted)).unwrap();
        for row in REGISTRY.iter().filter(|row| row.group == wanted) {
            let call = if wanted == Group::Calendar { row.name.to_string() } else { signature(row) };
            writeln!(out, "\n### `{call}`\n\n{}", row.summary).unwrap();
            if !row.doc.is_empty() {
                writeln!(out, "\n{}", row.doc).unwrap();
            }
            for (name, how) in row.differs {
                writeln!(out, "\n`{name}` {how}.").unwrap();
            }
            if !row.source.is_empty() {
                writeln!(out, "\nSource: {}.", row.source).unwrap();
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
                writeln!(out, "\n`{}`: {}.", parameter.name, values(parameter)).unwrap();
            }
            writeln!(out, "\n```\n{}\n```", row.example).unwrap();
        }
    }
    out
}
