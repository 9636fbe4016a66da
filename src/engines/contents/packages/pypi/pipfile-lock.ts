import type { FileFacts } from "../../model.ts";
import { fieldsOf, isJsonObject, itemsOf, textIn } from "../json.ts";
import { lockedPackages } from "../locked.ts";
import { brokenLockfile, jsonObject, lockfile } from "../lockfile.ts";
import { normalizedName } from "./name.ts";
import { onlyHash } from "./only-hash.ts";

/**
 * `Pipfile.lock` (pypa/pipfile). `default` is what runs; `develop` and every other category are not installed unless
 * asked for. It has no graph. Local paths are the project's own code; a package from a repository has its commit for a
 * version, which is seen as not judged.
 */
export const pipfileLock = lockfile({ id: "pipfile-lock", version: 1, basenames: ["Pipfile.lock"], read });

function read(text: string): FileFacts {
  const file = jsonObject(text);
  if (!isJsonObject(file.default) && !isJsonObject(file.develop) && !isJsonObject(file._meta)) {
    throw brokenLockfile("the file", "it has neither packages nor _meta");
  }
  const locked = lockedPackages("pypi");
  for (const [category, packages] of Object.entries(file)) {
    if (category === "_meta") continue;
    for (const [name, entry] of fieldsOf(packages)) {
      if (!isJsonObject(entry) || entry.path !== undefined || entry.editable === true) continue;
      const hashes = itemsOf(entry.hashes).map(textIn);
      locked.add(`${normalizedName(name)} ${category}`, {
        name,
        version: textIn(entry.version)?.replace(/^={2,3}/, "") ?? textIn(entry.ref),
        usage: category === "default" ? "runtime" : "development",
        hashes: onlyHash(hashes),
      });
    }
  }
  return locked.facts();
}
