//! Code by several threads, and code that was kept, does what code made by one thread does.

use super::{data, differences, everything, program};
use crate::data::Dataset;
use crate::engine::{CodeCache, EngineError, Manner, Truths, run_in};
use crate::outcome::Outcome;
use segue_compiler::program::Program;
use serde_json::{Value as Json, json};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

const AS_OF: i64 = 1_767_225_600_000_000;

/// Aggregates for some four functions of a pass, among them ones that call helpers and ones over lists of records, and
/// segments for some truth functions.
fn rules() -> String {
    let mut rules = "customers {
  key id : id
  age    : integer?
}

events visits by who at seen {
  kind  : text
  page  : text?
  paid  : money USD
  price : number?
  items : list of {
    sku    : text
    amount : integer
  }
}
"
    .to_owned();
    for at in 0..60 {
        let days = 3 + at * 7;
        let condition = match at % 6 {
            0 => format!("(number of visits in the last {days} days where kind is \"a\") >= {}", at % 4),
            1 => format!("(sum of visits.paid in the last {days} days where kind is \"b\") > {at} USD"),
            2 => format!("(most frequent visits.page in the last {days} days) is \"p{}\"", at % 5),
            3 => format!("(sum of visits.price in the last {days} days) > {at}.5"),
            4 => format!("(number of visits.items where amount > {at}) >= 2"),
            _ => format!("(number of different visits.price in the last {days} days) >= 2"),
        };
        writeln!(rules, "segment s{at} {{\n  {condition} or age > {at}\n}}\n").unwrap();
    }
    for at in 0..150 {
        let (one, other, third) = (at % 60, at * 7 % 60, at * 11 % 60);
        writeln!(rules, "segment t{at} {{\n  (s{one} and not s{other}) or (s{third} and age < {at})\n}}\n").unwrap();
    }
    rules
}

fn rows() -> Json {
    let visits: Vec<Json> = (0..900_i64)
        .map(|at| {
            let mut visit = json!({
                "who": at * 37 % 70,
                "seen": format!("2025-{:02}-{:02}T10:00:00Z", 1 + at % 12, 1 + at % 28),
                "kind": if at % 3 == 0 { "a" } else { "b" },
                "paid": at % 90,
                "items": (0..at % 4).map(|item| json!({"sku": "x", "amount": at * item % 50})).collect::<Vec<Json>>(),
            });
            if at % 5 != 0 {
                visit["page"] = json!(format!("p{}", at * 13 % 7));
                visit["price"] = json!((at % 40) as f64 / 7.0);
            }
            visit
        })
        .collect();
    let customers: Vec<Json> = (0..70_i64).map(|id| json!({ "id": id, "age": id * 3 % 90 })).collect();
    json!({ "customers": customers, "visits": visits })
}

#[track_caller]
fn right(program: &Program, data: &Dataset, expected: &Outcome, threads: usize, manner: &Manner) {
    let found = run_in(program, data, &everything(program, AS_OF, threads), manner.clone()).unwrap();
    let differences = differences(program, expected, &found);
    assert!(differences.is_empty(), "{threads} threads, {manner:?}:\n{}", differences.join("\n"));
}

fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<(String, Vec<u8>)> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| (entry.file_name().to_string_lossy().into_owned(), fs::read(entry.path()).unwrap()))
        .collect();
    files.sort();
    files
}

#[test]
fn threads_and_kept_code_change_nothing() {
    let program = program(&rules());
    let data = data(&program, &rows());
    let expected = crate::interpret::run(&program, &data, &everything(&program, AS_OF, 1)).unwrap();
    let above = tempfile::tempdir().unwrap();
    let cache = CodeCache::at(above.path().join("code"));
    let folder = cache.folder().to_owned();
    for truths in [Truths::Loops, Truths::Code] {
        let plain = Manner { truths, ..Manner::default() };
        let kept = Manner { code_cache: Some(cache.clone()), ..plain.clone() };
        for threads in [1, 4] {
            right(&program, &data, &expected, threads, &plain);
            // Made and kept, then used.
            if folder.exists() {
                fs::remove_dir_all(&folder).unwrap();
            }
            right(&program, &data, &expected, threads, &kept);
            let before = files(&folder);
            assert!(before.len() > if truths == Truths::Code { 5 } else { 0 }, "{truths:?}: {}", before.len());
            right(&program, &data, &expected, threads, &kept);
            assert_eq!(files(&folder), before);
        }
        // Whatever happens to a file, the answers stay, and so does the cache.
        for (name, whole) in files(&folder) {
            let mut other = whole.clone();
            let middle = other.len() / 2;
            other[middle] ^= 0x40;
            for broken in [&other[..], &whole[..middle], &[]] {
                fs::write(folder.join(&name), broken).unwrap();
                right(&program, &data, &expected, 2, &kept);
                assert_eq!(fs::read(folder.join(&name)).unwrap(), whole);
            }
        }
    }
}

/// A cache that cannot be written to, and files that cannot be replaced, cost time and nothing else.
#[test]
fn a_cache_that_fails_is_no_error() {
    let program = program(&rules());
    let data = data(&program, &rows());
    let expected = crate::interpret::run(&program, &data, &everything(&program, AS_OF, 1)).unwrap();
    let above = tempfile::tempdir().unwrap();
    let file = above.path().join("file");
    fs::write(&file, "").unwrap();
    let cache = CodeCache::at(above.path().join("code"));
    let manner = |cache| Manner { code_cache: Some(cache), ..Manner::default() };
    right(&program, &data, &expected, 2, &manner(CodeCache::at(file.join("code"))));
    right(&program, &data, &expected, 2, &manner(cache.clone()));
    for (name, _) in files(cache.folder()) {
        fs::remove_file(cache.folder().join(&name)).unwrap();
        fs::create_dir(cache.folder().join(&name)).unwrap();
    }
    right(&program, &data, &expected, 2, &manner(cache));
}

#[test]
fn without_code_there_is_an_answer_or_an_error_that_says_so() {
    let by_hand = Manner { truths: Truths::Static, ..Manner::default() };
    let rules = rules();
    let needs_code = program(&rules);
    let data_of = |program: &Program| data(program, &rows());
    let request = everything(&needs_code, AS_OF, 1);
    let refused = run_in(&needs_code, &data_of(&needs_code), &request, by_hand.clone());
    assert_eq!(refused.unwrap_err(), EngineError::NeedsCode);
    let declared = rules.split("segment").next().unwrap();
    let program =
        program(&format!("{declared}\nsegment s {{\n  (sum of visits.paid where kind is \"b\") > 50 USD\n}}\n"));
    let data = data_of(&program);
    let expected = crate::interpret::run(&program, &data, &everything(&program, AS_OF, 1)).unwrap();
    right(&program, &data, &expected, 1, &by_hand);
}
