/** Components as any format lists them → an inventory, with what could not be read of them. */

import { compareText } from "../../../core/order.ts";
import { bounds as ociBounds } from "../../oci/bounds.ts";
import { bounds } from "../bounds.ts";
import type { Distribution, Inventory, Package, PackageRecord, PackageType } from "../model.ts";
import { isDeclaredText } from "../packages/identity.ts";
import { purlOf } from "../purl.ts";
import { type ParsedPurl, parsePurl } from "../purl-parse.ts";
import type { Diagnostics } from "./diagnostics.ts";
import { joinName } from "./group.ts";
import { namedPackage, packageTypeOf, sourceOf } from "./named-package.ts";
import { purlWithUpstream } from "./other-tools.ts";
import { distributionOfPurl, isSameDistribution } from "./stated-distribution.ts";

/** One component, with the fields of its format already taken apart. */
export interface ListedComponent {
  /** Where it stands in the document and what it calls itself: `components[3] (musl 1.2.2)`. */
  readonly place: string;
  /** What stands for it in the document's graph. */
  readonly reference?: string;
  readonly purl?: string;
  readonly group?: string;
  readonly name?: string;
  readonly version?: string;
  readonly licenses: readonly string[];
  readonly supplier?: string;
  readonly hashes?: Readonly<Record<string, string>>;
  readonly usage?: PackageRecord["usage"];
  /** The files that show it; the first that fits counts. */
  readonly paths: readonly string[];
  readonly source?: { readonly name?: string; readonly version?: string };
  readonly module?: string;
  readonly architecture?: string;
  /** What only our own documents say; the path in them is the package's. */
  readonly own?: Partial<Package>;
}

export interface Listing {
  readonly components: readonly ListedComponent[];
  /** Stated as such, not by package-urls. */
  readonly distributions: readonly { readonly place: string; readonly distribution: Distribution }[];
  /** From a component's reference to those it needs. */
  readonly dependencies: ReadonlyMap<string, readonly string[]>;
  /** References of what is in the document and is no package. */
  readonly others: ReadonlySet<string>;
  /** Stands for the path of packages that the document gives none. */
  readonly documentName: string;
  /** True: ours, in the order in which we wrote it. */
  readonly ordered: boolean;
}

/** What may be any kind of package: a scope of its own, so that the others are judged all the same. */
export const UNIDENTIFIED = "unidentified";

/**
 * The inventory that a document lists. A component without a package-url, with one that is broken, or of a type that
 * nothing here judges is a gap; so is a contradiction between its fields. Two alike are one.
 */
export function inventoryOf(listing: Listing, diagnostics: Diagnostics): Inventory {
  const candidates: Candidate[] = [];
  for (const component of listing.components) {
    const candidate = candidateOf(component, diagnostics);
    if (candidate !== undefined) candidates.push(candidate);
  }
  const distribution = distributionOf(listing, candidates, diagnostics);
  const packages: Package[] = [];
  const seen = new Set<string>();
  const graph = graphOf(listing);
  for (const candidate of candidates) {
    const { component, type, purl } = candidate;
    if (distribution !== undefined && isForeign(type, purl, distribution)) {
      diagnostics.gap("sbom.other-distribution", `is not a package of ${distribution.id}`, component.place, type);
      continue;
    }
    const item = packageOf(candidate, distribution, listing.documentName, graph, diagnostics);
    const key = JSON.stringify([item.purl, item.name, item.version, item.path, item.layer, item.removedIn]);
    if (seen.has(key) && !listing.ordered) diagnostics.remark("is listed twice", component.place);
    else packages.push(item);
    seen.add(key);
  }
  if (!listing.ordered) packages.sort(comparePackages);
  return { ...(distribution === undefined ? {} : { distribution }), packages };
}

