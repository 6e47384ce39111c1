//! Which of the names at hand the writer may have meant: by spelling, by synonym, by shared words.

use super::fold;
use std::sync::Arc;

/// At most this many names are suggested.
const MOST: usize = 3;

/// Words that marketers, shops and data warehouses use for one another. Singular, without marks.
const SYNONYMS: &[&[&str]] = &[
    &["revenue", "spend", "spent", "spending", "turnover", "sale", "amount", "total", "paid", "value", "income"],
    &["customer", "user", "contact", "subscriber", "profile", "member", "client", "person", "account", "household"],
    &["email", "mail", "newsletter"],
    &["order", "purchase", "transaction", "sale", "basket", "checkout", "buy", "bought", "receipt"],
    &["signup", "registered", "registration", "created", "joined", "enrolled", "subscribed"],
    &["price", "cost", "amount", "paid"],
    &["quantity", "units", "count", "qty", "pieces", "number"],
    &["product", "item", "article", "sku", "good"],
    &["category", "department", "group", "section", "kind", "type"],
    &["brand", "maker", "manufacturer", "label"],
    &["visit", "view", "session", "page"],
    &["click", "tap"],
    &["open", "opened", "read"],
    &["country", "nation", "land"],
    &["city", "town", "place"],
    &["postcode", "zip", "zipcode", "postal"],
    &["phone", "mobile", "telephone", "cell"],
    &["birthday", "birthdate", "birth", "born", "dob", "age"],
    &["sex", "gender"],
    &["company", "business", "organisation", "organization", "firm", "employer"],
    &["plan", "tier", "subscription", "level", "package"],
    &["first", "earliest", "initial", "oldest"],
    &["last", "latest", "recent", "newest"],
    &["frequency", "often", "orders", "times"],
    &["recency", "last", "latest"],
    &["discount", "rebate", "reduction", "coupon", "voucher", "promo", "promotion"],
    &["score", "rating", "points", "nps"],
    &["churned", "lapsed", "inactive", "dormant", "lost"],
    &["device", "os", "platform"],
    &["store", "shop", "branch", "outlet"],
    &["refund", "return", "returned"],
    &["consent", "optin", "permission", "ok", "allowed"],
];

/// The names closest to `wanted`, best first, each once.
pub fn closest(wanted: &str, names: impl IntoIterator<Item = Arc<str>>) -> Vec<Arc<str>> {
    let mut scored: Vec<(f64, Arc<str>)> = Vec::new();
    for name in names {
        let score = likeness(wanted, &name);
        if score > 0.0 && !scored.iter().any(|(_, other)| *other == name) {
            scored.push((score, name));
        }
    }
    scored.sort_by(|left, right| right.0.total_cmp(&left.0).then_with(|| left.1.cmp(&right.1)));
    scored.into_iter().take(MOST).map(|(_, name)| name).collect()
}

/// Zero where nothing speaks for the name; otherwise higher is likelier.
fn likeness(wanted: &str, name: &str) -> f64 {
    let (wanted, name) = (fold(wanted), fold(name));
    if wanted == name {
        return 2.0;
    }
    let bare = |text: &str| text.chars().filter(|letter| letter.is_alphanumeric()).collect::<String>();
    let (wanted_bare, name_bare) = (bare(&wanted), bare(&name));
    if wanted_bare == name_bare {
        return 1.5;
    }
    let length = wanted_bare.chars().count().max(name_bare.chars().count());
    let distance = strsim::damerau_levenshtein(&wanted_bare, &name_bare);
    if length >= 3 && distance <= length.div_ceil(4).max(1) {
        return 1.4 - distance as f64 / length as f64;
    }
    let (ours, theirs) = (words(&wanted), words(&name));
    let shared = ours.iter().filter(|word| theirs.contains(word)).count();
    let alike = ours.iter().filter(|word| theirs.iter().any(|other| synonyms(word, other))).count();
    if shared + alike > 0 {
        let parts = ours.len().max(theirs.len()) as f64;
        return 0.5 + (shared as f64 + 0.8 * alike as f64) / parts * 0.4;
    }
    let jaro = strsim::jaro_winkler(&wanted_bare, &name_bare);
    if jaro >= 0.88 { jaro - 0.4 } else { 0.0 }
}

/// The words a name is made of, in the singular.
fn words(name: &str) -> Vec<String> {
    let spelled = name.replace("e-mail", "email").replace("e_mail", "email").replace("sign_up", "signup");
    let parts = spelled.split(|letter: char| !letter.is_alphanumeric()).filter(|word| word.len() > 1);
    parts.map(singular).collect()
}

fn singular(word: &str) -> String {
    match word.strip_suffix("ies") {
        Some(stem) if stem.len() > 1 => format!("{stem}y"),
        _ => match word.strip_suffix('s') {
            Some(stem) if stem.len() > 2 && !stem.ends_with('s') => stem.to_owned(),
            _ => word.to_owned(),
        },
    }
}

fn synonyms(left: &str, right: &str) -> bool {
    left != right && SYNONYMS.iter().any(|group| group.contains(&left) && group.contains(&right))
}
