//! One diagnostic, the catalogue of codes, and the renderers.
//!
//! A mistake is told once, as plain data ([`Diagnostic`]); how it looks is decided here and nowhere else: drawn for a
//! terminal ([`terminal`]), as one line ([`concise`]), or as JSON ([`json`]). The catalogue lists every code once.

mod apply;
mod catalogue;
pub mod concise;
pub mod explain;
pub mod json;
mod legible;
pub mod terminal;
mod view;

#[cfg(test)]
mod tests;
#[cfg(test)]
pub(crate) mod wording;

pub use apply::{apply, certain_edits};
pub use catalogue::{Entry, entries, find};
pub use legible::legible;

mod build;

use crate::source::Span;
use serde::Serialize;

/// How grave a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Good to know.
    Note,
    /// Probably not meant.
    Warning,
    /// Cannot be run.
    Error,
}

/// A message's code in the catalogue, as `S0101`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct Code(pub &'static str);

/// A second place that matters to a message.
#[derive(Debug, Clone, PartialEq)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What to say there.
    pub text: String,
}

/// A change of the text.
#[derive(Debug, Clone, PartialEq)]
pub struct Edit {
    /// What is replaced; empty to insert.
    pub span: Span,
    /// By what.
    pub text: String,
}

/// A change that mends the mistake.
#[derive(Debug, Clone, PartialEq)]
pub struct Fix {
    /// What it does, as a question or an order: "did you mean `country`?"
    pub title: String,
    /// The edits, which do not overlap.
    pub edits: Vec<Edit>,
    /// Whether it may be applied without asking: it is surely what was meant.
    pub certain: bool,
}

/// One mistake, one message.
#[derive(Debug, Clone, PartialEq)]
pub struct Diagnostic {
    /// Its code.
    pub code: Code,
    /// How grave.
    pub severity: Severity,
    /// The sentence at the top.
    pub message: String,
    /// The culprit.
    pub span: Span,
    /// What stands beside the culprit ("did you mean `country`?"); may be empty.
    pub label: String,
    /// Further places.
    pub labels: Vec<Label>,
    /// Lines below: consequences, help.
    pub notes: Vec<String>,
    /// Mends, best first; at most three.
    pub fixes: Vec<Fix>,
}

/// Puts messages in the order people read them: by file, then place, then code.
pub fn sort(diagnostics: &mut [Diagnostic]) {
    diagnostics.sort_by(|left, right| {
        let place = |diagnostic: &Diagnostic| (diagnostic.span.file, diagnostic.span.start, diagnostic.span.end);
        place(left).cmp(&place(right)).then_with(|| left.code.cmp(&right.code))
    });
}
