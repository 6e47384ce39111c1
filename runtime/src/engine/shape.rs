//! What the values of a node look like in this run: their form, and for texts the dictionary of their codes.
//!
//! No operation makes new texts, so the dictionary of every text is known before anything is worked out: a column's, a
//! written text's own, or several joined where `otherwise` brings them together.

use super::vector::{Data, Vector, bits_by_row};
use crate::data::{Dictionary, Flags, Numbers, Stored, StoredValues, canonical_integer, compare_ids};
use rustc_hash::FxHashMap;
use segue_compiler::program::Type;
use segue_compiler::values::Value;
use segue_compiler::values::text;
use std::borrow::Cow;
use std::cmp::Ordering;
use std::sync::{Arc, OnceLock};

/// The form of a node's values.
#[derive(Debug, Clone)]
pub(crate) enum Shape {
    Boolean,
    /// Integers, money, days, instants, durations.
    Whole,
    Float,
    Text(Arc<Dictionary>),
    /// Rows of a table.
    Row,
    List(Arc<Elements>),
}

/// Where the elements of lists stand.
#[derive(Debug)]
pub(crate) struct Elements {
    values: OnceLock<Vector<'static>>,
    /// What they are read from when they are first asked for: many rules only ask which rows have a value.
    source: Option<Source>,
    pub(crate) shape: Shape,
}

#[derive(Debug)]
enum Source {
    Column(Arc<Stored>),
    Flags(Arc<Flags>),
}

/// A code that a translation has no partner for.
pub(crate) const NO_CODE: u32 = u32::MAX;

impl Shape {
    /// The dictionary of a text.
    pub(crate) fn dictionary(&self) -> Option<&Arc<Dictionary>> {
        if let Shape::Text(dictionary) = self { Some(dictionary) } else { None }
    }

    /// The elements of a list.
    pub(crate) fn elements(&self) -> Option<&Arc<Elements>> {
        if let Shape::List(elements) = self { Some(elements) } else { None }
    }

    /// The form of a stored column.
    pub(crate) fn of_column(column: &Stored) -> Shape {
        match column.values() {
            StoredValues::Boolean(_) => Shape::Boolean,
            StoredValues::Integer(_)
            | StoredValues::Money(_)
            | StoredValues::Instant(_)
            | StoredValues::Duration(_)
            | StoredValues::Date(_) => Shape::Whole,
            StoredValues::Number(_) => Shape::Float,
            StoredValues::Text { dictionary, .. } => Shape::Text(Arc::clone(dictionary)),
            StoredValues::List { elements, .. } => {
                let shape = Shape::of_column(elements);
                Shape::List(Arc::new(Elements::of(Source::Column(Arc::clone(elements)), shape)))
            }
            StoredValues::Flags(flags) => {
                let shape = Shape::Text(Arc::clone(flags.dictionary()));
                Shape::List(Arc::new(Elements::of(Source::Flags(Arc::clone(flags)), shape)))
            }
        }
    }

    /// The form of a type whose column was not loaded: all values are missing.
    pub(crate) fn of_type(ty: &Type) -> Shape {
        match ty {
            Type::Boolean | Type::Records(_) => Shape::Boolean,
            Type::Integer | Type::Money(_) | Type::Date | Type::Datetime | Type::Duration | Type::Location => {
                Shape::Whole
            }
            Type::Number | Type::Percent => Shape::Float,
            Type::Text | Type::OneOf(_) | Type::Id(_) | Type::Timezone => {
                Shape::Text(Arc::new(Dictionary::Texts(Vec::new().into())))
            }
            Type::List(element) => {
                let shape = Shape::of_type(element);
                Shape::List(Arc::new(Elements::new(shape.missing(0), shape)))
            }
        }
    }

