import { bounds } from "../../../../core/bounds.ts";
import type { AnalysedFile, Analyser } from "../../analyser.ts";
import type { FileFacts, PackageRecord } from "../../model.ts";
import { identityOf, isDeclaredText } from "../identity.ts";
import { unreadEntries } from "../unread.ts";
import { readStanzas } from "./deb822.ts";

const STATUS = "var/lib/dpkg/status";
const STATUS_FOLDER = "var/lib/dpkg/status.d";

type Source = NonNullable<PackageRecord["source"]>;

const FIELDS = ["package", "status", "version", "architecture", "source", "maintainer"] as const;

/**
 * The installed packages of dpkg: its status file, and the single stanzas of distroless images, which have no Status
 * field because nothing but an image builder ever installed them. dpkg does not record licences there.
 */
export const dpkg: Analyser = {
  id: "dpkg",
  version: 1,
  evidence: "installed",
  basenames: ["status"],
  directories: [STATUS_FOLDER],
  maxBytes: bounds.wantedFileBytes,
  wants: (path) => path === STATUS || isStatusPart(path),
  analyse,
};

/** `status.d/NAME`, beside which there is a `NAME.md5sums` with the digests of its files. */
function isStatusPart(path: string): boolean {
  return path.lastIndexOf("/") === STATUS_FOLDER.length && path.startsWith(STATUS_FOLDER) && !path.endsWith(".md5sums");
}

function analyse({ path, bytes }: AnalysedFile): FileFacts {
  const packages: PackageRecord[] = [];
  const unread = unreadEntries();
  const statusStated = !isStatusPart(path);
  let stanzas = 0;
  for (const { line, values, fault } of readStanzas(bytes, FIELDS)) {
    if (++stanzas > bounds.packages) {
      unread.add(`it has more than ${bounds.packages} stanzas`);
      break;
    }
    const [name, status, version, architecture, source, maintainer] = values;
    const wrong = fault ?? statusFault(name, status, statusStated);
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
    packages.push({
      type: "deb",
      ...identity,
      ...(isDeclaredText(architecture) ? { architecture } : {}),
      licenses: [],
      source: sourceOf(source, identity),
      ...(isDeclaredText(maintainer) ? { supplier: maintainer } : {}),
    });
  }
  // dpkg refuses a file without its final newline: it was cut off, and what came after it is lost.
  if (statusStated && bytes.length > 0 && bytes.at(-1) !== 0x0a) unread.add("it ends in the middle of a line");
  return { kind: "packages", packages, unread: unread.sentences() };
}

/** The third word of Status, after what is wanted of the package and its error flag (dpkg(1), "Package states"). */
function stateOf(status: string): string | undefined {
  return status.split(/[ \t]+/, 3)[2];
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

/** `Source: name (version)`; what it leaves out is the package's own (deb-control(5)). */
function sourceOf(field: string | undefined, own: Source): Source {
  if (!isDeclaredText(field)) return own;
  const open = field.indexOf("(");
  if (open < 0) return { name: field, version: own.version };
  const close = field.indexOf(")", open);
  return {
    name: field.slice(0, open).trim() || own.name,
    version: field.slice(open + 1, close < 0 ? undefined : close).trim() || own.version,
  };
}
