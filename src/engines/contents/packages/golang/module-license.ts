import type { AnalysedFile, Analyser } from "../../analyser.ts";
import { bounds } from "../../bounds.ts";
import { recognizedLicenses } from "../../licenses/recognized.ts";
import type { FileFacts } from "../../model.ts";

type Owner = Extract<FileFacts, { kind: "licenses" }>["owner"];

/** A folder of the module cache (Go Modules Reference, "Module cache"), in which a module's own files are. */
const CACHED = /(?:^|\/)pkg\/mod\/([^@]{1,300})@(v[^/]{1,200})\/[^/]+$/;
/** A vendored package; modules begin with a host, so that those of other languages' vendor folders are told from them. */
const VENDORED =
  /^((?:.{0,1000}\/)?)vendor\/([a-z0-9-]{1,63}\.[a-z0-9.-]{1,190}\/.{1,300}|[a-z0-9-]{1,63}\.[a-z0-9.-]{1,190})\/[^/]+$/i;

/**
 * The license of a Go module by the text beside it: Go's programs and go.mod state none. Only where sources are, in a
 * module cache or a vendor folder.
 */
export const goModuleLicense: Analyser = {
  id: "go-module-license",
  version: 1,
  evidence: "installed",
  basenames: [
    ...[
      "LICENSE",
      "LICENSE.txt",
      "LICENSE.md",
      "License",
      "License.txt",
      "license",
      "license.txt",
      "LICENCE",
      "LICENCE.md",
    ],
    ...["COPYING", "COPYING.txt", "COPYING.md", "UNLICENSE", "LICENSE-MIT", "LICENSE-APACHE", "LICENSE.code"],
  ],
  maxBytes: bounds.licenseTextBytes,
  wants: isModuleLicense,
  analyse,
};

export function isModuleLicense(path: string): boolean {
  // Cheap, for the thousands of such files that other languages have.
  return (path.includes("pkg/mod/") || path.includes("vendor/")) && ownerOf(path) !== undefined;
}

function ownerOf(path: string): Owner | undefined {
  const cached = CACHED.exec(path);
  if (cached !== null) return { type: "golang", name: unescaped(cached[1] ?? ""), version: cached[2] ?? "" };
  const [, within = "", name] = VENDORED.exec(path) ?? [];
  if (name === undefined || name.includes("node_modules/")) return undefined;
  return { type: "golang", name, ...(within === "" ? {} : { within }) };
}

/** Capitals are written `!x` there, for file systems that do not tell cases apart. */
function unescaped(name: string): string {
  return name.replace(/!([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function analyse({ path, bytes }: AnalysedFile): FileFacts | undefined {
  const owner = ownerOf(path);
  const licenses = owner === undefined ? [] : recognizedLicenses(bytes);
  return owner === undefined || licenses.length === 0
    ? undefined
    : { kind: "licenses", owner, licenses, recognized: true };
}
