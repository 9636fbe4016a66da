import type { SecretRule } from "../rule.ts";
import { anyCase } from "./any-case.ts";
import { longestMatch, parseExpression } from "./expression.ts";

/** Quotes around a name or a value, also as they stand in a string within JSON. */
const quotes = "[\\\\\"'`]{0,4}";

/** Types that stand between a name and its `=`: `: string`, Go's ` string`, `: &'static str`. */
const typed = "(?:[ \\t]{0,4}:|[ \\t])[ \\t]{0,4}(?:[sS]tring\\??|str|&(?:'static )?str)[ \\t]{0,4}=";
/**
 * What may stand between a name and its value: `=`, `:`, `:=`, `?=`, `.=`, `=>`, `>` (XML), `,` and `(` (a call), `||` (a default),
 * blanks (ENV of a Dockerfile, an option of a command), or the `value:` of a Kubernetes variable.
 */
const between = `${quotes}(?:(?:[ \\t]{0,8}(?::{1,3}=|[?.+]=|=>|\\|\\||[:=>,(])|${typed})\\s{0,16}|[ \\t]{1,8}|,?\\s{1,32}["']?value["']?[:=]\\s{0,4})${quotes}`;

/** Words that make a provider's name the name of a secret: `DATADOG_API_KEY`, `datadog.token`. */
const kinds = "key|token|secret|passw|passphrase|pwd|credential|auth|api|access|sas";

/** Words that make a provider's name a secret's, in any case, and what may stand between them and the value. */
const tail = anyCase(`[\\w. -]{0,20}?(?:${kinds})[\\w.-]{0,12}`) + between;
const [longestBetween, longestTail] = [longest(between), longest(tail)];

/** How far from a token its provider's name may be, where that alone is the keyword. */
const context = 96;
/** Enough of the neighbours to see that a token is a word of its own. */
const edge = 2;
/** What of a name may stand before its keyword: `deployer_` of `deployer_private_key`. */
const nameBefore = 40;

type Given = Pick<SecretRule, "id" | "title" | "keywords" | "reference"> & Partial<SecretRule>;

/**
 * A token that gives itself away: `body` is an expression for all of it, not part of a longer word. Its window is no
 * longer than the longest token; before the keyword only where the token does not begin with it.
 */
export function token(rule: Given & { readonly body: string }): SecretRule {
  const { body, ...rest } = rule;
  const most = longest(body);
  const plain = body.replaceAll("\\", "").toLowerCase();
  const isIn = (keyword: string) => plain.includes(keyword.toLowerCase());
  const begins = (keyword: string) => plain.startsWith(keyword.toLowerCase());
  const { keywords } = rest;
  return {
    confidence: "high",
    severity: "high",
    // Below are repetitions: a prefix with `xxxx` behind it.
    minEntropy: 2.5,
    pattern: new RegExp(`(?<![A-Za-z0-9_])(?<secret>${body})(?![A-Za-z0-9_])`),
    before: keywords.every(begins) ? edge : keywords.every(isIn) ? most + edge : Math.max(context, most) + edge,
    after: keywords.every(isIn) ? most + edge : Math.max(2 * context, most) + edge,
    ...rest,
  };
}

/**
 * A value without a form of its own, told by its provider's name: `names` (an expression, any case), one of the words for
 * a secret, and `value`. Also where the name alone is the secret's (`exact`).
 */
export function assigned(
  rule: Given & { readonly names: string; readonly value: string; readonly exact?: boolean },
): SecretRule {
  const { names, value, exact, ...rest } = rule;
  const [middle, longestMiddle] = exact === true ? [between, longestBetween] : [tail, longestTail];
  const source = `(?:${anyCase(names)})${middle}(?<secret>${value})(?![\\w/+-])`;
  return {
    confidence: "medium",
    severity: "high",
    minEntropy: 3,
    pattern: new RegExp(source),
    before: nameBefore,
    after: longest(names) + longestMiddle + longest(value) + edge,
    ...rest,
  };
}

function longest(source: string): number {
  return longestMatch(parseExpression(source));
}

/** An expression for a UUID in its usual five groups. */
export const uuid = "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}";

/** A rule for files of these names only (the last part of the path, in lower case), or in these folders. */
export function inFiles(...names: readonly string[]): (path: string) => boolean {
  return (path) => {
    const lower = `/${path.toLowerCase()}`;
    return names.some((name) => lower.endsWith(name.startsWith("*") ? name.slice(1) : `/${name}`));
  };
}
