//! All that a run tells and gives, to be held against what another way of running tells.
#![expect(clippy::unwrap_used, reason = "a failed test should stop at the line that failed")]

use super::*;
use crate::data::{BadRows, load_within};
use crate::engine::run_in;
use crate::report::{Gathered, Report};
use segue_compiler::project::Checked;
use segue_compiler::values::Value;

/// What a run tells, or why it does not.
#[derive(Debug, PartialEq)]
pub(super) enum Told {
    Answers {
        report: String,
        counted: LoadReport,
        bits: Vec<Vec<u64>>,
        keys: Vec<String>,
        partitions: Vec<Vec<u32>>,
        traits: Vec<Vec<Option<Value>>>,
        /// The file of bad rows, where one was asked for.
        bad_rows: Option<Vec<u8>>,
    },
    Refused(String),
}

impl Told {
    /// Of rules that check, run as it was asked.
    pub(super) fn of(checked: &Checked, request: &Request, bad_rows: &BadRows, ran: Result<Ran, RunError>) -> Told {
        let program = checked.program.as_ref().unwrap();
        let ran = match ran {
            Ok(ran) => ran,
            Err(error) => return Told::Refused(error.to_string()),
        };
        let report = Report::gather(Gathered {
            program,
            sources: &checked.sources,
            dataset: &ran.data,
            load: &ran.report,
            request,
            outcome: &ran.outcome,
            engine: "jit",
            started: 0,
        });
        let keys = ran.data.keys(program).unwrap();
        let keys = (0..keys.count()).map(|row| keys.text(row)).collect();
        let Outcome { customers, segments, partitions, traits, .. } = ran.outcome;
        Told::Answers {
            report: report.json().unwrap(),
            counted: ran.report,
            bits: segments.iter().map(|members| members.to_bits().words().to_vec()).collect(),
            keys,
            partitions,
            traits: traits.iter().map(|of| (0..customers).map(|row| of.value(row)).collect()).collect(),
            bad_rows: if let BadRows::Report(path) = bad_rows { Some(std::fs::read(path).unwrap()) } else { None },
        }
    }
}

/// The run of data that are loaded whole.
pub(super) fn held(
    program: &Program,
    sources: &Sources,
    options: &LoadOptions<'_>,
    request: &Request,
) -> Result<Ran, RunError> {
    let loaded = load_within(program, sources, options, None)?;
    let outcome = run_in(program, &loaded.dataset, request, Manner::default())?;
    let Loaded { dataset, report, files, origin } = loaded;
    Ok(Ran { outcome, report, files, data: Known::Held(dataset), origin, ranged: None })
}
