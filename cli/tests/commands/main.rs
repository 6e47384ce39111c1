//! The `segue` command as people and programs meet it: what it prints, what it writes, how it ends.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod chains;
mod check;
mod documentation;
mod explain;
mod fmt;
mod graph;
mod init;
mod library;
mod memory;
mod other_tables;
mod prepare;
mod run;
mod shop;
mod show;
mod surroundings;
mod test;
mod tutorial;
