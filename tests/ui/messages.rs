//! Each case gives exactly the messages beside it.

use crate::harness::{cases, check};
use segue_compiler::diagnostics::terminal;
use std::collections::BTreeSet;
use std::fs;

#[test]
fn wrong_files_give_the_expected_messages() {
    let accept = std::env::var_os("SEGUE_ACCEPT").is_some();
    let mut wrong = Vec::new();
    for case in cases() {
        let checked = check(&case.path);
        let drawn = terminal::draw(&checked.sources, &checked.diagnostics, false);
        let expected = case.path.with_extension("expected");
        if accept {
            fs::write(&expected, &drawn).unwrap();
        } else if fs::read_to_string(&expected).ok().as_deref() != Some(&drawn) {
            wrong.push(format!("{}:\n{drawn}", case.name));
        }
    }
    assert!(wrong.is_empty(), "{} cases differ from what stands beside them:\n\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_case_gives_a_message_and_there_are_many() {
    let cases = cases();
    assert!(cases.len() >= 150, "only {} cases", cases.len());
    for case in &cases {
        assert!(!check(&case.path).diagnostics.is_empty(), "nothing is said about {}", case.name);
    }
}

#[test]
fn no_expectation_has_lost_its_case() {
    let known: BTreeSet<_> = cases().into_iter().map(|case| case.path.with_extension("expected")).collect();
    let mut folders = vec![crate::harness::root()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "expected") {
                assert!(known.contains(&path), "{} belongs to no case", path.display());
            }
        }
    }
}
