/** From what was opened to files of the image that their packages are asked for. */
import type { ImageFiles } from "../../engines/contents/model.ts";
import type { Observed } from "./observed.ts";

/** A file of the image that was loaded, as far as anything tells. */
export interface Hit {
  /** What happened: `/usr/bin/curl was run`. */
  readonly reason: string;
  /** Written since the container started, so that it may be another file. */
  readonly changed: boolean;
  readonly executed: boolean;
}

export interface Wanted {
  /** By real path, without a leading slash. */
  readonly hits: ReadonlyMap<string, Hit>;
  /** A program of which nothing tells what the kernel loaded beside it. */
  readonly startUnknown?: string;
}

/**
 * Three things that no open tells: the dynamic loader of a program, which the kernel maps itself; the source of bytecode
 * of Python; the other names of a file with several.
 */
export function wantedFiles(observed: Observed, files: ImageFiles): Wanted {
  const hits = new Map<string, Hit>();
  let startUnknown: string | undefined;
  const add = (path: string, hit: Hit) => {
    for (const name of [path, ...files.namesOf(path)]) {
      const known = hits.get(name);
      if (known === undefined || weight(hit) < weight(known) || (weight(hit) === weight(known) && isLess(hit, known))) {
        hits.set(name, hit);
      }
    }
  };
  for (const { path, executed, place } of observed.files) {
    const real = place === "elsewhere" ? undefined : files.resolve(path);
    const isThere = real !== undefined && files.layerOf(real) !== undefined;
    if (executed) {
      const start = isThere && place === "image" ? files.startOf(real) : UNKNOWN;
      if (start.kind === "unknown") startUnknown ??= `/${path}`;
      const loader = start.kind === "loader" ? files.resolve(start.path.replace(/^\/+/, "")) : undefined;
      if (loader !== undefined && start.kind === "loader") {
        add(loader, { reason: `${start.path} started /${path}`, changed: false, executed: true });
      }
    }
    const source = place === "elsewhere" ? undefined : sourceOf(path, files);
    const reason = `/${path} was ${executed ? "run" : "opened"}`;
    // Compiled when it is first imported, of a source that was there: what was written since is not another file.
    if (source !== undefined) add(source, { reason, changed: false, executed });
    if (isThere) add(real, { reason, changed: place === "changed", executed });
  }
  return { hits, ...(startUnknown === undefined ? {} : { startUnknown }) };
}

const UNKNOWN = { kind: "unknown" } as const;

/** What is sure first, and what was run before what was opened. */
function weight({ changed, executed }: Hit): number {
  return (changed ? 2 : 0) + (executed ? 0 : 1);
}

function isLess(one: Hit, other: Hit): boolean {
  return one.reason < other.reason;
}

const CACHED = /^(.*\/)?__pycache__\/([^/]+?)\.[^/.]+(?:\.opt-[0-9a-zA-Z]+)?\.pyc$/;

/** PEP 3147: `a/__pycache__/b.cpython-313.opt-1.pyc` is `a/b.py` compiled; of old `a/b.pyc`. */
function sourceOf(path: string, files: ImageFiles): string | undefined {
  if (!path.endsWith(".pyc")) return undefined;
  const cached = CACHED.exec(path);
  const source = cached === null ? path.slice(0, -1) : `${cached[1] ?? ""}${cached[2]}.py`;
  const real = files.resolve(source);
  return real !== undefined && files.layerOf(real) !== undefined ? real : undefined;
}
