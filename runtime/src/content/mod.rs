//! What a content shows to a customer: the text of the first condition that holds, its holes filled with the customer's own.
//!
//! Who gets which text is a partition, and what stands in holes are values; any engine works both out ([`Showing`] asks it to).
//! Here they are put into words: by the customs of a language ([`language`]), made safe for where they go ([`Destination`]).

pub mod language;
mod showing;
pub mod sms;
#[cfg(test)]
mod tests;

pub use showing::{OfRun, Showing};

use language::Languages;
use segue_compiler::program::{Expr, Filling, Part, PartitionId, Piece, Program};
use segue_compiler::source::Span;
use segue_compiler::values::Value;
use std::borrow::Cow;
use std::sync::Arc;

/// Where a text goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Destination {
    /// Into a page: what is the customer's own cannot be markup.
    Html,
    /// A line of plain text, such as a subject: what is the customer's own has no line breaks.
    Plain,
    /// A short message: as plain text; [`sms::size`] counts it.
    Sms,
}

/// Which hole: the content, the place of the part in it, and of the hole among the holes of the part's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct HoleAt {
    /// The content.
    pub content: PartitionId,
    /// Its part.
    pub part: u32,
    /// The hole.
    pub hole: u32,
}

/// What is a customer's own.
pub trait Own {
    /// The part of a content that the customer is in.
    fn part(&self, content: PartitionId) -> Option<u32>;
    /// What stands in a hole; `None` where it is missing.
    fn value(&self, at: HoleAt, shown: &Expr) -> Option<Value>;
    /// The language that the customer's data name.
    fn language(&self) -> Option<Arc<str>>;
}

/// Why a text is not shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotShown {
    /// What stands in the hole is missing, and nothing was written for that: a sum that left its range, a division by zero.
    #[error("what stands in a hole is missing")]
    Missing(Span),
    /// Contents in contents make it longer than [`LONGEST`].
    #[error("the text is longer than a mebibyte")]
    TooLong,
    /// The program breaks its invariants.
    #[error("the content has no text for the customer")]
    NoText,
}

/// Bytes of a text, at most: what doubles in every content of forty would fill any memory.
pub const LONGEST: usize = 1 << 20;

/// The text of a content for a customer.
///
/// # Errors
/// See [`NotShown`].
pub fn text(
    program: &Program,
    content: PartitionId,
    own: &dyn Own,
    languages: &mut Languages,
    destination: Destination,
) -> Result<String, NotShown> {
    let tag = own.language();
    let mut shown = String::new();
    let mut writer = Writer { program, own, languages, tag, destination };
    writer.content(content, &mut shown)?;
    Ok(shown)
}

struct Writer<'a> {
    program: &'a Program,
    own: &'a dyn Own,
    languages: &'a mut Languages,
    tag: Option<Arc<str>>,
    destination: Destination,
}

impl Writer<'_> {
    fn content(&mut self, content: PartitionId, shown: &mut String) -> Result<(), NotShown> {
        let part = self.own.part(content).ok_or(NotShown::NoText)?;
        let found: Option<&Part> =
            self.program.partitions.get(content.0 as usize).and_then(|content| content.parts.get(part as usize));
        let text = found.and_then(|part| part.text.as_ref()).ok_or(NotShown::NoText)?;
        let mut holes = 0;
        for piece in &text.pieces {
            if shown.len() > LONGEST {
                return Err(NotShown::TooLong);
            }
            let hole = match piece {
                Piece::Text(words) => {
                    shown.push_str(words);
                    continue;
                }
                Piece::Hole(hole) => hole,
            };
            let at = HoleAt { content, part, hole: holes };
            holes += 1;
            match &hole.filling {
                Filling::Content(inner) => self.content(*inner, shown)?,
                Filling::Value { value, pattern } => match (known(self.own.value(at, value)), &hole.fallback) {
                    (Some(found), _) => {
                        let language = self.languages.of(self.tag.as_deref());
                        let words = language.words(&found, &value.ty, pattern.as_deref());
                        shown.push_str(&safe(&words, self.destination));
                    }
                    (None, Some(fallback)) => shown.push_str(fallback),
                    (None, None) => return Err(NotShown::Missing(hole.span)),
                },
            }
        }
        Ok(())
    }
}

/// A value that shows something: an empty list or text is as good as missing.
fn known(value: Option<Value>) -> Option<Value> {
    value.filter(|value| match value {
        Value::List(values) => !values.is_empty(),
        Value::Text(text) => !text.is_empty(),
        _ => true,
    })
}

/// Words of the customer's own, so that they are nothing but words where they go.
pub fn safe(words: &str, destination: Destination) -> Cow<'_, str> {
    let escaped = |character: char| match (destination, character) {
        (Destination::Html, '&') => Some("&amp;"),
        (Destination::Html, '<') => Some("&lt;"),
        (Destination::Html, '>') => Some("&gt;"),
        (Destination::Html, '"') => Some("&quot;"),
        (Destination::Html, '\'') => Some("&#39;"),
        // One such blank would make the whole message twice as long.
        (Destination::Sms, '\u{a0}' | '\u{202f}') => Some(" "),
        (_, character) if character.is_control() || matches!(character, '\u{2028}' | '\u{2029}') => Some(" "),
        _ => None,
    };
    if !words.chars().any(|character| escaped(character).is_some()) {
        return Cow::Borrowed(words);
    }
    let mut text = String::with_capacity(words.len() + 16);
    for character in words.chars() {
        match escaped(character) {
            Some(other) => text.push_str(other),
            None => text.push(character),
        }
    }
    Cow::Owned(text)
}
