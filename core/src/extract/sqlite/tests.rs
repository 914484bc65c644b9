use super::super::testing::run;

#[test]
fn damage_is_said() {
    let (_, extraction) = run(&[super::MAGIC, &[0; 200]].concat());
    assert_eq!(extraction.reason, Some(crate::model::Reason::Malformed));
}
