/** Reads what packages declare of their licences, in SPDX's form or in what their ecosystems write instead. */
import type { LicensedPackage, LicenseTerm, Package, PackageType } from "../model.ts";
import { spelledException } from "./exceptions.ts";
import { parseLicenseExpression } from "./expression.ts";
import { spelledLicense } from "./spelling.ts";
import { termOf } from "./terms.ts";

/** Each package of an inventory with its licence. Texts repeat: each is read once. */
export function licensedPackages(packages: readonly Package[]): LicensedPackage[] {
  const read = new Map<string, LicenseTerm>();
  const readOne = (text: string): LicenseTerm => {
    const known = read.get(text);
    if (known !== undefined) return known;
    const term = declaredLicense(text);
    read.set(text, term);
    return term;
  };
  const alone = { or: new Map<string, LicenseTerm>(), and: new Map<string, LicenseTerm>() };
  return packages.map((item) => {
    const stated = item.licenses.filter((text) => !UNSTATED.has(text.trim().toUpperCase()));
    if (stated.length === 0) return { package: item };
    const kind = CHOICE.has(item.type) ? "or" : "and";
    const [only] = stated;
    if (only === undefined || stated.length > 1) return { package: item, license: joined(kind, stated.map(readOne)) };
    const license = alone[kind].get(only) ?? joined(kind, [readOne(only)]);
    alone[kind].set(only, license);
    return { package: item, license };
  });
}

/**
 * Ecosystems in which several declared licences are a choice: the POM reference says so of `licenses`, Composer's schema
 * of `license`, and npm's documentation of its old list. Elsewhere nothing says so, and all of them count.
 */
const CHOICE: ReadonlySet<PackageType> = new Set(["maven", "composer", "npm"]);

/** What SPDX's documents and build tools write where they know of none. */
const UNSTATED: ReadonlySet<string> = new Set(["", "NONE", "NOASSERTION", "UNKNOWN"]);

/** Characters of one text; no real one comes near, and the parser's time is its length times its depth. */
const LONGEST = 2_000;

/** Parentheses within parentheses. */
const DEEPEST = 32;

/** One declared text. What it does not make sense of is `unlisted`, never left out. */
export function declaredLicense(text: string): LicenseTerm {
  const trimmed = text.trim();
  if (trimmed.length > LONGEST) return { kind: "unlisted", text: `${trimmed.slice(0, 60)}…` };
  const strict = parseLicenseExpression(trimmed);
  if (strict !== undefined) return termOf(strict);
  const term = spelledLicense(trimmed) ?? ofClauses(trimmed) ?? parseLoose(trimmed);
  return term === undefined || !hasLicense(term) ? { kind: "unlisted", text: trimmed } : term;
}

/** Prose falls into many pieces, of which none is a licence. */
function hasLicense(term: LicenseTerm): boolean {
  return term.kind === "license" || (term.kind !== "unlisted" && term.parts.some(hasLicense));
}

/** DEP-5: a comma before `and` binds less than all else. `GPL-2+ or AFL-2.1, and Expat` needs Expat's too. */
function ofClauses(text: string): LicenseTerm | undefined {
  const clauses = text.split(/, and /i);
  if (clauses.length === 1) return undefined;
  const terms = clauses.map((clause) => spelledLicense(clause) ?? parseLoose(clause));
  return terms.every((term) => term !== undefined) ? joined("and", terms) : undefined;
}

type Token = { readonly kind: "open" | "close" | "and" | "or" } | { readonly kind: "name"; readonly text: string };

/**
 * Operators in any case, as words or signs: `and`, `&` and mostly `,` for all of them, `or`, `|`, `/` and `;` for one.
 */
function parseLoose(text: string): LicenseTerm | undefined {
  const tokens = tokensOf(text);
  let at = 0;
  const operand = (depth: number): LicenseTerm | undefined => {
    const token = tokens[at];
    at += 1;
    if (token === undefined) return undefined;
    if (token.kind === "name") return nameTerm(token.text);
    if (token.kind !== "open" || depth >= DEEPEST) return undefined;
    const inner = chain("or", depth + 1);
    if (inner === undefined || tokens[at]?.kind !== "close") return undefined;
    at += 1;
    return inner;
  };
  const chain = (kind: "and" | "or", depth: number): LicenseTerm | undefined => {
    const part = () => (kind === "or" ? chain("and", depth) : operand(depth));
    const first = part();
    if (first === undefined) return undefined;
    const parts = [first];
    while (tokens[at]?.kind === kind) {
      at += 1;
      const next = part();
      if (next === undefined) return undefined;
      parts.push(next);
    }
    return joined(kind, parts);
  };
  const term = chain("or", 0);
  return at === tokens.length ? term : undefined;
}

