/** package.json of an npm package (docs.npmjs.com, "package.json" and "scripts"). */

import { fieldsOf, itemsOf, jsonObjectIn, textIn } from "../../contents/packages/json.ts";
import type { PackageFile } from "../archive/files.ts";
import type { InstallScript } from "../model.ts";
import { bounds } from "./bounds.ts";
import { INSTALL_SCRIPTS, lineOf, type Manifest } from "./manifest.ts";

export function npmManifest(files: ReadonlyMap<string, PackageFile>): Manifest | undefined {
  const file = files.get("package.json");
  if (file === undefined || file.bytes.length > bounds.manifestBytes) return undefined;
  const json = jsonObjectIn(file.bytes);
  if (json === undefined) return undefined;
  const text = file.bytes.toString("utf8");
  const scripts = new Map(
    fieldsOf(json.scripts).flatMap(([name, value]) => (typeof value === "string" ? [[name, value] as const] : [])),
  );
  const installScripts: InstallScript[] = [];
  for (const name of INSTALL_SCRIPTS) {
    const command = scripts.get(name);
    if (command !== undefined && command !== "")
      installScripts.push({ name, command, path: file.path, line: lineOf(text, `"${name}"`) });
  }
  // npm runs node-gyp for it unless a script of its own stands in place.
  const gyp = files.get("binding.gyp");
  if (gyp !== undefined && !scripts.has("install") && !scripts.has("preinstall") && json.gypfile !== false)
    installScripts.push({ name: "binding.gyp", command: "node-gyp rebuild", path: gyp.path, line: 1 });
  const dependencies = new Map<string, string>();
  for (const field of ["dependencies", "optionalDependencies", "peerDependencies"]) {
    for (const [name, value] of fieldsOf(json[field]))
      if (dependencies.size < bounds.dependencies) dependencies.set(name, textIn(value) ?? "");
  }
  return {
    ...optional("name", textIn(json.name)),
    ...optional("version", textIn(json.version)),
    ...optional("license", textIn(json.license) ?? textIn((json.license as { type?: unknown } | undefined)?.type)),
    installScripts,
    installFiles: [],
    entries: entriesOf(json),
    dependencies: [...dependencies.keys()],
    remote: [...dependencies].flatMap(([name, url]) => (/^https?:\/\//i.test(url) ? [{ name, url }] : [])),
    path: file.path,
    text,
  };
}

function entriesOf(json: Readonly<Record<string, unknown>>): string[] {
  const entries: string[] = [];
  const add = (value: unknown, depth: number): void => {
    if (entries.length >= 1_000 || depth > 8) return;
    if (typeof value === "string") entries.push(value.replace(/^\.\//, ""));
    else if (Array.isArray(value)) for (const each of itemsOf(value)) add(each, depth + 1);
    else for (const [, each] of fieldsOf(value)) add(each, depth + 1);
  };
  for (const field of ["main", "module", "browser", "exports", "bin", "jsnext:main"]) add(json[field], 0);
  return entries.length === 0 || json.main === undefined ? [...entries, "index.js"] : entries;
}

function optional<Key extends string>(key: Key, value: string | undefined): { readonly [K in Key]?: string } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [K in Key]?: string });
}
