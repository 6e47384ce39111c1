#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod corpus;
mod fixes;
mod limits;

use super::{NodeIds, Parsed, parse};
use crate::source::{FileId, SourceFile};

/// Reads a text as a file of its own.
fn read(text: &str) -> (SourceFile, Parsed) {
    let source = SourceFile::new("test.segue", text);
    let parsed = parse(FileId(0), &source, &mut NodeIds::default());
    (source, parsed)
}

/// The messages as lines: place, code, sentence, label, notes, fixes.
fn messages(source: &SourceFile, parsed: &Parsed) -> String {
    let mut text = String::new();
    for diagnostic in &parsed.diagnostics {
        let (line, column) = source.line_column(diagnostic.span.start);
        text.push_str(&format!("{line}:{column} {}: {}\n", diagnostic.code.0, diagnostic.message));
        text.push_str(&format!("    {:?}: {}\n", source.slice(diagnostic.span), diagnostic.label));
        for note in &diagnostic.notes {
            text.push_str(&format!("    = {note}\n"));
        }
        for fix in &diagnostic.fixes {
            text.push_str(&format!("    {} {}\n", if fix.certain { "mend:" } else { "maybe:" }, fix.title));
        }
    }
    text
}
