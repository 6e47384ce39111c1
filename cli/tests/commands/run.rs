//! `segue run`.

use crate::shop::Shop;
use serde_json::{Value, json};

fn json_of(shop: &Shop, arguments: &[&str]) -> Value {
    let ended = shop.segue(&[&["run", "--json"], arguments].concat());
    assert_eq!(ended.status, 0, "{}", ended.err);
    serde_json::from_str(&ended.out).unwrap()
}

fn count_of(group: &Value) -> (&str, u64) {
    (group["name"].as_str().unwrap(), group["count"].as_u64().unwrap())
}

/// Names and counts of the segments, then of all parts.
fn counts(json: &Value) -> Vec<(&str, u64)> {
    let segments = json["segments"].as_array().unwrap().iter();
    let parts = json["partitions"].as_array().unwrap().iter().flat_map(|one| one["parts"].as_array().unwrap());
    segments.chain(parts).map(count_of).collect()
}

#[test]
fn the_table_shows_sizes_shares_and_what_was_left_out() {
    let shop = Shop::new();
    let ended = shop.segue(&["run"]);
    assert_eq!((ended.status, ended.err.as_str()), (0, ""));
    for line in [
        "shop as of 2026-03-01 00:00 (Europe/Paris): 4 customers, jit engine",
        "From France   french          2   50.0%  ",
        "big_spenders                  2   50.0%  ",
        "nobody                        0    0.0%",
        "Stage         stage",
        "  active                      1   25.0%  ",
        "- 1 row of `purchases` is of 1 customer that the customers' data do not have (such as 9)",
        "- 1 of the 4 rows of `purchases` lie at or after as of and were not looked at",
        "divides by zero in 2 cases, such as of",
        "  customers 3 and 4, and is missing there",
        "- `country` is missing for 1 of 4 customers (25.0%); asked about by french and nobody",
    ] {
        assert!(ended.out.contains(line), "no line {line:?} in\n{}", ended.out);
    }
    assert!(!ended.out.contains('\u{1b}'));
}

#[test]
fn json_has_the_promised_form_and_both_engines_agree() {
    let shop = Shop::new();
    let jit = json_of(&shop, &[]);
    let mut interpreter = json_of(&shop, &["--engine", "interpreter"]);
    assert_eq!((&jit["engine"], &interpreter["engine"]), (&json!("jit"), &json!("interpreter")));
    interpreter["engine"] = json!("jit");
    assert_eq!(jit, interpreter);
    assert_eq!(
        (&jit["version"], &jit["as_of"], &jit["customers"]),
        (&json!(1), &json!("2026-03-01T00:00:00+01:00"), &json!(4))
    );
    assert_eq!(jit["segments"][0], json!({"name": "french", "title": "From France", "count": 2, "share": 0.5}));
    assert_eq!(jit["segments"][1]["title"], Value::Null);
    assert_eq!(jit["partitions"][0]["parts"][0], json!({"name": "active", "count": 1, "share": 0.25}));
    assert_eq!(
        jit["problems"][0],
        json!({"kind": "unknown_customers", "where": "purchases", "count": 1, "examples": ["9"]})
    );
}

#[test]
fn as_of_takes_days_times_and_zones() {
    let shop = Shop::new();
    for (moment, instant, active) in [
        ("2026-03-03", "2026-03-03T00:00:00+01:00", 2),
        ("2026-03-02 09:00", "2026-03-02T09:00:00+01:00", 1),
        ("2026-03-02T08:00:01Z", "2026-03-02T09:00:01+01:00", 2),
        ("2026-03-02T08:01Z", "2026-03-02T09:01:00+01:00", 2),
        ("2026-03-02T10:00+02:00", "2026-03-02T09:00:00+01:00", 1),
        ("2026-03-02T10:00:00+02:00", "2026-03-02T09:00:00+01:00", 1),
        ("2027-01-01", "2027-01-01T00:00:00+01:00", 0),
    ] {
        let json = json_of(&shop, &["--as-of", moment]);
        assert_eq!(json["as_of"], instant, "{moment}");
        assert_eq!(json["partitions"][0]["parts"][0]["count"], active, "{moment}");
    }
    let ended = shop.segue(&["run", "--as-of", "soon"]);
    assert_eq!(ended.status, 2);
    assert!(ended.err.contains("--as-of soon is no moment"), "{}", ended.err);
    assert_eq!(shop.segue(&["run", "--as-of", "now"]).status, 0);
}

