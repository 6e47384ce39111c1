//! The loop of a pass: owner by owner, row by row, all aggregates of a chunk together.

use super::aggregates::{Entry, Helpers, Kept};
use super::reads::{Emitted, Emitter, Slot, Slots};
use super::{Builder, Handle};
use crate::engine::EngineError;
use crate::engine::prepare::Prepared;
use crate::engine::shape::Shape;
use crate::engine::store::Store;
use cranelift::codegen::ir::{BlockArg, FuncRef};
use cranelift::prelude::*;
use cranelift_jit::JITModule;
use cranelift_module::{Linkage, Module};
use rustc_hash::FxHashMap;
use segue_compiler::plan::{Aggregate, NodeId, Op, Pass};
use segue_compiler::syntax::tree::AggregateOperator;
use std::collections::BTreeSet;

/// What a row must meet to count: its windows, then its filter.
type Condition = (Option<NodeId>, Option<NodeId>);

/// Name under which code finds the helper for different values.
pub(crate) const DIFFERENT: &str = "segue_different";
/// Name under which code finds the helper for the most frequent value.
pub(crate) const FREQUENT: &str = "segue_frequent";

/// A function of a pass: `(slots, owners)`.
#[derive(Debug)]
pub(crate) struct PassFunction {
    pub(crate) handle: Handle,
    pub(crate) slots: Vec<Slot>,
    pub(crate) entries: Vec<Entry>,
    /// Words of an owner's record.
    pub(crate) stride: usize,
    /// Values worked out inside that can fail.
    pub(crate) failing: Vec<NodeId>,
}

/// Makes the function for some aggregates of a pass.
///
/// # Errors
/// Cranelift refuses the code, or the plan breaks its promises.
pub(crate) fn define(
    builder: &mut Builder,
    prepared: &Prepared<'_>,
    run: &Store<'_>,
    pass: &Pass,
    aggregates: &[NodeId],
) -> Result<PassFunction, EngineError> {
    let (entries, stride) = entries(prepared, aggregates)?;
    let values = values(prepared, pass, aggregates)?;
    let mut slots = Slots::default();
    let handle = builder.define(2, |module, code, parameters| {
        let [given, owners] = *parameters else { return Err(EngineError::Broken(0, "a function has no parameters")) };
        let helpers = helpers(module, code)?;
        let (owner_head, owner_body, row_head, row_body, row_next, exit) = (
            code.create_block(),
            code.create_block(),
            code.create_block(),
            code.create_block(),
            code.create_block(),
            code.create_block(),
        );
        let owner = code.append_block_param(owner_head, types::I64);
        let row = code.append_block_param(row_head, types::I64);
        let mut emitter = Emitter {
            code,
            prepared,
            run,
            pass,
            slots: &mut slots,
            given,
            row,
            local: row,
            owner,
            values: FxHashMap::default(),
        };
        let zero = emitter.code.ins().iconst(types::I64, 0);
        emitter.code.ins().jump(owner_head, &[BlockArg::Value(zero)]);

        emitter.code.switch_to_block(owner_head);
        let more = emitter.code.ins().icmp(IntCC::UnsignedLessThan, owner, owners);
        emitter.code.ins().brif(more, owner_body, &[], exit, &[]);

        emitter.code.switch_to_block(owner_body);
        let starts = emitter.slot(Slot::Starts)?;
        let ends = emitter.slot(Slot::Ends)?;
        let start = load_index(&mut emitter, starts);
        let end = load_index(&mut emitter, ends);
        let records = emitter.slot(Slot::Records)?;
        let size = i64::try_from(stride * 8).map_err(EngineError::code)?;
        let offset = emitter.code.ins().imul_imm_s(owner, size);
        let record = emitter.code.ins().iadd(records, offset);
        emitter.code.ins().jump(row_head, &[BlockArg::Value(start)]);

        emitter.code.switch_to_block(row_head);
        let more = emitter.code.ins().icmp(IntCC::UnsignedLessThan, row, end);
        let owner_next = emitter.code.create_block();
        emitter.code.ins().brif(more, row_body, &[], owner_next, &[]);

        emitter.code.switch_to_block(row_body);
        let base = emitter.slot(Slot::Base)?;
        emitter.local = emitter.code.ins().isub(row, base);
        emit_row(&mut emitter, &entries, &values, record, helpers)?;
        emitter.code.ins().jump(row_next, &[]);

        emitter.code.switch_to_block(row_next);
        let next = emitter.code.ins().iadd_imm_s(row, 1);
        emitter.code.ins().jump(row_head, &[BlockArg::Value(next)]);

        emitter.code.switch_to_block(owner_next);
        let next = emitter.code.ins().iadd_imm_s(owner, 1);
        emitter.code.ins().jump(owner_head, &[BlockArg::Value(next)]);

        emitter.code.switch_to_block(exit);
        emitter.code.ins().return_(&[]);
        Ok(())
    })?;
    let failing =
        values.into_iter().filter(|id| prepared.node(*id).is_ok_and(|node| !node.places.is_empty())).collect();
    Ok(PassFunction { handle, slots: slots.order, entries, stride, failing })
}

