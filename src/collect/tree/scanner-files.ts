/** The files of a tree by which the scanners of its pipelines are configured: `trivy.yaml`, `.grype.yaml`, those that a step names. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { scannerFilesOf } from "../../engines/pipelines/gates.ts";
import type { Pipeline } from "../../engines/pipelines/model.ts";
import type { ScannerFile } from "../../engines/pipelines/scanner-settings.ts";
import { isMap, type YamlMap, type YamlValue, yamlDocuments } from "../../formats/yaml/texts.ts";
import { bounds } from "./bounds.ts";
import { readBoundedText } from "./text-file.ts";

/** Those that are there, by their paths relative to the root. @param root - of the repository */
export function readScannerFiles(root: string, pipelines: readonly Pipeline[]): ReadonlyMap<string, ScannerFile> {
  const files = new Map<string, ScannerFile>();
  for (const path of scannerFilesOf(pipelines)) {
    if (!existsSync(join(root, path))) continue;
    if (files.size < bounds.scannerFiles) files.set(path, scannerFile(root, path));
    else files.set(path, unread(path, `more than ${bounds.scannerFiles} files configure scanners`));
  }
  return files;
}

function scannerFile(root: string, path: string): ScannerFile {
  const text = readBoundedText(join(root, path), bounds.scannerFileBytes);
  if (text === undefined) return unread(path, `not a text of at most ${bounds.scannerFileBytes} bytes`);
  try {
    const [document] = yamlDocuments(text, ({ line }, cause) => new Broken(`line ${line}: ${cause}`));
    return { state: "read", values: new Map(document === undefined ? [] : flat(document, "")) };
  } catch (error) {
    if (!(error instanceof Broken)) throw error;
    return unread(path, error.message);
  }
}

class Broken extends Error {}

function unread(path: string, why: string): ScannerFile {
  return { state: "unread", reason: `what ${path} sets is not known: ${why}` };
}

/** `severity: [HIGH, CRITICAL]` → `HIGH,CRITICAL`. */
function flat(map: YamlMap, before: string): [string, string][] {
  return [...map].flatMap(([key, value]): [string, string][] => {
    const name = `${before}${key}`;
    return isMap(value) ? flat(value, `${name}.`) : [[name, textOf(value)]];
  });
}

function textOf(value: YamlValue): string {
  if (typeof value === "string") return value;
  return isMap(value) ? "" : value.map(textOf).join(",");
}
