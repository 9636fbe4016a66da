/** package.json ("package.json" in npm's documentation), as far as lockfiles answer it. */
import { parseJson } from "../../../core/parse-json.ts";
import { isObject } from "../../../core/untyped.ts";
import { jsonPlaces } from "../../../formats/json/places.ts";
import { lineCounter } from "../../../formats/position.ts";
import type { Want } from "./want.ts";

export interface PackageJson {
  readonly wants: readonly Want[];
  /** Names whose versions the project overrides somewhere: what is locked of them follows other rules. */
  readonly overridden: ReadonlySet<string>;
  readonly workspaces: boolean;
  /** Every name that it states a dependency on, peers included. */
  readonly names: ReadonlySet<string>;
}

/** Peers are left to whoever installs: each package manager has its own rules for them, and options to ignore them. */
const LISTS = ["dependencies", "devDependencies", "optionalDependencies"] as const;
const OVERRIDES = ["overrides", "resolutions"] as const;

/** Undefined where it is no JSON object. */
export function readPackageJson(path: string, text: string): PackageJson | undefined {
  let manifest: unknown;
  try {
    manifest = parseJson(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  } catch {
    return undefined;
  }
  if (!isObject(manifest)) return undefined;
  const { root } = jsonPlaces(text, ([first, ...rest]) => (rest.length === 0 && isList(first) ? "places" : "nothing"));
  const lineAt = lineCounter(text);
  const wants = new Map<string, Want>();
  for (const list of LISTS) {
    const stated = manifest[list];
    for (const [name, range] of isObject(stated) ? Object.entries(stated) : []) {
      if (typeof range !== "string") continue;
      const place = root.members?.get(list)?.members?.get(name);
      // What is in several lists is wanted as the last of them says, as for npm.
      wants.set(name, {
        manifest: path,
        name,
        range: range.trim(),
        mayLack: list === "optionalDependencies",
        development: list === "devDependencies",
        line: place === undefined ? undefined : lineAt(place.offset),
      });
    }
  }
  const overridden = new Set<string>();
  for (const field of OVERRIDES) addNames(manifest[field], overridden);
  if (isObject(manifest.pnpm)) addNames(manifest.pnpm.overrides, overridden);
  const names = new Set<string>();
  for (const list of [...LISTS, "peerDependencies"]) {
    const stated = manifest[list];
    if (isObject(stated)) for (const name of Object.keys(stated)) names.add(name);
  }
  return { wants: [...wants.values()], overridden, workspaces: manifest.workspaces !== undefined, names };
}

function isList(name: string | undefined): boolean {
  return name === undefined || (LISTS as readonly string[]).includes(name);
}

/** Of `a`, `a@^1`, `b>a`, `b/a`, at any depth, every name that may be meant. */
export function addNames(overrides: unknown, names: Set<string>): void {
  const pending = [overrides];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (!isObject(next)) continue;
    for (const [key, below] of Object.entries(next)) {
      for (const name of namesIn(key)) names.add(name);
      pending.push(below);
    }
  }
}

export function* namesIn(key: string): Generator<string> {
  const [last = ""] = key.split(">").slice(-1);
  const parts = last.trim().split("/");
  const [name = "", before = ""] = parts.toReversed();
  const at = name.lastIndexOf("@");
  const bare = at > 0 ? name.slice(0, at) : name;
  yield bare;
  if (before.startsWith("@")) yield `${before}/${bare}`;
  // `@scope/name@npm:^1` and ranges with a slash in them.
  const end = last.indexOf("@", 1);
  if (end > 0) yield last.slice(0, end).trim();
}
