import assert from "node:assert/strict";
import { test } from "node:test";
import { detected } from "./dockerfile/lint.fixture.ts";
import { invalidPort } from "./invalid-port.ts";
import { privilegedPort } from "./privileged-port.ts";
import { remoteAdministrationPort } from "./remote-administration-port.ts";

test("what is no port is found", () => {
  for (const word of ["0", "65536", "99999999", "80/http", "9000-8000", "127.0.0.1:80:80", "80:80", "http"]) {
    assert.equal(detected(invalidPort, `FROM a:1\nEXPOSE 8080 ${word}\n`).length, 1, word);
  }
  assert.deepEqual(detected(invalidPort, "FROM a:1\nEXPOSE 8080 70000\n"), [
    "2:13 70000 is not a valid port (1-65535, tcp, udp or sctp)",
  ]);
  for (const words of ["80", "80/tcp 53/UDP 9/sctp", "8000-8010", "$PORT", "65535"]) {
    assert.deepEqual(detected(invalidPort, `FROM a:1\nEXPOSE ${words}\n`), [], words);
  }
  assert.deepEqual(detected(invalidPort, 'FROM a:1\nARG PORTS="80 81"\nEXPOSE $PORTS\n'), []);
});

test("ports below 1024 are found in what ships", () => {
  assert.deepEqual(detected(privilegedPort, "FROM a:1\nARG PORT=80\nEXPOSE 8080 443/tcp $PORT\n"), [
    "3:13 Port 443/tcp is privileged (below 1024)",
    "3:21 Port $PORT is privileged (below 1024)",
  ]);
  assert.deepEqual(detected(privilegedPort, "FROM a:1 AS x\nEXPOSE 80\nFROM b:1\nEXPOSE 1024\n"), []);
  assert.equal(detected(privilegedPort, "FROM a:1 AS x\nEXPOSE 80\nFROM x\n").length, 1);
});

test("ports for administration are found", () => {
  assert.deepEqual(detected(remoteAdministrationPort, "FROM a:1\nEXPOSE 22 2375/tcp 8080\n"), [
    "2:8 Port 22 (SSH) is exposed",
    "2:11 Port 2375/tcp (Docker's API without TLS) is exposed",
  ]);
  for (const words of ["514/udp", "8080", "1-100", "2222"]) {
    assert.deepEqual(detected(remoteAdministrationPort, `FROM a:1\nEXPOSE ${words}\n`), [], words);
  }
});
