import assert from "node:assert/strict";
import { test } from "node:test";
import { auditEventOf } from "./audit.fixture.ts";
import { lacksContent } from "./content.ts";

const create = { verb: "create", level: "Metadata", objectRef: { resource: "pods", namespace: "shop" } };
const allowed = { responseStatus: { code: 201 } };

test("a request whose content the log leaves out is told from one that has none", () => {
  assert.equal(lacksContent(auditEventOf({ ...create, ...allowed })), true);
  assert.equal(lacksContent(auditEventOf({ ...create, ...allowed, requestObject: { kind: "Pod" } })), false);
  assert.equal(lacksContent(auditEventOf({ ...create, ...allowed, responseObject: { kind: "Pod" } })), false);
  assert.equal(lacksContent(auditEventOf({ ...create, responseStatus: { code: 403 } })), false);
  assert.equal(lacksContent(auditEventOf({ ...create, ...allowed, stage: "RequestReceived" })), false);
  assert.equal(lacksContent(auditEventOf({ ...create, ...allowed, verb: "get" })), false);
  const session = { resource: "pods", subresource: "exec", name: "api" };
  assert.equal(lacksContent(auditEventOf({ ...create, ...allowed, objectRef: session })), false);
  const debugging = { resource: "pods", subresource: "ephemeralcontainers", name: "api" };
  assert.equal(lacksContent(auditEventOf({ ...create, ...allowed, verb: "patch", objectRef: debugging })), true);
  assert.equal(lacksContent(auditEventOf({ ...create, ...allowed, objectRef: { resource: "configmaps" } })), false);
});
