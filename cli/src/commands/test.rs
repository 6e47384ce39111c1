//! `segue test`: do the rules do what their tests say?

use super::opened::{Given, Opened, Where};
use crate::console::Console;
use crate::exit::{Ending, Failure};
use crate::progress::Bars;
use quick_junit::{NonSuccessKind, Report as Suites, TestCase as Case, TestCaseStatus, TestSuite};
use segue_compiler::diagnostics::legible;
use segue_compiler::names::closest;
use segue_compiler::program::{Program, TestCase};
use segue_runtime::data::Progress;
use segue_runtime::testing::report::{Changes, Coverage, Report, Test, VERSION};
use segue_runtime::testing::{Mutants, changes_to_try, coverage, mutants, run as run_test};
use std::fmt::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Which tests to run, and how to tell what came of them.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  segue test                             all tests of this project
  segue test examples/grocery            those of another one
  segue test --filter birthday           those whose title says so
  segue test --coverage                  which conditions never decided a test?
  segue test --mutate                    change each condition in turn: which changes does no test notice?
  segue test --format junit=tests.xml    for a server, besides what is shown")]
pub(crate) struct Arguments {
    #[command(flatten)]
    project: Where,

    #[command(flatten)]
    given: Given,

    /// Only tests whose title holds this text, capitals ignored; can be given several times
    #[arg(long, value_name = "TEXT")]
    filter: Vec<String>,

    /// How to tell: full, json or junit; with =PATH into a file. Can be given several times
    #[arg(long, value_name = "FORMAT[=PATH]", value_parser = format)]
    format: Vec<(Format, Option<PathBuf>)>,

    /// Say which conditions never decided a test
    #[arg(long)]
    coverage: bool,

    /// Change each condition in turn, and say which changes no test notices
    #[arg(long)]
    mutate: bool,

    /// Show the titles and run nothing
    #[arg(long, conflicts_with_all = ["coverage", "mutate", "format"])]
    list: bool,

    /// Show of each test which fields its answers look at, and which of them are not given
    #[arg(long, short)]
    verbose: bool,
}

/// How the outcome is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    /// For people.
    Full,
    /// One JSON document.
    Json,
    /// The XML that servers read.
    Junit,
}

fn format(text: &str) -> Result<(Format, Option<PathBuf>), String> {
    let (name, path) = match text.split_once('=') {
        Some((_, "")) => return Err("a path belongs behind the `=`".into()),
        Some((name, path)) => (name, Some(PathBuf::from(path))),
        None => (text, None),
    };
    match name.to_lowercase().as_str() {
        "full" => Ok((Format::Full, path)),
        "json" => Ok((Format::Json, path)),
        "junit" => Ok((Format::Junit, path)),
        _ => Err("write full, json or junit, each with =PATH where it goes into a file".into()),
    }
}

pub(crate) fn run(arguments: &Arguments, console: &Console) -> Result<Ending, Failure> {
    if arguments.format.iter().filter(|(_, path)| path.is_none()).count() > 1 {
        return Err(Failure::Use("only one format can be shown here: give the others a path, as in json=PATH".into()));
    }
    let opened = arguments.project.open_with(&arguments.given)?;
    for path in arguments.format.iter().filter_map(|(_, path)| path.as_ref()) {
        if opened.location.holds(path) {
            return Err(Failure::Use(format!(
                "{} is a file of the project: nothing is written over it",
                path.display()
            )));
        }
    }
    let Some(program) = opened.program(console)? else { return Ok(Ending::Problems) };
    let cases = chosen(program, &arguments.filter)?;
    if arguments.list {
        let titles: String = cases.iter().map(|(_, case)| format!("{}\n", case.title)).collect();
        console.out(&legible(&titles))?;
        return Ok(Ending::Fine);
    }
    if cases.is_empty() {
        console.note("there are no tests: write one as `test \"...\" as of 2026-12-01 { given ... expect ... }`\n");
    }
    let report = report(arguments, &opened, program, &cases, console)?;
    tell(arguments, &opened, &report, console)?;
    let unnoticed = report.mutants.as_ref().is_some_and(|changes| !changes.unnoticed.is_empty());
    Ok(if report.failed > 0 || unnoticed { Ending::Problems } else { Ending::Fine })
}

/// A test, with the program that it is about: that of the customers, or of another table's segments.
type Chosen<'p> = (&'p Program, &'p TestCase);

/// The program of the customers, and those of other tables' segments.
fn programs(program: &Program) -> impl Iterator<Item = &Program> {
    std::iter::once(program).chain(program.others.iter().map(|other| &other.program))
}

/// The tests that are meant, in the order of the files.
fn chosen<'p>(program: &'p Program, filter: &[String]) -> Result<Vec<Chosen<'p>>, Failure> {
    let wanted: Vec<String> = filter.iter().map(|text| text.to_lowercase()).collect();
    let is_meant =
        |case: &TestCase| wanted.is_empty() || wanted.iter().any(|text| case.title.to_lowercase().contains(text));
    let mut all: Vec<Chosen<'p>> =
        programs(program).flat_map(|program| program.tests.iter().map(move |case| (program, case))).collect();
    all.sort_by_key(|(_, case)| case.span);
    let cases: Vec<Chosen<'p>> = all.iter().copied().filter(|(_, case)| is_meant(case)).collect();
    if cases.is_empty() && !all.is_empty() {
        let titles = all.iter().map(|(_, case)| Arc::clone(&case.title));
        let close = filter.first().map(|text| closest(text, titles)).unwrap_or_default();
        let told = match close.first() {
            Some(title) => format!("did you mean \"{title}\"?"),
            None => "`segue test --list` shows their titles".to_owned(),
        };
        return Err(Failure::Use(format!("no title of a test holds \"{}\"; {told}", filter.join("\" or \""))));
    }
    Ok(cases)
}

