//! `segue prepare`: data packed and put in order once, for many runs.

use super::loading::{self, Data};
use super::opened::Where;
use crate::console::Console;
use crate::exit::{Ending, Failure};
use indicatif::HumanCount;
use segue_runtime::data::prepared::{self, Made, PrepareError, Work};
use segue_runtime::memory::{Bound, shown};

/// Whose data to prepare.
#[derive(Debug, clap::Args)]
#[command(
    long_about = "Prepare the project's data, so that runs begin at once.

Reads all declared columns of the files, packs them and puts events in order, and keeps the result in the folder \
.segue/prepared of the project, readable by its owner only. `segue run` and the other commands that need data use it by \
themselves as long as the files are what they were; then nothing of them is read. Prepare again when they have changed: what did \
not change stays, and files that were added to a table's are read and merged in.",
    after_help = "Examples:
  segue prepare                              this folder's project
  segue prepare --data purchases=2026/       other data than the project file names; runs with the same --data use them
  segue prepare --bad-rows skip              for runs that leave out bad rows too
  segue prepare --no-prepared                everything once more, whatever is up to date
  segue prepare --remove                     remove what was prepared"
)]
pub(crate) struct Arguments {
    #[command(flatten)]
    project: Where,

    #[command(flatten)]
    data: Data,

    /// How much memory may be used: 512MB, 4GB, 4GiB. What is read is held until it is written: where that does not do,
    /// nothing is prepared
    #[arg(long, value_name = "SIZE")]
    memory: Option<Bound>,

    /// Remove all that was prepared for the project
    #[arg(long, conflicts_with_all = ["data", "bad_rows", "threads", "no_prepared", "memory"])]
    remove: bool,
}

pub(crate) fn run(arguments: &Arguments, console: &Console) -> Result<Ending, Failure> {
    let opened = arguments.project.open()?;
    let folder = loading::prepared_folder(&opened.location);
    if arguments.remove {
        let removed = prepared::remove(&folder)
            .map_err(|error| Failure::Use(format!("{} cannot be removed: {error}", folder.display())))?;
        // Only where nothing else is in it.
        let _ = folder.parent().map(std::fs::remove_dir);
        let told = if removed { "removed" } else { "there is nothing in" };
        console.out(&format!("{told} {}\n", folder.display()))?;
        return Ok(Ending::Fine);
    }
    let Some(program) = opened.program(console)? else { return Ok(Ending::Problems) };
    match arguments.data.prepare(&opened, program, console, arguments.memory)? {
        Ok(made) => {
            loading::tell_memory(arguments.memory, console);
            console.out(&told(&made))?;
            Ok(Ending::Fine)
        }
        Err(PrepareError::Data(errors)) => loading::refused(&errors, console),
        Err(error) => Err(Failure::Use(error.to_string())),
    }
}

/// A line for each table, and where it all is.
fn told(made: &Made) -> String {
    let rows = |rows: u64| HumanCount(rows).to_string();
    let word = |count: u64| if count == 1 { "row " } else { "rows" };
    let names = made.tables.iter().map(|table| table.name.chars().count()).max().unwrap_or(0);
    let digits = made.tables.iter().map(|table| rows(table.rows).len()).max().unwrap_or(0);
    let files = |count: usize| format!("{count} file{}", if count == 1 { "" } else { "s" });
    let mut told = String::new();
    for table in &made.tables {
        let work = match table.work {
            Work::Kept => "up to date".to_owned(),
            Work::Added(added) => format!("{} added to {}", files(added), table.files - added),
            Work::Read if table.files == 0 => "named by events".to_owned(),
            Work::Read => format!("read from {}", files(table.files)),
        };
        let left_out = made.report.tables.iter().find(|report| *report.name == *table.name);
        let left_out = match left_out.map_or(0, |report| report.bad_rows) {
            0 => String::new(),
            bad => format!("; {} bad row{} left out", rows(bad), if bad == 1 { "" } else { "s" }),
        };
        let (rows, word) = (rows(table.rows), word(table.rows));
        told.push_str(&format!("  {:names$}  {rows:>digits$} {word}  {work}{left_out}\n", table.name));
    }
    told.push_str(&format!("prepared in {} ({})\n", made.folder.display(), shown(made.bytes)));
    told
}
