//! The row every function of the catalogue has: what it is called, what it takes, how it is computed.

use crate::block::Kernel;
use crate::graph::Value;
use crate::lane::Wide;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Type {
    Number,
    Condition,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Group {
    Operator,
    Math,
    Calendar,
    Condition,
    Average,
    Momentum,
    Volatility,
    Volume,
    Trend,
    Statistic,
}

pub struct Input {
    pub name: &'static str,
    pub kind: Type,
    /// The series or number taken when the argument is missing, in the language's spelling.
    pub default: Option<&'static str>,
    /// Never positional.
    pub implied: bool,
    /// A price or another series: a constant in its place is refused, nobody means the average of a number.
    pub series: bool,
}

impl Input {
    pub const fn number(name: &'static str) -> Self {
        Self { name, kind: Type::Number, default: None, implied: false, series: false }
    }
    pub const fn series(name: &'static str) -> Self {
        Self { series: true, ..Self::number(name) }
    }
    pub const fn condition(name: &'static str) -> Self {
        Self { kind: Type::Condition, ..Self::number(name) }
    }
    pub const fn or(self, default: &'static str) -> Self {
        Self { default: Some(default), ..self }
    }
    /// A candle column that is not written as a positional argument.
    pub const fn implied(column: &'static str) -> Self {
        Self { default: Some(column), implied: true, ..Self::series(column) }
    }
}

pub struct Parameter {
    pub name: &'static str,
    pub whole: bool,
    pub min: f64,
    pub max: f64,
    pub default: Option<f64>,
    /// The earlier parameter whose value it takes when it is not written.
    pub follows: Option<&'static str>,
    /// Values worth trying one after the other; where none are said, those of `Parameter::sweep`.
    pub sweep: &'static [f64],
    /// What its whole values are called, from 0 on; empty where they are numbers.
    pub names: &'static [&'static str],
}

impl Parameter {
    pub const fn whole(name: &'static str, min: u32, max: u32) -> Self {
        Self { whole: true, ..Self::real(name, min as f64, max as f64) }
    }
    /// A window of 1 to 5000 bars.
    pub const fn length() -> Self {
        Self::whole("length", 1, 5000)
    }
    pub const fn real(name: &'static str, min: f64, max: f64) -> Self {
        Self { name, whole: false, min, max, default: None, follows: None, sweep: &[], names: &[] }
    }
    /// One of these, written as its name in quotes.
    pub const fn choice(name: &'static str, names: &'static [&'static str]) -> Self {
        Self { names, ..Self::whole(name, 0, names.len() as u32 - 1) }
    }
    pub const fn or(self, default: f64) -> Self {
        Self { default: Some(default), ..self }
    }
    pub const fn or_as(self, parameter: &'static str) -> Self {
        Self { follows: Some(parameter), ..self }
    }
    pub const fn sweeping(self, sweep: &'static [f64]) -> Self {
        Self { sweep, ..self }
    }
    pub fn accepts(&self, value: f64) -> bool {
        value >= self.min && value <= self.max && (!self.whole || value.fract() == 0.0)
    }
    /// Values to try one after the other: those that are said; all that have a name; half of the default to twice the default; the customary
    /// lengths of a window that has no default. None where it follows another parameter, as it then does in a sweep.
    pub fn sweep(&self) -> Vec<f64> {
        let around = |default: f64| [0.5, 0.75, 1.0, 1.5, 2.0].map(|factor| default * factor).to_vec();
        let values = match (self.sweep, self.default, self.follows) {
            _ if !self.names.is_empty() => (0..self.names.len()).map(|at| at as f64).collect(),
            ([], None, Some(_)) => Vec::new(),
            ([], None, None) => vec![5.0, 10.0, 20.0, 50.0, 100.0, 200.0],
            ([], Some(default), _) => around(default),
            (said, ..) => said.to_vec(),
        };
        let mut values: Vec<f64> =
            values.into_iter().map(|value| if self.whole { value.round() } else { value }).collect();
        values.retain(|&value| self.accepts(value));
        values.dedup();
        values
    }
}

/// The parameter of most windows.
pub const LENGTH: &[Parameter] = &[Parameter::whole("length", 1, 5000)];
/// The input of most functions of one series.
pub const SOURCE: &[Input] = &[Input::series("source")];

/// What a chart makes of an output.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Drawing {
    Line,
    /// Bars that stand on 0.
    Histogram,
    /// An edge of an area; the other is the next band of the row.
    Band,
    /// A value of the series that holds until another takes its place: a line in steps.
    Level,
    /// A condition: a mark where it is true.
    Boolean,
    /// A whole number: bars counted, a part of a date.
    Index,
}

