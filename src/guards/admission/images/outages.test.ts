import assert from "node:assert/strict";
import { test } from "node:test";
import { parseDigest } from "../../../core/digest.ts";
import { Problem } from "../../../core/problem.ts";
import { json } from "../../../engines/oci/registry/loopback.fixture.ts";
import { countingRegistry, guardedImages, guardPolicy, releaseImage, told } from "./guarded.fixture.ts";

const HOUR = 3_600_000;

test("what the registry cannot answer is unknown for its own reason, and never unsigned", async (t) => {
  for (const [status, code] of [
    [429, "registry.throttled"],
    [503, "registry.unavailable"],
    [403, "registry.denied"],
    [404, "registry.not-found"],
  ] as const) {
    const registry = await countingRegistry(t);
    releaseImage(registry, "one", "1");
    registry.fault = (request, response) => {
      if (request.url === "/v2/") return false;
      json(response, status, {});
      return true;
    };
    const { assess } = guardedImages(t, registry);
    const image = await assess(`${registry.name}:1`);
    assert.deepEqual(new Set(image.evaluations.map(({ verdict }) => verdict)), new Set(["unknown"]));
    assert.deepEqual(new Set(image.evaluations.map(({ gaps }) => gaps[0]?.code)), new Set([code]));
    assert.equal(image.pinned, undefined);
  }
});

test("signatures that could not be read leave an image unknown, whose tag was resolved", async (t) => {
  const registry = await countingRegistry(t);
  const { digest } = releaseImage(registry, "one", "1");
  registry.fault = (request, response) => {
    if (!request.url?.endsWith(".sig")) return false;
    json(response, 500, {});
    return true;
  };
  const { assess } = guardedImages(t, registry);
  const image = await assess(`${registry.name}:1`);
  assert.ok(
    image.evaluations.some(({ check, verdict }) => check === "registry/unsigned-image" && verdict === "unknown"),
  );
  assert.equal(image.digest, digest);
});

test("a registry that is down takes nothing from what is remembered, for as long as the policy says", async (t) => {
  const registry = await countingRegistry(t);
  const { digest } = releaseImage(registry, "one", "1");
  const { assess, pass } = guardedImages(t, registry);
  assert.deepEqual(told(await assess(`${registry.name}:1`)), []);
  registry.fault = (request) => {
    request.destroy();
    return true;
  };
  for (const name of [`${registry.name}:1`, `${registry.name}@${digest}`]) {
    pass(2 * HOUR);
    const image = await assess(name);
    assert.deepEqual([told(image), image.digest, image.cached], [[], digest, true], name);
  }
  // Where tags are not pinned, a tag may name something else by now.
  const unpinned = guardPolicy({ admission: { pin: "off" } });
  const open = await assess(`${registry.name}:1`, { policy: unpinned });
  assert.ok(open.evaluations.every(({ verdict }) => verdict === "unknown"));
  const short = guardPolicy({ admission: { outageHours: 1 } });
  assert.notDeepEqual(told(await assess(`${registry.name}@${digest}`, { policy: short })), []);
  pass(24 * HOUR);
  assert.notDeepEqual(told(await assess(`${registry.name}@${digest}`)), []);
});

test("a registry that is silent is waited for a moment where what it said before still stands", async (t) => {
  const registry = await countingRegistry(t);
  const { digest } = releaseImage(registry, "one", "1");
  const { assess, pass } = guardedImages(t, registry, { graceMilliseconds: 1 });
  // Until it is remembered nothing but the deadline ends the wait.
  assert.deepEqual(told(await assess(`${registry.name}:1`)), []);
  registry.fault = () => true;
  pass(2 * HOUR);
  for (const name of [`${registry.name}:1`, `${registry.name}@${digest}`]) {
    const image = await assess(name);
    assert.deepEqual([told(image), image.digest, image.cached], [[], digest, true], name);
  }
});

test("an image that is gone, or not shown, is not remembered as there", async (t) => {
  const registry = await countingRegistry(t);
  releaseImage(registry, "one", "1");
  const { assess, pass } = guardedImages(t, registry);
  assert.deepEqual(told(await assess(`${registry.name}:1`)), []);
  registry.fault = (request, response) => {
    if (request.url === "/v2/") return false;
    json(response, 403, {});
    return true;
  };
  pass(HOUR);
  const image = await assess(`${registry.name}:1`);
  assert.ok(image.evaluations.every(({ gaps }) => gaps[0]?.code === "registry.denied"));
});

test("dates pass while a registry is down: an exception ends, and a report grows old", async (t) => {
  const registry = await countingRegistry(t);
  const { digest } = releaseImage(registry, "one", "1");
  const { assess, pass } = guardedImages(t, registry);
  const policy = guardPolicy({ admission: { outageHours: 1_000 } });
  const name = `${registry.name}@${digest}`;
  assert.deepEqual(told(await assess(name, { policy })), []);
  registry.fault = (request) => {
    request.destroy();
    return true;
  };
  pass(7 * 24 * HOUR);
  assert.deepEqual(told(await assess(name, { policy })), ["registry/reported-vulnerabilities unknown evidence.stale"]);
});

