//! Writes an entry with the names of a project.

use super::{Binding, Entry};
use crate::format::format;
use crate::source::{FileId, SourceFile};
use crate::syntax::scan::{LexemeKind, lexemes};
use crate::syntax::tree::{Declaration, DeclarationKind, TestLine};
use crate::syntax::{NodeIds, parse};
use rustc_hash::FxHashMap;

/// An entry as a project has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adapted {
    /// Its declarations.
    pub rules: String,
    /// Its tests.
    pub tests: String,
    /// How many tests were left out, because they give what the project works out.
    pub left_out: usize,
}

/// The currency that entries are written in.
const CURRENCY: &str = "USD";

/// Writes an entry with what its names stand for, and with `prefix` before the names it declares and the titles of its tests.
pub fn adapt(entry: &Entry, binding: &Binding, prefix: &str) -> Adapted {
    let mut words: FxHashMap<&str, String> = FxHashMap::default();
    let last = |name: &'static str| name.rsplit('.').next().unwrap_or(name);
    for bound in &binding.bound {
        let stands_for = bound.stands_for.rsplit('.').next().unwrap_or(&bound.stands_for);
        words.insert(last(bound.name), stands_for.to_owned());
    }
    let days: Vec<&str> = binding.bound.iter().filter(|bound| bound.only_day).map(|bound| last(bound.name)).collect();
    words.insert(CURRENCY, binding.currency.clone());
    let declared = declared(entry.rules);
    if !prefix.is_empty() {
        words.extend(declared.iter().map(|name| (name.as_str(), format!("{prefix}{name}"))));
    }
    let computed: Vec<&str> =
        binding.bound.iter().filter(|bound| bound.computed).map(|bound| last(bound.name)).collect();
    let (tests, left_out) = without_given(entry.tests, &computed);
    Adapted { rules: renamed(entry.rules, &words, &[], ""), tests: renamed(&tests, &words, &days, prefix), left_out }
}

/// The tests that give none of these fields, and how many others there are.
fn without_given(tests: &str, fields: &[&str]) -> (String, usize) {
    if fields.is_empty() {
        return (tests.to_owned(), 0);
    }
    let parsed = parse(FileId(0), &SourceFile::new("library", tests), &mut NodeIds::default());
    let gives = |declaration: &Declaration| match &declaration.kind {
        DeclarationKind::Test(test) => test.lines.iter().any(|line| match line {
            TestLine::Rows(given) => {
                let given = given.rows.iter().flat_map(|row| &row.fields);
                given.into_iter().any(|given| fields.contains(&&*given.name.text))
            }
            TestLine::Fact(_) | TestLine::Expect(_) => false,
        }),
        _ => false,
    };
    let all = parsed.file.declarations;
    let kept: Vec<&str> = all
        .iter()
        .filter(|declaration| !gives(declaration))
        .map(|declaration| tests.get(declaration.span.range()).unwrap_or(""))
        .collect();
    (kept.join("\n\n") + "\n", all.len() - kept.len())
}

/// The names that some rules declare.
fn declared(rules: &str) -> Vec<String> {
    let parsed = parse(FileId(0), &SourceFile::new("library", rules), &mut NodeIds::default());
    let name = |declaration: Declaration| match declaration.kind {
        DeclarationKind::Let { name, .. }
        | DeclarationKind::List { name, .. }
        | DeclarationKind::Trait { name, .. }
        | DeclarationKind::Segment { name, .. }
        | DeclarationKind::Partition { name, .. }
        | DeclarationKind::Content { name, .. }
        | DeclarationKind::Score { name, .. }
        | DeclarationKind::Occasion { name, .. } => Some(name.text.to_string()),
        DeclarationKind::Table(_) | DeclarationKind::Test(_) | DeclarationKind::Broken { .. } => None,
    };
    parsed.file.declarations.into_iter().filter_map(name).collect()
}

/// The text with words in the place of others, laid out; texts and comments stay but for the titles of tests. What is given for
/// one of the `days` loses its clock time: an event of that day counts as after all others of the day, as the one with the time did.
fn renamed(text: &str, words: &FxHashMap<&str, String>, days: &[&str], prefix: &str) -> String {
    let mut written = String::with_capacity(text.len());
    let mut end = 0;
    let mut behind_test = false;
    let mut in_day = false;
    for lexeme in lexemes(text) {
        let range = lexeme.range();
        written.push_str(text.get(end..range.start).unwrap_or(""));
        let word = lexeme.text(text);
        if lexeme.kind == LexemeKind::Word {
            in_day = days.contains(&word);
        }
        match (lexeme.kind, words.get(word)) {
            (LexemeKind::Number, _) if in_day && word.contains(':') => {
                written.truncate(written.trim_end().len());
            }
            (LexemeKind::Word, Some(other)) => written.push_str(other),
            (LexemeKind::Text, _) if behind_test && !prefix.is_empty() => {
                written.push('"');
                written.push_str(prefix.trim_end_matches('_'));
                written.push(' ');
                written.push_str(word.get(1..).unwrap_or(""));
            }
            _ => written.push_str(word),
        }
        behind_test = lexeme.kind == LexemeKind::Word && word == "test";
        end = range.end;
    }
    written.push_str(text.get(end..).unwrap_or(""));
    format(&SourceFile::new("library", written)).text
}
