/** Where dnf, yum and zypper look for packages: dnf.conf(5), yum.conf(5), zypper's "Repository Management". */
import type { Distribution, Package } from "../../contents/model.ts";

/** A repository that is enabled, with its variables filled in. */
export interface RpmRepository {
  readonly id: string;
  readonly baseUrls: readonly string[];
  readonly mirrorList?: string;
  readonly metalink?: string;
  /** `gpgkey`: files of the image without their `file://`, and URLs, which are not fetched. */
  readonly keys: readonly string[];
  /** Lower counts first; dnf and zypper both have 99 where nothing is said. */
  readonly priority: number;
  /** Globs of what it may not offer, and of what alone it may. */
  readonly excludes: readonly string[];
  readonly includes: readonly string[];
  /** Its packages count whatever modules are enabled. */
  readonly isHotfix: boolean;
  /** Wants a client certificate, which an image has from its host alone. */
  readonly wantsCertificate: boolean;
  /** zypper stays with the vendor of what is installed. */
  readonly isZypper: boolean;
}

export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** What a root file system says of repositories beside their list. */
export interface RpmSettings {
  readonly repositories: readonly RpmRepository[];
  /** Globs of packages that no repository may offer. */
  readonly excludes: readonly string[];
  /** Module → its stream, or undefined where it is disabled. */
  readonly modules: ReadonlyMap<string, string | undefined>;
  /** Services of zypper, which would name further repositories when they are asked. */
  readonly services: readonly string[];
}

/** What of a root file system is dnf's, yum's or zypper's. */
export function isRpmSource(path: string): boolean {
  return /^etc\/(?:yum|dnf|zypp|distro)[./]/.test(path);
}

/** Settings of the root file system that hold whoever names the repositories. */
export function isRpmState(path: string): boolean {
  return isRpmSource(path) && !path.endsWith(".repo");
}

export function readRpmSettings(
  sources: readonly SourceFile[],
  distribution: Distribution | undefined,
  packages: readonly Package[],
): RpmSettings {
  const variables = variablesOf(sources, distribution, packages);
  const excludes: string[] = [];
  const modules = new Map<string, string | undefined>();
  const services: string[] = [];
  const repositories = new Map<string, RpmRepository>();
  for (const { path, text } of sources) {
    if (VARIABLE_FOLDER.test(path)) continue;
    for (const [section, fields] of readIni(text)) {
      if (/^etc\/(?:yum|dnf\/dnf)\.conf$/.test(path) && section === "main") {
        excludes.push(...words(fields.get("excludepkgs")), ...words(fields.get("exclude")));
      } else if (path.endsWith(".module")) {
        const state = fields.get("state");
        if (state === "enabled" || state === "disabled") {
          modules.set(section, state === "enabled" ? fields.get("stream") : undefined);
        }
      } else if (path.endsWith(".service")) {
        if (fields.get("enabled") !== "0") services.push(section);
      } else if (section !== "main" && isEnabled(fields.get("enabled"))) {
        const repository = repositoryOf(section, fields, variables, path.includes("zypp"));
        // The last file that names it counts, as for dnf.
        if (repository !== undefined) repositories.set(repository.id, repository);
      } else repositories.delete(section);
    }
  }
  return { repositories: [...repositories.values()], excludes, modules, services };
}

function isEnabled(written: string | undefined): boolean {
  return written === undefined || /^(?:1|yes|true|on)$/i.test(written);
}

