//! Models without their Rust type: generated ones by id, and models whose schema arrives at run time.

use std::fmt;
use std::sync::Arc;

use runcomfy_schema::json::same;
use runcomfy_schema::keyword::similar;
use runcomfy_schema::named::Named;
use runcomfy_schema::parse::RuntimeSchema;
use runcomfy_schema::possible::{Possible, model_fields};
use runcomfy_schema::printable::printable;
use runcomfy_schema::rule::List;
use runcomfy_schema::validate::on_large_stack;
use runcomfy_schema::{
    FieldInfo, Json, ModelField, Rule, Rules, ValidationErrors, debug_as_report,
};
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::media::MediaKind;
use crate::model_id::ModelId;
use crate::object::{HasRules, show_members};
use crate::output::Output;
use crate::request::{CheckedBody, Request};

/// A model: its id and its input fields. `runcomfy_models::MODELS` lists all of them.
#[derive(Clone, Copy)]
pub struct ModelInfo {
    /// The model id, as in `POST /models/{model_id}`.
    pub id: &'static str,
    /// The input fields, the required ones first.
    pub fields: &'static [FieldInfo],
    #[doc(hidden)]
    pub rules: &'static [Rule],
    output_kind: Option<MediaKind>,
}

/// The model of this id among models that are sorted by their ids.
#[must_use]
pub fn model(models: &'static [ModelInfo], id: &str) -> Option<&'static ModelInfo> {
    let place = models.binary_search_by(|model| model.id.cmp(id)).ok()?;
    models.get(place)
}

/// The ids that are most similar to this one, the nearest first.
pub fn closest_ids(
    models: &'static [ModelInfo],
    id: &str,
) -> impl Iterator<Item = &'static str> + use<> {
    const MAX_IDS: usize = 5;
    similar(id, models.iter().map(|model| model.id)).into_iter().take(MAX_IDS)
}

impl ModelInfo {
    /// The model of a generated input.
    #[doc(hidden)]
    #[must_use]
    pub const fn of<T: HasRules + Request>() -> Self {
        Self { id: T::MODEL_ID, fields: T::FIELDS, rules: T::RULES, output_kind: T::OUTPUT_KIND }
    }

    /// The kind of file that the model makes. `None` if its schema does not say so, or says that it makes
    /// files of several kinds.
    #[must_use]
    pub const fn output_kind(&self) -> Option<MediaKind> {
        self.output_kind
    }

    /// Checks a request body given as JSON, with the rules and messages of the generated `Input`.
    ///
    /// # Errors
    /// Every violation in `body`, not only the first.
    pub fn validate(&self, body: &Value) -> Result<(), ValidationErrors> {
        runcomfy_schema::check(&[], self.rules, &Json::from(body.clone()))
    }

    /// Checks a request body as [`validate`](Self::validate) does, and makes an input of it, which is
    /// sent like any other. A list may hold inputs of many models.
    ///
    /// # Errors
    /// Every violation in `body`, not only the first.
    pub fn input(&self, body: Value) -> Result<AnyInput, ValidationErrors> {
        let body = Json::from(body);
        runcomfy_schema::check(&[], self.rules, &body)?;
        Ok(AnyInput::generated(self.id, self.output_kind, self.rules, body))
    }

    /// The body, as a place whose rules can be asked.
    #[doc(hidden)]
    #[must_use]
    pub fn input_place(&self) -> Possible<'static> {
        Possible::new(&[], self.rules)
    }

    /// The field with this Rust name or wire key.
    #[must_use]
    pub fn field(&self, name_or_key: &str) -> Option<&'static FieldInfo> {
        let by_name = self.fields.iter().find(|field| field.name == name_or_key);
        by_name.or_else(|| self.fields.iter().find(|field| field.key == name_or_key))
    }
}

impl fmt::Debug for ModelInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ModelInfo")
            .field("id", &self.id)
            .field("output_kind", &self.output_kind)
            .field("fields", &self.fields)
            .finish()
    }
}