/// Where a chart has room for a function.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Pane {
    /// That of its source, in whose unit it is: over the candles where that is a price.
    Price,
    Own,
}

pub struct OutputSpec {
    pub name: &'static str,
    pub kind: Type,
    pub drawing: Drawing,
}

impl OutputSpec {
    const fn number(name: &'static str, drawing: Drawing) -> Self {
        Self { name, kind: Type::Number, drawing }
    }
    pub const fn line(name: &'static str) -> Self {
        Self::number(name, Drawing::Line)
    }
    pub const fn histogram(name: &'static str) -> Self {
        Self::number(name, Drawing::Histogram)
    }
    pub const fn band(name: &'static str) -> Self {
        Self::number(name, Drawing::Band)
    }
    pub const fn level(name: &'static str) -> Self {
        Self::number(name, Drawing::Level)
    }
    pub const fn index(name: &'static str) -> Self {
        Self::number(name, Drawing::Index)
    }
    pub const fn condition(name: &'static str) -> Self {
        Self { name, kind: Type::Condition, drawing: Drawing::Boolean }
    }
}

/// The outputs of most functions, which have one.
pub const VALUE: &[OutputSpec] = &[OutputSpec::line("value")];
pub const LEVEL: &[OutputSpec] = &[OutputSpec::level("value")];
pub const INDEX: &[OutputSpec] = &[OutputSpec::index("value")];
pub const CONDITION: &[OutputSpec] = &[OutputSpec::condition("value")];

/// How far into the past a value reaches.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Memory {
    /// Exactly this many bars before its own.
    Bars(usize),
    /// All of them, each bar's weight being this fraction of the one after it.
    Fading(f64),
    /// The same of what a bar and this many before it make together.
    FadingOver { bars: usize, weight: f64 },
    /// All of them, for ever: the value depends on where the series starts.
    Forever,
}

/// What a distance between two values is measured by, besides the larger of them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Measure {
    Values,
    /// The largest number of the first input that takes part: differences of prices are as exact as the prices are.
    Source,
    /// The range of an index from 0 to 100.
    Hundred,
}

/// How far a value may be from that of the row's plain reference, and why it may be off at all.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Tolerance {
    pub share: f64,
    pub of: Measure,
    pub reason: &'static str,
}

impl Tolerance {
    /// The same number: nothing is rounded, or all that is rounded is rounded once.
    pub const EXACT: Self = Self { share: 0.0, of: Measure::Values, reason: "" };
    pub const SUMMED: Self =
        Self { share: 1e-14, of: Measure::Source, reason: "the values of a window are added up in another order" };
    pub const SMOOTHED: Self = Self {
        share: 2e-14,
        of: Measure::Source,
        reason: "every step of an average rounds, and `y + k·(x − y)` otherwise than `k·x + (1 − k)·y`",
    };
    pub const INDEX: Self =
        Self { share: 5e-14, of: Measure::Hundred, reason: "a quotient in percent rounds as it is written" };
    pub const fn new(share: f64, of: Measure, reason: &'static str) -> Self {
        Self { share, of, reason }
    }
}

pub enum Body {
    /// Computes all outputs in one pass. They begin on the same bar and reach back as far: one that does not is a
    /// function of its own, of the others.
    Kernel {
        /// Bars without a value on an input without holes.
        warmup: fn(&[f64]) -> usize,
        memory: fn(&[f64]) -> Memory,
        scalar: fn(&[f64]) -> Box<dyn Kernel<f64>>,
        wide: fn(&[f64]) -> Box<dyn Kernel<Wide>>,
    },
    /// Made of other functions: given the inputs and parameters, the outputs.
    Compose(for<'g> fn(&[Value<'g>], &[f64]) -> Vec<Value<'g>>),
}

