import assert from "node:assert/strict";
import { test } from "node:test";
import { addUrl } from "./add-url.ts";
import { detected } from "./dockerfile/lint.fixture.ts";
import { sudo } from "./sudo.ts";
import { worldWritableMode } from "./world-writable-mode.ts";

const after = (instruction: string): string => `FROM debian:13\n${instruction}\n`;

test("modes that let everybody write are found", () => {
  for (const [instruction, title] of [
    ["RUN chmod 777 /a", "2:5 chmod 777 makes files world-writable"],
    ["RUN id && chmod -R 0666 /a", "2:11 chmod 0666 makes files world-writable"],
    ["RUN chmod a+rwx /a", "2:5 chmod a+rwx makes files world-writable"],
    ["RUN chmod u+x,o+w /a", "2:5 chmod u+x,o+w makes files world-writable"],
    ["RUN mkdir -p -m 777 /a", "2:5 mkdir -m 777 makes files world-writable"],
    ["RUN install -m0777 a /a", "2:5 install -m 0777 makes files world-writable"],
    ["COPY --chmod=777 a /a", "2:14 COPY --chmod=777 makes files world-writable"],
  ] as const) {
    assert.deepEqual(detected(worldWritableMode, after(instruction)), [title], instruction);
  }
  for (const instruction of [
    "RUN chmod 755 /a",
    "RUN chmod 1777 /tmp",
    "RUN chmod +x /a",
    "RUN chmod g+w /a",
    "RUN chmod o-w /a",
    "RUN chmod $M a",
  ]) {
    assert.deepEqual(detected(worldWritableMode, after(instruction)), [], instruction);
  }
});

test("ADD from the network needs a checksum or a commit", () => {
  const commit = "0123456789".repeat(4);
  for (const [instruction, count] of [
    ["ADD https://example.com/a.tgz /a", 1],
    ['ADD ["https://example.com/a.tgz", "/a"]', 1],
    [`ADD --checksum=sha256:${"0".repeat(64)} https://example.com/a.tgz /a`, 0],
    ["ADD https://github.com/acme/x.git#v1 /a", 1],
    [`ADD https://github.com/acme/x.git#${commit} /a`, 0],
    ["ADD git@github.com:acme/x.git /a", 1],
    ["ADD a.tgz b.tgz /a/", 0],
    ["COPY a /a", 0],
    ["ONBUILD ADD https://example.com/a /a", 1],
  ] as const) {
    assert.equal(detected(addUrl, after(instruction)).length, count, instruction);
  }
});

test("sudo is found before a command and as one", () => {
  assert.deepEqual(detected(sudo, after("RUN sudo -u app apt-get update")), ["2:5 apt-get runs with sudo"]);
  assert.deepEqual(detected(sudo, after("RUN echo a | sudo tee /etc/a")), ["2:14 tee runs with sudo"]);
  assert.deepEqual(detected(sudo, after('CMD ["sudo", "nginx"]')), ["2:5 nginx runs with sudo"]);
  assert.deepEqual(detected(sudo, after("RUN apt-get install sudo && echo sudo")), []);
});
