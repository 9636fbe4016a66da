import { type TomlTable, type TomlValue, tomlSections } from "../../../../formats/toml/read.ts";
import { bounds } from "../../bounds.ts";
import type { FileFacts, PackageOrigin } from "../../model.ts";
import { dependencyGraph } from "../dependency-graph.ts";
import { hexHash } from "../hashes.ts";
import { identityOf } from "../identity.ts";
import { repeatedName } from "../json-lines.ts";
import { packageFacts } from "../locked.ts";
import { brokenAt, brokenLockfile, type Companions, lockfile } from "../lockfile.ts";
import { fetchedFrom, gitOrigin, originOf } from "../origin.ts";
import { type Unread, unreadEntries } from "../unread.ts";
import { type Root, type Usage, withUsage } from "../usage.ts";
import { type CargoManifest, manifestPaths, manifestsOf } from "./manifests.ts";

/**
 * Cargo.lock, versions 1 to 4 (Cargo's `resolver/encode.rs` is its only description). Crates without a source are the
 * project's own, found by path: they are no packages, but what they name is direct. Crates of a registry and of a git
 * repository are packages. The format does not tell development from runtime: where the manifests of all the project's
 * crates are beside it, they do.
 */
export const cargoLock = lockfile({
  id: "cargo-lock",
  version: 3,
  basenames: ["Cargo.lock"],
  // A crate carries the lockfile of its own development: below what Cargo vendored or downloaded, it says nothing.
  wants: (path) => !/(?:^|\/)(?:vendor|registry\/src)\//.test(path),
  includes: manifestPaths,
  read,
});

/** A crate of the file; without a reference where it is the project's own. */
interface Crate {
  readonly name: string;
  readonly reference?: string;
  readonly needs: readonly string[];
}

function read(text: string, path: string, companions: Companions): FileFacts {
  const unread = unreadEntries();
  const { entries, checksums, version: formatVersion } = tablesIn(text, unread);
  const graph = dependencyGraph();
  const crates: Crate[] = [];
  const byDependency = new Map<string, Crate | "ambiguous">();
  for (const [index, { name, version, source, checksum, needs, line }] of entries.entries()) {
    const identity = identityOf(name, version);
    if ("fault" in identity) {
      unread.add(`package ${index + 1} ${identity.fault}`);
      continue;
    }
    const exact = `${identity.name} ${identity.version}${source === undefined ? "" : ` (${source})`}`;
    const hash = hexHash("sha256", checksum ?? checksums.get(exact));
    const crate: Crate = {
      name: identity.name,
      ...(source === undefined
        ? {}
        : { reference: graph.add({ type: "cargo", ...identity, licenses: [], ...hash, ...originIn(source), line }) }),
      needs,
    };
    crates.push(crate);
    // A dependency is written as short as the file allows: a name, with its version, with its source.
    for (const key of new Set([identity.name, `${identity.name} ${identity.version}`, exact])) {
      byDependency.set(key, byDependency.has(key) ? "ambiguous" : crate);
    }
  }

  const manifests = manifestsOf(path, companions);
  const told = crates.every(({ reference, name }) => reference !== undefined || manifests.has(name));
  const roots: Root[] = [];
  for (const { reference, name, needs } of crates) {
    const manifest = manifests.get(name);
    const references = needs.flatMap((need) => {
      const needed = byDependency.get(need);
      const found = needed === undefined || needed === "ambiguous" ? undefined : needed.reference;
      if (found === undefined) return [];
      if (reference === undefined) roots.push({ reference: found, usage: usageOf(need, manifest) });
      return [found];
    });
    if (reference === undefined) graph.connectProject(references);
    else for (const need of references) graph.connect(reference, need);
  }
  const records = graph.records(unread);
  const packages = told && roots.length > 0 ? withUsage(records, roots, new Map()) : records;
  return packageFacts(packages, unread.sentences(), formatVersion);
}

/** `registry+URL`, `sparse+URL`, `git+URL?branch=main#COMMIT` (Cargo's `SourceId`). */
function originIn(source: string): { readonly fetchedFrom?: PackageOrigin } {
  if (source.startsWith("git+")) return fetchedFrom(gitOrigin(source));
  return fetchedFrom(originOf("registry", source.replace(/^(?:registry|sparse)\+/, "")));
}

/** @param need - `name`, `name version` or with its source */
function usageOf(need: string, manifest: CargoManifest | undefined): Usage {
  const name = need.split(" ", 1)[0] ?? "";
  return manifest?.development.has(name) === true && !manifest.runtime.has(name) ? "development" : "runtime";
}

interface Entry {
  readonly name: string | undefined;
  readonly version: string | undefined;
  readonly source: string | undefined;
  readonly checksum: string | undefined;
  readonly needs: readonly string[];
  readonly line: number;
}

/** The crates, and the checksums that version 1 keeps apart: `name version (source)` → hex. */
function tablesIn(text: string, unread: Unread): Tables {
  const entries: Entry[] = [];
  const checksums = new Map<string, string>();
  let known = false;
  let version: TomlValue | undefined;
  for (const { name, table, line, repeated = [] } of tomlSections(text, brokenAt)) {
    for (const key of repeated) unread.add(repeatedName(key, line));
    if (name === "") version = table.get("version");
    known ||= name !== "" || table.has("version");
    if (name === "package" || name === "root") {
      if (entries.length >= bounds.packages) throw brokenLockfile("the file", `more than ${bounds.packages} packages`);
      entries.push({ ...entryOf(table), line });
    } else if (name === "metadata") {
      for (const [key, value] of table) {
        if (key.startsWith(CHECKSUM) && typeof value === "string") checksums.set(key.slice(CHECKSUM.length), value);
      }
    }
  }
  if (!known) throw brokenLockfile("the file", "neither packages nor a version");
  return { entries, checksums, version };
}

interface Tables {
  readonly entries: Entry[];
  readonly checksums: ReadonlyMap<string, string>;
  readonly version: TomlValue | undefined;
}

const CHECKSUM = "checksum ";

function entryOf(table: TomlTable): Omit<Entry, "line"> {
  const text = (value: TomlValue | undefined) => (typeof value === "string" ? value : undefined);
  const dependencies = table.get("dependencies");
  return {
    name: text(table.get("name")),
    version: text(table.get("version")),
    source: text(table.get("source")),
    checksum: text(table.get("checksum")),
    needs: Array.isArray(dependencies) ? dependencies.filter((need) => typeof need === "string") : [],
  };
}
