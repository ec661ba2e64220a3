-- schema.lua - the tables of the journal, one entry per schema version: how to get there from the
-- one before. What stands here once is never changed: a new version is a new entry.
return {
  { [[CREATE TABLE item (
        id INTEGER PRIMARY KEY, workflow TEXT NOT NULL, account TEXT NOT NULL, sha256 TEXT NOT NULL,
        name TEXT NOT NULL, path TEXT NOT NULL, kind TEXT, size INTEGER, state TEXT NOT NULL,
        error TEXT, failures INTEGER NOT NULL DEFAULT 0, done INTEGER NOT NULL DEFAULT 0,
        wait_until REAL, created REAL NOT NULL, updated REAL NOT NULL,
        UNIQUE (workflow, account, sha256))]],
    [[CREATE INDEX item_path ON item (path)]],
    [[CREATE TABLE step (
        item INTEGER NOT NULL REFERENCES item (id) ON DELETE CASCADE, name TEXT NOT NULL,
        inputs TEXT NOT NULL, result TEXT NOT NULL, started REAL NOT NULL, finished REAL NOT NULL,
        PRIMARY KEY (item, name)) WITHOUT ROWID]],
    [[CREATE TABLE note (
        item INTEGER NOT NULL REFERENCES item (id) ON DELETE CASCADE, step TEXT NOT NULL,
        fields TEXT NOT NULL, PRIMARY KEY (item, step)) WITHOUT ROWID]],
    [[CREATE TABLE post (
        account TEXT NOT NULL, post_kind TEXT NOT NULL, sha256 TEXT NOT NULL, name TEXT NOT NULL,
        state TEXT NOT NULL, container TEXT, fingerprint TEXT, caption TEXT, created REAL,
        sent REAL, sends INTEGER NOT NULL DEFAULT 0, media_id TEXT, permalink TEXT, published REAL,
        PRIMARY KEY (account, post_kind, sha256)) WITHOUT ROWID]],
    [[CREATE UNIQUE INDEX post_media ON post (account, media_id) WHERE media_id IS NOT NULL]],
    [[CREATE TABLE run (
        id INTEGER PRIMARY KEY, workflow TEXT NOT NULL, started REAL NOT NULL, ended REAL,
        result TEXT)]],
    [[CREATE TABLE fact (
        scope TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL,
        PRIMARY KEY (scope, name)) WITHOUT ROWID]] },
  -- The files of a run's result, some to a row: lists of runs are read without them.
  { [[CREATE TABLE run_items (
        run INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE, part INTEGER NOT NULL,
        items TEXT NOT NULL, PRIMARY KEY (run, part))]] },
}
