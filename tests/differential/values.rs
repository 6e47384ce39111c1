//! Random values of each type as text: fields, lookups, traits, constants, calculations, questions about many rows. Every
//! compound value is bracketed, so the text means what the generator meant.

use crate::choices::Choices;
use crate::kinds::{PARTS, Ty, UNITS};
use crate::pools::*;
use crate::rules::Earlier;
use crate::schema::Scope;

/// Writes the text of one rule.
pub(crate) struct Writer<'a, 'b> {
    pub(crate) choices: &'a mut Choices<'b>,
    pub(crate) earlier: &'a Earlier,
    /// Whose segment is written, where it is another table's, which cannot ask about all that a customer's can.
    pub(crate) elsewhere: Option<Scope>,
}

pub(crate) const COMPARISONS: &[&str] = &[">=", ">", "<", "<="];

/// `name` of the customer, as a row's scope calls it.
pub(crate) fn of_customer(scope: Scope, name: &str) -> String {
    match scope {
        Scope::Customer | Scope::Member => name.to_owned(),
        Scope::Company => format!("owner.{name}"),
        Scope::Shop => format!("manager.{name}"),
        _ => format!("customer.{name}"),
    }
}

impl Writer<'_, '_> {
    pub(crate) fn written(&mut self, pool: &[&'static str]) -> String {
        (*self.choices.pick(pool)).to_owned()
    }

    pub(crate) fn literal_text(&mut self, pool: &[&'static str]) -> String {
        format!("\"{}\"", self.choices.pick(pool))
    }

    pub(crate) fn ignoring(&mut self) -> &'static str {
        if self.choices.once_in(3) { " ignoring case" } else { "" }
    }

    pub(crate) fn not(&mut self) -> &'static str {
        if self.choices.once_in(3) { " not" } else { "" }
    }

    /// A field, or a trait made earlier.
    pub(crate) fn field(&mut self, ty: Ty, scope: Scope) -> String {
        let earlier = self.earlier.traits(ty);
        if earlier.is_empty() || !self.choices.once_in(4) {
            return self.written(scope.names(ty));
        }
        let name = self.choices.pick(earlier).clone();
        of_customer(scope, &name)
    }

    /// A written value or a constant. Listed values depend on the field, so there are none of them here.
    pub(crate) fn literal(&mut self, ty: Ty) -> String {
        if let Some(name) = constant(ty)
            && self.choices.once_in(6)
        {
            return name.to_owned();
        }
        match ty {
            Ty::Boolean => self.written(&["true", "false"]),
            Ty::Integer => self.written(WRITTEN_INTEGERS),
            Ty::Number => self.written(WRITTEN_NUMBERS),
            Ty::Money => self.written(WRITTEN_MONEY),
            Ty::Percent => self.written(WRITTEN_PERCENTS),
            Ty::Duration => self.written(WRITTEN_DURATIONS),
            Ty::Date => self.written(WRITTEN_DATES),
            Ty::Instant => self.written(WRITTEN_INSTANTS),
            Ty::Text | Ty::Listed => self.literal_text(TEXTS),
            Ty::Id => self.written(WRITTEN_IDS),
            Ty::Zone => self.written(WRITTEN_ZONES),
            Ty::Place => self.written(WRITTEN_PLACES),
        }
    }

    /// What the right side of a test may be: a value, often a written one.
    pub(crate) fn right(&mut self, ty: Ty, scope: Scope, depth: usize) -> String {
        if self.choices.once_in(2) { self.literal(ty) } else { self.value(ty, scope, depth) }
    }

    /// A value of a type; no literal alone.
    pub(crate) fn value(&mut self, ty: Ty, scope: Scope, depth: usize) -> String {
        if depth == 0 || !self.choices.once_in(3) {
            return self.field(ty, scope);
        }
        let deeper = depth - 1;
        match self.choices.below(6) {
            0 => self.otherwise(ty, scope, deeper),
            1 | 2 => match self.aggregate(ty, scope, deeper) {
                Some(aggregate) => format!("({aggregate})"),
                None => self.field(ty, scope),
            },
            3 if ty.calculable() => {
                let how = self.written(&["absolute of ", "-"]);
                format!("({how}{})", self.value(ty, scope, deeper))
            }
            _ => self.calculated(ty, scope, deeper),
        }
    }

