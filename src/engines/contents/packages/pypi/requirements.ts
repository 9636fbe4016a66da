import { bounds } from "../../bounds.ts";
import type { FileFacts } from "../../model.ts";
import { type LockedPackage, type LockedPackages, lockedPackages } from "../locked.ts";
import { type Companions, lockfile } from "../lockfile.ts";
import type { Usage } from "../usage.ts";
import { fileHashes } from "./file-hashes.ts";
import { normalizedName } from "./name.ts";
import { pinnedVersion, requirementOf } from "./requirement.ts";
import { includedPath, requirementLines } from "./requirement-lines.ts";
import { addIndex, type Indexes, type PlacedRequirement, placedRequirement } from "./requirement-origin.ts";

/**
 * pip's requirements files ("Requirements File Format"): `requirements*.txt`, `*requirements.txt`, and what lies in a
 * folder `requirements`. Requirements that are pinned with `==` or `===` are packages, whatever their markers; what is
 * not pinned is counted as unread, since nobody can tell what it brings. Included files (`-r`) are read with it, whatever
 * their names; constraints (`-c`) give the versions of what is not pinned itself, and what else they pin may come as a
 * dependency. What cannot be followed is unread; a local path is the project's own code.
 */
export const requirements = lockfile({
  id: "requirements",
  version: 3,
  extensions: [".txt"],
  wants,
  includes(text, path) {
    const paths: string[] = [];
    for (const line of requirementLines(text)) {
      const included = "target" in line ? includedPath(line.target, path) : undefined;
      if (included !== undefined) paths.push(included);
    }
    return paths;
  },
  read,
});

function wants(path: string): boolean {
  const parts = path.toLowerCase().split("/");
  const file = parts.at(-1) ?? "";
  if (!file.endsWith(".txt")) return false;
  return file.startsWith("requirements") || file.endsWith("requirements.txt") || parts.at(-2) === "requirements";
}

interface Reading {
  readonly locked: LockedPackages;
  readonly usage: Usage | undefined;
  readonly companions: Companions;
  /** Files that were read, so that none is read twice, with what it was read for. */
  readonly seen: Set<string>;
  /** What is not pinned, by its normalized name; undefined for addresses, which have none. */
  readonly open: (string | undefined)[];
  /** Normalized name → what a file of constraints pins. */
  readonly constraints: Map<string, { readonly name: string; readonly version: string }>;
  readonly required: Set<string>;
  readonly indexes: Indexes;
  /** Added when every option was read: an index counts for what stands before it, too. */
  readonly pins: { readonly key: string; readonly locked: LockedPackage }[];
}

function read(text: string, path: string, companions: Companions): FileFacts {
  const locked = lockedPackages("pypi");
  const usage = usageOf(path);
  const reading: Reading = {
    ...{ locked, usage, companions, seen: new Set<string>() },
    ...{ open: [], constraints: new Map(), required: new Set<string>() },
    ...{ indexes: { index: undefined, others: [] }, pins: [] },
  };
  const { constraints, open, required, indexes, pins } = reading;
  readFile(text, path, "requirements", reading);
  const searched = {
    fetchedFrom: indexes.index,
    otherOrigins: indexes.others.length === 0 ? undefined : indexes.others,
  };
  for (const pin of pins) locked.add(pin.key, { ...searched, ...pin.locked });
  let notPinned = 0;
  for (const name of open) {
    const pin = name === undefined ? undefined : constraints.get(name);
    if (pin === undefined) notPinned += 1;
    else locked.add(`${name} constrained`, { ...pin, ...searched, usage });
  }
  for (const [name, pin] of constraints) {
    if (!required.has(name)) locked.add(`${name} constraint`, { ...pin, ...searched, usage: usage ?? "optional" });
  }
  if (notPinned > 0) locked.unread(`${notPinned} of its requirements are not pinned to one version`);
  return locked.facts();
}

