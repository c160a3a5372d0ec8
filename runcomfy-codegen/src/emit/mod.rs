//! A model to Rust source. What there is, and what it is called, was decided before. The one choice here
//! is how rules are spelled: in a short form where they have one (`rules.rs`, `short.rs`).

mod call;
mod enums;
mod getters;
mod index;
mod objects;
mod output;
mod rules;
mod short;
mod source_text;
mod unions;

#[cfg(test)]
mod tests;

pub(crate) use index::{INCLUDE, inclusion, index};

use crate::handed::Handed;
use crate::lower::{Model, PatternStatic, RefForm, item_docs};
use crate::write::HEADER;
use source_text::{Code, SourceText};

/// The source of a model's module; `handed` is for `input!`.
pub(crate) fn model(model: &Model, handed: &Handed, runtime: &str) -> String {
    let mut source = SourceText::default();
    let mut rules = rules::Writer::new(model);
    source.line(&format!("{HEADER} from the schema of {}.", model.id));
    source.line("// Changes here are lost: change the schema instead.");
    source.line("");
    source.line(&format!("use {runtime}::__private as __rt;"));
    source.line("use self::__rt::prelude::*;");
    for object in &model.types.objects {
        source.line("");
        objects::object(&mut source, &mut rules, object);
    }
    for one in &model.types.enums {
        source.line("");
        enums::enumeration(&mut source, one, &model.paths);
    }
    for union in &model.types.unions {
        source.line("");
        unions::union(&mut source, &mut rules, union);
    }
    for alias in &model.types.aliases {
        source.line("");
        source.doc(&item_docs::alias(&alias.of));
        source.line(&format!("pub type {} = {};", alias.name, alias.of));
    }
    for (all, form) in &model.referred {
        let RefForm::Static(name) = form else { continue };
        source.line("");
        let before = format!("static {name}: &[{}] = ", model.paths.of("Rule"));
        source.value(&before, &rules.slice(all), ";");
    }
    for PatternStatic { name, text } in &model.patterns {
        source.line("");
        let pattern = Code::call("__rt::Pattern::new", [Code::str(text)]);
        let before = format!("static {name}: __rt::Pattern = ");
        source.value(&before, &pattern, ";");
    }
    if let Some(output) = &model.output {
        source.line("");
        output::output(&mut source, output, &model.paths);
    }
    source.line("");
    request(&mut source, model);
    source.line("");
    call::model(&mut source, handed);
    source.finish()
}

/// What only the input has: it is a request, and has its place in `MODELS`.
fn request(source: &mut SourceText, model: &Model) {
    let output = if model.output.is_some() { "Output" } else { "__rt::Output" };
    source.line("#[diagnostic::do_not_recommend]");
    source.open("impl __rt::Request for Input {");
    source.line(&format!("type Output = {output};"));
    source.line("const MODEL_ID: &'static str = Self::MODEL_ID;");
    let option = model.paths.of("Option");
    if let Some(kind) = model.output_kind {
        let some = model.paths.of("Some");
        let kind = format!("{some}(__rt::MediaKind::{kind:?})");
        source.line(&format!("const OUTPUT_KIND: {option}<__rt::MediaKind> = {kind};"));
    }
    source.line("#[inline]");
    source.open(&format!("fn checked_body(&self) -> {option}<__rt::CheckedBody<'_>> {{"));
    source.line("__rt::checked_body::<Self>(self.0.json())");
    source.close("}");
    source.close("}");
    source.line("");
    source.line("#[doc(hidden)]");
    source.line("pub const __MODEL: __rt::ModelInfo = __rt::ModelInfo::of::<Input>();");
}
