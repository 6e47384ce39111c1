//! The truth stage of a run: literals gathered for a block, sets worked out by code, members handed back.

use super::EngineError;
use super::jit::{self, Builder, Code, Handle};
use super::store::{Frame, Store, shorter};
use super::vector::{Input, tail_mask, words_for};
use segue_compiler::plan::{NodeId, Plan, Truth, TruthId};
use segue_compiler::program::CUSTOMERS;

/// Operands of the sets worked out by one function: more make it slower to compile than it gains.
const OPERANDS: usize = 512;

/// What the truth stage reads and gives.
#[derive(Debug)]
pub(crate) struct TruthStage {
    literals: Vec<(NodeId, bool)>,
    /// By set: its position among those that are kept.
    kept: Vec<Option<usize>>,
    kept_count: usize,
    functions: Vec<Handle>,
}

impl TruthStage {
    /// Makes the code of all segments and parts of a plan.
    ///
    /// # Errors
    /// Cranelift refuses the code.
    pub(crate) fn new(plan: &Plan, builder: &mut Builder) -> Result<TruthStage, EngineError> {
        let count = plan.truths.len();
        let mut needed = vec![false; count];
        let mut kept = vec![None; count];
        let mut kept_count = 0;
        let mut keep = |id: TruthId| {
            if let Some(place) = kept.get_mut(id.index())
                && place.is_none()
            {
                *place = Some(kept_count);
                kept_count += 1;
            }
        };
        for root in plan.segments.iter().chain(plan.partitions.iter().flatten()) {
            keep(*root);
            if let Some(needed) = needed.get_mut(root.index()) {
                *needed = true;
            }
        }
        // Users stand after their operands.
        for (at, set) in plan.truths.iter().enumerate().rev() {
            if needed.get(at) == Some(&true) {
                for operand in set.operands() {
                    if let Some(needed) = needed.get_mut(operand.index()) {
                        *needed = true;
                    }
                }
            }
        }
        let mut literals = Vec::new();
        let mut places = vec![None; count];
        let mut chunks: Vec<Vec<TruthId>> = Vec::new();
        let mut chunk_of = vec![0; count];
        let mut room = 0;
        for (at, set) in plan.truths.iter().enumerate().filter(|(at, _)| needed.get(*at) == Some(&true)) {
            let id = TruthId(u32::try_from(at).unwrap_or(u32::MAX));
            if let (Truth::Literal { atom, holds }, Some(place)) = (set, places.get_mut(at)) {
                *place = Some(literals.len());
                literals.push((*atom, *holds));
            }
            let size = set.operands().len() + 1;
            if chunks.is_empty() || size > room {
                chunks.push(Vec::new());
                room = OPERANDS;
            }
            room = room.saturating_sub(size);
            let here = chunks.len();
            if let Some(chunk) = chunks.last_mut() {
                chunk.push(id);
            }
            if let Some(place) = chunk_of.get_mut(at) {
                *place = here;
            }
            for operand in set.operands() {
                let is_literal = places.get(operand.index()).is_some_and(Option::is_some);
                if !is_literal && chunk_of.get(operand.index()) != Some(&here) {
                    keep(*operand);
                }
            }
        }
        let layout = jit::truth::Layout {
            sets: &plan.truths,
            literals: &places,
            literal_count: literals.len(),
            kept: &kept,
            kept_count,
        };
        let functions =
            chunks.iter().map(|chunk| jit::truth::define(builder, &layout, chunk)).collect::<Result<Vec<_>, _>>()?;
        Ok(TruthStage { literals, kept, kept_count, functions })
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
        let mut output = vec![0u64; steps * self.kept_count * 2];
        for function in &self.functions {
            // SAFETY: the function was made for these parameters: it reads `steps` times as many pairs of words as there
            // are literals, and reads and writes `steps` times as many as there are kept sets, which is what the two hold.
            unsafe { code.function(*function)?.with_words(&input, &mut output, steps)? };
        }
        Ok(Members { output, kept: self.kept_count, rows })
    }

    /// The members of one root.
    pub(crate) fn members(&self, members: &Members, root: TruthId) -> Vec<u64> {
        let Some(at) = self.kept.get(root.index()).copied().flatten() else { return vec![0; words_for(members.rows)] };
        let word = |word: usize| {
            let bits = members.output.get(place(word, at, members.kept)).copied().unwrap_or(0);
            bits & tail_mask(members.rows, word)
        };
        (0..words_for(members.rows)).map(word).collect()
    }
}

/// Where word `word` of column `at` of `columns` stands: two words of each column after one another.
fn place(word: usize, at: usize, columns: usize) -> usize {
    (word / 2 * columns + at) * 2 + word % 2
}

/// The members of all kept sets in a block.
#[derive(Debug)]
pub(crate) struct Members {
    output: Vec<u64>,
    kept: usize,
    rows: usize,
}
