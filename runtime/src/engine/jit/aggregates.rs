//! What the loop keeps for each aggregate, and how a row that counts changes it.
//!
//! Each owner has one record, all zero at first; an aggregate has its words at a fixed place in it. What the words mean is
//! said once, in [`Kept`], which the finishing code reads too.

use super::reads::{Emitted, Emitter, Slot, changing, constant};
use crate::engine::EngineError;
use crate::engine::shape::Shape;
use cranelift::codegen::ir::{BlockArg, FuncRef, MemFlagsData};
use cranelift::prelude::*;
use segue_compiler::plan::NodeId;
use segue_compiler::syntax::tree::AggregateOperator;

/// The words of an aggregate in an owner's record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kept {
    /// One word: 1 once a row counted.
    Any,
    /// One word: bit 0 once a row was in the windows, bit 1 once one of them failed the condition.
    Every,
    /// One word: how many counted.
    Count,
    /// Three words: low and high half of a 128-bit total, and how many were added.
    Total,
    /// Two words: a float's bits, and how many were added.
    FloatTotal,
    /// Two words: the value, and 1 once there is one. A text's value is its place in the order above its code.
    Extreme,
    /// Two words: the value, and the number of its moment, from 1.
    AtMoment,
    /// One word: how many different.
    Different,
    /// Two words: the value, and 1 once there is one; written by a helper.
    Frequent,
}

impl Kept {
    /// How an operator's state is kept; `is_float` says what is added.
    pub(crate) fn of(operator: AggregateOperator, is_float: bool) -> Option<Kept> {
        Some(match operator {
            AggregateOperator::Any => Kept::Any,
            AggregateOperator::Every => Kept::Every,
            AggregateOperator::Number => Kept::Count,
            AggregateOperator::Sum | AggregateOperator::Average if is_float => Kept::FloatTotal,
            AggregateOperator::Sum | AggregateOperator::Average => Kept::Total,
            AggregateOperator::Smallest | AggregateOperator::Largest => Kept::Extreme,
            AggregateOperator::First | AggregateOperator::Latest => Kept::AtMoment,
            AggregateOperator::Different => Kept::Different,
            AggregateOperator::MostFrequent => Kept::Frequent,
            AggregateOperator::No | AggregateOperator::Count(..) | AggregateOperator::Gap(_) => return None,
        })
    }

    /// How many words.
    pub(crate) fn words(self) -> usize {
        match self {
            Kept::Any | Kept::Every | Kept::Count | Kept::Different => 1,
            Kept::FloatTotal | Kept::Extreme | Kept::AtMoment | Kept::Frequent => 2,
            Kept::Total => 3,
        }
    }
}

/// An aggregate of a function.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry {
    pub(crate) node: NodeId,
    pub(crate) operator: AggregateOperator,
    pub(crate) value: Option<NodeId>,
    pub(crate) kept: Kept,
    /// Its first word in the record.
    pub(crate) word: usize,
}

/// Helpers that a function may call.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Helpers {
    /// `(kept, owner, value) -> 1 where the value is new`
    pub(crate) different: FuncRef,
    /// `(kept, owner, value, place in the order, moment, record)`
    pub(crate) frequent: FuncRef,
}

/// A value as the bits that are kept.
struct Bits {
    bits: Value,
    known: Option<Value>,
    emitted: Emitted,
}

