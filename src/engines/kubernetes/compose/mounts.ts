/** `volumes`, `devices`, `configs` and `secrets` of a service, as compose-go makes the long form of them. */
import { posix } from "node:path";
import type { Fields } from "../read/fields.ts";
import type { ComposeDevice, ComposeFile, ComposeMount } from "./facts.ts";
import { composeBoolean } from "./scalars.ts";

/** Items of a list that are a text in the short form, and a map in the long one. */
export function entriesOf(fields: Fields, name: string): readonly (string | Fields)[] {
  return fields.has(name) ? fields.either(name) : [];
}

export function mountsOf(fields: Fields): readonly ComposeMount[] {
  const entries = entriesOf(fields, "volumes").map((entry, index): ComposeMount => {
    if (typeof entry !== "string") return longMount(entry, index);
    const found = shortMount(entry, index);
    if (found !== undefined) return found;
    fields.missing([...fields.path(), "volumes", index], "a volume that Compose refuses");
    return { type: "volume", source: "", target: entry, index };
  });
  // Of two at the same place the last counts: by what is written, then by what it comes to.
  const written = lastOf(entries, ({ target }) => target);
  const short = entriesOf(fields, "volumes");
  const unique = lastOf(written, ({ target, index }) => (typeof short[index] === "string" ? cleaned(target) : target));
  return unique.map((mount) => ({ ...mount, target: cleaned(mount.target) }));
}

/**
 * `[SOURCE:]TARGET[:OPTIONS]`; a source that begins with `.`, `~`, `/` or a drive is a path, any other a volume's name
 * (compose-go, `ParseVolume`). A variable that is not known counts as a path: gaps tell of it.
 */
function shortMount(text: string, index: number): ComposeMount | undefined {
  if (text === "") return undefined;
  if (text.length <= 2) return { type: "volume", source: "", target: text, index };
  const parts = splitOutside(text, true);
  if (parts.some((each) => each === "") || parts.length > 3) return undefined;
  const [first = "", target, options = ""] = parts;
  if (target === undefined) return { type: "volume", source: "", target: first, index };
  const access = options.split(",").findLast((option) => option === "ro" || option === "rw");
  return {
    type: /^(?:[./~]|\\\\|\$\{|\p{L}:)/u.test(first) ? "bind" : "volume",
    source: first,
    target,
    index,
    ...(access === "ro" ? { readOnly: true } : {}),
  };
}

function longMount(entry: Fields, index: number): ComposeMount {
  const readOnly = flag(entry, "read_only");
  return {
    type: entry.string("type") ?? "volume",
    source: entry.string("source") ?? "",
    target: entry.string("target") ?? "",
    index,
    ...(readOnly === true ? { readOnly } : {}),
  };
}

export function devicesOf(fields: Fields): readonly ComposeDevice[] {
  const devices = entriesOf(fields, "devices").map((entry, index): ComposeDevice => {
    if (typeof entry === "string") {
      const [source = "", target = "", permissions = "rwm"] = splitOutside(entry);
      return { source, target: target || source, permissions, index };
    }
    const source = entry.string("source") ?? "";
    return { source, target: entry.string("target") ?? "", permissions: entry.string("permissions") ?? "", index };
  });
  return lastOf(devices, ({ target }) => target);
}

/**
 * At colons that stand outside of a variable.
 *
 * @param drives - whether a colon behind a single letter is a part of its path
 */
export function splitOutside(text: string, drives = false): string[] {
  const parts: string[] = [];
  const lastClose = text.lastIndexOf("}");
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === "$" && text[at + 1] === "{" && at < lastClose) at = text.indexOf("}", at);
    else if (text[at] === ":" && !(drives && isDrive(text.slice(start, Math.min(at, start + 3))))) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  return [...parts, text.slice(start)];
}

function isDrive(text: string): boolean {
  return /^\p{L}$/u.test(text);
}

/** Where the services' `configs` and `secrets` come from: name → the file of the host, absent where it is none. */
export type FileSources = Readonly<Record<"configs" | "secrets", ReadonlyMap<string, string>>>;

export function filesOf(fields: Fields, sources: FileSources): readonly ComposeFile[] {
  return (["configs", "secrets"] as const).flatMap((kind) => {
    const base = kind === "secrets" ? "/run/secrets" : "";
    const files = entriesOf(fields, kind).map((entry, index): ComposeFile => {
      const name = typeof entry === "string" ? entry : (entry.string("source") ?? "");
      const stated = typeof entry === "string" ? undefined : entry.string("target");
      const file = sources[kind].get(name);
      return { kind, name, target: stated ?? `${base}/${name}`, index, ...(file === undefined ? {} : { file }) };
    });
    return lastOf(files, ({ target }) => target);
  });
}

/** A field of true and false, which may be a text; tells of what Compose refuses. */
export function flag(fields: Fields, name: string): boolean | undefined {
  if (!fields.isText(name)) return fields.boolean(name);
  const found = composeBoolean(fields.string(name));
  if (found === undefined) fields.missing([...fields.path(), name], "expected true or false");
  return found;
}

/** Compose's rule for lists with keys: what comes later takes the place of what has the same key. */
export function lastOf<Item>(items: readonly Item[], keyOf: (item: Item) => string): readonly Item[] {
  return [...new Map(items.map((item) => [keyOf(item), item])).values()];
}

function cleaned(target: string): string {
  return target === "" ? "" : posix.normalize(target).replace(/(?<=.)\/$/, "");
}
