import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { bounds } from "./bounds.ts";
import { placedCommands } from "./commands.ts";
import { dockerfileOfHistory } from "./history.ts";

/** `step: what runs` of each command, and `step: KEYWORD text` of other instructions. */
function told(...steps: readonly string[]): string[] {
  const read = dockerfileOfHistory(steps.map((createdBy) => ({ createdBy })));
  if (read === undefined) return [];
  const stepAt = (line: number) => read.steps.findLast((one) => one.line <= line)?.step;
  return [
    ...read.dockerfile.instructions
      .filter(({ keyword }) => keyword !== "FROM" && keyword !== "RUN")
      .map(({ keyword, text, range }) => `${stepAt(range.line)}: ${keyword} ${text}`),
    ...placedCommands(read.dockerfile).map(
      ({ command }) => `${stepAt(command.range.line)}: ${command.words.map(({ text }) => text).join(" ")}`,
    ),
  ];
}

test("commands of RUN as Docker's builder, BuildKit and Buildah write them", () => {
  for (const written of [
    "/bin/sh -c apt-get update",
    "RUN /bin/sh -c apt-get update # buildkit",
    "|1 V=1 /bin/sh -c apt-get update",
    "RUN |2 A= B=two words /bin/sh -c apt-get update # buildkit",
    "RUN /bin/bash -o pipefail -c apt-get update # buildkit",
    "/bin/bash -euxo pipefail -c apt-get update",
    "RUN apt-get update # buildkit",
  ]) {
    assert.equal(told(written).at(-1), "0: apt-get update", written);
  }
});

test("several lines, quotes and what ends heredocs stay as they are", () => {
  const script = "cat <<'X' > /a\nfrom here\nX\necho 'a\nb' | sh\nEND\nHISTORY\n";
  assert.deepEqual(told(`RUN /bin/sh -c ${script} # buildkit`, "/bin/sh -c next"), [
    "0: cat",
    "0: echo a\nb",
    "0: sh",
    "0: END",
    "0: HISTORY",
    "1: next",
  ]);
});

test("build arguments are told once, with their values", () => {
  assert.deepEqual(
    told(
      '|2 TOKEN=a b $c "q" \\ V=1 /bin/sh -c true',
      '|2 TOKEN=a b $c "q" \\ V=1 /bin/sh -c false',
      "ARG X",
      "ARG Y=2",
    ),
    ['0: ARG TOKEN="a b \\$c \\"q\\" \\\\"', '0: ARG V="1"', '3: ARG Y="2"', "0: true", "1: false"],
  );
});

test("ADD and COPY with what they state; other instructions and other builders' words say nothing", () => {
  assert.deepEqual(
    told(
      "ADD https://example.org/a.tar /opt # buildkit",
      "COPY --chmod=777 /a /b # buildkit",
      "/bin/sh -c #(nop) ADD file:abc in / ",
    ),
    ["0: ADD https://example.org/a.tar /opt", "1: COPY --chmod=777 /a /b", "2: ADD file:abc in /"],
  );
  const silent = ["", "ENV A=b", 'CMD ["sh"]', "/bin/sh -c #(nop) USER app", "bazel build ...", "/bin/sh", "apko"];
  assert.equal(dockerfileOfHistory(silent.map((createdBy) => ({ createdBy }))), undefined);
});

test("steps below the first that is asked for are left out", () => {
  const steps = ["/bin/sh -c one", "/bin/sh -c two"].map((createdBy) => ({ createdBy }));
  assert.deepEqual(dockerfileOfHistory(steps, 1)?.steps, [{ line: 2, step: 1 }]);
  assert.equal(dockerfileOfHistory(steps, 2), undefined);
});

test("a line break begins no instruction of its own", () => {
  assert.deepEqual(told("ADD a b\nRUN evil # buildkit", "COPY a \\", "ARG A=b\nRUN evil"), []);
  assert.deepEqual(told("|1 A=b\nRUN evil /bin/sh -c true"), ['0: ARG A="b RUN evil"', "0: true"]);
});

test("what is over the bound is counted", () => {
  const read = dockerfileOfHistory([{ createdBy: `/bin/sh -c ${"x".repeat(bounds.historyLength)}` }]);
  assert.deepEqual([read?.omitted, read?.steps], [1, []]);
});

test("property: any history is read, within the bound of a Dockerfile, and steps stand in order", () => {
  const piece = fc.constantFrom(
    "RUN ",
    "|1 A=",
    " /bin/sh -c ",
    "#(nop) ",
    "ADD ",
    "<<X\n",
    "'",
    "\\",
    "\n",
    "ARG ",
    " # buildkit",
    "a",
    "$(",
    "END",
  );
  const step = fc.oneof(
    fc.string(),
    fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join("")),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 8 }), (history) => {
      const read = dockerfileOfHistory(history.map((createdBy) => ({ createdBy })));
      const lines = read?.steps.map(({ line }) => line) ?? [];
      assert.deepEqual(
        lines,
        [...new Set(lines)].sort((a, b) => a - b),
      );
      for (const { keyword } of read?.dockerfile.instructions ?? []) {
        assert.ok(["FROM", "RUN", "ADD", "COPY", "ARG", "broken"].includes(keyword), keyword);
      }
    }),
  );
});
