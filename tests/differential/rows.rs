//! Random questions about many rows: which rows, windows, conditions, what is asked.

use crate::kinds::{Ty, WINDOWS};
use crate::pools::*;
use crate::schema::Scope;
use crate::values::{COMPARISONS, Writer};

/// Rows to ask about.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Source {
    /// How the scope calls them.
    pub(crate) path: &'static str,
    /// The scope of a row.
    pub(crate) inner: Scope,
    /// Whether they have a time: a day only, or an instant.
    pub(crate) timed: Option<Ty>,
}

/// What can be asked about from the customer.
pub(crate) const SOURCES: &[Source] = &[
    Source { path: "buys", inner: Scope::Buys, timed: Some(Ty::Instant) },
    Source { path: "visits", inner: Scope::Visits, timed: Some(Ty::Date) },
    Source { path: "pets", inner: Scope::Pets, timed: None },
    Source { path: "homes", inner: Scope::Homes, timed: None },
    Source { path: "buys.items", inner: Scope::Items, timed: Some(Ty::Instant) },
    Source { path: "buys.items.parts", inner: Scope::Parts, timed: Some(Ty::Instant) },
];

impl Writer<'_, '_> {
    /// Rows to ask about from a scope, where it has any.
    pub(crate) fn source(&mut self, scope: Scope) -> Option<Source> {
        if scope == Scope::Customer {
            return Some(*self.choices.pick(SOURCES));
        }
        if let Some(sources) = crate::others::sources(scope) {
            return Some(*self.choices.pick(sources));
        }
        let lists = self.records(scope);
        if lists.is_empty() {
            return None;
        }
        let (path, inner) = *self.choices.pick(lists);
        Some(Source { path, inner, timed: None })
    }

    /// The rows with windows and perhaps a condition.
    pub(crate) fn rows(&mut self, scope: Scope, depth: usize) -> Option<String> {
        let source = self.source(scope)?;
        Some(self.rows_of(source, depth))
    }

    /// Rows of a source with windows and perhaps a condition.
    pub(crate) fn rows_of(&mut self, source: Source, depth: usize) -> String {
        let tail = self.tail(source, depth);
        format!("{}{tail}", source.path)
    }

    pub(crate) fn windows_for(&mut self, source: Source) -> String {
        let Some(ty) = source.timed else { return String::new() };
        if self.choices.once_in(3) {
            return String::new();
        }
        let form = self.written(WINDOWS);
        let mut text = match self.window(&form, ty) {
            // Of rows that lie ahead there are none.
            Some(window) if !form.starts_with("in the next") => format!(" {window}"),
            _ => String::new(),
        };
        if self.choices.once_in(4) {
            text += if ty == Ty::Date { " on weekdays" } else { " on weekends from 07:00 to 19:00" };
        }
        text
    }

    /// Windows and `where` after an aggregate's path.
    fn tail(&mut self, source: Source, depth: usize) -> String {
        let mut text = self.windows_for(source);
        if self.choices.once_in(2) {
            text += &format!(" where ({})", self.condition(source.inner, depth.min(2)));
        }
        text + &self.steps(source, depth)
    }

