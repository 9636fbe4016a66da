import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { runs } from "../../core/runs.fixture.ts";
import { composeBuilds } from "./compose-builds.ts";
import { nameOfInline, placeOfBlock, readInlineDockerfile } from "./inline-dockerfiles.ts";
import { treeOf } from "./tree.fixture.ts";

const now = new Date(0);

function inlineOf(compose: string, files: Readonly<Record<string, string>> = {}) {
  using tree = treeOf({ "web/compose.yaml": compose, ...files });
  const { inline } = composeBuilds(tree.root, ["web/compose.yaml"]);
  return inline.map((one) => readInlineDockerfile(tree.root, one, now, (path) => path === ".env"));
}

const block = (header: string, indent: string, ...lines: readonly string[]) =>
  `services:\n  db: {image: a}\n  web:\n    build:\n      context: ../api\n      dockerfile_inline: ${header}\n${lines.map((line) => (line === "" ? "\n" : `${indent}${line}\n`)).join("")}`;

test("one that is written as a block is read, with the places of its lines", () => {
  const lines = ["# escape=`", "FROM alpine:3", "", "RUN a `", "  b", "COPY . /"];
  const [read] = inlineOf(block("|", " ".repeat(8), ...lines), { "api/.env": "", "api/.dockerignore": "*.md\n" });
  assert.ok(read?.state === "read");
  assert.equal(read.text, `${lines.join("\n")}\n`);
  assert.equal(read.dockerfile.path, "web/compose.yaml#web");
  assert.deepEqual(read.dockerfile.within, { path: "web/compose.yaml", line: 7, indent: 8 });
  assert.ok(read.context.state === "present");
  const { sensitiveFiles, ignoreFiles } = read.context.facts;
  assert.deepEqual(sensitiveFiles, [".env"]);
  assert.deepEqual(
    ignoreFiles.map(({ path }) => path),
    ["api/.dockerignore"],
  );
});

test("the forms of a block, aliases, merges, and documents behind the first are read as Compose reads them", () => {
  for (const header of ["|-", "|+", "|2", "| # here", "|-  "]) {
    const [read] = inlineOf(block(header, " ".repeat(8), "FROM a", "RUN b"));
    assert.ok(read?.state === "read", header);
    assert.equal(read.dockerfile.within?.line, 7);
  }
  const text = "FROM a\\n";
  const shared = `x-build: &b\n  dockerfile_inline: |\n    FROM a\nservices:\n  a: {build: *b}\n  b:\n    build:\n      <<: *b\n---\nservices: {c: {build: {dockerfile_inline: "${text}"}}}\n`;
  const told = inlineOf(shared).map((one) =>
    one.state === "read" ? [one.path, one.dockerfile.within?.line] : [one.path, one.gap.code],
  );
  assert.deepEqual(told, [
    ["web/compose.yaml#a", 3],
    ["web/compose.yaml#b", 3],
    ["web/compose.yaml#c", "dockerfile.inline"],
  ]);
});

test("its arguments are those of its service, but for images that are built here", () => {
  const text = `services:
  base: {build: ., image: shop}
  web:
    build:
      dockerfile_inline: |
        ARG BASE
        ARG OWN
        FROM $$BASE
        FROM $$OWN
      args: {BASE: "debian:10", OWN: shop}
`;
  const [read] = inlineOf(text);
  assert.ok(read?.state === "read");
  const images = read.dockerfile.stages.map(({ from }) => from.image.stated);
  assert.deepEqual(images, ["debian:10", ""]);
});

test("what Compose fills in is not known, and $$ is the build's own", () => {
  const [read] = inlineOf(block("|", " ".repeat(8), "FROM a", "ARG B", "RUN echo $$B"));
  assert.ok(read?.state === "read");
  assert.match(read.text, /echo \$B/);
  for (const line of ["FROM $BASE", "FROM a:${TAG:-1}"]) {
    const [unread] = inlineOf(block("|", " ".repeat(8), line));
    assert.ok(unread?.state === "unread", line);
    assert.match(unread.gap.reason, /variables that Compose fills in/);
  }
});

test("what is no block of lines is told", () => {
  for (const value of ['"FROM a\\nRUN b"', "FROM a", ">\n        FROM a\n        RUN b\n"]) {
    const [read] = inlineOf(block(value, ""));
    assert.ok(read?.state === "unread", value);
    assert.match(read.gap.reason, /no block of lines/);
    assert.equal(read.path, nameOfInline({ path: "web/compose.yaml", service: "web" }));
  }
});

test("a place is only given where each line of the value is a line of the file", () => {
  const line = fc.stringMatching(/^[ A-Za-z#\\$]{0,12}$/).map((text) => text.trimEnd());
  let placed = 0;
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 6 }), fc.integer({ min: 1, max: 9 }), (lines, indent) => {
      const written = block("|", " ".repeat(6 + indent), `FROM ${lines[0]}x`, ...lines.slice(1));
      using tree = treeOf({ "compose.yaml": written });
      const { inline } = composeBuilds(tree.root, ["compose.yaml"]);
      for (const { text, place } of inline) {
        if (place === undefined) continue;
        placed += 1;
        const own = written.split("\n");
        for (const [at, each] of text.replace(/\n+$/, "").split("\n").entries()) {
          assert.equal((own[place.line - 1 + at] ?? "").slice(place.indent), each);
        }
      }
    }),
    runs(200),
  );
  assert.ok(placed > 0);
  assert.equal(placeOfBlock("a: |\n  x\n", 3, "y\n"), undefined);
  assert.equal(placeOfBlock("a: |\n", 3, ""), undefined);
  assert.deepEqual(placeOfBlock("a: |\r\n  x\r\n  y\r\n", 3, "x\ny\n"), { line: 2, indent: 2 });
});
