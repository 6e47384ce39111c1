//! The truth stage of a run: literals of a block, the sets made from them, who and how many are in those that are wanted.

mod sets;

use super::EngineError;
use super::jit::truth::{Layout, define};
use super::jit::{Builder, Code, Handle, Maker};
use super::kernels::scan::Instructions;
use super::literals::{Literals, Slots};
use super::store::Store;
use super::vector::{tail_mask, words_for};
use segue_compiler::plan::{NodeId, Plan, Truth, TruthId};
use segue_compiler::program::CUSTOMERS;
use sets::{Join, Operation, STEP};
use std::sync::atomic::{AtomicU64, Ordering};

/// Operands of the sets worked out by one function: more make it slower to compile than it gains.
const OPERANDS: usize = 512;

/// What joins the sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Truths {
    /// Loops that are there already.
    #[default]
    Loops,
    /// Code made for the run.
    Code,
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
    Loops {
        ready: Vec<usize>,
        operations: Vec<(Operation, Vec<usize>)>,
    },
    Code(Vec<Handle>),
}

/// One root's answer in a block.
#[derive(Debug, Default, Clone)]
pub(crate) struct Answer {
    pub(crate) count: u64,
    /// Empty where only the number is wanted, and for segments, whose members are kept elsewhere.
    pub(crate) members: Vec<u64>,
}

/// The members of all segments, which blocks write into: each the words of its own customers.
#[derive(Debug)]
pub(crate) struct Kept(Vec<Vec<AtomicU64>>);

impl Kept {
    /// For so many segments and customers.
    pub(crate) fn new(segments: usize, customers: usize) -> Kept {
        let words = || std::iter::repeat_with(|| AtomicU64::new(0)).take(words_for(customers)).collect();
        Kept(std::iter::repeat_with(words).take(segments).collect())
    }

    fn put(&self, segment: usize, first: usize, words: &[u64]) {
        let Some(place) = self.0.get(segment).and_then(|all| all.get(first..)) else { return };
        place.iter().zip(words).for_each(|(place, word)| place.store(*word, Ordering::Relaxed));
    }

    /// The words of each segment.
    pub(crate) fn finish(self) -> impl Iterator<Item = Vec<u64>> {
        self.0.into_iter().map(|words| words.into_iter().map(AtomicU64::into_inner).collect())
    }
}

/// Which sets are needed, and where literals and kept sets stand.
struct Needs {
    needed: Vec<bool>,
    /// By set: the slot.
    slots: Vec<Option<usize>>,
    literals: Vec<Truth>,
    roots: Vec<(TruthId, bool)>,
}

impl Needs {
    fn new(plan: &Plan) -> Needs {
        let mut needs = Needs {
            needed: vec![false; plan.truths.len()],
            slots: vec![None; plan.truths.len()],
            literals: Vec::new(),
            roots: plan.segments.iter().map(|root| (*root, false)).collect(),
        };
        needs.roots.extend(plan.partitions.iter().flatten().map(|root| (*root, true)));
        for (root, _) in &needs.roots {
            if let Some(needed) = needs.needed.get_mut(root.index()) {
                *needed = true;
            }
        }
        // Users stand after their operands.
        for (at, set) in plan.truths.iter().enumerate().rev() {
            if needs.needed.get(at) == Some(&true) {
                for operand in set.operands() {
                    if let Some(needed) = needs.needed.get_mut(operand.index()) {
                        *needed = true;
                    }
                }
            }
        }
        for (at, set) in plan.truths.iter().enumerate() {
            if let (true, Truth::Literal { .. }) = (needs.needed.get(at) == Some(&true), set) {
                if let Some(slot) = needs.slots.get_mut(at) {
                    *slot = Some(needs.literals.len());
                }
                needs.literals.push(set.clone());
            }
        }
        needs
    }

