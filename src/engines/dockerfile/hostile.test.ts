/** Whatever the bytes of a Dockerfile: it is read without a throw, whole or refused, and in bounded time. */

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Problem } from "../../core/problem.ts";
import { runs } from "../../core/runs.fixture.ts";
import { mutatedBytes } from "../contents/mutated-bytes.fixture.ts";
import { bounds } from "./bounds.ts";
import type { Dockerfile, SourceRange } from "./model.ts";
import { parseDockerfile } from "./parse.ts";

const parse = (text: string): Dockerfile => parseDockerfile("Dockerfile", text);
const written = (text: string, { start, end }: SourceRange): string => text.slice(start, end);

const SEED = String.raw`# syntax=docker/dockerfile:1
# escape=\

ARG VERSION=3.22
FROM --platform=$BUILDPLATFORM alpine:$VERSION AS Build
SHELL ["/bin/sh", "-ec"]
ENV A=1 B="x y" C=$A PATH=/opt/bin:$PATH
RUN --mount=type=secret,id=token,target=/t --network=none set -e && \
    # a comment within
    apk add --no-cache "curl=8" \

    && if [ -f /x ]; then rm /x; fi
RUN <<EOF
cat <<-"OTHER" > /y
	body $A
	OTHER
id
EOF
COPY --from=build --chown=1:1 a "b" /c/
COPY ["d e", "/f"]
ADD <<X https://example.com/a /g/
data
X
ONBUILD RUN f() { g "$(h ${"`i`"})"; }; case $j in k|l) m ;; esac
HEALTHCHECK --interval=5s CMD wget -q -O- localhost || exit 1
EXPOSE 80/tcp $A
VOLUME ["/v"]
USER 10001:10001
WORKDIR /w
STOPSIGNAL SIGTERM
LABEL a=b "c d"="e"
ENTRYPOINT ["/bin/sh", "-c", "exec \"$0\" \u0041"]
CMD nginx -g 'daemon off;'`;

test("the seed has no problem, and every instruction says where it stands", () => {
  const { instructions, problems: found, stages } = parse(SEED);
  assert.deepEqual(found, []);
  assert.equal(stages.length, 1);
  for (const { keywordRange, keyword, range } of instructions) {
    assert.equal(written(SEED, keywordRange).toUpperCase(), keyword);
    assert.equal(range.start, keywordRange.start);
    const line = SEED.split("\n")[range.line - 1] ?? "";
    assert.ok(line.slice(range.column - 1).startsWith(written(SEED, keywordRange)));
  }
});

test("a file over the bound is refused whole", () => {
  assert.throws(
    () => parse("#".repeat(bounds.dockerfileBytes + 1)),
    (error) => error instanceof Problem && error.code === "dockerfile.size",
  );
});

test("too many stages are refused whole; problems are counted past a bound", () => {
  assert.throws(
    () => parse("FROM a AS b\n".repeat(bounds.dockerfileStages + 1)),
    (error) => error instanceof Problem && error.code === "dockerfile.size",
  );
  const found = parse(`FROM a\n${"BOGUS\n".repeat(bounds.dockerfileProblems + 5)}`).problems;
  assert.equal(found.length, bounds.dockerfileProblems + 1);
  assert.match(found.at(-1)?.reason ?? "", /5 more/);
});

/** Every range of every node. */
function* rangesOf(value: unknown): Generator<SourceRange> {
  if (typeof value !== "object" || value === null) return;
  if ("start" in value && "end" in value && "line" in value) yield value as SourceRange;
  for (const each of value instanceof Map ? value.values() : Object.values(value)) yield* rangesOf(each);
}

test("fuzz: any bytes are read without a throw, and the pieces are the file", () => {
  fc.assert(
    fc.property(mutatedBytes(Buffer.from(SEED)), (bytes) => {
      const text = bytes.toString("utf8");
      const { pieces, ...file } = parse(text);
      assert.equal(pieces.map(({ start, end }) => text.slice(start, end)).join(""), text);
      for (const { start, end, line, column } of rangesOf(file)) {
        assert.ok(start >= 0 && start <= end && end <= text.length, `${start} to ${end}`);
        assert.ok(line >= 1 && column >= 1);
      }
    }),
    runs(300),
  );
});

test("hostile nesting and length end, and are said", () => {
  for (const [name, script] of [
    ["parentheses", "(".repeat(50_000)],
    ["substitutions", `echo ${"$(".repeat(50_000)}`],
    ["braces", `echo ${`$${"{a:-"}`.repeat(50_000)}`],
    ["arithmetic", `echo ${"$((".repeat(50_000)}`],
    ["backticks", `echo \`${"\\`".repeat(50_001)}`],
    ["groups", "{ ".repeat(50_000)],
    ["shells", "sh -c '".repeat(50_001)],
    ["functions", "f()".repeat(50_000)],
    ["conditions", "if ".repeat(50_000)],
  ] as const) {
    assert.deepEqual(
      parse(`FROM a\nRUN ${script}`).problems.map(({ code }) => code),
      ["dockerfile.shell"],
      name,
    );
  }
  const doubling = Array.from({ length: 60 }, (_, index) => `ENV A${index + 1}=$A${index}$A${index}\n`).join("");
  const { instructions } = parse(`FROM scratch\nENV A0=x\n${doubling}`);
  const last = instructions.at(-1);
  assert.ok(last?.keyword === "ENV" && last.pairs[0]?.value?.value === undefined);
});
