//! Grouping against a plain sort.
#![expect(clippy::unwrap_used, reason = "a failed test should stop at the line that failed")]

use super::*;
use crate::data::bits::Bits;
use crate::data::dataset::{Column, Values};
use crate::data::dataset::{Dictionary, canonical_integer};
use crate::data::stored::pieces::{Piece, PieceValues};
use crate::data::{Stored, compare_ids};
use proptest::prelude::*;
use std::sync::Arc;

/// A row: its owner, its time, its key.
type Row = (Option<u32>, i64, Option<String>);

fn row() -> impl Strategy<Value = Row> {
    let id = prop_oneof![
        (-3_i64..12).prop_map(|number| number.to_string()),
        Just(i64::MIN.to_string()),
        Just("007".to_owned()),
        Just("-0".to_owned()),
        Just(String::new()),
        "[a-cÄ😀]{1,2}",
    ];
    (proptest::option::weighted(0.9, 0_u32..5), -2_i64..3, proptest::option::weighted(0.8, id))
}

fn key_column(keys: &[Option<String>]) -> Stored {
    let mut texts: Vec<Arc<str>> = Vec::new();
    let codes = keys.iter().map(|key| {
        let Some(key) = key else { return 0 };
        let place = texts.iter().position(|text| **text == **key).unwrap_or_else(|| {
            texts.push(key.as_str().into());
            texts.len() - 1
        });
        u32::try_from(place).unwrap()
    });
    let codes: Vec<u32> = codes.collect();
    let integers: Option<Vec<i64>> = texts.iter().map(|text| canonical_integer(text)).collect();
    let dictionary =
        Arc::new(integers.map_or(Dictionary::Texts(texts.into()), |numbers| Dictionary::Integers(numbers.into())));
    let known = Some(Bits::from_bools(keys.iter().map(Option::is_some)));
    Stored::pack(Column { values: Values::Text { codes, dictionary }, known }, keys.len())
}

