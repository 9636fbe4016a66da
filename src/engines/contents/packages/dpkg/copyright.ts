import type { AnalysedFile, Analyser } from "../../analyser.ts";
import { bounds } from "../../bounds.ts";
import type { FileFacts } from "../../model.ts";
import { readStanzas } from "./deb822.ts";

const PATH = /^usr\/share\/doc\/([a-z0-9][a-z0-9+.-]*)\/copyright$/;

/** Licences of one package: linux has some fifty. */
const MOST = 200;

/** Characters of a short name or an expression of them; what is longer is prose. */
const LONGEST = 200;

const FIELDS = ["files", "license"] as const;

/** Where a package's machine-readable copyright file is. */
export function isCopyright(path: string): boolean {
  return PATH.test(path);
}

/**
 * The licences of a Debian package by its machine-readable copyright file (DEP-5, copyright-format 1.0): the first line
 * of `License` of each stanza that speaks of files. Those of the packaging itself (`debian/*`) do not count. Files in
 * another form, which is prose, are not read.
 */
export const dpkgCopyright: Analyser = {
  id: "dpkg-copyright",
  version: 1,
  evidence: "installed",
  basenames: ["copyright"],
  maxBytes: bounds.wantedFileBytes,
  wants: isCopyright,
  startsRight: (first) => /^Format(?:-Specif|: ?http)/.test(first.toString("latin1")),
  analyse,
};

function analyse({ path, bytes }: AnalysedFile): FileFacts | undefined {
  const name = PATH.exec(path)?.[1];
  if (name === undefined) return undefined;
  const licenses = new Set<string>();
  let whole: string | undefined;
  let first = true;
  for (const { values } of readStanzas(bytes, FIELDS)) {
    const [files, license] = values;
    // The header's is of the package as a whole.
    if (first) whole = license;
    first = false;
    if (files === undefined || files === "debian/*" || !isShort(license)) continue;
    licenses.add(license);
    if (licenses.size >= MOST) break;
  }
  if (licenses.size === 0 && isShort(whole)) licenses.add(whole);
  return licenses.size === 0 ? undefined : { kind: "licenses", owner: name, licenses: [...licenses] };
}

function isShort(text: string | undefined): text is string {
  return text !== undefined && text !== "" && text.length <= LONGEST;
}
