//! The calendar against what Python's zoneinfo, datetime and calendar give (values/expectations, made by
//! tests/expectations/make.py), and what its rules promise of every value.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use super::*;
use crate::program::{Bound, Window};
use crate::syntax::tree::Amount;
use crate::values::tests::rows;
use proptest::prelude::*;

fn unit(name: &str) -> Unit {
    match name {
        "second" => Unit::Second,
        "minute" => Unit::Minute,
        "hour" => Unit::Hour,
        "day" => Unit::Day,
        "week" => Unit::Week,
        "month" => Unit::Month,
        "quarter" => Unit::Quarter,
        "year" => Unit::Year,
        other => panic!("no unit {other}"),
    }
}

fn zone(name: &str) -> Tz {
    name.parse().unwrap()
}

#[test]
fn days_are_those_of_the_calendar() {
    for row in rows(include_str!("../expectations/days.csv")) {
        let [day, year, quarter, month, day_in_month, weekday] =
            [0, 1, 2, 3, 4, 5].map(|at| row[at].parse::<i64>().unwrap());
        let date = CivilDate::of(day);
        assert_eq!((date.year, i64::from(date.month), i64::from(date.day)), (year, month, day_in_month), "{row:?}");
        assert_eq!(date.number(), day, "{row:?}");
        let day = day as i32;
        assert_eq!(
            (year_of(day), month_of(day) as i64, day_of_month(day) as i64),
            (year, month, day_in_month),
            "{row:?}"
        );
        assert_eq!((i64::from(quarter_of(day)), i64::from(weekday_of(day))), (quarter, weekday), "{row:?}");
        assert_eq!(date_text(day), row[6]);
    }
}

#[test]
fn clocks_show_what_zones_say() {
    for row in rows(include_str!("../expectations/local_times.csv")) {
        let local = local_time(row[1].parse().unwrap(), zone(row[0]));
        assert_eq!((local.day, local.micros), (row[2].parse().unwrap(), row[3].parse().unwrap()), "{row:?}");
    }
}

#[test]
fn clock_times_become_instants_by_rule_1() {
    let mut seen = [0; 3];
    for row in rows(include_str!("../expectations/instants.csv")) {
        let (instant, kind) = instant_of_local(row[1].parse().unwrap(), row[2].parse().unwrap(), zone(row[0])).unwrap();
        let expected = match row[4] {
            "once" => Local::Once,
            "gap" => Local::Gap,
            _ => Local::Overlap,
        };
        assert_eq!((instant, kind), (row[3].parse().unwrap(), expected), "{row:?}");
        seen[kind as usize] += 1;
    }
    assert!(seen.iter().all(|count| *count > 50), "{seen:?}");
}

#[test]
fn days_shift_as_a_calendar_does() {
    for row in rows(include_str!("../expectations/shifted_days.csv")) {
        let moved = shift_date(row[0].parse().unwrap(), row[1].parse().unwrap(), unit(row[2]));
        assert_eq!(moved, Some(row[3].parse().unwrap()), "{row:?}");
    }
}

#[test]
fn instants_shift_as_a_calendar_does() {
    for row in rows(include_str!("../expectations/shifted_instants.csv")) {
        let moved = shift_instant(row[1].parse().unwrap(), row[2].parse().unwrap(), unit(row[3]), zone(row[0]));
        assert_eq!(moved, Some(row[4].parse().unwrap()), "{row:?}");
    }
}

#[test]
fn completed_units_are_counted_by_rule_10() {
    for row in rows(include_str!("../expectations/units_between_days.csv")) {
        let (from, to) = (row[0].parse().unwrap(), row[1].parse().unwrap());
        let expected: i64 = row[3].parse().unwrap();
        assert_eq!(units_between_dates(unit(row[2]), from, to), Some(expected), "{row:?}");
        assert_eq!(units_between_dates(unit(row[2]), to, from), Some(-expected), "{row:?}");
    }
    for row in rows(include_str!("../expectations/units_between_instants.csv")) {
        let (from, to) = (row[1].parse().unwrap(), row[2].parse().unwrap());
        let expected: i64 = row[4].parse().unwrap();
        assert_eq!(units_between_instants(unit(row[3]), from, to, zone(row[0])), Some(expected), "{row:?}");
        assert_eq!(units_between_instants(unit(row[3]), to, from, zone(row[0])), Some(-expected), "{row:?}");
    }
}

