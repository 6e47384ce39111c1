//! Messages as JSON for other programs. Fields may be added; none is renamed or changes its meaning without a new
//! [`VERSION`].

use super::{Code, Diagnostic, Severity, find};
use crate::source::{SourceMap, Span};
use serde::Serialize;
use std::collections::HashMap;

/// The version of the form.
pub const VERSION: u32 = 1;

/// All messages of one command.
#[derive(Debug, Serialize)]
pub struct Messages {
    /// [`VERSION`].
    version: u32,
    /// How many are errors.
    errors: usize,
    /// How many are warnings.
    warnings: usize,
    /// The messages, in reading order.
    messages: Vec<Message>,
}

#[derive(Debug, Serialize)]
struct Message {
    code: Code,
    severity: Severity,
    /// The catalogue's title of the code.
    title: &'static str,
    message: String,
    #[serde(flatten)]
    place: Place,
    label: String,
    labels: Vec<Label>,
    notes: Vec<String>,
    fixes: Vec<Fix>,
    /// The same for the same mistake while lines above it come and go.
    fingerprint: String,
}

/// Where. Lines and columns count from 1, columns in characters; `start` and `end` are bytes.
#[derive(Debug, Serialize)]
struct Place {
    file: String,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    start: u32,
    end: u32,
}

#[derive(Debug, Serialize)]
struct Label {
    #[serde(flatten)]
    place: Place,
    text: String,
}

#[derive(Debug, Serialize)]
struct Fix {
    title: String,
    certain: bool,
    edits: Vec<Edit>,
}

#[derive(Debug, Serialize)]
struct Edit {
    #[serde(flatten)]
    place: Place,
    text: String,
}

/// The messages as data that serialises to the documented form.
pub fn messages(sources: &SourceMap, diagnostics: &[Diagnostic]) -> Messages {
    let mut seen: HashMap<u64, u64> = HashMap::new();
    let count = |severity| diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count();
    Messages {
        version: VERSION,
        errors: count(Severity::Error),
        warnings: count(Severity::Warning),
        messages: diagnostics.iter().map(|diagnostic| message(sources, diagnostic, &mut seen)).collect(),
    }
}

fn message(sources: &SourceMap, diagnostic: &Diagnostic, seen: &mut HashMap<u64, u64>) -> Message {
    let place = place(sources, diagnostic.span);
    let content = fingerprint(&[diagnostic.code.0, &place.file, sources.slice(diagnostic.span), &diagnostic.message]);
    let repeats = seen.entry(content).or_default();
    let fingerprint = format!("{:016x}", content.wrapping_add(*repeats));
    *repeats += 1;
    Message {
        code: diagnostic.code,
        severity: diagnostic.severity,
        title: find(diagnostic.code.0).map_or("", |entry| entry.title),
        message: diagnostic.message.clone(),
        place,
        label: diagnostic.label.clone(),
        labels: diagnostic
            .labels
            .iter()
            .map(|label| Label { place: self::place(sources, label.span), text: label.text.clone() })
            .collect(),
        notes: diagnostic.notes.clone(),
        fixes: diagnostic
            .fixes
            .iter()
            .map(|fix| Fix {
                title: fix.title.clone(),
                certain: fix.certain,
                edits: fix
                    .edits
                    .iter()
                    .map(|edit| Edit { place: self::place(sources, edit.span), text: edit.text.clone() })
                    .collect(),
            })
            .collect(),
        fingerprint,
    }
}

fn place(sources: &SourceMap, span: Span) -> Place {
    let file = sources.get(span.file);
    let at = |byte| file.map_or((1, 1), |file| file.line_column(byte));
    let ((line, column), (end_line, end_column)) = (at(span.start), at(span.end));
    Place {
        file: file.map_or_else(String::new, |file| file.name.clone()),
        line,
        column,
        end_line,
        end_column,
        start: span.start,
        end: span.end,
    }
}

/// FNV-1a over the parts: short, and the same on every machine and in every version.
fn fingerprint(parts: &[&str]) -> u64 {
    let bytes = parts.iter().flat_map(|part| part.bytes().chain([0]));
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
