//! The calendar of a candle, from milliseconds of local time.

use crate::block::{Inputs, Kernel, Output};
use crate::lane::Lane;
use crate::spec::*;
use crate::state::Own;
use crate::{elementwise, kernel, stateless};

pub(crate) static ROWS: &[&Row] = &[&YEAR, &MONTH, &DAY, &WEEKDAY, &DAYOFWEEK, &HOUR, &MINUTE, &BAR_INDEX];

const LOCAL_TIME: &[Input] = &[Input::implied("local_time")];

const MINUTE_MS: f64 = 60_000.0;
const HOUR_MS: f64 = 60.0 * MINUTE_MS;
const DAY_MS: f64 = 24.0 * HOUR_MS;

/// Year, month and day of a day counted from 1970-01-01, in the Gregorian calendar. The arithmetic counts years from
/// March, so that the leap day is the last of the year (Hinnant, "chrono-compatible low-level date algorithms").
fn date(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (era * 400 + year_of_era + (month <= 2) as i64, month, day)
}

fn of_date<L: Lane>(time: L, part: impl Fn((i64, i64, i64)) -> i64) -> L {
    time.map(|ms| if ms.is_finite() { part(date((ms / DAY_MS).floor() as i64)) as f64 } else { f64::NAN })
}

/// 0 on Monday.
fn days_after_monday(ms: f64) -> f64 {
    ((ms / DAY_MS).floor() + 3.0).rem_euclid(7.0)
}

elementwise!(Year<L>(time) = of_date(time, |(year, _, _)| year));
elementwise!(Month<L>(time) = of_date(time, |(_, month, _)| month));
elementwise!(Day<L>(time) = of_date(time, |(_, _, day)| day));
elementwise!(Weekday<L>(time) = time.map(|ms| days_after_monday(ms) + 1.0));
elementwise!(DayOfWeek<L>(time) = time.map(|ms| (days_after_monday(ms) + 1.0) % 7.0 + 1.0));
elementwise!(Hour<L>(time) = time.map(|ms| (ms.rem_euclid(DAY_MS) / HOUR_MS).floor()));
elementwise!(Minute<L>(time) = time.map(|ms| (ms.rem_euclid(HOUR_MS) / MINUTE_MS).floor()));

pub(crate) static YEAR: Row = Row {
    name: "year",
    group: Group::Calendar,
    summary: "Year of the candle.",
    inputs: LOCAL_TIME,
    outputs: INDEX,
    body: stateless!(Year),
    example: "year >= 2024",
    ..Row::BASE
};

pub(crate) static MONTH: Row = Row {
    name: "month",
    group: Group::Calendar,
    summary: "Month of the candle, 1 to 12.",
    inputs: LOCAL_TIME,
    outputs: INDEX,
    body: stateless!(Month),
    example: "month == 12",
    ..Row::BASE
};

pub(crate) static DAY: Row = Row {
    name: "day",
    group: Group::Calendar,
    summary: "Day of the month.",
    inputs: LOCAL_TIME,
    outputs: INDEX,
    body: stateless!(Day),
    example: "day <= 5",
    ..Row::BASE
};

pub(crate) static WEEKDAY: Row = Row {
    name: "weekday",
    group: Group::Calendar,
    summary: "ISO weekday: Monday 1 … Sunday 7.",
    inputs: LOCAL_TIME,
    outputs: INDEX,
    body: stateless!(Weekday),
    example: "weekday == 1",
    ..Row::BASE
};

pub(crate) static DAYOFWEEK: Row = Row {
    name: "dayofweek",
    group: Group::Calendar,
    summary: "Pine's weekday: Sunday 1 … Saturday 7.",
    inputs: LOCAL_TIME,
    outputs: INDEX,
    body: stateless!(DayOfWeek),
    example: "dayofweek == 2",
    ..Row::BASE
};

