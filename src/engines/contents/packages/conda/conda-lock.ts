import {
  isMap,
  placedYamlDocuments,
  type YamlMap,
  type YamlPlaces,
  type YamlValue,
} from "../../../../formats/yaml/texts.ts";
import type { FileFacts } from "../../model.ts";
import { lineOf, repeatedName } from "../json-lines.ts";
import { brokenAt, brokenLockfile, lockfile } from "../lockfile.ts";
import { textLines } from "../text-lines.ts";
import { condaArchive, condaPackages, packageOfUrl, pipArchive } from "./names.ts";

/** conda-lock.yml (conda/conda-lock, `lockfile/v1/models.py`): one entry for each package and platform. */
export const condaLock = lockfile({
  id: "conda-lock",
  version: 2,
  basenames: ["conda-lock.yml", "conda-lock.yaml"],
  read(text) {
    const { documents, places } = placedYamlDocuments(text, brokenAt);
    const entries = documents[0]?.get("package");
    if (!Array.isArray(entries)) throw brokenLockfile("the file", "no list of packages");
    return packagesIn(entries as readonly YamlValue[], places, (entry) => {
      const category = field(entry, "category");
      const development = category !== undefined && category !== "main";
      return {
        type: field(entry, "manager") === "pip" ? "pypi" : "conda",
        name: field(entry, "name"),
        version: field(entry, "version"),
        ...(development ? { usage: "development" } : {}),
        ...(field(entry, "manager") === "pip"
          ? pipArchive(field(entry, "url"), hashOf(entry, "sha256"))
          : condaArchive(field(entry, "url"), { sha256: hashOf(entry, "sha256"), md5: hashOf(entry, "md5") })),
      };
    });
  },
});

/** pixi.lock (prefix-dev/rattler, `rattler_lock`, versions 4 to 6): packages by URL, those of PyPI with name and version. */
export const pixiLock = lockfile({
  id: "pixi-lock",
  version: 2,
  basenames: ["pixi.lock"],
  read(text) {
    const { documents, places } = placedYamlDocuments(text, brokenAt);
    const entries = documents[0]?.get("packages");
    if (!Array.isArray(entries)) throw brokenLockfile("the file", "no list of packages");
    return packagesIn(entries as readonly YamlValue[], places, (entry) => {
      const url = field(entry, "conda") ?? field(entry, "url") ?? "";
      const pip = entry.has("pypi") || field(entry, "kind") === "pypi";
      const named = pip ? undefined : packageOfUrl(url);
      return {
        type: pip ? "pypi" : "conda",
        name: field(entry, "name") ?? named?.name,
        version: field(entry, "version") ?? named?.version,
        ...(pip
          ? pipArchive(field(entry, "pypi") ?? field(entry, "url"), field(entry, "sha256"))
          : condaArchive(url, { sha256: field(entry, "sha256"), md5: field(entry, "md5") })),
      };
    });
  },
});

/** `@EXPLICIT` and a URL a line (conda docs, "Building identical conda environments"). */
export const condaExplicit = lockfile({
  id: "conda-explicit",
  version: 2,
  extensions: [".lock", ".txt"],
  wants: (path) => EXPLICIT_NAME.test(path),
  read(text) {
    const packages = condaPackages();
    let explicit = false;
    for (const { number, text: line } of textLines(text)) {
      const words = line.trim();
      if (words === "" || words.startsWith("#")) continue;
      if (words === "@EXPLICIT") explicit = true;
      else {
        const hash = words.split("#", 2)[1];
        const archive = condaArchive(words, { md5: hash, sha256: hash });
        packages.add("conda", `line ${number}`, { ...(packageOfUrl(words) ?? NAMELESS), ...archive, line: number });
      }
    }
    if (!explicit) throw brokenLockfile("the file", "not an explicit list of conda");
    return { kind: "packages", packages: packages.records(), unread: packages.unread.sentences() };
  },
});

const EXPLICIT_NAME = /(?:^|\/)(?:conda-(?:linux|osx|win|noarch)[a-z0-9-]{0,20}\.(?:lock|txt)|conda-explicit\.txt)$/;
const NAMELESS = { name: undefined, version: undefined };

type Entry = { readonly type: "conda" | "pypi" } & Parameters<ReturnType<typeof condaPackages>["add"]>[2];

function packagesIn(entries: readonly YamlValue[], places: YamlPlaces, entryOf: (entry: YamlMap) => Entry): FileFacts {
  const packages = condaPackages();
  for (const { name, line } of places.repeated) packages.unread.add(repeatedName(name, line));
  for (const [index, entry] of entries.entries()) {
    const place = `package ${index + 1}`;
    if (!isMap(entry)) {
      packages.unread.add(`${place} is not a mapping`);
      continue;
    }
    const { type, ...stated } = entryOf(entry);
    packages.add(type, place, { ...stated, ...lineOf(places.lineOf(entry)) });
  }
  return { kind: "packages", packages: packages.records(), unread: packages.unread.sentences() };
}

function hashOf(entry: YamlMap, algorithm: string): string | undefined {
  const hash = entry.get("hash");
  return isMap(hash) ? field(hash, algorithm) : undefined;
}

function field(entry: YamlMap, name: string): string | undefined {
  const text = entry.get(name);
  return typeof text === "string" ? text : undefined;
}
