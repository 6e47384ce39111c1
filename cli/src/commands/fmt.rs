//! `segue fmt`: lays rule files out.

use super::opened::use_of;
use super::rewrite::rewrite;
use crate::console::Console;
use crate::exit::{Ending, Failure};
use segue_compiler::format::format;
use segue_compiler::source::SourceFile;
use segue_runtime::project::Location;
use std::collections::BTreeSet;
use std::io::Read;
use std::path::{Path, PathBuf};

/// What to lay out.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  segue fmt                                 all rule files of this folder's project
  segue fmt --check                         say which files are not laid out, and change nothing
  segue fmt segments.segue more/            some files and folders
  cat new.segue | segue fmt - > tidy.segue  from standard input to standard output")]
pub(crate) struct Arguments {
    /// Rule files, folders, or - for standard input; the current folder if left out
    #[arg(value_name = "PATHS")]
    paths: Vec<PathBuf>,

    /// Only say which files are not laid out; status 1 where there is one
    #[arg(long)]
    check: bool,
}

pub(crate) fn run(arguments: &Arguments, console: &Console) -> Result<Ending, Failure> {
    if arguments.paths.iter().any(|path| path.as_os_str() == "-") {
        return stream(arguments, console);
    }
    let mut changed = 0;
    let files = files(&arguments.paths)?;
    for path in &files {
        let (name, text) = (path.display(), read(path)?);
        let source = SourceFile::new(name.to_string(), text);
        let formatted = format(&source);
        tell_mistakes(&source, formatted.diagnostics.len(), console);
        if formatted.text == *source.text {
            continue;
        }
        changed += 1;
        if arguments.check {
            console.out(&format!("{name} is not laid out\n"))?;
        } else {
            rewrite(path, &formatted.text)?;
            console.out(&format!("laid out {name}\n"))?;
        }
    }
    if changed == 0 {
        let word = if files.len() == 1 { "file is" } else { "files are" };
        console.note(&format!("{} {word} laid out already\n", files.len()));
    }
    Ok(if arguments.check && changed > 0 { Ending::Problems } else { Ending::Fine })
}

/// From standard input to standard output.
fn stream(arguments: &Arguments, console: &Console) -> Result<Ending, Failure> {
    if arguments.paths.len() > 1 {
        return Err(Failure::Use("- stands alone: standard input is one file".into()));
    }
    let mut bytes = Vec::new();
    std::io::stdin().lock().read_to_end(&mut bytes)?;
    let source = SourceFile::new("standard input", text(Path::new("standard input"), bytes)?);
    let formatted = format(&source);
    tell_mistakes(&source, formatted.diagnostics.len(), console);
    let changed = formatted.text != *source.text;
    if !arguments.check {
        console.out(&formatted.text)?;
    }
    Ok(if arguments.check && changed { Ending::Problems } else { Ending::Fine })
}

fn tell_mistakes(source: &SourceFile, count: usize, console: &Console) {
    if count > 0 {
        let word = if count == 1 { "mistake" } else { "mistakes" };
        let name = &source.name;
        console.note(&format!("{name} has {count} {word}; what is wrong was left as it is (`segue check` shows it)\n"));
    }
}

/// The rule files that the paths name, sorted, each once: a folder stands for those of its project that lie in it.
fn files(paths: &[PathBuf]) -> Result<BTreeSet<PathBuf>, Failure> {
    let here = [PathBuf::from(".")];
    let mut files = BTreeSet::new();
    for path in if paths.is_empty() { &here } else { paths } {
        let location = Location::find(path).map_err(use_of)?;
        if path.is_dir() {
            let inside = std::fs::canonicalize(path)?;
            let lies_inside = |file: &PathBuf| std::fs::canonicalize(file).is_ok_and(|file| file.starts_with(&inside));
            files.extend(location.rules.into_iter().filter(lies_inside));
        } else if path.extension().is_some_and(|extension| extension == "segue") {
            files.insert(path.clone());
        } else {
            files.extend(location.rules);
        }
    }
    Ok(files)
}

fn read(path: &Path) -> Result<String, Failure> {
    let bytes =
        std::fs::read(path).map_err(|error| Failure::Use(format!("{} cannot be read: {error}", path.display())))?;
    text(path, bytes)
}

fn text(path: &Path, bytes: Vec<u8>) -> Result<String, Failure> {
    let text = String::from_utf8(bytes).map_err(|_| {
        Failure::Use(format!("{} is not saved as UTF-8, so it was not laid out; save it as UTF-8", path.display()))
    })?;
    Ok(text.strip_prefix('\u{feff}').map_or_else(|| text.clone(), str::to_owned))
}
