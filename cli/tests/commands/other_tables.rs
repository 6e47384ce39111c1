//! Segments of another table's rows, through the commands that know of them.

use crate::shop::Shop;
use serde_json::Value;

const RULES: &str = r#"customers {
  key customer_id : id
  country : text?
  company : id? -> companies
}

table companies {
  key company_id : id
  employees : integer?
}

events purchases by customer_id at bought_at {
  price    : money USD
  quantity : integer
}

trait spend = sum of purchases.price

# Somebody there is French.
segment french_ones of companies "With French people" { any customers where country is "France" }
segment good of companies {
  sum of customers.spend >= 110 USD
  number of purchases / number of customers >= 1
}
segment of_good "People of good ones" { company.good }
"#;

const TESTS: &str = r#"test "French" as of 2026-03-01 {
  given companies { company_id: "a" }
    customers [{ customer_id: 1   country: "France" }]
  expect in french_ones
}
test "nobody there" as of 2026-03-01 {
  given companies { company_id: "a" }
  expect not in french_ones
}
"#;

fn shop() -> Shop {
    let shop = Shop::new();
    shop.write("rules.segue", RULES);
    shop.write("tests.segue", TESTS);
    shop.write("customers.csv", "customer_id,country,company\n1,France,a\n2,Spain,a\n3,,b\n4,France,\n5,Spain,z\n");
    shop.write("companies.csv", "company_id,employees\na,3\nb,\nc,9\n");
    let settings = shop.read("segue.toml");
    shop.write("segue.toml", &format!("{settings}companies = \"companies.csv\"\n"));
    shop
}

#[test]
fn a_run_counts_their_rows_and_writes_their_keys() {
    let shop = shop();
    let ended = shop.segue(&["run"]);
    assert_eq!(ended.status, 0, "{}", ended.err);
    assert!(ended.out.contains("Segment of companies"), "{}", ended.out);
    assert!(ended.out.contains("of companies c, and is missing there"), "{}", ended.out);
    for engine in ["jit", "interpreter"] {
        let ended = shop.segue(&["run", "--json", "--engine", engine, "--out", engine, "--format", "csv"]);
        let json: Value = serde_json::from_str(&ended.out).unwrap();
        let of_companies = &json["tables"][0];
        assert_eq!((&of_companies["name"], &of_companies["rows"]), (&"companies".into(), &3.into()));
        assert_eq!(of_companies["segments"][0]["count"], 1);
        assert_eq!(json["segments"][0]["count"], 2);
        let written = shop.read(&format!("{engine}/tables/companies.csv"));
        assert_eq!(written, "company_id,segment\na,french_ones\na,good\n");
    }
    let ended = shop.segue(&["run", "--only", "french_ones", "--out", "wide", "--format", "ndjson", "--wide"]);
    assert!(!ended.out.contains("Customers"), "{}", ended.out);
    let written = shop.read("wide/tables/companies.ndjson");
    assert_eq!(written.lines().next(), Some("{\"company_id\":\"a\",\"french_ones\":true}"));
}

#[test]
fn prepared_data_give_the_same() {
    let shop = shop();
    let before = shop.segue(&["run"]).out;
    assert_eq!(shop.segue(&["prepare"]).status, 0);
    assert_eq!(shop.segue(&["run"]).out, before);
}

#[test]
fn a_row_is_explained_by_its_key() {
    let shop = shop();
    let ended = shop.segue(&["explain", "french_ones", "--customer", "a"]);
    assert!(ended.out.starts_with("a of companies is in french_ones \"With French people\""), "{}", ended.out);
    assert!(ended.out.contains("It would not be in if"), "{}", ended.out);
    let ended = shop.segue(&["explain", "of_good", "--customer", "2"]);
    assert!(ended.out.contains("company is a"), "{}", ended.out);
    let ended = shop.segue(&["explain", "good", "--customer", "q"]);
    assert_eq!((ended.status, ended.err.contains("no row with the key q in the data of companies")), (2, true));
}

#[test]
fn what_they_use_is_drawn_and_planned() {
    let shop = shop();
    let ended = shop.segue(&["graph"]);
    assert!(ended.out.contains("├── segment good of companies\n│   ├── trait spend\n"), "{}", ended.out);
    let ended = shop.segue(&["graph", "--format", "dot"]);
    assert!(ended.out.contains("\"segment of_good\" -> \"segment good of companies\";"), "{}", ended.out);
    let ended = shop.segue(&["ir", "--only", "french_ones"]);
    assert!(ended.out.starts_with("of companies\n"), "{}", ended.out);
    shop.write("rules.segue", &RULES.replace("\"France\"", "\"Frnace\""));
    let ended = shop.segue(&["check", "--with-data"]);
    assert!(ended.err.contains("never occurs") || ended.out.contains("never occurs"), "{}{}", ended.out, ended.err);
}

#[test]
fn their_tests_run_with_the_others() {
    let shop = shop();
    let ended = shop.segue(&["test", "--coverage", "--mutate"]);
    assert!(ended.out.starts_with("✓ French\n✓ nobody there\n2 tests: 2 passed\n"), "{}{}", ended.out, ended.err);
    assert!(ended.out.contains("changes were tried"), "{}", ended.out);
    let ended = shop.segue(&["test", "--filter", "nobody", "--list"]);
    assert_eq!(ended.out, "nobody there\n");
}

/// Whose rows belong to many customers is not streamed; a bound that does not do says why.
#[test]
fn a_bound_on_memory_is_kept_or_told() {
    let shop = shop();
    let ended = shop.segue(&["run", "--memory", "500MB"]);
    assert_eq!(ended.status, 0, "{}", ended.err);
    let ended = shop.segue(&["run", "--memory", "1MB"]);
    assert_eq!(ended.status, 2, "{}", ended.err);
    assert!(ended.err.contains("because there are segments of other tables"), "{}", ended.err);
}