/** The first of a document's entries, as many as are looked at. */
export function withinBound<T>(entries: readonly T[], name: string, diagnostics: Diagnostics): readonly T[] {
  if (entries.length <= bounds.packages) return entries;
  const what = `has ${entries.length} entries, of which ${bounds.packages} are read`;
  diagnostics.gap("sbom.too-many-components", what, name);
  return entries.slice(0, bounds.packages);
}

interface Candidate {
  readonly component: ListedComponent;
  readonly type: PackageType;
  readonly purl: ParsedPurl;
  readonly name: string;
  readonly version: string;
}

function candidateOf(component: ListedComponent, diagnostics: Diagnostics): Candidate | undefined {
  const { place } = component;
  if (component.purl === undefined) {
    diagnostics.gap("sbom.no-package-url", "has no package-url, so its identity is unknown", place, UNIDENTIFIED);
    return undefined;
  }
  const purl = parsePurl(component.purl);
  if ("fault" in purl) {
    diagnostics.gap("sbom.package-url", `has a package-url that ${purl.fault}`, place, UNIDENTIFIED);
    return undefined;
  }
  const type = packageTypeOf(purl);
  if (type === undefined) {
    diagnostics.gap(
      "sbom.unjudged-type",
      `is of type ${purl.type}, for which there are no advisories`,
      place,
      purl.type,
    );
    return undefined;
  }
  if (component.own !== undefined) {
    const name = joinName(type, { ...component, name: component.name ?? purl.name });
    return { component, type, purl, name, version: component.version ?? "" };
  }
  const named = namedPackage(type, purl, component);
  if ("fault" in named) {
    diagnostics.gap("sbom.component", named.fault, place, type);
    return undefined;
  }
  if (named.contradiction !== undefined) diagnostics.gap("sbom.contradiction", named.contradiction, place, type);
  return { component, type, purl, name: named.name, version: named.version };
}

/** The one stated, else the one that most package-urls name. */
function distributionOf(
  { distributions }: Listing,
  candidates: readonly Candidate[],
  diagnostics: Diagnostics,
): Distribution | undefined {
  const [first, ...others] = distributions;
  for (const { place, distribution } of others) {
    if (first !== undefined && !isSameDistribution(first.distribution, distribution)) {
      diagnostics.gap("sbom.two-distributions", `is a second one beside ${first.distribution.id}`, place);
    }
  }
  const counted = new Map<string, { distribution: Distribution; count: number }>();
  for (const { type, purl } of candidates) {
    if (!isDistributions(type)) continue;
    const named = distributionOfPurl(purl);
    if (named === undefined) continue;
    const key = `${named.id} ${named.versionId ?? named.versionCodename ?? ""}`;
    const known = counted.get(key);
    if (known === undefined) counted.set(key, { distribution: named, count: 1 });
    else known.count += 1;
  }
  let most: { distribution: Distribution; count: number } | undefined;
  for (const each of counted.values()) if (most === undefined || each.count > most.count) most = each;
  if (first === undefined) return most?.distribution;
  // A component that names the system without its release, beside packages that name both.
  const { distribution } = first;
  const fuller = most?.distribution;
  return distribution.versionId === undefined && fuller?.id === distribution.id ? fuller : distribution;
}

function isForeign(type: PackageType, purl: ParsedPurl, distribution: Distribution): boolean {
  if (!isDistributions(type)) return false;
  const named = distributionOfPurl(purl);
  return named !== undefined && !isSameDistribution(named, distribution);
}

function isDistributions(type: PackageType): boolean {
  return type === "deb" || type === "apk" || type === "rpm";
}

/** The document's graph, while packages are made of its components. */
interface Graph {
  /** What a reference of the document stands for in our records; the document's own unless it is ours. */
  readonly names: ReadonlyMap<string, string>;
  readonly dependencies: ReadonlyMap<string, readonly string[]>;
  readonly others: ReadonlySet<string>;
  readonly taken: Set<string>;
}

function graphOf({ components, dependencies, others }: Listing): Graph {
  const names = new Map<string, string>();
  for (const { reference, own } of components) {
    if (reference !== undefined && !names.has(reference)) names.set(reference, own?.reference ?? reference);
  }
  return { names, dependencies, others, taken: new Set() };
}

