/** The files that a GitLab pipeline is made of: one, and what it includes of its own tree. */
import { asProblem, isEvidenceProblem, Problem } from "../../../core/problem.ts";
import { createSource, type Source } from "../../dockerfile/mapped-text.ts";
import { bounds } from "../bounds.ts";
import type { Place, Text, UnreadField } from "../field.ts";
import { nodeAt, type PlacedMap, type PlacedNode } from "../yaml/model.ts";
import { placedDocuments } from "../yaml/nodes.ts";
import { hiddenCharacters } from "./hidden-characters.ts";
import { inputsOf, inputValues, interpolate } from "./inputs.ts";
import { type Budget, deepMerge } from "./merge.ts";
import type { GitlabFile, GitlabInclude, GitlabInput } from "./model.ts";
import { rulesOf } from "./rules.ts";

/** The tree that local includes are of: what it answers is all that the engine sees of it. */
export interface GitlabTree {
  /** @returns undefined where there is no such file @throws Problem where it cannot be read */
  read(path: string): string | undefined;
  /** Paths of files that a pattern of `include:local` names, sorted: `*` within a folder, `**` over folders. */
  match(pattern: string): readonly string[];
}

export interface PutTogether {
  readonly root: PlacedMap;
  readonly files: readonly GitlabFile[];
  readonly inputs: readonly GitlabInput[];
  readonly includes: readonly GitlabInclude[];
  sourceOf(path: string): Source;
}

