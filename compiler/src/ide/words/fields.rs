//! Kinds of fields, and what stands behind them.

use super::declare;

declare! {
    Fields;
    KEY "key customer_id : id" ["key"] Declaration
        "table brands { key brand_id : id   name : text }"
        "Marks the field whose value names the row."
        "Customers and tables have one, and its value is in every row and in no two of them. Events may have one: it settles the order of events of one moment.";
    BOOLEAN "boolean" ["boolean"] Field
        "newsletter : boolean"
        "A field that is yes or no."
        "It stands alone as a condition (`employee`, `not employee`), or is compared with `true` and `false`.";
    INTEGER "integer" ["integer"] Field
        "rooms : integer"
        "A field of whole numbers, of 64 bits."
        "A result too large for them is missing, and the report of a run counts it. Divided, whole numbers give a number with decimals.";
    NUMBER "number" ["number"] Field
        "weight : number"
        "A field of numbers with decimals."
        "Numbers are rounded as computers do in 64 bits, so for amounts of money there is `money`.";
    MONEY "money USD" ["money"] Field
        "fee : money USD"
        "A field of amounts in one currency, exact to four decimals."
        "Two currencies are never compared or added, and an amount is always written with its currency: `500 USD`. Averages and products are rounded half to even at four decimals. Without a currency it is the project's.";
    PERCENT "percent as 45" ["percent", "percent as", "as"] Field
        "discount : percent as 45"
        "A field of shares; in rules they are written `10%`, which is 0.10."
        "`as 45` says that the data write 45 for 45%, `as 0.45` that they write 0.45. One of the two must be said, because 0.5 could be either.";
    TEXT "text" ["text"] Field
        "city : text"
        "A field of any text."
        "Text compares exactly, capitals and accents included, unless `ignoring case` is said. Empty text is text and not a missing value.";
    ONE_OF "one of free, plus, \"free trial\"" ["one of"] Field
        "size : one of small, large, \"extra large\""
        "A field with listed values, and no others."
        "After `is` the values are written without quotes where they are single words. A value in the data that is not listed becomes missing, and the report of a run says which ones there were.";
    DATE "date" ["date"] Field
        "born_on : date?"
        "A field of days, without a clock time."
        "Written as `2026-04-03`. A day and a moment are different kinds: `date of seen_at` is the day of a moment.";
    DATETIME "datetime" ["datetime", "datetime in", "in"] Field
        "seen_at : datetime in \"UTC\""
        "A field of moments: a day with a clock time."
        "Times that carry no zone are in the zone behind `in`, or else in the project's. Where clocks go forward such times move forward, where they go back the earlier one is taken; both are counted.";
    DURATION "duration" ["duration"] Field
        "stay : duration"
        "A field of lengths of time, such as `90 minutes`."
        "It is compared with a length of time and its unit, never with a bare number.";
    ID "id" ["id"] Field
        "ticket : id"
        "A field that names a row."
        "An id is text, however the data hold it: 7 in a column of numbers is `\"7\"`. Ids order as numbers where all are whole numbers.";
    ID_OF "id -> products" ["id", "->"] Field
        "bought : id? -> products"
        "A field that points at a row of a table: a dot reaches that row's fields."
        "`bought.category` is the category of the product. Where the id is missing, or the table has no such row, what is looked up is missing; the report of a run counts the latter.";
    LOCATION "location" ["location"] Field
        "parked : location?"
        "A field of places: a latitude and a longitude."
        "It is asked how near it is to another place (`within 10 km of`), or whether it lies in a box. Places have no order.";
    TIMEZONE "timezone" ["timezone"] Field
        "zone : timezone?"
        "A field of names of time zones, such as `\"Europe/Berlin\"`."
        "Windows and clock times of rules are always in the project's zone, whatever the customer's own one is.";
    LIST_OF "list of text" ["list of"] Field
        "hobbies : list of text"
        "A field with several values."
        "`includes` asks what is among them, `is empty` whether there are none, and `number of hobbies` how many. A missing list is an empty one.";
    LIST_OF_ROWS "list of { ... }" ["list of"] Field
        "lines : list of { product : id -> products   quantity : integer }"
        "A field with several rows inside of one, such as the items of a cart."
        "They are asked about as events are: `any items where quantity >= 10`, all of it of one and the same item. A path through the list goes over all of them, and a window is about the time of the row around it.";
    BITS "as bits" ["as bits"] Field
        "flags : list of one of \"hiking\", \"cycling\" from \"flags\" as bits"
        "Says that the data hold a whole number whose bits say which listed values are in the list."
        "The lowest bit stands for the first value.";
    OPTIONAL "?" ["?"] Field
        "nickname : text?"
        "Says that the field may be missing."
        "A comparison with a missing value is unknown, and a customer is in a segment only where all of it certainly holds. A field without `?` must have a value in every row: a row without one is a bad row.";
    FROM_COLUMN "from \"Column\"" ["from"] Field
        "in_flag : text from \"in\""
        "The name that the column has in the data, where it is not the field's."
        "A column whose name is a word of the language gets another name this way.";
    COMPUTED "paid = quantity * price" ["="] Field
        "count : integer   cost : money USD   paid = count * cost"
        "A field worked out from the other fields of the same row, for every row once."
        "It is missing where a value that it needs is missing, where it divides by zero, and where the result is too large. The customer's fields cannot be used in it.";
    PERSONAL "personal" ["personal"] Field
        "phone : text?  personal"
        "Says that the field identifies or concerns a person."
        "The label travels with everything made from the field. It does not change who is in a segment; editors and messages do not show such values.";
    PROTECTED "protected" ["protected"] Field
        "religion : text?  protected"
        "Says that the field should not decide who is contacted."
        "The label travels with everything made from the field. It does not change who is in a segment.";
    CONSENT "consent" ["consent"] Field
        "email_ok : boolean  consent"
        "Says that the field tells whether a channel may be used."
        "The label travels with everything made from the field. It does not change who is in a segment.";
}
