//! Many conditions over one row at once. Every value that conditions ask about is an input; its range falls into classes that
//! the conditions tell apart (`classes`), and each class has a word for 64 clauses: which of them this value makes true. The
//! words of all inputs are joined by `or`, the clauses of a set by `and` (`pack`): what a row costs grows with the inputs, not
//! with the conditions.

use super::classes::{Tables, float_key, key_of};
use super::clauses::{Clauses, Join, Literal, Operation};
use super::layout::Layout;
use super::pack::{Chunk, Packing};
use super::texts::Named;
use super::work::{At, Work};
use rustc_hash::{FxHashMap, FxHashSet};
use segue_compiler::plan::{NodeId, Plan, Truth, TruthId};
use segue_compiler::program::{CUSTOMERS, TableId};
use std::sync::Arc;

/// What conditions ask about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Subject {
    /// A value of the row: its first word, and the word and bit that say whether it is known.
    Cell { at: usize, word: usize, bit: u64 },
    /// A value that is worked out.
    Worked(NodeId),
}

/// What an input's values are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Form {
    Whole,
    Float,
    Boolean,
    /// With the number of its dictionary.
    Text(usize),
}

/// A value and the literals about it.
#[derive(Debug)]
pub(super) struct Input {
    pub(super) subject: Subject,
    /// The node of the value.
    pub(super) node: NodeId,
    pub(super) form: Form,
    /// Each literal with the places of the clauses that it stands in.
    pub(super) literals: Vec<(Literal, Vec<usize>)>,
    /// Whether a text that no rule names may differ from another one.
    pub(super) open: bool,
}

/// Sets of rows of a table, the same at every moment.
#[derive(Debug, Default)]
pub(super) struct Sets {
    pub(super) table: TableIdOrCustomers,
    pub(super) inputs: Vec<Input>,
    pub(super) packing: Packing,
    operations: Vec<Operation>,
}

/// The table of the rows.
#[derive(Debug, Clone, Copy)]
pub(super) struct TableIdOrCustomers(pub(super) TableId);

impl Default for TableIdOrCustomers {
    fn default() -> Self {
        TableIdOrCustomers(CUSTOMERS)
    }
}

/// What is known while sets are made.
pub(super) struct Making<'m> {
    pub(super) plan: &'m Plan,
    pub(super) layout: &'m mut Layout,
    pub(super) named: &'m mut Vec<Named>,
    /// The texts of the keys of a table that is looked up.
    pub(super) keys: &'m dyn Fn(TableId) -> Vec<Arc<str>>,
}

impl Sets {
    /// Sets of a table's rows, each in all of some sets of a plan.
    pub(super) fn new(
        making: &mut Making<'_>,
        table: TableId,
        truths: &[Truth],
        roots: &[Option<Vec<TruthId>>],
    ) -> Sets {
        let clauses = Clauses::new(truths, roots);
        let mut literals: FxHashMap<Literal, Vec<usize>> = FxHashMap::default();
        let mut count = FxHashSet::default();
        for literal in clauses.bits.iter().flatten().flatten() {
            count.insert(making.subject(table, literal.atom).0);
        }
        let (packing, places) = Packing::new(&clauses.bits, count.len());
        for (clauses, places) in clauses.bits.iter().zip(places) {
            for (clause, place) in clauses.iter().zip(places) {
                for literal in clause {
                    literals.entry(*literal).or_default().push(place);
                }
            }
        }
        let mut inputs: Vec<Input> = Vec::new();
        let mut known: FxHashMap<(NodeId, Form), usize> = FxHashMap::default();
        let mut literals: Vec<_> = literals.into_iter().collect();
        literals.sort();
        for (literal, places) in literals {
            let (node, subject, form, open) = making.subject(table, literal.atom);
            let at = *known.entry((node, form)).or_insert_with(|| {
                inputs.push(Input { subject, node, form, literals: Vec::new(), open: false });
                inputs.len() - 1
            });
            if let Some(input) = inputs.get_mut(at) {
                input.open |= open;
                input.literals.push((literal, places));
            }
        }
        Sets { table: TableIdOrCustomers(table), inputs, packing, operations: clauses.operations }
    }
}

