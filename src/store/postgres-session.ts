/**
 * One connection that stays: what other processes tell is heard on it, and locks are held by it, so that both end with the process
 * or the connection.
 */
import { parseJson } from "../core/parse-json.ts";
import type { Announcements } from "./changes.ts";
import type { Change } from "./model.ts";
import { type Client, type ClientEvents, connectionLost } from "./postgres-client.ts";

export const CHANNEL = "bulkhead";

const HEARTBEAT_MILLISECONDS = 5_000;
const FIRST_PAUSE_MILLISECONDS = 100;
const LONGEST_PAUSE_MILLISECONDS = 5_000;

export interface Session {
  hold(name: string, lost: () => void): Promise<(() => Promise<void>) | undefined>;
  close(): void;
}

interface Held {
  readonly client: Client;
  readonly lost: () => void;
  isHeld: boolean;
}

interface SessionOptions {
  readonly place: string;
  /** Who sends: notifications of our own were told already. */
  readonly own: string;
  readonly announcements: Announcements;
}

/** @throws what the driver throws, where there is no connection at first; later it is tried again and again */
export async function openSession(
  open: (events: ClientEvents) => Client,
  { place, own, announcements }: SessionOptions,
): Promise<Session> {
  const held = new Map<string, Held>();
  let isClosing = false;
  let current: Client | undefined;
  let retry: NodeJS.Timeout | undefined;
  let pause = FIRST_PAUSE_MILLISECONDS;

  const connect = async (): Promise<void> => {
    const client = open({
      notified: (payload) => {
        if (client === current) announcements.tell(changesIn(payload, own));
      },
      lost: () => {
        if (client === current) lose(client);
      },
    });
    try {
      await client.query(`listen ${CHANNEL}`, [], HEARTBEAT_MILLISECONDS);
      if (!client.isOpen) throw connectionLost(place);
    } catch (error) {
      client.end();
      throw error;
    }
    if (isClosing) client.end();
    else current = client;
  };
  const lose = (client: Client): void => {
    current = undefined;
    client.end();
    if (isClosing) return;
    const all = [...held.values()];
    held.clear();
    for (const { isHeld, lost } of all) if (isHeld) lost();
    announcements.tell([{ kind: "unknown" }]);
    again();
  };
  const again = (): void => {
    clearTimeout(retry);
    retry = setTimeout(() => {
      connect().then(
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
  await connect();
  // A connection whose other end is gone without a word is as silent as one on which nothing happens.
  const heartbeat = setInterval(() => {
    current?.query("select 1", [], HEARTBEAT_MILLISECONDS).catch(() => {});
  }, HEARTBEAT_MILLISECONDS).unref();

  return {
    hold: async (name, lost) => {
      const client = current;
      if (client === undefined) throw connectionLost(place);
      if (held.has(name)) return undefined;
      const entry: Held = { client, lost, isHeld: false };
      const isOurs = (): boolean => held.get(name) === entry;
      held.set(name, entry);
      try {
        const { rows } = await client.query("select pg_try_advisory_lock(hashtextextended($1, 0)) as held", [
          lockOf(name),
        ]);
        if (!isOurs()) throw connectionLost(place);
        entry.isHeld = rows[0]?.held === true;
      } catch (error) {
        if (isOurs()) held.delete(name);
        throw error;
      }
      if (!entry.isHeld) {
        held.delete(name);
        return undefined;
      }
      return async () => {
        if (!isOurs()) return;
        held.delete(name);
        await client
          .query("select pg_advisory_unlock(hashtextextended($1, 0))", [lockOf(name)])
          .catch((error: unknown) => {
            // With the connection it is given back as well.
            if (client.isOpen) throw error;
          });
      };
    },
    close: () => {
      isClosing = true;
      clearInterval(heartbeat);
      clearTimeout(retry);
      current?.end();
      current = undefined;
      held.clear();
    },
  };
}

/** What {@link changesIn} reads: one change, and who says so. */
export function payloadOf(change: Change, own: string): string {
  return JSON.stringify([own, change]);
}

function changesIn(payload: string, own: string): readonly Change[] {
  try {
    const [from, change] = parseJson(payload) as [string, Change];
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
