//! The getters of an object.

use super::objects::type_of;
use super::source::{Code, Source};
use crate::lower::{Field, ObjectType, Paths, Shape};

pub(super) fn getters(source: &mut Source, object: &ObjectType, paths: &Paths) {
    for field in &object.fields {
        source.line("");
        source.doc(&field.getter_doc);
        // Compiled only where it is called.
        source.line("#[inline]");
        let signature = Code::call(&format!("pub fn {}", field.name), ["&self".into()]);
        source.value("", &signature, &format!(" -> {} {{", returned(field, paths)));
        source.open_block();
        source.line(&format!("self.0.get({:?})", field.key));
        source.close("}");
    }
}

/// The type that a getter gives: text is borrowed.
fn returned(field: &Field, paths: &Paths) -> String {
    let value = match &field.shape {
        Shape::Text => "&str".to_owned(),
        shape => type_of(shape, paths),
    };
    if field.reads_option { format!("{}<{value}>", paths.of("Option")) } else { value }
}
