//! The beginnings of statements that name columns: CREATE TABLE, INSERT, COPY, UPDATE. Reads no values.

use super::lex::{Dialect, Kind, Next, Token};

/// Tokens a beginning may have: a hostile one would be read again and again otherwise.
const MAX_TOKENS: usize = 1 << 16;
/// What begins a part of CREATE TABLE that is no column.
const CONSTRAINTS: [&str; 11] =
    ["CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN", "KEY", "INDEX", "FULLTEXT", "SPATIAL", "EXCLUDE", "LIKE"];

/// A column as CREATE TABLE declares it.
#[derive(Clone, Default, PartialEq, Eq)]
pub(in super::super) struct Column {
    pub(in super::super) name: Vec<u8>,
    /// Declared as `INTEGER`, no more and no less.
    pub(in super::super) is_integer: bool,
    pub(in super::super) is_primary: bool,
    /// Worked out from others and not stored.
    pub(in super::super) is_virtual: bool,
}

/// What CREATE TABLE says.
#[derive(Clone, Default, PartialEq, Eq)]
pub(in super::super) struct Table {
    pub(in super::super) name: Vec<u8>,
    pub(in super::super) columns: Vec<Column>,
    /// Columns of a primary key that stands by itself.
    pub(in super::super) key: Vec<Vec<u8>>,
    pub(in super::super) without_rowid: bool,
}

/// How a statement goes on behind its beginning.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Begun {
    /// CREATE TABLE, which is read to its end.
    Create(Table),
    /// Rows of values follow, of these columns if the statement says so.
    Insert { table: Vec<u8>, columns: Vec<Vec<u8>>, selects: bool },
    /// Lines of values follow, parted by tabs.
    Copy { table: Vec<u8>, columns: Vec<Vec<u8>> },
    /// `column = value` follows.
    Set { table: Vec<u8> },
}

/// Why there is no beginning.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Refused {
    /// It is something else.
    Other,
    /// It goes on behind the text.
    Cut,
}

/// Tokens of a statement, comments left out.
struct Tokens<'a> {
    dialect: Dialect,
    text: &'a [u8],
    at: usize,
    last: bool,
    count: usize,
}

impl<'a> Tokens<'a> {
    fn next(&mut self) -> Result<Token, Refused> {
        loop {
            self.count += 1;
            if self.count > MAX_TOKENS {
                return Err(Refused::Other);
            }
            match self.dialect.next(self.text, self.at, self.last) {
                Next::Token(token) => {
                    self.at = token.range.end;
                    if token.kind != Kind::Comment && !token.is_symbol(b'!') {
                        return Ok(token);
                    }
                }
                Next::Cut(_) => return Err(Refused::Cut),
                Next::End => return Err(if self.last { Refused::Other } else { Refused::Cut }),
            }
        }
    }

    fn is(&self, token: &Token, keyword: &str) -> bool {
        token.is(self.text, keyword)
    }

    /// A name with what stands before its dots left out, and the token behind it.
    fn name(&mut self, first: Token) -> Result<(Vec<u8>, Token), Refused> {
        let mut token = first;
        loop {
            let name = token.name(self.text).ok_or(Refused::Other)?;
            let next = self.next()?;
            if !next.is_symbol(b'.') {
                return Ok((name, next));
            }
            token = self.next()?;
            // `database..table`
            if token.is_symbol(b'.') {
                token = self.next()?;
            }
        }
    }

    /// Names and commas behind an open parenthesis, to the closing one.
    fn columns(&mut self) -> Result<Vec<Vec<u8>>, Refused> {
        let mut names = Vec::new();
        loop {
            let token = self.next()?;
            names.push(token.name(self.text).ok_or(Refused::Other)?);
            let behind = self.next()?;
            if behind.is_symbol(b')') {
                return Ok(names);
            }
            if !behind.is_symbol(b',') {
                return Err(Refused::Other);
            }
        }
    }

    /// The columns of a key behind an open parenthesis, to the closing one: names with orders and lengths.
    fn names(&mut self) -> Result<Vec<Vec<u8>>, Refused> {
        let mut names = Vec::new();
        let mut depth = 1;
        let mut wanted = true;
        while depth > 0 {
            let token = self.next()?;
            match token.kind {
                Kind::Symbol(b'(') => depth += 1,
                Kind::Symbol(b')') => depth -= 1,
                Kind::Symbol(b',') if depth == 1 => wanted = true,
                Kind::Symbol(b';') => return Err(Refused::Other),
                Kind::Word | Kind::Quoted | Kind::Text(_) if wanted => {
                    names.extend(token.name(self.text));
                    wanted = false;
                }
                _ => {}
            }
        }
        Ok(names)
    }
}

