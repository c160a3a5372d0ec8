//! An object: its type, its builder, and the data about its fields.

use super::getters::getters;
use super::rules::Writer;
use super::source::{Code, Source};
use crate::lower::{Field, IntegerType, ObjectType, Paths, Required, Shape};

pub(super) fn object<'m>(source: &mut Source, rules: &mut Writer<'m>, object: &'m ObjectType) {
    let paths = &rules.model().paths;
    definition(source, object, paths);
    source.line("");
    builder(source, object, paths);
    states(source, object);
    // The array is a static of its own: inside the other one, the compiler would check it twice.
    let fields = format!("__fields_of_{}", object.name);
    let infos = rules.fields_of(object);
    source.line("");
    let (info, count) = (paths.of("FieldInfo"), object.fields.len());
    source.value(&format!("static {fields}: [{info}; {count}] = "), &infos, ";");
    source.line("");
    let members = rules.object_type(object, &fields);
    let schema = paths.of("ObjectSchema");
    source.value(&format!("static {}: {schema} = ", object.data), &members, ";");
    if let Some((name, all)) = &object.rules {
        source.line("");
        let all = rules.slice(all);
        source.value(&format!("static {name}: &[{}] = ", paths.of("Rule")), &all, ";");
    }
}

fn definition(source: &mut Source, object: &ObjectType, paths: &Paths) {
    let ObjectType { name, doc, builder, data, .. } = object;
    source.doc(doc);
    source.line("#[derive(Clone, PartialEq)]");
    // The compiler shows this line to whoever writes a struct literal.
    source.line(&format!("pub struct {name}(__rt::Valid); // made by `{name}::builder()`"));
    source.line("");
    source.open(&format!("impl {name} {{"));
    if let Some(id) = &object.model_id {
        source.doc("The model's id, as in `POST /models/{model_id}`.");
        source.line(&format!("pub const MODEL_ID: &'static str = {id:?};"));
        source.line("");
    }
    source.doc(&format!("Starts a builder of [`type@{name}`]."));
    source.line("#[inline]");
    source.open(&format!("pub fn builder() -> {builder} {{"));
    source.line(&format!("{builder}({}::new())", paths.of("Draft")));
    source.close("}");
    source.line("");
    source.doc(
        "Reads JSON text with the keys of the wire, and checks it.\n\n\
         # Errors\nEverything that is wrong with it.",
    );
    source.line("#[inline]");
    let result = result_of("Self", paths);
    source.open(&format!("pub fn from_json(json: &str) -> {result} {{"));
    source.line("__rt::from_json(json)");
    source.close("}");
    source.line("");
    source.doc("Starts a builder with the values of this one, to change some of them.");
    source.line("#[inline]");
    let all_set: Vec<_> = required(object).map(|_| paths.of("Set")).collect();
    let all_set = arguments(&all_set.iter().map(String::as_str).collect::<Vec<_>>());
    let signature = Code::call("pub fn to_builder", ["&self".into()]);
    source.value("", &signature, &format!(" -> {builder}{all_set} {{"));
    source.open_block();
    source.line(&format!("{builder}({}::of(&self.0))", paths.of("Draft")));
    source.close("}");
    getters(source, object, paths);
    source.close("}");
    source.line("");
    match &object.rules {
        None => source.line(&format!("__rt::object!({name}, {name:?}, {data});")),
        Some((rules, _)) => {
            source.line(&format!("__rt::object!({name}, {name:?}, {data}, {rules});"));
        }
    }
    let role = if object.model_id.is_some() { "input" } else { "nested" };
    source.line(&format!("__rt::{role}!({name});"));
}

/// The required fields, each with what the compiler says where it was forgotten.
fn required(object: &ObjectType) -> impl Iterator<Item = (&Field, &Required)> {
    object.fields.iter().filter_map(|field| Some((field, field.required.as_ref()?)))
}

