//! What the commands that need data have in common: which moment, which files, what becomes of bad rows.

use super::opened::Opened;
use crate::console::Console;
use crate::exit::{Ending, Failure};
use crate::progress::Bars;
use segue_compiler::diagnostics::legible;
use segue_compiler::program::Program;
use segue_compiler::project::{self, instant};
use segue_runtime::data::prepared::{Made, PrepareError, prepare};
use segue_runtime::data::{
    BadRows, DataError, DataErrors, Dataset, LoadOptions, Loaded, NeededFields, Origin, Progress, Sources,
    UnknownCustomers, load,
};
use segue_runtime::memory::{self, Bound};
use segue_runtime::project::Location;
use segue_runtime::report::why::find_customer;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// The moment and the data of a run.
#[derive(Debug, clap::Args)]
pub(crate) struct Loading {
    /// The moment to look from: 2018-01-01, "2018-01-01 10:00", 2018-01-01T10:00:00+02:00, or now; in the project's zone
    /// where it names none. The project file's as_of, or now, if left out
    #[arg(long, value_name = "MOMENT")]
    as_of: Option<String>,

    #[command(flatten)]
    pub(crate) data: Data,
}

/// The data of a command.
#[derive(Debug, clap::Args)]
pub(crate) struct Data {
    /// Take the data of NAME from PATH (a file, a folder or a pattern such as "2017-*.csv") instead of where the project
    /// file says; can be given several times
    #[arg(long, value_name = "NAME=PATH", value_parser = data)]
    data: Vec<(String, String)>,

    /// What becomes of rows that cannot be read: `stop`, `skip` (they are left out and counted), or `report=FILE` (they
    /// are also written to a file, CSV or NDJSON by its name)
    #[arg(long, value_name = "HOW", value_parser = bad_rows, default_value = "stop")]
    bad_rows: BadRows,

    /// How many threads to use; all processors if left out
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,

    /// Read the files even where data have been prepared from them
    #[arg(long)]
    no_prepared: bool,
}

/// Where a project's prepared data are kept.
pub(crate) fn prepared_folder(location: &Location) -> PathBuf {
    location.root.join(".segue").join("prepared")
}

fn data(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, path)) if !name.trim().is_empty() && !path.is_empty() => {
            Ok((name.trim().to_owned(), path.to_owned()))
        }
        _ => Err("write it as NAME=PATH, for instance purchases=data/2017.csv".into()),
    }
}

fn bad_rows(text: &str) -> Result<BadRows, String> {
    match text.split_once('=') {
        None if text == "stop" => Ok(BadRows::Stop),
        None if text == "skip" => Ok(BadRows::Skip),
        Some(("report", file)) if !file.is_empty() => Ok(BadRows::Report(PathBuf::from(file))),
        _ => Err("write stop, skip, or report=FILE".into()),
    }
}

/// The system's clock, in microseconds UTC, cut to whole seconds so that the moment can be written down and asked for
/// again.
pub(crate) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX).saturating_mul(1_000_000)
}

impl Loading {
    /// The instant to look from: what was given, else the project's, else now.
    pub(crate) fn as_of(&self, program: &Program) -> Result<i64, Failure> {
        match self.as_of.as_deref() {
            None => Ok(program.settings.as_of.unwrap_or_else(now)),
            Some(text) if text.eq_ignore_ascii_case("now") => Ok(now()),
            Some(text) => instant(text, program.settings.zone).ok_or_else(|| {
                Failure::Use(format!("--as-of {text} is no moment: write 2018-01-01, or \"2018-01-01 10:00\""))
            }),
        }
    }
}

impl Data {
    /// Whether anything was said about the data.
    pub(crate) fn is_given(&self) -> bool {
        !self.data.is_empty() || self.bad_rows != BadRows::Stop || self.threads.is_some() || self.no_prepared
    }

    /// How many threads to use.
    pub(crate) fn threads(&self) -> usize {
        let all = || std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        self.threads.map_or_else(all, usize::from)
    }

    /// Which files hold which table.
    fn sources(&self, opened: &Opened) -> Sources {
        let mut sources = Sources::new();
        for source in &opened.checked.config.data {
            sources.set(&source.table, &opened.location.root, &source.paths);
        }
        for (name, path) in &self.data {
            sources.set(name, Path::new("."), std::slice::from_ref(path));
        }
        sources
    }

    /// Loads what is needed, showing how far it is.
    pub(crate) fn load(
        &self,
        opened: &Opened,
        program: &Program,
        needed: NeededFields,
        console: &Console,
    ) -> Result<Result<Loaded, DataErrors>, Failure> {
        let loaded = self.read(opened, needed, console, |sources, options| load(program, sources, options))?;
        if let Ok(loaded) = &loaded {
            tell_origin(&loaded.origin, console);
        }
        Ok(loaded)
    }