/** Its edges, if it is the first with its reference and the document has any for it. */
function edgesOf({ reference, place }: ListedComponent, graph: Graph, diagnostics: Diagnostics): string[] | undefined {
  if (reference === undefined) return undefined;
  if (graph.taken.has(reference)) {
    diagnostics.remark("has the reference of another component", place);
    return undefined;
  }
  graph.taken.add(reference);
  const needed = graph.dependencies.get(reference);
  if (needed === undefined) return undefined;
  const names = new Set<string>();
  for (const each of needed) {
    const name = graph.names.get(each);
    if (name !== undefined) names.add(name);
    else if (!graph.others.has(each)) diagnostics.remark("depends on an element that is not in the document", place);
  }
  return [...names];
}

function packageOf(
  { component, type, purl, name, version }: Candidate,
  distribution: Distribution | undefined,
  documentName: string,
  graph: Graph,
  diagnostics: Diagnostics,
): Package {
  const { own, place, licenses, supplier, hashes, usage, reference } = component;
  const path = withoutSlash(pathOf(type, component.paths) ?? documentName);
  const first = reference !== undefined && !graph.taken.has(reference);
  const edges = edgesOf(component, graph, diagnostics);
  // Ours have the edges of what needs others by name only for other readers.
  const needed = own !== undefined && own.reference === undefined ? undefined : edges;
  const known = {
    ...(supplier !== undefined && isDeclaredText(supplier) ? { supplier } : {}),
    ...(hashes === undefined ? {} : { hashes }),
    ...(usage === undefined ? {} : { usage }),
  };
  if (own !== undefined) {
    const record: PackageRecord = {
      ...{ type, name, version, licenses, ...known, ...own },
      ...(needed === undefined ? {} : { dependsOn: needed }),
    };
    const written = purlOf(record, distribution);
    if (written !== component.purl && purlWithUpstream({ ...record, purl: written, path }) !== component.purl) {
      diagnostics.gap("sbom.contradiction", "has a package-url that its other fields do not make", place, type);
    }
    return { ...record, purl: written, path };
  }
  const architecture = component.architecture ?? purl.qualifiers.get("arch");
  const module = component.module ?? purl.qualifiers.get("rpmmod");
  const source = sourceOf(type, { name, version }, purl.qualifiers, component.source);
  const record: PackageRecord = {
    ...{ type, name, version, licenses: licenses.filter(isDeclaredText), ...known },
    ...(architecture === undefined ? {} : { architecture }),
    ...(source === undefined ? {} : { source }),
    ...(module === undefined ? {} : { module }),
    ...(first ? { reference } : {}),
    ...(needed === undefined ? {} : { dependsOn: needed.sort() }),
  };
  return { ...record, purl: purlOf(record, distribution), path };
}

/** Tools list every file of a distribution's package that told them something: the database is the one that counts. */
const DATABASES =
  /(?:^|\/)(?:var\/lib\/dpkg\/status(?:\.d\/[^/]+)?|lib\/apk\/db\/installed|(?:lib\/sysimage|share|var\/lib)\/rpm\/[^/]+)$/;

function pathOf(type: PackageType, paths: readonly string[]): string | undefined {
  const database = isDistributions(type)
    ? paths.find((path) => path.length <= ociBounds.pathBytes && DATABASES.test(path))
    : undefined;
  return database ?? paths.find((path) => path.length <= ociBounds.pathBytes);
}

function withoutSlash(path: string): string {
  return path.startsWith("/") ? path.slice(1) : path;
}

/** The order in which our own readers list packages. */
function comparePackages(a: Package, b: Package): number {
  return (
    compareText(a.type, b.type) ||
    compareText(a.name, b.name) ||
    compareText(a.version, b.version) ||
    compareText(a.architecture ?? "", b.architecture ?? "") ||
    compareText(a.path, b.path)
  );
}
