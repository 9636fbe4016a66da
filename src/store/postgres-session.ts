/**
 * One connection that stays: what other processes tell is heard on it, and locks are held by it, so that both end with the process
 * or the connection.
 */
import type { Sql } from "postgres";
import { Problem } from "../core/problem.ts";
import type { Announcements } from "./changes.ts";
import type { Change } from "./model.ts";

export const CHANNEL = "bulkhead";

const HEARTBEAT_MILLISECONDS = 5_000;
const FIRST_PAUSE_MILLISECONDS = 100;
const LONGEST_PAUSE_MILLISECONDS = 5_000;

export interface Session {
  hold(name: string, lost: () => void): Promise<(() => Promise<void>) | undefined>;
  close(): Promise<void>;
}

export interface SessionEvents {
  readonly onnotify: (channel: string, payload: string) => void;
  readonly onclose: () => void;
}

interface Held {
  readonly name: string;
  readonly lost: () => void;
  isHeld: boolean;
  isLost: boolean;
}

/**
 * @param connect - of one connection
 * @param own - of the notifications that this process sent, which it has heard already
 */
export async function openSession(
  connect: (events: SessionEvents) => Sql,
  {
    place,
    own,
    announcements,
  }: { readonly place: string; readonly own: string; readonly announcements: Announcements },
): Promise<Session> {
  const held = new Map<string, Held>();
  let isClosing = false;
  let current: Sql | undefined;
  let retry: NodeJS.Timeout | undefined;
  let pause = FIRST_PAUSE_MILLISECONDS;

  const open = async (): Promise<void> => {
    const sql = connect({
      onnotify: (_, payload) => {
        if (sql === current) announcements.tell(changesIn(payload, own));
      },
      onclose: () => {
        if (sql === current) lose();
      },
    });
    try {
      await within(sql.unsafe(`listen ${CHANNEL}`), HEARTBEAT_MILLISECONDS);
    } catch (error) {
      sql.end({ timeout: 0 }).catch(() => {});
      throw error;
    }
    if (isClosing) await sql.end({ timeout: 0 });
    else current = sql;
  };
  const lose = (): void => {
    const sql = current;
    current = undefined;
    sql?.end({ timeout: 0 }).catch(() => {});
    const all = [...held.values()];
    held.clear();
    for (const each of all) each.isLost = true;
    if (isClosing) return;
    for (const { isHeld, lost } of all) if (isHeld) lost();
    announcements.tell([{ kind: "unknown" }]);
    again();
  };
  const again = (): void => {
    clearTimeout(retry);
    retry = setTimeout(() => {
      open().then(
        () => {
          pause = FIRST_PAUSE_MILLISECONDS;
          // What was told in between nobody heard.
          announcements.tell([{ kind: "unknown" }]);
        },
        () => {
          pause = Math.min(2 * pause, LONGEST_PAUSE_MILLISECONDS);
          if (!isClosing) again();
        },
      );
    }, pause).unref();
  };
  // A connection whose other end is gone without a word is as silent as one on which nothing happens.
  const heartbeat = setInterval(() => {
    const sql = current;
    if (sql === undefined) return;
    within(sql.unsafe("select 1"), HEARTBEAT_MILLISECONDS).catch(() => {
      if (sql === current) lose();
    });
  }, HEARTBEAT_MILLISECONDS).unref();
  await open().catch((error: unknown) => {
    clearInterval(heartbeat);
    throw error;
  });

  return {
    hold: async (name, lost) => {
      const sql = current;
      if (sql === undefined) throw away(place);
      if (held.has(name)) return undefined;
      const entry: Held = { name, lost, isHeld: false, isLost: false };
      held.set(name, entry);
      try {
        const [row] = await sql.unsafe("select pg_try_advisory_lock(hashtextextended($1, 0)) as held", [lockOf(name)]);
        entry.isHeld = row?.held === true;
      } catch (error) {
        if (held.get(name) === entry) held.delete(name);
        throw error;
      }
      if (entry.isLost) throw away(place);
      if (!entry.isHeld) {
        held.delete(name);
        return undefined;
      }
      return async () => {
        if (held.get(name) !== entry) return;
        held.delete(name);
        await sql
          .unsafe("select pg_advisory_unlock(hashtextextended($1, 0))", [lockOf(name)])
          .catch((error: unknown) => {
            // With the connection it is given back as well.
            if (sql === current) throw error;
          });
      };
    },
    close: async () => {
      isClosing = true;
      clearInterval(heartbeat);
      clearTimeout(retry);
      const sql = current;
      current = undefined;
      held.clear();
      await sql?.end({ timeout: 0 });
    },
  };
}

/** What {@link changesIn} reads: one change, and who says so. */
export function payloadOf(change: Change, own: string): string {
  return JSON.stringify([own, change]);
}

function changesIn(payload: string, own: string): readonly Change[] {
  try {
    const [from, change] = JSON.parse(payload) as [string, Change];
    return from === own ? [] : [change];
  } catch {
    // Not of ours, or of a release to come.
    return [{ kind: "unknown" }];
  }
}

/** Locks of the database are numbers that all its programs share. */
function lockOf(name: string): string {
  return `bulkhead ${name}`;
}

function away(place: string): Problem {
  return new Problem({
    kind: "unavailable",
    code: "store.unavailable",
    place,
    cause: "the connection that holds locks was lost",
  });
}

async function within<T>(promise: Promise<T>, milliseconds: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  try {
    return await Promise.race([
      promise,
      new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error("no answer in time")), milliseconds);
      }),
    ]);
  } finally {
    clearTimeout(timer);
  }
}
