//! One definition: its rules, its data, and the answers expected at each moment.

use segue_compiler::diagnostics::Severity;
use segue_compiler::program::Program;
use segue_compiler::project::{Constants, check_trees};
use segue_compiler::source::{SourceFile, SourceMap};
use segue_compiler::syntax::{NodeIds, parse};
use serde_json::Value as Json;
use std::path::Path;

/// A `.segue` file with the `.json` beside it.
pub(crate) struct Definition {
    /// `seg-0002`.
    pub(crate) name: String,
    /// The text of the rules.
    pub(crate) rules: String,
    /// The project's zone.
    pub(crate) zone: String,
    /// Whether the rules must be refused.
    pub(crate) refused: bool,
    /// Rows by table.
    pub(crate) data: Json,
    /// Moments and what to expect of them.
    pub(crate) cases: Vec<Case>,
}

/// One run.
pub(crate) struct Case {
    /// The moment, as ISO 8601 in UTC.
    pub(crate) as_of: String,
    /// `segments`, `traits`, `partitions`, each by name.
    pub(crate) expect: Json,
}

/// All definitions, by name.
pub(crate) fn all() -> Vec<Definition> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("definitions");
    let mut names: Vec<String> = std::fs::read_dir(&folder)
        .unwrap()
        .filter_map(|entry| entry.unwrap().file_name().to_str()?.strip_suffix(".segue").map(str::to_owned))
        .collect();
    names.sort();
    names.into_iter().map(|name| read(&folder, name)).collect()
}

fn read(folder: &Path, name: String) -> Definition {
    let rules = std::fs::read_to_string(folder.join(format!("{name}.segue"))).unwrap();
    let json = std::fs::read_to_string(folder.join(format!("{name}.json"))).unwrap();
    let json: Json = serde_json::from_str(&json).unwrap_or_else(|error| panic!("{name}.json: {error}"));
    let cases = json["cases"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|case| Case { as_of: case["as_of"].as_str().unwrap().to_owned(), expect: case["expect"].clone() });
    Definition {
        rules,
        zone: json["time_zone"].as_str().unwrap_or("UTC").to_owned(),
        refused: json["refused"].as_bool().unwrap_or(false),
        data: json["data"].clone(),
        cases: cases.collect(),
        name,
    }
}

impl Definition {
    /// The checked program of some rules in this definition's project, or what stopped it.
    pub(crate) fn check(&self, rules: &str) -> Result<Program, Vec<String>> {
        let settings =
            format!("[project]\nname = \"{}\"\ntime_zone = \"{}\"\ncurrency = \"USD\"\n", self.name, self.zone);
        let mut sources = SourceMap::default();
        let file = sources.add(SourceFile::new(format!("{}.segue", self.name), rules));
        let parsed = parse(file, sources.get(file).unwrap(), &mut NodeIds::default());
        let settings = Some(SourceFile::new("segue.toml", settings));
        let no_lists = |name: &str| Err(format!("there is no file {name}"));
        let checked =
            check_trees(sources, vec![parsed.file], parsed.diagnostics, settings, Constants::default(), &no_lists);
        let errors = checked.diagnostics.iter().filter(|message| message.severity == Severity::Error);
        let errors: Vec<String> = errors
            .map(|error| format!("{} {} at `{}`", error.code.0, error.message, checked.sources.slice(error.span)))
            .collect();
        checked.program.ok_or(errors)
    }
}
