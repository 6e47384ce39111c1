//! `segue library`.

use crate::shop::Shop;

#[test]
fn what_there_is_is_listed_and_shown() {
    let shop = Shop::new();
    let listed = shop.segue(&["library"]);
    assert_eq!((listed.status, listed.out.as_str()), (0, shop.segue(&["library", "list"]).out.as_str()));
    assert!(
        listed.out.contains("\nrfm                 Recency, frequency, money: eleven groups by rank\n"),
        "{}",
        listed.out
    );
    let shown = shop.segue(&["library", "show", "RFM"]);
    assert!(shown.out.starts_with("rfm: Recency, frequency, money"), "{}", shown.out);
    for line in
        ["  purchases.paid          what was paid: a field with money\n", "partition rfm ", "test \"rfm: lost\""]
    {
        assert!(shown.out.contains(line), "no {line:?} in {}", shown.out);
    }
    let unknown = shop.segue(&["library", "show", "rmf"]);
    assert_eq!(
        (unknown.status, unknown.err.as_str()),
        (2, "error: there is nothing called rmf in the library; did you mean rfm?\n")
    );
}

#[test]
fn an_entry_is_taken_over_with_the_names_of_the_project() {
    let shop = Shop::new();
    let ended = shop.segue(&["library", "add", "rfm", "--use", "purchases.paid=price"]);
    let expected = "wrote library/rfm.segue
wrote tests/rfm.segue
purchases.purchased_at is purchases.bought_at
purchases.paid is purchases.price
`segue test --filter \"rfm\"` runs its tests
";
    assert_eq!((ended.status, ended.out.as_str(), ended.err.as_str()), (0, expected, ""));
    let rules = shop.read("library/rfm.segue");
    assert!(rules.contains("= sum of purchases.price in the last 12 months"), "{rules}");
    let tested = shop.segue(&["test", "--filter", "rfm"]);
    assert_eq!(tested.status, 0, "{}", tested.out);
    assert!(tested.out.ends_with("15 tests: 15 passed\n"), "{}", tested.out);
    assert_eq!(shop.segue(&["fmt", "--check"]).status, 1, "the shop itself is not laid out");
    assert_eq!(shop.segue(&["fmt", "--check", "library", "tests"]).status, 0);
    // What was taken over runs with the rest.
    let run = shop.segue(&["run", "--only", "rfm"]);
    assert_eq!(run.status, 0, "{}", run.err);
}

#[test]
fn nothing_is_written_over_and_names_are_not_taken_twice() {
    let shop = Shop::new();
    let add = ["library", "add", "rfm", "--use", "purchases.paid=price"];
    assert_eq!(shop.segue(&add).status, 0);
    let again = shop.segue(&add);
    assert_eq!(again.status, 2);
    assert!(again.err.contains("library/rfm.segue and tests/rfm.segue are there already"), "{}", again.err);
    let other = shop.segue(&[add.as_slice(), &["--prefix", "web_"]].concat());
    assert!(other.out.ends_with("`segue test --filter \"web rfm\"` runs its tests\n"), "{}", other.out);
    assert_eq!(other.status, 0, "{}", other.err);
    assert!(shop.read("library/web_rfm.segue").contains("partition web_rfm "));
    assert_eq!(shop.segue(&["test", "--filter", "web rfm"]).status, 0);
    // `stage` and `spend` are the shop's own.
    shop.write("own.segue", "trait rfm_orders_of_mine = 1\nsegment bought_once { spend > 3 USD }\n");
    let taken = shop.segue(&["library", "add", "second_purchase"]);
    assert_eq!(taken.status, 1);
    assert!(taken.err.contains("S0100") && taken.err.contains("nothing was added"), "{}", taken.err);
    assert!(!shop.file("library/second_purchase.segue").exists());
}

#[test]
fn what_is_not_found_is_asked_for() {
    let shop = Shop::new();
    let ended = shop.segue(&["library", "add", "engagement"]);
    assert_eq!(ended.status, 2);
    assert!(
        ended.err.contains(
            "opens (mail that was opened) was not found; this project has none that could be: it needs events"
        ),
        "{}",
        ended.err
    );
    let ended = shop.segue(&["library", "add", "rfm"]);
    assert!(ended.err.contains("say which: --use purchases.paid=purchases.price"), "{}", ended.err);
    let ended = shop.segue(&["library", "add", "rfm", "--use", "purchases.paid=quantity"]);
    assert!(
        ended.err.contains("purchases.quantity is not a field with money; the fields with money are price"),
        "{}",
        ended.err
    );
    let ended = shop.segue(&["library", "add", "rfm", "--use", "purchases"]);
    assert!(ended.err.contains("write it as NAME=OURS"), "{}", ended.err);
    let ended = shop.segue(&["library", "add", "rfm", "--prefix", "a b"]);
    assert!(ended.err.contains("write letters, digits and _"), "{}", ended.err);
}

#[test]
fn what_would_be_written_can_be_looked_at_first() {
    let shop = Shop::new();
    let ended = shop.segue(&["library", "add", "holidays_us", "--dry-run"]);
    assert_eq!(ended.status, 0);
    assert!(ended.out.starts_with("# library/holidays_us.segue\n# Holidays of the United States."), "{}", ended.out);
    assert!(!shop.file("library").exists());
}

#[test]
fn a_single_file_and_a_broken_project_take_nothing_over() {
    let shop = Shop::new();
    shop.write("broken.segue", "segment broken { nowhere }\n");
    let ended = shop.segue(&["library", "add", "rfm"]);
    assert_eq!(ended.status, 1);
    assert!(ended.err.contains("nothing was added: the rules must be sound first"), "{}", ended.err);
}

#[test]
fn all_is_written_or_nothing() {
    let shop = Shop::new();
    shop.write("tests", "not a folder");
    let ended = shop.segue(&["library", "add", "lifecycle"]);
    assert_eq!(ended.status, 2);
    assert!(ended.err.contains("tests is a file, and should be a folder"), "{}", ended.err);
    assert!(!shop.file("library/lifecycle.segue").exists());
}
