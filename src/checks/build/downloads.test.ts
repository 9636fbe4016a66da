import assert from "node:assert/strict";
import { test } from "node:test";
import { aptKeyAdd } from "./apt-key-add.ts";
import { decodedScriptRun } from "./decoded-script-run.ts";
import { detected, dockerfile, findings } from "./dockerfile/lint.fixture.ts";
import type { LintCheck } from "./dockerfile/lint-check.ts";
import { gitCloneUnpinned } from "./git-clone-unpinned.ts";
import { packageSignaturesOff } from "./package-signatures-off.ts";
import { pipefailMissing } from "./pipefail-missing.ts";
import { plainHttpDownload } from "./plain-http-download.ts";
import { tlsVerificationOff } from "./tls-verification-off.ts";
import { unverifiedDownload } from "./unverified-download.ts";

const run = (script: string): string => `FROM debian:13\nRUN ${script}\n`;

function finds(check: LintCheck, scripts: readonly string[], none: readonly string[]): void {
  for (const script of scripts) assert.equal(findings(check, run(script)).length, 1, script);
  for (const script of none) assert.deepEqual(detected(check, run(script)), [], script);
}

test("packages that nobody has signed", () => {
  assert.deepEqual(detected(packageSignaturesOff, run("apt-get install -y --allow-unauthenticated curl")), [
    "2:5 --allow-unauthenticated disables package signature verification",
  ]);
  finds(
    packageSignaturesOff,
    [
      "apt-get install --force-yes curl",
      "apt-get -o Acquire::AllowInsecureRepositories=true update",
      "echo 'deb [trusted=yes] https://example.com/ stable main' > /etc/apt/sources.list.d/a.list",
      "dnf install -y --nogpgcheck curl",
      "dnf --setopt=gpgcheck=0 install -y curl",
      "rpm -i --nosignature a.rpm",
      "apk add --allow-untrusted a.apk",
      "zypper --no-gpg-checks install curl",
      "cat > /etc/yum.repos.d/a.repo <<EOF\n[a]\ngpgcheck=0\nEOF",
    ],
    [
      "apt-get install -y curl",
      "echo 'deb [signed-by=/etc/apt/keyrings/a.gpg] https://example.com/ stable main' > /a.list",
      "apt-get -o Acquire::AllowInsecureRepositories=false update",
      "echo 'sum  a.apk' | sha256sum -c && apk add --allow-untrusted a.apk",
      "grep gpgcheck=0 /etc/yum.repos.d/a.repo",
    ],
  );
});

test("keys that are trusted for every repository", () => {
  finds(
    aptKeyAdd,
    [
      "curl -fsS https://example.com/a.asc | apt-key add -",
      "apt-key adv --keyserver keys.example.com --recv-keys 1234",
    ],
    ["apt-key list", "apt-key adv --list-keys", "gpg --dearmor -o /etc/apt/keyrings/a.gpg a.asc"],
  );
});

test("connections whose other end nobody checks", () => {
  assert.deepEqual(detected(tlsVerificationOff, run("id && curl -fsSLk https://example.com/a -o a")), [
    "2:11 curl disables certificate verification (-k)",
  ]);
  finds(
    tlsVerificationOff,
    [
      "wget --no-check-certificate https://example.com/a",
      "npm config set strict-ssl false",
      "pip install --trusted-host pypi.example.com a==1",
      "git config --global http.sslVerify false",
      "git -c http.sslVerify=false clone https://example.com/a",
      "GIT_SSL_NO_VERIFY=1 git clone https://example.com/a",
      "export NODE_TLS_REJECT_UNAUTHORIZED=0 && npm ci",
      "ssh -oStrictHostKeyChecking=no host.example",
      "apt-get -o Acquire::https::Verify-Peer=false update",
    ],
    [
      "curl -fsSL https://example.com/a -o a",
      "npm config set strict-ssl true",
      "git config http.sslVerify true",
      "GIT_SSL_NO_VERIFY=0 git clone https://example.com/a",
      "wget -k https://example.com/a",
    ],
  );
  const health = "FROM a:1\nHEALTHCHECK CMD curl -k https://localhost:8443/ || exit 1\n";
  assert.deepEqual(detected(tlsVerificationOff, health), []);
  const checked = run("curl -k https://example.com/a -o a && echo 'sum  a' | sha256sum -c");
  assert.deepEqual(
    findings(tlsVerificationOff, checked).map(({ severity }) => severity),
    ["low"],
  );
});

