import assert from "node:assert/strict";
import { test } from "node:test";
import { aptInScript } from "./apt-in-script.ts";
import { aptUpdateAlone } from "./apt-update-alone.ts";
import { buildToolsShipped } from "./build-tools-shipped.ts";
import { debugToolsShipped } from "./debug-tools-shipped.ts";
import { distributionUpgrade } from "./distribution-upgrade.ts";
import { detected, findings, fixed } from "./dockerfile/lint.fixture.ts";
import type { LintCheck } from "./dockerfile/lint-check.ts";
import { installWithoutYes } from "./install-without-yes.ts";
import { shellStateLost } from "./shell-state-lost.ts";
import { uselessCommand } from "./useless-command.ts";
import { wgetAndCurl } from "./wget-and-curl.ts";

const run = (script: string): string => `FROM debian:13\nRUN ${script}\n`;

function finds(check: LintCheck, scripts: readonly string[], none: readonly string[]): void {
  for (const script of scripts) assert.equal(findings(check, run(script)).length, 1, script);
  for (const script of none) assert.deepEqual(detected(check, run(script)), [], script);
}

test("package managers that ask", () => {
  assert.deepEqual(detected(installWithoutYes, run("apt-get install curl")), [
    "2:5 apt-get install prompts for confirmation",
  ]);
  assert.equal(fixed(installWithoutYes, run("apt-get install curl")), run("apt-get install -y curl"));
  assert.equal(fixed(installWithoutYes, run("zypper in curl")), run("zypper in -y curl"));
  finds(
    installWithoutYes,
    ["dnf install curl", "apt-get install -q curl"],
    [
      "apt-get install -y curl",
      "apt-get -y install curl",
      "apt-get install -qqy curl",
      "apt-get -qq install curl",
      "apt-get install --assume-yes curl",
      "yes | apt-get install curl",
      "apt-get install $APT_OPTS curl",
      "echo 'APT::Get::Assume-Yes \"true\";' > /etc/apt/apt.conf.d/a && apt-get install curl",
      "zypper --non-interactive in curl",
      "dnf -y install curl",
      "apk add curl",
    ],
  );
});

test("lists that are older than what they are for", () => {
  const text = "FROM a:1\nRUN apt-get update\nRUN apt-get install -y curl\n";
  assert.deepEqual(detected(aptUpdateAlone, text), ["2:5 apt-get update runs apart from the install on line 3"]);
  for (const none of [
    "FROM a:1\nRUN apt-get update && apt-get install -y curl\n",
    "FROM a:1\nRUN apt-get update\nRUN apt-get update && apt-get install -y curl\n",
    "FROM a:1\nRUN apt-get update\n",
    "FROM a:1\nRUN apt-get update\nFROM a:1\nRUN apt-get install -y curl\n",
    "FROM a:1\nRUN --mount=type=cache,target=/var/lib/apt apt-get update\nRUN apt-get install -y curl\n",
  ]) {
    assert.deepEqual(detected(aptUpdateAlone, none), [], none);
  }
});

test("apt is for a terminal", () => {
  assert.deepEqual(detected(aptInScript, run("apt update")), ["2:5 apt update has no stable interface for scripts"]);
  assert.equal(
    fixed(aptInScript, run("apt update && apt install -y curl")),
    run("apt-get update && apt-get install -y curl"),
  );
  finds(aptInScript, ["apt full-upgrade"], ["apt-get update", "apt list", "apt-cache show curl"]);
});

test("the base's packages are brought up to date", () => {
  finds(
    distributionUpgrade,
    ["apt-get -y upgrade", "apk upgrade --no-cache", "dnf -y update", "zypper -n dup"],
    ["apt-get update", "dnf -y update curl", "apk add --upgrade curl", "apk update", "zypper ref"],
  );
});

test("tools in what ships", () => {
  assert.deepEqual(detected(debugToolsShipped, run("apt-get install -y curl nmap=7 gdb")), [
    "2:29 nmap, gdb are installed in the final image",
  ]);
  finds(
    debugToolsShipped,
    ["apk add netcat-openbsd"],
    ["apk add curl", "apk add gdb && make test && apk del gdb", "apt-get install -y libgdb-dev"],
  );
  assert.deepEqual(detected(debugToolsShipped, 'FROM a:1\nRUN apk add nmap\nENTRYPOINT ["nmap"]\n'), []);
  finds(
    buildToolsShipped,
    ["apt-get install -y build-essential", "apk add --virtual .build gcc && make"],
    [
      "apk add --virtual .build gcc make && make && apk del .build",
      "apk add -t .build gcc && make && apk del --purge .build",
      "apt-get install -y gcc && make && apt-get purge -y gcc",
      "apt-get install -y $DEPS",
      "apt-get install -y gcc && make && apt-get purge -y --auto-remove $BUILD_DEPS",
    ],
  );
  const lent = "FROM a:1 AS b\nRUN apk add gcc gdb\nFROM c:1\nCOPY --from=b /x /x\n";
  assert.deepEqual([...detected(buildToolsShipped, lent), ...detected(debugToolsShipped, lent)], []);
  assert.deepEqual(detected(wgetAndCurl, run("apk add curl && apk add wget")), [
    "2:29 Both wget and curl are installed",
  ]);
  finds(wgetAndCurl, [], ["apk add curl", "apk add wget"]);
});

test("what a RUN's shell forgets", () => {
  assert.deepEqual(detected(shellStateLost, run("cd /app")), ["2:5 cd has no effect after its RUN ends"]);
  finds(
    shellStateLost,
    ["id && export A=1", "service nginx start", "umask 027", "/etc/init.d/nginx start"],
    ["cd /app && make", "export A=1; make", "(cd /app)", "service nginx start && make test", "make"],
  );
});

test("commands for a terminal", () => {
  finds(
    uselessCommand,
    ["vim a", "id && top", "shutdown now"],
    ["vim --version", "uptime | cut -c1", "apt-get install -y vim"],
  );
});