proptest! {
    #[test]
    fn grouping_equals_a_plain_sort(rows in proptest::collection::vec(row(), 0..80), owners in 5_usize..8, timed: bool, keyed: bool, buckets in 0_usize..5, floats in 0_usize..18) {
        let owner_of: Vec<u32> = rows.iter().map(|(owner, ..)| owner.unwrap_or(NO_OWNER)).collect();
        let times = Values::Instant(rows.iter().map(|(_, time, _)| *time).collect());
        let times = Stored::pack(Column { values: times, known: None }, rows.len());
        let keys: Vec<Option<String>> = rows.iter().map(|(.., key)| key.clone()).collect();
        let ranks = key_ranks(&key_column(&keys)).unwrap();
        // Enough of them that rows are dealt out in several lots.
        let numbers: Vec<f64> = (0..rows.len()).map(|row| row as f64 / 4.0).collect();
        let odd = Bits::from_bools((0..rows.len()).map(|row| row % 3 == 1));
        let mut lanes = vec![Wide::numbers(&numbers); floats];
        lanes.push(Wide::bits(&odd));
        lanes.extend(times.lanes());
        let by_time = timed.then_some(floats + 1);
        let input = Rows { owners: &owner_of, count: owners, lanes, times: by_time, ranks: keyed.then_some(&ranks[..]), inputs: true };
        let found = match buckets {
            0 => group(&input, |_| Ok::<(), ()>(())).unwrap(),
            buckets => Grouping::Moves(input.packed(input.buckets(buckets))),
        };

        let mut expected: Vec<usize> = (0..rows.len()).filter(|row| rows[*row].0.is_some()).collect();
        expected.sort_by(|one, other| {
            let ((owner, time, key), (other_owner, other_time, other_key)) = (&rows[*one], &rows[*other]);
            let by_time = if timed { time.cmp(other_time) } else { std::cmp::Ordering::Equal };
            let by_key = match (key, other_key) {
                _ if !keyed => std::cmp::Ordering::Equal,
                (Some(key), Some(other)) => compare_ids(key, other),
                (key, other) => key.is_some().cmp(&other.is_some()),
            };
            owner.cmp(other_owner).then(by_time).then(by_key)
        });
        let (groups, order) = match found {
            Grouping::Stays(groups) => (groups, (0..rows.len()).collect()),
            Grouping::Moves(packed) => {
                let ordered = packed.ordered();
                let order: Vec<usize> = ordered.inputs.iter().map(|row| *row as usize).collect();
                prop_assert_eq!(ordered.rows, order.len());
                for (at, lane) in ordered.lanes.iter().enumerate() {
                    match lane {
                        Dealt::Numbers(dealt) if at < floats => {
                            prop_assert!(dealt.iter().copied().eq(order.iter().map(|row| numbers[*row])));
                        }
                        Dealt::Bits(bits) if at == floats => {
                            prop_assert_eq!(bits, &Bits::from_bools(order.iter().map(|row| odd.get(*row))));
                        }
                        Dealt::Cells(cells) if at == floats + 1 => {
                            let same = |(at, row): (usize, &usize)| cells.get(at) == times.integers().unwrap().cells().get(*row);
                            prop_assert!(order.iter().enumerate().all(same));
                        }
                        other => prop_assert!(false, "{:?} is not what was dealt", other),
                    }
                }
                (ordered.groups, order)
            }
        };
        prop_assert_eq!(&order, &expected);
        for owner in 0..owners {
            let own = &order[groups[owner] as usize..groups[owner + 1] as usize];
            prop_assert!(own.iter().all(|row| rows[*row].0 == Some(u32::try_from(owner).unwrap())));
        }
        prop_assert_eq!(groups.len(), owners + 1);
    }

    #[test]
    fn gathering_picks_rows(values in proptest::collection::vec(proptest::option::of(0_u32..9), 1..70), picks in proptest::collection::vec(any::<prop::sample::Index>(), 0..90)) {
        let rows: Vec<u32> = picks.iter().map(|pick| u32::try_from(pick.index(values.len())).unwrap()).collect();
        let known = Some(Bits::from_bools(values.iter().map(Option::is_some)));
        let plain = Column { values: Values::Integer(values.iter().map(|value| value.unwrap_or(0).into()).collect()), known };
        let mut offsets = vec![0_u32];
        offsets.extend(values.iter().scan(0, |end, value| { *end += value.unwrap_or(0); Some(*end) }));
        let elements = Column { values: Values::Integer((0..i64::from(*offsets.last().unwrap())).collect()), known: None };
        let lists = Column { values: Values::List { offsets, elements: Box::new(elements) }, known: None };
        let known = Some(Bits::from_bools(values.iter().map(|value| *value != Some(3))));
        let truths = Column { values: Values::Boolean(values.iter().map(|value| u8::from(*value > Some(4))).collect()), known };
        let sets = values.iter().map(|value| u64::from(value.unwrap_or(0)) * 29);
        let sets = PieceValues::slices(&sets.collect::<Vec<u64>>(), 9);
        let listed: Vec<Arc<str>> = "abcdefghi".chars().map(|value| value.to_string().into()).collect();
        let pieces = [Piece { values: sets, known: None, rows: values.len() }];
        let flags = Stored::of_slices(&pieces, Arc::new(Dictionary::Texts(listed.into())));
        let packed = [plain, lists, truths].into_iter().map(|column| Stored::pack(column, values.len()));
        for column in packed.chain([flags]) {
            let gathered = column.gather(&rows);
            for (at, row) in rows.iter().enumerate() {
                prop_assert_eq!(gathered.value(at), column.value(*row as usize));
            }
            if let Some(integers) = gathered.integers() {
                let known = (0..rows.len()).filter(|row| gathered.is_known(*row));
                let greatest = known.filter_map(|row| integers.cells().get(row)).max();
                prop_assert_eq!(integers.greatest(), greatest.unwrap_or(0));
            }
        }
    }
}

#[test]
fn what_dealing_out_takes_is_asked_for_where_rows_move() {
    let asked = |owners: &[u32]| {
        let asked = std::cell::Cell::new(None);
        let rows = Rows { owners, count: 3, lanes: Vec::new(), times: None, ranks: None, inputs: true };
        let group = group(&rows, |bytes| {
            asked.set(Some(bytes));
            Err(())
        });
        (group.is_ok(), asked.get())
    };
    assert_eq!(asked(&[0, 0, 1, 2]), (true, None));
    // A word a row, twice more in the one bucket while it is put in order, and where each owner's rows are.
    assert_eq!(asked(&[0, 2, 1, 2]), (false, Some(3 * 4 * 8 + 3 * 4)));
}
