//! Which of the names at hand the writer may have meant: by spelling, by synonym, by shared words.

use super::fold;
use rustc_hash::FxHashMap;
use std::sync::{Arc, OnceLock};

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
    &["birthday", "birthdate", "birth", "born", "dob"],
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
    let wanted = Wanted::new(wanted);
    let mut scored: Vec<(f64, Arc<str>)> = Vec::new();
    for name in names {
        let score = wanted.likeness(&name);
        if score > 0.0 && !scored.iter().any(|(_, other)| *other == name) {
            scored.push((score, name));
            // Only the best are kept, so that a long list of names stays cheap.
            scored.sort_by(|left, right| right.0.total_cmp(&left.0).then_with(|| left.1.cmp(&right.1)));
            scored.truncate(MOST);
        }
    }
    scored.into_iter().map(|(_, name)| name).collect()
}

/// The name that was written, taken apart once.
struct Wanted {
    folded: String,
    letters: Vec<char>,
    bare: String,
    words: Vec<Meaning>,
}

/// A word and the groups of synonyms it is in, one bit each.
struct Meaning {
    word: String,
    groups: u64,
}

impl Meaning {
    fn of(word: String) -> Meaning {
        Meaning { groups: groups(&word), word }
    }
}

impl Wanted {
    fn new(wanted: &str) -> Wanted {
        let folded = fold(wanted);
        let bare = bare(&folded);
        Wanted {
            letters: bare.chars().collect(),
            words: words(&folded).into_iter().map(Meaning::of).collect(),
            bare,
            folded,
        }
    }

    /// Zero where nothing speaks for the name; otherwise higher is likelier.
    fn likeness(&self, name: &str) -> f64 {
        let name = fold(name);
        if self.folded == name {
            return 2.0;
        }
        let bare = bare(&name);
        if self.bare == bare {
            return 1.5;
        }
        let letters: Vec<char> = bare.chars().collect();
        let length = self.letters.len().max(letters.len());
        let most = length.div_ceil(4);
        if length >= 3 && self.letters.len().abs_diff(letters.len()) <= most && self.shares_letters(&letters, most) {
            let distance = strsim::generic_damerau_levenshtein(&self.letters, &letters);
            if distance <= most {
                return 1.4 - distance as f64 / length as f64;
            }
        }
        let theirs: Vec<Meaning> = words(&name).into_iter().map(Meaning::of).collect();
        let shared = self.words.iter().filter(|word| theirs.iter().any(|other| other.word == word.word)).count();
        let is_alike =
            |word: &Meaning| theirs.iter().any(|other| other.word != word.word && other.groups & word.groups != 0);
        let alike = self.words.iter().filter(|word| is_alike(word)).count();
        if shared + alike > 0 {
            let parts = self.words.len().max(theirs.len()) as f64;
            return 0.5 + (shared as f64 + 0.8 * alike as f64) / parts * 0.4;
        }
        let jaro = strsim::jaro_winkler(&self.bare, &bare);
        if jaro >= 0.88 { jaro - 0.4 } else { 0.0 }
    }

    /// Whether so many letters occur in both that a distance of at most `most` is possible.
    fn shares_letters(&self, letters: &[char], most: usize) -> bool {
        let strange = letters.iter().filter(|letter| !self.letters.contains(letter)).count();
        strange <= most
    }
}

/// A folded name without its marks.
fn bare(name: &str) -> String {
    name.chars().filter(|letter| letter.is_alphanumeric()).collect()
}

/// The words a name is made of, in the singular.
fn words(name: &str) -> Vec<String> {
    let spelled = match name.contains("e_mail") || name.contains("e-mail") || name.contains("sign_up") {
        true => name.replace("e-mail", "email").replace("e_mail", "email").replace("sign_up", "signup"),
        false => name.to_owned(),
    };
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

/// The groups of synonyms that a word is in, one bit each.
fn groups(word: &str) -> u64 {
    static GROUPS: OnceLock<FxHashMap<&str, u64>> = OnceLock::new();
    let groups = GROUPS.get_or_init(|| {
        let mut groups = FxHashMap::default();
        for (at, group) in SYNONYMS.iter().enumerate() {
            for word in *group {
                *groups.entry(*word).or_default() |= 1 << at;
            }
        }
        groups
    });
    groups.get(word).copied().unwrap_or(0)
}
