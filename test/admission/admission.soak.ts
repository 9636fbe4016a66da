/**
 * Mixed load over TLS for half an hour while the registry delays, throttles, resets and cuts its answers, the policy is read anew
 * every ten seconds and the certificate is exchanged every minute. Each answer is judged by the oracle. Then a million requests,
 * and how the memory grew. `MINUTES=1 REQUESTS=20000 node --test test/admission/admission.soak.ts` is a short look.
 */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it, type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import {
  type CountingRegistry,
  countingRegistry,
  pushImage,
  signer,
  signImage,
  stranger,
} from "../../src/guards/admission/images/guarded.fixture.ts";
import { randomFrom } from "../differential/random.ts";
import { UID_PLACE } from "./load/plan.ts";
import { load, makeCertificate, memoryOf } from "./load/run.ts";
import { policyText } from "./oracle/policy-text.ts";
import { randomAsked, randomIntent, type Universe } from "./oracle/random-requests.ts";
import { expected, type Intent, type Truth } from "./oracle/verdict.ts";
import { type Answer, created, largePod, reviewOfAsked, uidOf } from "./reviews.ts";
import { callerOf, type ServedProcess, serve } from "./served.ts";

const NAME = "bulkhead-admission.bulkhead.svc";
const MINUTES = Number(process.env.MINUTES ?? 30);
const REQUESTS = Number(process.env.REQUESTS ?? 1_000_000);
const RELOAD = 10_000;
const ROTATE = 60_000;
/** Bytes that a million requests may leave behind. */
const GROWTH = 40e6;

