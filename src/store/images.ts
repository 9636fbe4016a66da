/** Which images there are, what they consist of, and what is known of them besides their scans. */
import { type Kysely, sql } from "kysely";
import { type Digest, parseDigest } from "../core/digest.ts";
import { changedImages } from "./changes.ts";
import { asked, type Database, imageId, LONG_MILLISECONDS, written } from "./database.ts";
import type { ImageStore, ListedImage } from "./model.ts";
import { storable } from "./scan-rows.ts";
import { scans } from "./scans.ts";
import type { Tables } from "./tables.ts";

/** Twice what RFC 6838, 4.2 allows; it is the manifest's own word. */
const LONGEST_MEDIA_TYPE = 510;
const LARGEST_PAGE = 10_000;

export function imageStore(database: Database): ImageStore {
  return { ...scans(database), ...presence(database), ...contents(database), ...running(database) };
}

function presence(database: Database): Pick<ImageStore, "saw" | "gone" | "find" | "list"> {
  return {
    saw: ({ tag, mediaType, at, ...key }) =>
      written(database, async (transaction, changes) => {
        const id = await imageId(transaction, key);
        await sql`
          update image set media_type = ${storable(mediaType).slice(0, LONGEST_MEDIA_TYPE)}, is_there = true, gone_at = null,
            seen_at = greatest(seen_at, ${at}::timestamptz),
            pushed_at = case when is_there then least(pushed_at, ${at}::timestamptz) else ${at}::timestamptz end
          where id = ${id}::bigint`.execute(transaction);
        changes.push(...changedImages([key]));
        if (tag === undefined) return;
        const { rows: before } = await sql<{ readonly digest: string }>`
          select image.digest from tag join image on image.id = tag.image_id
          where tag.repository = ${key.repository} and tag.name = ${tag}`.execute(transaction);
        await sql`
          insert into tag (repository, name, image_id, seen_at)
          values (${key.repository}, ${tag}, ${id}::bigint, ${at}::timestamptz)
          on conflict (repository, name) do update set image_id = excluded.image_id, seen_at = excluded.seen_at
          where tag.seen_at <= excluded.seen_at`.execute(transaction);
        for (const { digest } of before) {
          if (digest !== key.digest) changes.push(...changedImages([{ ...key, digest: digest as Digest }]));
        }
      }),
    gone: ({ tag, asOf, ...key }) =>
      written(database, async (transaction, changes) => {
        const image = sql`select id from image where repository = ${key.repository} and digest = ${key.digest}`;
        const isOld = sql`(${asOf ?? null}::timestamptz is null or seen_at <= ${asOf ?? null}::timestamptz)`;
        if (tag === undefined) {
          const { rows } = await sql<{ readonly id: string }>`
            update image set is_there = false, gone_at = case when is_there then now() else gone_at end
            where id = (${image}) and (seen_at is null or ${isOld}) returning id::text as id`.execute(transaction);
          const id = rows[0]?.id;
          if (id === undefined) return;
          await sql`delete from tag where image_id = ${id}::bigint`.execute(transaction);
          await sql`delete from reference where image_id = ${id}::bigint`.execute(transaction);
        } else {
          await sql`
            delete from tag where repository = ${key.repository} and name = ${tag} and image_id = (${image})
            and ${isOld}`.execute(transaction);
        }
        changes.push(...changedImages([key]));
      }),
    find: async (key) =>
      (
        await asked(database, (kysely) =>
          listed(kysely, sql`image.repository = ${key.repository} and image.digest = ${key.digest}`, 1),
        )
      )[0],
    list: ({ after, limit }) =>
      asked(
        database,
        (kysely) =>
          listed(
            kysely,
            after === undefined
              ? sql`true`
              : sql`(image.repository, image.digest) > (${after.repository}, ${after.digest})`,
            Math.min(limit, LARGEST_PAGE),
          ),
        LONG_MILLISECONDS,
      ),
  };
}

interface ListedRow {
  readonly repository: string;
  readonly digest: string;
  readonly media_type: string;
  readonly pushed_at: Date;
  readonly scanned_at: Date | null;
  readonly database_digest: string | null;
  readonly policy_digest: string | null;
  readonly failing: number | null;
  readonly unknown: number | null;
  readonly tags: string | null;
}

