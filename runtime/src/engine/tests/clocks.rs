//! A clock that remembers shows and moves what the calendar shows and moves.

use crate::engine::clocks::Clocks;
use chrono_tz::Tz;
use proptest::prelude::*;
use segue_compiler::syntax::tree::Unit;
use segue_compiler::values::calendar::{MICROS_PER_DAY, local_time, shift_instant};

const UNITS: [Unit; 8] =
    [Unit::Second, Unit::Minute, Unit::Hour, Unit::Day, Unit::Week, Unit::Month, Unit::Quarter, Unit::Year];

/// Zones with summer times, with half hours, with whole days left out, and without any of it.
const ZONES: [Tz; 7] = [
    Tz::UTC,
    Tz::America__New_York,
    Tz::Europe__London,
    Tz::Australia__Lord_Howe,
    Tz::Asia__Kathmandu,
    Tz::Pacific__Apia,
    Tz::Africa__Casablanca,
];

/// Instants of the years in which clocks change, and the ends of what an instant can be.
fn instants() -> impl Strategy<Value = i64> {
    let years = -20_000 * MICROS_PER_DAY..30_000 * MICROS_PER_DAY;
    prop_oneof![8 => years, 1 => any::<i64>(), 1 => Just(i64::MAX), 1 => Just(i64::MIN)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn it_shows_and_moves_what_the_calendar_does(
        zone in prop::sample::select(&ZONES[..]),
        unit in prop::sample::select(&UNITS[..]),
        count in prop_oneof![8 => -400..400i64, 1 => any::<i64>()],
        several in prop::collection::vec(instants(), 1..6),
    ) {
        let clocks = Clocks::new(zone);
        for instant in several {
            prop_assert_eq!(clocks.local(instant), local_time(instant, zone));
            prop_assert_eq!(clocks.shift(instant, count, unit), shift_instant(instant, count, unit, zone), "{} {}", instant, zone);
        }
    }
}
