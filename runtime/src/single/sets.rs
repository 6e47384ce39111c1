//! Many conditions over one row at once. Every value that conditions ask about is an input; its range falls into classes that
//! the conditions tell apart, and each class has a word for 64 clauses: which of them this value makes true. The words of
//! all inputs are joined by `or`, the clauses of a set by `and`: what a row costs grows with the inputs, not with the conditions.

use super::Inner;
use super::clauses::{Clauses, Join, Literal, Operation};
use super::layout::{Field, Kind, Layout};
use super::moment::Moment;
use super::record::of_whole;
use super::work::{At, Scratch, Work};
use rustc_hash::FxHashMap;
use segue_compiler::plan::{Node, NodeId, Op, Plan, Scope, Truth, TruthId, Work as Where};
use segue_compiler::program::{CUSTOMERS, TableId, Type, Window};
use segue_compiler::values::Value;
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
    literals: Vec<(Literal, Vec<usize>)>,
    /// Whether a text that no rule names may differ from another one.
    open: bool,
}

/// Sets of rows of a table, the same at every moment.
#[derive(Debug, Default)]
pub(super) struct Sets {
    pub(super) table: TableIdOrCustomers,
    pub(super) inputs: Vec<Input>,
    /// Words of one clause of each set.
    pub(super) width: usize,
    /// Words of all clauses, without the last one, which says that something failed.
    length: usize,
    /// Clauses that hold for everybody.
    filler: Vec<u64>,
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

/// The texts that rules name, of one field.
#[derive(Debug, Default)]
pub(super) struct Named {
    codes: FxHashMap<Arc<str>, u32>,
    texts: Vec<Arc<str>>,
}

impl Named {
    /// The number of a text; that of no text is how many there are.
    #[inline]
    pub(super) fn code(&self, text: &str) -> u32 {
        self.codes.get(text).copied().unwrap_or(u32::try_from(self.texts.len()).unwrap_or(u32::MAX))
    }

