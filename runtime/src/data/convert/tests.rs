//! Each type with cells that convert, cells that are missing and cells that are refused.
#![expect(clippy::unwrap_used, reason = "a failed test should stop at the line that failed")]

use super::super::raw::Raw;
use super::*;
use crate::data::tests::{TableDraft, draft_program};
use segue_compiler::values::{Currency, Value};
use std::sync::Arc;

/// What a cell becomes.
#[derive(Debug, PartialEq)]
enum Becomes {
    Is(Value),
    Missing,
    Outside,
    Bad,
}
use Becomes::{Bad, Is, Missing, Outside};

fn convert(ty: Type, reading: Reading, optional: bool, raw: &Raw<'_>) -> Becomes {
    let table = TableDraft::customers().field_read("value", ty, optional, reading);
    let program = draft_program(vec![table]);
    let mut fields = FieldBuilder::of_table(&program, TableId(0), &|_, field| field.0 == 1, &|_| false);
    let mut builder = fields.remove(0).builder;
    let mut notes = Vec::new();
    if builder.push(raw, &mut notes).is_err() {
        return Bad;
    }
    assert_eq!(builder.len(), 1);
    let Finished::Column(column) = builder.finish() else { return Bad };
    match column.value(0) {
        Some(value) => Is(value),
        None if notes.iter().any(|note| matches!(note, Note::Outside { .. })) => Outside,
        None => Missing,
    }
}

