//! `segue init`: from data files to a project that runs, without harm to what is there.

use crate::shop::Shop;
use std::fs;

/// A folder with the shop's data and nothing else.
fn data_only() -> Shop {
    let shop = Shop::new();
    fs::remove_file(shop.file("segue.toml")).unwrap();
    fs::remove_file(shop.file("rules.segue")).unwrap();
    shop
}

#[test]
fn a_draft_checks_and_runs() {
    let shop = data_only();
    let init = shop.segue(&["init", "customers.csv", "purchases.csv"]);
    assert_eq!((init.status, init.err.as_str()), (0, ""), "{}", init.out);
    assert!(init.out.contains("purchases: events of customer_id at bought_at, purchases.csv, 5 rows"), "{}", init.out);
    assert!(shop.read("declarations.segue").contains("price    : money USD  # guess"));
    let check = shop.segue(&["check"]);
    assert_eq!((check.status, check.out.as_str()), (0, "no problems\n"), "{}", check.err);
    let run = shop.segue(&["run", "--json"]);
    assert_eq!(run.status, 0, "{}", run.err);
    assert!(run.out.contains("\"active\""), "{}", run.out);
}

#[test]
fn nothing_is_replaced_without_force() {
    let shop = data_only();
    shop.write("segue.toml", "mine");
    let refused = shop.segue(&["init", "customers.csv", "purchases.csv"]);
    assert_eq!(refused.status, 2);
    assert!(refused.err.contains("segue.toml in . would be replaced"), "{}", refused.err);
    assert_eq!(shop.read("segue.toml"), "mine");
    assert!(!shop.file("declarations.segue").exists());
    let forced = shop.segue(&["init", "customers.csv", "purchases.csv", "--force"]);
    assert_eq!(forced.status, 0, "{}", forced.err);
    assert!(shop.read("segue.toml").contains("customers = \"customers.csv\""));
}

#[test]
fn another_folder_finds_the_data() {
    let shop = data_only();
    let init = shop.segue(&["init", "customers.csv", "purchases.csv", "--dir", "projects/shop"]);
    assert_eq!(init.status, 0, "{}", init.err);
    assert!(shop.read("projects/shop/segue.toml").contains("purchases = \"../../purchases.csv\""));
    assert_eq!(shop.segue(&["run", "projects/shop"]).status, 0);
}

#[test]
fn what_cannot_be_drafted_is_said() {
    let shop = data_only();
    shop.write("weather.csv", "town,degrees\nRome,30\n");
    for (arguments, said) in [
        (&["init", "weather.csv"][..], "I cannot tell which column names the customer"),
        (&["init", "nothing.csv"], "nothing.csv: there is no such file or folder"),
        (&["init", "customers.csv", "--customer", "buyer"], "no file has a column \"buyer\""),
    ] {
        let refused = shop.segue(arguments);
        assert_eq!(refused.status, 2, "{}", refused.out);
        assert!(refused.err.contains(said), "{}", refused.err);
        assert!(!shop.file("segue.toml").exists());
    }
}
