//! Check digits and range rules, one file per rule, by name.
