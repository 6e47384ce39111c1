//! What is ready-made. To add something: two files in `entries`, and a line here.

use super::{Entry, Kind, Need};

const PURCHASES: Need = Need {
    name: "purchases",
    kind: Kind::Events,
    meaning: "what was bought",
    others: &["orders", "transactions", "sales", "purchase", "order_lines", "receipts", "invoices"],
};
const PURCHASED_AT: Need =
    Need { name: "purchases.purchased_at", kind: Kind::Time, meaning: "when it was bought", others: &[] };
const PAID: Need = Need {
    name: "purchases.paid",
    kind: Kind::Money,
    meaning: "what was paid",
    others: &["total", "amount", "price", "sales", "revenue", "value", "spent", "order_total"],
};
const OPENS: Need = Need {
    name: "opens",
    kind: Kind::Events,
    meaning: "mail that was opened",
    others: &["email_opens", "mail_opens", "emails_opened", "opened_emails"],
};
const OPENED_AT: Need = Need { name: "opens.opened_at", kind: Kind::Time, meaning: "when it was opened", others: &[] };
const CART_ADDS: Need = Need {
    name: "cart_adds",
    kind: Kind::Events,
    meaning: "what was put into a cart",
    others: &["carts", "cart_additions", "added_to_cart", "add_to_cart", "cart_events"],
};
const ADDED_AT: Need =
    Need { name: "cart_adds.added_at", kind: Kind::Time, meaning: "when it was put there", others: &[] };
const NPS: Need = Need {
    name: "nps",
    kind: Kind::Whole,
    meaning: "how likely they would recommend us, from 0 to 10",
    others: &["nps_score", "net_promoter_score", "recommendation"],
};
const BIRTH_DATE: Need = Need {
    name: "birth_date",
    kind: Kind::Date,
    meaning: "the day of birth",
    others: &["date_of_birth", "birthday", "born", "born_on", "dob", "birthdate"],
};

macro_rules! entry {
    ($name:literal, $title:literal, $needs:expr) => {
        Entry {
            name: $name,
            title: $title,
            needs: $needs,
            rules: include_str!(concat!("entries/", $name, ".segue")),
            tests: include_str!(concat!("entries/", $name, ".tests.segue")),
        }
    };
}

const ENTRIES: &[Entry] = &[
    entry!("lifecycle", "New, active, lapsing, lapsed, prospect", &[PURCHASES, PURCHASED_AT]),
    entry!("rfm", "Recency, frequency, money: eleven groups by rank", &[PURCHASES, PURCHASED_AT, PAID]),
    entry!("value_tiers", "Gold, silver, bronze by rank", &[PURCHASES, PURCHASED_AT, PAID]),
    entry!("second_purchase", "Who bought once, and when to ask again", &[PURCHASES, PURCHASED_AT]),
    entry!("churn_risk", "Who is silent for longer than usual", &[PURCHASES, PURCHASED_AT]),
    entry!("engagement", "A score from 0 to 100, and levels", &[PURCHASES, PURCHASED_AT, OPENS, OPENED_AT]),
    entry!("cart_abandonment", "Carts left, still open, left often", &[PURCHASES, PURCHASED_AT, CART_ADDS, ADDED_AT]),
    entry!("nps", "Promoters, passives, detractors", &[NPS]),
    entry!("birthdays", "Today, within a week, this month", &[BIRTH_DATE]),
    entry!("holidays_christian", "Feasts of the church year, of both churches", &[]),
    entry!("holidays_us", "Holidays and shopping days of the United States", &[]),
    entry!("holidays_ca", "Holidays of Canada", &[]),
    entry!("holidays_gb", "Bank holidays of England and Wales", &[]),
    entry!("holidays_de", "Holidays of Germany", &[]),
    entry!("holidays_at", "Holidays of Austria", &[]),
    entry!("holidays_fr", "Holidays of France", &[]),
    entry!("holidays_es", "Holidays of Spain", &[]),
    entry!("holidays_it", "Holidays of Italy", &[]),
    entry!("holidays_pl", "Holidays of Poland", &[]),
    entry!("holidays_se", "Holidays of Sweden", &[]),
    entry!("holidays_gr", "Holidays of Greece, by the Orthodox calendar", &[]),
];

/// All that is ready-made, in the order in which it is listed.
pub fn entries() -> &'static [Entry] {
    ENTRIES
}
