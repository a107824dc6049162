use crate::block::{Inputs, Kernel, Output};
use crate::kernel;
use crate::lane::Lane;
use crate::spec::*;

#[derive(Clone, Copy)]
struct Obv<L> {
    /// The last known close.
    previous: L,
    total: L,
}

impl<L: Lane> Obv<L> {
    fn new(_: &[f64]) -> Self {
        Self { previous: L::unknown(), total: L::splat(0.0) }
    }
}

impl<L: Lane> Kernel<L> for Obv<L> {
    fn run(&mut self, inputs: &Inputs<'_, L>, output: &mut Output<'_, L>) {
        let (close, volume) = (inputs.series(0), inputs.series(1));
        for (bar, out) in output.series().iter_mut().enumerate() {
            let (x, volume) = (close[bar], volume[bar]);
            let step = L::select(
                x.gt(self.previous),
                volume,
                L::select(x.lt(self.previous), -volume, L::splat(0.0)),
            );
            let total = self.total + step;
            let known = x.known() & volume.known() & total.known();
            self.total = L::select(known, total, self.total);
            self.previous = L::select(known, x, self.previous);
            *out = L::select(known, self.total, L::unknown());
        }
    }
    fn fork(&self) -> Box<dyn Kernel<L>> {
        Box::new(*self)
    }
}

pub static OBV: Row = Row {
    name: "obv",
    group: Group::Volume,
    summary: "On-balance volume: the volume of rising bars minus that of falling ones, summed up.",
    doc: "Starts at 0 on the first bar (Pine; TA-Lib starts at its volume), so only differences have a meaning. A bar \
          with an unknown close or volume is unknown and left out, as is one that no total is large enough for.\n\n\
          Source: Joseph Granville, *New Key to Stock Market Profits*, 1963.",
    inputs: &[Input::implied("close"), Input::implied("volume")],
    parameters: &[],
    outputs: VALUE,
    body: kernel!(Obv::new, warmup = |_| 0, memory = |_| Memory::Forever),
    scale: Some(0),
    example: "obv() > sma(obv(), 20)",
};
