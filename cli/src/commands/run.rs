//! `segue run`: who is in which segment.
#![expect(
    clippy::indexing_slicing,
    reason = "ids of a checked program are places in its lists, and what was worked out has an entry for each"
)]

use super::loading::{self, Loading};
use super::opened::{Given, Where};
use super::selection::Only;
use crate::console::Console;
use crate::exit::{Ending, Failure};
use clap::ValueEnum;
use segue_compiler::plan::Selection;
use segue_compiler::program::Program;
use segue_runtime::base::write_cut_points;
use segue_runtime::data::{
    Memberships, OtherMemberships, OutputFormat, OutputShape, WholeFiles, needed_fields, write_memberships,
};
use segue_runtime::engine::{CodeCache, Manner};
use segue_runtime::memory::{self, Bound};
use segue_runtime::outcome::{OfOther, Request};
use segue_runtime::report::{Gathered, Look, Report};
use segue_runtime::stream::{self, How, Ran, RunError};
use std::io::Write;
use std::path::{Path, PathBuf};

/// What to run, and what to give.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  segue run                                        this folder's project, as a table
  segue run examples/grocery --as-of 2017-07-01    another one, looked at from another day
  segue run --only win_back,families --json        two segments, for programs
  segue run --out audiences --format csv           who is in what, as files
  segue run --data purchases=new.parquet           other data than the project file names
  segue run --let \"vip_limit=600 USD\"              another value of a constant
  segue run --memory 512MB                         on a small machine")]
pub(crate) struct Arguments {
    #[command(flatten)]
    project: Where,

    #[command(flatten)]
    given: Given,

    #[command(flatten)]
    only: Only,

    #[command(flatten)]
    loading: Loading,

    /// How much memory may be used, such as 512MB or 4GiB: fewer customers are looked at at once, their events by way of a
    /// temporary file, and where that does not do the run stops and says what takes how much
    #[arg(long, value_name = "SIZE")]
    memory: Option<Bound>,

    /// Where events go for a while that do not fit into memory; the system's folder for temporary files (TMPDIR) if left out
    #[arg(long, value_name = "DIR")]
    temp: Option<PathBuf>,

    /// What works it out: `jit` compiles the rules, `interpreter` goes customer by customer; both give the same
    #[arg(long, value_enum, default_value_t = Engine::Jit, value_name = "ENGINE")]
    engine: Engine,

    /// Compile everything anew, and keep nothing of it for the next run
    #[arg(long)]
    no_code_cache: bool,

    /// Keep where groups and top lists are cut, and what averages of all are, in a file for single records
    #[arg(long, value_name = "FILE")]
    cut_points: Option<PathBuf>,

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
    let opened = arguments.project.open_with(&arguments.given)?;
    let Some(program) = opened.program(console)? else { return Ok(Ending::Problems) };
    let selection = arguments.only.groups(program)?;
    if let Some(folder) = arguments.temp.as_deref().filter(|folder| !folder.is_dir()) {
        // Whether it is needed depends on the data: one that is none would be found out much later, or never.
        return Err(Failure::Use(format!("{} is no folder: --temp takes one that is there", folder.display())));
    }
    if arguments.cut_points.is_some() && arguments.engine == Engine::Interpreter {
        return Err(Failure::Use("--cut-points are kept by the jit engine: leave --engine interpreter out".into()));
    }
    let started = loading::now();
    let request = Request {
        members: arguments.out.is_some(),
        ..Request::of(selection.clone(), arguments.loading.as_of(program)?).on(arguments.loading.data.threads())
    };
    let (engine, needed) = (arguments.engine, needed_fields(program, &selection));
    let code_cache = if arguments.no_code_cache { None } else { CodeCache::of_user() };
    let manner = Manner { code_cache, ..Manner::default() };
    let how = How { manner, memory: arguments.memory, temporary: arguments.temp.as_deref(), ..How::default() };
    let ran = arguments.loading.data.read(&opened, needed, console, |sources, options| match engine {
        Engine::Jit => stream::run(program, sources, options, &request, how),
        Engine::Interpreter => stream::interpret(program, sources, options, &request, arguments.memory),
    })?;
    let ran = match ran {
        Ok(ran) => ran,
        Err(RunError::Data(errors)) => return loading::refused(&errors, console),
        Err(error) => return Err(Failure::Ours(error.to_string())),
    };
    loading::tell_origin(&ran.origin, console);
    if let Some(file) = &arguments.cut_points {
        keep(file, program, &selection, &ran, request.as_of, console)?;
    }
    let mut report = Report::gather(Gathered {
        program,
        sources: &opened.checked.sources,
        dataset: &ran.data,
        load: &ran.report,
        request: &request,
        outcome: &ran.outcome,
        engine: arguments.engine.word(),
        started,
    });
    if let (None, [rules]) = (&opened.location.settings, opened.location.rules.as_slice()) {
        // A single file has no name but its own.
        report.project = rules.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    }
    if let Some(folder) = &arguments.out {
        write(folder, arguments, program, &ran, &request, console)?;
    }
    if let Some(ranged) = ran.ranged {
        let ranges = if ranged.ranges == 1 { "1 range".to_owned() } else { format!("{} ranges", ranged.ranges) };
        let temporary = memory::shown(ranged.temporary);
        console.note(&format!("customers were worked out in {ranges}, by way of a temporary file of {temporary}\n"));
    }
    loading::tell_memory(arguments.memory, console);
    if arguments.json {
        console.out(&report.json()?)?;
    } else {
        console.out(&report.table(Look { colour: console.colour, width: console.width() }))?;
    }
    Ok(Ending::Fine)
}

