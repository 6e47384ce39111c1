//! The example projects give what stands beside them, and the music store's traits are those of its data set's own summary.
//!
//! Set `SEGUE_ACCEPT` to write the expected files anew; look at the difference before you keep it.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

mod music_store;
mod project;

use project::{Example, check, open};
use segue_runtime::report::Look;
use segue_runtime::testing;
use std::collections::BTreeSet;
use std::fs;

/// Compares with the expected file, or writes it.
fn hold(example: &Example, file: &str, given: &str) {
    let path = example.folder.join("expected").join(file);
    if std::env::var_os("SEGUE_ACCEPT").is_some() {
        fs::write(&path, given).unwrap();
    }
    let expected = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    assert!(expected == given, "{} is not what a run gives now:\n{given}", path.display());
}

/// The README shows some of the first table: each of its lines, in their order.
fn hold_readme(example: &Example, table: &str) {
    let readme = fs::read_to_string(example.folder.join("README.md")).unwrap();
    let (_, shown) = readme.split_once("```text\n").unwrap();
    let (shown, _) = shown.split_once("```").unwrap();
    let mut lines = table.lines();
    for line in shown.lines().filter(|line| *line != "...") {
        assert!(lines.any(|of_table| of_table == line), "the README shows a line that a run does not give:\n{line}");
    }
}

/// Runs at each moment and holds the table and the JSON against the files named after it.
fn hold_all(name: &str, moments: &[&str]) {
    let example = open(name);
    for moment in moments {
        let request = example.request(moment);
        let outcome = segue_runtime::engine::run(example.program(), &example.loaded().dataset, &request).unwrap();
        let report = example.report(&request, &outcome, "jit");
        let file = moment.replace(' ', "T").replace(':', "");
        hold(&example, &format!("{file}.json"), &format!("{}\n", report.json().unwrap()));
        let table = report.table(Look { colour: false, width: 120 });
        hold(&example, &format!("{file}.txt"), &table);
        if *moment == moments[0] {
            hold_readme(&example, &table);
        }
    }
}

#[test]
fn the_grocery_gives_what_is_expected() {
    hold_all("grocery", &["2018-01-01", "2017-10-01", "2017-07-15 12:00"]);
}

/// The tests that the example brings along pass, and notice every change of what they look at but two that change nothing:
/// whoever comes so far down the grid was not here lately.
#[test]
fn the_grocery_passes_its_own_tests() {
    let (_, checked) = check("grocery");
    let program = checked.program.as_ref().unwrap();
    let cases: Vec<_> = program.tests.iter().collect();
    assert!(cases.len() >= 50, "only {} tests were found", cases.len());
    for case in &cases {
        let ran = testing::run(program, &checked.sources, case).unwrap();
        let test = testing::report::Test::new(program, &checked.sources, case, &ran, 0.0);
        assert!(test.passed, "{}\n{}", test.title, test.failures());
    }
    let found = testing::mutants(program, &cases, &|| ()).unwrap();
    let told: Vec<&str> = found.survivors.iter().map(|survivor| checked.sources.slice(survivor.span)).collect();
    assert_eq!(told, ["recency <= 2", "recency <= 2"]);
}

/// `tests/sql/compare.py` holds every answer against a query; here, that there is one for each.
#[test]
fn every_segment_of_the_grocery_has_its_query() {
    let (_, checked) = check("grocery");
    let queries = include_str!("../sql/grocery.sql");
    let named = |kind: &str| {
        let names = queries.lines().filter_map(|line| line.strip_prefix("-- ")?.strip_prefix(kind)?.strip_prefix(' '));
        names.map(str::to_owned).collect::<BTreeSet<_>>()
    };
    let program = checked.program.unwrap();
    let segments: BTreeSet<_> = program.segments.iter().map(|segment| segment.name.to_string()).collect();
    let partitions: BTreeSet<_> = program.partitions.iter().map(|partition| partition.name.to_string()).collect();
    assert_eq!(segments, named("segment"));
    assert_eq!(partitions, named("partition"));
}

#[test]
fn the_music_store_gives_what_is_expected() {
    hold_all("music-store", &["1998-07-01", "1997-10-01"]);
}
