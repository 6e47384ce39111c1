#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that panics fails, which is its purpose")]

use super::*;
use proptest::prelude::*;

/// The column's values row by row, as it was read.
fn values(column: &Column, rows: usize) -> Vec<Option<Value>> {
    (0..rows).map(|row| column.value(row)).collect()
}

fn packed(values: Values, known: Option<Vec<bool>>, rows: usize) -> (Column, Stored) {
    let column = Column { values, known: known.map(Bits::from_bools) };
    let stored = Stored::pack(column.clone(), rows);
    (column, stored)
}

fn width(stored: &Stored) -> usize {
    stored.integers().map_or(0, |integers| integers.cells().width())
}

#[test]
fn cells_are_as_narrow_as_the_range() {
    for (values, expected) in [
        (vec![7; 3], 1),
        (vec![-3, -2, 252], 1),
        (vec![-3, -2, 253], 2),
        (vec![0, 1, 65_535], 2),
        (vec![i64::MIN, i64::MIN + 1], 1),
        (vec![1_000_000, 1_000_001, 1_000_000 + (1 << 32) - 1], 4),
        (vec![0, 1, 1 << 32], 8),
        (vec![i64::MIN, 0, 1, i64::MAX], 8),
        // A common divisor is taken out: cents of money, seconds of times.
        (vec![100, 400, 25_600], 1),
        (vec![0, 86_400_000_000, 10 * 86_400_000_000], 1),
        (vec![], 1),
    ] {
        let rows = values.len();
        let (column, stored) = packed(Values::Integer(values.clone()), None, rows);
        assert_eq!(width(&stored), expected, "{values:?}");
        assert_eq!((0..rows).map(|row| stored.value(row)).collect::<Vec<_>>(), self::values(&column, rows));
    }
}

#[test]
fn missing_rows_do_not_widen() {
    let known = Some(vec![false, true, true, false]);
    let (_, stored) = packed(Values::Money(vec![i64::MAX, 5_000, 20_000, i64::MIN]), known, 4);
    assert_eq!(width(&stored), 1);
    assert_eq!(stored.value(0), None);
    assert_eq!(stored.value(2), Some(Value::Money(20_000)));
    assert_eq!(stored.value(4), None);
    let (_, stored) = packed(Values::Date(vec![1, 2]), Some(vec![false, false]), 2);
    assert_eq!((width(&stored), stored.value(0)), (1, None));
}

#[test]
fn what_has_no_text_is_missing() {
    let dictionary = Arc::new(Dictionary::Integers(vec![7, 8].into()));
    let (_, stored) = packed(Values::Text { codes: vec![1, 2, 0], dictionary }, None, 3);
    assert_eq!(stored.value(0), Some(Value::Text("8".into())));
    assert_eq!((stored.value(1), stored.is_known(1)), (None, false));
    assert_eq!(stored.text().and_then(|(codes, _)| codes.code(1)), Some(0));
}

#[test]
fn too_short_a_column_is_filled_with_nothing_that_is_out_of_range() {
    let elements = Column { values: Values::Integer(vec![4, 5]), known: None };
    let lists = Values::List { offsets: vec![0, 2, 1, 9], elements: Box::new(elements) };
    let (_, stored) = packed(lists, None, 4);
    let StoredValues::List { offsets, elements } = stored.values() else { panic!("no list") };
    assert!(offsets.is_sorted() && offsets.len() == 5 && *offsets.last().unwrap() as usize <= elements.rows());
}

/// Values without any pattern, the same ones each time (xorshift, Marsaglia 2003).
fn scattered(count: usize) -> impl Iterator<Item = u64> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    std::iter::repeat_with(move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    })
    .take(count)
}

/// Whether the marks settle a stretch of cells; what they say of it is so.
fn check_marks_of_cells(stored: &Stored, first: i64, last: i64) -> bool {
    let integers = stored.integers().unwrap();
    if last < integers.base() {
        return true;
    }
    let (low, greatest) = (integers.first_cell(first), integers.cells().greatest());
    let high = if last == i64::MAX { greatest } else { integers.first_cell(last + 1).saturating_sub(1) };
    let Some(settled) = stored.marks().unwrap().of_cells(low, high, greatest) else { return false };
    for (row, mark) in marks(stored).into_iter().enumerate().filter(|(row, _)| stored.is_known(*row)) {
        let value = integers.get(row).unwrap();
        check_mark(settled, mark, (first..=last).contains(&value), &format!("{value} in {first}..={last}"));
    }
    settled.open.is_none()
}

