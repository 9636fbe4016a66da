import { bounds } from "../../bounds.ts";
import type { FileFacts } from "../../model.ts";
import { itemsOf } from "../json.ts";
import { jsonLines } from "../json-lines.ts";
import { brokenLockfile, jsonObject, lockfile } from "../lockfile.ts";
import { composerFacts } from "./packages.ts";

/** composer.lock (Composer's `Locker`): `packages` and `packages-dev`. What is direct stands in composer.json alone. */
export const composerLock = lockfile({
  id: "composer-lock",
  version: 2,
  basenames: ["composer.lock"],
  // An installed package may carry the lockfile of its own development, which says nothing.
  wants: (path) => !/(?:^|\/)vendor\//.test(path),
  read,
});

const LISTS: ReadonlySet<string> = new Set(["packages", "packages-dev"]);

function read(text: string): FileFacts {
  const lock = jsonObject(text);
  if (!Array.isArray(lock.packages)) {
    throw brokenLockfile("the file", "no packages");
  }
  const repeated: string[] = [];
  const lines = jsonLines(
    text,
    ([first, ...rest]) => {
      if (rest.length > 1 || (first !== undefined && !LISTS.has(first))) return "nothing";
      return rest.length === 1 ? "names" : "places";
    },
    (sentence) => repeated.push(sentence),
  );
  const packagesIn = (list: string) =>
    itemsOf(lock[list]).map((stated, index) => ({
      stated,
      development: list !== "packages",
      line: lines.at(list, index) ?? 1,
    }));
  const facts = composerFacts([...packagesIn("packages"), ...packagesIn("packages-dev")], lock["plugin-api-version"]);
  return facts.kind === "packages"
    ? { ...facts, unread: [...facts.unread, ...repeated.slice(0, bounds.unreadSentences)] }
    : facts;
}
