//! Random conditions as text, each kind of test by itself.

use crate::kinds::{Kind, Ty};
use crate::pools::*;
use crate::schema::Scope;
use crate::values::{COMPARISONS, Writer, constant, of_customer};

impl Writer<'_, '_> {
    /// A condition of any form.
    pub(crate) fn condition(&mut self, scope: Scope, depth: usize) -> String {
        if depth == 0 {
            return self.atom(scope, 0);
        }
        match self.choices.below(10) {
            0..=5 => self.atom(scope, depth - 1),
            6 => self.joined("and", scope, depth - 1),
            7 => format!("not ({})", self.condition(scope, depth - 1)),
            _ => self.joined("or", scope, depth - 1),
        }
    }

    fn joined(&mut self, word: &str, scope: Scope, depth: usize) -> String {
        let count = 2 + self.choices.below(2);
        let operands: Vec<String> = (0..count).map(|_| format!("({})", self.condition(scope, depth))).collect();
        operands.join(&format!(" {word} "))
    }

    /// A single test of some kind.
    pub(crate) fn atom(&mut self, scope: Scope, depth: usize) -> String {
        let kinds = Kind::all();
        loop {
            // Questions about rows are what takes most to answer, so they are asked more often.
            let kind = if depth > 0 && self.choices.once_in(4) {
                *self.choices.pick(&Kind::of_rows())
            } else {
                *self.choices.pick(&kinds)
            };
            if let Some(text) = self.atom_of(kind, scope, depth) {
                return text;
            }
        }
    }

