/** One database as the parts of the store use it, whichever it is. */
import { type Kysely, sql, type Transaction } from "kysely";
import type { Announcements } from "./changes.ts";
import { busy, storeProblem, timedOut } from "./failures.ts";
import type { Change } from "./model.ts";
import type { Tables } from "./tables.ts";

export interface Database {
  readonly kysely: Kysely<Tables>;
  /** For messages: no password is in it. */
  readonly place: string;
  readonly announcements: Announcements;
  /** Questions that were asked and not answered yet. */
  readonly asking: { count: number };
  /** What is told to other processes when the transaction is committed; undefined: there are none. */
  readonly announce?: (transaction: Transaction<Tables>, changes: readonly Change[]) => Promise<void>;
  /** Of a lock that ends with this process; undefined: another process holds it. */
  hold(name: string, lost: () => void): Promise<(() => Promise<void>) | undefined>;
  close(): Promise<void>;
}

/** How long an answer is waited for. What reads one image is asked by gates, whose clients wait. */
export const ANSWER_MILLISECONDS = 5_000;
export const LONG_MILLISECONDS = 60_000;

/** More than any guard asks at once: a database that hangs is not asked more. */
const MAX_ASKING = 2_000;

/** @throws {Problem} `store.*` */
export async function asked<T>(
  { place, kysely, asking }: Pick<Database, "place" | "kysely" | "asking">,
  ask: (kysely: Kysely<Tables>) => Promise<T>,
  milliseconds = ANSWER_MILLISECONDS,
): Promise<T> {
  if (asking.count >= MAX_ASKING) throw busy(place, asking.count);
  asking.count++;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(timedOut(place, milliseconds)), milliseconds);
  });
  const answer = ask(kysely).finally(() => {
    asking.count--;
  });
  // What comes after the time is up is nobody's.
  answer.catch(() => {});
  try {
    return await Promise.race([answer, late]);
  } catch (error) {
    throw storeProblem(error, place);
  } finally {
    clearTimeout(timer);
  }
}

/** In one transaction; what changed is told when it is committed. */
export async function written<T>(
  database: Database,
  write: (transaction: Transaction<Tables>, changes: Change[]) => Promise<T>,
  milliseconds = LONG_MILLISECONDS,
): Promise<T> {
  return asked(
    database,
    async (kysely) => {
      const changes: Change[] = [];
      const result = await kysely.transaction().execute(async (transaction) => {
        const value = await write(transaction, changes);
        if (changes.length > 0) await database.announce?.(transaction, changes);
        return value;
      });
      // Also where nobody waits for it any more.
      database.announcements.tell(changes);
      return result;
    },
    milliseconds,
  );
}

/** The identity of an image, made where there is none. Until the transaction ends nobody else writes about the image. */
export async function imageId(
  transaction: Transaction<Tables>,
  { repository, digest }: { readonly repository: string; readonly digest: string },
): Promise<string> {
  const select = () =>
    sql<{
      readonly id: string;
    }>`select id::text as id from image where repository = ${repository} and digest = ${digest}`
      .execute(transaction)
      .then(({ rows }) => rows[0]?.id);
  const found = await select();
  if (found !== undefined) return found;
  await sql`insert into image (repository, digest) values (${repository}, ${digest}) on conflict do nothing`.execute(
    transaction,
  );
  const made = await select();
  if (made === undefined) throw new Error("an image that was inserted is not there");
  return made;
}
