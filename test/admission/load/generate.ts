/**
 * A load generator for webhooks, as a program of its own: `node generate.ts PLAN.json` (plan.ts), one line of JSON with what
 * came of it. It writes HTTP/1.1 itself over connections that are kept, so that it costs little beside what it measures.
 */
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { connect, type TLSSocket } from "node:tls";
import { type LoadPlan, type LoadReport, UID_PLACE } from "./plan.ts";

const plan = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")) as LoadPlan;

/** Head and body in one piece, and where the uid stands in it. */
const requests = plan.bodies.map((body) => {
  const bytes = Buffer.from(body);
  const head = [
    `POST ${plan.path} HTTP/1.1`,
    `Host: ${plan.serverName}`,
    "Content-Type: application/json",
    "Accept: application/json",
    `Content-Length: ${bytes.length}`,
    "",
    "",
  ].join("\r\n");
  const whole = Buffer.concat([Buffer.from(head), bytes]);
  const at = whole.indexOf(UID_PLACE);
  if (at < 0) throw new Error("a body without a place for its uid");
  return { whole, at };
});

let sent = 0;
let allowed = 0;
let refused = 0;
const latencies: number[] = [];
const failures = new Map<string, number>();
const fail = (reason: string) => failures.set(reason, (failures.get(reason) ?? 0) + 1);

interface Pending {
  readonly due: number;
  readonly uid: string;
  readonly done: () => void;
}

/** One connection, that asks one thing at a time and connects again where it was closed. */
function connection() {
  let socket: TLSSocket | undefined;
  let pending: Pending | undefined;
  let received: Buffer = Buffer.alloc(0);

  const end = (reason?: string) => {
    const was = pending;
    pending = undefined;
    received = Buffer.alloc(0);
    if (was === undefined) return;
    if (reason !== undefined) fail(reason);
    was.done();
  };
  const lose = (reason: string) => {
    socket?.destroy();
    socket = undefined;
    end(reason);
  };

  function read(part: Buffer): void {
    received = received.length === 0 ? part : Buffer.concat([received, part]);
    const headEnd = received.indexOf("\r\n\r\n");
    if (headEnd < 0 || pending === undefined) return;
    const head = received.toString("latin1", 0, headEnd);
    const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? Number.NaN);
    if (Number.isNaN(length)) {
      lose("an answer without a length");
      return;
    }
    if (received.length < headEnd + 4 + length) return;
    const status = head.slice(9, 12);
    const body = received.toString("utf8", headEnd + 4, headEnd + 4 + length);
    const { uid, due } = pending;
    const closes = /\r\nconnection: *close/i.test(head);
    if (status !== "200") end(`status ${status}`);
    else if (!body.includes(`"uid":"${uid}"`)) end("an answer to another request");
    else {
      latencies.push(performance.now() - due);
      if (body.includes('"allowed":true')) allowed += 1;
      else refused += 1;
      end();
    }
    if (closes) {
      socket?.destroy();
      socket = undefined;
    }
  }

  async function open(): Promise<TLSSocket> {
    const { promise, resolve, reject } = Promise.withResolvers<TLSSocket>();
    const made = connect({
      host: "127.0.0.1",
      port: plan.port,
      ca: plan.authority,
      servername: plan.serverName,
    });
    made.setNoDelay(true);
    made.once("secureConnect", () => resolve(made));
    made.on("error", (error: NodeJS.ErrnoException) => {
      reject(error);
      if (socket === made) lose(error.code ?? error.message);
    });
    made.on("close", () => {
      if (socket === made) lose("closed before its answer");
    });
    made.on("data", (part) => {
      if (socket === made) read(part);
    });
    return promise;
  }

  return {
    get busy() {
      return pending !== undefined;
    },
    async connect() {
      socket ??= await open();
    },
    /** Resolves once it is answered or has failed. */
    async ask(index: number, due: number): Promise<void> {
      const { promise, resolve } = Promise.withResolvers<void>();
      const uid = uidOf(index);
      pending = { due, uid, done: resolve };
      sent += 1;
      const late = setTimeout(() => lose("no answer in time"), plan.patience);
      try {
        socket ??= await open();
        const { whole, at } = requests[index % requests.length] as (typeof requests)[number];
        const bytes = Buffer.from(whole);
        bytes.write(uid, at, "latin1");
        socket.write(bytes);
      } catch (error) {
        end(`no connection: ${(error as NodeJS.ErrnoException).code ?? String(error)}`);
      }
      await promise;
      clearTimeout(late);
    },
    close() {
      socket?.destroy();
    },
  };
}

function uidOf(index: number): string {
  const hex = index.toString(16).padStart(12, "0");
  return `${UID_PLACE.slice(0, 24)}${hex}`;
}

const connections = Array.from({ length: plan.connections }, connection);
await Promise.all(connections.map((each) => each.connect()));
const usageBefore = process.cpuUsage();
const began = performance.now();
const ends = began + plan.seconds * 1000;

if (plan.rate === undefined) {
  let next = 0;
  await Promise.all(
    connections.map(async (each) => {
      while (performance.now() < ends) await each.ask(next++, performance.now());
    }),
  );
} else {
  const idle = [...connections];
  const waiting: { readonly index: number; readonly due: number }[] = [];
  const open = new Set<Promise<void>>();
  const start = () => {
    while (idle.length > 0 && waiting.length > 0) {
      const [each, { index, due } = { index: 0, due: 0 }] = [idle.pop(), waiting.shift()];
      if (each === undefined) return;
      const asked = each.ask(index, due).then(() => {
        idle.push(each);
        open.delete(asked);
        start();
      });
      open.add(asked);
    }
  };
  const total = Math.floor(plan.rate * plan.seconds);
  for (let index = 0; index < total; ) {
    const now = performance.now();
    while (index < total && began + (index * 1000) / plan.rate <= now) {
      waiting.push({ index, due: began + (index * 1000) / plan.rate });
      index += 1;
    }
    start();
    // Timers of a millisecond are as exact as they get; what they add is counted as the server's.
    if (index < total) await sleep(1);
  }
  while (open.size > 0 || waiting.length > 0) {
    start();
    await Promise.race([...open]);
  }
}

const seconds = (performance.now() - began) / 1000;
const used = process.cpuUsage(usageBefore);
for (const each of connections) each.close();
latencies.sort((a, b) => a - b);
const part = (share: number) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0;
const report: LoadReport = {
  sent,
  answered: allowed + refused,
  allowed,
  refused,
  failures: Object.fromEntries(failures),
  seconds,
  perSecond: (allowed + refused) / seconds,
  latency: { p50: part(0.5), p90: part(0.9), p99: part(0.99), p999: part(0.999), most: latencies.at(-1) ?? 0 },
  ownShare: (used.user + used.system) / 1e6 / seconds,
};
process.stdout.write(`${JSON.stringify(report)}\n`);
