//! Machine code for a run, made by Cranelift.
//!
//! - Pages are writable while code is placed and executable afterwards, never both; the arena keeps all functions of a
//!   module within reach of one another.
//! - Dropping a module leaks its memory by design, since function pointers may be alive; [`Code`] owns the module and frees
//!   the memory when it is dropped. Its functions are given out as [`Callable`], which borrows it, so none is alive then.
//! - Where Cranelift has no code generator for a processor there is an error that says so; `--engine interpreter` serves.

pub(crate) mod aggregates;
mod cache;
mod compile;
pub(crate) mod pass;
pub(crate) mod reads;
pub(crate) mod truth;
pub(crate) mod values;

use super::EngineError;
pub use cache::CodeCache;
use compile::{Draft, compile};
use cranelift::codegen::ir::{Function, UserFuncName};
use cranelift::codegen::isa::OwnedTargetIsa;
use cranelift::prelude::*;
use cranelift_jit::{ArenaMemoryProvider, JITBuilder, JITModule};
use cranelift_module::{FuncId, Linkage, Module, default_libcall_names};
use std::marker::PhantomData;

/// Address space set aside for the code of one module; only what is used is backed by memory.
const RESERVED: usize = 256 << 20;

/// Functions while they are written down.
pub(crate) struct Builder {
    isa: OwnedTargetIsa,
    module: JITModule,
    functions: FunctionBuilderContext,
    drafts: Vec<Draft>,
}

/// Names a function of a module.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Handle {
    function: FuncId,
    parameters: usize,
}

impl Builder {
    /// A module for this machine.
    ///
    /// # Errors
    /// There is no code generator for the processor, or no memory.
    pub(crate) fn new(helpers: &[(&str, *const u8)]) -> Result<Builder, EngineError> {
        let mut flags = settings::builder();
        let verify = if cfg!(debug_assertions) { "true" } else { "false" };
        for (name, value) in [
            ("opt_level", "speed"),
            ("is_pic", "false"),
            ("use_colocated_libcalls", "false"),
            ("enable_verifier", verify),
        ] {
            flags.set(name, value).map_err(EngineError::code)?;
        }
        let isa = cranelift_native::builder()
            .map_err(EngineError::Processor)?
            .finish(settings::Flags::new(flags))
            .map_err(EngineError::code)?;
        let mut builder = JITBuilder::with_isa(OwnedTargetIsa::clone(&isa), default_libcall_names());
        builder.memory_provider(Box::new(ArenaMemoryProvider::new_with_size(RESERVED).map_err(EngineError::code)?));
        for (name, address) in helpers {
            builder.symbol(*name, *address);
        }
        let module = JITModule::new(builder);
        Ok(Builder { isa, module, functions: FunctionBuilderContext::new(), drafts: Vec::new() })
    }

    /// Writes down a function that takes pointers and 64-bit integers and gives nothing; `emit` gets its parameters.
    ///
    /// # Errors
    /// Cranelift refuses its name or what `emit` refuses, which is a mistake of ours.
    pub(crate) fn define(
        &mut self,
        parameters: usize,
        emit: impl FnOnce(&mut JITModule, &mut FunctionBuilder<'_>, &[Value]) -> Result<(), EngineError>,
    ) -> Result<Handle, EngineError> {
        let mut signature = self.module.make_signature();
        signature.params.extend((0..parameters).map(|_| AbiParam::new(types::I64)));
        let count = u32::try_from(self.drafts.len()).map_err(EngineError::code)?;
        let name = format!("function_{count}");
        let id = self.module.declare_function(&name, Linkage::Local, &signature).map_err(EngineError::code)?;
        let mut body = Function::with_name_signature(UserFuncName::user(0, count), signature);
        let mut builder = FunctionBuilder::new(&mut body, &mut self.functions);
        let entry = builder.create_block();
        builder.append_block_params_for_function_params(entry);
        builder.switch_to_block(entry);
        let given = builder.block_params(entry).to_vec();
        emit(&mut self.module, &mut builder, &given)?;
        builder.seal_all_blocks();
        builder.finalize(self.module.target_config());
        self.drafts.push(Draft { id, body });
        Ok(Handle { function: id, parameters })
    }

    /// Makes the code of all functions, by so many threads and with what the cache holds, places it and makes it executable.
    ///
    /// # Errors
    /// Cranelift refuses a function, which is a mistake of ours, or the system the memory.
    pub(crate) fn finish(mut self, threads: usize, cache: Option<&CodeCache>) -> Result<Code, EngineError> {
        let cache = cache.and_then(CodeCache::open);
        for made in compile(&*self.isa, self.drafts, threads, cache.as_ref())? {
            let defined = self.module.define_function_bytes(made.id, made.alignment, &made.bytes, &made.relocations);
            defined.map_err(EngineError::code)?;
        }
        if let Some(cache) = cache {
            cache.close();
        }
        self.module.finalize_definitions().map_err(EngineError::code)?;
        Ok(Code { module: Some(self.module) })
    }
}

/// Makes a module when something first needs code: a run that needs none does not pay for it.
#[derive(Debug)]
pub(crate) struct Maker<'h> {
    helpers: &'h [(&'static str, *const u8)],
    builder: Option<Builder>,
}

