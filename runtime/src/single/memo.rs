//! Values that were worked out for the record at hand, each once.

use super::work::{At, CUSTOMER};
use rustc_hash::FxHashMap;
use segue_compiler::plan::NodeId;
use segue_compiler::values::Value;

/// Values of nodes by row; room that is used again.
#[derive(Debug, Default)]
pub(super) struct Memo {
    /// By node, of the customer: for which record its value was worked out, and what it is.
    own: Vec<(u64, Option<Value>)>,
    /// How many records there were before this one, so that nothing has to be forgotten one by one.
    record: u64,
    /// Of rows.
    rows: FxHashMap<(NodeId, At), Option<Value>>,
}

impl Memo {
    /// Forgets all, for the next record.
    #[inline]
    pub(super) fn clear(&mut self) {
        self.record += 1;
        if !self.rows.is_empty() {
            self.rows.clear();
        }
    }

    /// The value of a node at a row, where it was worked out.
    #[inline]
    pub(super) fn get(&self, id: NodeId, at: At) -> Option<&Option<Value>> {
        if at != CUSTOMER {
            return self.rows.get(&(id, at));
        }
        let (record, value) = self.own.get(id.index())?;
        (*record == self.record + 1).then_some(value)
    }

    #[inline]
    pub(super) fn insert(&mut self, id: NodeId, at: At, value: Option<Value>) {
        if at != CUSTOMER {
            self.rows.insert((id, at), value);
            return;
        }
        if self.own.len() <= id.index() {
            self.own.resize_with(id.index() + 1, Default::default);
        }
        if let Some(slot) = self.own.get_mut(id.index()) {
            *slot = (self.record + 1, value);
        }
    }
}
