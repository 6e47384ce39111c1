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
