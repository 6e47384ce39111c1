//! The cases, and the one way they are checked.

use segue_compiler::diagnostics::explain::{Sample, samples};
use segue_compiler::project::{Checked, Input};
use segue_compiler::source::SourceFile;
use segue_runtime::project::{Location, SETTINGS_FILE};
use std::fs;
use std::path::{Path, PathBuf};

/// A wrong project.
pub(crate) struct Case {
    /// Its path below this folder, without ending.
    pub(crate) name: String,
    /// The rule file, or the folder.
    pub(crate) path: PathBuf,
}

/// The folder of the cases.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("ui")
}

/// All cases, by name.
pub(crate) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    collect(&root(), &mut cases);
    cases.sort_by(|one, other| one.name.cmp(&other.name));
    cases
}

fn collect(folder: &Path, cases: &mut Vec<Case>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let is_project = path.join(SETTINGS_FILE).is_file();
        if path.is_dir() && !is_project {
            collect(&path, cases);
        } else if is_project || path.extension().is_some_and(|extension| extension == "segue") {
            let name = path.with_extension("").strip_prefix(root()).unwrap().display().to_string();
            cases.push(Case { name, path });
        }
    }
}

/// Checks what lies at the path; files are named relative to the folder the case is in.
pub(crate) fn check(path: &Path) -> Checked {
    let location = Location::find(path).unwrap();
    let mut files = location.read().unwrap();
    let beside = if path.is_dir() { path } else { path.parent().unwrap() };
    for file in files.rules.iter_mut().chain(&mut files.settings) {
        file.name = Path::new(&file.name).strip_prefix(beside).unwrap().display().to_string();
    }
    files.check(&location)
}

/// What the samples of a catalogue's page give, without the data beside them: the failing files and the mended ones.
pub(crate) fn pages(page: &str) -> Vec<(Sample, Checked)> {
    let files = samples(page);
    let states = [Sample::Failing, Sample::Mended].into_iter();
    let shown = states.filter(|state| files.iter().any(|file| file.sample == *state));
    shown
        .map(|state| {
            let find = |name: &str| {
                let mut here = files.iter().filter(|file| [state, Sample::Beside].contains(&file.sample));
                here.find(|file| file.name == name).map(|file| file.text.clone())
            };
            let rules = find("rules.segue").unwrap_or_else(|| "customers { key customer_id : id }\n".to_owned());
            let checked = segue_compiler::project::check(Input {
                settings: find("segue.toml").map(|settings| SourceFile::new("segue.toml", settings)),
                files: vec![SourceFile::new("rules.segue", rules)],
                constants: segue_compiler::project::Constants::default(),
                read_list: &|name| find(name).ok_or_else(|| format!("there is no file {name}")),
            });
            (state, checked)
        })
        .collect()
}
