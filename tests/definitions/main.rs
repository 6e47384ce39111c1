//! Definitions that other people wrote, held against answers worked out by hand: both engines must give them, and every
//! condition must matter. See the README beside this file.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

mod answers;
mod cuts;
mod definition;

use answers::{Engine, differences};
use definition::{Definition, all};
use std::cell::Cell;

/// Runs `test` over all definitions and fails with one line for each of its complaints.
fn hold(test: impl Fn(&Definition) -> Vec<String>) {
    let definitions = all();
    assert!(definitions.len() >= 100, "the definitions were not found");
    let mut complaints = Vec::new();
    for definition in &definitions {
        complaints.extend(test(definition).into_iter().map(|complaint| format!("{}: {complaint}", definition.name)));
    }
    assert!(complaints.is_empty(), "{} complaints\n{}", complaints.len(), complaints.join("\n"));
}

/// The answers of one engine; a definition that must be refused has none.
fn answered_by(engine: Engine) {
    hold(|definition| match (definition.refused, definition.check(&definition.rules)) {
        (true, Ok(_)) => vec!["checks, but must be refused".to_owned()],
        (true, Err(_)) => Vec::new(),
        (false, Err(messages)) => messages,
        (false, Ok(program)) => differences(definition, &program, engine),
    });
}

#[test]
fn the_interpreter_gives_the_answers() {
    answered_by(Engine::Interpreter);
}

#[test]
fn the_engine_gives_the_answers() {
    answered_by(Engine::Jit);
}

#[test]
fn single_records_give_the_answers() {
    answered_by(Engine::Records);
}

/// A condition that can go without changing an answer is one that the data do not test.
#[test]
fn every_condition_matters() {
    let tried = Cell::new(0);
    hold(|definition| {
        if definition.refused {
            return Vec::new();
        }
        let cuts = cuts::of(&definition.rules);
        tried.set(tried.get() + cuts.len());
        let idle = cuts.into_iter().filter(|cut| {
            definition
                .check(&cut.apply(&definition.rules))
                .is_ok_and(|program| differences(definition, &program, Engine::Interpreter).is_empty())
        });
        idle.map(|cut| format!("without `{}` every answer is the same", cut.what(&definition.rules))).collect()
    });
    assert!(tried.get() >= 400, "only {} conditions were taken out", tried.get());
}

/// The page that shows twenty of them beside their source's form has each as it stands here.
#[test]
fn the_page_of_twenty_shows_them_as_they_are() {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/language/compared.md")).unwrap();
    let definitions = all();
    let mut shown = 0;
    for section in page.split("\n## ").skip(1) {
        let (head, body) = section.split_once('\n').unwrap();
        let (_, id) = head.trim_end_matches(')').rsplit_once('(').unwrap();
        let (_, here) = body.split_once("\nHere:\n").unwrap();
        let lines = here.lines().skip_while(|line| line.is_empty());
        let lines: Vec<&str> = lines
            .take_while(|line| line.is_empty() || line.starts_with("    "))
            .map(|line| line.strip_prefix("    ").unwrap_or(""))
            .collect();
        let definition = definitions.iter().find(|definition| definition.name == id);
        let definition = definition.unwrap_or_else(|| panic!("there is no definition {id}"));
        assert!(definition.rules.contains(lines.join("\n").trim_end()), "{id} is another than the page shows");
        assert!(!lines.is_empty(), "{head}");
        shown += 1;
    }
    assert_eq!(shown, 20);
}
