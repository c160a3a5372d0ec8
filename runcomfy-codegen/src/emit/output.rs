//! An output that has more than the common fields.

use super::objects::shape;
use super::source::Source;
use crate::lower::OutputType;

/// The common fields: name, type, and what they hold.
const COMMON: [(&str, &str, &str); 6] = [
    ("image", "::core::option::Option<::std::string::String>", "The URL of an image."),
    ("video", "::core::option::Option<::std::string::String>", "The URL of a video."),
    ("audio", "::core::option::Option<::std::string::String>", "The URL of a sound."),
    ("images", "::std::vec::Vec<::std::string::String>", "The URLs of several images."),
    ("videos", "::std::vec::Vec<::std::string::String>", "The URLs of several videos."),
    ("audios", "::std::vec::Vec<::std::string::String>", "The URLs of several sounds."),
];

pub(super) fn output(source: &mut Source, output: &OutputType) {
    source.doc(
        "What a completed job of this model gives: URLs of files, which are fetched without the\n\
         token, and the values that the model adds.",
    );
    source.line("#[derive(Clone, Debug, Default, PartialEq)]");
    source.line("#[non_exhaustive]");
    source.open("pub struct Output {");
    for (name, type_, doc) in COMMON {
        source.doc(doc);
        source.line(&format!("pub {name}: {type_},"));
    }
    for field in &output.fields {
        source.doc(&field.doc);
        let type_ = shape(&field.shape);
        source.line(&format!("pub {}: ::core::option::Option<{type_}>,", field.name));
    }
    source.doc("Whatever else came, and what was not of the type expected.");
    source.line("pub other: __rt::Map,");
    source.close("}");
    source.line("");
    source.open("impl ::core::convert::From<__rt::Output> for Output {");
    source.open("fn from(common: __rt::Output) -> Self {");
    source.line("let mut other = common.other;");
    source.open("Self {");
    for (name, _, _) in COMMON {
        source.line(&format!("{name}: common.{name},"));
    }
    for field in &output.fields {
        source.line(&format!("{}: __rt::take(&mut other, {:?}),", field.name, field.key));
    }
    source.line("other,");
    source.close("}");
    source.close("}");
    source.close("}");
}
