//! Messages as one line each, for logs and for tools that read `file:line:column`.

use super::Diagnostic;
use super::legible::legible;
use super::terminal::severity_word;
use super::view::shortened;
use crate::source::SourceMap;
use std::fmt::Write;

/// `rules.segue:3:3: error[S0101]: there is no field called `contry` (did you mean `country`?)`, one line a message.
pub fn lines(sources: &SourceMap, diagnostics: &[Diagnostic]) -> String {
    let mut out = String::new();
    for diagnostic in diagnostics {
        if let Some(file) = sources.get(diagnostic.span.file) {
            let (line, column) = file.line_column(diagnostic.span.start);
            _ = write!(out, "{}:{line}:{column}: ", legible(&file.name));
        }
        let message = shortened(&diagnostic.message).split_whitespace().collect::<Vec<_>>().join(" ");
        _ = write!(out, "{}[{}]: {}", severity_word(diagnostic.severity), diagnostic.code.0, legible(&message));
        if let Some(fix) = diagnostic.fixes.first() {
            _ = write!(out, " ({})", legible(&shortened(&fix.title)));
        }
        out.push('\n');
    }
    out
}
