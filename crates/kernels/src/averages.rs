//! The moving averages of one length, for functions that let one choose among them.

use crate::graph::Value;
use crate::indicators::average::ema::EMA;
use crate::indicators::average::rma::RMA;
use crate::indicators::average::sma::SMA;
use crate::indicators::average::wma::WMA;
use crate::spec::{Parameter, Row};

/// In the order of their numbers in a plan: a new one stands at the end.
static AVERAGES: [&Row; 4] = [&SMA, &EMA, &WMA, &RMA];
const NAMES: &[&str] = &[SMA.name, EMA.name, WMA.name, RMA.name];

/// The parameter that names one.
pub const fn choice(name: &'static str) -> Parameter {
    Parameter::choice(name, NAMES)
}

/// The average that the parameter has named.
pub fn average<'g>(chosen: f64, source: Value<'g>, length: f64) -> Value<'g> {
    AVERAGES[chosen as usize].of(&[source], &[length])
}
