/** What other tools read beside the fields of the formats: Trivy's properties, and the upstream of a package-url. */
import type { LayerReference } from "../../../core/location.ts";
import type { Distribution, Package, PackageType } from "../model.ts";
import { PREFIX, type Property } from "./properties.ts";

const TRIVY = "aquasecurity:trivy:";

/** os-release ID → what Trivy calls the distribution, where that is another name. */
const FAMILIES: ReadonlyMap<string, string> = new Map([
  ["rhel", "redhat"],
  ["almalinux", "alma"],
  ["amzn", "amazon"],
  ["ol", "oracle"],
  ["opensuse-leap", "opensuse.leap"],
  ["opensuse-tumbleweed", "opensuse.tumbleweed"],
  ["sles", "suse linux enterprise server"],
  ["mariner", "cbl-mariner"],
]);

/** The name under which a document has the distribution: Trivy looks its advisories up by that. */
export function trivyFamily({ id }: Distribution): string {
  return FAMILIES.get(id) ?? id;
}

/** Its os-release ID where that is not its name, for our reader, and as Syft writes it, which Grype reads. */
export function distributionIds(distribution: Distribution): Property[] {
  const { id } = distribution;
  if (trivyFamily(distribution) === id) return [];
  return [
    [`${PREFIX}distribution:id`, id],
    ["syft:distro:id", id],
  ];
}

/** File that declares packages, by the end of its name → what Trivy calls its reader. */
const READERS: readonly (readonly [PackageType, ending: string, reader: string])[] = [
  ["npm", "/package.json", "node-pkg"],
  ["npm", "yarn.lock", "yarn"],
  ["npm", "pnpm-lock.yaml", "pnpm"],
  ["npm", "package-lock.json", "npm"],
  ["pypi", "METADATA", "python-pkg"],
  ["pypi", "PKG-INFO", "python-pkg"],
  ["pypi", "poetry.lock", "poetry"],
  ["pypi", "Pipfile.lock", "pipenv"],
  ["pypi", "requirements.txt", "pip"],
  ["golang", "go.mod", "gomod"],
  ["golang", "", "gobinary"],
  ["maven", "pom.xml", "pom"],
  ["maven", "gradle.lockfile", "gradle"],
  ["maven", "", "jar"],
  ["cargo", "Cargo.lock", "cargo"],
  ["cargo", "", "rustbinary"],
  ["gem", "Gemfile.lock", "bundler"],
  ["gem", ".gemspec", "gemspec"],
  ["composer", "", "composer"],
  ["nuget", ".deps.json", "dotnet-core"],
  ["nuget", "", "nuget"],
  ["pub", "", "pub"],
  ["hex", "", "hex"],
  ["swift", "", "swift"],
  ["conan", "", "conan"],
  ["conda", "", "conda-pkg"],
];

/** Trivy's properties of a package: where it looks for the source package, whose name advisories have. */
export function trivyProperties(
  item: Package,
  distribution: Distribution | undefined,
  layers: readonly LayerReference[],
): Property[] {
  const { type, name, version, source, module, layer, path } = item;
  const properties: Property[] = [];
  const add = (key: string, value: string | undefined) => {
    if (value !== undefined && value !== "") properties.push([TRIVY + key, value]);
  };
  const isOfDistribution = type === "deb" || type === "apk" || type === "rpm";
  add("PkgID", `${name}@${version}`);
  if (isOfDistribution) add("PkgType", distribution === undefined ? undefined : trivyFamily(distribution));
  else {
    add("PkgType", READERS.find(([of, ending]) => of === type && path.endsWith(ending))?.[2]);
    add("FilePath", path);
  }
  if (layer !== undefined) add("LayerDiffID", layers[layer]?.diffId);
  if (isOfDistribution && source !== undefined) {
    const parts = type === "apk" ? { version: source.version } : partsOf(source.version);
    add("SrcName", source.name);
    add("SrcVersion", parts.version);
    add("SrcRelease", parts.release);
    // The source's name in rpm states no epoch; it is the package's.
    add("SrcEpoch", parts.epoch ?? (type === "rpm" ? partsOf(version).epoch : undefined));
  }
  if (module !== undefined) add("Modularitylabel", module);
  return properties;
}

interface VersionParts {
  readonly epoch?: string;
  readonly version: string;
  readonly release?: string;
}

/** `epoch:version-release`, of deb and rpm alike. */
function partsOf(whole: string): VersionParts {
  const colon = whole.indexOf(":");
  const epoch = colon > 0 && /^\d{1,9}$/.test(whole.slice(0, colon)) ? whole.slice(0, colon) : undefined;
  const rest = epoch === undefined ? whole : whole.slice(colon + 1);
  const dash = rest.lastIndexOf("-");
  return {
    ...(epoch === undefined || epoch === "0" ? {} : { epoch }),
    ...(dash <= 0 ? { version: rest } : { version: rest.slice(0, dash), release: rest.slice(dash + 1) }),
  };
}

export function trivyDistributionProperties(distribution: Distribution): Property[] {
  return [
    [`${TRIVY}Class`, "os-pkgs"],
    [`${TRIVY}Type`, trivyFamily(distribution)],
  ];
}

/**
 * The package-url with the source package that other scanners look for there: `upstream=acl`, `acl@2.2.53-5` where its
 * version is another, `bash-5.1-2.el9.src.rpm` of rpm. A package that is its own source has none.
 */
export function purlWithUpstream({ type, name, version, source, purl }: Package): string {
  if (source === undefined || (type !== "deb" && type !== "apk" && type !== "rpm")) return purl;
  if (source.name === name && source.version === (type === "rpm" ? version.replace(/^\d{1,9}:/, "") : version)) {
    return purl;
  }
  const at = source.version === version || type === "apk" ? source.name : `${source.name}@${source.version}`;
  const upstream = type === "rpm" ? `${source.name}-${source.version}.src.rpm` : at;
  // The last key of all that we write: they are in the order of the alphabet.
  return `${purl}${purl.includes("?") ? "&" : "?"}upstream=${encodeURIComponent(upstream.toWellFormed())
    .replaceAll("%3A", ":")
    .replace(/[!'()*]/g, hex)}`;
}

function hex(mark: string): string {
  return `%${mark.charCodeAt(0).toString(16).toUpperCase()}`;
}
