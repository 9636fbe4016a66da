/** What the audit policy leaves out of the log is not passed: the command says that it was not seen. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { auditEvent } from "../../src/engines/events/audit/audit.fixture.ts";
import { program } from "../bulkhead.ts";

function replayed(changes: object): { readonly status: number | null; readonly text: string } {
  const input = JSON.stringify(
    auditEvent({ verb: "create", objectRef: { resource: "pods", namespace: "shop" }, ...changes }),
  );
  const { status, stdout } = spawnSync(process.execPath, [program, "runtime", "replay", "-"], {
    input,
    encoding: "utf8",
  });
  return { status, text: stdout };
}

test("pods that were logged without their content are unknown", () => {
  const { status, text } = replayed({ level: "Metadata", responseStatus: { code: 201 } });
  assert.equal(status, 3, text);
  assert.match(text, /1 event lost: logged without what was asked for \(audit level Metadata\)/);
});

test("pods that were logged with it pass", () => {
  const requestObject = { kind: "Pod", spec: { containers: [{ name: "api", image: "shop/api:2.0" }] } };
  const { status, text } = replayed({ requestObject, responseStatus: { code: 201 } });
  assert.equal(status, 0, text);
});