    /// Steps that follow on events; none more often than not.
    fn steps(&mut self, source: Source, depth: usize) -> String {
        let mut text = String::new();
        let mut before = source.inner;
        let mut most = 3;
        while matches!(before, Scope::Buys | Scope::Visits) && most > 0 && self.choices.once_in(4) {
            let next = self.following();
            let negated = self.choices.once_in(3);
            text += if negated { " followed by no " } else { " followed by " };
            text += next.path;
            text += &self.windows_for(next);
            let days = before == Scope::Visits || next.inner == Scope::Visits;
            if self.choices.once_in(2) {
                let count = self.choices.pick(&["1", "2", "3", "10", "400"]).to_owned();
                let units: &[&str] =
                    if days { &["days", "weeks"] } else { &["days", "weeks", "hours", "minutes", "seconds"] };
                let unit = *self.choices.pick(units);
                text += &format!(" within {count} {unit}");
            }
            if self.choices.once_in(3) {
                let shared: &[&str] = match (before, next.inner) {
                    (Scope::Buys, Scope::Buys) => {
                        &["kind", "gift", "note", "shop", "qty", "unit_disc", "price, kind", "lag", "due", "tax"]
                    }
                    (Scope::Visits, Scope::Visits) => &["page", "guide", "length", "secs, page", "note", "score"],
                    _ => &["note", "shop", "note, shop"],
                };
                text += &format!(" with the same {}", self.choices.pick(shared));
            }
            if self.choices.once_in(3) {
                text += " with ";
                text += &match (before, next.inner) {
                    (Scope::Buys, Scope::Buys) => self.written(&[
                        "a greater qty",
                        "a smaller unit_disc",
                        "another kind",
                        "another shop",
                        "a greater lag",
                        "an earlier due",
                        "a smaller tax",
                        "another gift",
                    ]),
                    (Scope::Visits, Scope::Visits) => self.written(&[
                        "a greater secs",
                        "a smaller score",
                        "another page",
                        "another guide",
                        "a greater length",
                        "a later day",
                    ]),
                    _ => self.written(&["another note", "another shop"]),
                };
            }
            if self.choices.once_in(3) {
                text += &format!(" where ({})", self.condition(next.inner, depth.min(2)));
            }
            before = if negated { break } else { next.inner };
            most -= 1;
        }
        text
    }

    /// A value of a type that an aggregate gives, without brackets; `None` where the scope has no such rows.
    pub(crate) fn aggregate(&mut self, ty: Ty, scope: Scope, depth: usize) -> Option<String> {
        if self.choices.once_in(6)
            && let Some(elements) = self.elements(ty, scope.lists())
        {
            return Some(elements);
        }
        if self.choices.once_in(6)
            && let Some(entries) = self.entries(ty, scope, depth)
        {
            return Some(entries);
        }
        let source = self.source(scope)?;
        let is_event = matches!(source.inner, Scope::Buys | Scope::Visits);
        if ty == Ty::Duration && is_event && self.choices.once_in(3) {
            let gap = self.written(&["longest", "shortest", "average"]);
            return Some(format!("{gap} gap between {}", self.rows_of(source, depth)));
        }
        let mut operators = vec!["most frequent"];
        if source.timed.is_some() {
            operators.extend(["first", "latest"]);
        }
        if ty.ordered() {
            operators.extend(["smallest", "largest"]);
        }
        if matches!(ty, Ty::Integer | Ty::Number | Ty::Money | Ty::Duration) {
            operators.push("sum of");
        }
        if matches!(ty, Ty::Number | Ty::Money | Ty::Duration) {
            operators.push("average of");
        }
        if ty == Ty::Integer {
            operators.extend(["number of", "number of different", "number of"]);
        }
        let operator = self.written(&operators);
        if operator == "number of" {
            let tail = self.tail(source, depth);
            let stretches = source.timed.is_some() && !source.path.contains('.') && self.choices.once_in(4);
            let unit = if stretches { self.stretch() } else { String::new() };
            return Some(format!("number of {unit}{}{tail}", source.path));
        }
        let of = match operator.as_str() {
            "number of different" => *self.choices.pick(&Ty::ALL),
            // Averages of whole numbers and shares, and sums of shares, are numbers.
            "average of" if ty == Ty::Number => *self.choices.pick(&[Ty::Number, Ty::Integer, Ty::Percent]),
            "sum of" if ty == Ty::Number => *self.choices.pick(&[Ty::Number, Ty::Percent]),
            _ => ty,
        };
        let own = |name: &&&'static str| !name.starts_with("customer.");
        let fields: Vec<&'static str> = source.inner.names(of).iter().filter(own).copied().collect();
        if fields.is_empty() {
            return None;
        }
        let field = self.written(&fields);
        let tail = self.tail(source, depth);
        Some(format!("{operator} {}.{field}{tail}", source.path))
    }

    /// Stretches of the calendar, each of which counts once.
    pub(crate) fn stretch(&mut self) -> String {
        format!("different {} of ", self.written(&["days", "weeks", "months", "quarters", "years"]))
    }