/// Room for joining words, used again.
#[derive(Debug, Default)]
pub(super) struct Joined {
    /// Where the rows of classes begin that were found one by one.
    starts: Vec<u32>,
    /// Inputs whose texts are to be tried one by one.
    open: Vec<usize>,
    /// The joined words.
    words: Vec<Chunk>,
}

impl Work<'_> {
    /// Sets the bits of the clauses that literals make true at a row.
    pub(super) fn literals(&mut self, literals: &[(Literal, Vec<usize>)], at: At, words: &mut [u64]) {
        for (literal, places) in literals {
            let truth = self.truth(literal.atom, at) == Some(literal.holds);
            if truth != literal.opposite {
                for place in places {
                    if let Some(word) = words.get_mut(place / 64) {
                        *word |= 1 << (place % 64);
                    }
                }
            }
        }
    }

    /// Which sets a row is in, a bit each. `cells` are its words; `joined` is room that is used again.
    pub(super) fn sets(
        &mut self,
        sets: &Sets,
        tables: &Tables,
        at: At,
        cells: &[u64],
        joined: &mut Joined,
        found: &mut Vec<u64>,
    ) {
        joined.open.clear();
        joined.starts.clear();
        if !tables.careful.is_empty() {
            self.careful(sets, tables, at, cells, joined);
        }
        tables.join(&sets.packing, cells, &mut joined.starts, &mut joined.words);
        for input in joined.open.iter().filter_map(|number| sets.inputs.get(*number)) {
            self.literals(&input.literals, at, joined.words.as_flattened_mut());
        }
        sets.packing.held(&joined.words, found);
        for operation in &sets.operations {
            let bit = |bit: usize| found.get(bit / 64).is_some_and(|word| word >> (bit % 64) & 1 == 1);
            let held = operation.operands.iter().filter(|operand| bit(**operand)).count();
            let holds = match operation.join {
                Join::AtLeast(count) => held >= count,
                Join::Not => held == 0,
            };
            if let Some(word) = found.get_mut(operation.out / 64) {
                let mask = 1 << (operation.out % 64);
                *word = if holds { *word | mask } else { *word & !mask };
            }
        }
    }

    /// The rows of inputs that are worked out, that can fail, or whose texts may have to be tried one by one.
    fn careful(&mut self, sets: &Sets, tables: &Tables, at: At, cells: &[u64], joined: &mut Joined) {
        for number in &tables.careful {
            let (Some(input), Some(classes)) = (sets.inputs.get(*number), tables.classes.get(*number)) else {
                continue;
            };
            let class = match input.subject {
                Subject::Cell { at, word, bit } => {
                    if cells.get(word).is_none_or(|known| known & bit == 0) {
                        classes.missing
                    } else {
                        match input.form {
                            Form::Text(_) => classes.of_text(cells.get(at + 1).copied().unwrap_or(0)),
                            Form::Float => classes.of_key(float_key(cells.get(at).copied().unwrap_or(0))),
                            Form::Whole | Form::Boolean => {
                                classes.of_key(cells.get(at).map_or(0, |cell| cell.cast_signed()))
                            }
                        }
                    }
                }
                Subject::Worked(node) => match self.value(node, at).as_ref().and_then(key_of) {
                    Some(key) => classes.of_key(key),
                    None => classes.missing,
                },
            };
            if input.open && class + 1 == classes.missing {
                joined.open.push(*number);
                continue;
            }
            if !classes.fails.is_empty() && classes.fails.get(class) == Some(&true) {
                self.scratch.uncounted = true;
            }
            joined.starts.push(u32::try_from(classes.start + class * sets.packing.chunks).unwrap_or(u32::MAX));
        }
    }
}