/** @throws Problem `pipelines.broken` where the first file is broken, or all together are over a bound */
export function putTogether(
  path: string,
  text: string,
  folder: string,
  tree: GitlabTree,
  budget: Budget,
  unread: UnreadField[],
): PutTogether {
  const sources = new Map<string, Source>();
  const files = new Map<string, GitlabFile>();
  const includes: GitlabInclude[] = [];
  let included = 0;
  let inputs: readonly GitlabInput[] = [];

  function load(file: string, content: string, given: PlacedMap | undefined, stack: readonly string[]): PlacedMap {
    sources.set(file, sources.get(file) ?? createSource(content));
    const { documents, ignores } = placedDocuments(file, content);
    if (!files.has(file)) files.set(file, { path: file, hiddenCharacters: hiddenCharacters(file, content), ignores });
    const [header, ...more] = documents;
    const hasHeader = header?.kind === "map" && nodeAt(header, "spec") !== undefined;
    const spec = hasHeader ? nodeAt(header, "spec") : undefined;
    // A header stands in a document of its own; within the one document some write it all the same.
    const body = hasHeader && more.length > 0 ? more[0] : header;
    for (const left of documents.slice(hasHeader ? 2 : 1)) {
      if (left !== undefined) unread.push({ place: left.place, reason: "a document that GitLab does not read" });
    }
    if (body === undefined || body.kind !== "map") {
      throw new Problem({ kind: "input", code: "pipelines.broken", place: file, cause: "not a mapping" });
    }
    if (stack.length === 0) inputs = inputsOf(spec);
    const own = content.includes("$[[") ? (interpolate(body, inputValues(spec, given)) as PlacedMap) : body;
    budget.spend(1, own.place);
    const rest: PlacedMap = { ...own, entries: own.entries.filter(({ key }) => !LEFT_OUT.has(key.value)) };
    const base = includesOf(nodeAt(own, "include")).reduce<PlacedNode | undefined>((before, node) => {
      const found = include(node, [...stack, file]);
      return found === undefined || before === undefined ? (found ?? before) : deepMerge(before, found, budget);
    }, undefined);
    return (base === undefined ? rest : deepMerge(base, rest, budget)) as PlacedMap;
  }

  function include(node: PlacedNode, stack: readonly string[]): PlacedNode | undefined {
    const { place } = node;
    const rules = node.kind === "map" ? rulesOf(nodeAt(node, "rules"), unread) : [];
    const text = (key: string): Text | undefined => {
      const value = node.kind === "map" ? nodeAt(node, key) : undefined;
      return value?.kind === "scalar" ? value.text : undefined;
    };
    const written = node.kind === "scalar" ? node.text : undefined;
    const remote =
      text("remote") ?? (written !== undefined && /^https?:\/\//i.test(written.value) ? written : undefined);
    const local = text("local") ?? (remote === undefined ? written : undefined);
    const [project, template, component] = [text("project"), text("template"), text("component")];
    if (local !== undefined) {
      const given = node.kind === "map" ? nodeAt(node, "inputs") : undefined;
      const { paths, merged } = localFiles(local, given?.kind === "map" ? given : undefined, stack);
      includes.push({ kind: "local", local, paths, place, rules });
      return merged;
    }
    if (remote !== undefined) {
      const integrity = text("integrity");
      includes.push({ kind: "remote", remote, ...(integrity === undefined ? {} : { integrity }), place, rules });
    } else if (project !== undefined) {
      const ref = text("ref");
      const named = node.kind === "map" ? nodeAt(node, "file") : undefined;
      const of = named === undefined ? [] : named.kind === "list" ? named.items : [named];
      const texts = of.flatMap((item) => (item.kind === "scalar" ? [item.text] : []));
      includes.push({ kind: "project", project, ...(ref === undefined ? {} : { ref }), files: texts, place, rules });
    } else if (template !== undefined) includes.push({ kind: "template", template, place, rules });
    else if (component !== undefined) includes.push({ kind: "component", component, place, rules });
    else unread.push({ place, reason: "an include of no kind that is known" });
    return undefined;
  }

  function localFiles(
    local: Text,
    given: PlacedMap | undefined,
    stack: readonly string[],
  ): { readonly paths: readonly string[]; readonly merged: PlacedNode | undefined } {
    const wanted = localPath(folder, local.value);
    const { place } = local;
    const miss = (reason: string): void => void unread.push({ place, reason: `the included ${reason}` });
    const nothing = { paths: [], merged: undefined };
    if (wanted === undefined) {
      miss(`file ${shown(local.value)} is named by a variable, or is outside of the tree`);
      return nothing;
    }
    const paths = wanted.includes("*") ? tree.match(wanted) : [wanted];
    if (paths.length === 0) miss(`files ${shown(local.value)} are not in the tree`);
    let merged: PlacedNode | undefined;
    const readPaths: string[] = [];
    for (const path of paths) {
      if (stack.includes(path)) {
        miss(`file ${shown(path)} includes itself`);
        continue;
      }
      included += 1;
      if (included > bounds.gitlabIncludes) {
        miss(`files are more than ${bounds.gitlabIncludes}`);
        break;
      }
      const found = readOrTell(path, place);
      if (found === undefined) continue;
      const loaded = loadOrTell(path, found, given, stack, place);
      if (loaded === undefined) continue;
      readPaths.push(path);
      merged = merged === undefined ? loaded : deepMerge(merged, loaded, budget);
    }
    return { paths: readPaths, merged };
  }

  function readOrTell(path: string, place: Place): string | undefined {
    try {
      const text = tree.read(path);
      if (text === undefined) unread.push({ place, reason: `the included file ${shown(path)} is not in the tree` });
      return text;
    } catch (error) {
      tell(error, place);
      return undefined;
    }
  }

  function loadOrTell(
    path: string,
    text: string,
    given: PlacedMap | undefined,
    stack: readonly string[],
    place: Place,
  ): PlacedMap | undefined {
    try {
      return load(path, text, given, stack);
    } catch (error) {
      tell(error, place);
      return undefined;
    }
  }

  function tell(error: unknown, place: Place): void {
    const problem = asProblem(error, place.path);
    if (!isEvidenceProblem(problem)) throw problem;
    unread.push({ place, reason: `${problem.place}: ${problem.message}` });
  }

  const root = load(path, text, undefined, []);
  const sourceOf = (file: string): Source => sources.get(file) ?? createSource("");
  return { root, files: [...files.values()], inputs, includes, sourceOf };
}

/** Not of what is merged: each file's own. */
const LEFT_OUT: ReadonlySet<string> = new Set(["include", "spec"]);

function includesOf(node: PlacedNode | undefined): readonly PlacedNode[] {
  if (node === undefined) return [];
  return node.kind === "list" ? node.items.flatMap((item) => (item.kind === "list" ? item.items : [item])) : [node];
}

/**
 * A local include, below the tree's root; undefined where a variable names it, or it leads out of the project.
 *
 * @param folder - the project's own, which ends in a slash, or is empty
 */
export function localPath(folder: string, written: string): string | undefined {
  if (written.includes("$") || written.includes("\0")) return undefined;
  const parts: string[] = folder.split("/").filter((part) => part !== "");
  const least = parts.length;
  for (const part of written.split("/")) {
    if (part === "" || part === ".") continue;
    if (part === "..") {
      if (parts.length === least) return undefined;
      parts.pop();
    } else parts.push(part);
  }
  return parts.length === least ? undefined : parts.join("/");
}

function shown(path: string): string {
  return JSON.stringify(path.length > 120 ? `${path.slice(0, 119)}…` : path);
}