async function listed(kysely: Kysely<Tables>, where: ReturnType<typeof sql>, limit: number): Promise<ListedImage[]> {
  const { rows } = await sql<ListedRow>`
    select image.repository, image.digest, image.media_type, image.pushed_at,
      scan.scanned_at, scan.database_digest, scan.policy_digest, scan.failing, scan.unknown,
      (select string_agg(tag.name, ' ' order by tag.name) from tag where tag.image_id = image.id) as tags
    from image left join scan on scan.image_id = image.id
    where image.is_there and ${where}
    order by image.repository, image.digest limit ${limit}::int`.execute(kysely);
  return rows.flatMap((row) => {
    const digest = parseDigest(row.digest);
    if (digest === undefined) return [];
    return {
      repository: row.repository,
      digest,
      mediaType: row.media_type,
      pushedAt: row.pushed_at,
      tags: row.tags?.split(" ") ?? [],
      failing: row.failing ?? 0,
      unknown: row.unknown ?? 0,
      ...(row.scanned_at === null ? {} : { scannedAt: row.scanned_at }),
      ...(row.database_digest === null ? {} : { databaseDigest: row.database_digest }),
      ...(row.policy_digest === null ? {} : { policyDigest: row.policy_digest }),
    };
  });
}

function contents(
  database: Database,
): Pick<ImageStore, "saveBlobs" | "manifestsWith" | "parentsOf" | "saveDocument" | "document"> {
  const referencing = (kind: "blob" | "child", repository: string, digest: Digest): Promise<readonly Digest[]> =>
    asked(database, async (kysely) => {
      const { rows } = await sql<{ readonly digest: string }>`
        select image.digest from reference join image on image.id = reference.image_id
        where reference.digest = ${digest} and reference.repository = ${repository} and reference.kind = ${kind}
        order by image.digest`.execute(kysely);
      return rows.flatMap((row) => parseDigest(row.digest) ?? []);
    });
  return {
    saveBlobs: (key, blobs, children) =>
      written(database, async (transaction, changes) => {
        const id = await imageId(transaction, key);
        const kinds = [...blobs.map(() => "blob"), ...children.map(() => "child")];
        const digests = [...blobs, ...children];
        await sql`
          delete from reference where image_id = ${id}::bigint
          and (kind, digest) not in (select * from unnest(${kinds}::text[], ${digests}::text[]))`.execute(transaction);
        await sql`
          insert into reference (image_id, repository, kind, digest)
          select distinct ${id}::bigint, ${key.repository}, kind, digest
          from unnest(${kinds}::text[], ${digests}::text[]) as given (kind, digest)
          on conflict do nothing`.execute(transaction);
        changes.push(...changedImages([key]));
      }),
    manifestsWith: (repository, blob) => referencing("blob", repository, blob),
    parentsOf: (repository, child) => referencing("child", repository, child),
    saveDocument: (key, kind, bytes) =>
      written(database, async (transaction) => {
        const id = await imageId(transaction, key);
        await sql`
          insert into document (image_id, kind, bytes) values (${id}::bigint, ${kind}, ${bytes}::bytea)
          on conflict (image_id, kind) do update set bytes = excluded.bytes, saved_at = now()
          where document.bytes is distinct from excluded.bytes`.execute(transaction);
      }),
    document: (key, kind) =>
      asked(
        database,
        async (kysely) => {
          const { rows } = await sql<{ readonly bytes: Uint8Array }>`
            select bytes from document join image on image.id = document.image_id
            where image.repository = ${key.repository} and image.digest = ${key.digest} and document.kind = ${kind}`.execute(
            kysely,
          );
          const bytes = rows[0]?.bytes;
          return bytes === undefined ? undefined : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
        },
        LONG_MILLISECONDS,
      ),
  };
}

function running(database: Database): Pick<ImageStore, "runs" | "savesRunning"> {
  return {
    runs: (digest, since) =>
      asked(database, async (kysely) => {
        const { rows } = await sql`
          select 1 as runs from running where digest = ${digest} and seen_at >= ${since}::timestamptz limit 1`.execute(
          kysely,
        );
        return rows.length > 0;
      }),
    savesRunning: (digests, at, scope) =>
      written(database, async (transaction) => {
        await sql`
          insert into running (digest, scope, seen_at)
          select distinct digest, ${scope}, ${at}::timestamptz from unnest(${[...digests]}::text[]) as given (digest)
          order by digest
          on conflict (digest, scope) do update set seen_at = greatest(running.seen_at, excluded.seen_at)`.execute(
          transaction,
        );
      }),
  };
}
