/** Forms on which checks over Dockerfiles were wrong: alarms where nothing is, and nothing where something is. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { apkCacheKept } from "./apk-cache-kept.ts";
import { aptCacheKept } from "./apt-cache-kept.ts";
import { aptUnpinned } from "./apt-unpinned.ts";
import { dnfCacheKept } from "./dnf-cache-kept.ts";
import { dnfUnpinned } from "./dnf-unpinned.ts";
import { detected } from "./dockerfile/lint.fixture.ts";
import type { LintCheck } from "./dockerfile/lint-check.ts";
import { gemUnpinned } from "./gem-unpinned.ts";
import { goInstallUnpinned } from "./go-install-unpinned.ts";
import { installWithoutYes } from "./install-without-yes.ts";
import { nodeCacheKept } from "./node-cache-kept.ts";
import { npmUnpinned } from "./npm-unpinned.ts";
import { pipCacheKept } from "./pip-cache-kept.ts";
import { pipUnpinned } from "./pip-unpinned.ts";
import { shellFormEntrypoint } from "./shell-form-entrypoint.ts";
import { undefinedVariable } from "./undefined-variable.ts";
import { zypperCacheKept } from "./zypper-cache-kept.ts";

const run = (script: string): string => `FROM debian:13\nRUN ${script}\n`;

/** How many a check finds in a RUN. */
function count(check: LintCheck, script: string): number {
  return detected(check, run(script)).length;
}

test("a value of an option is no package", () => {
  for (const [check, script] of [
    [pipUnpinned, "pip install --root-user-action ignore a==1"],
    [pipUnpinned, "pip install --no-binary lxml --only-binary numpy a==1"],
    [pipUnpinned, "pip install --report out --keyring-provider import --use-feature fast-deps a==1"],
    [npmUnpinned, "npm install --omit dev --include prod -g a@1.0.0"],
    [gemUnpinned, "gem install nokogiri:1.16.0 --platform ruby --document ri"],
    [aptUnpinned, "apt-get install -y --solver 3.0 curl=1"],
    [dnfUnpinned, "dnf install -y --repo fedora --arch x86_64 --exclude kernel curl-8.0"],
  ] as const) {
    assert.deepEqual(detected(check, run(script)), [], script);
  }
  assert.equal(count(pipUnpinned, "pip install --root-user-action=ignore a"), 1);
  assert.equal(count(pipUnpinned, "pip install --root-user-action ignore a"), 1);
});

test("what stands behind -- of gem is for the extension's build", () => {
  assert.equal(count(gemUnpinned, "gem install nokogiri:1.16.0 -- --use-system-libraries with-xml2"), 0);
  assert.equal(count(gemUnpinned, "gem install nokogiri -- --use-system-libraries"), 1);
});

test("quiet twice answers yes, however it is written", () => {
  for (const script of ["-q -q", "-qq", "-q=2", "--quiet --quiet", "-q --quiet", "-q=3"]) {
    assert.equal(count(installWithoutYes, `apt-get ${script} install curl`), 0, script);
  }
  for (const script of ["-q", "-q=1", "--quiet"]) {
    assert.equal(count(installWithoutYes, `apt-get ${script} install curl`), 1, script);
  }
});

test("what is cleaned before the install is no cleaning of it", () => {
  for (const [check, clean, install] of [
    [aptCacheKept, "rm -rf /var/lib/apt/lists/*", "apt-get update"],
    [apkCacheKept, "rm -rf /var/cache/apk/*", "apk add -U curl"],
    [pipCacheKept, "rm -rf /root/.cache", "pip install a==1"],
    [pipCacheKept, "pip cache purge", "pip install a==1"],
    [nodeCacheKept, "npm cache clean --force", "npm install a@1.0.0"],
    [nodeCacheKept, "rm -rf /root/.npm", "npm install a@1.0.0"],
    [dnfCacheKept, "dnf clean all", "dnf install -y curl-8.0"],
    [dnfCacheKept, "rm -rf /var/cache/dnf", "dnf install -y curl-8.0"],
    [zypperCacheKept, "zypper clean --all", "zypper -n install curl"],
  ] as const) {
    assert.equal(count(check, `${clean} && ${install}`), 1, `${clean} before`);
    assert.equal(count(check, `${install} && ${clean}`), 0, `${clean} behind`);
  }
});

