//! Every fix that a message offers is applied: the message must be gone, and no error may stand there that was not
//! there before.

use crate::harness::{cases, check, pages};
use segue_compiler::diagnostics::{Diagnostic, Fix, Severity, apply, entries};
use segue_compiler::project::{Checked, Constants, Input, check as check_project};
use segue_compiler::source::SourceFile;
use std::collections::HashSet;

/// The project with the fix applied.
fn mended(checked: &Checked, fix: &Fix) -> Checked {
    let mut rules = Vec::new();
    let mut settings = None;
    for (id, file) in checked.sources.iter() {
        let edits: Vec<_> = fix.edits.iter().filter(|edit| edit.span.file == id).collect();
        let text = apply(&file.text, &edits);
        let file = SourceFile::new(file.name.clone(), text);
        if file.name.ends_with(".toml") { settings = Some(file) } else { rules.push(file) }
    }
    check_project(Input {
        settings,
        files: rules,
        constants: Constants::default(),
        read_list: &|_| Err("there is none here".to_owned()),
    })
}

/// How many messages with this code there are about the same words.
fn count(checked: &Checked, message: &Diagnostic, words: &str) -> usize {
    let same = |other: &&Diagnostic| other.code == message.code && checked.sources.slice(other.span) == words;
    checked.diagnostics.iter().filter(same).count()
}

/// The errors that were not there before: by code and by the words they are about, so that those a reader had to expect
/// are not taken for new ones.
fn new_errors<'a>(before: &Checked, after: &'a Checked) -> Vec<&'a Diagnostic> {
    let known: HashSet<(&str, &str)> =
        before.diagnostics.iter().map(|message| (message.code.0, message.message.as_str())).collect();
    let is_new = |message: &&Diagnostic| {
        message.severity == Severity::Error && !known.contains(&(message.code.0, message.message.as_str()))
    };
    after.diagnostics.iter().filter(is_new).collect()
}

#[test]
fn every_fix_mends_what_it_is_offered_for() {
    let of_cases = cases().into_iter().map(|case| (case.name.clone(), check(&case.path)));
    let of_pages = entries().iter().flat_map(|entry| {
        pages(entry.page).into_iter().map(|(_, checked)| (entry.code.0.to_owned(), checked)).collect::<Vec<_>>()
    });
    let (mut wrong, mut tried) = (Vec::new(), 0);
    for (name, checked) in of_cases.chain(of_pages) {
        for message in &checked.diagnostics {
            for fix in &message.fixes {
                tried += 1;
                let after = mended(&checked, fix);
                let words = checked.sources.slice(message.span);
                let before = count(&checked, message, words);
                let grew = after.diagnostics.len() > checked.diagnostics.len();
                let broke = !new_errors(&checked, &after).is_empty();
                if count(&after, message, words) >= before || broke || fix.certain && grew {
                    let left: Vec<String> = after
                        .diagnostics
                        .iter()
                        .map(|message| format!("  {}: {}", message.code.0, message.message))
                        .collect();
                    wrong.push(format!(
                        "{name}: {} {}: \"{}\" leaves\n{}",
                        message.code.0,
                        message.message,
                        fix.title,
                        left.join("\n")
                    ));
                }
            }
        }
    }
    assert!(tried >= 150, "only {tried} fixes were tried");
    assert!(wrong.is_empty(), "{} fixes of {tried} do not mend:\n\n{}", wrong.len(), wrong.join("\n"));
}
