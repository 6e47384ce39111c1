//! More different texts than are put in order: what begins with some letters is here and there among their codes.

use super::{data, everything, program};
use crate::engine::run;
use serde_json::{Value, json};

const RULES: &str = r#"customers {
  key id : id
  name   : text ?
}

segment early { name starts with "m1" }
segment late { not (name starts with "m1") }
segment contained { name contains "77" or name ends with "3" }
segment few { name starts with "m12345" }
"#;

#[test]
fn sets_of_codes_give_what_the_interpreter_gives() {
    // Beyond 131,072 texts no table of codes stays in the near caches.
    let rows: Vec<Value> = (0..140_001_u64)
        .map(|id| match id % 101 {
            5 => json!({ "id": id, "name": null }),
            _ => json!({ "id": id, "name": format!("m{}", id.wrapping_mul(2_654_435_761) % 999_983) }),
        })
        .collect();
    let program = program(RULES);
    let data = data(&program, &json!({ "customers": rows }));
    let texts = data.tables[0].columns[1].as_ref().and_then(|column| column.text()).map(|(_, texts)| texts.len());
    assert!(texts.is_some_and(|texts| texts > 1 << 17), "{texts:?} different texts");
    let request = everything(&program, 1_767_225_600_000_000, 2);
    let right = crate::interpret::run(&program, &data, &request).unwrap();
    let found = run(&program, &data, &request).unwrap();
    for (at, segment) in program.segments.iter().enumerate() {
        assert!(right.counts[at] > 0, "{} is empty", segment.name);
        assert_eq!(found.segments[at], right.segments[at], "{}", segment.name);
    }
}
