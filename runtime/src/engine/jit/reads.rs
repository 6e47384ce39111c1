//! What the loop of a pass reads, and how: from a column by row, from a vector by row or owner, from a table by code.
//!
//! Addresses are not part of the code: a function gets one array of slots, filled anew for each block. Loads from what does
//! not change during a call are marked so, and Cranelift moves them out of the loop or into the branch that needs them.
//!
//! A missing value's place may be read (it holds a zero), so no load is ever guarded by a test.

use crate::data::{Cells, StoredValues};
use crate::engine::EngineError;
use crate::engine::prepare::Prepared;
use crate::engine::shape::Shape;
use crate::engine::store::{Frame, Store};
use cranelift::codegen::ir::MemFlagsData;
use cranelift::prelude::*;
use rustc_hash::FxHashMap;
use segue_compiler::plan::{NodeId, Pass, Scope, Work};
use segue_compiler::program::CUSTOMERS;

/// One word that a function is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Slot {
    /// Address of the first row of each owner, 32 bits each.
    Starts,
    /// Address of one past the last row of each owner, 32 bits each.
    Ends,
    /// The block's first row.
    Base,
    /// Address of the aggregates' records.
    Records,
    /// Address of the values of a stored column, from the table's first row.
    Column(NodeId),
    /// What its cells count from, for whole numbers.
    ColumnBase(NodeId),
    /// What one more in a cell stands for.
    ColumnUnit(NodeId),
    /// Address of its known bits.
    ColumnKnown(NodeId),
    /// Address of the values of a vector, from the block's first row or owner.
    Vector(NodeId, Place),
    /// Address of its known bits.
    VectorKnown(NodeId, Place),
    /// Address of the first entry of each row's list, 32 bits each, from the block's first row.
    ListFrom(NodeId),
    /// Address of one past the last.
    ListTo(NodeId),
    /// Address of the entries of all lists of a node.
    Entries(NodeId),
    /// A single value itself.
    Single(NodeId),
    /// 1 where it is known.
    SingleKnown(NodeId),
    /// Address of a result per text; for yes/no a byte: 1 yes, 2 no, 0 unknown.
    Table(NodeId),
    /// Address of its known bits.
    TableKnown(NodeId),
    /// How many texts a node's values may be: no part of the code, which would be another one with every new text.
    Texts(NodeId),
    /// The first value in the windows.
    First(NodeId),
    /// The last value in the windows.
    Last(NodeId),
    /// Address of the bits of rows where the node divides by zero, from the block's first row.
    Division(NodeId),
    /// Address of the bits of rows where the node leaves its range.
    Overflow(NodeId),
    /// Address of the number of the moment of each row, from the block's first.
    Moments,
    /// Address of the place in the order of each text of the aggregate.
    Order(NodeId),
    /// Address of the marks of texts seen, for the aggregate.
    Stamps(NodeId),
    /// What marks a text as seen by the first owner; the next owner's is one more.
    Stamp,
    /// Address of what a helper keeps for the aggregate.
    Kept(NodeId),
}

/// By what a vector is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Place {
    Row,
    Owner,
}

/// A value inside the loop.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Emitted {
    /// 1 where it certainly is so, and where it certainly is not; `None` where one is the opposite of the other.
    Truth { yes: Value, no: Option<Value> },
    /// 64 bits and 1 where known; `None` where it always is.
    Whole { value: Value, known: Option<Value> },
    /// A float.
    Float { value: Value, known: Option<Value> },
    /// 32 bits.
    Code { value: Value, known: Option<Value> },
}

/// The slots of a function in their order.
#[derive(Debug, Default)]
pub(crate) struct Slots {
    pub(crate) order: Vec<Slot>,
    places: FxHashMap<Slot, usize>,
}

/// The body of a pass while it is made.
pub(crate) struct Emitter<'e, 'f, 'a> {
    pub(crate) code: &'e mut FunctionBuilder<'f>,
    pub(crate) prepared: &'e Prepared<'a>,
    pub(crate) run: &'e Store<'a>,
    pub(crate) pass: &'e Pass,
    pub(crate) slots: &'e mut Slots,
    /// The array of slots.
    pub(crate) given: Value,
    /// The row, counted from the table's first.
    pub(crate) row: Value,
    /// The row, counted from the block's first.
    pub(crate) local: Value,
    /// The owner, counted from the block's first.
    pub(crate) owner: Value,
    pub(crate) values: FxHashMap<NodeId, Emitted>,
}

