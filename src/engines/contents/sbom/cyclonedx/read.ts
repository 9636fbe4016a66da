/** CycloneDX 1.0 to 1.7 in JSON, as any tool writes it. */

import type { Untyped } from "../../../../core/untyped.ts";
import { bounds as contentsBounds } from "../../bounds.ts";
import type { PackageRecord } from "../../model.ts";
import { bounds } from "../bounds.ts";
import type { Diagnostics } from "../diagnostics.ts";
import type { ReadDocument } from "../document.ts";
import { readHashes } from "../hashes.ts";
import type { ListedComponent, Listing } from "../listing.ts";
import { distributionFieldsOf, type PropertyBag, packageFieldsOf, propertyBag, subjectOf } from "../properties.ts";
import { statedDistribution } from "../stated-distribution.ts";
import { asObject, asObjects, asText, asTexts } from "../untyped.ts";

/** Component types that are no packages, whatever they are called (component.type). */
const STRUCTURE: ReadonlySet<string> = new Set([
  ...["container", "cryptographic-asset", "data", "device", "device-driver", "file", "firmware"],
  ...["machine-learning-model", "platform"],
]);

/** @param document - parsed; in the shape of the JSON format, also where it was XML */
export function readCycloneDx(document: Untyped, documentName: string, diagnostics: Diagnostics): ReadDocument {
  const metadata = asObject(document.metadata);
  const root = asObject(metadata?.component);
  const rootName = asText(root?.name);
  const rootReference = asText(root?.["bom-ref"]);
  const own = root === undefined ? undefined : subjectOf(rootName ?? documentName, propertiesOf(root));
  for (const gap of own?.gaps ?? []) diagnostics.stated(gap);
  if (own === undefined) readCompositions(document, rootReference, diagnostics);

  const components: ListedComponent[] = [];
  const distributions: Listing["distributions"][number][] = [];
  const others = new Set(rootReference === undefined ? [] : [rootReference]);
  for (const { component, place } of allComponents(document, root, diagnostics)) {
    const type = asText(component.type) ?? "library";
    const properties = propertiesOf(component);
    const reference = asText(component["bom-ref"]);
    if (type === "operating-system") {
      if (reference !== undefined) others.add(reference);
      const name = properties.foreign("syft:distro:id") ?? asText(component.name);
      if (name === undefined) diagnostics.gap("sbom.component", "states no name", place);
      else distributions.push({ place, distribution: distributionOf(name, component, properties, own !== undefined) });
    } else if (!isStructure(type, component, properties)) {
      components.push(listed(component, place, properties, own !== undefined));
    } else if (reference !== undefined) {
      others.add(reference);
    }
  }
  return {
    format: `CycloneDX ${asText(document.specVersion) ?? ""}`.trimEnd(),
    subject: own?.subject ?? { kind: "other", ...(rootName === undefined ? {} : { name: rootName }) },
    listing: {
      components,
      distributions,
      dependencies: dependenciesOf(document, diagnostics),
      others,
      documentName,
      ordered: own !== undefined,
    },
  };
}

/** A document that says of itself, or of its root, that it is not whole. */
function readCompositions(document: Untyped, root: string | undefined, diagnostics: Diagnostics): void {
  for (const [i, composition] of asObjects(document.compositions).entries()) {
    const aggregate = asText(composition.aggregate) ?? "";
    const assemblies = asTexts(composition.assemblies);
    const isAboutAll =
      assemblies.length === 0 ? composition.dependencies === undefined : assemblies.includes(root ?? "");
    if (isAboutAll && aggregate.startsWith("incomplete")) {
      diagnostics.gap("sbom.incomplete", "says that the document is not whole", `compositions[${i}] (${aggregate})`);
    }
  }
}

interface Placed {
  readonly component: Untyped;
  readonly place: string;
}

/** Every component, also those within others and within the root, the outer before the inner. */
function* allComponents(document: Untyped, root: Untyped | undefined, diagnostics: Diagnostics): Generator<Placed> {
  const pending = [
    { list: asObjects(root?.components), path: "metadata.component.components", next: 0 },
    { list: asObjects(document.components), path: "components", next: 0 },
  ];
  const outermost = pending.length;
  let count = 0;
  for (let at = pending.at(-1); at !== undefined; at = pending.at(-1)) {
    const component = at.list[at.next];
    if (component === undefined) {
      pending.pop();
      continue;
    }
    const path = `${at.path}[${at.next}]`;
    at.next += 1;
    if (++count > contentsBounds.packages) {
      diagnostics.gap("sbom.too-many-components", `exceeds the limit of ${contentsBounds.packages} components`, path);
      return;
    }
    const place = placed(path, component);
    yield { component, place };
    const inner = asObjects(component.components);
    if (inner.length === 0) continue;
    if (pending.length - outermost >= bounds.sbomDepth) {
      diagnostics.gap("sbom.too-deep", `holds components beyond the depth of ${bounds.sbomDepth}`, place);
    } else {
      pending.push({ list: inner, path: `${path}.components`, next: 0 });
    }
  }
}

function placed(path: string, component: Untyped): string {
  const name = [asText(component.name), asText(component.version)].filter(Boolean).join(" ").slice(0, 80);
  return name === "" ? path : `${path} (${name})`;
}

/** Tools list what holds the packages (a lockfile, an image, a cluster) as components as well. */
function isStructure(type: string, component: Untyped, properties: PropertyBag): boolean {
  if (asText(component.purl) !== undefined) return false;
  if (STRUCTURE.has(type)) return true;
  if (properties.foreign("aquasecurity:trivy:Class") !== undefined) return true;
  return type === "application" && asText(component.version) === undefined;
}

