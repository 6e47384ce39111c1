//! Every mend that a message offers mends it.

use super::{corpus, messages, read};
use crate::diagnostics::{Diagnostic, Edit};
use crate::source::SourceFile;
use crate::syntax::Parsed;

fn apply(text: &str, edits: &[Edit]) -> String {
    let mut sorted: Vec<&Edit> = edits.iter().collect();
    sorted.sort_by_key(|edit| std::cmp::Reverse(edit.span));
    let mut mended = text.to_owned();
    for edit in sorted {
        mended.replace_range(edit.span.range(), &edit.text);
    }
    mended
}

/// The message without its place, which moves when something before it is mended.
fn sentence<'s>(source: &'s SourceFile, diagnostic: &'s Diagnostic) -> (&'static str, &'s str, &'s str) {
    (diagnostic.code.0, &diagnostic.message, source.slice(diagnostic.span))
}

#[test]
fn each_mend_takes_its_message_away_and_brings_no_other() {
    let mut count = 0;
    for path in corpus::files("broken") {
        let text = std::fs::read_to_string(&path).unwrap();
        let (source, parsed) = read(&text);
        for diagnostic in &parsed.diagnostics {
            for fix in &diagnostic.fixes {
                let mended = apply(&text, &fix.edits);
                let (mended_source, after) = read(&mended);
                let (line, _) = source.line_column(diagnostic.span.start);
                let wanted = sentence(&source, diagnostic);
                let remaining = |source: &SourceFile, parsed: &Parsed| {
                    parsed.diagnostics.iter().filter(|other| sentence(source, other) == wanted).count()
                };
                // Where the mend shows a mistake that the first one hid, one takes the other's place.
                assert!(
                    remaining(&mended_source, &after) < remaining(&source, &parsed)
                        && after.diagnostics.len() <= parsed.diagnostics.len(),
                    "{} line {line}: {} ({})\n{}",
                    path.display(),
                    diagnostic.message,
                    fix.title,
                    messages(&mended_source, &after)
                );
                count += 1;
            }
        }
    }
    assert!(count > 130, "{count}");
}

#[test]
fn all_certain_mends_of_a_file_can_be_applied_at_once() {
    for path in corpus::files("broken") {
        let text = std::fs::read_to_string(&path).unwrap();
        let (source, parsed) = read(&text);
        let is_certain = |diagnostic: &&Diagnostic| diagnostic.fixes.first().is_some_and(|fix| fix.certain);
        let certain: Vec<&Diagnostic> = parsed.diagnostics.iter().filter(is_certain).collect();
        let mut edits: Vec<Edit> = certain.iter().flat_map(|diagnostic| diagnostic.fixes[0].edits.clone()).collect();
        edits.sort_by_key(|edit| edit.span);
        assert!(edits.windows(2).all(|pair| pair[0].span.end <= pair[1].span.start), "{}", path.display());
        let (mended_source, after) = read(&apply(&text, &edits));
        for diagnostic in certain {
            let wanted = sentence(&source, diagnostic);
            let count = |source: &SourceFile, parsed: &Parsed| {
                parsed.diagnostics.iter().filter(|other| sentence(source, other) == wanted).count()
            };
            let is_gone = count(&mended_source, &after) < count(&source, &parsed);
            assert!(is_gone, "{}: {}", diagnostic.message, messages(&mended_source, &after));
        }
    }
}
