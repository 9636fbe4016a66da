/** CycloneDX in JSON (1.4 and later) whose `vulnerabilities` a scanner filled in. */
import { append } from "../../core/append.ts";
import { isObject, type Untyped } from "../../core/untyped.ts";
import { parsePurl } from "../contents/purl-parse.ts";
import { bounds } from "./bounds.ts";
import {
  addressesOf,
  broken,
  digestIn,
  lineOf,
  nameAt,
  noCounts,
  objectAt,
  objectsAt,
  type Placed,
  reasonWord,
  requiredName,
  type Source,
  tally,
  timeAt,
  unsupported,
} from "./document.ts";
import type { ReportedFlaw, ReportedPackage, ReportedSubject, ReportedTool, ScannerReport } from "./model.ts";
import { packageOf } from "./packages.ts";
import { pathInImage, pathWithin } from "./paths.ts";
import { severityOfWord, worstOf } from "./severity.ts";

export function isCycloneDx(root: Untyped): boolean {
  return root.bomFormat === "CycloneDX";
}

/** States of an analysis that hold nothing against the component. */
const DISMISSED: ReadonlySet<unknown> = new Set([
  "not_affected",
  "false_positive",
  "resolved",
  "resolved_with_pedigree",
]);

/** @throws Problem where it is broken, names no vulnerabilities, or no tool that found them */
export function readCycloneDx(root: Untyped, source: Source): ScannerReport {
  if (root.vulnerabilities === undefined) {
    throw unsupported(
      source,
      "vulnerabilities",
      "an SBOM without vulnerabilities",
      "scan it: `bulkhead image scan sbom:FILE`",
    );
  }
  const metadata = objectAt(source, root.metadata, "metadata");
  const observedAt = timeAt(source, metadata.timestamp, "metadata.timestamp");
  const subject = subjectOf(metadata, source);
  const components = componentsOf(root, metadata, source);
  const tool = toolOf(metadata, source);
  const suppressed = noCounts();
  const unread = noCounts();
  const flaws: ReportedFlaw[] = [];
  for (const flaw of objectsAt(source, root.vulnerabilities, "vulnerabilities")) {
    const { state } = objectAt(source, flaw.value.analysis, `${flaw.at}.analysis`);
    if (DISMISSED.has(state)) tally(suppressed, reasonWord(String(state)));
    else append(flaws, flawsOf(flaw, { components, subject, unread, tool: tool.name }, source));
  }
  return {
    place: source.path,
    format: "CycloneDX",
    tool,
    ...(observedAt === undefined ? {} : { observedAt }),
    targets: [{ subject, flaws, results: [], suppressed }],
    unread,
  };
}

/** A list up to 1.4, components from 1.5 on. */
function toolOf(metadata: Untyped, source: Source): ReportedTool {
  const at = "metadata.tools";
  const tools = Array.isArray(metadata.tools)
    ? objectsAt(source, metadata.tools, at)
    : objectsAt(source, objectAt(source, metadata.tools, at).components, `${at}.components`);
  const [tool] = tools;
  const name = tool === undefined ? undefined : lineOf(nameAt(source, tool.value.name, `${tool.at}.name`));
  if (tool === undefined || name === undefined)
    throw unsupported(source, at, "names no tool that found the vulnerabilities");
  const version = nameAt(source, tool.value.version, `${tool.at}.version`);
  return {
    name: OWN_NAMES.get(name.toLowerCase()) ?? name,
    ...(version === undefined ? {} : { version: lineOf(version) ?? "" }),
  };
}

/** As each calls itself in its other formats. */
const OWN_NAMES: ReadonlyMap<string, string> = new Map([
  ["trivy", "Trivy"],
  ["grype", "Grype"],
  ["snyk", "Snyk"],
]);

function subjectOf(metadata: Untyped, source: Source): ReportedSubject {
  const at = "metadata.component";
  const component = objectAt(source, metadata.component, at);
  const name = nameAt(source, component.name, `${at}.name`) ?? "";
  if (component.type !== "container") return { kind: "tree", name };
  const properties = new Map<string, string[]>();
  for (const { value, at: own } of objectsAt(source, component.properties, `${at}.properties`)) {
    const key = nameAt(source, value.name, `${own}.name`);
    const text = value.value;
    if (key !== undefined && typeof text === "string")
      properties.set(key, [...(properties.get(key) ?? []), text].slice(-20));
  }
  const config = digestIn(properties.get("aquasecurity:trivy:ImageID")?.[0]);
  const purl = nameAt(source, component.purl, `${at}.purl`);
  const parsed = purl === undefined ? undefined : parsePurl(purl);
  const manifests = [
    nameAt(source, component.version, `${at}.version`),
    parsed === undefined || "fault" in parsed ? undefined : parsed.version,
    ...(properties.get("aquasecurity:trivy:RepoDigest") ?? []),
  ].flatMap((text) => digestIn(text) ?? []);
  return { kind: "image", name, ...(config === undefined ? {} : { config }), manifests: [...new Set(manifests)] };
}