    /// So many missing values.
    pub(crate) fn missing(&self, rows: usize) -> Vector<'static> {
        let words = rows.div_ceil(64);
        let data = match self {
            Shape::Boolean => Data::Bits(Cow::Owned(vec![0; words])),
            Shape::Whole => Data::Whole(Cow::Owned(vec![0; rows])),
            Shape::Float => Data::Float(Cow::Owned(vec![0.0; rows])),
            Shape::Text(_) | Shape::Row => Data::Code(Cow::Owned(vec![0; rows])),
            Shape::List(_) => Data::Lists { from: vec![0; rows], to: vec![0; rows] },
        };
        Vector::new(data, Some(vec![0; words]))
    }

    /// A written value: its form and the value as a vector of one row.
    pub(crate) fn of_value(value: &Value) -> (Shape, Vector<'static>) {
        let one = |data| Vector::new(data, None);
        match value {
            Value::Boolean(value) => (Shape::Boolean, one(Data::Bits(Cow::Owned(vec![u64::from(*value)])))),
            Value::Integer(value) | Value::Money(value) | Value::Instant(value) | Value::Duration(value) => {
                (Shape::Whole, one(Data::Whole(Cow::Owned(vec![*value]))))
            }
            Value::Date(day) => (Shape::Whole, one(Data::Whole(Cow::Owned(vec![i64::from(*day)])))),
            Value::Number(value) => (Shape::Float, one(Data::Float(Cow::Owned(vec![*value])))),
            Value::Text(text) => {
                let dictionary = Dictionary::Texts(vec![Arc::clone(text)].into());
                (Shape::Text(Arc::new(dictionary)), one(Data::Code(Cow::Owned(vec![0]))))
            }
            Value::List(values) => {
                let elements = Elements::of_values(values);
                let to = vec![u32::try_from(values.len()).unwrap_or(u32::MAX)];
                (Shape::List(Arc::new(elements)), one(Data::Lists { from: vec![0], to }))
            }
        }
    }
}

impl Elements {
    fn new(values: Vector<'static>, shape: Shape) -> Elements {
        Elements { values: OnceLock::from(values), source: None, shape }
    }

    fn of(source: Source, shape: Shape) -> Elements {
        Elements { values: OnceLock::new(), source: Some(source), shape }
    }

    /// The elements, those of one list after another.
    pub(crate) fn values(&self) -> &Vector<'static> {
        self.values.get_or_init(|| match &self.source {
            Some(Source::Column(column)) => super::answers::owned(&Vector::of_column(column, 0..column.rows())),
            Some(Source::Flags(flags)) => {
                Vector::new(Data::Code((0..flags.rows()).flat_map(|row| flags.codes(row)).collect()), None)
            }
            None => self.shape.missing(0),
        })
    }

    fn of_values(values: &[Value]) -> Elements {
        let parts: Vec<(Shape, Vector<'static>)> = values.iter().map(Shape::of_value).collect();
        let Some((first, _)) = parts.first() else {
            return Elements::new(Shape::Boolean.missing(0), Shape::Boolean);
        };
        let sources: Vec<&Shape> = parts.iter().map(|(shape, _)| shape).collect();
        let (shape, translations) = join(&sources).unwrap_or((first.clone(), Vec::new()));
        let rows = parts.len();
        let input = |row: usize| parts.get(row).map(|(_, vector)| vector.input());
        let data = match &shape {
            Shape::Boolean => Data::Bits(Cow::Owned(super::vector::bits_by_row(rows, |row| {
                input(row).is_some_and(|input| input.truth(0))
            }))),
            Shape::Whole => {
                Data::Whole((0..rows).map(|row| input(row).map_or(0, |input| input.whole().at(0))).collect())
            }
            Shape::Float => {
                Data::Float((0..rows).map(|row| input(row).map_or(0.0, |input| input.float().at(0))).collect())
            }
            Shape::Text(_) | Shape::Row | Shape::List(_) => {
                Data::Code((0..rows).map(|row| translated(translations.get(row), 0)).collect())
            }
        };
        Elements::new(Vector::new(data, None), shape)
    }
}

/// What a code is in another dictionary.
pub(crate) fn translated(translation: Option<&Option<Vec<u32>>>, code: u32) -> u32 {
    match translation {
        Some(Some(codes)) => codes.get(code as usize).copied().unwrap_or(0),
        _ => code,
    }
}

