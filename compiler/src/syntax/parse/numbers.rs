//! Numbers as other countries write them, which cannot be read: `2,5`, `1.000.000`, `1.000,50`.

use super::Reader;
use super::recover::Place;
use crate::diagnostics::Diagnostic;
use crate::syntax::messages;
use crate::syntax::scan::LexemeKind;

impl Reader<'_> {
    /// A number near the place with a comma before its decimals, or with points between its thousands.
    pub(super) fn number_of_another_country(&self, place: &Place<'_>) -> Option<Diagnostic> {
        let source: &str = &self.source.text;
        // The reading stops at the comma, at the second point, or behind the number.
        let at = [Some(place.at), place.at.checked_sub(1)]
            .into_iter()
            .flatten()
            .find(|at| place.lexemes.get(*at).is_some_and(|lexeme| lexeme.kind == LexemeKind::Number))?;
        let number = place.lexemes.get(at)?;
        let (comma, decimals) = (place.lexemes.get(at + 1), place.lexemes.get(at + 2));
        let decimals = comma.zip(decimals).filter(|(comma, decimals)| {
            let all_digits = decimals.text(source).bytes().all(|byte| byte.is_ascii_digit());
            comma.text(source) == "," && number.end == comma.start && comma.end == decimals.start && all_digits
        });
        let whole = without_points(number.text(source));
        let (last, plain) = match decimals {
            Some((_, decimals)) => (decimals, format!("{}.{}", whole?, decimals.text(source))),
            None => (number, whole.filter(|whole| whole != number.text(source))?),
        };
        let span = self.lexeme_span(number).to(self.lexeme_span(last));
        Some(messages::number_of_another_country(span, self.source.slice(span), &plain))
    }
}

/// The digits of a whole number that may have points between its thousands; `None` where it is none.
fn without_points(written: &str) -> Option<String> {
    let mut groups = written.split('.');
    let first = groups.next()?;
    let is_digits = |group: &str| !group.is_empty() && group.bytes().all(|byte| byte.is_ascii_digit());
    let rest: Vec<&str> = groups.collect();
    let grouped = rest.is_empty() || first.len() <= 3 && rest.iter().all(|group| group.len() == 3);
    (grouped && is_digits(first) && rest.iter().all(|group| is_digits(group))).then(|| written.replace('.', ""))
}
