import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { readCertificates, trustFault } from "../../../engines/certificates/read.ts";
import type { CertificateState, RotationSettings } from "./model.ts";
import { ownCertificates } from "./own.ts";
import { bundleOf, nextStep } from "./rotation.ts";
import { createWorld, DAY, HOUR, MINUTE, NAME, replicaOf, type World } from "./world.fixture.ts";

const settings: RotationSettings = {
  names: [NAME, `${NAME}.cluster.local`, "fd00::1"],
  authorityMilliseconds: 30 * DAY,
  leafMilliseconds: 9 * DAY,
  overlapMilliseconds: HOUR,
};
const start = new Date("2026-11-27T12:00:00Z");
const after = (milliseconds: number) => new Date(start.getTime() + milliseconds);

const authorities = (state: CertificateState) => readCertificates(bundleOf(state), "test");
const fingerprints = (state: CertificateState) => new Set(authorities(state).map(({ fingerprint }) => fingerprint));

/** @param anchored - whether webhooks trust what the state has */
function step(state: CertificateState | undefined, now: Date, anchored = true) {
  return nextStep(state, settings, {
    now,
    anchored: anchored && state !== undefined ? fingerprints(state) : undefined,
  });
}

function trusted({ leaf }: CertificateState, by: CertificateState, now: Date): string | undefined {
  return trustFault(readCertificates(leaf.certificate, "test"), authorities(by), { name: NAME, now });
}

test("a rotation tells of the new authority first, shows what it signed then, and drops the old one last", () => {
  const first = step(undefined, start);
  assert.deepEqual(first?.done, ["made"]);
  const one = first?.state as CertificateState;
  assert.equal(trusted(one, one, start), undefined);
  assert.equal(step(one, start), undefined);
  assert.equal(step(one, after(5 * DAY)), undefined);

  const renewed = step(one, after(6 * DAY));
  assert.deepEqual(renewed?.done, ["issued a certificate: the old one is due"]);
  const two = renewed?.state as CertificateState;
  assert.deepEqual(fingerprints(two), fingerprints(one));

  // Two thirds of thirty days; the certificate is due, too, and is still by the authority that all know.
  const due = after(20 * DAY);
  const added = step(two, due);
  assert.deepEqual(added?.done, ["added an authority", "issued a certificate: the old one is due"]);
  const three = added?.state as CertificateState;
  assert.equal(authorities(three).length, 2);
  assert.equal(trusted(three, two, due), undefined);

  assert.equal(step(three, after(20 * DAY + HOUR - 1)), undefined);
  assert.equal(step(three, after(20 * DAY + 2 * HOUR), false), undefined);
  const moved = step(three, after(20 * DAY + HOUR));
  assert.deepEqual(moved?.done, ["issued a certificate: by the new authority"]);
  const four = moved?.state as CertificateState;
  assert.equal(trusted(four, three, after(20 * DAY + HOUR)), undefined);
  assert.notEqual(trusted(four, two, after(20 * DAY + HOUR)), undefined);

  assert.equal(step(four, after(20 * DAY + 2 * HOUR - 1)), undefined);
  // Webhooks that somebody set back are no reason to go back.
  assert.equal(step(four, after(20 * DAY + 90 * MINUTE), false), undefined);
  const dropped = step(four, after(20 * DAY + 2 * HOUR));
  assert.deepEqual(dropped?.done, ["dropped the old authority"]);
  assert.equal(authorities(dropped?.state as CertificateState).length, 1);
});

test("what is kept and cannot be used, is for other names, or ran out is made anew", () => {
  const one = step(undefined, start)?.state as CertificateState;
  const broken = { ...one, leaf: { ...one.leaf, key: "none" } };
  assert.deepEqual(step(broken, start)?.done, ["made anew: the kept one is unusable"]);
  const stranger = { authorities: [{ certificate: one.leaf.certificate }], leaf: one.leaf };
  assert.deepEqual(step(stranger, start)?.done, ["made anew: the kept one is unusable"]);
  const keyless = { ...one, authorities: one.authorities.map(({ certificate }) => ({ certificate })) };
  assert.deepEqual(step(keyless, start)?.done, ["made anew: the authority's key is gone"]);
  assert.deepEqual(step(one, after(31 * DAY))?.done, ["made anew: the authority expired"]);
  const other = nextStep(one, { ...settings, names: ["other.svc"] }, { now: start, anchored: undefined });
  assert.deepEqual(other?.done, ["issued a certificate: it is for other names"]);
});

test("of replicas that begin at once one is first, and all show the same", async () => {
  const world = createWorld();
  const source = ownCertificates(world.store, settings);
  const [one, two] = [replicaOf(world, source), replicaOf(world, ownCertificates(world.store, settings))];
  const looks = await Promise.all([one.look(), two.look()]);
  assert.deepEqual(
    looks.map(({ fault }) => fault),
    [undefined, undefined],
  );
  assert.deepEqual(one.shown, two.shown);
  assert.equal(one.shown.length, 1);
  assert.equal(world.version, 2);
  assert.equal(world.caBundle, bundleOf(world.state as CertificateState));
});

test("a Secret that something else writes all the time is a Problem, not a race without end", async () => {
  const world = createWorld();
  world.beforeWrite = () => {
    world.version += 1;
  };
  const { fault } = await replicaOf(world, ownCertificates(world.store, settings)).look();
  assert.match(fault ?? "", /certificate\.conflict: certificate: something else wrote it each of 5 times/);
});

/** What is shown and trusted is the same for many looks. */
function readOnce(): (pem: string) => ReturnType<typeof readCertificates> {
  const read = new Map<string, ReturnType<typeof readCertificates>>();
  return (pem) => {
    const certificates = read.get(pem) ?? readCertificates(pem, "test");
    read.set(pem, certificates);
    return certificates;
  };
}

/** Every certificate that a replica shows is trusted by what webhooks trust at that time. */
async function simulate(world: World, minutes: readonly number[], isAway: readonly boolean[]): Promise<number> {
  const quick = { ...settings, authorityMilliseconds: 8 * HOUR, leafMilliseconds: 3 * HOUR };
  const replicas = [0, 1, 2].map(() => replicaOf(world, ownCertificates(world.store, quick)));
  const read = readOnce();
  let steps = 0;
  for (const [index, waited] of minutes.entries()) {
    world.now = new Date(world.now.getTime() + waited * MINUTE);
    world.isAway = isAway[index] === true;
    const { done } = await (replicas[index % replicas.length] as (typeof replicas)[0]).look();
    steps += done.length;
    for (const { shown } of replicas) {
      const leaf = shown.at(-1);
      if (leaf === undefined || world.caBundle === "") continue;
      const fault = trustFault(read(leaf.certificate), read(world.caBundle), { name: NAME, now: world.now });
      assert.equal(fault, undefined, `look ${index}, at ${world.now.toISOString()}`);
    }
  }
  return steps;
}

test("whenever replicas look, and whenever the API server is away, what is shown is trusted", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 400, maxLength: 400 }),
      fc.array(fc.boolean(), { minLength: 400, maxLength: 400 }),
      async (minutes, coins) => {
        // Away in bursts, and never for so long that one of three replicas has not looked within the overlap: nobody can tell a
        // replica that hears nothing.
        const isAway = coins.map((coin, index) => coin && coins[index - 1] === true && index % 8 < 5);
        const steps = await simulate(createWorld(), minutes, isAway);
        assert.ok(steps > 6, String(steps));
      },
    ),
    { numRuns: 2, endOnFailure: true },
  );
});
