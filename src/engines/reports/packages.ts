/** What tools call packages, as package-urls name them. */
import { parsePurl } from "../contents/purl-parse.ts";
import type { ReportedPackage } from "./model.ts";

/** Words of Trivy, Grype, Snyk, AWS and Google for an ecosystem or a release's package manager → type of the package-url. */
const TYPES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    deb: "deb debian ubuntu dpkg debian_package",
    apk: "apk alpine wolfi chainguard",
    rpm: "rpm redhat centos rocky alma almalinux amazon oracle fedora suse photon cbl-mariner azurelinux rhel sles opensuse",
    npm: "npm yarn pnpm bun node-pkg javascript nodejs node",
    pypi: "pypi pip pipenv poetry uv python python-pkg",
    gem: "gem rubygems bundler gemspec ruby",
    golang: "golang go gomod gobinary gomodules go_stdlib go-module",
    maven: "maven jar pom gradle java java-archive gradle-lockfile",
    cargo: "cargo rust rustbinary rust-binary rust-crate",
    composer: "composer packagist php composer-vendor php-composer",
    nuget: "nuget dotnet dotnet-core packages-props",
    hex: "hex mix-lock erlang",
    pub: "pub dart",
    swift: "swift",
    conan: "conan",
  }).flatMap(([type, words]) => words.split(" ").map((word) => [word, type] as const)),
);

/** `debian:12` and `linux/debian` are of Debian. */
export function packageTypeOf(word: string | undefined): string | undefined {
  if (word === undefined) return undefined;
  const plain = word.toLowerCase();
  const [family = ""] = plain.split(":");
  return TYPES.get(plain) ?? TYPES.get(family) ?? TYPES.get(family.slice(family.lastIndexOf("/") + 1));
}

/** A package by what a report states of it; its package-url, where it is one, tells it best. */
export function packageOf(stated: {
  readonly name: string;
  readonly version: string;
  /** The report's own word. */
  readonly type?: string | undefined;
  readonly purl?: string | undefined;
}): ReportedPackage {
  const parsed = stated.purl === undefined ? undefined : parsePurl(stated.purl);
  if (parsed !== undefined && !("fault" in parsed) && stated.purl !== undefined) {
    const isDistribution = parsed.type === "deb" || parsed.type === "apk" || parsed.type === "rpm";
    const path = isDistribution ? [] : parsed.namespace;
    return {
      type: parsed.type,
      name: nameWithin(parsed.type, [...path, parsed.name].join("/")),
      version: stated.version === "" ? (parsed.version ?? "") : stated.version,
      purl: stated.purl,
    };
  }
  const type = packageTypeOf(stated.type);
  const { version } = stated;
  if (type === undefined) return { name: stated.name, version };
  const name = nameWithin(type, stated.name);
  const path = name.split("/").filter((step) => step !== "");
  const at = version === "" ? "" : `@${encodeURIComponent(version.toWellFormed())}`;
  return {
    type,
    name,
    version,
    purl: `pkg:${type}/${path.map((step) => encodeURIComponent(step.toWellFormed())).join("/")}${at}`,
  };
}

/** As two tools spell one name alike. */
function nameWithin(type: string, name: string): string {
  switch (type) {
    case "pypi":
      return name.toLowerCase().replaceAll(/[-_.]+/g, "-");
    case "maven":
      return name.replace(":", "/");
    case "npm":
    case "golang":
    case "composer":
    case "deb":
    case "apk":
    case "nuget":
      return name.toLowerCase();
    default:
      return name;
  }
}

/** By which versions of one package are compared for being the same: without an epoch and Go's `v`. */
export function plainVersion(version: string): string {
  return version.replace(/^\d+:/, "").replace(/^v(?=\d)/, "");
}
