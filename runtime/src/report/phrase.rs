//! Figures and lists as people write them.
#![expect(clippy::indexing_slicing, reason = "there are more than are taken where any are left over")]

/// `1,470,000`
pub(crate) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `16.7%`; a share that is neither none nor all never reads as `0.0%` or `100.0%`.
pub(crate) fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if percent > 0.0 && percent < 0.05 {
        "<0.1%".into()
    } else if (99.95..100.0).contains(&percent) {
        ">99.9%".into()
    } else {
        format!("{percent:.1}%")
    }
}

/// `1 customer`, `2,469 customers`
pub(crate) fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { many })
}

/// `a`, `a and b`, `a, b and c`
pub(crate) fn list(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [only] => only.clone(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}

/// At most `most` of the items, then how many more there are.
pub(crate) fn some(items: &[String], most: usize) -> String {
    match items.len().saturating_sub(most) {
        0 => list(items),
        more => format!("{} and {} more", items[..most].join(", "), count(more as u64)),
    }
}
