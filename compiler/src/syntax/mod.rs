//! From text to tree.
//!
//! Three steps: `scan` cuts a file into declarations and blanks what means nothing, the derived parser reads each
//! declaration alone, and `parse` builds the tree and gives the messages. Reading never fails: what cannot
//! be read is an error node about which exactly one message was given.

mod dump;
mod messages;
mod parse;
pub(crate) mod scan;
pub mod tree;

#[cfg(test)]
mod tests;

pub use dump::{dump_expression, dump_file};
pub use messages::invalid_utf8;
pub(crate) use parse::{amount_text, is_missing_word, sign, text_words, unit_word};
pub use parse::{parse, parse_expression};
pub use scan::{Comment, MAXIMUM_DECLARATIONS, MAXIMUM_FILE, MAXIMUM_NESTING, MAXIMUM_TEXT, is_reserved};

use crate::diagnostics::Diagnostic;

/// Hands out the ids of tree nodes; one for a whole project, so that side tables can be plain vectors.
#[derive(Debug, Clone, Default)]
pub struct NodeIds {
    next: u32,
}

impl NodeIds {
    /// The next free id.
    pub fn fresh(&mut self) -> tree::NodeId {
        let id = tree::NodeId(self.next);
        self.next = self.next.saturating_add(1);
        id
    }

    /// How many ids were handed out: all ids are below it.
    pub fn count(&self) -> usize {
        self.next as usize
    }
}

/// What came out of reading a file.
#[derive(Debug, Clone)]
pub struct Parsed {
    /// The tree; what could not be read is in it as error nodes.
    pub file: tree::File,
    /// What is wrong, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
    /// All comments, in the order of the text.
    pub comments: Vec<Comment>,
}
