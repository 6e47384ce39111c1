//! Functions made into machine code: by several threads, since none needs another's code, and with what earlier runs kept.

use super::cache::{Opened, Shelf};
use crate::engine::EngineError;
use cranelift::codegen::Context;
use cranelift::codegen::control::ControlPlane;
use cranelift::codegen::ir::Function;
use cranelift::codegen::isa::TargetIsa;
use cranelift_module::{FuncId, ModuleReloc};
use rayon::prelude::*;

/// A function as it was written down for Cranelift.
pub(super) struct Draft {
    pub(super) id: FuncId,
    pub(super) body: Function,
}

/// A function's machine code, to be placed.
pub(super) struct Made {
    pub(super) id: FuncId,
    pub(super) bytes: Vec<u8>,
    pub(super) alignment: u64,
    /// Where it names helpers, whose addresses are known when it is placed.
    pub(super) relocations: Vec<ModuleReloc>,
}

/// Makes the code of all functions, in their order, on the threads of the rayon pool this is called in where more than one
/// may be used.
///
/// # Errors
/// Cranelift refuses a function, which is a mistake of ours.
pub(super) fn compile(
    isa: &dyn TargetIsa,
    drafts: Vec<Draft>,
    threads: usize,
    cache: Option<&Opened>,
) -> Result<Vec<Made>, EngineError> {
    // What a context has room for serves the next function too.
    if threads <= 1 || drafts.len() <= 1 {
        let mut context = Context::new();
        return drafts.into_iter().map(|draft| made(isa, &mut context, draft, cache)).collect();
    }
    drafts.into_par_iter().map_init(Context::new, |context, draft| made(isa, context, draft, cache)).collect()
}

fn made(isa: &dyn TargetIsa, context: &mut Context, draft: Draft, cache: Option<&Opened>) -> Result<Made, EngineError> {
    context.clear();
    context.func = draft.body;
    let control = &mut ControlPlane::default();
    match cache {
        Some(cache) => context.compile_with_cache(isa, &mut Shelf(cache), control).map(|_| ()),
        None => context.compile(isa, control).map(|_| ()),
    }
    .map_err(|error| EngineError::code(error.inner))?;
    let code = context.compiled_code().ok_or(EngineError::Broken(0, "a function has no code"))?;
    let relocations = code.buffer.relocs().iter();
    Ok(Made {
        id: draft.id,
        bytes: code.code_buffer().to_vec(),
        alignment: u64::from(code.buffer.alignment),
        relocations: relocations.map(|found| ModuleReloc::from_mach_reloc(found, &context.func, draft.id)).collect(),
    })
}
