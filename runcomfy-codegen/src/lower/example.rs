//! A model's example: a request with its required fields and a little more, which compiles, runs as
//! a test, and is valid: its body is judged before it is shown.

use std::fmt::Write as _;

use runcomfy_schema::parse::Location;
use runcomfy_schema::{Json, Num, exact_float};

use super::model::{ModuleTypes, ObjectType, Shape};
use super::sample::Sampler;
use crate::parse::{Compiler, Root};
use crate::report::Reporter;

/// A request that is valid.
#[derive(Clone)]
pub(crate) struct Example {
    /// As Markdown, for the documentation.
    pub(crate) markdown: String,
    /// The body that it makes.
    pub(crate) body: Json,
}

/// The example, if there is one. Where none is found, the reporter says why.
pub(super) fn of<'a>(
    types: &ModuleTypes,
    path: &[String],
    compiler: &mut Compiler<'a>,
    root: &'a Root,
    crate_path: Option<&str>,
    reporter: &mut Reporter<'_>,
) -> Option<Example> {
    let input = types.objects.first()?;
    let mut writer = ExampleWriter { types, used: vec!["Input".to_owned()] };
    let definitions = &root.definitions;
    let set = body(input, Sampler::new(compiler, definitions), root);
    let chain = set.as_ref().and_then(|body| writer.object(input, body, 1));
    let body = set.or_else(|| body(input, Sampler::of_json(compiler, definitions), root));
    let Some(body) = body else {
        let message =
            "found no example value that satisfies the schema, so its documentation has none";
        let help = "look for rules that exclude each other, or for a `pattern` that is hard to meet; \
                    an `examples` entry or a `default` beside it is used";
        let place: &Location = &root.schema.location;
        reporter.warning(place, message, help);
        return None;
    };
    let expression = match chain {
        Some(chain) => format!("Input{chain}"),
        // What a builder does not take as Rust values, it takes as JSON.
        None => {
            writer.used.truncate(1);
            from_json(&body)
        }
    };
    let mut used = writer.used;
    used.sort_unstable();
    used.dedup();
    let used = used.join(", ");
    // Without a crate to name, there is nothing to compile.
    let (fence, crate_path) = match crate_path {
        None => ("ignore", "crate::models"),
        Some(path) => ("", path),
    };
    let modules = path.join("::");
    let used = if used.contains(',') { format!("{{{used}}}") } else { used };
    let mut text = format!("```{fence}\nuse {crate_path}::{modules}::{used};\n\n");
    let _ = writeln!(text, "let input = {expression};");
    let _ = write!(text, "# let _ = input;\n# Ok::<(), {crate_path}::ValidationErrors>(())\n```");
    Some(Example { markdown: text, body })
}

/// A valid body: the required members, and some optional ones.
fn body<'a>(input: &ObjectType, mut sampler: Sampler<'_, 'a>, root: &'a Root) -> Option<Json> {
    let mut body = sampler.sample(&root.schema, None)?;
    for field in optional(input) {
        let schema = root.schema.properties.iter().flatten().find(|one| one.key == field.key);
        let hint = Some(crate::parse::Hint::new(&field.name));
        let Some(value) = schema.and_then(|one| sampler.sample(&one.schema, hint)) else {
            continue;
        };
        let Json::Object(members) = &body else { continue };
        if value == Json::Null || members.iter().any(|(key, _)| *key == field.key) {
            continue;
        }
        let mut more = members.clone();
        more.push((field.key.clone().into(), value));
        let more = Json::Object(more);
        if sampler.takes(&root.schema, None, &more) {
            body = more;
        }
    }
    Some(body)
}

/// The optional fields that an example shows: a typed value and a raw one.
fn optional(object: &ObjectType) -> Vec<&super::model::FieldModel> {
    let optional = || object.fields.iter().filter(|field| !field.required && !field.deprecated);
    let typed = optional().find(|field| matches!(field.shape, Shape::Enum(_) | Shape::Object(_)));
    let raw = optional().find(|field| matches!(field.shape, Shape::Integer(_) | Shape::Number));
    typed.into_iter().chain(raw).collect()
}

fn from_json(body: &Json) -> String {
    let text = serde_json::to_string_pretty(body).unwrap_or_default();
    let mut hashes = String::from("#");
    while text.contains(&format!("\"{hashes}")) {
        hashes.push('#');
    }
    // No line of it begins with a `#`, which rustdoc would leave out: JSON escapes the line breaks in
    // strings.
    format!("Input::from_json(\n    r{hashes}\"{text}\"{hashes},\n)?")
}

/// Writes a body with builders.
struct ExampleWriter<'m> {
    types: &'m ModuleTypes,
    /// The names of the types in it.
    used: Vec<String>,
}

