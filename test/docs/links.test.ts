/** Every link of every document leads to a file and a heading that there are. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, it } from "node:test";
import { documents, prose, root, withoutBlocks } from "./documents.ts";

/** Anchors of a page as GitHub makes them: lower case, no punctuation, hyphens for blanks, numbers for what comes twice. */
function anchors(text: string): Set<string> {
  const found = new Set<string>();
  const seen = new Map<string, number>();
  const headings = withoutBlocks(text).matchAll(/^#{1,6} +(.*)$/gm);
  for (const [, heading = ""] of headings) {
    const words = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1").toLowerCase();
    const anchor = words.replaceAll(/[^\p{L}\p{N}_\- ]/gu, "").replaceAll(" ", "-");
    const before = seen.get(anchor) ?? 0;
    seen.set(anchor, before + 1);
    found.add(before === 0 ? anchor : `${anchor}-${before}`);
  }
  return found;
}

function brokenLinks(page: string, text: string): string[] {
  return [...prose(text).matchAll(/\]\(([^()\s]+)\)|^\[[^\]]+\]: +(\S+)$/gm)].flatMap(([, inline, reference]) => {
    const link = inline ?? reference ?? "";
    if (/^[a-z]+:/.test(link)) return [];
    const [path = "", anchor] = link.split("#");
    const target = path === "" ? page : relative(root, resolve(root, dirname(page), path));
    if (path !== "" && (target.startsWith("..") || !existsSync(join(root, target))))
      return [`${page}: ${link}: no such file`];
    if (anchor === undefined) return [];
    const known = path === "" ? text : (documents.get(target) ?? "");
    return anchors(known).has(anchor) ? [] : [`${page}: ${link}: no such heading`];
  });
}

describe("links of the documentation", () => {
  for (const [page, text] of documents) {
    it(page, () => assert.deepEqual(brokenLinks(page, text), []));
  }

  it("that lead nowhere are told, and text in code is none", () => {
    const text = [
      "# A b",
      "[1](nope.md) [2](policy.md#nope) [3](#a-b) [4](#nope) [5](https://example.org/nope) [6](../../outside.md)",
      "`[7](nope.md)`",
      "```",
      "[8](nope.md)",
      "# nope",
      "```",
    ].join("\n\n");
    assert.deepEqual(brokenLinks("docs/made.md", text), [
      "docs/made.md: nope.md: no such file",
      "docs/made.md: policy.md#nope: no such heading",
      "docs/made.md: #nope: no such heading",
      "docs/made.md: ../../outside.md: no such file",
    ]);
  });
});
