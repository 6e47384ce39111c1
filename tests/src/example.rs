//! Runs a case of a page: checks its project, loads its data, works it out with every engine, holds the answers against
//! what the page expects.

use crate::answers::{Answers, agrees, moment, shown};
use crate::page::Case;
use crate::single;
use segue_compiler::diagnostics::{Diagnostic, Severity, concise};
use segue_compiler::plan::Selection;
use segue_compiler::program::{CUSTOMERS, FieldId, Program, SegmentId, TableId};
use segue_compiler::project::{self, Checked};
use segue_compiler::source::{SourceFile, SourceMap};
use segue_compiler::syntax::{self, NodeIds};
use segue_runtime::data::{BadRows, Dataset, DatasetBuilder, LoadReport, Loaded, UnknownCustomers};
use segue_runtime::outcome::{NO_PART, Outcome, ProblemKind, Request};
use segue_runtime::{engine, interpret, others, testing};
use std::collections::{BTreeMap, BTreeSet};

/// How much of a case must be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strictness {
    /// Every segment and partition of the case's own rules has an answer.
    All,
    /// What is answered must be right.
    Given,
}

/// Everything that is not as the page says; empty where all is.
pub fn differences(case: &Case, strictness: Strictness) -> Vec<String> {
    if case.whole_rules().trim().is_empty() {
        return settings_differences(&case.settings);
    }
    let checked = check(&case.settings, &case.whole_rules());
    let answers: Vec<Answers> = case.expectations.iter().map(|text| Answers::read(text)).collect();
    let mut found = Vec::new();
    let expected_errors: BTreeSet<&str> = answers.iter().flat_map(|a| &a.errors).map(String::as_str).collect();
    let errors: BTreeSet<&str> = codes(&checked.diagnostics, Severity::Error);
    if expected_errors != errors {
        let messages = concise::lines(&checked.sources, &checked.diagnostics);
        return vec![format!("errors {errors:?}, expected {expected_errors:?}\n{messages}")];
    }
    let warnings: BTreeSet<&str> = codes(&checked.diagnostics, Severity::Warning);
    let expected_warnings: BTreeSet<&str> = answers.iter().flat_map(|a| &a.warnings).map(String::as_str).collect();
    if !expected_warnings.is_empty() && expected_warnings != warnings {
        let messages = concise::lines(&checked.sources, &checked.diagnostics);
        found.push(format!("warnings {warnings:?}, expected {expected_warnings:?}\n{messages}"));
    }
    let Some(program) = &checked.program else {
        if errors.is_empty() {
            found.push("no program, but no error either".to_owned());
        }
        return found;
    };
    if let (Strictness::All, false) = (strictness, case.rules.is_empty()) {
        found.extend(unanswered(case, program, &answers));
    }
    found.extend(test_differences(program, &checked, &answers));
    if answers.iter().all(|answers| answers.errors.is_empty()) {
        for answers in answers.iter().filter(|answers| !answers.only_tests()) {
            found.extend(run(case, &checked, program, answers));
        }
    }
    found
}

/// What is wrong with a project file that stands alone. The data it names are of tables it does not show.
fn settings_differences(settings: &str) -> Vec<String> {
    let checked = check(settings, "customers { key who : id }\n");
    let told = checked.diagnostics.into_iter().filter(|message| message.code.0 != "S0122");
    told.map(|message| concise::lines(&checked.sources, &[message])).collect()
}

/// The project that a text is.
pub fn check(settings: &str, rules: &str) -> Checked {
    let mut sources = SourceMap::default();
    let file = sources.add(SourceFile::new("rules.segue", rules));
    let parsed = syntax::parse(file, sources.get(file).unwrap(), &mut NodeIds::default());
    let settings = (!settings.is_empty()).then(|| SourceFile::new("segue.toml", settings));
    let no_lists = |name: &str| Err(format!("there is no file {name} beside this page"));
    project::check_trees(
        sources,
        vec![parsed.file],
        parsed.diagnostics,
        settings,
        project::Constants::default(),
        &no_lists,
    )
}

fn codes(diagnostics: &[Diagnostic], severity: Severity) -> BTreeSet<&str> {
    diagnostics.iter().filter(|message| message.severity == severity).map(|message| message.code.0).collect()
}

