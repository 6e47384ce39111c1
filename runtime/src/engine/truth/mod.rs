//! The truth stage of a run: literals of a block, the sets made from them, who and how many are in those that are wanted.

mod order;
mod sets;

use super::EngineError;
use super::jit::truth::{Layout, define};
use super::jit::{Builder, Code, Handle, Maker};
use super::literals::{Literals, Slots};
use super::store::Store;
use super::vector::{tail_mask, words_for};
use crate::members::Keeper;
use crate::processor::Instructions;
pub(crate) use order::{Needs, Order};
use segue_compiler::plan::{NodeId, Plan, TruthId};
use segue_compiler::program::CUSTOMERS;
pub(crate) use sets::{STEP, work};

/// Operands of the sets worked out by one function: more make it slower to compile than it gains.
const OPERANDS: usize = 512;

/// What joins the sets, and goes over rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Truths {
    /// Loops that are there already.
    #[default]
    Loops,
    /// Code made for the run.
    Code,
    /// Loops that are there already, and an error where they do not do: no code is made.
    Static,
}

/// A set that is wanted.
#[derive(Debug, Clone, Copy)]
struct Root {
    slot: usize,
    /// Its segment, where its members are kept.
    kept: Option<usize>,
}

/// What the truth stage reads and gives.
#[derive(Debug)]
pub(crate) struct TruthStage<'a> {
    literals: Literals<'a>,
    slots: usize,
    stages: Stages,
    path: Instructions,
    /// Segments, so many, then the parts of each partition.
    roots: Vec<Root>,
    segments: usize,
}

/// How the sets are made.
#[derive(Debug)]
enum Stages {
    /// With the numbers of the roots that are ready after each operation; first those that are literals.
    Loops(Order),
    Code(Vec<Handle>),
}

/// What was found for a block.
#[derive(Debug, Default)]
pub(crate) struct Answers {
    /// By segment: how many are in it. A block has few enough customers.
    pub(crate) counts: Vec<u32>,
    /// By part of each partition: who is in it.
    pub(crate) parts: Vec<Vec<u64>>,
}