#[test]
fn only_some_can_be_asked_for_in_any_capitals() {
    let shop = Shop::new();
    assert_eq!(
        counts(&json_of(&shop, &["--only", "Stage,FRENCH"])),
        [("french", 2), ("active", 1), ("lapsed", 1), ("prospect", 2)]
    );
    let ended = shop.segue(&["run", "--only", "frensh"]);
    assert_eq!(ended.status, 2);
    assert!(ended.err.contains("did you mean french"), "{}", ended.err);
}

#[test]
fn a_name_that_is_no_group_says_what_it_is_and_what_there_is() {
    let shop = Shop::new();
    for (only, told) in [
        ("spend", "spend is a trait, and I expected the name of a segment or partition; it is used in big_spenders\n"),
        ("french,Average", "average is a trait, and I expected"),
        ("lapsed", "lapsed is a part of the partition stage: ask for that\n"),
        ("xyz", "there is no segment or partition called xyz; there are french, big_spenders, nobody, stage\n"),
        ("", "a name is missing: I expected one of a segment or partition; there are french, "),
        ("french,", "a name is missing: "),
    ] {
        let ended = shop.segue(&["run", "--only", only]);
        assert_eq!((ended.status, ended.out.as_str()), (2, ""), "{only}");
        assert!(ended.err.contains(told), "{}", ended.err);
    }
    let many: String = (0..20).map(|number| format!("segment s{number} {{ spend > {number} USD }}\n")).collect();
    shop.write("more.segue", &many);
    let ended = shop.segue(&["run", "--only", "xyz"]);
    assert!(ended.err.ends_with(", and 12 more\n"), "{}", ended.err);
    let ended = shop.segue(&["ir", "--only", "spend"]);
    assert_eq!(ended.status, 0, "a plan can be one of a trait: {}", ended.err);
}

#[test]
fn members_are_written_in_each_form() {
    let shop = Shop::new();
    let ended = shop.segue(&["run", "--out", "long", "--format", "csv"]);
    assert_eq!(ended.status, 0, "{}", ended.err);
    assert_eq!(shop.names("long"), ["partitions", "segments.csv"]);
    assert_eq!(
        shop.read("long/segments.csv"),
        "customer_id,segment\n1,french\n4,french\n1,big_spenders\n2,big_spenders\n"
    );
    assert_eq!(
        shop.read("long/partitions/stage.csv"),
        "customer_id,part\n1,active\n2,lapsed\n3,prospect\n4,prospect\n"
    );

    assert_eq!(shop.segue(&["run", "--out", "wide", "--format", "ndjson", "--wide"]).status, 0);
    let first: Value = serde_json::from_str(shop.read("wide/customers.ndjson").lines().next().unwrap()).unwrap();
    assert_eq!(
        first,
        json!({"customer_id": 1, "french": true, "big_spenders": true, "nobody": false, "stage": "active"})
    );

    assert_eq!(shop.segue(&["run", "--out", "parquet"]).status, 0);
    assert!(std::fs::read(shop.file("parquet/segments.parquet")).unwrap().starts_with(b"PAR1"));
    assert_eq!(shop.segue(&["run", "--wide"]).status, 2);
}

#[test]
fn a_bad_row_stops_the_run_or_is_counted() {
    let shop = Shop::new();
    shop.write(
        "purchases.csv",
        "customer_id,bought_at,price,quantity\n1,2026-02-20 10:00,ten,1\n2,2026-02-20 10:00,5,1\n",
    );
    let stopped = shop.segue(&["run"]);
    assert_eq!((stopped.status, stopped.out.as_str()), (1, ""));
    for part in ["purchases.csv, row 2", "\"price\"", "\"ten\""] {
        assert!(stopped.err.contains(part), "no {part} in {}", stopped.err);
    }
    let skipped = json_of(&shop, &["--bad-rows", "skip"]);
    assert_eq!((&skipped["problems"][0]["kind"], &skipped["problems"][0]["count"]), (&json!("bad_rows"), &json!(1)));
    json_of(&shop, &["--bad-rows", "report=bad.csv"]);
    assert!(shop.read("bad.csv").contains("ten"), "{}", shop.read("bad.csv"));
    assert_eq!(shop.segue(&["run", "--bad-rows", "perhaps"]).status, 2);
    for (file, told) in [
        ("customers.csv", "would be replaced"),
        ("./purchases.csv", "would be replaced"),
        ("rules.segue", "let the name end in .csv or .ndjson"),
    ] {
        let before = shop.read(file);
        let ended = shop.segue(&["run", "--bad-rows", &format!("report={file}")]);
        assert_eq!(ended.status, 2, "{file}: {}", ended.err);
        assert!(ended.err.contains(told), "{}", ended.err);
        assert_eq!(shop.read(file), before);
    }
}

