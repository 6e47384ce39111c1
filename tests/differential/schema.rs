//! The declarations all random cases share: every type, required and optional, lookups in chains, lists, lists of records,
//! events with instants and with days only, records.

/// The declarations, without the rules.
pub(crate) const DECLARATIONS: &str = r#"
customers {
  key id : id
  flag   : boolean
  maybe  : boolean ?
  n      : integer
  m      : integer ?
  x      : number
  y      : number ?
  cash   : money USD
  tip    : money USD ?
  rate   : percent as 45 ?
  city   : text
  nick   : text ?
  plan   : one of free, plus, "free trial" ?
  tier   : one of gold, silver
  born   : date ?
  since_day : date
  joined : datetime
  left   : datetime ?
  tags   : list of text
  nums   : list of integer ?
  hobby  : list of one of "hiking", "cycling", "chess"
  company : id ? -> companies
  homes  : list of { rooms : integer ?   town : text   rent : money USD ?   built : date ? }
  worth  = cash + n * 2 USD
}
events buys by buyer at bought {
  key line : id
  shop  : id ? -> shops
  qty   : integer
  disc  : number ?
  price : money USD ?
  note  : text ?
  kind  : one of red, green, blue ?
  due   : date ?
  gift  : boolean ?
  items : list of { sku : id -> products   count : integer ?   cost : money USD ? }
  paid  = qty * price
  unit_disc = disc / qty
}
events visits by buyer at day : date { page : text   secs : integer ?   score : number }
records pets by buyer { species : text ?   age : integer ?   weight : number ? }
table companies { key company : id   industry : text ?   size : integer   worth : money USD ?   region : id ? -> regions }
table regions   { key region : id   title : text   climate : one of warm, cold ?   area : number ? }
table shops     { key shop : id   label : text   region : id ? -> regions   opened : date ? }
table products  { key sku : id   category : text ?   weight : number ?   list_price : money USD ? }
list sample = "a", "ab", "日本", "Straße"
"#;

/// Where names are looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    Customer,
    Buys,
    Visits,
    Pets,
    Homes,
    Items,
}

/// Names of each type in a scope; lookups and customer fields included.
pub(crate) struct Names {
    pub(crate) boolean: &'static [&'static str],
    pub(crate) integer: &'static [&'static str],
    pub(crate) number: &'static [&'static str],
    pub(crate) money: &'static [&'static str],
    pub(crate) text: &'static [&'static str],
    pub(crate) listed: &'static [(&'static str, &'static [&'static str])],
    pub(crate) id: &'static [&'static str],
    pub(crate) date: &'static [&'static str],
    pub(crate) instant: &'static [&'static str],
}

const PLAN: &[&str] = &["\"free\"", "\"plus\"", "\"free trial\""];
const TIER: &[&str] = &["\"gold\"", "\"silver\""];
const KIND: &[&str] = &["\"red\"", "\"green\"", "\"blue\""];
const CLIMATE: &[&str] = &["\"warm\"", "\"cold\""];

impl Scope {
    pub(crate) fn names(self) -> Names {
        match self {
            Scope::Customer => Names {
                boolean: &["flag", "maybe"],
                integer: &["n", "m", "company.size"],
                number: &["x", "y", "company.region.area"],
                money: &["cash", "tip", "worth", "company.worth"],
                text: &["city", "nick", "company.industry", "company.region.title"],
                listed: &[("plan", PLAN), ("tier", TIER), ("company.region.climate", CLIMATE)],
                id: &["id", "company", "company.region"],
                date: &["born", "since_day"],
                instant: &["joined", "left"],
            },
            Scope::Buys => Names {
                boolean: &["gift", "customer.flag", "customer.maybe"],
                integer: &["qty", "customer.n", "customer.m"],
                number: &["disc", "unit_disc", "customer.x", "shop.region.area"],
                money: &["price", "paid", "customer.tip", "customer.worth"],
                text: &["note", "shop.label", "shop.region.title", "customer.nick"],
                listed: &[("kind", KIND), ("shop.region.climate", CLIMATE), ("customer.plan", PLAN)],
                id: &["line", "shop", "shop.region"],
                date: &["due", "shop.opened", "customer.born"],
                instant: &["bought", "customer.left"],
            },
            Scope::Visits => Names {
                boolean: &["customer.flag", "customer.maybe"],
                integer: &["secs", "customer.m"],
                number: &["score", "customer.y"],
                money: &["customer.tip"],
                text: &["page", "customer.nick"],
                listed: &[("customer.plan", PLAN)],
                id: &["customer.company"],
                date: &["day", "customer.born"],
                instant: &["customer.joined"],
            },
            Scope::Pets => Names {
                boolean: &["customer.maybe"],
                integer: &["age", "customer.n"],
                number: &["weight", "customer.y"],
                money: &["customer.cash"],
                text: &["species", "customer.city"],
                listed: &[("customer.tier", TIER)],
                id: &["customer.id"],
                date: &["customer.born"],
                instant: &["customer.left"],
            },
            Scope::Homes => Names {
                boolean: &["customer.flag"],
                integer: &["rooms", "customer.m"],
                number: &["customer.x"],
                money: &["rent", "customer.tip"],
                text: &["town", "customer.city"],
                listed: &[("customer.plan", PLAN)],
                id: &["customer.company"],
                date: &["built", "customer.since_day"],
                instant: &["customer.joined"],
            },
            Scope::Items => Names {
                boolean: &["customer.maybe"],
                integer: &["count", "customer.n"],
                number: &["sku.weight", "customer.y"],
                money: &["cost", "sku.list_price"],
                text: &["sku.category", "customer.nick"],
                listed: &[("customer.plan", PLAN)],
                id: &["sku"],
                date: &["customer.born"],
                instant: &["customer.left"],
            },
        }
    }
}
