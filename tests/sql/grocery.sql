-- The segments and partitions of examples/grocery, written by hand for DuckDB from what their words mean.
--
-- compare.py runs this file once for each moment: it makes the six raw tables, sets the variable as_of (an instant) and the session's time
-- zone (the shops'), then creates one table for each block under its name. A block is a segment (household_id), a partition (household_id,
-- part) or a step that later blocks build on. Instants are TIMESTAMPTZ, so adding months and days is a calendar's work in the shops' zone.

-- step params
SELECT getvariable('as_of')::TIMESTAMPTZ AS as_of, getvariable('as_of')::TIMESTAMPTZ::DATE AS today;

-- step households
SELECT household_id FROM raw_households
UNION SELECT household_id FROM raw_transactions
UNION SELECT household_id FROM raw_campaigns
UNION SELECT household_id FROM raw_redemptions;

-- step survey
SELECT household_id, age, income, home_ownership, marital_status, household_size, household_comp, kids_count
FROM households LEFT JOIN raw_households USING (household_id);

-- step lines
SELECT t.household_id, t.store_id, t.basket_id, t.quantity,
       t.sales_value::DECIMAL(18, 4) AS sales,
       (t.retail_disc::DECIMAL(18, 4) + t.coupon_disc::DECIMAL(18, 4) + t.coupon_match_disc::DECIMAL(18, 4)) AS saved,
       t.transaction_timestamp::TIMESTAMP AT TIME ZONE 'UTC' AS moment,
       p.department, p.brand, p.product_category AS category, p.product_type AS kind
FROM raw_transactions t LEFT JOIN raw_products p USING (product_id), params
WHERE t.transaction_timestamp::TIMESTAMP AT TIME ZONE 'UTC' < as_of;

-- step year
SELECT lines.* FROM lines, params WHERE moment >= as_of - INTERVAL 12 MONTH;

-- step half_year
SELECT lines.* FROM lines, params WHERE moment >= as_of - INTERVAL 6 MONTH;

-- step quarter
SELECT lines.* FROM lines, params WHERE moment >= as_of - INTERVAL 3 MONTH;

-- step days_90
SELECT lines.* FROM lines, params WHERE moment >= as_of - INTERVAL 90 DAY;

-- A day's redemptions exist once that day is over.
-- step redeemed
SELECT household_id, coupon_upc, campaign_id, redemption_date::DATE AS day
FROM raw_redemptions, params WHERE redemption_date::DATE < today;

-- step redeemed_year
SELECT redeemed.* FROM redeemed, params WHERE day >= (today - INTERVAL 12 MONTH)::DATE;

-- step value
SELECT h.household_id,
       coalesce(sum(y.sales), 0) AS spend_12m,
       count(DISTINCT y.basket_id) AS trips_12m,
       coalesce(sum(y.saved), 0) AS saved_12m,
       coalesce(sum(y.sales) FILTER (y.brand = 'Private'), 0) AS own_brand,
       count(DISTINCT y.store_id) AS stores_12m,
       count(DISTINCT y.basket_id) FILTER (isodow(y.moment) IN (6, 7)) AS weekend_trips
FROM households h LEFT JOIN year y USING (household_id) GROUP BY ALL;

-- step trend
SELECT h.household_id,
       coalesce(sum(l.sales) FILTER (l.moment >= as_of - INTERVAL 3 MONTH), 0) AS spend_3m,
       coalesce(sum(l.sales) FILTER (l.moment >= as_of - INTERVAL 6 MONTH AND l.moment < as_of - INTERVAL 3 MONTH), 0) AS spend_3m_before
FROM (households h CROSS JOIN params) LEFT JOIN lines l USING (household_id) GROUP BY ALL;

-- The most frequent one; of equals the one seen last, then the greater one.
-- step home_store
SELECT household_id, store_id FROM (
  SELECT household_id, store_id,
         row_number() OVER (PARTITION BY household_id ORDER BY count(*) DESC, max(moment) DESC, store_id DESC) AS place
  FROM half_year GROUP BY household_id, store_id) WHERE place = 1;

