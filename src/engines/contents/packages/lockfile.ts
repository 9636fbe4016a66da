import { parseJson } from "../../../core/parse-json.ts";
import { isEvidenceProblem, Problem } from "../../../core/problem.ts";
import { isObject } from "../../../core/untyped.ts";
import { bounds as formatsBounds } from "../../../formats/bounds.ts";
import type { Refuse } from "../../../formats/position.ts";
import type { XmlRules } from "../../../formats/xml/events.ts";
import type { Analyser } from "../analyser.ts";
import { bounds } from "../bounds.ts";
import type { FileFacts } from "../model.ts";
import type { JsonObject } from "./json.ts";

/** What tells one kind of lockfile from another. */
export interface LockfileFormat {
  readonly id: string;
  readonly version: number;
  readonly basenames?: readonly string[];
  readonly extensions?: readonly string[];
  /** Of a path whose base name or ending is one of those; absent wants all. */
  readonly wants?: (path: string) => boolean;
  /**
   * From the text, without a byte order mark. A text that breaks the format is refused with {@link brokenLockfile};
   * a broken entry is among what is unread.
   */
  readonly read: (text: string, path: string, companions: Companions) => FileFacts;
  /** Files that the text names and that are read with it, as paths from the root of the folder. */
  readonly includes?: (text: string, path: string) => readonly string[];
}

/** The text of a file that is read together with this one, by its path; undefined where it is not there. */
export type Companions = (path: string) => string | undefined;

/**
 * The analyser of a lockfile. Installed packages sometimes carry the lockfile of their own development, which their
 * installer never looks at: what lies in a folder of installed packages is not wanted.
 */
export function lockfile(format: LockfileFormat): Analyser {
  const { id, version, basenames, extensions, wants = () => true, includes, read } = format;
  return {
    id,
    version,
    evidence: "declared",
    ...(basenames === undefined ? {} : { basenames }),
    ...(extensions === undefined ? {} : { extensions }),
    maxBytes: bounds.lockfileBytes,
    wants: (path) => wants(path) && !isInstalled(path),
    ...(includes === undefined ? {} : { includes: ({ path, bytes }) => includes(lockfileText(bytes), path) }),
    analyse({ path, bytes, companions }) {
      const beside: Companions = (other) => {
        const content = companions.get(other);
        return content === undefined ? undefined : lockfileText(content);
      };
      return reading(() => read(lockfileText(bytes), path, beside));
    },
  };
}

/** Folders of installed packages, at any depth of a path. */
const INSTALLED: readonly string[] = ["node_modules/", "site-packages/", "dist-packages/"];

function isInstalled(path: string): boolean {
  return INSTALLED.some((folder) => path.startsWith(folder) || path.includes(`/${folder}`));
}

/** UTF-8, unless a byte order mark says UTF-16, as some editors write text files. */
export function lockfileText(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.toString("utf16le", 2);
  const text = bytes.toString("utf8");
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

function reading(read: () => FileFacts): FileFacts {
  try {
    return read();
  } catch (error) {
    if (!isEvidenceProblem(error)) throw error;
    return { kind: "unreadable", code: error.code, reason: `${error.place}: ${error.message}` };
  }
}

/**
 * @param place - the line or the key where it is
 * @param cause - what is wrong, without a full stop
 */
export function brokenLockfile(place: string, cause: string): Problem {
  return new Problem({ kind: "input", code: "contents.lockfile-broken", place, cause });
}

/** What the readers of formats throw for a lockfile. */
export const brokenAt: Refuse = ({ line }, cause) => brokenLockfile(`line ${line}`, cause);

/** Build tools take a document type, and what is not declared, as it comes. */
export const lockfileXml: XmlRules = { depth: formatsBounds.depth, foreignEntities: true, refuse: brokenAt };

/** The JSON object that a lockfile is. Of a repeated key the last counts. */
export function jsonObject(text: string): JsonObject {
  let value: unknown;
  try {
    value = parseJson(text);
  } catch {
    throw brokenLockfile("the file", "not JSON");
  }
  if (!isObject(value)) throw brokenLockfile("the file", "not a JSON object");
  return value;
}

/** The names of an object's fields; none where the value is no object. Spares huge objects a pair for each field. */
export function namesIn(value: unknown): string[] {
  return isObject(value) ? Object.keys(value) : [];
}
