//! Text from files made safe to show: no control character of a rule file or of data may move a terminal's cursor,
//! recolour it, or reverse the order in which a line is read.

use std::borrow::Cow;

/// The text with every control and direction-changing character replaced by a visible or blank one of the same length
/// in bytes, so that spans into the text keep their meaning. New lines and tabs stay; a carriage return stays only
/// before a new line.
pub fn legible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(|letter| replacement(letter).is_some() || letter == '\r') {
        return Cow::Borrowed(text);
    }
    let mut letters = text.chars().peekable();
    let mut clean = String::with_capacity(text.len());
    while let Some(letter) = letters.next() {
        match letter {
            '\r' if letters.peek() == Some(&'\n') => clean.push('\r'),
            '\r' => clean.push(' '),
            letter => clean.push(replacement(letter).unwrap_or(letter)),
        }
    }
    Cow::Owned(clean)
}

fn replacement(letter: char) -> Option<char> {
    match letter {
        '\n' | '\t' | '\r' => None,
        '\u{b}' | '\u{c}' => Some(' '),
        '\u{0}'..='\u{1f}' | '\u{7f}' => Some('?'),
        // Next line and the other two-byte controls.
        '\u{80}'..='\u{9f}' => Some('\u{bf}'),
        // Line and paragraph separators.
        '\u{2028}' | '\u{2029}' => Some('\u{2003}'),
        // Marks that change the direction of reading, and a byte order mark in the middle of a text.
        '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' => Some('\u{fffd}'),
        _ => None,
    }
}