    /// A test of a kind; `None` where the scope has nothing it could be asked of.
    pub(crate) fn atom_of(&mut self, kind: Kind, scope: Scope, depth: usize) -> Option<String> {
        let deeper = depth.saturating_sub(1);
        let rows = matches!(
            kind,
            Kind::Any | Kind::No | Kind::Every | Kind::Count | Kind::Aggregate | Kind::Entries | Kind::Block(_)
        );
        if depth == 0 && rows {
            return None;
        }
        Some(match kind {
            Kind::Boolean => {
                let name = self.field(Ty::Boolean, scope);
                format!("{name}{}", self.written(&["", "", " is true", " is not true", " is false"]))
            }
            Kind::Compare(ty) => {
                let left = self.value(ty, scope, depth);
                let operator = self.written(COMPARISONS);
                // A share goes with numbers as well, but not with written ones.
                let right = match ty {
                    Ty::Percent if self.choices.once_in(4) => self.value(Ty::Number, scope, deeper),
                    _ => self.right(ty, scope, deeper),
                };
                format!("{left} {operator} {right}")
            }
            Kind::Range(ty) => {
                let value = self.value(ty, scope, depth);
                let (from, to) = *self.choices.pick(ranges(ty));
                let from = if self.choices.once_in(4) { self.field(ty, scope) } else { from.to_owned() };
                format!("{value} from {from} to {to}")
            }
            Kind::Equal(ty) => self.equal(ty, scope, depth),
            Kind::OneOf(ty) => self.one_of(ty, scope, depth),
            Kind::Known(ty) => {
                let value = match ty {
                    Ty::Boolean if self.choices.once_in(2) => format!("({})", self.condition(scope, deeper)),
                    _ => self.value(ty, scope, depth),
                };
                format!("{value} {}", self.written(&["is known", "is missing", "is not known", "is not missing"]))
            }
            Kind::InList => {
                let not = self.not();
                let (ty, list) = *self.choices.pick(&[
                    (Ty::Text, "sample"),
                    (Ty::Integer, "whole"),
                    (Ty::Money, "prices"),
                    (Ty::Id, "whole"),
                    (Ty::Number, "whole"),
                    (Ty::Text, "nobody"),
                ]);
                format!("{} is{not} in {list}", self.field(ty, scope))
            }
            Kind::TextTest(test) => self.text_test(test, scope),
            Kind::Includes(how) => return self.includes(how, scope),
            Kind::Empty => {
                let lists: Vec<&str> =
                    scope.lists().iter().chain(scope.looked_lists()).map(|(name, _)| *name).collect();
                let list = if lists.is_empty() { "customer.tags" } else { self.choices.pick(&lists) };
                format!("{list} is{} empty", self.not())
            }
            Kind::NoRecords => match self.records(scope) {
                [] => return None,
                records => format!("{} is{} empty", self.choices.pick(records).0, self.not()),
            },
            Kind::Window(form) => {
                let ty = if self.choices.once_in(2) { Ty::Date } else { Ty::Instant };
                let window = self.window(form, ty)?;
                let name = self.field(ty, scope);
                format!("{name} is{} {window}", self.not())
            }
            Kind::Any => format!("any {}", self.rows(scope, deeper)?),
            Kind::No => format!("no {}", self.rows(scope, deeper)?),
            Kind::Every => {
                let source = self.source(scope)?;
                let windows = self.windows_for(source);
                format!("every {}{windows} where ({})", source.path, self.condition(source.inner, deeper))
            }
            Kind::Count => {
                let rows = match scope {
                    Scope::Customer if self.choices.once_in(6) => {
                        let rows = self.written(&["buys", "visits", "buys.due", "buys.paid_at"]);
                        format!("{}{rows}", self.stretch())
                    }
                    _ => self.rows(scope, deeper)?,
                };
                let tests =
                    &["at least 1", "at least 2", "at most 1", "exactly 1", "more than 1", "fewer than 2", "exactly 0"];
                format!("{} {rows}", self.written(tests))
            }
            Kind::Aggregate => self.compare_aggregate(scope, deeper)?,
            Kind::Elements => self.compare_elements(scope.lists())?,
            Kind::Entries => self.compare_entries(scope, deeper)?,
            Kind::LookedElements => self.compare_elements(scope.looked_lists())?,
            Kind::LookedRecords => {
                let company = scope.company();
                let operator = self.written(COMPARISONS);
                match self.choices.below(3) {
                    0 => format!("{company}.desks {operator} {}", self.written(&["2", "5", "10"])),
                    1 => format!("{company}.top_code {operator} {}", self.written(&["2", "1", "5"])),
                    _ => format!("{company}.airy"),
                }
            }
            Kind::Part(part) => self.compare_part(part, scope, depth),
            Kind::Since(unit) => self.units("since", unit, scope, depth),
            Kind::Until(unit) => self.units("until", unit, scope, depth),
            Kind::TimeSince | Kind::TimeUntil => {
                let way = if kind == Kind::TimeSince { "since" } else { "until" };
                let ty = if self.choices.once_in(2) { Ty::Date } else { Ty::Instant };
                let moment = self.value(ty, scope, depth);
                let operator = self.written(COMPARISONS);
                format!("time {way} {moment} {operator} {}", self.right(Ty::Duration, scope, deeper))
            }
            Kind::Difference(ty) => {
                let difference = self.difference(ty, scope, depth);
                let operator = self.written(COMPARISONS);
                format!("{difference} {operator} {}", self.literal(Ty::Duration))
            }
            Kind::Occurs => {
                let occasion = self.occasion();
                let window = self.written(&[
                    "in the next 7 days",
                    "in the last 30 days",
                    "in the next 3 months",
                    "today",
                    "this month",
                    "last quarter",
                    "in the last 2 whole weeks",
                    "from 60 to 30 days ago",
                    "from 2024-01-01 to 2024-02-28",
                    "exactly 2 months ago",
                    "on 2024-03-10",
                    "in the last 2 years",
                    "less than 2 weeks ago",
                ]);
                format!("{occasion} is{} {window}", self.not())
            }
            Kind::Near => {
                let place = self.value(Ty::Place, scope, depth);
                let reach = self.written(&["5 km", "6 km", "0 m", "1000 miles", "10000 km", "0.5 miles", "5559 m"]);
                // Behind `of` stands a name or a point.
                let of = if self.choices.once_in(2) { self.literal(Ty::Place) } else { self.field(Ty::Place, scope) };
                format!("{place} within {reach} of {of}")
            }
            Kind::InBox => {
                let corners = self.written(&[
                    "point(-1, -1) to point(1, 1)",
                    "point(-90, 170) to point(90, -170)",
                    "point(0, 0) to point(0, 180)",
                    "let_point to point(60, 0.1)",
                    "point(-10, -180) to point(90, 180)",
                ]);
                format!("{} within the box from {corners}", self.value(Ty::Place, scope, depth))
            }
            Kind::Degrees => {
                let way = self.written(&["latitude", "longitude"]);
                let value = format!("({way} of {})", self.value(Ty::Place, scope, depth));
                format!("{value} {} {}", self.written(COMPARISONS), self.right(Ty::Number, scope, 0))
            }
            Kind::Segment => {
                let name = self.choose(&self.earlier.segments)?;
                of_customer(scope, &name) + &self.written(&["", "", " is false"])
            }
            Kind::PartitionPart => {
                let (name, parts) = self.choose(&self.earlier.partitions)?;
                let (name, part, not) = (of_customer(scope, &name), self.choices.pick(&parts).clone(), self.not());
                if self.choices.once_in(3) {
                    format!("{name} is{not} one of {part}, {}", self.choices.pick(&parts))
                } else {
                    format!("{name} is{not} {part}")
                }
            }
            Kind::Trait => {
                let made: Vec<Ty> = Ty::ALL
                    .into_iter()
                    .filter(|ty| !self.earlier.traits(*ty).is_empty() && *ty != Ty::Listed)
                    .collect();
                let ty = self.choose(&made)?;
                let name = self.choose(self.earlier.traits(ty))?;
                self.against(ty, of_customer(scope, &name), scope)
            }
            Kind::Friend => {
                let friend = self.written(scope.friends());
                let ty = *self.choices.pick(&Ty::ALL);
                let name = self.written(Scope::Customer.names(ty));
                self.against(ty, format!("{friend}.{name}"), scope)
            }
            Kind::Let(ty) => {
                let name = self.field(ty, scope);
                let constant = constant(ty).unwrap_or_default();
                match ty.ordered() {
                    true => format!("{name} {} {constant}", self.written(COMPARISONS)),
                    false => format!("{name} is{} {constant}", self.not()),
                }
            }
            Kind::Absolute(ty) => {
                let value = format!("(absolute of {})", self.value(ty, scope, depth));
                self.against(ty, value, scope)
            }
            Kind::Negated(ty) => {
                let value = format!("(-{})", self.value(ty, scope, depth));
                self.against(ty, value, scope)
            }
            Kind::Rounded(ty) => {
                let value = self.rounded(ty, scope, depth);
                self.against(if ty == Ty::Percent { Ty::Number } else { ty }, value, scope)
            }
            Kind::Otherwise(ty) => {
                let value = self.otherwise(ty, scope, deeper);
                self.against(ty, value, scope)
            }
            Kind::Shifted(ty) => {
                let value = self.shifted(ty, scope, depth);
                self.against(ty, value, scope)
            }
            Kind::Block(block) => {
                let lines: Vec<String> = (0..3).map(|_| format!("    {}\n", self.condition(scope, deeper))).collect();
                format!("{block} {{\n{}  }}", lines.concat())
            }
        })
    }