/// Tests of the rules that come to something else than the page says; those that no page speaks of pass.
fn test_differences(program: &Program, checked: &Checked, answers: &[Answers]) -> Vec<String> {
    let mut found = Vec::new();
    let others = program.others.iter().map(|other| &other.program);
    let programs = || std::iter::once(program).chain(others.clone());
    let known = |title: &String| programs().flat_map(|program| &program.tests).any(|case| *case.title == **title);
    let unknown = answers.iter().flat_map(|answers| answers.tests.keys()).filter(|title| !known(title));
    found.extend(unknown.map(|title| format!("there is no test \"{title}\"")));
    for (program, case) in programs().flat_map(|program| program.tests.iter().map(move |case| (program, case))) {
        let ran = match testing::run(program, &checked.sources, case) {
            Ok(ran) => ran,
            Err(error) => {
                found.push(format!("the test \"{}\": {error}", case.title));
                continue;
            }
        };
        let told: Vec<String> = ran
            .verdicts
            .iter()
            .filter(|verdict| !verdict.passed())
            .flat_map(|verdict| match verdict.doubts.as_slice() {
                [] => vec![checked.sources.slice(verdict.span).to_owned()],
                doubts => doubts.iter().map(doubt).collect(),
            })
            .collect();
        let none = Vec::new();
        let expected = answers.iter().find_map(|answers| answers.tests.get(&*case.title)).unwrap_or(&none);
        if told != *expected {
            found.push(format!("the test \"{}\" comes to {told:?}, expected {expected:?}", case.title));
        }
    }
    found
}

fn doubt(doubt: &testing::Doubt) -> String {
    match doubt {
        testing::Doubt::Field(name) => name.clone(),
        testing::Doubt::Row(table, _, key) => format!("{table} {key}"),
        testing::Doubt::Base(within, _) => format!("all customers in {}", within.as_deref().unwrap_or("the test")),
    }
}

/// Segments and partitions of the case's own rules that no `expect` block speaks of.
fn unanswered(case: &Case, program: &Program, answers: &[Answers]) -> Vec<String> {
    let named = |name: &str| {
        answers.iter().any(|a| {
            a.members
                .keys()
                .any(|key| key == name || key.starts_with(&format!("{name}.")) || key.starts_with(&format!("{name} ")))
        })
    };
    // Answers that only speak of bad rows, or of the rules' own tests, run nothing.
    if answers.iter().any(|a| !a.bad_rows.is_empty() || a.only_tests()) {
        return Vec::new();
    }
    let own = |name: &str| {
        case.rules.contains(&format!("segment {name}")) || case.rules.contains(&format!("partition {name}"))
    };
    let segments = program.segments.iter().map(|segment| &segment.name);
    let partitions = program.partitions.iter().map(|partition| &partition.name);
    let others = program.others.iter().flat_map(|other| &other.program.segments).map(|segment| &segment.name);
    let missing = segments.chain(partitions).chain(others).filter(|name| own(name) && !named(name));
    missing.map(|name| format!("`{name}` has no answer")).collect()
}

fn load(case: &Case, checked: &Checked, program: &Program, bad_rows: BadRows) -> Result<Loaded, String> {
    let data: serde_json::Value = match &case.data {
        Some(text) => serde_json::from_str(text).map_err(|error| format!("the data are no JSON: {error}"))?,
        None => serde_json::Value::Object(serde_json::Map::new()),
    };
    let unknown = match checked.config.unknown_customers {
        project::UnknownCustomers::Add => UnknownCustomers::Add,
        project::UnknownCustomers::Report => UnknownCustomers::Report,
    };
    let mut builder = DatasetBuilder::new(program).bad_rows(bad_rows).unknown_customers(unknown);
    for (table, rows) in data.as_object().unwrap() {
        builder = builder.json(table, rows);
    }
    builder.build().map_err(|errors| errors.to_string())
}

