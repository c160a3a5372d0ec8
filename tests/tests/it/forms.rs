//! The API of fields that are not plain: alternatives, references, enums of several types.

use runcomfy_models::{FieldKind, MediaKind};
use runcomfy_tests::models::corpus;
use serde_json::{Value, json};

fn wire(value: impl serde::Serialize) -> Value {
    serde_json::to_value(value).unwrap()
}

#[test]
fn an_enum_or_an_object_takes_either() {
    use corpus::combined::enum_or_size::{ImageSize, ImageSizeEnum, ImageSizeObject, Input};
    let object = || ImageSizeObject::builder().width(640).height(360).build().unwrap();
    let bodies = [
        Input::builder().image_size(ImageSizeEnum::SquareHd).build(),
        Input::builder().image_size("square_hd").build(),
        Input::builder().image_size(json!("square_hd")).build(),
        Input::builder().maybe_image_size(Some(ImageSizeEnum::SquareHd.into())).build(),
    ];
    for body in bodies {
        assert_eq!(wire(body.unwrap()), json!({"image_size": "square_hd"}));
    }
    let body = Input::builder().image_size(object()).build().unwrap();
    assert_eq!(wire(body), json!({"image_size": {"width": 640, "height": 360}}));
    assert_eq!(wire(ImageSize::from(object())), json!({"width": 640, "height": 360}));
    assert_eq!(format!("{:?}", ImageSize::new("square_hd").unwrap()), r#"ImageSize("square_hd")"#);

    // A value that fits no form is reported by the form that it is most likely meant for.
    let message =
        |value: Value| Input::builder().image_size(value).build().unwrap_err().to_string();
    assert_eq!(
        message(json!("square")),
        "image_size: \"square\" is not one of \"square_hd\", \"portrait_16_9\"; did you mean \"square_hd\"?"
    );
    assert_eq!(
        message(json!({"width": 5})),
        "image_size.width: 5 is outside 64..=4096\nimage_size.height: is required, but missing"
    );
    assert_eq!(message(json!(5)), "image_size: 5 is not a string or an object");
    assert!(ImageSize::new("square").is_err() && ImageSize::try_from(json!(null)).is_err());
    assert!(serde_json::from_str::<ImageSize>("[]").is_err());
}

#[test]
fn several_forms_of_one_kind_are_told_apart_in_the_message() {
    use corpus::combined::one_of_objects::Input;
    let error = Input::from_json(r#"{"shape": {"kind": "circle", "width": 3}}"#).unwrap_err();
    assert_eq!(
        error.to_string(),
        "shape.radius: is required, but missing\n\
         shape.width: is a field of another form"
    );
    let error = Input::from_json(r#"{"shape": {"kind": "ball", "radius": 3}}"#).unwrap_err();
    assert_eq!(error.to_string(), "shape.kind: \"ball\" is not one of \"circle\", \"box\"");
    let error = Input::from_json(r#"{"shape": {"radius": 3}}"#).unwrap_err();
    assert_eq!(
        error.to_string(),
        "shape.kind: is required, but missing; it is one of \"circle\", \"box\""
    );
    use corpus::combined::one_of_ranges;
    let error = one_of_ranges::Input::builder().value(7).build().unwrap_err();
    assert_eq!(
        error.to_string(),
        "value: 7 fits the forms 1 and 2 of 2, but has to fit exactly one"
    );
}

#[test]
fn an_optional_value_is_the_value() {
    use corpus::combined::{optional, optional_enum};
    let input = optional::Input::builder().seed(7).build().unwrap();
    assert_eq!(wire(input), json!({"seed": 7}));
    assert!(optional::Input::from_json(r#"{"seed": null}"#).is_ok());
    let value = optional_enum::Value::A;
    let input = optional_enum::Input::builder().maybe_value(Some(value)).build().unwrap();
    assert_eq!(wire(input), json!({"value": "a"}));
}

#[test]
fn an_enum_of_several_types_is_an_enum() {
    use corpus::enum_::mixed::{Input, Value as Mixed};
    assert_eq!(Mixed::ALL.len(), 5);
    for one in Mixed::ALL {
        assert_eq!(one.to_string().parse::<Mixed>(), Ok(*one));
        assert_eq!(Mixed::try_from(one.value()), Ok(*one));
        assert_eq!(serde_json::from_value::<Mixed>(wire(one)).unwrap(), *one);
        assert_eq!(
            wire(Input::builder().value(*one).build().unwrap()),
            json!({"value": one.value()})
        );
    }
    assert_eq!(wire(Input::builder().value(10).build().unwrap()), json!({"value": 10}));
    assert_eq!(wire(Input::builder().value("auto").build().unwrap()), json!({"value": "auto"}));
    assert_eq!(wire(Input::builder().value(Mixed::_0_5).build().unwrap()), json!({"value": 0.5}));
    let error = Input::builder().value(0.25).build().unwrap_err().to_string();
    assert_eq!(error, "value: 0.25 is not one of \"auto\", 5, 10, 0.5, true, null");
    assert_eq!(
        Mixed::try_from(json!(7)).unwrap_err().to_string(),
        "7 is not one of \"auto\", 5, 10, 0.5, true"
    );
}

#[test]
fn two_fields_of_one_definition_share_its_type() {
    use corpus::reference::shared_object::{Input, Point};
    let point = Point::builder().x(1.0).y(2).build().unwrap();
    let input = Input::builder().start(point.clone()).end(point).build().unwrap();
    assert_eq!(wire(input), json!({"start": {"x": 1.0, "y": 2}, "end": {"x": 1.0, "y": 2}}));
}

#[test]
fn object_may_contain_itself() {
    use corpus::reference::recursive_tree::{Input, Node as Tree};
    let leaf = || Tree::builder().label("leaf").build().unwrap();
    let tree = Tree::builder().label("root").children([leaf(), leaf()]).build().unwrap();
    let input = Input::builder().tree(tree).build().unwrap();
    assert_eq!(
        wire(input),
        json!({"tree": {"label": "root", "children": [{"label": "leaf"}, {"label": "leaf"}]}})
    );
    let text =
        r#"{"tree": {"label": "a", "children": [{"label": "b", "children": [{"label": ""}]}]}}"#;
    let error = Input::from_json(text).unwrap_err();
    let violation = error.iter().next().unwrap();
    assert_eq!(violation.path(), "/tree/children/0/children/0/label");
    assert_eq!(
        violation.to_string(),
        "tree.children[0].children[0].label: has 0 characters, but needs at least 1"
    );
}

#[test]
fn missing_alternatives_are_reported() {
    use corpus::combined::input_needs_one_of_two::Input;
    let error = Input::builder().prompt("x").build().unwrap_err().to_string();
    assert_eq!(
        error,
        "{\"prompt\":\"x\"} fits none of 2 forms: (1) image_url is required, but missing; \
         (2) video_url is required, but missing"
    );
    assert!(Input::builder().prompt("x").image_url("https://a.com/a.png").build().is_ok());
    // Here, too, a file must be one that the service can fetch.
    let error = Input::builder().prompt("x").image_url("http://a/b.png").build().unwrap_err();
    assert_eq!(error.iter().next().unwrap().keyword(), "media");
}

#[test]
fn the_keys_of_alternatives_have_setters() {
    use corpus::combined::input_of_alternatives::{Input, Kind};
    let input = Input::builder().kind(Kind::B).y("text").build().unwrap();
    assert_eq!(wire(input), json!({"kind": "b", "y": "text"}));
    assert!(Input::builder().kind("a").y("text").build().is_err());
}

#[test]
fn fields_describe_themselves_for_every_spelling_of_a_schema() {
    let field = |model: &str, name: &str| {
        let model = runcomfy_tests::models::MODELS.iter().find(|one| one.id == model).unwrap();
        *model.field(name).unwrap()
    };
    let steps = field("corpus/reference/scalar", "steps");
    assert_eq!((steps.kind(), steps.maximum()), (FieldKind::Integer, Some(json!(9))));
    let image = field("corpus/reference/scalar", "image");
    assert_eq!(image.kind(), FieldKind::Media(MediaKind::Image));
    assert_eq!(field("corpus/reference/scalar", "caption").kind(), FieldKind::String);
    let style = field("corpus/reference/all-of-one", "style");
    assert_eq!((style.values(), style.default()), (vec![json!("a"), json!("b")], Some(json!("b"))));
    assert_eq!(field("corpus/combined/optional", "seed").minimum(), Some(json!(0)));
}

#[test]
fn a_file_inside_the_request_obeys_the_services_validations() {
    use corpus::media::with_validations::Input;
    let png = |width: u32, height: u32| {
        let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        bytes.extend(width.to_be_bytes());
        bytes.extend(height.to_be_bytes());
        bytes.extend([8, 2, 0, 0, 0, 0, 0, 0, 0]);
        runcomfy_models::Media::bytes(bytes).unwrap()
    };
    assert!(Input::builder().image_url(png(600, 400)).build().is_ok());
    assert!(Input::builder().image_url("https://example.com/unseen.png").build().is_ok());
    let error = Input::builder().image_url(png(200, 40)).build().unwrap_err();
    assert_eq!(
        error.to_string(),
        "image_url: width_pixels is 200, but must be >= 300\n\
         image_url: width/height is 5, but must be < 2.5"
    );
    let mut large = vec![0; 31 * 1024 * 1024];
    large[..16].copy_from_slice(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR");
    let large = runcomfy_models::Media::bytes(large).unwrap();
    let error = Input::builder().image_url(large).build().unwrap_err().to_string();
    assert!(
        error.contains(
            "image_url: file_size_mb is 31, but must be < 30: The image must be smaller than 30 MB."
        ),
        "{error}"
    );
    // The text itself is megabytes long: no message repeats it.
    assert!(error.len() < 1000, "{}", error.len());
}

#[test]
fn required_nullable_field_takes_null() {
    use corpus::type_::nullable_integer_range::Input;
    assert_eq!(wire(Input::builder().value_null().build().unwrap()), json!({"value": null}));
    assert_eq!(wire(Input::builder().value(3).build().unwrap()), json!({"value": 3}));
    assert!(Input::builder().value(9).build().is_err());
}

#[test]
fn a_nested_object_takes_json_which_build_checks() {
    use corpus::object::nested::Input;
    let input = Input::builder().size(json!({"width": 3})).build().unwrap();
    assert_eq!(wire(input), json!({"size": {"width": 3}}));
    let error = Input::builder().size(json!({"width": 0})).build().unwrap_err().to_string();
    assert_eq!(error, "size.width: 0 is less than the minimum 1");
}

#[test]
fn duplicate_key_is_refused_at_every_depth() {
    use corpus::object;
    let error = object::any::Input::from_json(r#"{"value": {"k": 1, "k": 2}}"#).unwrap_err();
    assert!(error.to_string().contains("the key \"k\" is given more than once"), "{error}");
    let error = object::nested::Input::from_json(r#"{"size": {"width": 1, "width": 2}}"#);
    assert_eq!(error.unwrap_err().to_string(), "size.width: is given more than once");
}

#[test]
fn one_point_zero_is_an_entry_of_an_integer_enum() {
    use corpus::names::node_ids::NumberOfFrames;
    assert_eq!(serde_json::from_str::<NumberOfFrames>("81.0").unwrap(), NumberOfFrames::_81);
    assert!(serde_json::from_str::<NumberOfFrames>("81.5").is_err());
}

#[test]
fn object_is_never_a_number() {
    use corpus::number::multiple_of_fraction::Input;
    let text = r#"{"value": {"$serde_json::private::Number": "5"}}"#;
    assert!(Input::from_json(text).unwrap_err().to_string().contains("is not a number"));
}

#[test]
fn input_may_contain_itself() {
    use corpus::reference::input_is_recursive::{Input, Then};
    let inner: Then = Input::builder().prompt("b").build().unwrap();
    let input = Input::builder().prompt("a").then(inner).build().unwrap();
    assert_eq!(wire(input), json!({"prompt": "a", "then": {"prompt": "b"}}));
}