-- step recent_store
SELECT household_id, store_id FROM (
  SELECT household_id, store_id,
         row_number() OVER (PARTITION BY household_id ORDER BY count(*) DESC, max(moment) DESC, store_id DESC) AS place
  FROM lines, params WHERE moment >= as_of - INTERVAL 60 DAY GROUP BY household_id, store_id) WHERE place = 1;

-- step favourite
SELECT household_id, department FROM (
  SELECT household_id, department,
         row_number() OVER (PARTITION BY household_id ORDER BY count(*) DESC, max(moment) DESC, department DESC) AS place
  FROM year WHERE department IS NOT NULL GROUP BY household_id, department) WHERE place = 1;

-- A favourite that is not known gives no points.
-- step engagement
SELECT household_id, greatest(0, least(100,
         CASE WHEN baskets_14 > 0 THEN 20 ELSE 0 END
         + least(40, 2 * baskets_90)
         + least(20, 5 * coalesce(redeemed, 0))
         + CASE WHEN stores_12m >= 3 THEN 10 ELSE 0 END
         + CASE WHEN department <> 'FUEL' THEN 10 ELSE 0 END
         - CASE WHEN spend_3m < spend_3m_before THEN 15 ELSE 0 END)) AS points
FROM value JOIN trend USING (household_id)
  LEFT JOIN favourite USING (household_id)
  LEFT JOIN (SELECT household_id, count(*) AS redeemed FROM redeemed_year GROUP BY household_id) USING (household_id)
  JOIN (SELECT h.household_id, count(DISTINCT basket_id) AS baskets_90,
               count(*) FILTER (moment >= as_of - INTERVAL 14 DAY) AS baskets_14
        FROM (households h CROSS JOIN params) LEFT JOIN days_90 USING (household_id) GROUP BY ALL) USING (household_id);

-- partition engagement_level
SELECT household_id, CASE WHEN points >= 80 THEN 'devoted' WHEN points >= 50 THEN 'engaged'
                          WHEN points >= 20 THEN 'casual' ELSE 'distant' END AS part FROM engagement;

-- segment cooling_down
SELECT household_id FROM engagement JOIN trend USING (household_id) WHERE points >= 50 AND spend_3m < spend_3m_before;

-- segment families
SELECT household_id FROM survey WHERE kids_count IN ('1', '2', '3+');

-- segment large_households
SELECT household_id FROM survey WHERE household_size IN ('4', '5+');

-- segment young_households
SELECT household_id FROM survey WHERE age IN ('19-24', '25-34');

-- segment seniors
SELECT household_id FROM survey WHERE age = '65+';

-- segment well_off
SELECT household_id FROM survey
WHERE income IN ('100-124K', '125-149K', '150-174K', '175-199K', '200-249K', '250K+');

-- segment homeowners
SELECT household_id FROM survey WHERE home_ownership LIKE '%Homeowner';

-- segment living_alone
SELECT household_id FROM survey WHERE household_size = '1' AND household_comp = '1 Adult No Kids';

-- segment single_parents
SELECT household_id FROM survey WHERE household_comp = '1 Adult Kids' AND marital_status = 'Unmarried';

-- segment no_survey
SELECT household_id FROM survey WHERE age IS NULL AND income IS NULL;

-- segment flagship_shoppers
SELECT household_id FROM home_store WHERE store_id = 367;

-- segment east_siders
SELECT household_id FROM home_store WHERE store_id IN (367, 406, 356, 292, 381);

-- segment one_store_only
SELECT household_id FROM half_year GROUP BY household_id HAVING count(*) >= 20 AND count(DISTINCT store_id) = 1;

-- segment store_hoppers
SELECT household_id FROM value WHERE stores_12m >= 4;

-- segment changed_store
SELECT household_id FROM home_store h JOIN recent_store r USING (household_id) WHERE h.store_id <> r.store_id;

-- segment frequent_shoppers
SELECT household_id FROM value WHERE trips_12m >= 104;

-- segment weekend_people
SELECT household_id FROM value WHERE trips_12m >= 12 AND weekend_trips::DOUBLE / trips_12m >= 0.6;

-- segment breakfast_crowd
SELECT household_id FROM days_90 WHERE isodow(moment) <= 5 AND hour(moment) BETWEEN 6 AND 9
GROUP BY household_id HAVING count(DISTINCT basket_id) >= 5;

