//! The getters of an object.

use super::objects::type_of;
use super::source_text::{Code, SourceText};
use crate::lower::{Getter, ObjectType, Paths, Returned};

pub(super) fn getters(source: &mut SourceText, object: &ObjectType, paths: &Paths) {
    for field in &object.fields {
        source.line("");
        source.doc(&field.getter.doc);
        // Compiled only where it is called.
        source.line("#[inline]");
        let signature = Code::call(&format!("pub fn {}", field.name), ["&self".into()]);
        source.value("", &signature, &format!(" -> {} {{", returned(&field.getter, paths)));
        source.open_block();
        source.line(&format!("self.0.get({:?})", field.key));
        source.close("}");
    }
}

fn returned(getter: &Getter, paths: &Paths) -> String {
    let value = match &getter.returns {
        Returned::Str => "&str".to_owned(),
        Returned::Value(shape) => type_of(shape, paths),
    };
    if getter.is_option { format!("{}<{value}>", paths.of("Option")) } else { value }
}
