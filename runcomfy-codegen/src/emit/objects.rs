//! An object: its type, its builder, and the data about its fields.

use super::rules::Writer;
use super::source::{Code, Source};
use crate::lower::{Field, IntegerType, ObjectType, Required, Shape, link};

pub(super) fn object(source: &mut Source, rules: &mut Writer<'_>, object: &ObjectType) {
    definition(source, object);
    source.line("");
    builder(source, object);
    states(source, object);
    let members = rules.object_type(object);
    source.line("");
    source.value(&format!("static {}: __rt::ObjectSchema = ", object.data), &members, ";");
    if let Some((name, all)) = &object.rules {
        source.line("");
        source.value(&format!("static {name}: &[__rt::Rule] = "), &rules.slice(all), ";");
    }
}

fn definition(source: &mut Source, object: &ObjectType) {
    let ObjectType { name, doc, builder, data, .. } = object;
    source.doc(doc);
    source.line("#[derive(Clone, PartialEq)]");
    source.line(&format!("pub struct {name}(__rt::Valid);"));
    source.line("");
    source.open(&format!("impl {name} {{"));
    source.doc(&format!("Starts an {}.", link(name)));
    source.line("#[inline]");
    source.open(&format!("pub fn builder() -> self::{builder} {{"));
    source.line(&format!("self::{builder}(__rt::Draft::new::<Self>())"));
    source.close("}");
    source.line("");
    source.doc(
        "Reads JSON text with the keys of the wire, and checks it.\n\n\
         # Errors\nEverything that is wrong with it.",
    );
    source.line("#[inline]");
    source.open(
        "pub fn from_json(json: &str) -> ::core::result::Result<Self, __rt::ValidationErrors> {",
    );
    source.line("__rt::from_json(json)");
    source.close("}");
    source.close("}");
    source.line("");
    match &object.rules {
        None => source.line(&format!("__rt::object!({name}, {name:?}, {data});")),
        Some((rules, _)) => {
            source.line(&format!("__rt::object!({name}, {name:?}, {data}, {rules});"));
        }
    }
    if name != "Input" {
        source.line(&format!("__rt::nested!({name});"));
    }
}

/// The required fields, each with what the compiler says where it was forgotten.
fn required(object: &ObjectType) -> impl Iterator<Item = (&Field, &Required)> {
    object.fields.iter().filter_map(|field| Some((field, field.required.as_ref()?)))
}

fn builder(source: &mut Source, object: &ObjectType) {
    let ObjectType { name, builder, states, .. } = object;
    // The type parameters: one per required field.
    let states_of: Vec<String> =
        (1..=required(object).count()).map(|number| format!("S{number}")).collect();
    let wrapped = |arguments: &[String]| match arguments {
        [] => String::new(),
        arguments => format!("<{}>", arguments.join(", ")),
    };
    let generics = wrapped(&states_of);
    let defined: Vec<_> = states_of.iter().map(|name| format!("{name} = __rt::Missing")).collect();
    // A tuple of one has a comma.
    let tuple = match states_of.as_slice() {
        [only] => format!("({only},)"),
        all => format!("({})", all.join(", ")),
    };
    source.doc(&builder_doc(object));
    source.line("#[derive(Clone)]");
    source.line("#[must_use = \"a builder does nothing until `build` is called\"]");
    source.line(&format!("pub struct {builder}{}(__rt::Draft<{tuple}>);", wrapped(&defined)));
    source.line("");
    source.open(&format!("impl{generics} {builder}{generics} {{"));
    let mut place = 0;
    for (index, field) in object.fields.iter().enumerate() {
        let next = field.required.is_some().then(|| {
            let mut next = states_of.clone();
            next[place] = "__rt::Set".to_owned();
            place += 1;
            format!("self::{builder}{}", wrapped(&next))
        });
        setter(source, index, field, builder, next.as_deref());
        source.line("");
    }
    source.doc(
        "Checks every value against the schema.\n\n\
         # Errors\nEverything that is wrong, one violation per value and rule.",
    );
    let result = format!("::core::result::Result<self::{name}, __rt::ValidationErrors>");
    // Most of what is generated is never called: inlined, it costs only those who call it.
    source.line("#[inline]");
    if states_of.is_empty() {
        source.open(&format!("pub fn build(self) -> {result} {{"));
    } else {
        source.line(&format!("pub fn build(self) -> {result}"));
        source.open("where");
        for (parameter, (_, required)) in states_of.iter().zip(required(object)) {
            source.line(&format!("{parameter}: self::{states}::{},", required.state));
        }
        source.close("{");
        source.open_block();
    }
    source.line("self.0.build()");
    source.close("}");
    source.close("}");
    source.line("");
    source.open(&format!("impl{generics} ::core::fmt::Debug for {builder}{generics} {{"));
    source.line("#[inline]");
    source.open("fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {");
    source.line(&format!("self.0.debug::<self::{name}>({builder:?}, f)"));
    source.close("}");
    source.close("}");
}

