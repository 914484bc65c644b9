-- The inventory: where ePHI is, whose, how exposed, what changed, what could not be read.
-- No table holds a value or a piece of a document. Values appear as keyed fingerprints only (64 bits of BLAKE3 in its
-- keyed mode, a key for each kind of value); names from documents (columns, keys, members) are masked before they are
-- stored. Times are seconds since 1970, UTC, where nothing else is said. Paths are bytes as the file system has them.

-- One row: what this store is.
CREATE TABLE store (
    id          INTEGER PRIMARY KEY CHECK (id = 1),
    log_id      TEXT NOT NULL,             -- random; names the audit log, in every record of it
    key_id      TEXT NOT NULL,             -- tells the key that fingerprints were made with; does not give it away
    created_at  INTEGER NOT NULL
) STRICT;

-- What a result depends on besides the content: rules, program, options. Results of equal profiles are comparable.
CREATE TABLE profiles (
    id          INTEGER PRIMARY KEY,
    ruleset     TEXT NOT NULL,             -- hash of all patterns
    tool        TEXT NOT NULL,             -- version of the program
    settings    TEXT NOT NULL,             -- JSON: thresholds, what was looked for, limits
    UNIQUE (ruleset, tool, settings)
) STRICT;

-- One row a scan. A scan that was killed and started again is one run.
CREATE TABLE runs (
    id              INTEGER PRIMARY KEY,
    profile         INTEGER NOT NULL REFERENCES profiles,
    roots           TEXT NOT NULL,         -- JSON array of the paths that were named
    state           TEXT NOT NULL,         -- running, complete, interrupted
    started_at      INTEGER NOT NULL,
    ended_at        INTEGER,
    starts          INTEGER NOT NULL,      -- 1, and one more for each time it was resumed
    -- The store as it was when the run ended (NULL while it runs):
    sources         INTEGER,               -- present sources
    examined        INTEGER,               -- read in this run
    reused          INTEGER,               -- taken over: unchanged, moved or copied
    gone            INTEGER,               -- no longer there
    findings        INTEGER,
    bytes           INTEGER,
    bytes_examined  INTEGER,
    people          INTEGER,               -- distinct individuals, see docs/inventory.md
    people_low      INTEGER,
    people_high     INTEGER,
    people_method   TEXT                   -- linked, sketch
) STRICT;

