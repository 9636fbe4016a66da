/** Pending updates of a root file system with dpkg's packages, as apt would name them. */

import type { Gap } from "../../../core/evidence.ts";
import { Problem } from "../../../core/problem.ts";
import type { Distribution, Package } from "../../contents/model.ts";
import { compareDpkg, parseDpkg } from "../../vulnerability/versions/dpkg.ts";
import { bounds } from "../bounds.ts";
import { createFirstSeen } from "../first-seen.ts";
import { createDeadline, gapFrom, installedOf, type LookupAnswer, type LookupRequest } from "../lookup.ts";
import type { PendingUpdate } from "../model.ts";
import { addOffers, candidateOf, type Offers } from "./packages.ts";
import { type AptSource, readSources } from "./sources.ts";
import { indexPaths, type OpenSuite, openSuite, readIndex } from "./suite.ts";

export async function debianUpdates(request: LookupRequest): Promise<LookupAnswer> {
  const { inventory, sources, keys, from } = request;
  const packages = installedOf(inventory, "deb");
  const gaps: Gap[] = [];
  const listed = distinct(sources.flatMap(({ path, text }) => readSources(path, text)));
  if (listed.length === 0) gaps.push(noSources);
  if (listed.length > bounds.suites) gaps.push(tooMany(`more than ${bounds.suites} suites`));
  const native = nativeOf(packages);
  const architectures = [...new Set([native, ...packages.map((each) => each.architecture ?? native)])].filter(
    (name) => name !== "all" && /^[a-z0-9-]{1,40}$/.test(name),
  );
  const wanted: ReadonlySet<string> = new Set(packages.map(({ name }) => name));
  const offers: Offers = new Map();
  const suites: OpenSuite[] = [];
  const read = new Set<string>();
  const inTime = createDeadline();
  /** Those whose main component was read, without which a suite says little. */
  const whole: OpenSuite[] = [];
  for (const source of listed.slice(0, bounds.suites)) {
    try {
      inTime(`${source.uri.slice(0, 300)} ${source.suite}`);
      const suite = await openSuite(source, keys, from);
      const number = suites.push(suite) - 1;
      if (suite.stale !== undefined) gaps.push({ ...gapFrom(suite.stale), code: "updates.stale-copy" });
      const paths = pathsOf(suite, source, architectures);
      for (const path of paths) {
        const key = new URL(path, suite.base).href;
        if (read.has(key)) continue;
        read.add(key);
        if (read.size > bounds.suiteIndexes) throw tooManyIndexes(key);
        inTime(key);
        const unread = addOffers(offers, await readIndex(suite, path, from), number, wanted);
        if (unread > 0) gaps.push({ code: "updates.index", reason: `${unread} entries of ${key} could not be read` });
      }
      if (paths.some((path) => path.startsWith("main/"))) whole.push(suite);
    } catch (error) {
      gaps.push(gapFrom(error));
    }
  }
  gaps.push(...uncovered(inventory.distribution, whole));
  const updates = pendingOf(packages, offers, suites, native, request, gaps);
  return { updates: { packages: packages.length, suites: suites.map(({ use }) => use), updates }, gaps };
}

function pendingOf(
  packages: readonly Package[],
  offers: Offers,
  suites: readonly OpenSuite[],
  native: string,
  { from }: LookupRequest,
  gaps: Gap[],
): PendingUpdate[] {
  const priorities = suites.map(({ release }) => release.priority);
  const seen = createFirstSeen(from.cache);
  const updates: PendingUpdate[] = [];
  let incomparable = 0;
  for (const each of packages) {
    const chosen = candidateOf(each, offers.get(each.name) ?? [], priorities, native);
    if (chosen === undefined) incomparable += 1;
    if (chosen?.candidate === undefined) continue;
    const { candidate, installed, newer } = chosen;
    const suiteOf = (offer: { readonly suite: number }) => suites[offer.suite] as OpenSuite;
    const securing = newer.filter((offer) => suiteOf(offer).use.security);
    const best = securing.find((offer) => offer.version === candidate.version) ?? securing[0] ?? candidate;
    const since = seen.since(
      newer.map((offer) => ({
        url: suiteOf(offer).inRelease.href,
        name: `${each.name}:${offer.architecture}`,
        version: offer.version,
        date: suiteOf(offer).use.date,
      })),
      (version) => {
        const parsed = parseDpkg(version);
        return parsed !== undefined && compareDpkg(parsed, installed) > 0;
      },
    );
    updates.push({
      package: each,
      available: candidate.version,
      availableSource: candidate.sourceVersion,
      suite: suiteOf(best).use.name,
      securitySuite: securing.length > 0,
      mixed: false,
      since: since ?? { at: suiteOf(candidate).use.date, by: "release" },
      fixes: [],
    });
  }
  seen.store();
  if (incomparable > 0) {
    gaps.push({ code: "updates.version", reason: `${incomparable} installed versions cannot be compared` });
  }
  return updates;
}

function pathsOf(suite: OpenSuite, source: AptSource, installed: readonly string[]): string[] {
  const architectures =
    source.architectures === undefined ? installed : installed.filter((name) => source.architectures?.includes(name));
  return source.components.flatMap((component) =>
    /^[A-Za-z0-9._+-]+(?:\/[A-Za-z0-9._+-]+)*$/.test(component) && !component.includes("..")
      ? architectures.flatMap((name) => indexPaths(suite, component, name))
      : [],
  );
}

/** What dpkg itself was built for is the native architecture; where it is not there, what most packages are of. */
function nativeOf(packages: readonly Package[]): string {
  const own = packages.find(({ name }) => name === "dpkg")?.architecture;
  if (own !== undefined && own !== "all") return own;
  const counts = new Map<string, number>();
  for (const { architecture } of packages) {
    if (architecture !== undefined && architecture !== "all") {
      counts.set(architecture, (counts.get(architecture) ?? 0) + 1);
    }
  }
  return [...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))[0]?.[0] ?? "amd64";
}

/**
 * An image that names no security suite has nothing pending from it: that is no news about its packages. Debian's
 * testing and unstable have no codename with a suite of its own.
 */
function uncovered(distribution: Distribution | undefined, suites: readonly OpenSuite[]): Gap[] {
  if (distribution === undefined || !["debian", "ubuntu"].includes(distribution.id)) return [];
  const { versionId, versionCodename: codename } = distribution;
  if (versionId === undefined) return [];
  const isOfRelease = ({ use, release }: OpenSuite) =>
    codename === undefined || [use.name, release.codename].some((name) => name?.split(/[-/]/)[0] === codename);
  if (suites.some((suite) => suite.use.security && isOfRelease(suite))) return [];
  return [
    {
      code: "updates.no-security-suite",
      reason: `pending updates: the security suite of ${codename ?? `${distribution.id} ${versionId}`} was not read`,
      remedy: "name it with --repositories",
    },
  ];
}

const noSources: Gap = {
  code: "updates.no-sources",
  reason: "pending updates: no package repositories configured",
  remedy: "name the suites with --repositories",
};

function tooManyIndexes(place: string): Problem {
  const cause = `not read: its suites have more than ${bounds.suiteIndexes} indexes`;
  return new Problem({ kind: "input", code: "updates.too-many", place, cause });
}

function tooMany(what: string): Gap {
  return { code: "updates.too-many", reason: `pending updates: the sources list ${what}` };
}

function distinct(sources: readonly AptSource[]): AptSource[] {
  return [...new Map(sources.map((source) => [JSON.stringify(source), source])).values()];
}