fn window(row: &[&str]) -> Window {
    let count = |at: usize| row[at].parse::<i64>().unwrap();
    let amount = |at: usize| Amount { count: count(at), unit: unit(row[at + 1]) };
    let day = |at: usize| Bound::Day(count(at) as i32);
    match row[4] {
        "in_last" => Window::InLast { amount: amount(5), whole: false },
        "in_last_whole" => Window::InLast { amount: amount(5), whole: true },
        "in_next" => Window::InNext { amount: amount(5) },
        "more_than_ago" => Window::MoreThanAgo(amount(5)),
        "exactly_ago" => Window::ExactlyAgo(amount(5)),
        "from_to_ago" => Window::FromToAgo { from: amount(5), to: amount(7) },
        "this" => Window::This(unit(row[6])),
        "last" => Window::Last(unit(row[6])),
        "since" => Window::Since(day(5)),
        "before" => Window::Before(day(5)),
        "after" => Window::After(day(5)),
        "from_to" => Window::FromTo(day(5), day(7)),
        "day" => Window::Day(day(5)),
        "weekdays" => Window::Weekdays(count(5) as u8),
        "hours" => Window::Hours { from: count(5) as u32, to: count(7) as u32 },
        other => panic!("no window {other}"),
    }
}

#[test]
fn windows_hold_what_rules_2_and_3_say() {
    for row in rows(include_str!("../expectations/windows.csv")) {
        let moments = if row[0] == "dates" { Moments::Dates } else { Moments::Instants };
        let clock = Clock {
            as_of: row[3].parse().unwrap(),
            zone: zone(row[1]),
            week_start: match row[2] {
                "monday" => Weekday::Mon,
                "saturday" => Weekday::Sat,
                _ => Weekday::Sun,
            },
        };
        let filter = resolve(&[window(&row)], &clock, moments);
        assert_eq!(filter.contains(row[9].parse().unwrap()), row[10] == "1", "{row:?}\n{filter:?}");
    }
}

fn amounts() -> impl Strategy<Value = Amount> {
    let units = prop::sample::select(vec![
        Unit::Second,
        Unit::Minute,
        Unit::Hour,
        Unit::Day,
        Unit::Week,
        Unit::Month,
        Unit::Quarter,
        Unit::Year,
    ]);
    (prop_oneof![0_i64..400, Just(i64::MAX), 0_i64..1_000_000_000_000], units)
        .prop_map(|(count, unit)| Amount { count, unit })
}

fn clocks() -> impl Strategy<Value = Clock> {
    let zones =
        prop::sample::select(vec!["UTC", "America/New_York", "America/St_Johns", "Pacific/Apia", "Asia/Kolkata"]);
    let instants = prop_oneof![0_i64..2_000_000_000_000_000, any::<i64>(), Just(i64::MIN), Just(i64::MAX)];
    (instants, zones).prop_map(|(as_of, name)| Clock { as_of, zone: zone(name), week_start: Weekday::Mon })
}

fn bounds() -> impl Strategy<Value = Bound> {
    prop_oneof![
        any::<i32>().prop_map(Bound::Day),
        any::<i64>().prop_map(Bound::Instant),
        any::<i32>().prop_map(Bound::RelativeDay),
        (0_i32..20_000).prop_map(Bound::Day),
        Just(Bound::Now),
    ]
}

fn windows() -> impl Strategy<Value = Window> {
    prop_oneof![
        (amounts(), any::<bool>()).prop_map(|(amount, whole)| Window::InLast { amount, whole }),
        amounts().prop_map(|amount| Window::InNext { amount }),
        amounts().prop_map(Window::MoreThanAgo),
        amounts().prop_map(Window::ExactlyAgo),
        (amounts(), amounts()).prop_map(|(from, to)| Window::FromToAgo { from, to }),
        bounds().prop_map(Window::Since),
        bounds().prop_map(Window::Before),
        bounds().prop_map(Window::After),
        (bounds(), bounds()).prop_map(|(from, to)| Window::FromTo(from, to)),
        amounts().prop_map(|amount| Window::This(amount.unit)),
        amounts().prop_map(|amount| Window::Last(amount.unit)),
        (any::<bool>(), any::<bool>(), 1_u32..13).prop_map(|(year, last, start)| {
            Window::Fiscal { unit: if year { Unit::Year } else { Unit::Quarter }, last, start }
        }),
        bounds().prop_map(Window::Day),
        (0_u8..128).prop_map(Window::Weekdays),
        (0_u32..86_400, 0_u32..=86_400).prop_map(|(from, to)| Window::Hours { from, to }),
    ]
}