/// The input of some model, checked by its schema. It is used wherever an input is; a list of them holds
/// inputs of many models.
///
/// It comes from a generated input with `.into()` or [`new`](Self::new), from [`ModelInfo::input`], or from
/// [`DynamicModel::input`].
///
/// It serialises to its body. To read one again that was written down with its model id, use
/// `runcomfy_models::model(id)` and [`ModelInfo::input`], which check it.
#[derive(Clone)]
pub struct AnyInput {
    model_id: Arc<str>,
    output_kind: Option<MediaKind>,
    body: Json,
    /// The rules that the body obeys.
    rules: Rules,
    definitions: Arc<[Rules]>,
}

impl AnyInput {
    /// The input of a generated type, without its type. `AnyInput::from(input)` and `input.into()` do the
    /// same for an input that is not needed any more.
    #[must_use]
    pub fn new<R: Request + HasRules>(input: &R) -> Self {
        Self::generated(input.model_id(), input.output_kind(), R::RULES, input.json().clone())
    }

    fn generated(
        model_id: &str,
        output_kind: Option<MediaKind>,
        rules: &'static [Rule],
        body: Json,
    ) -> Self {
        let (rules, definitions) = (List::Static(rules), Arc::default());
        Self { model_id: model_id.into(), output_kind, body, rules, definitions }
    }

    /// The id of its model, as in `POST /models/{model_id}`.
    #[must_use]
    pub fn model_id(&self) -> &str {
        &self.model_id
    }

    /// The kind of file that its model makes; see [`ModelInfo::output_kind`].
    #[must_use]
    pub fn output_kind(&self) -> Option<MediaKind> {
        self.output_kind
    }

    /// The body as it is sent.
    #[must_use]
    pub fn to_value(&self) -> Value {
        self.body.to_value()
    }
}

impl Serialize for AnyInput {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.body.serialize(serializer)
    }
}

#[diagnostic::do_not_recommend]
impl Request for AnyInput {
    type Output = Output;

    /// Empty, since each value has its own model: see [`model_id`](Self::model_id).
    const MODEL_ID: &'static str = "";

    fn model_id(&self) -> &str {
        &self.model_id
    }

    fn output_kind(&self) -> Option<MediaKind> {
        self.output_kind
    }

    fn checked_body(&self) -> Option<CheckedBody<'_>> {
        let Self { body, rules, definitions, .. } = self;
        Some(CheckedBody { json: body, rules, definitions })
    }
}

/// The input of a generated type, without its type.
impl<R: Request + HasRules> From<R> for AnyInput {
    fn from(input: R) -> Self {
        let (model_id, output_kind) = (input.model_id().to_owned(), input.output_kind());
        Self::generated(&model_id, output_kind, R::RULES, input.into_json())
    }
}

/// Inputs are equal if their models and bodies are. The order of members does not matter.
impl PartialEq for AnyInput {
    fn eq(&self, other: &Self) -> bool {
        self.model_id == other.model_id && same(&self.body, &other.body)
    }
}

/// Shows the fields by their Rust names, as an input of a generated type does, after the model id.
impl fmt::Debug for AnyInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { model_id, output_kind: _, body, rules, definitions } = self;
        let mut shown = f.debug_struct("AnyInput");
        shown.field("model_id", model_id);
        show_members(Named { definitions, rules, value: body }, &mut shown);
        shown.finish()
    }
}

