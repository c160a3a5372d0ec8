use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::Export;
use crate::job::{JobRecord, SavedFile, State};
use crate::money::Usd;

fn job(number: u64, state: State, input: Value) -> JobRecord {
    JobRecord {
        number,
        line: Some(number + 1),
        model_id: "kling/kling-2-1/master/image-to-video".parse().unwrap(),
        input,
        priority: 0,
        state,
        request_id: Some(format!("req-{number}").parse().unwrap()),
        reason: None,
        earlier: Vec::new(),
        worker: Some("attic".to_owned()),
        estimate: Usd::from_dollars(0.28),
        cost: None,
        begun_at: Some(1_788_264_000_250),
        ended_at: Some(1_788_264_061_750),
        output: None,
        files: Vec::new(),
    }
}

fn saved(path: &str, content_type: &str) -> SavedFile {
    let url = format!("https://cdn.runcomfy.net/{}", path.len());
    SavedFile {
        url,
        path: path.to_owned(),
        size: 1_234_567,
        content_type: Some(content_type.to_owned()),
        place: None,
    }
}

/// Texts that mean something to HTML, a script, a spreadsheet or a terminal.
const HOSTILE: [&str; 9] = [
    "<script>document.title='owned'</script>",
    "\"><img src=x onerror=\"document.title='owned'\">",
    "</style><svg onload=document.title='owned'>",
    "javascript:document.title='owned'",
    "=HYPERLINK(\"http://evil.example\")",
    "@SUM(1)",
    "-2+3",
    "a\u{202e}b\u{1b}[2J\0",
    "--><!--jobs--></main>",
];

fn export(folder: &Path, jobs: &[JobRecord]) -> [String; 3] {
    let mut export = Export::create(folder, HOSTILE[0]).unwrap();
    jobs.iter().for_each(|job| export.add(job).unwrap());
    let files = export.finish().unwrap();
    assert_eq!(files.jobs, jobs.len() as u64);
    [files.lines, files.table, files.sheet].map(|path| fs::read_to_string(path).unwrap())
}

#[test]
fn results_are_lines_a_table_and_a_page() {
    let folder = tempfile::tempdir().unwrap();
    let mut first =
        job(1, State::Done, json!({"prompt": "a lighthouse", "seed": -1, "state": "Ohio"}));
    first.cost = Usd::from_dollars(0.3);
    first.files = vec![saved("clips/00001 #1.mp4", "video/mp4"), saved("00001.png", "image/png")];
    let mut second =
        job(2, State::Failed, json!({"tags": ["a", "b"], "size": {"width": 5}, "flag": true}));
    (second.reason, second.ended_at) = (Some("out of luck".to_owned()), None);
    second.earlier = vec!["req-0".to_owned()];
    let mut third = job(3, State::Done, json!({"prompt": "b"}));
    third.output =
        Some(json!({"images": ["https://cdn.runcomfy.net/a/x.png?sig=1", "javascript:alert(1)"]}));
    let jobs = [first, second, third];
    fs::create_dir(folder.path().join("clips")).unwrap();
    for path in ["clips/00001 #1.mp4", "00001.png"] {
        fs::write(folder.path().join(path), "").unwrap();
    }

    let [lines, table, sheet] = export(folder.path(), &jobs);
    let rows: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(
        rows[0],
        json!({
            "number": 1, "line": 2, "model": "kling/kling-2-1/master/image-to-video", "state": "done",
            "request_id": "req-1", "cost": 0.3, "estimate": 0.28, "begun_at": "2026-09-01T12:00:00.250Z",
            "ended_at": "2026-09-01T12:01:01.750Z", "seconds": 61.5,
            "paths": ["clips/00001 #1.mp4", "00001.png"],
            "urls": ["https://cdn.runcomfy.net/18", "https://cdn.runcomfy.net/9"],
            "error": null, "priority": 0, "worker": "attic", "earlier": [],
            "input": {"prompt": "a lighthouse", "seed": -1, "state": "Ohio"}, "output": null,
        })
    );
    assert!(lines.starts_with("{\"number\":1,\"line\":2,\"model\":"), "{lines}");
    assert_eq!((&rows[1]["seconds"], &rows[1]["earlier"]), (&Value::Null, &json!(["req-0"])));
    assert_eq!(rows[2]["urls"], json!(["https://cdn.runcomfy.net/a/x.png?sig=1"]));

    let model = "kling/kling-2-1/master/image-to-video";
    let begun = "2026-09-01T12:00:00.250Z";
    let (done, ended) = (format!("{model},done"), format!("{begun},2026-09-01T12:01:01.750Z,61.5"));
    assert_eq!(
        table,
        format!(
            "number,line,model,state,request_id,cost,estimate,begun_at,ended_at,seconds,paths,urls,error,\
             prompt,seed,input.state,flag,size,tags\n\
             1,2,{done},req-1,0.3,0.28,{ended},clips/00001 #1.mp4; 00001.png,\
             https://cdn.runcomfy.net/18; https://cdn.runcomfy.net/9,,a lighthouse,-1,Ohio,,,\n\
             2,3,{model},failed,req-2,,0.28,{begun},,,,,out of luck,,,,true,\"{{\"\"width\"\":5}}\",a; b\n\
             3,4,{done},req-3,,0.28,{ended},,https://cdn.runcomfy.net/a/x.png?sig=1,,b,,,,,\n"
        )
    );

    for part in [
        "<video src=\"clips/00001%20%231.mp4\" poster=\"00001.png\" controls",
        "<a href=\"clips/00001%20%231.mp4\"",
        "<p class=\"prompt\" dir=\"auto\">a lighthouse</p>",
        "<dt>seed</dt><dd dir=\"auto\">-1</dd>",
        "<p class=\"error\" dir=\"auto\">out of luck</p>",
        "<span>61.5 s</span>",
        "<span>$0.30</span>",
        "<span>about $0.28</span>",
        "<img src=\"https://cdn.runcomfy.net/a/x.png?sig=1\"",
        "3 jobs, $0.30 spent, about $0.28 by estimates",
        "1.2 MB",
    ] {
        assert!(sheet.contains(part), "{part} is not in {sheet}");
    }
    // The image is the poster.
    assert!(!sheet.contains("<img src=\"00001.png\""), "{sheet}");
    // Nothing else is left in the folder, and others may read what is there.
    let names = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name());
    let mut names: Vec<_> = names.collect();
    names.sort();
    assert_eq!(names, ["00001.png", "clips", "index.html", "results.csv", "results.jsonl"]);
    // Where a file is not there, as on another machine, the page shows that of the service.
    fs::remove_file(folder.path().join("clips/00001 #1.mp4")).unwrap();
    let [_, _, sheet] = export(folder.path(), &jobs);
    assert!(
        sheet.contains("<video src=\"https://cdn.runcomfy.net/18\" poster=\"00001.png\""),
        "{sheet}"
    );
    #[cfg(unix)]
    for name in names {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(folder.path().join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o600, 0o600);
    }
}

