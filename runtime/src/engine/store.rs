//! The values worked out so far for one block of customers, or once for the run, and their way from one frame to another.
//!
//! INVARIANT: steps come in an order in which every operand was worked out before; a value asked for that is not there is
//! a mistake of the plan and an error, never an answer.

use super::EngineError;
use super::kernels::{self, Failed, Task, Worked};
use super::prepare::Prepared;
use super::vector::{Data, Input, Vector};
use rustc_hash::FxHashMap;
use segue_compiler::plan::{Followed, NodeId, Op, Scope, Work};
use segue_compiler::program::{CUSTOMERS, TableId, Type};
use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

/// The rows for which a node is worked out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Frame {
    /// One value for the run.
    Once,
    /// The texts of a node, and one more row for its missing value.
    Texts(NodeId),
    /// The rows of a table in the block.
    Rows(TableId),
}

/// Values of one block, or of the run.
#[derive(Debug)]
pub(crate) struct Store<'a> {
    pub(crate) prepared: &'a Prepared<'a>,
    /// What was worked out once; `None` in the store that holds it.
    run: Option<&'a Store<'a>>,
    /// By table: its rows in this block; empty for tables of the other store.
    ranges: Vec<Range<usize>>,
    /// By node; none at all before the first is put in, as blocks that are all read from columns need none.
    vectors: Vec<Option<Arc<Vector<'a>>>>,
    spread: FxHashMap<(NodeId, Frame), Arc<Vector<'a>>>,
    owners: FxHashMap<(TableId, TableId), Arc<Vec<u32>>>,
    failed: Vec<(NodeId, Failed)>,
}

