//! An Avro schema: what follows what in a record. Reads JSON, no records.

use std::collections::HashMap;

use serde_json::Value as Json;

/// Types a schema may have.
const MAX_TYPES: usize = 1 << 16;

/// Index of a type.
pub(super) type TypeId = usize;

/// What a value is.
#[derive(Clone, Debug)]
pub(super) enum Type {
    /// No value, or one nobody wants to read.
    Null,
    Boolean,
    Integer(Meaning),
    Float,
    Double,
    Bytes(Meaning),
    Text,
    Fixed(usize, Meaning),
    Enum(Vec<Vec<u8>>),
    Array(TypeId),
    Map(TypeId),
    Union(Vec<TypeId>),
    Record(Vec<(Vec<u8>, TypeId)>),
}

/// What a number or some bytes stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    Plain,
    /// Days since 1970.
    Date,
    /// So many of them are a second, since 1970.
    Time(i64),
    /// A number with that many digits behind the point.
    Decimal(usize),
}

/// All types of a schema.
#[derive(Debug, Default)]
pub(super) struct Schema {
    pub(super) types: Vec<Type>,
    pub(super) root: TypeId,
    names: HashMap<String, TypeId>,
}

impl Schema {
    /// The schema that is written so.
    pub(super) fn read(json: &[u8]) -> Option<Schema> {
        // The parser's own limit of depth holds for what follows too.
        let json: Json = serde_json::from_slice(json).ok()?;
        let mut schema = Schema::default();
        schema.root = schema.add(&json, "")?;
        Some(schema)
    }

    fn push(&mut self, new: Type) -> Option<TypeId> {
        self.types.push(new);
        (self.types.len() <= MAX_TYPES).then(|| self.types.len() - 1)
    }

    fn add(&mut self, json: &Json, space: &str) -> Option<TypeId> {
        match json {
            Json::String(name) => self.add_named(name, space),
            Json::Array(choices) => {
                let choices: Option<Vec<TypeId>> = choices.iter().map(|it| self.add(it, space)).collect();
                self.push(Type::Union(choices?))
            }
            Json::Object(object) => match object.get("type")? {
                Json::String(kind) => self.add_object(kind, json, space),
                inner => self.add(inner, space),
            },
            _ => None,
        }
    }

    fn add_named(&mut self, name: &str, space: &str) -> Option<TypeId> {
        let primitive = match name {
            "null" => Type::Null,
            "boolean" => Type::Boolean,
            "int" | "long" => Type::Integer(Meaning::Plain),
            "float" => Type::Float,
            "double" => Type::Double,
            "bytes" => Type::Bytes(Meaning::Plain),
            "string" => Type::Text,
            _ => {
                let full = format!("{space}.{name}");
                return self.names.get(&full).or_else(|| self.names.get(name)).copied();
            }
        };
        self.push(primitive)
    }

    fn add_object(&mut self, kind: &str, json: &Json, space: &str) -> Option<TypeId> {
        let meaning = meaning(json);
        let size = || json.get("size")?.as_u64().and_then(|it| usize::try_from(it).ok());
        match kind {
            "int" | "long" => self.push(Type::Integer(meaning)),
            "bytes" => self.push(Type::Bytes(meaning)),
            "array" => {
                let items = self.add(json.get("items")?, space)?;
                self.push(Type::Array(items))
            }
            "map" => {
                let values = self.add(json.get("values")?, space)?;
                self.push(Type::Map(values))
            }
            "fixed" => self.define(json, space, Type::Fixed(size()?, meaning)).map(|(id, _)| id),
            "enum" => {
                let symbol = |it: &Json| it.as_str().map(|it| it.as_bytes().to_vec());
                let symbols: Option<Vec<Vec<u8>>> = json.get("symbols")?.as_array()?.iter().map(symbol).collect();
                self.define(json, space, Type::Enum(symbols?)).map(|(id, _)| id)
            }
            "record" | "error" => self.add_record(json, space),
            name => self.add_named(name, space),
        }
    }

    fn add_record(&mut self, json: &Json, space: &str) -> Option<TypeId> {
        let (id, space) = self.define(json, space, Type::Record(Vec::new()))?;
        let mut fields = Vec::new();
        for field in json.get("fields")?.as_array()? {
            let name = field.get("name")?.as_str()?;
            fields.push((name.as_bytes().to_vec(), self.add(field.get("type")?, &space)?));
        }
        self.types[id] = Type::Record(fields);
        Some(id)
    }

    /// Adds a type that has a name, and says in what space its own types stand.
    fn define(&mut self, json: &Json, space: &str, new: Type) -> Option<(TypeId, String)> {
        let name = json.get("name")?.as_str()?;
        let own = json.get("namespace").and_then(Json::as_str).unwrap_or(space);
        let (space, bare) = name.rsplit_once('.').unwrap_or((own, name));
        let id = self.push(new)?;
        self.names.insert(format!("{space}.{bare}"), id);
        self.names.entry(bare.to_owned()).or_insert(id);
        self.names.insert(name.to_owned(), id);
        Some((id, space.to_owned()))
    }
}

fn meaning(json: &Json) -> Meaning {
    match json.get("logicalType").and_then(Json::as_str) {
        Some("date") => Meaning::Date,
        Some("timestamp-millis" | "local-timestamp-millis") => Meaning::Time(1000),
        Some("timestamp-micros" | "local-timestamp-micros") => Meaning::Time(1_000_000),
        Some("timestamp-nanos" | "local-timestamp-nanos") => Meaning::Time(1_000_000_000),
        Some("decimal") => {
            let scale = json.get("scale").and_then(Json::as_u64).unwrap_or(0);
            Meaning::Decimal(usize::try_from(scale).unwrap_or(0).min(38))
        }
        _ => Meaning::Plain,
    }
}
