//! `segue prepare`, and commands that use what it made.

use crate::shop::{Ended, Shop};
use std::fs;
use std::process::Command;
use std::time::{Duration, SystemTime};

/// The shop with data that were written long ago.
fn old_shop() -> Shop {
    let shop = Shop::new();
    age(&shop, "customers.csv");
    age(&shop, "purchases.csv");
    shop
}

fn age(shop: &Shop, name: &str) {
    let file = fs::File::options().write(true).open(shop.file(name)).unwrap();
    file.set_modified(SystemTime::now() - Duration::from_secs(3600)).unwrap();
}

/// Has the command run with files that may have so many blocks of 512 bytes, as on a disk that is full then.
#[cfg(unix)]
fn with_room_for(blocks: u32, shop: &Shop, arguments: &str) -> Ended {
    let line = format!("trap '' XFSZ; ulimit -f {blocks}; exec '{}' {arguments}", env!("CARGO_BIN_EXE_segue"));
    Command::new("bash").args(["-c", &line]).current_dir(shop.path()).output().unwrap().into()
}

#[test]
fn prepared_data_give_the_same_without_the_files_being_read() {
    let shop = old_shop();
    let plain = shop.segue(&["run", "--json"]);
    let made = shop.segue(&["prepare"]);
    assert_eq!((made.status, made.err.as_str()), (0, ""));
    let lines: Vec<&str> = made.out.lines().collect();
    assert_eq!(lines[..2], ["  customers  4 rows  read from 1 file", "  purchases  4 rows  read from 1 file"]);
    assert!(lines[2].starts_with("prepared in ./.segue/prepared/"), "{}", made.out);
    for arguments in
        [&["run", "--json"][..], &["run", "--json", "--no-prepared"], &["run", "--json", "--only", "french"]]
    {
        let ended = shop.segue(arguments);
        assert_eq!((ended.status, ended.err.as_str()), (0, ""));
        if !arguments.contains(&"--only") {
            assert_eq!(ended.out, plain.out);
        }
    }
    let explained = shop.segue(&["explain", "french", "--customer", "1"]);
    fs::remove_file(shop.file(".segue/prepared/.gitignore")).unwrap();
    assert_eq!(explained.status, 0);
    assert!(shop.segue(&["prepare"]).out.contains("customers  4 rows  up to date\n"));
    let removed = shop.segue(&["prepare", "--remove"]);
    assert_eq!((removed.status, removed.out.as_str()), (0, "removed ./.segue/prepared\n"));
    assert_eq!(shop.segue(&["prepare", "--remove"]).out, "there is nothing in ./.segue/prepared\n");
}

#[test]
fn what_changed_is_said_and_the_files_are_read() {
    let shop = old_shop();
    shop.segue(&["prepare"]);
    shop.write("purchases.csv", &format!("{}2,2026-02-21 10:00,80.00,1\n", shop.read("purchases.csv")));
    let ended = shop.segue(&["run"]);
    assert_eq!(
        ended.err,
        "prepared data are not used: purchases.csv has changed since; `segue prepare` brings them up to date\n"
    );
    assert_eq!(ended.out, shop.segue(&["run", "--no-prepared"]).out);
    let made = shop.segue(&["prepare"]);
    assert!(
        made.out.contains("customers  4 rows  up to date\n  purchases  5 rows  read from 1 file\n"),
        "{}",
        made.out
    );
    assert_eq!(shop.segue(&["run"]).err, "");
}

#[test]
fn added_files_are_added() {
    let shop = old_shop();
    fs::create_dir(shop.file("purchases")).unwrap();
    fs::rename(shop.file("purchases.csv"), shop.file("purchases/2026-02.csv")).unwrap();
    shop.write("segue.toml", &shop.read("segue.toml").replace("\"purchases.csv\"", "\"purchases\""));
    assert!(shop.segue(&["prepare"]).out.contains("purchases  4 rows  read from 1 file\n"));
    shop.write("purchases/2026-03.csv", "price,quantity,bought_at,customer_id\n7,1,2026-02-21 10:00,2\n");
    assert!(shop.segue(&["run"]).err.contains("`purchases` has other files since"));
    assert!(shop.segue(&["prepare"]).out.contains("purchases  5 rows  1 file added to 1\n"));
    let ended = shop.segue(&["run"]);
    assert_eq!((ended.out, ended.err), (shop.segue(&["run", "--no-prepared"]).out, String::new()));
}

