import assert from "node:assert/strict";
import { test } from "node:test";
import { aptCacheKept } from "./apt-cache-kept.ts";
import { aptRecommends } from "./apt-recommends.ts";
import { aptUnpinned } from "./apt-unpinned.ts";
import { detected, dockerfile, findings, fixed } from "./dockerfile/lint.fixture.ts";

const run = (script: string): string => `FROM debian:13\nRUN ${script}\n`;

test("packages without a version are found, once a command", () => {
  assert.deepEqual(detected(aptUnpinned, run("apt-get install -y curl git=1:2.47 jq")), [
    "2:24 2 packages have no version",
  ]);
  assert.deepEqual(detected(aptUnpinned, run("sudo apt -t stable install curl")), ["2:32 Package curl has no version"]);
  for (const script of [
    "apt-get install -y curl=8.1",
    "apt-get install $P",
    "apt-get install ./a.deb",
    "apt-get update",
    "apt install",
  ]) {
    assert.deepEqual(detected(aptUnpinned, run(script)), [], script);
  }
});

test("recommended packages are found, and no edit takes away what may be needed", () => {
  assert.deepEqual(detected(aptRecommends, run("apt-get install -y curl")), [
    "2:5 apt-get install also installs recommended packages",
  ]);
  for (const packages of ["gcc", "git curl", "-y \\\n  # the client\n  curl"]) {
    const [finding] = findings(aptRecommends, run(`apt-get update && apt-get install ${packages}`));
    assert.equal(finding?.fix?.kind, "instruction", packages);
  }
  for (const script of [
    "apt-get install --no-install-recommends curl",
    "apt-get -o APT::Install-Recommends=false install curl",
    "echo 'APT::Install-Recommends \"false\";' > /etc/apt/apt.conf.d/x && apt-get install curl",
    "apt-get remove curl",
  ]) {
    assert.deepEqual(detected(aptRecommends, run(script)), [], script);
  }
});

test("lists that stay are found and removed at the end of the RUN", () => {
  assert.deepEqual(detected(aptCacheKept, run("apt-get update && apt-get install curl")), [
    "2:5 apt package lists remain in the layer",
  ]);
  assert.equal(
    fixed(aptCacheKept, "FROM a:1\nRUN apt-get update && \\\n  apt-get install curl   \nUSER 1\n"),
    "FROM a:1\nRUN apt-get update && \\\n  apt-get install curl && rm -rf /var/lib/apt/lists/*   \nUSER 1\n",
  );
  for (const script of [
    "apt-get update && apt-get install curl && rm -rf /var/lib/apt/lists/*",
    "apt-get update; rm -r /var/lib/apt",
    "--mount=type=cache,target=/var/lib/apt,sharing=locked apt-get update",
    "--mount=type=tmpfs,dst=/var/lib/apt/lists/ apt-get update",
  ]) {
    assert.deepEqual(detected(aptCacheKept, run(script)), [], script);
  }
});

test("where a removal at the end might not run, there is no edit", () => {
  for (const script of [
    "apt-get update || true",
    "apt-get update; id",
    "if true; then apt-get update; fi",
    "<<EOF\napt-get update\nEOF",
  ]) {
    assert.deepEqual(
      findings(aptCacheKept, run(script)).map(({ fix }) => fix?.kind),
      ["instruction"],
      script,
    );
  }
});

test("a stage that only lends files may keep them", () => {
  const text = dockerfile`
    FROM debian:13 AS build
    RUN apt-get update
    FROM debian:13
    COPY --from=build /a /a
  `;
  assert.deepEqual(detected(aptCacheKept, text), []);
});
