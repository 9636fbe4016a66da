import assert from "node:assert/strict";
import { test } from "node:test";
import { guarded, node, now, pullPolicy, pushImage, saveFound, saveScan, signImage, told } from "./gate.fixture.ts";

const FOUND = "image/known-vulnerabilities fail deny";
const NOT_SCANNED = "registry/image-not-scanned unknown deny";
const signed = { rules: [{}] };

test("what runs already is served for some days, but not what was never trusted", async (t) => {
  const held = await guarded(t, pullPolicy({ ...signed, pull: { graceDays: 3 } }));
  const image = pushImage(held, "a", "1");
  signImage(held, image.digest);
  await saveFound(held, image.digest);
  assert.equal(told(await held.pull("1")), `refuse 403 DENIED; ${FOUND}`);
  await held.store.images.savesRunning([image.digest], new Date(now.getTime() - 60_000), "cluster");
  held.pass(11_000);
  const served = await held.pull("1");
  assert.equal(told(served), `allow grace; ${FOUND}`);
  assert.match(served.warnings[0] ?? "", /^shop\/web:1: pulled past the policy \(grace: it runs already\)/);
  assert.equal(told(await held.blob(image.layer)), `allow grace; ${FOUND}`);
  const unsigned = pushImage(held, "b", "2");
  await saveScan(held, unsigned.digest);
  await held.store.images.savesRunning([unsigned.digest], now, "cluster");
  assert.match(told(await held.pull("2")), /^refuse 403 DENIED; registry\/unsigned-image/);
  held.pass(4 * 24 * 60 * 60 * 1_000);
  await saveFound(held, image.digest);
  assert.match(told(await held.pull("1")), /^refuse 403/);
});

test("the glass is broken for whom and as long as somebody answers for it", async (t) => {
  const rule = { images: ["shop/*"], principals: ["kubernetes:shop/*"], reason: "outage", owner: "alice" };
  const until = "2026-11-28T13:00:00Z";
  const held = await guarded(t, pullPolicy({ ...signed, breakGlass: [{ ...rule, until }] }));
  const image = pushImage(held, "a", "1");
  await saveFound(held, image.digest);
  const served = await held.pull("1");
  assert.match(told(served), /^allow break-glass; /);
  assert.equal(served.reason, "alice until 2026-11-28T13:00:00Z: outage");
  assert.match(told(await held.pull("1", { principal: { ...node, name: "user:bob" } })), /^refuse 403/);
  assert.match(told(await held.pull("1", { now: new Date(until) })), /^refuse 403/);
  held.policy = pullPolicy({ ...signed, breakGlass: [{ ...rule, until: "2026-12-28T13:00:00Z" }] });
  assert.match(told(await held.pull("1")), /^refuse 403/);
  const other = { ...rule, images: [`shop/web@sha256:${"0".repeat(64)}`], until };
  held.policy = pullPolicy({ ...signed, breakGlass: [other] });
  assert.match(told(await held.pull("1")), /^refuse 403/);
  held.policy = pullPolicy({ ...signed, breakGlass: [{ ...other, images: [`shop/web@${image.digest}`] }] });
  assert.match(told(await held.pull("1")), /^allow break-glass/);
});

test("an unknown that somebody answers for is recorded alone", async (t) => {
  const entry = {
    code: "registry.not-scanned",
    asset: "**shop/web*",
    reason: "r",
    owner: "o",
    expires: "2026-12-31",
    source: { path: "bulkhead.yaml", line: 3, column: 1 },
  };
  const held = await guarded(t, pullPolicy({ policy: { unknown: [entry] } }));
  pushImage(held, "a", "1");
  assert.equal(told(await held.pull("1")), "allow dry-run; registry/image-not-scanned unknown audit");
});

test("age and repository are asked of each pull", async (t) => {
  const held = await guarded(t, pullPolicy({ pull: { maxAgeDays: 30, repositories: ["other/**"] } }));
  const image = pushImage(held, "a", "1");
  await saveScan(held, image.digest, { createdAt: new Date("2026-10-01T00:00:00Z") });
  const told1 = told(await held.pull("1"));
  assert.match(told1, /registry\/image-too-old fail deny/);
  assert.match(told1, /registry\/repository-not-served fail deny/);
  held.policy = pullPolicy({ pull: { maxAgeDays: 30 } });
  await saveScan(held, image.digest, { createdAt: new Date("2026-11-01T00:00:00Z") });
  assert.equal(told(await held.pull("1")), "allow policy");
  // It grows too old before its verdict would be reached anew.
  assert.match(told(await held.pull("1", { now: new Date("2026-12-01T00:00:00Z") })), /image-too-old fail deny/);
});

test("what is no manifest to all readers of it is unknown", async (t) => {
  const held = await guarded(t);
  const image = pushImage(held, "a");
  await saveScan(held, image.digest);
  held.registry.manifest({ config: {}, layers: [], Layers: [] }, "two-in-one");
  assert.equal(told(await held.pull("two-in-one")), `refuse 403 DENIED; ${NOT_SCANNED}`);
});
