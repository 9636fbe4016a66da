import { bounds } from "../../../../core/bounds.ts";
import { isEvidenceProblem } from "../../../../core/problem.ts";
import type { AnalysedFile, Analyser } from "../../analyser.ts";
import type { FileFacts, PackageRecord } from "../../model.ts";
import { identityOf, isDeclaredText } from "../identity.ts";
import { unreadEntries } from "../unread.ts";
import { readRpmHeader } from "./header.ts";
import { openSqlite } from "./sqlite.ts";

/** Where rpm keeps its database: of old, on SUSE and newer Fedora, and under rpm-ostree. */
const FOLDERS: ReadonlySet<string> = new Set(["var/lib/rpm", "usr/lib/sysimage/rpm", "usr/share/rpm"]);

const SQLITE = "rpmdb.sqlite";
const LOG = `${SQLITE}-wal`;
const JOURNAL = `${SQLITE}-journal`;
/** Formats that are recognised, so that an image that has one is *unknown* and not empty. */
const UNSUPPORTED: ReadonlyMap<string, string> = new Map([
  ["Packages", "BerkeleyDB"],
  ["Packages.db", "NDB"],
]);

/**
 * The installed packages of rpm. `gpg-pubkey` entries are the keys that rpm trusts, kept in the same table; they have
 * no files and are left out.
 */
export const rpm: Analyser = {
  id: "rpm",
  version: 1,
  basenames: [SQLITE, LOG, JOURNAL, ...UNSUPPORTED.keys()],
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
  const format = UNSUPPORTED.get(name);
  if (format !== undefined) {
    return {
      kind: "unreadable",
      code: "contents.rpm-format-unsupported",
      reason: `rpm databases in ${format} format are not read yet`,
    };
  }
  return analyseSqlite(file.bytes, file.companions.get(folder + LOG), file.companions.get(folder + JOURNAL));
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
    reason: "it changes a database that a lower layer holds",
  };
}

/** "The Rollback Journal": one that begins with its magic is hot, its database is in the middle of a change. */
function isHot(journal: Buffer): boolean {
  return journal.subarray(0, JOURNAL_MAGIC.length).equals(JOURNAL_MAGIC);
}

const JOURNAL_MAGIC = Buffer.from("d9d505f920a163d7", "hex");

function analyseSqlite(bytes: Buffer, log: Buffer | undefined, journal: Buffer | undefined): FileFacts {
  const packages: PackageRecord[] = [];
  const unread = unreadEntries();
  try {
    let rows = 0;
    for (const row of openSqlite(bytes, log).rows("Packages")) {
      if (++rows > bounds.packages) {
        unread.add(`it has more than ${bounds.packages} packages`);
        break;
      }
      // hnum INTEGER PRIMARY KEY, blob BLOB
      const read = readPackage(row[1]);
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
  if (journal !== undefined && isHot(journal)) unread.add("a transaction on it was not finished");
  return { kind: "packages", packages, unread: unread.sentences() };
}

function readPackage(blob: unknown): PackageRecord | { readonly fault: string } {
  if (!Buffer.isBuffer(blob)) return { fault: "is no blob" };
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
    };
  } catch (error) {
    if (!isEvidenceProblem(error)) throw error;
    return { fault: `cannot be read: ${error.message}` };
  }
}

/** `NAME-VERSION-RELEASE.src.rpm` (or `.nosrc.rpm`); neither version nor release may hold a dash. */
function sourceOf(file: string | undefined, name: string, version: string): { name: string; version: string } {
  if (!isDeclaredText(file)) return { name, version };
  const stem = file.replace(/\.(?:no)?src\.rpm$/, "");
  const release = stem.lastIndexOf("-");
  const start = stem.lastIndexOf("-", release - 1);
  if (stem === file || release <= 0 || start <= 0) return { name, version };
  return { name: stem.slice(0, start), version: stem.slice(start + 1) };
}
