// A schema that came at run time.
use runcomfy_models::{DynamicModel, SchemaError};

pub fn main() -> Result<(), SchemaError> {
    let _model = DynamicModel::parse(
        "acme/dream",
        r#"{"type": "object", "properties": {"a": {"type": "text"}}}"#,
    )?;
    Ok(())
}
