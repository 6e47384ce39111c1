//! The parser of Segue rule files, derived from `segue.pest`, which is the reference of the form.
//!
//! It lives apart because deriving it is slow to compile. It does nothing else: cutting a file into declarations,
//! building the tree and giving messages is `segue_compiler::syntax`.

pub use derived::{Rule, SegueParser};

mod derived {
    #![expect(missing_docs, reason = "the derive writes items without documentation; segue.pest documents the rules")]

    /// The derived parser; its rules are [`Rule`].
    #[derive(pest_derive::Parser)]
    #[grammar = "../segue.pest"]
    pub struct SegueParser;
}
