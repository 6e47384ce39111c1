//! Good files to start from: the examples, the definitions, the pages of the documentation and of the semantics.

use crate::mutate::Numbers;
use segue_tests::page::{cases, pages_below};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// A good file.
pub(crate) struct Sample {
    /// Where it is.
    pub(crate) name: String,
    declarations: Vec<Declaration>,
}

struct Declaration {
    name: String,
    words: BTreeSet<String>,
    text: String,
}

/// A file longer than this is shortened to some of its declarations: a mistake is looked for in what is read most often.
const LONG: usize = 900;

/// All good files.
pub(crate) fn all() -> Vec<Sample> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut found: Vec<Sample> = Vec::new();
    for folder in ["tests/definitions", "examples"] {
        for path in rule_files(&root.join(folder)) {
            found.push(Sample::new(path.display().to_string(), &std::fs::read_to_string(&path).unwrap()));
        }
    }
    for folder in ["docs", "tests/semantics"] {
        for page in pages_below(&root.join(folder)) {
            found.extend(cases(&page).into_iter().map(|case| Sample::new(case.name.clone(), &case.whole_rules())));
        }
    }
    found.retain(|sample| !sample.declarations.is_empty());
    found
}

fn rule_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(rule_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "segue") {
            found.push(path);
        }
    }
    found.sort();
    found
}

impl Sample {
    fn new(name: String, text: &str) -> Sample {
        let mut declarations: Vec<Declaration> = Vec::new();
        let mut pending = String::new();
        for line in text.lines() {
            // A declaration begins at the left; the comment above it is its own.
            let begins = line.starts_with(|letter: char| letter.is_alphabetic());
            if begins {
                let mut words = line.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
                let first = words.next().unwrap_or_default();
                let name = if first == "customers" { first } else { words.next().unwrap_or_default() };
                let text = std::mem::take(&mut pending);
                declarations.push(Declaration { name: name.to_owned(), words: BTreeSet::new(), text });
            }
            let place = match declarations.last_mut() {
                Some(last) if !line.starts_with('#') => &mut last.text,
                _ => &mut pending,
            };
            *place += line;
            place.push('\n');
        }
        for declaration in &mut declarations {
            let words = declaration.text.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
            declaration.words = words.map(str::to_owned).collect();
        }
        Sample { name, declarations }
    }

    /// The file, or of a long one some declarations with all that they name.
    pub(crate) fn some(&self, numbers: &mut Numbers) -> String {
        let mut chosen: BTreeSet<usize> = BTreeSet::new();
        if self.declarations.iter().map(|declaration| declaration.text.len()).sum::<usize>() <= LONG {
            chosen.extend(0..self.declarations.len());
        }
        let length =
            |chosen: &BTreeSet<usize>| chosen.iter().map(|at| self.declarations[*at].text.len()).sum::<usize>();
        while length(&chosen) < LONG && chosen.len() < self.declarations.len() {
            chosen.insert(numbers.below(self.declarations.len()));
            // What the chosen ones name comes along.
            loop {
                let named = |at: &usize| {
                    chosen.iter().any(|by| self.declarations[*by].words.contains(&self.declarations[*at].name))
                };
                let more: Vec<usize> =
                    (0..self.declarations.len()).filter(|at| !chosen.contains(at)).filter(named).collect();
                if more.is_empty() {
                    break;
                }
                chosen.extend(more);
            }
        }
        chosen.iter().map(|at| self.declarations[*at].text.as_str()).collect()
    }
}
