/** A policy as the set of its files: what it extends and what it names beside itself, to be taken elsewhere together. */
import { posix, resolve } from "node:path";
import { refused } from "../named/named-text.ts";
import { bounds } from "./bounds.ts";
import { lastingName, type PolicyPlace, placeBeside, placeName, placeNamed } from "./place.ts";
import { readPolicy } from "./read.ts";
import { readNamedByPolicy, readPolicyAt } from "./source.ts";
import { statedBy } from "./stated.ts";

export interface PolicyFileText {
  /** Relative, with forward slashes: to the innermost directory that holds all of them. */
  readonly path: string;
  readonly text: string;
}

/**
 * The policy's own file first. Each is read once, and every environment's files are among them.
 *
 * @param flag - as `--policy` names it
 * @throws Problem (usage) where one cannot be read or is wrong, they are of several commits, or there are too many
 */
export async function readPolicyFiles(flag: string, root: string): Promise<readonly PolicyFileText[]> {
  const first = placeNamed(flag);
  const texts = new Map<string, string>();
  for (let place: PolicyPlace | undefined = first; place !== undefined; ) {
    const { text } = await readPolicyAt(place, root);
    const path = placeName(place);
    texts.set(wholePath(place, first), text);
    const parsed = await readPolicy(text, path);
    const named = new Map<string, PolicyPlace>();
    const here: PolicyPlace = place;
    const beside = (written: string) => {
      if (posix.isAbsolute(written)) {
        throw refused(
          "policy.files",
          path,
          `${JSON.stringify(written)}: an absolute path`,
          "name a file beside the policy",
        );
      }
      const other = placeBeside(here, written);
      named.set(wholePath(other, first), other);
      return lastingName(other);
    };
    const { environments } = statedBy(parsed, path, beside, undefined);
    for (const environment of environments) statedBy(parsed, path, beside, environment);
    for (const [whole, other] of named) {
      if (!texts.has(whole)) texts.set(whole, await readNamedByPolicy(lastingName(other), root));
    }
    const parent = parsed.file.extends;
    const above: PolicyPlace | undefined = parent === undefined ? undefined : placeBeside(here, parent);
    if (above !== undefined && texts.has(wholePath(above, first))) {
      throw refused("policy.extends", path, `${placeName(above)} extends this file in turn`, "break the circle");
    }
    if (texts.size > bounds.policyFiles) {
      throw refused("policy.files", path, `more than ${bounds.policyFiles} files`, "name fewer files");
    }
    place = above;
  }
  const shared = sharedFolder([...texts.keys()]);
  return [...texts].map(([path, text]) => ({ path: path.slice(shared.length), text }));
}

/** Within the file system, or within the commit; all of one policy must be in the same. */
function wholePath(place: PolicyPlace, first: PolicyPlace): string {
  if (place.kind === "git") {
    if (first.kind === "git" && first.ref === place.ref) return posix.join("/", place.path);
    const cause = "a file of a repository cannot be taken along with files outside it";
    throw refused(
      "policy.files",
      placeName(place),
      cause,
      "extend a file beside the policy, or name it by --policy git:",
    );
  }
  return resolve(place.path);
}

/** With its slash. */
function sharedFolder(paths: readonly string[]): string {
  const [one = "", ...others] = paths.map((path) => path.split("/").slice(0, -1));
  const length = [...one].findIndex((step, index) => others.some((other) => other[index] !== step));
  return `${[...one].slice(0, length < 0 ? one.length : length).join("/")}/`;
}
