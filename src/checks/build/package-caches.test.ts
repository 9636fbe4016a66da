import assert from "node:assert/strict";
import { test } from "node:test";
import { apkCacheKept } from "./apk-cache-kept.ts";
import { dnfCacheKept } from "./dnf-cache-kept.ts";
import { detected, findings, fixed } from "./dockerfile/lint.fixture.ts";
import type { LintCheck } from "./dockerfile/lint-check.ts";
import { nodeCacheKept } from "./node-cache-kept.ts";
import { pipCacheKept } from "./pip-cache-kept.ts";
import { zypperCacheKept } from "./zypper-cache-kept.ts";

const run = (script: string): string => `FROM debian:13\nRUN ${script}\n`;

function finds(check: LintCheck, scripts: readonly string[], none: readonly string[]): void {
  for (const script of scripts) assert.equal(findings(check, run(script)).length, 1, script);
  for (const script of none) assert.deepEqual(detected(check, run(script)), [], script);
}

test("apk's index", () => {
  assert.deepEqual(detected(apkCacheKept, run("apk update && apk add curl")), [
    "2:5 The apk cache remains in the layer",
  ]);
  assert.equal(fixed(apkCacheKept, run("apk add -U curl")), run("apk add --no-cache -U curl"));
  finds(
    apkCacheKept,
    ["apk --update add curl", "apk update && apk add --no-cache curl"],
    [
      "apk add --no-cache curl",
      "apk --no-cache add curl",
      "apk add curl",
      "apk update && apk add curl && rm -rf /var/cache/apk/*",
      "--mount=type=cache,target=/var/cache/apk apk add -U curl",
      "--mount=type=cache,target=/var/cache apk add -U curl",
    ],
  );
});

test("pip's cache", () => {
  assert.deepEqual(detected(pipCacheKept, run("pip3 install a==1")), ["2:5 The pip cache remains in the layer"]);
  assert.equal(
    fixed(pipCacheKept, run("python3 -m pip install \\\n  -r a.txt && id")),
    run("python3 -m pip install --no-cache-dir \\\n  -r a.txt && id"),
  );
  finds(
    pipCacheKept,
    ["--mount=type=bind,target=/src pip install a"],
    [
      "pip install --no-cache-dir a",
      "--mount=type=cache,target=/root/.cache/pip pip install a",
      "--mount=type=cache,target=/home/app/.cache pip install a",
      "pip install a && rm -rf /root/.cache",
      "pip install a && rm -rf ~/.cache/pip",
      "pip install a && pip cache purge",
      "PIP_NO_CACHE_DIR=1 pip install a",
    ],
  );
  assert.deepEqual(
    detected(pipCacheKept, "FROM a:1 AS b\nENV PIP_NO_CACHE_DIR=1\nFROM b\nRUN pip install a\n"),
    [],
    "set by a stage below",
  );
  assert.deepEqual(detected(pipCacheKept, "FROM a:1 AS b\nRUN pip install a\nFROM c:1\nCOPY --from=b /x /x\n"), []);
});

test("dnf's, yum's and zypper's caches", () => {
  assert.deepEqual(detected(dnfCacheKept, run("yum install -y curl")), ["2:5 The yum cache remains in the layer"]);
  assert.equal(
    fixed(dnfCacheKept, run("microdnf install -y curl")),
    run("microdnf install -y curl && microdnf clean all"),
  );
  finds(
    dnfCacheKept,
    ["dnf -y update && dnf install -y curl", "dnf install -y curl || true"],
    [
      "dnf install -y curl && dnf clean all",
      "dnf install -y curl && rm -rf /var/cache/dnf",
      "dnf install -y curl && rm -rf /var/cache/*",
      "--mount=type=cache,target=/var/cache/dnf dnf install -y curl",
      "dnf repolist",
    ],
  );
  assert.equal(
    fixed(zypperCacheKept, run("zypper -n install curl")),
    run("zypper -n install curl && zypper clean --all"),
  );
  finds(
    zypperCacheKept,
    ["zypper -n refresh"],
    ["zypper -n in curl && zypper clean -a", "zypper -n in curl && rm -rf /var/cache/zypp/*", "zypper search curl"],
  );
});

test("npm's and yarn's caches", () => {
  assert.deepEqual(detected(nodeCacheKept, run("npm ci")), ["2:5 The npm cache remains in the layer"]);
  finds(
    nodeCacheKept,
    ["yarn install --frozen-lockfile", "yarn", "npm install -g a@1"],
    [
      "npm ci && npm cache clean --force",
      "yarn && yarn cache clean",
      "npm ci && rm -rf ~/.npm",
      "--mount=type=cache,target=/root/.npm npm ci",
      "npm run build",
      "yarn build",
      "yarn --version",
    ],
  );
  assert.deepEqual(detected(nodeCacheKept, "FROM a:1 AS b\nRUN npm ci\nFROM c:1\nCOPY --from=b /x /x\n"), []);
});