#[track_caller]
fn check(ty: &Type, cases: Vec<(Raw<'static>, Becomes)>) {
    check_reading(ty, &Reading::Plain, cases);
}

#[track_caller]
fn check_reading(ty: &Type, reading: &Reading, cases: Vec<(Raw<'static>, Becomes)>) {
    for (raw, expected) in cases {
        let found = convert(ty.clone(), reading.clone(), true, &raw);
        assert_eq!(found, expected, "{raw:?} as {ty:?}");
        // What is missing in an optional field makes a bad row of a required one; a value outside the list does not.
        let required = convert(ty.clone(), reading.clone(), false, &raw);
        let text_of_empty = raw == Raw::Empty && *ty == Type::Text;
        let expected_required = match expected {
            Missing if text_of_empty => Is(Value::Text("".into())),
            Missing if matches!(ty, Type::List(_)) => Is(Value::List([].into())),
            Missing => Bad,
            other => other,
        };
        assert_eq!(required, expected_required, "{raw:?} as required {ty:?}");
    }
}

fn text(text: &'static str) -> Raw<'static> {
    Raw::from(text)
}

fn value_text(text: &str) -> Becomes {
    Is(Value::Text(text.into()))
}

fn decimal(units: i128, scale: i8) -> Raw<'static> {
    Raw::Decimal { units, scale }
}

#[test]
fn booleans() {
    let is = |value| Is(Value::Boolean(value));
    check(
        &Type::Boolean,
        vec![
            (Raw::Boolean(true), is(true)),
            (text("TRUE"), is(true)),
            (text("yes"), is(true)),
            (text("1"), is(true)),
            (text("No"), is(false)),
            (text("0"), is(false)),
            (text("false"), is(false)),
            (Raw::Integer(1), is(true)),
            (Raw::Float(0.0), is(false)),
            (Raw::Float(f64::NAN), Missing),
            (Raw::Missing, Missing),
            (Raw::Empty, Missing),
            (text("t"), Bad),
            (text(" true"), Bad),
            (text("on"), Bad),
            (text(""), Bad),
            (Raw::Integer(2), Bad),
            (Raw::Unsigned(u64::MAX), Bad),
            (Raw::Float(0.5), Bad),
            (Raw::List(vec![]), Bad),
        ],
    );
}

#[test]
fn integers() {
    let is = |value| Is(Value::Integer(value));
    check(
        &Type::Integer,
        vec![
            (Raw::Integer(i64::MIN), is(i64::MIN)),
            (Raw::Unsigned(u64::MAX), Bad),
            (Raw::Float(3.0), is(3)),
            (Raw::Float(-9_223_372_036_854_775_808.0), is(i64::MIN)),
            (Raw::Float(9_223_372_036_854_775_808.0), Bad),
            (Raw::Float(3.5), Bad),
            (Raw::Float(f64::NAN), Missing),
            (Raw::Float(f64::INFINITY), Bad),
            (decimal(300, 2), is(3)),
            (decimal(3, -2), is(300)),
            (decimal(301, 2), Bad),
            (decimal(i128::MAX, 0), Bad),
            (text("9223372036854775807"), is(i64::MAX)),
            (text("-9223372036854775808"), is(i64::MIN)),
            (text("9223372036854775808"), Bad),
            (text("99999999999999999999999999999999999999999999"), Bad),
            (text("007"), is(7)),
            (text("2.0"), is(2)),
            (text("-0"), is(0)),
            (text("2.5"), Bad),
            (text("2."), Bad),
            (text("1e3"), Bad),
            (text("1,000"), Bad),
            (text(" 1"), Bad),
            (text("1_000"), Bad),
            (text("٣"), Bad),
            (text("-"), Bad),
            (text(""), Bad),
            (Raw::Boolean(true), Bad),
            (Raw::Empty, Missing),
        ],
    );
}

#[test]
fn numbers() {
    let is = |value: f64| Is(Value::Number(value));
    check(
        &Type::Number,
        vec![
            (Raw::Integer(i64::MAX), is(9_223_372_036_854_775_807.0)),
            (Raw::Unsigned(u64::MAX), is(18_446_744_073_709_551_615.0)),
            (Raw::Float(-0.0), is(0.0)),
            (Raw::Float(f64::MIN_POSITIVE / 2.0), is(f64::MIN_POSITIVE / 2.0)),
            (Raw::Float(f64::NAN), Missing),
            (Raw::Float(f64::NEG_INFINITY), Bad),
            (decimal(1, 1), is(0.1)),
            (decimal(-12345, 3), is(-12.345)),
            (text("0.1"), is(0.1)),
            (text("-1.5e-3"), is(-0.0015)),
            (text("+2"), is(2.0)),
            (text("NaN"), Missing),
            (text("inf"), Bad),
            (text("1e400"), Bad),
            (text("12,5"), Bad),
            (text("1 000"), Bad),
            (text("$5"), Bad),
            (text("abc"), Bad),
            (Raw::Empty, Missing),
        ],
    );
    let Is(Value::Number(zero)) = convert(Type::Number, Reading::Plain, true, &text("-0.0")) else {
        unreachable!("-0.0")
    };
    assert_eq!(zero.to_bits(), 0, "-0.0 is stored as 0.0");
}

#[test]
fn money_is_exact_from_text_and_rounded_half_even_from_floats() {
    let is = |value| Is(Value::Money(value));
    check(
        &Type::Money(Currency(*b"USD")),
        vec![
            (Raw::Integer(5), is(50_000)),
            (Raw::Integer(922_337_203_685_477), is(9_223_372_036_854_770_000)),
            (Raw::Integer(922_337_203_685_478), Bad),
            (Raw::Float(11.77), is(117_700)),
            (Raw::Float(0.000_05), is(0)),
            (Raw::Float(0.000_15), is(2)),
            (Raw::Float(0.000_25), is(2)),
            (Raw::Float(1.000_05), is(10_000)),
            (Raw::Float(0.000_35), is(4)),
            (Raw::Float(-0.000_25), is(-2)),
            (Raw::Float(1e15), Bad),
            (Raw::Float(f64::INFINITY), Bad),
            (Raw::Float(f64::NAN), Missing),
            (decimal(123_456, 4), is(123_456)),
            (decimal(1_234_500, 5), is(123_450)),
            (decimal(1_234_501, 5), Bad),
            (text("12.50"), is(125_000)),
            (text("-0.0001"), is(-1)),
            (text("1.23450"), is(12_345)),
            (text("1.23456"), Bad),
            (text("0.00005"), Bad),
            (text("922337203685477.5807"), is(i64::MAX)),
            (text("922337203685477.5808"), Bad),
            (text("$12"), Bad),
            (text("12 USD"), Bad),
            (text("1,200.00"), Bad),
            (text("1e2"), Bad),
            (text(".5"), Bad),
            (Raw::Empty, Missing),
        ],
    );
}

#[test]
fn percentages() {
    let is = |value: f64| Is(Value::Number(value));
    check(&Type::Percent, vec![(Raw::Float(0.45), is(0.45)), (text("45%"), is(0.45)), (text("%"), Bad)]);
    check_reading(
        &Type::Percent,
        &Reading::Hundredths,
        vec![(Raw::Integer(45), is(0.45)), (text("45"), is(0.45)), (text("45%"), is(0.45)), (Raw::Empty, Missing)],
    );
}

#[test]
fn texts() {
    check(
        &Type::Text,
        vec![
            (text("  as it is "), value_text("  as it is ")),
            (text("Zoë 🐈"), value_text("Zoë 🐈")),
            (text(""), value_text("")),
            (Raw::Empty, Missing),
            (Raw::Missing, Missing),
            (Raw::Integer(7), value_text("7")),
            (Raw::Float(0.5), value_text("0.5")),
            (Raw::Boolean(true), value_text("true")),
            (Raw::Date(0), value_text("1970-01-01")),
            (Raw::List(vec![]), Bad),
        ],
    );
}

#[test]
fn listed_values() {
    let listed: Arc<[Arc<str>]> = ["free", "plus", "free trial"].map(Arc::from).into();
    check(
        &Type::OneOf(listed),
        vec![
            (text("free"), value_text("free")),
            (text("free trial"), value_text("free trial")),
            (text("Free"), Outside),
            (text(""), Outside),
            (Raw::Integer(3), Outside),
            (Raw::Empty, Missing),
            (Raw::List(vec![]), Bad),
        ],
    );
}

#[test]
fn dates() {
    let is = |value| Is(Value::Date(value));
    check(
        &Type::Date,
        vec![
            (Raw::Date(-1), is(-1)),
            (text("1970-01-01"), is(0)),
            (text("2024-02-29"), is(19_782)),
            (text("2000-02-29"), is(11_016)),
            (text("0001-01-01"), is(-719_162)),
            (text("9999-12-31"), is(2_932_896)),
            (text("2017-01-01 00:00:00"), is(17_167)),
            (text("2023-02-29"), Bad),
            (text("1900-02-29"), Bad),
            (text("2024-04-31"), Bad),
            (text("0000-01-01"), Bad),
            (text("2017-01-01 11:00:00"), Bad),
            (text("2017-01-01T00:00:00Z"), Bad),
            (text("03/04/2026"), Bad),
            (text("20260403"), Bad),
            (text("2026-4-3"), Bad),
            (text("2026-04-03 "), Bad),
            (text("２０２６-04-03"), Bad),
            (Raw::Date(i32::MAX), Bad),
            (Raw::ClockTime(86_400_000_000), is(1)),
            (Raw::ClockTime(86_400_000_001), Bad),
            (Raw::Instant(0), Bad),
            (Raw::Integer(20_260_403), Bad),
            (Raw::Empty, Missing),
        ],
    );
}

#[test]
fn datetimes_with_and_without_zone() {
    let is = |value| Is(Value::Instant(value));
    let second = 1_000_000;
    check(
        &Type::Datetime,
        vec![
            (text("1970-01-01T00:00:00Z"), is(0)),
            (text("1970-01-01 00:00"), is(0)),
            (text("1970-01-01 00:00:01.5"), is(1_500_000)),
            (text("1970-01-01 00:00:00.123456789"), is(123_456)),
            (text("1970-01-01T02:00:00+02:00"), is(0)),
            (text("1970-01-01T02:00:00+0200"), is(0)),
            (text("1969-12-31T19:00:00 -05"), is(0)),
            (text("1970-01-01 00:00:00 UTC"), is(0)),
            (text("1969-12-31 23:59:59.999999"), is(-1)),
            (text("1970-01-01"), Bad),
            (text("1970-01-01T24:00:00"), Bad),
            (text("1970-01-01T00:60:00"), Bad),
            (text("1970-01-01T00:00:60"), Bad),
            (text("1970-01-01 00:00:00."), Bad),
            (text("1970-01-01 00:00:00 "), Bad),
            (text("1970-01-01 00:00:00 CET"), Bad),
            (text("1970-01-01T00:00:00+2"), Bad),
            (text("1970-01-01T00:00:00+99:00"), Bad),
            (text("01/02/1970 10:00"), Bad),
            (Raw::Date(0), Bad),
            (Raw::Integer(0), Bad),
            (Raw::Instant(i64::MAX), Bad),
            (Raw::Instant(-5), is(-5)),
            (Raw::ClockTime(7), is(7)),
            (Raw::Missing, Missing),
        ],
    );
    let new_york = Reading::Zone(chrono_tz::America::New_York);
    check_reading(
        &Type::Datetime,
        &new_york,
        vec![
            (text("2017-07-01 12:00:00"), is(1_498_924_800 * second)),
            (text("2017-01-01 12:00:00"), is(1_483_290_000 * second)),
            // 12 March 2017, 02:30 did not happen: 03:30 daylight time.
            (text("2017-03-12 02:30:00"), is(1_489_303_800 * second)),
            // 5 November 2017, 01:30 happened twice: the first, in daylight time.
            (text("2017-11-05 01:30:00"), is(1_509_859_800 * second)),
            (text("2017-11-05 02:00:00"), is(1_509_865_200 * second)),
            (text("2017-03-12T02:30:00Z"), is(1_489_285_800 * second)),
        ],
    );
    // Samoa skipped 30 December 2011 whole.
    let apia = Reading::Zone(chrono_tz::Pacific::Apia);
    check_reading(&Type::Datetime, &apia, vec![(text("2011-12-30 12:00:00"), is(1_325_282_400 * second))]);
}

#[test]
fn clock_changes_are_noted() {
    let mut clock = ZoneClock::new(chrono_tz::America::New_York);
    let mut change = |text: &str| {
        let Some(Moment::ClockTime(time)) = super::super::moments::parse_moment(text) else { unreachable!("{text}") };
        clock.instant(time).1
    };
    assert_eq!(change("2017-03-12 01:59:59"), None);
    assert_eq!(change("2017-03-12 02:00:00"), Some(ClockChange::Gap));
    assert_eq!(change("2017-03-12 02:59:59"), Some(ClockChange::Gap));
    assert_eq!(change("2017-03-12 03:00:00"), None);
    assert_eq!(change("2017-11-05 00:59:59"), None);
    assert_eq!(change("2017-11-05 01:00:00"), Some(ClockChange::Overlap));
    assert_eq!(change("2017-11-05 01:59:59"), Some(ClockChange::Overlap));
    assert_eq!(change("2017-11-05 02:00:00"), None);
}

#[test]
fn durations() {
    let is = |value| Is(Value::Duration(value));
    check(
        &Type::Duration,
        vec![
            (Raw::Duration(5), is(5)),
            (text("01:30:00"), is(5_400_000_000)),
            (text("100:00"), is(360_000_000_000)),
            (text("-00:00:00.5"), is(-500_000)),
            (text("P1W"), is(604_800_000_000)),
            (text("P1DT2H3M4.5S"), is(93_784_500_000)),
            (text("PT0S"), is(0)),
            (text("P1M"), Bad),
            (text("P"), Bad),
            (text("PT"), Bad),
            (text("90"), Bad),
            (text("1:5:00"), Bad),
            (text("00:60:00"), Bad),
            (text("PT0.0000001S"), Bad),
            (Raw::Integer(90), Bad),
            (Raw::Empty, Missing),
        ],
    );
}

#[test]
fn ids_are_text_in_canonical_form() {
    check(
        &Type::Id(None),
        vec![
            (Raw::Integer(-5), value_text("-5")),
            (Raw::Unsigned(u64::MAX), value_text("18446744073709551615")),
            (Raw::Float(7.0), value_text("7")),
            (Raw::Float(-0.0), value_text("0")),
            (Raw::Float(7.5), Bad),
            (Raw::Float(f64::NAN), Missing),
            (decimal(700, 2), value_text("7")),
            (decimal(i128::from(i64::MAX) * 10, 0), value_text("92233720368547758070")),
            (text("7"), value_text("7")),
            (text("007"), value_text("007")),
            (text("7.0"), value_text("7.0")),
            (text(" 7"), value_text(" 7")),
            (text("ab-Ü"), value_text("ab-Ü")),
            (Raw::Boolean(true), Bad),
            (Raw::Empty, Missing),
        ],
    );
}

#[test]
fn time_zones() {
    check(
        &Type::Timezone,
        vec![
            (text("Europe/Berlin"), value_text("Europe/Berlin")),
            (text("UTC"), value_text("UTC")),
            (text("Berlin"), Bad),
            (text("+02:00"), Bad),
            (Raw::Integer(2), Bad),
            (Raw::Empty, Missing),
        ],
    );
}

#[test]
fn lists_leave_missing_elements_out() {
    let list = |items: &[&str]| Is(Value::List(items.iter().map(|item| Value::Text((*item).into())).collect()));
    check(
        &Type::List(Box::new(Type::Text)),
        vec![
            (Raw::List(vec![text("a"), Raw::Missing, text("b")]), list(&["a", "b"])),
            (Raw::List(vec![]), list(&[])),
            (text("a; b;;c"), list(&["a", "b", "c"])),
            (text("a|b"), list(&["a", "b"])),
            (text("[\"a;b\", null, \"c\"]"), list(&["a;b", "c"])),
            (text("[\"a\""), Bad),
            (Raw::List(vec![Raw::List(vec![])]), Bad),
            (Raw::Missing, Missing),
            (Raw::Integer(5), Bad),
        ],
    );
    let listed: Arc<[Arc<str>]> = ["hiking", "cycling"].map(Arc::from).into();
    let interests = Type::List(Box::new(Type::OneOf(listed)));
    check(&interests, vec![(Raw::List(vec![text("hiking"), text("chess")]), list(&["hiking"]))]);
    check_reading(
        &interests,
        &Reading::Bits,
        vec![
            (Raw::Integer(0), list(&[])),
            (Raw::Integer(1), list(&["hiking"])),
            (Raw::Integer(3), list(&["hiking", "cycling"])),
            (Raw::Integer(6), list(&["cycling"])),
            (text("2"), list(&["cycling"])),
            (Raw::Integer(-1), Bad),
        ],
    );
}

/// Cells in bulk, and one by one.
fn bulk_and_cells() -> Vec<(Bulk<'static>, Vec<Raw<'static>>)> {
    fn both<T: Copy>(
        values: &'static [T],
        bulk: fn(&'static [T]) -> Kind<'static>,
        raw: fn(T) -> Raw<'static>,
    ) -> (Bulk<'static>, Vec<Raw<'static>>) {
        (bulk(values).into(), values.iter().map(|value| raw(*value)).collect())
    }
    fn texts(texts: &[&'static str]) -> (Bulk<'static>, Vec<Raw<'static>>) {
        const KEYS: &[usize] = &[1, 0, 1, 2];
        let cells = KEYS.iter().map(|key| text(texts[*key])).collect();
        let list = Box::leak(Box::new(arrow_array::StringArray::from(texts.to_vec())));
        (Kind::Texts { keys: KEYS, texts: list }.into(), cells)
    }
    const TIMES: &[i64] = &[0, 1_500_000_000_000_000, -1];
    vec![
        both(&[true, false], |values| Kind::Booleans(values.to_vec()), Raw::Boolean),
        both(&[0, 3, 2], |values| Kind::Integers(Cow::Borrowed(values)), Raw::Integer),
        both(&[0, 8], |values| Kind::Integers(Cow::Borrowed(values)), Raw::Integer),
        texts(&["x", "y", "x y"]),
        texts(&["x", "y", ""]),
        texts(&["1", "-20", "300"]),
        texts(&["1", "x", "01"]),
        both(
            &[1, -5, i32::MAX],
            |values| Kind::Integers(values.iter().map(|value| i64::from(*value)).collect()),
            |value: i32| Raw::Integer(value.into()),
        ),
        both(&[1, i64::MIN, i64::MAX], |values| Kind::Integers(Cow::Borrowed(values)), Raw::Integer),
        both(&[0.0, -0.0, 11.77, 0.000_05, 1e9, -3.125], Kind::Floats, Raw::Float),
        both(&[1.0, f64::NAN], Kind::Floats, Raw::Float),
        both(&[f64::INFINITY, 1e300], Kind::Floats, Raw::Float),
        both(&[0, -719_162, 2_932_896], Kind::Days, Raw::Date),
        both(&[0, i32::MAX], Kind::Days, Raw::Date),
        both(TIMES, |ticks| Kind::Times { ticks, micros: 1, zone: true }, Raw::Instant),
        both(TIMES, |ticks| Kind::Times { ticks, micros: 1, zone: false }, Raw::ClockTime),
        both(
            TIMES,
            |ticks| Kind::Times { ticks, micros: 0, zone: false },
            |tick| Raw::ClockTime(tick.div_euclid(1000)),
        ),
        both(
            &[1, i64::MAX],
            |ticks| Kind::Times { ticks, micros: 1000, zone: true },
            |tick| Raw::Instant(tick.saturating_mul(1000)),
        ),
        // 02:30 and 03:30 on the day the clocks go forward in New York.
        both(
            &[1_489_285_800_000_000, 1_489_289_400_000_000],
            |ticks| Kind::Times { ticks, micros: 1, zone: false },
            Raw::ClockTime,
        ),
    ]
}

#[test]
fn in_bulk_is_as_one_by_one() {
    let types = [
        Type::Boolean,
        Type::Integer,
        Type::Number,
        Type::Percent,
        Type::Money(Currency(*b"USD")),
        Type::Text,
        Type::Date,
        Type::Datetime,
        Type::Duration,
        Type::Id(None),
        Type::Timezone,
    ];
    let listed: Arc<[Arc<str>]> = ["x", "y", "x y"].map(Arc::from).into();
    let types = types.into_iter().map(|ty| (ty, Reading::Zone(chrono_tz::America::New_York))).chain([
        (Type::OneOf(listed.clone()), Reading::Plain),
        (Type::List(Box::new(Type::OneOf(listed))), Reading::Bits),
    ]);
    let mut taken = 0;
    for (ty, reading) in types {
        for (all, mut cells) in bulk_and_cells() {
            for (first, missing) in
                [(Raw::Missing, false), (Raw::Integer(1), false), (text("x"), true), (Raw::Missing, true)]
            {
                let mut bulk = all.clone();
                if missing {
                    bulk.known = Some((0..cells.len()).map(|at| at != 1).collect());
                    cells[1] = Raw::Missing;
                }
                let table = TableDraft::customers().field_read("value", ty.clone(), true, reading.clone());
                let program = draft_program(vec![table]);
                let mut fields = FieldBuilder::of_table(&program, TableId(0), &|_, field| field.0 == 1, &|_| false);
                let mut one_by_one = fields.remove(0).builder;
                let mut notes = Vec::new();
                if one_by_one.push(&first, &mut notes).is_err() {
                    continue;
                }
                notes.clear();
                let mut at_once = one_by_one.clone();
                if !at_once.push_bulk(&bulk) {
                    assert_eq!(at_once.len(), 1, "{ty:?} {bulk:?}: all or none");
                    continue;
                }
                taken += 1;
                // Once more in another piece, and in another builder whose rows are put behind.
                let before = at_once.clone();
                at_once.pack();
                assert!(at_once.push_bulk(&bulk), "what was taken once is taken again");
                at_once.merge();
                at_once.append(before);
                at_once.merge();
                for _ in 0..2 {
                    for cell in &cells {
                        assert_eq!(one_by_one.push(cell, &mut notes), Ok(()), "{ty:?} {cell:?}");
                    }
                }
                assert_eq!(notes, [], "{ty:?} {bulk:?}: nothing to count");
                assert_eq!(one_by_one.push(&first, &mut notes), Ok(()));
                notes.clear();
                for cell in &cells {
                    assert_eq!(one_by_one.push(cell, &mut notes), Ok(()), "{ty:?} {cell:?}");
                }
                assert_eq!(notes, [], "{ty:?} {bulk:?}: nothing to count");
                let (Finished::Column(one_by_one), Finished::Column(at_once)) = (one_by_one.finish(), at_once.finish())
                else {
                    unreachable!("no list")
                };
                let values = |column: &Stored| (0..=column.rows()).map(|row| column.value(row)).collect::<Vec<_>>();
                assert_eq!(values(&one_by_one), values(&at_once), "{ty:?} {bulk:?}");
                assert_eq!(format!("{one_by_one:?}"), format!("{at_once:?}"), "{ty:?} {bulk:?}");
            }
        }
    }
    assert!(taken >= 40, "only {taken} were taken in bulk");
}

#[test]
fn refused_rows_leave_no_trace() {
    let program = draft_program(vec![
        TableDraft::customers()
            .field("names", Type::List(Box::new(Type::Text)), true)
            .field("age", Type::Integer, true)
            .field("plan", Type::Id(None), true),
    ]);
    let rows: Vec<[Raw<'static>; 3]> = vec![
        [text("a;b"), Raw::Integer(1), text("x")],
        [text("c"), text("?"), text("y")],
        [Raw::Missing, Raw::Missing, Raw::Integer(5)],
        [text("d;e;f"), text("!"), Raw::Missing],
        [text("g"), Raw::Integer(2), text("x")],
    ];
    let mut fields = FieldBuilder::of_table(&program, TableId(0), &|_, field| field.0 > 0, &|_| false);
    let mut notes = Vec::new();
    let mut keep = Vec::new();
    for row in &rows {
        let pushed: Vec<bool> =
            fields.iter_mut().zip(row).map(|(field, raw)| field.builder.push(raw, &mut notes).is_ok()).collect();
        keep.push(pushed.iter().all(|ok| *ok));
    }
    assert_eq!(keep, [true, false, true, false, true]);
    for field in &mut fields {
        field.builder.retain(0, &keep);
    }
    // A second batch, and another builder's rows after it.
    let mut other = fields.clone();
    for (field, more) in fields.iter_mut().zip(&mut other) {
        more.builder.push(&Raw::Missing, &mut notes).unwrap();
        more.builder.retain(3, &[true]);
        field.builder.append(more.builder.clone());
    }
    let (table, _) = finish_fields(fields, 7);
    let shown: Vec<String> = (0..7)
        .map(|row| table.columns.iter().flatten().map(|column| format!("{:?} ", column.value(row))).collect())
        .collect();
    insta::assert_snapshot!(shown.join("\n"), @r#"
    Some(List([Text("a"), Text("b")])) Some(Integer(1)) Some(Text("x")) 
    None None Some(Text("5")) 
    Some(List([Text("g")])) Some(Integer(2)) Some(Text("x")) 
    Some(List([Text("a"), Text("b")])) Some(Integer(1)) Some(Text("x")) 
    None None Some(Text("5")) 
    Some(List([Text("g")])) Some(Integer(2)) Some(Text("x")) 
    None None None
    "#);
}
