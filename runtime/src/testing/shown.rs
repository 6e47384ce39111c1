//! The text that a test expects a content to show.
#![expect(clippy::indexing_slicing, reason = "ids of a checked program are places in its lists")]

use super::doubts::{Doubt, Doubter};
use crate::content::language::Languages;
use crate::content::{self, Destination, HoleAt, Own};
use crate::interpret::{Customer, InterpretError, Interpreter};
use crate::outcome::NO_PART;
use segue_compiler::program::{ExpectedText, Expr, ExprKind, Filling, PartitionId, Program, Type};
use segue_compiler::values::Value;
use std::sync::Arc;

/// The customer of a test.
pub(super) struct OfTest<'a> {
    pub(super) program: &'a Program,
    pub(super) interpreter: &'a Interpreter<'a>,
    pub(super) customer: &'a Customer,
}

impl Own for OfTest<'_> {
    fn part(&self, content: PartitionId) -> Option<u32> {
        self.customer.parts.get(content.0 as usize).copied().filter(|part| *part != NO_PART)
    }

    fn value(&self, _: HoleAt, shown: &Expr) -> Option<Value> {
        self.interpreter.evaluate(self.customer, shown).ok().flatten()
    }

    fn language(&self) -> Option<Arc<str>> {
        match self.interpreter.evaluate(self.customer, &self.program.language()?).ok()?? {
            Value::Text(tag) => Some(tag),
            _ => None,
        }
    }
}

impl OfTest<'_> {
    /// Whether the text is the one that is expected; blanks that break no line are blanks as well, as few can type them.
    pub(super) fn is_as_expected(expected: &ExpectedText, shown: &str) -> bool {
        let plain = |text: &str| text.replace(['\u{a0}', '\u{202f}'], " ");
        (plain(shown) == plain(&expected.text)) != expected.negated
    }

    /// The text that is shown; `None` where what stands in it is missing and nothing is written for that.
    pub(super) fn text(&self, expected: &ExpectedText) -> Option<String> {
        let mut languages = Languages::new(&self.program.settings);
        content::text(self.program, expected.content, self, &mut languages, Destination::Plain).ok()
    }

    /// What could change the text: which of a content's texts it is, and what stands in its holes.
    pub(super) fn doubts(&self, content: PartitionId, doubter: &mut Doubter<'_>) -> Result<Vec<Doubt>, InterpretError> {
        let mut found: Vec<Doubt> = Vec::new();
        let mut waiting = vec![content];
        while let Some(content) = waiting.pop() {
            let Some(part) = self.part(content) else { continue };
            let here = &self.program.partitions[content.0 as usize].parts[part as usize];
            let kind = ExprKind::InParts { partition: content, parts: vec![part] };
            let is_here = Expr { kind, ty: Type::Boolean, may_be_missing: false, span: here.span };
            found.extend(doubter.of_customer(&is_here)?);
            for hole in here.text.iter().flat_map(|text| text.holes()) {
                match &hole.filling {
                    Filling::Content(inner) => waiting.push(*inner),
                    Filling::Value { value, .. } => found.extend(doubter.of_customer(value)?),
                }
            }
        }
        if let Some(language) = self.program.language() {
            found.extend(doubter.of_customer(&language)?);
        }
        Ok(found)
    }
}
