import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { parseDockerfile } from "../../engines/dockerfile/parse.ts";
import { stepLinesIn } from "./dockerfile-lines.ts";

const text = `ARG BASE=debian:13
FROM golang:1 AS build
RUN go build -o /out/web .

FROM $BASE AS common
ARG VERSION=1
ENV MODE=production \\
    NAME="two words"

FROM common
WORKDIR srv
# A comment
COPY --from=build --chown=1:1 /out/web ./bin/
RUN apt-get update \\
    # between
 && apt-get install -y ca-certificates
RUN <<EOF
set -e
make install
EOF
RUN ["/bin/web", "--check"]
USER app
EXPOSE 8080
CMD ["web", "--serve"]
`;

const base = ["/bin/sh -c #(nop) ADD file:0123456789abcdef in / ", '/bin/sh -c #(nop)  CMD ["bash"]'];

const buildkit = [
  ...base,
  "ARG VERSION=2",
  "ENV MODE=production NAME=two words",
  "WORKDIR /srv",
  "COPY --chown=1:1 /out/web ./bin/ # buildkit",
  "RUN |1 VERSION=2 /bin/sh -c apt-get update  && apt-get install -y ca-certificates # buildkit",
  "RUN |1 VERSION=2 /bin/sh -c set -e\nmake install\n # buildkit",
  "RUN |1 VERSION=2 /bin/web --check # buildkit",
  "USER app",
  "EXPOSE map[8080/tcp:{}]",
  'CMD ["web" "--serve"]',
];

const classic = [
  ...base,
  "/bin/sh -c #(nop)  ARG VERSION=1",
  "/bin/sh -c #(nop)  ENV MODE=production NAME=two words",
  "/bin/sh -c #(nop) WORKDIR /srv",
  "/bin/sh -c #(nop) COPY file:00ff in /srv/bin/ ",
  "|1 VERSION=1 /bin/sh -c apt-get update  && apt-get install -y ca-certificates",
  "|1 VERSION=1 /bin/sh -c set -e\nmake install",
  "|1 VERSION=1 /bin/web --check",
  "/bin/sh -c #(nop)  USER app",
  "/bin/sh -c #(nop)  EXPOSE 8080",
  '/bin/sh -c #(nop)  CMD ["web" "--serve"]',
];

const lines = [6, 7, 11, 13, 14, 17, 21, 22, 23, 24];

function linesOf(history: readonly string[], ...texts: readonly string[]): (string | undefined)[] {
  const dockerfiles = texts.map((each, i) => parseDockerfile(`${"abc"[i]}/Dockerfile`, each));
  const found = stepLinesIn(dockerfiles)(history.map((createdBy) => ({ createdBy })));
  return history.map((_, i) => {
    const at = found.get(i);
    return at === undefined ? undefined : `${at.path}:${at.line}`;
  });
}

const own = (file: string) => [undefined, undefined, ...lines.map((line) => `${file}/Dockerfile:${line}`)];
const nothing = (history: readonly string[]) => history.map(() => undefined);

describe("lines of a Dockerfile", () => {
  test("are known of every step that the last stage made, as each builder writes it", () => {
    assert.deepEqual(linesOf(buildkit, text), own("a"));
    assert.deepEqual(linesOf(classic, text), own("a"));
  });

  test("are known where a builder writes no ARG, or the build added a label", () => {
    const without = buildkit.filter((step) => !step.startsWith("ARG"));
    assert.deepEqual(
      linesOf(without, text),
      own("a").filter((_, i) => i !== 2),
    );
    assert.deepEqual(linesOf([...buildkit, "LABEL built=today"], text), [...own("a"), undefined]);
  });

  test("are those of the file that fits, not of another", () => {
    assert.deepEqual(linesOf(buildkit, text.replace("make install", "make clean"), text), own("b"));
    assert.deepEqual(linesOf(buildkit, "FROM scratch\nCOPY a /\n", text), own("b"));
  });

  test("are those of the file that explains more", () => {
    const short = 'FROM other\nRUN ["/bin/web", "--check"]\nUSER app\nEXPOSE 8080\nCMD ["web", "--serve"]\n';
    assert.deepEqual(linesOf(buildkit, short, text), own("b"));
    assert.deepEqual(linesOf(buildkit, text, short), own("a"));
    assert.deepEqual(
      linesOf(buildkit, short).slice(-4),
      [2, 3, 4, 5].map((line) => `a/Dockerfile:${line}`),
    );
  });

  test("are not known where two files fit, or none", () => {
    assert.deepEqual(linesOf(buildkit, text, text), nothing(buildkit));
    assert.deepEqual(linesOf(buildkit), nothing(buildkit));
    for (const [what, other] of [
      ["apt-get install -y ca-certificates", "apt-get install -y curl"],
      ["USER app", "USER root"],
      ["MODE=production", "MODE=debug"],
      ["WORKDIR srv", "WORKDIR app"],
      ["--serve", "--help"],
      ["./bin/", "./sbin/"],
    ] as const) {
      assert.deepEqual(linesOf(buildkit, text.replace(what, other)), nothing(buildkit), other);
      assert.deepEqual(linesOf(classic, text.replace(what, other)), nothing(classic), other);
    }
    assert.deepEqual(linesOf(buildkit.slice(5), text), nothing(buildkit.slice(5)));
    assert.deepEqual(linesOf(buildkit.toReversed(), text), nothing(buildkit));
  });

  test("are not known by settings alone, which many files share", () => {
    const settings = 'FROM a\nUSER app\nEXPOSE 8080\nCMD ["web", "--serve"]\n';
    assert.deepEqual(linesOf(buildkit, settings), nothing(buildkit));
  });

  test("no history and no file is too odd", () => {
    const pieces = [
      "RUN ",
      "COPY ",
      "|1 A=b ",
      "/bin/sh -c ",
      "#(nop) ",
      "FROM a\n",
      "<<E\n",
      "\\\n",
      "x",
      "[",
      "ENV a",
    ];
    const odd = fc.array(fc.constantFrom(...pieces), { maxLength: 12 }).map((chosen) => chosen.join(""));
    fc.assert(
      fc.property(fc.array(odd, { maxLength: 6 }), fc.array(odd, { maxLength: 4 }), (history, files) => {
        const dockerfiles = files.map((each, i) => parseDockerfile(`${i}`, `FROM a\n${each}`));
        const found = stepLinesIn(dockerfiles)(history.map((createdBy) => ({ createdBy })));
        for (const [step, { line }] of found) assert.ok(step < history.length && line >= 1);
      }),
    );
  });
});
