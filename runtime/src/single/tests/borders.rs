//! Values at, beside and far from what conditions compare with: every class has its borders where the interpreter has them.

use super::*;
use crate::interpret;
use proptest::prelude::*;
use serde_json::json;
use std::fmt::Write;

const FIELDS: &str = "customers {\n  key id : id\n  a : integer?\n  n : number?\n  m : money USD ?\n  d : date?\n  t : datetime?\n  w : text?\n  b : boolean?\n}\n";

/// Conditions with limits at these numbers, each alone, denied, and some of them together.
fn rules(limits: &[i64], words: &[String]) -> String {
    let mut text = FIELDS.to_owned();
    let mut names = Vec::new();
    let mut add = |condition: String| {
        let name = format!("s{}", names.len());
        let _ = writeln!(text, "segment {name} {{ {condition} }}");
        names.push(name);
    };
    for limit in limits {
        let (share, day) = (*limit as f64 / 4.0, 1 + limit.rem_euclid(28));
        for sign in ["<", "<=", ">", ">=", "is", "is not"] {
            add(format!("a {sign} {limit}"));
            add(format!("not (n {sign} {share:?})"));
            add(format!("m {sign} {share:?} USD"));
            if sign.starts_with('i') {
                add(format!("d {sign} 2025-12-{day:02}"));
            } else {
                add(format!("d {sign} 2025-12-{day:02} or a {sign} {limit}"));
            }
        }
        add(format!("a is one of {limit}, {}", limit + 2));
        add(format!("d is in the last {day} days"));
        add(format!("t is more than {day} hours ago and b"));
        add(format!("at least 2 of {{\n a > {limit}\n n > {share:?}\n t is known\n}}"));
    }
    for word in words {
        add(format!("w is {word:?}"));
        add(format!("not (w starts with {word:?})"));
        add(format!("w is {word:?} ignoring case or a is missing"));
        add(format!("w > {word:?}"));
    }
    text.push_str("segment last { none of {\n s0\n s1\n s2\n} }\n");
    text
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn classes_have_their_borders_where_the_interpreter_has_them(
        limits in prop::collection::vec(-3_i64..40, 1..4),
        words in prop::collection::vec("[abAB]{0,2}", 0..3),
        beside in prop::collection::vec((-2_i64..3, any::<[bool; 7]>(), "[abAB]{0,3}"), 1..30),
    ) {
        let program = program(&rules(&limits, &words));
        let selection = Selection::everything(&program);
        let compiled = Compiled::new(&program, &selection, &Dataset::default()).unwrap();
        let moment = compiled.at(NOW);
        let mut record = compiled.record();
        let mut rows = Vec::new();
        for (at, (beside, known, word)) in beside.iter().enumerate() {
            let number = limits[at % limits.len()] + beside;
            let cells = [
                ("a", json!(number)),
                ("n", json!(number as f64 / 4.0)),
                ("m", json!(format!("{:.4}", number as f64 / 4.0 + *beside as f64 / 10_000.0))),
                ("d", json!(format!("2025-12-{:02}", 1 + number.rem_euclid(28)))),
                ("t", json!(format!("2025-12-{:02}T{:02}:00:00Z", 30 + number.rem_euclid(2), number.rem_euclid(24)))),
                ("w", json!(word)),
                ("b", json!(number % 2 == 0)),
            ];
            let mut row = serde_json::Map::from_iter([("id".to_owned(), json!(at))]);
            row.extend(cells.into_iter().zip(known).filter(|(_, known)| **known).map(|((name, cell), _)| (name.to_owned(), cell)));
            rows.push(Json::Object(row));
        }
        let data = loaded(&program, &json!({ "customers": rows })).unwrap();
        let request = asked(&program);
        let right = interpret::run(&program, &data, &request).unwrap();
        for (at, row) in rows.iter().enumerate() {
            let answer = moment.evaluate_json(&mut record, &row.to_string()).unwrap();
            for (segment, members) in right.segments.iter().enumerate() {
                prop_assert_eq!(answer.holds(segment), members.contains(at), "{} of {}", &program.segments[segment].name, row);
            }
        }
    }
}

/// Borders that are spread evenly, the nearer the later, side by side, and over all numbers.
#[test]
fn borders_may_stand_anyhow() {
    let near_the_end: Vec<i64> = (0..40).map(|at| 1_000_000_000 - (1 << at) / 2).collect();
    let all_over =
        [-4_000_000_000_000_000_000, -1, 0, 1, 2, 3, 1 << 20, (1 << 20) + 1, 1 << 40, 4_000_000_000_000_000_000];
    let sets =
        [(1..=30).map(|at| at * 7).collect(), (0..300).collect(), near_the_end, all_over.to_vec(), vec![5], vec![5, 6]];
    for borders in sets {
        let mut rules = "customers {\n  key id : id\n  a : integer?\n}\n".to_owned();
        for (at, border) in borders.iter().enumerate() {
            writeln!(rules, "segment s{at} {{ a >= {border} }}").unwrap();
        }
        let compiled = compiled(&rules);
        let moment = compiled.at(NOW);
        let fields = ["id", "a"].map(|name| compiled.field(name).unwrap());
        let mut record = compiled.record();
        let ends = [i64::MIN, i64::MAX];
        for value in borders.iter().flat_map(|border| [border - 1, *border, border + 1]).chain(ends) {
            record.clear();
            record.set(fields[0], 1).unwrap();
            record.set(fields[1], value).unwrap();
            let answer = moment.evaluate(&mut record).unwrap();
            for (at, border) in borders.iter().enumerate() {
                assert_eq!(answer.holds(at), value >= *border, "{value} and {border}");
            }
        }
        record.clear();
        record.set(fields[0], 1).unwrap();
        record.set(fields[1], None::<i64>).unwrap();
        assert_eq!(moment.evaluate(&mut record).unwrap().held(), 0);
    }
}