/// One form for several: for texts a dictionary that has all of theirs, with the translation of each one's codes (`None`
/// where they stay). `None` for lists of different columns, which [`join_lists`] joins.
pub(crate) fn join(shapes: &[&Shape]) -> Option<(Shape, Vec<Option<Vec<u32>>>)> {
    let first = *shapes.first()?;
    let Shape::Text(dictionary) = first else {
        return match first {
            Shape::List(elements) => {
                let same = |shape: &&Shape| shape.elements().is_some_and(|other| Arc::ptr_eq(elements, other));
                shapes.iter().all(same).then(|| (first.clone(), vec![None; shapes.len()]))
            }
            plain => Some((plain.clone(), vec![None; shapes.len()])),
        };
    };
    let dictionaries: Vec<&Arc<Dictionary>> = shapes.iter().filter_map(|shape| shape.dictionary()).collect();
    if dictionaries.iter().all(|other| Arc::ptr_eq(dictionary, other)) {
        return Some((first.clone(), vec![None; shapes.len()]));
    }
    let (joined, translations) = join_dictionaries(&dictionaries);
    Some((Shape::Text(Arc::new(joined)), translations.into_iter().map(Some).collect()))
}

fn join_dictionaries(dictionaries: &[&Arc<Dictionary>]) -> (Dictionary, Vec<Vec<u32>>) {
    let whole_numbers = |dictionary: &Dictionary| match dictionary {
        Dictionary::Integers(numbers) => Some(numbers.iter().collect()),
        // A written id or two; longer ones stay texts.
        Dictionary::Texts(texts) if texts.len() <= 16 => texts.iter().map(canonical_integer).collect(),
        Dictionary::Texts(_) => None,
    };
    let integers: Option<Vec<Vec<i64>>> = dictionaries.iter().map(|dictionary| whole_numbers(dictionary)).collect();
    if let Some(integers) = integers {
        let (all, translations) = numbered(integers.iter().map(|numbers| numbers.iter().copied()));
        return (Dictionary::Integers(all.into()), translations);
    }
    let texts = dictionaries.iter().map(|dictionary| dictionary.shared_texts());
    let (all, translations) = numbered(texts.map(Vec::into_iter));
    (Dictionary::Texts(all.into()), translations)
}

/// Numbers for values, each different one once in the order met, and for each source the numbers of its values.
fn numbered<T, I>(sources: impl Iterator<Item = I>) -> (Vec<T>, Vec<Vec<u32>>)
where
    T: Clone + Eq + std::hash::Hash,
    I: Iterator<Item = T>,
{
    let (mut all, mut numbers) = (Vec::new(), FxHashMap::default());
    let translations = sources
        .map(|source| {
            source
                .map(|value| {
                    *numbers.entry(value).or_insert_with_key(|value| {
                        all.push(value.clone());
                        u32::try_from(all.len() - 1).unwrap_or(NO_CODE)
                    })
                })
                .collect()
        })
        .collect();
    (all, translations)
}

/// The elements of several lists one after the other, and where each one's begin.
pub(crate) fn join_lists(lists: &[&Shape]) -> (Elements, Vec<u32>) {
    let sources: Vec<&Arc<Elements>> = lists.iter().filter_map(|shape| shape.elements()).collect();
    let shapes: Vec<&Shape> = sources.iter().map(|elements| &elements.shape).collect();
    let (shape, translations) = join(&shapes).unwrap_or((Shape::Boolean, Vec::new()));
    let mut starts = Vec::new();
    let mut places: Vec<(usize, usize)> = Vec::new();
    for (at, elements) in sources.iter().enumerate() {
        starts.push(u32::try_from(places.len()).unwrap_or(u32::MAX));
        places.extend((0..elements.values().rows()).map(|row| (at, row)));
    }
    let rows = places.len();
    let place = |row: usize| {
        let (at, inner) = places.get(row).copied().unwrap_or_default();
        sources.get(at).map(|elements| (elements.values().input(), at, inner))
    };
    let data = match &shape {
        Shape::Boolean => Data::Bits(Cow::Owned(super::vector::bits_by_row(rows, |row| {
            place(row).is_some_and(|(input, _, inner)| input.truth(inner))
        }))),
        Shape::Float => Data::Float(
            (0..rows).map(|row| place(row).map_or(0.0, |(input, _, inner)| input.float().at(inner))).collect(),
        ),
        Shape::Whole => Data::Whole(
            (0..rows).map(|row| place(row).map_or(0, |(input, _, inner)| input.whole().at(inner))).collect(),
        ),
        Shape::Text(_) | Shape::Row | Shape::List(_) => Data::Code(
            (0..rows)
                .map(|row| {
                    place(row).map_or(0, |(input, at, inner)| translated(translations.get(at), input.codes().at(inner)))
                })
                .collect(),
        ),
    };
    (Elements::new(Vector::new(data, None), shape), starts)
}

