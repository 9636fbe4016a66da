import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, it } from "node:test";
import { Problem } from "../../../core/problem.ts";
import { openServices, type ServiceRequest, serviceUrl } from "./service.ts";

describe("services", () => {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    const times = seen.filter((each) => each === `${request.method} ${request.url}`).length;
    if (request.url === "/busy" && times < 3) response.writeHead(503).end();
    else if (request.url === "/down") response.writeHead(500).end('{"message":"out of order\\n::error::x"}');
    else if (request.url === "/refused") response.writeHead(400).end('{"code":3,"message":"there was an error"}');
    else if (request.url === "/moved") response.writeHead(302, { location: "/ok" }).end();
    else if (request.url === "/large") response.writeHead(200).end("x".repeat(2_000));
    else response.writeHead(200).end("ok");
  });
  let url = "";
  before(async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const clock = { now: () => 0, random: () => 0, sleep: async () => undefined };
  const ask = async (path: string, more: Partial<ServiceRequest> = {}) => {
    const services = openServices({ clock, environment: {} });
    try {
      const asked = { what: "entry", url: new URL(`${url}${path}`), method: "POST", body: "{}" } as const;
      return await services.ask({ ...asked, accepts: [200], limit: 1_000, ...more });
    } finally {
      services.close();
    }
  };
  const refusal = async (path: string, more: Partial<ServiceRequest> = {}): Promise<Problem> => {
    try {
      await ask(path, more);
    } catch (error) {
      assert.ok(error instanceof Problem, String(error));
      return error;
    }
    throw new Error("it was answered");
  };

  it("asks a busy service again, and one that is down as often as is bounded", async () => {
    assert.equal((await ask("/busy")).bytes.toString(), "ok");
    const { code, kind, message } = await refusal("/down");
    assert.deepEqual([code, kind], ["signing.service-unreachable", "unavailable"]);
    assert.match(message, /^the server answered 500: out of order/);
    assert.equal(seen.filter((each) => each === "POST /down").length, 3);
  });

  it("says why it was refused, and asks no second time", async () => {
    const { code, kind, message, place } = await refusal("/refused");
    assert.deepEqual([code, kind], ["signing.service-answer", "input"]);
    assert.equal(message, "the server answered 400: there was an error");
    assert.equal(place, `entry from ${url}/refused`);
    assert.equal(seen.filter((each) => each === "POST /refused").length, 1);
  });

  it("follows no redirect, and reads no more than its bound", async () => {
    assert.match((await refusal("/moved")).message, /answered 302/);
    assert.ok(!seen.includes("POST /ok"));
    const { code, message } = await refusal("/large");
    assert.deepEqual([code, message], ["signing.service-answer", "more than 1000 bytes"]);
  });

  it("speaks plain HTTP on loopback alone", async () => {
    const { code, kind } = await refusal("", { url: new URL("http://rekor.example/") });
    assert.deepEqual([code, kind], ["signing.url", "usage"]);
    assert.throws(() => serviceUrl("ftp://rekor.example", "--rekor"), /not an http\(s\) URL/);
    assert.throws(() => serviceUrl("http://rekor.example", "--rekor"), /plain HTTP/);
    assert.equal(serviceUrl("https://rekor.example/x", "--rekor").href, "https://rekor.example/x");
  });
});
