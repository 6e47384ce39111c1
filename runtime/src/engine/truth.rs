//! The truth stage of a run: literals gathered for a block, sets worked out by code, members handed back.

use super::EngineError;
use super::jit::{self, Builder, Code, Handle};
use super::store::{Frame, Store, shorter};
use super::vector::{Input, tail_mask, words_for};
use rustc_hash::FxHashMap;
use segue_compiler::plan::{NodeId, Plan, Truth, TruthId};
use segue_compiler::program::CUSTOMERS;

/// Roots worked out by one function: more make it slower to compile than it gains.
const ROOTS: usize = 50;

/// What the truth stage reads and gives.
#[derive(Debug)]
pub(crate) struct TruthStage {
    literals: Vec<(NodeId, bool)>,
    roots: Vec<TruthId>,
    positions: FxHashMap<TruthId, usize>,
    functions: Vec<Handle>,
}

impl TruthStage {
    /// Makes the code of all segments and parts of a plan.
    ///
    /// # Errors
    /// Cranelift refuses the code.
    pub(crate) fn new(plan: &Plan, builder: &mut Builder) -> Result<TruthStage, EngineError> {
        let mut roots: Vec<TruthId> = plan.segments.iter().chain(plan.partitions.iter().flatten()).copied().collect();
        roots.sort_unstable();
        roots.dedup();
        let (mut literals, mut places) = (Vec::new(), FxHashMap::default());
        for (at, truth) in plan.truths.iter().enumerate() {
            if let Truth::Literal { atom, holds } = truth {
                places.insert(at, literals.len());
                literals.push((*atom, *holds));
            }
        }
        let literal = |id: TruthId| places.get(&id.index()).copied().unwrap_or(0);
        let mut functions = Vec::new();
        for (at, chunk) in roots.chunks(ROOTS).enumerate() {
            let first = at * ROOTS;
            functions.push(jit::truth::define(
                builder,
                &plan.truths,
                chunk,
                literals.len(),
                roots.len(),
                first,
                literal,
            )?);
        }
        let positions = roots.iter().enumerate().map(|(at, root)| (*root, at)).collect();
        Ok(TruthStage { literals, roots, positions, functions })
    }

    /// The members of every root in a block.
    ///
    /// # Errors
    /// The plan breaks its promises.
    pub(crate) fn run(&self, code: &Code, store: &mut Store<'_>) -> Result<Members, EngineError> {
        let rows = store.range(CUSTOMERS).len();
        let words = words_for(rows);
        let steps = words.div_ceil(2);
        let mut input = vec![0u64; steps * self.literals.len() * 2];
        for (at, (atom, holds)) in self.literals.iter().enumerate() {
            let (vector, single) = store.operand(*atom, Frame::Rows(CUSTOMERS))?;
            let values = Input { vector: shorter(&vector), single };
            for word in 0..words {
                let truth = values.truth_word(word);
                let bits = if *holds { truth } else { !truth } & values.known_word(word) & tail_mask(rows, word);
                if let Some(slot) = input.get_mut(place(word, at, self.literals.len())) {
                    *slot = bits;
                }
            }
        }
        let mut output = vec![0u64; steps * self.roots.len() * 2];
        for function in &self.functions {
            let address = code.address(*function).ok_or(EngineError::Broken(0, "the code is gone"))?;
            // SAFETY: the function was made for these parameters: it reads `steps` times as many pairs of words as there
            // are literals and writes `steps` times as many as there are roots, which is what the two hold.
            unsafe {
                let function: extern "C" fn(*const u64, *mut u64, usize) = std::mem::transmute(address);
                function(input.as_ptr(), output.as_mut_ptr(), steps);
            }
        }
        Ok(Members { output, roots: self.roots.len(), rows })
    }

    /// The members of one root.
    pub(crate) fn members(&self, members: &Members, root: TruthId) -> Vec<u64> {
        let Some(at) = self.positions.get(&root).copied() else { return vec![0; words_for(members.rows)] };
        let word = |word: usize| {
            let bits = members.output.get(place(word, at, members.roots)).copied().unwrap_or(0);
            bits & tail_mask(members.rows, word)
        };
        (0..words_for(members.rows)).map(word).collect()
    }
}

/// Where word `word` of column `at` of `columns` stands: two words of each column after one another.
fn place(word: usize, at: usize, columns: usize) -> usize {
    (word / 2 * columns + at) * 2 + word % 2
}

/// The members of all roots in a block.
#[derive(Debug)]
pub(crate) struct Members {
    output: Vec<u64>,
    roots: usize,
    rows: usize,
}
