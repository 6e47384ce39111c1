#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use super::{Formatted, format, print_expression};
use crate::source::{FileId, SourceFile};
use crate::syntax::tree::{DeclarationKind, Expr, ExprKind, FieldKind, PartRule};
use crate::syntax::{NodeIds, dump_expression, dump_file, parse, parse_expression};
use std::path::{Path, PathBuf};

fn formatted(text: &str) -> Formatted {
    format(&SourceFile::new("test.segue", text))
}

fn tree(text: &str) -> String {
    dump_file(&parse(FileId(0), &SourceFile::new("test.segue", text), &mut NodeIds::default()).file)
}

/// All rule files below a folder of the project.
fn files(folder: &str) -> Vec<PathBuf> {
    let mut waiting = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    let mut found = Vec::new();
    while let Some(folder) = waiting.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                waiting.push(path);
            } else if path.extension().is_some_and(|extension| extension == "segue") {
                found.push(path);
            }
        }
    }
    found.sort();
    assert!(!found.is_empty());
    found
}

#[test]
fn cases_give_what_stands_beside_them() {
    for path in files("src/format/cases") {
        let actual = formatted(&std::fs::read_to_string(&path).unwrap()).text;
        let expected = path.with_extension("formatted");
        if std::env::var_os("SEGUE_UPDATE").is_some() {
            std::fs::write(&expected, &actual).unwrap();
        }
        let wanted = std::fs::read_to_string(&expected).unwrap_or_default();
        let line = wanted.lines().zip(actual.lines()).position(|(left, right)| left != right);
        assert!(
            wanted == actual,
            "{} differs first at line {:?}:\n{actual}",
            expected.display(),
            line.map(|line| line + 1)
        );
    }
}

/// What must hold for every text whatever it says.
fn check(name: &Path, text: &str) {
    let once = formatted(text);
    let twice = formatted(&once.text);
    if once.text != twice.text {
        let line = once.text.lines().zip(twice.text.lines()).find(|(left, right)| left != right);
        panic!(
            "{}: formatting twice gives something else: {line:#?}\n{text}\n---\n{}\n---\n{}",
            name.display(),
            once.text,
            twice.text
        );
    }
    let (before, after) = (tree(text), tree(&once.text));
    if before != after {
        let line = before.lines().zip(after.lines()).find(|(left, right)| left != right);
        panic!("{}: the tree is another: {line:#?}\n{text}\n---\n{}", name.display(), once.text);
    }
    assert_eq!(once.diagnostics.len(), twice.diagnostics.len(), "{}", name.display());
    let comments = |text: &str| {
        let source = SourceFile::new("test.segue", text);
        let parsed = parse(FileId(0), &source, &mut NodeIds::default());
        let mut comments: Vec<String> =
            parsed.comments.iter().map(|comment| source.slice(comment.span).trim_end().to_owned()).collect();
        comments.sort();
        comments
    };
    assert_eq!(comments(text), comments(&once.text), "{}", name.display());
}

#[test]
fn formatting_changes_neither_trees_nor_comments_and_is_stable() {
    for folder in ["src", "../examples", "../tests"] {
        for path in files(folder) {
            check(&path, &std::fs::read_to_string(&path).unwrap());
        }
    }
}

/// Good files that end too early, wherever that is, and those with something between that means nothing.
#[test]
fn broken_files_are_stable_after_once() {
    for path in files("src/format/cases") {
        let text = std::fs::read_to_string(&path).unwrap();
        let rests = ["", "\n", "\njunk", "\r\njunk", "  # why\n\n  junk  ", "\n# why\n\t} )\n\njunk\n"];
        for (round, at) in text.char_indices().map(|(at, _)| at).step_by(7).enumerate() {
            stable(&format!("{}{}", &text[..at], rests[round % rests.len()]));
        }
    }
}

