/** Licenses as SPDX expressions for documents, whatever they were declared as. */
import { createHash } from "node:crypto";
import type { LicenseTerm, Package } from "../model.ts";
import { isListedException, licenseReferences, parseLicenseExpression } from "./expression.ts";

/** @param term - what `licensedPackages` made of the package's licenses */
export type WriteLicense = (item: Package, term: LicenseTerm | undefined) => string | undefined;

/**
 * What a package declares as one SPDX expression (SPDX 2.3, annex D); undefined where it declares nothing. One that is an
 * expression stays letter for letter. What SPDX does not list is a `LicenseRef-`.
 *
 * @param extracted - id of each `LicenseRef-` → the words that it stands for; it is added to
 */
export function licenseWriter(extracted: Map<string, string>): WriteLicense {
  // Texts repeat: each is parsed once.
  const known = new Map<string, boolean>();
  const staysAsItIs = (text: string): boolean => {
    let stays = known.get(text);
    if (stays === undefined) {
      const expression = parseLicenseExpression(text);
      stays = expression !== undefined && licenseReferences(expression).next().done === true;
      known.set(text, stays);
    }
    return stays;
  };
  return ({ licenses }, term) => {
    const [only] = licenses;
    if (only !== undefined && licenses.length === 1 && staysAsItIs(only)) return only;
    return term === undefined ? undefined : expressionOf(term, extracted);
  };
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
