/** Texts that an image, a registry or a tree under review may hold, for the tests of the formats. */
import fc from "fast-check";
import { codePoint } from "../core/code-point.fixture.ts";

/** Keys whose values are words of our own. */
const words = new Set([
  "tool",
  "kind",
  "verdict",
  "severity",
  "layer",
  "category",
  "needs",
  "startedAt",
  "observedAt",
  "fingerprint",
]);

/** The value with every text in it, of whatever depth, put through the function. */
export function withTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === "string") return change(value);
  if (Array.isArray(value)) return value.map((item) => withTexts(item, change));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, words.has(key) ? item : withTexts(item, change)]),
  );
}

/** What ends, opens or steers something in one of the formats, and anything else. */
export const nastyText = fc.oneof(
  fc.constantFrom(
    "</script><script>alert(1)</script>",
    "<!--",
    "-->",
    "]]>",
    "<img src=x onerror=alert(1)>",
    "\"' onclick=alert(1) '\"",
    "&lt;b&gt;&amp;",
    "\n::error::x",
    "##[error]x",
    "%0A::warning::",
    "|",
    "\\|",
    "`|`",
    "[x](javascript:alert(1))",
    "![x](https://example.com/x.png)",
    "@team #1 GH-1 www.example.com https://example.com a@example.com :tada: $x$",
    "</details>",
    "</code>",
    "\u0000\u0008\ufffe\uffff\ud800",
    "\u2028\u202e",
    "\u001b[2J\u001b]8;;https://example.com\u0007x\u009b31m",
    "\u2066x\u2069\u200f\u202d",
    "<!channel> <@U123> <https://example.com|x> *x* _x_ ~x~ `x`",
    "\r\n<13>1 - - - - - - x",
    "x".repeat(300),
  ),
  fc.string({ unit: codePoint, maxLength: 40 }),
);
