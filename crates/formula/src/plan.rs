//! The bytes of a plan, as `src/formula/plan/bytes.ts` writes them. Nothing in them is trusted.

use std::fmt::{self, Display, Formatter};

use kernels::graph::{Graph, Operation, ValueId};
use kernels::indicators::REGISTRY;
use kernels::indicators::operators::{AND, OR};
use kernels::spec::Type;

use crate::catalogue_hash::CATALOGUE_HASH;
use crate::codes::{
    COLUMN_NAMES, MAGIC, MAX_COLUMN_NAME, MAX_NODES, MAX_OPEN_COLUMNS, MAX_REPORTS, MAX_SIGNALS, NODE_KINDS, SIGNALS,
};
use crate::fold::fold;
use crate::identity::{Key, Keys};

/// How many columns have a number of their own.
pub const COLUMNS: usize = COLUMN_NAMES.len();

/// The name of a column by its number: one that every plan has, or one of those behind them.
pub fn column_name(column: usize, open_columns: &[String]) -> &str {
    COLUMN_NAMES.get(column).copied().unwrap_or_else(|| &open_columns[column - COLUMNS])
}

/// Why bytes are no plan that can be run.
#[derive(Debug, PartialEq, Eq)]
pub enum BadPlan {
    /// They are of another build: its numbers mean other functions.
    OtherCatalogue { of_plan: u64, of_kernels: u64 },
    /// They are of none, with the offset of the fault.
    Malformed { what: &'static str, offset: usize },
}

impl Display for BadPlan {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        match self {
            BadPlan::OtherCatalogue { of_plan, of_kernels } => write!(
                out,
                "the plan has the catalogue {of_plan:016x} and the kernels have {of_kernels:016x}: they are of \
                 different versions of millrace; take all of its parts from one"
            ),
            BadPlan::Malformed { what, offset } => write!(out, "{what} (byte {offset})"),
        }
    }
}

/// What a true value means: `code` is a place in [`SIGNALS`].
pub struct Signal {
    pub value: ValueId,
    pub code: u8,
}

pub struct Plan {
    pub graph: Graph,
    pub signals: Vec<Signal>,
    /// The values that go with a match.
    pub reports: Vec<ValueId>,
    /// For every node of the bytes the values of its outputs.
    pub outputs: Vec<Vec<ValueId>>,
    /// Names of the columns behind those that every plan has: their numbers go on from [`COLUMNS`].
    pub open_columns: Vec<String>,
}

/// How much of a value is read.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[repr(u8)]
pub enum Reading {
    Nothing,
    /// Where a condition is true, and not where it is known to be false.
    Yes,
    All,
}

struct Reader<'a> {
    bytes: &'a [u8],
    offset: usize,
}

impl Reader<'_> {
    fn fail<T>(&self, what: &'static str) -> Result<T, BadPlan> {
        Err(BadPlan::Malformed { what, offset: self.offset })
    }
    fn take<const N: usize>(&mut self) -> Result<[u8; N], BadPlan> {
        match self.bytes.get(self.offset..self.offset + N) {
            Some(bytes) => {
                self.offset += N;
                Ok(bytes.try_into().expect("the slice has N bytes"))
            }
            None => self.fail("it ends too early"),
        }
    }
    fn u32(&mut self) -> Result<u32, BadPlan> {
        self.take().map(u32::from_le_bytes)
    }
    fn u64(&mut self) -> Result<u64, BadPlan> {
        self.take().map(u64::from_le_bytes)
    }
    fn f64(&mut self) -> Result<f64, BadPlan> {
        self.take().map(f64::from_le_bytes)
    }
    fn count(&mut self, most: u32, too_many: &'static str) -> Result<u32, BadPlan> {
        let count = self.u32()?;
        if count > most { self.fail(too_many) } else { Ok(count) }
    }
    fn name(&mut self) -> Result<String, BadPlan> {
        let length = self.count(MAX_COLUMN_NAME, "the name of a column is too long")? as usize;
        let Some(bytes) = self.bytes.get(self.offset..self.offset + length) else {
            return self.fail("it ends too early");
        };
        let Ok(name) = std::str::from_utf8(bytes) else {
            return self.fail("the name of a column is no text");
        };
        self.offset += length;
        Ok(name.to_owned())
    }
    /// A value that an earlier node has: the one of the graph.
    fn value(&mut self, outputs: &[Vec<ValueId>]) -> Result<ValueId, BadPlan> {
        let (node, output) = (self.u32()? as usize, self.u32()? as usize);
        match outputs.get(node).and_then(|outputs| outputs.get(output)) {
            Some(&id) => Ok(id),
            None => self.fail("a value refers to a node or output that is not there"),
        }
    }
}

impl Plan {
    pub fn decode(bytes: &[u8]) -> Result<Self, BadPlan> {
        let mut reader = Reader { bytes, offset: 0 };
        if reader.u32()? != MAGIC {
            return reader.fail("it does not start with the mark of a plan");
        }
        let of_plan = reader.u64()?;
        if of_plan != CATALOGUE_HASH {
            return Err(BadPlan::OtherCatalogue { of_plan, of_kernels: CATALOGUE_HASH });
        }
        let nodes = reader.count(MAX_NODES, "it has too many nodes")?;
        let signals = reader.count(MAX_SIGNALS, "it has too many signals")?;
        let reports = reader.count(MAX_REPORTS, "it reports too many values")?;
        let open_columns = Self::open_columns(&mut reader)?;
        let columns = COLUMNS + open_columns.len();
        let graph = Graph::new();
        let mut outputs: Vec<Vec<ValueId>> = Vec::new();
        for _ in 0..nodes {
            outputs.push(Self::node(&mut reader, &graph, &outputs, columns)?);
        }
        let mut plan = Plan { graph, signals: Vec::new(), reports: Vec::new(), outputs, open_columns };
        for _ in 0..signals {
            let value = reader.value(&plan.outputs)?;
            let code = reader.u32()?;
            if plan.graph.kind(value) != Type::Condition || code as usize >= SIGNALS.len() {
                return reader.fail("a signal is not a condition with a known role");
            }
            plan.signals.push(Signal { value, code: code as u8 });
        }
        for _ in 0..reports {
            plan.reports.push(reader.value(&plan.outputs)?);
        }
        if reader.offset != bytes.len() {
            return reader.fail("it goes on after its end");
        }
        Ok(plan)
    }