test("downloads without encryption", () => {
  assert.deepEqual(detected(plainHttpDownload, run("wget http://example.com/a.tgz")), [
    "2:5 wget downloads from example.com over an unencrypted connection without verification",
  ]);
  finds(
    plainHttpDownload,
    ["curl -o a ftp://example.com/a", "git clone git://example.com/a", "git clone http://example.com/a"],
    [
      "curl -o a https://example.com/a",
      "curl http://localhost:8080/ready",
      "curl http://proxy:3128/",
      "curl -O http://example.com/a && echo 'sum  a' | sha256sum -c",
      "echo http://example.com/",
    ],
  );
  assert.deepEqual(detected(plainHttpDownload, "FROM a:1\nHEALTHCHECK CMD curl -f http://example.com/\n"), []);
});

test("downloads that are unpacked or run unchecked", () => {
  assert.deepEqual(detected(unverifiedDownload, run("curl -fsSL https://example.com/a.tgz | tar xz")), [
    "2:5 curl download from example.com is used by tar without verification",
  ]);
  finds(
    unverifiedDownload,
    [
      "wget https://example.com/a.zip && unzip a.zip",
      "curl -Lo /usr/bin/a https://example.com/a && chmod +x /usr/bin/a",
      "curl -L https://example.com/a > /a.sh && sh /a.sh",
      "wget -O a.deb https://example.com/x && dpkg -i a.deb",
      "curl --output=a.tgz https://example.com/x; tar -xf a.tgz",
    ],
    [
      "curl -LO https://example.com/a.tgz && echo 'sum  a.tgz' | sha256sum -c - && tar xf a.tgz",
      "curl -LO https://example.com/a.tgz && gpg --verify a.tgz.asc && tar xf a.tgz",
      "curl https://example.com/a.asc | gpg --dearmor -o /etc/apt/keyrings/a.gpg",
      "curl -o /etc/a.json https://example.com/a.json",
      "curl -LO https://example.com/a.tgz && tar xf other.tgz",
      "curl -s https://example.com/api | jq .tag",
    ],
  );
  const later = "FROM a:1\nRUN curl -LO https://e.com/a.tgz && tar xf a.tgz\nRUN echo 'sum  a' | sha256sum -c\n";
  assert.deepEqual(detected(unverifiedDownload, later), []);
});

test("failures that a pipe swallows", () => {
  assert.deepEqual(detected(pipefailMissing, run("curl -f https://example.com/a | tar x")), [
    "2:5 Failure of curl is ignored: pipe into tar without pipefail",
  ]);
  finds(
    pipefailMissing,
    ["set -e; tar c a | gzip > b"],
    [
      "set -o pipefail && curl https://example.com/a | tar x",
      "set -euxo pipefail; curl https://example.com/a | tar x",
      "bash -o pipefail -c 'curl https://example.com/a | tar x'",
      "echo a | tee b",
      "x=$(curl https://example.com/a | jq .b) && echo $x",
      "curl https://example.com/a | sed b || true",
      "gpg --list-keys | grep b",
    ],
  );
  const shell = dockerfile`
    FROM a:1 AS base
    SHELL ["/bin/bash", "-o", "pipefail", "-c"]
    FROM base
    RUN curl https://example.com/a | tar x
    SHELL ["/bin/sh", "-c"]
    RUN curl https://example.com/b | tar x
  `;
  assert.deepEqual(detected(pipefailMissing, shell), [
    "6:5 Failure of curl is ignored: pipe into tar without pipefail",
  ]);
});

test("sources of no certain commit", () => {
  assert.deepEqual(detected(gitCloneUnpinned, run("git clone https://user@example.com/acme/x.git")), [
    "2:9 example.com/acme/x is cloned without a tag or commit",
  ]);
  finds(
    gitCloneUnpinned,
    ["git clone --depth 1 -b main https://example.com/x", "git clone git@example.com:acme/x && cd x && make"],
    [
      "git clone -b v1.2 https://example.com/x",
      "git clone --branch=v1.2 https://example.com/x",
      "git clone https://example.com/x && cd x && git checkout 0123abc",
      "git clone https://example.com/x && git -C x reset --hard 0123abc",
      "git clone ./x y",
      "git clone -b $VERSION https://example.com/x",
    ],
  );
});

test("scripts that nobody can read", () => {
  assert.deepEqual(detected(decodedScriptRun, run("echo aWQ= | base64 -d | sh")), [
    "2:17 base64 output is decoded and run by sh",
  ]);
  finds(
    decodedScriptRun,
    ['eval "$(echo aWQ= | base64 --decode)"', 'bash -c "$(echo 6964 | xxd -r -p)"'],
    ["echo aWQ= | base64 -d > /a", "echo aWQ= | base64 | sh", "base64 -d a | python3 -m json.tool"],
  );
});
