//! `segue check`.

use crate::shop::{RULES, Shop};
use segue_compiler::diagnostics::entries;
use segue_compiler::diagnostics::explain::{Sample, samples};
use serde_json::{Value, json};

const WRONG: &str = "segment wrong { contry is \"France\" }\n";

#[test]
fn sound_rules_end_with_0_and_wrong_ones_with_1() {
    let shop = Shop::new();
    let ended = shop.segue(&["check"]);
    assert_eq!((ended.status, ended.out.as_str(), ended.err.as_str()), (0, "no problems\n", ""));
    shop.write("more.segue", WRONG);
    let ended = shop.segue(&["check"]);
    assert_eq!(ended.status, 1);
    assert!(ended.out.starts_with("error[S0101]: there is no field called `contry`"), "{}", ended.out);
    assert!(ended.out.ends_with("\n1 error\n"), "{}", ended.out);
}

#[test]
fn the_project_is_named_by_a_folder_in_it_or_by_a_file() {
    let shop = Shop::new();
    std::fs::create_dir(shop.file("below")).unwrap();
    for path in ["below", "rules.segue", "segue.toml", "."] {
        assert_eq!(shop.segue(&["check", path]).status, 0, "{path}");
    }
    for (path, told) in [("nowhere", "there is nothing at nowhere"), ("customers.csv", "is not a rule file")] {
        let ended = shop.segue(&["check", path]);
        assert_eq!(ended.status, 2, "{path}");
        assert!(ended.err.contains(told), "{}", ended.err);
    }
}

#[test]
fn messages_can_be_lines_or_json() {
    let shop = Shop::new();
    shop.write("more.segue", WRONG);
    let lines = shop.segue(&["check", "--format", "concise"]);
    assert_eq!(
        (lines.status, lines.out.as_str()),
        (1, "more.segue:1:17: error[S0101]: there is no field called `contry` (did you mean `country`?)\n")
    );
    let ended = shop.segue(&["check", "--format", "json"]);
    let json: Value = serde_json::from_str(&ended.out).unwrap();
    assert_eq!((&json["version"], &json["errors"], &json["warnings"]), (&json!(1), &json!(1), &json!(0)));
    let message = &json["messages"][0];
    assert_eq!(
        (&message["code"], &message["severity"], &message["file"], &message["line"], &message["column"]),
        (&json!("S0101"), &json!("error"), &json!("more.segue"), &json!(1), &json!(17))
    );
    assert_eq!(message["fixes"][0]["edits"][0]["text"], "country");
}

#[test]
fn warnings_fail_only_where_that_is_asked_for() {
    let shop = Shop::new();
    shop.write("more.segue", "segment elsewhere { country is not \"France\" }\n");
    assert_eq!(shop.segue(&["check"]).status, 0);
    assert_eq!(shop.segue(&["check", "--fail-on", "warning"]).status, 1);
    let settings = shop.read("segue.toml");
    shop.write("segue.toml", &format!("{settings}\n[checks]\nfail_on = \"warning\"\n"));
    assert_eq!(shop.segue(&["check"]).status, 1);
    assert_eq!(shop.segue(&["check", "--fail-on", "error"]).status, 0);
    shop.write("segue.toml", &format!("{settings}\n[checks]\nS0160 = \"off\"\n"));
    assert_eq!(shop.segue(&["check", "--fail-on", "warning"]).out, "no problems\n");
}

#[test]
fn fix_makes_the_sure_changes_in_the_files_and_no_others() {
    let shop = Shop::new();
    let wrong = "# mine\nsegment a { country = 'France' && spend >= 5 USD }\nsegment b { contry is \"France\" }\n";
    shop.write("more.segue", wrong);
    let ended = shop.segue(&["check", "--fix"]);
    assert_eq!(ended.status, 1, "the misspelt name is not a sure thing");
    assert_eq!(
        shop.read("more.segue"),
        "# mine\nsegment a { country is \"France\" and spend >= 5 USD }\nsegment b { contry is \"France\" }\n"
    );
    assert!(ended.err.contains("changes made"), "{}", ended.err);
    assert_eq!(shop.read("rules.segue"), RULES);
    assert_eq!(shop.names("."), ["customers.csv", "more.segue", "purchases.csv", "rules.segue", "segue.toml"]);
}