impl<'a> TruthStage<'a> {
    /// Prepares all segments (`members` says whether it is wanted who is in them, or only how many) and parts of a plan;
    /// what is worked out once is known already.
    ///
    /// # Errors
    /// The plan breaks its promises, or Cranelift refuses the code.
    pub(crate) fn new(
        plan: &Plan,
        run: &Store<'a>,
        members: bool,
        by: Truths,
        path: Instructions,
        maker: &mut Maker,
    ) -> Result<TruthStage<'a>, EngineError> {
        let roots: Vec<TruthId> = plan.segments.iter().chain(plan.partitions.iter().flatten()).copied().collect();
        let mut needs = Needs::new(&plan.truths, &roots);
        let literals = Literals::new(run, None, CUSTOMERS, needs.literals(), path)?;
        let (slots, stages) = match by {
            Truths::Loops | Truths::Static => {
                let order = needs.order(false);
                (order.slots, Stages::Loops(order))
            }
            Truths::Code => code(plan, &mut needs, maker.builder()?)?,
        };
        let roots = roots.iter().enumerate().map(|(number, root)| {
            let slot = needs.slot(*root).ok_or(EngineError::Broken(root.0, "a set is wanted and not worked out"))?;
            Ok(Root { slot, kept: (members && number < plan.segments.len()).then_some(number) })
        });
        let roots = roots.collect::<Result<Vec<Root>, EngineError>>()?;
        Ok(TruthStage { literals, slots, stages, path, roots, segments: plan.segments.len() })
    }

    /// How many sets of a block's customers there are at once.
    pub(crate) fn slots(&self) -> usize {
        self.slots
    }

    /// The atoms that kernels have to work out.
    pub(crate) fn worked(&self) -> impl Iterator<Item = NodeId> + '_ {
        self.literals.worked()
    }

    /// The answers of all roots for a block: segments, then the parts of each partition. Members of segments are
    /// given to the keeper.
    ///
    /// # Errors
    /// The plan breaks its promises.
    pub(crate) fn run(
        &self,
        code: Option<&Code>,
        store: &mut Store<'_>,
        slots: &mut Slots,
        keeper: &mut Keeper,
    ) -> Result<Answers, EngineError> {
        let customers = store.range(CUSTOMERS);
        let rows = customers.len();
        let stride = words_for(rows).next_multiple_of(STEP);
        slots.resize(self.slots, stride);
        self.literals.run(store, store.range(CUSTOMERS), slots)?;
        let parts = self.roots.len().saturating_sub(self.segments);
        let mut found = Answers { counts: vec![0; self.segments], parts: vec![Vec::new(); parts] };
        match &self.stages {
            Stages::Loops(Order { ready, operations, is_read, .. }) => {
                ready.iter().for_each(|number| self.answer(slots, *number, rows, None, keeper, &mut found));
                for ((operation, ready), is_read) in operations.iter().zip(is_read) {
                    let steps = stride / STEP;
                    // What stands past the last customer must not be counted.
                    let count = if ready.is_empty() || !rows.is_multiple_of(STEP * 64) {
                        sets::work(self.path, operation, slots, steps);
                        None
                    } else if *is_read || ready.iter().any(|number| self.is_kept(*number)) {
                        Some(sets::work_and_count(self.path, operation, slots, steps))
                    } else {
                        Some(sets::count_result(self.path, operation, slots, steps))
                    };
                    ready.iter().for_each(|number| self.answer(slots, *number, rows, count, keeper, &mut found));
                }
            }
            Stages::Code(functions) => {
                let code = code.ok_or(EngineError::Broken(0, "no code was made"))?;
                let steps = stride / 2;
                for function in functions {
                    // SAFETY: the function was made for these parameters: it reads and writes `steps` pairs of words of
                    // each slot, slot by slot `stride` words apart, and all slots it knows are there.
                    unsafe { code.function(*function)?.with_slots_of_words(slots.words_mut(), stride, steps)? };
                }
                (0..self.roots.len()).for_each(|number| self.answer(slots, number, rows, None, keeper, &mut found));
            }
        }
        Ok(found)
    }

    /// Whether it is wanted who is in a root's set, and not only how many.
    fn is_kept(&self, number: usize) -> bool {
        number >= self.segments || self.roots.get(number).is_some_and(|root| root.kept.is_some())
    }

    /// Takes a root's answer; `count` is known already or, where it is `None`, counted in the root's slot. Members are read
    /// from the slot only where they are wanted.
    fn answer(
        &self,
        slots: &mut Slots,
        number: usize,
        rows: usize,
        count: Option<u64>,
        keeper: &mut Keeper,
        found: &mut Answers,
    ) {
        let Some(root) = self.roots.get(number) else { return };
        if let (Some(count), None, Some(place)) = (count, root.kept, found.counts.get_mut(number)) {
            *place = u32::try_from(count).unwrap_or(u32::MAX);
            return;
        }
        let words = words_for(rows);
        // What stands past the last customer means nothing.
        if let Some(last) = words.checked_sub(1)
            && let Some(word) = slots.get_mut(root.slot).get_mut(last)
        {
            *word &= tail_mask(rows, last);
        }
        let members = slots.get(root.slot).get(..words).unwrap_or(&[]);
        let wanted = root.kept.is_some() || number < self.segments;
        let count = wanted.then(|| count.unwrap_or_else(|| sets::count(self.path, members)));
        if let (Some(segment), Some(count)) = (root.kept, count) {
            keeper.keep(segment, members, rows, usize::try_from(count).unwrap_or(rows));
        }
        if let (Some(place), Some(count)) = (found.counts.get_mut(number), count) {
            *place = u32::try_from(count).unwrap_or(u32::MAX);
        } else if let Some(place) = number.checked_sub(self.segments).and_then(|part| found.parts.get_mut(part)) {
            *place = members.to_vec();
        }
    }
}

/// Functions of bounded size; what a later one needs of an earlier one is kept, as the roots are.
fn code(plan: &Plan, needs: &mut Needs<'_>, builder: &mut Builder) -> Result<(usize, Stages), EngineError> {
    let mut chunks: Vec<Vec<TruthId>> = Vec::new();
    let mut chunk_of = vec![0; plan.truths.len()];
    let mut kept: Vec<TruthId> = needs.roots().to_vec();
    let mut room = 0;
    for (id, set) in needs.sets() {
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
        if let Some(place) = chunk_of.get_mut(id.index()) {
            *place = here;
        }
        kept.extend(set.operands().iter().filter(|operand| chunk_of.get(operand.index()) != Some(&here)));
    }
    let mut slots = needs.literals().len();
    for set in kept {
        if needs.slot(set).is_none() {
            needs.place(set, slots);
            slots += 1;
        }
    }
    let layout = Layout { sets: &plan.truths, slots: needs.slots() };
    let functions = chunks.iter().map(|chunk| define(builder, &layout, chunk)).collect::<Result<Vec<_>, _>>()?;
    Ok((slots, Stages::Code(functions)))
}
