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
        Self { name, whole: false, min, max, default: None, follows: None }
    }
    pub const fn or(self, default: f64) -> Self {
        Self { default: Some(default), ..self }
    }
    pub const fn or_as(self, parameter: &'static str) -> Self {
        Self { follows: Some(parameter), ..self }
    }
    pub fn accepts(&self, value: f64) -> bool {
        value >= self.min && value <= self.max && (!self.whole || value.fract() == 0.0)
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
