//! From texts to a checked project.

use super::{Checked, Constants, check_trees};
use crate::source::{SourceFile, SourceMap};
use crate::syntax::{self, NodeIds};

/// A project's texts.
pub struct Input<'a> {
    /// `segue.toml`, where there is one.
    pub settings: Option<SourceFile>,
    /// The rule files, in any order.
    pub files: Vec<SourceFile>,
    /// Constants that are other than written.
    pub constants: Constants<'a>,
    /// Gives the text of a list's file by the name written in the rules, or says why it cannot.
    pub read_list: &'a dyn Fn(&str) -> Result<String, String>,
}

/// Checks a project.
pub fn check(input: Input<'_>) -> Checked {
    let mut sources = SourceMap::default();
    let mut ids = NodeIds::default();
    let mut diagnostics = Vec::new();
    let mut trees = Vec::with_capacity(input.files.len());
    for file in input.files {
        let id = sources.add(file);
        if let Some(source) = sources.get(id) {
            let parsed = syntax::parse(id, source, &mut ids);
            diagnostics.extend(parsed.diagnostics);
            trees.push(parsed.file);
        }
    }
    check_trees(sources, trees, diagnostics, input.settings, input.constants, input.read_list)
}

/// A short way to check one text without a project file, for tests and examples.
pub fn check_text(text: &str) -> Checked {
    check(Input {
        settings: None,
        files: vec![SourceFile::new("rules.segue", text)],
        constants: Constants::default(),
        read_list: &|name| Err(format!("there is no file {name}")),
    })
}