fn marks(stored: &Stored) -> Vec<u16> {
    match stored.marks().unwrap().cells() {
        MarkCells::U8(marks) => marks.iter().map(|mark| u16::from(*mark)).collect(),
        MarkCells::U16(marks) => marks.to_vec(),
    }
}

/// What the marks say of a row is so, unless they leave it open.
#[track_caller]
fn check_mark(settled: Settled, mark: u16, holds: bool, what: &str) {
    let (first, last) = settled.marks;
    if settled.open.is_some_and(|(one, other)| mark == one || mark == other) {
        assert!((first..=last).contains(&mark), "what is open is looked at: {what}");
    } else {
        assert_eq!((first..=last).contains(&mark), holds, "{what}");
    }
}

#[test]
fn tight_columns_keep_their_values() {
    const ROWS: usize = 20_000;
    let times: Vec<i64> = scattered(ROWS).map(|bits| i64::try_from(bits % (1 << 39)).unwrap() * 1_000).collect();
    let known = (0..ROWS).map(|row| row % 13 != 5).collect();
    let (column, mut stored) = packed(Values::Instant(times), Some(known), ROWS);
    stored.tighten();
    assert_eq!(width(&stored), 8, "without marks all cells are read");
    stored.mark();
    stored.tighten();
    assert_eq!(width(&stored), 5);
    let all = values(&column, ROWS);
    assert_eq!((0..ROWS).map(|row| stored.value(row)).collect::<Vec<_>>(), all);
    assert_eq!(values(&stored.unpack(), ROWS), all);
    let some: Vec<u32> = (0..u32::try_from(ROWS).unwrap()).filter(|row| row % 3 == 1).collect();
    let gathered = stored.gather(&some);
    assert!(some.iter().enumerate().all(|(at, row)| gathered.value(at) == all[*row as usize]));
    let twice = stored.followed_by(&gathered).unwrap();
    assert!((0..ROWS).all(|row| twice.value(row) == all[row]));
    assert!((0..some.len()).all(|row| twice.value(ROWS + row) == gathered.value(row)));
}

#[test]
fn columns_are_tight_up_to_forty_bits() {
    const ROWS: usize = 20_000;
    let most = 1_i64 << 40;
    for (base, greatest, expected) in
        [(0, most - 1, 5), (0, most, 8), (-7, most - 8, 5), (-7, most - 7, 8), (i64::MIN, i64::MIN + most - 1, 5)]
    {
        let spread =
            scattered(ROWS - 3).map(|bits| base + i64::try_from(bits % (1 << 40)).unwrap().min(greatest - base));
        let all: Vec<i64> = [base, base + 1, greatest].into_iter().chain(spread).collect();
        let (column, mut stored) = packed(Values::Integer(all), None, ROWS);
        stored.mark();
        stored.tighten();
        assert_eq!(width(&stored), expected, "{base}..={greatest}");
        assert!((0..ROWS).all(|row| stored.value(row) == column.value(row)), "{base}..={greatest}");
    }
}

#[test]
fn ids_that_ascend_by_one_are_written_out_late() {
    const ROWS: usize = 70_000;
    let ids = |change: Option<usize>| {
        let codes = (0..ROWS).map(|row| if Some(row) == change { 3 } else { u32::try_from(row).unwrap() }).collect();
        let numbers: Vec<i64> = (100..).take(ROWS).collect();
        let dictionary = Arc::new(Dictionary::Integers(numbers.into()));
        packed(Values::Text { codes, dictionary }, None, ROWS)
    };
    for change in [None, Some(ROWS - 1), Some(5)] {
        let (column, mut stored) = ids(change);
        stored.tighten();
        let codes = stored.text().unwrap().0.clone();
        let crate::data::Cells::U32(cells) = &codes else { panic!("32 bits") };
        assert_eq!(cells.is_late(), change.is_none());
        assert_eq!(codes.len(), ROWS);
        assert!((0..ROWS).all(|row| stored.value(row) == column.value(row)), "one by one");
        assert_eq!(codes.get(ROWS), None);
        // A part of them, and they with others after them.
        let some: Vec<u32> = vec![69_999, 0, 7, 65_536];
        let gathered = stored.gather(&some);
        let twice = stored.followed_by(&gathered).unwrap();
        for (at, row) in some.iter().enumerate() {
            assert_eq!(gathered.value(at), column.value(*row as usize));
            assert_eq!(twice.value(ROWS + at), column.value(*row as usize));
        }
        assert!((0..ROWS).all(|row| twice.value(row) == column.value(row)), "followed by others");
        assert_eq!(cells.iter().copied().collect::<Vec<u32>>(), codes.codes().collect::<Vec<u32>>(), "all of them");
    }
}

