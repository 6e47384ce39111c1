//! Messages about a file as a whole: its size, its brackets, its quotes.

use super::replace;
use crate::diagnostics::{Diagnostic, Edit};
use crate::source::{FileId, SourceFile, Span};
use crate::syntax::scan::{Problem, ProblemKind};

/// A file that is larger than the limit.
pub(crate) fn file_too_large(span: Span, bytes: usize) -> Diagnostic {
    let mebibytes = bytes.div_ceil(1024 * 1024);
    Diagnostic::error("S0011", span, format!("this file is too large: about {mebibytes} MiB, and 16 MiB is the most"))
        .note("split it into several files: all `.segue` files of a folder belong to one project")
}

/// A file whose bytes are no UTF-8 text; `valid_bytes` is how far it could be read, `source` holds that much.
pub fn invalid_utf8(file: FileId, source: &SourceFile, valid_bytes: usize) -> Diagnostic {
    let at = source.text.len().min(valid_bytes);
    let span = Span::new(file, at, at);
    let (line, _) = source.line_column(span.start);
    Diagnostic::error(
        "S0012",
        span,
        format!("{} is not saved as UTF-8: line {line} holds a letter that cannot be read", source.name),
    )
    .note("save the file again and choose the encoding UTF-8")
}

/// More declarations than the limit.
pub(crate) fn too_many_declarations(span: Span) -> Diagnostic {
    Diagnostic::error("S0010", span, "this file holds more than 10,000 declarations")
        .beside("the ones from here on are not read")
}

/// Brackets nested deeper than the limit.
pub(crate) fn too_deep(span: Span) -> Diagnostic {
    Diagnostic::error("S0008", span, "this is nested more than 200 deep")
        .beside("the 201st level starts here")
        .note("give an inner part a name of its own (`segment ... {` or `trait ... =`) and use the name")
}

/// A text longer than the limit.
pub(crate) fn text_too_long(span: Span) -> Diagnostic {
    Diagnostic::error("S0009", span, "this text is longer than 64 KiB, which is the most").beside("shorten it")
}

/// A text without its closing quote.
pub(crate) fn unclosed_text(source: &SourceFile, span: Span) -> Diagnostic {
    let (line, _) = source.line_column(span.start);
    let written = source.slice(span);
    let mut characters = written.chars();
    let opening = characters.next().unwrap_or('"');
    let rest = characters.as_str();
    let (content, last_is_curly) = match rest.strip_suffix(['”', '“']) {
        Some(content) => (content, true),
        None => (rest, false),
    };
    let closing = if opening == '"' { "\"" } else { "”" };
    let edits = if last_is_curly {
        let start = span.end as usize - '”'.len_utf8();
        replace(Span::new(span.file, start, span.end as usize), closing)
    } else {
        replace(span.end_point(), closing)
    };
    let message = format!("the text that starts on line {line} has no closing quote");
    let last_words: Vec<&str> = content.split_whitespace().collect();
    match last_words.last().map(|word| shortened(word)) {
        Some(word) => Diagnostic::error("S0171", span, message)
            .beside("a closing quote is missing")
            .note(format!("I think it ends after \"{word}\""))
            .offer(format!("end the text after \"{word}\""), edits),
        None => Diagnostic::error("S0171", span, message).beside("this quote opens a text that never ends"),
    }
}

/// The end of a word that is too long to be shown.
fn shortened(word: &str) -> String {
    const MOST: usize = 30;
    let length = word.chars().count();
    match word.char_indices().nth(length.saturating_sub(MOST)) {
        Some((at, _)) if length > MOST => format!("...{}", word.get(at..).unwrap_or("")),
        _ => word.to_owned(),
    }
}

/// A bracket without a partner.
pub(crate) fn bracket(
    source: &SourceFile,
    span: Span,
    problem: &Problem,
    closer: Option<Span>,
    declaration: Span,
) -> Diagnostic {
    let written = source.slice(span);
    match problem.kind {
        ProblemKind::Doubled => {
            let edits = [Some(span), closer].into_iter().flatten().flat_map(|span| replace(span, "")).collect();
            Diagnostic::error("S0001", span, "there is a `{` before this one already")
                .beside("one is enough")
                .offer("remove it", edits)
        }
        ProblemKind::Extra if written.len() > 1 => Diagnostic::error("S0007", span, "these brackets close nothing")
            .beside("there are no opening ones for them")
            .offer("remove them", replace(span, "")),
        ProblemKind::Extra => Diagnostic::error("S0007", span, format!("this `{written}` closes nothing"))
            .beside("there is no opening one for it")
            .offer(format!("remove the `{written}`"), replace(span, "")),
        ProblemKind::Unclosed => {
            let closing = match written {
                "(" => ")",
                "[" => "]",
                _ => "}",
            };
            let diagnostic = Diagnostic::error("S0006", span, format!("this `{written}` is never closed"))
                .beside(format!("its `{closing}` is missing"));
            if written == "{" {
                let text = if source.slice(declaration).contains('\n') { "\n}" } else { " }" };
                let mut edits: Vec<Edit> = doubled_behind(source, span).into_iter().map(Edit::delete).collect();
                edits.extend(replace(declaration.end_point(), text));
                diagnostic.offer(format!("add `{closing}` at the end"), edits)
            } else {
                let at = end_of_line(source, span);
                if at.start == span.end {
                    return diagnostic;
                }
                diagnostic.offer(format!("add `{closing}` at the end of the line"), replace(at, closing))
            }
        }
    }
}

/// Opening braces right behind one that is never closed: they mean nothing.
fn doubled_behind(source: &SourceFile, brace: Span) -> Option<Span> {
    let rest = source.text.get(brace.end as usize..)?;
    let run = rest.find(|letter: char| letter != '{' && !letter.is_whitespace()).unwrap_or(rest.len());
    let length = rest.get(..run)?.rfind('{')? + 1;
    Some(Span::new(brace.file, brace.end as usize, brace.end as usize + length))
}

/// The end of what is written on the line of a span: before its comment, blanks and closing braces.
fn end_of_line(source: &SourceFile, span: Span) -> Span {
    let from = span.end as usize;
    let rest = source.text.get(from..).unwrap_or("");
    let line = rest.split('\n').next().unwrap_or("");
    let mut kept = line.len();
    let mut inside_text = false;
    let mut open = 0_usize;
    for (at, character) in line.char_indices() {
        match character {
            '"' => inside_text = !inside_text,
            '{' if !inside_text => open += 1,
            '}' if !inside_text && open > 0 => open -= 1,
            '#' | '}' if !inside_text => {
                kept = at;
                break;
            }
            _ => {}
        }
    }
    let end = from + line.get(..kept).map_or(0, |line| line.trim_end().len());
    Span::new(span.file, end, end)
}
