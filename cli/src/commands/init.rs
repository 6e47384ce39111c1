//! `segue init`: a first project from data files.

use crate::console::Console;
use crate::exit::{Ending, Failure};
use crate::progress::Bars;
use segue_runtime::data::WholeFiles;
use segue_runtime::data::infer::{DraftRequest, draft};
use std::io::Write;
use std::path::{Path, PathBuf};

/// What to make a project from, and where.
#[derive(Debug, clap::Args)]
#[command(
    long_about = "Make a project from data files.

Looks at CSV, NDJSON and Parquet files (also packed with gzip or zstd), finds the customers, their events and the tables that \
ids point at, and writes segue.toml, declarations.segue and segments.segue with one example. What is guessed is marked in the \
files. The data stay where they are.",
    after_help = "Examples:
  segue init data/                                 everything in a folder
  segue init users.csv orders.parquet --dir shop   into another folder
  segue init log.ndjson.gz --customer visitor      where no name says which column is the customer"
)]
pub(crate) struct Arguments {
    /// Data files, or folders of them
    #[arg(value_name = "FILES", required = true)]
    files: Vec<PathBuf>,

    /// The folder of the project
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    dir: PathBuf,

    /// The column that names the customer
    #[arg(long, value_name = "COLUMN")]
    customer: Option<String>,

    /// Replace files of a project that is there
    #[arg(long)]
    force: bool,
}

pub(crate) fn run(arguments: &Arguments, console: &Console) -> Result<Ending, Failure> {
    let names = ["segue.toml", "declarations.segue", "segments.segue"];
    let there: Vec<&str> = names.into_iter().filter(|name| arguments.dir.join(name).exists()).collect();
    if !there.is_empty() && !arguments.force {
        return Err(Failure::Use(format!(
            "{} in {} would be replaced: choose another folder with --dir, or say --force",
            there.join(" and "),
            arguments.dir.display()
        )));
    }
    std::fs::create_dir_all(&arguments.dir)
        .map_err(|error| Failure::Use(format!("{}: {error}", arguments.dir.display())))?;
    let request =
        DraftRequest { paths: &arguments.files, folder: &arguments.dir, customer: arguments.customer.as_deref() };
    let bars = Bars::new(console.watched);
    let draft = draft(&request, &bars).map_err(|errors| Failure::Use(errors.to_string()))?;
    let texts = [&draft.settings, &draft.declarations, &draft.segments];
    let mut files = WholeFiles::new();
    for (name, text) in names.into_iter().zip(texts) {
        let path = arguments.dir.join(name);
        let mut file = files.create(&path).map_err(|error| Failure::Use(error.to_string()))?;
        file.write_all(text.as_bytes())?;
    }
    files.commit().map_err(|error| Failure::Use(error.to_string()))?;
    let mut told = String::new();
    for finding in &draft.findings {
        told.push_str(&format!("  {finding}\n"));
    }
    let place = if arguments.dir == Path::new(".") { String::new() } else { format!(" {}", arguments.dir.display()) };
    told.push_str(&format!(
        "wrote {}\nnext: look through declarations.segue, above all the lines marked \"guess\"; then segue run{place}\n",
        names.map(|name| arguments.dir.join(name).display().to_string()).join(", ")
    ));
    console.out(&told)?;
    Ok(Ending::Fine)
}
