//! Sequences: what must follow on a row.

use super::row::{Item, ItemKind};
use super::{Pair, Reader};
use crate::syntax::amount_text;
use crate::syntax::messages;
use crate::syntax::tree::{Amount, Compared, Expr, ExprKind, Path, Step, Unit, Word};
use segue_grammar::Rule;

impl Reader<'_> {
    /// `followed by no purchases within 2 days`, without its `where`.
    pub(super) fn followed(&mut self, pair: Pair<'_>) -> ItemKind {
        let span = self.span(&pair);
        let mut step = Step {
            negated: false,
            words: span,
            source: Path { words: Vec::new(), span },
            windows: Vec::new(),
            within: None,
            same: Vec::new(),
            compared: None,
            filter: None,
            span,
        };
        // Whether the first words are others than they should be, and a time that stands before `by`.
        let (mut worded, mut early, mut head, mut rows) = (false, None, "", "");
        for inner in pair.into_inner() {
            let here = self.span(&inner);
            match inner.as_rule() {
                Rule::followed_head => {
                    step.words = here;
                    head = inner.as_str();
                    for word in inner.into_inner() {
                        let place = self.span(&word);
                        match word.as_rule() {
                            Rule::no_word => step.negated = true,
                            Rule::not_word => (step.negated, worded) = (true, true),
                            Rule::any_step => worded = true,
                            Rule::count_step => {
                                self.report(messages::count_in_a_step(place, self.source.slice(place)));
                            }
                            Rule::within => {
                                (early, worded) = (Some(word.as_str().trim_end()), true);
                                let amount = word.into_inner().find(|inner| inner.as_rule() == Rule::amount);
                                step.within = amount.map(|amount| (self.amount(amount), place));
                            }
                            _ => {}
                        }
                    }
                }
                Rule::path => {
                    rows = inner.as_str().trim_end();
                    step.source = self.path(inner);
                }
                Rule::window => match self.meant_within(&inner) {
                    Some(amount) if step.within.is_none() => {
                        self.report(messages::window_wording(here, &format!("within {}", amount_text(amount))));
                        step.within = Some((amount, here));
                    }
                    _ => step.windows.push(self.window(inner)),
                },
                Rule::within_mistake => {
                    let unit = inner.into_inner().find(|inner| inner.as_rule() == Rule::unknown_unit);
                    self.report(match unit.map(|unit| self.span(&unit)) {
                        Some(unit) => messages::unknown_unit(unit, self.source.slice(unit)),
                        None => messages::missing_unit(here, self.source.slice(here)),
                    });
                    // How soon is not known, so no more is said about it.
                    step.within = Some((Amount { count: 1, unit: Unit::Day }, here));
                }
                Rule::within => {
                    let amount = inner.into_inner().find(|inner| inner.as_rule() == Rule::amount);
                    if let (Some(_), true) = (&amount, step.within.is_some()) {
                        self.report(messages::within_twice(here));
                    }
                    step.within = amount.map(|amount| (self.amount(amount), here));
                }
                Rule::with_same => {
                    for inner in inner.clone().into_inner().filter(|inner| inner.as_rule() == Rule::same_mistake) {
                        let word = self.span(&inner);
                        self.report(messages::same_without_the(word));
                    }
                    let names = inner.into_inner().filter(|inner| inner.as_rule() == Rule::name);
                    let names: Vec<_> = names.map(|name| self.word(&name)).collect();
                    step.same.extend(names);
                }
                Rule::with_other => {
                    if step.compared.is_some() {
                        self.report(messages::compared_twice(here));
                    }
                    step.compared = self.compared_field(inner);
                }
                _ => {}
            }
        }
        if worded {
            let places = (step.words, step.source.span);
            self.report(messages::followed_wording(places, head, step.negated, early, rows));
        }
        ItemKind::Followed(Box::new(step))
    }

    /// `with a greater price`
    fn compared_field(&mut self, pair: Pair<'_>) -> Option<(Compared, Word)> {
        let (mut how, mut field) = (Compared::Another, None);
        for inner in pair.into_inner() {
            match inner.as_rule() {
                Rule::other_word => {
                    let written = inner.as_str().to_ascii_lowercase();
                    let words = written.split_whitespace().collect::<Vec<_>>().join(" ");
                    let (found, wanted) = match words.as_str() {
                        "a greater" | "a later" => (Compared::Greater, &*words),
                        "a smaller" | "an earlier" => (Compared::Smaller, &*words),
                        "later" | "an later" => (Compared::Greater, "a later"),
                        "earlier" | "a earlier" => (Compared::Smaller, "an earlier"),
                        _ if ["greater", "larger", "higher", "bigger"].iter().any(|word| words.ends_with(word)) => {
                            (Compared::Greater, "a greater")
                        }
                        _ if ["smaller", "lower", "lesser"].iter().any(|word| words.ends_with(word)) => {
                            (Compared::Smaller, "a smaller")
                        }
                        _ => (Compared::Another, "another"),
                    };
                    if words != wanted {
                        let span = self.span(&inner);
                        self.report(messages::window_wording(span, wanted));
                    }
                    how = found;
                }
                Rule::name => field = Some(self.word(&inner)),
                _ => {}
            }
        }
        Some((how, field?))
    }

    /// The time to follow in of `within the next 2 days`, which is no stretch of the calendar.
    fn meant_within(&mut self, window: &Pair<'_>) -> Option<Amount> {
        let mistake = window.clone().into_inner().next().filter(|inner| inner.as_rule() == Rule::last_mistake)?;
        let is_back = mistake
            .clone()
            .into_inner()
            .any(|inner| matches!(inner.as_rule(), Rule::last_word | Rule::past_word | Rule::previous_word));
        let says_within = mistake
            .clone()
            .into_inner()
            .next()
            .is_some_and(|word| matches!(word.as_rule(), Rule::within_word | Rule::during_word));
        let amount = mistake.into_inner().find(|inner| inner.as_rule() == Rule::amount)?;
        (says_within && !is_back).then(|| self.amount(amount))
    }

    /// Gives each question about rows the steps that follow it. A `where` that is open ends where a step begins: it is what
    /// stands before the step asks, however many are nested in it.
    pub(super) fn take_steps(&mut self, items: Vec<Item>) -> Vec<Item> {
        if !items.iter().any(|item| matches!(item.kind, ItemKind::Followed(_))) {
            return items;
        }
        let mut taken: Vec<Item> = Vec::with_capacity(items.len());
        for item in items {
            let ItemKind::Followed(step) = item.kind else {
                taken.push(item);
                continue;
            };
            let open = taken.iter().position(|item| matches!(item.kind, ItemKind::Where));
            let filter = open.map(|at| {
                let inner: Vec<Item> = taken.drain(at..).skip(1).collect();
                let span = inner.first().zip(inner.last()).map_or(item.span, |(first, last)| first.span.to(last.span));
                self.climb(inner, span)
            });
            let Some(Item {
                span,
                kind: ItemKind::Operand(Expr { kind: ExprKind::Aggregate(aggregate), span: whole, .. }),
            }) = taken.last_mut()
            else {
                self.report(messages::followed_without_rows(step.words));
                // What was told needs no second message about what does not fit.
                if taken.is_empty() {
                    let node = self.error_node(item.span);
                    taken.push(Item { span: item.span, kind: ItemKind::Operand(node) });
                }
                continue;
            };
            if let Some(filter) = filter {
                match aggregate.steps.last_mut() {
                    Some(last) => {
                        last.span = last.span.to(filter.span);
                        last.filter = Some(filter);
                    }
                    None => aggregate.filter = Some(filter),
                }
            }
            *whole = whole.to(step.span);
            *span = *whole;
            aggregate.steps.push(*step);
        }
        taken
    }
}
