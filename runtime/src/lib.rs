//! Data in and out, and running checked programs: the interpreter that defines what is right, and the engine.

pub mod base;
pub mod content;
pub mod data;
pub mod engine;
pub mod interpret;
mod members;
pub mod memory;
pub mod others;
pub mod outcome;
mod processor;
pub mod project;
pub mod report;
mod shares;
pub mod single;
pub mod stream;
pub mod testing;
pub mod unfinished;
