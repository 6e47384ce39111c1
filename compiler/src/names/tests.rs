use super::suggest::closest;
use std::sync::Arc;

fn suggested(wanted: &str, names: &[&str]) -> String {
    closest(wanted, names.iter().map(|name| Arc::from(*name))).join(" ")
}

#[test]
fn names_are_suggested_by_spelling() {
    let names = ["country", "city", "county_code", "income", "birth_date"];
    assert_eq!(suggested("contry", &names).split(' ').next(), Some("country"));
    assert_eq!(suggested("incmoe", &names), "income");
    assert_eq!(suggested("birthdate", &names), "birth_date");
    assert_eq!(suggested("BIRTH_DATE", &names), "birth_date");
    assert_eq!(suggested("xyzzy", &names), "");
    assert_eq!(suggested("", &names), "");
}

#[test]
fn names_are_suggested_by_what_they_mean() {
    let cases = [
        ("revenue", "spend_12m", "country"),
        ("turnover", "sales", "country"),
        ("orders", "purchases", "pets"),
        ("transaction", "purchases", "pets"),
        ("e_mail", "email", "plan"),
        ("registered", "signup_date", "plan"),
        ("subscriber_id", "customer_id", "plan"),
        ("last_order", "latest_purchase", "plan"),
        ("zip", "postcode", "plan"),
    ];
    for (wanted, meant, other) in cases {
        assert_eq!(suggested(wanted, &[other, meant]), meant, "{wanted}");
    }
}

#[test]
fn at_most_three_names_are_suggested_best_first() {
    let names = ["spend_1m", "spend_3m", "spend_6m", "spend_12m", "spend"];
    let found = suggested("spnd", &names);
    assert_eq!(found.split(' ').count(), 3);
    assert!(found.starts_with("spend"));
    assert_eq!(suggested("spend", &names).split(' ').next(), Some("spend"));
}
