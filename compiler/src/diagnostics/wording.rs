//! The words that readers never meet, for the tests of all that is said to them.

/// Words of those who write compilers.
const NEVER: &[&str] = &[
    "token",
    "identifier",
    "parse",
    "syntax",
    "type",
    "expression",
    "null",
    "boolean",
    "string",
    "undefined",
    "illegal",
    "unexpected",
];

/// The first such word in a text.
pub(crate) fn banned(text: &str) -> Option<&'static str> {
    let words: Vec<String> =
        text.to_lowercase().split(|letter: char| !letter.is_alphanumeric()).map(str::to_owned).collect();
    NEVER.iter().find(|never| words.iter().any(|word| word == **never)).copied()
}

/// A text without what it quotes from rules: whatever stands between backquotes.
pub(crate) fn unquoted(text: &str) -> String {
    text.split('`').step_by(2).collect()
}
