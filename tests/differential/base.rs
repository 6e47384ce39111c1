//! Random questions about the whole base: groups, top lists, figures, partitions by rank, and shares.

use crate::kinds::Ty;
use crate::schema::Scope;
use crate::values::Writer;

/// What can be ranked; there are figures of those before the dates.
const RANKED: [Ty; 7] = [Ty::Integer, Ty::Money, Ty::Number, Ty::Percent, Ty::Duration, Ty::Date, Ty::Instant];
const FIGURED: usize = 5;
const SHARES: [&str; 8] = ["10%", "30%", "50%", "25%", "0.5%", "100%", "33.3%", "12.5%"];
const COUNTS: [&str; 5] = ["1", "2", "3", "5", "1000"];

impl Writer<'_, '_> {
    /// What is ranked, as it stands behind `of` or `by`.
    fn ranked(&mut self, ty: Ty) -> String {
        match self.choices.below(3) {
            2 => format!("({})", self.value(ty, Scope::Customer, 2)),
            _ => self.field(ty, Scope::Customer),
        }
    }

    fn among(&mut self) -> String {
        match self.earlier.segments.as_slice() {
            [] => String::new(),
            segments if self.choices.once_in(3) => format!(" among {}", self.choices.pick(segments)),
            _ => String::new(),
        }
    }

    fn extent(&mut self) -> String {
        if self.choices.once_in(2) { self.written(&COUNTS) } else { self.written(&SHARES) }
    }

    /// A value that looks at all customers, and its type.
    pub(crate) fn of_base(&mut self) -> (Ty, String) {
        if self.choices.below(3) < 2 {
            let ty = *self.choices.pick(&RANKED);
            let groups = self.written(&["quintile", "quartile", "decile", "percentile"]);
            return (Ty::Integer, format!("{groups} of {}{}", self.ranked(ty), self.among()));
        }
        let ty = *self.choices.pick(&RANKED[..FIGURED]);
        let figure =
            self.written(&["average", "median", "deviation", "percentile 90", "percentile 12.5", "percentile 0"]);
        let given = if ty == Ty::Integer { Ty::Number } else { ty };
        (given, format!("{figure} of {} over customers{}", self.ranked(ty), self.among()))
    }

    /// Whether a customer is at an end of a ranking, or in a share.
    pub(crate) fn in_base(&mut self) -> String {
        let not = if self.choices.once_in(4) { "not " } else { "" };
        if self.choices.once_in(4) {
            let share = self.written(&["0% to 40%", "40% to 100%", "12.5% to 12.6%", "0% to 100%", "5% to 55.55%"]);
            return format!("customer {not}in share {share} of {}", self.written(&["\"a\"", "\"checkout test\""]));
        }
        let end = self.written(&["top", "bottom"]);
        let (extent, ty) = (self.extent(), *self.choices.pick(&RANKED));
        format!("customer {not}in {end} {extent} by {}{}", self.ranked(ty), self.among())
    }

    /// What stands behind the name of a partition by rank, and its parts.
    pub(crate) fn by_rank(&mut self) -> (String, Vec<String>) {
        let ty = *self.choices.pick(&RANKED);
        let mut text = format!(" by {}{} {{\n  first : top {}\n", self.ranked(ty), self.among(), self.extent_part());
        let mut parts = vec!["first".to_owned()];
        for name in ["second", "third"] {
            match self.choices.below(3) {
                0 => break,
                1 => text += &format!("  {name} : next {}\n", self.extent_part()),
                _ => text += &format!("  {name} : {}\n", self.condition(Scope::Customer, 1)),
            }
            parts.push(name.to_owned());
        }
        if self.choices.below(4) > 0 {
            text += "  rest : otherwise\n";
            parts.push("rest".to_owned());
        }
        (text + "}", parts)
    }

    /// So little that several parts of it are no more than all.
    fn extent_part(&mut self) -> String {
        self.written(&["1", "10%", "3", "33.3%", "20%", "0.5%"])
    }
}
