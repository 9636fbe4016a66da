/** Code that is made to take long, for a given number of repetitions: brackets, quotes, names that double each other. */
import type { Language } from "./code/token.ts";

export const HOSTILE: readonly [title: string, language: Language, make: (times: number) => string][] = [
  ["open brackets", "javascript", (times) => "([{".repeat(times)],
  ["open calls", "javascript", (times) => "f(".repeat(times)],
  ["closed calls", "javascript", (times) => "f(".repeat(times) + ")".repeat(times)],
  ["lists in lists", "javascript", (times) => "[1,".repeat(times) + "]".repeat(times)],
  ["arrows", "javascript", (times) => "a=>".repeat(times)],
  ["assignments", "javascript", (times) => "a=".repeat(times)],
  ["members", "javascript", (times) => `process.env${".a".repeat(times)}`],
  ["indexes", "javascript", (times) => `process.env${'["a"]'.repeat(times)}`],
  ["calls of calls", "javascript", (times) => `eval${"(1)".repeat(times)}`],
  ["texts that are put together", "javascript", (times) => `x = ${'"aaaa"+'.repeat(times)}"b"`],
  [
    "names that double each other",
    "javascript",
    (times) =>
      Array.from(
        { length: Math.min(times, 2_000) },
        (_, i) => `const a${i + 1} = ${i === 0 ? '"aaaaaaaa"' : `a${i}`} + ${i === 0 ? '"b"' : `a${i}`};`,
      ).join("\n"),
  ],
  ["substitutions in templates", "javascript", (times) => "`${".repeat(times)],
  ["templates side by side", "javascript", (times) => "`a${b}`+".repeat(times)],
  ["quotes without an end", "javascript", (times) => "'\\\n".repeat(times)],
  ["comments without an end", "javascript", (times) => "/*".repeat(times)],
  ["slashes", "javascript", (times) => "/a".repeat(times)],
  ["regular expressions without an end", "javascript", (times) => "=/[".repeat(times)],
  ["functions in functions", "javascript", (times) => "function f(a){".repeat(times)],
  [
    "functions that call each other",
    "javascript",
    (times) => Array.from({ length: times }, (_, i) => `function f${i}(a){ f${i + 1}(a + process.env.A) }`).join("\n"),
  ],
  ["methods of one name", "javascript", (times) => `class A { ${"run(a) { this.run(a); } ".repeat(times)} }`],
  [
    "base64",
    "javascript",
    (times) =>
      Array.from(
        { length: times },
        (_, i) => `"${Buffer.from(`require("child_process").exec("${i}")`).toString("base64")}"`,
      ).join(","),
  ],
  [
    "base64 within base64",
    "javascript",
    () => {
      let text = "eval(1)";
      for (let i = 0; i < 20; i++) text = `eval(atob("${Buffer.from(text).toString("base64")}"))`;
      return text;
    },
  ],
  ["imports", "javascript", (times) => `import {${"a as b,".repeat(times)}`],
  ["white space", "javascript", (times) => `a${" ".repeat(times)}\n`.repeat(20)],
  ["mangled names", "javascript", (times) => "_0x1a2b3c ".repeat(times)],
  [
    "indentation",
    "python",
    (times) => Array.from({ length: Math.min(times, 3_000) }, (_, i) => `${" ".repeat(i)}if a:`).join("\n"),
  ],
  ["formatted texts", "python", (times) => 'f"{'.repeat(times)],
  ["formatted texts side by side", "python", (times) => 'f"{a}" '.repeat(times)],
  ["triple quotes", "python", (times) => '"""'.repeat(times)],
  ["lambdas", "python", (times) => "lambda a:".repeat(times)],
  ["calls in calls", "python", (times) => "exec(".repeat(times)],
  ["texts side by side", "python", (times) => '"a" '.repeat(times)],
  ["getattr in getattr", "python", (times) => `${"getattr(".repeat(times)}os${',"a")'.repeat(times)}`],
  ["with in with", "python", (times) => "with open(a) as b:\n".repeat(times)],
  ["exec without brackets", "python", (times) => "exec a\n".repeat(times)],
  ["line ends", "python", (times) => "\\\n".repeat(times)],
];
