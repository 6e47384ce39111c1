//! Values and arithmetic.

use super::declare;

declare! {
    Values;
    PLUS "a + b" ["+"] Value
        "points + 10"
        "Adds whole numbers, numbers, money of one currency or lengths of time; moves a date or moment by a length of time."
        "It is missing where a value is missing, or the sum is too large. `renewal + 3 months` moves on the calendar: a month after 31 January is the last day of February.";
    MINUS "a - b" ["-"] Value
        "renewal - 3 months"
        "Takes one value from another; moves a date or moment back by a length of time."
        "Of two dates or moments it gives the length of time between them. It is missing where a value is missing.";
    TIMES "a * b" ["*", "×"] Value
        "income * 10%"
        "Multiplies numbers, or money by a number."
        "Money times a whole number is exact; times a number it is rounded half to even at four decimals. It is missing where a value is missing.";
    OVER "a / b" ["/", "÷"] Value
        "spend / number of purchases"
        "Divides numbers, money by a number, or money by money of the same currency."
        "A division by zero is missing, and the report of a run counts it. Whole numbers divided give a number with decimals.";
    OTHERWISE "income otherwise 0 USD" ["otherwise"] Value
        "income otherwise 0 USD"
        "The first value, or where it is missing the second one."
        "It is never missing where the last one never is. Left of a comparison it stands in brackets: `(income otherwise 0 USD) > 10 USD`.";
    ROUNDED "rounded to 2 decimals" ["rounded", "rounded up", "rounded down", "up", "down", "to # decimals", "to # decimal"] Value
        "rating rounded to 2 decimals"
        "Rounds a number or an amount, to whole ones or to so many decimals."
        "`rounded` rounds halves to the even neighbour, `rounded up` and `rounded down` towards greater and smaller. A missing value stays missing.";
    TRUE "true, false" ["true", "false"] Condition
        "employee is false"
        "The two values of a yes/no field."
        "Such a field also stands alone as a condition: `employee`, `not employee`.";
    TODAY "today, yesterday" ["today", "yesterday"] Condition
        "renewal < today"
        "The day of the run, and the day before it, in the project's time zone."
        "The day is that of the run's `as of`, so a run for a past day gives that day's answer.";
    NOW "now" ["now"] Condition
        "signed_up < now"
        "The moment of the run: its `as of`."
        "Without one, it is the time at which the run was started, and the run prints it.";
    POINT "point(40.7536, -73.9832)" ["point"] Value
        "point(40.7536, -73.9832)"
        "The place with that latitude and that longitude, in degrees."
        "Latitudes go from -90 to 90, north above zero; longitudes from -180 to 180, east above zero. It is missing where one of them is, and where there is no such place, which the report of a run counts.";
    AMOUNT "500 USD" ["USD", "EUR"] Condition
        "spend >= 500 USD"
        "An amount of money, exact to four decimals, always with its currency."
        "It is compared with and added to amounts of the same currency only.";
    SHARE "10%" ["%"] Condition
        "rating > 10%"
        "A share: `10%` is 0.10."
        "It may be compared with numbers and multiplied with numbers and money.";
    LENGTH "90 days" ["# UNIT"] Condition
        "time since signed_up > 90 days"
        "A length of time, with its unit."
        "In a window, days, weeks, months and years are counted on the calendar, hours and shorter units exactly. As a length by itself a day is 24 hours.";
}
