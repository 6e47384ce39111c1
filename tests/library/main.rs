//! What is ready-made passes its own tests, and they notice every change of one of its conditions but those that change nothing.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use segue_compiler::library::{Entry, adapt, bind, entries};
use segue_compiler::program::TestCase;
use segue_compiler::project::{Checked, Constants, Input, check};
use segue_compiler::source::SourceFile;
use segue_runtime::testing::report::Test;
use segue_runtime::testing::{mutants, run};

/// All that entries speak of.
const USUAL: &str = "customers { key customer_id : id   nps : integer?   birth_date : date? }
events purchases by customer_id at purchased_at { paid : money USD }
events opens by customer_id at opened_at { mail : text }
events cart_adds by customer_id at added_at { product : id }
";

/// Changes that no test can notice, by entry: the condition and what is changed.
const WITHOUT_EFFECT: &[(&str, &str, &str)] = &[];

/// The same where events have only a day.
const DAYS: &str = "customers { key customer_id : id   nps : integer   birth_date : date }
events orders by customer_id at ordered_on : date { total : money EUR }
events email_opens by customer_id at day : date { mail : text }
events carts by customer_id at filled_on : date { product : id }
";

fn project(entry: &Entry) -> Checked {
    made_of([USUAL, entry.rules, entry.tests])
}

fn made_of(texts: [&str; 3]) -> Checked {
    let settings = SourceFile::new("segue.toml", "[project]\nname = \"t\"\ncurrency = \"USD\"\n");
    let files = texts.into_iter().map(|text| SourceFile::new("rules.segue", text)).collect();
    let no_lists = |_: &str| Err("there are no lists".to_owned());
    check(Input { settings: Some(settings), files, constants: Constants::default(), read_list: &no_lists })
}

#[test]
fn every_entry_passes_its_tests() {
    for entry in entries() {
        passes(entry, &project(entry));
    }
}

#[test]
fn every_entry_passes_them_where_events_have_only_a_day() {
    for entry in entries() {
        let bare = made_of([DAYS, "", ""]);
        let binding = bind(entry, bare.program.as_ref().unwrap(), &[]).unwrap();
        let adapted = adapt(entry, &binding, "our_");
        passes(entry, &made_of([DAYS, &adapted.rules, &adapted.tests]));
    }
}

fn passes(entry: &Entry, checked: &Checked) {
    let program = checked.program.as_ref().unwrap_or_else(|| panic!("{}: {:?}", entry.name, checked.diagnostics));
    for case in &program.tests {
        let ran = run(program, &checked.sources, case).unwrap();
        let test = Test::new(program, &checked.sources, case, &ran, 0.0);
        assert!(test.passed, "{}: {}\n{}", entry.name, test.title, test.failures());
    }
}

#[test]
fn their_tests_notice_every_change() {
    let mut unnoticed = Vec::new();
    for entry in entries() {
        let checked = project(entry);
        let program = checked.program.as_ref().unwrap();
        let cases: Vec<&TestCase> = program.tests.iter().collect();
        let found = mutants(program, &cases, &|| ()).unwrap();
        assert_eq!(found.unreached, 0, "{}: no test looks at some declaration", entry.name);
        for survivor in found.survivors {
            let condition = checked.sources.slice(survivor.span).to_owned();
            unnoticed.push((entry.name, condition, survivor.change));
        }
    }
    let unnoticed: Vec<(&str, &str, &str)> =
        unnoticed.iter().map(|(name, condition, change)| (*name, condition.as_str(), change.as_str())).collect();
    assert_eq!(unnoticed, WITHOUT_EFFECT);
}
