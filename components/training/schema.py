"""The tables of the run store."""

SCHEMA = """
create table if not exists runs (
    id text primary key, visitor text not null, owner text not null, read_key text not null, name text not null, hidden integer not null,
    state text not null, reason text not null, settings text not null, data text not null, created real not null, queued real not null,
    started real, ended real, seconds real not null default 0, pid integer, born real, heartbeat real,
    stopping integer not null default 0, progress text not null default '{}', estimate text not null default '{}',
    result text not null default '{}', bytes integer not null default 0
);
create index if not exists runs_visitor on runs (visitor, created);
create index if not exists runs_state on runs (state, queued);
create table if not exists events (
    number integer primary key, run text not null references runs (id) on delete cascade, at real not null, kind text not null, content
    text not null
);
create index if not exists events_run on events (run, number);
create table if not exists speeds (key text primary key, content text not null, at real not null);
"""