impl<'a> Store<'a> {
    /// The store of what is worked out once.
    pub(crate) fn of_run(prepared: &'a Prepared<'a>) -> Store<'a> {
        let tables = (0..prepared.program.tables.len()).filter_map(|at| u32::try_from(at).ok()).map(TableId);
        let ranges = tables
            .map(|table| {
                let rows = prepared.data.table(table).map_or(0, |data| data.rows);
                if super::prepare::is_global(prepared.program, Scope::Row(table)) { 0..rows } else { 0..0 }
            })
            .collect();
        Store::new(prepared, None, ranges)
    }

    /// The store of a block of customers.
    pub(crate) fn of_block(run: &'a Store<'a>, customers: Range<usize>) -> Store<'a> {
        let prepared = run.prepared;
        let mut ranges: Vec<Range<usize>> = vec![0..0; prepared.program.tables.len()];
        // A list's table stands after the table that holds it.
        for at in 0..ranges.len() {
            let table = TableId(u32::try_from(at).unwrap_or(u32::MAX));
            let range = if table == CUSTOMERS {
                customers.clone()
            } else if super::prepare::is_global(prepared.program, Scope::Row(table)) {
                0..0
            } else {
                let owners = ranges.get(prepared.owner_of(table).0 as usize).cloned().unwrap_or(0..0);
                rows_of(prepared, table, owners)
            };
            if let Some(slot) = ranges.get_mut(at) {
                *slot = range;
            }
        }
        Store::new(prepared, Some(run), ranges)
    }

    fn new(prepared: &'a Prepared<'a>, run: Option<&'a Store<'a>>, ranges: Vec<Range<usize>>) -> Store<'a> {
        Store {
            prepared,
            run,
            ranges,
            vectors: Vec::new(),
            spread: FxHashMap::default(),
            owners: FxHashMap::default(),
            failed: Vec::new(),
        }
    }

    /// The rows of a table in this block.
    pub(crate) fn range(&self, table: TableId) -> Range<usize> {
        self.ranges.get(table.0 as usize).cloned().unwrap_or(0..0)
    }

    /// The rows of a scope in this block.
    pub(crate) fn range_of(&self, scope: Scope) -> Range<usize> {
        match scope {
            Scope::Constant => 0..1,
            Scope::Customer => self.range(CUSTOMERS),
            Scope::Row(table) => self.range(table),
        }
    }

    /// What failed so far, node by node.
    pub(crate) fn failed(&self) -> &[(NodeId, Failed)] {
        &self.failed
    }

    /// Keeps a result.
    pub(crate) fn put(&mut self, node: NodeId, vector: impl Into<Arc<Vector<'a>>>, failed: Failed) {
        if !failed.is_empty() {
            self.failed.push((node, failed));
        }
        self.keep(node, vector.into());
    }

    fn keep(&mut self, node: NodeId, vector: Arc<Vector<'a>>) {
        if self.vectors.is_empty() {
            self.vectors.resize(self.prepared.plan.nodes.len(), None);
        }
        if let Some(slot) = self.vectors.get_mut(node.index()) {
            *slot = Some(vector);
        }
    }

    /// Keeps what failed of a node whose values are not kept.
    pub(crate) fn put_failed(&mut self, node: NodeId, failed: Failed) {
        if !failed.is_empty() {
            self.failed.push((node, failed));
        }
    }

    /// The frame a node is worked out in.
    pub(crate) fn frame(&self, id: NodeId) -> Result<Frame, EngineError> {
        let node = self.prepared.node(id)?;
        Ok(match (node.work, node.scope) {
            (Work::PerText(text), _) => Frame::Texts(text),
            (_, Scope::Constant) => Frame::Once,
            (_, Scope::Customer) => Frame::Rows(CUSTOMERS),
            (_, Scope::Row(table)) => Frame::Rows(table),
        })
    }

    /// How many rows a frame has here.
    pub(crate) fn rows(&self, frame: Frame) -> usize {
        match frame {
            Frame::Once => 1,
            Frame::Texts(text) => self.prepared.texts(text) + 1,
            Frame::Rows(table) => self.range(table).len(),
        }
    }

    /// Works a node out by its kernel and keeps the result.
    pub(crate) fn work(&mut self, id: NodeId) -> Result<(), EngineError> {
        let frame = self.frame(id)?;
        let rows = self.rows(frame);
        let op = &self.prepared.node(id)?.op;
        let Worked { vector, failed } = if let Op::Column(table, _) = op {
            self.column(id, *table).into()
        } else if let Op::Followed(step) = op {
            self.followed(id, step, frame)?
        } else if let Op::Gap { rows, moment, passes } = op {
            self.gaps(id, (*rows, *moment, *passes), frame)?
        } else {
            let mut operands = Vec::new();
            op.for_each_operand(|operand| operands.push(operand));
            let mut held: Vec<(Arc<Vector<'a>>, bool)> = Vec::with_capacity(operands.len());
            for (at, operand) in operands.into_iter().enumerate() {
                held.push(match (op, at) {
                    (Op::Gather { row, .. }, 1) => self.looked_up(*row, operand)?,
                    _ => self.operand(operand, frame)?,
                });
            }
            let inputs = inputs_of(&held);
            kernels::evaluate(&Task { prepared: self.prepared, node: id, rows, inputs: &inputs })?
        };
        self.put(id, vector, failed);
        Ok(())
    }

    /// Whether the rows of a frame are followed: what is asked of the rows that follow has their frame.
    fn followed(&mut self, id: NodeId, step: &Followed, frame: Frame) -> Result<Worked<'static>, EngineError> {
        let Frame::Rows(before) = frame else { return Err(EngineError::Broken(id.0, "a step behind no rows")) };
        let mut held: Vec<(Arc<Vector<'a>>, bool)> = Vec::new();
        for (operand, is_later) in step.operands() {
            held.push(self.operand(operand, if is_later { Frame::Rows(step.rows) } else { frame })?);
        }
        let inputs = inputs_of(&held);
        let customers = self.rows_by_customer(before).zip(self.rows_by_customer(step.rows));
        let task = Task { prepared: self.prepared, node: id, rows: self.rows(frame), inputs: &inputs };
        kernels::sequences::evaluate(&task, step, customers)
    }

    /// How long before each event another one of its customer was.
    fn gaps(
        &mut self,
        id: NodeId,
        (table, moment, passes): (TableId, NodeId, NodeId),
        frame: Frame,
    ) -> Result<Worked<'static>, EngineError> {
        let held = [self.operand(moment, frame)?, self.operand(passes, frame)?];
        let inputs = inputs_of(&held);
        let customers = self.rows_by_customer(table);
        let task = Task { prepared: self.prepared, node: id, rows: self.rows(frame), inputs: &inputs };
        let days = self.prepared.node(moment)?.ty == Type::Date;
        kernels::gaps::evaluate(&task, days, customers)
    }

    /// The rows of each customer of the block, counted from the block's first.
    fn rows_by_customer(&self, table: TableId) -> impl Iterator<Item = Range<usize>> + '_ {
        let first = self.range(table).start;
        self.range(CUSTOMERS).map(move |customer| {
            let rows = rows_of(self.prepared, table, customer..customer + 1);
            rows.start.saturating_sub(first)..rows.end.saturating_sub(first)
        })
    }

    fn column(&self, id: NodeId, table: TableId) -> Vector<'a> {
        let range = self.range(table);
        match self.prepared.column(id) {
            Some(column) => Vector::of_column(column, range),
            None => self.prepared.shape(id).missing(range.len()),
        }
    }

    /// A node's own vector, wherever it was worked out.
    fn own(&mut self, id: NodeId) -> Result<Arc<Vector<'a>>, EngineError> {
        if let Some(vector) = self.vectors.get(id.index()).and_then(|slot| slot.as_ref()) {
            return Ok(Arc::clone(vector));
        }
        if let Some(vector) = self.run.and_then(|run| run.vectors.get(id.index())).and_then(|slot| slot.as_ref()) {
            return Ok(Arc::clone(vector));
        }
        // Columns are read when they are first asked for.
        if let Op::Column(table, _) = self.prepared.node(id)?.op {
            let vector = Arc::new(self.column(id, table));
            self.keep(id, Arc::clone(&vector));
            return Ok(vector);
        }
        Err(EngineError::Broken(id.0, "it is asked for before it is worked out"))
    }

    /// A node's own vector in its own frame.
    pub(crate) fn vector(&self, id: NodeId) -> Result<Arc<Vector<'a>>, EngineError> {
        let of = |store: &Store<'a>| store.vectors.get(id.index()).and_then(|slot| slot.clone());
        of(self).or_else(|| self.run.and_then(of)).ok_or(EngineError::Broken(id.0, "it was not worked out"))
    }

    /// Whether values of a node that was worked out may be missing.
    pub(crate) fn own_known(&self, id: NodeId) -> Result<bool, EngineError> {
        Ok(self.vector(id)?.known.is_some())
    }

    /// A node as an operand in a frame, and whether it is one value for all rows.
    pub(crate) fn operand(&mut self, id: NodeId, frame: Frame) -> Result<(Arc<Vector<'a>>, bool), EngineError> {
        let own = self.frame(id)?;
        if own == Frame::Once {
            return Ok((self.own(id)?, frame != Frame::Once));
        }
        if own == frame {
            return Ok((self.own(id)?, false));
        }
        if let Some(vector) = self.spread.get(&(id, frame)) {
            return Ok((Arc::clone(vector), false));
        }
        let vector = Arc::new(self.moved(id, own, frame)?);
        self.spread.insert((id, frame), Arc::clone(&vector));
        Ok((vector, false))
    }

    fn moved(&mut self, id: NodeId, own: Frame, frame: Frame) -> Result<Vector<'a>, EngineError> {
        match (own, frame) {
            (_, Frame::Texts(text)) if text == id => Ok(every_code(self.prepared.texts(text))),
            (Frame::Texts(text), Frame::Rows(_)) => {
                let results = self.own(id)?;
                // A result per text reaches other rows through the text's own rows.
                let (codes, single) = self.operand(text, frame)?;
                let input = Input { vector: shorter(&codes), single };
                let missing = self.prepared.texts(text);
                let (codes, rows) = (input.codes(), self.rows(frame));
                let pick = |row: usize| Some(if input.known(row) { codes.at(row) as usize } else { missing });
                Ok(results.picked(rows, pick))
            }
            (Frame::Rows(from), Frame::Rows(to)) => {
                let values = self.own(id)?;
                let owners = self.owners(from, to)?;
                Ok(values.picked(owners.len(), |row| owners.get(row).map(|owner| *owner as usize)))
            }
            _ => Err(EngineError::Broken(id.0, "it is asked for in a frame it does not reach")),
        }
    }

    /// What a look-up picks from: a value for each row of the looked-up table.
    fn looked_up(&mut self, row: NodeId, value: NodeId) -> Result<(Arc<Vector<'a>>, bool), EngineError> {
        let Op::LookupRow { table, .. } = self.prepared.node(row)?.op else {
            return Err(EngineError::Broken(row.0, "it is no look-up"));
        };
        // Those values were worked out for the run; they are spread there once where that was foreseen.
        if let Some(run) = self.run
            && let Some(vector) = run.spread.get(&(value, Frame::Rows(table)))
        {
            return Ok((Arc::clone(vector), false));
        }
        let own = self.frame(value)?;
        if own == Frame::Rows(table) || own == Frame::Once {
            return Ok((self.own(value)?, own == Frame::Once));
        }
        self.operand(value, Frame::Rows(table))
    }

    /// For each row of `to` the row of `from`, above it, that holds it; both counted from the block's first.
    pub(crate) fn owners(&mut self, from: TableId, to: TableId) -> Result<Arc<Vec<u32>>, EngineError> {
        if let Some(owners) = self.owners.get(&(from, to)) {
            return Ok(Arc::clone(owners));
        }
        let above = self.prepared.owner_of(to);
        if to == CUSTOMERS {
            return Err(EngineError::Broken(from.0, "its rows are above no others"));
        }
        let holders = self.range(above);
        let mut owners = Vec::with_capacity(self.range(to).len());
        for (number, holder) in holders.enumerate() {
            let rows = rows_of(self.prepared, to, holder..holder + 1).len();
            let number = u32::try_from(number).unwrap_or(u32::MAX);
            owners.resize(owners.len() + rows, number);
        }
        if above != from {
            let higher = self.owners(from, above)?;
            for owner in &mut owners {
                *owner = higher.get(*owner as usize).copied().unwrap_or(0);
            }
        }
        let owners = Arc::new(owners);
        self.owners.insert((from, to), Arc::clone(&owners));
        Ok(owners)
    }
}

