//! Which new lines end nothing, by the lexemes beside them.

use super::lexemes::{Lexeme, LexemeKind};

/// Words that ask for more: a line that ends with one goes on.
const GOES_ON: &[&str] = &["and", "or", "not", "where", "otherwise", "than", "of", "contains", "with", "matches"];
/// Words at the start of a line that go on with the line before.
const TAKES_UP: &[&str] = &["and", "or", "followed"];

/// Whether a line that ends with this lexeme goes on: operators, commas, and words that ask for more. A part of a
/// partition that is `: otherwise` is whole, so what stands before the last lexeme counts too.
pub(crate) fn goes_on(source: &str, before: Option<Lexeme>, last: Lexeme) -> bool {
    let text = last.text(source);
    match last.kind {
        LexemeKind::Sign => matches!(
            text,
            "+" | "-" | "*" | "/" | "<" | ">" | "=" | "," | ":" | "&" | "|" | "!" | "×" | "÷" | "≤" | "≥" | "≠"
        ),
        LexemeKind::Word => is_one_of(text, GOES_ON) && before.is_none_or(|before| before.text(source) != ":"),
        _ => false,
    }
}

/// Whether a line that starts with this lexeme goes on with the line before.
pub(crate) fn takes_up(source: &str, first: Lexeme) -> bool {
    match first.kind {
        LexemeKind::OpenBrace => true,
        // No line starts with it; it joins what stands before it to its value.
        LexemeKind::Sign => first.text(source) == "=",
        LexemeKind::Word => is_one_of(first.text(source), TAKES_UP),
        _ => false,
    }
}

fn is_one_of(word: &str, words: &[&str]) -> bool {
    words.iter().any(|one| one.eq_ignore_ascii_case(word))
}
