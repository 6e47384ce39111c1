//! The examples of the repository: something is said over every word of them.

use crate::diagnostics::wording::{banned, unquoted};
use crate::ide::{Hover, hover, words::read};
use crate::project::{Checked, Constants, Input, check, check_text};
use crate::source::{FileId, SourceFile};
use crate::syntax::scan::LexemeKind;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

fn rule_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rule_files(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "segue") {
            found.push(path);
        }
    }
}

fn example(name: &str) -> Checked {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples").join(name);
    let mut paths = Vec::new();
    rule_files(&folder, &mut paths);
    paths.sort();
    let file = |path: &PathBuf| {
        let name = path.strip_prefix(&folder).unwrap().display().to_string();
        SourceFile::new(name, std::fs::read_to_string(path).unwrap())
    };
    check(Input {
        settings: Some(file(&folder.join("segue.toml"))),
        files: paths.iter().map(file).collect(),
        constants: Constants::default(),
        read_list: &|name| std::fs::read_to_string(folder.join(name)).map_err(|error| error.to_string()),
    })
}

/// What is said at the beginning of every word, by file and word.
fn words_of(checked: &Checked) -> Vec<(String, Option<Hover>)> {
    let mut said = Vec::new();
    for file in (0..checked.trees.len()).map(|at| FileId(u32::try_from(at).unwrap())) {
        let source = checked.sources.get(file).unwrap();
        for word in read(&source.text).into_iter().filter(|lexeme| lexeme.kind == LexemeKind::Word) {
            let (line, column) = source.line_column(word.start);
            let place = format!("{}:{line}:{column} {}", source.name, word.text(&source.text));
            said.push((place, hover(checked, file, word.start as usize, None)));
        }
    }
    said
}

#[test]
fn every_word_of_the_examples_says_something() {
    for name in ["grocery", "music-store"] {
        let checked = example(name);
        assert!(checked.program.is_some(), "{:?}", checked.diagnostics);
        let said = words_of(&checked);
        let silent: Vec<&String> = said.iter().filter(|(_, hover)| hover.is_none()).map(|(place, _)| place).collect();
        assert!(silent.is_empty(), "nothing is said over {} of {} words:\n{silent:#?}", silent.len(), said.len());
    }
}

/// What is said at every byte of every file is about a stretch of the file around it.
fn ask_everywhere(checked: &Checked) -> usize {
    let mut answers = 0;
    for file in (0..checked.trees.len()).map(|at| FileId(u32::try_from(at).unwrap())) {
        let source = checked.sources.get(file).unwrap();
        for offset in 0..=source.text.len() + 1 {
            let Some(hover) = hover(checked, file, offset, None) else { continue };
            answers += 1;
            let range = hover.span.range();
            assert!(range.start <= offset && offset <= range.end, "{} {offset}: {hover:?}", source.name);
            assert!(source.text.get(range).is_some(), "{} {offset}: {hover:?}", source.name);
        }
    }
    answers
}

#[test]
fn no_place_of_the_examples_is_too_much() {
    for name in ["grocery", "music-store"] {
        let checked = example(name);
        assert!(ask_everywhere(&checked) > 1_000);
        let nowhere = FileId(u32::try_from(checked.trees.len()).unwrap() + 1);
        assert_eq!(hover(&checked, nowhere, 0, None), None);
    }
}

/// Files that are full of mistakes, each by itself.
#[test]
fn no_place_of_a_file_with_mistakes_is_too_much() {
    let mut paths = Vec::new();
    rule_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/syntax/tests"), &mut paths);
    assert!(paths.len() > 8, "{paths:?}");
    for path in paths {
        let checked = check_text(&std::fs::read_to_string(&path).unwrap());
        assert!(ask_everywhere(&checked) > 50, "{}", path.display());
    }
}

/// What is quoted from rules may say anything; comments are the writer's own.
#[test]
fn what_is_said_keeps_to_the_words_its_readers_know() {
    let checked = example("grocery");
    let mut texts: BTreeMap<String, String> = BTreeMap::new();
    for (place, hover) in words_of(&checked) {
        if let Some(Hover { title, text, .. }) = hover {
            texts.insert(text, format!("{place} {title}"));
        }
    }
    assert!(texts.len() > 200, "{}", texts.len());
    let rules: String = checked.sources.iter().map(|(_, source)| source.text.as_ref()).collect();
    for (text, place) in texts {
        let own = text.lines().filter(|line| line.is_empty() || !rules.contains(&format!("# {line}")));
        assert_eq!(banned(&unquoted(&own.collect::<Vec<_>>().join("\n"))), None, "{place}: {text}");
    }
}