#[test]
fn values_and_columns_are_held_against_the_data() {
    let shop = Shop::new();
    let ended = shop.segue(&["check", "--with-data", "--format", "concise"]);
    assert_eq!(ended.status, 0);
    assert_eq!(
        ended.out,
        "rules.segue:20:29: warning[S0201]: \"Atlantis\" never occurs in `country`, so this matches nothing in the data\n"
    );
    shop.write("more.segue", "segment misspelt { country is \"Frnace\" }\n");
    let ended = shop.segue(&["check", "--with-data"]);
    assert!(ended.out.contains("did you mean \"France\" (2 customers)?"), "{}", ended.out);
    shop.write("customers.csv", "customer_id,land\n1,France\n");
    let ended = shop.segue(&["check", "--with-data"]);
    assert_eq!(ended.status, 1);
    assert!(ended.out.contains("error[S0202]: "), "{}", ended.out);
    let ended = shop.segue(&["check", "--with-data", "--data", "customers=nothing.csv"]);
    assert_eq!(ended.status, 2, "as a run ends");
    assert!(ended.out.contains("error[S0203]: "), "{}", ended.out);
}

#[test]
fn pages_about_data_keep_their_word() {
    // What a command alone can give has no files to show.
    let shown = |page: &str| !samples(page).is_empty();
    let about_data = entries().iter().filter(|entry| entry.code.0 >= "S0200" && shown(entry.page));
    let mut held = 0;
    for entry in about_data {
        let files = samples(entry.page);
        for state in [Sample::Failing, Sample::Mended] {
            let shop = Shop::new();
            let mut settings = "[data]\n".to_owned();
            for file in files.iter().filter(|file| [state, Sample::Beside].contains(&file.sample)) {
                shop.write(&file.name, &file.text);
                if let Some(table) = file.name.strip_suffix(".csv") {
                    settings += &format!("{table} = \"{}\"\n", file.name);
                }
            }
            shop.write("segue.toml", &settings);
            let ended = shop.segue(&["check", "--with-data", "--format", "json"]);
            let json: Value = serde_json::from_str(&ended.out).unwrap();
            let codes: Vec<&str> =
                json["messages"].as_array().unwrap().iter().map(|message| message["code"].as_str().unwrap()).collect();
            let wanted: &[&str] = if state == Sample::Failing { &[entry.code.0] } else { &[] };
            assert_eq!(codes, wanted, "the {state:?} file of {}: {}", entry.code.0, ended.out);
            held += 1;
        }
    }
    assert_eq!(held, 6);
}

#[test]
fn values_of_traits_are_held_against_their_columns() {
    let shop = Shop::new();
    shop.write("stores.csv", "customer_id,at,store\n1,2026-02-20 10:00,North\n");
    let settings = shop.read("segue.toml");
    shop.write("segue.toml", &format!("{settings}visits = \"stores.csv\"\n"));
    shop.write(
        "more.segue",
        "events visits by customer_id at at_time from \"at\" { store : text }\n\
         trait home = most frequent visits.store\ntrait place = home otherwise country\n\
         segment north { home is \"North\" }\nsegment south { home is \"Suoth\" }\n\
         segment east { home is one of \"North\", \"East\" }\nsegment spain { place is \"Spain\" }\n\
         segment nowhere { place is \"Nowhere\" }\n",
    );
    let ended = shop.segue(&["check", "--with-data", "--format", "concise"]);
    let lines: Vec<&str> = ended.out.lines().filter(|line| line.contains("S0201") && line.contains("more")).collect();
    assert_eq!(lines.len(), 3, "{}", ended.out);
    assert!(lines[0].contains("\"Suoth\" never occurs in `visits.store`"), "{}", lines[0]);
    assert!(lines[1].contains("\"East\" never occurs in `visits.store`"), "{}", lines[1]);
    assert!(lines[2].contains("\"Nowhere\" never occurs in `country` or `visits.store`"), "{}", lines[2]);
}

