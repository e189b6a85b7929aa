-- On which timeline of the server a bucket was last filled: one that was promoted may lack what was taken last, and begins with an empty bucket.
ALTER TABLE provider_quota ADD COLUMN timeline integer;
