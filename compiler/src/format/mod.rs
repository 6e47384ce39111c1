//! The one layout of rule files: no options, comments kept, the meaning untouched.
//!
//! It works on the pieces of the text, with the tree telling which words are names and where lines and fields end. So
//! what it changes is blanks, line ends, capitals of keywords, quotes and a few words that mean nothing. A declaration
//! about which there is a message keeps its bytes.
//!
//! INVARIANT: formatting twice gives what formatting once gives, and the tree stays the same but for ids and spans.

mod align;
mod expression;
mod layout;
mod marks;
mod tokens;
mod wrap;

#[cfg(test)]
mod tests;

pub(crate) use expression::group_word;
pub use expression::print_expression;

use crate::diagnostics::Diagnostic;
use crate::source::{FileId, SourceFile};
use crate::syntax::{self, MAXIMUM_DECLARATIONS, MAXIMUM_FILE, NodeIds};
use align::{Line, Section};
use tokens::tokens;

/// Lines longer than this many characters are broken where they can be.
const WIDTH: usize = 100;

/// A formatted file.
#[derive(Debug, Clone, PartialEq)]
pub struct Formatted {
    /// The new text.
    pub text: String,
    /// What is wrong with the file: the declarations these lie in were left as they are.
    pub diagnostics: Vec<Diagnostic>,
}

/// Most rounds for a file with mistakes; two are nearly always enough.
const ROUNDS: usize = 8;

/// Formats a file.
pub fn format(source: &SourceFile) -> Formatted {
    let mut formatted = format_once(source);
    if formatted.diagnostics.is_empty() {
        return formatted;
    }
    // What stood on one line with a mistake, and was left as it is for that, may now stand on a line of its own.
    for _ in 0..ROUNDS {
        let again = format_once(&SourceFile::new(source.name.to_string(), formatted.text.as_str())).text;
        if again == formatted.text {
            break;
        }
        formatted.text = again;
    }
    formatted
}

fn format_once(source: &SourceFile) -> Formatted {
    let file = FileId(0);
    let parsed = syntax::parse(file, source, &mut NodeIds::default());
    let scan = syntax::scan::scan(file, source);
    if source.text.len() > MAXIMUM_FILE || parsed.file.declarations.len() >= MAXIMUM_DECLARATIONS {
        return Formatted { text: source.text.to_string(), diagnostics: parsed.diagnostics };
    }
    let mut sections: Vec<Section> = Vec::new();
    let mut comments = scan.comments.iter().peekable();
    let mut previous_end = 0;
    let text: &str = &source.text;
    for (chunk, declaration) in scan.chunks.iter().zip(&parsed.file.declarations) {
        while let Some(comment) = comments.next_if(|comment| (comment.span.start as usize) < chunk.start) {
            push_comment(&mut sections, source, comment.span.range(), previous_end, comment.own_line);
            previous_end = comment.span.end as usize;
        }
        let blank = blank_line_between(text, previous_end, chunk.start);
        let is_broken = parsed.diagnostics.iter().any(|diagnostic| {
            let span = diagnostic.span.range();
            span.start <= chunk.end && chunk.start <= span.end
        });
        let mut section = if is_broken {
            Section::verbatim(text.get(chunk.start..chunk.end).unwrap_or(""))
        } else {
            let marks = marks::marks(declaration, source);
            let inside = comments_within(&scan.comments, chunk.start, chunk.end);
            layout::declaration(&tokens(source, &scan, chunk, inside, &marks), chunk.kind)
        };
        section.blank_before = blank && !sections.is_empty();
        sections.push(section);
        while comments.next_if(|comment| (comment.span.start as usize) < chunk.end).is_some() {}
        previous_end = chunk.end;
    }
    for comment in comments {
        push_comment(&mut sections, source, comment.span.range(), previous_end, comment.own_line);
        previous_end = comment.span.end as usize;
    }
    Formatted { text: align::finish(sections), diagnostics: parsed.diagnostics }
}

fn comments_within(comments: &[syntax::Comment], start: usize, end: usize) -> &[syntax::Comment] {
    let from = comments.partition_point(|comment| (comment.span.start as usize) < start);
    let to = comments.partition_point(|comment| (comment.span.start as usize) < end);
    comments.get(from..to).unwrap_or(&[])
}

fn push_comment(
    sections: &mut Vec<Section>,
    source: &SourceFile,
    range: std::ops::Range<usize>,
    previous_end: usize,
    own_line: bool,
) {
    let written = source.text.get(range.clone()).unwrap_or("").trim_end().to_owned();
    let line_before = sections.last_mut().and_then(|section| section.last_line());
    if !own_line
        && let Some(line) = line_before
        && line.comment.is_none()
    {
        line.comment = Some(written);
        return;
    }
    let mut section = Section::lines(vec![Line::new(0, written)]);
    section.is_comment = true;
    section.blank_before = !sections.is_empty() && blank_line_between(&source.text, previous_end, range.start);
    sections.push(section);
}

fn blank_line_between(text: &str, from: usize, to: usize) -> bool {
    text.get(from..to).is_some_and(|between| between.bytes().filter(|byte| *byte == b'\n').count() > 1)
}
