/** SPDX licence expressions: annex D of the SPDX specification 2.3. */
import exceptions from "spdx-exceptions/index.json" with { type: "json" };
import deprecatedLicenses from "spdx-license-ids/deprecated.json" with { type: "json" };
import licenses from "spdx-license-ids/index.json" with { type: "json" };

export type LicenseExpression =
  /** An id of the SPDX list, or a `LicenseRef-` that the document defines. */
  | { readonly kind: "license"; readonly id: string; readonly orLater: boolean; readonly exception?: string }
  | { readonly kind: "and" | "or"; readonly parts: readonly LicenseExpression[] };

/** Ids are compared without regard to case (annex D.2), and shown as the list writes them. */
const LICENSES = byLowerCase([...licenses, ...deprecatedLicenses]);
const EXCEPTIONS = byLowerCase(exceptions);

/** Parentheses within parentheses; no real expression has three. */
const DEEPEST = 32;

/** Words, parentheses and blanks; anything else makes the text no expression. */
const TOKEN = /[ \t]*(?:([A-Za-z0-9.+:-]+)|([()]))/y;
const REFERENCE = /^(?:DocumentRef-[A-Za-z0-9.-]+:)?LicenseRef-[A-Za-z0-9.-]+$/;

/**
 * Parses an expression of ids that the SPDX lists have. Operators are upper case, as SPDX 2.3 wants them; `WITH` binds
 * first, then `AND`, then `OR`.
 *
 * @returns undefined where the text is no such expression
 */
export function parseLicenseExpression(text: string): LicenseExpression | undefined {
  const tokens = tokensOf(text);
  if (tokens === undefined) return undefined;
  let at = 0;

  const operand = (depth: number): LicenseExpression | undefined => {
    const token = tokens[at];
    at += 1;
    if (token === "(") {
      const inner = depth >= DEEPEST ? undefined : either(depth + 1);
      if (inner === undefined || tokens[at] !== ")") return undefined;
      at += 1;
      return inner;
    }
    const license = token === undefined ? undefined : licenseOf(token);
    if (license === undefined || tokens[at] !== "WITH") return license;
    const exception = EXCEPTIONS.get((tokens[at + 1] ?? "").toLowerCase());
    at += 2;
    return exception === undefined ? undefined : { ...license, exception };
  };
  const chain = (
    kind: "and" | "or",
    operator: string,
    part: (depth: number) => LicenseExpression | undefined,
    depth: number,
  ): LicenseExpression | undefined => {
    const first = part(depth);
    if (first === undefined) return undefined;
    const parts = [first];
    while (tokens[at] === operator) {
      at += 1;
      const next = part(depth);
      if (next === undefined) return undefined;
      parts.push(next);
    }
    return parts.length === 1 ? first : { kind, parts };
  };
  const all = (depth: number): LicenseExpression | undefined => chain("and", "AND", operand, depth);
  const either = (depth: number): LicenseExpression | undefined => chain("or", "OR", all, depth);

  const expression = either(0);
  return at === tokens.length ? expression : undefined;
}

/** Whether SPDX lists an exception under this id, as the list writes it. */
export function isListedException(id: string): boolean {
  return EXCEPTIONS.get(id.toLowerCase()) === id;
}

/** The `LicenseRef-` ids in an expression: each has to be defined by the document that uses it. */
export function* licenseReferences(expression: LicenseExpression): Generator<string> {
  if (expression.kind !== "license") for (const part of expression.parts) yield* licenseReferences(part);
  else if (REFERENCE.test(expression.id)) yield expression.id;
}

function tokensOf(text: string): string[] | undefined {
  const tokens: string[] = [];
  const trimmed = text.trim();
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < trimmed.length) {
    const match = TOKEN.exec(trimmed);
    if (match === null) return undefined;
    tokens.push((match[1] ?? match[2]) as string);
  }
  return tokens.length === 0 ? undefined : tokens;
}

function licenseOf(token: string): Extract<LicenseExpression, { kind: "license" }> | undefined {
  if (REFERENCE.test(token)) return { kind: "license", id: token, orLater: false };
  const listed = LICENSES.get(token.toLowerCase());
  if (listed !== undefined) return { kind: "license", id: listed, orLater: false };
  const later = token.endsWith("+") ? LICENSES.get(token.slice(0, -1).toLowerCase()) : undefined;
  return later === undefined ? undefined : { kind: "license", id: later, orLater: true };
}

function byLowerCase(ids: readonly string[]): ReadonlyMap<string, string> {
  return new Map(ids.map((id) => [id.toLowerCase(), id]));
}
