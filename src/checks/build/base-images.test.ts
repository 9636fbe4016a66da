import assert from "node:assert/strict";
import { test } from "node:test";
import { baseWithoutDigest } from "./base-without-digest.ts";
import { detected, findings } from "./dockerfile/lint.fixture.ts";
import { latestTag } from "./latest-tag.ts";

const digest = `sha256:${"ab".repeat(32)}`;
const file = `ARG V=12
FROM debian:$V AS build
FROM build AS again
COPY --from=busybox /bin/busybox /
COPY --from=build /a /b
RUN --mount=type=bind,from=ghcr.io/acme/tools:latest,target=/t /t/run
FROM debian:13@${digest}
FROM scratch
ARG X
FROM $X
FROM localhost:5000/app
`;

test("images without a digest are found wherever they come in", () => {
  assert.deepEqual(detected(baseWithoutDigest, file), [
    "2:6 debian:$V is not pinned by digest",
    "4:13 busybox is not pinned by digest",
    "6:5 ghcr.io/acme/tools:latest is not pinned by digest",
    "11:6 localhost:5000/app is not pinned by digest",
  ]);
});

test("latest is found in words and by implication", () => {
  assert.deepEqual(detected(latestTag, file), [
    "4:13 busybox has no tag, which means latest",
    "6:5 ghcr.io/acme/tools:latest is whatever is newest",
    "11:6 localhost:5000/app has no tag, which means latest",
  ]);
});

test("one image in two places is two findings, whose names do not move with their lines", () => {
  const twice = "FROM debian:13\nCOPY --from=busybox:1 a b\nCOPY --from=busybox:1 c d\n";
  const subjects = findings(baseWithoutDigest, twice).map(({ subject }) => subject);
  assert.deepEqual(subjects, ["stage 0: FROM debian:13", "stage 0: COPY busybox:1", "stage 0: COPY busybox:1 (2)"]);
  assert.deepEqual(
    findings(baseWithoutDigest, `# moved\n\n${twice}`).map(({ subject }) => subject),
    subjects,
  );
});

test("what is no digest pins nothing", () => {
  assert.deepEqual(detected(baseWithoutDigest, "FROM debian:13@sha256:abc\nCOPY --from=busybox@sha256: a b\n"), [
    "1:6 debian:13@sha256:abc has an invalid digest: no container runtime pulls the image",
    "2:13 busybox@sha256: has an invalid digest: no container runtime pulls the image",
  ]);
  assert.deepEqual(detected(latestTag, "FROM debian@sha256:abc\n"), [
    "1:6 debian@sha256:abc has no tag, which means latest",
  ]);
});