#[test]
fn hostile_texts_are_texts() {
    let folder = tempfile::tempdir().unwrap();
    let jobs = HOSTILE.map(|text| {
        let mut job = job(7, State::Unknown, json!({"prompt": text, text: text, "list": [text]}));
        (job.reason, job.worker) = (Some(text.to_owned()), Some(text.to_owned()));
        job.earlier = vec![text.to_owned()];
        job.output = Some(json!({"video": text, "x": [text]}));
        let file = |path: &str| SavedFile { url: text.to_owned(), ..saved(path, text) };
        job.files = vec![file(text), file("../../etc/passwd"), file("/etc/passwd"), file("a//b")];
        job
    });
    let [lines, table, sheet] = export(folder.path(), &jobs);
    assert_eq!(lines.lines().count(), jobs.len());
    for line in lines.lines() {
        serde_json::from_str::<Value>(line).unwrap();
    }
    // Cells are those of the texts, and none is a formula.
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    assert!(!reader.headers().unwrap().iter().any(|cell| cell.starts_with(['=', '@', '-', '+'])));
    for (row, text) in reader.records().zip(HOSTILE) {
        let row = row.unwrap();
        assert!(!row.iter().any(|cell| cell.starts_with(['=', '@', '-', '+'])), "{row:?}");
        assert_eq!(row[12].trim_start_matches('\''), text);
    }
    // Markup is that of the page itself: one script, no handlers, and no links but to names.
    for (part, count) in [("<script", 1), ("</style>", 1), ("<svg", 0), ("<img", 0), ("</main>", 1)]
    {
        assert_eq!(sheet.matches(part).count(), count, "{part}");
    }
    assert!(!sheet.contains("href=\"javascript:") && !sheet.contains("passwd\""), "{sheet}");
    assert!(!sheet.contains(['\u{202e}', '\u{1b}', '\0']));
}

#[test]
fn old_results_stay_until_new_ones_are_complete() {
    let folder = tempfile::tempdir().unwrap();
    export(folder.path(), &[job(1, State::Done, json!({}))]);
    let before = fs::read_to_string(folder.path().join("results.jsonl")).unwrap();
    let mut export = Export::create(folder.path(), "x").unwrap();
    (1..500).for_each(|number| export.add(&job(number, State::New, json!({}))).unwrap());
    assert_eq!(fs::read_to_string(folder.path().join("results.jsonl")).unwrap(), before);
    drop(export);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3);
}
