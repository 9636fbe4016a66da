/** Core metadata of Python packages (packaging.python.org, "Core metadata specifications"), and what runs at installation. */

import { isEvidenceProblem, Problem } from "../../../core/problem.ts";
import type { TextPosition } from "../../../formats/position.ts";
import { tomlText, tomlTexts } from "../../../formats/toml/fields.ts";
import { type TomlTable, tomlSections } from "../../../formats/toml/read.ts";
import { requirementOf } from "../../contents/packages/pypi/requirement.ts";
import type { PackageFile } from "../archive/files.ts";
import type { InstallScript } from "../model.ts";
import { bounds } from "./bounds.ts";
import type { Manifest } from "./manifest.ts";

/** Undefined where there is neither metadata nor anything that builds it. */
export function pythonManifest(files: ReadonlyMap<string, PackageFile>): Manifest | undefined {
  const setup = files.get("setup.py");
  const project = files.get("pyproject.toml");
  const metadata = metadataFile(files);
  if (setup === undefined && project === undefined && metadata === undefined) return undefined;
  const text = metadata === undefined ? "" : metadata.bytes.toString("utf8");
  const fields = headersIn(text);
  const isWheel = metadata?.path.includes(".dist-info/") === true;
  const installScripts: InstallScript[] = [];
  const installFiles: string[] = [];
  if (setup !== undefined && !isWheel) {
    installScripts.push({ name: "setup.py", command: "python setup.py", path: "setup.py", line: 1 });
    installFiles.push("setup.py");
  }
  if (project !== undefined && !isWheel) {
    const backend = inTreeBackend(project, files);
    if (backend !== undefined) {
      installScripts.push({ name: "build-backend", command: backend.name, path: "pyproject.toml", line: 1 });
      installFiles.push(backend.path);
    }
  }
  for (const file of files.values()) {
    if (!file.path.endsWith(".pth")) continue;
    // Python runs the lines of a .pth file that begin with import (library reference, "site").
    const line = file.bytes
      .toString("latin1", 0, 65_536)
      .split("\n")
      .findIndex((each) => /^import[ \t]/.test(each));
    if (line >= 0 && installScripts.length < 100)
      installScripts.push({ name: ".pth", command: "python", path: file.path, line: line + 1 });
  }
  const dependencies = new Set<string>();
  const remote: { name: string; url: string }[] = [];
  for (const specifier of fields.get("requires-dist") ?? []) {
    const name = requirementOf(specifier)?.name;
    if (name === undefined || dependencies.size >= bounds.dependencies) continue;
    dependencies.add(name);
    const url = /@\s*(https?:\/\/\S+)/.exec(specifier)?.[1];
    if (url !== undefined) remote.push({ name, url });
  }
  const [name, version] = [fields.get("name")?.[0], fields.get("version")?.[0]];
  const license = (fields.get("license-expression") ?? fields.get("license"))?.[0];
  return {
    ...(name === undefined ? {} : { name }),
    ...(version === undefined ? {} : { version }),
    ...(license === undefined || license.length > 200 || license === "UNKNOWN" ? {} : { license }),
    installScripts,
    installFiles,
    entries: undefined,
    dependencies: [...dependencies],
    remote,
    path: metadata?.path ?? "setup.py",
    text,
  };
}

function metadataFile(files: ReadonlyMap<string, PackageFile>): PackageFile | undefined {
  const own = files.get("PKG-INFO");
  if (own !== undefined) return own.bytes.length > bounds.manifestBytes ? undefined : own;
  for (const file of files.values()) {
    if (
      /^[^/]+\.dist-info\/METADATA$|\.egg-info\/PKG-INFO$/.test(file.path) &&
      file.bytes.length <= bounds.manifestBytes
    )
      return file;
  }
  return undefined;
}

const MOST_VALUES = 5_000;

/** Headers by their lower-case names, up to the first empty line. */
function headersIn(text: string): ReadonlyMap<string, readonly string[]> {
  const fields = new Map<string, string[]>();
  let start = 0;
  while (start < text.length) {
    const newline = text.indexOf("\n", start);
    const end = newline < 0 ? text.length : newline;
    const line = text.slice(start, Math.min(end, start + 2_000)).trimEnd();
    start = end + 1;
    if (line === "") break;
    const colon = line.indexOf(":");
    if (colon < 0 || line[0] === " " || line[0] === "\t") continue;
    const name = line.slice(0, colon).toLowerCase();
    const values = fields.get(name) ?? [];
    if (values.length < MOST_VALUES) values.push(line.slice(colon + 1).trim());
    fields.set(name, values);
  }
  return fields;
}

/** A build backend that lies in the package itself (PEP 517, `backend-path`). */
function inTreeBackend(
  file: PackageFile,
  files: ReadonlyMap<string, PackageFile>,
): { name: string; path: string } | undefined {
  if (file.bytes.length > bounds.manifestBytes) return undefined;
  let table: TomlTable | undefined;
  try {
    for (const section of tomlSections(file.bytes.toString("utf8"), refuse))
      if (section.name === "build-system") table = section.table;
  } catch (error) {
    if (!isEvidenceProblem(error)) throw error;
    return undefined;
  }
  const name = tomlText(table?.get("build-backend"));
  if (name === undefined) return undefined;
  const module = (name.split(":", 1)[0] as string).replaceAll(".", "/");
  for (const folder of tomlTexts(table?.get("backend-path"))) {
    const prefix = folder === "." || folder === "" ? "" : `${folder.replace(/^\.\//, "").replace(/\/$/, "")}/`;
    for (const path of [`${prefix}${module}.py`, `${prefix}${module}/__init__.py`])
      if (files.has(path)) return { name, path };
  }
  return undefined;
}

function refuse({ line }: TextPosition, cause: string): Error {
  return new Problem({ kind: "input", code: "packages.manifest", place: `pyproject.toml:${line}`, cause });
}
