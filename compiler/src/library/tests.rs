#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use super::{Adapted, Binding, Refusal, adapt, bind, entries, find};
use crate::format::format;
use crate::program::Program;
use crate::project::{Checked, Constants, Input, check};
use crate::source::SourceFile;

/// All that entries speak of, by their own names.
const USUAL: &str = "customers { key customer_id : id   nps : integer?   birth_date : date? }
events purchases by customer_id at purchased_at { paid : money USD }
events opens by customer_id at opened_at { mail : text }
events cart_adds by customer_id at added_at { product : id }
";

/// The same by other names.
const OTHER: &str = "customers { key who : id   score_of_survey : integer?   born : date }
events order_lines by who at day : date { total : money EUR   shipping : money EUR   vat : number }
events email_opens by who at seen { mail : text }
events basket_events by who at put_in { product : id }
";

fn checked(files: &[&str]) -> Checked {
    let settings = SourceFile::new("segue.toml", "[project]\nname = \"t\"\ncurrency = \"USD\"\n");
    let files = files.iter().enumerate().map(|(at, text)| SourceFile::new(format!("{at}.segue"), *text)).collect();
    let no_lists = |_: &str| Err("there are no lists".to_owned());
    check(Input { settings: Some(settings), files, constants: Constants::default(), read_list: &no_lists })
}

fn program(files: &[&str]) -> Program {
    let checked = checked(files);
    let told: Vec<String> = checked
        .diagnostics
        .iter()
        .map(|message| format!("{} at `{}`", message.message, checked.sources.slice(message.span)))
        .collect();
    // Warnings are faults too: an entry is to be an example.
    assert!(told.is_empty(), "{told:#?}");
    checked.program.unwrap()
}

fn told(given: &[(&str, &str)]) -> Vec<(String, String)> {
    given.iter().map(|(name, told)| ((*name).to_owned(), (*told).to_owned())).collect()
}

#[test]
fn every_entry_is_sound_laid_out_and_tested() {
    for entry in entries() {
        for text in [entry.rules, entry.tests] {
            assert_eq!(format(&SourceFile::new(entry.name, text)).text, text, "{} is not laid out", entry.name);
        }
        let program = program(&[USUAL, entry.rules, entry.tests]);
        assert!(!program.tests.is_empty(), "{} has no tests", entry.name);
        let title = entry.name.replace('_', " ");
        assert!(program.tests.iter().all(|test| test.title.starts_with(&title)), "{}: titles", entry.name);
        assert!(entry.title.chars().count() <= 60, "{}", entry.name);
    }
}

#[test]
fn all_of_them_go_together() {
    let texts: Vec<&str> = entries().iter().flat_map(|entry| [entry.rules, entry.tests]).collect();
    program(&[&[USUAL], texts.as_slice()].concat());
}

#[test]
fn names_are_found_by_themselves_where_they_are_the_usual_ones() {
    let program = program(&[USUAL]);
    for entry in entries() {
        let binding = bind(entry, &program, &[]).unwrap();
        assert!(binding.bound.iter().all(|bound| bound.name == bound.stands_for), "{binding:?}");
        let same = Adapted { rules: entry.rules.to_owned(), tests: entry.tests.to_owned(), left_out: 0 };
        assert_eq!(adapt(entry, &binding, ""), same, "{}", entry.name);
    }
}

#[test]
fn every_entry_fits_other_names_kinds_of_time_and_currencies() {
    let project = program(&[OTHER]);
    let given = [("nps", "score_of_survey"), ("cart_adds", "basket_events"), ("purchases.paid", "total")];
    for entry in entries() {
        let needed: Vec<(&str, &str)> =
            given.into_iter().filter(|(name, _)| entry.needs.iter().any(|need| need.name == *name)).collect();
        let binding = bind(entry, &project, &told(&needed)).unwrap();
        let Adapted { rules, tests, .. } = adapt(entry, &binding, "our_");
        program(&[OTHER, &rules, &tests]);
        assert!(!rules.contains("purchases") || rules.contains("\"") || rules.contains('#'), "{rules}");
        assert!(!tests.contains("USD"), "{tests}");
    }
    // Twice, with two prefixes.
    let rfm = find("RFM").unwrap();
    let binding = bind(rfm, &project, &told(&[("purchases.paid", "order_lines.shipping")])).unwrap();
    let (ours, yours) = (adapt(rfm, &binding, "our_"), adapt(rfm, &binding, "your_"));
    assert!(ours.rules.contains("trait our_rfm_spend"), "{}", ours.rules);
    assert!(ours.rules.contains("= sum of order_lines.shipping in the last 12 months"), "{}", ours.rules);
    assert!(ours.tests.contains("test \"our rfm: champions\""), "{}", ours.tests);
    assert!(ours.tests.contains("{ day: 2025-06-30   shipping: 50 EUR }"), "{}", ours.tests);
    program(&[OTHER, &ours.rules, &ours.tests, &yours.rules, &yours.tests]);
}

