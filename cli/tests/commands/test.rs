//! `segue test`.

use crate::shop::Shop;

const TESTS: &str = r#"
test "who spent a hundred is big" as of 2026-03-01 {
  given purchases [{ bought_at: 2026-02-01   price: 60 USD }, { bought_at: 2026-02-02   price: 40 USD }]
  expect spend = 100 USD
  expect in big_spenders
}

test "in France" as of 2026-03-01 {
  given customer { country: "France" }
  expect in french
}
"#;

const FAILING: &str = r#"
test "wrong" as of 2026-03-01 {
  given purchases { bought_at: 2026-02-01   price: 60 USD }
  expect in french
  expect spend = 100 USD
  expect any purchases where quantity > 3
}
"#;

fn shop(tests: &str) -> Shop {
    let shop = Shop::new();
    shop.write("tests.segue", tests);
    shop
}

#[test]
fn tests_that_pass_are_named_and_counted() {
    let ended = shop(TESTS).segue(&["test"]);
    assert_eq!(ended.out, "✓ who spent a hundred is big\n✓ in France\n2 tests: 2 passed\n");
    assert_eq!((ended.status, ended.err.as_str()), (0, ""));
}

#[test]
fn a_test_that_fails_says_what_came_and_why() {
    let ended = shop(FAILING).segue(&["test"]);
    let expected = "✗ wrong  tests.segue:2
    expect in french
      got not in
      ? country is \"France\"  (unknown)
          country is missing, needs \"France\"
    expect spend = 100 USD
      got 60 USD
      ✗ spend = 100 USD
          spend is 60 USD, needs 100 USD
            1 of 1 purchases count
              2026-02-01 00:00  price 60 USD
    expect any purchases where quantity > 3
      cannot be said: purchases.quantity is not given, and could change it
1 test: 0 passed, 1 failed
";
    assert_eq!(ended.out, expected);
    assert_eq!(ended.status, 1);
}

#[test]
fn tests_are_chosen_by_their_titles() {
    let shop = shop(&format!("{TESTS}{FAILING}"));
    assert_eq!(shop.segue(&["test", "--list"]).out, "who spent a hundred is big\nin France\nwrong\n");
    let some = shop.segue(&["test", "--filter", "FRANCE", "--filter", "hundred"]);
    assert_eq!((some.status, some.out.lines().count()), (0, 3));
    let none = shop.segue(&["test", "--filter", "in Frankreich"]);
    assert_eq!(none.status, 2);
    assert!(none.err.contains("no title of a test holds \"in Frankreich\""), "{}", none.err);
}

#[test]
fn what_is_looked_at_is_shown_where_asked_for() {
    let ended = shop(TESTS).segue(&["test", "--filter", "hundred", "--verbose"]);
    assert!(ended.out.contains("    looks at: purchases.price\n"), "{}", ended.out);
    let ended = shop(FAILING).segue(&["test", "-v"]);
    assert!(ended.out.contains("    not given: country, purchases.quantity\n"), "{}", ended.out);
}

#[test]
fn conditions_that_no_test_notices_are_listed() {
    let shop = shop(TESTS);
    let coverage = shop.segue(&["test", "--coverage"]);
    assert_eq!(coverage.status, 0);
    assert!(coverage.out.contains("\n3 of 6 conditions decide a test\n"), "{}", coverage.out);
    assert!(coverage.out.contains("No test looks at these:\n  nobody (1 condition)\n  stage (2 conditions)\n"));
    let mutated = shop.segue(&["test", "--mutate"]);
    assert_eq!(mutated.status, 1);
    assert!(mutated.out.contains("  rules.segue:18  average > 10 USD\n      left out\n"), "{}", mutated.out);
}

#[test]
fn the_tests_must_pass_before_conditions_are_changed() {
    let ended = shop(FAILING).segue(&["test", "--mutate"]);
    assert_eq!(ended.status, 1);
    assert!(ended.err.contains("conditions were not looked at: the tests must pass first"), "{}", ended.err);
    assert!(!ended.out.contains("changes were tried"), "{}", ended.out);
}

#[test]
fn servers_read_junit_and_programs_json() {
    let shop = shop(&format!("{TESTS}{FAILING}"));
    let ended = shop.segue(&["test", "--format", "junit=tests.xml", "--format", "json"]);
    assert_eq!(ended.status, 1);
    let told: serde_json::Value = serde_json::from_str(&ended.out).unwrap();
    assert_eq!((&told["version"], &told["passed"], &told["failed"]), (&1.into(), &2.into(), &1.into()));
    let wrong = &told["tests"][2];
    assert_eq!((&wrong["title"], &wrong["file"], &wrong["line"]), (&"wrong".into(), &"tests.segue".into(), &13.into()));
    assert_eq!(wrong["expectations"][1]["got"], "60 USD");
    assert_eq!(wrong["expectations"][2]["doubts"][0], "purchases.quantity is not given, and could change it");
    let xml = shop.read("tests.xml");
    assert!(xml.contains("<testsuite name=\"shop\" tests=\"3\" skipped=\"0\" errors=\"0\" failures=\"1\">"), "{xml}");
    assert!(xml.contains("<failure message=\"expect in french\">"), "{xml}");
    let over = shop.segue(&["test", "--format", "junit=tests.segue"]);
    assert_eq!(over.status, 2);
    assert!(over.err.contains("tests.segue is a file of the project: nothing is written over it"), "{}", over.err);
    assert!(shop.read("tests.segue").contains("test \"wrong\""));
    let two = shop.segue(&["test", "--format", "junit", "--format", "json"]);
    assert_eq!(two.status, 2);
    let wrong = shop.segue(&["test", "--format", "xml"]);
    assert!(wrong.err.contains("write full, json or junit"), "{}", wrong.err);
}

#[test]
fn without_tests_that_is_said() {
    let ended = Shop::new().segue(&["test"]);
    assert_eq!((ended.status, ended.out.as_str()), (0, "0 tests: 0 passed\n"));
    assert!(ended.err.contains("there are no tests"), "{}", ended.err);
}

#[test]
fn constants_can_be_others() {
    let shop = shop(
        "let limit = 3 USD
segment above { spend > limit }
test \"one\" as of 2026-03-01 {
  given purchases { bought_at: 2026-02-01   price: 4 USD }
  expect in above
}
",
    );
    assert_eq!(shop.segue(&["test"]).status, 0);
    assert_eq!(shop.segue(&["test", "--let", "limit=5 USD"]).status, 1);
}

#[test]
fn rules_with_mistakes_are_told_first() {
    let ended = shop("test \"one\" as of 2026-03-01 { expect in nowhere }").segue(&["test"]);
    assert_eq!((ended.status, ended.out.as_str()), (1, ""));
    assert!(ended.err.contains("S0195"), "{}", ended.err);
}
