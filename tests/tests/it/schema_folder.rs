//! Other things than schema files in a folder of schemas: each has its message, and nothing is
//! opened that is not a file.

use std::fs;
use std::path::{Path, PathBuf};

use runcomfy_codegen::{Error, Generated, Generator};

const SCHEMA: &str = r#"{"type": "object", "properties": {"a": {}}}"#;

/// Generates from a folder with one good schema, and with what `put` adds to it.
fn generate(put: impl FnOnce(&Path)) -> Result<Generated, Error> {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("fine.json"), SCHEMA).unwrap();
    put(folder.path());
    Generator::new(folder.path()).generate()
}

/// The one error there is, without the folder's own path.
fn refusal(put: impl FnOnce(&Path)) -> String {
    let mut root = String::new();
    let error = generate(|folder| {
        root = format!("{}/", folder.display());
        put(folder);
    })
    .unwrap_err();
    let [problem] = error.problems() else { panic!("{error}") };
    problem.to_string().replace(&root, "")
}

#[test]
fn wrong_endings_say_how_to_rename() {
    for name in ["a.JSON", "a.Json", "acme/a.jsoN"] {
        let refusal = refusal(|folder| {
            fs::create_dir_all(folder.join("acme")).unwrap();
            fs::write(folder.join(name), SCHEMA).unwrap();
        });
        assert_eq!(
            refusal,
            format!(
                "error: the ending of a schema file is `.json`, in small letters\n --> {name}\n  \
                 = help: rename it to \"a.json\", or remove it"
            )
        );
    }
}

#[test]
fn folders_named_like_files_are_refused() {
    let expected = "error: a folder, but named like a schema file\n --> a.json\n  \
                    = help: rename the folder, or put the schema file itself here";
    assert_eq!(refusal(|folder| fs::create_dir(folder.join("a.json")).unwrap()), expected);
}

#[test]
fn ids_that_differ_in_case_alone_are_refused() {
    let refusal = refusal(|folder| {
        fs::create_dir(folder.join("acme")).unwrap();
        fs::write(folder.join("acme/4k.json"), SCHEMA).unwrap();
        fs::write(folder.join("acme/4K.json"), SCHEMA).unwrap();
    });
    assert!(refusal.contains("\"acme/4K\" and \"acme/4k\" give one Rust module"), "{refusal}");
}

#[test]
fn a_type_called_as_a_child_module_is_refused() {
    let refusal = refusal(|folder| {
        fs::create_dir(folder.join("m")).unwrap();
        let schema = r#"{"type": "object", "properties": {"4k": {"enum": ["a", "b"]}}}"#;
        fs::write(folder.join("m.json"), schema).unwrap();
        fs::write(folder.join("m/4k.json"), SCHEMA).unwrap();
    });
    assert_eq!(
        refusal,
        "error: the type `_4k` would have the same name as the module of the model \"m/4k\"\n \
         --> m.json\n  = help: add \"x-rust-name\": \"...\" to the field that names the type, or rename its \
         definition"
    );
}

#[test]
fn long_files_are_not_read() {
    // Without content, so that reading it whole would show.
    let refusal = refusal(|folder| {
        let file = fs::File::create(folder.join("a.json")).unwrap();
        file.set_len(1 << 40).unwrap();
    });
    assert!(refusal.contains("1099511627776 bytes are too many for a schema"), "{refusal}");
    assert!(refusal.contains("at most 4194304 bytes"), "{refusal}");
}

/// The one error about a folder without good schemas, with the folder's own path as `ROOT`.
fn empty(put: impl FnOnce(&Path), below: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path());
    let error = Generator::new(folder.path().join(below).components().collect::<PathBuf>())
        .generate()
        .unwrap_err();
    let [problem] = error.problems() else { panic!("{error}") };
    problem.to_string().replace(&folder.path().display().to_string(), "ROOT")
}

