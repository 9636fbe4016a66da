/** Files that a run was still writing when it was killed: they stand beside what they were to become. */
import { randomBytes } from "node:crypto";
import { lstatSync, opendirSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { readClock } from "../../core/clock.ts";

/** Since it was last written to, of a process that is gone: containers that share a folder have numbers of their own. */
const GONE_MILLISECONDS = 60 * 1000;
/** The same, of whatever process has that number now. */
const OLD_MILLISECONDS = 60 * 60 * 1000;
/** Entries of a folder that are looked through. */
const ENTRIES = 10_000;
/** Of the name itself: a name has 255 bytes at most on the usual file systems. */
const NAME_CHARACTERS = 60;

/** A new name beside a file, for what is to take its place: `.report.json.4711.0f3a5c7e9b1d.new`. */
export function freshName(path: string): string {
  return join(dirname(path), `${prefixOf(path)}${process.pid}.${randomBytes(6).toString("hex")}.new`);
}

/** Removes what runs that are gone left beside a file. What cannot be read or removed stays. */
export function removeLeftovers(path: string): void {
  const prefix = prefixOf(path);
  try {
    const folder = opendirSync(dirname(path));
    try {
      for (let count = 0; count < ENTRIES; count++) {
        const name = folder.readSync()?.name;
        if (name === undefined) return;
        const own = name.startsWith(prefix) ? OWN.exec(name.slice(prefix.length)) : null;
        if (own === null) continue;
        const place = join(dirname(path), name);
        if (isAbandoned(place, Number(own[1]))) rmSync(place, { force: true });
      }
    } finally {
      folder.closeSync();
    }
  } catch {
    // Whoever writes the file itself says what is wrong with the folder.
  }
}

/** True of a file that a process was writing which is gone. */
export function isAbandoned(path: string, pid: number): boolean {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat?.isFile() !== true) return false;
  const age = readClock().getTime() - stat.mtimeMs;
  return age > OLD_MILLISECONDS || (age > GONE_MILLISECONDS && !isAlive(pid));
}

const OWN = /^(\d{1,10})\.[0-9a-f]{12}\.new$/;

function prefixOf(path: string): string {
  return `.${basename(path).slice(0, NAME_CHARACTERS)}.`;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
