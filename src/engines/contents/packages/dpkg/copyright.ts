import type { AnalysedFile, Analyser } from "../../analyser.ts";
import { bounds } from "../../bounds.ts";
import { declaredLicense } from "../../licenses/declared.ts";
import { recognizedLicenses } from "../../licenses/recognized.ts";
import type { FileFacts } from "../../model.ts";
import { readStanzas } from "./deb822.ts";

const PATH = /^usr\/share\/doc\/([a-z0-9][a-z0-9+.-]*)\/copyright$/;

/** Licenses of one package: linux has some fifty. */
const MOST = 200;

/** Characters of a short name or an expression of them; what is longer is prose. */
const LONGEST = 200;

const FIELDS = ["files", "license"] as const;

/** Where a package's copyright file is. */
export function isCopyright(path: string): boolean {
  return PATH.test(path);
}

/**
 * The licenses of a Debian package by its copyright file (Debian policy, 12.5). Of a machine-readable one (copyright-format
 * 1.0, once DEP-5) the first line of `License` of each stanza that speaks of files; those of the packaging itself
 * (`debian/*`) do not count. A short name that nobody knows is followed to the text that the file has under it. A file in
 * prose is searched for the sentences of licenses.
 */
export const dpkgCopyright: Analyser = {
  id: "dpkg-copyright",
  version: 2,
  evidence: "installed",
  basenames: ["copyright"],
  maxBytes: bounds.copyrightBytes,
  wants: isCopyright,
  analyse,
};

function analyse({ path, bytes }: AnalysedFile): FileFacts | undefined {
  const name = PATH.exec(path)?.[1];
  if (name === undefined) return undefined;
  const owner = { type: "deb", name } as const;
  const stated = isMachineReadable(bytes) ? statedIn(bytes) : [];
  const licenses = stated.length === 0 ? recognizedLicenses(bytes) : withTexts(stated, bytes);
  if (licenses.length === 0) return undefined;
  const isStated = licenses.every((license, index) => license === stated[index]);
  return { kind: "licenses", owner, licenses, ...(isStated ? {} : { recognized: true }) };
}

/** Its first field is `Format`, or as drafts had it `Format-Specification`; comments may stand before. */
function isMachineReadable(bytes: Buffer): boolean {
  return /^(?:\s|#[^\n]{0,300}\n){0,20}Format(?:-Specification)? ?:/i.test(bytes.toString("latin1", 0, 4_096));
}

function statedIn(bytes: Buffer): readonly string[] {
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
  return [...licenses];
}

function isShort(text: string | undefined): text is string {
  return text !== undefined && text !== "" && text.length <= LONGEST;
}

/** Names that say nothing (`permissive`, `other`) with what their own text says, where it is recognized. */
function withTexts(stated: readonly string[], bytes: Buffer): readonly string[] {
  const unknown = stated.filter(isUnlisted);
  if (unknown.length === 0) return stated;
  const texts = textsOf(bytes, new Set(unknown));
  return stated.flatMap((name) => {
    const text = texts.get(name);
    const recognized = text === undefined ? [] : recognizedLicenses(text);
    return recognized.length === 0 ? [name] : recognized;
  });
}

function isUnlisted(name: string): boolean {
  let unlisted = names.get(name);
  if (unlisted === undefined) {
    unlisted = declaredLicense(name).kind === "unlisted";
    if (names.size >= REMEMBERED) names.clear();
    names.set(name, unlisted);
  }
  return unlisted;
}

/** A distribution's packages share a few hundred names. */
const names = new Map<string, boolean>();
const REMEMBERED = 1_000;

/** Bytes of the text of one license; that of the longest one has 34,000. */
const TEXT_BYTES = 64 * 1024;

/** The lines behind `License: NAME` up to an empty one, of its first stanza that has any. */
function textsOf(bytes: Buffer, wanted: ReadonlySet<string>): ReadonlyMap<string, Buffer> {
  const texts = new Map<string, Buffer>();
  const content = bytes.toString("latin1");
  for (const { index, 0: line, 1: written = "" } of content.matchAll(/^license:([^\n]{1,400})\n(?=[ \t])/gim)) {
    const name = Buffer.from(written, "latin1").toString("utf8").trim();
    if (!wanted.has(name) || texts.has(name)) continue;
    const start = index + line.length;
    const end = content.indexOf("\n\n", start);
    texts.set(name, bytes.subarray(start, Math.min(end < 0 ? bytes.length : end, start + TEXT_BYTES)));
  }
  return texts;
}
