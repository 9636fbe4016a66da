import { isMap, type YamlMap, type YamlValue, yamlDocuments } from "../../../../formats/yaml/texts.ts";
import { bounds } from "../../bounds.ts";
import type { FileFacts } from "../../model.ts";
import { lockedPackages } from "../locked.ts";
import { brokenAt } from "../lockfile.ts";
import { contradictionIn, decoded, otherName } from "./resolved.ts";
import { isOwnFolder, specifierOf } from "./specifier.ts";

/**
 * The lockfile of Yarn 2 and later: an entry's key lists the descriptors (`a@npm:^1`) that it answers, `resolution` is
 * the locator of what answers them (`real@npm:1.2.3`), whose name is the real one under an alias. Workspaces, links and
 * folders are the project's own code; what workspaces name is direct, but their development dependencies are not kept
 * apart. `checksum` is of Yarn's own archive and not of the package, so there are no hashes.
 */
export function readYarnBerry(text: string): FileFacts {
  const locked = lockedPackages("npm");
  const entries = yamlDocuments(text, brokenAt)
    .flatMap((document) => [...document])
    .filter((entry): entry is [string, YamlMap] => entry[0] !== METADATA && isMap(entry[1]))
    .map(([key, entry]) => {
      const { name, rest } = specifierOf(scalar(entry.get("resolution")) ?? "");
      return { key, descriptors: key.split(",").map((text) => text.trim()), entry, name, place: rest };
    });
  for (const { key, descriptors, entry, name, place } of entries) {
    if (isOwn(entry, place)) continue;
    const version = scalar(entry.get("version"));
    const archive = /::__archiveUrl=([^&]*)/.exec(place)?.[1];
    const real = (archive === undefined ? undefined : otherName(name, version ?? "", decoded(archive))) ?? name;
    const contradiction = version === undefined ? undefined : contradictionOf(real, version, place);
    if (contradiction !== undefined)
      locked.unread(`the entry ${key.slice(0, bounds.packageNameLength)} ${contradiction}`);
    locked.add(key, { name: real, version });
    for (const descriptor of descriptors) locked.alias(descriptor, key);
  }
  for (const { key, entry, place } of entries) {
    const meta = entry.get("dependenciesMeta");
    const project = place.startsWith("workspace:");
    for (const [name, range] of pairs(entry.get("dependencies"))) {
      const descriptor = [`${name}@${range}`, `${name}@npm:${range}`].find((each) => locked.has(each));
      if (descriptor === undefined) continue;
      if (project) locked.root(descriptor);
      else locked.depend(key, descriptor, isOptional(meta, name) ? "optional" : "needed");
    }
  }
  return locked.facts();
}

const METADATA = "__metadata";

/** Yarn installs what the locator names (`npm:4.17.4`, in a patch's locator too), whatever version stands beside it. */
function contradictionOf(name: string, version: string, place: string): string | undefined {
  const written = decoded(place);
  const located = /(?:^|@)npm:([^:#@]+)/.exec(written)?.[1];
  if (located !== undefined && located !== version) return `is resolved to ${located}, which is not version ${version}`;
  const archive = /::__archiveUrl=([^&]*)/.exec(place)?.[1];
  return archive === undefined ? undefined : contradictionIn(name, version, decoded(archive));
}

function isOwn(entry: YamlMap, place: string): boolean {
  return scalar(entry.get("linkType")) === "soft" || isOwnFolder(place.replace(/^[^@]*@file:/, "file:"));
}

function isOptional(meta: YamlValue | undefined, name: string): boolean {
  const of = isMap(meta) ? meta.get(name) : undefined;
  return isMap(of) && of.get("optional") === "true";
}

function scalar(value: YamlValue | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function pairs(value: YamlValue | undefined): [string, string][] {
  return isMap(value) ? [...value].filter((pair): pair is [string, string] => typeof pair[1] === "string") : [];
}
