//! The money flow index in one pass. Per bar and symbol `mfi(14)` takes 4.2 ns in lanes and 12.6 alone, columns and typical price
//! included (2.8 and 5.7 of it); as seventeen kernels with two sums it took 7.8 and 16.2.

use crate::block::{Inputs, Kernel, Output};
use crate::lane::Lane;
use crate::spec::bars;
use crate::state::{Own, State, exact};
use crate::window::filled;

/// Four units in the last place. Equal decimals that were computed another way, as 10.31 + 9.46 + 10.23 and
/// 10.14 + 9.83 + 10.03, are no further apart when they are binary.
pub const ROUNDING: f64 = 4.0 * f64::EPSILON;

/// The money that rose and that fell with a bar, or the sums of them.
type Flows<L> = [L; 2];

#[inline(always)]
fn sum<L: Lane>(a: Flows<L>, b: Flows<L>) -> Flows<L> {
    [a[0] + b[0], a[1] + b[1]]
}

/// Of a `source` and a volume. `PINE`: nothing is known about the first bar's change, and its money counts on both sides; the
/// index is 100 where none fell.
pub struct MoneyFlow<const PINE: bool> {
    length: usize,
    /// Share of the price before that a change must exceed.
    within: f64,
}

impl<const PINE: bool> MoneyFlow<PINE> {
    pub fn new(p: &[f64]) -> Self {
        Self { length: bars(p[0]), within: p[1] }
    }

    /// The difference of two columns is known even where no number is large enough for it.
    fn largest_change(&self) -> f64 {
        if self.within == 0.0 && !PINE { f64::MAX } else { f64::INFINITY }
    }

    #[inline(always)]
    fn index<L: Lane>([rising, falling]: Flows<L>) -> L {
        let hundred = L::splat(100.0);
        // The quotient first, so that it is never more than 100.
        let index = (rising / (rising + falling).finite() * hundred).finite();
        if PINE { L::select(falling.eq(L::splat(0.0)), hundred, index) } else { index }
    }
}

impl<L: Lane, const PINE: bool> Kernel<L> for MoneyFlow<PINE> {
    fn start(&self, state: &mut State<L>) {
        // The source before; the head and the parts of a window, as in `Window`.
        state.add_lanes(1 + 2 + 2 * self.length, L::unknown());
        state.add_lanes(2, L::splat(0.0));
    }
    fn run(&self, own: &mut Own<'_, L>, inputs: &Inputs<'_, L>, output: &mut Output<'_, L>) {
        let out = output.series();
        let bars = out.len();
        let (source, volume) = (&inputs.series(0)[..bars], &inputs.series(1)[..bars]);
        let (kept_before, rest) = own.lanes.split_first_mut().expect("the source before");
        let (kept_head, parts) = rest.split_at_mut(2);
        let (kept_head, parts): (&mut Flows<L>, &mut [Flows<L>]) = (exact(kept_head), parts.as_chunks_mut().0);
        let (length, mut filled) = (self.length, filled(self.length, own.bar));
        let (mut before, mut head) = (*kept_before, *kept_head);
        let (zero, within, most) = (L::splat(0.0), L::splat(self.within), L::splat(self.largest_change()));
        let mut done = 0;
        while done < bars {
            if filled == length {
                let mut tail = [zero; 2];
                for part in parts[1..length].iter_mut().rev() {
                    tail = sum(tail, *part);
                    *part = tail;
                }
                (filled, head) = (0, [zero; 2]);
            }
            let until = bars.min(done + length - filled);
            let parts = &mut parts[filled..filled + until - done + 1];
            let (source, volume, out) = (&source[done..until], &volume[done..until], &mut out[done..until]);
            for i in 0..out.len() {
                let (x, tail) = (source[i], parts[i + 1]);
                let (flow, change, unchanged) = (x * volume[i], x - before, before.abs() * within);
                // 0, or unknown where the change is.
                let mut none = (-most).larger(most.smaller(change)) * zero;
                if PINE {
                    none = none + flow * zero;
                }
                let moved = |moved| L::select(moved, flow, zero);
                let mut flows = [moved(change.gt(unchanged)), moved(change.lt(-unchanged)) + none];
                if PINE && own.bar + done + i == 0 {
                    flows = [flow; 2];
                }
                parts[i] = flows;
                head = sum(head, flows);
                out[i] = Self::index(sum(tail, head));
                before = x;
            }
            filled += until - done;
            done = until;
        }
        (*kept_before, *kept_head) = (before, head);
    }
}
