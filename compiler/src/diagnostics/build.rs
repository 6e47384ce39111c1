//! Putting a message together: every stage's constructors read alike.

use super::{Code, Diagnostic, Edit, Fix, Label, Severity};
use crate::source::Span;

impl Diagnostic {
    /// A message about what cannot be run.
    pub fn error(code: &'static str, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic::of(Severity::Error, code, span, message)
    }

    /// A message about what is probably not meant.
    pub fn warning(code: &'static str, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic::of(Severity::Warning, code, span, message)
    }

    fn of(severity: Severity, code: &'static str, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic {
            code: Code(code),
            severity,
            message: message.into(),
            span,
            label: String::new(),
            labels: Vec::new(),
            notes: Vec::new(),
            fixes: Vec::new(),
        }
    }

    /// What stands beside the culprit.
    pub fn beside(mut self, text: impl Into<String>) -> Diagnostic {
        self.label = text.into();
        self
    }

    /// A second place that matters.
    pub fn place(mut self, span: Span, text: impl Into<String>) -> Diagnostic {
        self.labels.push(Label { span, text: text.into() });
        self
    }

    /// A line below: a consequence, or help.
    pub fn note(mut self, text: impl Into<String>) -> Diagnostic {
        self.notes.push(text.into());
        self
    }

    /// A mend that is surely what was meant.
    pub fn fix(self, title: impl Into<String>, edits: Vec<Edit>) -> Diagnostic {
        self.mend(title, edits, true)
    }

    /// A mend to be asked about; more than three are left out.
    pub fn offer(self, title: impl Into<String>, edits: Vec<Edit>) -> Diagnostic {
        self.mend(title, edits, false)
    }

    fn mend(mut self, title: impl Into<String>, edits: Vec<Edit>, certain: bool) -> Diagnostic {
        if self.fixes.len() < 3 {
            self.fixes.push(Fix { title: title.into(), edits, certain });
        }
        self
    }
}

impl Edit {
    /// Puts text in place of what stands there.
    pub fn replace(span: Span, text: impl Into<String>) -> Edit {
        Edit { span, text: text.into() }
    }

    /// Puts text right before the span.
    pub fn before(span: Span, text: impl Into<String>) -> Edit {
        Edit { span: Span { end: span.start, ..span }, text: text.into() }
    }

    /// Puts text right after the span.
    pub fn after(span: Span, text: impl Into<String>) -> Edit {
        Edit { span: span.end_point(), text: text.into() }
    }

    /// Takes away what stands there.
    pub fn delete(span: Span) -> Edit {
        Edit { span, text: String::new() }
    }
}
