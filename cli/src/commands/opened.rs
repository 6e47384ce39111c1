//! What most commands begin with: finding the project, reading it, and telling what is wrong with it.

use crate::console::Console;
use crate::exit::Failure;
use segue_compiler::diagnostics::{Severity, terminal};
use segue_compiler::program::Program;
use segue_compiler::project::{Checked, Constants, Replaced};
use segue_runtime::project::Location;
use std::path::PathBuf;

/// Which project a command is about.
#[derive(Debug, clap::Args)]
pub(crate) struct Where {
    /// A folder of the project, or a .segue file; the current folder if left out
    #[arg(value_name = "PATH", default_value = ".", hide_default_value = true)]
    pub(crate) path: PathBuf,
}

/// Constants that are other than the rule files write.
#[derive(Debug, clap::Args)]
pub(crate) struct Given {
    /// Take a constant to be another value, written as in a rule file: --let "vip_limit=600 USD"; can be given several times
    #[arg(long = "let", value_name = "NAME=VALUE", value_parser = constant)]
    constants: Vec<(String, String)>,

    /// Take the constants of this environment: a section `[environments.NAME]` of the project file. --let wins
    #[arg(long, value_name = "NAME")]
    environment: Option<String>,
}

fn constant(text: &str) -> Result<(String, String), String> {
    pair(text, "NAME=VALUE, for instance \"vip_limit=600 USD\"")
}

/// What stands on the two sides of a `=`; neither may be nothing.
pub(crate) fn pair(text: &str, form: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').unwrap_or_default();
    match (name.trim(), value.trim()) {
        ("", _) | (_, "") => Err(format!("write it as {form}")),
        (name, value) => Ok((name.to_owned(), value.to_owned())),
    }
}

/// A project that was found and checked.
pub(crate) struct Opened {
    /// Its files.
    pub(crate) location: Location,
    /// What is known about it.
    pub(crate) checked: Checked,
}

impl Where {
    /// Finds, reads and checks the project.
    pub(crate) fn open(&self) -> Result<Opened, Failure> {
        self.open_as(Constants::default())
    }

    /// The same with constants that are other than written.
    pub(crate) fn open_with(&self, given: &Given) -> Result<Opened, Failure> {
        self.open_as(Constants { environment: given.environment.as_deref(), given: &given.constants })
    }

    fn open_as(&self, constants: Constants<'_>) -> Result<Opened, Failure> {
        let location = Location::find(&self.path).map_err(use_of)?;
        let checked = location.read().map_err(use_of)?.check_with(&location, constants);
        Ok(Opened { location, checked })
    }
}

/// A project that cannot be found or read is a matter of use.
pub(crate) fn use_of(error: impl std::error::Error) -> Failure {
    Failure::Use(error.to_string())
}

impl Opened {
    /// The program, after telling what was wrong with it; none where that stops a run. Warnings are told too, in one
    /// line: `segue check` shows them whole.
    ///
    /// # Errors
    /// The project file has mistakes.
    pub(crate) fn program(&self, console: &Console) -> Result<Option<&Program>, Failure> {
        let errors: Vec<_> =
            self.checked.diagnostics.iter().filter(|message| message.severity == Severity::Error).cloned().collect();
        if !errors.is_empty() || self.checked.program.is_none() {
            console.note(&terminal::draw(&self.checked.sources, &errors, console.colour_errors));
            console.note(&format!("{}\n", tally(errors.len(), 0)));
            return if self.settings_fail(Severity::Error) { Err(Failure::Told) } else { Ok(None) };
        }
        for Replaced { name, value, by } in &self.checked.replaced {
            console.note(&format!("{name} is {value} ({by})\n"));
        }
        let warnings = self.checked.diagnostics.iter().filter(|message| message.severity == Severity::Warning).count();
        if warnings > 0 {
            let word = if warnings == 1 { "warning" } else { "warnings" };
            console.note(&format!("{warnings} {word} about the rules: `segue check` shows them\n"));
        }
        Ok(self.checked.program.as_ref())
    }

    /// The project's name; of a single file, the file's.
    pub(crate) fn project_name(&self) -> String {
        let first = self.location.rules.first().and_then(|path| path.file_stem());
        let file = || first.map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let name = self.checked.config.settings.name.clone();
        if name.is_empty() { file() } else { name }
    }

    /// Whether messages of this gravity are about the project file. They count more than those about the rules: with
    /// wrong settings it is not sure what the rules were to be checked against.
    pub(crate) fn settings_fail(&self, fail_on: Severity) -> bool {
        // The project file comes after the rule files, each of which has a tree.
        let rules = self.checked.trees.len();
        let grave = self.checked.diagnostics.iter().filter(|message| message.severity >= fail_on);
        grave.into_iter().any(|message| message.span.file.0 as usize >= rules)
    }
}

/// `3 errors, 1 warning`
pub(crate) fn tally(errors: usize, warnings: usize) -> String {
    let counted = |count: usize, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
    match (errors, warnings) {
        (0, 0) => "no problems".into(),
        (errors, 0) => counted(errors, "error"),
        (0, warnings) => counted(warnings, "warning"),
        (errors, warnings) => format!("{}, {}", counted(errors, "error"), counted(warnings, "warning")),
    }
}