#[test]
fn data_can_come_from_elsewhere() {
    let shop = Shop::new();
    shop.write("more.csv", "customer_id,bought_at,price,quantity\n4,2026-02-20 10:00,500,1\n");
    let json = json_of(&shop, &["--data", "purchases=more.csv"]);
    assert_eq!(counts(&json)[1], ("big_spenders", 1));
    for wrong in ["purchases", "=more.csv", "purchases=nothing.csv", "purchase=more.csv"] {
        assert_eq!(shop.segue(&["run", "--data", wrong]).status, 2, "{wrong}");
    }
}

#[test]
fn wrong_rules_stop_the_run_and_are_told() {
    let shop = Shop::new();
    shop.write("more.segue", "segment wrong { contry is \"France\" }\n");
    let ended = shop.segue(&["run"]);
    assert_eq!((ended.status, ended.out.as_str()), (1, ""));
    assert!(ended.err.contains("error[S0101]: there is no field called `contry`"), "{}", ended.err);
}

#[test]
fn threads_do_not_change_the_answer() {
    let shop = Shop::new();
    let one = json_of(&shop, &["--threads", "1"]);
    assert_eq!(one, json_of(&shop, &["--threads", "7"]));
    assert_eq!(shop.segue(&["run", "--threads", "0"]).status, 2);
}

#[cfg(unix)]
#[test]
fn machine_code_is_kept_for_the_next_run_unless_it_shall_not() {
    let shop = Shop::new();
    let rules = shop.read("rules.segue");
    shop.write("rules.segue", &format!("{rules}\nsegment singles {{\n  (most frequent purchases.quantity) is 1\n}}\n"));
    let without = shop.segue(&["run", "--no-code-cache"]);
    assert_eq!((without.status, without.err.as_str()), (0, ""));
    assert!(!shop.file("kept").exists());
    let first = shop.segue(&["run"]);
    let names = shop.names("kept/segue/code");
    assert!(!names.is_empty());
    let second = shop.segue(&["run"]);
    assert_eq!([&first.out, &second.out], [&without.out; 2]);
    assert_eq!(shop.names("kept/segue/code"), names);
    // The interpreter compiles nothing.
    std::fs::remove_dir_all(shop.file("kept")).unwrap();
    assert_eq!(shop.segue(&["run", "--engine", "interpreter"]).status, 0);
    assert!(!shop.file("kept").exists());
}

#[test]
fn cut_points_are_kept_for_single_records() {
    let shop = Shop::new();
    shop.write(
        "ranks.segue",
        "segment best { customer in top 1 by spend }\ntrait fifth = quintile of spend\nsegment upper { fifth >= 3 }\n",
    );
    let ended = shop.segue(&["run", "--cut-points", "cuts.json"]);
    assert_eq!(ended.status, 0, "{}", ended.err);
    assert!(ended.err.contains("wrote cuts.json"), "{}", ended.err);
    let kept: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(shop.file("cuts.json")).unwrap()).unwrap();
    // Customers spent 110, 120.50, 0 and 0 USD: of four, fifths 3 and 4 begin with the third and the fourth.
    let entry = |asked: &str| {
        let entries = kept["cut_points"].as_array().unwrap().iter();
        entries.clone().find(|entry| entry["question"].as_str().unwrap().contains(asked)).unwrap().clone()
    };
    assert_eq!(entry("top 1")["last"]["at"]["value"], "1205000");
    assert_eq!(entry("group")["groups_begin"], serde_json::json!(["1100000", "1100000", "1205000"]));
    assert_eq!(entry("group")["customers"], 4);
    let ended = shop.segue(&["run", "--cut-points", "cuts.json", "--engine", "interpreter"]);
    assert_eq!(ended.status, 2);
    let ended = shop.segue(&["run", "--cut-points", "customers.csv"]);
    assert_eq!(ended.status, 2);
    assert!(ended.err.contains("this file holds data that are read"), "{}", ended.err);
}

