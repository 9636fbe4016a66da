/** Documents say what the program does. What it will do one day is found by nobody when the day has come. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { documents, passages } from "./documents.ts";

/** "Not scanned yet" is a state of an image, so that the word alone is refused only where nothing but the program is described. */
const PROMISES = [
  /\bplanned\b/i,
  /\bcoming soon\b|\bupcoming\b|\broadmap\b/i,
  /\b(?:is|are|does|do|can)(?: not|n't) yet\b|\bcannot yet\b/i,
  /\bnot (?:supported|implemented|evaluated|available|possible|built|part of it) yet\b/i,
  /\bBulkhead\b[^|]*\byet\b/i,
  /\bwill (?:be|have|get|support|come)\b.*\b(?:version|release)\b/i,
  /\b(?:in|by|with|for|until) (?:a|the) (?:later|next|future) (?:version|release)\b/i,
];
const OF_THE_PROGRAM_ALONE = new Set(["README.md", "docs/README.md", "docs/comparison.md"]);

/** Sentences that promise something, with the page. */
function promises(page: string, text: string): string[] {
  const patterns = OF_THE_PROGRAM_ALONE.has(page) ? [...PROMISES, /\byet\b/i] : PROMISES;
  return passages(text)
    .flatMap((passage) => passage.replaceAll(/`[^`]*`/g, "…").split(/(?<=[.!?]) /))
    .filter((sentence) => patterns.some((pattern) => pattern.test(sentence)))
    .map((sentence) => `${page}: ${sentence}`);
}

describe("documents promise nothing", () => {
  for (const [page, text] of documents) it(page, () => assert.deepEqual(promises(page, text), []));

  it("and what does is told, across lines too", () => {
    const stale = [
      "> events are evaluated; a sensor is\n> planned.",
      "- **Falco does, Bulkhead does not yet**: watch a\n  kernel",
      "| pulls | coming soon |",
      "It is one program. Charts are not supported\nyet.",
      "Charts will be read by a\nlater version.",
    ];
    for (const text of stale) assert.equal(promises("docs/made.md", text).length, 1, text);
    assert.deepEqual(promises("docs/made.md", "An image that is not scanned yet is *unknown*. `planned`"), []);
    assert.deepEqual(promises("README.md", "No charts yet."), ["README.md: No charts yet."]);
  });
});
