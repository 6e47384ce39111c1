//! The truth stage as code: sets of customers over literals, 128 customers at a time.
//!
//! Literals and kept sets stand in slots, a stretch of words each, all equally far apart. The sets are cut into functions of
//! bounded size, since making code takes more than twice the time for twice the size; what a later function needs of an
//! earlier one is kept, as the roots are.

use super::{Builder, Handle};
use crate::engine::EngineError;
use cranelift::codegen::ir::{BlockArg, MemFlagsData};
use cranelift::prelude::*;
use rustc_hash::FxHashMap;
use segue_compiler::plan::{Truth, TruthId};

/// Bytes that 128 customers take in a slot.
const STEP: i64 = 16;

/// Where the code finds what it reads and writes.
#[derive(Debug)]
pub(crate) struct Layout<'a> {
    /// All sets, operands before users.
    pub(crate) sets: &'a [Truth],
    /// By set: the slot of a literal or of a set that is kept.
    pub(crate) slots: &'a [Option<usize>],
}

/// Makes a function `(slots, bytes from slot to slot, steps)` that works out `wanted`, in this order; their operands are
/// among them before their users, or literals, or kept by functions called before.
///
/// # Errors
/// Cranelift refuses the code.
pub(crate) fn define(builder: &mut Builder, layout: &Layout<'_>, wanted: &[TruthId]) -> Result<Handle, EngineError> {
    builder.define(3, |_, code, parameters| {
        let [slots, apart, steps] = *parameters else {
            return Err(EngineError::Broken(0, "a function has no parameters"));
        };
        let (head, body, exit) = (code.create_block(), code.create_block(), code.create_block());
        for _ in 0..2 {
            code.append_block_param(head, types::I64);
        }
        let start: Vec<BlockArg> = [slots, steps].into_iter().map(BlockArg::Value).collect();
        code.ins().jump(head, &start);
        code.switch_to_block(head);
        let state = code.block_params(head).to_vec();
        let [at, left] = *state.as_slice() else {
            return Err(EngineError::Broken(0, "a block has no parameters"));
        };
        code.ins().brif(left, body, &[], exit, &[]);
        code.switch_to_block(body);
        let mut sets = Sets { layout, values: FxHashMap::default(), at, apart };
        for id in wanted {
            let Some(set) = layout.sets.get(id.index()) else { continue };
            let value = match set {
                Truth::Constant(value) => constant(code, *value),
                Truth::Literal { .. } => sets.value(code, *id)?,
                Truth::And(operands) => {
                    sets.joined(code, operands, |code, left, right| code.ins().band(left, right))?
                }
                Truth::Or(operands) => sets.joined(code, operands, |code, left, right| code.ins().bor(left, right))?,
                Truth::Complement(operand) => {
                    let operand = sets.value(code, *operand)?;
                    code.ins().bnot(operand)
                }
                Truth::AtLeast(count, operands) => sets.at_least(code, *count as usize, operands)?,
            };
            sets.values.insert(*id, value);
            if let Some(slot) = sets.slot(*id) {
                let address = sets.address(code, slot)?;
                code.ins().store(MemFlagsData::new().with_notrap(), value, address, 0);
            }
        }
        let at = code.ins().iadd_imm_s(at, STEP);
        let left = code.ins().iadd_imm_s(left, -1);
        let next: Vec<BlockArg> = [at, left].into_iter().map(BlockArg::Value).collect();
        code.ins().jump(head, &next);
        code.switch_to_block(exit);
        code.ins().return_(&[]);
        Ok(())
    })
}

/// The sets that the code has at hand.
struct Sets<'a> {
    layout: &'a Layout<'a>,
    values: FxHashMap<TruthId, Value>,
    /// Where the words of slot 0 for these customers are.
    at: Value,
    /// Bytes from slot to slot.
    apart: Value,
}

impl Sets<'_> {
    fn slot(&self, id: TruthId) -> Option<usize> {
        self.layout.slots.get(id.index()).copied().flatten()
    }

    fn address(&self, code: &mut FunctionBuilder<'_>, slot: usize) -> Result<Value, EngineError> {
        let slot = i64::try_from(slot).map_err(|_| EngineError::Broken(0, "there are too many sets"))?;
        let offset = code.ins().imul_imm_s(self.apart, slot);
        Ok(code.ins().iadd(self.at, offset))
    }

    fn value(&mut self, code: &mut FunctionBuilder<'_>, id: TruthId) -> Result<Value, EngineError> {
        if let Some(value) = self.values.get(&id) {
            return Ok(*value);
        }
        let slot = self.slot(id).ok_or(EngineError::Broken(id.0, "a set is used before it is worked out"))?;
        let address = self.address(code, slot)?;
        let value = code.ins().load(types::I64X2, MemFlagsData::new().with_notrap(), address, 0);
        self.values.insert(id, value);
        Ok(value)
    }

    /// Each operand is fetched just before it is joined, so that few wait in registers.
    fn joined(
        &mut self,
        code: &mut FunctionBuilder<'_>,
        operands: &[TruthId],
        join: impl Fn(&mut FunctionBuilder<'_>, Value, Value) -> Value,
    ) -> Result<Value, EngineError> {
        let mut all: Option<Value> = None;
        for operand in operands {
            let value = self.value(code, *operand)?;
            all = Some(all.map_or(value, |all| join(code, all, value)));
        }
        Ok(all.unwrap_or_else(|| constant(code, false)))
    }

    /// Bits that at least `count` of the operands have: `reached[k]` after some of them has those that more than `k` had.
    fn at_least(
        &mut self,
        code: &mut FunctionBuilder<'_>,
        count: usize,
        operands: &[TruthId],
    ) -> Result<Value, EngineError> {
        if count == 0 {
            return Ok(constant(code, true));
        }
        let mut reached: Vec<Option<Value>> = vec![None; count];
        for operand in operands {
            let operand = self.value(code, *operand)?;
            for at in (1..count).rev() {
                let Some(below) = reached.get(at - 1).copied().flatten() else { continue };
                let both = code.ins().band(below, operand);
                let here = reached.get(at).copied().flatten();
                let value = here.map_or(both, |here| code.ins().bor(here, both));
                if let Some(slot) = reached.get_mut(at) {
                    *slot = Some(value);
                }
            }
            if let Some(slot) = reached.first_mut() {
                *slot = Some(slot.map_or(operand, |here| code.ins().bor(here, operand)));
            }
        }
        Ok(reached.last().copied().flatten().unwrap_or_else(|| constant(code, false)))
    }
}

fn constant(code: &mut FunctionBuilder<'_>, value: bool) -> Value {
    let word = code.ins().iconst(types::I64, if value { -1 } else { 0 });
    code.ins().splat(types::I64X2, word)
}