fn run(case: &Case, checked: &Checked, program: &Program, answers: &Answers) -> Vec<String> {
    let mut found = Vec::new();
    if !answers.bad_rows.is_empty() {
        if load(case, checked, program, BadRows::Stop).is_ok() {
            found.push("bad rows do not stop the load".to_owned());
        }
        match load(case, checked, program, BadRows::Skip) {
            Err(error) => found.push(error),
            Ok(loaded) => {
                let cells =
                    loaded.report.tables.iter().flat_map(|table| table.bad_cells.iter().map(move |cell| (table, cell)));
                let bad: BTreeSet<_> =
                    cells.map(|(table, cell)| (table.name.to_string(), cell.row.to_string())).collect();
                let expected: BTreeSet<_> = answers.bad_rows.iter().cloned().collect();
                if bad != expected {
                    found.push(format!("bad rows {bad:?}, expected {expected:?}"));
                }
            }
        }
        return found;
    }
    let loaded = match load(case, checked, program, BadRows::Stop) {
        Ok(loaded) => loaded,
        Err(error) => return vec![error],
    };
    found.extend(load_differences(&loaded.report, has_customers(case), answers));
    let as_of = match &answers.as_of {
        Some(written) => moment(written, program),
        None => checked.config.settings.as_of,
    };
    let Some(as_of) = as_of else { return vec!["the case has no `as of`".to_owned()] };
    let request = Request::of(Selection::everything(program), as_of).on(2);
    let outcomes = outcomes(program, &loaded.dataset, &request);
    if let [(_, Ok(one)), (_, Ok(other))] = outcomes.as_slice()
        && one.problems != other.problems
    {
        found.push(format!("the engines report different problems: {:?} and {:?}", one.problems, other.problems));
    }
    if let Some((_, Ok(expected))) = outcomes.first() {
        let data = match others::complete(program, &loaded.dataset, &request) {
            Ok(data) => data.unwrap_or_else(|| loaded.dataset.clone()),
            Err(error) => return vec![error.to_string()],
        };
        found.extend(single::difference(program, &data, &request, expected));
        let rows = case.data.as_deref().and_then(|data| serde_json::from_str::<serde_json::Value>(data).ok());
        let rows = rows.as_ref().and_then(serde_json::Value::as_object);
        found.extend(rows.and_then(|rows| single::json_difference(program, rows, &data, &request, expected)));
    }
    for (engine, outcome) in outcomes {
        match outcome {
            Err(error) => found.push(format!("{engine}: {error}")),
            Ok(outcome) => {
                let wrong = outcome_differences(program, checked, &loaded.dataset, &outcome, answers);
                let moment = answers.as_of.as_ref().map(|moment| format!(" as of {moment}")).unwrap_or_default();
                found.extend(wrong.into_iter().map(|wrong| format!("{engine}{moment}: {wrong}")));
            }
        }
    }
    found
}

/// What each engine gives.
fn outcomes(program: &Program, data: &Dataset, request: &Request) -> Vec<(&'static str, Result<Outcome, String>)> {
    vec![
        ("interpreter", interpret::run(program, data, request).map_err(|error| error.to_string())),
        ("engine", engine::run(program, data, request).map_err(|error| error.to_string())),
    ]
}

/// Whether there are data for customers: without, all keys of events and records are customers.
fn has_customers(case: &Case) -> bool {
    case.data.as_ref().is_some_and(|data| data.contains("\"customers\""))
}

fn load_differences(report: &LoadReport, with_customers: bool, answers: &Answers) -> Vec<String> {
    let (mut outside, mut lookups, mut counted) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    for table in &report.tables {
        for values in &table.outside {
            outside.insert(format!("{}.{}", table.name, values.column), values.count);
        }
        for misses in &table.lookups {
            lookups.insert(format!("{} for {}.{}", misses.target, table.name, misses.name), misses.misses.rows);
        }
        let counts = [("skipped clock times", table.gap_times), ("doubled clock times", table.overlap_times)];
        let unknown = with_customers.then_some(("unknown customers", table.unknown_customers.rows));
        for (kind, count) in counts.into_iter().chain(unknown).filter(|(_, count)| *count > 0) {
            counted.insert((kind.to_owned(), table.name.to_string()), count);
        }
    }
    let mut found = Vec::new();
    if outside != answers.outside {
        found.push(format!("values outside {outside:?}, expected {:?}", answers.outside));
    }
    if lookups != answers.lookups {
        found.push(format!("lookups without a row {lookups:?}, expected {:?}", answers.lookups));
    }
    if counted != answers.counted {
        found.push(format!("counted {counted:?}, expected {:?}", answers.counted));
    }
    found
}

/// Keys of a table, by row.
fn keys(program: &Program, data: &Dataset, table: TableId) -> Vec<String> {
    let key = program.tables.get(table.0 as usize).and_then(|table| table.key).unwrap_or(FieldId(0));
    let rows = data.table(table).map_or(0, |table| table.rows);
    let column = data.column(table, key).unwrap();
    (0..rows)
        .map(|row| match column.value(row) {
            Some(segue_compiler::values::Value::Text(text)) => text.to_string(),
            other => format!("{other:?}"),
        })
        .collect()
}