/// The form a read has in memory.
#[derive(Debug, Clone, Copy)]
enum Form {
    Whole,
    Float,
    Code,
    Bit,
    State,
}

/// Where a pass finds the value of a node it does not work out itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    Column,
    Vector(Place),
    Single,
    Table(NodeId),
}

/// How a pass reads a node.
pub(crate) fn source(prepared: &Prepared<'_>, pass: &Pass, id: NodeId) -> Result<Source, EngineError> {
    let node = prepared.node(id)?;
    let innermost = Scope::Row(pass.rows.innermost());
    Ok(match node.scope {
        Scope::Constant => Source::Single,
        scope if scope == innermost => match node.work {
            Work::PerText(text) => Source::Table(text),
            _ if prepared.column(id).is_some() && !matches!(prepared.shape(id), Shape::List(_)) => Source::Column,
            _ => Source::Vector(Place::Row),
        },
        scope if scope == pass.rows.owner => Source::Vector(Place::Owner),
        _ => Source::Vector(Place::Row),
    })
}

/// The frame in which a vector is asked for.
pub(crate) fn frame_of(pass: &Pass, place: Place) -> Frame {
    match (place, pass.rows.owner) {
        (Place::Row, _) => Frame::Rows(pass.rows.innermost()),
        (Place::Owner, Scope::Row(table)) => Frame::Rows(table),
        (Place::Owner, _) => Frame::Rows(CUSTOMERS),
    }
}

