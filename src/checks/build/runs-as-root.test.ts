import assert from "node:assert/strict";
import { test } from "node:test";
import { detected } from "./dockerfile/lint.fixture.ts";
import { runsAsRoot } from "./runs-as-root.ts";

const none = "1:1 No USER: runs as the base image's user, usually root";

test("no USER, root and 0 are found", () => {
  assert.deepEqual(detected(runsAsRoot, "FROM debian:13\n"), [none]);
  assert.deepEqual(detected(runsAsRoot, "FROM scratch\nCOPY a /\n"), [none]);
  assert.deepEqual(detected(runsAsRoot, "FROM debian:13\nUSER root\n"), ["2:6 Final stage runs as root"]);
  assert.deepEqual(detected(runsAsRoot, "FROM debian:13\nUSER 0:1000\n"), ["2:6 Final stage runs as 0 (root)"]);
  assert.deepEqual(detected(runsAsRoot, "FROM debian:13\nUSER 1000\nUSER root:root\n"), [
    "3:6 Final stage runs as root",
  ]);
});

test("every spelling that an engine takes for root is found", () => {
  for (const user of ["00", "+0:0", "-0", "+00:1000", ":1000", '""']) {
    const name = user === '""' ? "" : (user.split(":")[0] ?? "");
    const title = name === "" ? "USER is empty: final stage runs as root" : `Final stage runs as ${name} (root)`;
    assert.deepEqual(detected(runsAsRoot, `FROM debian:13\nUSER ${user}\n`), [`2:6 ${title}`], user);
  }
  assert.deepEqual(detected(runsAsRoot, "FROM debian:13\nUSER 0x0\n"), []);
});

test("the default of a variable, and what ONBUILD triggers, are found", () => {
  const byDefault = "FROM debian:13\nARG U\nUSER @{U:-root}\n".replace("@", "$");
  assert.deepEqual(detected(runsAsRoot, byDefault), ["3:6 Final stage runs as root"]);
  const triggered = "FROM debian:13 AS base\nONBUILD USER root\nUSER 1000\nFROM base\n";
  assert.deepEqual(detected(runsAsRoot, triggered), ["2:14 Final stage runs as root"]);
});

test("another user at the end is none, whoever came before", () => {
  assert.deepEqual(detected(runsAsRoot, "FROM debian:13\nUSER root\nUSER 10001:10001\n"), []);
  assert.deepEqual(detected(runsAsRoot, "FROM debian:13\nUSER app\n"), []);
});

test("only the last stage counts, with what it is built on", () => {
  assert.deepEqual(detected(runsAsRoot, "FROM debian:13 AS build\nUSER app\nFROM alpine:3.22\n"), [
    none.replace("1:1", "3:1"),
  ]);
  assert.deepEqual(detected(runsAsRoot, "FROM debian:13 AS base\nUSER app\nFROM base\nRUN id\n"), []);
  assert.deepEqual(detected(runsAsRoot, "FROM debian:13 AS base\nUSER 0\nFROM Base\n"), [
    "2:6 Final stage runs as 0 (root)",
  ]);
});

test("variables count by what the file says of them", () => {
  assert.deepEqual(detected(runsAsRoot, "FROM debian:13\nARG U=root\nUSER $U\n"), ["3:6 Final stage runs as root"]);
  assert.deepEqual(detected(runsAsRoot, "FROM debian:13\nARG U\nUSER $U\n"), []);
  assert.deepEqual(detected(runsAsRoot, `FROM debian:13\nENV U=1000\nUSER $${"{U:-root}"}\n`), []);
});

test("base images that name another user are none", () => {
  assert.deepEqual(detected(runsAsRoot, "FROM gcr.io/distroless/static-debian12:nonroot\n"), []);
  assert.deepEqual(detected(runsAsRoot, "FROM nginxinc/nginx-unprivileged:1.29\n"), []);
  assert.deepEqual(detected(runsAsRoot, "FROM cgr.dev/chainguard/static\n"), []);
});
