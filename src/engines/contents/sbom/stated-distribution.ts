/** The distribution as documents state it: an operating-system component, or the `distro` qualifier of package-urls. */
import type { Distribution } from "../model.ts";
import type { ParsedPurl } from "../purl-parse.ts";

/** What package-urls and other tools call a distribution → its os-release ID. */
const IDS: ReadonlyMap<string, string> = new Map([
  ["alma", "almalinux"],
  ["amazon", "amzn"],
  ["amazonlinux", "amzn"],
  ["cbl-mariner", "mariner"],
  ["centos linux", "centos"],
  ["opensuse.leap", "opensuse-leap"],
  ["opensuse.tumbleweed", "opensuse-tumbleweed"],
  ["oracle", "ol"],
  ["oraclelinux", "ol"],
  ["redhat", "rhel"],
  ["rockylinux", "rocky"],
  ["suse linux enterprise server", "sles"],
]);

function idOf(name: string): string {
  const lower = name.toLowerCase();
  return IDS.get(lower) ?? lower;
}

/**
 * @param versionId - as the document has it; tools write a point release where os-release has only the release, which
 *   Debian and Ubuntu then do not know as theirs
 */
export function statedDistribution(
  name: string,
  versionId: string | undefined,
  rest: Partial<Pick<Distribution, "versionCodename" | "idLike" | "prettyName">> = {},
): Distribution {
  const id = idOf(name);
  const version = versionId === undefined ? undefined : release(id, versionId);
  return { id, ...(version === undefined ? {} : { versionId: version }), idLike: [], ...rest };
}

function release(id: string, version: string): string {
  if (id === "debian") return /^(\d{1,3})\.\d{1,3}$/.exec(version)?.[1] ?? version;
  if (id === "ubuntu") return /^(\d{1,2}\.\d{2})\.\d{1,2}$/.exec(version)?.[1] ?? version;
  return version;
}

const RELEASES: ReadonlyMap<string, string> = new Map([
  ...(["stretch 9", "buster 10", "bullseye 11", "bookworm 12", "trixie 13"] as const).map(codename("debian")),
  ...(["xenial 16.04", "bionic 18.04", "focal 20.04", "jammy 22.04", "noble 24.04"] as const).map(codename("ubuntu")),
]);

function codename(id: string): (entry: string) => [string, string] {
  return (entry) => {
    const space = entry.indexOf(" ");
    return [`${id} ${entry.slice(0, space)}`, entry.slice(space + 1)];
  };
}

/**
 * `pkg:deb/debian/…?distro=debian-12`, `distro=3.16.0`, `distro=bookworm`: with the namespace, a distribution.
 *
 * @returns undefined where neither names one
 */
export function distributionOfPurl(purl: ParsedPurl): Distribution | undefined {
  const [namespace] = purl.namespace;
  const distro = purl.qualifiers.get("distro");
  if (distro === undefined) return undefined;
  const named = /^(.*[^-])-(\d[^-]*)$/.exec(distro.slice(0, 128));
  if (named !== null) return statedDistribution(named[1] as string, named[2] as string);
  if (namespace === undefined) return statedDistribution(distro, undefined);
  if (/^\d/.test(distro)) return statedDistribution(namespace, distro);
  if (idOf(distro) === idOf(namespace)) return statedDistribution(namespace, undefined);
  const numbered = RELEASES.get(`${idOf(namespace)} ${distro.toLowerCase()}`);
  return statedDistribution(namespace, numbered, { versionCodename: distro.toLowerCase() });
}

/** Whether two statements can be about one system. */
export function isSameDistribution(a: Distribution, b: Distribution): boolean {
  if (a.id !== b.id) return false;
  return a.versionId === undefined || b.versionId === undefined || a.versionId === b.versionId;
}