test("what is fetched from a repository's branch is of no version", () => {
  for (const script of [
    "pip install git+https://example.com/a/b.git",
    "pip install 'b @ git+https://example.com/a/b.git@main'",
    "pip install git+ssh://git@example.com/a/b.git",
    "pipx install black",
    "pipx install git+https://example.com/a/b",
    "uv tool install ruff",
    "uv pip install --system ruff",
  ]) {
    assert.equal(count(pipUnpinned, script), 1, script);
  }
  for (const script of [
    "pip install git+https://example.com/a/b.git@v1.2.0",
    "pip install git+https://example.com/a/b.git@0123456789abcdef0123456789abcdef01234567#egg=b",
    "pipx install black==24.1.0",
    "pipx list",
    "uv tool install ruff==0.5.0",
    "pipx run --spec black==24.1.0 black",
  ]) {
    assert.equal(count(pipUnpinned, script), 0, script);
  }
  for (const script of [
    "npm install git+https://example.com/a/b.git",
    "npm install github:a/b",
    "npm install -g a/b#main",
  ]) {
    assert.equal(count(npmUnpinned, script), 1, script);
  }
  for (const script of [
    "npm install git+https://example.com/a/b.git#v1.0.0",
    "npm install ./a/b",
    "npm install a/b#semver:^1",
  ]) {
    assert.equal(count(npmUnpinned, script), 0, script);
  }
});

test("go run of no certain version", () => {
  assert.equal(count(goInstallUnpinned, "go run example.com/a/b@latest --flag x"), 1);
  assert.equal(count(goInstallUnpinned, "go run example.com/a/b@v1.0.0 example.com/c/d@latest"), 0);
  assert.equal(count(goInstallUnpinned, "go run ./cmd && go run main.go"), 0);
});

test("short verbs and modules of dnf install too", () => {
  assert.equal(count(dnfUnpinned, "dnf in -y curl"), 1);
  assert.equal(count(dnfUnpinned, "dnf -y module install nodejs"), 1);
  assert.equal(count(dnfUnpinned, "dnf -y module install nodejs:20/common"), 0);
  assert.equal(count(installWithoutYes, "dnf in curl"), 1);
  assert.equal(count(installWithoutYes, "dnf module install nodejs:20"), 1);
  assert.equal(count(dnfCacheKept, "dnf -y module install nodejs:20"), 1);
});

test("variables that nothing sets in what is copied", () => {
  const told = (text: string) => detected(undefinedVariable, text);
  assert.deepEqual(told("FROM debian:13\nCOPY app-$VERSIN.tar /x/\n"), [
    "2:6 VERSIN is not set in the file, and empty unless debian sets the variable",
  ]);
  assert.deepEqual(told("FROM acme/base:1\nCOPY bin-$TARGETARCH /x/\n"), [
    "2:6 TARGETARCH is a builder argument and empty: the stage does not declare ARG TARGETARCH",
  ]);
  assert.equal(told("FROM debian:13\nCOPY --chown=$OWNR:0 a /x/\n").length, 1);
  for (const text of [
    "FROM debian:13\nARG VERSION\nCOPY app-$VERSION.tar /x/\n",
    "FROM debian:13\nARG TARGETARCH\nCOPY bin-$TARGETARCH /x/\n",
    "FROM debian:13\nENV A=b\nCOPY $A /x/\n",
    "FROM acme/base:1\nCOPY a $WHERE\n",
    "FROM debian:13\nCOPY a $APP_HOME\n",
    "FROM tomcat:10\nCOPY a.war $CATALINA_HOME/webapps/\n",
    "FROM golang:1\nCOPY a $GOPATH/src/\n",
    "FROM debian:13\nCOPY a \u0024{B:-b}\n",
    "FROM debian:13 AS x\nARG A\nFROM x\nCOPY $A /x/\n",
  ]) {
    assert.deepEqual(told(text), [], text);
  }
});

test("a shell that is chosen is meant", () => {
  assert.deepEqual(detected(shellFormEntrypoint, 'FROM debian:13\nSHELL ["/bin/bash", "-c"]\nCMD node x\n'), []);
  assert.deepEqual(
    detected(shellFormEntrypoint, 'FROM debian:13 AS a\nSHELL ["/bin/bash", "-c"]\nFROM a\nCMD node x\n'),
    [],
  );
  assert.equal(detected(shellFormEntrypoint, 'FROM debian:13\nCMD node x\nSHELL ["/bin/bash", "-c"]\n').length, 1);
});
