/** What the kustomizations of a tree name: kustomize's own reading of `kustomization.yaml`, as far as paths go. */

import { lstatSync, readdirSync, realpathSync } from "node:fs";
import { join, posix, relative, sep } from "node:path";
import { isObject } from "../../core/untyped.ts";
import { bounds } from "./bounds.ts";
import { isKustomization } from "./kustomization-name.ts";
import { mapOf, readYamlMap } from "./yaml-map.ts";

/** One folder. All paths are relative to the tree's root, with forward slashes; the root itself is the empty text. */
export interface KustomizeFolder {
  readonly folder: string;
  /** It is a part of others and is not built by itself. */
  readonly isComponent: boolean;
  /** Files of objects that it takes up. */
  readonly resources: readonly string[];
  /** Files that change objects and are none themselves. */
  readonly patches: readonly string[];
  /** Folders that it builds on, whether or not they have a kustomization. */
  readonly bases: readonly string[];
  /** Why no program may be run on it; one sentence without a full stop. */
  readonly refusal?: string;
}

/**
 * Fields whose texts are no paths. kustomize reads all others through a loader that takes an address as well as a path,
 * so every text of every other field counts as one.
 */
const NOT_PATHS: ReadonlySet<string> = new Set([
  ...["apiversion", "kind", "metadata", "nameprefix", "namesuffix", "namespace", "commonlabels", "labels"],
  ...["commonannotations", "images", "imagetags", "replicas", "vars", "generatoroptions", "buildmetadata"],
  "sortoptions",
]);

/** Items of these name a file, or hold what the file would: every text of an item counts as a path but for these fields. */
const WITH_PATH: ReadonlySet<string> = new Set(["patches", "patchesjson6902", "replacements"]);
const IN_PLACE: ReadonlySet<string> = new Set(["patch", "target", "options", "source", "targets"]);

/** Texts that are never loaded, in the generators of config maps and secrets. */
const NOT_LOADED: ReadonlySet<string> = new Set(["name", "namespace", "behavior", "type", "literals", "options"]);

/** They run programs, or are configured by files that may name addresses. */
const REFUSED: ReadonlyMap<string, string> = new Map([
  ["generators", "custom generators"],
  ["transformers", "custom transformers"],
  ["validators", "custom validators"],
  ["helmcharts", "Helm charts"],
  ["helmchartinflationgenerator", "Helm charts"],
  ["helmglobals", "Helm charts"],
]);

/** Never throws: what cannot be read, and what leads out of the tree, is its refusal. */
export function readKustomizeFolder(root: string, folder: string): KustomizeFolder {
  const nothing = { folder, isComponent: false, resources: [], patches: [], bases: [] };
  const read = readFields(root, folder);
  if (typeof read === "string") return { ...nothing, refusal: read };

  const resources: string[] = [];
  const patches: string[] = [];
  const bases: string[] = [];
  let refusal: string | undefined;
  let isComponent = false;
  let paths = 0;
  for (const [key, value] of read) {
    const field = folded(key);
    if (field === "kind" && value === "Component") isComponent = true;
    const why = REFUSED.get(field);
    if (why !== undefined && !isEmpty(value)) refusal ??= `it has ${why}, which are not run`;
    for (const text of pathsOf(field, value)) {
      if (++paths > bounds.kustomizationPaths) {
        refusal ??= `it names more than ${bounds.kustomizationPaths} paths`;
        break;
      }
      if (/^\s|\s$|\p{Cc}/u.test(text)) {
        refusal ??= `it names ${JSON.stringify(text.slice(0, 200))}, which may not be a file name`;
        continue;
      }
      if (isAddress(text)) {
        refusal ??= fetched(text);
        continue;
      }
      const place = placeOf(root, folder, text);
      if (place === undefined) {
        // What names nothing here, and begins as a host does, may be looked for elsewhere.
        if (beginsAsHost(text)) refusal ??= fetched(text);
        continue;
      }
      if (place === "outside") {
        refusal ??= `it names ${JSON.stringify(text.slice(0, 200))}, which is outside the scanned directory`;
      } else if (place.isFolder) bases.push(place.path);
      // kustomize loads no file from outside the folder of its kustomization.
      else if (folder === "" || place.path.startsWith(`${folder}/`)) {
        if (field === "resources") resources.push(place.path);
        if (WITH_PATH.has(field) || field === "patchesstrategicmerge") patches.push(place.path);
      }
    }
  }
  return { folder, isComponent, resources, patches, bases, ...(refusal === undefined ? {} : { refusal }) };
}