fn builder_doc(object: &ObjectType) -> String {
    let first = format!("Builds an {}.", link(&object.name));
    let names: Vec<_> = required(object).map(|(field, _)| format!("`{}`", field.name)).collect();
    if names.is_empty() {
        return first;
    }
    let were = if names.len() == 1 { "was" } else { "were" };
    format!(
        "{first}\n\n`build` exists once {} {were} set; its type parameters keep count.",
        names.join(", ")
    )
}

/// `next` is the builder's type after a required field was set.
fn setter(source: &mut Source, index: usize, field: &Field, builder: &str, next: Option<&str>) {
    let (name, type_) = (&field.name, shape(&field.shape));
    let deprecated = |source: &mut Source| {
        if field.deprecated {
            source.line("#[deprecated]");
        }
    };
    source.doc(&field.doc);
    deprecated(source);
    let constructor = match next {
        Some(_) => format!("self::{builder}"),
        None => "Self".to_owned(),
    };
    let arguments = ["self".into(), format!("value: impl __rt::IntoField<{type_}>").into()];
    let signature = Code::call(&format!("pub fn {name}"), arguments);
    source.value("", &signature, &format!(" -> {} {{", next.unwrap_or("Self")));
    source.open_block();
    source.line(&format!("{constructor}(self.0.set::<{type_}, _>({index}, value))"));
    source.close("}");
    if let Some(name) = &field.null_setter {
        source.line("");
        source.doc(&format!("Sets {} to `null`.", setter_link(&field.name)));
        source.open(&format!("pub fn {name}(self) -> {} {{", next.unwrap_or("Self")));
        source.line(&format!("{constructor}(self.0.null({index}))"));
        source.close("}");
    }
    if next.is_none() {
        source.line("");
        source.doc(&format!("Sets {}, or leaves it out where there is none.", setter_link(name)));
        deprecated(source);
        source.line("#[inline]");
        let value = option_type(&field.shape);
        let arguments = ["self".into(), format!("value: ::core::option::Option<{value}>").into()];
        let signature = Code::call(&format!("pub fn maybe_{name}"), arguments);
        source.value("", &signature, " -> Self {");
        source.open_block();
        source.line(&format!("Self(self.0.maybe::<{type_}, {value}, _>({index}, value))"));
        source.close("}");
    }
}

/// A link to a setter. As a method: `hash` or `eq` alone may be another's.
fn setter_link(name: &str) -> String {
    format!("[`{name}`](method@Self::{name})")
}

/// One trait per required field, so that the compiler's message can name it.
fn states(source: &mut Source, object: &ObjectType) {
    if required(object).next().is_none() {
        return;
    }
    source.line("");
    source.line("#[doc(hidden)]");
    source.open(&format!("pub mod {} {{", object.states));
    for (_, Required { state, message, label, note }) in required(object) {
        source.open("#[diagnostic::on_unimplemented(");
        source.line(&format!("message = {message:?},"));
        source.line(&format!("label = {label:?},"));
        source.line(&format!("note = {note:?}"));
        source.close(")]");
        source.line(&format!("pub trait {state} {{}}"));
        source.line(&format!("impl {state} for super::__rt::Set {{}}"));
    }
    source.close("}");
}

/// The type that a setter's values convert into.
pub(super) fn shape(shape: &Shape) -> String {
    match shape {
        Shape::Integer(_) => "i64".to_owned(),
        Shape::Number => "f64".to_owned(),
        Shape::Text => "::std::string::String".to_owned(),
        Shape::Boolean => "bool".to_owned(),
        Shape::Media(_) => "__rt::Media".to_owned(),
        Shape::Enum(name) | Shape::Object(name) | Shape::Union(name) => format!("self::{name}"),
        Shape::List(item) => format!("::std::vec::Vec<{}>", self::shape(item)),
        Shape::Map(item) => {
            format!("::std::collections::BTreeMap<::std::string::String, {}>", self::shape(item))
        }
        Shape::Any => "__rt::Value".to_owned(),
    }
}

/// The type of an optional value. It is one type, so that `None` needs no annotation.
fn option_type(shape: &Shape) -> String {
    match shape {
        Shape::Integer(IntegerType::U64) => "u64".to_owned(),
        other => self::shape(other),
    }
}