/// Prefixes of the names that others have for a row: Pine's. One without a prefix is of the terminals of exchanges. TA-Lib's functions are compared with (`kernels::reference`)
/// and not offered as `talib.`: after one unknown value its averages are unknown for ever.
pub const FAMILIES: &[&str] = &["ta.", "math."];

pub struct Row {
    pub name: &'static str,
    /// How others call it that agree with it on every input, as they write it: `ta.atr(length)`. The names between the
    /// brackets stand for its written inputs and parameters in their order; what has no `=` must be written.
    pub aliases: &'static [&'static str],
    pub group: Group,
    pub summary: &'static str,
    pub doc: &'static str,
    /// Where the formula is from, Markdown without a full stop; empty where its name is its definition.
    pub source: &'static str,
    pub inputs: &'static [Input],
    pub parameters: &'static [Parameter],
    pub outputs: &'static [OutputSpec],
    pub pane: Pane,
    pub body: Body,
    /// `f(10·x) = 10^scale · f(x)` when every price is scaled; a law checks it.
    pub scale: Option<i32>,
    /// Of its kernel to its plain reference.
    pub tolerance: Tolerance,
    /// Others that go by its name, or nearly, and how they differ: a row of the catalogue (`ta.rsi`), or a function of
    /// TA-Lib (`talib.ATR`).
    pub differs: &'static [(&'static str, &'static str)],
    /// A formula that uses it; runs as a test.
    pub example: &'static str,
}

impl Row {
    /// What a row is where it says nothing: `Row { name: "sma", …, ..Row::BASE }`. Name, summary and body have to be
    /// said.
    pub const BASE: Self = Self {
        name: "",
        aliases: &[],
        group: Group::Operator,
        summary: "",
        doc: "",
        source: "",
        inputs: &[],
        parameters: &[],
        outputs: VALUE,
        pane: Pane::Own,
        body: Body::Compose(|_, _| panic!("a row says how it is computed")),
        scale: None,
        tolerance: Tolerance::EXACT,
        differs: &[],
        example: "",
    };
}

/// The two makers of a kernel that is generic over the lane type.
#[macro_export]
macro_rules! kernel {
    ($new:expr, warmup = $warmup:expr, memory = $memory:expr) => {
        $crate::spec::Body::Kernel {
            warmup: $warmup,
            memory: $memory,
            scalar: |p| Box::new($new(p)),
            wide: |p| Box::new($new(p)),
        }
    };
}

pub fn bars(value: f64) -> usize {
    value as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::indicators::REGISTRY;

    #[test]
    fn a_sweep_goes_from_half_of_the_default_to_twice_the_default() {
        assert_eq!(Parameter::real("mult", 0.0, 1000.0).or(2.0).sweep(), [1.0, 1.5, 2.0, 3.0, 4.0]);
        assert_eq!(Parameter::length().or(14.0).sweep(), [7.0, 11.0, 14.0, 21.0, 28.0]);
    }

    #[test]
    fn a_sweep_stays_in_the_range_and_has_no_value_twice() {
        assert_eq!(Parameter::length().or(1.0).sweep(), [1.0, 2.0]);
        assert_eq!(Parameter::whole("bars", 10, 25).or(20.0).sweep(), [10.0, 15.0, 20.0]);
        assert_eq!(Parameter::whole("length", 1, 60).sweep(), [5.0, 10.0, 20.0, 50.0]);
    }

    #[test]
    fn what_follows_another_parameter_follows_it_in_a_sweep() {
        assert!(Parameter::whole("smoothing", 1, 5000).or_as("length").sweep().is_empty());
    }

    #[test]
    fn what_is_said_is_swept_and_lies_in_the_range() {
        for row in REGISTRY {
            for parameter in row.parameters.iter().filter(|parameter| !parameter.sweep.is_empty()) {
                assert_eq!(parameter.sweep(), parameter.sweep, "{} of {}", parameter.name, row.name);
            }
        }
    }
}
