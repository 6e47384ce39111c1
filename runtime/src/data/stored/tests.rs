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
    let dictionary = Arc::new(Dictionary::Integers(vec![7, 8]));
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
    }
}