    /// One of what was made earlier; `None` where there is none.
    fn choose<T: Clone>(&mut self, made: &[T]) -> Option<T> {
        (!made.is_empty()).then(|| self.choices.pick(made).clone())
    }

    /// A value held against another of its type.
    fn against(&mut self, ty: Ty, value: String, scope: Scope) -> String {
        match ty {
            Ty::Boolean => value,
            Ty::Listed => format!("{value} is{} {}", self.not(), self.field(Ty::Text, scope)),
            Ty::Zone | Ty::Place => format!("{value} is{} {}", self.not(), self.right(ty, scope, 0)),
            _ if self.choices.once_in(4) => format!("{value} is{} {}", self.not(), self.right(ty, scope, 0)),
            _ => format!("{value} {} {}", self.written(COMPARISONS), self.right(ty, scope, 0)),
        }
    }

    fn equal(&mut self, ty: Ty, scope: Scope, depth: usize) -> String {
        let not = self.not();
        match ty {
            Ty::Boolean if depth > 0 && self.choices.once_in(2) => {
                let left = self.condition(scope, depth - 1);
                format!("({left}) is{not} {}", self.right(ty, scope, 0))
            }
            Ty::Listed if self.choices.once_in(3) => {
                // Two fields that list different values are held against each other as texts.
                let (left, right) = (self.choices.pick(scope.listed()).0, self.written(scope.names(ty)));
                let other = if left == right { self.field(Ty::Text, scope) } else { right };
                format!("{left} is{not} {other}")
            }
            Ty::Listed => {
                let (name, values) = *self.choices.pick(scope.listed());
                let value = self.written(values);
                format!("{name} is{not} {value}{}", self.ignoring())
            }
            Ty::Text | Ty::Id => {
                let left = self.value(ty, scope, depth);
                let right = self.right(ty, scope, 0);
                format!("{left} is{not} {right}{}", self.ignoring())
            }
            _ => {
                let left = self.value(ty, scope, depth);
                format!("{left} is{not} {}", self.right(ty, scope, 0))
            }
        }
    }

