//! An example project, opened and loaded as the command line does it.

use segue_compiler::diagnostics::concise;
use segue_compiler::plan::Selection;
use segue_compiler::program::Program;
use segue_compiler::project::{self, Checked};
use segue_runtime::data::{BadRows, LoadOptions, Loaded, NeededFields, Quiet, Sources, UnknownCustomers, load};
use segue_runtime::outcome::{Outcome, Request};
use segue_runtime::project::Location;
use segue_runtime::report::{Gathered, Report};
use std::path::{Path, PathBuf};

/// A project with its data.
pub(crate) struct Example {
    /// Its folder.
    pub(crate) folder: PathBuf,
    checked: Checked,
    loaded: Loaded,
}

/// Finds and checks `examples/NAME`, which must give no message.
pub(crate) fn check(name: &str) -> (Location, Checked) {
    // Relative to the package, where cargo runs tests: expected files then name no folder of a machine.
    let location = Location::find(&Path::new("../examples").join(name)).unwrap();
    let checked = location.read().unwrap().check(&location);
    let messages = concise::lines(&checked.sources, &checked.diagnostics);
    assert!(checked.diagnostics.is_empty(), "examples/{name} has messages:\n{messages}");
    (location, checked)
}

/// Checks `examples/NAME` and loads its data.
pub(crate) fn open(name: &str) -> Example {
    let (location, checked) = check(name);
    let program = checked.program.as_ref().unwrap();
    let mut sources = Sources::new();
    for source in &checked.config.data {
        sources.set(&source.table, &location.root, &source.paths);
    }
    let options = LoadOptions {
        needed: NeededFields::everything(program),
        bad_rows: BadRows::Stop,
        unknown_customers: match checked.config.unknown_customers {
            project::UnknownCustomers::Report => UnknownCustomers::Report,
            project::UnknownCustomers::Add => UnknownCustomers::Add,
        },
        progress: &Quiet,
        prepared: None,
    };
    let loaded = load(program, &sources, &options).unwrap();
    Example { folder: location.root, checked, loaded }
}

impl Example {
    /// The rules.
    pub(crate) fn program(&self) -> &Program {
        self.checked.program.as_ref().unwrap()
    }

    /// The data.
    pub(crate) fn loaded(&self) -> &Loaded {
        &self.loaded
    }

    /// Everything asked at a moment, written as `2018-01-01` or `2017-07-15 12:00` in the project's zone.
    pub(crate) fn request(&self, moment: &str) -> Request {
        let program = self.program();
        let as_of = segue_tests::answers::moment(moment, program).unwrap();
        Request::of(Selection::everything(program), as_of).on(2)
    }

    /// The report of an outcome.
    pub(crate) fn report(&self, request: &Request, outcome: &Outcome, engine: &str) -> Report {
        Report::gather(Gathered {
            program: self.program(),
            sources: &self.checked.sources,
            dataset: &self.loaded.dataset,
            load: &self.loaded.report,
            request,
            outcome,
            engine,
            started: request.as_of,
        })
    }
}