/** Every component by its reference, at whatever depth. */
function componentsOf(root: Untyped, metadata: Untyped, source: Source): ReadonlyMap<string, Placed<Untyped>> {
  const found = new Map<string, Placed<Untyped>>();
  const add = (component: Placed<Untyped>, depth: number): void => {
    if (depth > bounds.reportComponentDepth) {
      throw broken(source, component.at, `components nested deeper than ${bounds.reportComponentDepth}`);
    }
    const reference = nameAt(source, component.value["bom-ref"], `${component.at}.bom-ref`);
    if (reference !== undefined && !found.has(reference)) found.set(reference, component);
    for (const inner of objectsAt(source, component.value.components, `${component.at}.components`))
      add(inner, depth + 1);
  };
  const { component } = metadata;
  if (isObject(component)) add({ value: component, at: "metadata.component" }, 0);
  for (const each of objectsAt(source, root.components, "components")) add(each, 0);
  return found;
}

interface Within {
  readonly components: ReadonlyMap<string, Placed<Untyped>>;
  readonly subject: ReportedSubject;
  readonly unread: Record<string, number>;
  readonly tool: string;
}

/** One a component that it affects. */
function flawsOf(
  { value: item, at }: Placed<Untyped>,
  { components, subject, unread, tool }: Within,
  source: Source,
): ReportedFlaw[] {
  const id = requiredName(source, item.id, `${at}.id`);
  const references = objectsAt(source, item.references, `${at}.references`);
  const severity = worstOf(
    objectsAt(source, item.ratings, `${at}.ratings`).map(({ value }) => severityOfWord(value.severity)),
  );
  const advisories = objectsAt(source, item.advisories, `${at}.advisories`);
  return objectsAt(source, item.affects, `${at}.affects`).flatMap(({ value, at: own }) => {
    const reference = requiredName(source, value.ref, `${own}.ref`);
    const found = packageAt(reference, components, source);
    if (found === undefined) {
      tally(unread, "vulnerabilities of components that it does not list");
      return [];
    }
    const path = subject.kind === "image" ? pathInImage(found.path) : found.path && pathWithin(found.path);
    return [
      {
        ids: [id, ...references.flatMap((each) => nameAt(source, each.value.id, `${each.at}.id`) ?? [])],
        package: found.package,
        ...(path === undefined || path === "" ? {} : { path }),
        severity,
        ...fixedIn(item, tool),
        title: lineOf(item.description) ?? id,
        references: addressesOf(advisories.map((each) => each.value.url)),
      },
    ];
  });
}

/** CycloneDX has no field for it. Trivy recommends an upgrade to a version where there is one, and says nothing where there is none. */
function fixedIn({ recommendation }: Untyped, tool: string): Pick<ReportedFlaw, "fixed"> {
  const [, version] = / to version ([!-~]{1,200})/.exec(lineOf(recommendation) ?? "") ?? [];
  if (version !== undefined) return { fixed: [version.replace(/[.;,]$/, "")] };
  return tool === "Trivy" && recommendation === undefined ? { fixed: [] } : {};
}

/** What a reference means: a component of the document, or, of another document (BOM-Link), its package-url behind the `#`. */
function packageAt(
  reference: string,
  components: ReadonlyMap<string, Placed<Untyped>>,
  source: Source,
): { readonly package: ReportedPackage; readonly path?: string } | undefined {
  const component = components.get(reference);
  if (component === undefined) {
    const purl = decoded(reference.slice(reference.indexOf("#") + 1));
    const parsed = purl?.startsWith("pkg:") === true ? parsePurl(purl) : undefined;
    if (parsed === undefined || "fault" in parsed) return undefined;
    return { package: packageOf({ name: parsed.name, version: parsed.version ?? "", purl }) };
  }
  const { value, at } = component;
  const group = nameAt(source, value.group, `${at}.group`);
  const name = requiredName(source, value.name, `${at}.name`);
  const path = objectsAt(source, value.properties, `${at}.properties`).find(
    ({ value: property }) => property.name === "aquasecurity:trivy:FilePath",
  )?.value.value;
  return {
    package: packageOf({
      name: group === undefined ? name : `${group}/${name}`,
      version: nameAt(source, value.version, `${at}.version`) ?? "",
      purl: nameAt(source, value.purl, `${at}.purl`),
    }),
    ...(typeof path === "string" && path.length <= bounds.reportNameLength ? { path } : {}),
  };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
