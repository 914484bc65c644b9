//! RTF as tokens: groups, control words, text bytes. Knows no meaning but that of `\bin`.

use std::io::{BufRead, BufReader, Read};

/// Letters of a control word; longer ones are no words of RTF.
const MAX_WORD: usize = 32;

/// What comes next.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Token {
    Open,
    Close,
    /// A control word and its number.
    Word(String, Option<i32>),
    /// A control symbol: `\~`, `\*`.
    Symbol(u8),
    /// A byte of text, in clear or as `\'hh`.
    Byte(u8),
    /// A byte behind `\bin`: of a picture or an object.
    Binary(u8),
}

/// Bytes being taken apart.
pub(super) struct Tokens<'a> {
    input: BufReader<Box<dyn Read + 'a>>,
    /// Bytes of a `\bin` that are left.
    binary: u64,
}

impl<'a> Tokens<'a> {
    pub(super) fn new(input: Box<dyn Read + 'a>) -> Self {
        Tokens { input: BufReader::with_capacity(64 << 10, input), binary: 0 }
    }

    fn peek(&mut self) -> Option<u8> {
        // Readers below end at errors and note why.
        self.input.fill_buf().ok().and_then(|bytes| bytes.first().copied())
    }

    fn byte(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.input.consume(1);
        Some(byte)
    }

    /// Appends the text bytes up to the next token of another kind.
    pub(super) fn plain(&mut self, out: &mut Vec<u8>) {
        while let Ok(bytes @ [_, ..]) = self.input.fill_buf() {
            let len = bytes.iter().position(|it| matches!(it, b'{' | b'}' | b'\\' | b'\r' | b'\n'));
            let take = len.unwrap_or(bytes.len());
            out.extend_from_slice(&bytes[..take]);
            self.input.consume(take);
            if len.is_some() {
                return;
            }
        }
    }

    pub(super) fn next(&mut self) -> Option<Token> {
        if self.binary > 0 {
            self.binary -= 1;
            return self.byte().map(Token::Binary);
        }
        loop {
            return Some(match self.byte()? {
                b'{' => Token::Open,
                b'}' => Token::Close,
                b'\\' => return self.control(),
                b'\r' | b'\n' => continue,
                byte => Token::Byte(byte),
            });
        }
    }

    fn control(&mut self) -> Option<Token> {
        let first = self.peek()?;
        if !first.is_ascii_alphabetic() {
            self.input.consume(1);
            return match first {
                b'\'' => Some(self.hex().map_or(Token::Symbol(b'\''), Token::Byte)),
                b'{' | b'}' | b'\\' => Some(Token::Byte(first)),
                _ => Some(Token::Symbol(first)),
            };
        }
        let mut word = String::new();
        while let Some(byte) = self.peek().filter(u8::is_ascii_alphabetic) {
            if word.len() >= MAX_WORD {
                break;
            }
            word.push(char::from(byte));
            self.input.consume(1);
        }
        let number = self.number();
        if self.peek() == Some(b' ') {
            self.input.consume(1);
        }
        if word == "bin" {
            self.binary = u64::try_from(number.unwrap_or(0)).unwrap_or(0);
        }
        Some(Token::Word(word, number))
    }

    fn number(&mut self) -> Option<i32> {
        let negative = self.peek() == Some(b'-');
        if negative {
            self.input.consume(1);
        }
        let mut number: Option<i32> = None;
        while let Some(digit) = self.peek().filter(u8::is_ascii_digit) {
            number = Some(number.unwrap_or(0).saturating_mul(10).saturating_add(i32::from(digit - b'0')));
            self.input.consume(1);
        }
        number.map(|it| if negative { -it } else { it })
    }

    fn hex(&mut self) -> Option<u8> {
        let digit = |it: Option<u8>| it.and_then(|it| char::from(it).to_digit(16)).map(|it| it as u8);
        let high = digit(self.peek())?;
        self.input.consume(1);
        let low = digit(self.peek())?;
        self.input.consume(1);
        Some(high << 4 | low)
    }
}