-- segment night_owls
SELECT household_id FROM half_year WHERE hour(moment) >= 22 OR hour(moment) < 5 GROUP BY household_id HAVING count(*) >= 10;

-- segment bargain_hunters
SELECT household_id FROM value
WHERE trips_12m >= 12 AND saved_12m::DOUBLE / nullif((spend_12m + saved_12m)::DOUBLE, 0) >= 0.25;

-- segment only_on_offer
SELECT household_id FROM days_90 GROUP BY household_id HAVING count(*) >= 5 AND bool_and(saved > 0);

-- segment bulk_buyers
SELECT household_id FROM half_year WHERE quantity >= 10 AND department <> 'FUEL' GROUP BY household_id HAVING count(*) >= 2;

-- segment filling_up
SELECT household_id FROM quarter WHERE department = 'FUEL' GROUP BY household_id HAVING count(*) >= 4;

-- segment own_brand_fans
SELECT household_id FROM value WHERE spend_12m >= 300 AND own_brand::DOUBLE / spend_12m::DOUBLE > 0.4;

-- segment baby_households
SELECT household_id FROM half_year WHERE category IN ('BABY FOODS', 'DIAPERS & DISPOSABLES')
GROUP BY household_id HAVING count(*) >= 2
UNION
SELECT household_id FROM quarter WHERE kind LIKE 'BABY%' AND department <> 'TOYS';

-- segment cat_people
SELECT household_id FROM half_year WHERE category IN ('CAT FOOD', 'CAT LITTER') GROUP BY household_id HAVING count(*) >= 3;

-- segment dog_people
SELECT household_id FROM half_year WHERE category = 'DOG FOODS' GROUP BY household_id HAVING count(*) >= 3;

-- segment organic_shoppers
SELECT household_id FROM year WHERE kind ILIKE '%organic%' OR category ILIKE '%organic%'
GROUP BY household_id HAVING count(*) >= 5;

-- segment wine_and_beer
SELECT household_id FROM half_year WHERE category LIKE '%WINE%' OR category LIKE '%BEERS%'
GROUP BY household_id HAVING count(*) >= 3;

-- segment meat_free
SELECT household_id FROM half_year GROUP BY household_id
HAVING count(*) >= 30
   AND count(*) FILTER (department = 'PRODUCE') >= 5
   AND count(*) FILTER (department IN ('MEAT', 'MEAT-PCKGD', 'SEAFOOD', 'SEAFOOD-PCKGD')
                        OR category IN ('DELI MEATS', 'LUNCHMEAT', 'FRZN MEAT/MEAT DINNERS')) = 0;

-- segment cook_from_scratch
SELECT household_id FROM half_year GROUP BY household_id
HAVING (count(*) FILTER (category = 'BAKING NEEDS') >= 3)::INT
     + (count(*) FILTER (category = 'SPICES & EXTRACTS') >= 3)::INT
     + (count(*) FILTER (category = 'ONIONS') >= 5)::INT
     + (count(*) FILTER (category = 'SHORTENING/OIL') >= 2)::INT
     + (count(*) FILTER (category = 'HERBS') >= 1)::INT >= 3;

-- segment heat_and_eat
SELECT household_id FROM quarter
WHERE category IN ('FROZEN PIZZA', 'FRZN MEAT/MEAT DINNERS', 'HEAT/SERVE', 'PREPARED FOOD')
GROUP BY household_id HAVING count(*) >= 10
EXCEPT SELECT household_id FROM cook_from_scratch;

-- segment produce_first
SELECT household_id FROM favourite WHERE department = 'PRODUCE';

-- segment december_shoppers
SELECT household_id FROM year WHERE month(moment) = 12 GROUP BY household_id HAVING count(*) >= 4;

-- segment thanksgiving_hosts
SELECT household_id FROM lines WHERE moment::DATE BETWEEN '2017-11-13' AND '2017-11-23' GROUP BY household_id
HAVING count(*) FILTER (contains(kind, 'TURKEY') AND quantity >= 1) >= 1 AND sum(sales) >= 75;

-- segment valentine_buyers
SELECT DISTINCT household_id FROM lines
WHERE moment::DATE BETWEEN '2017-02-07' AND '2017-02-14'
  AND (department = 'FLORAL' OR category = 'GREETING CARDS/WRAP/PARTY SPLY');