/// The beginning of the statement that stands at `at`, and where it ends.
///
/// # Errors
/// Why there is none, and how many bytes were looked at.
pub(super) fn begin(dialect: Dialect, text: &[u8], at: usize, last: bool) -> Result<(Begun, usize), (Refused, usize)> {
    let mut tokens = Tokens { dialect, text, at, last, count: 0 };
    match begun(&mut tokens) {
        Ok(begun) => Ok((begun, tokens.at)),
        Err(refused) => Err((refused, tokens.at - at)),
    }
}

fn begun(tokens: &mut Tokens<'_>) -> Result<Begun, Refused> {
    let first = tokens.next()?;
    if tokens.is(&first, "CREATE") {
        create(tokens).map(Begun::Create)
    } else if tokens.is(&first, "INSERT") || tokens.is(&first, "REPLACE") {
        insert(tokens)
    } else if tokens.is(&first, "COPY") {
        copy(tokens)
    } else if tokens.is(&first, "UPDATE") {
        set(tokens, "SET")
    } else if tokens.is(&first, "DELETE") {
        set(tokens, "WHERE")
    } else {
        Err(Refused::Other)
    }
}

/// What a CREATE TABLE statement says.
pub(in super::super) fn table(statement: &[u8]) -> Option<Table> {
    let dialect = Dialect::default();
    let mut tokens = Tokens { dialect, text: statement, at: 0, last: true, count: 0 };
    let first = tokens.next().ok()?;
    if !tokens.is(&first, "CREATE") {
        return None;
    }
    create(&mut tokens).ok()
}

fn create(tokens: &mut Tokens<'_>) -> Result<Table, Refused> {
    let mut token = tokens.next()?;
    for _ in 0..4 {
        if tokens.is(&token, "TABLE") {
            break;
        }
        token = tokens.next()?;
    }
    if !tokens.is(&token, "TABLE") {
        return Err(Refused::Other);
    }
    token = tokens.next()?;
    if tokens.is(&token, "IF") {
        tokens.next()?;
        tokens.next()?;
        token = tokens.next()?;
    }
    let (name, mut behind) = tokens.name(token)?;
    if tokens.is(&behind, "USING") {
        // A virtual table: what its module is given are mostly its columns.
        tokens.next()?;
        behind = tokens.next()?;
    }
    if !behind.is_symbol(b'(') {
        return Err(Refused::Other);
    }
    let mut table = Table { name, ..Table::default() };
    while part(tokens, &mut table)? {}
    table.without_rowid = is_without_rowid(tokens);
    Ok(table)
}

fn is_without_rowid(tokens: &mut Tokens<'_>) -> bool {
    let at = tokens.at;
    let mut without = false;
    for _ in 0..4 {
        let Ok(token) = tokens.next() else { break };
        let is_rowid = without && tokens.is(&token, "ROWID");
        without = tokens.is(&token, "WITHOUT");
        if is_rowid {
            return true;
        }
        if token.is_symbol(b';') {
            break;
        }
    }
    tokens.at = at;
    false
}

/// One column or constraint; false behind the last one.
fn part(tokens: &mut Tokens<'_>, table: &mut Table) -> Result<bool, Refused> {
    let mut first = tokens.next()?;
    let is_constraint = CONSTRAINTS.iter().any(|it| tokens.is(&first, it));
    let mut column = Column { name: first.name(tokens.text).unwrap_or_default(), ..Column::default() };
    let (mut depth, mut place, mut before) = (1, 0, Vec::new());
    loop {
        match first.kind {
            Kind::Symbol(b'(') => depth += 1,
            Kind::Symbol(b')') => depth -= 1,
            _ => {}
        }
        let ends = depth == 0 || depth == 1 && first.is_symbol(b',');
        if ends || place > MAX_TOKENS {
            break;
        }
        let is_key = before.eq_ignore_ascii_case(b"PRIMARY") && tokens.is(&first, "KEY");
        column.is_primary |= is_key;
        column.is_integer |= place == 1 && tokens.is(&first, "INTEGER");
        column.is_integer &= !(place == 2 && (first.is_symbol(b'(') || is_type_word(tokens, &first)));
        column.is_virtual |= tokens.is(&first, "AS") && depth == 1;
        column.is_virtual &= !tokens.is(&first, "STORED");
        before = tokens.text[first.inner.clone()].to_vec();
        first = tokens.next()?;
        if is_constraint && is_key && first.is_symbol(b'(') {
            table.key = tokens.names()?;
            first = tokens.next()?;
        }
        place += 1;
    }
    if !is_constraint && !column.name.is_empty() {
        table.columns.push(column);
    }
    Ok(depth > 0)
}