#[test]
fn folder_without_schemas_is_an_error_with_its_contents() {
    let put = "put the schema of a model at `<model id>.json` in it, or give another folder";
    let create =
        "create it with the schemas as `<model id>.json`, or give the path of another folder";
    let write = |path: &Path| {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, SCHEMA).unwrap();
    };
    let none = "no schema file (`<model id>.json`) is in this folder, but";
    assert_eq!(
        empty(|_| {}, ""),
        format!("error: the folder is empty\n --> ROOT\n  = help: {put}")
    );
    assert_eq!(
        empty(|root| fs::create_dir_all(root.join("acme/dream")).unwrap(), ""),
        format!("error: {none} acme/\n --> ROOT\n  = help: {put}")
    );
    assert_eq!(
        empty(|root| write(&root.join("acme/dream.jsn")), ""),
        format!(
            "error: {none} acme/\n --> ROOT\n  = help: did you mean \"dream.json\" instead of \"acme/dream.jsn\"?"
        )
    );
    let many = empty(|root| (10..30).for_each(|n| write(&root.join(format!("{n}.yaml")))), "");
    assert!(
        many.contains("but 10.yaml, 11.yaml, ") && many.contains("19.yaml and 10 more\n -->"),
        "{many}"
    );
    assert_eq!(
        empty(|root| write(&root.join("schema/a.json")), "schemas/acme"),
        format!(
            "error: cannot read the folder: it does not exist; ROOT has schema/\n \
             --> ROOT/schemas/acme\n  = help: {create}"
        )
    );
    let file = empty(|root| write(&root.join("a.json")), "a.json");
    assert!(file.starts_with("error: this is a file, but the schemas are read from"), "{file}");
    assert!(file.contains("\n --> ROOT/a.json\n"), "{file}");
    // A relative path is shown whole.
    let error = Generator::new("no/such/folder").generate().unwrap_err();
    assert!(error.problems()[0].file().is_absolute(), "{error}");
}

#[test]
fn file_with_nearly_the_right_name_is_a_warning_beside_good_ones() {
    for (name, meant) in [
        ("a.jsn", "a.json"),
        ("b.JSNO", "b.json"),
        ("c.d.jsonn", "c.d.json"),
        ("e.json.txt", "e.json"),
    ] {
        let generated = generate(|folder| fs::write(folder.join(name), SCHEMA).unwrap()).unwrap();
        let [warning] = &generated.warnings[..] else { panic!("{name}: {:?}", generated.warnings) };
        assert_eq!(warning.message(), "not a schema file by its name");
        assert!(warning.help().starts_with(&format!("did you mean {meant:?}?")), "{warning}");
    }
}

#[test]
fn other_files_are_left_out() {
    let generated = generate(|folder| {
        for name in ["README", "a.json5", "a.json.bak", ".hidden.json", "json"] {
            fs::write(folder.join(name), "no schema").unwrap();
        }
        fs::create_dir(folder.join(".git")).unwrap();
        fs::write(folder.join(".git/a.json"), "no schema").unwrap();
    })
    .unwrap();
    assert_eq!((generated.models.len(), generated.warnings.len()), (1, 0));
}

