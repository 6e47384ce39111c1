//! Which conditions decide a test: turned round, they change an answer of at least one.

use super::mutants::{self, Change};
use crate::interpret::InterpretError;
use rayon::prelude::*;
use segue_compiler::program::{Program, TestCase};
use segue_compiler::source::Span;

/// What is known of a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Covered {
    /// Turned round, it changes an answer of some test.
    Decides,
    /// Tests rest on its declaration, but none on it.
    NeverDecided,
    /// No test rests on its declaration.
    NeverReached,
}

/// A condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// As written.
    pub span: Span,
    /// What is known of it.
    pub covered: Covered,
}

/// Which conditions decide, in the order of the files.
///
/// # Errors
/// The program breaks its invariants.
pub fn coverage(program: &Program, cases: &[&TestCase]) -> Result<Vec<Line>, InterpretError> {
    let tests = mutants::prepared(program, cases)?;
    let turned: Vec<_> =
        mutants::all(program).into_iter().filter(|mutant| mutant.change == Change::TurnedRound).collect();
    let line = |mutant: &mutants::Mutant| {
        let covered = match mutants::noticed(program, mutant, &tests)? {
            None => Covered::NeverReached,
            Some(true) => Covered::Decides,
            Some(false) => Covered::NeverDecided,
        };
        Ok(Line { span: mutant.span, covered })
    };
    let mut lines: Vec<Line> = turned.par_iter().map(line).collect::<Result<_, InterpretError>>()?;
    lines.sort_by_key(|line| line.span);
    Ok(lines)
}
