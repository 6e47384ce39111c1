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
    let commands = ["check", "run", "explain", "graph", "ir"];
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
