//! The plan as a graph: columns, constants and calls, each computed once however often it is used.
//!
//! Composite functions are spelled out here, so that `atr(14)` and `rma(tr, 14)` end as the same node.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::{Add, Div, Mul, Neg, Sub};

use crate::indicators::operators as op;
use crate::indicators::row_id;
use crate::spec::{Body, Memory, Row, Type};

/// The place of a node in its graph. Every node is one value; a function with several outputs is several nodes.
pub type NodeId = u32;

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum Key {
    Constant(u64),
    Column(u32),
    Call { row: usize, inputs: Vec<NodeId>, parameters: Vec<u64> },
}

pub enum Operation {
    Constant(f64),
    /// A column of the candle by its number.
    Column(u32),
    Call {
        row: &'static Row,
        inputs: Vec<NodeId>,
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
        let warmup = self.warmup + warmup;
        match memory {
            Memory::Bars(bars) => Reach { warmup, lookback: self.lookback + bars, ..self },
            Memory::Fading(weight) => {
                let fading = if weight > 0.0 { -1.0 / weight.ln() } else { 0.0 };
                Reach { warmup, fading: self.fading + fading, windowed: false, ..self }
            }
            Memory::Forever => Reach { warmup, forever: true, windowed: false, ..self },
        }
    }
}

struct Entry {
    operation: Operation,
    reach: Reach,
}

/// Nodes in topological order: a node's inputs come before it.
#[derive(Default)]
pub struct Graph {
    entries: RefCell<Vec<Entry>>,
    index: RefCell<HashMap<Key, NodeId>>,
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

    fn intern(&self, key: Key, entry: impl FnOnce() -> Entry) -> NodeId {
        if let Some(&id) = self.index.borrow().get(&key) {
            return id;
        }
        let entry = entry();
        let mut entries = self.entries.borrow_mut();
        entries.push(entry);
        let id = entries.len() as NodeId - 1;
        self.index.borrow_mut().insert(key, id);
        id
    }

    pub fn node(&self, id: NodeId) -> Node<'_> {
        Node { graph: self, id }
    }

    pub fn constant(&self, value: f64) -> Node<'_> {
        self.node(self.intern(Key::Constant(value.to_bits()), || Entry {
            operation: Operation::Constant(value),
            reach: Reach::NONE,
        }))
    }

    pub fn column(&self, column: u32) -> Node<'_> {
        self.node(
            self.intern(Key::Column(column), || Entry { operation: Operation::Column(column), reach: Reach::NONE }),
        )
    }

    /// The outputs of a function on these inputs. Inputs and parameters must fit the row.
    pub fn call<'g>(&'g self, row: &'static Row, inputs: &[Node<'g>], parameters: &[f64]) -> Vec<Node<'g>> {
        debug_assert_eq!(inputs.len(), row.inputs.len(), "{}", row.name);
        debug_assert_eq!(parameters.len(), row.parameters.len(), "{}", row.name);
        match row.body {
            Body::Compose(compose) => compose(inputs, parameters),
            Body::Kernel { warmup, memory, .. } => {
                let ids: Vec<NodeId> = inputs.iter().map(|input| input.id).collect();
                let key = Key::Call {
                    row: row_id(row),
                    inputs: ids.clone(),
                    parameters: parameters.iter().map(|value| value.to_bits()).collect(),
                };
                let reach = inputs.iter().fold(Reach::NONE, |reach, input| reach.join(input.reach()));
                let node = self.intern(key, || Entry {
                    operation: Operation::Call { row, inputs: ids, parameters: parameters.to_vec() },
                    reach: reach.then(warmup(parameters), memory(parameters)),
                });
                vec![self.node(node)]
            }
        }
    }

    /// The inputs of every node.
    pub fn inputs(&self) -> Vec<Vec<NodeId>> {
        let inputs = |entry: &Entry| match &entry.operation {
            Operation::Call { inputs, .. } => inputs.clone(),
            Operation::Constant(_) | Operation::Column(_) => Vec::new(),
        };
        self.entries.borrow().iter().map(inputs).collect()
    }

    /// Visits the nodes in topological order.
    pub fn for_each(&self, mut visit: impl FnMut(NodeId, &Operation)) {
        for (id, entry) in self.entries.borrow().iter().enumerate() {
            visit(id as NodeId, &entry.operation);
        }
    }

    pub fn kind(&self, id: NodeId) -> Type {
        match &self.entries.borrow()[id as usize].operation {
            Operation::Constant(_) | Operation::Column(_) => Type::Number,
            // A kernel has one output.
            Operation::Call { row, .. } => row.outputs[0].kind,
        }
    }
}

/// A value in a graph under construction; arithmetic on it adds nodes.
#[derive(Clone, Copy)]
pub struct Node<'g> {
    graph: &'g Graph,
    pub id: NodeId,
}

impl<'g> Node<'g> {
    pub fn reach(self) -> Reach {
        self.graph.entries.borrow()[self.id as usize].reach
    }
    /// The value of a constant.
    pub fn constant(self) -> Option<f64> {
        match self.graph.entries.borrow()[self.id as usize].operation {
            Operation::Constant(value) => Some(value),
            _ => None,
        }
    }
    /// Whether it is a column of the candle, so that equal values are equal to the bit.
    pub fn is_column(self) -> bool {
        matches!(self.graph.entries.borrow()[self.id as usize].operation, Operation::Column(_))
    }
    pub fn number(self, value: f64) -> Node<'g> {
        self.graph.constant(value)
    }
    pub fn lag(self, bars: usize) -> Node<'g> {
        if bars == 0 { self } else { op::LAG.of(&[self], &[bars as f64]) }
    }
    pub fn gt(self, other: Node<'g>) -> Node<'g> {
        op::GT.of(&[self, other], &[])
    }
    pub fn lt(self, other: Node<'g>) -> Node<'g> {
        op::LT.of(&[self, other], &[])
    }
    pub fn equals(self, other: Node<'g>) -> Node<'g> {
        op::EQ.of(&[self, other], &[])
    }
    pub fn or(self, other: Node<'g>) -> Node<'g> {
        op::OR.of(&[self, other], &[])
    }
    /// This condition decides between two numbers.
    pub fn choose(self, yes: Node<'g>, no: Node<'g>) -> Node<'g> {
        op::CHOOSE.of(&[self, yes, no], &[])
    }
}

impl Row {
    /// Every output of this function.
    pub fn all_of<'g>(&'static self, inputs: &[Node<'g>], parameters: &[f64]) -> Vec<Node<'g>> {
        inputs[0].graph.call(self, inputs, parameters)
    }
    /// The first output of this function.
    pub fn of<'g>(&'static self, inputs: &[Node<'g>], parameters: &[f64]) -> Node<'g> {
        self.all_of(inputs, parameters)[0]
    }
}

macro_rules! arithmetic {
    ($($operation:ident $method:ident $row:ident),*) => {$(
        impl<'g> $operation for Node<'g> {
            type Output = Node<'g>;
            fn $method(self, other: Node<'g>) -> Node<'g> {
                op::$row.of(&[self, other], &[])
            }
        }
        impl<'g> $operation<f64> for Node<'g> {
            type Output = Node<'g>;
            fn $method(self, other: f64) -> Node<'g> {
                op::$row.of(&[self, self.number(other)], &[])
            }
        }
    )*};
}
arithmetic!(Add add ADD, Sub sub SUB, Mul mul MUL, Div div DIV);

impl<'g> Neg for Node<'g> {
    type Output = Node<'g>;
    fn neg(self) -> Node<'g> {
        op::NEG.of(&[self], &[])
    }
}
