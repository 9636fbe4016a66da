/** Where the files of a package are that has no list of them: in a folder of its own, or in one file. */
import { posix } from "node:path";
import type { Package } from "../../engines/contents/model.ts";

export type Place =
  /** As package managers list them. */
  | { readonly kind: "listed" }
  /** In this folder, but for its manifest, which is read to look for packages. */
  | { readonly kind: "folder"; readonly folder: string; readonly manifest?: string }
  /** It is this file, or this one and `others` that nothing tells of. */
  | { readonly kind: "file"; readonly path: string; readonly others?: true }
  /** It is a part of this file: whether that is used, no open tells. */
  | { readonly kind: "within"; readonly path: string }
  /** Nothing tells. */
  | { readonly kind: "unknown"; readonly reason: string };

/** @param shared - whether the file that declares the package declares others as well */
export function placeOf(item: Package, shared: boolean): Place {
  const { type, name, path } = item;
  const folder = posix.dirname(path);
  switch (type) {
    case "deb":
    case "apk":
    case "rpm":
    case "alpm":
    case "pypi":
    case "conda":
      return { kind: "listed" };
    case "npm":
    case "cran":
      return { kind: "folder", folder, manifest: path };
    case "bitnami":
      return { kind: "folder", folder, manifest: path };
    case "gem": {
      if (posix.basename(folder) === "default") return { kind: "unknown", reason: "a part of Ruby itself" };
      return { kind: "folder", folder: `${posix.dirname(folder)}/gems/${posix.basename(path, ".gemspec")}` };
    }
    case "composer":
      return { kind: "folder", folder: posix.join(posix.dirname(folder), name) };
    case "nuget":
      return { kind: "file", path: posix.join(folder, `${name}.dll`), others: true };
    case "generic":
      if (posix.basename(path) === "release") return { kind: "folder", folder, manifest: path };
      return { kind: "file", path };
    case "golang":
    case "cargo":
      return { kind: isNamedFor(name, path) ? "file" : "within", path };
    case "maven":
      return { kind: !shared || isJarOf(name, path) ? "file" : "within", path };
    default:
      return { kind: "unknown", reason: `which files packages of type ${type} have is not known` };
  }
}

/** `github.com/example/app/v2` in `usr/bin/app`: the program's own module or crate. */
function isNamedFor(name: string, path: string): boolean {
  const own = name
    .replace(/\/v\d+$/, "")
    .split("/")
    .at(-1);
  return own === posix.basename(path);
}

/** `org.example:web` in `web-1.2.jar`: the jar's own artifact, and not one that is packed into it. */
function isJarOf(name: string, path: string): boolean {
  const artifact = name.slice(name.lastIndexOf(":") + 1);
  const file = posix.basename(path).replace(/\.[^.]+$/, "");
  return file === artifact || (file.startsWith(`${artifact}-`) && /\d/.test(file[artifact.length + 1] ?? ""));
}

const EXTENSION = /^(.*)\/extensions\/[^/]+\/[^/]+\/([^/]+)\//;

/** The folders that a file is in, the deepest first; a gem's compiled extensions are apart from its other files. */
export function* foldersOf(path: string): Generator<string> {
  const extension = EXTENSION.exec(path);
  if (extension !== null) yield `${extension[1]}/gems/${extension[2]}`;
  for (let slash = path.lastIndexOf("/"); slash > 0; slash = path.lastIndexOf("/", slash - 1)) {
    yield path.slice(0, slash);
  }
}