fn refused(entry: &str, given: &[(&str, &str)]) -> Vec<String> {
    let entry = find(entry).unwrap_or_else(|| panic!("there is no {entry}"));
    let Err(refused) = bind(entry, &program(&[OTHER]), &told(given)) else { panic!("{} fits", entry.name) };
    refused.into_iter().map(|Refusal(told)| told).collect()
}

#[test]
fn what_is_not_found_is_asked_for() {
    assert_eq!(
        refused("rfm", &[("purchases", "order_lines"), ("purchases.paid", "price")]),
        ["there is no order_lines.price; the fields with money are total, shipping"]
    );
    assert_eq!(
        refused("rfm", &[("purchases", "order_lines"), ("purchases", "email_opens")]),
        ["purchases is said twice"]
    );
    assert_eq!(
        refused("rfm", &[("purchases.purchased_at", "delivered_on")]),
        ["order_lines happen at day, and at nothing else"]
    );
    assert_eq!(refused("engagement", &[("opens", "order_lines")]), ["order_lines cannot be both purchases and opens"]);
    assert_eq!(
        refused("rfm", &[("purchases.paid", "email_opens.total")]),
        ["email_opens.total is no field of order_lines"]
    );
    assert_eq!(
        refused("cart_abandonment", &[]),
        ["cart_adds (what was put into a cart) was not found; say which: --use cart_adds=email_opens or \
          --use cart_adds=basket_events"]
    );
    assert_eq!(
        refused("nps", &[]),
        ["nps (how likely they would recommend us, from 0 to 10) was not found; say which: --use nps=score_of_survey"]
    );
    assert_eq!(
        refused("rfm", &[("purchases.paid", "vat")]),
        ["order_lines.vat is not a field with money; the fields with money are total, shipping"]
    );
    assert_eq!(
        refused("rfm", &[("purchase.paid", "vat")]),
        ["rfm does not speak of purchase.paid; did you mean purchases.paid?"]
    );
    assert_eq!(
        refused("rfm", &[("purchases", "orders")]),
        ["there are no events called orders; the events are order_lines, email_opens, basket_events"]
    );
}

#[test]
fn a_binding_says_what_it_took() {
    let binding = bind(find("rfm").unwrap(), &program(&[OTHER]), &[]).unwrap();
    let Binding { bound, currency } = binding;
    let bound: Vec<(&str, &str)> = bound.iter().map(|bound| (bound.name, bound.stands_for.as_str())).collect();
    let expected = [
        ("purchases", "order_lines"),
        ("purchases.purchased_at", "order_lines.day"),
        ("purchases.paid", "order_lines.total"),
    ];
    assert_eq!((bound.as_slice(), currency.as_str()), (expected.as_slice(), "EUR"));
}

/// What binds `purchases` and `purchases.paid` in a project of these events; `None` where it asks.
fn paid(events: &str) -> Option<(String, String)> {
    let project = program(&["customers { key who : id }", events]);
    let bound = bind(find("rfm").unwrap(), &project, &[]).ok()?.bound;
    Some((bound.first().unwrap().stands_for.clone(), bound.last().unwrap().stands_for.clone()))
}

#[test]
fn what_is_not_clear_is_never_guessed() {
    let found = |table: &str, field: &str| Some((table.to_owned(), format!("{table}.{field}")));
    assert_eq!(paid("events orders by who at day { total : money USD   tax : money USD }"), found("orders", "total"));
    assert_eq!(paid("events Orders by who at day { Total : money USD }"), found("Orders", "Total"));
    for unclear in [
        // Two usual names.
        "events orders by who at day { total : money USD   amount : money USD }",
        // The price of one piece.
        "events orders by who at day { price : money USD   quantity : integer }",
        // The only money there is need not be what was paid.
        "events orders by who at day { discount : money USD }",
        // The name itself holds something else.
        "events purchases by who at day { paid : boolean   total : money USD }",
        // The only events there are need not be purchases.
        "events refunds by who at day { amount : money USD }",
        // Two usual tables.
        "events orders by who at day { total : money USD }\nevents transactions by who at day { total : money USD }",
        // The name itself is no table of events.
        "events orders by who at day { total : money USD }\ntable purchases { key p : id }",
    ] {
        assert_eq!(paid(unclear), None, "{unclear}");
    }
}

#[test]
fn tests_that_give_what_is_worked_out_are_left_out() {
    let own = "customers { key who : id }
events orders by who at day { price : money USD   quantity : integer   total = price * quantity }
";
    let rfm = find("rfm").unwrap();
    let binding = bind(rfm, &program(&[own]), &[]).unwrap();
    let adapted = adapt(rfm, &binding, "");
    assert_eq!(adapted.left_out, 2);
    program(&[own, &adapted.rules, &adapted.tests]);
}