pub(crate) static HOUR: Row = Row {
    name: "hour",
    group: Group::Calendar,
    summary: "Hour of the candle, 0 to 23.",
    inputs: LOCAL_TIME,
    outputs: INDEX,
    body: stateless!(Hour),
    example: "hour >= 9",
    ..Row::BASE
};

pub(crate) static MINUTE: Row = Row {
    name: "minute",
    group: Group::Calendar,
    summary: "Minute of the candle, 0 to 59.",
    inputs: LOCAL_TIME,
    outputs: INDEX,
    body: stateless!(Minute),
    example: "minute == 0",
    ..Row::BASE
};

struct BarIndex;
impl<L: Lane> Kernel<L> for BarIndex {
    fn run(&self, own: &mut Own<'_, L>, _: &Inputs<'_, L>, output: &mut Output<'_, L>) {
        for (out, bar) in output.series().iter_mut().zip(own.bar..) {
            *out = L::splat(bar as f64);
        }
    }
}
pub(crate) static BAR_INDEX: Row = Row {
    name: "bar_index",
    group: Group::Calendar,
    summary: "Number of candles before this one in the symbol's data.",
    outputs: INDEX,
    body: kernel!(|_| BarIndex, warmup = |_| 0, memory = |_| Memory::Forever),
    example: "bar_index >= 250",
    ..Row::BASE
};

#[cfg(feature = "references")]
pub(crate) mod reference {
    use crate::reference::prelude::*;

    pub static REFERENCES: &[Reference] = &[
        Reference::new(&super::YEAR, |x, _| vec![each(&x[0], |time| date(time).0)]),
        Reference::new(&super::MONTH, |x, _| vec![each(&x[0], |time| date(time).1)]),
        Reference::new(&super::DAY, |x, _| vec![each(&x[0], |time| date(time).2)]),
        Reference::new(&super::WEEKDAY, |x, _| vec![each(&x[0], |time| (days(time) + 3.0) % 7.0 + 1.0)]),
        Reference::new(&super::DAYOFWEEK, |x, _| vec![each(&x[0], |time| (days(time) + 4.0) % 7.0 + 1.0)]),
        Reference::new(&super::HOUR, |x, _| vec![each(&x[0], |time| (time / 3_600_000.0).floor() % 24.0)]),
        Reference::new(&super::MINUTE, |x, _| vec![each(&x[0], |time| (time / 60_000.0).floor() % 60.0)]),
        Reference::new(&super::BAR_INDEX, |x, _| vec![(0..x[0].len()).map(|bar| bar as f64).collect()]),
    ];

    fn days(time: f64) -> f64 {
        (time / 86_400_000.0).floor()
    }

    /// Counts the days off year by year and month by month, from 1970 on.
    fn date(time: f64) -> (f64, f64, f64) {
        let (mut left, mut year) = (days(time), 1970);
        let leaps = |year: i32| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        while left >= if leaps(year) { 366.0 } else { 365.0 } {
            left -= if leaps(year) { 366.0 } else { 365.0 };
            year += 1;
        }
        let february = if leaps(year) { 29.0 } else { 28.0 };
        let months = [31.0, february, 31.0, 30.0, 31.0, 30.0, 31.0, 31.0, 30.0, 31.0, 30.0, 31.0];
        let mut month = 0;
        while left >= months[month] {
            left -= months[month];
            month += 1;
        }
        (f64::from(year), month as f64 + 1.0, left + 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_around_leap_days() {
        assert_eq!(date(0), (1970, 1, 1));
        assert_eq!(date(11_016), (2000, 2, 29));
        assert_eq!(date(11_017), (2000, 3, 1));
        assert_eq!(date(-1), (1969, 12, 31));
        assert_eq!(date(20_088), (2024, 12, 31));
    }

    #[test]
    fn the_first_day_of_1970_was_a_thursday() {
        assert_eq!(days_after_monday(0.0) + 1.0, 4.0);
        assert_eq!(days_after_monday(-1.0) + 1.0, 3.0);
    }
}
