//! Applying the edits of fixes to a text.

use super::{Diagnostic, Edit};
use crate::source::FileId;

/// The text with the edits made. Edits that lie inside or across an earlier one are left out: their mistake is told
/// again once the file is checked anew.
pub fn apply(text: &str, edits: &[&Edit]) -> String {
    let mut edits = edits.to_vec();
    edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for edit in edits {
        let range = edit.span.range();
        let Some(kept) = text.get(done..range.start) else { continue };
        if text.get(range.clone()).is_none() {
            continue;
        }
        out.push_str(kept);
        out.push_str(&edit.text);
        done = range.end;
    }
    out.push_str(text.get(done..).unwrap_or(""));
    out
}

/// The edits to a file that may be made without asking: those of the first certain fix of each message, as far as they do
/// not get in one another's way.
pub fn certain_edits(diagnostics: &[Diagnostic], file: FileId) -> Vec<&Edit> {
    let mut chosen: Vec<&Edit> = Vec::new();
    for message in diagnostics {
        let Some(fix) = message.fixes.first().filter(|fix| fix.certain) else { continue };
        let clear = fix.edits.iter().all(|edit| {
            edit.span.file != file
                || chosen.iter().all(|other| other.span.end < edit.span.start || edit.span.end < other.span.start)
        });
        if clear {
            chosen.extend(fix.edits.iter().filter(|edit| edit.span.file == file));
        }
    }
    chosen
}
