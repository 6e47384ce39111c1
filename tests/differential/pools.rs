//! Small pools of values, so that what the rules ask for really occurs in the data, with the extremes among them.

/// Texts as they stand in data and, quoted, in rules.
pub(crate) const TEXTS: &[&str] = &[
    "a", "ab", "A", "AB", "b", "", "a b", "Straße", "STRASSE", "straße", "日本", "é", "e\u{301}", "İ", "ſ", "ǆ", "Ǆ",
    "🙂a", "/sale", "z",
];

/// What text tests look for.
pub(crate) const FRAGMENTS: &[&str] = &["a", "A", "b", "ß", "日", "", "e", "SS", "🙂", "s"];

/// Regular expressions.
pub(crate) const PATTERNS: &[&str] = &["a", "^a", "b$", "^$", "[a-z]b?", "(?i)str", "\\\\p{Han}", "a|日"];

/// Integers of the data.
pub(crate) const INTEGERS: &[i64] =
    &[0, 1, 2, 3, 5, 10, -1, -3, 7, 100, i64::MAX, i64::MIN, i64::MAX - 1, 3_037_000_500, 1 << 53, (1 << 53) + 1];

/// Integers that rules write.
pub(crate) const WRITTEN_INTEGERS: &[&str] =
    &["0", "1", "2", "3", "5", "10", "-1", "-3", "9223372036854775807", "9007199254740993"];

/// Numbers of the data; the last are extremes.
pub(crate) const NUMBERS: &[f64] = &[
    0.0,
    1.0,
    0.5,
    1.5,
    2.25,
    0.1,
    0.2,
    0.3,
    -0.0,
    -1.5,
    100.0,
    1e16,
    1e308,
    -1e308,
    5e-324,
    f64::MAX,
    0.30000000000000004,
];

/// Numbers that rules write.
pub(crate) const WRITTEN_NUMBERS: &[&str] = &["0.0", "1.5", "0.5", "2.25", "0.1", "0.3", "-1.5", "100.0"];

/// Money of the data, in ten-thousandths.
pub(crate) const MONEY: &[i64] =
    &[0, 10_000, 50_000, 100_000, 199_900, 1, -1, -50_000, 5, 15, 1_000_000, i64::MAX, i64::MIN, 123_456_789];

/// Money that rules write.
pub(crate) const WRITTEN_MONEY: &[&str] = &["0 USD", "1 USD", "5 USD", "10 USD", "19.99 USD", "0.0001 USD", "100 USD"];

/// Instants at which runs happen: leap days, DST changes in both directions, ends of months and years, a time of day.
pub(crate) const AS_OF: &[&str] = &[
    "2024-06-15T12:00:00Z",
    "2024-03-10T12:00:00Z",
    "2024-03-10T07:00:00Z",
    "2024-11-03T05:30:00Z",
    "2024-11-03T07:30:00Z",
    "2024-02-29T00:00:00Z",
    "2025-02-28T23:30:00Z",
    "2025-03-31T00:30:00Z",
    "2024-03-31T01:00:00Z",
    "2023-12-31T23:59:59Z",
    "2025-01-01T05:00:00Z",
    "2024-05-31T22:00:00Z",
];

/// Zones: none, whole hours with DST, half hours, DST by half an hour, a zone that left out a day.
pub(crate) const ZONES: &[&str] =
    &["UTC", "America/New_York", "Europe/Berlin", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia"];

/// Days before `as of` at which things happen in the data.
pub(crate) const DAYS_AGO: &[i64] = &[
    0, 1, 2, 3, 5, 6, 7, 8, 13, 14, 15, 27, 28, 29, 30, 31, 32, 59, 60, 61, 89, 90, 91, 92, 120, 180, 364, 365, 366,
    367, 730, -1, -2, -7, -30, 10_000,
];

/// Shares of the data, as the columns hold them.
pub(crate) const SHARES: &[f64] = &[0.45, 0.1, 0.0, 1.0, 0.333, -0.1];

/// Shares that rules write.
pub(crate) const WRITTEN_PERCENTS: &[&str] = &["10%", "0%", "45%", "33.3%", "100%", "let_share"];

/// Lengths of time of the data, the extremes last.
pub(crate) const DURATIONS: &[&str] = &[
    "PT0S",
    "PT30M",
    "PT2H",
    "P3D",
    "01:30:00",
    "PT1S",
    "P1W",
    "-PT2H",
    "P10D",
    "0:00:00.000001",
    "P100000000D",
    "-P100000000D",
];

/// Lengths of time that rules write.
pub(crate) const WRITTEN_DURATIONS: &[&str] =
    &["2 hours", "3 days", "0 seconds", "1 week", "90 minutes", "30 minutes", "365 days", "1 second"];

/// Days that rules write.
pub(crate) const WRITTEN_DATES: &[&str] =
    &["2024-03-10", "2024-02-29", "today", "2023-12-31", "2024-06-01", "yesterday", "1970-01-01", "let_start"];

/// Instants that rules write.
pub(crate) const WRITTEN_INSTANTS: &[&str] =
    &["2024-03-10 02:30", "now", "2024-06-01 12:00", "2024-02-29 00:00", "2023-12-31 23:59:59", "2024-01-01T00:00:00Z"];

/// Instants of the data besides those near `as of`, so that written ones are met.
pub(crate) const INSTANTS: &[&str] =
    &["2024-06-01T12:00:00Z", "2024-02-29T00:00:00Z", "2024-01-01T00:00:00Z", "2024-03-10T07:30:00Z"];

/// Ids that rules write.
pub(crate) const WRITTEN_IDS: &[&str] = &["\"1\"", "2", "\"3\"", "\"x7\"", "10", "\"5\""];

/// Time zones of the data; rules write them too.
pub(crate) const DATA_ZONES: &[&str] = &["UTC", "Europe/Berlin", "Asia/Kathmandu", "America/New_York"];

/// Time zones that rules write.
pub(crate) const WRITTEN_ZONES: &[&str] = &["\"UTC\"", "\"Europe/Berlin\"", "\"Asia/Kathmandu\""];

/// Places of the data: on the equator, at the poles, on both sides of the 180th meridian, near and far from one another.
pub(crate) const PLACES: &[&str] = &[
    "0, 0",
    "0, 0.05",
    "0.0449661,0",
    "60, 0.1",
    "60, 0",
    "-0.05, 179.99",
    "0, -179.99",
    "90, 0",
    "-90, 180",
    "0, -180",
    "0, 180",
    "40.7536, -73.9832",
    "0.0000001, -0.0000001",
];

/// Places that rules write.
pub(crate) const WRITTEN_PLACES: &[&str] = &[
    "point(0, 0)",
    "point(0, 0.05)",
    "point(60, 0)",
    "point(0, 180)",
    "point(-90, 0)",
    "point(40.7536, -73.9832)",
    "point(-0.05, 179.99)",
];
