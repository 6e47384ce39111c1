//! The words that readers never meet, for the tests of all that is said to them: the readers are marketers. The tests of messages
//! (tests/ui) include this file too.

/// Words of those who write compilers; also as the beginning of a longer word.
const BANNED: [&str; 11] = [
    "token",
    "identifier",
    "parse",
    "parsing",
    "syntax",
    "expression",
    "null",
    "boolean",
    "string",
    "undefined",
    "illegal",
];
/// The same, but only as whole words: "typed" and "typical" are fine.
const BANNED_WHOLE: [&str; 3] = ["type", "types", "unexpected"];

/// The first such word in a text.
pub(crate) fn banned(text: &str) -> Option<&'static str> {
    let words: Vec<String> = text.split(|letter: char| !letter.is_alphanumeric()).map(str::to_lowercase).collect();
    let begins = BANNED.iter().find(|banned| words.iter().any(|word| word.starts_with(**banned)));
    begins.or_else(|| BANNED_WHOLE.iter().find(|banned| words.iter().any(|word| word == **banned))).copied()
}

/// A text without what it quotes from rules: whatever stands between backquotes.
pub(crate) fn unquoted(text: &str) -> String {
    text.split('`').step_by(2).collect()
}
