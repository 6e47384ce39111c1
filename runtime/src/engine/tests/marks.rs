//! Columns that are marked give what they give without marks.

use super::{data, everything, program};
use crate::engine::run;
use serde_json::json;

const RULES: &str = "customers {
  key id : id
  spent  : money USD ?
  score  : number
  seen   : datetime
  visits : integer ?
}

segment s0 { spent >= 50 USD }
segment s1 { spent > 50 USD }
segment s2 { spent < 49.99 USD }
segment s3 { not (spent <= 100 USD) }
segment s4 { spent is 50 USD }
segment s5 { not (spent is 50 USD) }
segment s6 { spent from 20 USD to 200 USD }
segment s7 { score > 0.5 }
segment s8 { score >= 0.5 }
segment s9 { score is 0.25 }
segment s10 { not (score < 0.123456789) }
segment s11 { not (score > 0.75) }
segment s12 { seen is since 2025-11-01 }
segment s13 { seen is in the last 30 days }
segment s14 { not (seen < 2025-12-24T10:30) }
segment s15 { visits > 1000000 }
segment s16 { visits is missing or visits < 70000 }
segment s17 { visits is one of 5, 70000, 123456 }
";

#[test]
fn marked_columns_give_the_same() {
    let program = program(RULES);
    let mut state = 7_u64;
    let rows: Vec<_> = (0..20_000)
        .map(|id| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let random = state >> 16;
            let spent =
                if random.is_multiple_of(9) { json!(null) } else { json!((random % 4_000_000) as f64 / 10_000.0) };
            let score = if random.is_multiple_of(7) {
                0.25 * (random % 5) as f64
            } else {
                (random % 1_000_003) as f64 / 1_000_003.0
            };
            let seen = format!(
                "2025-{:02}-{:02} {:02}:30:00.{:03}",
                random % 12 + 1,
                random % 28 + 1,
                random % 24,
                random % 1000
            );
            let visits =
                if random.is_multiple_of(5) { json!(null) } else { json!((random % 2_000_003) * (random % 3)) };
            json!({ "id": id, "spent": spent, "score": score, "seen": seen, "visits": visits })
        })
        .collect();
    let mut data = data(&program, &json!({ "customers": rows }));
    let request = everything(&program, 1_767_225_600_000_000, 2);
    let plain = run(&program, &data, &request).unwrap();
    data.arrange(&program);
    let marks = data.tables[0].columns.iter().flatten().filter(|column| column.marks().is_some()).count();
    assert_eq!(marks, 4, "all four columns are wide");
    let marked = run(&program, &data, &request).unwrap();
    let right = crate::interpret::run(&program, &data, &request).unwrap();
    for (at, segment) in program.segments.iter().enumerate() {
        assert_eq!(plain.segments[at], right.segments[at], "{} without marks", segment.name);
        assert_eq!(marked.segments[at], right.segments[at], "{} with marks", segment.name);
    }
}
