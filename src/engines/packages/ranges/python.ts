import { schemes } from "../../vulnerability/versions/scheme.ts";
import { type Alternatives, type Comparator, caretEnd, holds, LONGEST_RANGE, next, numbersOf } from "./comparators.ts";

/**
 * Whether a version is what specifiers allow ("Version specifiers", formerly PEP 440): all of them, separated by commas.
 *
 * @returns undefined where they are not understood, or where pre-releases and local versions decide: installers differ in
 *   when they take those
 */
export function inPythonSpecifiers(specifiers: string, version: string): boolean | undefined {
  return decide([specifiers], specifierOf, version);
}

/** The same as Poetry writes it ("Dependency specification"): `^`, `~` and `||` besides, and a version alone means `==`. */
export function inPoetryConstraint(constraint: string, version: string): boolean | undefined {
  return decide(constraint.split(/\|\|?/, MOST_PARTS), poetryPart, version);
}

const MOST_PARTS = 64;

type Part = (text: string) => readonly Comparator[] | "none" | undefined;

function decide(alternatives: readonly string[], partOf: Part, version: string): boolean | undefined {
  const all: Comparator[][] = [];
  const excluded: Alternatives[] = [];
  for (const alternative of alternatives) {
    if (alternative.length > LONGEST_RANGE) return undefined;
    const comparators: Comparator[] = [];
    for (const text of alternative.split(",", MOST_PARTS)) {
      const part = partOf(text.trim());
      if (part === undefined) return undefined;
      if (part === "none") {
        const outside = wildcard(text.trim().slice(2).trim());
        if (outside === undefined || alternatives.length > 1) return undefined;
        excluded.push([outside]);
      } else for (const comparator of part) comparators.push(comparator);
    }
    all.push(comparators);
  }
  const found = holds(schemes.pep440, all, publicPart(version));
  const inExcluded = excluded.map((each) => holds(schemes.pep440, each, publicPart(version)));
  if (found === undefined || inExcluded.includes(undefined)) return undefined;
  const allowed = found && !inExcluded.includes(true);
  return !allowed && isSpecial(version) ? undefined : allowed;
}

function publicPart(version: string): string {
  return version.split("+", 1)[0] ?? version;
}

/** A pre-release, a post-release, one for development or a local one. */
function isSpecial(version: string): boolean {
  return !/^v?\d{1,20}(?:\.\d{1,20}){0,20}$/i.test(version);
}

const SPECIFIER = /^(===|==|!=|<=|>=|~=|<|>)\s*(v?[\w.!*+-]{1,200})$/i;

function specifierOf(text: string): ReturnType<Part> {
  if (text === "" || text === "*") return [];
  const match = SPECIFIER.exec(text);
  const [, operator = "", version = ""] = match ?? [];
  if (match === null || version.includes("!")) return undefined;
  if (version.endsWith(".*")) {
    return operator === "==" ? wildcard(version) : operator === "!=" ? "none" : undefined;
  }
  if (version.includes("*")) return undefined;
  switch (operator) {
    case "==":
    case "===":
      return [{ operator: "=", version: publicPart(version) }];
    case "!=":
    case "<":
    case "<=":
    case ">":
    case ">=":
      return [{ operator, version }];
    case "~=": {
      const numbers = numbersOf(version);
      if (numbers === undefined || numbers.length < 2) return undefined;
      return [
        { operator: ">=", version },
        { operator: "<", version: next(numbers, numbers.length - 2) },
      ];
    }
    default:
      return undefined;
  }
}

/** `1.2.*` */
function wildcard(text: string): readonly Comparator[] | undefined {
  const numbers = numbersOf(text);
  if (numbers === undefined || !/^v?[\d.]{1,100}\.\*$/i.test(text)) return undefined;
  return [
    { operator: ">=", version: numbers.join(".") },
    { operator: "<", version: next(numbers, numbers.length - 1) },
  ];
}

function poetryPart(text: string): ReturnType<Part> {
  if (/\s/.test(text.replace(/^[<>=!~^]{1,3}\s+/, ""))) return undefined;
  if (text.startsWith("^") || (text.startsWith("~") && !text.startsWith("~="))) {
    const version = text.slice(1).trim();
    const numbers = numbersOf(version);
    if (numbers === undefined || version.includes("*")) return undefined;
    const end = text.startsWith("^") ? caretEnd(numbers) : next(numbers, Math.min(1, numbers.length - 1));
    return [
      { operator: ">=", version },
      { operator: "<", version: end },
    ];
  }
  if (/^v?\d/i.test(text)) return text.includes("*") ? wildcard(text) : specifierOf(`==${text}`);
  return specifierOf(text.replace(/^=(?!=)/, "=="));
}
