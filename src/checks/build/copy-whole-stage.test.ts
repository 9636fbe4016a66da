import assert from "node:assert/strict";
import { test } from "node:test";
import { copyWholeStage } from "./copy-whole-stage.ts";
import { detected } from "./dockerfile/lint.fixture.ts";

test("a file system that is copied over another one is found", () => {
  for (const copy of ["COPY --from=build / /", 'COPY --from=build "/" "/"', 'COPY --from=build ["/", "/"]']) {
    assert.deepEqual(
      detected(copyWholeStage, `FROM debian:13 AS build\nFROM alpine:3\n${copy}\n`),
      ["3:1 COPY copies every file of build over the image"],
      copy,
    );
  }
  assert.deepEqual(detected(copyWholeStage, "FROM alpine:3\nCOPY --from=docker.io/tonistiigi/xx:1 / /\n"), [
    "2:1 COPY copies every file of docker.io/tonistiigi/xx:1 over the image",
  ]);
});

test("a folder, a place of its own, the context, and an empty image are none", () => {
  for (const copy of [
    "COPY --from=build /app /",
    "COPY --from=build / /app",
    "COPY / /",
    "COPY --from=build /app/ /app/",
  ]) {
    assert.deepEqual(detected(copyWholeStage, `FROM debian:13 AS build\nFROM alpine:3\n${copy}\n`), [], copy);
  }
  assert.deepEqual(detected(copyWholeStage, "FROM debian:13 AS build\nFROM scratch\nCOPY --from=build / /\n"), []);
});