-- segment easter_bakers
-- Easter was on 16 April 2017.
SELECT household_id FROM lines WHERE category = 'EGGS' AND moment::DATE BETWEEN DATE '2017-04-09' AND DATE '2017-04-15'
INTERSECT
SELECT household_id FROM lines
WHERE category IN ('BAKING MIXES', 'BAKING NEEDS') AND moment::DATE BETWEEN DATE '2017-03-26' AND DATE '2017-04-08';

-- segment halloween_sweets
SELECT household_id FROM lines
WHERE moment::DATE BETWEEN '2017-10-15' AND '2017-10-31' AND category IN ('CANDY - PACKAGED', 'CANDY - CHECKLANE')
GROUP BY household_id HAVING count(*) >= 3;

-- segment summer_grillers
SELECT household_id FROM lines
WHERE moment::DATE BETWEEN '2017-05-27' AND '2017-09-04'
  AND category IN ('HOT DOGS', 'CHARCOAL AND LIGHTER FLUID', 'DINNER SAUSAGE')
GROUP BY household_id HAVING count(*) >= 4;

-- segment month_in_month_out
SELECT household_id FROM lines, params GROUP BY household_id
HAVING bool_or(moment >= date_trunc('month', as_of) - INTERVAL 1 MONTH AND moment < date_trunc('month', as_of))
   AND bool_or(moment >= date_trunc('month', as_of) - INTERVAL 2 MONTH AND moment < date_trunc('month', as_of) - INTERVAL 1 MONTH)
   AND bool_or(moment >= date_trunc('month', as_of) - INTERVAL 3 MONTH AND moment < date_trunc('month', as_of) - INTERVAL 2 MONTH);

-- segment shopped_two_weeks
SELECT household_id FROM lines, params
WHERE moment >= date_trunc('week', as_of) - INTERVAL 14 DAY AND moment < date_trunc('week', as_of)
GROUP BY household_id
HAVING bool_or(moment >= date_trunc('week', as_of) - INTERVAL 7 DAY) AND count(DISTINCT basket_id) >= 3;

-- segment big_spenders
SELECT household_id FROM value WHERE spend_12m >= 4000;

-- segment big_baskets
SELECT household_id FROM value WHERE trips_12m >= 6 AND round_even(spend_12m::DOUBLE / trips_12m, 4) >= 60;

-- segment growing
SELECT household_id FROM trend WHERE spend_3m_before >= 100 AND spend_3m > spend_3m_before * 1.25;

-- segment shrinking
SELECT household_id FROM trend WHERE spend_3m_before >= 200 AND spend_3m < spend_3m_before * 0.5;

-- partition value_tier
SELECT household_id, CASE WHEN spend_12m >= 4000 THEN 'gold' WHEN spend_12m >= 1500 THEN 'silver'
                          WHEN spend_12m > 0 THEN 'bronze' ELSE 'nothing' END AS part
FROM value;

-- partition lifecycle
SELECT h.household_id, CASE WHEN min(moment) >= any_value(as_of) - INTERVAL 30 DAY THEN 'new'
                            WHEN max(moment) >= any_value(as_of) - INTERVAL 30 DAY THEN 'active'
                            WHEN max(moment) >= any_value(as_of) - INTERVAL 90 DAY THEN 'lapsing'
                            WHEN max(moment) IS NOT NULL THEN 'lapsed' ELSE 'prospect' END AS part
FROM (households h CROSS JOIN params) LEFT JOIN lines USING (household_id) GROUP BY h.household_id;

-- segment lapsed_big_spenders
SELECT household_id FROM value, params WHERE spend_12m >= 1500
  AND household_id NOT IN (SELECT household_id FROM lines, params WHERE moment >= as_of - INTERVAL 45 DAY);

-- Parts of a content are called by the beginning of their text.
-- partition leaflet_opening
SELECT household_id,
       CASE WHEN first >= as_of - INTERVAL 30 DAY THEN 'Welcome! You first came...'
            WHEN spend_12m >= 1500 AND last < as_of - INTERVAL 45 DAY THEN 'We miss you. Your last...'
            WHEN saved_12m >= 500 THEN 'You saved {saved_12m}...'
            WHEN last >= as_of - INTERVAL 30 DAY THEN 'Thank you for {trips_12m}...'
            ELSE 'Fresh this week at your...' END AS part
