//! `segue show`.

use crate::shop::Shop;

const CONTENT: &str = "content hero \"Opening\" {
  french    : \"<b>Bonjour {country}</b>, {spend}\"
  otherwise : \"Hello {country otherwise \"you\"}: {spend as \"#,##0\"}\"
}
content divided { otherwise : \"{spend / spend otherwise \"nothing\"}\" }
content sums { otherwise : \"{spend * 9000000 * 9000000}\" }
";

fn shop() -> Shop {
    let shop = Shop::new();
    shop.write("content.segue", CONTENT);
    shop
}

#[test]
fn a_text_is_shown_for_a_customer() {
    let shop = shop();
    let ended = shop.segue(&["show", "hero", "--customer", "1"]);
    assert_eq!((ended.status, ended.out.as_str()), (0, "<b>Bonjour France</b>, $110.00\n"), "{}", ended.err);
    let ended = shop.segue(&["show", "HERO", "--customer", "1", "--customer", "2"]);
    assert_eq!(
        ended.out, "customer 1:\n<b>Bonjour France</b>, $110.00\ncustomer 2:\nHello Spain: 121\n",
        "{}",
        ended.err
    );
    let ended = shop.segue(&["show", "hero", "--customer", "2", "--as", "sms"]);
    assert_eq!(ended.out, "Hello Spain: 121\n(16 characters in GSM-7: 1 message)\n");
    let ended = shop.segue(&["show", "hero", "--customer", "2", "--as", "sms", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&ended.out).unwrap();
    assert_eq!(json[0]["text"], "Hello Spain: 121");
    assert_eq!((&json[0]["choice"], &json[0]["sms"]["messages"]), (&2.into(), &1.into()));
}

#[test]
fn who_gets_which_text_is_counted_and_explained() {
    let shop = shop();
    let ended = shop.segue(&["run"]);
    assert!(ended.out.contains("Opening"), "{}", ended.out);
    let ended = shop.segue(&["explain", "hero", "--customer", "2"]);
    assert!(
        ended.out.starts_with("Customer 2 is shown \"Hello {country}: {spend}\" by hero \"Opening\""),
        "{}",
        ended.out
    );
}

#[test]
fn a_text_that_cannot_be_shown_says_so() {
    let shop = shop();
    let ended = shop.segue(&["show", "sums", "--customer", "1"]);
    assert_eq!((ended.status, ended.out.as_str()), (1, ""));
    assert!(ended.err.contains("{spend * 9000000 * 9000000} is missing"), "{}", ended.err);
}

#[test]
fn what_cannot_be_asked_says_so() {
    let shop = shop();
    for (arguments, told) in [
        (&["show", "hero"][..], "--customer"),
        (&["show", "her", "--customer", "1"], "there is no content called her; did you mean hero?"),
        (&["show", "french", "--customer", "1"], "french is no content"),
        (&["show", "hero", "--customer", "77"], "there is no customer with the key 77"),
        (&["show", "hero", "--customer", "1", "--as", "fax"], "[possible values: plain, html, sms]"),
    ] {
        let ended = shop.segue(arguments);
        assert_eq!(ended.status, 2, "{arguments:?}");
        assert!(ended.err.contains(told), "{}", ended.err);
    }
    let bare = Shop::new();
    let ended = bare.segue(&["show", "hero", "--customer", "1"]);
    assert!(ended.err.contains("none is declared"), "{}", ended.err);
}

#[test]
fn languages_are_set_for_the_project_and_for_customers() {
    let shop = shop();
    let settings = shop.read("segue.toml");
    let set =
        |lines: &str| shop.write("segue.toml", &settings.replacen("[project]\n", &format!("[project]\n{lines}\n"), 1));
    set("locale = \"de\"");
    let ended = shop.segue(&["show", "hero", "--customer", "1"]);
    assert_eq!(ended.out.replace('\u{a0}', " "), "<b>Bonjour France</b>, 110,00 $\n", "{}", ended.err);
    for (line, told) in [
        ("locale = \"German\"", "\"German\" is no language"),
        ("locale_field = \"language\"", "the customers have no field called `language`"),
        ("locale_field = \"countr\"", "country"),
    ] {
        set(line);
        let ended = shop.segue(&["check"]);
        assert_ne!(ended.status, 0);
        assert!(ended.err.contains(told) || ended.out.contains(told), "{}{}", ended.out, ended.err);
    }
}
