//! What the whole-program tests share: Markdown pages whose fenced blocks are rules, data and what must come out.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

pub mod answers;
pub mod base;
pub mod example;
pub mod page;
pub mod single;
