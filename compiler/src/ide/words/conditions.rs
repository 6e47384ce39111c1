//! Comparing, and joining conditions.

use super::declare;

declare! {
    Conditions;
    IS "is \"France\"" ["is", "is not", "not"] Condition
        "country is not \"France\""
        "Holds where both sides are equal; `is not` where they differ."
        "With a missing value both are unknown, so `country is not \"France\"` leaves out customers whose country is missing; `or country is missing` keeps them. Text compares exactly, and a bare word after `is` is one of the left side's listed values.";
    IS_ONE_OF "is one of \"FR\", \"BE\"" ["is one of", "is not one of", "one of"] Condition
        "country is one of \"FR\", \"BE\""
        "Holds where the value is equal to one of those listed."
        "It is unknown where the value is missing, and so is `is not one of`. Names of lists may stand among the values.";
    IS_IN "is in nordic" ["is in", "is not in", "in"] Condition
        "country is in nordic"
        "Holds where the value is in a declared list, or the row that an id points at in a segment of its table: `company is in no_chief`."
        "It is unknown where the value is missing, and so is `is not in`.";
    IS_MISSING "is missing" ["is missing", "is not missing", "missing"] Condition
        "income is missing"
        "Holds where there is no value."
        "It is never unknown. A list is never missing: ask `is empty`.";
    IS_KNOWN "is known" ["is known", "is not known", "known"] Condition
        "birth_date is known"
        "Holds where there is a value."
        "It is never unknown. Beside a condition on the same value it says on purpose that those without one are left out.";
    IS_EMPTY "is empty" ["is empty", "is not empty", "empty"] Condition
        "interests is empty"
        "Holds where a list has no entries."
        "A missing list is an empty one, so it is never unknown.";
    COMPARE "<  <=  >  >=" ["<", "<=", ">", ">=", "≤", "≥"] Condition
        "income >= 4000 USD"
        "Holds where the left side is smaller or greater than the right one; with `=` also where they are equal."
        "It is unknown where a value is missing. Money is held against money of the same currency, lengths of time carry their unit, text is ordered letter by letter, capitals before small letters. Comparisons do not go on: write `points from 5 to 10`.";
    RANGE "from 5 to 10" ["from", "to"] Condition
        "points from 5 to 10"
        "Holds where the value lies between the two."
        "Both ends count for numbers, money and dates; of moments and clock times only the first one does. It is unknown where a value is missing.";
    CONTAINS "contains \"tea\"" ["contains", "does not contain", "not contain"] Condition
        "email contains \"@example\""
        "Holds where the text has the other one anywhere in it."
        "Capitals count, unless `ignoring case` follows. It is unknown where a text is missing, and so is `does not contain`.";
    STARTS_WITH "starts with \"/sale\"" ["starts with", "does not start with"] Condition
        "country starts with \"F\""
        "Holds where the text begins with the other one."
        "Capitals count, unless `ignoring case` follows. It is unknown where a text is missing, and so is `does not start with`.";
    ENDS_WITH "ends with \".org\"" ["ends with", "does not end with"] Condition
        "email ends with \".org\""
        "Holds where the text ends with the other one."
        "Capitals count, unless `ignoring case` follows. It is unknown where a text is missing, and so is `does not end with`.";
    MATCHES "matches \"^F.*e$\"" ["matches", "does not match"] Condition
        "country matches \"^F.*e$\""
        "Holds where a pattern (a `regex`) is found anywhere in the text."
        "`^` and `$` tie it to the ends. It takes time in proportion to the text, so patterns that look back do not exist. It is unknown where the text is missing.";
    IGNORING_CASE "ignoring case" ["ignoring case"] Condition
        "country is \"france\" ignoring case"
        "Takes capital and small letters as the same, on both sides."
        "Each character is folded by itself as Unicode's simple case folding says; accents still count.";
    INCLUDES "includes \"hiking\"" ["includes", "does not include"] Condition
        "interests includes \"hiking\""
        "Holds where the value is in the list."
        "A missing list is an empty one.";
    INCLUDES_ANY "includes any of \"hiking\", \"cycling\"" ["includes any of", "does not include any of", "any of"] Condition
        "interests includes any of \"hiking\", \"cycling\""
        "Holds where at least one of the values is in the list."
        "A missing list is an empty one, so nothing is in it.";
    INCLUDES_ALL "includes all of \"hiking\", \"cycling\"" ["includes all of", "does not include all of", "all of"] Condition
        "interests includes all of \"hiking\", \"cycling\""
        "Holds where every one of the values is in the list."
        "A missing list is an empty one, so nothing is in it.";
    INCLUDES_NONE "includes none of \"hiking\", \"cycling\"" ["includes none of", "none of"] Condition
        "interests includes none of \"hiking\", \"cycling\""
        "Holds where none of the values is in the list."
        "A missing list is an empty one, so it holds there.";
    AND "and" ["and"] Condition
        "points > 5 and points < 10"
        "Holds where both sides hold."
        "It is false where one side is false, whatever is unknown about the other; else unknown stays unknown. Beside `or` it needs brackets, because people read `a or b and c` both ways.";
    OR "or" ["or"] Condition
        "country is \"FR\" or country is missing"
        "Holds where at least one side holds."
        "It is true where one side is true, whatever is unknown about the other; else unknown stays unknown. Beside `and` it needs brackets.";
    NOT "not" ["not"] Condition
        "not country is \"FR\""
        "Holds where what follows does not."
        "What is unknown stays unknown, so those of whom nothing is known are left out of both. A segment is never unknown: `not buyers` is everybody else.";
    ALL_OF "all of { ... }" ["all of"] Condition
        "all of { points > 5   and employee }"
        "Holds where every line of the block holds."
        "It is false where one line is false, and unknown where none is false and one is unknown. Blocks stand in one another.";
    ANY_OF "any of { ... }" ["any of"] Condition
        "any of { employee   or nps >= 9 }"
        "Holds where at least one line of the block holds."
        "It is true where one line is true, whatever is unknown about the others.";
    NONE_OF "none of { ... }" ["none of"] Condition
        "none of { employee }"
        "Holds where every line of the block is certainly false."
        "One line that holds is enough for the block not to; where none holds and one is unknown the block is unknown, and the customer is left out.";
    AT_LEAST_OF "at least 2 of { ... }" ["at least # of"] Condition
        "at least 1 of { employee }"
        "Holds where so many lines of the block certainly hold."
        "It is false where so many can no longer hold, and unknown between the two.";
    NEAR "within 10 km of PLACE" ["within # km of", "within # miles of", "within # m of", "within"] Condition
        "home within 10 km of point(40.7536, -73.9832)"
        "Holds where two places are not further apart than that, in `m` (metres), `km` or `miles`."
        "The distance is along the surface of the earth. It is unknown where a place is missing.";
    IN_BOX "within the box from PLACE to PLACE" ["within the box", "the box", "from", "to"] Condition
        "home within the box from point(40.70, -74.02) to point(40.88, -73.91)"
        "Holds where the place lies in the box with that south-west and that north-east corner, its sides included."
        "It is unknown where the place is missing.";
    OF_CUSTOMER "customer.country" ["customer"] Condition
        "any purchases where product.category is customer.country"
        "Names the customer's own fields and traits where a bare name would be a field of the row, as behind `where`."
        "In calculated fields of tables the customer cannot be named: one row is like another for every customer.";
}