FROM value JOIN (SELECT h.household_id, min(moment) AS first, max(moment) AS last
                 FROM households h LEFT JOIN lines USING (household_id) GROUP BY h.household_id) USING (household_id), params;

-- segment one_trip_only
SELECT household_id FROM lines GROUP BY household_id HAVING count(DISTINCT basket_id) = 1;

-- segment back_again
SELECT household_id FROM lines, params GROUP BY household_id
HAVING bool_or(moment >= as_of - INTERVAL 30 DAY)
   AND NOT bool_or(moment >= as_of - INTERVAL 90 DAY AND moment < as_of - INTERVAL 30 DAY)
   AND bool_or(moment < as_of - INTERVAL 90 DAY);

-- segment coupon_users
SELECT DISTINCT household_id FROM redeemed_year;

-- segment coupon_lovers
SELECT household_id FROM redeemed_year GROUP BY household_id HAVING count(*) >= 5;

-- segment mailed
SELECT DISTINCT household_id FROM raw_campaigns;

-- segment mailed_without_effect
SELECT household_id FROM raw_campaigns WHERE household_id NOT IN (SELECT household_id FROM redeemed)
GROUP BY household_id HAVING count(*) >= 3;

-- segment personal_coupons
SELECT household_id FROM raw_campaigns JOIN raw_campaign_descriptions USING (campaign_id)
WHERE campaign_type = 'Type A' GROUP BY household_id HAVING count(*) >= 2;

-- segment campaign_running
SELECT DISTINCT household_id FROM raw_campaigns JOIN raw_campaign_descriptions USING (campaign_id), params
WHERE start_date::DATE <= today AND end_date::DATE >= today;

-- segment personal_only
SELECT household_id FROM redeemed_year LEFT JOIN raw_campaign_descriptions USING (campaign_id)
GROUP BY household_id HAVING bool_and(coalesce(campaign_type = 'Type A', false));

-- segment baby_launch
SELECT household_id FROM baby_households
WHERE household_id NOT IN (SELECT household_id FROM lifecycle WHERE part IN ('lapsed', 'prospect'))
  AND household_id NOT IN (SELECT household_id FROM value_tier WHERE part = 'nothing');

-- segment win_back
SELECT l.household_id FROM lifecycle l JOIN value_tier v USING (household_id)
WHERE l.part IN ('lapsing', 'lapsed') AND v.part IN ('gold', 'silver')
  AND (household_id IN (SELECT household_id FROM coupon_users)
       OR household_id IN (SELECT household_id FROM bargain_hunters)
       OR (household_id IN (SELECT household_id FROM families) AND household_id NOT IN (SELECT household_id FROM no_survey)));

-- segment weekly_leaflet
SELECT household_id FROM lifecycle WHERE part IN ('new', 'active', 'lapsing')
  AND NOT (household_id IN (SELECT household_id FROM mailed_without_effect)
           AND household_id NOT IN (SELECT household_id FROM bargain_hunters));

-- segment family_upgrade
SELECT household_id FROM value_tier JOIN trend USING (household_id)
WHERE part = 'silver' AND spend_3m * 4 >= 3500
  AND (household_id IN (SELECT household_id FROM families) OR household_id IN (SELECT household_id FROM large_households));

-- Ranks: 1 + floor(k (rank - 1) / n) among those who have a value; ties of a top go to the smaller id.
-- segment shoppers_12m
SELECT DISTINCT household_id FROM year;

-- step ranks
SELECT household_id, (frequency + monetary) / 2 AS both_, recency FROM (
  SELECT household_id,
         1 + 5 * (rank() OVER (ORDER BY last_purchase) - 1) // count(*) OVER () AS recency,
         1 + 5 * (rank() OVER (ORDER BY trips_12m) - 1) // count(*) OVER () AS frequency,
         1 + 5 * (rank() OVER (ORDER BY spend_12m) - 1) // count(*) OVER () AS monetary
  FROM shoppers_12m JOIN value USING (household_id)
    JOIN (SELECT household_id, max(moment) AS last_purchase FROM lines GROUP BY household_id) USING (household_id));