fn report(
    arguments: &Arguments,
    opened: &Opened,
    program: &Program,
    cases: &[Chosen<'_>],
    console: &Console,
) -> Result<Report, Failure> {
    let sources = &opened.checked.sources;
    let ours = |error: segue_runtime::interpret::InterpretError| Failure::Ours(error.to_string());
    let mut tests = Vec::with_capacity(cases.len());
    for (program, case) in cases {
        let started = Instant::now();
        let ran = run_test(program, sources, case).map_err(ours)?;
        tests.push(Test::new(program, sources, case, &ran, started.elapsed().as_secs_f64()));
    }
    let passed = tests.iter().filter(|test| test.passed).count();
    let failed = tests.len() - passed;
    let mut report = Report { version: VERSION, passed, failed, tests, coverage: None, mutants: None };
    if arguments.coverage && failed == 0 {
        let mut lines = Vec::new();
        for program in programs(program) {
            lines.extend(coverage(program, &of(program, cases)).map_err(ours)?);
        }
        lines.sort_by_key(|line| line.span);
        report.coverage = Some(Coverage::new(program, sources, &lines));
    }
    if arguments.mutate && failed == 0 {
        let bars = Bars::new(console.watched);
        bars.start_counting("changing conditions", programs(program).map(changes_to_try).sum::<usize>() as u64);
        let mut found = Mutants::default();
        for program in programs(program) {
            found.add(mutants(program, &of(program, cases), &|| bars.advance(1)).map_err(ours)?);
        }
        report.mutants = Some(Changes::new(sources, &found));
    }
    if failed > 0 && (arguments.coverage || arguments.mutate) {
        console.note("conditions were not looked at: the tests must pass first\n");
    }
    Ok(report)
}

/// The tests of one of the programs.
fn of<'p>(program: &Program, cases: &[Chosen<'p>]) -> Vec<&'p TestCase> {
    cases.iter().filter(|(of, _)| of.about == program.about).map(|(_, case)| *case).collect()
}

fn tell(arguments: &Arguments, opened: &Opened, report: &Report, console: &Console) -> Result<(), Failure> {
    let mut formats = arguments.format.clone();
    if formats.iter().all(|(_, path)| path.is_some()) {
        formats.insert(0, (Format::Full, None));
    }
    for (format, path) in &formats {
        let colour = console.colour && path.is_none();
        let text = match format {
            Format::Full => full(report, arguments.verbose, colour),
            Format::Json => serde_json::to_string_pretty(report)? + "\n",
            Format::Junit => junit(report, &opened.project_name())?,
        };
        match path {
            None => console.out(&text)?,
            Some(path) => std::fs::write(path, text)
                .map_err(|error| Failure::Use(format!("{} cannot be written: {error}", path.display())))?,
        }
    }
    Ok(())
}

fn full(report: &Report, verbose: bool, colour: bool) -> String {
    let painted =
        |sign: &str, code: u8| if colour { format!("\u{1b}[{code}m{sign}\u{1b}[0m") } else { sign.to_owned() };
    let mut text = String::new();
    for test in &report.tests {
        // Writing to a string does not fail.
        let sign = if test.passed { painted("✓", 32) } else { painted("✗", 31) };
        let place = if test.passed { String::new() } else { format!("  {}:{}", test.place.file, test.place.line) };
        let _ = writeln!(text, "{sign} {}{place}", legible(&test.title));
        for line in legible(&test.failures()).lines() {
            let _ = writeln!(text, "    {line}");
        }
        if verbose {
            let _ = writeln!(text, "    looks at: {}", or_nothing(&test.looked_at));
            if !test.not_given.is_empty() {
                let _ = writeln!(text, "    not given: {}", test.not_given.join(", "));
            }
        }
    }
    let word = if report.tests.len() == 1 { "test" } else { "tests" };
    let failed = if report.failed == 0 { String::new() } else { format!(", {} failed", report.failed) };
    let _ = writeln!(text, "{} {word}: {} passed{failed}", report.tests.len(), report.passed);
    if let Some(coverage) = &report.coverage {
        let _ = write!(text, "\n{}", legible(&coverage.text()));
    }
    if let Some(changes) = &report.mutants {
        let _ = write!(text, "\n{}", legible(&changes.text()));
    }
    text
}

fn or_nothing(names: &[String]) -> String {
    if names.is_empty() { "nothing".to_owned() } else { names.join(", ") }
}

fn junit(report: &Report, project: &str) -> Result<String, Failure> {
    let mut suite = TestSuite::new(project);
    for test in &report.tests {
        let status = if test.passed {
            TestCaseStatus::success()
        } else {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            let first = test.expectations.iter().find(|expected| !expected.passed);
            status.set_message(first.map_or_else(String::new, |expected| format!("expect {}", expected.text)));
            status.set_description(legible(&test.failures()).into_owned());
            status
        };
        let mut case = Case::new(test.title.as_str(), status);
        case.set_classname(test.place.file.as_str());
        case.set_time(Duration::from_secs_f64(test.time));
        suite.add_test_case(case);
    }
    let mut suites = Suites::new("segue test");
    suites.add_test_suite(suite);
    suites.to_string().map(|text| text + "\n").map_err(|error| Failure::Ours(error.to_string()))
}