function distributionOf(name: string, component: Untyped, properties: PropertyBag, own: boolean) {
  const versionId = properties.foreign("syft:distro:versionID") ?? asText(component.version);
  const prettyName = properties.foreign("syft:distro:prettyName") ?? asText(component.description);
  const pretty = prettyName === undefined ? {} : { prettyName };
  if (own) {
    const version = versionId === undefined ? {} : { versionId };
    return { id: name, ...version, ...pretty, ...distributionFieldsOf(properties) };
  }
  const idLike = properties.foreign("syft:distro:idLike:0");
  const versionCodename = properties.foreign("syft:distro:versionCodename");
  return statedDistribution(name, versionId, {
    ...pretty,
    ...(idLike === undefined ? {} : { idLike: [idLike] }),
    ...(versionCodename === undefined ? {} : { versionCodename }),
  });
}

const USAGES: Readonly<Record<string, PackageRecord["usage"]>> = {
  required: "runtime",
  optional: "optional",
  excluded: "development",
};

function listed(component: Untyped, place: string, properties: PropertyBag, own: boolean): ListedComponent {
  const reference = asText(component["bom-ref"]);
  const purl = asText(component.purl);
  const group = asText(component.group);
  const name = asText(component.name);
  const version = asText(component.version);
  // Ours have what was declared as the publisher, and beside it what was made of that.
  const others = own ? undefined : (asText(asObject(component.supplier)?.name) ?? asText(component.author));
  const supplier = asText(component.publisher) ?? others;
  const hashes = readHashes(
    asObjects(component.hashes).map(({ alg, content }) => [asText(alg), asText(content)]),
    properties.all("hash"),
  );
  const usage = USAGES[asText(component.scope) ?? ""];
  return {
    place,
    licenses: own && properties.all("license").length > 0 ? properties.all("license") : licensesOf(component),
    paths: pathsOf(component, properties),
    ...(reference === undefined ? {} : { reference }),
    ...(purl === undefined ? {} : { purl }),
    ...(group === undefined ? {} : { group }),
    ...(name === undefined ? {} : { name }),
    ...(version === undefined ? {} : { version }),
    ...(supplier === undefined ? {} : { supplier }),
    ...(hashes === undefined ? {} : { hashes }),
    ...(usage === undefined ? {} : { usage }),
    ...(own ? { own: packageFieldsOf(properties) } : foreignFields(properties)),
  };
}

function licensesOf(component: Untyped): string[] {
  return asObjects(component.licenses).flatMap((choice) => {
    const license = asObject(choice.license);
    return asText(choice.expression) ?? asText(license?.id) ?? asText(license?.name) ?? [];
  });
}

function pathsOf(component: Untyped, properties: PropertyBag): string[] {
  const occurrences = asObjects(asObject(component.evidence)?.occurrences);
  const located = occurrences.flatMap(({ location }) => asText(location) ?? []);
  const syft: string[] = [];
  for (let path = properties.foreign("syft:location:0:path"); path !== undefined; ) {
    syft.push(path);
    path = syft.length >= 1_000 ? undefined : properties.foreign(`syft:location:${syft.length}:path`);
  }
  const others = ["aquasecurity:trivy:FilePath", "SrcFile"].flatMap((name) => properties.foreign(name) ?? []);
  return [...located, ...syft, ...others];
}

/** The properties of Trivy, of cdxgen, which has them from Trivy, and of Syft. */
function foreignFields(properties: PropertyBag): Pick<ListedComponent, "source" | "module" | "architecture"> {
  const trivy = (name: string) => properties.foreign(`aquasecurity:trivy:${name}`) ?? properties.foreign(name);
  const name =
    trivy("SrcName") ?? properties.foreign("syft:metadata:originPackage") ?? properties.foreign("syft:metadata:source");
  const bare = trivy("SrcVersion") ?? properties.foreign("syft:metadata:sourceVersion");
  const release = trivy("SrcRelease");
  const epoch = trivy("SrcEpoch");
  const version =
    bare === undefined
      ? undefined
      : `${epoch === undefined || epoch === "0" ? "" : `${epoch}:`}${bare}${release === undefined ? "" : `-${release}`}`;
  const module = trivy("Modularitylabel");
  return {
    ...(name === undefined ? {} : { source: { name: name, ...(version === undefined ? {} : { version }) } }),
    ...(module === undefined ? {} : { module }),
  };
}

function dependenciesOf(document: Untyped, diagnostics: Diagnostics): Map<string, readonly string[]> {
  const dependencies = new Map<string, readonly string[]>();
  for (const [i, entry] of asObjects(document.dependencies).entries()) {
    const reference = asText(entry.ref);
    if (reference === undefined) continue;
    const needed = asTexts(entry.dependsOn);
    const before = dependencies.get(reference);
    if (before !== undefined) diagnostics.remark("repeats the dependencies of another element", `dependencies[${i}]`);
    dependencies.set(reference, before === undefined ? needed : [...before, ...needed]);
  }
  return dependencies;
}

function propertiesOf(component: Untyped): PropertyBag {
  return propertyBag(
    asObjects(component.properties).flatMap(({ name, value }) => {
      const [is, of] = [asText(name), asText(value)];
      return is === undefined || of === undefined ? [] : [[is, of] as const];
    }),
  );
}
