//! Files beside their expected trees and messages. `SEGUE_UPDATE=1` rewrites what is expected.

use super::{messages, read};
use crate::syntax::dump_file;
use std::path::{Path, PathBuf};

pub(super) fn files(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/syntax/tests").join(folder);
    let mut found: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "segue"))
        .collect();
    found.sort();
    assert!(!found.is_empty());
    found
}

/// Holds what came out against the file beside the input.
pub(super) fn check(input: &Path, extension: &str, actual: &str) {
    let expected_path = input.with_extension(extension);
    if std::env::var_os("SEGUE_UPDATE").is_some() {
        std::fs::write(&expected_path, actual).unwrap();
        return;
    }
    let expected = std::fs::read_to_string(&expected_path).unwrap_or_default();
    if expected != actual {
        let line = expected.lines().zip(actual.lines()).position(|(left, right)| left != right);
        let line = line.unwrap_or_else(|| expected.lines().count().min(actual.lines().count()));
        panic!(
            "{} differs at line {}:\nexpected: {:?}\nactual:   {:?}",
            expected_path.display(),
            line + 1,
            expected.lines().nth(line),
            actual.lines().nth(line)
        );
    }
}

#[test]
fn good_files_give_their_trees_and_no_message() {
    for path in files("good") {
        let (source, parsed) = read(&std::fs::read_to_string(&path).unwrap());
        assert_eq!(messages(&source, &parsed), "", "{}", path.display());
        check(&path, "tree", &dump_file(&parsed.file));
    }
}

#[test]
fn broken_files_give_their_messages_and_what_can_be_read() {
    for path in files("broken") {
        let (source, parsed) = read(&std::fs::read_to_string(&path).unwrap());
        check(&path, "messages", &messages(&source, &parsed));
        check(&path, "tree", &dump_file(&parsed.file));
    }
}
