//! `segue library`: ready-made declarations, to be taken over into a project.

use super::opened::{Opened, Where, pair, use_of};
use crate::console::Console;
use crate::exit::{Ending, Failure};
use clap::Subcommand;
use segue_compiler::diagnostics::{Severity, terminal};
use segue_compiler::library::{Adapted, Binding, Entry, Refusal, adapt, bind, entries, find};
use segue_compiler::names::closest;
use segue_compiler::program::Program;
use segue_compiler::project::Constants;
use segue_compiler::source::SourceFile;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

/// What to do with ready-made declarations.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  segue library                                            what there is
  segue library show rfm                                   its rules, and what it needs of a project
  segue library add rfm                                    take it over into the project of this folder
  segue library add rfm shop --use purchases=orders --use purchases.paid=total")]
pub(crate) struct Arguments {
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List what there is
    List,
    /// Show the rules and tests of an entry, and what it needs of a project
    Show {
        /// The entry's name
        #[arg(value_name = "NAME")]
        name: String,
    },
    /// Take an entry over into a project: its rules into `library`, its tests into `tests`
    Add(Add),
}

#[derive(Debug, clap::Args)]
struct Add {
    /// The entry's name
    #[arg(value_name = "NAME")]
    name: String,

    #[command(flatten)]
    project: Where,

    /// What something it speaks of is called in this project: --use purchases=orders, --use purchases.paid=total; can be given several times
    #[arg(long = "use", value_name = "NAME=OURS", value_parser = naming)]
    names: Vec<(String, String)>,

    /// Put this before all names that it declares, so that they differ from others
    #[arg(long, value_name = "PREFIX", default_value = "", hide_default_value = true, value_parser = prefix)]
    prefix: String,

    /// Show what would be written, and write nothing
    #[arg(long)]
    dry_run: bool,
}

fn naming(text: &str) -> Result<(String, String), String> {
    pair(text, "NAME=OURS, for instance purchases=orders")
}

fn prefix(text: &str) -> Result<String, String> {
    let is_word = text.chars().all(|letter| letter.is_alphanumeric() || letter == '_');
    let starts = text.chars().next().is_none_or(|first| first.is_alphabetic() || first == '_');
    if is_word && starts { Ok(text.to_owned()) } else { Err("write letters, digits and _, for instance web_".into()) }
}

pub(crate) fn run(arguments: &Arguments, console: &Console) -> Result<Ending, Failure> {
    match &arguments.action {
        None | Some(Action::List) => list(console),
        Some(Action::Show { name }) => show(entry(name)?, console),
        Some(Action::Add(add)) => take_over(add, console),
    }
}

fn entry(name: &str) -> Result<&'static Entry, Failure> {
    find(name).ok_or_else(|| {
        let close = closest(name, entries().iter().map(|entry| entry.name.into()));
        let told = match close.first() {
            Some(close) => format!("did you mean {close}?"),
            None => "`segue library` lists what there is".to_owned(),
        };
        Failure::Use(format!("there is nothing called {name} in the library; {told}"))
    })
}

fn list(console: &Console) -> Result<Ending, Failure> {
    let widest = entries().iter().map(|entry| entry.name.len()).max().unwrap_or(0);
    let lines = entries().iter().map(|entry| format!("{:widest$}  {}\n", entry.name, entry.title));
    console.out(&lines.collect::<String>())?;
    Ok(Ending::Fine)
}

fn show(entry: &Entry, console: &Console) -> Result<Ending, Failure> {
    let mut text = format!("{}: {}\n", entry.name, entry.title);
    if !entry.needs.is_empty() {
        text.push_str("\nIt speaks of\n");
        let widest = entry.needs.iter().map(|need| need.name.len()).max().unwrap_or(0);
        for need in entry.needs {
            // Writing to a string does not fail.
            let _ = writeln!(text, "  {:widest$}  {}: {}", need.name, need.meaning, need.kind.text());
        }
    }
    let _ = write!(text, "\n{}\n{}", entry.rules, entry.tests);
    console.out(&text)?;
    Ok(Ending::Fine)
}

