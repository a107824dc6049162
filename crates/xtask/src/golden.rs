//! Golden files: what each function must give by its plain reference, for the tests that run through the WASM.
//!
//! References use nothing that machines round differently, so these files are the same wherever they are written.

use std::fmt::Write;
use std::path::Path;
use std::{fs, io};

use kernels::reference::candles::{Candles, with_holes};
use kernels::reference::series::Series;
use kernels::reference::talib::{Agrees, TALIB_VERSION, Talib};
use kernels::reference::{Reference, files};
use kernels::spec::{Group, Input, Measure, Parameter, Row, Type};

const BARS: usize = 80;
const SEED: u64 = 8;

struct Symbol {
    name: &'static str,
    candles: Candles,
    time: Series,
}

/// Prices that rest, and prices that meet, jump and are missing.
fn symbols() -> [Symbol; 2] {
    let walk = in_cents(Candles::resting(BARS, 5, SEED));
    let mut rough = Candles::rounded(BARS, SEED + 1);
    let spike = &mut rough.close[50];
    *spike *= 40.0;
    rough.high[50] = *spike;
    let prices = [&mut rough.open, &mut rough.high, &mut rough.low, &mut rough.close, &mut rough.volume];
    for (seed, values) in (SEED..).zip(prices) {
        *values = with_holes(values, 0.01, seed);
    }
    [Symbol::new("walk", walk), Symbol::new("rough", rough)]
}

fn in_cents(mut candles: Candles) -> Candles {
    for prices in [&mut candles.open, &mut candles.high, &mut candles.low, &mut candles.close] {
        prices.iter_mut().for_each(|price| *price = (*price * 100.0).round() / 100.0);
    }
    candles
}

impl Symbol {
    fn new(name: &'static str, candles: Candles) -> Self {
        Self { name, time: candles.times(), candles }
    }
    fn column(&self, name: &str) -> &Series {
        match name {
            "open" => &self.candles.open,
            "high" => &self.candles.high,
            "low" => &self.candles.low,
            "close" => &self.candles.close,
            "volume" => &self.candles.volume,
            "time" | "local_time" => &self.time,
            other => panic!("candles have no {other}"),
        }
    }
}

const COLUMNS: [&str; 6] = ["open", "high", "low", "close", "volume", "time"];
const RISING: &str = "close > open";

/// What is written for each input: its own column, else the close, the open, the close and so on.
fn arguments(row: &Row) -> Vec<&'static str> {
    let mut prices = ["close", "open"].into_iter().cycle();
    let argument = |input: &Input| match input.name {
        _ if input.kind == Type::Condition => RISING,
        "high" | "low" | "close" | "volume" | "local_time" => input.name,
        _ => prices.next().expect("it is a cycle"),
    };
    row.inputs.iter().map(argument).collect()
}

fn series(symbol: &Symbol, argument: &str) -> Series {
    if argument != RISING {
        return symbol.column(argument).clone();
    }
    let rising = |(&open, &close): (&f64, &f64)| {
        if (open + close).is_nan() { f64::NAN } else { f64::from(u8::from(close > open)) }
    };
    symbol.candles.open.iter().zip(&symbol.candles.close).map(rising).collect()
}

/// The defaults, and 7 where there is none.
fn parameters(row: &Row) -> Vec<f64> {
    row.parameters.iter().map(|parameter: &Parameter| parameter.default.unwrap_or(7.0)).collect()
}

fn call(row: &Row, arguments: &[&str], parameters: &[f64]) -> String {
    if row.group == Group::Calendar {
        return row.name.into();
    }
    let written = row.inputs.iter().zip(arguments).filter(|(input, _)| !input.implied);
    let inputs = written.map(|(_, argument)| (*argument).to_string());
    let numbers = row.parameters.iter().zip(parameters).map(|(parameter, &value)| crate::written(parameter, value));
    let all: Vec<String> = inputs.chain(numbers).collect();
    format!("{}({})", row.name, all.join(", "))
}

