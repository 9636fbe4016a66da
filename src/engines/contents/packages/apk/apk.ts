import type { AnalysedFile, Analyser } from "../../analyser.ts";
import { bounds } from "../../bounds.ts";
import type { FileFacts, PackageRecord } from "../../model.ts";
import { base64Hash } from "../hashes.ts";
import { identityOf, isDeclaredText } from "../identity.ts";
import { neededNames, type StatedNeeds, withNeeds } from "../needs.ts";
import { canDeclare } from "../ownership.ts";
import { unreadEntries } from "../unread.ts";

/** Newer releases keep the database under usr; one that moved has a symlink in the old place. */
const DATABASES: ReadonlySet<string> = new Set([
  ...["lib/apk/db/installed", "usr/lib/apk/db/installed"],
  // A second layer of installed packages, on volumes of a device: apk lists both as one.
  ...["lib/apk/db-uvol/installed", "usr/lib/apk/db-uvol/installed"],
]);

/** The installed packages of apk (apk-package(5), "installed database"). Everything in it is installed. */
export const apk: Analyser = {
  id: "apk",
  version: 3,
  evidence: "installed",
  basenames: ["installed"],
  maxBytes: bounds.wantedFileBytes,
  wants: (path) => DATABASES.has(path),
  analyse,
};

const NEWLINE = 0x0a;
const COLON = 0x3a;

/** The fields wanted of an entry, by their letter's code. */
const FIELDS = {
  name: letter("P"),
  version: letter("V"),
  architecture: letter("A"),
  license: letter("L"),
  origin: letter("o"),
  maintainer: letter("m"),
  depends: letter("D"),
  provides: letter("p"),
  checksum: letter("C"),
} as const;
type Field = keyof typeof FIELDS;
const FIELD_OF: ReadonlyMap<number, Field> = new Map(
  (Object.entries(FIELDS) as [Field, number][]).map(([field, code]) => [code, field]),
);

/** Files follow their folder's line, and a mode its file's where it is not 644. */
const FOLDER = letter("F");
const FILE = letter("R");
const FILE_MODE = letter("a");

function letter(text: string): number {
  return text.charCodeAt(0);
}

/** An entry while it is read. */
interface Entry {
  /** Of its first field, from 1. */
  readonly line: number;
  readonly fields: Partial<Record<Field, string>>;
  /** The folder that the next files are in, and the file that the next mode is of. */
  folder: string;
  file?: string;
  /** Of its files, those that may declare other packages. */
  readonly owns: string[];
  fault?: string;
}

function analyse({ bytes }: AnalysedFile): FileFacts {
  const packages: PackageRecord[] = [];
  const stated: StatedNeeds[] = [];
  const unread = unreadEntries();
  let entries = 0;
  let entry: Entry | undefined;
  let line = 0;
  let start = 0;
  const finish = (finished: Entry) => {
    finishFile(finished, false);
    const read = finished.fault ?? recordOf(finished);
    if (typeof read === "string") unread.add(`the entry at line ${finished.line} ${read}`);
    else {
      packages.push(read);
      const { depends, provides } = finished.fields;
      stated.push({ name: read.name, needs: namesOf(depends).map((name) => [name]), provides: namesOf(provides) });
    }
  };

  // Many lines are of no interest (M, Z and more): they are passed over by their first two bytes.
  while (start < bytes.length) {
    line += 1;
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline < 0 ? bytes.length : newline;
    if (start === end) {
      if (entry !== undefined) finish(entry);
      entry = undefined;
    } else {
      if (entry === undefined) {
        if (++entries > bounds.packages) {
          unread.add(`more than ${bounds.packages} entries`);
          break;
        }
        entry = { line, fields: {}, folder: "", owns: [] };
      }
      if (bytes[start + 1] !== COLON) {
        entry.fault ??= `has no field in line ${line}`;
      } else if (bytes[start] === FOLDER) {
        finishFile(entry, false);
        entry.folder = bytes.toString("utf8", start + 2, end);
      } else if (bytes[start] === FILE) {
        finishFile(entry, false);
        const name = bytes.toString("utf8", start + 2, end);
        entry.file = entry.folder === "" ? name : `${entry.folder}/${name}`;
      } else if (bytes[start] === FILE_MODE) {
        finishFile(entry, isExecutable(bytes.toString("latin1", start + 2, end)));
      } else {
        const field = FIELD_OF.get(bytes[start] as number);
        if (field !== undefined) {
          if (entry.fields[field] !== undefined) entry.fault ??= `states its ${field} twice in line ${line}`;
          // White space belongs to a name and a version; with it they are none.
          const value = bytes.toString("utf8", start + 2, end);
          entry.fields[field] = field === "name" || field === "version" ? value : value.trim();
        }
      }
    }
    start = end + 1;
  }
  if (entry !== undefined) finish(entry);
  if (bytes.length > 0 && bytes.at(-1) !== NEWLINE) unread.add("it ends in the middle of a line");
  const needs = neededNames(stated);
  return {
    kind: "packages",
    packages: packages.map((item, i) => withNeeds(item, needs[i])),
    unread: unread.sentences(),
  };
}

/** Keeps the file read last, now that its mode is known or none was stated. */
function finishFile(entry: Entry, executable: boolean): void {
  const { file, owns } = entry;
  if (file !== undefined && owns.length < bounds.ownedFiles && canDeclare(file, executable)) owns.push(file);
  delete entry.file;
}

/** `user:group:mode`, the mode in octal. */
function isExecutable(access: string): boolean {
  return (Number.parseInt(access.split(":", 3)[2] ?? "", 8) & 0o111) !== 0;
}

/** The package, or what is wrong with it. */
function recordOf({ fields, owns }: Entry): PackageRecord | string {
  const { name, version, architecture, license, origin, maintainer, checksum } = fields;
  const identity = identityOf(name, version);
  if ("fault" in identity) return identity.fault;
  return {
    type: "apk",
    ...identity,
    ...(isDeclaredText(architecture) ? { architecture } : {}),
    licenses: isDeclaredText(license) ? [license] : [],
    source: { name: isDeclaredText(origin) ? origin : identity.name, version: identity.version },
    ...(isDeclaredText(maintainer) ? { supplier: maintainer } : {}),
    ...controlHash(checksum),
    ...(owns.length === 0 ? {} : { owns: owns.sort() }),
  };
}

/**
 * Names of a list of dependencies or of what is provided (apk-package(5)): `so:libc.so.1`, `busybox>=1.36`, `cmd:sh=1-r0`,
 * `name@tag`. `!name` is a conflict and none of them.
 */
function namesOf(list: string | undefined): string[] {
  if (list === undefined) return [];
  return list.split(" ").flatMap((entry) => {
    if (entry === "" || entry.startsWith("!")) return [];
    const end = entry.search(/[<>=~@]/);
    const name = end < 0 ? entry : entry.slice(0, end);
    return name === "" || name.includes("|") ? [] : [name];
  });
}

/** `Q1` and base64: the SHA-1 of the package's control data, which holds the SHA-256 of its files (apk-package(5)). */
function controlHash(checksum: string | undefined): Pick<PackageRecord, "hashes"> {
  return checksum?.startsWith("Q1") === true ? base64Hash("sha1", checksum.slice(2)) : {};
}
