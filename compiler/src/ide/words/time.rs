//! Windows of time.

use super::declare;

declare! {
    Time;
    IN_THE_LAST "in the last 30 days" ["in the last", "in the last # UNIT"] Condition
        "any purchases in the last 30 days"
        "From so long before the moment of the run, which counts, up to that moment, which does not."
        "Days, weeks, months and years go back on the calendar of the project's zone to the same time of day: a month before 31 March is the last day of February. Hours and shorter units are exact. For a date without a clock time it is the days before today.";
    WHOLE "in the last 3 whole months" ["whole", "in the last # whole UNIT"] Condition
        "any purchases in the last 3 whole months"
        "The last so many days, weeks, months or years that are over, from midnight to midnight."
        "Today, this week or this month is not in it. Weeks begin on Monday, unless the project sets another day.";
    IN_THE_NEXT "in the next 7 days" ["in the next", "in the next # UNIT"] Condition
        "renewal is in the next 7 days"
        "From the moment of the run on, for so long."
        "For a date without a clock time it is today and the days after it: with 7 days, today and the next 6. So every day is either in the last or in the next days.";
    MORE_THAN_AGO "more than 30 days ago" ["more than # UNIT ago"] Condition
        "any purchases more than 30 days ago"
        "Before the moment that lies so long before the run."
        "Nothing is both `in the last 30 days` and `more than 30 days ago`, and nothing before the run is neither.";
    LESS_THAN_AGO "less than 30 days ago" ["less than # UNIT ago"] Condition
        "any purchases less than 30 days ago"
        "The same as `in the last 30 days`."
        "It begins with the moment so long before the run, which counts, and ends before the run.";
    EXACTLY_AGO "exactly 4 days ago" ["exactly # UNIT ago"] Condition
        "any purchases exactly 4 days ago"
        "The calendar day (or hour, week, month ...) that lies so long ago, from its beginning to its end."
        "It is all of that day, whatever the time of day of the run.";
    FROM_TO_AGO "from 60 to 30 days ago" ["from # to # UNIT ago", "from # UNIT to # UNIT ago"] Condition
        "no purchases from 60 to 30 days ago"
        "From the earlier moment, which counts, up to the later one, which does not."
        "So it touches `in the last 30 days` without a gap and without an overlap.";
    SINCE "since 2025-03-01" ["since"] Condition
        "any purchases since 2025-03-01"
        "From that day's beginning on, or from that moment on."
        "The day or moment is written out, `today` or `yesterday`, or a name that `let` gave; it is the same for every customer.";
    BEFORE "before 2025-03-01" ["before"] Condition
        "any purchases before 2025-03-01"
        "Before that day began, or before that moment."
        "The day itself is not in it. To hold an event against a date of the customer, write a `where`.";
    AFTER "after 2025-03-01" ["after"] Condition
        "any purchases after 2025-03-01"
        "Once that day is over, or later than that moment."
        "The day itself is not in it.";
    FROM_TO "from 2025-03-01 to 2025-03-31" ["from", "to"] Condition
        "any purchases from 2025-03-01 to 2025-03-31"
        "From the beginning of the first day to the end of the last one: both days count."
        "Where an end is a moment with a clock time, it is not in it itself.";
    ON_DATE "on 2025-03-01" ["on"] Condition
        "any purchases on 2025-03-01"
        "All of that day, in the project's time zone."
        "";
    ON_DAYS "on weekends" ["on", "on weekdays", "on weekends"] Condition
        "any purchases in the last 90 days on mondays, fridays"
        "On these days of the week, by the project's clock."
        "`weekdays` are Monday to Friday, `weekends` Saturday and Sunday; single days are separated by commas.";
    HOURS "from 07:00 to 10:00" ["from", "to"] Condition
        "any purchases on weekdays from 07:00 to 10:00"
        "From the first clock time, which counts, to the second, which does not, by the project's clock."
        "`from 22:00 to 05:00` goes across midnight; a day of the week beside it is that of the moment itself.";
    THIS "this month" ["this", "this UNIT"] Condition
        "any purchases this month"
        "The calendar day, week, month, quarter or year that holds the run, from its beginning to its end."
        "Weeks begin on Monday, unless the project sets another day.";
    LAST "last month" ["last", "last UNIT"] Condition
        "any purchases last month"
        "The calendar day, week, month, quarter or year before the one that holds the run, all of it."
        "`in the last month` is another stretch: it ends with the run.";
    FISCAL "this fiscal year" ["this fiscal", "last fiscal", "this fiscal UNIT", "last fiscal UNIT"] Condition
        "any purchases last fiscal quarter"
        "The year or quarter of years that begin with the month which `fiscal_year_start` names in `segue.toml`."
        "Where nothing is set there, it is refused.";
    ON_TODAY "today, yesterday (as a window)" ["today", "yesterday"] Condition
        "any purchases yesterday"
        "The day of the run, or the day before it, from midnight to midnight."
        "Of today there is only what lies before the moment of the run.";
    IS_WINDOW "is in the last 30 days" ["is", "is not"] Condition
        "last_purchase is in the last 30 days"
        "Tests whether a date or moment lies in a window."
        "It is unknown where the date is missing. A window behind rows chooses events; one behind `is` tests a date that one has, such as that of the first purchase.";
}
