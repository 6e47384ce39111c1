ATTACH TABLE _ UUID 'bd63d89f-4a7a-4b4a-972c-533aec81f1f5'
(
    `customer_id` Int64,
    `at` DateTime64(3, 'UTC'),
    `type` LowCardinality(String),
    `amount` Float64,
    `category` LowCardinality(String)
)
ENGINE = Memory
