//! What is said about content.

use crate::diagnostics::{Diagnostic, Edit};
use crate::program::Type;
use crate::source::Span;
use crate::syntax::tree::Word;

/// S0197: `segment a { hero is "New" }`
pub(crate) fn content_as_value(span: Span, name: &str) -> Diagnostic {
    Diagnostic::error("S0197", span, format!("`{name}` is a content: a text that is shown, and nothing to ask about"))
        .beside("ask the conditions that choose it; in another text it is shown by `{NAME}`".replace("NAME", name))
}

/// S0197
pub(crate) fn content_without_otherwise(name: &Word) -> Diagnostic {
    Diagnostic::error(
        "S0197",
        name.span,
        format!("`{}` has no text for those of whom none of its conditions holds", name.text),
    )
    .beside("write `otherwise : \"...\"` as its last line")
}

/// S0197
pub(crate) fn choice_behind_otherwise(span: Span, last: Span) -> Diagnostic {
    Diagnostic::error("S0197", span, "nobody ever gets this text").place(last, "everybody who is left gets this one")
}

/// S0197: `{hero as "d MMMM"}`
pub(crate) fn form_of_a_content(span: Span, name: &str) -> Diagnostic {
    Diagnostic::error("S0197", span, format!("`{name}` is a content, which is shown as it is"))
        .beside("a content is never missing and has no form: leave this out")
}

/// S0197: `{first_name}`
pub(crate) fn hole_may_be_missing(span: Span, end: Span, written: &str, is_list: bool) -> Diagnostic {
    let known = if is_list { "is not empty" } else { "is known" };
    Diagnostic::error("S0197", span, format!("`{written}` may be missing, and then nothing stands here"))
        .beside("say what is shown then, as in `otherwise \"friend\"`")
        .offer("add `otherwise`", vec![Edit::after(end, " otherwise \"\"")])
        .note(format!("or show it only to those of whom it is known: `{written} {known} : \"...\"`"))
}

/// S0197: values that are not shown.
pub(crate) fn not_shown(span: Span, ty: &Type) -> Option<Diagnostic> {
    let (what, mend) = match ty {
        Type::Boolean => ("yes or no", "make two choices of it, one of them with this as its condition"),
        Type::Duration => ("a length of time", "show whole units of it, as in `{days since last_purchase}`"),
        Type::Location => ("a place", "show a name that stands beside it in the data"),
        Type::Records(_) => ("a list of records", "show something of them, as in `{number of items}`"),
        Type::List(element) => match **element {
            Type::Text | Type::OneOf(_) | Type::Id(_) => return None,
            _ => ("a list of values other than text", "show one of them, or how many they are"),
        },
        _ => return None,
    };
    Some(Diagnostic::error("S0197", span, format!("this is {what}, and no text can be made of it")).beside(mend))
}

/// S0197: `{first_name as "d MMMM"}`
pub(crate) fn no_form(span: Span, kind: &str) -> Diagnostic {
    Diagnostic::error("S0197", span, format!("this is {kind}, which is shown as it is"))
        .beside("only dates, times, numbers and money have a form: leave it out")
}

/// S0197: `{last_purchase as "dd.mm.yyyy"}`
pub(crate) fn no_pattern(span: Span, written: &str, why: &str) -> Diagnostic {
    let message = Diagnostic::error("S0197", span, format!("`{written}` is no form for this")).beside(why);
    // Months are large letters, and minutes small ones.
    let months = written.replace('m', "M");
    match !written.contains('H') && !written.contains('h') && written.contains('m') {
        true => message.offer(format!("did you mean `{months}`?"), vec![Edit::replace(span, format!("\"{months}\""))]),
        false => message,
    }
}

/// S0195: `expect hero = first_name`
pub(crate) fn text_expected(span: Span) -> Diagnostic {
    Diagnostic::error("S0195", span, "what a content shows is expected as a text in quotes")
        .beside("write the text as this customer sees it")
}
