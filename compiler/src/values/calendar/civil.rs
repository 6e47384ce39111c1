//! Days as years, months and days of the proleptic Gregorian calendar.
//!
//! Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms" (days_from_civil, civil_from_days). Exact for
//! every day that an `i32` names and far beyond, which the range of chrono's dates is not.

/// Names of months, from January.
pub(crate) const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// Names of days, from Monday.
pub(crate) const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// A day written out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct CivilDate {
    /// Astronomical: the year before 1 is 0.
    pub year: i64,
    /// 1 to 12.
    pub month: u32,
    /// 1 to 31.
    pub day: u32,
}

impl CivilDate {
    /// The day with this number.
    pub fn of(days: i64) -> CivilDate {
        let shifted = days + 719_468;
        let era = shifted.div_euclid(146_097);
        let day_of_era = shifted.rem_euclid(146_097);
        let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
        let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        CivilDate { year, month: month as u32, day: day as u32 }
    }

    /// Its number; a day past the end of the month counts on into the next. The year must lie within 10^15 of 0.
    pub fn number(&self) -> i64 {
        let year = if self.month <= 2 { self.year - 1 } else { self.year };
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        let month_from_march = i64::from((self.month + 9) % 12);
        let day_of_year = (153 * month_from_march + 2) / 5 + i64::from(self.day) - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        era * 146_097 + day_of_era - 719_468
    }

    /// Moved by months; a day that the month does not have becomes its last (31 March minus 1 month is 28 or 29
    /// February). `None` where the year leaves what [`CivilDate::number`] takes.
    pub(super) fn plus_months(&self, months: i64) -> Option<CivilDate> {
        let month = self.year.checked_mul(12)?.checked_add(i64::from(self.month) - 1)?.checked_add(months)?;
        let (year, month) = (month.div_euclid(12), month.rem_euclid(12) as u32 + 1);
        (year.abs() < 1_000_000_000).then(|| CivilDate { year, month, day: self.day.min(days_in_month(year, month)) })
    }
}

/// How many days the month has.
pub fn days_in_month(year: i64, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// `year of`.
pub fn year_of(date: i32) -> i64 {
    CivilDate::of(i64::from(date)).year
}

/// `quarter of`: 1 to 4.
pub fn quarter_of(date: i32) -> u32 {
    month_of(date).div_ceil(3)
}

/// `month of`: 1 to 12.
pub fn month_of(date: i32) -> u32 {
    CivilDate::of(i64::from(date)).month
}

/// `day of`: 1 to 31.
pub fn day_of_month(date: i32) -> u32 {
    CivilDate::of(i64::from(date)).day
}

/// `weekday of`: 1 (Monday) to 7 (Sunday).
pub fn weekday_of(date: i32) -> u32 {
    (i64::from(date) + 3).rem_euclid(7) as u32 + 1
}
