//! Days that come back.

use super::declare;

declare! {
    Occasions;
    DAY_OF_YEAR "14 february" ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"] Declaration
        "occasion new_year = 1 january"
        "That day of every year."
        "29 February is 28 February in years that do not have it.";
    NTH_WEEKDAY "second sunday of may" ["first", "second", "third", "fourth", "fifth", "last", "of"] Declaration
        "occasion thanksgiving = fourth thursday of november"
        "A day of the week by its place in a month; `last` is the last one."
        "The fifth of a month that has four is left out.";
    EASTER "easter" ["easter", "orthodox easter"] Declaration
        "occasion easter_monday = 1 day after easter"
        "Easter Sunday of the western churches; `orthodox easter` is that of the eastern ones."
        "Feasts that go by it are so many days or weeks before or after.";
    ANNIVERSARY "anniversary of birth_date" ["anniversary of", "anniversary"] Declaration
        "occasion joined_again = anniversary of signed_up"
        "Each customer's own day, every year after a date or moment of theirs."
        "The day itself is no anniversary: the first is a year later. 29 February is 28 February in years that do not have it. Where the date is missing, what is asked about it is unknown.";
    DAYS_AROUND "7 days before easter" ["# UNIT before", "# UNIT after", "before", "after"] Declaration
        "occasion black_friday = 1 day after fourth thursday of november"
        "The one day that lies so many days or weeks before or after another."
        "`before` counts from the first day of what it moves, `after` from its last.";
    NEAREST "first friday after 18 june" ["first", "second", "third", "fourth", "fifth", "last", "after", "before"] Declaration
        "occasion midsummer_eve = first friday after 18 june"
        "A day of the week next to a day; never that day itself."
        "";
    SPAN "from 28 december to 3 january" ["from", "to"] Declaration
        "occasion year_end = from 28 december to 3 january"
        "The days from the first to the last, both included."
        "A span across the turn of the year belongs to the year in which it starts.";
    NEAR_BEFORE "in the 10 days before valentines" ["in the # UNIT before", "in the UNIT before"] Condition
        "any purchases in the 10 days before valentines"
        "So many days, up to the day before the occasion begins, in every year."
        "The occasion's own days are not in it. Days are those of the project's zone; other windows may stand beside it, such as `in the last 3 years`.";
    NEAR_AFTER "in the 2 weeks after valentines" ["in the # UNIT after", "in the UNIT after"] Condition
        "any purchases in the 2 weeks after valentines"
        "So many days, from the day after the occasion ends on, in every year."
        "The occasion's own days are not in it. Days are those of the project's zone.";
    DURING "during valentines" ["during"] Condition
        "any purchases in the last 3 years during valentines"
        "On the occasion's own days, in every year."
        "For an anniversary it is each customer's own day: a row is not chosen where that is missing.";
    OCCASION_IS "birthday is in the next 7 days" ["is", "is not"] Condition
        "birthday is in the next 7 days"
        "Holds where one of the occasion's days lies in the stretch, which has a first and a last day."
        "`in the next 7 days` is today and the six days after it. It is unknown where the customer's day is missing.";
}