/// Operands as a kernel takes them.
fn inputs_of<'h>(held: &'h [(Arc<Vector<'_>>, bool)]) -> Vec<Input<'h>> {
    held.iter().map(|(vector, single)| Input { vector: shorter(vector), single: *single }).collect()
}

/// A vector that lives shorter than its data.
pub(crate) fn shorter<'s>(vector: &'s Vector<'_>) -> &'s Vector<'s> {
    vector
}

/// The rows of a table that a range of owners holds.
pub(crate) fn rows_of(prepared: &Prepared<'_>, table: TableId, owners: Range<usize>) -> Range<usize> {
    let groups = prepared.data.table(table).and_then(|data| data.groups.as_deref());
    match groups.and_then(|groups| groups.get(owners.start).zip(groups.get(owners.end))) {
        Some((from, to)) => *from as usize..*to as usize,
        None => 0..0,
    }
}

/// All codes of a dictionary in their order, and a missing value after them.
fn every_code(texts: usize) -> Vector<'static> {
    let count = u32::try_from(texts).unwrap_or(u32::MAX);
    let codes: Vec<u32> = (0..count).chain(std::iter::once(0)).collect();
    let known = super::vector::bits_by_row(texts + 1, |row| row < texts);
    Vector::new(Data::Code(Cow::Owned(codes)), Some(known))
}