    /// The first known of several.
    pub(crate) fn otherwise(&mut self, ty: Ty, scope: Scope, depth: usize) -> String {
        let first = self.value(ty, scope, depth);
        let mut text = format!("({first}");
        for _ in 0..1 + self.choices.below(2) {
            let next = if self.choices.once_in(5) && ty != Ty::Listed {
                self.literal(ty)
            } else {
                self.value(ty, scope, depth)
            };
            text += &format!(" otherwise {next}");
        }
        text + ")"
    }

    /// A calculation, where the type has any.
    fn calculated(&mut self, ty: Ty, scope: Scope, depth: usize) -> String {
        match ty {
            Ty::Integer => self.integer(scope, depth),
            Ty::Number => self.number(scope, depth),
            Ty::Money => self.money(scope, depth),
            Ty::Duration => self.duration(scope, depth),
            Ty::Date | Ty::Instant => self.shifted(ty, scope, depth),
            Ty::Boolean | Ty::Percent | Ty::Text | Ty::Id | Ty::Zone | Ty::Listed | Ty::Place => {
                self.otherwise(ty, scope, depth)
            }
        }
    }

    fn sum(&mut self, ty: Ty, scope: Scope, depth: usize) -> String {
        let left = self.value(ty, scope, depth);
        let sign = self.written(&["+", "-"]);
        format!("({left} {sign} {})", self.right(ty, scope, depth))
    }

    fn integer(&mut self, scope: Scope, depth: usize) -> String {
        match self.choices.below(5) {
            0 | 1 => self.sum(Ty::Integer, scope, depth),
            2 => format!("({} * {})", self.value(Ty::Integer, scope, depth), self.right(Ty::Integer, scope, depth)),
            3 => {
                let part = self.written(PARTS);
                match part.as_str() {
                    "date" => self.sum(Ty::Integer, scope, depth),
                    // By themselves they go with names and with numbers from 1 to 12 or 7 alone.
                    "month" | "weekday" => format!("(0 + {})", self.part(&part, scope, depth)),
                    _ => self.part(&part, scope, depth),
                }
            }
            _ => {
                let unit = self.written(UNITS);
                let way = self.written(&["since", "until"]);
                let ty = if self.choices.once_in(2) { Ty::Date } else { Ty::Instant };
                format!("({unit} {way} {})", self.value(ty, scope, depth))
            }
        }
    }

    fn number(&mut self, scope: Scope, depth: usize) -> String {
        let money = |writer: &mut Self| writer.value(Ty::Money, scope, depth);
        match self.choices.below(9) {
            0 => self.sum(Ty::Number, scope, depth),
            1 => format!("({} - {})", self.value(Ty::Number, scope, depth), self.value(Ty::Integer, scope, depth)),
            2 => format!("({} * {})", self.value(Ty::Number, scope, depth), self.right(Ty::Number, scope, depth)),
            3 => format!("({} / {})", self.value(Ty::Integer, scope, depth), self.value(Ty::Integer, scope, depth)),
            4 => format!("({} / {})", self.value(Ty::Number, scope, depth), self.value(Ty::Number, scope, depth)),
            5 => format!("({} / {})", money(self), money(self)),
            6 => format!("({} / {})", self.value(Ty::Duration, scope, depth), self.value(Ty::Duration, scope, depth)),
            7 => {
                let sign = self.written(&["+", "-", "*"]);
                format!("(1.0 {sign} {})", self.value(Ty::Percent, scope, depth))
            }
            _ => self.rounded(Ty::Number, scope, depth),
        }
    }

