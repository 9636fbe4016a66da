import { isEvidenceProblem } from "../../../../core/problem.ts";
import type { AnalysedFile, Analyser } from "../../analyser.ts";
import { bounds } from "../../bounds.ts";
import type { FileFacts, PackageRecord } from "../../model.ts";
import { identityOf, isDeclaredText } from "../identity.ts";
import { unreadEntries } from "../unread.ts";
import { readBerkeley } from "./berkeley.ts";
import { readRpmHeader } from "./header.ts";
import { readNdb } from "./ndb.ts";
import { checkRpmSchema } from "./schema.ts";
import { sourceOf } from "./source.ts";
import { openSqlite } from "./sqlite.ts";

/** Where rpm keeps its database: of old, on SUSE and newer Fedora, and under rpm-ostree. */
const FOLDERS: ReadonlySet<string> = new Set(["var/lib/rpm", "usr/lib/sysimage/rpm", "usr/share/rpm"]);

const SQLITE = "rpmdb.sqlite";
const LOG = `${SQLITE}-wal`;
const JOURNAL = `${SQLITE}-journal`;
const BERKELEY = "Packages";
const NDB = "Packages.db";

/**
 * The installed packages of rpm. `gpg-pubkey` entries are the keys that rpm trusts, kept in the same table; they have
 * no files and are left out.
 */
export const rpm: Analyser = {
  id: "rpm",
  version: 3,
  evidence: "installed",
  basenames: [SQLITE, LOG, JOURNAL, BERKELEY, NDB],
  maxBytes: bounds.wantedFileBytes,
  wants: (path) => FOLDERS.has(path.slice(0, Math.max(0, path.lastIndexOf("/")))),
  companions(path) {
    const folder = path.slice(0, path.lastIndexOf("/") + 1);
    if (path.endsWith(`/${SQLITE}`)) return [folder + LOG, folder + JOURNAL];
    if (path.endsWith(`/${LOG}`) || path.endsWith(`/${JOURNAL}`)) return [folder + SQLITE];
    return [];
  },
  analyse,
};

function analyse(file: AnalysedFile): FileFacts {
  const name = file.path.slice(file.path.lastIndexOf("/") + 1);
  const folder = file.path.slice(0, file.path.length - name.length);
  if (name === LOG || name === JOURNAL) return analyseLog(file, folder + SQLITE);
  if (name === BERKELEY || name === NDB) return analyseEntries(rpmHeaders(file));
  const journal = file.companions.get(folder + JOURNAL);
  const faults = journal !== undefined && isHot(journal) ? ["a transaction on it was not finished"] : [];
  // SQLite looks for the log where the file really is.
  if (!FOLDERS.has(folder.slice(0, -1))) faults.push("reached by a link, and a log beside it is not read");
  return analyseEntries(rpmHeaders(file), faults);
}

/**
 * The header of each package in a database of any of rpm's formats.
 *
 * @throws Problem of the format's reader, kind input
 */
export function rpmHeaders({ path, bytes, companions }: AnalysedFile): Iterable<Entry> {
  const name = path.slice(path.lastIndexOf("/") + 1);
  if (name === BERKELEY) return headersInBerkeley(bytes);
  if (name === NDB) return readNdb(bytes);
  return headersInSqlite(bytes, companions.get(path.slice(0, path.length - name.length) + LOG));
}

/**
 * A log or journal in the layer of its database is read with it. One alone changes a database that a lower layer
 * wrote, which neither layer's facts can show: that it is there is the fact.
 */
function analyseLog({ path, bytes, companions }: AnalysedFile, database: string): FileFacts {
  const changes = path.endsWith(JOURNAL) ? isHot(bytes) : bytes.length > 0;
  if (!changes || companions.has(database)) return { kind: "packages", packages: [], unread: [] };
  return {
    kind: "unreadable",
    code: "contents.rpm-log-alone",
    reason: "changes a database that a lower layer holds",
  };
}

/** "The Rollback Journal": one that begins with its magic is hot, its database is in the middle of a change. */
function isHot(journal: Buffer): boolean {
  return journal.subarray(0, JOURNAL_MAGIC.length).equals(JOURNAL_MAGIC);
}

const JOURNAL_MAGIC = Buffer.from("d9d505f920a163d7", "hex");

/** The blob of one package's header, or why there is none, as the end of a sentence about it. */
type Entry = Buffer | { readonly fault: string };

/** The table `Packages`: hnum INTEGER PRIMARY KEY, blob BLOB. */
function* headersInSqlite(bytes: Buffer, log: Buffer | undefined): Generator<Entry> {
  const database = openSqlite(bytes, log);
  checkRpmSchema(database.schema());
  for (const [, blob] of database.rows("Packages")) {
    yield Buffer.isBuffer(blob) ? blob : { fault: "is not a blob" };
  }
}

/** Keys are the packages' numbers, of which 0 stands for the counter that the next one is taken from. */
function* headersInBerkeley(bytes: Buffer): Generator<Entry> {
  for (const { key, data } of readBerkeley(bytes)) if (!key.equals(COUNTER_KEY)) yield data;
}

const COUNTER_KEY = Buffer.alloc(4);

function analyseEntries(entries: Iterable<Entry>, faults: readonly string[] = []): FileFacts {
  const packages: PackageRecord[] = [];
  const unread = unreadEntries();
  try {
    let count = 0;
    for (const entry of entries) {
      if (++count > bounds.packages) {
        unread.add(`more than ${bounds.packages} packages`);
        break;
      }
      const read = Buffer.isBuffer(entry) ? readPackage(entry) : entry;
      if ("fault" in read) unread.add(`a header ${read.fault}`);
      else if (read.name !== "gpg-pubkey") packages.push(read);
    }
  } catch (error) {
    if (!isEvidenceProblem(error)) throw error;
    if (packages.length === 0) {
      return { kind: "unreadable", code: "contents.rpm-database-broken", reason: `${error.place}: ${error.message}` };
    }
    unread.add(`${error.place}: ${error.message}`);
  }
  for (const fault of faults) unread.add(fault);
  return { kind: "packages", packages, unread: unread.sentences() };
}

function readPackage(blob: Buffer): PackageRecord | { readonly fault: string } {
  try {
    const header = readRpmHeader(blob);
    if (header.release === undefined)
      return { fault: `(${header.name ?? ""}) states no release`.slice(0, bounds.packageNameLength) };
    const epoch = header.epoch === undefined ? "" : `${header.epoch}:`;
    const identity = identityOf(header.name, header.version && `${epoch}${header.version}-${header.release}`);
    if ("fault" in identity) return identity;
    return {
      type: "rpm",
      ...identity,
      ...(isDeclaredText(header.architecture) ? { architecture: header.architecture } : {}),
      licenses: isDeclaredText(header.license) ? [header.license] : [],
      source: sourceOf(header.sourceRpm, identity.name, `${header.version}-${header.release}`),
      ...(isDeclaredText(header.modularityLabel) ? { module: header.modularityLabel } : {}),
      ...(isDeclaredText(header.vendor) ? { supplier: header.vendor } : {}),
      ...(header.owns === undefined ? {} : { owns: header.owns }),
    };
  } catch (error) {
    if (!isEvidenceProblem(error)) throw error;
    return { fault: `cannot be read: ${error.message}` };
  }
}
