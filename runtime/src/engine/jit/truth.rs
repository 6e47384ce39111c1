//! The truth stage as code: sets of customers over literals, 128 customers at a time.
//!
//! Literals and results stand side by side for each 128 customers, so the code walks with two pointers and reaches every
//! literal by a constant offset.

use super::{Builder, Handle};
use crate::engine::EngineError;
use cranelift::codegen::ir::{BlockArg, MemFlagsData};
use cranelift::prelude::*;
use segue_compiler::plan::{Truth, TruthId};
use std::collections::BTreeSet;

/// Bytes that 128 customers take.
const STEP: i32 = 16;

/// Makes a function `(literals, results, steps)` that works the roots out; `literal` gives the position of a literal among
/// all, `first` the position of the first root among all results.
///
/// # Errors
/// Cranelift refuses the code.
pub(crate) fn define(
    builder: &mut Builder,
    sets: &[Truth],
    roots: &[TruthId],
    literals: usize,
    results: usize,
    first: usize,
    literal: impl Fn(TruthId) -> usize,
) -> Result<Handle, EngineError> {
    let needed = needed(sets, roots);
    builder.define(3, |_, code, parameters| {
        let [from, to, steps] = *parameters else { return Err(EngineError::Broken(0, "a function has no parameters")) };
        let flags = MemFlagsData::new().with_notrap();
        let (head, body, exit) = (code.create_block(), code.create_block(), code.create_block());
        for _ in 0..3 {
            code.append_block_param(head, types::I64);
        }
        let start: Vec<BlockArg> = [from, to, steps].into_iter().map(BlockArg::Value).collect();
        code.ins().jump(head, &start);
        code.switch_to_block(head);
        let state = code.block_params(head).to_vec();
        let [from, to, left] = *state.as_slice() else {
            return Err(EngineError::Broken(0, "a block has no parameters"));
        };
        code.ins().brif(left, body, &[], exit, &[]);
        code.switch_to_block(body);
        let mut values: Vec<Option<Value>> = vec![None; sets.len()];
        for id in needed {
            let Some(set) = sets.get(id.index()) else { continue };
            let operands: Vec<Value> =
                set.operands().iter().filter_map(|operand| values.get(operand.index()).copied().flatten()).collect();
            let value = match set {
                Truth::Constant(value) => constant(code, *value),
                Truth::Literal { .. } => {
                    let offset = offset(literal(id))?;
                    code.ins().load(types::I64X2, flags.with_readonly().with_can_move(), from, offset)
                }
                Truth::And(_) => joined(code, &operands, |code, left, right| code.ins().band(left, right)),
                Truth::Or(_) => joined(code, &operands, |code, left, right| code.ins().bor(left, right)),
                Truth::Complement(_) => match operands.first() {
                    Some(operand) => code.ins().bnot(*operand),
                    None => constant(code, true),
                },
                Truth::AtLeast(count, _) => at_least(code, *count as usize, &operands),
            };
            if let Some(slot) = values.get_mut(id.index()) {
                *slot = Some(value);
            }
        }
        for (at, root) in roots.iter().enumerate() {
            let Some(value) = values.get(root.index()).copied().flatten() else { continue };
            code.ins().store(flags, value, to, offset(first + at)?);
        }
        let from = code.ins().iadd_imm_s(from, i64::from(offset(literals)?));
        let to = code.ins().iadd_imm_s(to, i64::from(offset(results)?));
        let left = code.ins().iadd_imm_s(left, -1);
        let next: Vec<BlockArg> = [from, to, left].into_iter().map(BlockArg::Value).collect();
        code.ins().jump(head, &next);
        code.switch_to_block(exit);
        code.ins().return_(&[]);
        Ok(())
    })
}

fn offset(position: usize) -> Result<i32, EngineError> {
    i32::try_from(position)
        .ok()
        .and_then(|position| position.checked_mul(STEP))
        .ok_or(EngineError::Broken(0, "there are too many atoms"))
}

/// The sets that the roots are made from, ascending.
fn needed(sets: &[Truth], roots: &[TruthId]) -> BTreeSet<TruthId> {
    let mut needed: BTreeSet<TruthId> = BTreeSet::new();
    let mut pending: Vec<TruthId> = roots.to_vec();
    while let Some(id) = pending.pop() {
        if needed.insert(id)
            && let Some(set) = sets.get(id.index())
        {
            pending.extend_from_slice(set.operands());
        }
    }
    needed
}

fn constant(code: &mut FunctionBuilder<'_>, value: bool) -> Value {
    let word = code.ins().iconst(types::I64, if value { -1 } else { 0 });
    code.ins().splat(types::I64X2, word)
}

fn joined(
    code: &mut FunctionBuilder<'_>,
    operands: &[Value],
    join: impl Fn(&mut FunctionBuilder<'_>, Value, Value) -> Value,
) -> Value {
    let mut operands = operands.iter().copied();
    let first = operands.next();
    let first = first.unwrap_or_else(|| constant(code, false));
    operands.fold(first, |left, right| join(code, left, right))
}

/// Bits that at least `count` of the operands have: `reached[k]` after some of them has those that more than `k` had.
fn at_least(code: &mut FunctionBuilder<'_>, count: usize, operands: &[Value]) -> Value {
    if count == 0 {
        return constant(code, true);
    }
    let mut reached: Vec<Option<Value>> = vec![None; count];
    for operand in operands {
        for at in (1..count).rev() {
            let Some(below) = reached.get(at - 1).copied().flatten() else { continue };
            let both = code.ins().band(below, *operand);
            let here = reached.get(at).copied().flatten();
            let value = here.map_or(both, |here| code.ins().bor(here, both));
            if let Some(slot) = reached.get_mut(at) {
                *slot = Some(value);
            }
        }
        if let Some(slot) = reached.first_mut() {
            *slot = Some(slot.map_or(*operand, |here| code.ins().bor(here, *operand)));
        }
    }
    reached.last().copied().flatten().unwrap_or_else(|| constant(code, false))
}
