//! Every code a message may bear, listed once. A code is never reused for another mistake; one that is gone stays gone.
//!
//! To add one: a line here, a page beside it in `pages/`, and a wrong file under `tests/ui`.

use super::{Code, Severity};

/// One code.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// The code.
    pub code: Code,
    /// How grave it is unless the project file says otherwise.
    pub severity: Severity,
    /// What it is about, in a few words.
    pub title: &'static str,
    /// Its page, in Markdown: what it means, a failing file and the mended one.
    pub page: &'static str,
}

macro_rules! catalogue {
    ($($code:ident $severity:ident $title:literal;)*) => {
        const ENTRIES: &[Entry] = &[$(Entry {
            code: Code(stringify!($code)),
            severity: Severity::$severity,
            title: $title,
            page: include_str!(concat!("pages/", stringify!($code), ".md")),
        }),*];
    };
}

catalogue! {
    S0101 Error "no such field";
}

/// All codes, ascending.
pub fn entries() -> &'static [Entry] {
    ENTRIES
}

/// The entry of a code, whose letter may be small.
pub fn find(code: &str) -> Option<&'static Entry> {
    ENTRIES.iter().find(|entry| entry.code.0.eq_ignore_ascii_case(code))
}