/// A 32-bit number of the owner, from an array.
fn load_index(emitter: &mut Emitter<'_, '_, '_>, array: Value) -> Value {
    let offset = emitter.code.ins().ishl_imm_u(emitter.owner, 2);
    let address = emitter.code.ins().iadd(array, offset);
    let index = emitter.code.ins().load(types::I32, super::reads::constant(), address, 0);
    emitter.code.ins().uextend(types::I64, index)
}

fn entries(prepared: &Prepared<'_>, aggregates: &[NodeId]) -> Result<(Vec<Entry>, usize), EngineError> {
    let mut word = 0;
    let mut entries = Vec::with_capacity(aggregates.len());
    for id in aggregates {
        let aggregate = aggregate(prepared, *id)?;
        let is_float = aggregate.value.is_some_and(|value| matches!(prepared.asked_shape(value), Shape::Float));
        let kept = Kept::of(aggregate.operator, is_float).ok_or(EngineError::Broken(id.0, "it was not lowered"))?;
        entries.push(Entry { node: *id, operator: aggregate.operator, value: aggregate.value, kept, word });
        word += kept.words();
    }
    Ok((entries, word))
}

fn aggregate<'a>(prepared: &Prepared<'a>, id: NodeId) -> Result<&'a Aggregate, EngineError> {
    match &prepared.node(id)?.op {
        Op::Aggregate(aggregate) => Ok(aggregate),
        _ => Err(EngineError::Broken(id.0, "it is no aggregate")),
    }
}

/// The values that these aggregates need of those the pass works out, operands first.
fn values(prepared: &Prepared<'_>, pass: &Pass, aggregates: &[NodeId]) -> Result<BTreeSet<NodeId>, EngineError> {
    let mut needed = BTreeSet::new();
    let mut pending = Vec::new();
    for id in aggregates {
        prepared.node(*id)?.op.for_each_operand(|operand| pending.push(operand));
    }
    while let Some(id) = pending.pop() {
        if pass.values.binary_search(&id).is_ok() && needed.insert(id) {
            prepared.node(id)?.op.for_each_operand(|operand| pending.push(operand));
        }
    }
    Ok(needed)
}

fn helpers(module: &mut JITModule, code: &mut FunctionBuilder<'_>) -> Result<Helpers, EngineError> {
    let mut import = |name: &str, parameters: usize, gives: bool| -> Result<FuncRef, EngineError> {
        let mut signature = module.make_signature();
        signature.params.extend((0..parameters).map(|_| AbiParam::new(types::I64)));
        if gives {
            signature.returns.push(AbiParam::new(types::I64));
        }
        let id = module.declare_function(name, Linkage::Import, &signature).map_err(EngineError::code)?;
        Ok(module.declare_func_in_func(id, code.func))
    };
    Ok(Helpers { different: import(DIFFERENT, 3, true)?, frequent: import(FREQUENT, 6, false)? })
}

/// What one row does: its values, then for each different condition one branch with the aggregates that count by it.
fn emit_row(
    emitter: &mut Emitter<'_, '_, '_>,
    entries: &[Entry],
    values: &BTreeSet<NodeId>,
    record: Value,
    helpers: Helpers,
) -> Result<(), EngineError> {
    for id in values {
        emitter.work(*id)?;
    }
    let mut groups: Vec<(Condition, Vec<Entry>)> = Vec::new();
    for entry in entries {
        let aggregate = aggregate(emitter.prepared, entry.node)?;
        // `every` looks at all rows in the windows.
        let filter = if entry.operator == AggregateOperator::Every { None } else { aggregate.filter };
        let condition = (aggregate.within, filter);
        match groups.iter_mut().find(|(known, _)| *known == condition) {
            Some((_, group)) => group.push(*entry),
            None => groups.push((condition, vec![*entry])),
        }
        emitter.read_ahead(entry)?;
    }
    for ((within, filter), group) in groups {
        let mut counts: Option<Value> = None;
        for condition in [within, filter].into_iter().flatten() {
            let yes = certain(emitter, condition)?;
            counts = Some(counts.map_or(yes, |before| emitter.code.ins().band(before, yes)));
        }
        let mut holds = Vec::with_capacity(group.len());
        for entry in &group {
            let every = entry.operator == AggregateOperator::Every;
            let filter = if every { aggregate(emitter.prepared, entry.node)?.filter } else { None };
            holds.push(match filter {
                Some(filter) => Some(certain(emitter, filter)?),
                None => None,
            });
        }
        let next = emitter.code.create_block();
        if let Some(counts) = counts {
            let count = emitter.code.create_block();
            emitter.code.ins().brif(counts, count, &[], next, &[]);
            emitter.code.switch_to_block(count);
        }
        for (entry, holds) in group.iter().zip(holds) {
            if entry.kept == Kept::Every {
                let holds = holds.unwrap_or_else(|| emitter.code.ins().iconst(types::I8, 1));
                emitter.update_every(entry, record, holds)?;
            } else {
                emitter.update(entry, record, helpers)?;
            }
        }
        emitter.code.ins().jump(next, &[]);
        emitter.code.switch_to_block(next);
    }
    Ok(())
}

/// 1 where a condition is certainly true.
fn certain(emitter: &mut Emitter<'_, '_, '_>, condition: NodeId) -> Result<Value, EngineError> {
    match emitter.read(condition)? {
        Emitted::Truth { yes, .. } => Ok(yes),
        _ => Err(EngineError::Broken(condition.0, "it is no yes/no value")),
    }
}