fn take_over(add: &Add, console: &Console) -> Result<Ending, Failure> {
    let entry = entry(&add.name)?;
    let opened = add.project.open()?;
    let Some(program) = opened.program(console)? else {
        console.note("nothing was added: the rules must be sound first\n");
        return Ok(Ending::Problems);
    };
    if opened.location.settings.is_none() {
        return Err(Failure::Use(
            "this is a single file: a project that takes something over is a folder with a segue.toml".into(),
        ));
    }
    let binding = bind(entry, program, &add.names).map_err(|refused| {
        let told: Vec<String> = refused.into_iter().map(|Refusal(told)| told).collect();
        Failure::Use(told.join("\n       "))
    })?;
    let adapted = adapt(entry, &binding, &add.prefix);
    let left_out = adapted.left_out;
    let files = files(add, entry, &opened, adapted);
    if !would_be_sound(&opened, &files, console)? {
        return Ok(Ending::Problems);
    }
    if add.dry_run {
        for (path, text) in &files {
            console.out(&format!("# {}\n{text}\n", shown(path)))?;
        }
        return Ok(Ending::Fine);
    }
    write_all(&files)?;
    let mut text = told(&binding, program, &files);
    if left_out > 0 {
        let tests = if left_out == 1 { "a test was" } else { "tests were" };
        // Writing to a string does not fail.
        let _ = writeln!(text, "{tests} left out: they give what this project works out");
    }
    let title = format!("{}{}", add.prefix, entry.name).replace('_', " ");
    let path = add.project.path.display().to_string();
    let path = if path == "." { String::new() } else { format!(" {path}") };
    let _ = writeln!(text, "`segue test{path} --filter \"{title}\"` runs its tests");
    console.out(&text)?;
    Ok(Ending::Fine)
}

/// Where the rules and the tests go, with their texts.
fn files(add: &Add, entry: &Entry, opened: &Opened, adapted: Adapted) -> Vec<(PathBuf, String)> {
    let name = format!("{}{}.segue", add.prefix, entry.name);
    let at = |folder: &str| opened.location.root.join(folder).join(&name);
    vec![(at("library"), adapted.rules), (at("tests"), adapted.tests)]
}

fn shown(path: &Path) -> String {
    path.strip_prefix("./").unwrap_or(path).display().to_string()
}

/// Whether the project is sound with these files too; what is wrong is told. A file that is there already is not written over.
fn would_be_sound(opened: &Opened, files: &[(PathBuf, String)], console: &Console) -> Result<bool, Failure> {
    let there: Vec<String> = files.iter().filter(|(path, _)| path.exists()).map(|(path, _)| shown(path)).collect();
    if !there.is_empty() {
        let (are, them) = if there.len() == 1 { ("is", "it") } else { ("are", "them") };
        return Err(Failure::Use(format!(
            "{} {are} there already: remove {them}, or take the entry over under other names with --prefix",
            there.join(" and ")
        )));
    }
    let mut with = opened.location.read().map_err(use_of)?;
    with.rules.extend(files.iter().map(|(path, text)| SourceFile::new(shown(path), text.as_str())));
    let checked = with.check_with(&opened.location, Constants::default());
    let errors: Vec<_> =
        checked.diagnostics.iter().filter(|message| message.severity == Severity::Error).cloned().collect();
    if errors.is_empty() {
        return Ok(true);
    }
    console.note(&terminal::draw(&checked.sources, &errors, console.colour_errors));
    let taken = errors.iter().any(|message| message.code.0 == "S0100");
    let advice = if taken { ": with --prefix its names would be others" } else { "" };
    console.note(&format!("nothing was added{advice}\n"));
    Ok(false)
}

/// Writes all of them, or none.
fn write_all(files: &[(PathBuf, String)]) -> Result<(), Failure> {
    for (at, (path, text)) in files.iter().enumerate() {
        if let Err(error) = write(path, text) {
            files.iter().take(at + 1).for_each(|(path, _)| _ = fs::remove_file(path));
            return Err(error);
        }
    }
    Ok(())
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let folder = path.parent().unwrap_or(Path::new("."));
    if folder.exists() && !folder.is_dir() {
        return Err(Failure::Use(format!("{} is a file, and should be a folder", shown(folder))));
    }
    let failed = |error: std::io::Error| Failure::Use(format!("{} cannot be written: {error}", shown(path)));
    fs::create_dir_all(folder).and_then(|()| fs::write(path, text)).map_err(failed)
}

/// What was written, and what the names stand for.
fn told(binding: &Binding, program: &Program, files: &[(PathBuf, String)]) -> String {
    let mut text = String::new();
    for (path, _) in files {
        // Writing to a string does not fail.
        let _ = writeln!(text, "wrote {}", shown(path));
    }
    for bound in binding.bound.iter().filter(|bound| bound.name != bound.stands_for) {
        let _ = writeln!(text, "{} is {}", bound.name, bound.stands_for);
    }
    let amounts = binding.bound.iter().any(|bound| bound.name == "purchases.paid");
    if amounts && binding.currency != program.settings.currency.code() {
        let _ = writeln!(text, "amounts are in {}", binding.currency);
    }
    text
}
