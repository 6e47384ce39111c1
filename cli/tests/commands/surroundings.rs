//! Streams, colours, help, and how a command ends in odd surroundings.

use crate::shop::{Ended, Shop};
use std::process::Stdio;

#[test]
fn colour_follows_the_option_and_the_environment() {
    let shop = Shop::new();
    let coloured = |arguments: &[&str], environment: &[(&str, &str)]| {
        let ended: Ended = shop.command(arguments).envs(environment.iter().copied()).output().unwrap().into();
        ended.out.contains('\u{1b}')
    };
    assert!(!coloured(&["run"], &[]), "no terminal is watching");
    assert!(coloured(&["run", "--color", "always"], &[]));
    assert!(coloured(&["--color", "always", "run"], &[]));
    assert!(coloured(&["run"], &[("CLICOLOR_FORCE", "1")]));
    assert!(!coloured(&["run"], &[("CLICOLOR_FORCE", "0")]));
    assert!(!coloured(&["run"], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
    assert!(coloured(&["run", "--color", "always"], &[("NO_COLOR", "1")]));
    assert!(!coloured(&["run", "--color", "never"], &[("CLICOLOR_FORCE", "1")]));
}

#[test]
fn a_reader_that_goes_away_is_no_mistake() {
    let shop = Shop::new();
    let mut child = shop.command(&["run"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let ended: Ended = child.wait_with_output().unwrap().into();
    assert_eq!((ended.status, ended.err.as_str()), (0, ""));
}

#[test]
fn wrong_use_ends_with_2_and_help_with_0() {
    let shop = Shop::new();
    for arguments in [&[][..], &["dance"], &["run", "--fast"], &["run", "--engine", "steam"], &["check", "a", "b"]] {
        assert_eq!(shop.segue(arguments).status, 2, "{arguments:?}");
    }
    let commands = ["init", "check", "run", "explain", "fmt", "graph", "ir"];
    let help = shop.segue(&["--help"]);
    assert_eq!(help.status, 0);
    for command in commands {
        assert!(help.out.contains(&format!("  {command} ")), "no {command} in {}", help.out);
        let own = shop.segue(&[command, "--help"]);
        assert_eq!(own.status, 0);
        assert!(own.out.contains("Examples:\n"), "no examples in {}", own.out);
    }
    assert!(shop.segue(&["--version"]).out.starts_with("segue "));
}

#[test]
fn columns_narrow_the_table() {
    let shop = Shop::new();
    let width = |columns: &str| {
        let ended: Ended = shop.command(&["run", "--only", "stage"]).env("COLUMNS", columns).output().unwrap().into();
        ended.out.lines().skip(1).map(|line| line.chars().count()).max()
    };
    assert!(width("60") <= Some(60) && width("60") < width("140"), "{:?} {:?}", width("60"), width("140"));
}

#[test]
fn what_stands_in_the_data_cannot_steer_the_terminal() {
    let shop = Shop::new();
    shop.write("purchases.csv", "customer_id,bought_at,price,quantity\n1,2026-02-20 10:00,\u{1b}[31mten\u{9b},1\n");
    let stopped = shop.segue(&["run"]);
    let skipped = shop.segue(&["run", "--bad-rows", "skip"]);
    assert!(stopped.err.contains("ten") && skipped.out.contains("ten"), "{}{}", stopped.err, skipped.out);
    for text in [stopped.err, skipped.out] {
        assert!(!text.contains(['\u{1b}', '\u{9b}']), "{text:?}");
    }
}

#[cfg(unix)]
#[test]
fn an_interruption_ends_with_130_and_leaves_nothing() {
    use std::io::Write;
    use std::process::Command;
    let shop = Shop::new();
    std::fs::remove_file(shop.file("purchases.csv")).unwrap();
    assert!(Command::new("mkfifo").arg(shop.file("purchases.csv")).status().unwrap().success());
    let child = shop.command(&["run", "--out", "out"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // Opening the other end waits until the command reads, so it is at work when it is interrupted.
    let mut pipe = std::fs::OpenOptions::new().write(true).open(shop.file("purchases.csv")).unwrap();
    pipe.write_all(b"customer_id,bought_at").unwrap();
    let interrupt = format!("kill -INT {}", child.id());
    assert!(Command::new("sh").args(["-c", &interrupt]).status().unwrap().success());
    let ended = child.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(130));
    assert!(!shop.file("out").exists());
}
