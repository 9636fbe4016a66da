/** SPDX 2 in tag-value form (annex on formats; clauses 6 to 12 name the tags) → the shape of the JSON form. */

import type { Untyped } from "../../../../core/untyped.ts";
import { bounds } from "../bounds.ts";
import type { Diagnostics } from "../diagnostics.ts";

type Entry = Record<string, unknown>;

/** Tags of a package that are one text each → their names in JSON. */
const PACKAGE_TEXTS: ReadonlyMap<string, string> = new Map([
  ["PackageVersion", "versionInfo"],
  ["PackageSupplier", "supplier"],
  ["PackageOriginator", "originator"],
  ["PackageSourceInfo", "sourceInfo"],
  ["PackageLicenseDeclared", "licenseDeclared"],
  ["PackageLicenseConcluded", "licenseConcluded"],
  ["PackageFileName", "packageFileName"],
  ["PrimaryPackagePurpose", "primaryPackagePurpose"],
]);

const DOCUMENT_TEXTS: ReadonlyMap<string, string> = new Map([
  ["SPDXVersion", "spdxVersion"],
  ["DataLicense", "dataLicense"],
  ["DocumentName", "name"],
  ["DocumentNamespace", "documentNamespace"],
]);

const OPEN = "<text>";
const CLOSE = "</text>";

/** Lines are read one after the other; those that say nothing of packages are passed over. */
export function readTagValue(text: string, diagnostics: Diagnostics): Untyped {
  const document: Entry = {};
  const packages: Entry[] = [];
  const files: Entry[] = [];
  const relationships: Entry[] = [];
  /** What an SPDXID and the tags after it belong to. */
  let current: Entry = document;

  let tags = 0;
  for (const { tag, value, line } of tagsOf(text, diagnostics)) {
    if (++tags > bounds.sbomElements) {
      diagnostics.gap("sbom.too-large", `exceeds the limit of ${bounds.sbomElements} tags`, `line ${line}`);
      break;
    }
    const texts = current === document ? DOCUMENT_TEXTS : PACKAGE_TEXTS;
    const field = texts.get(tag) ?? DOCUMENT_TEXTS.get(tag);
    if (tag === "PackageName") {
      current = { name: value };
      packages.push(current);
    } else if (tag === "FileName") {
      current = { fileName: value };
      files.push(current);
    } else if (tag === "SnippetSPDXID" || tag === "LicenseID") {
      current = {};
    } else if (tag === "SPDXID") {
      current.SPDXID ??= value;
    } else if (tag === "Relationship") {
      const [from, type, to] = value.split(/[ \t]+/);
      if (to === undefined) diagnostics.remark("is not a relationship", `line ${line}`);
      else relationships.push({ spdxElementId: from, relationshipType: type, relatedSpdxElement: to });
    } else if (tag === "ExternalRef") {
      const [category, type, locator] = value.split(/[ \t]+/);
      push(current, "externalRefs", { referenceCategory: category, referenceType: type, referenceLocator: locator });
    } else if (tag === "PackageChecksum") {
      const colon = value.indexOf(":");
      push(current, "checksums", { algorithm: value.slice(0, colon), checksumValue: value.slice(colon + 1).trim() });
    } else if (field !== undefined) {
      const owner = DOCUMENT_TEXTS.has(tag) ? document : current;
      owner[field] ??= value;
    }
  }
  return { ...document, packages, files, relationships };
}

function push(entry: Entry, field: string, value: unknown): void {
  const before = entry[field];
  if (Array.isArray(before)) before.push(value);
  else entry[field] = [value];
}

interface Tag {
  readonly tag: string;
  readonly value: string;
  readonly line: number;
}

/** `Tag: value`, the value over several lines where it is between `<text>` and `</text>`; `#` starts a comment line. */
function* tagsOf(text: string, diagnostics: Diagnostics): Generator<Tag> {
  let line = 0;
  let start = 0;
  const next = (): string => {
    const newline = text.indexOf("\n", start);
    const end = newline < 0 ? text.length : newline;
    const found = text.slice(start, text[end - 1] === "\r" && end > start ? end - 1 : end);
    start = end + 1;
    line += 1;
    return found;
  };
  while (start < text.length) {
    const written = next();
    if (written.trim() === "" || written.startsWith("#")) continue;
    const colon = written.indexOf(":");
    const tag = written.slice(0, colon).trim();
    if (colon <= 0 || !/^[A-Za-z]+$/.test(tag)) {
      diagnostics.remark("is not a tag", `line ${line}`);
      continue;
    }
    const first = line;
    let value = written.slice(colon + 1).trim();
    if (value.startsWith(OPEN)) {
      const from = start - 1;
      const inner = value.slice(OPEN.length);
      const close = inner.indexOf(CLOSE);
      if (close >= 0) value = inner.slice(0, close);
      else {
        const end = text.indexOf(CLOSE, from);
        if (end < 0) {
          diagnostics.gap("sbom.unread", "opens a text that nothing closes", `line ${first}`);
          return;
        }
        value = `${inner}${text.slice(from, end)}`;
        while (start <= end) next();
      }
    }
    yield { tag, value, line: first };
  }
}
