//! In which of the ways that there are the worker's questions are worked out.

use crate::workload::Failure;
use segue_compiler::program::Program;
use segue_runtime::data::Dataset;
use segue_runtime::engine::{self, CodeCache, EngineError, Instructions, Manner, Room, Truths};
use segue_runtime::interpret;
use segue_runtime::outcome::{Outcome, Request};
use tempfile::TempDir;

/// How questions are worked out.
#[derive(Debug)]
pub(crate) enum Mode {
    /// By the engine.
    Engine {
        manner: Manner,
        /// Where its code is kept, if it is.
        cache: Option<Cache>,
    },
    /// Customer by customer.
    Interpreter,
}

/// Code that is kept from run to run.
#[derive(Debug)]
pub(crate) struct Cache {
    folder: TempDir,
    /// It holds the question's code when a question is timed; else nothing.
    warm: bool,
}

impl Mode {
    /// As the variable `SEGUE_MODE` says.
    pub(crate) fn of_environment() -> Result<Mode, Failure> {
        let named = std::env::var("SEGUE_MODE").unwrap_or_default();
        let engine = |truths, warm: Option<bool>| {
            let cache = warm.map(|warm| Ok::<_, Failure>(Cache { folder: tempfile::tempdir()?, warm })).transpose()?;
            let code_cache = cache.as_ref().map(|cache| CodeCache::at(cache.folder.path().join("code")));
            Ok(Mode::Engine { manner: Manner { truths, code_cache, ..Manner::default() }, cache })
        };
        match named.as_str() {
            "" | "usual" => engine(Truths::Loops, None),
            "code" => engine(Truths::Code, None),
            "cold" => engine(Truths::Code, Some(false)),
            "warm" => engine(Truths::Code, Some(true)),
            "static" => engine(Truths::Static, None),
            "interpreter" => Ok(Mode::Interpreter),
            // What columns are read with, such as `portable` or `avx2`.
            instructions => {
                let known = |found: &Instructions| format!("{found:?}").eq_ignore_ascii_case(instructions);
                let found = Instructions::available().into_iter().find(known);
                let instructions = Some(found.ok_or_else(|| format!("there is no mode {instructions} here"))?);
                Ok(Mode::Engine { manner: Manner { instructions, ..Manner::default() }, cache: None })
            }
        }
    }

    /// How the engine works; `None` where it does not.
    pub(crate) fn manner(&self) -> Option<Manner> {
        match self {
            Mode::Engine { manner, .. } => Some(manner.clone()),
            Mode::Interpreter => None,
        }
    }

    /// What comes before a question and is not timed: code that was kept is forgotten, or the question's is made.
    pub(crate) fn make_ready(&self, question: impl FnOnce() -> Result<(), Failure>) -> Result<(), Failure> {
        match self {
            Mode::Engine { cache: Some(cache), manner: Manner { code_cache: Some(kept), .. } } => match cache.warm {
                true => question(),
                false if kept.folder().exists() => Ok(std::fs::remove_dir_all(kept.folder())?),
                false => Ok(()),
            },
            _ => Ok(()),
        }
    }

    /// Works a request out for data that are held, with members kept in the room that is given.
    pub(crate) fn run(
        &self,
        program: &Program,
        data: &Dataset,
        request: &Request,
        room: &Room,
    ) -> Result<Outcome, Failure> {
        match self.manner() {
            None => Ok(interpret::run(program, data, request)?),
            Some(manner) => engine::run_with(program, data, request, manner, room).map_err(|error| match error {
                EngineError::NeedsCode => "it cannot be worked out without generated code".into(),
                error => error.into(),
            }),
        }
    }
}
