//! What a rule file is made of.

use super::declare;

declare! {
    Declarations;
    CUSTOMERS "customers { ... }" ["customers"] Alone
        "customers { key customer_id : id   country : text? }"
        "Declares the fields of a customer, once in a project."
        "The field behind `key` names the customer: it is in every row, and no two rows share it. In conditions these fields stand alone, and behind `customer.` inside of a `where`.";
    EVENTS "events purchases by customer_id at purchased_at { ... }" ["events"] Declaration
        "events visits by customer_id at visited_at { page : text }"
        "Declares what customers did: many rows for a customer, each with a moment."
        "`by` names the column with the customer's key, `at` the column with the moment. Events at or after the moment of the run do not exist for it.";
    RECORDS "records pets by customer_id { ... }" ["records"] Declaration
        "records phones by customer_id { number : text }"
        "Declares many things that belong to a customer, without a moment."
        "They are counted and asked about as events are, but no window can choose among them.";
    TABLE "table products { ... }" ["table"] Declaration
        "table shops { key shop_id : id   city : text }"
        "Declares rows that others point at by their key."
        "A field `id -> products` reaches the fields of its row with a dot: `product.category`. Where there is no such row the field is missing, and the report of a run counts how often.";
    BY_COLUMN "by customer_id" ["by"] Declaration
        "records letters by customer_id { subject : text }"
        "Names the column that holds the key of the customer a row belongs to."
        "The column is declared by being named. What becomes of rows whose customer is not in the data is set in `segue.toml`.";
    AT_COLUMN "at purchased_at" ["at", "in"] Declaration
        "events calls by customer_id at called_on : date { about : text }"
        "Names the column that holds the moment of an event."
        "With `: date` the data have only a day, and the event exists once that day is over. `in \"UTC\"` gives the zone of clock times that carry none; without it they are the project's.";
    LET "let vip_limit = 500 USD" ["let"] Declaration
        "let limit = 500 USD"
        "Gives a name to a value that is the same for every customer."
        "It holds a written value, or what can be worked out from written values. `segue run --let limit=\"400 USD\"` takes another value for one run.";
    LIST "list nordic = \"DK\", \"FI\"" ["list", "from"] Declaration
        "list southern = \"IT\", \"ES\", \"GR\""
        "Gives a name to values to look for."
        "`country is in southern` asks whether a value is one of them, and `is one of southern, \"PT\"` takes further ones along. `list vips from \"vips.csv\"` reads one value from each line of a file beside the rules.";
    TRAIT "trait spend = ..." ["trait"] Declaration
        "trait orders = number of purchases in the last 12 months"
        "Declares one value for each customer, worked out from fields, events and other traits."
        "It may be missing: an average over nothing, the latest of none. Traits use one another in any order and file; a circle is refused.";
    SEGMENT "segment lapsed \"Title\" { ... }" ["segment"] Declaration
        "segment quiet \"Gone quiet\" { buyers and no purchases in the last 90 days }"
        "Declares a group of customers: those for whom every line certainly holds."
        "A line that is unknown, because a value is missing, does not hold. Used as a condition a segment is yes or no, never unknown, so `not quiet` is everybody else.";
    SEGMENT_OF "segment no_chief of companies { ... }" ["of"] Declaration
        "segment no_chief of companies { no customers where country is \"FR\" }"
        "Declares a group of a table's rows: those for which every line certainly holds."
        "It asks for the row's fields, and about what belongs to the row: customers, events and records with a field that points at the table, and whatever belongs to such customers. What is said of each customer is a field of `customers` there. A customer reaches it with a dot: `company.no_chief`.";
    PARTITION "partition lifecycle { part : condition ... }" ["partition"] Declaration
        "partition activity { active : any purchases in the last 30 days   quiet : otherwise }"
        "Puts every customer into one part: the first, from the top, whose condition certainly holds."
        "`otherwise` takes those who are left; without it they are in no part. A part is asked for with `activity is quiet`, which is never unknown.";
    PARTITION_BY "partition tier by spend { ... }" ["by"] Declaration
        "partition tier by spend { gold : top 10%   silver : next 30%   bronze : otherwise }"
        "Ranks the customers by a value, for parts such as `top 10%`."
        "Whoever has no value is in no ranked part. `among` and a segment rank its members only.";
    PART_TOP "top 10%" ["top #"] Declaration
        "partition best by spend { gold : top 10%   others : otherwise }"
        "Takes the first of the ranking, by a share or a number."
        "`top 10%` is the first tenth of the customers with a value, rounded up; `top 100` is exactly so many. Ties go by the customer's key, so the promised size is kept.";
    PART_NEXT "next 30%" ["next #"] Declaration
        "partition levels by spend { gold : top 10%   silver : next 30%   others : otherwise }"
        "Goes on in the ranking where the ranked part before it ended."
        "After `top 10%`, `next 30%` ends at 40% of the customers with a value, rounded up. A part with a condition between the two does not move the ends.";
    PART_OTHERWISE "part : otherwise" ["otherwise"] Declaration
        "partition birthdays { told : birth_date is known   untold : otherwise }"
        "Takes all customers for whom none of the lines above certainly holds."
        "That includes those of whom nothing is known. It stands last.";
    SCORE "score engagement from 0 to 100 { ... }" ["score"] Declaration
        "score engagement from 0 to 100 { +10 if any page_views in the last 30 days }"
        "Adds points for what holds of a customer; one number for each."
        "A line that is unknown gives no points and takes none away, so a score is never missing for that. It is used as a trait is.";
    SCORE_RANGE "from 0 to 100" ["from # to #"] Declaration
        "score warmth from 0 to 10 { +20 if buyers }"
        "The range that the sum of a score is brought into."
        "It is applied once, at the end, after all lines: a sum of -30 becomes the smallest, 130 the largest.";
    POINTS_IF "+10 if CONDITION" ["if", "points", "point"] Declaration
        "score loyalty { +10 if nps >= 9 }"
        "Gives the points once where the condition certainly holds."
        "Where it is unknown nothing is given and nothing taken away.";
    POINTS_EACH "+5 for each purchases" ["for each", "for each different"] Declaration
        "score frequency { +5 for each purchases in the last 90 days, up to 40 points }"
        "Gives the points for each row, as many times as there are such rows."
        "Windows and `where` choose the rows; one whose `where` is unknown does not count. `for each different purchases.basket` counts each basket once.";
    POINTS_CAP ", up to 40 points" ["up to", "points", "point"] Declaration
        "score visits { +2 for each page_views, up to 10 points }"
        "The most that a line of a score gives in all."
        "It is counted in points, not in rows: `+4 ..., up to 10 points` gives 4, 8, 10, 10. Where points are taken away it limits what is taken.";
    CONTENT "content hero { condition : \"text\" ... }" ["content"] Declaration
        "content hero { buyers : \"Good to see you again\"   otherwise : \"What is new\" }"
        "Chooses a text for each customer: that of the first line whose condition certainly holds."
        "Texts have holes for what is the customer's own, in the words of the customer's language. A hole that could be empty has words of its own behind `otherwise`, or the file does not check.";
    HOLE "{first_name otherwise \"friend\"}" ["otherwise"] Declaration
        "content greeting { otherwise : \"Dear {first_name otherwise \"friend\"}\" }"
        "Says what stands in the hole of a text where the value is missing."
        "It is compulsory wherever the value may be missing and the line's condition does not rule that out. A list without entries and a text without letters count as missing here.";
    HOLE_FORM "{renewal as \"d MMMM\"}" ["as"] Declaration
        "content reminder { otherwise : \"Your contract ends on {renewal as \"d MMMM\"}\" }"
        "Shows a date, a number or an amount in a form of your own."
        "Forms are those of Unicode: `d` day, `MMMM` the month's name, `y` year, `EEEE` the day of the week; `#,##0` and `0.00` for numbers. Without one, the value is shown as the language has it.";
    OCCASION "occasion mothers_day = second sunday of may" ["occasion"] Declaration
        "occasion mothers_day = second sunday of may"
        "Gives a name to days that come back, or to listed dates."
        "It is asked when it is (`mothers_day is in the next 14 days`), or it chooses what happened around it (`in the 10 days before mothers_day`, `during mothers_day`).";
    TEST "test \"title\" as of 2026-12-01 { ... }" ["test"] Declaration
        "test \"nine is a promoter\" as of 2026-12-01 { given customer { nps: 9 } expect in promoters }"
        "Gives one customer on one day, and says what is expected of it."
        "What is not given is missing, lists are empty, and there are no rows. Where a field that every customer has is not given and could change the answer, the test names it instead of passing.";
    TEST_AS_OF "as of 2026-12-01" ["as of"] Declaration
        "test \"ten is one too\" as of 2026-12-01 10:00 { given customer { nps: 10 } expect in promoters }"
        "The moment of the test: a day at its 00:00, or a time of it."
        "Events at that moment or later do not exist, as in a run.";
    GIVEN "given customer { ... }" ["given", "customer"] Declaration
        "test \"who bought\" as of 2026-12-01 { given purchases { purchased_at: 3 days ago   price: 20 USD } expect in buyers }"
        "Says what the customer of a test is like: fields, rows of a table, or how a trait, segment or partition stands. In a test of a segment of companies it is one company: `given companies { ... }`."
        "`given stage is new` and `given spend = 20 USD` stand whatever they would come to. What is calculated in a table is not given: give what it is worked out from.";
    GIVEN_AGO "purchased_at: 3 days ago" ["# UNIT ago"] Declaration
        "test \"a purchase ago\" as of 2026-12-01 { given purchases { purchased_at: 2 weeks ago } expect in buyers }"
        "A date or time that lies so long before the moment of the test."
        "Days and longer units are counted on the calendar, hours and shorter ones exactly.";
    GIVEN_MISSING "country: missing" ["missing"] Declaration
        "test \"no score at all\" as of 2026-12-01 { given customer { nps: missing } expect not in promoters }"
        "Says that the value is missing."
        "It can be given for a field with `?`, a trait or a partition; behind `expect`, `= missing` holds where there is no value or no part.";
    EXPECT "expect spend = 550 USD" ["expect"] Declaration
        "test \"nothing spent\" as of 2026-12-01 { given customer { nps: 1 } expect spend = 0 USD }"
        "Says what must certainly hold of the customer of a test."
        "A value exactly, a part of a partition, the text of a content, or any condition; one that is unknown fails.";
    EXPECT_IN "expect in lapsed" ["in", "not in"] Declaration
        "test \"eight is none\" as of 2026-12-01 { given customer { nps: 8 } expect not in promoters }"
        "Says whether the customer of a test is in a segment, or the row of another table in one of that table's."
        "`given in lapsed` stands whatever the segment would come to.";
}
