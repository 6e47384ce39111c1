//! Patterns for dates, times and numbers, as far as texts use them: those of Unicode Technical Standard #35 (LDML), "Date Format
//! Patterns" and "Number Format Patterns".

/// Letters of dates, each with how often it may stand.
const DATE_LETTERS: &[(char, usize)] = &[('d', 2), ('M', 4), ('L', 4), ('y', 4), ('E', 4)];
/// Letters of times of day.
const CLOCK_LETTERS: &[(char, usize)] = &[('H', 2), ('h', 2), ('m', 2), ('s', 2), ('a', 1)];

/// Whether a pattern shows a date, or, with a `clock`, a time: `EEEE, d MMMM y`, `d.M.y HH:mm`. Words stand in single quotes.
///
/// # Errors
/// Says what in it is not understood.
pub fn moment(pattern: &str, clock: bool) -> Result<(), &'static str> {
    let mut characters = pattern.chars().peekable();
    let mut shows = false;
    let mut named = Vec::new();
    while let Some(character) = characters.next() {
        if character == '\'' {
            if characters.by_ref().all(|next| next != '\'') {
                return Err("a single quote is not closed");
            }
            continue;
        }
        if !character.is_ascii_alphabetic() {
            continue;
        }
        let mut count = 1;
        while characters.next_if_eq(&character).is_some() {
            count += 1;
        }
        // Names of months and of weekdays, each in one length.
        let kind = if character == 'L' { 'M' } else { character };
        if kind == 'E' || kind == 'M' && count > 2 {
            if named.iter().any(|(other, letter, length)| *other == kind && (*letter, *length) != (character, count)) {
                return Err("a month or weekday is named in one length only");
            }
            named.push((kind, character, count));
        }
        let most =
            |letters: &[(char, usize)]| letters.iter().find(|(letter, _)| *letter == character).map(|found| found.1);
        match (most(DATE_LETTERS), most(CLOCK_LETTERS)) {
            (None, Some(_)) if !clock => return Err("a date has no time of day"),
            (Some(most), _) | (None, Some(most)) if count <= most => shows = true,
            (Some(_), _) | (_, Some(_)) => return Err("a letter stands more often than it can"),
            (None, None) => {
                return Err(
                    "letters are d (day), M (month), y (year), E (weekday), H or h (hour), m, s, a (am or pm); words stand in single quotes",
                );
            }
        }
    }
    if shows { Ok(()) } else { Err("no letter in it stands for a part of a date") }
}

/// What a pattern of numbers asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NumberPattern {
    /// Whether thousands are set apart.
    pub grouped: bool,
    /// So many whole digits at least.
    pub whole: u8,
    /// So many decimals at least.
    pub least: u8,
    /// So many decimals at most.
    pub most: u8,
}

/// Reads a pattern of numbers: `#,##0.00`, `0`, `0.0#`, `00`.
///
/// # Errors
/// Says what in it is not understood.
pub fn number(pattern: &str) -> Result<NumberPattern, &'static str> {
    const FORM: &str = "a number is shown as `0`, `0.00`, `#,##0`, `#,##0.00` or the like";
    let (whole, decimals) = pattern.split_once('.').unwrap_or((pattern, ""));
    let grouped = whole.contains(',');
    let digits: String = whole.chars().filter(|digit| *digit != ',').collect();
    let zeros = digits.trim_start_matches('#');
    let least = decimals.trim_end_matches('#');
    let all = |text: &str| text.chars().all(|digit| digit == '0');
    let fits = all(zeros)
        && all(least)
        && !zeros.is_empty()
        && (!grouped || whole.ends_with("##0") && whole.starts_with('#') && whole.matches(',').count() == 1)
        && zeros.len() <= 15
        && decimals.len() <= 4
        && !pattern.ends_with('.');
    let count = |text: &str| u8::try_from(text.len()).unwrap_or(u8::MAX);
    match fits {
        true => Ok(NumberPattern { grouped, whole: count(zeros), least: count(least), most: count(decimals) }),
        false => Err(FORM),
    }
}
