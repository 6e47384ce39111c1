//! Ranks, figures and shares of all customers.

use super::declare;

declare! {
    Population;
    QUARTILE "quartile of spend" ["quartile of"] Value
        "quartile of spend"
        "In which fourth of all customers this one is, from 1 to 4 by rising values."
        "Equal values share a group, so groups may differ in size. Who has no value is in none: the result is missing.";
    QUINTILE "quintile of spend" ["quintile of"] Value
        "quintile of last_purchase among buyers"
        "In which fifth of all customers this one is, from 1 to 5 by rising values: 5 has the greatest."
        "Equal values share a group, so groups may differ in size. Who has no value is in none: the result is missing. A sum of nothing is 0, which is a value, so a grid usually ranks `among` buyers.";
    DECILE "decile of spend" ["decile of"] Value
        "decile of spend"
        "In which tenth of all customers this one is, from 1 to 10 by rising values."
        "Equal values share a group, so groups may differ in size. Who has no value is in none: the result is missing.";
    PERCENTILE "percentile of spend" ["percentile of"] Value
        "percentile of spend"
        "In which hundredth of all customers this one is, from 1 to 100 by rising values."
        "Equal values share a group, so some stay empty. Who has no value is in none: the result is missing.";
    AVERAGE_OVER "average of spend over customers" ["average of"] Condition
        "spend > average of spend over customers"
        "The mean over all customers with a value: one figure, the same for everybody."
        "Where nobody has a value it is missing. Money is rounded half to even at four decimals.";
    MEDIAN_OVER "median of spend over customers" ["median of"] Condition
        "spend >= median of spend over customers among buyers"
        "The value in the middle of all customers with a value."
        "Between two neighbours it is interpolated linearly. Where nobody has a value it is missing.";
    PERCENTILE_OVER "percentile 90 of spend over customers" ["percentile # of", "percentile"] Condition
        "spend > percentile 90 of spend over customers"
        "The value below which that share of all customers with a value lies."
        "Between two neighbours it is interpolated linearly. Where nobody has a value it is missing.";
    DEVIATION_OVER "deviation of spend over customers" ["deviation of"] Condition
        "spend > average of spend over customers + 1.5 * deviation of spend over customers"
        "How far customers' values lie from their average: the population's standard deviation."
        "Where nobody has a value it is missing.";
    OVER_CUSTOMERS "over customers" ["over customers"] Condition
        "points > average of points over customers"
        "Says that a figure is one of all customers, and not of this customer's rows."
        "Only customers with a value count. `among` and a segment behind it take its members only.";
    AMONG "among buyers" ["among"] Condition
        "customer in top 100 by spend among buyers"
        "Looks at the members of a segment only, in a rank, a top list or a figure."
        "Who is not a member has no group and is in no top.";
    TOP_BY "customer in top 10% by spend" ["customer in top", "customer not in top", "in top", "by", "customer", "top"] Condition
        "customer in top 10% by spend"
        "Holds for the customers with the greatest values: so many, or a share of those with a value, rounded up."
        "Exactly so many are in: ties go by the customer's key. Who has no value is in no top, so `customer not in top 10% by spend` takes them along. It is never unknown.";
    BOTTOM_BY "customer in bottom 100 by spend" ["customer in bottom", "customer not in bottom", "in bottom", "by", "customer", "bottom"] Condition
        "customer in bottom 100 by spend"
        "Holds for the customers with the smallest values: so many, or a share of those with a value, rounded up."
        "Exactly so many are in: ties go by the customer's key. Who has no value is in no bottom. It is never unknown.";
    IN_SHARE "customer in share 0% to 40% of \"checkout test\"" ["customer in share", "customer not in share", "share", "to", "of", "customer"] Condition
        "customer in share 0% to 40% of \"checkout test\""
        "Holds for a share of all customers that stays the same from run to run, for tests and control groups."
        "Who is in depends on the name behind `of` and the customer's key alone. The first end is in, the last one is not, so shares that touch do not overlap. Another name deals all customers anew.";
}
