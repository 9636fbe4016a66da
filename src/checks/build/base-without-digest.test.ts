import assert from "node:assert/strict";
import { test } from "node:test";
import type { DigestAnswer } from "../../engines/dockerfile/model.ts";
import { baseWithoutDigest } from "./base-without-digest.ts";
import { findings, fixed } from "./dockerfile/lint.fixture.ts";

const digest = `sha256:${"ab".repeat(32)}`;
const other = `sha256:${"cd".repeat(32)}`;

const asked = (...names: readonly string[]): { digests: ReadonlyMap<string, DigestAnswer> } => ({
  digests: new Map(names.map((name) => [name, { kind: "found", digest }])),
});

test("what the registry said goes behind the name, wherever the name stands", () => {
  const file = `FROM debian:13 AS build
COPY --from=busybox /a /b
RUN --mount=type=bind,from=ghcr.io/acme/tools:2,target=/t /t/run
FROM  localhost:5000/app:1 AS app
FROM build
`;
  assert.equal(
    fixed(baseWithoutDigest, file, asked("debian:13", "busybox", "ghcr.io/acme/tools:2", "localhost:5000/app:1")),
    `FROM debian:13@${digest} AS build
COPY --from=busybox@${digest} /a /b
RUN --mount=type=bind,from=ghcr.io/acme/tools:2@${digest},target=/t /t/run
FROM  localhost:5000/app:1 AS app
FROM build
`.replace("app:1 ", `app:1@${digest} `),
  );
});

test("quotes, line ends and a byte order mark stay", () => {
  const file = '\uFEFFFROM \\\r\n  "debian:13"\r\n';
  assert.equal(fixed(baseWithoutDigest, file, asked("debian:13")), file.replace("debian:13", `debian:13@${digest}`));
});

test("a name with variables is left, and the words say what to write", () => {
  const file = "ARG V=13\nFROM debian:$V\n";
  const [finding] = findings(baseWithoutDigest, file, asked("debian:13"));
  assert.deepEqual(finding?.fix, {
    kind: "instruction",
    text: `write debian:13@${digest} where the variables in the name are set`,
  });
});

test("a name that a continuation cuts is left", () => {
  const file = "FROM deb\\\nian:13\n";
  const [finding] = findings(baseWithoutDigest, file, asked("debian:13"));
  assert.equal(finding?.fix?.kind, "instruction");
});

test("why a digest is not known is said", () => {
  const digests = new Map([["debian:13", { kind: "failed", reason: "nothing listens there" }]] as const);
  const [finding] = findings(baseWithoutDigest, "FROM debian:13\n", { digests });
  assert.deepEqual(finding?.fix, {
    kind: "instruction",
    text: "write the digest behind it, which could not be looked up: nothing listens there",
  });
});

test("a digest that is written already stays", () => {
  assert.deepEqual(findings(baseWithoutDigest, `FROM debian:13@${other}\n`, asked("debian:13")), []);
});
