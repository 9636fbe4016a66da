/** docs/README.md lists each page of the documentation once. */
import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { describe, it } from "node:test";
import { documents, prose } from "./documents.ts";

const INDEX = "docs/README.md";

/** Of the checks the page that lists them stands for all. */
const pages = [...documents.keys()].filter(
  (path) => path.startsWith("docs/") && path !== INDEX && !/^docs\/checks\/(?!README\.md$)/.test(path),
);

/** What is wrong with an index in docs/. */
function listing(index: string, expected: readonly string[]): string[] {
  const links = [...prose(index).matchAll(/\]\(([^()\s#]+)(?:#[^()\s]*)?\)/g)].map(([, link = ""]) => link);
  const listed = links.filter((link) => link.endsWith(".md")).map((link) => join(dirname(INDEX), link));
  const times = (path: string): number => listed.filter((other) => other === path).length;
  return [
    ...expected.filter((path) => times(path) === 0).map((path) => `${path} is not listed`),
    ...[...new Set(listed)].filter((path) => times(path) > 1).map((path) => `${path} is listed ${times(path)} times`),
  ];
}

describe(INDEX, () => {
  it("lists each page once", () => assert.deepEqual(listing(documents.get(INDEX) ?? "", pages), []));

  it("a page that is missing or listed twice is told, also where a heading is named", () => {
    const made = "- [a](a.md), [b](b.md)\n\n| [a](a.md#part) | `[c](c.md)` |\n";
    assert.deepEqual(listing(made, ["docs/a.md", "docs/b.md", "docs/c.md"]), [
      "docs/c.md is not listed",
      "docs/a.md is listed 2 times",
    ]);
  });
});
