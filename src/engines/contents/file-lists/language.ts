/** The lists of files that installers of languages leave: pip's RECORD and its elders, conda's. */
import { posix } from "node:path";
import { bounds } from "../bounds.ts";
import { itemsOf, jsonObjectIn, textIn } from "../packages/json.ts";
import { textLines } from "../packages/text-lines.ts";
import type { FileListReader } from "./model.ts";

const METADATA = /\.(?:dist|egg)-info$/i;

/** Of a file in a folder of Python's metadata: that folder, and the one that packages are imported from. */
function metadataOf(path: string): { readonly metadata: string; readonly site: string } {
  const metadata = posix.dirname(path);
  return { metadata, site: posix.dirname(metadata) };
}

function isIn(path: string, name: string): boolean {
  return path.endsWith(`/${name}`) && METADATA.test(posix.dirname(path));
}

/** A path from the root; undefined where it leads out of it. */
function from(folder: string, path: string): string | undefined {
  const joined = posix.normalize(path.startsWith("/") ? path.slice(1) : posix.join(folder, path));
  return joined.startsWith("../") || joined === ".." || joined.startsWith("/") ? undefined : joined;
}

/**
 * `RECORD`: lines of path, hash and size as CSV, paths relative to the folder of packages (Recording installed projects).
 * What the metadata's own folder holds is read by whoever lists packages, and is no sign of their use.
 */
export const pythonRecord: FileListReader = {
  maxBytes: bounds.lockfileBytes,
  wants: (path) => isIn(path, "RECORD"),
  *read({ path, bytes }) {
    const { metadata, site } = metadataOf(path);
    yield { owner: { kind: "declared", path: metadata }, files: recorded(bytes.toString("utf8"), metadata, site) };
  },
};

function* recorded(text: string, metadata: string, site: string): Generator<string> {
  for (const { text: line } of textLines(text)) {
    const quoted = /^"((?:[^"]|"")*)"/.exec(line)?.[1]?.replaceAll('""', '"');
    const listed = quoted ?? line.split(",", 1)[0] ?? "";
    const path = listed === "" ? undefined : from(site, listed);
    if (path !== undefined && !path.startsWith(`${metadata}/`)) yield path;
  }
}

/** `installed-files.txt` in an `.egg-info`: a path a line, relative to that folder. */
export const pythonInstalledFiles: FileListReader = {
  maxBytes: bounds.lockfileBytes,
  wants: (path) => isIn(path, "installed-files.txt"),
  *read({ path, bytes }) {
    const { metadata } = metadataOf(path);
    const files = [...textLines(bytes.toString("utf8"))].flatMap(({ text }) => from(metadata, text) ?? []);
    yield {
      owner: { kind: "declared", path: metadata },
      files: files.filter((file) => !file.startsWith(`${metadata}/`)),
    };
  },
};

/** `top_level.txt`: the modules that can be imported. Distributions leave it where they take RECORD away. */
export const pythonTopLevel: FileListReader = {
  maxBytes: bounds.smallFileBytes,
  wants: (path) => isIn(path, "top_level.txt"),
  *read({ path, bytes }) {
    const { metadata, site } = metadataOf(path);
    const names = [...textLines(bytes.toString("utf8"))].flatMap(({ text }) => from(site, text.trim()) ?? []);
    const folders = names.filter((name) => name !== site && name !== ".");
    yield { owner: { kind: "declared", path: metadata }, files: folders.map((name) => `${name}.py`), folders };
  },
};

/** `conda-meta/NAME.json`: `files`, relative to the environment's folder. */
export const condaFiles: FileListReader = {
  maxBytes: bounds.lockfileBytes,
  wants: (path) => /(?:^|\/)conda-meta\/[^/]+\.json$/.test(path),
  *read({ path, bytes }) {
    const prefix = posix.dirname(posix.dirname(path));
    const listed = itemsOf(jsonObjectIn(bytes)?.files).flatMap((file) => textIn(file) ?? []);
    const files = listed.flatMap((file) => from(prefix, file) ?? []);
    yield { owner: { kind: "declared", path }, files };
  },
};
