//! The readers are marketers: no message uses the words of compilers.

use crate::harness::{cases, check, pages};
use segue_compiler::diagnostics::{Diagnostic, entries};
use words::banned;

#[path = "../../compiler/src/diagnostics/wording.rs"]
mod words;

/// The texts of a message, without what it quotes from the file.
fn texts(message: &Diagnostic) -> Vec<String> {
    let labels = message.labels.iter().map(|label| &label.text);
    let fixes = message.fixes.iter().map(|fix| &fix.title);
    let texts = [&message.message, &message.label];
    texts.into_iter().chain(labels).chain(&message.notes).chain(fixes).map(|text| unquoted(text)).collect()
}

/// The text without the parts in backquotes or double quotes.
fn unquoted(text: &str) -> String {
    words::unquoted(text).split('"').step_by(2).collect()
}

#[test]
fn messages_speak_the_language_of_their_readers() {
    let of_cases = cases().into_iter().map(|case| (case.name.clone(), check(&case.path)));
    let of_pages = entries().iter().flat_map(|entry| {
        pages(entry.page).into_iter().map(|(_, checked)| (entry.code.0.to_owned(), checked)).collect::<Vec<_>>()
    });
    let mut found = Vec::new();
    for (name, checked) in of_cases.chain(of_pages) {
        for text in checked.diagnostics.iter().flat_map(texts) {
            // The kind of field is called so in the rules themselves.
            let text = text.replace("the kinds are boolean", "the kinds are");
            if let Some(word) = banned(&text) {
                found.push(format!("{name} says \"{word}\": {text}"));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn titles_and_pages_do_too() {
    for entry in entries() {
        let outside: String = entry.page.split("```").step_by(2).collect();
        for text in [entry.title.to_owned(), unquoted(&outside)] {
            assert_eq!(banned(&text), None, "{}: {text}", entry.code.0);
        }
    }
}

#[test]
fn the_test_itself_finds_what_it_looks_for() {
    assert_eq!(banned("there is a Parser error"), Some("parse"));
    assert_eq!(banned("wrong type here"), Some("type"));
    assert_eq!(banned("a typical customer"), None);
    assert_eq!(banned(&unquoted("write `type` or \"null\"")), None);
}