impl Emitter<'_, '_, '_> {
    /// A slot's word. It does not change during a call.
    pub(crate) fn slot(&mut self, slot: Slot) -> Result<Value, EngineError> {
        let next = self.slots.order.len();
        let at = *self.slots.places.entry(slot).or_insert(next);
        if at == next {
            self.slots.order.push(slot);
        }
        let offset = i32::try_from(at * 8).map_err(EngineError::code)?;
        Ok(self.code.ins().load(types::I64, constant(), self.given, offset))
    }

    /// The value of a node that was worked out before the pass.
    pub(crate) fn read(&mut self, id: NodeId) -> Result<Emitted, EngineError> {
        if let Some(value) = self.values.get(&id) {
            return Ok(*value);
        }
        let value = match source(self.prepared, self.pass, id)? {
            Source::Column => self.read_column(id)?,
            Source::Vector(place) => {
                let index = match place {
                    Place::Row => self.local,
                    Place::Owner => self.owner,
                };
                let form = self.form(id)?;
                self.load(form, index, Slot::Vector(id, place), Some(Slot::VectorKnown(id, place)))?
            }
            Source::Single => self.read_single(id)?,
            Source::Table(text) => self.read_table(id, text)?,
        };
        self.values.insert(id, value);
        Ok(value)
    }

    /// The entries of the row's list, as places among all entries: the first, and one past the last. A missing list has
    /// none.
    pub(crate) fn list_bounds(&mut self, id: NodeId) -> Result<(Value, Value), EngineError> {
        let mut bound = |slot: Slot| {
            let bounds = self.slot(slot)?;
            let at = self.load_at(types::I32, bounds, self.local, 2);
            Ok::<_, EngineError>(self.code.ins().uextend(types::I64, at))
        };
        Ok((bound(Slot::ListFrom(id))?, bound(Slot::ListTo(id))?))
    }

    /// An entry of a list; they are all known.
    pub(crate) fn list_entry(&mut self, id: NodeId, at: Value) -> Result<Emitted, EngineError> {
        let form = form_of(self.prepared.asked_shape(id), id)?;
        self.load(form, at, Slot::Entries(id), None)
    }

    fn form(&self, id: NodeId) -> Result<Form, EngineError> {
        form_of(self.prepared.shape(id), id)
    }

    fn read_column(&mut self, id: NodeId) -> Result<Emitted, EngineError> {
        let Some(column) = self.prepared.column(id) else {
            return Err(EngineError::Broken(id.0, "its column is gone"));
        };
        let known = column.known().is_some().then_some(Slot::ColumnKnown(id));
        match column.values() {
            StoredValues::Boolean(_) => self.load(Form::Bit, self.row, Slot::Column(id), known),
            StoredValues::Number(_) => self.load(Form::Float, self.row, Slot::Column(id), known),
            StoredValues::Text { codes, .. } => {
                let cell = self.load_cell(id, codes)?;
                let value = match codes {
                    Cells::U8(_) | Cells::U16(_) => self.code.ins().uextend(types::I32, cell),
                    Cells::U32(_) => cell,
                    Cells::U40(_) | Cells::U64(_) => self.code.ins().ireduce(types::I32, cell),
                };
                let known = self.known_at(known, self.row)?;
                Ok(Emitted::Code { value, known })
            }
            StoredValues::List { .. } | StoredValues::Flags(_) => {
                Err(EngineError::Broken(id.0, "a loop cannot read a list"))
            }
            StoredValues::Integer(integers)
            | StoredValues::Money(integers)
            | StoredValues::Instant(integers)
            | StoredValues::Duration(integers)
            | StoredValues::Date(integers) => {
                let mut value = self.load_cell(id, integers.cells())?;
                if matches!(integers.cells(), Cells::U8(_) | Cells::U16(_) | Cells::U32(_)) {
                    value = self.code.ins().uextend(types::I64, value);
                }
                if integers.unit() != 1 {
                    let unit = self.slot(Slot::ColumnUnit(id))?;
                    value = self.code.ins().imul(value, unit);
                }
                let base = self.slot(Slot::ColumnBase(id))?;
                let value = self.code.ins().iadd(value, base);
                let known = self.known_at(known, self.row)?;
                Ok(Emitted::Whole { value, known })
            }
        }
    }

    /// The cell of the row, in the width it has; 64 bits for 40.
    fn load_cell(&mut self, id: NodeId, cells: &Cells) -> Result<Value, EngineError> {
        let (ty, shift) = match cells {
            Cells::U8(_) => (types::I8, 0),
            Cells::U16(_) => (types::I16, 1),
            Cells::U32(_) => (types::I32, 2),
            Cells::U40(_) => {
                let base = self.slot(Slot::Column(id))?;
                let offset = self.code.ins().imul_imm_s(self.row, 5);
                let address = self.code.ins().iadd(base, offset);
                let low = self.code.ins().load(types::I32, constant(), address, 0);
                let high = self.code.ins().load(types::I8, constant(), address, 4);
                let low = self.code.ins().uextend(types::I64, low);
                let high = self.code.ins().uextend(types::I64, high);
                let high = self.code.ins().ishl_imm_u(high, 32);
                return Ok(self.code.ins().bor(low, high));
            }
            Cells::U64(_) => (types::I64, 3),
        };
        let base = self.slot(Slot::Column(id))?;
        Ok(self.load_at(ty, base, self.row, shift))
    }

    fn known_at(&mut self, slot: Option<Slot>, index: Value) -> Result<Option<Value>, EngineError> {
        let Some(slot) = slot else { return Ok(None) };
        let words = self.slot(slot)?;
        Ok(Some(self.bit(words, index)))
    }

    fn read_single(&mut self, id: NodeId) -> Result<Emitted, EngineError> {
        let value = self.slot(Slot::Single(id))?;
        let known = self.slot(Slot::SingleKnown(id))?;
        let known = Some(self.code.ins().ireduce(types::I8, known));
        Ok(match self.prepared.shape(id) {
            Shape::Boolean => {
                let yes = self.code.ins().ireduce(types::I8, value);
                self.truth(yes, known)
            }
            Shape::Float => {
                let value = self.code.ins().bitcast(types::F64, MemFlagsData::new(), value);
                Emitted::Float { value, known }
            }
            Shape::Text(_) | Shape::Row => {
                let value = self.code.ins().ireduce(types::I32, value);
                Emitted::Code { value, known }
            }
            Shape::Whole | Shape::List(_) => Emitted::Whole { value, known },
        })
    }

    fn read_table(&mut self, id: NodeId, text: NodeId) -> Result<Emitted, EngineError> {
        let Emitted::Code { value, known } = self.read(text)? else {
            return Err(EngineError::Broken(text.0, "its values are no codes"));
        };
        let mut index = self.code.ins().uextend(types::I64, value);
        if let Some(known) = known {
            // The result for a missing text stands after those for the texts.
            let missing = self.slot(Slot::Texts(text))?;
            index = self.code.ins().select(known, index, missing);
        }
        let form = match self.form(id)? {
            Form::Bit => Form::State,
            other => other,
        };
        let optional = self.run.own_known(id)? && !matches!(form, Form::State);
        self.load(form, index, Slot::Table(id), optional.then_some(Slot::TableKnown(id)))
    }

    fn load(&mut self, form: Form, index: Value, values: Slot, known: Option<Slot>) -> Result<Emitted, EngineError> {
        let base = self.slot(values)?;
        let known = self.known_at(known, index)?;
        Ok(match form {
            Form::Whole => {
                let value = self.load_at(types::I64, base, index, 3);
                Emitted::Whole { value, known }
            }
            Form::Float => {
                let value = self.load_at(types::F64, base, index, 3);
                Emitted::Float { value, known }
            }
            Form::Code => {
                let value = self.load_at(types::I32, base, index, 2);
                Emitted::Code { value, known }
            }
            Form::Bit => {
                let yes = self.bit(base, index);
                self.truth(yes, known)
            }
            Form::State => {
                let byte = self.load_at(types::I8, base, index, 0);
                let yes = self.code.ins().band_imm_u(byte, 1);
                let no = self.code.ins().ushr_imm_u(byte, 1);
                Emitted::Truth { yes, no: Some(no) }
            }
        })
    }

    fn load_at(&mut self, ty: Type, base: Value, index: Value, shift: i64) -> Value {
        let offset = if shift == 0 { index } else { self.code.ins().ishl_imm_u(index, shift) };
        let address = self.code.ins().iadd(base, offset);
        self.code.ins().load(ty, constant(), address, 0)
    }

    /// The bit of an index, 0 or 1.
    pub(crate) fn bit(&mut self, words: Value, index: Value) -> Value {
        let at = self.code.ins().ushr_imm_u(index, 6);
        let word = self.load_at(types::I64, words, at, 3);
        // Shifts count modulo 64.
        let shifted = self.code.ins().ushr(word, index);
        let bit = self.code.ins().ireduce(types::I8, shifted);
        self.code.ins().band_imm_u(bit, 1)
    }

    /// A yes/no value whose bit is clear where it is missing.
    pub(crate) fn truth(&mut self, yes: Value, known: Option<Value>) -> Emitted {
        match known {
            None => Emitted::Truth { yes, no: None },
            Some(known) => {
                let yes = self.code.ins().band(yes, known);
                let no = self.code.ins().bxor(yes, known);
                Emitted::Truth { yes, no: Some(no) }
            }
        }
    }

    /// 1 for a yes/no value that is certainly not so.
    pub(crate) fn no(&mut self, yes: Value, no: Option<Value>) -> Value {
        no.unwrap_or_else(|| self.code.ins().bxor_imm_u(yes, 1))
    }

    /// Where all of the values are known, 1; `None` where they always are.
    pub(crate) fn all_known(&mut self, known: impl IntoIterator<Item = Option<Value>>) -> Option<Value> {
        let mut all: Option<Value> = None;
        for known in known.into_iter().flatten() {
            all = Some(match all {
                Some(before) => self.code.ins().band(before, known),
                None => known,
            });
        }
        all
    }
}

fn form_of(shape: &Shape, id: NodeId) -> Result<Form, EngineError> {
    Ok(match shape {
        Shape::Boolean => Form::Bit,
        Shape::Whole => Form::Whole,
        Shape::Float => Form::Float,
        Shape::Text(_) | Shape::Row => Form::Code,
        Shape::List(_) => return Err(EngineError::Broken(id.0, "a loop cannot read a list")),
    })
}

/// Memory that nothing changes while a function runs.
pub(crate) fn constant() -> MemFlagsData {
    MemFlagsData::new().with_notrap().with_readonly().with_can_move()
}

/// Memory that the function itself changes.
pub(crate) fn changing() -> MemFlagsData {
    MemFlagsData::new().with_notrap()
}
