//! What is said over names and words of all kinds; a `~` stands before the letter that the mouse rests on.

use super::{hover_in, project};
use std::fmt::Write;

const DECLARED: &str = include_str!("project.segue");

const RULES: &str = r#"
# Gone, but worth it.
segment worth_it "Worth a letter" {
  buyers and spend >= vip_limit
  no purchases in the last 30 days
  no purchases from 60 to 30 days ago on weekdays from 07:00 to 10:00
  any purchases since opening where product.list_price > price and customer.country is in nordic
  any carts followed by no purchases within 2 days with the same basket
  any carts where (any items where quantity >= 10)
  plan is one of free, plus
  stage is not lapsed
  company.employees > 100
  month of birth_date is june
  any page_views in the last 3 whole months
  any purchases in the 10 days before valentines
  birthday is in the next 7 days
  customer_id is in vips
  customer in top 10% by spend among buyers
  at least 2 of {
    employee
    promoters
  }
  (income otherwise 0 USD) > 10 USD
  renewal is in the next 7 days
}

# They pay well.
segment worthy of companies "Worth a call" {
  employees > 5
  sum of customers.spend > 100 USD
  any purchases where customer.country is in nordic
}
segment from_worthy { company.worthy and company is in worthy }

trait rank = quintile of spend
score warmth "Warmth" from 0 to 100 { +5 for each purchases in the last 90 days, up to 40 points }
content hello {
  first_name is known : "Dear {first_name}, {favourite otherwise "friend"}"
  otherwise           : "Hello"
}
test "nothing" as of 2026-12-01 {
  given customer { points: 3   renewal: 3 days ago   plan: plus }
    purchases { purchased_at: 2026-01-01   price: 1 USD }
  expect in buyers
}
"#;

const PLACES: &[&str] = &[
    "segment ~worth_it",
    "~buyers and",
    "buyers and s~pend",
    ">= ~vip_limit",
    "~>= vip_limit",
    "no purchases in the ~last 30 days\n  no",
    "no ~purchases in the last 30 days\n  no",
    "~no purchases in the last 30 days\n  no",
    "purchases ~from 60 to 30 days ago",
    "on ~weekdays",
    "from ~07:00",
    "~since opening",
    "since ~opening",
    "~where product.list_price",
    "where ~product.list_price",
    "product.~list_price >",
    "> ~price and",
    "~customer.country",
    "customer.~country",
    "is in ~nordic",
    "~followed by no",
    "~within 2 days",
    "with the ~same basket",
    "same ~basket",
    "any ~items where",
    "where ~quantity >= 10",
    "~is one of free",
    "is one of ~free, plus\n",
    "~stage is not",
    "is not ~lapsed",
    "company.~employees",
    "~month of birth_date",
    "birth_date is ~june",
    "in the last 3 ~whole months",
    "10 days ~before valentines",
    "before ~valentines",
    "birthday ~is in the next",
    "~birthday is in",
    "in ~vips",
    "in ~top 10%",
    "~among buyers",
    "at ~least 2 of",
    "~otherwise 0 USD",
    "renewal is in ~the next",
    "segment ~worthy of",
    "worthy ~of companies",
    "of ~companies",
    "~employees > 5",
    "sum of ~customers.spend",
    "customers.~spend > 100",
    "customer.~country is in nordic\n}",
    "company.~worthy and",
    "in ~worthy }",
    "~quintile of",
    "score ~warmth",
    "~for each",
    "up ~to 40",
    "content ~hello",
    "Dear {~first_name}",
    "~otherwise \"friend\"",
    "  ~otherwise           :",
    "test \"nothing\" ~as of",
    "given customer { ~points",
    "3 days ~ago",
    "plan: ~plus",
    "expect ~in buyers",
    "events ~purchases by",
    "~by customer_id at purchased_at",
    "at ~purchased_at",
    "  ~paid ",
    "email      : text?  ~personal",
    "~email      :",
    "first_name : ~text",
    "  ~points     : ",
    "  ~plan       :",
    "one ~of free, plus, \"free",
    "table ~products",
    "partition ~stage",
    "~prospect :",
    "list ~vips",
    "let ~opening",
    "~anniversary of",
];

#[test]
fn names_and_words_say_what_they_mean() {
    let checked = project(&format!("{DECLARED}{RULES}"));
    assert!(checked.program.is_some(), "{:?}", checked.diagnostics);
    let mut out = String::new();
    for place in PLACES {
        let hover = hover_in(&checked, place).unwrap_or_else(|| panic!("nothing is said over {place}"));
        let about = checked.sources.slice(hover.span);
        let text =
            hover.text.lines().map(|line| format!("    {line}").trim_end().to_owned() + "\n").collect::<String>();
        _ = writeln!(out, "{}\n  [{}] {}\n{text}", place.trim(), about.replace('\n', " "), hover.title);
    }
    insta::assert_snapshot!(out);
}

#[test]
fn comments_texts_and_brackets_say_nothing() {
    let checked = project(&format!("{DECLARED}{RULES}"));
    for place in ["# Gone, ~but", "\"Worth ~a letter\"", "worth_it \"Worth a letter\" ~{", "\"~Dear {", "Hel~lo\""] {
        assert_eq!(hover_in(&checked, place), None, "{place}");
    }
}

/// While somebody writes, most of a file is fine and one line is not.
#[test]
fn mistakes_leave_the_rest_its_answers() {
    let rules = "
segment written { any purchases in the last 30 days and spend > }
segment asked { any purchases where quantity < product.list_price > }
segment also { spend >= vip_limit   and nowhere > 3   and plan is free }
segment ( followed by
trait half = spend / 2 USD
";
    let checked = project(&format!("{DECLARED}{rules}"));
    assert!(checked.program.is_none());
    for (place, title) in [
        ("any purchases in the ~last 30 days and", "in the last 30 days"),
        ("~spend > }", "trait spend"),
        ("~any purchases in the last 30 days and", "any purchases"),
        ("~spend >= vip_limit", "trait spend"),
        ("plan is ~free }", "value free"),
        // Only products have one, so that is meant.
        ("~list_price > }", "field list_price of the table products"),
        ("~followed by\n", "followed by purchases"),
        ("~spend / 2", "trait spend"),
        ("in the last ~12 months", "in the last 12 months"),
    ] {
        let hover = hover_in(&checked, place).unwrap_or_else(|| panic!("nothing is said over {place}"));
        assert_eq!(hover.title, title, "{place}");
    }
    let spend = hover_in(&checked, "~spend >= vip_limit").unwrap();
    assert!(spend.text.starts_with("Money in USD; missing only where it cannot be worked out."), "{}", spend.text);
    assert_eq!(hover_in(&checked, "~nowhere"), None);
    assert_eq!(hover_in(&checked, "where ~quantity < product"), None);
}

/// The moment that is asked for comes before that of the project file.
#[test]
fn windows_are_said_for_the_moment_asked_for() {
    let checked =
        project("customers { key who : id }\nevents visits by who at seen_at { }\nsegment s { any visits this month }");
    let file = crate::source::FileId(0);
    let offset = checked.sources.get(file).unwrap().text.find("this month").unwrap();
    let said = |as_of| crate::ide::hover(&checked, file, offset, as_of).unwrap().text;
    assert!(said(None).starts_with("Chooses from 2026-11-01 00:00 (included) to 2026-12-01 00:00 (not included)"));
    let january = 1_768_000_000_000_000;
    assert!(said(Some(january)).starts_with("Chooses from 2026-01-01 00:00 (included) to 2026-02-01 00:00"));
}