function repositoryOf(
  id: string,
  fields: ReadonlyMap<string, string>,
  variables: ReadonlyMap<string, string>,
  isZypper: boolean,
): RpmRepository | undefined {
  const filled = (key: string) => words(fill(fields.get(key) ?? "", variables));
  const baseUrls = filled("baseurl");
  const [mirrorList] = filled("mirrorlist");
  const [metalink] = filled("metalink");
  if (baseUrls.length === 0 && mirrorList === undefined && metalink === undefined) return undefined;
  // A mirror list that is a metalink is one for yum.
  const isLink = mirrorList?.includes("metalink") === true && metalink === undefined;
  const priority = Number.parseInt(fields.get("priority") ?? "", 10);
  const link = isLink ? mirrorList : metalink;
  return {
    id: fill(id, variables).slice(0, 200),
    baseUrls,
    ...(mirrorList === undefined || isLink ? {} : { mirrorList }),
    ...(link === undefined ? {} : { metalink: link }),
    keys: filled("gpgkey").map((key) => key.replace(/^file:\/\//, "")),
    priority: Number.isNaN(priority) ? 99 : priority,
    excludes: [...words(fields.get("excludepkgs")), ...words(fields.get("exclude"))],
    includes: words(fields.get("includepkgs")),
    isHotfix: /^(?:1|yes|true|on)$/i.test(fields.get("module_hotfixes") ?? ""),
    wantsCertificate: fields.has("sslclientcert"),
    isZypper,
  };
}

const VARIABLE_FOLDER = /^etc\/(?:yum\/vars|dnf\/vars|zypp\/vars\.d)\//;

/** The machine of what most packages are built for, as dnf names it. */
export function baseArchitecture(packages: readonly Package[]): string {
  const names = packages.flatMap(({ architecture }) =>
    architecture === undefined || architecture === "noarch" ? [] : [architecture],
  );
  const counts = Map.groupBy(names, (name) => name);
  const most = [...counts].sort(([a, x], [b, y]) => y.length - x.length || (a < b ? -1 : 1))[0]?.[0] ?? "x86_64";
  if (/^i[3456]86$/.test(most)) return "i386";
  return /^[a-z0-9_]{1,40}$/.test(most) ? most : "x86_64";
}

/** Distributions whose release package provides the major release alone as `system-release(releasever)`. */
const MAJOR_RELEASE: ReadonlySet<string> = new Set([
  "rhel",
  "centos",
  "rocky",
  "almalinux",
  "ol",
  "virtuozzo",
  "eurolinux",
]);

function variablesOf(
  sources: readonly SourceFile[],
  distribution: Distribution | undefined,
  packages: readonly Package[],
): ReadonlyMap<string, string> {
  const version = distribution?.versionId ?? "";
  const [major = "", minor = ""] = version.split(".");
  const machine = baseArchitecture(packages);
  const release = MAJOR_RELEASE.has(distribution?.id ?? "") ? major : version;
  const variables = new Map([
    // Amazon Linux 2023 ties an image to the release that it was made of, of which nothing is ever newer.
    ["releasever", distribution?.id === "amzn" && version !== "2" ? "latest" : release],
    ["releasever_major", major],
    ["releasever_minor", minor],
    ["basearch", machine],
    ["arch", machine === "i386" ? "i686" : machine],
  ]);
  for (const { path, text } of sources) {
    const name = VARIABLE_FOLDER.test(path) ? path.slice(path.lastIndexOf("/") + 1) : "";
    // What an image pins its release to is what it wants, and not what there is.
    if (/^\w{1,100}$/.test(name) && name !== "releasever") variables.set(name, text.split("\n", 1)[0]?.trim() ?? "");
  }
  return variables;
}

/** `$basearch`, `${basearch}`; what is not known stays, and makes a URL that is refused. */
function fill(text: string, variables: ReadonlyMap<string, string>): string {
  return text.replace(/\$(?:\{(\w{1,100})\}|(\w{1,100}))/g, (whole, braced?: string, bare?: string) => {
    return variables.get(braced ?? bare ?? "") ?? whole;
  });
}

function words(text: string | undefined): string[] {
  return (text ?? "").split(/[\s,]/).filter((word) => word !== "");
}

/** `[section]`, `key = value`, further lines of a value indented; `#` and `;` begin a comment. */
function* readIni(text: string): Generator<[section: string, fields: ReadonlyMap<string, string>]> {
  let section: string | undefined;
  let fields = new Map<string, string>();
  let key: string | undefined;
  for (const line of text.split("\n")) {
    const trimmed = line.trim();
    if (trimmed === "" || trimmed.startsWith("#") || trimmed.startsWith(";")) continue;
    if (/^[ \t]/.test(line) && key !== undefined) {
      fields.set(key, `${fields.get(key)}\n${trimmed}`);
      continue;
    }
    if (trimmed.startsWith("[") && trimmed.includes("]")) {
      if (section !== undefined) yield [section, fields];
      section = trimmed.slice(1, trimmed.indexOf("]"));
      fields = new Map();
      key = undefined;
      continue;
    }
    const at = trimmed.search(/[=:]/);
    if (at <= 0) continue;
    key = trimmed.slice(0, at).trim().toLowerCase();
    fields.set(key, trimmed.slice(at + 1).trim());
  }
  if (section !== undefined) yield [section, fields];
}
