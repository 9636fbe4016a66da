import { bounds } from "../../bounds.ts";
import type { PackageRecord } from "../../model.ts";
import { identityOf } from "../identity.ts";
import type { Unread } from "../unread.ts";
import type { Executable } from "./executable.ts";

/** What Go's linker wrote into a program: the toolchain's version, and the modules as text (debug/buildinfo). */
export interface GoBuildInfo {
  readonly toolchain: string;
  /** Lines as in runtime/debug.ParseBuildInfo; empty where the program was built without modules. */
  readonly modules: string;
}

const MAGIC = Buffer.from("\xff Go buildinf:", "latin1");
const ALIGNMENT = 16;
const HEADER_BYTES = 32;
const BIG_ENDIAN = 1;
const INLINE_STRINGS = 2;
/** Places of the magic that are looked at; programs that read build information have it in their data too. */
const MOST_PLACES = 1_000;
/** Around the module text, for tools that look for it: 16 bytes on each side. */
const SENTINEL_BYTES = 16;

/**
 * Finds the build information as debug/buildinfo does: in the section that has its name, or else where it is aligned
 * in the writable data.
 *
 * @returns undefined where there is none; a fault where a program is Go's and it cannot be read
 */
export function readGoBuildInfo(executable: Executable): GoBuildInfo | { readonly fault: string } | undefined {
  // Go reads by the address.
  const named =
    executable.loaded?.(".go.buildinfo") ?? executable.section(".go.buildinfo") ?? executable.section("__go_buildinfo");
  const place = named ?? executable.data();
  if (place === undefined) return undefined;
  let places = 0;
  for (let at = place.indexOf(MAGIC); at >= 0 && places < MOST_PLACES; at = place.indexOf(MAGIC, at + 1)) {
    places += 1;
    if (at % ALIGNMENT !== 0) continue;
    const info = readAt(place.subarray(at), executable);
    // Elsewhere the magic may be some program's own text; in its section, or before modules, it is what it says.
    if (named !== undefined || !("fault" in info) || info.listsModules) return info;
  }
  return named === undefined ? undefined : { fault: "its section of Go build information holds none" };
}

interface Fault {
  readonly fault: string;
  /** All the same Go would list modules. */
  readonly listsModules?: boolean;
}

function readAt(info: Buffer, executable: Executable): GoBuildInfo | Fault {
  if (info.length < HEADER_BYTES) return { fault: "its Go build information is cut off" };
  const flags = info[15] as number;
  const [toolchain, modules] =
    (flags & INLINE_STRINGS) !== 0 ? inlineStrings(info) : pointedStrings(info, flags, executable);
  if (toolchain === undefined || modules === undefined) {
    return { fault: "its Go build information points outside of it" };
  }
  const text = toolchain.toString("utf8", 0, bounds.versionLength);
  if (!/^(?:go|devel )/.test(text) || toolchain.length > bounds.versionLength) {
    const listsModules = toolchain.length > 0 && betweenSentinels(modules) !== "";
    return { fault: "its Go build information names no toolchain", listsModules };
  }
  if (modules.length > bounds.smallFileBytes) return { fault: `its list of modules has ${modules.length} bytes` };
  return { toolchain: text, modules: betweenSentinels(modules) };
}

type Strings = readonly [toolchain: Buffer | undefined, modules: Buffer | undefined];

/** Since Go 1.18: two strings right behind the header, each after its length as a varint. */
function inlineStrings(info: Buffer): Strings {
  const first = stringAt(info, HEADER_BYTES);
  return [first?.text, first === undefined ? undefined : stringAt(info, first.end)?.text];
}

function stringAt(info: Buffer, start: number): { readonly text: Buffer; readonly end: number } | undefined {
  let length = 0;
  for (let index = 0; index < 6; index++) {
    const byte = info[start + index];
    if (byte === undefined) return undefined;
    length += (byte & 0x7f) * 128 ** index;
    if (byte >= 0x80) continue;
    const from = start + index + 1;
    const end = from + length;
    return end > info.length ? undefined : { text: info.subarray(from, end), end };
  }
  return undefined;
}

