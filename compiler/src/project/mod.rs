//! A project as one thing: its settings and rule files in, everything known about it out.

mod constants;
mod occasions;
mod read;
mod settings;

#[cfg(test)]
mod tests;

pub(crate) use constants::Override;
pub use constants::{Constants, Environment, Replaced};
pub use occasions::{run_out, run_out_messages};
pub use read::{Input, check, check_text};
pub use settings::{Config, DataSource, Level, UnknownCustomers, instant};

use crate::diagnostics::{self, Diagnostic, Severity};
use crate::program::{FieldSource, Program, Type};
use crate::source::{SourceFile, SourceMap, Span};
use crate::syntax::tree;
use crate::types;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Everything known about a project.
#[derive(Debug)]
pub struct Checked {
    /// All texts: the rule files in the order given, then the project file.
    pub sources: SourceMap,
    /// The trees of the rule files, by [`crate::source::FileId`].
    pub trees: Vec<tree::File>,
    /// The checked program, where there is no error.
    pub program: Option<Program>,
    /// Messages by file and place, each once, their levels as the project file sets them.
    pub diagnostics: Vec<Diagnostic>,
    /// What the project file says; defaults where there is none.
    pub config: Config,
    /// Constants that are other than written.
    pub replaced: Vec<Replaced>,
    /// What is known of single declarations, also where there is no program.
    pub(crate) known: types::Known,
}

impl Checked {
    /// Whether a check of this project counts as failed.
    pub fn failed(&self) -> bool {
        self.diagnostics.iter().any(|message| message.severity >= self.config.fail_on)
    }
}

/// Checks a project whose rule files are read already: `trees` by their [`crate::source::FileId`], and what reading them told.
pub fn check_trees(
    mut sources: SourceMap,
    trees: Vec<tree::File>,
    mut diagnostics: Vec<Diagnostic>,
    settings: Option<SourceFile>,
    constants: Constants<'_>,
    read_list: &dyn Fn(&str) -> Result<String, String>,
) -> Checked {
    let config = match settings {
        None => Config::default(),
        Some(file) => {
            let id = sources.add(file);
            sources.get(id).map(|source| settings::read(id, source, &mut diagnostics)).unwrap_or_default()
        }
    };
    data_sources(&config, &trees, &mut diagnostics);
    let files = sources.iter().count();
    let (overrides, replaced) = constants::overrides(constants, &config, &mut sources, &mut diagnostics);
    let broken = diagnostics.iter().any(|message| message.severity == Severity::Error);
    let mut outcome = types::check(&trees, &sources, config.settings.clone(), &overrides, read_list);
    diagnostics.extend(outcome.diagnostics.into_iter().map(|message| {
        match constants::is_outside(message.span.file, files) {
            true => constants::without_fixes(message),
            false => message,
        }
    }));
    if let (Some(program), Some(as_of)) = (&outcome.program, config.settings.as_of) {
        diagnostics.extend(run_out_messages(program, as_of));
    }
    let lacking = outcome.program.as_ref().and_then(|program| added_customers(&config, program));
    let no_language = outcome.program.as_mut().and_then(|program| language(&config, program));
    let broken = broken || lacking.is_some() || no_language.is_some();
    diagnostics.extend(lacking.into_iter().chain(no_language));
    let mut diagnostics = levelled(diagnostics, &config);
    diagnostics::sort(&mut diagnostics);
    diagnostics.dedup_by(|later, first| {
        later.span == first.span && later.code == first.code && later.message == first.message
    });
    let program = outcome.program.filter(|_| !broken);
    Checked { sources, trees, program, diagnostics, config, replaced, known: outcome.known }
}

/// Finds the field that names customers' languages, or says that there is none.
fn language(config: &Config, program: &mut Program) -> Option<Diagnostic> {
    let (name, setting) = config.locale_field.as_ref()?;
    let fields = program.tables.first().map_or(&[][..], |customers| &customers.fields);
    let at = fields.iter().position(|field| field.name.to_lowercase() == name.to_lowercase());
    let is_text = at.and_then(|at| fields.get(at)).is_some_and(|field| matches!(field.ty, Type::Text | Type::OneOf(_)));
    if is_text {
        program.locale_field = at.and_then(|at| u32::try_from(at).ok()).map(crate::program::FieldId);
        return None;
    }
    let names: Vec<Arc<str>> = fields.iter().map(|field| Arc::clone(&field.name)).collect();
    Some(settings::no_locale_field(*setting, name, at.is_some(), &names))
}

/// Customers that are added have nothing but their key, so all else must be declared as possibly missing; a missing list
/// is empty.
fn added_customers(config: &Config, program: &Program) -> Option<Diagnostic> {
    let setting = config.unknown_customers_span.filter(|_| config.unknown_customers == UnknownCustomers::Add)?;
    let customers = program.tables.first()?;
    let required = customers.fields.iter().enumerate().filter(|(at, field)| {
        matches!(field.source, FieldSource::Column { .. })
            && !field.optional
            && customers.key.is_none_or(|key| key.0 as usize != *at)
            && !matches!(field.ty, Type::List(_) | Type::Records(_))
    });
    let lacking: Vec<(Arc<str>, Span)> = required.map(|(_, field)| (Arc::clone(&field.name), field.span)).collect();
    (!lacking.is_empty()).then(|| settings::added_customers_lack(setting, &lacking))
}

/// Data must be of something declared, once each; `customers` always may have some.
fn data_sources(config: &Config, trees: &[tree::File], diagnostics: &mut Vec<Diagnostic>) {
    let declarations = trees.iter().flat_map(|file| &file.declarations);
    let mut declared: Vec<Arc<str>> = Vec::new();
    let mut unreadable = false;
    for declaration in declarations {
        match &declaration.kind {
            tree::DeclarationKind::Table(table) if table.kind == tree::TableKind::Customers => {
                declared.push("customers".into());
            }
            tree::DeclarationKind::Table(table) => declared.push(Arc::clone(&table.name.text)),
            tree::DeclarationKind::Broken { name } => {
                unreadable |= name.is_none();
                declared.extend(name.iter().map(|name| Arc::clone(&name.text)));
            }
            _ => {}
        }
    }
    let mut seen: FxHashMap<String, Span> = FxHashMap::default();
    for source in &config.data {
        let folded = source.table.to_lowercase();
        if let Some(first) = seen.insert(folded.clone(), source.span) {
            diagnostics.push(settings::data_twice(source, first));
        } else if !unreadable && !declared.iter().any(|name| name.to_lowercase() == folded) {
            diagnostics.push(settings::data_of_nothing(source, &declared));
        }
    }
}

/// Applies the levels of the project file. What stops a run cannot be talked down: only warnings and notes can.
pub fn levelled(diagnostics: Vec<Diagnostic>, config: &Config) -> Vec<Diagnostic> {
    let mut kept = Vec::with_capacity(diagnostics.len());
    for mut message in diagnostics {
        let level = config.levels.get(message.code.0).copied().filter(|_| message.severity != Severity::Error);
        match level {
            Some(Level::Off) => continue,
            Some(Level::Note) => message.severity = Severity::Note,
            Some(Level::Warning) => message.severity = Severity::Warning,
            Some(Level::Error) => message.severity = Severity::Error,
            None => {}
        }
        kept.push(message);
    }
    kept
}