function fetched(text: string): string {
  return `it names ${JSON.stringify(text.slice(0, 200))}, which may be fetched from elsewhere`;
}

/** Its fields in their order, or why they cannot be read. */
function readFields(root: string, folder: string): [string, unknown][] | string {
  let names: string[];
  try {
    names = readdirSync(join(root, folder)).filter(isKustomization);
  } catch {
    return "it cannot be listed";
  }
  const [name] = names;
  if (name === undefined) return "it has no kustomization.yaml";
  if (names.length > 1) return `it has several kustomizations: ${names.sort().join(", ")}`;
  const fields = readYamlMap(join(root, folder, name), name, bounds.kustomizationBytes);
  return typeof fields === "string" ? fields : Object.entries(fields);
}

function pathsOf(field: string, value: unknown): string[] {
  if (NOT_PATHS.has(field) || REFUSED.has(field)) return [];
  if (WITH_PATH.has(field)) {
    return itemsOf(value).flatMap((item) => {
      if (!isObject(item)) return texts(item);
      return fieldsOf(item).flatMap(([key, inner]) => {
        if (!IN_PLACE.has(key)) return texts(inner);
        // A patch in one line might be the name of a file to some version.
        return key === "patch" ? texts(inner).filter((text) => /^\s*[a-z][a-z0-9+.-]*:(?:\/\/|:)/i.test(text)) : [];
      });
    });
  }
  if (field === "configmapgenerator" || field === "secretgenerator") {
    const loaded = itemsOf(value).flatMap((item) =>
      fieldsOf(item).flatMap(([key, inner]) => (NOT_LOADED.has(key) ? [] : texts(inner))),
    );
    // `path`, or `key=path`; an address may have the sign too.
    return loaded.flatMap((text) => [text, text.slice(text.indexOf("=") + 1)]);
  }
  const found = texts(value);
  // A patch may be written out in place of its path: kustomize takes for a path what it cannot read as objects.
  return field === "patchesstrategicmerge" ? found.filter((text) => !holdsObject(text)) : found;
}

/** Read alike by all, and an object of Kubernetes. */
function holdsObject(text: string): boolean {
  if (!text.includes("\n") || text.length > bounds.kustomizationBytes) return false;
  const object = mapOf(text, "patch");
  return (
    isObject(object) &&
    isObject(object.metadata) &&
    [object.kind, object.apiVersion, object.metadata.name].every(isName)
  );
}

function isName(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}

function fieldsOf(value: unknown): [string, unknown][] {
  return isObject(value) ? Object.entries(value).map(([key, inner]) => [folded(key), inner]) : [];
}

/** Names of fields count whatever their case, as they do for kustomize; the long s is an s to it (Go, encoding/json). */
function folded(name: string): string {
  return name.toLowerCase().replaceAll("\u017f", "s");
}

function itemsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

/** All texts within, however deep. */
function texts(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap(texts);
  return isObject(value) ? Object.values(value).flatMap(texts) : [];
}

/**
 * An address always has a scheme, a host behind `user@…:`, a query, or is GitHub's by its name alone (kustomize, "remote
 * targets"). What has a colon or a question mark is taken for one: files are rarely called so.
 */
function isAddress(text: string): boolean {
  return /[:?]/.test(text) || /github\.com|\.git(?:\/|$)|_git\//i.test(text);
}

/** Undefined where there is nothing of that path. */
function placeOf(root: string, folder: string, text: string) {
  const slashed = sep === "\\" ? text.replaceAll("\\", "/") : text;
  if (slashed === "" || slashed.includes("\0")) return undefined;
  if (posix.isAbsolute(slashed)) return "outside" as const;
  const path = posix.normalize(posix.join(folder || ".", slashed)).replace(/\/$/, "");
  if (path === ".." || path.startsWith("../")) return "outside" as const;
  try {
    const real = realpathSync(join(root, path));
    const below = relative(realpathSync(root), real).replaceAll(sep, "/");
    if (below === ".." || below.startsWith("../") || posix.isAbsolute(below)) return "outside" as const;
    return { path: below, isFolder: lstatSync(real).isDirectory() };
  } catch {
    return undefined;
  }
}

function isEmpty(value: unknown): boolean {
  return value === null || (Array.isArray(value) && value.length === 0);
}

/** `example.com/x`: something with a dot within it, and a path behind it. */
function beginsAsHost(text: string): boolean {
  const slash = text.indexOf("/");
  return slash > 0 && slash < text.length - 1 && text[0] !== "." && text.lastIndexOf(".", slash) > 0;
}
