//! The table of constructs keeps to its word.

use super::project;
use crate::diagnostics::Severity;
use crate::diagnostics::wording::{banned, unquoted};
use crate::ide::hover;
use crate::ide::words::{Construct, Found, Place, Theme, constructs, find, read};
use crate::project::Checked;
use crate::source::FileId;
use crate::syntax::scan::{LexemeKind, RESERVED};
use std::collections::HashSet;
use std::ops::Range;

const DECLARED: &str = include_str!("project.segue");

/// A project with a construct's example, and where the example stands in it.
fn with_example(construct: &Construct) -> (Checked, Range<usize>) {
    let line = construct.example;
    let (before, after) = match construct.place {
        Place::Alone => (String::new(), "\n"),
        Place::Declaration => (format!("{DECLARED}\n"), "\n"),
        Place::Condition => (format!("{DECLARED}\nsegment example {{ "), " }\n"),
        Place::Value => (format!("{DECLARED}\ntrait example = "), "\n"),
        Place::Field => (format!("{DECLARED}\nrecords example by customer_id {{ "), " }\n"),
    };
    (project(&format!("{before}{line}{after}")), before.len()..before.len() + line.len())
}

#[test]
fn every_example_checks() {
    let mut wrong = Vec::new();
    for construct in constructs() {
        let (checked, _) = with_example(construct);
        let errors = checked.diagnostics.iter().filter(|message| message.severity == Severity::Error);
        wrong.extend(errors.map(|message| format!("{}: {} {}", construct.example, message.code.0, message.message)));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// So the tree leads to every construct, and no word of an example is without an answer.
#[test]
fn every_construct_is_said_over_its_example() {
    let mut wrong = Vec::new();
    for construct in constructs() {
        let (checked, place) = with_example(construct);
        let source = checked.sources.get(FileId(0)).unwrap();
        let said = |offset: usize| hover(&checked, FileId(0), offset, None);
        if !place.clone().filter_map(said).any(|hover| hover.text.contains(construct.short)) {
            wrong.push(format!("{} is not said over {}", construct.written, construct.example));
        }
        for word in read(&source.text).into_iter().filter(|lexeme| lexeme.kind == LexemeKind::Word) {
            if place.contains(&word.range().start) && said(word.range().start).is_none() {
                wrong.push(format!("nothing is said over {} in {}", word.text(&source.text), construct.example));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_construct_is_declared_once_under_its_theme() {
    let mut seen = HashSet::new();
    for theme in Theme::ALL {
        for construct in theme.constructs() {
            assert_eq!(construct.theme, theme, "{}", construct.written);
            assert!(seen.insert(construct.written), "{} is declared twice", construct.written);
        }
    }
    assert!(seen.len() > 120, "{}", seen.len());
}

/// Every reserved word is a word of some construct.
#[test]
fn reserved_words_have_a_meaning() {
    // Kept for what is to come: `at most 3 messages per 7 days`.
    const NOT_YET: [&str; 1] = ["per"];
    let known: HashSet<String> = constructs()
        .flat_map(|construct| construct.words.iter().flat_map(|words| words.split_whitespace()))
        .map(str::to_lowercase)
        .collect();
    let silent = RESERVED.iter().filter(|word| !known.contains(**word) && !NOT_YET.contains(word));
    assert_eq!(silent.collect::<Vec<_>>(), Vec::<&&str>::new());
}

#[test]
fn an_example_shows_what_it_is_an_example_of() {
    for construct in constructs() {
        let shown = construct.words.iter().any(|words| {
            words
                .split_whitespace()
                .filter(|word| !matches!(*word, "#" | "UNIT"))
                .all(|word| construct.example.to_lowercase().contains(&word.to_lowercase()))
        });
        assert!(shown, "{}: {}", construct.written, construct.example);
    }
}

#[test]
fn what_is_said_is_sentences_in_the_words_of_its_readers() {
    for construct in constructs() {
        let meaning = construct.meaning();
        assert!(construct.short.ends_with('.') && meaning.ends_with('.'), "{meaning}");
        assert_eq!(banned(&unquoted(&meaning)), None, "{meaning}");
        assert_eq!(meaning.matches('`').count() % 2, 0, "{meaning}");
    }
}

fn found(subject: &str) -> Vec<String> {
    match find(subject) {
        Found::Words(found) => found.into_iter().map(|one| one.written).collect(),
        Found::Closest(close) => close.into_iter().map(|one| format!("? {one}")).collect(),
    }
}

#[test]
fn constructs_are_found_by_their_words() {
    for (asked, wanted) in [
        ("segment of", "segment no_chief of companies { ... }"),
        ("partition by", "partition tier by spend { ... }"),
        ("followed by", "followed by purchases"),
        ("Followed  By No", "followed by no purchases"),
        ("quintile", "quintile of spend"),
        ("in the last 90 days", "in the last 30 days"),
        ("in the last 30 days", "in the last 30 days"),
        ("whole", "in the last 3 whole months"),
        ("at least 7 of", "at least 2 of { ... }"),
        ("within 3 km of", "within 10 km of PLACE"),
        ("->", "id -> products"),
        ("month of", "month of"),
        ("weekday", "weekday of"),
        ("personal", "personal"),
        ("folowed by", "? followed by"),
        ("quintil of", "? quintile of"),
        ("in the last thirty days", "? in the last"),
    ] {
        assert_eq!(found(asked).first().unwrap(), wanted, "{asked}: {:?}", found(asked));
    }
    assert!(!found("in the last thirty days").iter().any(|close| close.contains("UNIT")));
    let within = found("within");
    assert_eq!(within, ["within 10 km of PLACE", "within 2 days"]);
    assert_eq!(found("xyzzy"), Vec::<String>::new());
    assert_eq!(found(""), Vec::<String>::new());
}
