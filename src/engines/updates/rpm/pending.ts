/** Pending updates of a root file system with rpm's packages, as dnf and zypper would name them. */
import { append } from "../../../core/append.ts";
import { counted } from "../../../core/counted.ts";
import type { Gap } from "../../../core/evidence.ts";
import { isEvidenceProblem, Problem } from "../../../core/problem.ts";
import type { Package } from "../../contents/model.ts";
import { unpacked } from "../../vulnerability/vendors/unpack.ts";
import { securityBuilds } from "../../vulnerability/vendors/updateinfo.ts";
import { compareRpm, parseRpm, type RpmVersion } from "../../vulnerability/versions/rpm.ts";
import { bounds } from "../bounds.ts";
import type { SuiteSource } from "../fetch.ts";
import { createDeadline, gapFrom, installedOf, type LookupAnswer, type LookupRequest } from "../lookup.ts";
import type { PendingUpdate } from "../model.ts";
import { type Chosen, choose, type Installed, newestInstalled, type ReadRepository } from "./choose.ts";
import { activeStreams, offeredByModules, type RepositoryModules, readModules } from "./modules.ts";
import { addRpmOffers, type RpmOffer, type RpmOffers } from "./primary.ts";
import { type RpmRepository, type RpmSettings, readRpmSettings } from "./repositories.ts";
import { type OpenRpmRepository, openRpmRepository, repositoryFile } from "./repository.ts";

export async function rpmUpdates(request: LookupRequest): Promise<LookupAnswer> {
  const { inventory, sources, keys, from } = request;
  const packages = installedOf(inventory, "rpm");
  const settings = readRpmSettings(sources, inventory.distribution, packages);
  const gaps: Gap[] = settingsGaps(settings);
  const wanted: ReadonlySet<string> = new Set(packages.map(({ name }) => name));
  const read: ReadRepository[] = [];
  const inTime = createDeadline();
  for (const repository of settings.repositories.slice(0, bounds.suites)) {
    try {
      inTime(repository.id);
      const open = await openRpmRepository(repository, keys, from);
      if (open.stale !== undefined) gaps.push({ ...gapFrom(open.stale), code: "updates.stale-copy" });
      inTime(repository.id);
      const number = read.length;
      read.push(await readRepository(repository, open, number, { wanted, packages, settings, from, gaps }));
    } catch (error) {
      gaps.push(gapFrom(error));
    }
  }
  const { installed, incomparable } = newestInstalled(packages);
  if (incomparable > 0) {
    gaps.push({ code: "updates.version", reason: `${incomparable} installed versions cannot be compared` });
  }
  const chosen = choose(installed, read, settings.excludes);
  if (read.length > 0) append(gaps, offeredGaps(chosen.notOffered));
  if (chosen.excluded.length > 0) gaps.push(excludedGap(chosen.excluded));
  return {
    updates: {
      packages: packages.length,
      suites: read.map(({ open }) => open.use),
      updates: chosen.updates.map((each) => pendingOf(each, read)),
    },
    gaps,
  };
}

interface Reading {
  readonly wanted: ReadonlySet<string>;
  readonly packages: readonly Package[];
  readonly settings: RpmSettings;
  readonly from: SuiteSource;
  readonly gaps: Gap[];
}

async function readRepository(
  repository: RpmRepository,
  open: OpenRpmRepository,
  number: number,
  { wanted, packages, settings, from, gaps }: Reading,
): Promise<ReadRepository> {
  const primary = await repositoryFile(open, "primary", from);
  const { place } = open.use;
  if (primary === undefined) {
    throw new Problem({ kind: "input", code: "updates.missing", place, cause: "it names no list of its packages" });
  }
  const offers: RpmOffers = { byName: new Map(), replacing: new Map() };
  const chunks = unpacked(primary.name, primary.packed, bounds.rpmIndexUnpackedBytes);
  const unread = await addRpmOffers(offers, chunks, place, number, wanted);
  if (unread > 0) gaps.push({ code: "updates.index", reason: `${unread} entries of ${place} could not be read` });
  const modules = repository.isHotfix ? undefined : await readRepositoryModules(open, wanted, from);
  if (modules !== undefined) {
    const active = activeStreams(modules, settings.modules, packages);
    for (const map of [offers.byName, offers.replacing]) {
      for (const [name, own] of map) map.set(name, offeredByModules(own, modules, active));
    }
  }
  try {
    const security = await readSecurity(open, wanted, from);
    return { repository, open, offers, ...(security === undefined ? {} : { security }) };
  } catch (error) {
    // Its packages count all the same; which of them are of security is not known.
    if (!isEvidenceProblem(error)) throw error;
    gaps.push(gapFrom(error));
    return { repository, open, offers };
  }
}

