//! Constants that are other than written: for an environment of the project file, or from outside.

use super::Config;
use crate::diagnostics::Diagnostic;
use crate::names::{messages, suggest};
use crate::source::{FileId, SourceFile, SourceMap, Span};
use crate::syntax::{NodeIds, parse_expression, tree};
use std::sync::Arc;

/// Which constants are other than written.
#[derive(Debug, Clone, Copy, Default)]
pub struct Constants<'a> {
    /// An environment that the project file names, whose values are taken.
    pub environment: Option<&'a str>,
    /// Names with values, as text; they win over those of the environment, and later ones over earlier ones.
    pub given: &'a [(String, String)],
}

/// Values of constants for one environment: `[environments.test]` of the project file.
#[derive(Debug, Clone, PartialEq)]
pub struct Environment {
    /// Its name.
    pub name: Arc<str>,
    /// Constants with their values as text.
    pub constants: Vec<(Arc<str>, Arc<str>)>,
}

/// A constant that is other than written.
#[derive(Debug)]
pub(crate) struct Override {
    /// Its name.
    pub(crate) name: Arc<str>,
    /// Its value.
    pub(crate) value: tree::Expr,
}

/// What a constant is instead of what was written, for a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replaced {
    /// Its name.
    pub name: Arc<str>,
    /// Its value, as given.
    pub value: Arc<str>,
    /// Who gave it: `--let`, or the environment.
    pub by: String,
}

/// Reads the values that are to be taken; each is a text of its own among the sources, so that messages can show it.
pub(super) fn overrides(
    constants: Constants<'_>,
    config: &Config,
    sources: &mut SourceMap,
    diagnostics: &mut Vec<Diagnostic>,
) -> (Vec<Override>, Vec<Replaced>) {
    let mut wanted: Vec<Replaced> = Vec::new();
    let mut take = |replaced: Replaced| {
        wanted.retain(|other| other.name.to_lowercase() != replaced.name.to_lowercase());
        wanted.push(replaced);
    };
    if let Some(name) = constants.environment {
        match config.environments.iter().find(|environment| &*environment.name == name) {
            Some(environment) => {
                for (constant, value) in &environment.constants {
                    let by = format!("environment {name}");
                    take(Replaced { name: Arc::clone(constant), value: Arc::clone(value), by });
                }
            }
            None => {
                let names: Vec<Arc<str>> =
                    config.environments.iter().map(|environment| Arc::clone(&environment.name)).collect();
                let source = sources.add(SourceFile::new("--environment", name));
                diagnostics.push(no_environment(Span::new(source, 0, name.len()), name, &names));
            }
        }
    }
    for (name, value) in constants.given {
        take(Replaced { name: name.as_str().into(), value: value.as_str().into(), by: "--let".to_owned() });
    }
    let mut found = Vec::with_capacity(wanted.len());
    for replaced in &wanted {
        let source = SourceFile::new(format!("{} of {}", replaced.name, replaced.by), Arc::clone(&replaced.value));
        let id = sources.add(source);
        let Some(source) = sources.get(id) else { continue };
        match parse_expression(id, source, &mut NodeIds::default()) {
            Ok(value) => found.push(Override { name: Arc::clone(&replaced.name), value }),
            // What is mended in a text from outside changes no file.
            Err(messages) => diagnostics.extend(messages.into_iter().map(without_fixes)),
        }
    }
    (found, wanted)
}

/// The message without changes to make.
pub(super) fn without_fixes(message: Diagnostic) -> Diagnostic {
    Diagnostic { fixes: Vec::new(), ..message }
}

/// Whether a message is about a text from outside, which no file holds; `files` are those of the project.
pub(super) fn is_outside(file: FileId, files: usize) -> bool {
    file.0 as usize >= files
}

/// S0120
fn no_environment(span: Span, name: &str, names: &[Arc<str>]) -> Diagnostic {
    let close = suggest::closest(name, names.iter().cloned());
    let message =
        Diagnostic::error("S0120", span, format!("there is no environment called `{name}` in the project file")).note(
            match names {
                [] => "write one: `[environments.test]`, and below it constants with their values".to_owned(),
                names => format!("there are {}", messages::enumerate(names, 12)),
            },
        );
    without_fixes(messages::suggest(message, span, &close, str::to_owned))
}
