//! `segue run`: who is in which segment.
#![expect(
    clippy::indexing_slicing,
    reason = "ids of a checked program are places in its lists, and what was worked out has an entry for each"
)]

use super::loading::{self, Loading};
use super::opened::Where;
use super::selection::Only;
use crate::console::Console;
use crate::exit::{Ending, Failure};
use crate::progress::Bars;
use clap::ValueEnum;
use segue_compiler::program::{CUSTOMERS, Program};
use segue_runtime::data::{
    Dataset, Loaded, Memberships, OutputFormat, OutputShape, Progress, needed_fields, write_memberships,
};
use segue_runtime::outcome::{Outcome, Request};
use segue_runtime::report::{Gathered, Look, Report};
use segue_runtime::{engine, interpret};
use std::path::PathBuf;

/// What to run, and what to give.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  segue run                                        this folder's project, as a table
  segue run examples/grocery --as-of 2017-07-01    another one, looked at from another day
  segue run --only lapsed,champions --json         two segments, for programs
  segue run --out audiences --format csv           who is in what, as files
  segue run --data purchases=new.parquet           other data than the project file names")]
pub(crate) struct Arguments {
    #[command(flatten)]
    project: Where,

    #[command(flatten)]
    only: Only,

    #[command(flatten)]
    loading: Loading,

    /// What works it out: `jit` compiles the rules, `interpreter` goes customer by customer; both give the same
    #[arg(long, value_enum, default_value_t = Engine::Jit, value_name = "ENGINE")]
    engine: Engine,

    /// Give the figures as one JSON document
    #[arg(long)]
    json: bool,

    /// Write who is in which segment and part into this folder
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,

    /// How the files of --out are written
    #[arg(long, value_enum, default_value_t = Format::Parquet, value_name = "FORMAT", requires = "out")]
    format: Format,

    /// With --out: one file with a row for each customer and a column for each segment, instead of a row for each
    /// member
    #[arg(long, requires = "out")]
    wide: bool,
}

/// What works out a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Engine {
    /// Compiles the rules to machine code and works on blocks of customers
    Jit,
    /// Goes customer by customer through the rules as they are checked
    Interpreter,
}

impl Engine {
    fn word(self) -> &'static str {
        match self {
            Engine::Jit => "jit",
            Engine::Interpreter => "interpreter",
        }
    }
}

/// How memberships are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Parquet
    Parquet,
    /// Comma-separated values
    Csv,
    /// One JSON record a line
    Ndjson,
}

pub(crate) fn run(arguments: &Arguments, console: &Console) -> Result<Ending, Failure> {
    let opened = arguments.project.open()?;
    let Some(program) = opened.program(console)? else { return Ok(Ending::Problems) };
    let selection = arguments.only.groups(program)?;
    let started = loading::now();
    let request = Request {
        as_of: arguments.loading.as_of(program)?,
        segments: selection.segments.clone(),
        partitions: selection.partitions.clone(),
        traits: Vec::new(),
        members: arguments.out.is_some(),
        threads: arguments.loading.data.threads(),
    };
    let loaded = match arguments.loading.data.load(&opened, program, needed_fields(program, &selection), console)? {
        Ok(loaded) => loaded,
        Err(errors) => {
            loading::tell(&errors, console);
            return if loading::of_settings(&errors) { Err(Failure::Told) } else { Ok(Ending::Problems) };
        }
    };
    let outcome = work_out(arguments.engine, program, &loaded.dataset, &request, console)?;
    let mut report = Report::gather(Gathered {
        program,
        sources: &opened.checked.sources,
        dataset: &loaded.dataset,
        load: &loaded.report,
        request: &request,
        outcome: &outcome,
        engine: arguments.engine.word(),
        started,
    });
    if let (None, [rules]) = (&opened.location.settings, opened.location.rules.as_slice()) {
        // A single file has no name but its own.
        report.project = rules.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    }
    if let Some(folder) = &arguments.out {
        write(folder, arguments, program, &loaded, &request, &outcome, console)?;
    }
    if arguments.json {
        console.out(&report.json().map_err(std::io::Error::from)?)?;
    } else {
        console.out(&report.table(Look { colour: console.colour, width: console.width() }))?;
    }
    Ok(Ending::Fine)
}

fn work_out(
    engine: Engine,
    program: &Program,
    dataset: &Dataset,
    request: &Request,
    console: &Console,
) -> Result<Outcome, Failure> {
    let bars = Bars::new(console.watched);
    bars.start("working out the segments", None);
    let ours = |error: &dyn std::fmt::Display| Failure::Ours(error.to_string());
    match engine {
        Engine::Jit => engine::run(program, dataset, request).map_err(|error| ours(&error)),
        Engine::Interpreter => interpret::run(program, dataset, request).map_err(|error| ours(&error)),
    }
}

fn write(
    folder: &std::path::Path,
    arguments: &Arguments,
    program: &Program,
    loaded: &Loaded,
    request: &Request,
    outcome: &Outcome,
    console: &Console,
) -> Result<(), Failure> {
    let dataset = &loaded.dataset;
    let customers = program.tables.first();
    let key = customers.and_then(|customers| Some((customers, customers.key?)));
    let (Some((customers, key)), Some(keys)) = (key, key.and_then(|(_, key)| dataset.column(CUSTOMERS, key))) else {
        return Err(Failure::Ours("the customers have no key".into()));
    };
    let segments = request.segments.iter().zip(&outcome.segments);
    let partitions = request.partitions.iter().zip(&outcome.partitions);
    let memberships = Memberships {
        key_name: &customers.fields[key.0 as usize].name,
        keys,
        segments: segments.map(|(id, members)| (&*program.segments[id.0 as usize].name, members)).collect(),
        partitions: partitions
            .map(|(id, part_of)| {
                let partition = &program.partitions[id.0 as usize];
                (&*partition.name, partition.parts.iter().map(|part| &*part.name).collect(), part_of.as_slice())
            })
            .collect(),
    };
    let format = match arguments.format {
        Format::Parquet => OutputFormat::Parquet,
        Format::Csv => OutputFormat::Csv,
        Format::Ndjson => OutputFormat::Ndjson,
    };
    let shape = if arguments.wide { OutputShape::Wide } else { OutputShape::Long };
    let files = write_memberships(folder, &memberships, format, shape, &loaded.files);
    for file in files.map_err(|error| Failure::Use(error.to_string()))? {
        console.note(&format!("wrote {}\n", file.display()));
    }
    Ok(())
}