/// The shortest text that is read as the same number.
fn number(value: &f64) -> String {
    let text = format!("{value:?}");
    if value.is_nan() { "null".into() } else { text.strip_suffix(".0").unwrap_or(&text).into() }
}

fn list(values: &[f64]) -> String {
    format!("[{}]", values.iter().map(number).collect::<Vec<_>>().join(","))
}

fn text(value: &str) -> String {
    format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
}

fn lines(items: impl IntoIterator<Item = String>) -> String {
    items.into_iter().collect::<Vec<_>>().join(",\n")
}

fn inputs(symbols: &[Symbol]) -> String {
    let symbol = |symbol: &Symbol| {
        let columns = COLUMNS.map(|name| format!("    {}: {}", text(name), list(symbol.column(name))));
        format!("  {}: {{\n{}\n  }}", text(symbol.name), lines(columns))
    };
    format!("{{\n{}\n}}\n", lines(symbols.iter().map(symbol)))
}

fn confirmed(talib: &Talib) -> String {
    let agrees = match talib.agrees {
        Agrees::Everywhere => "on every bar".into(),
        Agrees::From(bar) => format!("from bar {bar} on"),
        Agrees::Faded => "once its start has faded".into(),
    };
    text(&format!("TA-Lib {TALIB_VERSION} {} {agrees}", talib.name))
}

/// What a difference is measured by besides the larger value: here one number for all bars.
fn scale(row: &Row, inputs: &[Series]) -> f64 {
    match row.tolerance.of {
        Measure::Values => 0.0,
        Measure::Source => inputs[0].iter().fold(0.0, |most, value| value.abs().max(most)),
        Measure::Hundred => 100.0,
    }
}

fn golden(file: &str, Reference { row, values, talib }: &Reference, symbols: &[Symbol]) -> String {
    let (arguments, parameters) = (arguments(row), parameters(row));
    let of_symbol = |symbol: &Symbol| {
        let mut inputs: Vec<Series> = arguments.iter().map(|argument| series(symbol, argument)).collect();
        if inputs.is_empty() {
            inputs.push(symbol.candles.close.clone());
        }
        let output =
            |(output, values): (usize, Series)| format!("      {}: {}", text(row.outputs[output].name), list(&values));
        let outputs = values(&inputs, &parameters).into_iter().enumerate().map(output);
        let (name, scale) = (text(symbol.name), number(&scale(row, &inputs)));
        format!("    {name}: {{\n      \"scale\": {scale},\n{}\n    }}", lines(outputs))
    };
    let mut out = String::from("{\n");
    writeln!(out, "  \"call\": {},", text(&call(row, &arguments, &parameters))).unwrap();
    writeln!(out, "  \"oracle\": {},", text(&format!("the plain reference in crates/kernels/src/indicators/{file}")))
        .unwrap();
    writeln!(out, "  \"confirmed\": [{}],", talib.iter().map(confirmed).collect::<Vec<_>>().join(", ")).unwrap();
    writeln!(out, "  \"tolerance\": {},", number(&row.tolerance.share)).unwrap();
    writeln!(out, "  \"reason\": {},", text(row.tolerance.reason)).unwrap();
    out + "  \"values\": {\n" + &lines(symbols.iter().map(of_symbol)) + "\n  }\n}\n"
}

/// A file of every function that is called by name, and one of the candles; others are removed.
pub fn write(folder: &Path) -> io::Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder)?;
    let symbols = symbols();
    fs::write(folder.join("candles.json"), inputs(&symbols))?;
    for (file, references) in files() {
        for reference in references.iter().filter(|reference| reference.row.group != Group::Operator) {
            let name = format!("{}.json", reference.row.name);
            fs::write(folder.join(name), golden(file, reference, &symbols))?;
        }
    }
    Ok(())
}
