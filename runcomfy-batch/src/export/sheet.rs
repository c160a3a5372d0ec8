//! The frame of the contact sheet.

use std::collections::BTreeMap;

use maud::{DOCTYPE, PreEscaped, html};
use runcomfy_schema::counted::counted;
use runcomfy_schema::printable::printable;

use crate::job::{JobRecord, State};
use crate::money::Usd;

/// What all jobs add up to.
#[derive(Debug, Default)]
pub(super) struct Summary {
    counts: BTreeMap<State, u64>,
    cost: Usd,
    /// What jobs probably cost of which the service did not say so.
    estimate: Usd,
}

/// The page loads files, and nothing else.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src * data:; \
                      media-src * data:; base-uri 'none'; form-action 'none'";

/// What follows the cards.
pub(super) const TAIL: &str =
    concat!("</main><script>", include_str!("sheet.js"), "</script></body></html>\n");

impl Summary {
    pub(super) fn add(&mut self, job: &JobRecord) {
        *self.counts.entry(job.state).or_default() += 1;
        match (job.cost, job.state) {
            (Some(cost), _) => self.cost = self.cost.plus(cost),
            (None, State::Done) => {
                self.estimate = self.estimate.plus(job.estimate.unwrap_or_default());
            }
            _ => {}
        }
    }

    pub(super) fn jobs(&self) -> u64 {
        self.counts.values().sum()
    }

    /// What precedes the cards.
    pub(super) fn head(&self, title: &str) -> String {
        let title = printable(title);
        let jobs = self.jobs();
        let page = html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta http-equiv="Content-Security-Policy" content=(POLICY);
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    meta name="referrer" content="no-referrer";
                    meta name="generator" content="rcf batch";
                    title { (title) }
                    style { (PreEscaped(include_str!("sheet.css"))) }
                }
                body {
                    header {
                        h1 dir="auto" { (title) }
                        p {
                            (counted(jobs, "job"))
                            @if self.cost > Usd::ZERO { ", " (self.cost) " spent" }
                            @if self.estimate > Usd::ZERO { ", about " (self.estimate) " by estimates" }
                        }
                        form id="search" hidden {
                            label for="q" { "Search" }
                            input id="q" type="search" autocomplete="off" spellcheck="false"
                                placeholder="Prompt, setting, id or error";
                            div role="group" aria-label="State" {
                                button type="button" data-state="" aria-pressed="true" { "All " small { (jobs) } }
                                @for (state, count) in &self.counts {
                                    button type="button" data-state=(state) aria-pressed="false" {
                                        (state) " " small { (count) }
                                    }
                                }
                            }
                            output id="count" for="q" {}
                        }
                        @if let Some(count) = self.counts.get(&State::Unknown) {
                            p.note {
                                (counted(*count, "job")) " may have been accepted, or not. Look at your account's "
                                "requests before you send them again with " code { "rcf batch retry --unknown" } "."
                            }
                        }
                    }
                    p id="none" hidden { "No job matches." }
                    main {
                        (PreEscaped(SPLIT))
                    }
                }
            }
        };
        let page = page.into_string();
        page.split_once(SPLIT).map_or(page.clone(), |(head, _)| head.to_owned())
    }
}

/// Where the cards come.
const SPLIT: &str = "<!--jobs-->";
