//! What checking found out about each declaration, also where others have mistakes: an editor answers from it while its reader
//! writes.

use super::{CheckedOccasion, Checker, ListValues, State};
use crate::names::KnownOfCustomers;
use crate::program::{Expr, Field, FieldId, TableId, TraitId, Type};
use crate::values::Value;
use crate::values::calendar::Occasion;
use std::sync::Arc;

/// What is known of declarations, each by its number; `None` for what could not be understood.
#[derive(Debug, Default)]
pub(crate) struct Known {
    /// By table and field; with whether it is expected to be missing at times.
    fields: Vec<Vec<Option<(Field, bool)>>>,
    /// Constants: their values; also `None` for amounts that have no fixed length.
    constants: Vec<Option<Expr>>,
    /// The kinds and values of lists.
    lists: Vec<Option<(Type, Arc<[Value]>)>>,
    /// The values of traits.
    traits: Vec<Option<KnownTrait>>,
    /// The days of occasions.
    occasions: Vec<Option<Occasion>>,
    /// What is said of each customer, as segments of other tables' rows see it.
    of_customers: Vec<KnownOfCustomers>,
    /// What is known to the segments of another table's rows, by table.
    others: Vec<(TableId, Known)>,
}

/// What is known of a trait's value.
#[derive(Debug)]
pub(crate) struct KnownTrait {
    /// Its kind.
    pub(crate) ty: Type,
    /// Whether it may be missing.
    pub(crate) may_be_missing: bool,
    /// Whether it is expected to be missing at times, and not only where it cannot be worked out.
    pub(crate) often_missing: bool,
}

impl Known {
    /// Takes over what a checker found out.
    pub(super) fn of(checker: Checker<'_>) -> Known {
        let fields = checker.fields.into_iter();
        Known {
            fields: fields.map(|fields| done(fields, |checked| (checked.field, checked.often_missing))).collect(),
            constants: done(checker.lets, |constant| constant.value).into_iter().map(Option::flatten).collect(),
            lists: done(checker.lists, |ListValues { ty, values }| (ty, values)),
            traits: done(checker.traits, |checked| KnownTrait {
                may_be_missing: checked.value.may_be_missing,
                often_missing: checked.often_missing,
                ty: checked.value.ty,
            }),
            occasions: done(checker.occasions, |CheckedOccasion { occasion, .. }| occasion),
            of_customers: checker.known_of_customers,
            others: checker.known_of_others,
        }
    }

    /// What is said of each customer, as segments of other tables' rows see it.
    pub(crate) fn of_customers(&self) -> &[KnownOfCustomers] {
        &self.of_customers
    }

    /// What is known to the segments of another table's rows.
    pub(crate) fn other(&self, table: TableId) -> Option<&Known> {
        self.others.iter().find(|(of, _)| *of == table).map(|(_, known)| known)
    }

    /// Whether an occasion is a day of each customer.
    pub(crate) fn is_of_customers(&self, occasion: usize) -> bool {
        matches!(self.occasion(occasion), Some(Occasion::Anniversary { .. }))
    }

    /// A field.
    pub(crate) fn field(&self, table: TableId, field: FieldId) -> Option<&Field> {
        self.checked_field(table, field).map(|(field, _)| field)
    }

    /// Whether a field is expected to be missing at times.
    pub(crate) fn often_missing(&self, table: TableId, field: FieldId) -> bool {
        self.checked_field(table, field).is_some_and(|(_, often)| *often)
    }

    fn checked_field(&self, table: TableId, field: FieldId) -> Option<&(Field, bool)> {
        self.fields.get(table.0 as usize)?.get(field.0 as usize)?.as_ref()
    }

    /// The value of a constant.
    pub(crate) fn constant(&self, at: usize) -> Option<&Expr> {
        self.constants.get(at)?.as_ref()
    }

    /// The kind and the values of a list.
    pub(crate) fn list(&self, at: usize) -> Option<&(Type, Arc<[Value]>)> {
        self.lists.get(at)?.as_ref()
    }

    /// The value of a trait.
    pub(crate) fn of_trait(&self, id: TraitId) -> Option<&KnownTrait> {
        self.traits.get(id.0 as usize)?.as_ref()
    }

    /// The days of an occasion.
    pub(crate) fn occasion(&self, at: usize) -> Option<&Occasion> {
        self.occasions.get(at)?.as_ref()
    }
}

/// What became of those that were understood.
fn done<T, U>(states: Vec<State<T>>, of: impl Fn(T) -> U) -> Vec<Option<U>> {
    let value = |state| match state {
        State::Done(value) => Some(of(value)),
        State::Waiting | State::Broken => None,
    };
    states.into_iter().map(value).collect()
}
