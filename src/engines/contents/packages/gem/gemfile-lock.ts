import { bounds } from "../../bounds.ts";
import type { FileFacts, PackageRecord } from "../../model.ts";
import { dependencyGraph } from "../dependency-graph.ts";
import { hexHash } from "../hashes.ts";
import { identityOf } from "../identity.ts";
import { lockfile } from "../lockfile.ts";
import { fetchedFrom, gitOrigin, originOf } from "../origin.ts";
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
  version: 2,
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
  /** `GEM`, `GIT`, and what it says of its source. */
  readonly section: string;
  readonly remote: Remote;
}

/** The lines of a section above its gems. */
interface Remote {
  remote?: string;
  revision?: string;
  more?: string[];
}

function read(source: string): FileFacts {
  const unread = unreadEntries();
  const specs: Spec[] = [];
  const named: string[] = [];
  const checksums = new Map<string, string>();
  let section = "";
  let spec: Spec | undefined;
  let remote: Remote = {};

  for (const { number, text } of textLines(source)) {
    const line = text.trimEnd();
    if (line === "") continue;
    const indent = indentOf(line);
    if (indent === 0) {
      section = line;
      spec = undefined;
      remote = {};
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
      spec = { line: number, name, fullVersion: version, own: section === "PATH", needs: [], section, remote };
      specs.push(spec);
    } else if (SOURCES.has(section) && indent === 6) {
      spec?.needs.push(entryOf(line, indent).name);
    } else if (SOURCES.has(section) && indent === 2) {
      noteRemote(remote, line.trim());
    }
  }

  const graph = dependencyGraph();
  const byName = new Map<string, string[]>();
  for (const { line, name, fullVersion, own, section: of, remote: from } of specs) {
    if (own) continue;
    const identity = identityOf(name, withoutPlatform(fullVersion));
    if ("fault" in identity) {
      unread.add(`the gem in line ${line} ${identity.fault}`);
      continue;
    }
    const hash = checksums.get(`${name} ${fullVersion}`);
    const { hashes } = hexHash("sha256", hash);
    // A gem has a file for each platform; where it has several, no hash stands for it.
    const platform = fullVersion !== identity.version;
    const reference = graph.add({
      type: "gem",
      ...identity,
      licenses: [],
      ...(hashes === undefined ? {} : { hashes }),
      ...(platform && hashes !== undefined
        ? { files: { [`${name}-${fullVersion}.gem`]: `sha256:${hashes.sha256}` } }
        : {}),
      ...originIn(of, from),
      line,
    });
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

/** `remote: https://rubygems.org/`, several in old lockfiles; of a repository `revision: COMMIT`. */
function noteRemote(remote: Remote, line: string): void {
  const colon = line.indexOf(": ");
  const [key, value] = [line.slice(0, Math.max(0, colon)), line.slice(colon + 2)];
  if (key === "revision") remote.revision = value;
  if (key !== "remote") return;
  if (remote.remote === undefined) remote.remote = value;
  else if ((remote.more?.length ?? 0) < MOST_REMOTES) remote.more = [...(remote.more ?? []), value];
}

/** Of one section. */
const MOST_REMOTES = 16;

function originIn(
  section: string,
  { remote, revision, more }: Remote,
): Pick<PackageRecord, "fetchedFrom" | "otherOrigins"> {
  if (section === "GIT") return fetchedFrom(remote === undefined ? undefined : gitOrigin(remote, revision));
  if (section !== "GEM") return {};
  // Bundler before 2 wrote all sources into one section: any of them may serve a gem.
  const others = (more ?? []).map((url) => originOf("registry", url)).filter((origin) => origin !== undefined);
  return {
    ...fetchedFrom(originOf("registry", remote)),
    ...(others.length === 0 ? {} : { otherOrigins: others }),
  };
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