    fn one_of(&mut self, ty: Ty, scope: Scope, depth: usize) -> String {
        let not = self.not();
        if ty == Ty::Listed {
            let (name, listed) = *self.choices.pick(scope.listed());
            let values: Vec<String> = (0..1 + self.choices.below(2)).map(|_| self.written(listed)).collect();
            return format!("{name} is{not} one of {}", values.join(", "));
        }
        let value = self.value(ty, scope, depth);
        let values: Vec<String> = (0..1 + self.choices.below(3))
            .map(|_| if self.choices.once_in(5) { self.field(ty, scope) } else { self.literal(ty) })
            .collect();
        let ignoring = if ty == Ty::Text { self.ignoring() } else { "" };
        format!("{value} is{not} one of {}{ignoring}", values.join(", "))
    }

    fn text_test(&mut self, test: &str, scope: Scope) -> String {
        let ty = *self.choices.pick(&[Ty::Text, Ty::Text, Ty::Text, Ty::Id, Ty::Zone, Ty::Listed]);
        let name = self.field(ty, scope);
        let denied = self.choices.once_in(4);
        let words = match (test, denied) {
            (_, false) => test.to_owned(),
            ("contains", true) => "does not contain".to_owned(),
            ("starts with", true) => "does not start with".to_owned(),
            ("ends with", true) => "does not end with".to_owned(),
            (_, true) => "does not match".to_owned(),
        };
        let looked_for = match (test, ty) {
            ("matches", _) => self.literal_text(PATTERNS),
            (_, Ty::Zone) => self.literal_text(&["Eu", "e", "c", "/", "U"]),
            _ if self.choices.once_in(4) => self.field(Ty::Text, scope),
            _ => self.literal_text(FRAGMENTS),
        };
        format!("{name} {words} {looked_for}{}", self.ignoring())
    }

    fn includes(&mut self, how: &str, scope: Scope) -> Option<String> {
        let lists = match how {
            "looked-up list" => scope.looked_lists(),
            "a customer's list" => Scope::Customer.lists(),
            _ => scope.lists(),
        };
        let (list, ty) = self.choose(lists)?;
        let list_name = if how == "a customer's list" { of_customer(scope, list) } else { list.to_owned() };
        let value = |writer: &mut Self| match (ty, list) {
            (Ty::Listed, "hobby") => writer.written(&["\"hiking\"", "\"chess\"", "\"cycling\""]),
            (Ty::Listed, _) => writer.written(&["\"ski\"", "\"swim\"", "\"run\""]),
            (Ty::Integer, _) => writer.written(&["1", "2", "0", "5", "let_few"]),
            (Ty::Date, _) => writer.written(&["2024-02-29", "today", "2024-03-10"]),
            _ => writer.literal(ty),
        };
        let ignoring = if ty == Ty::Text { self.ignoring() } else { "" };
        let values: Vec<String> = (0..1 + self.choices.below(3)).map(|_| value(self)).collect();
        Some(match how {
            "any of" | "all of" | "none of" => format!("{list_name} includes {how} {}{ignoring}", values.join(", ")),
            "denied" => format!("{list_name} does not include {}{ignoring}", value(self)),
            "field" if ty == Ty::Listed => return None,
            "field" => {
                let quantifier = self.written(&["any of ", "all of ", "none of "]);
                let field = self.field(ty, scope);
                match self.choices.below(2) {
                    0 => format!("{list_name} includes {field}{ignoring}"),
                    _ => format!("{list_name} includes {quantifier}{field}, {}{ignoring}", values.join(", ")),
                }
            }
            _ => format!("{list_name} includes {}{ignoring}", value(self)),
        })
    }

