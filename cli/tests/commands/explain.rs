//! `segue explain`.

use crate::shop::Shop;

#[test]
fn a_code_has_its_page() {
    let shop = Shop::new();
    let ended = shop.segue(&["explain", "s0101"]);
    assert_eq!(ended.status, 0);
    assert!(ended.out.starts_with("error [S0101]: no such field\n"), "{}", ended.out);
    let ended = shop.segue(&["explain", "S9999"]);
    assert_eq!(ended.status, 2);
    assert!(ended.err.contains("S0101  no such field"), "{}", ended.err);
}

#[test]
fn words_of_the_language_are_explained() {
    let shop = Shop::new();
    let ended = shop.segue(&["explain", "followed by"]);
    assert_eq!(
        (ended.status, ended.out.as_str()),
        (
            0,
            "followed by purchases

Chooses events after which another one came, later than the one before. Each step's clock starts at
the step before it; without `within`, any later time does. Windows and `where` apply to the step at
which they stand. Where one of the two has only a day, another table's event of the same day counts
as after.

For example:

    any carts in the last 7 days followed by purchases within 2 days
"
        ),
        "{}",
        ended.err
    );
    let ended = shop.segue(&["explain", "quintile"]);
    assert!(ended.out.starts_with("quintile of spend\n\nIn which fifth of all customers"), "{}", ended.out);
    let ended = shop.segue(&["explain", "Month of"]);
    assert!(ended.out.starts_with("month of\n\nThe month of a date, from 1 to 12"), "{}", ended.out);
    // What is written in two ways is told in both.
    let ended = shop.segue(&["explain", "within"]);
    assert!(ended.out.contains("within 2 days\n") && ended.out.contains("within 10 km of PLACE\n"), "{}", ended.out);
    let ended = shop.segue(&["explain", "folowed by"]);
    assert_eq!(ended.status, 2);
    assert!(ended.err.contains("did you mean \"followed by\""), "{}", ended.err);
}

#[test]
fn a_customer_s_answer_is_explained() {
    let shop = Shop::new();
    let ended = shop.segue(&["explain", "french", "--customer", "2"]);
    assert_eq!(ended.status, 0, "{}", ended.err);
    assert!(
        ended.out.contains("Customer 2 is not in french \"From France\", as of 2026-03-01 00:00."),
        "{}",
        ended.out
    );
    assert!(ended.out.contains("country is \"Spain\""), "{}", ended.out);
    shop.write("more.segue", "# Whoever is not\n# from abroad.\nsegment home { french }\n");
    let ended = shop.segue(&["explain", "home", "--customer", "2"]);
    assert!(ended.out.contains("2026-03-01 00:00.\n# Whoever is not\n# from abroad.\n\n"), "{}", ended.out);
    let ended = shop.segue(&["explain", "stage", "--customer", "1", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&ended.out).unwrap();
    assert_eq!((json["customer"].as_str(), json["part"].as_str()), (Some("1"), Some("active")));
}

#[test]
fn what_cannot_be_explained_says_so() {
    let shop = Shop::new();
    for (arguments, told) in [
        (&["explain", "french"][..], "segue explain french --customer KEY"),
        (&["explain", "frensh", "--customer", "1"], "did you mean french"),
        (
            &["explain", "spend", "--customer", "1"],
            "spend is a trait, and I expected the name of a segment or partition",
        ),
        (&["explain", "french", "--customer", "77"], "there is no customer with the key 77"),
        (&["explain", "french", "--json"], "--customer"),
    ] {
        let ended = shop.segue(arguments);
        assert_eq!(ended.status, 2, "{arguments:?}");
        assert!(ended.err.contains(told), "{}", ended.err);
    }
}