#[test]
fn values_of_lists_are_held_against_the_data() {
    let shop = Shop::new();
    shop.write(
        "more.segue",
        "list near = \"FR\", \"France\"\nlist far = \"Spian\", \"Frence\"\n\
         segment near_by { country is in near }\nsegment far_off { country is in far }\n\
         segment named { country is one of \"France\", \"Frence\" }\n",
    );
    let ended = shop.segue(&["check", "--with-data", "--format", "concise"]);
    let lines: Vec<&str> = ended.out.lines().filter(|line| line.contains("S0201") && line.contains("more")).collect();
    let nothing = ", so this matches nothing in the data";
    assert_eq!(
        lines,
        [
            "more.segue:1:13: warning[S0201]: \"FR\" never occurs in `country`".to_owned(),
            format!("more.segue:2:12: warning[S0201]: \"Spian\" never occurs in `country`{nothing} (write \"Spain\")"),
            format!(
                "more.segue:2:21: warning[S0201]: \"Frence\" never occurs in `country`{nothing} (write \"France\")"
            ),
            "more.segue:5:45: warning[S0201]: \"Frence\" never occurs in `country` (write \"France\")".to_owned(),
        ]
    );
}

#[test]
fn data_are_not_spoken_of_where_they_are_not_read() {
    let shop = Shop::new();
    for option in [&["--data", "customers=x.csv"][..], &["--bad-rows", "skip"], &["--threads", "2"]] {
        let ended = shop.segue(&[&["check"], option].concat());
        assert_eq!(ended.status, 2, "{option:?}");
        assert!(ended.err.contains("no data are read without --with-data"), "{}", ended.err);
    }
}

#[test]
fn an_optional_column_that_is_nowhere_is_told() {
    let shop = Shop::new();
    shop.write("customers.ndjson", "{\"customer_id\": 1}\n{\"customer_id\": 2}\n");
    let ended = shop.segue(&["check", "--with-data", "--data", "customers=customers.ndjson"]);
    assert_eq!(ended.status, 0, "{}", ended.out);
    assert!(ended.out.contains("warning[S0202]: customers.ndjson has no column \"country\""), "{}", ended.out);
}

#[test]
fn customers_to_be_added_may_not_lack_what_must_be_known() {
    let shop = Shop::new();
    let settings = shop.read("segue.toml");
    shop.write("segue.toml", &format!("{settings}unknown_customers = \"add\"\n"));
    assert_eq!(shop.segue(&["check"]).status, 0);
    shop.write("rules.segue", &RULES.replace("text?", "text"));
    let ended = shop.segue(&["check"]);
    assert_eq!(ended.status, 2, "the message is about the setting");
    assert!(ended.out.contains("would have no `country`"), "{}", ended.out);
}

#[test]
fn mistakes_of_the_settings_end_with_2_whatever_the_rules_are_like() {
    let shop = Shop::new();
    let settings = shop.read("segue.toml");
    for wrong in [
        settings.replace("name =", "nmae ="),
        settings.replace("Europe/Paris", "Europe/Pari"),
        settings.replace("purchases =", "purchase ="),
        settings.replace("[data]", "[data"),
    ] {
        shop.write("segue.toml", &wrong);
        for arguments in [
            &["check"][..],
            &["check", "--with-data"],
            &["check", "--format", "json"],
            &["run"],
            &["explain", "french", "--customer", "1"],
            &["graph"],
            &["ir"],
        ] {
            let ended = shop.segue(arguments);
            assert_eq!(ended.status, 2, "{arguments:?} of {wrong}: {}{}", ended.out, ended.err);
            assert!(ended.out.contains("segue.toml") || ended.err.contains("segue.toml"), "{}{}", ended.out, ended.err);
        }
        shop.write("more.segue", WRONG);
        assert_eq!(shop.segue(&["check"]).status, 2, "with wrong rules too: {wrong}");
        std::fs::remove_file(shop.file("more.segue")).unwrap();
    }
}

#[test]
fn bad_data_are_no_mistake_of_the_settings() {
    let shop = Shop::new();
    shop.write("customers.csv", "customer_id,country\n1,France\n1,Spain\n");
    let ended = shop.segue(&["check", "--with-data", "--format", "concise"]);
    assert!(ended.out.starts_with("segue.toml:"), "the message stands where the file is named: {}", ended.out);
    assert_eq!(ended.status, 1);
    assert_eq!(shop.segue(&["run"]).status, 1);
}