-- Counts at the end of a run, for trends: what is 'verdict', 'state', 'entity', 'category', 'unread' or 'risk'.
CREATE TABLE run_counts (
    run   INTEGER NOT NULL REFERENCES runs,
    what  TEXT NOT NULL,
    id    TEXT NOT NULL,
    n     INTEGER NOT NULL,
    PRIMARY KEY (run, what, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE folders (
    id    INTEGER PRIMARY KEY,
    path  BLOB NOT NULL UNIQUE
) STRICT;

-- One row a file that was ever seen, with the results of the last time it was read.
CREATE TABLE sources (
    id              INTEGER PRIMARY KEY,
    folder          INTEGER NOT NULL REFERENCES folders,
    name            BLOB NOT NULL,
    first_run       INTEGER NOT NULL REFERENCES runs,
    run             INTEGER NOT NULL REFERENCES runs,   -- whose results these are
    gone_run        INTEGER REFERENCES runs,            -- the run that did not find it any more; NULL while present
    reused          TEXT,                               -- moved, copied: results taken over from 'origin'
    origin          INTEGER REFERENCES sources,
    profile         INTEGER NOT NULL REFERENCES profiles,
    -- The file system's view when it was last looked at; NULL where it has none. Times in nanoseconds since 1970.
    device          INTEGER,
    inode           INTEGER,
    mode            INTEGER,
    uid             INTEGER,
    gid             INTEGER,
    links           INTEGER,
    size            INTEGER,
    modified        INTEGER,
    changed         INTEGER,
    accessed        INTEGER,
    reach           INTEGER,               -- bits: what the folders above let through, see exposure in docs/inventory.md
    fresh           INTEGER NOT NULL,      -- 1 where it changed so shortly before that only its content tells
    content         BLOB,                  -- keyed hash of the whole content, 32 bytes
    format          TEXT NOT NULL,
    state           TEXT NOT NULL,         -- complete, partial, failed, skipped
    reason          TEXT,
    verdict         TEXT NOT NULL,
    reasons         TEXT NOT NULL,         -- of the verdict, parted by spaces: category:G=3 health=12
    health          TEXT NOT NULL,         -- JSON: health evidence by kind
    counts          TEXT NOT NULL,         -- JSON: findings by entity
    findings        INTEGER NOT NULL,
    bytes           INTEGER NOT NULL,
    bytes_examined  INTEGER NOT NULL,
    decoded         INTEGER,
    forward_only    INTEGER NOT NULL,
    people          INTEGER NOT NULL,      -- distinct individuals in this source
    people_low      INTEGER NOT NULL,
    people_high     INTEGER NOT NULL,
    first_block     INTEGER NOT NULL,      -- its rows in 'blocks': first_block up to first_block + blocks
    blocks          INTEGER NOT NULL,
    groups          BLOB,                  -- fingerprints that occur together: see people.rs
    UNIQUE (folder, name)
) STRICT;

-- Findings of a source, up to some thousands in a row, packed: see pack.rs.
CREATE TABLE blocks (
    id      INTEGER PRIMARY KEY,
    source  INTEGER NOT NULL REFERENCES sources,
    place   TEXT NOT NULL,                 -- JSON array: steps to the stream
    count   INTEGER NOT NULL,
    data    BLOB NOT NULL
) STRICT;

-- What 'groups' of a source did not hold.
CREATE TABLE more_groups (
    source  INTEGER NOT NULL REFERENCES sources,
    seq     INTEGER NOT NULL,
    groups  BLOB NOT NULL,
    PRIMARY KEY (source, seq)
) STRICT;

-- Parts of sources that were not read.
CREATE TABLE unread (
    source  INTEGER NOT NULL REFERENCES sources,
    seq     INTEGER NOT NULL,
    place   TEXT NOT NULL,                 -- JSON array of steps
    reason  TEXT NOT NULL,
    bytes   INTEGER,
    PRIMARY KEY (source, seq)
) STRICT, WITHOUT ROWID;

-- Earlier results of sources that were read again or went away.
CREATE TABLE history (
    source          INTEGER NOT NULL REFERENCES sources,
    run             INTEGER NOT NULL,      -- valid from this run
    until           INTEGER NOT NULL,      -- and before this one
    gone            INTEGER NOT NULL,      -- 1: the source was away in that time
    profile         INTEGER NOT NULL,
    mode            INTEGER,
    uid             INTEGER,
    gid             INTEGER,
    size            INTEGER,
    modified        INTEGER,
    reach           INTEGER,
    content         BLOB,
    format          TEXT NOT NULL,
    state           TEXT NOT NULL,
    reason          TEXT,
    verdict         TEXT NOT NULL,
    counts          TEXT NOT NULL,
    findings        INTEGER NOT NULL,
    people          INTEGER NOT NULL,
    PRIMARY KEY (source, run)
) STRICT, WITHOUT ROWID;

-- Interned: what findings share.
CREATE TABLE entities (
    id        INTEGER PRIMARY KEY,
    name      TEXT NOT NULL UNIQUE,
    category  TEXT                         -- Safe Harbor letter
) STRICT;

CREATE TABLE kinds (
    id         INTEGER PRIMARY KEY,
    entity     INTEGER NOT NULL REFERENCES entities,
    pattern    TEXT NOT NULL,
    permille   INTEGER NOT NULL,           -- score in thousandths
    validated  INTEGER,
    role       TEXT,
    subject    TEXT NOT NULL,
    evidence   TEXT NOT NULL               -- ids parted by spaces
) STRICT;

-- Places below a stream: JSON steps in which U+0001 stands for the record's number and U+0002 for an index.
CREATE TABLE labels (
    id    INTEGER PRIMARY KEY,
    text  TEXT NOT NULL
) STRICT;

-- The risk register: the last row of a source counts.
CREATE TABLE treatments (
    id      INTEGER PRIMARY KEY,
    source  INTEGER NOT NULL REFERENCES sources,
    set_at  INTEGER NOT NULL,
    status  TEXT NOT NULL,                 -- open, mitigating, accepted, closed
    owner   TEXT,
    due     TEXT,                          -- YYYY-MM-DD
    note    TEXT
) STRICT;
CREATE INDEX treatments_of ON treatments (source);

-- The audit log: see docs/audit-log.md. hash = SHA-256 of the record's bytes, which hold the hash before.
CREATE TABLE audit (
    seq     INTEGER PRIMARY KEY,
    record  TEXT NOT NULL,
    hash    BLOB NOT NULL
) STRICT;