/// Formatting a broken file twice gives what formatting it once gives.
fn stable(broken: &str) {
    let once = formatted(broken).text;
    assert_eq!(once, formatted(&once).text, "{broken:?}");
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(2000))]
    #[test]
    fn so_are_pieces_of_rules_in_any_order(pieces in proptest::collection::vec(proptest::sample::select(PIECES), 0..12)) {
        stable(&pieces.concat());
    }
}

/// What broken files are made of.
const PIECES: &[&str] = &[
    "customers {",
    "segment s {",
    "segment",
    "trait t = ",
    "list l = ",
    "let x = 3",
    "partition p {",
    "events e by id at t {",
    "\n",
    "\r\n",
    "\n\n",
    "  ",
    "\t",
    "junk",
    "junk",
    "{",
    "}",
    "(",
    ")",
    ",",
    "\"",
    "\"a b\"",
    "# why",
    "# why\n",
    "key id : id",
    "name : text?",
    "a",
    "is",
    "not",
    "3 days",
    " and ",
    "largest of ",
    "any of {",
    "p : otherwise",
    ":",
    "=",
    "any e",
];

/// Changes blanks, line ends and comments of good files where they mean nothing.
#[test]
fn comments_and_blanks_in_odd_places_survive() {
    let mut seed = 77_u64;
    let mut below = |limit: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        usize::try_from(seed % limit.max(1) as u64).unwrap()
    };
    for path in files("src/syntax/tests/good") {
        let text = std::fs::read_to_string(&path).unwrap();
        for round in 0..12 {
            let mut changed = String::new();
            for line in text.lines() {
                let is_text = line.contains(['"', '“', '#']);
                for word in line.split_inclusive(' ') {
                    changed.push_str(word);
                    if !is_text && word.trim() == "and" && below(2) == 0 {
                        changed.push_str(&format!(" # behind and {round}\n"));
                    }
                    if !is_text && word.ends_with(", ") && below(3) == 0 {
                        changed.push_str("# behind a comma\n\n   # and another\n");
                    }
                    if below(9) == 0 {
                        changed.push_str("  \t");
                    }
                }
                match below(8) {
                    0 => changed.push_str("   # at the end"),
                    1 => changed.push_str("\n\n\n"),
                    2 => changed.push_str("\n   # alone"),
                    _ => {}
                }
                changed.push_str(if below(3) == 0 { "\r\n" } else { "\n" });
            }
            check(&path, &changed);
        }
    }
}

#[test]
fn expressions_print_as_what_reads_back() {
    let mut count = 0;
    for path in files("src/syntax/tests/good") {
        let source = SourceFile::new("test.segue", std::fs::read_to_string(&path).unwrap());
        let parsed = parse(FileId(0), &source, &mut NodeIds::default());
        let mut expressions: Vec<Expr> = Vec::new();
        for declaration in parsed.file.declarations {
            match declaration.kind {
                DeclarationKind::Segment { lines, .. } => expressions.extend(lines),
                DeclarationKind::Trait { value, .. } | DeclarationKind::Let { value, .. } => expressions.push(value),
                DeclarationKind::Partition { body, .. } => {
                    expressions.extend(body.parts.into_iter().filter_map(|part| match part.rule {
                        PartRule::Condition(condition) => Some(condition),
                        _ => None,
                    }));
                }
                DeclarationKind::Table(table) => {
                    expressions.extend(table.fields.into_iter().filter_map(|field| match field.kind {
                        FieldKind::Computed { value } => Some(value),
                        _ => None,
                    }));
                }
                _ => {}
            }
        }
        for expression in expressions.iter().filter(|expression| !matches!(expression.kind, ExprKind::Block { .. })) {
            let printed = print_expression(expression);
            let again = SourceFile::new("printed", printed.as_str());
            let read = parse_expression(FileId(0), &again, &mut NodeIds::default())
                .unwrap_or_else(|messages| panic!("{printed}: {messages:?}"));
            assert_eq!(dump_expression(&read), dump_expression(expression), "{printed}");
            count += 1;
        }
    }
    assert!(count > 150, "{count}");
}
