//! The contact sheet in Chromium. Skipped with a message where there is none; the gate installs it.

use serde_json::json;

use super::support::line;
use crate::catalog::browser::{LOOK, VISIT, Visit, browser, run_in};
use crate::run::support::{Service, quick};

/// Texts that would be seen if they were markup.
const HOSTILE: [&str; 3] = [
    "<script>document.title='owned'</script>",
    "\"><img src=x onerror=\"document.title='owned'\">",
    "a lighthouse\nat dusk",
];

#[test]
fn contact_sheet_shows_the_results() {
    let Some(browser) = browser() else { return };
    let service = Service::of(quick().workers(100).price_usd(0.1));
    service.sandbox.fail_next_job("</p><script>document.title='owned'</script>");
    let images = "{\"model\": \"qwen/qwen-image-3.0/text-to-image\", \"prompt\": \"a picture\"}\n";
    service.write("jobs.jsonl", HOSTILE.map(line).concat() + images);
    let arguments = [
        "batch",
        "run",
        "jobs.jsonl",
        "--out",
        "videos",
        "--name-template",
        "a b/{index} #1",
        "-q",
        "--at-once",
        "1",
    ];
    assert_eq!(service.rcf(&arguments).code, 70);
    let folder = service.path().join("videos");
    let page = std::fs::read_to_string(folder.join("index.html")).unwrap();
    // The browser's own timers wait for no real time, in which it loads the files; an answer from the network does.
    let answered = format!("const answered = {:?};", service.sandbox.base_url());
    let script = answered
        + "
        const cards = () => all('article').filter((one) => !one.hidden).map((one) => one.id);
        const seen = { title: document.title, all: cards(), count: $('#count').textContent };
        const videos = all('video');
        const answer = (tries) => new Promise((done) => {
            const one = new Image();
            one.onerror = one.onload = done;
            one.src = answered + '?' + tries;
        });
        const loaded = () => videos.every((one) => one.readyState > 0) && all('article img').every((one) => one.complete);
        for (let tries = 0; tries < 10000 && !loaded(); tries++) await answer(tries);
        seen.videos = videos.map((one) => [one.readyState > 0, one.videoWidth > 0, one.controls]);
        seen.images = all('article img').map((one) => one.naturalWidth > 0);
        seen.prompts = all('.prompt').map((one) => one.textContent);
        seen.error = $('.error').textContent;
        $('button[data-state=failed]').click();
        seen.failed = [cards(), location.hash, all('button[aria-pressed=true]').length];
        $('button[data-state=\"\"]').click();
        type('LIGHTHOUSE dusk');
        await new Promise((done) => setTimeout(done, 50));
        seen.found = cards();
        type('nothing like that');
        await new Promise((done) => setTimeout(done, 50));
        seen.none = [cards().length, $('#none').checkVisibility()];
        location.hash = '#state=done&q=picture';
        await new Promise((done) => setTimeout(done, 50));
        seen.linked = [cards(), $('#q').value];
        seen.handlers = all('body *').filter((one) => one.onerror || one.onload || one.onclick).length;
        return seen;
        ";
    let result = run_in(&browser, &folder, &page, &VISIT, &script);
    let failed = result["failed"][0][0].clone();
    let expected = json!({
        "title": "batch", "all": ["job-1", "job-2", "job-3", "job-4"], "count": "4 of 4",
        "videos": [[true, true, true], [true, true, true]], "images": [true, true, true],
        "prompts": [HOSTILE[0], HOSTILE[1], HOSTILE[2], "a picture"],
        "error": result["error"], "failed": [[failed], "#state=failed", 1],
        "found": ["job-3"], "none": [0, true], "linked": [["job-4"], "picture"], "handlers": 0,
    });
    assert_eq!(result, expected);
    assert!(
        result["error"].as_str().unwrap().contains("</p><script>document.title='owned'</script>")
    );

    for (width, is_dark) in [(1200, false), (1200, true), (400, false), (400, true)] {
        let script = format!("const width = {width}; {LOOK}");
        let result = run_in(&browser, &folder, &page, &Visit { width, is_dark, ..VISIT }, &script);
        let expected = json!({
            "faint": [], "wide": [], "scrolls": false, "styled": width == 400, "is_dark": is_dark,
        });
        assert_eq!(result, expected);
    }
}