impl<'h> Maker<'h> {
    /// Nothing yet; the helpers may be called by the code, by name.
    pub(crate) fn new(helpers: &'h [(&'static str, *const u8)]) -> Maker<'h> {
        Maker { helpers, builder: None }
    }

    /// The module.
    ///
    /// # Errors
    /// See [`Builder::new`].
    pub(crate) fn builder(&mut self) -> Result<&mut Builder, EngineError> {
        match &mut self.builder {
            Some(builder) => Ok(builder),
            none => Ok(none.insert(Builder::new(self.helpers)?)),
        }
    }

    /// The code, where any was made.
    ///
    /// # Errors
    /// See [`Builder::finish`].
    pub(crate) fn finish(self, threads: usize, cache: Option<&CodeCache>) -> Result<Option<Code>, EngineError> {
        self.builder.map(|builder| builder.finish(threads, cache)).transpose()
    }
}

/// Executable code.
pub(crate) struct Code {
    /// `None` only while it is dropped.
    module: Option<JITModule>,
}

// SAFETY: once the definitions are final nothing of the module is changed any more; threads only read addresses of
// finished functions and call them.
unsafe impl Sync for Code {}
// SAFETY: the module holds no state that belongs to a thread.
unsafe impl Send for Code {}

impl Code {
    /// A function, callable while the code lives.
    ///
    /// # Errors
    /// The code is being dropped, which nobody can see.
    pub(crate) fn function(&self, handle: Handle) -> Result<Callable<'_>, EngineError> {
        let module = self.module.as_ref().ok_or(EngineError::Broken(0, "the code is gone"))?;
        let address = module.get_finalized_function(handle.function);
        Ok(Callable { address, parameters: handle.parameters, code: PhantomData })
    }
}

/// A function of some code, which it borrows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Callable<'c> {
    address: *const u8,
    parameters: usize,
    code: PhantomData<&'c Code>,
}

impl Callable<'_> {
    /// Calls a function of a pointer and a number.
    ///
    /// # Errors
    /// The function has other parameters.
    ///
    /// # Safety
    /// All that the function reads and writes through the pointer is there, and what it writes is nobody else's.
    pub(crate) unsafe fn with_slots(&self, slots: &[u64], count: u64) -> Result<(), EngineError> {
        if self.parameters != 2 {
            return Err(EngineError::Broken(0, "a function has other parameters"));
        }
        // SAFETY: the address is that of a function of two words that gives nothing, made by `Builder::define` with the
        // machine's own calling convention; the borrow of the code keeps it in place.
        let function: extern "C" fn(*const u64, u64) = unsafe { std::mem::transmute(self.address) };
        function(slots.as_ptr(), count);
        Ok(())
    }

    /// Calls a function of words in slots, `apart` words from one slot to the next, and a number of steps.
    ///
    /// # Errors
    /// The function has other parameters.
    ///
    /// # Safety
    /// The function reads and writes no further than the words in so many steps.
    pub(crate) unsafe fn with_slots_of_words(
        &self,
        words: &mut [u64],
        apart: usize,
        steps: usize,
    ) -> Result<(), EngineError> {
        if self.parameters != 3 {
            return Err(EngineError::Broken(0, "a function has other parameters"));
        }
        // SAFETY: as above, for three words.
        let function: extern "C" fn(*mut u64, usize, usize) = unsafe { std::mem::transmute(self.address) };
        function(words.as_mut_ptr(), apart * size_of::<u64>(), steps);
        Ok(())
    }
}

impl Drop for Code {
    fn drop(&mut self) {
        if let Some(module) = self.module.take() {
            // SAFETY: each `Callable` borrows this value, so none is left when it is dropped, and no call is under way.
            unsafe { module.free_memory() }
        }
    }
}

impl std::fmt::Debug for Code {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Code")
    }
}

impl std::fmt::Debug for Builder {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Builder")
    }
}
