//! An object: its type, its builder, and the data about its fields.

use super::getters::getters;
use super::rules::Writer;
use super::source_text::{Code, SourceText};
use crate::lower::{FieldModel, IntegerType, ObjectType, Paths, RequiredState, Shape, item_docs};

pub(super) fn object<'m>(source: &mut SourceText, rules: &mut Writer<'m>, object: &'m ObjectType) {
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

fn definition(source: &mut SourceText, object: &ObjectType, paths: &Paths) {
    let ObjectType { name, doc, builder, data, .. } = object;
    source.doc(doc);
    source.line("#[derive(Clone, PartialEq)]");
    // The compiler shows this line if somebody writes a struct literal.
    let made_by = item_docs::made_by_builder(name);
    source.line(&format!("pub struct {name}(__rt::Valid); // {made_by}"));
    source.line("");
    source.open(&format!("impl {name} {{"));
    if let Some(id) = &object.model_id {
        source.doc(item_docs::MODEL_ID);
        source.line(&format!("pub const MODEL_ID: &'static str = {id:?};"));
        source.line("");
    }
    source.doc(&item_docs::starts_builder(name));
    source.line("#[inline]");
    source.open(&format!("pub fn builder() -> {builder} {{"));
    source.line(&format!("{builder}({}::new())", paths.of("Draft")));
    source.close("}");
    source.line("");
    source.doc(item_docs::FROM_JSON);
    source.line("#[inline]");
    let result = result_of("Self", paths);
    source.open(&format!("pub fn from_json(json: &str) -> {result} {{"));
    source.line("__rt::from_json(json)");
    source.close("}");
    source.line("");
    source.doc(item_docs::TO_BUILDER);
    source.line("#[inline]");
    let all_set: Vec<_> = states_of(object).map(|_| paths.of("Set")).collect();
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

/// The states of the required fields.
fn states_of(object: &ObjectType) -> impl Iterator<Item = &RequiredState> {
    object.fields.iter().filter_map(|field| field.state.as_ref())
}

fn builder(source: &mut SourceText, object: &ObjectType, paths: &Paths) {
    let ObjectType { name, builder, builder_doc, states, .. } = object;
    let parameters: Vec<&str> = states_of(object).map(|state| &*state.parameter).collect();
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
    source.line(&format!("#[must_use = {:?}]", item_docs::UNUSED_BUILDER));
    let parameters_of = defined.iter().map(|one| Code::from(&**one));
    let definition = match defined.as_slice() {
        [] => format!("pub struct {builder}").into(),
        _ => Code::list(format!("pub struct {builder}<"), parameters_of, ">"),
    };
    source.value("", &definition, &format!("({}<{tuple}>);", paths.of("Draft")));
    source.line("");
    source.open(&format!("impl{generics} {builder}{generics} {{"));
    for field in &object.fields {
        match &field.state {
            None => optional(source, field, paths),
            Some(state) => {
                let set = paths.of("Set");
                let next = parameters.iter().map(|name| match *name {
                    name if name == state.parameter => &*set,
                    other => other,
                });
                let next: Vec<&str> = next.collect();
                let next = format!("{builder}{}", arguments(&next));
                required_field(source, object, field, &next, paths);
            }
        }
        source.line("");
    }
    source.doc(item_docs::BUILD);
    let result = result_of(name, paths);
    // Most generated functions are never called. Inlined, they cost only their callers.
    source.line("#[inline]");
    if parameters.is_empty() {
        source.open(&format!("pub fn build(self) -> {result} {{"));
    } else {
        source.line(&format!("pub fn build(self) -> {result}"));
        source.open("where");
        for RequiredState { parameter, is_set, .. } in states_of(object) {
            source.line(&format!("{parameter}: {states}::{is_set},"));
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
    source: &mut SourceText,
    object: &ObjectType,
    field: &FieldModel,
    next: &str,
    paths: &Paths,
) {
    let builder = &object.builder;
    let key = &field.key;
    setter(source, field, next, paths);
    let taken = type_of(&field.takes, paths);
    source.line(&format!("{builder}(self.0.require::<{taken}, _>({key:?}, value))"));
    source.close("}");
    if let Some(setter) = &field.null_setter {
        source.line("");
        source.doc(&setter.doc);
        deprecated(source, field);
        source.open(&format!("pub fn {}(self) -> {next} {{", setter.name));
        source.line(&format!("{builder}(self.0.null({key:?}))"));
        source.close("}");
    }
}

/// The setters of an optional field.
fn optional(source: &mut SourceText, field: &FieldModel, paths: &Paths) {
    let key = &field.key;
    setter(source, field, "Self", paths);
    let taken = type_of(&field.takes, paths);
    source.line(&format!("Self(self.0.set::<{taken}>({key:?}, value))"));
    source.close("}");
    let Some(maybe) = &field.maybe else { return };
    source.line("");
    source.doc(&maybe.doc);
    deprecated(source, field);
    source.line("#[inline]");
    let arguments = ["self".into(), format!("value: {}", option_of(&maybe.takes, paths)).into()];
    let signature = Code::call(&format!("pub fn {}", maybe.name), arguments);
    source.value("", &signature, " -> Self {");
    source.open_block();
    source.line(&format!("Self(self.0.maybe::<{taken}, _>({key:?}, value))"));
    source.close("}");
}

/// A setter up to its body.
fn setter(source: &mut SourceText, field: &FieldModel, next: &str, paths: &Paths) {
    source.doc(&field.doc);
    deprecated(source, field);
    let value = type_of(&field.takes, paths);
    let value = format!("value: impl {}<{value}>", paths.of("IntoField"));
    let signature = |value: String| {
        Code::call(&format!("pub fn {}", field.name), ["self".into(), value.into()])
    };
    let after = format!(" -> {next} {{");
    // The compiler shows the line of the bound to who gives an `Option`.
    let hint = field.maybe.as_ref().map(|maybe| &maybe.hint);
    match hint {
        None => source.value("", &signature(value), &after),
        Some(hint) if source.fits(&signature(value.clone()), &after) => {
            source.value_and_comment(&signature(value), &after, hint);
        }
        Some(hint) => source.value("", &signature(format!("{value} /* {hint} */")), &after),
    }
    source.open_block();
}

fn deprecated(source: &mut SourceText, field: &FieldModel) {
    if field.deprecated {
        source.line("#[deprecated]");
    }
}

/// One trait per required field, so that the compiler's message can name it.
fn states(source: &mut SourceText, object: &ObjectType) {
    if states_of(object).next().is_none() {
        return;
    }
    source.line("");
    source.line("#[doc(hidden)]");
    source.open(&format!("pub mod {} {{", object.states));
    for RequiredState { is_set, message, label, note, .. } in states_of(object) {
        source.open("#[diagnostic::on_unimplemented(");
        source.line(&format!("message = {message:?},"));
        source.line(&format!("label = {label:?},"));
        source.line(&format!("note = {note:?}"));
        source.close(")]");
        source.line(&format!("pub trait {is_set} {{}}"));
        source.line("#[diagnostic::do_not_recommend]");
        source.line(&format!("impl {is_set} for super::__rt::Set {{}}"));
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