/** Before Go 1.18: two addresses of strings' headers, each the address of the text and its length. */
function pointedStrings(info: Buffer, flags: number, executable: Executable): Strings {
  const size = info[14];
  if (size !== 4 && size !== 8) return [undefined, undefined];
  const big = (flags & BIG_ENDIAN) !== 0;
  const word = (from: Buffer, at: number): number => {
    if (size === 4) return big ? from.readUInt32BE(at) : from.readUInt32LE(at);
    return Number(big ? from.readBigUInt64BE(at) : from.readBigUInt64LE(at));
  };
  const pointed = (address: number): Buffer | undefined => {
    const header = executable.at(address);
    if (header === undefined || header.length < 2 * size) return undefined;
    const length = word(header, size);
    if (length === 0) return header.subarray(0, 0);
    const text = executable.at(word(header, 0));
    return text === undefined || text.length < length ? undefined : text.subarray(0, length);
  };
  const modules = word(info, 16 + size);
  return [pointed(word(info, 16)), modules === 0 ? Buffer.alloc(0) : pointed(modules)];
}

function betweenSentinels(text: Buffer): string {
  const end = text.length - SENTINEL_BYTES;
  if (end <= SENTINEL_BYTES || text[end - 1] !== 0x0a) return "";
  return text.toString("utf8", SENTINEL_BYTES, end);
}

/**
 * The toolchain as the package `stdlib`, and the modules. A module that the build replaced stands under the name and
 * version of what was built in its place. The version is empty where the build does not know it: of the program's own
 * module when built from a working copy (`(devel)`), and of a module replaced by a folder.
 */
export function goPackages({ toolchain, modules }: GoBuildInfo, unread: Unread): PackageRecord[] {
  const records: PackageRecord[] = [];
  const release = releaseOf(toolchain);
  if (release === undefined) unread.add(`its Go toolchain (${toolchain.slice(0, 80)}) is of no release`);
  else records.push({ type: "golang", name: "stdlib", version: release, licenses: [] });

  let path = "";
  let last: { name: string; version: string } | undefined;
  const found: { name: string; version: string }[] = [];
  for (const line of modules.split("\n")) {
    const [kind, name = "", version = ""] = line.split("\t", 4);
    if (kind === "path") path = name;
    else if (kind === "mod" || kind === "dep") {
      if (found.length >= bounds.packages) {
        unread.add(`more than ${bounds.packages} modules`);
        break;
      }
      last = { name, version };
      found.push(last);
    } else if (kind === "=>" && last !== undefined) {
      last.version = isFolder(name) ? "" : version;
      if (!isFolder(name)) last.name = name;
      last = undefined;
    }
  }
  if (found.length === 0 && path !== "" && !isToolchain(path)) {
    unread.add("built without modules, so its modules are not recorded");
  }
  for (const { name, version } of found) {
    const known = version === "(devel)" ? "" : version;
    const identity = identityOf(name, known || "v0");
    if ("fault" in identity) unread.add(`a module ${identity.fault}`);
    else records.push({ type: "golang", name, version: known, licenses: [] });
  }
  return records;
}

/** `go1.24.4`, `go1.21.0 X:boringcrypto`, `devel go1.25-8a1ebc6 Thu …`; of old `devel +8a1ebc6 …`, without a release. */
function releaseOf(toolchain: string): string | undefined {
  return /^(?:devel )?go(\d[^\s]*)/.exec(toolchain)?.[1];
}

/** What go.mod's replace calls a file path: it begins with `./`, `../` or a root (Go modules reference). */
function isFolder(target: string): boolean {
  return /^(?:\.{1,2}(?:[/\\]|$)|[/\\]|[A-Za-z]:[/\\])/.test(target);
}

/** Go's own commands, and single files built by name: they have the standard library alone. */
function isToolchain(path: string): boolean {
  return path.startsWith("cmd/") || path === "command-line-arguments";
}
