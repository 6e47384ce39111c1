//! One event after another.

use super::declare;

declare! {
    Sequences;
    FOLLOWED_BY "followed by purchases" ["followed by"] Condition
        "any carts in the last 7 days followed by purchases within 2 days"
        "Chooses events after which another one came, later than the one before."
        "Each step's clock starts at the step before it; without `within`, any later time does. Windows and `where` apply to the step at which they stand. Where one of the two has only a day, another table's event of the same day counts as after.";
    FOLLOWED_BY_NO "followed by no purchases" ["followed by no"] Condition
        "any carts in the last 3 days followed by no purchases within 1 day"
        "Chooses events after which no such event came."
        "With `within` an event counts only once that time is over at the moment of the run; without it, nothing has followed so far. It is the last step.";
    WITHIN "within 2 days" ["within # UNIT", "within"] Condition
        "any page_views where page is \"/pricing\" followed by purchases within 7 days"
        "Says how soon the next event comes: before so much time is over since the step before."
        "The end itself is too late. A day is a day of the calendar, hours and shorter units are exact; months are not allowed, as they differ in length.";
    WITH_THE_SAME "with the same basket" ["with the same"] Condition
        "any carts followed by no purchases with the same basket within 2 days"
        "Ties a step to the one before it: both have that field, with the same value."
        "Both values must be known: events without one are not the same. Several fields are separated by commas.";
    WITH_ANOTHER "with another store" ["with another"] Condition
        "any purchases followed by purchases with another store within 7 days"
        "Asks for a next event whose field has another value than that of the step before."
        "Both values must be known.";
    WITH_A_GREATER "with a greater price" ["with a greater", "with a larger", "with a higher", "with a later"] Condition
        "any purchases followed by purchases with a greater price"
        "Asks for a next event whose field is greater, or later, than that of the step before."
        "Both values must be known; equal ones are not greater.";
    WITH_A_SMALLER "with a smaller price" ["with a smaller", "with a lower", "with an earlier"] Condition
        "any purchases followed by purchases with a smaller price"
        "Asks for a next event whose field is smaller, or earlier, than that of the step before."
        "Both values must be known; equal ones are not smaller.";
}
