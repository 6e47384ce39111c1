//! Tests that rules bring along (rule 19): a customer as given, the interpreter's answers, and what stands against them.
//!
//! A test passes where each of its expectations certainly holds and nothing that was not given could change that.

mod coverage;
mod doubts;
mod given;
mod mutants;
pub mod report;
mod shown;
mod verdict;

#[cfg(test)]
mod tests;

pub use coverage::{Covered, Line, coverage};
pub use doubts::Doubt;
pub use mutants::{Mutants, Survivor, changes_to_try, mutants};
pub use verdict::{Ran, Verdict, run};
