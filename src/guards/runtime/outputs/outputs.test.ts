import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer as createHttpServer, type IncomingHttpHeaders, type Server } from "node:http";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { test } from "node:test";
import type { AlertView } from "../../../report/runtime/view.ts";
import type { Output, OutputPlace, OutputSettings } from "./model.ts";
import { openOutput } from "./open.ts";
import { createQueue, type Sent } from "./queue.ts";
import { nameOfPlace, placeOf, usualForm } from "./settings.ts";
import { signatureOf } from "./webhook.ts";

const alert: AlertView = {
  ...{ first: "2026-03-01T14:03:22.000000000Z", last: "2026-03-01T14:03:22.000000000Z", count: 1, rule: "Shadow read" },
  ...{ detector: "bulkhead", priority: "ERROR", severity: "high", source: "syscall", output: "read\u001b[2J" },
  ...{ fields: {}, tags: [], asset: "node-1", host: "node-1", kubernetesUsers: [], after: [], state: "over" },
} as AlertView;

const NOW = 1_772_373_802_000;

function open(settings: OutputSettings, said: (string | undefined)[] = []): Output {
  return openOutput(settings, {
    page: { columns: 100, color: false },
    now: () => NOW,
    lines: () => assert.fail(),
    onState: (_, why) => said.push(why),
  });
}

const portOf = (server: { address(): unknown }) => (server.address() as AddressInfo).port;

