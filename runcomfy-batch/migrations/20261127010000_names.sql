-- Tells a batch from others of its name. Its folders have it.
ALTER TABLE runcomfy_batches ADD COLUMN id TEXT;

-- The paths that the files of a job are saved at, as JSON, and the folder that they are meant for.
ALTER TABLE runcomfy_jobs ADD COLUMN paths TEXT;
