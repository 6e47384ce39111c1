//! Columns that are marked, and those whose stretches of rows are noted, give what they give without.

use super::{data, everything, program};
use crate::engine::{Manner, Truths, run, run_in};
use crate::outcome::Request;
use serde_json::{Value, json};

const RULES: &str = r#"customers {
  key id : id
  spent  : money USD ?
  score  : number
  seen   : datetime
  visits : integer ?
  town   : text ?
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
segment s18 { town starts with "t1" }
segment s19 { not (town is one of "t3", "t5", "t8", "t20") }
segment s20 { town is "t7" or town is missing }
segment s22 { hour of seen from 8 to 12 and weekday of seen is not sunday }
segment s23 { id is one of "17", "4711", "19999", "20000" }
segment s24 { seen > now - 90 days or visits * 2 > 100000 }
segment s21 { s0 and s18 and s8 and s13 and s16 and s3 }
"#;

fn rows() -> Vec<Value> {
    let mut state = 7_u64;
    (0..20_000)
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
            let town = if random.is_multiple_of(11) { json!(null) } else { json!(format!("t{}", random % 23)) };
            json!({ "id": id, "spent": spent, "score": score, "seen": seen, "visits": visits, "town": town })
        })
        .collect()
}

/// The engine's answers for data that were arranged are those of the interpreter, whatever they were before.
fn check(rows: &[Value], marks: usize, blocks: &[&str]) {
    let program = program(RULES);
    let mut data = data(&program, &json!({ "customers": rows }));
    let request = everything(&program, 1_767_225_600_000_000, 2);
    let plain = run(&program, &data, &request).unwrap();
    data.arrange(&program);
    let columns = || data.tables[0].columns.iter().zip(&program.tables[0].fields);
    let columns = || columns().filter_map(|(column, field)| Some((column.as_ref()?, &*field.name)));
    assert_eq!(columns().filter(|(column, _)| column.marks().is_some()).count(), marks);
    let noted: Vec<&str> = columns().filter(|(column, _)| column.blocks().is_some()).map(|(_, name)| name).collect();
    assert_eq!(noted, blocks);
    let right = crate::interpret::run(&program, &data, &request).unwrap();
    let counted = Request { members: false, ..request.clone() };
    for truths in [Truths::Loops, Truths::Code] {
        let manner = Manner { truths, ..Manner::default() };
        let arranged = run_in(&program, &data, &request, manner.clone()).unwrap();
        for (at, segment) in program.segments.iter().enumerate() {
            assert_eq!(plain.segments[at], right.segments[at], "{} without marks", segment.name);
            assert_eq!(arranged.segments[at], right.segments[at], "{} with marks", segment.name);
        }
        assert_eq!(arranged.counts, right.counts);
        assert_eq!(run_in(&program, &data, &counted, manner).unwrap().counts, right.counts);
    }
}

#[test]
fn marked_columns_give_the_same() {
    check(&rows(), 4, &["id"]);
}

#[test]
fn rows_in_some_order_give_the_same() {
    for name in ["spent", "seen", "visits", "town"] {
        let mut rows = rows();
        let text = |row: &Value| row[name].as_str().unwrap_or_default().to_owned();
        rows.sort_by(|one, other| {
            let (one_number, other_number) = (one[name].as_f64(), other[name].as_f64());
            one_number.partial_cmp(&other_number).unwrap().then_with(|| text(one).cmp(&text(other)))
        });
        check(&rows, 4, &[name]);
    }
}
