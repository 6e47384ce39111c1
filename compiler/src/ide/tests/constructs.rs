//! The table of constructs keeps to its word.

use super::project;
use crate::diagnostics::Severity;
use crate::diagnostics::wording::{banned, unquoted};
use crate::ide::words::{Found, Place, Theme, constructs, find};
use std::collections::HashSet;

const DECLARED: &str = include_str!("project.segue");

#[test]
fn every_example_checks() {
    let mut wrong = Vec::new();
    for construct in constructs() {
        let line = construct.example;
        let rules = match construct.place {
            Place::Alone => line.to_owned(),
            Place::Declaration => format!("{DECLARED}\n{line}\n"),
            Place::Condition => format!("{DECLARED}\nsegment example {{ {line} }}\n"),
            Place::Value => format!("{DECLARED}\ntrait example = {line}\n"),
            Place::Field => format!("{DECLARED}\nrecords example by customer_id {{ {line} }}\n"),
        };
        let checked = project(&rules);
        let errors = checked.diagnostics.iter().filter(|message| message.severity == Severity::Error);
        wrong.extend(errors.map(|message| format!("{line}: {} {}", message.code.0, message.message)));
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
    ] {
        assert_eq!(found(asked).first().unwrap(), wanted, "{asked}: {:?}", found(asked));
    }
    let within = found("within");
    assert_eq!(within, ["within 10 km of PLACE", "within 2 days"]);
    assert_eq!(found("xyzzy"), Vec::<String>::new());
    assert_eq!(found(""), Vec::<String>::new());
}
