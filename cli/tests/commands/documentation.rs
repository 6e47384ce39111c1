//! `docs/commands.md` speaks of every command and every option there is, and of no other.

use crate::shop::Shop;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

fn page() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("docs/commands.md");
    fs::read_to_string(path).unwrap()
}

/// The commands that `segue --help` lists.
fn commands() -> Vec<String> {
    let help = Shop::new().segue(&["-h"]).out;
    let (_, listed) = help.split_once("Commands:\n").unwrap();
    let listed = listed.lines().take_while(|line| !line.is_empty());
    listed.filter(|line| line.starts_with("  ") && !line.starts_with("   ")).map(first_word).collect()
}

fn first_word(line: &str) -> String {
    line.split_whitespace().next().unwrap().to_owned()
}

/// The long options in a text.
fn options(text: &str) -> BTreeSet<String> {
    let starts = text.match_indices("--").map(|(at, _)| &text[at..]);
    let is_part = |letter: char| letter.is_ascii_lowercase() || letter == '-';
    let words = starts.map(|rest| rest.chars().take_while(|letter| is_part(*letter)).collect::<String>());
    words.filter(|word| word.len() > 3 && !word.starts_with("---")).collect()
}

#[test]
fn every_command_has_its_section_and_every_option_is_explained() {
    let (page, shop) = (page(), Shop::new());
    let mut known = options(&shop.segue(&["--help"]).out);
    known.extend(options(&shop.segue(&["library", "add", "--help"]).out));
    for command in commands() {
        assert!(page.contains(&format!("\n## segue {command}\n")), "no section on segue {command}");
        let help = shop.segue(&[&command, "--help"]).out;
        let (_, listed) = help.split_once("Options:\n").unwrap();
        let listed = listed.split("\nExamples:").next().unwrap();
        for line in listed.lines().map(str::trim_start).filter(|line| line.starts_with('-')) {
            known.extend(options(line));
        }
    }
    let told = options(&page);
    let untold: Vec<_> = known.difference(&told).collect();
    let unknown: Vec<_> = told.difference(&known).collect();
    assert!(untold.is_empty() && unknown.is_empty(), "not explained: {untold:?}; there is no {unknown:?}");
}