proptest! {
    /// Rule 2: an event is never both `in the last N` and `more than N ago`, nor neither.
    #[test]
    fn in_the_last_and_more_than_ago_part_the_past(clock in clocks(), amount in amounts(), back in 0_i64..40_000_000_000_000, day in 0_i32..30_000) {
        let value = clock.as_of.saturating_sub(back).min(clock.as_of.saturating_sub(1));
        let recent = resolve(&[Window::InLast { amount, whole: false }], &clock, Moments::Instants);
        let older = resolve(&[Window::MoreThanAgo(amount)], &clock, Moments::Instants);
        if value < clock.as_of {
            prop_assert!(recent.contains(value) != older.contains(value));
        }
        let recent = resolve(&[Window::InLast { amount, whole: false }], &clock, Moments::Dates);
        let older = resolve(&[Window::MoreThanAgo(amount)], &clock, Moments::Dates);
        let day = clock.today().saturating_sub(day);
        if clock.date_is_over(day) {
            prop_assert!(recent.contains(day.into()) != older.contains(day.into()));
        }
    }

    /// Several windows hold exactly what each of them holds, and nothing panics at any extreme.
    #[test]
    fn windows_intersect(clock in clocks(), windows in prop::collection::vec(windows(), 0..4), value in any::<i64>(), near in -100_000_000_000_000_i64..1_000_000_000_000) {
        for moments in [Moments::Instants, Moments::Dates] {
            let values = match moments {
                Moments::Instants => [value, clock.as_of.saturating_add(near), i64::MIN, i64::MAX],
                Moments::Dates => [i64::from(value as i32), i64::from(clock.today()) + near % 3_000, i32::MIN.into(), i32::MAX.into()],
            };
            let together = resolve(&windows, &clock, moments);
            for value in values {
                let each = windows.iter().all(|window| resolve(&[*window], &clock, moments).contains(value));
                prop_assert_eq!(together.contains(value), each, "{:?} {:?}", value, together);
                prop_assert!(!(together.is_empty() && each));
            }
        }
    }

    /// What is shifted stays in range or is missing; clock times and days come back.
    #[test]
    fn extremes_do_not_panic(instant in any::<i64>(), count in any::<i64>(), small in -1000_i64..1000, amount in amounts(), day in any::<i32>(), other in any::<i64>()) {
        let zone = zone("America/New_York");
        shift_instant(instant, count, amount.unit, zone);
        shift_instant(instant, small, amount.unit, zone);
        shift_date(day, count, amount.unit);
        units_between_dates(amount.unit, day, small as i32);
        units_between_instants(amount.unit, instant, other, zone);
        instant_text(instant, zone);
        date_text(day);
        prop_assert_eq!(CivilDate::of(day.into()).number(), i64::from(day));
        let LocalTime { day, micros } = local_time(instant, zone);
        if let Some((back, Local::Once)) = instant_of_local(day, micros, zone) {
            prop_assert_eq!(back, instant);
        }
    }
}

#[test]
fn hours_cross_midnight_and_intersect() {
    let clock = Clock { as_of: 0, zone: Tz::UTC, week_start: Weekday::Mon };
    let hours = |windows: &[(u32, u32)]| {
        let windows: Vec<Window> = windows.iter().map(|(from, to)| Window::Hours { from: *from, to: *to }).collect();
        resolve(&windows, &clock, Moments::Instants).hours
    };
    assert_eq!(hours(&[(79_200, 7_200)]), [(0, 7_200), (79_200, 86_400)]);
    assert_eq!(hours(&[(79_200, 7_200), (3_600, 82_800)]), [(3_600, 7_200), (79_200, 82_800)]);
    assert_eq!(hours(&[(0, 86_400)]), [(0, 86_400)]);
    assert_eq!(hours(&[(3_600, 3_600)]), [(0, 86_400)]);
    assert_eq!(hours(&[(0, 3_600), (3_600, 7_200)]), []);
}

#[test]
fn moments_are_written_as_people_read_them() {
    let zone = zone("America/New_York");
    assert_eq!(instant_text(1_767_243_600_000_000, zone), "2026-01-01 00:00");
    assert_eq!(instant_text(1_767_243_661_500_000, zone), "2026-01-01 00:01:01.5");
    assert_eq!(date_text(-719_529), "-0001-12-31");
    assert_eq!(date_text(2_932_897), "+10000-01-01");
}

mod occasions;

proptest! {
    /// A fiscal year of twelve months follows the last one, holds the day of the run, and starts with its month; the quarters make it up.
    #[test]
    fn fiscal_years_follow_one_another(clock in clocks(), start in 1_u32..13, days in -800_i32..800) {
        let filter = |unit, last| resolve(&[Window::Fiscal { unit, last, start }], &clock, Moments::Dates);
        let (this, before) = (filter(Unit::Year, false), filter(Unit::Year, true));
        let day = clock.today() + days;
        prop_assert!(this.contains(clock.today().into()));
        prop_assert!(!(this.contains(day.into()) && before.contains(day.into())));
        let first = (clock.today() - 366..=clock.today()).find(|day| this.contains((*day).into()));
        let first = first.unwrap_or(clock.today());
        prop_assert_eq!((month_of(first), day_of_month(first)), (start, 1));
        prop_assert!(before.contains((first - 1).into()) && !this.contains((first - 1).into()));
        let quarter = filter(Unit::Quarter, false);
        prop_assert!(!quarter.contains(day.into()) || this.contains(day.into()));
        // With January it is the calendar's.
        let plain = |window| resolve(&[window], &clock, Moments::Dates);
        let january = |unit, last| resolve(&[Window::Fiscal { unit, last, start: 1 }], &clock, Moments::Dates);
        for unit in [Unit::Year, Unit::Quarter] {
            prop_assert_eq!(january(unit, false).contains(day.into()), plain(Window::This(unit)).contains(day.into()));
            prop_assert_eq!(january(unit, true).contains(day.into()), plain(Window::Last(unit)).contains(day.into()));
        }
    }
}
