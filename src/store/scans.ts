/** The last complete scan of each image, in rows. */
import { type Kysely, sql, type Transaction } from "kysely";
import { parseDigest } from "../core/digest.ts";
import { changedImages } from "./changes.ts";
import { asked, type Database, imageId, LONG_MILLISECONDS, written } from "./database.ts";
import type { ImageKey, ImageStore, ScannedImage } from "./model.ts";
import {
  type EvaluationRow,
  evaluationsOf,
  type RelationRow,
  relationsOf,
  rowsOf,
  type ScanRows,
} from "./scan-rows.ts";
import type { Tables } from "./tables.ts";

/** Rows of a statement: so much is sent at once, whatever an image has. */
const ROWS = 2_000;
/** Images whose evaluations are read at once. */
const IMAGES = 50;

export function scans(database: Database): Pick<ImageStore, "save" | "get" | "getMany"> {
  const getMany = async (keys: readonly ImageKey[]): Promise<ScannedImage[]> => {
    const found: ScannedImage[] = [];
    for (let at = 0; at < keys.length; at += IMAGES) {
      const some = keys.slice(at, at + IMAGES);
      found.push(
        ...(await asked(database, (kysely) => read(kysely, some), some.length > 1 ? LONG_MILLISECONDS : undefined)),
      );
    }
    return found;
  };
  return {
    save: async (image) => {
      const rows = rowsOf(image);
      await written(database, async (transaction, changes) => {
        const id = await imageId(transaction, image);
        // Held until the end, so that what it says of the rows stays true.
        const before = await sql<{ readonly contents: string }>`
          select contents from scan where image_id = ${id}::bigint for update`.execute(transaction);
        if (!(await saveScan(transaction, id, image, rows))) return;
        if (before.rows[0]?.contents !== rows.contents) await saveEvaluations(transaction, id, rows.evaluations);
        await saveRelations(transaction, id, rows.relations);
        changes.push(...changedImages([image]));
      });
    },
    get: async (key) => (await getMany([key]))[0],
    getMany,
  };
}

/** @returns false: what is stored is of a later scan */
async function saveScan(
  transaction: Transaction<Tables>,
  id: string,
  { scannedAt, databaseDigest, policyDigest, createdAt, evaluations }: ScannedImage,
  { shared, contents }: ScanRows,
): Promise<boolean> {
  const of = (verdict: string): number => evaluations.filter((each) => each.verdict === verdict).length;
  // Whoever comes second waits here for the first, whole.
  const { rows } = await sql`
    insert into scan (image_id, scanned_at, database_digest, policy_digest, created_at, failing, unknown, shared, contents)
    values (${id}::bigint, ${scannedAt}, ${databaseDigest}, ${policyDigest}, ${createdAt ?? null}::timestamptz,
      ${of("fail")}::int, ${of("unknown")}::int, ${shared}, ${contents})
    on conflict (image_id) do update set
      scanned_at = excluded.scanned_at, database_digest = excluded.database_digest, policy_digest = excluded.policy_digest,
      created_at = excluded.created_at, failing = excluded.failing, unknown = excluded.unknown, shared = excluded.shared,
      contents = excluded.contents
    where scan.scanned_at <= excluded.scanned_at
    returning 1 as saved`.execute(transaction);
  return rows.length > 0;
}

/** Only what differs is written; what the scan no longer has is taken away. */
async function saveEvaluations(
  transaction: Transaction<Tables>,
  id: string,
  evaluations: readonly EvaluationRow[],
): Promise<void> {
  const keys = evaluations.map(({ key }) => key);
  await sql`delete from evaluation where image_id = ${id}::bigint and key <> all (${keys}::text[])`.execute(
    transaction,
  );
  for (let at = 0; at < evaluations.length; at += ROWS) {
    const rows = evaluations.slice(at, at + ROWS);
    await sql`
      insert into evaluation (image_id, key, position, check_id, verdict, body)
      select ${id}::bigint, key, position, check_id, verdict::verdict, body
      from unnest(
        ${rows.map(({ key }) => key)}::text[], ${rows.map(({ position }) => position)}::int[],
        ${rows.map(({ checkId }) => checkId)}::text[], ${rows.map(({ verdict }) => verdict)}::text[],
        ${rows.map(({ body }) => body)}::text[]
      ) as given (key, position, check_id, verdict, body)
      on conflict (image_id, key) do update set
        position = excluded.position, check_id = excluded.check_id, verdict = excluded.verdict, body = excluded.body
      where (evaluation.position, evaluation.verdict, evaluation.body)
        is distinct from (excluded.position, excluded.verdict, excluded.body)`.execute(transaction);
  }
}

async function saveRelations(
  transaction: Transaction<Tables>,
  id: string,
  relations: readonly RelationRow[],
): Promise<void> {
  await sql`delete from relation where image_id = ${id}::bigint and position >= ${relations.length}::int`.execute(
    transaction,
  );
  if (relations.length === 0) return;
  await sql`
    insert into relation (image_id, position, type, from_kind, from_id, to_kind, to_id, body)
    select ${id}::bigint, nth - 1, type, from_kind, from_id, to_kind, to_id, body
    from unnest(
      ${relations.map(({ type }) => type)}::text[],
      ${relations.map(({ fromKind }) => fromKind)}::text[], ${relations.map(({ fromId }) => fromId)}::text[],
      ${relations.map(({ toKind }) => toKind)}::text[], ${relations.map(({ toId }) => toId)}::text[],
      ${relations.map(({ body }) => body)}::text[]
    ) with ordinality as given (type, from_kind, from_id, to_kind, to_id, body, nth)
    on conflict (image_id, position) do update set
      type = excluded.type, from_kind = excluded.from_kind, from_id = excluded.from_id,
      to_kind = excluded.to_kind, to_id = excluded.to_id, body = excluded.body
    where relation.body is distinct from excluded.body`.execute(transaction);
}

interface StoredScan {
  readonly repository: string;
  readonly digest: string;
  readonly scanned_at: Date;
  readonly database_digest: string;
  readonly policy_digest: string;
  readonly created_at: Date | null;
  readonly shared: string;
  readonly evaluations: string;
  readonly relations: string;
}

/** In one statement, so that what is read is of one scan. */
async function read(kysely: Kysely<Tables>, keys: readonly ImageKey[]): Promise<ScannedImage[]> {
  const { rows } = await sql<StoredScan>`
    select image.repository, image.digest, scan.scanned_at, scan.database_digest, scan.policy_digest, scan.created_at,
      scan.shared,
      '[' || coalesce((
        select string_agg(body, ',' order by position) from evaluation where evaluation.image_id = image.id
      ), '') || ']' as evaluations,
      '[' || coalesce((
        select string_agg(body, ',' order by position) from relation where relation.image_id = image.id
      ), '') || ']' as relations
    from unnest(
      ${keys.map(({ repository }) => repository)}::text[], ${keys.map(({ digest }) => digest)}::text[]
    ) with ordinality as asked (repository, digest, nth)
    join image on image.repository = asked.repository and image.digest = asked.digest
    join scan on scan.image_id = image.id
    order by nth`.execute(kysely);
  return rows.flatMap((row) => {
    const digest = parseDigest(row.digest);
    if (digest === undefined) return [];
    return {
      repository: row.repository,
      digest,
      scannedAt: row.scanned_at,
      databaseDigest: row.database_digest,
      policyDigest: row.policy_digest,
      evaluations: evaluationsOf(row.shared, row.evaluations),
      relations: relationsOf(row.relations),
      ...(row.created_at === null ? {} : { createdAt: row.created_at }),
    };
  });
}
