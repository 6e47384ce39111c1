#![expect(clippy::panic, reason = "a failed test is to stop")]

use crate::diagnostics::wording::banned;
use crate::diagnostics::{Diagnostic, Fix, Severity};
use crate::program::{dump, verify};
use crate::project::{Checked, Constants, check_trees};
use crate::source::{FileId, SourceFile, SourceMap};
use crate::syntax::{NodeIds, parse, tree::File};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::OnceLock;

const PRELUDE: &str = include_str!("tests/prelude.segue");

/// The prelude is read once for all cases.
fn prelude() -> &'static (File, NodeIds) {
    static READ: OnceLock<(File, NodeIds)> = OnceLock::new();
    READ.get_or_init(|| {
        let mut ids = NodeIds::default();
        let read = parse(FileId(0), &SourceFile::new("prelude.segue", PRELUDE), &mut ids);
        assert_eq!(read.diagnostics, []);
        (read.file, ids)
    })
}

fn checked(rules: &str) -> Checked {
    let (prelude, ids) = prelude().clone();
    let mut ids = ids;
    let mut sources = SourceMap::default();
    sources.add(SourceFile::new("prelude.segue", PRELUDE));
    let source = SourceFile::new("rules.segue", rules);
    let read = parse(FileId(1), &source, &mut ids);
    sources.add(source);
    let read_list = |name: &str| match name {
        "ids.csv" => Ok("7\n\"a b\"\n\n7\n".to_owned()),
        _ => Err("there is no such file".to_owned()),
    };
    check_trees(sources, vec![prelude, read.file], read.diagnostics, None, Constants::default(), &read_list)
}

/// Cases of a file: rules, and the lines behind them that are indented and begin with a code.
fn cases(text: &str) -> Vec<(String, Vec<String>)> {
    let mut cases = Vec::new();
    for block in text.split("\n\n") {
        let lines = block.lines().filter(|line| !line.starts_with('#'));
        let (expected, rules): (Vec<&str>, Vec<&str>) = lines.partition(|line| line.starts_with("    S0"));
        if !rules.is_empty() {
            cases.push((rules.join("\n"), expected.into_iter().map(|line| line.trim().to_owned()).collect()));
        }
    }
    cases
}

/// The first line of the text a message stands at.
fn culprit<'a>(checked: &'a Checked, message: &Diagnostic) -> &'a str {
    checked.sources.slice(message.span).lines().next().unwrap_or_default()
}

#[test]
fn wrong_rules_get_their_message_and_no_other() {
    let mut faults = String::new();
    for (rules, expected) in cases(include_str!("tests/refused.txt")) {
        let checked = checked(&rules);
        let mut found: Vec<String> = checked
            .diagnostics
            .iter()
            .map(|message| format!("{} {}", message.code.0, culprit(&checked, message)).trim().to_owned())
            .collect();
        let mut expected = expected;
        found.sort();
        expected.sort();
        if found != expected {
            _ = writeln!(faults, "{rules}\n  expected {expected:#?}\n  found {found:#?}\n");
        }
        let fails = checked.diagnostics.iter().any(|message| message.severity == Severity::Error);
        assert_eq!(checked.program.is_none(), fails, "{rules}");
    }
    assert!(faults.is_empty(), "{faults}");
}

fn apply(text: &str, fix: &Fix) -> String {
    let mut edits = fix.edits.clone();
    edits.sort_by_key(|edit| std::cmp::Reverse(edit.span));
    let mut text = text.to_owned();
    for edit in edits {
        text.replace_range(edit.span.range(), &edit.text);
    }
    text
}

#[test]
fn every_mend_takes_its_message_away() {
    let mut faults = String::new();
    for (rules, _) in cases(include_str!("tests/refused.txt")) {
        let before = checked(&rules);
        for message in &before.diagnostics {
            for fix in &message.fixes {
                if fix.edits.iter().any(|edit| edit.span.file.0 != 1) {
                    continue;
                }
                let mended = apply(&rules, fix);
                let after = checked(&mended);
                let count =
                    |checked: &Checked| checked.diagnostics.iter().filter(|other| other.code == message.code).count();
                let worse = after.diagnostics.len() > before.diagnostics.len();
                if count(&after) >= count(&before)
                    || worse
                    || fix.certain && !after.diagnostics.is_empty() && before.diagnostics.len() == 1
                {
                    let told: Vec<_> = after.diagnostics.iter().map(|one| (one.code.0, &one.message)).collect();
                    _ = writeln!(faults, "{rules}\n  {} -> {mended}\n  {told:?}\n", fix.title);
                }
            }
        }
    }
    assert!(faults.is_empty(), "{faults}");
}

#[test]
fn messages_keep_to_the_words_their_readers_know() {
    for (rules, _) in cases(include_str!("tests/refused.txt")) {
        for message in checked(&rules).diagnostics {
            let mut said = format!("{} {} {}", message.message, message.label, message.notes.join(" "));
            for fix in &message.fixes {
                _ = write!(said, " {}", fix.title);
            }
            for label in &message.labels {
                _ = write!(said, " {}", label.text);
            }
            let mended = !message.label.is_empty() || !message.fixes.is_empty() || !message.notes.is_empty();
            assert!(mended, "nothing helps here: {said}");
            // The names of kinds of field are words of the language, listed where a wrong one was written.
            if message.code.0 == "S0105" {
                continue;
            }
            assert_eq!(banned(&said), None, "{said}");
        }
    }
}

#[test]
fn good_rules_are_lowered() {
    let mut out = String::new();
    let mut faults = BTreeMap::new();
    for (rules, _) in cases(include_str!("tests/accepted.txt")) {
        let checked = checked(&rules);
        let told: Vec<String> =
            checked.diagnostics.iter().map(|one| format!("{} {}", one.code.0, one.message)).collect();
        let Some(program) = &checked.program else {
            faults.insert(rules, told);
            continue;
        };
        if !told.is_empty() {
            faults.insert(rules.clone(), told);
        }
        verify(program).unwrap_or_else(|wrong| panic!("{rules}: {wrong:?}"));
        let text = dump(program);
        // The declarations of the rules alone: those of the prelude come in every program.
        let declared: Vec<&str> = rules.lines().filter_map(|line| line.split([' ', '{']).nth(1)).collect();
        let mut shown = false;
        _ = writeln!(out, "{rules}");
        for line in text.lines() {
            if !line.starts_with(' ') {
                shown = line.split(' ').nth(1).is_some_and(|name| declared.contains(&name));
            }
            if shown {
                _ = writeln!(out, "    {line}");
            }
        }
        out.push('\n');
    }
    assert!(faults.is_empty(), "{faults:#?}");
    insta::assert_snapshot!(out);
}
