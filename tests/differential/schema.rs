//! The declarations all random cases share: every type, required and optional, lookups in chains and to customers, plain
//! lists and lists of records everywhere a list may stand, events with instants and with days only, records, constants.

use crate::kinds::Ty;

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
  cut    : percent as 0.45
  wait   : duration ?
  pause  : duration
  city   : text
  nick   : text ?
  plan   : one of free, plus, "free trial" ?
  tier   : one of gold, silver
  born   : date ?
  since_day : date
  joined : datetime
  left   : datetime ?
  zone   : timezone ?
  home_zone : timezone
  tags   : list of text
  nums   : list of integer ?
  sizes  : list of number
  fees   : list of money USD ?
  feasts : list of date
  refs   : list of id ?
  hobby  : list of one of "hiking", "cycling", "chess"
  skills : list of one of "ski", "swim", "run" ? as bits
  company : id ? -> companies
  friend : id ? -> customers
  homes  : list of { rooms : integer ?   town : text   rent : money USD ?   built : date ?   site : location ?   marks : list of text }
  home   : location ?
  spot   : location
  made   = point(x, y)
  worth  = cash + n * 2 USD
  house  = sum of homes.rooms
  elder  = friend.born
}
events buys by buyer at bought {
  key line : id
  shop  : id ? -> shops
  referrer : id ? -> customers
  qty   : integer
  disc  : number ?
  price : money USD ?
  tax   : percent as 0.45 ?
  took  : duration ?
  note  : text ?
  kind  : one of red, green, blue ?
  due   : date ?
  paid_at : datetime ?
  gift  : boolean ?
  zone  : timezone ?
  here  : location ?
  marks : list of text ?
  codes : list of integer
  items : list of { sku : id -> products   count : integer ?   cost : money USD ?   labels : list of text ?   parts : list of { size : integer ?   maker : text } }
  paid  = qty * price
  unit_disc = disc / qty
  lag   = paid_at - bought
}
events visits by buyer at day : date { note : text ?   shop : id ?   page : text   secs : integer ?   score : number   guide : id ? -> customers   length : duration }
records pets by buyer { species : text ?   age : integer ?   weight : number ?   vet : id ? -> customers   toys : list of text }
table companies {
  key company : id
  industry : text ?
  size     : integer
  worth    : money USD ?
  region   : id ? -> regions
  owner    : id ? -> customers
  codes    : list of integer ?
  offices  : list of { place : text ?   desks : integer }
  desks    = sum of offices.desks
  airy     = any offices where desks > 2
  top_code = largest codes
}
table regions   { key region : id   title : text   climate : one of warm, cold ?   area : number ?   fee : percent as 45 ?   zone : timezone }
table shops     { key shop : id   label : text   region : id ? -> regions   opened : date ?   manager : id ? -> customers   signs : list of text   queue : duration ?   place : location ? }
table products  { key sku : id   category : text ?   weight : number ?   list_price : money USD ?   made : datetime ?   labels : list of text }
list sample = "a", "ab", "日本", "Straße"
list whole = 1, 2, 10
list prices = 5 USD, 19.99 USD
list nobody from "nobody.csv"
let let_few = 3
let let_double = let_few * 2
let let_ratio = 1.5
let let_limit = 5 USD
let let_share = 10%
let let_start = 2024-03-10
let let_moment = 2024-03-10 02:30
let let_pause = 30 minutes
let let_months = 2 months
let let_word = "ab"
let let_sure = true
let let_point = point(0, 0.05)
occasion oc_fixed   = 10 march
occasion oc_leap    = from 20 february to 29 february
occasion oc_floats  = 1 day after second sunday of march
occasion oc_easter  = from 2 weeks before easter to first monday after orthodox easter
occasion oc_turn    = from 20 december to 10 january
occasion oc_listed  = 2024-02-29, 2023-06-01, from 2024-03-01 to 2024-03-20
occasion oc_several = 1 january, last friday of june, fifth monday of march
occasion oc_born    = anniversary of born
occasion oc_joined  = from 10 days before anniversary of joined to 3 weeks after anniversary of joined
occasion oc_left    = 1 day after anniversary of left
occasion oc_friend  = anniversary of friend.born
"#;

