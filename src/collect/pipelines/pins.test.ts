import assert from "node:assert/strict";
import { test } from "node:test";
import { readGithubFile } from "../../engines/pipelines/github/read.ts";
import { serve } from "../../net/loopback.fixture.ts";
import { lookUpPins } from "./pins.ts";

const COMMIT = "a".repeat(40);

function packet(line: string): string {
  return (line.length + 4).toString(16).padStart(4, "0") + line;
}

test("each repository is asked once, and what does not answer is told", async (t) => {
  const { origin, seen } = await serve(t, (request, response) => {
    if (request.url?.startsWith("/a/b/") !== true) {
      response.writeHead(404).end();
      return;
    }
    response.end(`${packet("# service=git-upload-pack\n")}0000${packet(`${COMMIT} refs/tags/v1\0x\n`)}0000`);
  });
  const steps = ["A/B@v1", "a/b/sub@v1", "a/b@main", "a/c@v1", `a/d@${COMMIT}`, "./e", "a/..@v1", "a/$%7B@v1"];
  const text = `on: push\njobs:\n  a:\n    runs-on: b\n    steps:\n${steps.map((uses) => `      - uses: ${uses}\n`).join("")}`;
  const file = readGithubFile(".github/workflows/ci.yml", text);
  const pins = await lookUpPins([file], { forge: new URL(origin) });
  assert.equal(pins.commit("A/b", "v1"), COMMIT);
  assert.equal(pins.commit("a/b", "main"), undefined);
  assert.equal(pins.commit("a/c", "v1"), undefined);
  assert.equal(pins.digest("alpine"), undefined);
  assert.deepEqual(seen.map(({ url }) => url).sort(), [
    "/a/b/info/refs?service=git-upload-pack",
    "/a/c/info/refs?service=git-upload-pack",
  ]);
  assert.equal(pins.failed.length, 1);
  assert.match(pins.failed[0] ?? "", /^git\.remote: .*\/a\/c: unexpected status 404$/);
});