test("what does not answer in time is unknown, is asked on, and is there for the next request", async (t) => {
  const registry = await countingRegistry(t);
  const { digest } = releaseImage(registry, "one", "1");
  const { promise: mayAnswer, resolve: answer } = Promise.withResolvers<void>();
  let stopped = 0;
  registry.fault = (request, response) => {
    if (!request.url?.endsWith(".sig") || response.headersSent || stopped > 0) return false;
    stopped += 1;
    mayAnswer.then(() => {
      const found = registry.manifests.get(`${digest.replace(":", "-")}.sig`);
      response.writeHead(200, { "content-type": found?.mediaType ?? "" }).end(found?.bytes);
    });
    return true;
  };
  const { assess } = guardedImages(t, registry);
  const ends = new AbortController();
  const waiting = assess(`${registry.name}@${digest}`, { deadline: ends.signal });
  const patient = assess(`${registry.name}@${digest}`);
  while (stopped === 0) await new Promise(setImmediate);
  ends.abort();
  const late = await waiting;
  assert.ok(late.evaluations.length > 2);
  assert.ok(
    late.evaluations.every(({ verdict, gaps }) => verdict === "unknown" && gaps[0]?.code === "admission.deadline"),
  );
  answer();
  assert.deepEqual(told(await patient), []);
  assert.equal((await assess(`${registry.name}@${digest}`)).cached, true);
  // A request whose time is over has what is remembered, and nothing else.
  const over = { deadline: AbortSignal.abort() };
  assert.deepEqual(told(await assess(`${registry.name}@${digest}`, over)), []);
  const unseen = await assess(`${registry.name}:1`, over);
  assert.ok(unseen.evaluations.every(({ verdict }) => verdict === "unknown"));
});

test("a registry that fails is left alone, longer each time, and asked again when it may answer", async (t) => {
  const registry = await countingRegistry(t);
  const { assess, pass } = guardedImages(t, registry);
  const digests = "123456789".split("").map((digit) => parseDigest(`sha256:${digit.repeat(64)}`));
  let answers = 0;
  registry.fault = (request, response) => {
    if (request.url === "/v2/") return false;
    answers += 1;
    json(response, 429, {}, { "retry-after": "20" });
    return true;
  };
  const codes = async (digest: unknown) => {
    const image = await assess(`${registry.name}@${digest}`);
    return image.evaluations[0]?.gaps[0]?.code;
  };
  assert.equal(await codes(digests[0]), "registry.throttled");
  const first = answers;
  assert.ok(first > 0);
  pass(19_999);
  assert.equal(await codes(digests[1]), "registry.throttled");
  assert.equal(answers, first);
  pass(1);
  assert.equal(await codes(digests[2]), "registry.throttled");
  assert.ok(answers > first);
  registry.fault = undefined;
  pass(20_000);
  releaseImage(registry, "one", "1");
  assert.deepEqual(told(await assess(`${registry.name}:1`)), []);
});

test("credentials are of whoever asks: what one may not see is not shown by what another saw", async (t) => {
  const registry = await countingRegistry(t);
  const { digest } = releaseImage(registry, "one", "1");
  const word = ["pass", "word"].join("");
  const credentials = { kind: "password", username: "shop", password: word, source: "Secret pull" } as const;
  const basic = `Basic ${Buffer.from(`shop:${word}`).toString("base64")}`;
  registry.fault = (request, response) => {
    if (request.headers.authorization === basic) return false;
    json(response, 401, {}, { "www-authenticate": 'Basic realm="shop"' });
    return true;
  };
  const { assess } = guardedImages(t, registry);
  assert.deepEqual(told(await assess(`${registry.name}:1`, { credentials })), []);
  const denied = await assess(`${registry.name}:1`);
  assert.deepEqual([denied.digest, denied.evaluations[0]?.gaps[0]?.code], [undefined, "registry.denied"]);
  // Where the cluster did not say what the pod pulls with, that is the reason.
  const unsaid = new Problem({
    kind: "unavailable",
    code: "cluster.unauthorized",
    place: "Secret",
    cause: "forbidden",
  });
  const unknown = await assess(`${registry.name}:1`, { credentials: unsaid });
  assert.equal(unknown.evaluations[0]?.gaps[0]?.code, "cluster.unauthorized");
  // The digest is known to whoever names it, and so is what is signed of it.
  assert.deepEqual(told(await assess(`${registry.name}@${digest}`)), []);
});

test("rules that could not be opened, and a guard that ends, leave images unknown", async (t) => {
  const registry = await countingRegistry(t);
  const { digest } = releaseImage(registry, "one", "1");
  const { assess, assessor } = guardedImages(t, registry);
  const trust = new Problem({
    kind: "usage",
    code: "trust.unreadable",
    place: "keys/release.pub",
    cause: "no such file",
  });
  const image = await assess(`${registry.name}:1`, { policy: guardPolicy({ trust }) });
  assert.ok(image.evaluations.length > 0);
  assert.ok(
    image.evaluations.every(({ verdict, gaps }) => verdict === "unknown" && gaps[0]?.code === "trust.unreadable"),
  );
  assert.equal(image.digest, digest);
  assessor.close();
  const ended = await assess(`${registry.name}@sha256:${"1".repeat(64)}`);
  assert.ok(
    ended.evaluations.every(({ verdict, gaps }) => verdict === "unknown" && gaps[0]?.code === "admission.closed"),
  );
});

test("an address at which clouds keep credentials is not connected to", async (t) => {
  const registry = await countingRegistry(t);
  const { assess } = guardedImages(t, registry);
  const image = await assess("169.254.169.254/latest/meta-data:1");
  assert.deepEqual(
    new Set(image.evaluations.map(({ verdict, gaps }) => `${verdict} ${gaps[0]?.code}`)),
    new Set(["unknown registry.unreachable"]),
  );
  assert.match(image.evaluations[0]?.gaps[0]?.reason ?? "", /: not a public address \(ENOTPERMITTED\)$/);
});
