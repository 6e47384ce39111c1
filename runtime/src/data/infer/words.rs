//! What names of files and columns tell.

/// The words of a name in small letters: `CustomerID`, `customer-id` and `Customer Id` are `customer`, `id`. A percent sign
/// is a word, too: without it `Discount %` would look like an amount.
pub(crate) fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let letters: Vec<char> = name.chars().collect();
    for (at, letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|before| letters.get(before));
        let after = letters.get(at + 1);
        let hump = letter.is_uppercase()
            && (before.is_some_and(|before| before.is_lowercase() || before.is_ascii_digit())
                || before.is_some_and(|before| before.is_uppercase())
                    && after.is_some_and(|after| after.is_lowercase()));
        if (!letter.is_alphanumeric() || hump) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if letter.is_alphanumeric() {
            word.extend(letter.to_lowercase());
        }
        if *letter == '%' {
            words.push("percent".to_owned());
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// The name as rules may write it; `suffix` is added where it is a word with a meaning of its own.
pub(crate) fn rule_name(name: &str, suffix: &str) -> String {
    let mut text = words(name).join("_");
    if text.is_empty() {
        text = "field".to_owned();
    }
    if text.starts_with(|first: char| first.is_numeric()) {
        text = format!("_{text}");
    }
    if segue_compiler::syntax::is_reserved(&text) { format!("{text}_{suffix}") } else { text }
}

/// `products` as `product`, `companies` as `company`.
pub(crate) fn singular(word: &str) -> String {
    if let Some(stem) = word.strip_suffix("ies") {
        return format!("{stem}y");
    }
    for ending in ["sses", "shes", "ches", "xes"] {
        if word.ends_with(ending) {
            return word.strip_suffix("es").unwrap_or(word).to_owned();
        }
    }
    if word.ends_with("ss") { word.to_owned() } else { word.strip_suffix('s').unwrap_or(word).to_owned() }
}

/// Whether the words hold one of these.
pub(crate) fn any(words: &[String], wanted: &[&str]) -> bool {
    words.iter().any(|word| wanted.contains(&word.as_str()))
}

fn last_is(words: &[String], wanted: &[&str]) -> bool {
    words.last().is_some_and(|word| wanted.contains(&word.as_str()))
}

const PEOPLE: &[&str] = &[
    "customer",
    "client",
    "user",
    "household",
    "member",
    "subscriber",
    "visitor",
    "person",
    "contact",
    "account",
    "buyer",
    "shopper",
    "patient",
    "guest",
    "consumer",
    "cust",
    "donor",
    "student",
    "player",
    "passenger",
    "cardholder",
    "people",
    "lead",
    "reader",
    "viewer",
    "listener",
    "policyholder",
];

/// Whether a name speaks of those who are to be put into segments.
pub(crate) fn is_people(words: &[String]) -> bool {
    words.iter().any(|word| PEOPLE.contains(&word.as_str()) || PEOPLE.contains(&singular(word).as_str()))
}

/// Whether a column's name says that it names something.
pub(crate) fn is_id(words: &[String]) -> bool {
    last_is(words, &["id", "ids", "key", "uuid", "guid", "upc", "sku", "ean", "gtin", "isbn", "asin"])
        || words.len() == 1 && is_people(words)
        || last_is(words, &["number", "no", "nr"]) && any(words, &["order", "invoice", "account", "card", "ticket"])
        // `userid`, `customerid`
        || words.last().is_some_and(|word| word.strip_suffix("id").is_some_and(|stem| PEOPLE.contains(&stem)))
}

pub(crate) fn is_money(words: &[String]) -> bool {
    const AMOUNTS: &[&str] = &[
        "price", "amount", "amt", "cost", "costs", "revenue", "sales", "spend", "spent", "paid", "payment", "total",
        "subtotal", "fee", "tax", "vat", "disc", "discount", "income", "salary", "wage", "balance", "budget", "charge",
        "charges", "turnover", "gmv", "value", "worth", "refund", "tip", "fare", "premium", "usd", "eur", "gbp", "chf",
        "dollars", "euros",
    ];
    const COUNTS: &[&str] = &[
        "count",
        "quantity",
        "qty",
        "units",
        "number",
        "items",
        "score",
        "points",
        "days",
        "rate",
        "pct",
        "percent",
        "percentage",
    ];
    any(words, AMOUNTS) && !any(words, COUNTS)
}

/// The currency a name states.
pub(crate) fn currency(words: &[String]) -> Option<&'static str> {
    let named: [(&[&str], &str); 6] = [
        (&["usd", "dollars"], "USD"),
        (&["eur", "euro", "euros"], "EUR"),
        (&["gbp", "pounds"], "GBP"),
        (&["chf"], "CHF"),
        (&["jpy", "yen"], "JPY"),
        (&["inr"], "INR"),
    ];
    named.into_iter().find(|(names, _)| any(words, names)).map(|(_, code)| code)
}