/// Occasions of the schema.
pub(crate) const OCCASIONS: &[&str] = &[
    "oc_fixed",
    "oc_leap",
    "oc_floats",
    "oc_easter",
    "oc_turn",
    "oc_listed",
    "oc_several",
    "oc_born",
    "oc_joined",
    "oc_left",
    "oc_friend",
];

/// Where names are looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    Customer,
    Buys,
    Visits,
    Pets,
    Homes,
    Items,
    Parts,
    /// A customer as a row that belongs to a company.
    Member,
    /// A company that a segment is about.
    Company,
    /// A shop that a segment is about.
    Shop,
}

/// Values a listed field may hold, as rules write them.
pub(crate) type Listed = (&'static str, &'static [&'static str]);

const PLAN: &[&str] = &["\"free\"", "\"plus\"", "\"free trial\""];
const TIER: &[&str] = &["\"gold\"", "\"silver\""];
const KIND: &[&str] = &["\"red\"", "\"green\"", "\"blue\""];
const CLIMATE: &[&str] = &["\"warm\"", "\"cold\""];

impl Scope {
    /// Names of a type; those of the row itself come first, then lookups and the customer's.
    pub(crate) fn names(self, ty: Ty) -> &'static [&'static str] {
        match self {
            Scope::Member => Scope::Customer.names(ty),
            Scope::Company => match ty {
                Ty::Boolean => &["airy", "owner.maybe", "owner.flag"],
                Ty::Integer => &["size", "desks", "top_code", "owner.n"],
                Ty::Number => &["region.area", "owner.x"],
                Ty::Money => &["worth", "owner.cash"],
                Ty::Percent => &["region.fee", "owner.cut"],
                Ty::Duration => &["owner.pause", "owner.wait"],
                Ty::Date => &["owner.born", "owner.since_day"],
                Ty::Instant => &["owner.left", "owner.joined"],
                Ty::Text => &["industry", "region.title"],
                Ty::Id => &["company", "region", "owner"],
                Ty::Zone => &["region.zone", "owner.zone"],
                Ty::Listed => &["region.climate", "owner.plan"],
                Ty::Place => &["owner.home", "owner.made"],
            },
            Scope::Shop => match ty {
                Ty::Boolean => &["manager.maybe", "manager.flag"],
                Ty::Integer => &["manager.n", "manager.house"],
                Ty::Number => &["region.area", "manager.y"],
                Ty::Money => &["manager.tip", "manager.worth"],
                Ty::Percent => &["region.fee", "manager.rate"],
                Ty::Duration => &["queue", "manager.pause"],
                Ty::Date => &["opened", "manager.elder"],
                Ty::Instant => &["manager.left", "manager.joined"],
                Ty::Text => &["label", "region.title", "manager.nick"],
                Ty::Id => &["shop", "region", "manager"],
                Ty::Zone => &["region.zone", "manager.home_zone"],
                Ty::Listed => &["region.climate", "manager.tier"],
                Ty::Place => &["place", "manager.spot"],
            },
            Scope::Customer => match ty {
                Ty::Boolean => &["flag", "maybe", "friend.maybe", "company.airy"],
                Ty::Integer => &["n", "m", "house", "company.size"],
                Ty::Number => &["x", "y", "company.region.area"],
                Ty::Money => &["cash", "tip", "worth", "company.worth"],
                Ty::Percent => &["rate", "cut", "company.region.fee"],
                Ty::Duration => &["pause", "wait"],
                Ty::Date => &["since_day", "born", "elder"],
                Ty::Instant => &["joined", "left"],
                Ty::Text => &["city", "nick", "company.industry", "company.region.title"],
                Ty::Id => &["id", "company", "company.region", "friend"],
                Ty::Zone => &["home_zone", "zone", "company.region.zone"],
                Ty::Listed => &["plan", "tier"],
                Ty::Place => &["home", "spot", "made", "friend.spot"],
            },
            Scope::Buys => match ty {
                Ty::Boolean => &["gift", "customer.maybe", "customer.flag"],
                Ty::Integer => &["qty", "customer.n", "customer.m"],
                Ty::Number => &["disc", "unit_disc", "customer.x", "shop.region.area"],
                Ty::Money => &["price", "paid", "customer.tip", "customer.worth"],
                Ty::Percent => &["tax", "shop.region.fee", "customer.cut"],
                Ty::Duration => &["took", "lag", "shop.queue", "customer.pause"],
                Ty::Date => &["due", "shop.opened", "customer.born"],
                Ty::Instant => &["bought", "paid_at", "customer.left"],
                Ty::Text => &["note", "shop.label", "shop.region.title", "customer.nick"],
                Ty::Id => &["line", "shop", "shop.region", "referrer", "customer.id"],
                Ty::Zone => &["zone", "shop.region.zone", "customer.home_zone"],
                Ty::Listed => &["kind", "customer.plan"],
                Ty::Place => &["here", "shop.place", "customer.home"],
            },
            Scope::Visits => match ty {
                Ty::Boolean => &["customer.flag", "customer.maybe"],
                Ty::Integer => &["secs", "customer.m"],
                Ty::Number => &["score", "customer.y"],
                Ty::Money => &["customer.tip"],
                Ty::Percent => &["customer.rate"],
                Ty::Duration => &["length", "customer.wait"],
                Ty::Date => &["day", "customer.born"],
                Ty::Instant => &["customer.joined", "customer.left"],
                Ty::Text => &["page", "customer.nick"],
                Ty::Id => &["guide", "customer.company"],
                Ty::Zone => &["customer.zone"],
                Ty::Listed => &["customer.plan"],
                Ty::Place => &["guide.home", "customer.spot", "customer.home"],
            },
            Scope::Pets => match ty {
                Ty::Boolean => &["customer.maybe"],
                Ty::Integer => &["age", "customer.n"],
                Ty::Number => &["weight", "customer.y"],
                Ty::Money => &["customer.cash", "customer.tip"],
                Ty::Percent => &["customer.cut", "customer.rate"],
                Ty::Duration => &["customer.pause", "customer.wait"],
                Ty::Date => &["customer.born", "customer.since_day"],
                Ty::Instant => &["customer.left"],
                Ty::Text => &["species", "customer.city"],
                Ty::Id => &["vet", "customer.id"],
                Ty::Zone => &["customer.zone", "customer.home_zone"],
                Ty::Listed => &["customer.tier"],
                Ty::Place => &["customer.home", "vet.home", "customer.made"],
            },
            Scope::Homes => match ty {
                Ty::Boolean => &["customer.flag", "customer.maybe"],
                Ty::Integer => &["rooms", "customer.m"],
                Ty::Number => &["customer.x", "customer.y"],
                Ty::Money => &["rent", "customer.tip"],
                Ty::Percent => &["customer.rate"],
                Ty::Duration => &["customer.wait"],
                Ty::Date => &["built", "customer.since_day"],
                Ty::Instant => &["customer.joined", "customer.left"],
                Ty::Text => &["town", "customer.city"],
                Ty::Id => &["customer.company"],
                Ty::Zone => &["customer.zone"],
                Ty::Listed => &["customer.plan"],
                Ty::Place => &["site", "customer.home"],
            },
            Scope::Items => match ty {
                Ty::Boolean => &["customer.maybe"],
                Ty::Integer => &["count", "customer.n"],
                Ty::Number => &["sku.weight", "customer.y"],
                Ty::Money => &["cost", "sku.list_price"],
                Ty::Percent => &["customer.rate"],
                Ty::Duration => &["customer.wait"],
                Ty::Date => &["customer.born"],
                Ty::Instant => &["sku.made", "customer.left"],
                Ty::Text => &["sku.category", "customer.nick"],
                Ty::Id => &["sku", "customer.friend"],
                Ty::Zone => &["customer.zone"],
                Ty::Listed => &["customer.plan"],
                Ty::Place => &["customer.home"],
            },
            Scope::Parts => match ty {
                Ty::Boolean => &["customer.maybe"],
                Ty::Integer => &["size", "customer.m"],
                Ty::Number => &["customer.y"],
                Ty::Money => &["customer.tip"],
                Ty::Percent => &["customer.rate"],
                Ty::Duration => &["customer.wait"],
                Ty::Date => &["customer.born"],
                Ty::Instant => &["customer.left"],
                Ty::Text => &["maker", "customer.nick"],
                Ty::Id => &["customer.company"],
                Ty::Zone => &["customer.zone"],
                Ty::Listed => &["customer.plan"],
                Ty::Place => &["customer.home"],
            },
        }
    }

    /// Listed fields with the values they list.
    pub(crate) fn listed(self) -> &'static [Listed] {
        match self {
            Scope::Customer | Scope::Member => &[("plan", PLAN), ("tier", TIER), ("company.region.climate", CLIMATE)],
            Scope::Company => &[("region.climate", CLIMATE), ("owner.plan", PLAN)],
            Scope::Shop => &[("region.climate", CLIMATE), ("manager.tier", TIER)],
            Scope::Buys => &[("kind", KIND), ("shop.region.climate", CLIMATE), ("customer.plan", PLAN)],
            Scope::Pets => &[("customer.tier", TIER), ("customer.plan", PLAN)],
            _ => &[("customer.plan", PLAN)],
        }
    }

    /// Plain lists of the row itself with the type of their values.
    pub(crate) fn lists(self) -> &'static [(&'static str, Ty)] {
        match self {
            Scope::Company => &[("codes", Ty::Integer)],
            Scope::Shop => &[("signs", Ty::Text)],
            Scope::Customer | Scope::Member => &[
                ("tags", Ty::Text),
                ("nums", Ty::Integer),
                ("sizes", Ty::Number),
                ("fees", Ty::Money),
                ("feasts", Ty::Date),
                ("refs", Ty::Id),
                ("hobby", Ty::Listed),
                ("skills", Ty::Listed),
            ],
            Scope::Buys => &[("marks", Ty::Text), ("codes", Ty::Integer)],
            Scope::Pets => &[("toys", Ty::Text)],
            Scope::Homes => &[("marks", Ty::Text)],
            Scope::Items => &[("labels", Ty::Text)],
            Scope::Visits | Scope::Parts => &[],
        }
    }

    /// Plain lists of looked-up rows.
    pub(crate) fn looked_lists(self) -> &'static [(&'static str, Ty)] {
        match self {
            Scope::Company => &[("owner.tags", Ty::Text), ("owner.refs", Ty::Id)],
            Scope::Shop => &[("manager.nums", Ty::Integer), ("manager.fees", Ty::Money)],
            Scope::Customer | Scope::Member => {
                &[("company.codes", Ty::Integer), ("friend.tags", Ty::Text), ("friend.nums", Ty::Integer)]
            }
            Scope::Buys => &[("shop.signs", Ty::Text), ("referrer.nums", Ty::Integer)],
            Scope::Visits => &[("guide.tags", Ty::Text), ("guide.fees", Ty::Money)],
            Scope::Pets => &[("vet.refs", Ty::Id), ("vet.company.codes", Ty::Integer)],
            Scope::Items => &[("sku.labels", Ty::Text)],
            Scope::Homes | Scope::Parts => &[],
        }
    }

    /// The id of another customer.
    pub(crate) fn friends(self) -> &'static [&'static str] {
        match self {
            Scope::Customer | Scope::Member => &["friend", "company.owner", "friend.friend"],
            Scope::Company => &["owner", "owner.friend"],
            Scope::Shop => &["manager", "manager.friend"],
            Scope::Buys => &["referrer", "shop.manager", "customer.friend"],
            Scope::Visits => &["guide", "guide.friend"],
            Scope::Pets => &["vet", "vet.company.owner"],
            Scope::Homes | Scope::Items | Scope::Parts => &["customer.friend"],
        }
    }

    /// The id of a company, whose fields are worked out from lists of its own.
    pub(crate) fn company(self) -> &'static str {
        match self {
            Scope::Customer | Scope::Member => "company",
            Scope::Company => "owner.company",
            Scope::Shop => "manager.company",
            Scope::Visits => "guide.company",
            _ => "customer.company",
        }
    }

    /// Lists of records of the row itself, with the scope of their elements.
    pub(crate) fn records(self) -> &'static [(&'static str, Scope)] {
        match self {
            Scope::Customer => &[("homes", Scope::Homes)],
            Scope::Buys => &[("items", Scope::Items), ("items.parts", Scope::Parts)],
            Scope::Items => &[("parts", Scope::Parts)],
            _ => &[],
        }
    }
}
