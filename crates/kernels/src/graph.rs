//! The plan as a graph: columns, constants and calls, each computed once however often it is used.
//!
//! Composite functions are spelled out here, so that `atr(14)` and `rma(tr, 14)` end as the same node.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::{Add, Div, Mul, Neg, Range, Sub};

use crate::indicators::operators as op;
use crate::spec::{Body, Memory, Row, Type};

/// The place of a node in its graph.
pub type NodeId = u32;

/// An output of a node.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ValueId {
    pub node: NodeId,
    pub output: u32,
}

/// What makes two nodes one.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum Shape {
    Constant(u64),
    Column(u32),
    /// With the address of the row.
    Call {
        row: usize,
        inputs: Vec<ValueId>,
        parameters: Vec<u64>,
    },
}

pub enum Operation {
    Constant(f64),
    /// A column of the candle by its number.
    Column(u32),
    Call {
        row: &'static Row,
        inputs: Vec<ValueId>,
        parameters: Vec<f64>,
    },
}

/// How far a value reaches back and when it starts, over all the nodes below it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reach {
    /// First bar with a value, on candles without holes.
    pub warmup: usize,
    /// Bars before its own that take part exactly.
    pub lookback: usize,
    /// Sum over the chain of −1/ln(weight of a bar against the next): times ln(1/ε) it is the number of bars after
    /// which the start matters less than ε. 0 where only windows take part.
    pub fading: f64,
    /// Depends on where the series starts, for ever.
    pub forever: bool,
    /// Made of nothing but windows: bars before the lookback leave no trace, not in the last bit.
    pub windowed: bool,
}

impl Reach {
    const NONE: Reach = Reach { warmup: 0, lookback: 0, fading: 0.0, forever: false, windowed: true };

    fn join(self, other: Reach) -> Reach {
        Reach {
            warmup: self.warmup.max(other.warmup),
            lookback: self.lookback.max(other.lookback),
            fading: self.fading.max(other.fading),
            forever: self.forever || other.forever,
            windowed: self.windowed && other.windowed,
        }
    }

    fn then(self, warmup: usize, memory: Memory) -> Reach {
        let later = Reach { warmup: self.warmup + warmup, ..self };
        match memory {
            Memory::Bars(bars) => Reach { lookback: self.lookback + bars, ..later },
            Memory::Fading(weight) => {
                let fading = if weight > 0.0 { -1.0 / weight.ln() } else { 0.0 };
                Reach { fading: self.fading + fading, windowed: false, ..later }
            }
            Memory::FadingOver { bars, weight } => {
                self.then(0, Memory::Bars(bars)).then(warmup, Memory::Fading(weight))
            }
            Memory::Forever => Reach { forever: true, windowed: false, ..later },
        }
    }
}

impl Operation {
    fn outputs(&self) -> usize {
        match self {
            Operation::Call { row, .. } => row.outputs.len(),
            Operation::Constant(_) | Operation::Column(_) => 1,
        }
    }
}

struct Entry {
    operation: Operation,
    /// Of every output.
    reach: Reach,
    /// The outputs of all nodes before it.
    first: usize,
}

/// Nodes in topological order: a node's inputs come before it.
#[derive(Default)]
pub struct Graph {
    entries: RefCell<Vec<Entry>>,
    index: RefCell<HashMap<Shape, NodeId>>,
}

impl Graph {
    pub fn new() -> Self {
        Self::default()
    }
    pub fn len(&self) -> usize {
        self.entries.borrow().len()
    }
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn intern(&self, shape: Shape, node: impl FnOnce() -> (Operation, Reach)) -> NodeId {
        if let Some(&id) = self.index.borrow().get(&shape) {
            return id;
        }
        let (first, (operation, reach)) = (self.values(), node());
        let mut entries = self.entries.borrow_mut();
        entries.push(Entry { operation, reach, first });
        let id = entries.len() as NodeId - 1;
        self.index.borrow_mut().insert(shape, id);
        id
    }

    /// How many values there are: every output of every node.
    pub fn values(&self) -> usize {
        self.entries.borrow().last().map_or(0, |last| last.first + last.operation.outputs())
    }

    /// The places of a node's outputs among all values.
    pub fn places(&self, node: NodeId) -> Range<usize> {
        let Entry { first, operation, .. } = &self.entries.borrow()[node as usize];
        *first..first + operation.outputs()
    }

    /// The place of a value among all.
    pub fn place(&self, value: ValueId) -> usize {
        self.entries.borrow()[value.node as usize].first + value.output as usize
    }