#[test]
fn files_of_skipped_vendors_are_not_read() {
    let folder = tempfile::tempdir().unwrap();
    for (file, text) in [
        ("acme/a.json", SCHEMA),
        ("acme-2/a.json", SCHEMA),
        ("umbra/a.json", "no schema"),
        ("umbra/b/4k.json", "no schema"),
        ("umbra.json", "no schema"),
    ] {
        let path = folder.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let generator = Generator::new(folder.path());
    assert!(generator.clone().skip_vendors(["acme"]).generate().is_err());
    let generated = generator.clone().skip_vendors(["umbra", "unknown"]).generate().unwrap();
    let ids: Vec<_> = generated.models.iter().map(|model| model.id.as_str()).collect();
    assert_eq!(ids, ["acme-2/a", "acme/a"]);
    let generated = generator.skip_vendors(["umbra"]).skip_vendors(["acme"]).generate().unwrap();
    assert_eq!(generated.models.len(), 1);
    assert!(generated.index.contains("acme_2::a::__MODEL"), "{}", generated.index);
}

#[cfg(unix)]
mod unix {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    use std::os::unix::fs::symlink;
    use std::os::unix::net::UnixListener;
    use std::process::Command;

    use super::*;

    #[test]
    fn pipes_sockets_and_devices_are_not_opened() {
        let expected = |name: &str| {
            format!(
                "error: named like a schema file, but a pipe, a socket or a device; it was not opened\n \
                 --> {name}\n  = help: remove it, or put a file in its place"
            )
        };
        let pipe = refusal(|folder| {
            assert!(
                Command::new("mkfifo").arg(folder.join("pipe.json")).status().unwrap().success()
            );
        });
        assert_eq!(pipe, expected("pipe.json"));
        let socket = refusal(|folder| drop(UnixListener::bind(folder.join("s.json")).unwrap()));
        assert_eq!(socket, expected("s.json"));
        for device in ["/dev/null", "/dev/zero", "/dev/tty"] {
            let link = refusal(|folder| symlink(device, folder.join("d.json")).unwrap());
            assert_eq!(link, expected("d.json"));
        }
        // Files with other names are ignored.
        let generated = generate(|folder| {
            assert!(Command::new("mkfifo").arg(folder.join("pipe")).status().unwrap().success());
        });
        assert_eq!(generated.unwrap().models.len(), 1);
    }

    #[test]
    fn links_that_lead_nowhere_are_named() {
        let dead = refusal(|folder| symlink("none", folder.join("dead.json")).unwrap());
        assert!(dead.starts_with("error: cannot be read: No such file"), "{dead}");
        assert!(dead.contains("\n --> dead.json\n"), "{dead}");
        assert!(dead.contains("if it is a link, correct or remove it"), "{dead}");
        let circle = refusal(|folder| symlink("o.json", folder.join("o.json")).unwrap());
        assert!(circle.starts_with("error: cannot be read: "), "{circle}");
        assert!(circle.contains("\n --> o.json\n"), "{circle}");
        // It may have been a folder of schemas.
        let generated = generate(|folder| symlink("none", folder.join("acme")).unwrap()).unwrap();
        assert!(generated.warnings[0].to_string().contains("is left out: No such file"));
    }

    #[test]
    fn links_that_lead_back_are_named() {
        for target in [".", "..", "../acme"] {
            let refusal = refusal(|folder| {
                fs::create_dir(folder.join("acme")).unwrap();
                symlink(target, folder.join("acme/back")).unwrap();
            });
            assert_eq!(
                refusal,
                "error: a link that leads back to a folder that it lies in\n --> acme/back\n  = help: remove the link"
            );
        }
        // By way of another folder.
        let error = generate(|folder| {
            for (name, to) in [("a", "../b"), ("b", "../a")] {
                fs::create_dir(folder.join(name)).unwrap();
                symlink(to, folder.join(name).join("x")).unwrap();
            }
        })
        .unwrap_err();
        assert_eq!(error.problems().len(), 2, "{error}");
    }

    #[test]
    fn links_that_multiply_come_to_an_end() {
        let error = generate(|folder| {
            for depth in 0..25 {
                fs::create_dir(folder.join(format!("d{depth}"))).unwrap();
                for name in ["l", "r"] {
                    let target = format!("../d{}", depth + 1);
                    symlink(target, folder.join(format!("d{depth}/{name}"))).unwrap();
                }
            }
            fs::create_dir(folder.join("d25")).unwrap();
        })
        .unwrap_err();
        assert_eq!(error.problems()[0].message(), "more than 20000 files and folders");
        let error = generate(|folder| {
            fs::write(folder.join("big"), " ".repeat(4_000_000)).unwrap();
            for number in 0..80 {
                symlink("big", folder.join(format!("m{number}.json"))).unwrap();
            }
        })
        .unwrap_err();
        assert!(error.to_string().contains("hold more than 268435456 bytes together"), "{error}");
    }

    #[test]
    fn links_to_files_and_folders_are_followed() {
        let elsewhere = tempfile::tempdir().unwrap();
        fs::write(elsewhere.path().join("m.json"), SCHEMA).unwrap();
        let generated = generate(|folder| {
            symlink(elsewhere.path(), folder.join("acme")).unwrap();
            symlink(elsewhere.path().join("m.json"), folder.join("n.json")).unwrap();
        })
        .unwrap();
        let ids: Vec<_> = generated.models.iter().map(|model| model.id.as_str()).collect();
        assert_eq!(ids, ["acme/m", "fine", "n"]);
    }

    #[test]
    fn names_that_are_no_text_are_shown_by_their_bytes() {
        let refusal = refusal(|folder| {
            fs::write(folder.join(OsStr::from_bytes(b"a\xff\x1b.json")), SCHEMA).unwrap()
        });
        assert_eq!(
            refusal,
            "error: the file's name is not UTF-8\n --> a\\xff\\u{1b}.json\n  \
             = help: rename it: the path below the schemas folder is the model id"
        );
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn unreadable_files_are_named_with_all_the_rest() {
        let error = generate(|folder| {
            // A file to the file system, but its start cannot be read, even by the superuser.
            symlink("/proc/self/mem", folder.join("shut.json")).unwrap();
            fs::write(folder.join("bad.json"), "[]").unwrap();
        })
        .unwrap_err();
        let [shut, bad] = error.problems() else { panic!("{error}") };
        assert!(shut.message().starts_with("cannot be read: "), "{shut}");
        assert_eq!(shut.help(), "make the file readable");
        assert!(bad.file().ends_with("bad.json"), "{bad}");
    }
}
