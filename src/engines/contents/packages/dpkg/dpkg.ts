import type { AnalysedFile, Analyser } from "../../analyser.ts";
import { bounds } from "../../bounds.ts";
import type { FileFacts, PackageRecord } from "../../model.ts";
import { identityOf, isDeclaredText } from "../identity.ts";
import { neededNames, type StatedNeeds, withNeeds, writtenNeeds } from "../needs.ts";
import { unreadEntries } from "../unread.ts";
import { END_OF_FILE, readStanzas } from "./deb822.ts";

const STATUS = "var/lib/dpkg/status";
const STATUS_FOLDER = "var/lib/dpkg/status.d";
/** Changes that dpkg had not written into its status file yet, in files with numbers for names: it reads them after it. */
const UPDATES_FOLDER = "var/lib/dpkg/updates";

type Source = NonNullable<PackageRecord["source"]>;

const FIELDS = [
  ...(["package", "status", "version", "architecture", "source", "maintainer"] as const),
  ...(["pre-depends", "depends", "provides"] as const),
  // Obsolete, but dpkg still replaces a part of the version by them.
  ...(["revision", "package-revision", "package_revision"] as const),
] as const;
const ONE_LINE: ReadonlySet<string> = new Set(["package", "status", "version", "architecture", "source"]);

/**
 * The installed packages of dpkg: its status file with the updates to it, and the single stanzas of distroless images,
 * which have no Status field because nothing but an image builder ever installed them. dpkg does not record licences
 * there. What an update changes is listed as both say: apt reads the status file alone.
 */
export const dpkg: Analyser = {
  id: "dpkg",
  version: 3,
  evidence: "installed",
  basenames: ["status"],
  directories: [STATUS_FOLDER, UPDATES_FOLDER],
  maxBytes: bounds.wantedFileBytes,
  wants: (path) => path === STATUS || isStatusPart(path) || isUpdate(path),
  analyse,
};

/** `status.d/NAME`, beside which there is a `NAME.md5sums` with the digests of its files. */
function isStatusPart(path: string): boolean {
  return path.lastIndexOf("/") === STATUS_FOLDER.length && path.startsWith(STATUS_FOLDER) && !path.endsWith(".md5sums");
}

function isUpdate(path: string): boolean {
  return path.startsWith(`${UPDATES_FOLDER}/`) && /^[0-9]+$/.test(path.slice(UPDATES_FOLDER.length + 1));
}

function analyse({ path, bytes }: AnalysedFile): FileFacts {
  const packages: PackageRecord[] = [];
  const stated: StatedNeeds[] = [];
  const unread = unreadEntries();
  const statusStated = !isStatusPart(path);
  let stanzas = 0;
  for (const { line, values, fault } of readStanzas(bytes, FIELDS, ONE_LINE)) {
    if (++stanzas > bounds.packages) {
      unread.add(`more than ${bounds.packages} stanzas`);
      break;
    }
    const [written, status, version, architecture, source, maintainer, preDepends, depends, provides, ...revisions] =
      values;
    // dpkg keeps names in lower case, whatever is written.
    const name = written?.toLowerCase();
    const wrong =
      fault ??
      statusFault(name, status, statusStated) ??
      (revisions.some((revision) => revision !== undefined && revision !== "")
        ? "states its revision apart"
        : undefined);
    if (wrong !== undefined) {
      unread.add(`the stanza at line ${line} ${wrong}`);
      continue;
    }
    if (status !== undefined && stateOf(status) !== "installed") continue;
    const identity = identityOf(name, version);
    if ("fault" in identity) {
      unread.add(`the stanza at line ${line} ${identity.fault}`);
      continue;
    }
    const from = sourceOf(source, identity);
    if ("fault" in from) {
      unread.add(`the stanza at line ${line} ${from.fault}`);
      continue;
    }
    stated.push({
      name: identity.name,
      needs: [...relationsOf(preDepends), ...relationsOf(depends)],
      provides: relationsOf(provides).flat(),
    });
    packages.push({
      type: "deb",
      ...identity,
      ...(isDeclaredText(architecture) ? { architecture } : {}),
      licenses: [],
      source: from,
      ...(isDeclaredText(maintainer) ? { supplier: maintainer } : {}),
    });
  }
  // dpkg ends a line there, and keeps the mark in the value.
  if (bytes.includes(END_OF_FILE)) unread.add("it holds end-of-file marks of MS-DOS");
  // dpkg refuses a file without its final newline: it was cut off, and what came after it is lost.
  if (statusStated && bytes.length > 0 && bytes.at(-1) !== 0x0a) unread.add("it ends in the middle of a line");
  // The stanzas of distroless images are a file each: which packages there are is not known here.
  const needs = statusStated ? neededNames(stated) : stated.map((one) => writtenNeeds(one.needs));
  return {
    kind: "packages",
    packages: packages.map((item, i) => withNeeds(item, needs[i])),
    unread: unread.sentences(),
  };
}

/** The third word of Status, after what is wanted of the package and its error flag (dpkg(1), "Package states"). */
function stateOf(status: string): string | undefined {
  const words = status.toLowerCase().split(/\s+/, 4);
  return words.length === 3 ? words[2] : undefined;
}

/** States whose files are not, or no longer, on the disk. */
const ABSENT_STATES: ReadonlySet<string> = new Set(["not-installed", "config-files"]);

/**
 * Why a stanza's state cannot be judged. The states between installed and absent have all or some of their files in
 * place: not installed in dpkg's own words, but a pass that overlooks them would not be one.
 */
function statusFault(name: string | undefined, status: string | undefined, stated: boolean): string | undefined {
  if (status === undefined) return stated ? "states no status" : undefined;
  const state = stateOf(status);
  if (state === "installed" || (state !== undefined && ABSENT_STATES.has(state))) return undefined;
  return `(${(name ?? "").slice(0, bounds.packageNameLength)}) is ${(state ?? "of no state").slice(0, 40)}, neither installed nor removed`;
}

/**
 * `Source: name (version)`; what it leaves out is the package's own (deb-control(5)). The name ends at the first blank for
 * dpkg, the version at the bracket or the end of the line.
 */
function sourceOf(field: string | undefined, own: Source): Source | { readonly fault: string } {
  if (field === undefined || field === "") return own;
  if (field.length > bounds.declaredTextLength) return { fault: `(${own.name}) has a source that is too long` };
  const open = field.indexOf("(");
  const close = field.indexOf(")", open);
  const name = field.slice(0, open < 0 ? undefined : open).split(" ", 1)[0] || own.name;
  const version = open < 0 ? own.version : field.slice(open + 1, close < 0 ? undefined : close).trim() || own.version;
  const source = identityOf(name, version);
  return "fault" in source ? { fault: `(${own.name}) has a source that ${source.fault}` } : source;
}

/**
 * A field of relationships (deb-control(5), "Depends"): entries apart by commas, alternatives by bars; of each the name,
 * without its architecture qualifier, version and restrictions.
 */
function relationsOf(field: string | undefined): string[][] {
  if (field === undefined) return [];
  return field.split(",", bounds.neededNames).flatMap((entry) => {
    const names = entry.split("|").flatMap((alternative) => {
      const text = alternative.trim();
      const end = text.search(/[\s(:[<]/);
      const name = (end < 0 ? text : text.slice(0, end)).toLowerCase();
      return "fault" in identityOf(name, "0") ? [] : [name];
    });
    return names.length === 0 ? [] : [names];
  });
}
