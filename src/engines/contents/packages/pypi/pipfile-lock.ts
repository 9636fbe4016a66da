import { isObject } from "../../../../core/untyped.ts";
import { bounds } from "../../bounds.ts";
import type { FileFacts, PackageOrigin } from "../../model.ts";
import { fieldsOf, itemsOf, type JsonObject, textIn } from "../json.ts";
import { entriesAt, jsonLines } from "../json-lines.ts";
import { lockedPackages } from "../locked.ts";
import { brokenLockfile, jsonObject, lockfile } from "../lockfile.ts";
import { gitOrigin, originOf } from "../origin.ts";
import { fileHashes } from "./file-hashes.ts";
import { normalizedName } from "./name.ts";

/**
 * `Pipfile.lock` (pypa/pipfile). `default` is what runs; `develop` and every other category are not installed unless
 * asked for. It has no graph. Local paths are the project's own code; a package from a repository has its commit for a
 * version, which is seen as not judged.
 */
export const pipfileLock = lockfile({ id: "pipfile-lock", version: 2, basenames: ["Pipfile.lock"], read });

function read(text: string): FileFacts {
  const file = jsonObject(text);
  if (!isObject(file.default) && !isObject(file.develop) && !isObject(file._meta)) {
    throw brokenLockfile("the file", "neither packages nor _meta");
  }
  const locked = lockedPackages("pypi");
  const lines = jsonLines(text, entriesAt("*"), locked.unread);
  const sources = sourcesIn(file._meta);
  for (const [category, packages] of Object.entries(file)) {
    if (category === "_meta") continue;
    for (const [name, entry] of fieldsOf(packages)) {
      if (!isObject(entry) || entry.path !== undefined || entry.editable === true) continue;
      const hashes = itemsOf(entry.hashes).map(textIn);
      const contradiction = contradictionOf(entry);
      if (contradiction !== undefined)
        locked.unread(`the package ${name.slice(0, bounds.packageNameLength)} ${contradiction}`);
      locked.add(`${normalizedName(name)} ${category}`, {
        name,
        version: textIn(entry.version)?.replace(/^={2,3}/, "") ?? textIn(entry.ref),
        usage: category === "default" ? "runtime" : "development",
        ...fileHashes(hashes.map((hash) => ({ hash }))),
        fetchedFrom: originIn(entry, sources),
        line: lines.at(category, name),
      });
    }
  }
  return locked.facts(isObject(file._meta) ? String(file._meta["pipfile-spec"] ?? "") : undefined);
}

/** Name → address of an index. */
function sourcesIn(meta: unknown): ReadonlyMap<string, string> {
  const sources = new Map<string, string>();
  for (const source of itemsOf(isObject(meta) ? meta.sources : undefined)) {
    const { name, url } = isObject(source) ? source : {};
    if (typeof name === "string" && typeof url === "string") sources.set(name, url);
  }
  return sources;
}

function originIn(entry: JsonObject, sources: ReadonlyMap<string, string>): PackageOrigin | undefined {
  const git = textIn(entry.git);
  if (git !== undefined) return gitOrigin(git, textIn(entry.ref));
  const archive = textIn(entry.file) ?? textIn(entry.uri);
  if (archive !== undefined) return originOf(archive.includes("://") ? "url" : "file", archive);
  return originOf("registry", sources.get(textIn(entry.index) ?? ""));
}

/** An archive or a repository is what is installed, whatever version stands beside it. */
function contradictionOf(entry: JsonObject): string | undefined {
  const version = textIn(entry.version)?.replace(/^={2,3}/, "");
  if (version === undefined) return undefined;
  if (textIn(entry.git) !== undefined)
    return `states version ${version.slice(0, bounds.versionLength)} beside a repository`;
  const archive = textIn(entry.file) ?? textIn(entry.uri);
  if (archive === undefined) return undefined;
  const file = archive.split(/[?#]/, 1)[0]?.split("/").at(-1) ?? "";
  const stem = file.replace(/\.(?:whl|zip|tgz|tar\.[a-z0-9]+)$/i, "");
  // NAME-VERSION of a source archive, NAME-VERSION-… of a wheel.
  if (stem.split("-").some((part) => part === version || part === `v${version}`)) return undefined;
  return `is ${archive.slice(0, MOST_SHOWN)}, which is not version ${version.slice(0, bounds.versionLength)}`;
}

const MOST_SHOWN = 120;
