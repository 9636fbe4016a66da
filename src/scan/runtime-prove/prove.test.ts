import assert from "node:assert/strict";
import { test } from "node:test";
import type { AlertSearch } from "./find-alert.ts";
import { prove } from "./prove.ts";

test("once the alert is found nothing waits on, so that the program ends", async () => {
  const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length;
  const before = timers();
  const nonce = "0123456789abcdef0123456789abcdef";
  let search: AlertSearch | undefined;
  const proved = await prove({
    about: { node: "node-1" },
    nonce,
    milliseconds: 600_000,
    open: async (given) => {
      search = given;
      return [{ place: "file alerts.json", fault: () => undefined, close: async () => undefined }];
    },
    makeEvent: async () => {
      search?.line(
        JSON.stringify({
          time: "2026-03-01T12:00:00.25Z",
          rule: "Drop and execute new binary in container",
          priority: "Critical",
          output: `Executing binary not part of base image | proc_exe=/tmp/bulkhead-proof-${nonce}`,
          output_fields: {},
        }),
        "file alerts.json",
      );
      return { at: new Date("2026-03-01T12:00:00Z"), event: "a program was executed" };
    },
  });
  assert.equal(proved.kind === "recorded" && proved.proof.outcome, "alerted");
  assert.equal(timers(), before);
});
