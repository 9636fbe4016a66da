import assert from "node:assert/strict";
import { test } from "node:test";
import { apkUnpinned } from "./apk-unpinned.ts";
import { cargoInstallUnpinned } from "./cargo-install-unpinned.ts";
import { dnfUnpinned } from "./dnf-unpinned.ts";
import { detected, findings } from "./dockerfile/lint.fixture.ts";
import type { LintCheck } from "./dockerfile/lint-check.ts";
import { gemUnpinned } from "./gem-unpinned.ts";
import { goInstallUnpinned } from "./go-install-unpinned.ts";
import { lockfileNotFrozen } from "./lockfile-not-frozen.ts";
import { npmInstallInsteadOfCi } from "./npm-install-instead-of-ci.ts";
import { npmUnpinned } from "./npm-unpinned.ts";
import { pipUnpinned } from "./pip-unpinned.ts";
import { zypperUnpinned } from "./zypper-unpinned.ts";

const run = (script: string): string => `FROM debian:13\nRUN ${script}\n`;

function finds(check: LintCheck, scripts: readonly string[], none: readonly string[]): void {
  for (const script of scripts) assert.equal(findings(check, run(script)).length, 1, script);
  for (const script of none) assert.deepEqual(detected(check, run(script)), [], script);
}

test("packages of distributions", () => {
  assert.deepEqual(detected(apkUnpinned, run("apk add --no-cache curl git=~2.47 jq")), [
    "2:24 2 packages have no version",
  ]);
  finds(
    apkUnpinned,
    ["apk add --virtual .build gcc", "apk add curl@edge"],
    ["apk add curl=8.11.1-r0", "apk add 'curl>8'", "apk add curl~8", "apk add ./a.apk", "apk add $P", "apk del curl"],
  );
  finds(
    dnfUnpinned,
    ["dnf install -y curl", "yum -y install python3-pip", "microdnf install gcc-c++"],
    [
      "dnf install -y curl-7.76.1-31.el9",
      "dnf install -y a.rpm",
      "dnf install -y @development",
      "dnf install -y https://e.com/a.rpm",
    ],
  );
  finds(zypperUnpinned, ["zypper -n in curl"], ["zypper -n in curl=8.6.0", "zypper -n in ./a.rpm", "zypper se curl"]);
});

test("packages of languages", () => {
  assert.deepEqual(detected(pipUnpinned, run("pip install flask requests==2.32.3")), [
    "2:17 Package flask has no version",
  ]);
  finds(
    pipUnpinned,
    ["pip install 'flask>=2'", "pip install flask[async]", "pip install -U pip"],
    [
      "pip install flask==3.1.0",
      "pip install 'flask~=3.1'",
      "pip install 'flask>=3,<4'",
      "pip install -r requirements.txt",
      "pip install -c constraints.txt flask",
      "pip install .",
      "pip install ./a",
      "pip install -e .[dev]",
      "pip install git+https://example.com/a@0123abc",
      "pip install a-1.0-py3-none-any.whl",
      "pip install --no-index --find-links=/wheels a",
      "pip install flask==$V",
    ],
  );
  finds(
    gemUnpinned,
    ["gem install rake bundler:2.5.23"],
    [
      "gem install bundler:2.5.23",
      "gem install bundler -v 2.5.23",
      "gem install --version=1 rake",
      "gem install a.gem",
    ],
  );
  finds(
    cargoInstallUnpinned,
    ["cargo install --locked ripgrep"],
    ["cargo install ripgrep@14.1.1", "cargo install ripgrep --version 14.1.1", "cargo install --path .", "cargo build"],
  );
  finds(
    goInstallUnpinned,
    ["go install example.com/a/b@latest", "go install example.com/a/b", "go get -u example.com/a/b@master"],
    [
      "go install example.com/a/b@v1.2.3",
      "go install ./cmd/a",
      "go install ./...",
      "go build",
      "git clone https://example.com/a && cd a && go install example.com/a",
      "go install example.com/a@$V",
    ],
  );
  assert.deepEqual(detected(goInstallUnpinned, "FROM a:1\nCOPY go.mod .\nRUN go install example.com/a/b\n"), []);
  finds(
    npmUnpinned,
    ["npm install -g yarn", "npm i -g @angular/cli@latest"],
    ["npm install -g yarn@1.22.22", "npm i @a/b@^1", "npm install", "npm install ./a", "npm install a.tgz", "npm ci"],
  );
});

test("lock files that may change", () => {
  const copy = "FROM a:1\nCOPY package*.json ./\nRUN ";
  assert.deepEqual(detected(npmInstallInsteadOfCi, `${copy}npm install\n`), [
    "3:9 npm install can change the lockfile",
  ]);
  for (const script of ["npm ci", "npm install -g a@1", "npm install a@1"]) {
    assert.deepEqual(detected(npmInstallInsteadOfCi, `${copy}${script}\n`), [], script);
  }
  assert.deepEqual(detected(npmInstallInsteadOfCi, "FROM a:1\nCOPY package.json ./\nRUN npm install\n"), []);
  finds(
    lockfileNotFrozen,
    ["yarn", "yarn install --production", "pnpm install", "bun install", "uv sync --no-dev"],
    [
      "yarn install --frozen-lockfile",
      "yarn --immutable",
      "pnpm i --frozen-lockfile",
      "CI=1 pnpm install",
      "uv sync --locked",
      "yarn build",
      "yarn --version",
      "pnpm install -g a@1",
    ],
  );
  assert.deepEqual(detected(lockfileNotFrozen, "FROM a:1\nENV CI=true\nRUN pnpm install\n"), []);
});
