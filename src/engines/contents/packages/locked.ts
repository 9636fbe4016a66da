import type { FileFacts, PackageRecord, PackageType } from "../model.ts";
import { dependencyGraph } from "./dependency-graph.ts";
import { identityOf, isDeclaredText } from "./identity.ts";
import { unreadEntries } from "./unread.ts";
import { type Root, type Usage, withUsage } from "./usage.ts";

/** One package as a lockfile states it. */
export interface LockedPackage {
  readonly name: string | undefined;
  readonly version: string | undefined;
  readonly licenses?: readonly string[];
  /** Where the file itself says it; else it is worked out from the roots that state theirs. */
  readonly usage?: Usage | undefined;
  readonly hashes?: PackageRecord["hashes"] | undefined;
  readonly files?: PackageRecord["files"] | undefined;
  readonly fetchedFrom?: PackageRecord["fetchedFrom"] | undefined;
  readonly otherOrigins?: PackageRecord["otherOrigins"] | undefined;
  readonly installScript?: boolean | undefined;
  readonly line?: number | undefined;
}

/**
 * Collects the packages of one lockfile under the file's own keys (a folder, a range of versions) and the graph between
 * them, which leads from key to key.
 */
export interface LockedPackages {
  /** One without a name or version that can be read is noted, and its key leads nowhere. */
  add(key: string, locked: LockedPackage): void;
  /** Another key for the same package. */
  alias(key: string, of: string): void;
  has(key: string): boolean;
  /** A key that is not there is of something that the file leaves out, or of the project's own: it is passed over. */
  depend(from: string, to: string, kind?: "needed" | "optional"): void;
  /** The project itself names it; absent usage is not told by the file. */
  root(key: string, usage?: Usage): void;
  /** One sentence without a full stop. */
  unread(sentence: string): void;
  /** @param formatVersion - as the file states it */
  facts(formatVersion?: string): FileFacts;
}

export function lockedPackages(type: PackageType): LockedPackages {
  const graph = dependencyGraph();
  const references = new Map<string, string>();
  const roots: Root[] = [];
  const optionalNeeds = new Map<string, Set<string>>();
  const unread = unreadEntries();
  return {
    add(key, { name, version, licenses = [], usage, ...stated }) {
      const identity = identityOf(name, version);
      if ("fault" in identity) {
        unread.add(`the package ${shown(key)} ${identity.fault}`);
        return;
      }
      // Cut from a text of their own, or each record would keep the text of the whole file in memory.
      const own = `${identity.name}@${identity.version}`;
      const reference = graph.add({
        type,
        name: own.slice(0, identity.name.length),
        version: own.slice(identity.name.length + 1),
        licenses: licenses.filter(isDeclaredText),
        ...(usage === undefined ? {} : { usage }),
        ...definedOf(stated),
      });
      references.set(key, reference);
    },
    alias(key, of) {
      const reference = references.get(of);
      if (reference !== undefined) references.set(key, reference);
    },
    has: (key) => references.has(key),
    depend(from, to, kind = "needed") {
      const [needing, needed] = [references.get(from), references.get(to)];
      if (needing === undefined || needed === undefined) return;
      graph.connect(needing, needed);
      if (kind === "needed") return;
      const optional = optionalNeeds.get(needing);
      if (optional === undefined) optionalNeeds.set(needing, new Set([needed]));
      else optional.add(needed);
    },
    root(key, usage) {
      const reference = references.get(key);
      if (reference === undefined) return;
      graph.connectProject([reference]);
      if (usage !== undefined) roots.push({ reference, usage });
    },
    unread: (sentence) => unread.add(sentence),
    facts(formatVersion) {
      const packages = withUsage(graph.records(unread), roots, optionalNeeds);
      return packageFacts(packages, unread.sentences(), formatVersion);
    },
  };
}

/** @param formatVersion - as the file states it; what is no short text is left out */
export function packageFacts(
  packages: readonly PackageRecord[],
  unread: readonly string[],
  formatVersion?: unknown,
): FileFacts {
  const version = typeof formatVersion === "number" ? String(formatVersion) : formatVersion;
  const isStated = typeof version === "string" && /^[\w.-]{1,20}$/.test(version);
  return { kind: "packages", packages, unread, ...(isStated ? { formatVersion: version } : {}) };
}

type Stated = Omit<LockedPackage, "name" | "version" | "licenses" | "usage">;

function definedOf({ hashes, files, fetchedFrom, otherOrigins, installScript, line }: Stated): Partial<PackageRecord> {
  return {
    ...(hashes === undefined ? {} : { hashes }),
    ...(files === undefined ? {} : { files }),
    ...(fetchedFrom === undefined ? {} : { fetchedFrom }),
    ...(otherOrigins === undefined ? {} : { otherOrigins }),
    ...(installScript === undefined ? {} : { installScript }),
    ...(line === undefined ? {} : { line }),
  };
}

/** Keys come from the file: enough of one to recognise it. */
function shown(key: string): string {
  return key.length <= MOST_SHOWN ? key : `${key.slice(0, MOST_SHOWN)}…`;
}

const MOST_SHOWN = 80;