    /// What the values of a plain list give.
    pub(crate) fn elements(&mut self, ty: Ty, lists: &'static [(&'static str, Ty)]) -> Option<String> {
        let counted = ty == Ty::Integer && self.choices.once_in(2);
        let fits = |of: Ty| match ty {
            _ if counted => true,
            Ty::Number => matches!(of, Ty::Number | Ty::Integer),
            _ => of == ty && ty.ordered(),
        };
        let lists: Vec<(&'static str, Ty)> = lists.iter().filter(|(_, of)| fits(*of)).copied().collect();
        if lists.is_empty() {
            return None;
        }
        let (list, of) = *self.choices.pick(&lists);
        let operator = match (ty, of) {
            _ if counted => self.written(&["number of", "number of different"]),
            (Ty::Number, Ty::Integer) => "average of".to_owned(),
            (Ty::Number | Ty::Money, _) => self.written(&["largest", "smallest", "sum of", "average of"]),
            (Ty::Integer, _) => self.written(&["largest", "smallest", "sum of"]),
            _ => self.written(&["largest", "smallest"]),
        };
        Some(format!("{operator} {list}"))
    }

    /// What the entries of the lists of many rows give, in the rows' own lists and through look-ups.
    fn entries(&mut self, ty: Ty, scope: Scope, depth: usize) -> Option<String> {
        let source = self.source(scope)?;
        let counted = ty == Ty::Integer && self.choices.once_in(2);
        let fits = |of: Ty| counted || of == ty || (ty, of) == (Ty::Number, Ty::Integer);
        let lists: Vec<(&'static str, Ty)> = source
            .inner
            .lists()
            .iter()
            .chain(source.inner.looked_lists())
            .filter(|(_, of)| fits(*of))
            .copied()
            .collect();
        if lists.is_empty() {
            return None;
        }
        let (list, of) = *self.choices.pick(&lists);
        let mut operators = Vec::new();
        if counted {
            operators.extend(["number of", "number of different"]);
        } else if (ty, of) == (Ty::Number, Ty::Integer) {
            operators.push("average of");
        } else {
            operators.push("most frequent");
            if source.timed.is_some() {
                operators.extend(["first", "latest"]);
            }
            if ty.ordered() {
                operators.extend(["smallest", "largest"]);
            }
            if matches!(ty, Ty::Integer | Ty::Number | Ty::Money | Ty::Duration) {
                operators.push("sum of");
            }
            if matches!(ty, Ty::Number | Ty::Money | Ty::Duration) {
                operators.push("average of");
            }
        }
        let operator = self.written(&operators);
        let tail = self.tail(source, depth);
        Some(format!("{operator} {}.{list}{tail}", source.path))
    }

    /// What the entries of the lists of many rows give, compared with a value.
    pub(crate) fn compare_entries(&mut self, scope: Scope, depth: usize) -> Option<String> {
        // Rows with lists are few, and not all of their lists have values of every type.
        let (ty, entries) = (0..6).find_map(|_| {
            let types = &[Ty::Integer, Ty::Integer, Ty::Text, Ty::Text, Ty::Number, Ty::Money, Ty::Id];
            let ty = *self.choices.pick(types);
            Some((ty, self.entries(ty, scope, depth)?))
        })?;
        let value = if ty == Ty::Integer { self.written(&["1", "2", "0", "5"]) } else { self.literal(ty) };
        if !ty.ordered() {
            return Some(format!("({entries}) is {value}"));
        }
        let operator = self.written(COMPARISONS);
        Some(format!("({entries}) {operator} {value}"))
    }

    /// What an aggregate gives, compared with a value.
    pub(crate) fn compare_aggregate(&mut self, scope: Scope, depth: usize) -> Option<String> {
        let ty = *self.choices.pick(&[
            Ty::Integer,
            Ty::Integer,
            Ty::Money,
            Ty::Number,
            Ty::Duration,
            Ty::Date,
            Ty::Instant,
            Ty::Percent,
            Ty::Text,
            Ty::Id,
            Ty::Zone,
            Ty::Boolean,
            Ty::Place,
        ]);
        let aggregate = self.aggregate(ty, scope, depth)?;
        if !ty.ordered() {
            let value = self.literal(ty);
            return Some(format!("({aggregate}) is {value}"));
        }
        let operator = self.written(COMPARISONS);
        let value = self.literal(ty);
        Some(format!("({aggregate}) {operator} {value}"))
    }

    /// A window of a form; `None` where a time of that type cannot be held against it.
    pub(crate) fn window(&mut self, form: &str, ty: Ty) -> Option<String> {
        let day = ty == Ty::Date;
        let unit = |writer: &mut Self, day_units: &[&'static str], short: &[&'static str]| {
            if day || !writer.choices.once_in(3) { writer.written(day_units) } else { writer.written(short) }
        };
        let count = |writer: &mut Self| writer.written(&["2", "7", "30", "90", "1", "12", "365"]);
        let units = |writer: &mut Self| {
            unit(writer, &["days", "weeks", "months", "years", "quarters"], &["hours", "minutes", "seconds"])
        };
        let single =
            |writer: &mut Self| unit(writer, &["month", "week", "year", "quarter", "day"], &["hour", "minute"]);
        Some(match form {
            "in the last" => format!("in the last {} {}", count(self), units(self)),
            "in the last whole" => {
                let count = self.written(&["1", "2", "3", "12"]);
                format!("in the last {count} whole {}", self.written(&["days", "weeks", "months", "quarters", "years"]))
            }
            "in the last, no number" => format!("in the last {}", single(self)),
            "in the next" => format!("in the next {} {}", count(self), units(self)),
            "in the next, no number" => format!("in the next {}", single(self)),
            "more than ago" => format!("more than {} {} ago", count(self), units(self)),
            "less than ago" => format!("less than {} {} ago", count(self), units(self)),
            "exactly ago" => {
                let count = self.written(&["1", "2", "7", "3", "4", "0"]);
                format!("exactly {count} {} ago", unit(self, &["days", "weeks", "months", "years"], &["hours"]))
            }
            "from to ago" => {
                let ends = self.written(&["60 to 30", "30 to 2", "3 to 1", "90 to 0", "365 to 7"]);
                format!("from {ends} {} ago", unit(self, &["days", "weeks"], &["hours", "minutes"]))
            }
            "from to ago, two units" => self.written(&[
                "from 2 months to 1 week ago",
                "from 1 year to 10 days ago",
                "from 1 quarter to 0 days ago",
            ]),
            "near an occasion" => {
                let days = self.written(&["1 day", "10 days", "3 weeks", "100 days"]);
                let side = self.written(&["before", "after"]);
                format!("in the {days} {side} {}", self.occasion())
            }
            "during an occasion" => format!("during {}", self.occasion()),
            "since" => format!("since {}", self.bound(day)),
            "before" => format!("before {}", self.bound(day)),
            "after" => format!("after {}", self.bound(day)),
            "from to" if !day && self.choices.once_in(3) => self.written(&[
                "from 2024-01-01 06:00 to 2024-06-15 11:59:59",
                "from 2023-12-31 to now",
                "from let_moment to today",
            ]),
            "from to" => self.written(&[
                "from 2024-01-01 to 2024-06-30",
                "from 2023-12-31 to 2024-03-10",
                "from 2024-03-10 to 2024-03-10",
                "from 2024-02-01 to today",
                "from today - 30 days to yesterday",
                "from let_start to let_start + 2 months",
            ]),
            "this" | "last" => {
                let unit = single(self);
                let is_fiscal = matches!(unit.as_str(), "year" | "quarter") && self.choices.once_in(2);
                if is_fiscal { format!("{form} fiscal {unit}") } else { format!("{form} {unit}") }
            }
            "today" | "yesterday" => form.to_owned(),
            "on date" => {
                let date =
                    self.written(&["today - 2 days", "today", "2024-03-10", "let_start", "yesterday", "2024-02-29"]);
                format!("on {date}")
            }
            "weekdays" => self.written(&["on weekdays", "on weekends", "on mondays, fridays", "on sundays"]),
            "hours" if day => return None,
            "hours" => self.written(&["from 07:00 to 10:00", "from 22:00 to 06:00", "from 00:00 to 12:30"]),
            other => unreachable!("no window `{other}`"),
        })
    }

    /// An end of a window.
    fn bound(&mut self, day: bool) -> String {
        if !day && self.choices.once_in(3) {
            return self.written(&[
                "2024-03-10 02:30",
                "let_moment",
                "now",
                "2024-06-01 12:00",
                "let_moment + 90 minutes",
            ]);
        }
        self.written(WRITTEN_DATES)
    }
}
