//! What is read from files of jobs, and what is said of those that are not valid.

use serde_json::{Value, json};

use super::support::{IMAGE, KLING, line, lines, results};
use crate::run::support::{PNG, Service};
use crate::support::{command, run};

/// Adds a file of jobs without a service, and returns the code and what was said.
fn add(name: &str, content: impl AsRef<[u8]>, more: &[&str]) -> (i32, String) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(name), content).unwrap();
    let arguments = [&["batch", "add", name, "--out", "o"], more].concat();
    let output = run(&mut command(folder.path(), &arguments), "");
    // Nothing is left behind by jobs that are not valid.
    let is_there = folder.path().join("o").exists();
    assert_eq!(is_there, output.code == 0, "{}", output.stderr);
    (output.code, output.stderr)
}

#[test]
fn every_problem_of_every_line_is_reported() {
    let with_image = |rest: &str| format!("{{\"image_url\": \"{IMAGE}\", {rest}}}\n").into_bytes();
    let rows: Vec<(Vec<u8>, &str)> = vec![
        (with_image(r#""prompt": "a""#), ""),
        (
            with_image(r#""prompt": "a", "duration": 7, "sed": 1"#),
            "line 2: duration: 7 is not one of 5, 10\n\
             line 2: sed: is not a field; the fields are prompt, image_url, duration, aspect_ratio, \
             negative_prompt, cfg_scale\n",
        ),
        (
            b"{}\r\n".to_vec(),
            "line 3: prompt: is required, but missing\nline 3: image_url: is required, but missing\n",
        ),
        (b" \t \n".to_vec(), ""),
        (
            b"{\"prompt\": \"\xe6\x97\xa5\" \"x\": 1}\n".to_vec(),
            "line 5: column 16: not JSON: expected `,` or `}`\n",
        ),
        (
            b"[1]\n".to_vec(),
            "line 6: a job is a JSON object, such as {\"model\": \"...\", \"prompt\": \"...\"}; this is a list; \
             `jq -c '.[]' FILE` makes lines of one\n",
        ),
        (
            b"\"x\"\n".to_vec(),
            "line 7: a job is a JSON object, such as {\"model\": \"...\", \"prompt\": \"...\"}; this is a string\n",
        ),
        (
            b"{\"prompt\": \"a\", \"pro\\u006dpt\": \"b\"}\n".to_vec(),
            "line 8: column 17: prompt is there twice\n",
        ),
        (b"{\"x\": [{\"a\": 1, \"a\": 2}]}\n".to_vec(), "line 9: column 17: a is there twice\n"),
        (b"{\"a\": 1} {}\n".to_vec(), "line 10: column 10: not JSON: trailing characters\n"),
        (
            b"{\"model\": \"kling/kling-2.1/master/image-to-video\"}\n".to_vec(),
            "line 11: there is no model kling/kling-2.1/master/image-to-video; did you mean \
             kling/kling-2-1/master/image-to-video, kling/kling-3.0/standard/image-to-video, \
             kling/kling-3.0/pro/image-to-video?\n",
        ),
        (b"{\"model\": [1]}\n".to_vec(), "line 12: model: [1] is not a text\n"),
        (
            b"{\"priority\": -1}\n".to_vec(),
            "line 13: priority: -1 is not an integer from 0 to 4294967295\n",
        ),
        (
            b"{\"prompt\": \"a\", \"image_url\": \"no.png\", \"cfg_scale\": 2}\n".to_vec(),
            "line 14: image_url: there is no file \"no.png\"; for a file that the service hosts, write \
             \"hosted:no.png\"\nline 14: cfg_scale: 2 is outside 0..=1\n",
        ),
        (
            with_image(r#""prompt": "a", "input.prompt": "b""#),
            "line 15: prompt is set twice; it takes one value\n",
        ),
        (
            b"{\"prompt\": \"a\0b\"}\n".to_vec(),
            "line 16: it contains a NUL character; is the file UTF-16? Save it as UTF-8\n",
        ),
        (
            b"{\"prompt\": \"\xe6\x97\xa5\xff\"}\n".to_vec(),
            "line 17: the byte 0xFF at character 14 is not UTF-8; save the file as UTF-8\n",
        ),
        (b"{\"prompt\": 1e999}\n".to_vec(), "line 18: column 16: not JSON: number out of range\n"),
        (
            with_image(r#""prompt": "\u001b[2J\u202e", "duration": "\u001b[2J""#),
            "line 19: duration: \"\\u001b[2J\" is not an integer; the values are 5, 10\n",
        ),
        (b"{\"a\":".repeat(200), "line 20: column 636: not JSON: recursion limit exceeded\n"),
    ];
    let content: Vec<u8> = rows.iter().flat_map(|(row, _)| row.clone()).collect();
    let expected: String = rows.iter().map(|(_, problems)| *problems).collect();
    let (code, error) = add("jobs.jsonl", content, &["--model", KLING]);
    assert_eq!(code, 65);
    let first = "error: jobs.jsonl: 18 of 19 lines are not valid; nothing was submitted:\n";
    assert_eq!(error, format!("{first}{expected}`--skip-invalid` leaves these lines out\n"));
}

#[test]
fn every_problem_of_a_table_has_its_line() {
    let table = "prompt,image_url,duration,cfg_scale\r\n\
                 a,https://example.com/a.png,5,0.5\r\n\
                 \r\n\
                 \"two\r\nlines\",https://example.com/a.png,7,\r\n\
                 ,,,\r\n\
                 x,y\r\n\
                 \r\n\
                 \r\n\
                 last,https://example.com/a.png,10,9";
    for table in [table.to_owned(), table.replace("\r\n", "\n"), table.replace("\r\n", "\r")] {
        let (code, error) = add("jobs.csv", table, &["--model", KLING]);
        assert_eq!(code, 65);
        assert_eq!(
            error,
            "error: jobs.csv: 3 of 4 lines are not valid; nothing was submitted:\n\
             line 4: duration: 7 is not one of 5, 10\n\
             line 7: it has 2 cells, but the first line has 4 cells; is a quote missing, or an empty cell?\n\
             line 10: cfg_scale: 9 is outside 0..=1\n\
             `--skip-invalid` leaves these lines out\n"
        );
    }
}

#[test]
fn files_without_sense_are_refused() {
    let utf16 = "prompt,image_url\n".encode_utf16().flat_map(u16::to_le_bytes);
    let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(utf16).collect();
    for (name, content, code, reason) in [
        ("jobs.txt", &b"x"[..], 64, "does not tell the form of its lines; say it with --format"),
        ("jobs", b"x", 64, "does not tell the form of its lines"),
        ("jobs.jsonl", b"", 65, "jobs.jsonl has no jobs"),
        ("jobs.jsonl", b"\xef\xbb\xbf\n\r\n", 65, "jobs.jsonl has no jobs"),
        ("jobs.jsonl", &utf16, 65, "jobs.jsonl is UTF-16; save it as UTF-8"),
        ("jobs.csv", &utf16, 65, "jobs.csv is UTF-16; save it as UTF-8"),
        ("jobs.csv", b"", 65, "jobs.csv: the table is empty: its first line names its columns"),
        ("jobs.csv", b"prompt\n", 65, "jobs.csv has no jobs"),
        ("jobs.csv", b",,\n1,2,3\n", 65, "jobs.csv: the first line of a table names its columns"),
        ("jobs.csv", b"a,b, a\n1,2,3\n", 65, "jobs.csv: column 3: the name a is there twice"),
        ("jobs.csv", b"a,\xff\n1,2\n", 65, "jobs.csv: column 2: the byte 0xFF at character 1"),
        (
            "jobs.csv",
            b"a,,b\n1,2,3\n",
            65,
            "line 2: column 2 has a value, and no name in the first line",
        ),
        ("jobs.csv", b"prompt,b\nx,\xff\n", 65, "line 2: column b: the byte 0xFF at character 1"),
        ("jobs.csv", b"prompt,b\n\"x,y\nz,1\n", 65, "line 2: a quote is never closed"),
        (
            "jobs.csv",
            b"prompt,b\n\"x\"\"\",y\n\"x\"y,1\n",
            65,
            "line 3: text after a closing quote",
        ),
        ("jobs.csv", b"prompt;b\n\n\"x\ny\" z;\"y\"\r\n", 65, "line 3: text after a closing quote"),
        ("jobs.csv", b"\"prompt\"b,c\nx,y\n", 65, "line 1: text after a closing quote"),
        (
            "jobs.csv",
            b"prompt\nx\n",
            65,
            "line 2: the model is missing: name it under `model`, or all of them with --model",
        ),
    ] {
        let (found, error) = add(name, content, &[]);
        assert!(found == code && error.contains(reason), "{name} {content:?}: {found} {error}");
    }
    let (code, error) = add("jobs.jsonl", "", &["--format", "json"]);
    assert!(code == 64 && error.contains("possible values: jsonl, csv"), "{error}");
}

#[test]
fn long_lists_of_problems_are_cut() {
    let (code, error) = add("jobs.jsonl", "{}\n".repeat(200), &["--model", KLING]);
    assert_eq!(code, 65);
    assert!(error.contains("200 of 200 lines are not valid"), "{error}");
    assert!(
        error.ends_with("line 50: image_url: is required, but missing\nand 300 more problems\n"),
        "{error}"
    );
    let long = format!("{{\"prompt\": \"{}\"}}\n", "x".repeat(101 << 20));
    let (code, error) = add("jobs.jsonl", long + &line("a"), &["--model", KLING]);
    assert_eq!(code, 65);
    let reason = "line 1: longer than 100 MiB; give a file by its path, and not as a data: URI\n";
    assert!(
        error.contains("1 of 2 lines is not valid") && error.contains(reason),
        "{}",
        error.len()
    );
    let open = format!("prompt\n\"{}", "x".repeat(101 << 20));
    let (code, error) = add("jobs.csv", open, &["--model", KLING]);
    assert_eq!(code, 65);
    assert!(error.contains("a row is longer than 100 MiB"), "{error}");
}

#[test]
fn invalid_lines_can_be_left_out() {
    let service = Service::new();
    service.write("jobs.jsonl", line("a") + "{\"model\": 5}\n" + &line("b") + "{\n");
    let output = service.rcf(&["batch", "add", "jobs.jsonl", "--out", "o", "--skip-invalid"]);
    assert_eq!((output.code, &*output.stdout), (0, "2 jobs added\n"), "{}", output.stderr);
    assert_eq!(
        output.stderr,
        "line 2: there is no model 5; `rcf models search WORD` finds one\n\
         line 4: column 1: not JSON: EOF while parsing an object\nleft out: 2 lines\n"
    );
    service.succeed(&["batch", "export", "--out", "o"]);
    let rows = results(&service, "o");
    assert_eq!(rows.iter().map(|row| &row["line"]).collect::<Vec<_>>(), [&json!(1), &json!(3)]);
    // Without a valid one, nothing is done.
    service.write("jobs.jsonl", "{\n");
    service.fail(&["batch", "add", "jobs.jsonl", "--out", "p", "--skip-invalid"], 65);
    assert!(!service.path().join("p").exists());
}

#[test]
fn forms_of_a_file_say_the_same() {
    let service = Service::new();
    let table = "model,prompt,image_url,duration,priority\n";
    let row = format!("{KLING},\"a, b\",{IMAGE},10,3\n");
    let csv = format!("{table}{row}");
    let json = json!({
        "model": KLING, "prompt": "a, b", "image_url": IMAGE, "duration": 10, "priority": 3,
    });
    let jsonl = format!("{json}\n");
    let semicolons =
        format!("model;prompt;image_url;duration;priority\n{KLING};a, b;{IMAGE};10;3\n");
    for (name, content) in [
        ("jobs.jsonl", jsonl.clone()),
        ("jobs.NDJSON", format!("\u{feff}\r\n{}\r\n", jsonl.trim())),
        ("jobs.csv", csv.clone()),
        ("jobs.CSV", format!("\u{feff}{}", csv.replace('\n', "\r\n"))),
        ("semi.csv", semicolons.clone()),
        ("tabs.csv", semicolons.replace(';', "\t")),
        ("jobs.tsv", semicolons.replace(';', "\t").replace("a, b", "\"a, b\"")),
        (
            "order.csv",
            format!("priority,duration,prompt,image_url,model\n3,10,\"a, b\",{IMAGE},{KLING}"),
        ),
        (
            "unset.csv",
            format!("model,prompt,image_url,duration,priority,cfg_scale,\n{},,\n", row.trim()),
        ),
    ] {
        service.write(name, content);
        let out = format!("out-{name}");
        service.succeed(&["batch", "add", name, "--out", &out]);
        service.succeed(&["batch", "export", "--out", &out]);
        let rows = results(&service, &out);
        let expected = json!({"prompt": "a, b", "image_url": IMAGE, "duration": 10});
        assert_eq!(
            (rows.len(), &rows[0]["input"], &rows[0]["priority"]),
            (1, &expected, &json!(3)),
            "{name}"
        );
    }
    for (format, content) in [("jsonl", &jsonl), ("csv", &csv)] {
        let arguments = ["batch", "add", "-", "--format", format, "--out", "stdin", "--json"];
        let output = service.rcf_with_input(&arguments, content);
        let json: Value = serde_json::from_str(&output.stdout).unwrap();
        // The second time, it is known.
        assert_eq!(json["added"], u64::from(format == "jsonl"), "{}", output.stderr);
    }
}

#[test]
fn paths_begin_at_the_folder_of_the_file() {
    let service = Service::new();
    service.write("list/faces/a.png", PNG);
    service.write("here.png", PNG);
    service.write(
        "list/jobs.csv",
        format!("model,prompt,image_url\n{KLING},a,faces/a.png\n{KLING},b,\n"),
    );
    let arguments =
        ["batch", "run", "list/jobs.csv", "--set", "image_url=here.png", "--out", "o", "-q"];
    service.succeed(&arguments);
    let data_uri = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUg==";
    let inputs = service.inputs();
    assert_eq!(inputs.len(), 2);
    assert!(inputs.iter().all(|input| input["image_url"] == data_uri), "{inputs:?}");
    let rows = results(&service, "o");
    assert_eq!(rows[0]["input"], json!({"prompt": "a", "image_url": "faces/a.png"}));
    assert_eq!(rows[1]["input"], json!({"prompt": "b", "image_url": "here.png"}));
}

#[test]
fn reserved_names_are_told_from_fields() {
    let service = Service::new();
    let schema = json!({"input_schema": {"type": "object", "properties": {
        "model": {"type": "string"}, "key": {"type": "integer"}, "149_steps": {"type": "integer"},
    }}});
    let service = {
        drop(service);
        Service::of(crate::run::support::quick().model("acme/dream", schema.to_string()))
    };
    service.write(
        "jobs.jsonl",
        json!({"model": "acme/dream", "input.model": "v2", "key": "x", "input.key": 5, "steps": 7})
            .to_string(),
    );
    service.succeed(&[
        "batch",
        "run",
        "jobs.jsonl",
        "--out",
        "o",
        "--name-template",
        "{index}-{input.model}-{149_steps}",
    ]);
    assert_eq!(service.inputs(), [json!({"model": "v2", "key": 5, "149_steps": 7})]);
    let row = &results(&service, "o")[0];
    assert_eq!(row["input"], json!({"model": "v2", "key": 5, "steps": 7}));
    let path = row["paths"][0].as_str().unwrap();
    assert!(path.starts_with("00001-v2-7"), "{path}");
}

#[test]
fn equal_lines_are_jobs_of_their_own() {
    let service = Service::new();
    // More than are added at once.
    let text = line("same") + &lines(2_100) + &line("same") + &line("same");
    service.write("jobs.jsonl", &text);
    let add = |name: &str| {
        let json = service.json(&["batch", "add", name, "--out", "o", "-q"]);
        (json["added"].as_u64().unwrap(), json["known"].as_u64().unwrap())
    };
    assert_eq!(add("jobs.jsonl"), (2_103, 0));
    assert_eq!(add("jobs.jsonl"), (0, 2_103));
    service.write("more.jsonl", text + &line("same") + &line("new"));
    assert_eq!(add("more.jsonl"), (2, 2_103));
    // A key makes another job of equal fields, and one job of equal keys.
    let keyed = |key: &str| {
        json!({"model": KLING, "prompt": "same", "image_url": IMAGE, "key": key}).to_string() + "\n"
    };
    service.write("keys.jsonl", keyed("a") + &keyed("b") + &keyed("a"));
    assert_eq!(add("keys.jsonl"), (2, 1));
}