    fn name(&mut self, text: &Arc<str>) {
        if !self.codes.contains_key(text) {
            self.codes.insert(text.clone(), u32::try_from(self.texts.len()).unwrap_or(u32::MAX));
            self.texts.push(text.clone());
        }
    }
}

/// The classes of an input at a moment.
#[derive(Debug, Default)]
pub(super) struct Classes {
    /// A whole value's class is how many of these it has reached.
    borders: Vec<i64>,
    /// By class, the missing value's last: [`Sets::length`] words, and one that is not 0 where something fails.
    words: Vec<u64>,
    missing: usize,
    /// Of a text: by its number the class, since many texts are one to the conditions.
    texts: Vec<u32>,
}

/// More keys than this are not named one by one.
const KEYS: usize = 1 << 16;

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
        let levels = clauses.bits.iter().map(|clauses| clauses.len()).max().unwrap_or(0).max(1);
        let width = clauses.bits.len().div_ceil(64).max(1);
        let mut filler = vec![0; levels * width + 1];
        let mut literals: FxHashMap<Literal, Vec<usize>> = FxHashMap::default();
        for (bit, clauses) in clauses.bits.iter().enumerate() {
            for (level, clause) in clauses.iter().enumerate() {
                for literal in clause {
                    literals.entry(*literal).or_default().push(level * width * 64 + bit);
                }
            }
            for level in clauses.len()..levels {
                if let Some(word) = filler.get_mut(level * width + bit / 64) {
                    *word |= 1 << (bit % 64);
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
        Sets {
            table: TableIdOrCustomers(table),
            inputs,
            width,
            length: levels * width,
            filler,
            operations: clauses.operations,
        }
    }

    /// The classes of all inputs at a moment.
    pub(super) fn classes(&self, inner: &Inner, moment: &Moment) -> Vec<Classes> {
        self.inputs.iter().map(|input| self.classes_of(inner, moment, input)).collect()
    }

    fn classes_of(&self, inner: &Inner, moment: &Moment, input: &Input) -> Classes {
        let mut classes = Classes::default();
        let ty = inner.plan.nodes.get(input.node.index()).map_or(&Type::Boolean, |node| &node.ty);
        let mut representatives: Vec<Option<Value>> = Vec::new();
        match input.form {
            Form::Text(dictionary) => {
                let texts = inner.named.get(dictionary).map(|named| named.texts.as_slice()).unwrap_or_default();
                representatives.extend(texts.iter().map(|text| Some(Value::Text(text.clone()))));
                // Any text that is none of them.
                let mut other = String::from("\u{1}");
                while texts.iter().any(|text| **text == *other) {
                    other.push('\u{1}');
                }
                representatives.push(Some(Value::Text(other.into())));
            }
            Form::Boolean => {
                classes.borders = vec![1];
                representatives.extend([false, true].map(|truth| Some(Value::Boolean(truth))));
            }
            Form::Whole | Form::Float => {
                let mut borders: Vec<i64> = Vec::new();
                for (literal, _) in &input.literals {
                    borders.extend(borders_of(inner, moment, literal.atom, input));
                }
                borders.sort_unstable();
                borders.dedup();
                let below = |border: &i64| match border.saturating_sub(1) {
                    // Between the floats below 0 and 0 there is -0.0, which no value is.
                    -1 if input.form == Form::Float => -2,
                    key => key,
                };
                let first = borders.first().map_or(0, below);
                let values = std::iter::once(first).chain(borders.iter().copied());
                representatives.extend(values.map(|key| of_key(ty, input.form, key)));
                classes.borders = borders;
            }
        }
        representatives.push(None);
        classes.missing = representatives.len() - 1;
        for value in representatives {
            classes.words.extend(self.words_of(inner, moment, input, value));
        }
        match input.form {
            Form::Boolean => {}
            Form::Text(_) => self.share(&mut classes),
            Form::Whole | Form::Float => self.merge(&mut classes),
        }
        classes
    }

    /// The clauses that a value makes true.
    fn words_of(&self, inner: &Inner, moment: &Moment, input: &Input, value: Option<Value>) -> Vec<u64> {
        let mut scratch = Scratch::default();
        let mut work = Work { inner, moment, record: None, given: Some((input.node, value)), scratch: &mut scratch };
        let mut words = vec![0; self.length + 1];
        work.literals(&input.literals, (self.table.0, 0), &mut words);
        if (scratch.uncounted || !scratch.failed.is_empty())
            && let Some(last) = words.last_mut()
        {
            *last = 1;
        }
        words
    }

    /// Texts that no condition tells apart share their words, which then stay in a near cache; the last two, any other text
    /// and none, keep their own.
    fn share(&self, classes: &mut Classes) {
        let stride = self.length + 1;
        let rows: Vec<&[u64]> = classes.words.chunks(stride).collect();
        let (mut words, mut known) = (Vec::new(), FxHashMap::<&[u64], u32>::default());
        for (code, row) in rows.iter().enumerate() {
            let next = u32::try_from(words.len() / stride).unwrap_or(u32::MAX);
            let own = code + 2 >= rows.len();
            let class = if own { next } else { *known.entry(row).or_insert(next) };
            if class == next {
                words.extend_from_slice(row);
            }
            classes.texts.push(class);
        }
        classes.missing = (words.len() / stride).saturating_sub(1);
        classes.words = words;
    }

    /// Classes that no condition tells apart become one.
    fn merge(&self, classes: &mut Classes) {
        let stride = self.length + 1;
        let rows: Vec<&[u64]> = classes.words.chunks(stride).collect();
        let mut words: Vec<u64> = rows.first().map(|row| row.to_vec()).unwrap_or_default();
        let mut borders = Vec::new();
        for (border, pair) in classes.borders.iter().zip(rows.windows(2)) {
            if let [before, after] = pair
                && before != after
            {
                borders.push(*border);
                words.extend_from_slice(after);
            }
        }
        words.extend_from_slice(rows.last().copied().unwrap_or(&[]));
        classes.missing = borders.len() + 1;
        (classes.borders, classes.words) = (borders, words);
    }
}

impl Work<'_> {
    /// Sets the bits of the clauses that literals make true at a row.
    fn literals(&mut self, literals: &[(Literal, Vec<usize>)], at: At, words: &mut [u64]) {
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
        classes: &[Classes],
        at: At,
        cells: &[u64],
        joined: &mut Vec<u64>,
        found: &mut Vec<u64>,
    ) {
        let stride = sets.length + 1;
        joined.clear();
        joined.extend_from_slice(&sets.filler);
        for (input, classes) in sets.inputs.iter().zip(classes) {
            let class = match input.subject {
                Subject::Cell { at, word, bit } => {
                    if cells.get(word).is_none_or(|known| known & bit == 0) {
                        classes.missing
                    } else {
                        match input.form {
                            Form::Text(_) => {
                                let class = cells.get(at + 1).and_then(|code| classes.texts.get(*code as usize));
                                class.map_or(0, |class| *class as usize)
                            }
                            Form::Float => reached(&classes.borders, float_key(cells.get(at).copied().unwrap_or(0))),
                            Form::Whole | Form::Boolean => {
                                reached(&classes.borders, cells.get(at).map_or(0, |cell| cell.cast_signed()))
                            }
                        }
                    }
                }
                Subject::Worked(node) => match self.value(node, at).as_ref().and_then(key_of) {
                    Some(key) => reached(&classes.borders, key),
                    None => classes.missing,
                },
            };
            if input.open && class + 1 == classes.missing {
                self.literals(&input.literals, at, joined);
                continue;
            }
            let words = classes.words.get(class * stride..(class + 1) * stride).unwrap_or(&[]);
            for (word, more) in joined.iter_mut().zip(words) {
                *word |= more;
            }
        }
        if joined.last() != Some(&0) {
            self.scratch.uncounted = true;
        }
        found.clear();
        found.extend_from_slice(joined.get(..sets.width).unwrap_or(&[]));
        for clause in joined.get(sets.width..sets.length).unwrap_or(&[]).chunks_exact(sets.width) {
            for (word, more) in found.iter_mut().zip(clause) {
                *word &= more;
            }
        }
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
}

/// How many of the borders, which ascend, the value has reached: without a branch that depends on it.
#[inline]
fn reached(borders: &[i64], value: i64) -> usize {
    let (mut base, mut size) = (0, borders.len());
    while size > 1 {
        let half = size / 2;
        let middle = borders.get(base + half).copied().unwrap_or(i64::MAX);
        base = std::hint::select_unpredictable(middle <= value, base + half, base);
        size -= half;
    }
    base + usize::from(borders.get(base).is_some_and(|border| *border <= value))
}

/// Floats in the order of whole numbers.
#[inline]
fn float_key(bits: u64) -> i64 {
    let bits = bits.cast_signed();
    bits ^ ((bits >> 63).cast_unsigned() >> 1).cast_signed()
}

fn key_of(value: &Value) -> Option<i64> {
    Some(match value {
        Value::Boolean(truth) => i64::from(*truth),
        Value::Integer(whole) | Value::Money(whole) | Value::Instant(whole) | Value::Duration(whole) => *whole,
        Value::Date(day) => i64::from(*day),
        Value::Number(float) => float_key(float.to_bits()),
        Value::Text(_) | Value::List(_) => return None,
    })
}

fn of_key(ty: &Type, form: Form, key: i64) -> Option<Value> {
    match form {
        Form::Float => Some(Value::Number(f64::from_bits(float_key(key.cast_unsigned()).cast_unsigned()))),
        _ if *ty == Type::Date => of_whole(ty, key.clamp(i32::MIN.into(), i32::MAX.into())),
        _ => of_whole(ty, key),
    }
}

/// Where the truth of an atom about an input may change: the first values of another truth.
fn borders_of(inner: &Inner, moment: &Moment, atom: NodeId, input: &Input) -> Vec<i64> {
    let Some(node) = inner.plan.nodes.get(atom.index()) else { return Vec::new() };
    let around = |key: i64| [key, key.saturating_add(1)];
    match &node.op {
        Op::Less(left, right) | Op::Equal { left, right, .. } => {
            let other = if *left == input.node { *right } else { *left };
            moment.constant(other).as_ref().and_then(key_of).map(around).into_iter().flatten().collect()
        }
        Op::IsOneOf { values, .. } => values.iter().filter_map(|value| key_of(&value.0)).flat_map(around).collect(),
        Op::InWindows(moments, windows) => {
            let dates = inner.plan.nodes.get(moments.index()).is_some_and(|node| node.ty == Type::Date);
            let filter = moment.filter(windows, dates);
            filter.map(|filter| vec![filter.first, filter.last.saturating_add(1)]).unwrap_or_default()
        }
        _ => vec![1],
    }
}

fn scope_of(table: TableId) -> Scope {
    if table == CUSTOMERS { Scope::Customer } else { Scope::Row(table) }
}

impl Making<'_> {
    fn node(&self, id: NodeId) -> Option<&Node> {
        self.plan.nodes.get(id.index())
    }

    /// What an atom asks about, how that is held, and whether texts that nobody names may differ.
    fn subject(&mut self, table: TableId, atom: NodeId) -> (NodeId, Subject, Form, bool) {
        let worked = (atom, Subject::Worked(atom), Form::Boolean, false);
        let Some(node) = self.node(atom).filter(|node| node.scope == scope_of(table)) else { return worked };
        if let Where::PerText(text) = node.work
            && let Some((field, subject)) = self.cell(table, text)
        {
            return match self.text_form(atom, text, field) {
                Some((form, open)) => (text, subject, form, open),
                None => worked,
            };
        }
        let is_constant = |id: NodeId| self.node(id).is_some_and(|node| node.scope == Scope::Constant);
        let value = match &node.op {
            Op::Column(..) => atom,
            Op::IsKnown(value) | Op::IsOneOf { value, .. } => *value,
            Op::Less(left, right) | Op::Equal { left, right, .. } => match (is_constant(*left), is_constant(*right)) {
                (false, true) => *left,
                (true, false) => *right,
                _ => return worked,
            },
            Op::InWindows(moment, windows) => {
                if windows.iter().any(|window| matches!(window, Window::Weekdays(_) | Window::Hours { .. })) {
                    return worked;
                }
                *moment
            }
            _ => return worked,
        };
        let form = match self.node(value).map(|node| &node.ty) {
            Some(Type::Integer | Type::Money(_) | Type::Date | Type::Datetime | Type::Duration) => Form::Whole,
            Some(Type::Number | Type::Percent) => Form::Float,
            Some(Type::Boolean) => Form::Boolean,
            _ => return worked,
        };
        match self.cell(table, value) {
            Some((_, subject)) => (value, subject, form, false),
            None if value == atom => worked,
            None => (value, Subject::Worked(value), form, false),
        }
    }

    /// A stored field of the row that is held in words.
    fn cell(&self, table: TableId, node: NodeId) -> Option<(Field, Subject)> {
        let Op::Column(of, field) = self.node(node)?.op else { return None };
        let field = self.layout.find(of, field).filter(|_| of == table)?;
        let place = self.layout.place(field)?;
        // Whose event it is need not stand in it.
        let is_plain = self.layout.table(table)?.by != Some(field.place)
            && !matches!(place.kind, Kind::List(_) | Kind::Bits(_) | Kind::Records(_));
        is_plain.then_some((field, Subject::Cell { at: place.at, word: place.known.0, bit: place.known.1 }))
    }

    /// Whether a node gives the text as it is.
    fn is_text_itself(&self, text: NodeId, id: NodeId) -> bool {
        let mut at = id;
        while let Some(Op::Convert(_, inner)) = self.node(at).map(|node| &node.op) {
            at = *inner;
        }
        at == text
    }

    /// Names the texts that an atom about a text tells apart.
    fn text_form(&mut self, atom: NodeId, text: NodeId, field: Field) -> Option<(Form, bool)> {
        let mut names: Vec<Arc<str>> = Vec::new();
        let mut open = false;
        let mut pending = vec![atom];
        while let Some(id) = pending.pop() {
            let node = self.node(id)?;
            if id == text {
                continue;
            }
            let mut asks_text = false;
            node.op.for_each_operand(|operand| asks_text |= self.is_text_itself(text, operand));
            match &node.op {
                Op::Constant(constant) => names.extend(text_of(&constant.0)),
                // The row of a key settles what is found there.
                Op::Gather { row, .. } => {
                    pending.push(*row);
                    continue;
                }
                Op::LookupRow { table, .. } if asks_text => {
                    let keys = (self.keys)(*table);
                    open |= keys.len() > KEYS;
                    names.extend(keys.into_iter().take(KEYS));
                }
                Op::IsOneOf { values, ignoring_case, .. } if asks_text => {
                    names.extend(values.iter().filter_map(|value| text_of(&value.0)));
                    open |= *ignoring_case;
                }
                Op::Equal { ignoring_case, .. } if asks_text => open |= *ignoring_case,
                Op::IsKnown(_) | Op::Convert(..) => {}
                _ => open |= asks_text,
            }
            node.op.for_each_operand(|operand| pending.push(operand));
        }
        let place = self.layout.tables.get_mut(field.table.0 as usize)?.places.get_mut(field.place)?;
        let dictionary = *place.dictionary.get_or_insert_with(|| {
            self.named.push(Named::default());
            self.named.len() - 1
        });
        let named = self.named.get_mut(dictionary)?;
        if let Kind::Listed(values) = &place.kind {
            values.iter().for_each(|value| named.name(value));
            open = false;
        }
        names.iter().for_each(|name| named.name(name));
        Some((Form::Text(dictionary), open))
    }
}

fn text_of(value: &Value) -> Option<Arc<str>> {
    match value {
        Value::Text(text) => Some(text.clone()),
        _ => None,
    }
}