describe("half an hour of admission", () => {
  let folder: string;
  let registry: CountingRegistry;
  let guard: ServedProcess;
  let universe: Universe;
  const truths = new Map<string, Truth>();
  const ends: (() => unknown)[] = [];

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "bulkhead-soak-"));
    registry = await countingRegistry({ after: (end: () => unknown) => ends.push(end) } as never as TestContext);
    for (const [tag, truth] of [
      ["a", "signed"],
      ["b", "signed"],
      ["bare", "unsigned"],
      ["theirs", "stranger"],
    ] as const) {
      const { digest } = pushImage(registry, tag, tag);
      if (truth === "signed") signImage(registry, digest);
      if (truth === "stranger") signImage(registry, digest, stranger);
      truths.set(`${registry.name}:${tag}`, truth);
      truths.set(`${registry.name}:${tag}@${digest}`, truth);
    }
    universe = { images: [...truths.keys()], places: [`${registry.host}/shop`] };
    writeFileSync(join(folder, "release.pub"), signer.pem);
    rotate();
    writePolicy(0);
    const words = ["--policy", "bulkhead.yaml", "--certificate", "tls.crt", "--key", "tls.key", "--no-cluster"];
    guard = await serve({ folder, words: [...words, "--plain-http", "--no-log", "--drain", "0"] });
    await guard.ready();
  });
  after(async () => {
    await guard?.stop();
    for (const end of ends.toReversed()) await end();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Both files are exchanged by a rename each; who reads between the two waits for the next look. */
  function rotate(): void {
    const made = makeCertificate(join(folder, "made"), NAME);
    renameSync(made.key, join(folder, "tls.key"));
    renameSync(made.certificate, join(folder, "tls.crt"));
  }

  function intentOf(seed: number): Intent {
    // What a registry could not say is unknown: it may be refused, and nothing that is wrong is admitted.
    return { ...randomIntent(seed, universe), unknown: "deny", namespaces: {} };
  }

  function writePolicy(seed: number): void {
    const file = join(folder, "bulkhead.new");
    writeFileSync(file, policyText(intentOf(seed)));
    renameSync(file, join(folder, "bulkhead.yaml"));
  }

  it(`${MINUTES} minutes with faults, reloads and rotations: no wrong answer`, async () => {
    const random = randomFrom(1);
    registry.fault = (request, response) => {
      switch (random.below(12)) {
        case 0:
          response.writeHead(429, { "retry-after": "1" }).end("{}");
          return true;
        case 1:
          request.socket.destroy();
          return true;
        case 2:
          response.writeHead(200, { "content-length": "1000" });
          response.write('{"schemaVersion":');
          response.socket?.destroySoon();
          return true;
        case 3:
          response.writeHead(500).end();
          return true;
        case 4:
          // Never answered: the client's own patience ends it.
          return true;
        default:
          return false;
      }
    };
    const ends = performance.now() + MINUTES * 60_000;
    /** Those that may be in force: between the writing and the word that it is read, either. */
    let possible = [intentOf(0)];
    const told = { answers: 0, admitted: 0, refused: 0, unanswered: 0 };
    const asks = async (worker: number) => {
      const caller = callerOf(guard.port, join(folder, "tls.crt"), NAME);
      for (let at = 0; performance.now() < ends; at++) {
        const asked = randomAsked(worker * 1e6 + at, universe);
        const before = possible;
        let answer: Answer;
        try {
          answer = await caller.ask(reviewOfAsked(asked, uidOf(worker, at)), "/validate?timeout=5s");
        } catch (error) {
          // Its certificate was exchanged, or too many asked: no answer is no admission.
          told.unanswered += 1;
          assert.ok(error instanceof Error);
          continue;
        }
        told.answers += 1;
        told[answer.allowed ? "admitted" : "refused"] += 1;
        const held = [...new Set([...before, ...possible])];
        const wanted = held.map((intent) =>
          expected(asked, intent, (reference) => truths.get(reference) ?? "unsigned"),
        );
        // Refused for what is unknown is right whatever the registry would have said.
        const isRight = wanted.some(({ allowed }) => allowed === undefined || allowed || !answer.allowed);
        assert.ok(isRight, `${JSON.stringify(asked)} is admitted by ${JSON.stringify(held)}`);
        if (!answer.allowed && wanted.every(({ allowed }) => allowed === true)) {
          assert.match(answer.auditAnnotations?.denied ?? "", /^(registry|image)\/[^w]*/, answer.status?.message);
        }
      }
      caller.close();
    };
    const changes = async () => {
      let rotated = performance.now();
      for (let seed = 1; performance.now() < ends; seed++) {
        await sleep(RELOAD);
        const from = guard.said.length;
        possible = [...possible, intentOf(seed)];
        writePolicy(seed);
        guard.signal("SIGHUP");
        await guard.hears(/policy: in force/, from);
        // What began under the old one has its answer within five seconds.
        await sleep(5_000);
        possible = possible.slice(-1);
        if (performance.now() - rotated < ROTATE) continue;
        rotate();
        guard.signal("SIGHUP");
        rotated = performance.now();
      }
    };
    await Promise.all([...Array.from({ length: 8 }, (_, worker) => asks(worker)), changes()]);
    registry.fault = undefined;
    process.stdout.write(`# ${JSON.stringify(told)}\n`);
    assert.ok(told.admitted > 0 && told.refused > 0 && told.answers > told.unanswered, JSON.stringify(told));
  });

  it(`${REQUESTS} requests leave no memory behind`, async () => {
    const { guard: fresh, bodies } = await quiet();
    try {
      const plan = {
        port: fresh.port,
        path: "/validate?timeout=10s",
        authority: readFileSync(join(folder, "tls.crt"), "utf8"),
        serverName: NAME,
        bodies,
        connections: 16,
        patience: 30_000,
      };
      const samples: { readonly asked: number; readonly bytes: number }[] = [];
      let asked = 0;
      while (asked < REQUESTS) {
        const { answered, failures } = await load(folder, { ...plan, seconds: 20 }, 1);
        assert.deepEqual(failures, {});
        asked += answered;
        samples.push({ asked, bytes: memoryOf(fresh.pid).now });
      }
      const slope = slopeOf(samples.slice(Math.floor(samples.length / 4)));
      process.stdout.write(`# ${asked} requests, ${(slope * 1e6 * 1e-6).toFixed(2)} MB more for each million\n`);
      // Of so short a look no slope can be told.
      if (REQUESTS >= 500_000) assert.ok(slope * 1e6 < GROWTH, `${slope * 1e6} bytes for each million`);
    } finally {
      await fresh.stop();
    }
  });

  /** Another process, without faults. */
  async function quiet() {
    registry.fault = undefined;
    const words = ["--policy", "bulkhead.yaml", "--certificate", "tls.crt", "--key", "tls.key", "--no-cluster"];
    const fresh = await serve({ folder, words: [...words, "--plain-http", "--no-log", "--drain", "0"], core: 0 });
    await fresh.ready();
    const bodies = Array.from({ length: 200 }, (_, at) => {
      const images = universe.images.slice(0, 3);
      return JSON.stringify(created(largePod(images, `pod-${at}`), { uid: UID_PLACE }));
    });
    return { guard: fresh, bodies };
  }
});

/** Least squares: bytes for each request. */
function slopeOf(samples: readonly { readonly asked: number; readonly bytes: number }[]): number {
  const mean = (of: (sample: (typeof samples)[number]) => number) =>
    samples.reduce((sum, each) => sum + of(each), 0) / samples.length;
  const [x, y] = [mean(({ asked }) => asked), mean(({ bytes }) => bytes)];
  const above = samples.reduce((sum, { asked, bytes }) => sum + (asked - x) * (bytes - y), 0);
  const below = samples.reduce((sum, { asked }) => sum + (asked - x) ** 2, 0);
  return below === 0 ? 0 : above / below;
}
