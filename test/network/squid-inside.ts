/** The program of squid-harness.ts, alone in its network namespace: origin servers, Squid, and the requests. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout } from "node:timers/promises";
import type { SquidAnswer, SquidQuestions } from "./squid-harness.ts";

/** The origin's own status: no proxy answers so by itself. */
const ORIGIN_STATUS = 299;

const { configuration, hosts, requests } = JSON.parse(await text(process.stdin)) as SquidQuestions & {
  readonly configuration: string;
};
const folder = mkdtempSync(join(tmpdir(), "bulkhead-squid-"));
let squid: ChildProcess | undefined;
try {
  const addresses = [...new Set(Object.values(hosts))];
  execFileSync("ip", ["link", "set", "lo", "up"]);
  for (const address of addresses) {
    const whole = address.includes(":") ? [`${address}/128`, "dev", "lo", "nodad"] : [`${address}/32`, "dev", "lo"];
    execFileSync("ip", ["addr", "add", ...whole]);
  }
  const ports = [...new Set(requests.map((request) => targetOf(request).port))];
  for (const host of addresses) for (const port of ports) await startOrigin(host, port);
  const proxy = await startSquid();
  const answers: SquidAnswer[] = [];
  for (const request of requests) answers.push(await ask(request, proxy));
  process.stdout.write(JSON.stringify(answers));
} finally {
  if (squid?.kill("SIGKILL")) await once(squid, "close");
  rmSync(folder, { recursive: true });
}
// The origins still listen.
process.exit();

interface Place {
  readonly host: string;
  readonly port: number;
}

function targetOf(request: string): Place {
  const [method, target = ""] = request.split(" ");
  const { hostname, port } = new URL(method === "CONNECT" ? `http://${target}` : target);
  return { host: hostname, port: Number(port || 80) };
}

async function startOrigin(host: string, port: number): Promise<void> {
  const server = createServer((_, response) => {
    response.writeHead(ORIGIN_STATUS);
    response.end();
  });
  server.listen(port, host);
  await once(server, "listening");
}

/** Squid's own address, once it accepts connections there: it says that it does a moment before. */
async function startSquid(): Promise<Place> {
  const place = await saidPlace();
  while (!(await accepts(place))) await setTimeout(10);
  return place;
}

async function accepts({ host, port }: Place): Promise<boolean> {
  if (squid?.exitCode !== null) throw new Error(`squid ended with ${squid?.exitCode}`);
  const socket = connect(port, host);
  return await new Promise((resolve) => {
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}

async function saidPlace(): Promise<Place> {
  const [settings, hostsFile] = [join(folder, "squid.conf"), join(folder, "hosts")];
  const decidesNothing = [
    `hosts_file ${hostsFile}`,
    `coredump_dir ${folder}`,
    "dns_nameservers 127.0.0.1",
    "dns_timeout 1 second",
    "cache deny all",
    "access_log none",
    "cache_log /dev/null",
    "pid_filename none",
    "netdb_filename none",
    "pinger_enable off",
    "visible_hostname squid.test",
  ];
  writeFileSync(settings, `${configuration}\n${decidesNothing.join("\n")}\n`);
  writeFileSync(
    hostsFile,
    `${Object.entries(hosts)
      .map(([name, address]) => `${address} ${name}\n`)
      .join("")}`,
  );
  // It reads them as its own user.
  chmodSync(folder, 0o755);
  const child = spawn("squid", ["-N", "-d", "1", "-f", settings], { stdio: ["ignore", "ignore", "pipe"] });
  squid = child;
  let said = "";
  return await new Promise<Place>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => reject(new Error(`squid ended with ${code}: ${said}`)));
    child.stderr.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      const [, host = "", port] = /Accepting HTTP Socket connections at .*?local=(\S+):(\d+)/.exec(said) ?? [];
      if (port === undefined) return;
      const any = host === "[::]" || host === "0.0.0.0";
      resolve({ host: any ? "127.0.0.1" : host.replace(/^\[|\]$/g, ""), port: Number(port) });
    });
  });
}

async function ask(request: string, proxy: Place): Promise<SquidAnswer> {
  const [method, target = ""] = request.split(" ");
  const head = `Host: ${method === "CONNECT" ? target : new URL(target).host}\r\nConnection: close\r\n\r\n`;
  const socket = connect(proxy.port, proxy.host);
  let received = "";
  let tunnel = false;
  socket.write(`${method} ${target} HTTP/1.1\r\n${head}`);
  socket.on("data", (chunk: Buffer) => {
    received += chunk.toString("latin1");
    if (method !== "CONNECT" || tunnel || !/^HTTP\/1\.\d 200 [\s\S]*\r\n\r\n$/.test(received)) return;
    tunnel = true;
    socket.write(`GET / HTTP/1.1\r\n${head}`);
  });
  // What ends with an error has brought no answer of the origin's, which is what counts.
  socket.on("error", () => {});
  await new Promise((resolve) => socket.once("close", resolve));
  const statuses = [...received.matchAll(/^HTTP\/1\.\d (\d{3}) /gm)].map(([, status]) => Number(status));
  return { request, passed: statuses.at(-1) === ORIGIN_STATUS, status: statuses[0] ?? 0 };
}