function readFile(text: string, path: string, kind: "requirements" | "constraints", reading: Reading): void {
  const { locked, seen, open, required, usage, pins } = reading;
  if (seen.has(`${kind} ${path}`)) return;
  seen.add(`${kind} ${path}`);
  const first = seen.size === 1;
  const place = (line: number): string =>
    first ? `line ${line}` : `line ${line} of ${path.slice(0, bounds.packageNameLength)}`;
  if (isEncoded(text)) locked.unread(`${first ? "it" : path} states an encoding that is not read`);
  for (const line of requirementLines(text)) {
    if (line.kind === "option") continue;
    if (line.kind === "index") addIndex(reading.indexes, line.option, line.url);
    else if (line.kind === "unknown") locked.unread(`${place(line.line)} has an unknown option`);
    else if ("target" in line) follow(line, path, kind, place(line.line), reading);
    else if (line.kind === "editable") {
      if (!line.content.includes("://")) continue;
      const placed = placedRequirement(line.content, undefined);
      if (placed === undefined) open.push(undefined);
      else pins.push(pinOf(placed, `${placed.name} ${seen.size} ${line.line}`));
    } else {
      const [specifier = "", ...options] = line.content.split(/\s--/);
      const requirement = requirementOf(specifier);
      if (requirement === undefined) {
        // A URL alone names a package whose name is unknown, unless a fragment states it.
        const placed = line.content.includes("://") ? placedRequirement(specifier.trim(), undefined) : undefined;
        if (placed !== undefined) pins.push(pinOf(placed, `${placed.name} ${seen.size} ${line.line}`));
        else if (line.content.includes("://")) open.push(undefined);
        else if (!isLocal(line.content)) locked.unread(`${place(line.line)} is not a requirement`);
        continue;
      }
      const name = normalizedName(requirement.name);
      const version = pinnedVersion(requirement.clauses);
      if (kind === "constraints") {
        if (version !== undefined) reading.constraints.set(name, { name: requirement.name, version });
        continue;
      }
      required.add(name);
      if (version === undefined) {
        const placed = requirement.url === undefined ? undefined : placedRequirement(requirement.url, requirement.name);
        if (placed !== undefined) pins.push(pinOf(placed, `${placed.name} ${seen.size} ${line.line}`));
        else if (!isLocal(line.content)) open.push(line.content.includes("@") ? undefined : name);
        continue;
      }
      const hashes = options.map(hashIn).filter((hash) => hash !== undefined);
      pins.push({
        key: `${name} ${seen.size} ${line.line}`,
        locked: {
          ...{ name: requirement.name, version, usage },
          ...fileHashes(hashes.map((hash) => ({ hash }))),
          // Of an included file it would be another file's line.
          line: first ? line.line : undefined,
        },
      });
    }
  }
}

function pinOf({ name, version, origin, hash }: PlacedRequirement, key: string): Reading["pins"][number] {
  const hashes = hash === undefined ? {} : fileHashes([{ hash }]);
  return { key, locked: { name, version, ...hashes, fetchedFrom: origin, otherOrigins: undefined } };
}

/** What a file of constraints includes constrains too, whichever option names it. */
function follow(
  { kind, target }: { readonly kind: "requirements" | "constraints"; readonly target: string },
  path: string,
  within: "requirements" | "constraints",
  place: string,
  reading: Reading,
): void {
  const included = includedPath(target, path);
  const as = within === "constraints" ? within : kind;
  if (reading.seen.has(`${as} ${included}`)) return;
  const text = included === undefined ? undefined : reading.companions(included);
  if (included === undefined || text === undefined) {
    reading.locked.unread(`${place} includes ${target.slice(0, bounds.packageNameLength)}, which cannot be read`);
    return;
  }
  readFile(text, included, as, reading);
}

/** pip decodes a file as a comment in its first two lines says (formerly PEP 263). */
function isEncoded(text: string): boolean {
  const encoding = text
    .split("\n", 2)
    .map((line) => /^\s*#.*?coding[:=][ \t]*([-\w.]+)/.exec(line)?.[1])
    .find((found) => found !== undefined);
  return encoding !== undefined && !/^(?:utf[-_]?8|u8|ascii|us-ascii|latin-?1|iso-?8859-1)$/i.test(encoding);
}

/** `hash=sha256:…` of `--hash=sha256:…` */
function hashIn(option: string): string | undefined {
  return option.startsWith("hash=") ? option.slice("hash=".length).trim() : undefined;
}

function isLocal(content: string): boolean {
  if (content.includes("://")) return false;
  return /^[./~]/.test(content) || /^[^\s<>=!~;@[]*[/\\]/.test(content) || /\.(?:whl|zip|tar\.gz)$/i.test(content);
}

/** A file for development says so in its name: `requirements-dev.txt`, `requirements/test.txt`. */
function usageOf(path: string): Usage | undefined {
  const file = path.slice(path.lastIndexOf("/") + 1).toLowerCase();
  const words = file.split(/[^a-z]+/);
  return words.some((word) => DEVELOPMENT.has(word)) ? "development" : undefined;
}

const DEVELOPMENT: ReadonlySet<string> = new Set(["dev", "develop", "development", "test", "tests", "testing"]);
