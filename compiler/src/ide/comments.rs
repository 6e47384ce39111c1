//! Comments that stand with a field or a line: above it, or behind it on its line.

use crate::source::{SourceFile, Span};

/// The block of comments right above a place that begins its line, and the comment behind it that ends the line.
pub(super) fn around(source: &SourceFile, span: Span) -> Option<String> {
    let mut lines: Vec<&str> = Vec::new();
    let before = source.text.get(..span.start as usize)?;
    let (above, left) = before.rsplit_once('\n').unwrap_or(("", before));
    if left.trim().is_empty() {
        let block = above.lines().rev().map_while(|line| line.trim().strip_prefix('#'));
        lines.extend(block);
        lines.reverse();
    }
    let behind = source.text.get(span.end as usize..)?.lines().next().unwrap_or("");
    lines.extend(behind.trim_start_matches([' ', '\t', ',']).strip_prefix('#'));
    let lines: Vec<&str> = lines.into_iter().map(|line| line.trim_start_matches('#').trim()).collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}