#[test]
fn bad_rows_stop_it_unless_they_are_to_be_left_out() {
    let shop = old_shop();
    shop.write("customers.csv", "customer_id,country\n1,France\n2\n");
    let ended = shop.segue(&["prepare"]);
    assert_eq!((ended.status, ended.out.as_str()), (1, ""));
    assert!(ended.err.contains("customers.csv, row 3"), "{}", ended.err);
    assert_eq!(shop.names(".segue/prepared"), [".gitignore", "CACHEDIR.TAG"]);
    let ended = shop.segue(&["prepare", "--bad-rows", "skip"]);
    assert!(ended.out.contains("customers  1 row"), "{}", ended.out);
    assert!(ended.out.contains("read from 1 file; 1 bad row left out\n"), "{}", ended.out);
    let (one, other) =
        (shop.segue(&["run", "--bad-rows", "skip"]), shop.segue(&["run", "--bad-rows", "skip", "--no-prepared"]));
    assert_eq!((one.status, &one.out, &one.err), (0, &other.out, &other.err));
    assert_eq!(shop.segue(&["run"]).status, 1);
}

#[test]
fn mistakes_of_use_are_told() {
    let shop = old_shop();
    let ended = shop.segue(&["prepare", "--data", "purchases=nowhere.csv"]);
    assert_eq!(ended.status, 2);
    assert!(ended.err.contains("no file for `purchases`: nothing is called nowhere.csv"), "{}", ended.err);
    assert_eq!(shop.segue(&["prepare", "--remove", "--threads", "2"]).status, 2);
    let (shop, before) = (old_shop(), shop.names("."));
    assert!(!before.contains(&".segue".to_owned()));
    shop.write(".segue", "");
    let ended = shop.segue(&["prepare"]);
    assert_eq!(ended.status, 2);
    assert!(ended.err.contains("prepared data cannot be written to ./.segue/prepared/"), "{}", ended.err);
}

#[test]
#[cfg(unix)]
fn without_room_the_last_ones_stay_and_nothing_is_left_behind() {
    let shop = old_shop();
    let mut rows = String::from("customer_id,bought_at,price,quantity\n");
    for row in 0..40_000 {
        rows.push_str(&format!("{},2026-01-01 10:00,{}.{:02},{row}\n", row % 4 + 1, row * 7919 % 9973, row % 100));
    }
    shop.write("purchases.csv", &rows);
    age(&shop, "purchases.csv");
    assert_eq!(shop.segue(&["prepare"]).status, 0);
    let set = shop.names(".segue/prepared").pop().filter(|name| name.len() == 16);
    let folder = format!(".segue/prepared/{}", set.unwrap_or_else(|| shop.names(".segue/prepared").remove(1)));
    let before = shop.names(&folder);
    let plain = shop.segue(&["run"]);
    shop.write("customers.csv", "customer_id,country\n1,France\n2,Spain\n3,\n4,Italy\n");
    for blocks in [0, 2, 100] {
        let ended = with_room_for(blocks, &shop, "prepare");
        assert_eq!(ended.status, 2, "{}", ended.out);
        assert!(ended.err.contains("prepared data cannot be written to"), "{}", ended.err);
        assert_eq!(shop.names(&folder), before);
    }
    shop.write("customers.csv", "customer_id,country\n1,France\n2,Spain\n3,\n4,France\n");
    let ended = shop.segue(&["run"]);
    assert_eq!((ended.out, ended.err), (plain.out, String::new()));
}
