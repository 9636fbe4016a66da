import assert from "node:assert/strict";
import { test } from "node:test";
import { down, guarded, pullPolicy, pushImage, saveFound, saveScan, signImage, told } from "./gate.fixture.ts";

const FOUND = "image/known-vulnerabilities fail deny";
const NOT_SCANNED = "registry/image-not-scanned unknown deny";
const signed = { rules: [{}] };

test("an engine that does not answer serves nothing, and says so; what is not there is not there", async (t) => {
  const held = await guarded(t);
  const image = pushImage(held, "a", "1");
  await saveScan(held, image.digest);
  assert.equal(told(await held.pull("2")), "refuse 404 MANIFEST_UNKNOWN");
  held.engineFault = async () => down();
  assert.equal(told(await held.pull("1")), "refuse 503 UNAVAILABLE");
  held.engineFault = () => new Promise(() => undefined);
  assert.equal(told(await held.pull("1", { deadline: AbortSignal.timeout(20) })), "refuse 503 UNAVAILABLE");
});

test("a store that does not answer is unknown, but for what was told a moment ago", async (t) => {
  const held = await guarded(t);
  const known = pushImage(held, "a", "1");
  const fresh = pushImage(held, "b", "2");
  for (const { digest } of [known, fresh]) await saveScan(held, digest);
  assert.equal(told(await held.pull("1")), "allow policy");
  held.store.fail(true);
  held.store.lose();
  assert.equal(told(await held.pull("2")), `refuse 403 DENIED; ${NOT_SCANNED}`);
  held.pass(30_000);
  assert.equal(told(await held.pull("1")), "allow policy");
  assert.equal(told(await held.blob(known.layer)), "allow policy");
  held.pass(31_000);
  assert.equal(told(await held.pull("1")), `refuse 403 DENIED; ${NOT_SCANNED}`);
  held.store.fail(false);
  held.pass(2_000);
  for (const tag of ["1", "2"]) assert.equal(told(await held.pull(tag)), "allow policy");
  assert.deepEqual(held.faults, []);
});

test("a store that says nothing is unknown within the deadline, and its late answer is told to who asks next", async (t) => {
  const held = await guarded(t);
  const image = pushImage(held, "a", "1");
  await saveScan(held, image.digest);
  const store = held.store.images;
  const { getMany } = store;
  const { promise, resolve } = Promise.withResolvers<void>();
  store.getMany = async (keys) => {
    await promise;
    return await getMany(keys);
  };
  assert.equal(told(await held.pull("1", { deadline: AbortSignal.timeout(20) })), `refuse 403 DENIED; ${NOT_SCANNED}`);
  resolve();
  assert.equal(told(await held.pull("1")), "allow policy");
});

test("a warm pull asks the store nothing, and many that wait ask it once", async (t) => {
  const held = await guarded(t, pullPolicy(signed));
  const image = pushImage(held, "a", "1");
  signImage(held, image.digest);
  await saveScan(held, image.digest);
  const store = held.store.images;
  const { getMany } = store;
  let count = 0;
  store.getMany = async (keys) => {
    count += 1;
    return await getMany(keys);
  };
  const pulls = await Promise.all(Array.from({ length: 20 }, () => held.pull("1")));
  assert.deepEqual([...new Set(pulls.map(told))], ["allow policy"]);
  for (let n = 0; n < 9; n += 1) {
    held.pass(1_000);
    assert.equal(told(await held.pull("1")), "allow policy");
  }
  assert.equal(count, 1);
  await saveFound(held, image.digest);
  assert.equal(told(await held.pull("1")), `refuse 403 DENIED; ${FOUND}`);
});

test("what should not happen makes a verdict unknown, and is told", async (t) => {
  const held = await guarded(t);
  pushImage(held, "a", "1");
  held.store.images.getMany = async () => {
    throw new TypeError("a bug");
  };
  assert.equal(told(await held.pull("1")), `refuse 403 DENIED; ${NOT_SCANNED}`);
  assert.equal(held.faults.length, 1);
});
