/** Fields of paths that an event worked on: `fs.path.name`, of two paths `.source` and `.target`. */
import type { SyscallEvent } from "../event.ts";
import { joinPath } from "../state/paths.ts";
import { codes } from "../types/codes.ts";
import { ofEvent, type SyscallField } from "./define.ts";
import { type EventPath, eventPath, rawPath, wholePath } from "./event-path.ts";

type Name = keyof typeof codes;

/** Of each event the parameter that is the path. */
const single: Partial<Record<Name, string>> = {
  mkdir: "path",
  mkdirat: "path",
  rmdir: "path",
  unlink: "path",
  unlinkat: "name",
  open: "name",
  openat: "name",
  openat2: "name",
  creat: "name",
  fchmodat: "filename",
  chmod: "filename",
  chown: "path",
  lchown: "path",
  fchownat: "pathname",
  quotactl: "special",
  umount: "name",
  umount2: "name",
};

/** Of each event what is taken and what is made of it; of links, as upstream has it, the new name and what it leads to. */
const pairs: Partial<Record<Name, readonly [source: string, target: string]>> = {
  rename: ["oldpath", "newpath"],
  renameat: ["oldpath", "newpath"],
  renameat2: ["oldpath", "newpath"],
  link: ["newpath", "oldpath"],
  linkat: ["newpath", "oldpath"],
  symlink: ["linkpath", "target"],
  symlinkat: ["linkpath", "target"],
  mount: ["dev", "dir"],
};

function byCode(entries: readonly (readonly [string, string])[]): ReadonlyMap<number, EventPath> {
  return new Map(
    entries.map(([name, parameter]) => {
      const code = codes[name as Name];
      return [code, eventPath(code, parameter)];
    }),
  );
}

const paths = byCode(Object.entries(single));
const sources = byCode(Object.entries(pairs).map(([name, [source]]) => [name, source]));
const targets = byCode(Object.entries(pairs).map(([name, [, target]]) => [name, target]));

/** Their path is that of their descriptor. */
const byDescriptor: ReadonlySet<number> = new Set([codes.fchmod, codes.fchown]);
const symbolic: ReadonlySet<number> = new Set([codes.symlink, codes.symlinkat]);

/** As upstream has it: an attempt to open something counts unless it was not permitted (-1), anything else when it came through. */
function came({ code, result }: SyscallEvent): boolean {
  if (result === undefined) return false;
  return opening.has(code) ? result !== -1 : result >= 0;
}

const opening: ReadonlySet<number> = new Set([codes.open, codes.openat, codes.openat2]);

function nameOf(event: SyscallEvent): string | undefined {
  if (!came(event)) return undefined;
  if (byDescriptor.has(event.code)) return event.descriptor?.name ?? "";
  const path = paths.get(event.code);
  return path === undefined ? undefined : wholePath(event, path);
}

function rawNameOf(event: SyscallEvent): string | undefined {
  if (!came(event)) return undefined;
  if (byDescriptor.has(event.code)) return event.descriptor?.name ?? "";
  const path = paths.get(event.code);
  return path === undefined ? undefined : rawPath(event, path);
}

function raw(of: ReadonlyMap<number, EventPath>): (event: SyscallEvent) => string | undefined {
  return (event) => {
    const path = came(event) ? of.get(event.code) : undefined;
    return path === undefined ? undefined : rawPath(event, path);
  };
}

function whole(of: ReadonlyMap<number, EventPath>): (event: SyscallEvent) => string | undefined {
  return (event) => {
    const path = came(event) ? of.get(event.code) : undefined;
    return path === undefined ? undefined : wholePath(event, path);
  };
}

const wholeSource = whole(sources);
const wholeTarget = whole(targets);

/** What a symbolic link leads to starts from the directory that the link is in, wherever the process works. */
function targetOf(event: SyscallEvent): string | undefined {
  if (!symbolic.has(event.code)) return wholeTarget(event);
  const path = came(event) ? targets.get(event.code) : undefined;
  const target = path === undefined ? undefined : rawPath(event, path);
  if (target === undefined) return undefined;
  const link = wholeSource(event) ?? "";
  return joinPath(link.slice(0, link.lastIndexOf("/") + 1), target);
}

/** Events of which `evt.abspath` tells the first path, and the second where there are two. */
const absolute: ReadonlyMap<number, readonly [EventPath, EventPath | undefined]> = new Map([
  ...(["renameat", "renameat2"] as const).map((name) => both(name, "oldpath", "newpath")),
  both("linkat", "oldpath", "newpath"),
  both("symlinkat", "linkpath"),
  both("openat", "name"),
  both("openat2", "name"),
  both("open_by_handle_at", "path"),
  both("unlinkat", "name"),
  both("mkdirat", "path"),
  both("fchmodat", "filename"),
  both("fchownat", "pathname"),
]);

function both(name: Name, first: string, second?: string): [number, readonly [EventPath, EventPath | undefined]] {
  const code = codes[name];
  return [code, [eventPath(code, first), second === undefined ? undefined : eventPath(code, second)]];
}

function absolutePathOf(which: "only" | "source" | "target"): (event: SyscallEvent) => string | undefined {
  return (event) => {
    const found = absolute.get(event.code);
    if (found === undefined) return undefined;
    const [first, second] = found;
    const path = which === "target" ? (second ?? first) : first;
    return wholePath(event, path);
  };
}

export const pathFields: readonly SyscallField[] = [
  ofEvent("fs.path.name", "path", "Path that the call worked on, from the root", nameOf),
  ofEvent("fs.path.nameraw", "path", "Path that the call worked on, as it was passed to the kernel", rawNameOf),
  ofEvent("fs.path.source", "path", "Path that the call took: the old name; of a link its own name", wholeSource),
  ofEvent("fs.path.sourceraw", "path", "`fs.path.source` as it was passed to the kernel", raw(sources)),
  ofEvent("fs.path.target", "path", "Path that the call made: the new name; of a link what it leads to", targetOf),
  ofEvent("fs.path.targetraw", "path", "`fs.path.target` as it was passed to the kernel", raw(targets)),
  ofEvent(
    "evt.abspath",
    "path",
    "Path that the call works on, joined to the directory of its descriptor",
    absolutePathOf("only"),
  ),
  ofEvent("evt.abspath.src", "path", "The first of two such paths", absolutePathOf("source")),
  ofEvent("evt.abspath.dst", "path", "The second of two such paths", absolutePathOf("target")),
];
