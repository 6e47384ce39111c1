#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::*;
use std::fs;

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn names(root: &Path, location: &Location) -> Vec<String> {
    let relative = |path: &PathBuf| path.strip_prefix(root).unwrap().display().to_string();
    location.rules.iter().map(relative).collect()
}

#[test]
fn a_folder_gathers_its_rules_sorted_but_not_hidden_ones_nor_those_of_another_project() {
    let folder = folder(&[
        ("segue.toml", ""),
        ("b.segue", ""),
        ("a.segue", ""),
        ("more/c.segue", ""),
        ("target/d.segue", ""),
        (".old/e.segue", ""),
        (".f.segue", ""),
        ("other/segue.toml", ""),
        ("other/g.segue", ""),
        ("notes.txt", ""),
    ]);
    let root = folder.path();
    let location = Location::find(root).unwrap();
    assert_eq!(names(root, &location), ["a.segue", "b.segue", "more/c.segue"]);
    assert_eq!(location.settings, Some(root.join("segue.toml")));
}

#[test]
fn the_project_is_found_from_below_from_its_settings_and_from_a_rule_file() {
    let folder = folder(&[("segue.toml", ""), ("a.segue", ""), ("below/deep/b.segue", "")]);
    let root = folder.path();
    for path in ["", "below", "below/deep", "segue.toml", "a.segue", "below/deep/b.segue"] {
        let location = Location::find(&root.join(path)).unwrap();
        assert_eq!(names(root, &location), ["a.segue", "below/deep/b.segue"], "{path}");
    }
}

#[test]
fn a_rule_file_outside_of_any_project_is_a_project() {
    let folder = folder(&[("a.segue", ""), ("b.segue", "")]);
    let location = Location::find(&folder.path().join("a.segue")).unwrap();
    assert_eq!(names(folder.path(), &location), ["a.segue"]);
    assert_eq!((location.settings, location.root.as_path()), (None, folder.path()));
}

#[test]
fn what_is_no_project_says_so() {
    let folder = folder(&[("notes.txt", ""), ("empty/segue.toml", "")]);
    let says = |path: &str| Location::find(&folder.path().join(path)).unwrap_err().to_string();
    assert!(says("").contains("there is no segue.toml in"));
    assert!(says("nowhere").contains("there is nothing at"));
    assert!(says("notes.txt").contains("is not a rule file"));
    assert!(says("empty").contains("there is no .segue file in"));
}

#[test]
fn a_byte_order_mark_is_not_part_of_the_text() {
    let folder = folder(&[("a.segue", "\u{feff}let x = 1\n")]);
    let files = Location::find(&folder.path().join("a.segue")).unwrap().read().unwrap();
    assert_eq!(&*files.rules[0].text, "let x = 1\n");
}

#[test]
fn a_file_that_is_not_utf8_gives_a_message_at_the_first_bad_letter() {
    let folder = folder(&[]);
    let path = folder.path().join("a.segue");
    fs::write(&path, b"let x = 1\nlet name = \"Andr\xe9\"\n").unwrap();
    let files = Location::find(&path).unwrap().read().unwrap();
    let [message] = files.diagnostics.as_slice() else { unreachable!("one message") };
    assert_eq!(message.code.0, "S0012");
    assert_eq!(files.rules[0].slice(message.span), "\u{fffd}");
}