/** A licence, with what comes after `with`; an exception only ever adds to what is allowed. */
function nameTerm(text: string): LicenseTerm {
  const known = spelledLicense(text);
  if (known !== undefined) return known;
  // Alpine's old lists have blanks between them.
  const each = text.split(" ").map(spelledLicense);
  if (each.length > 1 && each.every((word) => word !== undefined)) return joined("and", each);
  const match = /[ _-]with[ _-]/i.exec(text);
  if (match === null) return { kind: "unlisted", text };
  const base = spelledLicense(text.slice(0, match.index));
  if (base?.kind !== "license") return { kind: "unlisted", text };
  const words = text.slice(match.index + match[0].length).trim();
  return { ...base, exception: spelledException(base.id, words) ?? words };
}

/** Words that end with these belong to a version: `GPL 2 or later`. */
const LATER: ReadonlySet<string> = new Set(["later", "newer", "above", "greater", "any", "(at"]);

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let name: string[] = [];
  const endName = () => {
    if (name.length > 0) tokens.push({ kind: "name", text: name.join(" ") });
    name = [];
  };
  const operator = (kind: "and" | "or") => {
    endName();
    const last = tokens.at(-1);
    // `MIT, or BSD` and `MIT and/or BSD`: the last one says how it is meant.
    if (last?.kind === "and" || last?.kind === "or") tokens[tokens.length - 1] = { kind };
    else tokens.push({ kind });
  };
  // R's `MIT + file LICENSE` names a file beside the licence.
  // `MIT, BSD or Zlib` is one list, `MIT, BSD, Zlib` does not say of what kind.
  const commas = /, ?or /i.test(text) && !/ and /i.test(text) ? "or" : "and";
  const words = text
    .replace(/\s\+\sfile\s\S{1,64}/g, "")
    .replace(/\s\+\s/g, " & ")
    .replace(/([()|&/;,])/g, " $1 ")
    .replace(/_(or|and)_/gi, " $1 ")
    .split(/\s+/)
    .filter((word) => word !== "");
  for (let index = 0; index < words.length; index++) {
    const word = words[index] as string;
    const next = words[index + 1]?.toLowerCase() ?? "";
    switch (word.toLowerCase()) {
      case "(": {
        // A remark, not a group: `BSD (3-clause)`, `GPL (>= 2)`.
        const close = name.length === 0 ? -1 : words.indexOf(")", index);
        if (close < 0) {
          endName();
          tokens.push({ kind: "open" });
        } else {
          const plain = name.join(" ");
          const remarked = `${plain} ${words.slice(index + 1, close).join(" ")}`;
          name = [spelledLicense(plain) !== undefined && spelledLicense(remarked) === undefined ? plain : remarked];
          index = close;
        }
        break;
      }
      case ")":
        endName();
        tokens.push({ kind: "close" });
        break;
      case "or":
        if (LATER.has(next)) name.push(word);
        else operator("or");
        break;
      case "|":
      case "||":
      case "/":
      case ";":
        operator("or");
        break;
      case "and":
        // The Common Development and Distribution License.
        if (next === "distribution") name.push(word);
        else operator("and");
        break;
      case "&":
      case ",":
        if (isVersion(next)) name.push("");
        else operator(commas);
        break;
      default:
        name.push(word);
    }
  }
  endName();
  return tokens;
}

/** What may follow a comma within a name: `Apache License, Version 2.0`, `GPL, v2`. */
function isVersion(word: string): boolean {
  return word === "version" || /^v?\d{1,3}(?:\.\d{1,3}){0,3}\+?$/.test(word);
}

/** One term of several, without repeats. */
function joined(kind: "and" | "or", parts: readonly LicenseTerm[]): LicenseTerm {
  const flat = parts.flatMap((part) => (part.kind === kind ? part.parts : [part]));
  const unique = [...new Map(flat.map((part) => [JSON.stringify(part), part])).values()];
  const [first] = unique;
  return unique.length === 1 && first !== undefined ? first : { kind, parts: unique };
}