-- partition rfm
SELECT household_id, CASE WHEN recency >= 4 AND both_ >= 4 THEN 'champions' WHEN recency >= 3 AND both_ >= 4 THEN 'loyal'
                          WHEN recency >= 4 AND both_ >= 2.5 THEN 'potential_loyal' WHEN recency = 5 THEN 'new_customers'
                          WHEN recency = 4 THEN 'promising' WHEN recency = 3 AND both_ >= 2.5 THEN 'needing_attention'
                          WHEN recency = 3 THEN 'about_to_sleep' WHEN recency <= 2 AND both_ >= 4.5 THEN 'cannot_lose'
                          WHEN recency <= 2 AND both_ >= 3 THEN 'at_risk' WHEN recency = 2 THEN 'hibernating'
                          WHEN recency = 1 THEN 'lost' ELSE 'nobody' END AS part
FROM households LEFT JOIN ranks USING (household_id);

-- partition spending_tier
SELECT household_id, CASE WHEN place <= ceil(n / 10) THEN 'gold' WHEN place <= ceil(n * 4 / 10) THEN 'silver'
                          WHEN place <= n THEN 'bronze' ELSE 'others' END AS part
FROM households LEFT JOIN (
  SELECT household_id, count(*) OVER () AS n, row_number() OVER (ORDER BY spend_12m DESC, household_id::BIGINT) AS place
  FROM shoppers_12m JOIN value USING (household_id)) USING (household_id);

-- segment best_500
SELECT household_id FROM value QUALIFY row_number() OVER (ORDER BY spend_12m DESC, household_id::BIGINT) <= 500;

-- segment exceptional_baskets
SELECT household_id FROM value WHERE trips_12m > 0
QUALIFY spend_12m / trips_12m > avg(spend_12m / trips_12m) OVER () + 1.5 * stddev_pop(spend_12m / trips_12m) OVER ();

-- segment typical_spenders
SELECT household_id FROM value
WHERE spend_12m >= (SELECT quantile_cont(spend_12m, 0.25) FROM value)
  AND spend_12m <= (SELECT quantile_cont(spend_12m, 0.75) FROM value);

-- segment catalogue_test
SELECT household_id FROM households
WHERE ('0x' || left(md5('spring catalogue:share:' || household_id), 16))::UBIGINT::HUGEINT * 5 < 18446744073709551616;

-- segment every_month
SELECT household_id FROM lines, params
WHERE moment >= date_trunc('month', as_of) - INTERVAL 6 MONTH AND moment < date_trunc('month', as_of)
GROUP BY household_id HAVING count(DISTINCT date_trunc('month', moment)) >= 6;

-- segment weekly_shoppers
SELECT household_id FROM lines, params WHERE moment >= as_of - INTERVAL 84 DAY
GROUP BY household_id HAVING count(DISTINCT date_trunc('week', moment)) >= 10;

-- step gaps_6m
SELECT household_id, max(gap) AS longest FROM (
    SELECT household_id, epoch_us(moment) - lag(epoch_us(moment)) OVER (PARTITION BY household_id ORDER BY moment) AS gap
    FROM (SELECT DISTINCT household_id, moment FROM half_year)) GROUP BY household_id;

-- segment steady_shoppers
SELECT household_id FROM gaps_6m, params WHERE longest <= 10 * 86400000000 AND household_id IN (
    SELECT household_id FROM lines, params WHERE moment >= as_of - INTERVAL 10 DAY);

-- segment breaks_of_a_month
SELECT household_id FROM (
    SELECT household_id, epoch_us(moment) - lag(epoch_us(moment)) OVER (PARTITION BY household_id ORDER BY moment) AS gap
    FROM (SELECT DISTINCT household_id, moment FROM year))
GROUP BY household_id HAVING max(gap) > 30 * 86400000000;

-- step bought
SELECT t.household_id, t.product_id, t.basket_id, t.transaction_timestamp::TIMESTAMP AT TIME ZONE 'UTC' AS moment,
       (t.transaction_timestamp::TIMESTAMP AT TIME ZONE 'UTC')::DATE AS day, t.sales_value::DECIMAL(18, 4) AS sales,
       t.retail_disc::DECIMAL(18, 4) AS card_discount, p.department, p.brand, p.product_category AS category