/// Keeps what was found out about the whole base; a file of that name appears whole or not at all.
fn keep(
    file: &Path,
    program: &Program,
    selection: &Selection,
    ran: &Ran,
    as_of: i64,
    console: &Console,
) -> Result<(), Failure> {
    let text = write_cut_points(program, selection, &ran.outcome.answers, as_of);
    let mut files = WholeFiles::sparing(&ran.files);
    let refused = |error: &dyn std::fmt::Display| Failure::Use(format!("{}: {error}", file.display()));
    let mut out = files.create(file).map_err(|error| Failure::Use(error.to_string()))?;
    out.write_all(text.as_bytes()).map_err(|error| refused(&error))?;
    files.commit().map_err(|error| Failure::Use(error.to_string()))?;
    console.note(&format!("wrote {}\n", file.display()));
    Ok(())
}

fn write(
    folder: &std::path::Path,
    arguments: &Arguments,
    program: &Program,
    ran: &Ran,
    request: &Request,
    console: &Console,
) -> Result<(), Failure> {
    let outcome = &ran.outcome;
    let customers = program.tables.first();
    let key = customers.and_then(|customers| Some((customers, customers.key?)));
    let (Some((customers, key)), Some(keys)) = (key, ran.data.keys(program)) else {
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
        others: outcome.others.iter().filter_map(|of| of_table(program, ran, of)).collect(),
    };
    let format = match arguments.format {
        Format::Parquet => OutputFormat::Parquet,
        Format::Csv => OutputFormat::Csv,
        Format::Ndjson => OutputFormat::Ndjson,
    };
    let shape = if arguments.wide { OutputShape::Wide } else { OutputShape::Long };
    let files = write_memberships(folder, &memberships, format, shape, &ran.files);
    for file in files.map_err(|error| Failure::Use(error.to_string()))? {
        console.note(&format!("wrote {}\n", file.display()));
    }
    Ok(())
}

/// Which rows of a table are in its segments; `None` where none was asked for.
fn of_table<'a>(program: &'a Program, ran: &'a Ran, of: &'a OfOther) -> Option<OtherMemberships<'a>> {
    let table = program.tables.get(of.table.0 as usize).filter(|_| !of.segments.is_empty())?;
    let other = program.other(of.table)?;
    let key = table.key?;
    let segments = of.segments.iter().zip(&of.members);
    Some(OtherMemberships {
        table: &table.name,
        key_name: &table.fields.get(key.0 as usize)?.name,
        keys: ran.data.keys_of(program, of.table)?,
        segments: segments
            .filter_map(|(id, members)| Some((&*other.program.segments.get(id.0 as usize)?.name, members)))
            .collect(),
    })
}