impl ExampleWriter<'_> {
    /// `::builder()`, the setters and `.build()?`; `None` if a value cannot be written.
    fn object(&mut self, object: &ObjectType, value: &Json, depth: usize) -> Option<String> {
        let Json::Object(members) = value else { return None };
        let indent = "    ".repeat(depth);
        let mut text = "::builder()".to_owned();
        let known = |key: &str| object.fields.iter().any(|field| field.key == key);
        if !members.iter().all(|(key, _)| known(key)) {
            return None;
        }
        // In the order of the fields, as the service's own examples have it.
        for field in &object.fields {
            let Some(value) = value.member(&field.key) else {
                if field.required {
                    return None;
                }
                continue;
            };
            if *value == Json::Null && field.shape != Shape::Any {
                let setter = field.null_setter.as_ref()?;
                let _ = write!(text, "\n{indent}.{}()", setter.name);
                continue;
            }
            let value = self.value(&field.shape, value, depth)?;
            let _ = write!(text, "\n{indent}.{}({value})", field.name);
        }
        let _ = write!(text, "\n{indent}.build()?");
        Some(text)
    }

    fn value(&mut self, shape: &Shape, value: &Json, depth: usize) -> Option<String> {
        match (shape, value) {
            (Shape::Integer(_), Json::Number(num)) => integer(num),
            (Shape::Number, Json::Number(num)) => float(num),
            (Shape::Text | Shape::Media(_), Json::String(text)) => Some(format!("{:?}", &**text)),
            (Shape::Boolean, Json::Bool(bool)) => Some(bool.to_string()),
            (Shape::Enum(name), value) => {
                let one = self.types.enums.iter().find(|one| one.name == *name)?;
                let variant = &one.variant(value)?.name;
                self.used.push(name.clone());
                Some(format!("{name}::{variant}"))
            }
            (Shape::Object(name), Json::Object(_)) => {
                let object = self.types.objects.iter().find(|object| object.name == *name)?;
                let chain = self.object(object, value, depth + 1)?;
                self.used.push(name.clone());
                Some(format!("{name}{chain}"))
            }
            (Shape::Union(name), value) => self.form(name, value, depth),
            (Shape::List(item), Json::Array(items)) if !items.is_empty() => {
                let items: Option<Vec<_>> =
                    items.iter().map(|one| self.value(item, one, depth + 1)).collect();
                Some(format!("[{}]", items?.join(", ")))
            }
            (Shape::Map(item), Json::Object(members)) if !members.is_empty() => {
                let members: Option<Vec<_>> = members
                    .iter()
                    .map(|(key, value)| {
                        Some(format!("({key:?}, {})", self.value(item, value, depth + 1)?))
                    })
                    .collect();
                Some(format!("[{}]", members?.join(", ")))
            }
            (Shape::Nullable(item), value) if *value != Json::Null => {
                self.value(item, value, depth)
            }
            (Shape::Any, Json::Bool(bool)) => Some(bool.to_string()),
            (Shape::Any, Json::Number(num)) => integer(num).or_else(|| float(num)),
            (Shape::Any, Json::String(text)) => Some(format!("{:?}", &**text)),
            _ => None,
        }
    }

    /// A value of a union, by the form that it is of.
    fn form(&mut self, name: &str, value: &Json, depth: usize) -> Option<String> {
        let union = self.types.unions.iter().find(|union| union.name == name)?;
        let lists = union.forms.iter().filter(|form| matches!(form, Shape::List(_))).count();
        for form in &union.forms {
            // Several lists are one of any values.
            if matches!(form, Shape::List(_)) && lists > 1 {
                continue;
            }
            let before = self.used.len();
            if let Some(text) = self.value(form, value, depth) {
                return Some(text);
            }
            self.used.truncate(before);
        }
        None
    }
}

fn integer(num: &Num) -> Option<String> {
    match num.to_integer()? {
        int if i32::try_from(int).is_ok() => Some(int.to_string()),
        int if i64::try_from(int).is_ok() => Some(format!("{int}_i64")),
        int => Some(format!("{int}_u64")),
    }
}

fn float(num: &Num) -> Option<String> {
    match num {
        Num::Int(int) => exact_float(*int).map(|float| format!("{float:?}")),
        Num::Float(float) => Some(format!("{float:?}")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::Generator;

    #[test]
    fn schema_without_a_known_value_gets_a_warning_and_no_example() {
        let schema = r#"{"type": "object", "required": ["a"], "properties": {
            "a": {"type": "string", "pattern": "^\\w{9}(?<=q7x)$"}
        }}"#;
        let generated = Generator::from_texts([("acme/dream", schema)]).generate().unwrap();
        let [warning] = generated.warnings.as_slice() else { panic!("{:?}", generated.warnings) };
        let text = warning.to_string();
        assert!(text.contains("found no example value that satisfies the schema"), "{text}");
        assert!(!generated.models[0].source.contains("let input ="));
    }
}
