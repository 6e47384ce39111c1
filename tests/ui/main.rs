//! Wrong rule files and what is said about them.
//!
//! Beside each `NAME.segue` below this folder, and beside each folder `NAME/` with a `segue.toml`, stands
//! `NAME.expected`: the messages as a terminal shows them, without colour. After a change that is meant,
//! `SEGUE_ACCEPT=1 cargo test -p segue-tests --test ui` writes them anew; read the difference before keeping it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod catalogue;
mod fixes;
mod harness;
mod limits;
mod messages;
mod wording;
