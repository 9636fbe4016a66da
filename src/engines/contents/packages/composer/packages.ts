import { isObject } from "../../../../core/untyped.ts";
import type { FileFacts, PackageRecord } from "../../model.ts";
import { dependencyGraph } from "../dependency-graph.ts";
import { hexHash } from "../hashes.ts";
import { identityOf, isDeclaredText } from "../identity.ts";
import { fieldsOf, itemsOf, type JsonObject, textIn } from "../json.ts";
import { packageFacts } from "../locked.ts";
import { fetchedFrom, originOf as placeOf } from "../origin.ts";
import { unreadEntries } from "../unread.ts";

/** A package object of composer.lock or installed.json, and whether the project needs it only for development. */
export interface ComposerPackage {
  readonly stated: unknown;
  readonly development: boolean;
  /** Of a lockfile. */
  readonly line?: number | undefined;
}

/**
 * Packages as Composer's `ArrayDumper` writes them: the same objects in composer.lock and installed.json. A package of
 * a local path is the project's own code and left out. What another one `replace`s or `provide`s is met by that one.
 */
export function composerFacts(all: Iterable<ComposerPackage>, formatVersion?: unknown): FileFacts {
  const unread = unreadEntries();
  const graph = dependencyGraph();
  const byName = new Map<string, string>();
  const substitutes = new Map<string, string>();
  const requiring: { readonly reference: string; readonly stated: JsonObject }[] = [];
  let place = 0;
  for (const { stated, development, line } of all) {
    place += 1;
    if (!isObject(stated)) {
      unread.add(`package ${place} is not an object`);
      continue;
    }
    const identity = identityOf(textIn(stated.name), textIn(stated.version));
    if ("fault" in identity) {
      unread.add(`package ${place} ${identity.fault}`);
      continue;
    }
    const dist = isObject(stated.dist) ? stated.dist : {};
    if (dist.type === "path") continue;
    const reference = graph.add({
      type: "composer",
      ...identity,
      licenses: licensesOf(stated.license),
      ...(development ? { usage: "development" } : {}),
      ...hexHash("sha1", textIn(dist.shasum)),
      ...(line === undefined ? {} : { ...originOf(stated, dist), line }),
    });
    byName.set(identity.name.toLowerCase(), reference);
    for (const [name] of [...fieldsOf(stated.replace), ...fieldsOf(stated.provide)]) {
      substitutes.set(name.toLowerCase(), reference);
    }
    requiring.push({ reference, stated });
  }
  // PHP itself, its extensions and Composer's interfaces are required like packages; they are none.
  for (const { reference, stated } of requiring) {
    for (const [required] of fieldsOf(stated.require)) {
      const name = required.toLowerCase();
      const needed = byName.get(name) ?? substitutes.get(name);
      if (needed !== undefined) graph.connect(reference, needed);
    }
  }
  return packageFacts(graph.records(unread), unread.sentences(), formatVersion);
}

/** The archive (`dist`) is what is installed where there is one; the repository (`source`) has the commit. */
function originOf(stated: JsonObject, dist: JsonObject): Pick<PackageRecord, "fetchedFrom"> {
  const [archive, commit] = [textIn(dist.url), textIn(dist.reference)];
  if (archive !== undefined && dist.type !== "git") {
    // What a repository of Composer's serves has an address to tell of its use; the archive lies with whoever hosts the code.
    const kind = typeof stated["notification-url"] === "string" ? "registry" : "url";
    return fetchedFrom(placeOf(kind, archive, commit));
  }
  const source = isObject(stated.source) ? stated.source : {};
  const repository = textIn(source.url) ?? archive;
  return fetchedFrom(
    repository === undefined ? undefined : placeOf("git", repository, textIn(source.reference) ?? commit),
  );
}

/** A list of which any may be chosen, or one text. */
function licensesOf(stated: unknown): string[] {
  const names = typeof stated === "string" ? [stated] : itemsOf(stated).slice(0, MOST_LICENSES).map(textIn);
  return names.filter(isDeclaredText);
}

/** Of one package; a list longer than that is no declaration. */
const MOST_LICENSES = 32;