/// A model whose schema arrived at run time. Its inputs are checked with the rules and messages of a
/// generated type.
///
/// ```
/// # extern crate runcomfy_types as runcomfy_models;
/// use runcomfy_models::DynamicModel;
///
/// let schema = r#"{"type": "object", "properties": {"149_steps": {"type": "integer", "maximum": 20}}}"#;
/// let model = DynamicModel::parse("acme/dream", schema)?;
/// let error = model.validate(&serde_json::json!({"149_steps": 25})).unwrap_err();
/// assert_eq!(error.to_string(), "steps (149_steps): 25 is greater than the maximum 20");
/// # Ok::<(), runcomfy_models::SchemaError>(())
/// ```
#[derive(Clone)]
pub struct DynamicModel {
    id: Arc<str>,
    rules: Rules,
    /// The definitions that rules refer to by number.
    definitions: Arc<[Rules]>,
    output_kind: Option<MediaKind>,
}

impl DynamicModel {
    /// Parses an input schema, or a catalog entry that contains one. Only an entry can say which
    /// [kind of file](Self::output_kind) the model makes.
    ///
    /// # Errors
    /// All errors in the schema.
    pub fn parse(id: impl AsRef<str>, schema: impl AsRef<str>) -> Result<Self, SchemaError> {
        let (id, schema) = (id.as_ref(), schema.as_ref());
        let fail = |problems: Vec<String>| SchemaError { id: printable(id).into_owned(), problems };
        id.parse::<ModelId>().map_err(|error| fail(vec![error.to_string()]))?;
        // A schema may nest deeper than an ordinary thread's stack allows.
        let parsed = on_large_stack(|| runcomfy_schema::parse::runtime_schema(id, schema));
        let parsed = parsed.unwrap_or_else(|| {
            Err(vec!["the system gives no thread to read the schema in".to_owned()])
        });
        let RuntimeSchema { rules, definitions, output_kind } = parsed.map_err(fail)?;
        Ok(Self { id: id.into(), rules, definitions: definitions.into(), output_kind })
    }

    /// The model id, as in `POST /models/{model_id}`.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The kind of file that the model makes; see [`ModelInfo::output_kind`].
    #[must_use]
    pub fn output_kind(&self) -> Option<MediaKind> {
        self.output_kind
    }

    /// The input fields, the required ones first, with those of all forms of an input. A field that
    /// only some forms require is not required.
    #[must_use]
    pub fn fields(&self) -> Vec<ModelField<'_>> {
        model_fields(&self.definitions, &self.rules)
    }

    /// The body, as a place whose rules can be asked.
    #[doc(hidden)]
    #[must_use]
    pub fn input_place(&self) -> Possible<'_> {
        Possible::new(&self.definitions, &self.rules)
    }

    /// Checks a request body given as JSON.
    ///
    /// # Errors
    /// Every violation in `body`, not only the first.
    pub fn validate(&self, body: &Value) -> Result<(), ValidationErrors> {
        runcomfy_schema::check(&self.definitions, &self.rules, &Json::from(body.clone()))
    }

    /// Checks a request body, and makes an input of it that is sent like any other.
    ///
    /// # Errors
    /// Every violation in `body`, not only the first.
    pub fn input(&self, body: Value) -> Result<AnyInput, ValidationErrors> {
        let body = Json::from(body);
        runcomfy_schema::check(&self.definitions, &self.rules, &body)?;
        Ok(AnyInput {
            model_id: Arc::clone(&self.id),
            output_kind: self.output_kind,
            body,
            rules: self.rules.clone(),
            definitions: Arc::clone(&self.definitions),
        })
    }
}

impl fmt::Debug for DynamicModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DynamicModel").field("id", &self.id).finish_non_exhaustive()
    }
}

/// The errors in a schema that arrived at run time, one per line.
#[derive(Clone, PartialEq, Eq)]
pub struct SchemaError {
    id: String,
    problems: Vec<String>,
}

impl fmt::Display for SchemaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, problems } = self;
        write!(f, "the schema of {id} cannot be used: {}", problems.join("\n"))
    }
}

impl std::error::Error for SchemaError {}

debug_as_report!(struct SchemaError { id, problems });

impl SchemaError {
    /// The errors, each with its location and a way out.
    #[must_use]
    pub fn problems(&self) -> &[String] {
        &self.problems
    }
}
