/** The load generator is held against a webhook that is known: what it counts is what was asked. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { after, before, describe, it } from "node:test";
import { findProgram } from "../cluster/process.ts";
import { type LoadPlan, UID_PLACE } from "./load/plan.ts";
import { type Certificate, load, makeCertificate, memoryOf, startBareResponder } from "./load/run.ts";
import { created, goodPod } from "./reviews.ts";

const NAME = "bulkhead-admission.bulkhead.svc";

describe("the load generator", { skip: findProgram("openssl") === undefined && "openssl is not installed" }, () => {
  let folder: string;
  let files: Certificate;
  let plan: Omit<LoadPlan, "port">;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "bulkhead-load-"));
    files = makeCertificate(folder, NAME);
    plan = {
      path: "/validate?timeout=10s",
      authority: readFileSync(files.certificate, "utf8"),
      serverName: NAME,
      bodies: [JSON.stringify(created(goodPod("a/b:1"), { uid: UID_PLACE }))],
      connections: 4,
      seconds: 0.3,
      patience: 60_000,
    };
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("asks at a steady rate, and saturated, and is answered by the bare responder", async () => {
    const server = await startBareResponder(files, 0);
    try {
      const steady = await load(folder, { ...plan, port: server.port, rate: 200 }, 1);
      assert.deepEqual([steady.sent, steady.allowed, steady.failures], [60, 60, {}]);
      assert.ok(steady.latency.p50 > 0 && steady.latency.p50 <= steady.latency.most);
      const saturated = await load(folder, { ...plan, port: server.port }, 1);
      assert.ok(saturated.answered === saturated.sent && saturated.sent > 0);
      assert.ok(memoryOf(server.pid).most > 0);
    } finally {
      await server.stop();
    }
  });

  it("tells refusals, other answers and none apart", async () => {
    const answers = [
      (uid: string) => ({ status: 200, body: { response: { uid, allowed: false } } }),
      () => ({ status: 200, body: { response: { uid: "another", allowed: true } } }),
      () => ({ status: 503, body: {} }),
      () => ({ status: 500, body: {} }),
    ];
    let asked = 0;
    const server = createServer(
      { cert: readFileSync(files.certificate), key: readFileSync(files.key) },
      async (request, response) => {
        const { request: review } = JSON.parse(await text(request));
        const answer = answers[asked++ % answers.length]?.(review.uid);
        if (asked % 4 === 0) return request.socket.destroy();
        const body = JSON.stringify(answer?.body);
        response.writeHead(answer?.status ?? 500, { "content-length": Buffer.byteLength(body) });
        response.end(body);
      },
    );
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    try {
      const { port } = server.address() as AddressInfo;
      const report = await load(folder, { ...plan, port, rate: 100, seconds: 0.12, connections: 1 }, 1);
      assert.equal(report.sent, 12);
      assert.equal(report.allowed, 0);
      assert.deepEqual(report.failures, {
        "an answer to another request": 3,
        "status 503": 3,
        "closed before its answer": 3,
      });
      assert.equal(report.refused, 3);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});
