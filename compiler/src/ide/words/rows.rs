//! What customers did: questions about many rows.

use super::declare;

declare! {
    Rows;
    ANY "any purchases" ["any"] Condition
        "any purchases in the last 30 days"
        "Holds for customers with at least one such row."
        "Windows and `where` choose the rows. It is never unknown: a row whose `where` is unknown does not count.";
    NO "no purchases" ["no"] Condition
        "no purchases in the last 90 days"
        "Holds for customers without such a row."
        "It is never unknown: a row whose `where` is unknown does not count, so it does not keep anybody out.";
    EVERY "every purchases where ..." ["every"] Condition
        "every purchases in the last year where price < product.list_price"
        "Holds where there is at least one row, and the condition certainly holds of each."
        "Who has no row is not in. A row of which the condition is unknown fails it.";
    AT_LEAST "at least 3 purchases" ["at least #", "at least"] Condition
        "at least 3 purchases in the last 30 days"
        "Holds for customers with so many rows or more."
        "It is never unknown: a row whose `where` is unknown does not count. `at least 3 different purchases.basket` counts different values.";
    AT_MOST "at most 2 purchases" ["at most #", "at most"] Condition
        "at most 2 purchases in the last 30 days"
        "Holds for customers with so many rows or fewer, also with none."
        "It is never unknown: a row whose `where` is unknown does not count.";
    EXACTLY "exactly 1 purchases" ["exactly #", "exactly"] Condition
        "exactly 1 purchases"
        "Holds for customers with just so many rows."
        "It is never unknown: a row whose `where` is unknown does not count.";
    MORE_THAN "more than 5 purchases" ["more than #", "more than"] Condition
        "more than 5 purchases"
        "Holds for customers with more rows than that."
        "It is never unknown: a row whose `where` is unknown does not count.";
    FEWER_THAN "fewer than 5 purchases" ["fewer than #", "fewer than"] Condition
        "fewer than 5 purchases"
        "Holds for customers with fewer rows than that, also with none."
        "It is never unknown: a row whose `where` is unknown does not count.";
    DIFFERENT "at least 3 different purchases.basket" ["different"] Condition
        "at least 3 different purchases.basket in the last 90 days"
        "Counts each value once, whatever the number of rows that have it."
        "Missing values are not counted.";
    DIFFERENT_UNITS "at least 4 different months of purchases" ["different UNIT of"] Condition
        "at least 4 different months of purchases in the last 4 whole months"
        "Counts into how many different months, weeks, days, quarters or years rows fall."
        "They are those of the project's calendar, and weeks begin with its first day. `different months of purchases.delivered` goes by a date of the rows instead of their time.";
    NUMBER_OF "number of purchases" ["number of"] Value
        "number of purchases in the last 12 months"
        "How many rows there are."
        "It is 0 where there are none, and never missing. A row whose `where` is unknown does not count.";
    NUMBER_OF_DIFFERENT "number of different purchases.basket" ["number of different"] Value
        "number of different purchases.basket in the last 12 months"
        "How many different known values there are."
        "It is 0 where there are none, and never missing. Missing values are not counted.";
    SUM_OF "sum of purchases.paid" ["sum of"] Value
        "sum of purchases.paid in the last 12 months"
        "The sum of a field over the rows."
        "It is 0 over no rows, and missing values are passed over. Money and whole numbers add exactly; a sum that is too large is missing.";
    AVERAGE_OF "average of purchases.paid" ["average of"] Value
        "average of purchases.paid in the last 12 months"
        "The mean of a field over the rows that have a value."
        "Over no rows it is missing. Averages of money are rounded half to even at four decimals.";
    SMALLEST "smallest purchases.paid" ["smallest"] Value
        "smallest purchases.paid"
        "The least value of a field over the rows."
        "Over no rows it is missing; missing values are passed over.";
    LARGEST "largest purchases.paid" ["largest"] Value
        "largest purchases.paid in the last 12 months"
        "The greatest value of a field over the rows."
        "Over no rows it is missing; missing values are passed over.";
    FIRST "first purchases.purchased_at" ["first"] Value
        "first purchases.purchased_at"
        "The value of the earliest row that has one."
        "Over no rows it is missing. Of rows at one moment the one with the smaller key counts, and without a key the smaller value.";
    LATEST "latest purchases.purchased_at" ["latest"] Value
        "latest purchases.purchased_at"
        "The value of the latest row that has one."
        "Over no rows it is missing. Of rows at one moment the one with the greater key counts, and without a key the greater value.";
    MOST_FREQUENT "most frequent purchases.product.category" ["most frequent"] Value
        "most frequent purchases.product.category in the last 12 months"
        "The value that is seen most often over the rows."
        "Over no rows it is missing; missing values are passed over. Of values seen equally often the one seen last counts, then the greater one.";
    LONGEST_GAP "longest gap between purchases" ["longest gap between"] Value
        "longest gap between purchases in the last 12 months"
        "The longest time from one event to the next, among those that windows and `where` choose."
        "Events of one moment count as one. With one event, or none, it is missing.";
    SHORTEST_GAP "shortest gap between purchases" ["shortest gap between"] Value
        "shortest gap between purchases"
        "The shortest time from one event to the next, among those that windows and `where` choose."
        "Events of one moment count as one. With one event, or none, it is missing.";
    AVERAGE_GAP "average gap between purchases" ["average gap between"] Value
        "average gap between purchases"
        "The mean time from one event to the next, among those that windows and `where` choose."
        "Events of one moment count as one. With one event, or none, it is missing.";
    WHERE "where ..." ["where"] Condition
        "any purchases in the last 30 days where product.category is \"Tea\""
        "Chooses rows: those of which the condition certainly holds."
        "A bare name is a field of the row; the customer's fields and traits are `customer.country`. Windows stand before it, and it runs to the end of the line, the closing bracket or `followed`, so a question with `where` inside a calculation or a comparison stands in brackets.";
}
