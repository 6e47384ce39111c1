//! A workload's project on disk: what is declared, the rules asked for, and where the data are.

use crate::definitions::{self, Conditions, Segments};
use crate::mode::Mode;
use segue_compiler::plan::Selection;
use segue_compiler::program::Program;
use segue_runtime::data::prepared::{Made, prepare};
use segue_runtime::data::{
    BadRows, LoadOptions, Loaded, NeededFields, Origin, Quiet, Sources, UnknownCustomers, load, needed_fields,
};
use segue_runtime::outcome::{Outcome, Request};
use segue_runtime::project::Location;
use segue_runtime::stream::{self, How};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// What can go wrong, in words.
pub(crate) type Failure = Box<dyn std::error::Error>;

/// Which data and definitions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Workload {
    /// Segments of customers.
    Customers,
    /// Conditions on events.
    Events,
    /// Both, of the customers of the first.
    Both,
}

/// The instant every run looks from, 2026-01-01T00:00Z in microseconds: `NOW_MS` of the definitions.
const AS_OF: i64 = 20_454 * 86_400_000_000;

impl Workload {
    /// By the name in the protocol: `w1...`, `w2...` or `w3...`.
    pub(crate) fn named(name: &str) -> Result<Workload, Failure> {
        match name.get(..2) {
            Some("w1") => Ok(Workload::Customers),
            Some("w2") => Ok(Workload::Events),
            Some("w3") => Ok(Workload::Both),
            _ => Err(format!("there is no workload {name}").into()),
        }
    }

    fn folder(self) -> &'static str {
        match self {
            Workload::Customers => "project_customers",
            Workload::Events => "project_events",
            Workload::Both => "project_both",
        }
    }

    /// Table and file, relative to the folder of data.
    fn files(self, sorted: bool) -> &'static [(&'static str, &'static str)] {
        match (self, sorted) {
            (Workload::Customers, _) => &[("customers", "customers.parquet")],
            (Workload::Events, true) => {
                &[("customers", "events_customers.parquet"), ("activity", "events_sorted.parquet")]
            }
            (Workload::Events, false) => &[("customers", "events_customers.parquet"), ("activity", "events.parquet")],
            (Workload::Both, true) => &[("customers", "customers.parquet"), ("activity", "events_sorted.parquet")],
            (Workload::Both, false) => &[("customers", "customers.parquet"), ("activity", "events.parquet")],
        }
    }

    fn rules(self, data: &Path, count: usize) -> Result<(String, String), Failure> {
        let segments = |count: usize| {
            let file = fs::read_to_string(data.join("segments.json"))?;
            Ok::<String, Failure>(serde_json::from_str::<Segments>(&file)?.rules(count))
        };
        let conditions = |count: usize| {
            let file = fs::read_to_string(data.join("conditions.json"))?;
            Ok::<String, Failure>(serde_json::from_str::<Conditions>(&file)?.rules(count))
        };
        Ok(match self {
            Workload::Customers => (definitions::customers(), segments(count)?),
            Workload::Events => (definitions::events(), conditions(count)?),
            // Every tenth is about events.
            Workload::Both => {
                (definitions::both(), format!("{}{}", segments(count - count / 10)?, conditions(count / 10)?))
            }
        })
    }
}

/// A project that was written, read and checked.
#[derive(Debug)]
pub(crate) struct Project {
    pub(crate) program: Program,
    /// From the files' texts to the checked program.
    pub(crate) checked_in: Duration,
}

impl Project {
    /// Writes the rule files of the first `count` definitions and checks them as any project is.
    pub(crate) fn open(workload: Workload, data: &Path, count: usize) -> Result<Project, Failure> {
        let root = data.join(workload.folder()).join(count.to_string());
        fs::create_dir_all(&root)?;
        let (declarations, rules) = workload.rules(data, count)?;
        fs::write(root.join("segue.toml"), "[project]\nname = \"benchmark\"\n")?;
        fs::write(root.join("declarations.segue"), declarations)?;
        fs::write(root.join("segments.segue"), rules)?;
        let started = Instant::now();
        let location = Location::find(&root)?;
        let checked = location.read()?.check(&location);
        let checked_in = started.elapsed();
        let first = checked.diagnostics.first().map(|message| message.message.clone());
        let program = checked.program.ok_or_else(|| format!("the rules do not check: {first:?}"))?;
        Ok(Project { program, checked_in })
    }

    /// All segments: who is in them, or how many.
    pub(crate) fn request(&self, threads: usize, members: bool) -> Request {
        Request { members, ..Request::of(self.selection(), AS_OF).on(threads) }
    }

    fn selection(&self) -> Selection {
        let count = u32::try_from(self.program.segments.len()).unwrap_or(u32::MAX);
        let segments = (0..count).map(segue_compiler::program::SegmentId).collect();
        Selection { segments, ..Selection::default() }
    }

    /// Loads everything that is declared, for many runs.
    pub(crate) fn load(&self, workload: Workload, data: &Path) -> Result<Loaded, Failure> {
        let options = options(NeededFields::everything(&self.program), None);
        let mut loaded = load(&self.program, &sources(workload, data, From::Sorted), &options)?;
        loaded.dataset.arrange(&self.program);
        Ok(loaded)
    }

    /// Prepares the workload's data.
    pub(crate) fn prepare(&self, workload: Workload, data: &Path) -> Result<Made, Failure> {
        let options = options(NeededFields::everything(&self.program), None);
        Ok(prepare(
            &store(workload, data),
            &self.program,
            &sources(workload, data, From::Prepared),
            &options,
            (false, None),
        )?)
    }

    /// Works the request out from the files, or from what was prepared from them.
    pub(crate) fn run_from(
        &self,
        workload: Workload,
        data: &Path,
        from: From,
        request: &Request,
        mode: &Mode,
    ) -> Result<Outcome, Failure> {
        let store = store(workload, data);
        let prepared = (from == From::Prepared).then_some(&*store);
        let options = options(needed_fields(&self.program, &self.selection()), prepared);
        let sources = sources(workload, data, from);
        let ran = match mode.manner() {
            Some(manner) => stream::run(&self.program, &sources, &options, request, How { manner, ..How::default() })?,
            None => stream::interpret(&self.program, &sources, &options, request, None)?,
        };
        match (from, &ran.origin) {
            (From::Prepared, Origin::Prepared { .. }) | (From::Sorted | From::Unsorted, Origin::Sources) => {
                Ok(ran.outcome)
            }
            (_, origin) => Err(format!("the data came from somewhere else: {origin:?}").into()),
        }
    }
}

/// Which files data are loaded from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum From {
    /// Those whose events stand by customer.
    Sorted,
    /// Those whose events stand by time.
    Unsorted,
    /// What was prepared from those by customer.
    Prepared,
}

fn store(workload: Workload, data: &Path) -> PathBuf {
    data.join(workload.folder()).join("prepared")
}

fn sources(workload: Workload, data: &Path, from: From) -> Sources {
    let mut sources = Sources::new();
    for (table, file) in workload.files(from != From::Unsorted) {
        sources.set(table, data, &[(*file).to_owned()]);
    }
    sources
}

fn options(needed: NeededFields, prepared: Option<&Path>) -> LoadOptions<'_> {
    LoadOptions {
        needed,
        bad_rows: BadRows::Stop,
        unknown_customers: UnknownCustomers::Report,
        progress: &Quiet,
        prepared,
    }
}