impl Emitter<'_, '_, '_> {
    /// Reads what an aggregate's update needs, so that it is there whatever branch is taken.
    pub(crate) fn read_ahead(&mut self, entry: &Entry) -> Result<(), EngineError> {
        match entry.value {
            // Entries of lists are read where they are counted.
            Some(value) if !self.is_list(value) => self.read(value).map(|_| ()),
            _ => Ok(()),
        }
    }

    fn is_list(&self, value: NodeId) -> bool {
        matches!(self.prepared.shape(value), Shape::List(_))
    }

    /// The code that a row which counts runs for an aggregate: once, or for each entry of the list it asks about.
    pub(crate) fn update(&mut self, entry: &Entry, record: Value, helpers: Helpers) -> Result<(), EngineError> {
        let Some(list) = entry.value.filter(|value| self.is_list(*value)) else {
            return self.update_once(entry, record, helpers);
        };
        let (from, to) = self.list_bounds(list)?;
        let (head, body, next) = (self.code.create_block(), self.code.create_block(), self.code.create_block());
        let at = self.code.append_block_param(head, types::I64);
        self.code.ins().jump(head, &[BlockArg::Value(from)]);

        self.code.switch_to_block(head);
        let more = self.code.ins().icmp(IntCC::UnsignedLessThan, at, to);
        self.code.ins().brif(more, body, &[], next, &[]);

        self.code.switch_to_block(body);
        let value = self.list_entry(list, at)?;
        // Within this loop the entry stands for the value; behind it nothing does.
        self.values.insert(list, value);
        self.update_once(entry, record, helpers)?;
        self.values.remove(&list);
        let following = self.code.ins().iadd_imm_s(at, 1);
        self.code.ins().jump(head, &[BlockArg::Value(following)]);

        self.code.switch_to_block(next);
        Ok(())
    }

    /// What one value does, in the current block.
    fn update_once(&mut self, entry: &Entry, record: Value, helpers: Helpers) -> Result<(), EngineError> {
        match entry.kept {
            Kept::Any => {
                let one = self.code.ins().iconst(types::I64, 1);
                self.store(one, record, entry.word)
            }
            Kept::Count => self.add(record, entry.word, 1),
            Kept::Every => Err(EngineError::Broken(entry.node.0, "it is updated elsewhere")),
            _ => {
                let Some(value) = entry.value else { return Err(EngineError::Broken(entry.node.0, "it has no value")) };
                let bits = self.value_bits(value)?;
                let next = self.code.create_block();
                if let Some(known) = bits.known {
                    let add = self.code.create_block();
                    self.code.ins().brif(known, add, &[], next, &[]);
                    self.code.switch_to_block(add);
                }
                self.update_known(entry, &bits, record, helpers)?;
                self.code.ins().jump(next, &[]);
                self.code.switch_to_block(next);
                Ok(())
            }
        }
    }

    /// `every`: the row is in the windows; `holds` is 1 where its condition certainly holds.
    pub(crate) fn update_every(&mut self, entry: &Entry, record: Value, holds: Value) -> Result<(), EngineError> {
        let failed = self.code.ins().bxor_imm_u(holds, 1);
        let failed = self.code.ins().uextend(types::I64, failed);
        let failed = self.code.ins().ishl_imm_u(failed, 1);
        let state = self.code.ins().bor_imm_u(failed, 1);
        let before = self.load_word(record, entry.word)?;
        let after = self.code.ins().bor(before, state);
        self.store(after, record, entry.word)
    }

    fn update_known(
        &mut self,
        entry: &Entry,
        value: &Bits,
        record: Value,
        helpers: Helpers,
    ) -> Result<(), EngineError> {
        let word = entry.word;
        match entry.kept {
            Kept::Total => {
                let low = self.load_word(record, word)?;
                let high = self.load_word(record, word + 1)?;
                let total = self.code.ins().iadd(low, value.bits);
                let carry = self.code.ins().icmp(IntCC::UnsignedLessThan, total, value.bits);
                let carry = self.code.ins().uextend(types::I64, carry);
                let sign = self.code.ins().sshr_imm_u(value.bits, 63);
                let high = self.code.ins().iadd(high, sign);
                let high = self.code.ins().iadd(high, carry);
                self.store(total, record, word)?;
                self.store(high, record, word + 1)?;
                self.add(record, word + 2, 1)
            }
            Kept::FloatTotal => {
                let Emitted::Float { value, .. } = value.emitted else {
                    return Err(EngineError::Broken(entry.node.0, "it adds no floats"));
                };
                let offset = offset(word)?;
                let total = self.code.ins().load(types::F64, changing(), record, offset);
                let total = self.code.ins().fadd(total, value);
                self.code.ins().store(changing(), total, record, offset);
                self.add(record, word + 1, 1)
            }
            Kept::Extreme => {
                let (bits, better) = self.better(entry, value, record)?;
                self.replace(record, word, better, bits, None)
            }
            Kept::AtMoment => self.update_at_moment(entry, value, record),
            Kept::Different => match value.emitted {
                Emitted::Code { value: code, .. } => {
                    let stamps = self.slot(Slot::Stamps(entry.node))?;
                    let first = self.slot(Slot::Stamp)?;
                    let stamp = self.code.ins().iadd(first, self.owner);
                    let stamp = self.code.ins().ireduce(types::I32, stamp);
                    let index = self.code.ins().uextend(types::I64, code);
                    let offset = self.code.ins().ishl_imm_u(index, 2);
                    let address = self.code.ins().iadd(stamps, offset);
                    let before = self.code.ins().load(types::I32, changing(), address, 0);
                    let new = self.code.ins().icmp(IntCC::NotEqual, before, stamp);
                    self.code.ins().store(changing(), stamp, address, 0);
                    let count = self.load_word(record, word)?;
                    let new = self.code.ins().uextend(types::I64, new);
                    let count = self.code.ins().iadd(count, new);
                    self.store(count, record, word)
                }
                _ => {
                    let kept = self.slot(Slot::Kept(entry.node))?;
                    let call = self.code.ins().call(helpers.different, &[kept, self.owner, value.bits]);
                    let new = self.code.inst_results(call).first().copied();
                    let new = new.ok_or(EngineError::Broken(entry.node.0, "a helper gives nothing"))?;
                    let count = self.load_word(record, word)?;
                    let count = self.code.ins().iadd(count, new);
                    self.store(count, record, word)
                }
            },
            Kept::Frequent => {
                let kept = self.slot(Slot::Kept(entry.node))?;
                let place = self.place(entry, value)?;
                let moment = self.moment()?;
                let address = self.code.ins().iadd_imm_s(record, i64::from(offset(word)?));
                let arguments = [kept, self.owner, value.bits, place, moment, address];
                self.code.ins().call(helpers.frequent, &arguments);
                Ok(())
            }
            Kept::Any | Kept::Every | Kept::Count => Err(EngineError::Broken(entry.node.0, "it has no value")),
        }
    }

    /// `first` and `latest`: rows come in the order of their moments; within one moment the value decides.
    fn update_at_moment(&mut self, entry: &Entry, value: &Bits, record: Value) -> Result<(), EngineError> {
        let word = entry.word;
        let moment = self.moment()?;
        let before = self.load_word(record, word + 1)?;
        let (bits, better_value) = self.better(entry, value, record)?;
        let same = self.code.ins().icmp(IntCC::Equal, before, moment);
        let better = match entry.operator {
            AggregateOperator::First => {
                let none = self.code.ins().icmp_imm_s(IntCC::Equal, before, 0);
                let tie = self.code.ins().band(same, better_value);
                self.code.ins().bor(none, tie)
            }
            _ => {
                let later = self.code.ins().bxor_imm_u(same, 1);
                self.code.ins().bor(later, better_value)
            }
        };
        self.replace(record, word, better, bits, Some(moment))
    }

    /// The bits to keep, and 1 where they beat those kept: smaller for `smallest` and `first`, else greater. Where nothing
    /// is kept yet an extreme always wins.
    fn better(&mut self, entry: &Entry, value: &Bits, record: Value) -> Result<(Value, Value), EngineError> {
        let word = entry.word;
        let least = matches!(entry.operator, AggregateOperator::Smallest | AggregateOperator::First);
        let before = self.load_word(record, word)?;
        let (bits, wins) = match value.emitted {
            Emitted::Float { value: float, .. } => {
                let before = self.code.ins().bitcast(types::F64, MemFlagsData::new(), before);
                let order = if least { FloatCC::LessThan } else { FloatCC::GreaterThan };
                (value.bits, self.code.ins().fcmp(order, float, before))
            }
            Emitted::Code { .. } => {
                let place = self.place(entry, value)?;
                let high = self.code.ins().ishl_imm_u(place, 32);
                let bits = self.code.ins().bor(high, value.bits);
                let order = if least { IntCC::UnsignedLessThan } else { IntCC::UnsignedGreaterThan };
                (bits, self.code.ins().icmp(order, bits, before))
            }
            _ => {
                let order = if least { IntCC::SignedLessThan } else { IntCC::SignedGreaterThan };
                (value.bits, self.code.ins().icmp(order, value.bits, before))
            }
        };
        if entry.kept != Kept::Extreme {
            return Ok((bits, wins));
        }
        let found = self.load_word(record, word + 1)?;
        let none = self.code.ins().icmp_imm_s(IntCC::Equal, found, 0);
        Ok((bits, self.code.ins().bor(wins, none)))
    }

    /// Keeps the bits and the second word (1 where none is given) where `better` is 1.
    fn replace(
        &mut self,
        record: Value,
        word: usize,
        better: Value,
        bits: Value,
        second: Option<Value>,
    ) -> Result<(), EngineError> {
        let (take, next) = (self.code.create_block(), self.code.create_block());
        self.code.ins().brif(better, take, &[], next, &[]);
        self.code.switch_to_block(take);
        self.store(bits, record, word)?;
        let second = second.unwrap_or_else(|| self.code.ins().iconst(types::I64, 1));
        self.store(second, record, word + 1)?;
        self.code.ins().jump(next, &[]);
        self.code.switch_to_block(next);
        Ok(())
    }

    /// The place of a text in the order of its dictionary; 0 for what is no text.
    fn place(&mut self, entry: &Entry, value: &Bits) -> Result<Value, EngineError> {
        let Emitted::Code { .. } = value.emitted else { return Ok(self.code.ins().iconst(types::I64, 0)) };
        let order = self.slot(Slot::Order(entry.node))?;
        let offset = self.code.ins().ishl_imm_u(value.bits, 2);
        let address = self.code.ins().iadd(order, offset);
        let place = self.code.ins().load(types::I32, constant(), address, 0);
        Ok(self.code.ins().uextend(types::I64, place))
    }

    fn moment(&mut self) -> Result<Value, EngineError> {
        let moments = self.slot(Slot::Moments)?;
        let offset = self.code.ins().ishl_imm_u(self.local, 3);
        let address = self.code.ins().iadd(moments, offset);
        Ok(self.code.ins().load(types::I64, constant(), address, 0))
    }

    fn value_bits(&mut self, id: NodeId) -> Result<Bits, EngineError> {
        let emitted = self.read(id)?;
        Ok(match emitted {
            Emitted::Whole { value, known } => Bits { bits: value, known, emitted },
            Emitted::Float { value, known } => {
                Bits { bits: self.code.ins().bitcast(types::I64, MemFlagsData::new(), value), known, emitted }
            }
            Emitted::Code { value, known } => Bits { bits: self.code.ins().uextend(types::I64, value), known, emitted },
            Emitted::Truth { yes, no } => {
                let known = no.map(|no| self.code.ins().bor(yes, no));
                Bits { bits: self.code.ins().uextend(types::I64, yes), known, emitted }
            }
        })
    }

    fn load_word(&mut self, record: Value, word: usize) -> Result<Value, EngineError> {
        Ok(self.code.ins().load(types::I64, changing(), record, offset(word)?))
    }

    fn store(&mut self, value: Value, record: Value, word: usize) -> Result<(), EngineError> {
        self.code.ins().store(changing(), value, record, offset(word)?);
        Ok(())
    }

    fn add(&mut self, record: Value, word: usize, by: i64) -> Result<(), EngineError> {
        let before = self.load_word(record, word)?;
        let after = self.code.ins().iadd_imm_s(before, by);
        self.store(after, record, word)
    }
}

fn offset(word: usize) -> Result<i32, EngineError> {
    i32::try_from(word * 8).map_err(EngineError::code)
}
