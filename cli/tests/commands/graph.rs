//! `segue graph` and `segue ir`.

use crate::shop::Shop;

#[test]
fn the_tree_shows_what_uses_what() {
    let ended = Shop::new().segue(&["graph"]);
    assert_eq!(ended.status, 0);
    let expected = "segment french
└── customers

segment big_spenders
├── trait spend
│   └── events purchases
└── trait average
    ├── trait spend ...
    └── events purchases

segment nobody
└── customers

partition stage
└── events purchases
";
    assert_eq!(ended.out, expected);
}

#[test]
fn dot_has_each_declaration_and_each_use() {
    let ended = Shop::new().segue(&["graph", "--format", "dot"]);
    assert!(ended.out.starts_with("digraph rules {\n") && ended.out.ends_with("}\n"), "{}", ended.out);
    for line in [
        "  \"segment big_spenders\" -> \"trait average\";\n",
        "  \"trait average\" -> \"events purchases\";\n",
        "  \"partition stage\" [label=\"stage\"",
    ] {
        assert!(ended.out.contains(line), "no {line:?} in {}", ended.out);
    }
}

#[test]
fn the_plan_has_its_stages_and_only_what_is_asked_for() {
    let shop = Shop::new();
    let all = shop.segue(&["ir"]);
    assert_eq!(all.status, 0);
    assert!(all.out.starts_with("columns\n"), "{}", all.out);
    assert!(all.out.contains("purchases.price"), "{}", all.out);
    let one = shop.segue(&["ir", "--only", "french"]);
    assert!(!one.out.contains("purchases"), "{}", one.out);
}