fn sorted<'k>(keys: impl IntoIterator<Item = &'k String>) -> Vec<&'k str> {
    let mut sorted: Vec<&str> = keys.into_iter().map(String::as_str).collect();
    sorted.sort_unstable();
    sorted
}

fn outcome_differences(
    program: &Program,
    checked: &Checked,
    data: &Dataset,
    outcome: &Outcome,
    answers: &Answers,
) -> Vec<String> {
    let of_customers = keys(program, data, CUSTOMERS);
    let keys_of = |table: TableId| keys(program, data, table);
    let keys = of_customers;
    let mut found = Vec::new();
    for (name, expected) in &answers.members {
        let of_table: Vec<String>;
        let members = match members(program, outcome, name) {
            Ok((CUSTOMERS, rows)) => sorted(rows.iter().map(|row| &keys[*row])),
            Ok((table, rows)) => {
                let keys = keys_of(table);
                of_table = rows.iter().map(|row| keys[*row].clone()).collect();
                sorted(&of_table)
            }
            Err(wrong) => {
                found.push(wrong);
                continue;
            }
        };
        let expected = sorted(expected);
        if members != expected {
            found.push(format!("{name}: {members:?}, expected {expected:?}"));
        }
    }
    for (name, expected) in &answers.values {
        let Some(at) = program.traits.iter().position(|declared| *declared.name == **name) else {
            found.push(format!("there is no trait `{name}`"));
            continue;
        };
        let ty = &program.traits[at].value.ty;
        if expected.len() != keys.len() {
            found.push(format!("{name}: {} values expected of {} customers", expected.len(), keys.len()));
        }
        for (key, written) in expected {
            let Some(row) = keys.iter().position(|other| other == key) else {
                found.push(format!("{name}: there is no customer {key}"));
                continue;
            };
            let value = outcome.traits[at].value(row);
            if !agrees(written, value.as_ref(), ty, program) {
                found.push(format!("{name} of {key}: {}, expected {written}", shown(value.as_ref(), ty)));
            }
        }
    }
    let mut problems: BTreeMap<(String, String), Vec<u64>> = BTreeMap::new();
    let of_others = outcome.others.iter().flat_map(|of| &of.problems);
    for problem in outcome.problems.iter().chain(of_others) {
        let kind = match problem.kind {
            ProblemKind::DivisionByZero => "division by zero",
            ProblemKind::Overflow => "overflow",
        };
        let place = checked.sources.slice(problem.span).to_owned();
        problems.entry((kind.to_owned(), place)).or_default().push(problem.count);
    }
    if problems != answers.problems {
        found.push(format!("problems {problems:?}, expected {:?}", answers.problems));
    }
    found
}

/// Rows of a segment, a part, or of those without part; of the customers, or of another table.
fn members(program: &Program, outcome: &Outcome, name: &str) -> Result<(TableId, Vec<usize>), String> {
    if let Some(at) = program.segments.iter().position(|segment| *segment.name == *name) {
        return Ok((CUSTOMERS, outcome.segments[at].iter().collect()));
    }
    if let Some((name, table)) = name.split_once(" of ") {
        for of in &outcome.others {
            let other = program.other(of.table).unwrap();
            let declared = |id: &SegmentId| &*other.program.segments[id.0 as usize].name == name;
            if *program.tables[of.table.0 as usize].name == *table
                && let Some(at) = of.segments.iter().position(declared)
            {
                return Ok((of.table, of.members[at].iter().collect()));
            }
        }
    }
    let (partition, part) = match name.strip_suffix(" without part") {
        Some(partition) => (partition, None),
        None => {
            let (partition, part) = name.split_once('.').ok_or_else(|| format!("there is no segment `{name}`"))?;
            (partition, Some(part))
        }
    };
    let at = program.partitions.iter().position(|declared| *declared.name == *partition);
    let at = at.ok_or_else(|| format!("there is no partition `{partition}`"))?;
    let wanted = match part {
        None => NO_PART,
        Some(part) => {
            let position = program.partitions[at].parts.iter().position(|declared| *declared.name == *part);
            position.ok_or_else(|| format!("`{partition}` has no part `{part}`"))? as u32
        }
    };
    Ok((CUSTOMERS, (0..outcome.customers).filter(|row| outcome.partitions[at][*row] == wanted).collect()))
}