async function readRepositoryModules(
  open: OpenRpmRepository,
  wanted: ReadonlySet<string>,
  from: SuiteSource,
): Promise<RepositoryModules | undefined> {
  const file = await repositoryFile(open, "modules", from);
  if (file === undefined) return undefined;
  const chunks: Buffer[] = [];
  for await (const chunk of unpacked(file.name, file.packed, bounds.rpmModulesBytes)) chunks.push(chunk);
  return readModules(Buffer.concat(chunks).toString("utf8"), `${open.use.place} ${file.name}`, wanted);
}

async function readSecurity(
  open: OpenRpmRepository,
  wanted: ReadonlySet<string>,
  from: SuiteSource,
): Promise<ReadonlyMap<string, readonly RpmVersion[]> | undefined> {
  const file = await repositoryFile(open, "updateinfo", from);
  if (file === undefined) return undefined;
  const { place } = open.use;
  const security = new Map<string, RpmVersion[]>();
  let count = 0;
  const chunks = unpacked(file.name, file.packed, bounds.rpmIndexUnpackedBytes);
  for await (const advisory of securityBuilds(chunks, place)) {
    for (const { name, version } of advisory?.builds ?? []) {
      const parsed = wanted.has(name) ? parseRpm(version) : undefined;
      if (parsed === undefined) continue;
      if (++count > bounds.securityBuilds) {
        const cause = `its advisories name more than ${bounds.securityBuilds} builds`;
        throw new Problem({ kind: "input", code: "updates.too-many", place, cause });
      }
      const own = security.get(name);
      if (own === undefined) security.set(name, [parsed]);
      else own.push(parsed);
    }
  }
  return security;
}

function pendingOf({ installed, best, newer }: Chosen, read: readonly ReadRepository[]): PendingUpdate {
  const { package: item, parsed } = installed;
  const repository = read[best.repository] as ReadRepository;
  const { use } = repository.open;
  const oldest = newer.reduce<number | undefined>(
    (least, { built }) => (built === undefined || (least !== undefined && least <= built) ? least : built),
    undefined,
  );
  const isSecurity = read.some(({ security }) =>
    security?.get(item.name)?.some((version) => compareRpm(version, parsed) > 0 && isOffered(version, newer)),
  );
  return {
    package: item,
    available: best.version,
    availableSource: best.version,
    ...(best.name === item.name ? {} : { replacedBy: best.name }),
    suite: use.name,
    securitySuite: isSecurity,
    mixed: repository.security === undefined,
    since:
      oldest === undefined
        ? { at: use.date, by: "release" }
        : { at: new Date(oldest * 1000).toISOString(), by: "built" },
    fixes: [],
  };
}

/** Advisories of other streams and architectures name builds that are none of the offers. */
function isOffered(version: RpmVersion, newer: readonly RpmOffer[]): boolean {
  return newer.some(({ parsed }) => compareRpm(parsed, version) >= 0);
}

function settingsGaps({ repositories, services }: RpmSettings): Gap[] {
  const gaps: Gap[] = [];
  if (repositories.length === 0) {
    gaps.push({
      code: "updates.no-sources",
      reason: "pending updates: no package repositories configured",
      remedy: "name the repositories with --repositories",
    });
  }
  if (repositories.length > bounds.suites) {
    gaps.push({ code: "updates.too-many", reason: `pending updates: more than ${bounds.suites} repositories` });
  }
  if (services.length > 0) {
    gaps.push({
      code: "updates.services",
      reason: `pending updates: zypper's services are not asked for repositories: ${services.slice(0, 3).join(", ")}`,
      remedy: "name the repositories with --repositories",
    });
  }
  return gaps;
}

const NAMED = 5;

/** What no repository has in any version has no updates there: that is no news about it. */
function offeredGaps(installed: readonly Installed[]): Gap[] {
  if (installed.length === 0) return [];
  const names = [...new Set(installed.map(({ package: item }) => item.name))].sort();
  const more = names.length > NAMED ? ", …" : "";
  return [
    {
      code: "updates.not-offered",
      reason: `pending updates: ${counted(names.length, "package")} in no repository that was read: ${names.slice(0, NAMED).join(", ")}${more}`,
      remedy: "name the repositories that they are from with --repositories",
    },
  ];
}

function excludedGap(names: readonly string[]): Gap {
  return {
    code: "updates.excluded",
    reason: `pending updates: newer versions are excluded by its configuration: ${names.slice(0, NAMED).join(", ")}`,
  };
}
