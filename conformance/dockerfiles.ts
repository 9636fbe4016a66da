/**
 * Suite `dockerfiles`: the Dockerfiles of another builder's tests. Each is parsed and linted; none may throw or take
 * long, its pieces must be the file again, and nothing may be left out that Docker would accept.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { defaultPolicy } from "../src/collect/policy/default.ts";
import { present } from "../src/core/evidence.ts";
import type { Dockerfile, SourceRange } from "../src/engines/dockerfile/model.ts";
import { parseDockerfile } from "../src/engines/dockerfile/parse.ts";
import { lintDockerfile } from "../src/evaluate/build/dockerfiles.ts";
import { unpackZstd } from "./images/unpack.ts";
import type { Suite } from "./suite.ts";

const ARCHIVE = "corpora/dockerfiles.tar.zst";

/** The largest has some kilobytes, so whatever takes that long hangs. */
const LONGEST_MILLISECONDS = 2_000;

/** Files that are not to be built as they are, or hold what no shell reads: by the end of their path, what is wrong. */
const EXPECTED: Readonly<Record<string, readonly string[]>> = {
  // Stages called platform-arm/v7: buildah takes them, BuildKit refuses them.
  "bud/base-with-arg/Containerfile": Array(2).fill("dockerfile.stage-name"),
  // For the C preprocessor: each branch has a RUN, and the FROM is included.
  "bud/containerfile/Containerfile.in": Array(3).fill("dockerfile.before-from"),
  "bud/from-multiple-files/Dockerfile2.nofrom": ["dockerfile.before-from"],
  // A script of rev(1).
  "bud/heredoc/Containerfile.she_bang": ["dockerfile.shell"],
  "bud/run-scenarios/Dockerfile.cmd-empty-run": ["dockerfile.run"],
  "bud/run-scenarios/Dockerfile.entrypoint-cmd-empty-run": ["dockerfile.run"],
  "bud/run-scenarios/Dockerfile.entrypoint-empty-run": ["dockerfile.run"],
  "bud/unrecognized/Dockerfile": ["dockerfile.unknown-instruction"],
  // A quote within single quotes, `name='a\'b'`: BuildKit refuses it.
  "conformance/testdata/Dockerfile.env": ["dockerfile.expansion"],
};

const COUNT = 347;
const now = new Date("2026-01-01T00:00:00Z");

export const dockerfiles: Suite = {
  about: `${COUNT} Dockerfiles of buildah's tests: parsed, linted, and the same file again`,
  needs: [ARCHIVE],
  async *cases({ data }) {
    const files = unpackZstd(join(data, ARCHIVE));
    for (const [path, bytes] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
      yield {
        name: path,
        run() {
          const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
          const started = performance.now();
          const dockerfile = parseDockerfile(path, text);
          const context = present({ ignoreFiles: [] }, now.toISOString());
          lintDockerfile(dockerfile, context, { policy: defaultPolicy, now });
          const milliseconds = performance.now() - started;
          assert.ok(milliseconds < LONGEST_MILLISECONDS, `it took ${Math.round(milliseconds)} ms`);
          const wrong = Object.entries(EXPECTED).find(([end]) => path.endsWith(`/${end}`))?.[1] ?? [];
          assert.deepEqual(
            dockerfile.problems.map(({ code }) => code),
            wrong,
            dockerfile.problems.map(({ reason, range }) => `${range.line}: ${reason}`).join("; "),
          );
          assertSame(dockerfile);
        },
      };
    }
    yield {
      name: `there are ${COUNT}, and every expectation is about one of them`,
      run() {
        assert.equal(files.size, COUNT);
        for (const end of Object.keys(EXPECTED))
          assert.ok(
            [...files.keys()].some((path) => path.endsWith(`/${end}`)),
            end,
          );
      },
    };
  },
};

/** The pieces are the text, and keywords, words and commands are where they say. */
function assertSame({ text, pieces, instructions }: Dockerfile): void {
  assert.equal(pieces.map(({ start, end }) => text.slice(start, end)).join(""), text, "the pieces are not the file");
  const at = ({ start, end }: SourceRange): string => text.slice(start, end);
  for (const { keyword, keywordRange, flags } of instructions) {
    if (keyword !== "broken") assert.equal(at(keywordRange).toUpperCase(), keyword);
    for (const { name, range } of flags) assert.ok(at(range).startsWith(`--${name}`), at(range));
  }
  for (const one of instructions) {
    const words = one.keyword === "COPY" || one.keyword === "ADD" ? [...one.sources, one.destination] : [];
    for (const { raw, range } of words) assert.equal(at(range).replace(/\\\s*\n/g, ""), raw);
    for (const { words: own } of "commands" in one ? one.commands : []) {
      for (const { literal, quoted, text: word, range } of own) {
        if (literal && !quoted && !at(range).includes("\n")) assert.equal(at(range), word);
      }
    }
  }
}
