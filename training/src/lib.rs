//! Makes the person and place name model of phisift from texts and lists.

pub mod generate;
