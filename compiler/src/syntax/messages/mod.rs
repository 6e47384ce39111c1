//! Every message about the form of a rule file, side by side.
//!
//! The codes:
//! - S0001 something is missing or does not fit at this place
//! - S0002 two things stand side by side with nothing between them
//! - S0003 a line at the top of the file starts with a word that announces nothing
//! - S0004 the first line of a declaration cannot be read
//! - S0005 a line that should declare a field cannot be read
//! - S0006 a bracket or brace is never closed
//! - S0007 a bracket or brace closes nothing
//! - S0008 brackets, or words like `not`, are nested more than 200 deep
//! - S0009 a written text is longer than 64 KiB
//! - S0010 a file has more than 10,000 declarations
//! - S0011 a file is larger than 16 MiB
//! - S0012 a file is not UTF-8 text
//! - S0013 a reserved word is used as a name
//! - S0014 a name is missing, or is written with hyphens or in quotes
//! - S0015 `by` or `at` is missing, or stands where it means nothing
//! - S0016 fields are separated by commas
//! - S0017 a text stands in single quotes
//! - S0018 a number is written with separators, as a power of ten, or without a digit before the point
//! - S0019 a number is too large
//! - S0020 a number is followed by something that is no unit
//! - S0021 the unit of a stretch of time is missing or unknown
//! - S0022 a stretch of time is worded in another way (`in last 30 days`)
//! - S0023 `ago` without `more than`, `less than` or `exactly`
//! - S0024 a question about rows is worded in another way (`count of`, `less than 3 purchases`)
//! - S0025 a currency sign is used for a currency
//! - S0026 `=`, `==`, `!=` or `<>` stands for `is`, `is not`
//! - S0027 `&&`, `||` or `!` stands for `and`, `or`, `not`
//! - S0028 `=>` or `=<` stands for `>=`, `<=`
//! - S0029 `in (...)` stands for `is one of`
//! - S0030 `is null` stands for `is missing`
//! - S0031 `like` stands for `contains`, `starts with`, `ends with`
//! - S0032 `between ... and ...` stands for `from ... to ...`
//! - S0033 `is at least 5` and its like stand for `>= 5`
//! - S0034 `is any of` stands for `is one of`
//! - S0035 a window stands after `where`
//! - S0036 a date is tested against a window without `is`
//! - S0037 a text of several words without quotes
//! - S0038 several values after `is`, without `one of`
//! - S0039 `is "a" or "b"` stands for `is one of`
//! - S0040 a line stops in the middle
//! - S0041 `not` stands where it cannot
//! - S0042 a number is written as a word
//! - S0043 a declaration's value is introduced by something else than `=`
//! - S0044 a field says something twice, or something that its kind of value does not have
//! - S0045 a line of a score cannot be read, or `for each` stands outside of one
//! - S0046 a median, deviation or percentile does not say that it is one of all customers
//! - S0047 a day of an occasion cannot be read, or is worded in another way
//! - S0048 a line of a test, or a row given in one, cannot be read
//! - S0049 how near a place is, is worded in another way
//! - S0050 a line of a content, or a hole in a text, cannot be read
//! - S0131 `and` and `or` are mixed without brackets
//! - S0132 `otherwise` in a comparison without brackets
//! - S0133 a question with `where` in arithmetic or a comparison without brackets
//! - S0134 comparisons are chained
//! - S0135 a line starts with `or` in a block of several lines
//! - S0136 arithmetic goes on after `rounded` without brackets
//! - S0150 a date or time that does not exist
//! - S0151 a date that can be read two ways
//! - S0152 a date in another form
//! - S0171 a text has no closing quote

mod base;
mod combinations;
mod content;
mod declarations;
mod fields;
mod file;
mod habits;
mod lines;
mod occasions;
mod test_cases;
mod values;
mod windows;

pub(crate) use base::*;
pub(crate) use combinations::*;
pub(crate) use content::*;
pub(crate) use declarations::*;
pub(crate) use fields::*;
pub use file::invalid_utf8;
pub(crate) use file::*;
pub(crate) use habits::*;
pub(crate) use lines::*;
pub(crate) use occasions::*;
pub(crate) use test_cases::*;
pub(crate) use values::*;
pub(crate) use windows::*;

use crate::diagnostics::Edit;
use crate::source::Span;

/// Replaces a stretch.
fn replace(span: Span, text: impl Into<String>) -> Vec<Edit> {
    vec![Edit { span, text: text.into() }]
}

/// A text between quotes, so that it is read as it is: a backslash only needs another where it would be taken for a mark.
fn in_quotes(text: &str) -> String {
    let mut written = String::from("\"");
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match (character, characters.peek()) {
            ('"', _) => written.push_str("\\\""),
            ('\\', None | Some('"' | '\\')) => written.push_str("\\\\"),
            _ => written.push(character),
        }
    }
    written.push('"');
    written
}

fn start_point(span: Span) -> Span {
    Span { end: span.start, ..span }
}

/// Puts round brackets around a stretch.
fn brackets(span: Span) -> Vec<Edit> {
    vec![Edit { span: start_point(span), text: "(".to_owned() }, Edit { span: span.end_point(), text: ")".to_owned() }]
}
