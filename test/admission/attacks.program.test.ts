/** What stands on the network or writes objects, against the webhook as a process: refused, bounded, alive. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { connect as secureConnect } from "node:tls";
import { findProgram } from "../cluster/process.ts";
import { makeCertificate, memoryOf } from "./load/run.ts";
import { created, goodContainer, goodPod, withContext, withSpec } from "./reviews.ts";
import { type Caller, callerOf, type ServedProcess, serve } from "./served.ts";

const NAME = "bulkhead-admission.bulkhead.svc";
/** Denies one thing, and records the rest: what slips through would be admitted. */
const POLICY = { enforcement: { admission: { default: "audit", checks: { "workload/privileged": "deny" } } } };

describe("the webhook under attack", {
  skip: findProgram("openssl") === undefined && "openssl is not installed",
}, () => {
  let folder: string;
  let guard: ServedProcess;
  let caller: Caller;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "bulkhead-attacks-"));
    const { certificate, key } = makeCertificate(folder, NAME);
    writeFileSync(join(folder, "bulkhead.yaml"), JSON.stringify({ apiVersion: "bulkhead/v1", ...POLICY }));
    const words = [
      "--policy",
      "bulkhead.yaml",
      "--certificate",
      certificate,
      "--key",
      key,
      "--no-cluster",
      "--offline",
    ];
    guard = await serve({ folder, words: [...words, "--no-log", "--drain", "0"] });
    caller = callerOf(guard.port, certificate, NAME);
    await guard.ready();
  });
  after(async () => {
    caller?.close();
    await guard?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function isAlive(): Promise<void> {
    assert.equal((await caller.ask(created(withContext(goodPod("a/b:1"), { privileged: true })))).allowed, false);
    assert.equal((await caller.ask(created(goodPod("a/b:1")))).allowed, true);
    assert.equal((await guard.status("/readyz")).status, 200);
  }

  const privileged = withContext(goodPod("a/b:1"), { privileged: true });

  /** As an API server writes it: what it says itself first. */
  function written(object: string, uid = "5f1d3a1e-0000-4000-8000-000000000001"): string {
    const { request, ...review } = created(privileged, { uid });
    const { object: _, oldObject: __, ...rest } = request;
    const text = JSON.stringify({ kind: review.kind, apiVersion: review.apiVersion, request: rest });
    return `${text.slice(0, -2)},"object":${object}}}`;
  }

  it("answers nothing but AdmissionReviews of v1 in JSON, posted to its paths", async () => {
    const review = JSON.stringify(created(goodPod("a/b:1")));
    for (const [body, headers, path] of [
      [review, { "content-type": "text/plain" }, undefined],
      [review, { "content-type": "application/yaml" }, undefined],
      [review, { "content-type": "application/x-www-form-urlencoded" }, undefined],
      [review, { "content-encoding": "gzip" }, undefined],
      [review, {}, "/"],
      [review, {}, "/validate/../admin"],
      [review.replaceAll("admission.k8s.io/v1", "admission.k8s.io/v1beta1"), {}, undefined],
      ["", {}, undefined],
      ["{", {}, undefined],
      ["[]", {}, undefined],
      ["null", {}, undefined],
      ["\u0000".repeat(1000), {}, undefined],
      [JSON.stringify({ kind: "AdmissionReview" }), {}, undefined],
    ] as const) {
      const { status, text } = await caller.send(body, headers, path);
      assert.ok(status >= 400 && status < 500, `${status} for ${body.slice(0, 40)} ${JSON.stringify(headers)} ${path}`);
      assert.doesNotMatch(text, /"allowed":\s*true/);
    }
    await isAlive();
  });

  it("what cannot be read of an object that would be refused is refused: too deep, too large, a key twice", async () => {
    const whole = JSON.stringify(privileged);
    const deep = `${"[".repeat(200)}${"]".repeat(200)}`;
    const twice = whole.replace('"spec":', '"spec":{"containers":[]},"spec":');
    for (const [what, object] of [
      ["too deep", `${whole.slice(0, -1)},"deep":${deep}}`],
      ["too large", `${whole.slice(0, -1)},"large":"${"a".repeat(9 * 1024 * 1024)}"}`],
      ["too many values", `${whole.slice(0, -1)},"many":[${"0,".repeat(1_100_000)}0]}`],
      ["a key twice", twice],
    ] as const) {
      const { status, text } = await caller.send(written(object));
      assert.doesNotMatch(text, /"allowed":\s*true/, what);
      if (status === 200) assert.match(text, /"allowed":\s*false/, what);
    }
    await isAlive();
  });

  it("a thousand containers, and hostile texts everywhere, are judged and told in bounded words", async () => {
    const nasty = "\u001b[31m\u202e\n::error::x\r<script>".repeat(50);
    const containers = Array.from({ length: 1000 }, (_, at) => ({
      ...goodContainer(`${nasty}${at}`, `${nasty}${at}`),
      securityContext: { privileged: true },
    }));
    const answer = await caller.ask(created(withSpec(goodPod("a"), { containers })));
    assert.equal(answer.allowed, false);
    const message = answer.status?.message ?? "";
    assert.ok(message.length < 10_000);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: none may be left
    assert.doesNotMatch(message, /[\u0000-\u0009\u000b-\u001f\u202e]/);
    for (const warning of answer.warnings ?? []) assert.ok(Buffer.byteLength(warning) <= 256);
    await isAlive();
  });

  it("plaintext and broken handshakes on the TLS port are closed", async () => {
    for (const sent of [
      "GET /validate HTTP/1.1\r\nhost: a\r\n\r\n",
      "\u0016\u0003\u0001\u0000\u0005hello",
      "\u0000".repeat(64),
    ]) {
      const socket = connect(guard.port, "127.0.0.1");
      socket.on("error", () => undefined);
      let told = "";
      socket.on("data", (part: Buffer) => {
        told += part.toString("latin1");
      });
      socket.write(sent, "latin1");
      await once(socket, "close");
      assert.doesNotMatch(told, /HTTP\/1\.1 200/);
    }
    const old = secureConnect({
      host: "127.0.0.1",
      port: guard.port,
      maxVersion: "TLSv1.1",
      minVersion: "TLSv1",
      rejectUnauthorized: false,
    });
    await assert.rejects(once(old, "secureConnect"));
    await isAlive();
  });

  it("those who send slowly, or nothing, keep nobody else waiting", async () => {
    const ca = readFileSync(join(folder, "tls.crt"), "utf8");
    const slow = await Promise.all(
      Array.from({ length: 100 }, async () => {
        const socket = secureConnect({ host: "127.0.0.1", port: guard.port, ca, servername: NAME });
        socket.on("error", () => undefined);
        await once(socket, "secureConnect");
        socket.write(
          "POST /validate HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 100000\r\n\r\n{",
        );
        return socket;
      }),
    );
    await isAlive();
    for (const socket of slow) socket.destroy();
    await isAlive();
  });

  it("a flood of the largest reviews is bounded in memory, and answered or turned away", async () => {
    const large = written(JSON.stringify({ ...privileged, pad: "a".repeat(7 * 1024 * 1024) }));
    const answers = await Promise.all(
      Array.from({ length: 24 }, () => caller.send(large).catch(() => ({ status: 503, text: "" }))),
    );
    for (const { status, text } of answers) {
      assert.ok(status === 200 || status === 503, String(status));
      assert.doesNotMatch(text, /"allowed":\s*true/);
    }
    assert.ok(memoryOf(guard.pid).most < 900e6, `${memoryOf(guard.pid).most} bytes`);
    await isAlive();
  });
});