pub(crate) fn is_share(words: &[String]) -> bool {
    any(words, &["percent", "percentage", "pct", "share", "ratio", "rate", "probability", "propensity"])
}

pub(crate) fn is_flag(words: &[String]) -> bool {
    let first = words.first().map(String::as_str).unwrap_or_default();
    ["is", "has", "was", "did", "can", "wants", "accepts"].contains(&first)
        || last_is(words, &["flag", "yn", "ok", "active", "enabled", "subscribed", "verified", "optin", "member"])
        || is_consent(words)
}

pub(crate) fn is_consent(words: &[String]) -> bool {
    any(words, &["consent", "optin", "permission", "newsletter", "gdpr", "subscribed"])
        || words.windows(2).any(|pair| pair == ["opt", "in"])
        || last_is(words, &["ok", "allowed"]) && any(words, &["email", "mail", "sms", "push", "phone", "contact"])
}

pub(crate) fn is_personal(words: &[String]) -> bool {
    any(
        words,
        &[
            "email",
            "mail",
            "phone",
            "mobile",
            "telephone",
            "firstname",
            "lastname",
            "surname",
            "fullname",
            "forename",
            "address",
            "street",
            "birth",
            "birthday",
            "birthdate",
            "dob",
            "ip",
            "iban",
            "passport",
            "ssn",
        ],
    ) || last_is(words, &["name"])
        && any(words, &["first", "last", "full", "family", "given", "middle", "customer", "user"])
        || words == ["name"]
}

/// What people keep to themselves, though it names nobody: as lists of brackets it is of use all the same.
pub(crate) fn is_private(words: &[String]) -> bool {
    any(words, &["income", "salary", "wage", "homeowner", "ownership"])
}

/// Half of where somebody is.
pub(crate) fn is_coordinate(words: &[String]) -> bool {
    is_latitude(words) || is_longitude(words)
}

pub(crate) fn is_latitude(words: &[String]) -> bool {
    last_is(words, &["lat", "latitude"])
}

pub(crate) fn is_longitude(words: &[String]) -> bool {
    last_is(words, &["lon", "lng", "long", "longitude"])
}

pub(crate) fn is_protected(words: &[String]) -> bool {
    any(
        words,
        &[
            "age",
            "gender",
            "sex",
            "religion",
            "ethnicity",
            "race",
            "disability",
            "orientation",
            "marital",
            "pregnant",
            "nationality",
        ],
    )
}

/// Digits that nobody adds up.
pub(crate) fn is_code(words: &[String]) -> bool {
    any(words, &["zip", "zipcode", "postcode", "postal", "phone", "mobile", "telephone", "iban", "ssn"])
}

/// How likely the column tells when something happened; below 0 for times of another kind.
pub(crate) fn time_score(words: &[String]) -> i32 {
    let mut score = 0;
    if any(words, &["timestamp", "time", "datetime", "date", "day", "at", "on", "ts"]) {
        score += 3;
    }
    const DEEDS: &[&str] = &[
        "event",
        "created",
        "occurred",
        "ordered",
        "order",
        "purchased",
        "purchase",
        "bought",
        "transaction",
        "visited",
        "viewed",
        "sent",
        "opened",
        "clicked",
        "redemption",
        "redeemed",
        "invoice",
        "placed",
        "added",
        "logged",
        "session",
    ];
    if any(words, DEEDS) {
        score += 2;
    }
    const OTHERS: &[&str] = &[
        "birth",
        "birthday",
        "birthdate",
        "dob",
        "expires",
        "expiry",
        "expiration",
        "end",
        "updated",
        "modified",
        "until",
        "due",
        "shipped",
        "delivered",
        "deleted",
        "cancelled",
        "refunded",
        "launch",
        "release",
        "valid",
        "cohort",
    ];
    if any(words, OTHERS) {
        score -= 20;
    }
    score
}