/// A second word of a type, so that it is not `INTEGER` alone.
fn is_type_word(tokens: &Tokens<'_>, token: &Token) -> bool {
    ["UNSIGNED", "SIGNED", "VARYING", "BIG"].iter().any(|it| tokens.is(token, it))
}

fn insert(tokens: &mut Tokens<'_>) -> Result<Begun, Refused> {
    let mut token = tokens.next()?;
    // INSERT OR REPLACE INTO, INSERT IGNORE INTO, INSERT INTO, INSERT [dbo].[T]
    for skipped in ["LOW_PRIORITY", "DELAYED", "HIGH_PRIORITY", "IGNORE", "OR", "REPLACE", "ABORT", "INTO"] {
        if tokens.is(&token, skipped) || skipped == "REPLACE" && tokens.is(&token, "ROLLBACK") {
            token = tokens.next()?;
            if skipped == "OR" && tokens.is(&token, "IGNORE") {
                token = tokens.next()?;
            }
        }
    }
    let (table, mut behind) = tokens.name(token)?;
    let mut columns = Vec::new();
    if behind.is_symbol(b'(') {
        columns = tokens.columns()?;
        behind = tokens.next()?;
    }
    // OVERRIDING SYSTEM VALUE, OUTPUT INSERTED.id, AS alias
    for _ in 0..8 {
        if tokens.is(&behind, "VALUES") || tokens.is(&behind, "VALUE") {
            let at = tokens.at;
            let row = tokens.next()?;
            tokens.at = at;
            if !row.is_symbol(b'(') && !tokens.is(&row, "ROW") {
                return Err(Refused::Other);
            }
            return Ok(Begun::Insert { table, columns, selects: false });
        }
        if tokens.is(&behind, "SELECT") && !columns.is_empty() {
            return Ok(Begun::Insert { table, columns, selects: true });
        }
        if tokens.is(&behind, "SET") && compares(tokens)? {
            return Ok(Begun::Set { table });
        }
        behind = tokens.next()?;
    }
    Err(Refused::Other)
}

fn copy(tokens: &mut Tokens<'_>) -> Result<Begun, Refused> {
    let first = tokens.next()?;
    let (table, mut behind) = tokens.name(first)?;
    let mut columns = Vec::new();
    if behind.is_symbol(b'(') {
        columns = tokens.columns()?;
        behind = tokens.next()?;
    }
    let stdin = tokens.next()?;
    if !tokens.is(&behind, "FROM") || !tokens.is(&stdin, "STDIN") {
        return Err(Refused::Other);
    }
    loop {
        let token = tokens.next()?;
        if tokens.is(&token, "CSV") || tokens.is(&token, "BINARY") {
            return Err(Refused::Other);
        }
        if token.is_symbol(b';') {
            break;
        }
    }
    let line_end = memchr::memchr(b'\n', &tokens.text[tokens.at..]).ok_or(Refused::Cut)?;
    tokens.at += line_end + 1;
    Ok(Begun::Copy { table, columns })
}

fn set(tokens: &mut Tokens<'_>, keyword: &str) -> Result<Begun, Refused> {
    let mut token = tokens.next()?;
    for skipped in ["LOW_PRIORITY", "IGNORE", "FROM", "ONLY"] {
        if tokens.is(&token, skipped) {
            token = tokens.next()?;
        }
    }
    let (table, mut behind) = tokens.name(token)?;
    for _ in 0..3 {
        if tokens.is(&behind, keyword) {
            return if compares(tokens)? { Ok(Begun::Set { table }) } else { Err(Refused::Other) };
        }
        behind = tokens.next()?;
    }
    Err(Refused::Other)
}

/// True where a name and what compares or assigns it follow; prose has `set` and `where` too.
fn compares(tokens: &mut Tokens<'_>) -> Result<bool, Refused> {
    let at = tokens.at;
    let first = tokens.next()?;
    let (_, operator) = tokens.name(first)?;
    tokens.at = at;
    let is_word = ["IN", "IS", "LIKE", "BETWEEN", "NOT"].iter().any(|it| tokens.is(&operator, it));
    Ok(is_word || matches!(operator.kind, Kind::Symbol(b'=' | b'<' | b'>' | b'!')))
}
