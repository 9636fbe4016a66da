import { counted } from "../../../../core/counted.ts";
import { isObject } from "../../../../core/untyped.ts";
import type { FileFacts } from "../../model.ts";
import { fieldsOf, type JsonObject, textIn } from "../json.ts";
import { entriesAt, jsonLines } from "../json-lines.ts";
import { type LockedPackages, lockedPackages } from "../locked.ts";
import { brokenLockfile, jsonObject, lockfile } from "../lockfile.ts";
import { hashesOf } from "./integrity.ts";
import { npmOrigin } from "./origin.ts";
import { specifierOf } from "./specifier.ts";

/**
 * The npm packages of `deno.lock`, versions 2 to 5 (denoland/deno_lockfile): `name@version`, and behind an underscore
 * the peers that it was resolved with. JSR packages and modules by URL have no ecosystem with advisories, and are named
 * as not judged. Up to version 3 dependencies are named with their key, from 4 on by the name alone where that is enough.
 */
export const denoLock = lockfile({ id: "deno-lock", version: 3, basenames: ["deno.lock"], read });

function read(text: string): FileFacts {
  const file = jsonObject(text);
  if (file.version === undefined) throw brokenLockfile("the file", "it states no version");
  const locked = lockedPackages("npm");
  const old = isObject(file.packages) ? file.packages : undefined;
  const npm = isObject(file.npm) ? file.npm : {};
  const packages = isObject(npm.packages) ? npm.packages : isObject(old?.npm) ? old.npm : npm;
  const way = isObject(npm.packages) ? ["npm", "packages"] : isObject(old?.npm) ? ["packages", "npm"] : ["npm"];
  const lines = jsonLines(text, entriesAt(...way), locked.unread);
  const byName = new Map<string, string>();
  for (const [key, entry] of fieldsOf(packages)) {
    if (!isObject(entry)) continue;
    const { name, rest } = specifierOf(key);
    locked.add(key, {
      name,
      version: rest.split("_", 1)[0],
      hashes: hashesOf(entry.integrity),
      fetchedFrom: npmOrigin(textIn(entry.tarball)),
      installScript: entry.scripts === true ? true : undefined,
      line: lines.at(...way, key),
    });
    if (!byName.has(name)) byName.set(name, key);
  }
  for (const [key, entry] of fieldsOf(packages)) {
    if (!isObject(entry)) continue;
    for (const [field, kind] of FIELDS) {
      for (const needed of namesIn(entry[field])) {
        const found = locked.has(needed) ? needed : byName.get(needed);
        if (found !== undefined) locked.depend(key, found, kind);
      }
    }
  }
  const jsr = fieldsOf(file.jsr ?? old?.jsr).length;
  if (jsr > 0) locked.unread(`${counted(jsr, "JSR package")} without advisories`);
  const remote = fieldsOf(file.remote).length;
  if (remote > 0) locked.unread(`${counted(remote, "module by URL", "modules by URL")} without advisories`);
  const specifiers = file.specifiers ?? old?.specifiers ?? npm.specifiers;
  if (isObject(specifiers)) addRoots(specifiers, locked);
  return locked.facts(String(file.version));
}

const FIELDS = [
  ["dependencies", "needed"],
  ["optionalDependencies", "optional"],
] as const;

/** A list of names or keys, or a mapping to keys. */
function namesIn(value: unknown): string[] {
  return (Array.isArray(value) ? value : fieldsOf(value).map(([, key]) => key)).filter(
    (name): name is string => typeof name === "string",
  );
}

/** `npm:a@^1` → `npm:a@1.2.3` (3), `1.2.3` (4 and later); `a@^1` → `a@1.2.3` (2). */
function addRoots(specifiers: JsonObject, locked: LockedPackages): void {
  for (const [specifier, resolved] of Object.entries(specifiers)) {
    const version = (textIn(resolved) ?? "").replace(/^npm:/, "");
    const { name } = specifierOf(specifier.replace(/^npm:/, ""));
    locked.root(locked.has(version) ? version : `${name}@${version}`);
  }
}
