/** Adds up what single files gave. */

import { append } from "../../core/append.ts";
import type { Gap } from "../../core/evidence.ts";
import { bounds as secretsBounds } from "../../engines/secrets/bounds.ts";
import type { LeftOut, SecretFact, SecretsFound } from "../../engines/secrets/model.ts";
import type { FileSecrets } from "../../engines/secrets/stream.ts";

export interface Accumulator {
  /** @param left - what of it was not looked at */
  file(path: string, bytes: number, secrets: FileSecrets, left?: Omit<LeftOut, "files">): void;
  /** Files in which nothing was found. */
  quiet(files: number, bytes: number): void;
  unread(path: string, cause: string): void;
  /** An archive, or a part of one, that was not read. */
  archive(path: string, cause: string): void;
  gap(gap: Gap): void;
  files(): number;
  finish(): { readonly found: SecretsFound; readonly gaps: readonly Gap[] };
}

/** @param place - the whole, for reports */
export function createAccumulator(place: string): Accumulator {
  const secrets: SecretFact[] = [];
  let files = 0;
  let bytes = 0;
  let omitted = 0;
  let unread = 0;
  let firstUnread = "";
  let firstOmitted = "";
  const closed = new Set<string>();
  let firstClosed = "";
  const gaps: Gap[] = [];
  const left = new Map<string, LeftOut>();
  return {
    file(path, size, found, part) {
      files += 1;
      bytes += size;
      if (part !== undefined) addLeft(left, { ...part, files: 1 });
      const room = Math.max(0, secretsBounds.secretsOfAsset - secrets.length);
      const over = found.omitted + Math.max(0, found.secrets.length - room);
      append(secrets, found.secrets.slice(0, room));
      if (over > 0 && omitted === 0) firstOmitted = path;
      omitted += over;
    },
    quiet(count, size) {
      files += count;
      bytes += size;
    },
    unread(path, cause) {
      if (unread === 0) firstUnread = `${path}: ${cause}`;
      unread += 1;
    },
    archive(path, cause) {
      if (closed.size === 0) firstClosed = `${path}: ${cause}`;
      // Its parts count as one.
      closed.add(path.split("!", 1)[0] as string);
    },
    gap: (gap) => gaps.push(gap),
    files: () => files,
    finish() {
      if (unread > 0) {
        const what = unread === 1 ? "one file or directory" : `${unread} files or directories`;
        gaps.push({ code: "secrets.unreadable", reason: `${place}: ${what} could not be read, first ${firstUnread}` });
      }
      if (closed.size > 0) {
        const what = closed.size === 1 ? "an archive was" : `${closed.size} archives were`;
        gaps.push({ code: "secrets.archive", reason: `${place}: ${what} not read whole, first ${firstClosed}` });
      }
      if (omitted > 0) {
        gaps.push({
          code: "secrets.too-many",
          reason: `${place}: ${omitted} more places that look like secrets were not recorded, first in ${firstOmitted}`,
        });
      }
      return { found: { secrets, files, bytes, ...leftIn(left) }, gaps };
    },
  };
}

/** Adds up what was left out, by its reason. */
function addLeft(to: Map<string, LeftOut>, { what, files, bytes }: LeftOut): void {
  const before = to.get(what);
  to.set(what, { what, files: (before?.files ?? 0) + files, bytes: (before?.bytes ?? 0) + bytes });
}

/** What was left out of several parts, each reason once; none where nothing was. */
export function leftOfAll(parts: readonly SecretsFound[]): Pick<SecretsFound, "left"> {
  const all = new Map<string, LeftOut>();
  for (const { left = [] } of parts) for (const each of left) addLeft(all, each);
  return leftIn(all);
}

function leftIn(all: ReadonlyMap<string, LeftOut>): Pick<SecretsFound, "left"> {
  return all.size === 0 ? {} : { left: [...all.values()] };
}
