//! Random scores: points once and for each row, caps, ranges.

use crate::rows::SOURCES;
use crate::schema::Scope;
use crate::values::Writer;

/// Points of scores of whole numbers; the last overflow where there are two of them.
const WHOLE: [&str; 8] = ["+10", "+5", "-30", "+1", "-7", "+0", "12", "+6000000000000000000"];
/// Points of other scores.
const PARTS: [&str; 6] = ["+2.5", "+10", "-0.1", "+0.2", "-3.0", "+0.7"];

impl Writer<'_, '_> {
    /// What stands behind a score's name, and whether its values are whole numbers.
    pub(crate) fn score(&mut self) -> (bool, String) {
        let is_whole = self.choices.below(3) < 2;
        let points: &[&'static str] = if is_whole { &WHOLE } else { &PARTS };
        let range = match self.choices.below(4) {
            2 => " from 0 to 100",
            3 => " from -20 to 5",
            _ => "",
        };
        let lines = 1 + self.choices.below(4);
        let mut text = format!("{range} {{\n");
        for line in 0..lines {
            // The first has decimals where the score shall.
            let given = if line == 0 && !is_whole { "+2.5" } else { *self.choices.pick(points) };
            text += &match self.choices.below(3) {
                2 => {
                    let source = *self.choices.pick(SOURCES);
                    let rows = if self.choices.once_in(4) { self.different_rows() } else { self.rows_of(source, 2) };
                    let cap = match (self.choices.below(3), given.starts_with('-')) {
                        (2, true) => ", up to -12 points",
                        (1 | 2, _) => ", up to 12 points",
                        _ => "",
                    };
                    format!("  {given} for each {rows}{cap}\n")
                }
                _ => format!("  {given} if {}\n", self.condition(Scope::Customer, 2)),
            };
        }
        (is_whole, text + "}")
    }

    fn different_rows(&mut self) -> String {
        if self.choices.once_in(2) {
            let rows = self.written(&["buys", "visits"]);
            return format!("{}{rows}", self.stretch());
        }
        let path = *self.choices.pick(&["buys.qty", "buys.kind", "visits.page"]);
        format!("different {path}")
    }
}