FROM raw_transactions t LEFT JOIN raw_products p USING (product_id), params
WHERE t.transaction_timestamp::TIMESTAMP AT TIME ZONE 'UTC' < as_of;

-- segment hooked_on_own_brand
SELECT DISTINCT a.household_id FROM bought a, params
WHERE a.brand = 'Private' AND a.moment >= as_of - INTERVAL 6 MONTH AND EXISTS (
    SELECT 1 FROM bought b
    WHERE b.household_id = a.household_id AND b.product_id = a.product_id
      AND b.moment > a.moment AND b.moment < a.moment + INTERVAL 28 DAY);

-- segment one_time_treats
SELECT DISTINCT a.household_id FROM bought a, params
WHERE a.card_discount > 5 AND a.moment >= as_of - INTERVAL 90 DAY AND a.moment + INTERVAL 14 DAY <= as_of AND NOT EXISTS (
    SELECT 1 FROM bought b
    WHERE b.household_id = a.household_id AND b.moment > a.moment AND b.moment < a.moment + INTERVAL 14 DAY);

-- segment coupon_collectors
SELECT DISTINCT a.household_id FROM redeemed a JOIN redeemed b USING (household_id, campaign_id)
WHERE b.day > a.day AND b.day < a.day + 30;

-- segment coupon_and_away
SELECT DISTINCT a.household_id FROM redeemed a, params
WHERE a.day >= (today - INTERVAL 12 MONTH)::DATE AND a.day + 56 <= today AND NOT EXISTS (
    SELECT 1 FROM redeemed b
    WHERE b.household_id = a.household_id AND b.campaign_id = a.campaign_id AND b.day > a.day AND b.day < a.day + 56);

-- segment party_planners
SELECT DISTINCT a.household_id FROM bought a, bought b, bought c, params
WHERE a.category = 'GREETING CARDS/WRAP/PARTY SPLY' AND a.moment >= as_of - INTERVAL 12 MONTH
  AND b.household_id = a.household_id AND b.category = 'FROZEN PIZZA' AND b.moment > a.moment AND b.moment < a.moment + INTERVAL 7 DAY
  AND c.household_id = a.household_id AND c.category = 'SOFT DRINKS' AND c.moment > b.moment AND c.moment < b.moment + INTERVAL 3 DAY;

-- table products much_bought
SELECT p.product_id AS key FROM raw_products p JOIN bought b USING (product_id), params
WHERE b.moment >= as_of - INTERVAL 90 DAY GROUP BY p.product_id HAVING count(DISTINCT b.household_id) >= 200;

-- table products faithful_few
SELECT p.product_id AS key FROM raw_products p JOIN bought b USING (product_id), params
WHERE b.moment >= as_of - INTERVAL 12 MONTH GROUP BY p.product_id
HAVING count(DISTINCT b.household_id) BETWEEN 5 AND 20 AND count(DISTINCT b.basket_id) >= 100;

-- table campaigns taken_up
SELECT c.campaign_id AS key FROM raw_campaign_descriptions c
    JOIN (SELECT campaign_id, count(*) AS sent FROM raw_campaigns GROUP BY campaign_id) USING (campaign_id)
    LEFT JOIN (SELECT campaign_id, count(*) AS back FROM redeemed GROUP BY campaign_id) USING (campaign_id)
WHERE coalesce(back, 0) / sent >= 0.2;

-- segment mainstream
SELECT b.household_id FROM bought b JOIN much_bought m ON m.key = b.product_id, params
WHERE b.moment >= as_of - INTERVAL 90 DAY GROUP BY b.household_id HAVING count(DISTINCT b.product_id) >= 15;

-- segment specialists
SELECT DISTINCT b.household_id FROM bought b JOIN faithful_few f ON f.key = b.product_id, params
WHERE b.moment >= as_of - INTERVAL 12 MONTH;

-- segment well_mailed
SELECT household_id FROM raw_campaigns JOIN taken_up ON key = campaign_id GROUP BY household_id HAVING count(*) >= 2;
