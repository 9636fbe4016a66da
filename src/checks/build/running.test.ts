import assert from "node:assert/strict";
import { test } from "node:test";
import { detected, findings, fixed } from "./dockerfile/lint.fixture.ts";
import { invalidStopSignal } from "./invalid-stop-signal.ts";
import { missingHealthcheck } from "./missing-healthcheck.ts";
import { runtimeSocket } from "./runtime-socket.ts";
import { systemVolume } from "./system-volume.ts";
import { userByName } from "./user-by-name.ts";

test("a server without a HEALTHCHECK is found", () => {
  assert.deepEqual(detected(missingHealthcheck, "FROM a:1\nEXPOSE 8080\n"), [
    "2:1 Image exposes a port and has no HEALTHCHECK",
  ]);
  for (const text of [
    "FROM a:1\nCMD a\n",
    "FROM a:1\nEXPOSE 8080\nHEALTHCHECK CMD a\n",
    "FROM a:1\nEXPOSE 8080\nHEALTHCHECK NONE\n",
    "FROM a:1 AS x\nHEALTHCHECK CMD a\nFROM x\nEXPOSE 8080\n",
    "FROM a:1 AS x\nEXPOSE 8080\nFROM b:1\n",
  ]) {
    assert.deepEqual(detected(missingHealthcheck, text), [], text);
  }
});

test("a user by name becomes a number where the file says which", () => {
  const title = "USER app is a name: Kubernetes cannot verify that the user is not root";
  assert.deepEqual(detected(userByName, "FROM a:1\nUSER app\n"), [`2:6 ${title}`]);
  for (const run of [
    "useradd -u 10001 app",
    "adduser -D -u 10001 app",
    "useradd --uid=10001 -g 0 -s /sbin/nologin app",
  ]) {
    assert.equal(fixed(userByName, `FROM a:1\nRUN ${run}\nUSER app\n`), `FROM a:1\nRUN ${run}\nUSER 10001\n`, run);
  }
  const below = "FROM a:1 AS base\nRUN useradd -u 10001 app\nFROM base\nUSER app\n";
  assert.equal(fixed(userByName, below), below.replace("USER app", "USER 10001"));
});

test("a user whose number is not certain stays as it is", () => {
  for (const text of [
    "FROM a:1\nRUN useradd app\nUSER app\n",
    "FROM a:1\nRUN useradd -u $UID app\nUSER app\n",
    "FROM a:1\nRUN id app || useradd -u 10001 app\nUSER app\n",
    "FROM a:1\nRUN useradd -u 10001 app && usermod -u 10002 app\nUSER app\n",
    "FROM a:1\nRUN useradd -u 10001 other\nUSER app\n",
    "FROM a:1\nRUN useradd -u 10001 app\nUSER app:staff\n",
    "FROM a:1\nRUN useradd -u 0 app\nUSER app\n",
    'FROM a:1\nRUN useradd -u 10001 app\nUSER "app"\n',
  ]) {
    assert.equal(findings(userByName, text).length, 1, text);
    assert.equal(fixed(userByName, text), text);
  }
  for (const user of ["10001", "10001:10001", "root", "$USER"]) {
    assert.deepEqual(detected(userByName, `FROM a:1\nUSER ${user}\n`), [], user);
  }
  assert.deepEqual(detected(userByName, "FROM a:1\nUSER app\nUSER 10001\n"), []);
});

test("volumes over folders of the system are found", () => {
  assert.deepEqual(detected(systemVolume, 'FROM a:1\nVOLUME ["/data", "/etc"]\n'), [
    "2:18 Volume /etc is a system directory",
  ]);
  for (const path of ["/", "/root/", "/proc", "/usr/bin/x", "/sys/fs", "/home"]) {
    assert.equal(detected(systemVolume, `FROM a:1\nVOLUME ${path}\n`).length, 1, path);
  }
  for (const path of [
    "/etc/nginx/conf.d",
    "/var/lib/app",
    "/home/app",
    "/root/.cache",
    "/usr/share/app",
    "/tmp",
    "$X",
  ]) {
    assert.deepEqual(detected(systemVolume, `FROM a:1\nVOLUME ${path}\n`), [], path);
  }
});

test("the engine's socket is found where an image counts on it", () => {
  for (const instruction of [
    "VOLUME /var/run/docker.sock",
    "ENV DOCKER_HOST=unix:///var/run/docker.sock",
    "RUN chmod 666 /var/run/docker.sock",
    "RUN ln -s /run/podman/podman.sock /run/docker.sock",
    'CMD ["agent", "--host", "unix:///run/containerd/containerd.sock"]',
    "RUN --mount=type=bind,target=/var/run/docker.sock docker build .",
  ]) {
    assert.equal(detected(runtimeSocket, `FROM a:1\n${instruction}\n`).length, 1, instruction);
  }
  for (const instruction of [
    "RUN echo mount /var/run/docker.sock to use it",
    "VOLUME /var/run",
    "ENV DOCKER_HOST=tcp://docker:2376",
    "RUN apt-get install -y docker.io",
    "CMD cat /run/docker.socket.txt",
  ]) {
    assert.deepEqual(detected(runtimeSocket, `FROM a:1\n${instruction}\n`), [], instruction);
  }
});

test("signals that stop nothing in order are found", () => {
  const killed = "cannot be caught, so the program cannot shut down cleanly";
  assert.deepEqual(detected(invalidStopSignal, "FROM a:1\nSTOPSIGNAL SIGKILL\n"), [`2:12 SIGKILL ${killed}`]);
  assert.deepEqual(detected(invalidStopSignal, "FROM a:1\nSTOPSIGNAL 9\n"), [`2:12 9 ${killed}`]);
  assert.deepEqual(detected(invalidStopSignal, "FROM a:1\nSTOPSIGNAL SIGFOO\n"), ["2:12 SIGFOO is not a signal"]);
  assert.deepEqual(detected(invalidStopSignal, "FROM a:1\nSTOPSIGNAL 99\n"), ["2:12 99 is no number of a signal"]);
  for (const signal of ["SIGTERM", "quit", "15", "SIGRTMIN+3", "SIGWINCH", "$SIGNAL"]) {
    assert.deepEqual(detected(invalidStopSignal, `FROM a:1\nSTOPSIGNAL ${signal}\n`), [], signal);
  }
});
