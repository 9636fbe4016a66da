/** Which packages of an image were loaded: what was learned of its containers, joined to its inventory. Pure. */
import type { Loaded } from "../../core/finding.ts";
import { printable } from "../../core/printable.ts";
import type { ImageFiles, Inventory, Package } from "../../engines/contents/model.ts";
import { hitsByFolder } from "./folders.ts";
import type { Observed } from "./observed.ts";
import { type Claims, claimsOf } from "./owners.ts";
import { type Place, placeOf } from "./places.ts";
import { type Hit, type Wanted, wantedFiles } from "./wanted.ts";

/** The inventory with what is known of each package. */
export function joinLoaded(inventory: Inventory, files: ImageFiles, observed: Observed): Inventory {
  const { packages } = inventory;
  const wanted = wantedFiles(observed, files);
  const claims = claimsOf(packages, files, wanted.hits);
  const declared = Map.groupBy(packages, ({ type, path }) => `${type} ${path}`);
  const places = new Map<Package, Place>();
  for (const item of packages) {
    places.set(item, placeOf(item, (declared.get(`${item.type} ${item.path}`)?.length ?? 0) > 1));
  }
  const byFolder = hitsByFolder(places, files, wanted.hits, claims);
  const join: Join = { files, observed, wanted, claims, byFolder };
  const found = new Map<Package, Loaded>();
  for (const [item, place] of places) found.set(item, stateOf(item, factsOf(item, place, join), join));
  const owners = ownersOf(packages);
  return {
    ...inventory,
    packages: packages.map((item) => {
      const { state, reason } = throughOwner(item, found, owners);
      // Paths are of the image, or of who runs in it.
      return { ...item, loaded: { state, reason: printable(reason) } };
    }),
  };
}

/** The inventory where nothing is known of any package. @param reason - why */
export function allUnknown(inventory: Inventory, reason: string): Inventory {
  const loaded: Loaded = { state: "unknown", reason };
  return { ...inventory, packages: inventory.packages.map((item) => ({ ...item, loaded })) };
}

interface Join {
  readonly files: ImageFiles;
  readonly observed: Observed;
  readonly wanted: Wanted;
  readonly claims: Claims;
  readonly byFolder: ReadonlyMap<Package, readonly Hit[]>;
}

/** What was loaded of one package, or why nobody can tell. */
type Facts = { readonly hits: readonly Hit[] } | { readonly within: Hit } | { readonly why: string };

function factsOf(item: Package, place: Place, { files, wanted, claims, byFolder }: Join): Facts {
  switch (place.kind) {
    case "unknown":
      return { why: place.reason };
    case "listed": {
      if (claims.listed.has(item)) return { hits: claims.hits.get(item) ?? [] };
      if (!claims.roughly.has(item)) return { why: NO_LIST };
      return { hits: [...(claims.hits.get(item) ?? []), ...(byFolder.get(item) ?? [])] };
    }
    case "folder":
      return { hits: byFolder.get(item) ?? [] };
    case "file":
    case "within": {
      const real = files.resolve(place.path);
      if (real === undefined || files.layerOf(real) === undefined)
        return { why: `no file /${place.path} in the image` };
      const hit = wanted.hits.get(real);
      if (hit === undefined) {
        return place.kind === "file" && place.others ? { why: `/${place.path} was not opened` } : { hits: [] };
      }
      return place.kind === "file" ? { hits: [hit] } : { within: hit };
    }
  }
}

const NO_LIST = "the image has no list of its files";

function stateOf(item: Package, facts: Facts, { observed, wanted, claims }: Join): Loaded {
  if ("why" in facts) return { state: "unknown", reason: facts.why };
  if ("within" in facts) {
    return {
      state: "unknown",
      reason: `${facts.within.reason}; whether the code of ${item.name} in it was, is not known`,
    };
  }
  const hit = facts.hits.toSorted(byWeight)[0];
  if (hit !== undefined) {
    if (hit.changed) return { state: "unknown", reason: hit.reason };
    const [other] = observed.others;
    if (other === undefined) return { state: "loaded", reason: hit.reason };
    return { state: "unknown", reason: `${hit.reason}, in a container of this image or of ${other}` };
  }
  const [missing] = observed.missing;
  if (missing !== undefined) return { state: "unknown", reason: `no file of it was opened, but ${missing}` };
  if (wanted.startUnknown !== undefined && claims.loaders.has(item)) {
    return {
      state: "unknown",
      reason: `no file of it was opened, but what loaded ${wanted.startUnknown} is not known`,
    };
  }
  const containers = `${observed.containers} ${observed.containers === 1 ? "container" : "containers"}`;
  const reason = `no file of it was opened in ${(observed.seconds / 3600).toFixed(1)} h (${containers})`;
  return { state: "not loaded", reason };
}

function byWeight(one: Hit, other: Hit): number {
  const weight = ({ changed, executed }: Hit) => (changed ? 2 : 0) + (executed ? 0 : 1);
  return weight(one) - weight(other) || (one.reason < other.reason ? -1 : 1);
}

/** By package-url the distribution's packages, and how many others each of them brought. */
function ownersOf(packages: readonly Package[]): Owners {
  const brought = new Map<string, number>();
  for (const { ownedBy } of packages) {
    if (ownedBy !== undefined) brought.set(ownedBy, (brought.get(ownedBy) ?? 0) + 1);
  }
  return { byPurl: new Map(packages.map((item) => [item.purl, item])), brought };
}

interface Owners {
  readonly byPurl: ReadonlyMap<string, Package>;
  readonly brought: ReadonlyMap<string, number>;
}

/**
 * What a distribution's package brought without a list of its own: nothing of it was loaded where nothing of that package
 * was, and where that package brought it alone, what was loaded is its.
 */
function throughOwner(item: Package, found: ReadonlyMap<Package, Loaded>, { byPurl, brought }: Owners): Loaded {
  const own = found.get(item) as Loaded;
  const owner = item.ownedBy === undefined ? undefined : byPurl.get(item.ownedBy);
  const through = owner === undefined ? undefined : found.get(owner);
  if (own.reason !== NO_LIST || owner === undefined || through === undefined || through.state === "unknown") return own;
  if (through.state === "loaded" && brought.get(owner.purl) !== 1) return own;
  return { state: through.state, reason: `${through.reason} (${owner.name})` };
}
