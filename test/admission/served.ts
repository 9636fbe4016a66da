/** The guard as its users run it: `bulkhead admission serve` as a process, on loopback, asked over TLS. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { type IncomingMessage, request as plainRequest } from "node:http";
import { Agent, request as secureRequest } from "node:https";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { YOUNG_MEGABYTES } from "../../src/guards/admission/deploy/workload.ts";
import { program } from "../bulkhead.ts";
import { inherited } from "../environment.ts";
import { onCore } from "./load/run.ts";
import { type Answer, answerIn, type Review } from "./reviews.ts";

export interface ServeOptions {
  /** Where it runs, and its home. */
  readonly folder: string;
  /** Beside the ports: `--policy bulkhead.yaml --certificate tls.crt …`. */
  readonly words: readonly string[];
  /** Binds it to a core. */
  readonly core?: number;
  /** Fixed, so that another process may take its place. */
  readonly port?: number;
  readonly environment?: Readonly<Record<string, string>>;
}

export interface ServedProcess {
  readonly pid: number;
  readonly port: number;
  readonly statusPort: number;
  /** What it said on stderr, line by line. */
  readonly said: readonly string[];
  /** Resolves when a line has been said that fits, from now on or before. */
  hears(pattern: RegExp, from?: number): Promise<string>;
  status(path: string): Promise<{ readonly status: number; readonly text: string }>;
  /** Resolves once it is ready. Throws where it ends before. */
  ready(): Promise<void>;
  signal(signal: NodeJS.Signals): void;
  /** SIGTERM, and its exit code. */
  stop(): Promise<number | null>;
  /** As a node that dies. */
  kill(): Promise<void>;
}

/** Resolves once it says which ports it has. */
export async function serve({ folder, words, core, port = 0, environment = {} }: ServeOptions): Promise<ServedProcess> {
  const ports = ["--host", "127.0.0.1", "--port", String(port), "--status-host", "127.0.0.1", "--status-port", "0"];
  const all = [process.execPath, program, "admission", "serve", ...ports, ...words];
  const [command, ...rest] = core === undefined ? (all as [string, ...string[]]) : onCore(core, all);
  const child = spawn(command, rest, {
    cwd: folder,
    env: {
      PATH: process.env.PATH ?? "",
      HOME: folder,
      TMPDIR: process.env.TMPDIR ?? "/tmp",
      // As the manifests have it.
      NODE_OPTIONS: `--max-semi-space-size=${YOUNG_MEGABYTES}`,
      ...inherited,
      ...environment,
    },
    // Decisions that nobody reads are not kept.
    stdio: ["ignore", "ignore", "pipe"],
  });
  const onExit = () => child.kill("SIGKILL");
  process.once("exit", onExit);
  const exited = once(child, "exit") as Promise<[number | null]>;
  const said: string[] = [];
  const waiting = new Set<() => void>();
  createInterface(child.stderr).on("line", (line) => {
    said.push(line);
    for (const each of waiting) each();
  });
  const ended = exited.then(([code]) => {
    process.off("exit", onExit);
    throw new Error(`admission serve ended with ${code}:\n${said.slice(-20).join("\n")}`);
  });
  ended.catch(() => undefined);

  async function hears(pattern: RegExp, from = 0): Promise<string> {
    const { promise, resolve } = Promise.withResolvers<string>();
    const look = () => {
      const line = said.slice(from).find((each) => pattern.test(each));
      if (line !== undefined) resolve(line);
    };
    waiting.add(look);
    look();
    try {
      return await Promise.race([promise, ended]);
    } finally {
      waiting.delete(look);
    }
  }

  const line = await hears(/serves the webhooks on port \d+/);
  const [, own = "", statusPort = ""] = /port (\d+), health and metrics on (\d+)/.exec(line) ?? [];

  async function status(path: string) {
    const asked = plainRequest({ host: "127.0.0.1", port: Number(statusPort), path, agent: false });
    asked.end();
    const [response] = (await once(asked, "response")) as [IncomingMessage];
    return { status: response.statusCode ?? 0, text: await text(response) };
  }

  return {
    pid: child.pid ?? 0,
    port: Number(own),
    statusPort: Number(statusPort),
    said,
    hears,
    status,
    async ready() {
      while ((await Promise.race([status("/readyz"), ended])).status !== 200) {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    signal: (signal) => void child.kill(signal),
    async stop() {
      child.kill("SIGTERM");
      const [code] = await exited;
      return code;
    },
    async kill() {
      child.kill("SIGKILL");
      await exited;
    },
  };
}

export interface Caller {
  /** @throws Error where nobody answers, or with no AdmissionReview */
  ask(review: Review, path?: string): Promise<Answer>;
  /** Whatever is sent, whatever is answered. */
  send(body: string | Buffer, headers?: Readonly<Record<string, string>>, path?: string): Promise<Sent>;
  close(): void;
}

export interface Sent {
  readonly status: number;
  readonly text: string;
}

/** An API server's way of asking: over TLS, on connections that are kept. @param authority - a file in PEM, read at each connection */
export function callerOf(port: number | (() => number), authority: string, serverName: string): Caller {
  let agent = new Agent({ keepAlive: true });
  let trusted = "";

  async function send(body: string | Buffer, headers = {}, path = "/validate?timeout=10s"): Promise<Sent> {
    const now = existsSync(authority) ? readFileSync(authority, "utf8") : authority;
    if (now !== trusted) {
      agent.destroy();
      agent = new Agent({ keepAlive: true });
      trusted = now;
    }
    const asked = secureRequest({
      host: "127.0.0.1",
      port: typeof port === "number" ? port : port(),
      servername: serverName,
      ca: now,
      agent,
      path,
      method: "POST",
      headers: { "content-type": "application/json", "content-length": String(Buffer.byteLength(body)), ...headers },
    });
    const { promise, resolve, reject } = Promise.withResolvers<Sent>();
    asked.on("error", reject);
    asked.on("response", (response) => {
      text(response).then((told) => resolve({ status: response.statusCode ?? 0, text: told }), reject);
    });
    asked.end(body);
    return await promise;
  }

  return {
    send,
    async ask(review, path) {
      const { status, text: body } = await send(JSON.stringify(review), {}, path);
      if (status !== 200) throw new Error(`status ${status}: ${body}`);
      return answerIn(body, String(review.request.uid));
    },
    close: () => agent.destroy(),
  };
}
