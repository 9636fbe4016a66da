import type { Migration } from "../migrate.ts";

/**
 * What the registry layer keeps. Columns that are compared by bytes have the collation "C", so that pages come in the same order
 * whatever the database's language is.
 */
export const registryTables: Migration = {
  number: 1,
  name: "registry",
  oldest: 1,
  statements: [
    `create type verdict as enum ('pass', 'fail', 'unknown')`,
    `create table image (
      id bigint generated always as identity primary key,
      repository text collate "C" not null,
      digest text collate "C" not null,
      media_type text,
      pushed_at timestamptz,
      seen_at timestamptz,
      is_there boolean not null default false,
      gone_at timestamptz,
      unique (repository, digest)
    )`,
    `create index image_gone on image (gone_at) where gone_at is not null`,
    `create table tag (
      repository text collate "C" not null,
      name text collate "C" not null,
      image_id bigint not null references image on delete cascade,
      seen_at timestamptz not null,
      primary key (repository, name)
    )`,
    `create index tag_image on tag (image_id)`,
    `create table scan (
      image_id bigint primary key references image on delete cascade,
      scanned_at timestamptz not null,
      database_digest text not null,
      policy_digest text not null,
      created_at timestamptz,
      failing integer not null,
      unknown integer not null,
      shared text not null,
      contents text not null
    )`,
    `create table evaluation (
      image_id bigint not null references image on delete cascade,
      key text collate "C" not null,
      position integer not null,
      check_id text not null,
      verdict verdict not null,
      body text not null,
      primary key (image_id, key)
    )`,
    `create index evaluation_not_passed on evaluation (check_id) where verdict <> 'pass'`,
    `create table relation (
      image_id bigint not null references image on delete cascade,
      position integer not null,
      type text not null,
      from_kind text not null,
      from_id text not null,
      to_kind text not null,
      to_id text not null,
      body text not null,
      primary key (image_id, position)
    )`,
    `create index relation_to on relation (type, to_id)`,
    `create table reference (
      image_id bigint not null references image on delete cascade,
      repository text collate "C" not null,
      digest text collate "C" not null,
      kind text not null check (kind in ('blob', 'child')),
      primary key (image_id, kind, digest)
    )`,
    `create index reference_digest on reference (digest, repository)`,
    `create table document (
      image_id bigint not null references image on delete cascade,
      kind text not null,
      bytes bytea not null,
      saved_at timestamptz not null default now(),
      primary key (image_id, kind)
    )`,
    // They are compressed already.
    "alter table document alter column bytes set storage external",
    `create table running (
      digest text collate "C" not null,
      scope text collate "C" not null,
      seen_at timestamptz not null,
      primary key (digest, scope)
    )`,
    `create table job (
      id bigint generated always as identity primary key,
      key text collate "C" not null,
      kind text not null,
      about text not null,
      priority integer not null default 0,
      not_before timestamptz not null default now(),
      attempts integer not null default 0,
      worker text,
      leased_until timestamptz,
      failed_at timestamptz,
      reason text,
      added_at timestamptz not null default now()
    )`,
    "create unique index job_waiting on job (key) where worker is null and failed_at is null",
    "create unique index job_taken on job (key) where worker is not null and failed_at is null",
    "create unique index job_failed on job (key) where failed_at is not null",
    "create index job_due on job (priority desc, not_before, id) where failed_at is null",
    `create table claim (
      name text collate "C" primary key,
      value text not null,
      claimed_at timestamptz not null default now()
    )`,
    `create table audit (
      id bigint generated always as identity primary key,
      at timestamptz not null,
      entry text not null
    )`,
    "create index audit_at on audit (at)",
  ],
};
