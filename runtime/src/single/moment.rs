//! A program at one `as of`: what depends on the moment and not on the customer, worked out once.

use super::classes::Tables;
use super::passes::Pass;
use super::record::{Cells, Record};
use super::work::{Scratch, Work};
use super::{Answer, Inner, SingleError};
use crate::data::Raw;
use rustc_hash::FxHashMap;
use segue_compiler::plan::{NodeId, Op, Scope};
use segue_compiler::program::Window;
use segue_compiler::values::Value;
use segue_compiler::values::calendar::{Clock, Moments, TimeFilter, resolve};
use std::sync::Arc;

/// A compiled program at one `as of`. Made by [`super::Compiled::at`]; making one takes about as long as some hundred
/// records do, so it is kept for as long as the moment may stay the same.
#[derive(Debug)]
pub struct Moment {
    pub(super) inner: Arc<Inner>,
    pub(super) clock: Clock,
    /// By node: what is the same for everybody.
    constants: Vec<Option<Value>>,
    /// What windows mean against instants, and against days.
    filters: [FxHashMap<Arc<[Window]>, TimeFilter>; 2],
    pub(super) tables: Tables,
    /// By pass.
    pub(super) passes: Vec<Tables>,
    /// What is the same for everybody fails, which only the interpreter counts.
    pub(super) uncounted: bool,
}

impl Moment {
    pub(super) fn new(inner: Arc<Inner>, as_of: i64) -> Moment {
        let settings = &inner.program.settings;
        let clock = Clock { as_of, zone: settings.zone, week_start: settings.week_start };
        let nodes = &inner.plan.nodes;
        let mut moment = Moment {
            inner: Arc::clone(&inner),
            clock,
            constants: vec![None; nodes.len()],
            filters: Default::default(),
            tables: Tables::default(),
            passes: Vec::new(),
            uncounted: false,
        };
        for node in nodes {
            if let Op::InWindows(_, windows) = &node.op {
                for (filters, moments) in moment.filters.iter_mut().zip([Moments::Instants, Moments::Dates]) {
                    filters.entry(windows.clone()).or_insert_with(|| resolve(windows, &clock, moments));
                }
            }
        }
        let mut scratch = Scratch::default();
        for (at, node) in nodes.iter().enumerate() {
            if node.scope == Scope::Constant {
                let id = NodeId(u32::try_from(at).unwrap_or(u32::MAX));
                let mut work =
                    Work { inner: &inner, moment: &moment, record: None, given: None, scratch: &mut scratch };
                let value = work.constant(id);
                if let Some(slot) = moment.constants.get_mut(at) {
                    *slot = value;
                }
            }
        }
        moment.uncounted = scratch.uncounted || !scratch.failed.is_empty();
        moment.tables = inner.sets.tables(&inner, &moment);
        moment.passes = inner.passes.iter().map(|pass: &Pass| pass.sets.tables(&inner, &moment)).collect();
        moment
    }

    /// The `as of`, in microseconds since 1970-01-01T00:00Z.
    pub fn as_of(&self) -> i64 {
        self.clock.as_of
    }

    pub(super) fn constant(&self, id: NodeId) -> Option<Value> {
        self.constants.get(id.index())?.clone()
    }

    pub(super) fn filter(&self, windows: &Arc<[Window]>, dates: bool) -> Option<&TimeFilter> {
        self.filters.get(usize::from(dates))?.get(windows)
    }

    /// Works a record out. The answer stands in the record and is good until the record is changed.
    ///
    /// # Errors
    /// A value that must be known is missing, events of other customers, repeated keys; or the program breaks its
    /// promises.
    pub fn evaluate<'r>(&self, record: &'r mut Record) -> Result<&'r Answer, SingleError> {
        if !Arc::ptr_eq(&self.inner, &record.inner) {
            return Err(SingleError::OtherProgram);
        }
        record.settle()?;
        self.work_out(record)?;
        Ok(&record.answer)
    }

    /// Reads one JSON object into a record and works it out: the customer's fields by their columns' names, events and
    /// records as lists under their tables' names. What a record lacks is missing, names that nobody declares are skipped.
    ///
    /// # Errors
    /// The text is no such object, or a value does not suit its field; see [`Moment::evaluate`] for the rest.
    pub fn evaluate_json<'r>(&self, record: &'r mut Record, json: &str) -> Result<&'r Answer, SingleError> {
        record.read_json(json)?;
        self.evaluate(record)
    }

    fn work_out(&self, record: &mut Record) -> Result<(), SingleError> {
        let inner = &*self.inner;
        let Record { tables, answer, joined, scratch, .. } = record;
        scratch.clear();
        answer.problems.clear();
        let table = inner.layout.tables.first();
        let words = table.zip(tables.first()).map_or(&[][..], |(table, rows)| rows.row(table, 0));
        let cells = Cells { inner, tables };
        let mut work = Work { inner, moment: self, record: Some(cells), given: None, scratch };
        work.all(&inner.worked);
        work.sets(&inner.sets, &self.tables, super::work::CUSTOMER, words, joined, &mut answer.bits);
        for (slot, node) in answer.values.iter_mut().zip(&inner.traits) {
            *slot = node.and_then(|node| work.value(node, super::work::CUSTOMER));
        }
        let uncounted = self.uncounted || scratch.uncounted;
        if !scratch.failed.is_empty() {
            answer.count(inner, &scratch.failed);
        }
        answer.general = uncounted;
        if uncounted {
            super::general::everything(cells, self.clock.as_of, answer)
        } else if inner.has_slow {
            super::general::slow(cells, self.clock.as_of, answer)
        } else {
            Ok(())
        }
    }
}

impl Work<'_> {
    /// What is the same for everybody, from what comes before it.
    fn constant(&mut self, id: NodeId) -> Option<Value> {
        let node = self.inner.plan.nodes.get(id.index())?;
        self.op(id, node, super::work::CUSTOMER)
    }

    /// Works nodes of the customer out, operands before users.
    fn all(&mut self, nodes: &[NodeId]) {
        for node in nodes {
            self.value(*node, super::work::CUSTOMER);
        }
    }
}

/// A value for [`Record::set`]: days since 1970-01-01.
#[inline]
pub fn date(days: i32) -> Raw<'static> {
    Raw::Date(days)
}

/// A value for [`Record::set`]: microseconds since 1970-01-01T00:00Z.
#[inline]
pub fn instant(micros: i64) -> Raw<'static> {
    Raw::Instant(micros)
}

/// A value for [`Record::set`]: an amount in ten-thousandths of its currency.
#[inline]
pub fn amount(units: i64) -> Raw<'static> {
    Raw::Decimal { units: units.into(), scale: 4 }
}
