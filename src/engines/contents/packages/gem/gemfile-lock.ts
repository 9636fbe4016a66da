import { bounds } from "../../bounds.ts";
import type { FileFacts } from "../../model.ts";
import { dependencyGraph } from "../dependency-graph.ts";
import { hexHash } from "../hashes.ts";
import { identityOf } from "../identity.ts";
import { lockfile } from "../lockfile.ts";
import { indentOf, textLines } from "../text-lines.ts";
import { unreadEntries } from "../unread.ts";

/**
 * Gemfile.lock and gems.locked (Bundler's `LockfileParser` is their only description). Gems of a registry (GEM), a git
 * repository (GIT) and a plugin's source are packages; those of a PATH are the project's own code, and what they name
 * is as direct as what DEPENDENCIES names. A gem with one entry for each platform is one package. The format does not
 * tell a Gemfile's groups.
 */
export const gemfileLock = lockfile({
  id: "gemfile-lock",
  version: 1,
  basenames: ["Gemfile.lock", "gems.locked"],
  // An installed gem may carry the lockfile of its own development, which says nothing.
  wants: (path) => !/(?:^|\/)gems\/[^/]+\/[^/]+$/.test(path),
  read,
});

const SOURCES: ReadonlySet<string> = new Set(["GEM", "GIT", "PATH", "PLUGIN SOURCE"]);
const OTHERS: ReadonlySet<string> = new Set(["PLATFORMS", "DEPENDENCIES", "CHECKSUMS", "RUBY VERSION", "BUNDLED WITH"]);

/** A gem while the file is read. */
interface Spec {
  readonly line: number;
  readonly name: string;
  /** With the platform: `1.15.0-x86_64-linux`. */
  readonly fullVersion: string;
  readonly own: boolean;
  readonly needs: string[];
}

function read(source: string): FileFacts {
  const unread = unreadEntries();
  const specs: Spec[] = [];
  const named: string[] = [];
  const checksums = new Map<string, string>();
  let section = "";
  let spec: Spec | undefined;

  for (const { number, text } of textLines(source)) {
    const line = text.trimEnd();
    if (line === "") continue;
    const indent = indentOf(line);
    if (indent === 0) {
      section = line;
      spec = undefined;
      if (!SOURCES.has(section) && !OTHERS.has(section)) unread.add(`line ${number} is not a section of a lockfile`);
    } else if (section === "DEPENDENCIES") {
      const name = entryOf(line, indent).name;
      named.push(name.endsWith("!") ? name.slice(0, -1) : name);
    } else if (section === "CHECKSUMS") {
      const { name, version, rest } = entryOf(line, indent);
      const checksum = rest.split(/[ ,]/).find((word) => word.startsWith("sha256="));
      if (checksum !== undefined) checksums.set(`${name} ${version}`, checksum.slice("sha256=".length));
    } else if (SOURCES.has(section) && indent === 4) {
      if (specs.length >= bounds.packages) {
        unread.add(`more than the ${bounds.packages} gems that are read`);
        break;
      }
      const { name, version } = entryOf(line, indent);
      spec = { line: number, name, fullVersion: version, own: section === "PATH", needs: [] };
      specs.push(spec);
    } else if (SOURCES.has(section) && indent === 6) {
      spec?.needs.push(entryOf(line, indent).name);
    }
  }

  const graph = dependencyGraph();
  const byName = new Map<string, string[]>();
  for (const { line, name, fullVersion, own } of specs) {
    if (own) continue;
    const identity = identityOf(name, withoutPlatform(fullVersion));
    if ("fault" in identity) {
      unread.add(`the gem in line ${line} ${identity.fault}`);
      continue;
    }
    const hash = hexHash("sha256", checksums.get(`${name} ${fullVersion}`));
    const reference = graph.add({ type: "gem", ...identity, licenses: [], ...hash });
    const known = byName.get(name);
    if (known === undefined) byName.set(name, [reference]);
    else if (known.length < MOST_VERSIONS && !known.includes(reference)) known.push(reference);
  }
  for (const { name, fullVersion, own, needs } of specs) {
    const from = `${name} ${withoutPlatform(fullVersion)}`;
    for (const need of new Set(needs)) {
      const needed = byName.get(need) ?? [];
      if (own) graph.connectProject(needed);
      else for (const to of needed) graph.connect(from, to);
    }
  }
  if (named.length > 0) graph.connectProject([...new Set(named)].flatMap((name) => byName.get(name) ?? []));
  return { kind: "packages", packages: graph.records(unread), unread: unread.sentences() };
}

/** Of one gem: Bundler resolves one version for each platform. */
const MOST_VERSIONS = 16;

/** `rack (2.2.3) sha256=…` → name, version and what follows; the version of a dependency is what it asks for. */
function entryOf(
  line: string,
  indent: number,
): { readonly name: string; readonly version: string; readonly rest: string } {
  const open = line.indexOf(" (", indent);
  if (open < 0) return { name: line.slice(indent), version: "", rest: "" };
  const close = line.indexOf(")", open);
  if (close < 0) return { name: line.slice(indent), version: "", rest: "" };
  return { name: line.slice(indent, open), version: line.slice(open + 2, close), rest: line.slice(close + 1) };
}

/** A gem's version has no hyphen (`Gem::Version::VERSION_PATTERN` writes a prerelease with dots in lockfiles). */
function withoutPlatform(version: string): string {
  const hyphen = version.indexOf("-");
  return hyphen < 0 ? version : version.slice(0, hyphen);
}