#[test]
fn marks_settle_round_amounts() {
    const ROWS: usize = 20_000;
    // Mostly below 300 USD, some far above and below.
    let cents = scattered(ROWS).map(|bits| match bits % 50 {
        0 => i64::try_from(bits >> 20).unwrap() / 7 - 40_000_000,
        _ => i64::try_from(bits % 30_011 * (bits >> 40 & 1)).unwrap() * 100,
    });
    let known = (0..ROWS).map(|row| row % 11 != 3).collect();
    let (_, mut stored) = packed(Values::Money(cents.collect()), Some(known), ROWS);
    stored.mark();
    for dollars in [0, 10, 20, 50, 100, 150, 200, 250] {
        let units = dollars * 10_000;
        for (first, last) in
            [(units, i64::MAX), (units + 1, i64::MAX), (i64::MIN, units), (i64::MIN, units - 1), (units, units)]
        {
            assert!(check_marks_of_cells(&stored, first, last), "{first}..={last} is round");
        }
    }
    let settled = scattered(500).filter(|bits| {
        let value = i64::try_from(bits % 4_000_000).unwrap() - 100;
        check_marks_of_cells(&stored, value, i64::MAX)
    });
    assert!(settled.count() < 50, "most other numbers are no borders");
}

#[test]
fn marks_settle_whole_days() {
    const DAY: i64 = 86_400_000_000;
    let times = scattered(20_000).map(|bits| 20_454 * DAY - i64::try_from(bits % (200 * 86_400_000)).unwrap() * 1_000);
    let (_, mut stored) = packed(Values::Instant(times.collect()), None, 20_000);
    stored.mark();
    let days = (1..200).filter(|ago| check_marks_of_cells(&stored, (20_454 - ago) * DAY, i64::MAX));
    assert!(days.count() > 90, "127 parts of 200 days");
}

#[test]
fn coarse_marks_settle_times() {
    const DAY: i64 = 86_400_000_000;
    let times = scattered(20_000).map(|bits| 20_454 * DAY - i64::try_from(bits % (700 * 86_400_000)).unwrap() * 1_000);
    let (_, mut stored) = packed(Values::Instant(times.collect()), None, 20_000);
    stored.mark_times();
    let greatest = stored.integers().unwrap().cells().greatest();
    for ago in [0, 1, 2, 30, 90, 365, 699, 700, 5_000] {
        for micros in [0, 1, 999, 1_000, 123_456_789] {
            let first = (20_454 - ago) * DAY + micros;
            let cell = stored.integers().unwrap().first_cell(first);
            assert!(stored.marks().unwrap().of_cells(cell.min(greatest), greatest, greatest).is_some(), "few are open");
            check_marks_of_cells(&stored, first, i64::MAX);
            check_marks_of_cells(&stored, first, first + 40 * DAY);
        }
    }
}

/// Events of one kind may end long before those that a window asks about.
#[test]
fn coarse_marks_know_where_their_rows_end() {
    for last in [65_534, 65_535, 65_536, 131_070, 131_071] {
        let seconds = (0..20_000).map(|second| if second == 19_999 { last } else { second }).chain([1 << 20]);
        let (_, all) = packed(Values::Instant(seconds.map(|second| second * 1_000_000).collect()), None, 20_001);
        // Cells are as wide as those of all events.
        let mut stored = all.gather(&(0..20_000).collect::<Vec<u32>>());
        stored.mark_times();
        let greatest = stored.integers().unwrap().greatest();
        for low in [last - 1, last, last + 1, 70_000, 131_072, 200_000] {
            let found = stored.marks().unwrap().of_cells(low.cast_unsigned(), 1 << 20, greatest);
            let Some(found) = found else { continue };
            for (row, mark) in marks(&stored).iter().enumerate() {
                let second = if row == 19_999 { last } else { i64::try_from(row).unwrap() };
                check_mark(found, *mark, second >= low, &format!("{second} from {low}, the last {last}"));
            }
        }
    }
}

