/** What `default` and jobs have in common. */
import type { Source } from "../../dockerfile/mapped-text.ts";
import type { UnreadField } from "../field.ts";
import { nodeAt, type PlacedMap, type PlacedNode } from "../yaml/model.ts";
import type { GitlabArtifacts, GitlabCache, GitlabIdToken, GitlabImage, GitlabLine, GitlabSettings } from "./model.ts";
import { readLine } from "./script.ts";
import { fieldAt, scalarOf, textsOf } from "./texts.ts";
import { variablesOf } from "./variables.ts";

/** What a job is read with. */
export interface JobReader {
  readonly unread: UnreadField[];
  /** Lines of scripts that are not taken apart. */
  readonly unreadScripts: UnreadField[];
  lines(node: PlacedNode | undefined): GitlabLine[];
}

/** Each line is taken apart once, whatever jobs it is in. */
export function createJobReader(unread: UnreadField[], sourceOf: (path: string) => Source): JobReader {
  const known = new Map<PlacedNode, GitlabLine>();
  const unreadScripts: UnreadField[] = [];
  return {
    unread,
    unreadScripts,
    lines(node) {
      if (node === undefined) return [];
      if (node.kind === "list") return node.items.flatMap((item) => this.lines(item));
      const text = scalarOf(node);
      if (text === undefined) {
        if (node.kind === "map") unread.push({ place: node.place, reason: "a line of a script that is a mapping" });
        return [];
      }
      let line = known.get(node);
      if (line === undefined) {
        line = readLine(text, sourceOf(text.place.path));
        if (line.trouble !== undefined) unreadScripts.push(line.trouble);
        known.set(node, line);
      }
      return [line];
    },
  };
}

export const SETTINGS: ReadonlySet<string> = new Set(
  "image services before_script after_script hooks cache artifacts tags timeout interruptible retry id_tokens identity".split(
    " ",
  ),
);

export function settingsOf(map: PlacedMap, reader: JobReader): GitlabSettings {
  const hooks = nodeAt(map, "hooks");
  const image = imageOf(nodeAt(map, "image"));
  const artifacts = artifactsOf(nodeAt(map, "artifacts"));
  const services = nodeAt(map, "services");
  const cache = nodeAt(map, "cache");
  const retry = nodeAt(map, "retry");
  return {
    ...(image === undefined ? {} : { image }),
    services: services?.kind === "list" ? flat(services.items).flatMap((item) => imageOf(item) ?? []) : [],
    beforeScript: reader.lines(nodeAt(map, "before_script")),
    afterScript: reader.lines(nodeAt(map, "after_script")),
    hookScript: hooks?.kind === "map" ? reader.lines(nodeAt(hooks, "pre_get_sources_script")) : [],
    cache: (cache?.kind === "list" ? flat(cache.items) : [cache]).flatMap((item) => cacheOf(item) ?? []),
    ...(artifacts === undefined ? {} : { artifacts }),
    tags: textsOf(nodeAt(map, "tags")),
    ...fieldAt(map, "timeout", "timeout"),
    ...fieldAt(map, "interruptible", "interruptible"),
    ...fieldAt(retry?.kind === "map" ? retry : map, retry?.kind === "map" ? "max" : "retry", "retry"),
    idTokens: idTokensOf(nodeAt(map, "id_tokens")),
    ...fieldAt(map, "identity", "identity"),
    variables: variablesOf(nodeAt(map, "variables")),
  };
}

function flat(items: readonly PlacedNode[]): PlacedNode[] {
  return items.flatMap((item) => (item.kind === "list" ? flat(item.items) : [item]));
}

function imageOf(node: PlacedNode | undefined): GitlabImage | undefined {
  const map = node?.kind === "map" ? node : undefined;
  const name = scalarOf(map === undefined ? node : nodeAt(map, "name"));
  if (node === undefined || name === undefined) return undefined;
  const docker = nodeAt(map, "docker");
  return {
    place: node.place,
    name,
    ...fieldAt(map, "alias", "alias"),
    pullPolicy: textsOf(nodeAt(map, "pull_policy")),
    entrypoint: textsOf(nodeAt(map, "entrypoint")),
    command: textsOf(nodeAt(map, "command")),
    ...fieldAt(docker?.kind === "map" ? docker : undefined, "user", "dockerUser"),
  };
}

function cacheOf(node: PlacedNode | undefined): GitlabCache | undefined {
  if (node?.kind !== "map") return undefined;
  const key = nodeAt(node, "key");
  const keyMap = key?.kind === "map" ? key : undefined;
  return {
    place: node.place,
    ...(keyMap === undefined ? fieldAt(node, "key", "key") : {}),
    ...fieldAt(keyMap, "prefix", "prefix"),
    keyFiles: textsOf(nodeAt(keyMap, "files")),
    paths: textsOf(nodeAt(node, "paths")),
    fallbackKeys: textsOf(nodeAt(node, "fallback_keys")),
    ...fieldAt(node, "policy", "policy"),
    ...fieldAt(node, "unprotect", "unprotect"),
    ...fieldAt(node, "untracked", "untracked"),
    ...fieldAt(node, "when", "when"),
  };
}

function artifactsOf(node: PlacedNode | undefined): GitlabArtifacts | undefined {
  if (node?.kind !== "map") return undefined;
  const reports = nodeAt(node, "reports");
  return {
    place: node.place,
    paths: textsOf(nodeAt(node, "paths")),
    exclude: textsOf(nodeAt(node, "exclude")),
    ...fieldAt(node, "expire_in", "expireIn"),
    ...fieldAt(node, "untracked", "untracked"),
    ...fieldAt(node, "public", "public"),
    ...fieldAt(node, "access", "access"),
    ...fieldAt(node, "when", "when"),
    ...fieldAt(node, "name", "name"),
    reports:
      reports?.kind !== "map"
        ? []
        : reports.entries.map(({ key, value }) => ({
            name: key,
            paths: textsOf(value.kind === "map" ? nodeAt(value, "path") : value),
          })),
  };
}

function idTokensOf(node: PlacedNode | undefined): GitlabIdToken[] {
  if (node?.kind !== "map") return [];
  return node.entries.map(({ key, value }) => ({
    name: key.value,
    key: key.place,
    audiences: value.kind === "map" ? textsOf(nodeAt(value, "aud")) : [],
  }));
}
