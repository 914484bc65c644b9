pub fn is_known_test(_entity: &str, _value: &[u8]) -> bool {
    false
}
