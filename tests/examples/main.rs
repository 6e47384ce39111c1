//! The example projects give what stands beside them, and the music store's traits are those of its data set's own summary.
//!
//! Set `SEGUE_ACCEPT` to write the expected files anew; look at the difference before you keep it.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod music_store;
mod project;

use project::{Example, open};
use segue_runtime::report::Look;
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

#[test]
fn the_music_store_gives_what_is_expected() {
    hold_all("music-store", &["1998-07-01", "1997-10-01"]);
}
