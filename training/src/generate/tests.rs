//! Checks that every template fills and that the annotations of what comes out are right.

use super::rng::Rng;
use super::stock::{FAMILIES, ORIGINS, Stock};
use super::{Document, Label, documents, fill, is_held_out_template, layout};
use std::collections::BTreeSet;

#[test]
fn every_template_fills_in_every_family() {
    let stock = Stock::read();
    let mut rng = Rng::new(7);
    for template in stock.templates() {
        for _ in 0..6 {
            let origin = stock.pick_origin(&mut rng);
            let page = fill::fill(&stock, template, origin, 1, &mut rng);
            let leftover = ["[[", "]]", "{patient", "{provider", "{relative", "{staff", "{person", "{@", "||]"];
            for mark in leftover {
                assert!(!page.text.contains(mark), "{} leaves {mark} in:\n{}", template.name, page.text);
            }
            let family = FAMILIES.iter().find(|family| template.name.starts_with(family.name)).unwrap();
            check_spans(&layout::lay_out(page, family, &mut rng), &template.name);
        }
    }
}

#[test]
fn there_are_many_templates_each_of_its_own() {
    let stock = Stock::read();
    let bodies: BTreeSet<String> = stock.templates().map(|template| format!("{:?}", template.nodes)).collect();
    assert_eq!(bodies.len(), stock.templates().count());
    assert!(bodies.len() >= 350, "{} templates", bodies.len());
    let held_out = stock.templates().filter(|template| is_held_out_template(&template.name)).count();
    assert!((bodies.len() / 20..bodies.len() / 6).contains(&held_out), "{held_out} templates held out");
}

#[test]
fn a_seed_gives_the_same_documents() {
    let print = |seed| documents(seed, 200).map(|document| print_document(&document)).collect::<Vec<_>>();
    assert_eq!(print(3), print(3));
    assert_ne!(print(3), print(4));
}

#[test]
fn every_family_and_every_origin_occurs() {
    let (mut families, mut origins) = (BTreeSet::new(), BTreeSet::new());
    for document in documents(1, 5000) {
        families.insert(document.template.split('/').next().unwrap().to_owned());
        origins.insert(document.origin);
    }
    assert_eq!(families.len(), FAMILIES.len());
    assert_eq!(origins.len(), ORIGINS.len());
}

#[test]
fn only_names_carry_a_role_and_many_texts_name_nobody() {
    let (mut named, mut nobody) = (0, 0);
    for document in documents(2, 2000) {
        let is_name = |label| label == Label::Name;
        assert!(document.spans.iter().all(|span| span.role.is_none() || is_name(span.label)));
        let found = document.spans.iter().any(|span| is_name(span.label));
        *(if found { &mut named } else { &mut nobody }) += 1;
    }
    assert!(named > 1000 && nobody > 300, "{named} with and {nobody} without people");
}

#[test]
fn a_nested_alternative_is_read() {
    use super::template::{Node, read};
    let text = |text: &str| Node::Text(text.to_owned());
    let inner = Node::Choice(vec![vec![text("b")], vec![Node::Slot("city".to_owned())]]);
    assert_eq!(
        read("a[[|x [[b|{city}]]]]{ |"),
        [text("a"), Node::Choice(vec![vec![], vec![text("x "), inner]]), text("{ |")]
    );
}

fn print_document(document: &Document) -> String {
    format!("{} {} {} {:?} {}", document.id, document.template, document.origin, document.spans, document.text)
}

fn check_spans(page: &fill::Page, template: &str) {
    let mut end = 0;
    for span in &page.spans {
        assert!(span.start >= end && span.end > span.start, "{template}: {span:?} after {end}");
        let text = page.text.get(span.start..span.end).unwrap_or_else(|| panic!("{template}: {span:?} cuts a letter"));
        assert_eq!(text.trim(), text, "{template}: a span is padded");
        if span.label == Label::Name {
            check_name(text, template);
        }
        end = span.end;
    }
}

fn check_name(name: &str, template: &str) {
    const TITLES: [&str; 7] = ["mr.", "mr", "mrs.", "mrs", "ms.", "dr.", "dr"];
    const CREDENTIALS: [&str; 8] = ["md", "m.d.", "rn", "phd", "pa-c", "lpn", "facs", "mph"];
    let lower = name.to_lowercase();
    let words: Vec<&str> = lower.split([' ', '\n']).map(|word| word.trim_matches(',')).collect();
    assert!(!TITLES.contains(&words[0]) || words.len() == 1, "{template}: a title in the name {name:?}");
    let ending = words[words.len() - 1];
    assert!(!CREDENTIALS.contains(&ending), "{template}: a credential in the name {name:?}");
    assert!(!lower.ends_with("'s") && !lower.ends_with("’s"), "{template}: a possessive in the name {name:?}");
}