    fn open_columns(reader: &mut Reader) -> Result<Vec<String>, BadPlan> {
        let count = reader.count(MAX_OPEN_COLUMNS, "it names too many columns")?;
        let mut names: Vec<String> = Vec::new();
        for _ in 0..count {
            let name = reader.name()?;
            // A program is told from others by the names of its columns.
            if name.is_empty() || COLUMN_NAMES.contains(&name.as_str()) || names.contains(&name) {
                return reader.fail("the name of a column is empty, taken or there twice");
            }
            names.push(name);
        }
        Ok(names)
    }

    /// A node of a plan with so many columns.
    fn node(
        reader: &mut Reader,
        graph: &Graph,
        outputs: &[Vec<ValueId>],
        columns: usize,
    ) -> Result<Vec<ValueId>, BadPlan> {
        let (kind, id) = (reader.u32()?, reader.u32()?);
        let (input_count, parameter_count) = (reader.u32()?, reader.u32()?);
        if input_count.max(parameter_count) > 64 {
            return reader.fail("a node has too many inputs or parameters");
        }
        let mut inputs = Vec::new();
        for _ in 0..input_count {
            inputs.push(graph.value(reader.value(outputs)?));
        }
        let mut parameters = Vec::new();
        for _ in 0..parameter_count {
            parameters.push(reader.f64()?);
        }
        match (NODE_KINDS.get(kind as usize).copied(), inputs.as_slice(), parameters.as_slice()) {
            (Some("constant"), [], &[value]) => Ok(vec![graph.constant(value).id]),
            (Some("column"), [], []) if (id as usize) < columns => Ok(vec![graph.column(id).id]),
            (Some("call"), _, _) => {
                let Some(&row) = REGISTRY.get(id as usize) else {
                    return reader.fail("a call names no function");
                };
                let fits = inputs.len() == row.inputs.len()
                    && inputs.iter().zip(row.inputs).all(|(input, spec)| graph.kind(input.id) == spec.kind)
                    && parameters.len() == row.parameters.len()
                    && parameters.iter().zip(row.parameters).all(|(&value, spec)| spec.accepts(value));
                if !fits {
                    return reader.fail("the inputs or parameters of a call do not fit its function");
                }
                let constants: Option<Vec<f64>> = inputs.iter().map(|input| input.constant()).collect();
                let outputs = match constants.and_then(|values| fold(row, &values, &parameters)) {
                    Some(values) => values.into_iter().map(|value| graph.constant(value)).collect(),
                    None => graph.call(row, &inputs, &parameters),
                };
                Ok(outputs.into_iter().map(|value| value.id).collect())
            }
            _ => reader.fail("a node is neither constant, column nor call"),
        }
    }

    /// Bars before its own on which a signal or report depends; none when it depends on all there are.
    pub fn lookback(&self) -> Option<usize> {
        let signals = self.signals.iter().map(|signal| signal.value);
        let mut values = signals.chain(self.reports.iter().copied());
        values.try_fold(0, |bars, id| {
            let reach = self.graph.value(id).reach();
            reach.windowed.then(|| bars.max(reach.lookback))
        })
    }

    /// First bar on which every signal has a value, on candles without holes.
    pub fn first_bar(&self) -> usize {
        let warmup = |signal: &Signal| self.graph.value(signal.value).reach().warmup;
        self.signals.iter().map(warmup).max().unwrap_or(0)
    }

    /// The keys of all outputs of the bytes' nodes, in their order.
    pub fn keys(&self) -> Vec<Key> {
        let keys = Keys::of(&self.graph, &self.open_columns);
        self.outputs.iter().flatten().map(|&value| keys.value(value)).collect()
    }

    /// How much is read of every value of the graph, by signals and reports and by all that these need. A node of which
    /// nothing is read need not be run.
    pub fn readings(&self) -> Vec<Reading> {
        let mut readings = vec![Reading::Nothing; self.graph.values()];
        let raise = |known: &mut Reading, reading: Reading| *known = reading.max(*known);
        for signal in &self.signals {
            raise(&mut readings[self.graph.place(signal.value)], Reading::Yes);
        }
        for &report in &self.reports {
            raise(&mut readings[self.graph.place(report)], Reading::All);
        }
        self.graph.for_each_back(|node, operation| {
            let Operation::Call { row, inputs, .. } = operation else { return };
            let most = readings[self.graph.places(node)].iter().max().copied().unwrap_or(Reading::Nothing);
            // Where they are true depends on nothing but where their inputs are.
            let passes_on = [&AND, &OR].iter().any(|logic| std::ptr::eq(*logic, *row));
            let reading = if most == Reading::Yes && !passes_on { Reading::All } else { most };
            for &input in inputs {
                raise(&mut readings[self.graph.place(input)], reading);
            }
        });
        readings
    }
}