interface Posted {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

async function answering(...statuses: readonly (number | "cut")[]): Promise<{ server: Server; posts: Posted[] }> {
  const posts: Posted[] = [];
  const server = createHttpServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += String(chunk);
    posts.push({ headers: request.headers, body });
    const status = statuses[posts.length - 1] ?? 200;
    if (status === "cut") request.socket.destroy();
    else response.writeHead(status, status === 429 ? { "retry-after": "0" } : {}).end("as you like");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { server, posts };
}

const webhook = (server: Server, secret?: string): OutputSettings => ({
  ...{ kind: "webhook", form: "alerts", url: `http://127.0.0.1:${portOf(server)}/hook` },
  ...(secret === undefined ? {} : { secret }),
});

test("a webhook is signed over time, delivery and body, and tried again as the same delivery", async (t) => {
  const secret = `${process.pid}`.repeat(8);
  const { server, posts } = await answering(429, 200, 200);
  t.after(() => server.close());
  const output = open(webhook(server, secret));
  output.write(alert);
  output.write(alert);
  while (output.counts().waiting > 0) await new Promise((resolve) => setImmediate(resolve));
  await output.close(1_000);
  assert.deepEqual(output.counts(), { sent: 2, waiting: 0, dropped: 0 });
  const deliveries = posts.map(({ headers }) => String(headers["bulkhead-delivery"]));
  assert.equal(deliveries.length, 3);
  assert.equal(deliveries[0], deliveries[1]);
  assert.notEqual(deliveries[1], deliveries[2]);
  for (const { headers, body } of posts) {
    const mac = createHmac("sha256", secret)
      .update(`${NOW / 1_000}.${headers["bulkhead-delivery"]}.${body}`)
      .digest("hex");
    assert.equal(headers["bulkhead-signature"], `t=${NOW / 1_000},v1=${mac}`);
    assert.equal((JSON.parse(body) as { rule: string }).rule, "Shadow read");
    assert.ok(!body.includes("\u001b"));
  }
  assert.notEqual(signatureOf(secret, 1, "a", "b"), signatureOf(secret, 1, "ab", ""));
});

test("what a webhook refuses is dropped, counted and told; without a secret nothing is signed", async (t) => {
  const { server, posts } = await answering(400, 200);
  t.after(() => server.close());
  const said: (string | undefined)[] = [];
  const output = open(webhook(server), said);
  output.write(alert);
  output.write(alert);
  while (output.counts().waiting > 0) await new Promise((resolve) => setImmediate(resolve));
  await output.close(1_000);
  assert.deepEqual(output.counts(), { sent: 1, waiting: 0, dropped: 1 });
  assert.deepEqual(said, ["answered with 400", undefined]);
  assert.equal(posts[0]?.headers["bulkhead-signature"], undefined);
});

test("a queue keeps what came first, counts the rest, and ends in time", async () => {
  const sent: string[] = [];
  const tries: Sent[] = [{ kind: "again", why: "away" }, { kind: "again", why: "away" }, { kind: "sent" }];
  const states: (string | undefined)[] = [];
  const queue = createQueue({
    async send(text) {
      const result = tries.shift() ?? { kind: "sent" };
      if (result.kind === "sent") sent.push(text);
      return result;
    },
    onState: (why) => states.push(why),
    ...{ first: 1, most: 1, waiting: 2 },
  });
  for (const text of ["a", "b", "c"]) queue.put(text);
  assert.equal(queue.counts().dropped, 1);
  while (queue.counts().waiting > 0) await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(
    [sent, states],
    [
      ["a", "b"],
      ["away", undefined],
    ],
  );
  const stuck = createQueue({ send: async () => ({ kind: "again", why: "away" }), onState: () => undefined });
  stuck.put("a");
  await stuck.close(1);
  assert.deepEqual(stuck.counts(), { sent: 0, waiting: 0, dropped: 1 });
});

test("syslog goes over UDP as a datagram, and over TCP with its octets counted, to a server that comes back", async (t) => {
  const udp = createSocket("udp4").bind(0, "127.0.0.1");
  await once(udp, "listening");
  t.after(() => udp.close());
  const datagram = once(udp, "message");
  const byUdp = open({ kind: "syslog", form: "syslog", transport: "udp", host: "127.0.0.1", port: portOf(udp) });
  byUdp.write(alert);
  const [message] = (await datagram) as [Buffer];
  assert.match(
    message.toString(),
    /^<83>1 2026-03-01T14:03:22\.000000Z node-1 bulkhead - alert \[alert@32473 rule="Shadow read"/,
  );
  await byUdp.close(1_000);

  const connections: Socket[] = [];
  const tcp = createServer((socket) => connections.push(socket));
  tcp.listen(0, "127.0.0.1");
  await once(tcp, "listening");
  t.after(() => tcp.close());
  const byTcp = open({ kind: "syslog", form: "syslog", transport: "tcp", host: "127.0.0.1", port: portOf(tcp) });
  for (const turn of [1, 2]) {
    byTcp.write(alert);
    while (connections.length < turn) await new Promise((resolve) => setImmediate(resolve));
    const socket = connections.at(-1) as Socket;
    const [chunk] = (await once(socket, "data")) as [Buffer];
    const [, length = "", rest = ""] = /^(\d+) (.*)$/s.exec(chunk.toString()) ?? [];
    assert.equal(Buffer.byteLength(rest), Number(length));
    while (byTcp.counts().sent < turn) await new Promise((resolve) => setImmediate(resolve));
    const gone = once(socket, "close");
    socket.end();
    await gone;
  }
  await byTcp.close(1_000);
});

test("places are read as they are written, and named without what may be secret", () => {
  const name = (written: string) => nameOfPlace(placeOf(written));
  assert.equal(name("https://hooks.example.com/T0/secret?token=1"), "https://hooks.example.com");
  assert.equal(name("syslog+udp://log.example.com"), "syslog+udp://log.example.com:514");
  assert.equal(name("syslog+tcp://[2001:db8::1]:6514"), "syslog+tcp://[2001:db8::1]:6514");
  assert.equal(name("syslog+unix:/run/log.sock"), "syslog+unix:/run/log.sock");
  assert.equal(name("file:alerts.jsonl"), "file:alerts.jsonl");
  assert.deepEqual(
    (["-", "file:a", "syslog+udp://a"] as const).map((each) => usualForm(placeOf(each) as OutputPlace)),
    ["text", "alerts", "syslog"],
  );
  for (const wrong of ["ftp://example.com", "alerts.jsonl", "file:", "syslog+udp://", `https://${"u:p"}@example.com`]) {
    assert.throws(() => placeOf(wrong), { code: "cli.usage" }, wrong);
  }
});