    /// Does something with the data, on as many threads as asked for, showing how far it is.
    pub(crate) fn read<R: Send>(
        &self,
        opened: &Opened,
        needed: NeededFields,
        console: &Console,
        with: impl FnOnce(&Sources, &LoadOptions<'_>) -> R + Send,
    ) -> Result<R, Failure> {
        let bars = Bars::new(console.watched);
        let folder = prepared_folder(&opened.location);
        let prepared = (!self.no_prepared).then_some(&*folder);
        let options = self.options(opened, needed, &bars, prepared);
        let sources = self.sources(opened);
        Ok(self.pool()?.install(|| with(&sources, &options)))
    }

    /// Prepares all there is, showing how far it is.
    pub(crate) fn prepare(
        &self,
        opened: &Opened,
        program: &Program,
        console: &Console,
        memory: Option<Bound>,
    ) -> Result<Result<Made, PrepareError>, Failure> {
        let bars = Bars::new(console.watched);
        let options = self.options(opened, NeededFields::everything(program), &bars, None);
        let (folder, sources) = (prepared_folder(&opened.location), self.sources(opened));
        Ok(self.pool()?.install(|| prepare(&folder, program, &sources, &options, (self.no_prepared, memory))))
    }

    fn pool(&self) -> Result<rayon::ThreadPool, Failure> {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(self.threads()).build();
        pool.map_err(|error| Failure::Use(format!("no threads can be started: {error}")))
    }

    fn options<'o>(
        &self,
        opened: &Opened,
        needed: NeededFields,
        progress: &'o dyn Progress,
        prepared: Option<&'o Path>,
    ) -> LoadOptions<'o> {
        let unknown_customers = match opened.checked.config.unknown_customers {
            project::UnknownCustomers::Report => UnknownCustomers::Report,
            project::UnknownCustomers::Add => UnknownCustomers::Add,
        };
        LoadOptions { needed, bad_rows: self.bad_rows.clone(), unknown_customers, progress, prepared }
    }
}

/// Says how much memory was in use at most, where it is bounded or somebody watches.
pub(crate) fn tell_memory(bound: Option<Bound>, console: &Console) {
    if let Some(peak) = memory::peak().filter(|_| bound.is_some() || console.watched) {
        console.note(&format!("at most {} of memory were in use\n", memory::shown(peak)));
    }
}

/// Says so where data had been prepared and are not used.
pub(crate) fn tell_origin(origin: &Origin, console: &Console) {
    if let Origin::SourcesInstead(unused) = origin {
        let (mended, unused) = (unused.is_mended_by_preparing(), unused.to_string());
        let unused = legible(&unused);
        let mend = if mended { "; `segue prepare` brings them up to date" } else { "" };
        console.note(&format!("prepared data are not used: {unused}{mend}\n"));
    }
}

/// Whether an error is a matter of use or settings (files named wrongly) and not of the data themselves. One is enough, as
/// it is in the project file: what was read with wrong settings says little.
pub(crate) fn of_settings(errors: &DataErrors) -> bool {
    errors.errors.iter().any(|error| {
        matches!(
            error,
            DataError::UnknownTable { .. }
                | DataError::NoData { .. }
                | DataError::NoFile { .. }
                | DataError::EmptyFolder { .. }
                | DataError::UnknownFormat { .. }
                | DataError::NotWritten { .. }
                | DataError::AddedCustomersLackFields { .. }
                | DataError::OverMemory { .. }
        )
    })
}

/// How a command ends whose data cannot be loaded, after telling what stands in the way.
pub(crate) fn refused(errors: &DataErrors, console: &Console) -> Result<Ending, Failure> {
    tell(errors, console);
    if of_settings(errors) { Err(Failure::Told) } else { Ok(Ending::Problems) }
}

/// The row of the customer with this key.
///
/// # Errors
/// No customer has it.
pub(crate) fn customer(program: &Program, data: &Dataset, key: &str) -> Result<usize, Failure> {
    let missing = || Failure::Use(format!("there is no customer with the key {key} in the data"));
    find_customer(program, data, key).ok_or_else(missing)
}

/// Tells what stands in the way of loading.
fn tell(errors: &DataErrors, console: &Console) {
    tell_origin(&errors.origin, console);
    let sign = if console.colour_errors { "\u{1b}[31merror:\u{1b}[0m" } else { "error:" };
    for error in &errors.errors {
        // Values of the data are in it: they must not steer the terminal.
        console.note(&format!("{sign} {}\n", legible(&error.to_string())));
    }
}