    pub fn value(&self, id: ValueId) -> Value<'_> {
        Value { graph: self, id }
    }

    fn first_of(&self, node: NodeId) -> Value<'_> {
        self.value(ValueId { node, output: 0 })
    }

    /// All unknown constants are one.
    pub fn constant(&self, value: f64) -> Value<'_> {
        let value = if value.is_nan() { f64::NAN } else { value };
        self.first_of(self.intern(Shape::Constant(value.to_bits()), || (Operation::Constant(value), Reach::NONE)))
    }

    pub fn column(&self, column: u32) -> Value<'_> {
        self.first_of(self.intern(Shape::Column(column), || (Operation::Column(column), Reach::NONE)))
    }

    /// The outputs of a function on these inputs. Inputs and parameters must fit the row.
    pub fn call<'g>(&'g self, row: &'static Row, inputs: &[Value<'g>], parameters: &[f64]) -> Vec<Value<'g>> {
        debug_assert_eq!(inputs.len(), row.inputs.len(), "{}", row.name);
        debug_assert_eq!(parameters.len(), row.parameters.len(), "{}", row.name);
        match row.body {
            Body::Compose(compose) => compose(inputs, parameters),
            Body::Kernel { warmup, memory, .. } => {
                let mut ids: Vec<ValueId> = inputs.iter().map(|input| input.id).collect();
                if row.is_commutative() {
                    ids.sort_unstable();
                }
                let shape = Shape::Call {
                    row: std::ptr::from_ref(row).addr(),
                    inputs: ids.clone(),
                    parameters: parameters.iter().map(|value| value.to_bits()).collect(),
                };
                let reach = inputs.iter().fold(Reach::NONE, |reach, input| reach.join(input.reach()));
                let node = self.intern(shape, || {
                    let call = Operation::Call { row, inputs: ids, parameters: parameters.to_vec() };
                    (call, reach.then(warmup(parameters), memory(parameters)))
                });
                (0..row.outputs.len() as u32).map(|output| self.value(ValueId { node, output })).collect()
            }
        }
    }

    /// Visits the nodes in topological order.
    pub fn for_each(&self, mut visit: impl FnMut(NodeId, &Operation)) {
        for (id, entry) in self.entries.borrow().iter().enumerate() {
            visit(id as NodeId, &entry.operation);
        }
    }

    /// Visits every node before those that it reads.
    pub fn for_each_back(&self, mut visit: impl FnMut(NodeId, &Operation)) {
        for (id, entry) in self.entries.borrow().iter().enumerate().rev() {
            visit(id as NodeId, &entry.operation);
        }
    }

    pub fn kind(&self, id: ValueId) -> Type {
        match &self.entries.borrow()[id.node as usize].operation {
            Operation::Constant(_) | Operation::Column(_) => Type::Number,
            Operation::Call { row, .. } => row.outputs[id.output as usize].kind,
        }
    }
}

/// A value in a graph under construction; arithmetic on it adds nodes.
#[derive(Clone, Copy)]
pub struct Value<'g> {
    graph: &'g Graph,
    pub id: ValueId,
}

impl<'g> Value<'g> {
    pub fn reach(self) -> Reach {
        self.graph.entries.borrow()[self.id.node as usize].reach
    }
    /// The value of a constant.
    pub fn constant(self) -> Option<f64> {
        match self.graph.entries.borrow()[self.id.node as usize].operation {
            Operation::Constant(value) => Some(value),
            _ => None,
        }
    }
    /// Whether it is a column of the candle, so that equal values are equal to the bit.
    pub fn is_column(self) -> bool {
        matches!(self.graph.entries.borrow()[self.id.node as usize].operation, Operation::Column(_))
    }
    pub fn number(self, value: f64) -> Value<'g> {
        self.graph.constant(value)
    }
    pub fn lag(self, bars: usize) -> Value<'g> {
        if bars == 0 { self } else { op::LAG.of(&[self], &[bars as f64]) }
    }
    pub fn gt(self, other: Value<'g>) -> Value<'g> {
        op::GT.of(&[self, other], &[])
    }
    pub fn lt(self, other: Value<'g>) -> Value<'g> {
        op::LT.of(&[self, other], &[])
    }
    pub fn equals(self, other: Value<'g>) -> Value<'g> {
        op::EQ.of(&[self, other], &[])
    }
    pub fn or(self, other: Value<'g>) -> Value<'g> {
        op::OR.of(&[self, other], &[])
    }
    /// This condition decides between two numbers.
    pub fn choose(self, yes: Value<'g>, no: Value<'g>) -> Value<'g> {
        op::CHOOSE.of(&[self, yes, no], &[])
    }
}

impl Row {
    /// Whether it has the same bits with its two inputs the other way round: then both ways are one node.
    pub fn is_commutative(&self) -> bool {
        [&op::ADD, &op::MUL, &op::AND, &op::OR, &op::EQ, &op::NE].iter().any(|row| std::ptr::eq(*row, self))
    }
    /// Every output of this function.
    pub fn all_of<'g>(&'static self, inputs: &[Value<'g>], parameters: &[f64]) -> Vec<Value<'g>> {
        inputs[0].graph.call(self, inputs, parameters)
    }
    /// The first output of this function.
    pub fn of<'g>(&'static self, inputs: &[Value<'g>], parameters: &[f64]) -> Value<'g> {
        self.all_of(inputs, parameters)[0]
    }
}

macro_rules! arithmetic {
    ($($operation:ident $method:ident $row:ident),*) => {$(
        impl<'g> $operation for Value<'g> {
            type Output = Value<'g>;
            fn $method(self, other: Value<'g>) -> Value<'g> {
                op::$row.of(&[self, other], &[])
            }
        }
        impl<'g> $operation<f64> for Value<'g> {
            type Output = Value<'g>;
            fn $method(self, other: f64) -> Value<'g> {
                op::$row.of(&[self, self.number(other)], &[])
            }
        }
    )*};
}
arithmetic!(Add add ADD, Sub sub SUB, Mul mul MUL, Div div DIV);

impl<'g> Neg for Value<'g> {
    type Output = Value<'g>;
    fn neg(self) -> Value<'g> {
        op::NEG.of(&[self], &[])
    }
}
