CREATE TABLE runcomfy_batches (
    name TEXT NOT NULL PRIMARY KEY,
    created_at BIGINT NOT NULL,
    paused BIGINT NOT NULL DEFAULT 0,
    paused_because TEXT,
    at_once BIGINT,
    per_minute BIGINT,
    max_cost BIGINT,
    -- Times in milliseconds since 1970: no submission begins before them.
    next_begin BIGINT NOT NULL DEFAULT 0,
    not_before BIGINT NOT NULL DEFAULT 0,
    last_number BIGINT NOT NULL DEFAULT 0,
    -- No less than what was spent and is in flight; NULL if it has to be added up.
    committed_at_most BIGINT
);

CREATE TABLE runcomfy_jobs (
    batch TEXT NOT NULL REFERENCES runcomfy_batches (name),
    number BIGINT NOT NULL,
    key TEXT NOT NULL,
    line BIGINT,
    model_id TEXT NOT NULL,
    output_kind TEXT,
    body TEXT NOT NULL,
    -- Where the content of files belongs in the body: JSON pointers, and the digests of the content.
    media TEXT NOT NULL,
    shown TEXT NOT NULL,
    priority BIGINT NOT NULL,
    -- Amounts in millionths of a dollar.
    estimate BIGINT,
    cost BIGINT,
    earlier_cost BIGINT NOT NULL DEFAULT 0,
    state TEXT NOT NULL,
    -- The task of the engine that works on it.
    task_id TEXT,
    submission TEXT,
    worker TEXT,
    begun_at BIGINT,
    request_id TEXT,
    -- How it ended at the service, once that is known.
    service_end TEXT,
    reason TEXT,
    tries BIGINT NOT NULL DEFAULT 0,
    -- Whether it must not be submitted again if this submission is not accepted.
    cancel_asked BIGINT NOT NULL DEFAULT 0,
    earlier TEXT NOT NULL DEFAULT '',
    output TEXT,
    files TEXT,
    ended_at BIGINT,
    PRIMARY KEY (batch, number),
    UNIQUE (batch, key)
);

CREATE INDEX runcomfy_jobs_by_state ON runcomfy_jobs (batch, state);

CREATE TABLE runcomfy_media (
    sha256 TEXT NOT NULL PRIMARY KEY,
    content TEXT NOT NULL
);