fn builder(source: &mut Source, object: &ObjectType, paths: &Paths) {
    let ObjectType { name, builder, builder_doc, states, .. } = object;
    let parameters: Vec<&str> =
        required(object).map(|(_, required)| &*required.parameter).collect();
    let generics = arguments(&parameters);
    let missing = paths.of("Missing");
    let defined: Vec<_> = parameters.iter().map(|name| format!("{name} = {missing}")).collect();
    // A tuple of one has a comma.
    let tuple = match parameters.as_slice() {
        [only] => format!("({only},)"),
        all => format!("({})", all.join(", ")),
    };
    source.doc(builder_doc);
    source.line("#[derive(Clone)]");
    source.line("#[must_use = \"a builder does nothing until `build` is called\"]");
    let parameters_of = defined.iter().map(|one| Code::from(&**one));
    let definition = match defined.as_slice() {
        [] => format!("pub struct {builder}").into(),
        _ => Code::list(format!("pub struct {builder}<"), parameters_of, ">"),
    };
    source.value("", &definition, &format!("({}<{tuple}>);", paths.of("Draft")));
    source.line("");
    source.open(&format!("impl{generics} {builder}{generics} {{"));
    for field in &object.fields {
        match &field.required {
            None => optional(source, field, paths),
            Some(required) => {
                let set = paths.of("Set");
                let next = parameters.iter().map(|name| match *name {
                    name if name == required.parameter => &*set,
                    other => other,
                });
                let next: Vec<&str> = next.collect();
                let next = format!("{builder}{}", arguments(&next));
                self::required_field(source, object, field, &next, paths);
            }
        }
        source.line("");
    }
    source.doc(
        "Checks every value against the schema.\n\n\
         # Errors\nEverything that is wrong, one violation per value and rule.",
    );
    let result = result_of(name, paths);
    // Most of what is generated is never called: inlined, it costs only those who call it.
    source.line("#[inline]");
    if parameters.is_empty() {
        source.open(&format!("pub fn build(self) -> {result} {{"));
    } else {
        source.line(&format!("pub fn build(self) -> {result}"));
        source.open("where");
        for (_, Required { parameter, state, .. }) in required(object) {
            source.line(&format!("{parameter}: {states}::{state},"));
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
    source.line(&format!("self.0.debug::<{name}>({builder:?}, f)"));
    source.close("}");
    source.close("}");
}

fn result_of(type_name: &str, paths: &Paths) -> String {
    format!("{}<{type_name}, {}>", paths.of("Result"), paths.of("ValidationErrors"))
}

/// `<A, B>`, or nothing.
fn arguments(names: &[&str]) -> String {
    if names.is_empty() { String::new() } else { format!("<{}>", names.join(", ")) }
}

/// The setters of a required field; `next` is the builder's type once it was set.
fn required_field(
    source: &mut Source,
    object: &ObjectType,
    field: &Field,
    next: &str,
    paths: &Paths,
) {
    let builder = &object.builder;
    let Field { name, key, .. } = field;
    setter(source, field, next, paths);
    let taken = type_of(&field.takes, paths);
    source.line(&format!("{builder}(self.0.require::<{taken}, _>({key:?}, value))"));
    source.close("}");
    if let Some(setter) = &field.null_setter {
        source.line("");
        source.doc(&format!("Sets {} to `null`.", setter_link(name)));
        deprecated(source, field);
        source.open(&format!("pub fn {setter}(self) -> {next} {{"));
        source.line(&format!("{builder}(self.0.null({key:?}))"));
        source.close("}");
    }
}

/// The setters of an optional field.
fn optional(source: &mut Source, field: &Field, paths: &Paths) {
    let Field { name, key, .. } = field;
    setter(source, field, "Self", paths);
    let taken = type_of(&field.takes, paths);
    source.line(&format!("Self(self.0.set::<{taken}>({key:?}, value))"));
    source.close("}");
    let Some(maybe) = &field.maybe else { return };
    source.line("");
    source.doc(&format!("Sets {}, or leaves it out for `None`.", setter_link(name)));
    deprecated(source, field);
    source.line("#[inline]");
    let arguments = ["self".into(), format!("value: {}", option_of(maybe, paths)).into()];
    let signature = Code::call(&format!("pub fn maybe_{name}"), arguments);
    source.value("", &signature, " -> Self {");
    source.open_block();
    source.line(&format!("Self(self.0.maybe::<{taken}, _>({key:?}, value))"));
    source.close("}");
}

/// A setter up to its body.
fn setter(source: &mut Source, field: &Field, next: &str, paths: &Paths) {
    source.doc(&field.doc);
    deprecated(source, field);
    let value = type_of(&field.takes, paths);
    let value = format!("value: impl {}<{value}>", paths.of("IntoField"));
    let signature = |value: String| {
        Code::call(&format!("pub fn {}", field.name), ["self".into(), value.into()])
    };
    let after = format!(" -> {next} {{");
    // The compiler shows the line of the bound to who gives an `Option`.
    let hint = field.maybe.as_ref().map(|_| format!("`maybe_{}` takes an `Option`", field.name));
    match hint {
        None => source.value("", &signature(value), &after),
        Some(hint) if source.fits(&signature(value.clone()), &after) => {
            source.value_and_comment(&signature(value), &after, &hint);
        }
        Some(hint) => source.value("", &signature(format!("{value} /* {hint} */")), &after),
    }
    source.open_block();
}

fn deprecated(source: &mut Source, field: &Field) {
    if field.deprecated {
        source.line("#[deprecated]");
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
    for (_, Required { state, message, label, note, .. }) in required(object) {
        source.open("#[diagnostic::on_unimplemented(");
        source.line(&format!("message = {message:?},"));
        source.line(&format!("label = {label:?},"));
        source.line(&format!("note = {note:?}"));
        source.close(")]");
        source.line(&format!("pub trait {state} {{}}"));
        source.line("#[diagnostic::do_not_recommend]");
        source.line(&format!("impl {state} for super::__rt::Set {{}}"));
    }
    source.close("}");
}

/// A type as it is written.
pub(super) fn type_of(shape: &Shape, paths: &Paths) -> String {
    match shape {
        Shape::Integer(IntegerType::I64) => "i64".to_owned(),
        Shape::Integer(IntegerType::U64) => "u64".to_owned(),
        Shape::Number => "f64".to_owned(),
        Shape::Text => paths.of("String"),
        Shape::Boolean => "bool".to_owned(),
        Shape::Media(_) => paths.of("Media"),
        Shape::Enum(name) | Shape::Object(name) | Shape::Union(name) => name.clone(),
        Shape::List(item) => format!("::std::vec::Vec<{}>", type_of(item, paths)),
        Shape::Map(item) => format!(
            "::std::collections::BTreeMap<{}, {}>",
            paths.of("String"),
            type_of(item, paths)
        ),
        Shape::Nullable(item) => option_of(item, paths),
        Shape::Any => "__rt::Value".to_owned(),
    }
}

pub(super) fn option_of(shape: &Shape, paths: &Paths) -> String {
    format!("{}<{}>", paths.of("Option"), type_of(shape, paths))
}