    fn money(&mut self, scope: Scope, depth: usize) -> String {
        match self.choices.below(7) {
            0 | 1 => self.sum(Ty::Money, scope, depth),
            2 => format!("({} * {})", self.value(Ty::Integer, scope, depth), self.value(Ty::Money, scope, depth)),
            3 => {
                let factor = if self.choices.once_in(2) { Ty::Percent } else { Ty::Number };
                format!("({} * {})", self.value(Ty::Money, scope, depth), self.right(factor, scope, depth))
            }
            4 => format!("({} / {})", self.value(Ty::Money, scope, depth), self.value(Ty::Integer, scope, depth)),
            5 => format!("({} / {})", self.value(Ty::Money, scope, depth), self.value(Ty::Number, scope, depth)),
            _ => self.rounded(Ty::Money, scope, depth),
        }
    }

    fn duration(&mut self, scope: Scope, depth: usize) -> String {
        let duration = |writer: &mut Self| writer.value(Ty::Duration, scope, depth);
        match self.choices.below(7) {
            0 | 1 => self.sum(Ty::Duration, scope, depth),
            2 => format!("({} * {})", self.value(Ty::Integer, scope, depth), duration(self)),
            3 => format!("({} * {})", duration(self), self.right(Ty::Number, scope, depth)),
            4 => format!("({} / {})", duration(self), self.value(Ty::Integer, scope, depth)),
            5 => {
                let ty = if self.choices.once_in(2) { Ty::Date } else { Ty::Instant };
                self.difference(ty, scope, depth)
            }
            _ => {
                let way = self.written(&["since", "until"]);
                let ty = if self.choices.once_in(2) { Ty::Date } else { Ty::Instant };
                format!("(time {way} {})", self.value(ty, scope, depth))
            }
        }
    }

    /// The time between two moments.
    pub(crate) fn difference(&mut self, ty: Ty, scope: Scope, depth: usize) -> String {
        format!("({} - {})", self.value(ty, scope, depth), self.value(ty, scope, depth))
    }

    /// A moment moved by a length of time.
    pub(crate) fn shifted(&mut self, ty: Ty, scope: Scope, depth: usize) -> String {
        let moment = self.value(ty, scope, depth);
        let sign = self.written(&["+", "-"]);
        if self.choices.once_in(6) {
            return format!("({moment} {sign} let_months)");
        }
        let count = self.written(&["1", "2", "12", "0", "30"]);
        let unit = match ty {
            Ty::Date => self.written(&["months", "days", "weeks", "years", "quarters"]),
            _ => self.written(&["hours", "days", "months", "minutes", "seconds", "weeks", "quarters", "years"]),
        };
        format!("({moment} {sign} {count} {unit})")
    }

    /// A rounded value; of a share it is a number.
    pub(crate) fn rounded(&mut self, ty: Ty, scope: Scope, depth: usize) -> String {
        let way = self.written(&["rounded", "rounded up", "rounded down"]);
        let decimals = self.written(&["", " to 1 decimals", " to 2 decimals", " to 0 decimals", " to 4 decimals"]);
        format!("({} {way}{decimals})", self.value(ty, scope, depth))
    }

    /// A whole number (or, of `date`, a day) that a moment or a text has as its part.
    pub(crate) fn part(&mut self, part: &str, scope: Scope, depth: usize) -> String {
        let ty = match part {
            "hour" | "minute" | "date" => Ty::Instant,
            "length" => {
                let textual = [Ty::Text, Ty::Text, Ty::Id, Ty::Zone, Ty::Listed];
                let ty = *self.choices.pick(&textual);
                return format!("(length of {})", self.field(ty, scope));
            }
            _ if self.choices.once_in(2) => Ty::Date,
            _ => Ty::Instant,
        };
        format!("({part} of {})", self.value(ty, scope, depth))
    }
}

/// The declared constant of a type.
pub(crate) fn constant(ty: Ty) -> Option<&'static str> {
    match ty {
        Ty::Boolean => Some("let_sure"),
        Ty::Integer => Some("let_double"),
        Ty::Number => Some("let_ratio"),
        Ty::Money => Some("let_limit"),
        Ty::Percent => Some("let_share"),
        Ty::Duration => Some("let_pause"),
        Ty::Date => Some("let_start"),
        Ty::Instant => Some("let_moment"),
        Ty::Text => Some("let_word"),
        Ty::Place => Some("let_point"),
        Ty::Id | Ty::Zone | Ty::Listed => None,
    }
}
