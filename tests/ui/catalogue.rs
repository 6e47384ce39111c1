//! The catalogue lists the codes that are used, and its pages keep their word.

use crate::harness::{cases, check, pages};
use segue_compiler::diagnostics::explain::Sample;
use segue_compiler::diagnostics::{entries, terminal};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The codes that stand in quotes in the sources, with the files that name them; tests and the catalogue aside.
fn used() -> BTreeMap<String, BTreeSet<PathBuf>> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut used: BTreeMap<String, BTreeSet<PathBuf>> = BTreeMap::new();
    let mut folders: Vec<PathBuf> =
        ["compiler/src", "runtime/src", "cli/src"].iter().map(|folder| workspace.join(folder)).collect();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() && name != "tests" && name != "diagnostics" {
                folders.push(path);
            } else if name.ends_with(".rs") && name != "tests.rs" {
                let text = fs::read_to_string(&path).unwrap();
                for (at, _) in text.match_indices("\"S") {
                    let code: String = text[at + 1..].chars().take_while(|letter| *letter != '"').collect();
                    if code.len() == 5 && code.bytes().skip(1).all(|digit| digit.is_ascii_digit()) {
                        used.entry(code).or_default().insert(path.clone());
                    }
                }
            }
        }
    }
    used
}

#[test]
fn every_code_that_is_used_is_listed_and_every_listed_one_is_used() {
    let used: BTreeSet<String> = used().into_keys().collect();
    let listed: BTreeSet<String> = entries().iter().map(|entry| entry.code.0.to_owned()).collect();
    let unlisted: Vec<_> = used.difference(&listed).collect();
    let unused: Vec<_> = listed.difference(&used).collect();
    assert!(unlisted.is_empty() && unused.is_empty(), "not listed: {unlisted:?}; not used: {unused:?}");
}

#[test]
fn every_page_s_failing_file_gives_exactly_its_code_and_the_mended_one_checks() {
    let mut wrong = Vec::new();
    for entry in entries() {
        for (sample, checked) in pages(entry.page) {
            let codes: BTreeSet<&str> = checked.diagnostics.iter().map(|message| message.code.0).collect();
            let holds = match sample {
                // What only data can give is held against them where the command is tested.
                Sample::Failing if entry.code.0 < "S0200" => codes == BTreeSet::from([entry.code.0]),
                _ => codes.is_empty(),
            };
            let graver = sample == Sample::Failing
                && checked.diagnostics.iter().any(|message| message.severity != entry.severity);
            if !holds || graver {
                let drawn = terminal::draw(&checked.sources, &checked.diagnostics, false);
                wrong.push(format!("the {sample:?} file of {}:\n{}\n{drawn}", entry.code.0, entry.page));
            }
        }
    }
    assert!(wrong.is_empty(), "{} samples are not what they say:\n\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_code_has_a_case() {
    let mut seen: BTreeSet<&str> = crate::limits::CODES.into();
    for case in cases() {
        seen.extend(check(&case.path).diagnostics.iter().map(|message| message.code.0));
    }
    // Codes that only data or a command can give have their tests there.
    let missing: Vec<&str> =
        entries().iter().map(|entry| entry.code.0).filter(|code| *code < "S0200" && !seen.contains(code)).collect();
    assert!(missing.is_empty(), "no case gives {missing:?}");
}
