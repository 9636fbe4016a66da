/** Licenses as SPDX expressions for documents, whatever they were declared as. */
import { createHash } from "node:crypto";
import type { LicenseTerm, Package } from "../model.ts";
import { isListedException, licenseReferences, parseLicenseExpression } from "./expression.ts";

/**
 * What a package declares as one SPDX expression (SPDX 2.3, annex D); undefined where it declares nothing. One that is an
 * expression stays letter for letter. What SPDX does not list is a `LicenseRef-`.
 *
 * @param term - what `licensedPackages` made of the package's licenses
 * @param extracted - id of each `LicenseRef-` → the words that it stands for; it is added to
 */
export function writtenLicense(
  { licenses }: Package,
  term: LicenseTerm | undefined,
  extracted: Map<string, string>,
): string | undefined {
  const [only, ...others] = licenses;
  if (only !== undefined && others.length === 0) {
    const expression = parseLicenseExpression(only);
    if (expression !== undefined && licenseReferences(expression).next().done === true) return only;
  }
  return term === undefined ? undefined : expressionOf(term, extracted);
}

/** Whether any part of it is of SPDX's list, or has an id of its own. */
export function namesLicense(term: LicenseTerm): boolean {
  return term.kind === "license" || (term.kind !== "unlisted" && term.parts.some(namesLicense));
}

function expressionOf(term: LicenseTerm, extracted: Map<string, string>): string {
  switch (term.kind) {
    case "unlisted":
      return referenceTo(term.text, extracted);
    case "license":
      return licenseOf(term, extracted);
    case "and":
    case "or": {
      const parts = term.parts.map((part) => {
        const written = expressionOf(part, extracted);
        return term.kind === "and" && part.kind === "or" ? `(${written})` : written;
      });
      return [...new Set(parts)].join(term.kind === "and" ? " AND " : " OR ");
    }
  }
}

function licenseOf(
  { id, exception }: Extract<LicenseTerm, { kind: "license" }>,
  extracted: Map<string, string>,
): string {
  if (exception !== undefined) {
    return isListedException(exception) ? `${id} WITH ${exception}` : referenceTo(`${id} WITH ${exception}`, extracted);
  }
  if (!id.startsWith("LicenseRef-")) return id.startsWith("DocumentRef-") ? referenceTo(id, extracted) : id;
  extracted.set(id, id === PUBLIC_DOMAIN ? "public domain" : id);
  return id;
}

const PUBLIC_DOMAIN = "LicenseRef-public-domain";

/** Letters of the words that an id shows. */
const SHOWN = 32;

/** Readable, and another one for other words. */
function referenceTo(text: string, extracted: Map<string, string>): string {
  const words = text
    .replace(/[^A-Za-z0-9.]+/g, "-")
    .slice(0, SHOWN)
    .replace(/^[.-]|[.-]$/g, "");
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 12);
  const id = `LicenseRef-bulkhead-${words === "" ? "" : `${words}-`}${hash}`;
  extracted.set(id, text);
  return id;
}
