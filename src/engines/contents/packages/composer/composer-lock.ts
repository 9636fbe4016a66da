import type { FileFacts } from "../../model.ts";
import { itemsOf } from "../json.ts";
import { brokenLockfile, jsonObject, lockfile } from "../lockfile.ts";
import { composerFacts } from "./packages.ts";

/** composer.lock (Composer's `Locker`): `packages` and `packages-dev`. What is direct stands in composer.json alone. */
export const composerLock = lockfile({
  id: "composer-lock",
  version: 1,
  basenames: ["composer.lock"],
  // An installed package may carry the lockfile of its own development, which says nothing.
  wants: (path) => !/(?:^|\/)vendor\//.test(path),
  read,
});

function read(text: string): FileFacts {
  const lock = jsonObject(text);
  if (!Array.isArray(lock.packages)) {
    throw brokenLockfile("the file", "no packages");
  }
  return composerFacts([
    ...itemsOf(lock.packages).map((stated) => ({ stated, development: false })),
    ...itemsOf(lock["packages-dev"]).map((stated) => ({ stated, development: true })),
  ]);
}
