//! Programs with answers to their questions about the whole base.

use segue_compiler::program::Program;
use segue_runtime::data::Dataset;
use segue_runtime::engine::{self, Manner, Room};
use segue_runtime::outcome::Request;

/// The program with answers from the data to all that the request asks about the whole base.
pub fn answered(program: &Program, data: &Dataset, request: &Request) -> Program {
    let answered = engine::answered(program, data, request, &Manner::default(), &Room::new());
    answered.unwrap_or_else(|error| panic!("{error}")).unwrap_or_else(|| program.clone())
}
