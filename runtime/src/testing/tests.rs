#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use super::report::{Changes, Coverage, Test};
use super::{changes_to_try, coverage, mutants, run};
use segue_compiler::program::{Program, TestCase};
use segue_compiler::project::{Constants, Input, check};
use segue_compiler::source::{SourceFile, SourceMap};

const DATA: &str = "customers { key who : id   age : integer   country : text?   of_age = age >= 18 }
events buys by who at bought_at { paid : money USD   shop : text?   net = paid * 2 }
";

/// A project that is sound.
fn project(rules: &str) -> (Program, SourceMap) {
    let settings = SourceFile::new("segue.toml", "[project]\nname = \"t\"\ncurrency = \"USD\"\n");
    let files = vec![SourceFile::new("rules.segue", format!("{DATA}{rules}"))];
    let no_lists = |_: &str| Err("there are no lists".to_owned());
    let input = Input { settings: Some(settings), files, constants: Constants::default(), read_list: &no_lists };
    let checked = check(input);
    let told: Vec<&str> = checked.diagnostics.iter().map(|message| message.message.as_str()).collect();
    (checked.program.unwrap_or_else(|| panic!("{told:?}")), checked.sources)
}

fn cases(program: &Program) -> Vec<&TestCase> {
    program.tests.iter().collect()
}

/// The changes that no test notices, each as its condition and what was changed.
fn unnoticed(rules: &str) -> (usize, Vec<(String, String)>, usize) {
    let (program, sources) = project(rules);
    for case in &program.tests {
        let ran = run(&program, &sources, case).unwrap();
        let told = Test::new(&program, &sources, case, &ran, 0.0).failures();
        assert!(ran.passed(), "{}: {told}", case.title);
    }
    let found = mutants(&program, &cases(&program), &|| ()).unwrap();
    let changes = Changes::new(&sources, &found);
    assert_eq!(changes_to_try(&program), changes.noticed + changes.unnoticed.len() + changes.not_looked_at);
    let told = changes.unnoticed.into_iter().map(|one| (one.condition.text, one.change)).collect();
    (changes.noticed, told, changes.not_looked_at)
}

fn pairs(told: &[(String, String)]) -> Vec<(&str, &str)> {
    told.iter().map(|(text, change)| (text.as_str(), change.as_str())).collect()
}

#[test]
fn tests_at_both_sides_of_the_border_notice_every_change() {
    let (noticed, told, _) = unnoticed(
        "segment old { age >= 60 }
        test \"sixty\" as of 2026-12-01 { given customer { age: 60 } expect in old }
        test \"fifty-nine\" as of 2026-12-01 { given customer { age: 59 } expect not in old }",
    );
    // Turned round, left out, `>` for `>=`.
    assert_eq!((noticed, pairs(&told)), (3, vec![]));
}

#[test]
fn what_is_tested_on_one_side_only_is_told() {
    let (noticed, told, _) = unnoticed(
        "segment old { age >= 60 }
        test \"seventy\" as of 2026-12-01 { given customer { age: 70 } expect in old }",
    );
    let border = "with `more` in the place of `at least`: nothing is tested at the border";
    assert_eq!((noticed, pairs(&told)), (1, vec![("age >= 60", border), ("age >= 60", "left out")]));
}

#[test]
fn what_stands_in_and_or_and_where_is_changed_by_itself() {
    let rules = "segment odd { age > 60 and country is \"US\" or any buys where shop is \"A\" and paid > 3 USD }";
    let rules = rules.replace("age > 60 and country is \"US\"", "(age > 60 and country is \"US\")");
    let tests = "test \"one\" as of 2026-12-01 { given customer { age: 61   country: \"US\" } expect in odd }";
    let (_, told, _) = unnoticed(&format!("{rules}\n{tests}"));
    let left_out: Vec<&str> =
        told.iter().filter(|(_, change)| change == "left out").map(|(text, _)| text.as_str()).collect();
    // Left out under `and` a condition holds, under `or` it does not.
    let any = "any buys where shop is \"A\" and paid > 3 USD";
    assert_eq!(left_out, ["age > 60", "country is \"US\"", any, "shop is \"A\"", "paid > 3 USD"]);
}

#[test]
fn windows_occasions_and_steps_are_taken_away_one_at_a_time() {
    let (_, told, _) = unnoticed(
        "occasion feast = 24 november
        segment a { any buys in the last 30 days on weekdays }
        segment b { any buys in the 10 days before feast }
        segment c { any buys followed by buys in the last 7 days within 2 days with the same shop }
        test \"all\" as of 2026-12-01 {
          given buys [{ bought_at: 2026-11-30   shop: \"A\" }, { bought_at: 2026-11-29   shop: \"A\" }, { bought_at: 2026-11-20 }]
          expect in a
          expect in b
          expect in c
        }",
    );
    let weaker: Vec<&str> =
        told.iter().map(|(_, change)| change.as_str()).filter(|change| *change != "left out").collect();
    let expected = [
        "without window 1 of 2",
        "without window 2 of 2",
        "without its occasion",
        "without its window",
        "without `with the same`",
        "without `within`",
        // Turned round, the second of two is followed by nothing either.
        "turned round",
    ];
    assert_eq!(weaker, expected);
}

#[test]
fn calculated_fields_and_given_answers() {
    let (noticed, told, not_looked_at) = unnoticed(
        "trait many = number of buys
        segment grown { of_age }
        segment given_one { many > 3 }
        segment rich { given_one and grown }
        segment other { age > 99 }
        test \"a field\" as of 2026-12-01 {
          given customer { age: 18 }
          given in given_one
          expect in rich
        }",
    );
    // `age >= 18` of the field: turned round and at its border; `of_age`, `given_one`, `grown`: turned round.
    assert_eq!(noticed, 5);
    assert_eq!(pairs(&told), [("of_age", "left out"), ("given_one", "left out"), ("grown", "left out")]);
    // Of `given_one`, which is given, and of `other`: turned round, left out, at the border.
    assert_eq!(not_looked_at, 6);
}