#[test]
fn marks_settle_round_numbers() {
    let numbers: Vec<f64> = scattered(20_000).map(|bits| (bits >> 11) as f64 / (1_u64 << 53) as f64).collect();
    let (_, mut stored) = packed(Values::Number(numbers.clone()), None, 20_000);
    stored.mark();
    let (marks, cells) = (stored.marks().unwrap(), marks(&stored));
    let mut settled = 0;
    for hundredths in 0..=100 {
        let number = f64::from(hundredths) / 100.0;
        for order in [std::cmp::Ordering::Less, std::cmp::Ordering::Equal, std::cmp::Ordering::Greater] {
            let Some(found) = marks.of_floats(number, order) else { continue };
            settled += usize::from(found.open.is_none());
            for (value, mark) in numbers.iter().zip(&cells) {
                check_mark(found, *mark, value.total_cmp(&number) == order, &format!("{value} {order:?} {number}"));
            }
        }
    }
    assert!(settled > 280, "{settled} of 303");
    for number in scattered(100).map(|bits| (bits >> 11) as f64 / (1_u64 << 53) as f64) {
        for order in [std::cmp::Ordering::Less, std::cmp::Ordering::Equal, std::cmp::Ordering::Greater] {
            let found = marks.of_floats(number, order).unwrap();
            for (value, mark) in numbers.iter().zip(&cells) {
                check_mark(found, *mark, value.total_cmp(&number) == order, &format!("{value} {order:?} {number}"));
            }
        }
    }
}

fn arbitrary_integers() -> impl Strategy<Value = Vec<Option<i64>>> {
    let values = prop_oneof![
        any::<i64>(),
        -300i64..300,
        (-70_000i64..70_000).prop_map(|value| value * 100),
        (0i64..1 << 34).prop_map(|value| value * 1_000),
        Just(i64::MIN),
        Just(i64::MAX),
    ];
    (values, 0usize..200).prop_flat_map(|(near, count)| {
        let value = prop_oneof![
            5 => (0i64..1 << 20).prop_map(move |more| near.wrapping_add(more)),
            1 => any::<i64>(),
        ];
        prop::collection::vec(prop::option::weighted(0.9, value), count)
    })
}

proptest! {
    #[test]
    fn packing_changes_no_value(values in arbitrary_integers()) {
        let known: Vec<bool> = values.iter().map(Option::is_some).collect();
        let raw = values.iter().map(|value| value.unwrap_or(3)).collect();
        let (_, stored) = packed(Values::Duration(raw), Some(known), values.len());
        for (row, value) in values.iter().enumerate() {
            prop_assert_eq!(stored.value(row), value.map(Value::Duration));
        }
        // The order of cells is the order of values.
        let integers = stored.integers().unwrap();
        for (one, left) in values.iter().enumerate() {
            for (other, right) in values.iter().enumerate() {
                if let (Some(left), Some(right)) = (left, right) {
                    let cells = (integers.cells().get(one).unwrap(), integers.cells().get(other).unwrap());
                    prop_assert_eq!(left.cmp(right), cells.0.cmp(&cells.1));
                }
            }
        }
    }

    #[test]
    fn the_first_not_below_is_found(mut values in prop::collection::vec(any::<i16>(), 0..60), limit in any::<i16>()) {
        values.sort_unstable();
        let (_, stored) = packed(Values::Integer(values.iter().map(|value| i64::from(*value)).collect()), None, values.len());
        let expected = values.partition_point(|value| *value < limit);
        let integers = stored.integers().unwrap();
        prop_assert_eq!(integers.first_not_below(i64::from(limit), 0..values.len()), expected);
        prop_assert_eq!(integers.count_not_below(i64::from(limit)), values.len() - expected);
    }
}
