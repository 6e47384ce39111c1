//! The engine's way of seeing data from another table against the interpreter's.

use crate::data::Stored;
use crate::engine::ByCodes;
use crate::interpret::{ByWords, column_of_values};
use crate::others::Way;
use proptest::prelude::*;
use segue_compiler::program::Type;
use segue_compiler::values::Value;

/// An id as data have them: numbers, texts that look like numbers, texts, none.
fn id() -> impl Strategy<Value = Option<String>> {
    let text = prop_oneof![
        (-2_i64..9).prop_map(|number| number.to_string()),
        Just("007".to_owned()),
        Just(String::new()),
        "[a-cÄ😀]{1,2}"
    ];
    proptest::option::weighted(0.8, text)
}

fn column(ty: &Type, values: Vec<Option<Value>>) -> Stored {
    let rows = values.len();
    Stored::pack(column_of_values(ty, values), rows)
}

fn ids(values: &[Option<String>]) -> Stored {
    let text = |id: &Option<String>| id.as_deref().map(|id| Value::Text(id.into()));
    column(&Type::Id(None), values.iter().map(text).collect())
}

proptest! {
    #[test]
    fn rows_belong_and_stand_alike(
        keys in proptest::collection::btree_set(id(), 0..8),
        rows in proptest::collection::vec((id(), -2_i64..3, id()), 0..60),
        timed: bool,
        keyed: bool,
    ) {
        // Keys are known, and each is there once.
        let keys: Vec<Option<String>> = keys.into_iter().filter(Option::is_some).collect();
        let pointing: Vec<Option<String>> = rows.iter().map(|(to, ..)| to.clone()).collect();
        let owners = ByCodes.owners(&ids(&pointing), &ids(&keys));
        prop_assert_eq!(&owners, &ByWords.owners(&ids(&pointing), &ids(&keys)));

        let times = column(&Type::Datetime, rows.iter().map(|(_, time, _)| Some(Value::Instant(*time))).collect());
        let own: Vec<Option<String>> = rows.iter().map(|(.., key)| key.clone()).collect();
        let own = ids(&own);
        let (times, own) = (timed.then_some(&times), keyed.then_some(&own));
        let engine = ByCodes.arranged(&owners, keys.len(), times, own);
        prop_assert_eq!(&engine, &ByWords.arranged(&owners, keys.len(), times, own));
        prop_assert_eq!(engine.rows.len(), owners.iter().filter(|owner| (**owner as usize) < keys.len()).count());
    }
}
