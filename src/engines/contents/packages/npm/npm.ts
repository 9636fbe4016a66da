import clean from "semver/functions/clean.js";
import { parseJson } from "../../../../core/parse-json.ts";
import { isObject } from "../../../../core/untyped.ts";
import type { AnalysedFile, Analyser } from "../../analyser.ts";
import { bounds } from "../../bounds.ts";
import type { FileFacts, PackageRecord } from "../../model.ts";
import { isDeclaredText } from "../identity.ts";
import { withNeeds, writtenNeeds } from "../needs.ts";
import { isPackageName } from "./package-name.ts";

const MANIFEST = "package.json";

/**
 * Installed npm packages: `node_modules/NAME/package.json` and `node_modules/@SCOPE/NAME/package.json` at any depth,
 * as Node's module resolution finds them. Other manifests (test fixtures, `dist/esm/package.json`, the application's
 * own) declare no installed package.
 */
export const npm: Analyser = {
  id: "npm",
  version: 2,
  evidence: "installed",
  basenames: [MANIFEST],
  maxBytes: bounds.smallFileBytes,
  wants: isInstalled,
  analyse,
};

/** Looks from the end of the path, where it is decided. */
function isInstalled(path: string): boolean {
  const end = path.length - MANIFEST.length - 1;
  if (end <= 0 || !path.endsWith(`/${MANIFEST}`)) return false;
  const name = path.lastIndexOf("/", end - 1) + 1;
  // Names begin with neither; `.bin` and `.pnpm` are npm's and pnpm's own folders.
  if (path[name] === "." || path[name] === "@" || name === end) return false;
  if (endsInModules(path, name)) return true;
  const scope = path.lastIndexOf("/", name - 2) + 1;
  return path[scope] === "@" && endsInModules(path, scope);
}

/** Whether the folder that ends right before `end` is called `node_modules`. */
function endsInModules(path: string, end: number): boolean {
  const start = end - "node_modules/".length;
  return path.startsWith("node_modules/", start) && (start === 0 || path[start - 1] === "/");
}

/**
 * The declared name counts, not the folder's: an alias (`npm:` specifier) installs under another. A manifest without
 * name and version is no package to npm either.
 */
function analyse({ bytes }: AnalysedFile): FileFacts | undefined {
  const text = bytes.toString("utf8");
  let manifest: unknown;
  try {
    manifest = parseJson(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  } catch {
    return unreadable("not JSON");
  }
  if (!isObject(manifest)) return unreadable("not a JSON object");
  const { name, version } = manifest;
  if (typeof name !== "string" || typeof version !== "string") return undefined;
  if (!isPackageName(name)) return undefined;
  if (version.trim() === "") return undefined;
  if (version.length > bounds.versionLength) return unreadable(`its version has ${version.length} characters`);
  const record: PackageRecord = {
    type: "npm",
    name,
    // npm forgives `v1.2.3` and `=1.2.3`. What SemVer cannot read is kept: that it cannot be judged must be seen.
    version: PLAIN_VERSION.test(version) ? version : (clean(version, { loose: true }) ?? version.trim()),
    licenses: licensesOf(manifest),
  };
  return { kind: "packages", packages: [withNeeds(record, needsOf(manifest))], unread: [] };
}

/** Spares the great majority the full parser. */
const PLAIN_VERSION = /^(?:0|[1-9][0-9]{0,9})\.(?:0|[1-9][0-9]{0,9})\.(?:0|[1-9][0-9]{0,9})$/;

/** `license` as an expression, or the older forms that npm still reads: an object with its type, or a list of those. */
function licensesOf({ license, licenses }: Record<string, unknown>): string[] {
  const declared = license ?? licenses;
  const names: string[] = [];
  for (const item of Array.isArray(declared) ? declared.slice(0, MOST_LICENSES) : [declared]) {
    const name = isObject(item) ? item.type : item;
    if (typeof name === "string" && isDeclaredText(name.trim())) names.push(name.trim());
  }
  return names;
}

/** Of one package; a list longer than that is no declaration. */
const MOST_LICENSES = 32;

function unreadable(reason: string): FileFacts {
  return { kind: "unreadable", code: "contents.npm-manifest-broken", reason };
}

/** What it is installed with, whether or not it can do without: package.json's fields of that name (npm, "package.json"). */
const NEEDS = ["dependencies", "optionalDependencies", "peerDependencies"] as const;

function needsOf(manifest: Record<string, unknown>): string | undefined {
  const names = NEEDS.flatMap((field) => {
    const needed = manifest[field];
    return isObject(needed) ? Object.keys(needed) : [];
  });
  return writtenNeeds(names.filter(isPackageName).map((name) => [name]));
}