    /// Needed sets that are no literals, in their order.
    fn sets<'p>(&self, plan: &'p Plan) -> impl Iterator<Item = (TruthId, &'p Truth)> {
        let needed = self.needed.clone();
        plan.truths
            .iter()
            .enumerate()
            .filter(move |(at, set)| needed.get(*at) == Some(&true) && !matches!(set, Truth::Literal { .. }))
            .map(|(at, set)| (TruthId(u32::try_from(at).unwrap_or(u32::MAX)), set))
    }

    fn slot(&self, set: TruthId) -> Option<usize> {
        self.slots.get(set.index()).copied().flatten()
    }
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
        let mut needs = Needs::new(plan);
        let literals = Literals::new(run, &needs.literals, path)?;
        let (slots, stages) = match by {
            Truths::Loops => loops(plan, &mut needs),
            Truths::Code => code(plan, &mut needs, maker.builder()?)?,
        };
        let roots = needs.roots.iter().enumerate().map(|(number, (root, of_part))| {
            let slot = needs.slot(*root).ok_or(EngineError::Broken(root.0, "a set is wanted and not worked out"))?;
            Ok(Root { slot, members: *of_part, kept: (members && !of_part).then_some(number) })
        });
        let roots = roots.collect::<Result<Vec<Root>, EngineError>>()?;
        Ok(TruthStage { literals, slots, stages, path, roots })
    }

    /// The atoms that kernels have to work out.
    pub(crate) fn worked(&self) -> impl Iterator<Item = NodeId> + '_ {
        self.literals.worked()
    }

    /// The answers of all roots for a block, whose first customer is one of a whole word: segments, then the parts of each
    /// partition. Members of segments are put where they are kept.
    ///
    /// # Errors
    /// The plan breaks its promises.
    pub(crate) fn run(
        &self,
        code: Option<&Code>,
        store: &mut Store<'_>,
        slots: &mut Slots,
        kept: &Kept,
    ) -> Result<Vec<Answer>, EngineError> {
        let customers = store.range(CUSTOMERS);
        let (rows, first) = (customers.len(), customers.start / 64);
        let stride = words_for(rows).next_multiple_of(STEP);
        slots.resize(self.slots, stride);
        self.literals.run(store, slots)?;
        let mut answers = vec![Answer::default(); self.roots.len()];
        let mut answer = |slots: &mut Slots, number: usize| {
            if let (Some(root), Some(answer)) = (self.roots.get(number), answers.get_mut(number)) {
                *answer = self.answer(slots, root, rows, (kept, first));
            }
        };
        match &self.stages {
            Stages::Loops { ready, operations } => {
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

    fn answer(&self, slots: &mut Slots, root: &Root, rows: usize, (kept, first): (&Kept, usize)) -> Answer {
        let words = words_for(rows);
        // What stands past the last customer means nothing.
        if let Some(last) = words.checked_sub(1)
            && let Some(word) = slots.get_mut(root.slot).get_mut(last)
        {
            *word &= tail_mask(rows, last);
        }
        let found = slots.get(root.slot).get(..words).unwrap_or(&[]);
        if let Some(segment) = root.kept {
            kept.put(segment, first, found);
        }
        Answer { count: sets::count(self.path, found), members: if root.members { found.to_vec() } else { Vec::new() } }
    }
}

/// A loop for each set. A slot is used again once nobody needs what is in it.
fn loops(plan: &Plan, needs: &mut Needs) -> (usize, Stages) {
    let sets: Vec<(TruthId, &Truth)> = needs.sets(plan).collect();
    let mut last_use: Vec<usize> = vec![0; plan.truths.len()];
    for (number, (_, set)) in sets.iter().enumerate() {
        for operand in set.operands() {
            if let Some(last) = last_use.get_mut(operand.index()) {
                *last = number;
            }
        }
    }
    let mut ready_by_set: Vec<Vec<usize>> = vec![Vec::new(); plan.truths.len()];
    for (number, (root, _)) in needs.roots.iter().enumerate() {
        if let Some(ready) = ready_by_set.get_mut(root.index()) {
            ready.push(number);
        }
    }
    let mut take = |set: TruthId| ready_by_set.get_mut(set.index()).map(std::mem::take).unwrap_or_default();
    let literal = |at: usize| plan.truths.get(at).is_some_and(|set| matches!(set, Truth::Literal { .. }));
    let ready = (0..plan.truths.len())
        .filter(|at| literal(*at))
        .flat_map(|at| take(TruthId(u32::try_from(at).unwrap_or(u32::MAX))))
        .collect();
    let mut slots = needs.literals.len();
    let mut free: Vec<usize> = Vec::new();
    let mut operations = Vec::with_capacity(sets.len());
    for (number, (id, set)) in sets.into_iter().enumerate() {
        let to = free.pop().unwrap_or_else(|| {
            slots += 1;
            slots - 1
        });
        if let Some(slot) = needs.slots.get_mut(id.index()) {
            *slot = Some(to);
        }
        let join = match set {
            Truth::And(_) => Join::And,
            Truth::Or(_) => Join::Or,
            Truth::AtLeast(count, _) => Join::AtLeast(*count as usize),
            Truth::Complement(_) => Join::Complement,
            Truth::Constant(all) => Join::All(*all),
            Truth::Literal { .. } => continue,
        };
        let operands = set.operands().iter().filter_map(|operand| needs.slot(*operand)).collect();
        operations.push((Operation { join, operands, to }, take(id)));
        // What was used for the last time leaves its slot; a set that nobody uses, its own.
        let mut leaving: Vec<TruthId> =
            set.operands().iter().copied().filter(|operand| last_use.get(operand.index()) == Some(&number)).collect();
        if last_use.get(id.index()) == Some(&0) {
            leaving.push(id);
        }
        leaving.sort_unstable();
        leaving.dedup();
        free.extend(leaving.into_iter().filter(|set| !literal(set.index())).filter_map(|set| needs.slot(set)));
    }
    (slots, Stages::Loops { ready, operations })
}

/// Functions of bounded size; what a later one needs of an earlier one is kept, as the roots are.
fn code(plan: &Plan, needs: &mut Needs, builder: &mut Builder) -> Result<(usize, Stages), EngineError> {
    let mut chunks: Vec<Vec<TruthId>> = Vec::new();
    let mut chunk_of = vec![0; plan.truths.len()];
    let mut kept: Vec<TruthId> = needs.roots.iter().map(|(root, _)| *root).collect();
    let mut room = 0;
    for (id, set) in needs.sets(plan) {
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
    let mut slots = needs.literals.len();
    for set in kept {
        if let Some(slot @ None) = needs.slots.get_mut(set.index()) {
            *slot = Some(slots);
            slots += 1;
        }
    }
    let layout = Layout { sets: &plan.truths, slots: &needs.slots };
    let functions = chunks.iter().map(|chunk| define(builder, &layout, chunk)).collect::<Result<Vec<_>, _>>()?;
    Ok((slots, Stages::Code(functions)))
}
