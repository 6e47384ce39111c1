#![expect(clippy::panic, clippy::unwrap_used, reason = "a failed test is to stop")]

mod constructs;
mod examples;
mod hovers;

use super::{Hover, hover};
use crate::project::{Checked, Constants, Input, check};
use crate::source::{FileId, SourceFile};

/// A project of one file, with settings that leave nothing open.
fn project(rules: &str) -> Checked {
    let settings = "[project]
name = \"tested\"
time_zone = \"Europe/Berlin\"
currency = \"USD\"
as_of = \"2026-11-24 10:00\"
fiscal_year_start = \"april\"
";
    check(Input {
        settings: Some(SourceFile::new("segue.toml", settings)),
        files: vec![SourceFile::new("rules.segue", rules)],
        constants: Constants::default(),
        read_list: &|name| match name {
            "vips.csv" => Ok((1..=40).map(|number| format!("C{number}\n")).collect()),
            _ => Err(format!("there is no file {name}")),
        },
    })
}

/// What is said where the first `~` stands in a stretch of the rules, which itself has no `~`.
fn hover_in(checked: &Checked, stretch: &str) -> Option<Hover> {
    let (before, after) = stretch.split_once('~').unwrap();
    let rules = &checked.sources.get(FileId(0)).unwrap().text;
    let start = rules.find(&format!("{before}{after}")).unwrap_or_else(|| panic!("{stretch} is not in the rules"));
    hover(checked, FileId(0), start + before.len(), None)
}