/// Numbers that are equal where texts of two dictionaries are, folded first where case is ignored: one list for each.
pub(crate) fn identities(left: &Dictionary, right: &Dictionary, ignoring_case: bool) -> (Vec<u32>, Vec<u32>) {
    if !ignoring_case {
        if let Some(found) = single_identity(left, right) {
            return found;
        }
        if let Some((right, left)) = single_identity(right, left) {
            return (left, right);
        }
    }
    let mut translations = match (left, right) {
        (Dictionary::Integers(left), Dictionary::Integers(right)) => {
            numbered([left, right].into_iter().map(Numbers::iter)).1
        }
        _ => {
            let folded = |dictionary: &Dictionary| -> Vec<String> {
                codes(dictionary)
                    .map(|code| text::comparable(&dictionary.text(code), ignoring_case).into_owned())
                    .collect()
            };
            numbered([folded(left), folded(right)].into_iter().map(Vec::into_iter)).1
        }
    };
    let right = translations.pop().unwrap_or_default();
    (translations.pop().unwrap_or_default(), right)
}

/// The same where the second dictionary has one text, as a written one's has: 1 stands for that text, 0 for all others.
fn single_identity(many: &Dictionary, one: &Dictionary) -> Option<(Vec<u32>, Vec<u32>)> {
    let (Dictionary::Texts(texts), Dictionary::Texts(one)) = (many, one) else { return None };
    let text = one.get(0).filter(|_| one.len() == 1)?;
    let mut marks = vec![0; texts.len()];
    if let Some(mark) = texts.iter().position(|other| other == text).and_then(|at| marks.get_mut(at)) {
        *mark = 1;
    }
    Some((marks, vec![1]))
}

/// The texts of a dictionary that stand on one side of the only text of another, as a written one's has, by their codes; nothing
/// is sorted for it. `None` where the other has more texts.
pub(crate) fn beside(many: &Dictionary, one: &Dictionary, side: Ordering, as_ids: bool) -> Option<Vec<u64>> {
    if one.len() != 1 {
        return None;
    }
    let text = one.text(0);
    let row_of = |row: usize| u32::try_from(row).unwrap_or(NO_CODE);
    Some(match (many, canonical_integer(&text)) {
        (Dictionary::Integers(numbers), Some(one)) if as_ids => {
            bits_by_row(many.len(), |row| numbers.get(row).is_some_and(|number| number.cmp(&one) == side))
        }
        _ if as_ids => bits_by_row(many.len(), |row| compare_ids(&many.text(row_of(row)), &text) == side),
        _ => bits_by_row(many.len(), |row| many.text(row_of(row)).as_ref().cmp(&text) == side),
    })
}

/// All codes of a dictionary.
pub(crate) fn codes(dictionary: &Dictionary) -> impl Iterator<Item = u32> + use<> {
    0..u32::try_from(dictionary.len()).unwrap_or(u32::MAX)
}

/// Places of the codes of dictionaries in the common order of their texts: equal texts have equal places. One list each.
pub(crate) fn ranks(dictionaries: &[&Dictionary], as_ids: bool) -> Vec<Vec<u32>> {
    let mut sorted: Vec<(Cow<'_, str>, usize, u32)> = Vec::new();
    for (at, dictionary) in dictionaries.iter().enumerate() {
        sorted.extend(codes(dictionary).map(|code| (dictionary.text(code), at, code)));
    }
    let order = |left: &str, right: &str| if as_ids { compare_ids(left, right) } else { left.cmp(right) };
    sorted.sort_unstable_by(|left, right| order(&left.0, &right.0));
    let mut ranks: Vec<Vec<u32>> = dictionaries.iter().map(|dictionary| vec![0; dictionary.len()]).collect();
    let mut rank = 0u32;
    let mut before: Option<&str> = None;
    for (text, at, code) in &sorted {
        if before.is_some_and(|before| before != &**text) {
            rank += 1;
        }
        before = Some(text);
        if let Some(slot) = ranks.get_mut(*at).and_then(|ranks| ranks.get_mut(*code as usize)) {
            *slot = rank;
        }
    }
    ranks
}
