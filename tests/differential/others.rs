//! Random segments of other tables' rows: of companies, whose customers belong to them and with these their events, and of shops,
//! at which events point themselves.

use crate::kinds::Ty;
use crate::rows::{SOURCES, Source};
use crate::schema::{OCCASIONS, Scope};
use crate::values::Writer;

const OF_COMPANIES: &[Source] = &[
    Source { path: "customers", inner: Scope::Member, timed: None },
    Source { path: "customers", inner: Scope::Member, timed: None },
    Source { path: "buys", inner: Scope::Buys, timed: Some(Ty::Instant) },
    Source { path: "visits", inner: Scope::Visits, timed: Some(Ty::Date) },
    Source { path: "pets", inner: Scope::Pets, timed: None },
];
const OF_SHOPS: &[Source] = &[Source { path: "buys", inner: Scope::Buys, timed: Some(Ty::Instant) }];

/// So many occasions are the same for everybody.
const OF_EVERYBODY: usize = 7;

/// What can be asked about from a row of another table.
pub(crate) fn sources(scope: Scope) -> Option<&'static [Source]> {
    match scope {
        Scope::Company => Some(OF_COMPANIES),
        Scope::Shop => Some(OF_SHOPS),
        _ => None,
    }
}

impl Writer<'_, '_> {
    /// The lists of records of a row: who belongs to another table's row is not asked about from inside of them.
    pub(crate) fn records(&self, scope: Scope) -> &'static [(&'static str, Scope)] {
        if self.elsewhere.is_some() { &[] } else { scope.records() }
    }

    /// Events that can follow on others.
    pub(crate) fn following(&mut self) -> Source {
        let most = if self.elsewhere == Some(Scope::Shop) { 1 } else { 2 };
        *self.choices.pick(&SOURCES[..most])
    }

    /// An occasion that can be named.
    pub(crate) fn occasion(&mut self) -> String {
        self.written(if self.elsewhere.is_some() { &OCCASIONS[..OF_EVERYBODY] } else { OCCASIONS })
    }

    /// A segment of another table's rows, and one of the customers who reach it.
    pub(crate) fn other_segment(&mut self, at: usize) -> (String, &'static str) {
        let (scope, table) =
            if self.choices.once_in(2) { (Scope::Company, "companies") } else { (Scope::Shop, "shops") };
        let lines = 1 + self.choices.below(2);
        let mut text = format!("segment other_{at} of {table} {{\n");
        let like: Vec<String> =
            self.earlier.others.iter().filter(|(_, of)| *of == table).map(|(name, _)| name.clone()).collect();
        if !like.is_empty() && self.choices.once_in(3) {
            text += &format!("  {}{}\n", if self.choices.once_in(2) { "not " } else { "" }, self.choices.pick(&like));
        }
        self.elsewhere = Some(scope);
        for _ in 0..lines {
            text += &format!("  {}\n", self.condition(scope, 4));
        }
        self.elsewhere = None;
        let reached = match scope {
            Scope::Company => self.written(&["company.other", "not company.other", "company is in other"]),
            _ => self.written(&["any buys where shop.other", "every buys where not shop.other"]),
        };
        text += &format!("}}\nsegment via_{at} {{ {reached}_{at} }}\n");
        (text, table)
    }
}
