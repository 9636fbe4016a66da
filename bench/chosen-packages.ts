/**
 * Packages to match: names that the advisories themselves speak of, so that every look-up has work to do, each in the
 * middle one of the versions that they mention: as in an image, some flaws are fixed in it and some are not.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { Distribution, Inventory, Package, PackageType } from "../src/engines/contents/model.ts";

interface Choice {
  readonly file: string;
  readonly ecosystem: string;
  readonly type: PackageType;
  readonly distribution?: Distribution;
}

const CHOICES: readonly Choice[] = [
  {
    file: "Alpine.jsonl.gz",
    ecosystem: "Alpine:v3.10",
    type: "apk",
    distribution: { id: "alpine", versionId: "3.10.2", idLike: [] },
  },
  {
    file: "Debian.jsonl.gz",
    ecosystem: "Debian:10",
    type: "deb",
    distribution: { id: "debian", versionId: "10", idLike: [] },
  },
  {
    file: "AlmaLinux.jsonl.gz",
    ecosystem: "AlmaLinux:8",
    type: "rpm",
    distribution: { id: "almalinux", versionId: "8.10", idLike: ["rhel"] },
  },
  { file: "npm.jsonl.gz", ecosystem: "npm", type: "npm" },
];

interface OsvRecord {
  readonly affected?: readonly {
    readonly package?: { readonly ecosystem: string; readonly name: string };
    readonly ranges?: readonly { readonly events: readonly Readonly<Record<string, string>>[] }[];
    readonly versions?: readonly string[];
  }[];
}

/** One inventory an ecosystem, as equal in size as the advisories allow, `total` packages in all. */
export function choosePackages(advisories: string, total: number): Inventory[] {
  let left = total;
  return CHOICES.map((choice, i) => {
    // The last one, which has the most names, makes up for what the others lack.
    const wanted = Math.ceil(left / (CHOICES.length - i));
    const packages = spread(namedVersions(join(advisories, choice.file), choice.ecosystem), wanted).map(
      ([name, version]): Package => ({
        type: choice.type,
        name,
        version,
        licenses: [],
        ...(choice.type === "npm" ? {} : { source: { name, version } }),
        purl: `pkg:${choice.type}/${name}@${version}`,
        path: `installed/${name}/${version}`,
        layer: 0,
      }),
    );
    left -= packages.length;
    return { ...(choice.distribution === undefined ? {} : { distribution: choice.distribution }), packages };
  });
}

/** Each name with the middle one of the versions that its advisories mention, sorted as text. */
function namedVersions(file: string, ecosystem: string): [name: string, version: string][] {
  const mentioned = new Map<string, Set<string>>();
  for (const line of gunzipSync(readFileSync(file)).toString("utf8").split("\n")) {
    if (!line.includes(`"${ecosystem}"`)) continue;
    for (const affected of (JSON.parse(line) as OsvRecord).affected ?? []) {
      if (affected.package?.ecosystem !== ecosystem) continue;
      const { name } = affected.package;
      const versions = mentioned.get(name) ?? new Set();
      mentioned.set(name, versions);
      for (const version of affected.versions ?? []) versions.add(version);
      for (const event of (affected.ranges ?? []).flatMap((range) => range.events)) {
        for (const version of Object.values(event)) if (version !== "0") versions.add(version);
      }
    }
  }
  return [...mentioned]
    .map(([name, versions]): [string, string] => [name, middle([...versions].sort())])
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Where none is mentioned, all versions are affected and any will do. */
function middle(versions: readonly string[]): string {
  return versions[versions.length >> 1] ?? "1.0.0";
}

/** `wanted` of them, evenly over the whole list. */
function spread<T>(all: readonly T[], wanted: number): T[] {
  if (all.length <= wanted) return [...all];
  return Array.from({ length: wanted }, (_, i) => all[Math.floor((i * all.length) / wanted)] as T);
}