#[test]
fn conditions_that_never_decide_are_told_apart_from_those_nobody_looks_at() {
    let (program, sources) = project(
        "segment old { age >= 60 or country is \"US\" }
        segment other { age > 99 }
        test \"old\" as of 2026-12-01 { given customer { age: 60   country: \"FR\" } expect in old }",
    );
    let found = Coverage::new(&program, &sources, &coverage(&program, &cases(&program)).unwrap());
    // Turned round, `country is \"US\"` holds, and the answer is the same.
    let undecided: Vec<&str> = found.never_decided.iter().map(|written| written.text.as_str()).collect();
    assert_eq!(undecided, ["country is \"US\""]);
    assert_eq!((found.conditions, found.decided), (4, 1));
    let never: Vec<_> = found.never_looked_at.into_iter().collect();
    assert_eq!(never, [("customers.of_age".to_owned(), 1), ("other".to_owned(), 1)]);
}

#[test]
fn what_was_looked_at_and_not_given_is_told() {
    let (program, sources) = project(
        "segment old { age >= 60 or country is \"US\" }
        segment buyer { old and any buys in the last 30 days where net > 3 USD }
        test \"one\" as of 2026-12-01 { given customer { age: 60 } expect not in buyer }",
    );
    let ran = run(&program, &sources, cases(&program).first().unwrap()).unwrap();
    assert!(ran.passed());
    assert_eq!(ran.looked_at, ["age", "country", "buys.bought_at", "buys.paid"]);
    // There are no rows of buys that could hold anything.
    assert_eq!(ran.not_given, ["country"]);
}

#[test]
fn a_failing_expectation_says_what_came_and_why() {
    let (program, sources) = project(
        "trait spend = sum of buys.paid
        segment rich { spend > 3 USD }
        partition size { big : spend > 9 USD   small : otherwise }
        test \"one\" as of 2026-12-01 {
          given buys { bought_at: 2026-11-01   paid: 2 USD }
          expect spend = 3 USD
          expect in rich
          expect size is big
        }",
    );
    let case = cases(&program);
    let ran = run(&program, &sources, case.first().unwrap()).unwrap();
    let told = Test::new(&program, &sources, case.first().unwrap(), &ran, 0.0).failures();
    let expected = "expect spend = 3 USD
  got 2 USD
  ✗ spend = 3 USD
      spend is 2 USD, needs 3 USD
        1 of 1 buys count
          2026-11-01 00:00  paid 2 USD
expect in rich
  got not in
  ✗ spend > 3 USD
      spend is 2 USD, needs more than 3 USD
        1 of 1 buys count
          2026-11-01 00:00  paid 2 USD
expect size is big
  got small
  ✗ big
    ✗ spend > 9 USD
        spend is 2 USD, needs more than 9 USD
          1 of 1 buys count
            2026-11-01 00:00  paid 2 USD
  ✓ small
      everyone who is in no part above
";
    assert_eq!(told, expected);
}

#[test]
fn a_test_that_says_nothing_any_more_has_noticed() {
    let (noticed, told, _) = unnoticed(
        "segment both { age >= 18
          any buys }
        test \"no purchase\" as of 2026-12-01 { expect not in both }
        test \"eighteen\" as of 2026-12-01 { given customer { age: 18 } buys { bought_at: 1 day ago } expect in both }
        test \"seventeen\" as of 2026-12-01 { given customer { age: 17 } buys { bought_at: 1 day ago } expect not in both }",
    );
    // Without `any buys` the first test could not say anything: the age is not given.
    assert_eq!((noticed, pairs(&told)), (5, vec![]));
}

#[test]
fn fields_that_build_on_one_another_are_looked_at_once() {
    let mut fields = String::from("c0 = age + 1   ");
    for at in 1..40 {
        fields += &format!("c{at} = c{} - c{} / 2   ", at - 1, at - 1);
    }
    let data = DATA.replace("age : integer", &format!("age : integer   {fields}"));
    let settings = SourceFile::new("segue.toml", "[project]\nname = \"t\"\ncurrency = \"USD\"\n");
    let rules = "test \"deep\" as of 2026-12-01 { expect c39 > 1 }";
    let files = vec![SourceFile::new("rules.segue", format!("{data}{rules}"))];
    let no_lists = |_: &str| Err("there are no lists".to_owned());
    let checked =
        check(Input { settings: Some(settings), files, constants: Constants::default(), read_list: &no_lists });
    let program = checked.program.unwrap();
    let ran = run(&program, &checked.sources, program.tests.first().unwrap()).unwrap();
    assert!(!ran.passed());
}

#[test]
fn numbers_are_shown_so_that_they_can_be_copied() {
    let (program, sources) = project(
        "trait third = (sum of buys.paid) / 3 USD
        test \"one\" as of 2026-12-01 { given buys { bought_at: 2026-11-01   paid: 1 USD } expect third = 0.333333 }",
    );
    let ran = run(&program, &sources, cases(&program).first().unwrap()).unwrap();
    assert_eq!(ran.verdicts.first().unwrap().got.as_deref(), Some("0.3333333333333333"));
}
