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
    /// Who is in it is an answer, and not only how many.
    members: bool,
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
    /// Segments, then the parts of each partition.
    roots: Vec<Root>,
}

/// How the sets are made.
#[derive(Debug)]
enum Stages {
    /// With the numbers of the roots that are ready after each operation; first those that are literals.
    Loops(Order),
    Code(Vec<Handle>),
}

/// One root's answer in a block.
#[derive(Debug, Default, Clone)]
pub(crate) struct Answer {
    pub(crate) count: u64,
    /// Empty where only the number is wanted, and for segments, whose members are kept elsewhere.
    pub(crate) members: Vec<u64>,
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
            let of_part = number >= plan.segments.len();
            Ok(Root { slot, members: of_part, kept: (members && !of_part).then_some(number) })
        });
        let roots = roots.collect::<Result<Vec<Root>, EngineError>>()?;
        Ok(TruthStage { literals, slots, stages, path, roots })
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
    ) -> Result<Vec<Answer>, EngineError> {
        let customers = store.range(CUSTOMERS);
        let rows = customers.len();
        let stride = words_for(rows).next_multiple_of(STEP);
        slots.resize(self.slots, stride);
        self.literals.run(store, store.range(CUSTOMERS), slots)?;
        let mut answers = vec![Answer::default(); self.roots.len()];
        let mut answer = |slots: &mut Slots, number: usize| {
            if let (Some(root), Some(answer)) = (self.roots.get(number), answers.get_mut(number)) {
                *answer = self.answer(slots, root, rows, keeper);
            }
        };
        match &self.stages {
            Stages::Loops(Order { ready, operations, .. }) => {
                ready.iter().for_each(|number| answer(slots, *number));
                for (operation, ready) in operations {
                    sets::work(self.path, operation, slots, stride / STEP);
                    ready.iter().for_each(|number| answer(slots, *number));
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
                (0..self.roots.len()).for_each(|number| answer(slots, number));
            }
        }
        Ok(answers)
    }

    fn answer(&self, slots: &mut Slots, root: &Root, rows: usize, keeper: &mut Keeper) -> Answer {
        let words = words_for(rows);
        // What stands past the last customer means nothing.
        if let Some(last) = words.checked_sub(1)
            && let Some(word) = slots.get_mut(root.slot).get_mut(last)
        {
            *word &= tail_mask(rows, last);
        }
        let found = slots.get(root.slot).get(..words).unwrap_or(&[]);
        let count = sets::count(self.path, found);
        if let Some(segment) = root.kept {
            keeper.keep(segment, found, rows, usize::try_from(count).unwrap_or(rows));
        }
        Answer { count, members: if root.members { found.to_vec() } else { Vec::new() } }
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