    fn compare_elements(&mut self, lists: &'static [(&'static str, Ty)]) -> Option<String> {
        let ty = *self.choices.pick(&[Ty::Integer, Ty::Integer, Ty::Text, Ty::Money, Ty::Number, Ty::Date, Ty::Id]);
        let elements = self.elements(ty, lists)?;
        let operator = self.written(COMPARISONS);
        let value = if ty == Ty::Integer { self.written(&["1", "2", "0"]) } else { self.literal(ty) };
        Some(format!("({elements}) {operator} {value}"))
    }

    fn compare_part(&mut self, part: &str, scope: Scope, depth: usize) -> String {
        let value = self.part(part, scope, depth);
        let not = self.not();
        let operator = self.written(COMPARISONS);
        match part {
            "month" => {
                format!(
                    "{value} is{not} one of {}",
                    self.written(&["february, march", "december", "june, july, august"])
                )
            }
            "weekday" => format!("{value} is{not} {}", self.written(&["monday", "friday", "sunday"])),
            "year" => format!("{value} {operator} 2024"),
            "quarter" => format!("{value} is{not} {}", self.written(&["1", "2", "4"])),
            "day" => format!("{value} {operator} {}", self.written(&["15", "29", "1"])),
            "hour" => format!("{value} {operator} {}", self.written(&["12", "2", "0", "23"])),
            "minute" => format!("{value} {operator} {}", self.written(&["0", "30", "15", "59"])),
            "date" => format!("{value} {operator} {}", self.right(Ty::Date, scope, 0)),
            _ => format!("{value} {operator} {}", self.written(&["1", "2", "0", "4"])),
        }
    }

    fn units(&mut self, way: &str, unit: &str, scope: Scope, depth: usize) -> String {
        let ty = if self.choices.once_in(2) { Ty::Date } else { Ty::Instant };
        let moment = self.value(ty, scope, depth);
        let operator = self.written(COMPARISONS);
        let bound = match unit {
            "hours" | "minutes" | "seconds" => self.written(&["0", "24", "100", "-1", "10000", "3600"]),
            _ => self.written(&["0", "1", "30", "7", "-1", "12", "365"]),
        };
        format!("{unit} {way} {moment} {operator} {bound}")
    }
}

/// Ends between which values of the data lie.
fn ranges(ty: Ty) -> &'static [(&'static str, &'static str)] {
    match ty {
        Ty::Integer => &[("-1", "5"), ("0", "let_double"), ("2", "100")],
        Ty::Number => &[("0.1", "1.5"), ("-1", "2"), ("0", "let_ratio")],
        Ty::Money => &[("0 USD", "10 USD"), ("let_limit", "100 USD")],
        Ty::Percent => &[("0%", "45%"), ("let_share", "100%")],
        Ty::Duration => &[("0 seconds", "2 hours"), ("let_pause", "10 days")],
        Ty::Date => &[("2024-01-01", "2024-06-30"), ("2023-03-01", "today"), ("let_start", "2025-01-01")],
        Ty::Instant => &[("2024-01-01 00:00", "2024-06-30 12:00"), ("2023-03-01 12:00", "now"), ("let_moment", "now")],
        Ty::Boolean | Ty::Text | Ty::Id | Ty::Zone | Ty::Listed | Ty::Place => &[],
    }
}
