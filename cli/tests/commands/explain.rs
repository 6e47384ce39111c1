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
