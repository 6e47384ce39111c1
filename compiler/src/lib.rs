//! From rule files to a checked program, a plan and diagnostics.
//!
//! Pure: no files, no clock, no threads. The stages, each a folder:
//! `source` (text) -> `syntax` (scan, parse, tree) -> `names` and `types` (checking) -> `program` (checked) -> `plan`.

pub mod builtins;
pub mod diagnostics;
pub mod format;
pub mod ide;
pub mod library;
pub mod names;
pub mod plan;
pub mod program;
pub mod project;
pub mod source;
pub mod syntax;
pub mod types;
pub mod values;