#[test]
fn engines_and_bounds_agree_on_ranks() {
    let shop = Shop::new();
    shop.write(
        "ranks.segue",
        "partition tier by spend { gold : top 25%  silver : next 1  rest : otherwise }\n\
         segment above { spend > average of spend over customers }\nsegment dealt { customer in share 0% to 50% of \"x\" }\n",
    );
    let figures = |more: &[&str]| {
        let ended = shop.segue(&[&["run", "--json"], more].concat());
        assert_eq!(ended.status, 0, "{}", ended.err);
        let mut figures: serde_json::Value = serde_json::from_str(&ended.out).unwrap();
        figures["engine"] = serde_json::Value::Null;
        figures
    };
    let expected = figures(&[]);
    assert_eq!(expected["partitions"][1]["parts"][0]["count"], 1);
    assert_eq!(figures(&["--engine", "interpreter"]), expected);
    assert_eq!(figures(&["--memory", "100MB"]), expected);
}

#[test]
fn constants_can_be_given_other_values() {
    let shop = Shop::new();
    shop.write("limits.segue", "let limit = 100 USD\nlet ratio = 1.5\nsegment rich { spend >= limit * ratio }\n");
    let settings = std::fs::read_to_string(shop.file("segue.toml")).unwrap();
    shop.write("segue.toml", &format!("{settings}\n[environments.test]\nlimit = \"70 USD\"\nratio = 1\n"));
    // Customers spent 110, 120.50, 0 and 0 USD.
    let rich = |more: &[&str]| {
        let ended = shop.segue(&[&["run", "--json", "--only", "rich"], more].concat());
        assert_eq!(ended.status, 0, "{}", ended.err);
        let figures: serde_json::Value = serde_json::from_str(&ended.out).unwrap();
        (figures["segments"][0]["count"].as_u64().unwrap(), ended.err)
    };
    assert_eq!(rich(&[]).0, 0);
    let (count, told) = rich(&["--environment", "test"]);
    assert_eq!(count, 2);
    assert!(told.contains("limit is 70 USD (environment test)\nratio is 1 (environment test)\n"), "{told}");
    let (count, told) = rich(&["--environment", "test", "--let", "LIMIT = 115 USD"]);
    assert_eq!(count, 1);
    assert!(told.contains("LIMIT is 115 USD (--let)"), "{told}");
    assert_eq!(rich(&["--let", "limit=80 USD", "--let", "limit=70 USD", "--let", "ratio=1"]).0, 2);
    let ended = shop.segue(&["explain", "rich", "--customer", "1", "--let", "limit=70 USD"]);
    assert!(ended.out.contains("Customer 1 is in rich"), "{}", ended.out);
}

#[test]
fn values_of_constants_that_cannot_be_taken_are_told() {
    let shop = Shop::new();
    shop.write("limits.segue", "let limit = 100 USD\nlet pause = 30 days\nsegment rich { spend >= limit }\n");
    for (arguments, told) in [
        (&["--let", "limt=5 USD"][..], "there is no constant called `limt`"),
        (&["--let", "limt=5 USD"], "did you mean `limit`?"),
        (&["--let", "spend=5 USD"], "`spend` is no constant"),
        (&["--let", "limit=5"], "`5` is another kind of value than the constant's own"),
        (&["--let", "limit=5 EUR"], "I expected money in USD"),
        (&["--let", "limit=5 USD +"], "S0040"),
        (&["--let", "pause=1 month"], "another kind of value"),
        (&["--let", "limit"], "write it as NAME=VALUE"),
        (&["--environment", "test"], "there is no environment called `test`"),
    ] {
        let ended = shop.segue(&[&["run"], arguments].concat());
        assert_eq!(ended.status, 2, "{arguments:?}: {}", ended.err);
        assert!(ended.err.contains(told), "{arguments:?}: {}", ended.err);
    }
}
