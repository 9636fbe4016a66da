/** Which offer dnf or zypper would install in place of what there is. Pure. */
import { compileGlob } from "../../../core/glob.ts";
import type { Package } from "../../contents/model.ts";
import { compareRpm, parseRpm, type RpmVersion } from "../../vulnerability/versions/rpm.ts";
import { type RpmOffer, type RpmOffers, replaces } from "./primary.ts";
import type { RpmRepository } from "./repositories.ts";
import type { OpenRpmRepository } from "./repository.ts";

/** What was read of one repository. */
export interface ReadRepository {
  readonly repository: RpmRepository;
  readonly open: OpenRpmRepository;
  /** What it alone offers, once its modules have had their say. */
  readonly offers: RpmOffers;
  /** Name → versions that advisories of security brought; absent where it has no advisories. */
  readonly security?: ReadonlyMap<string, readonly RpmVersion[]>;
}

export interface Installed {
  readonly package: Package;
  readonly parsed: RpmVersion;
}

export interface Chosen {
  readonly installed: Installed;
  readonly best: RpmOffer;
  /** All that are above what is installed, or in its place. */
  readonly newer: readonly RpmOffer[];
}

/** Of packages that are installed several times (kernels) the newest one is what an update is newer than. */
export function newestInstalled(packages: readonly Package[]): {
  readonly installed: Installed[];
  readonly incomparable: number;
} {
  const newest = new Map<string, Installed>();
  let incomparable = 0;
  for (const each of packages) {
    const parsed = parseRpm(each.version);
    if (parsed === undefined) {
      incomparable += 1;
      continue;
    }
    const key = `${each.name}.${each.architecture ?? ""}`;
    const known = newest.get(key);
    if (known === undefined || compareRpm(parsed, known.parsed) > 0) newest.set(key, { package: each, parsed });
  }
  return { installed: [...newest.values()], incomparable };
}

export function choose(
  installed: readonly Installed[],
  read: readonly ReadRepository[],
  excludes: readonly string[],
): { readonly updates: Chosen[]; readonly notOffered: Installed[]; readonly excluded: string[] } {
  const updates: Chosen[] = [];
  const notOffered: Installed[] = [];
  const excluded = new Set<string>();
  const here = new Map(installed.map((each) => [each.package.name, each]));
  for (const own of installed) {
    const { name } = own.package;
    const offers = read.flatMap(({ offers: { byName } }) => byName.get(name) ?? []);
    const replacing = read
      .flatMap(({ offers: { replacing: map } }) => map.get(name) ?? [])
      .filter((offer) => replaces(offer, name, own.parsed) && !isThere(here.get(offer.name), offer));
    if (offers.length === 0 && replacing.length === 0) {
      notOffered.push(own);
      continue;
    }
    const isAllowed = (offer: RpmOffer) => !isExcluded(offer, read[offer.repository] as ReadRepository, excludes);
    const fitting = offers.filter((offer) => fits(offer, own.package, read[offer.repository] as ReadRepository));
    const newer = fitting.filter((offer) => compareRpm(offer.parsed, own.parsed) > 0);
    const allowed = ofBestPriority(fitting.filter(isAllowed), read).filter(
      (offer) => compareRpm(offer.parsed, own.parsed) > 0,
    );
    const instead = replacing.filter((offer) => isAllowed(offer) && fitsMachine(offer, own.package));
    const candidates = instead.length > 0 ? instead : allowed;
    const [best] = candidates.toSorted((a, b) => compareRpm(b.parsed, a.parsed));
    if (best !== undefined) updates.push({ installed: own, best, newer: candidates });
    else if (newer.some((offer) => !isAllowed(offer))) excluded.add(name);
  }
  return { updates, notOffered, excluded: [...excluded].sort() };
}

function isThere(installed: Installed | undefined, offer: RpmOffer): boolean {
  return installed !== undefined && compareRpm(installed.parsed, offer.parsed) >= 0;
}

/** An update keeps its architecture, or goes to or from none (libsolv's policy); zypper keeps its vendor too. */
function fits(offer: RpmOffer, item: Package, { repository }: ReadRepository): boolean {
  if (!fitsMachine(offer, item)) return false;
  return (
    !repository.isZypper || offer.vendor === undefined || item.supplier === undefined || offer.vendor === item.supplier
  );
}

function fitsMachine({ architecture }: RpmOffer, item: Package): boolean {
  const own = item.architecture;
  return own === undefined || own === architecture || own === "noarch" || architecture === "noarch";
}

/** Of a name the repositories of the best priority count alone. */
function ofBestPriority(offers: readonly RpmOffer[], read: readonly ReadRepository[]): RpmOffer[] {
  const priorityOf = (offer: RpmOffer) => read[offer.repository]?.repository.priority ?? 99;
  const best = offers.reduce((least, offer) => Math.min(least, priorityOf(offer)), Number.POSITIVE_INFINITY);
  return offers.filter((offer) => priorityOf(offer) === best);
}

function isExcluded(offer: RpmOffer, { repository }: ReadRepository, excludes: readonly string[]): boolean {
  const isNamed = (globs: readonly string[]) => globs.some((glob) => namesOffer(glob, offer));
  if (isNamed(excludes) || isNamed(repository.excludes)) return true;
  return repository.includes.length > 0 && !isNamed(repository.includes);
}

/** A glob over the name, with the architecture, or with version and release behind it. */
function namesOffer(glob: string, { name, version, architecture }: RpmOffer): boolean {
  const matches = compileGlob(glob);
  return [name, `${name}.${architecture}`, `${name}-${version}`, `${name}-${version}.${architecture}`].some((text) =>
    matches(text),
  );
}
