/** `runtime watch` as its users run it, over a sensor that sees what tests tell it. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after } from "node:test";
import { until } from "../../src/core/until.fixture.ts";
import { fakeSensor } from "../../src/guards/runtime/sensor/fake-sensor.fixture.ts";
import { program } from "../bulkhead.ts";
import { inherited } from "../environment.ts";

export const rule = (name: string, path: string, priority = "ERROR") => `- rule: ${name}
  desc: what it is about
  condition: evt.type in (open, openat, openat2) and fd.name = ${path}
  output: ${name} (file=%fd.name container=%container.name)
  priority: ${priority}
`;

const id = "c".repeat(64);

/** A container, and a process in it. */
export const shop = [
  { process: { pid: 100, path: "/usr/bin/containerd-shim" } },
  { process: { pid: 200, parent: 100, path: "/usr/bin/node", args: ["server.js"], container: id } },
  { container: { id, name: "api", image: "registry.example.com/shop/api:2", imageId: `sha256:${"3".repeat(64)}` } },
];

export const opens = (path: string, more: object = {}) => ({
  event: "openat",
  pid: 200,
  args: { name: path, flags: "O_RDONLY" },
  ...more,
});

export interface Alert {
  readonly time: string;
  readonly rule: string;
  readonly output: string;
  readonly hostname: string;
  readonly bulkhead: {
    readonly count: number;
    readonly state: string;
    readonly asset: string;
    readonly kubernetesUsers: readonly { readonly name: string }[];
  };
}

export interface Watched {
  readonly child: ChildProcess;
  readonly folder: string;
  /** The next alert on standard output. */
  alert(): Promise<Alert>;
  /** Messages up to the first that matches. */
  says(message: RegExp): Promise<string>;
  /** Has the sensor tell more. */
  tell(...lines: readonly object[]): Promise<void>;
  /** Commands that sensors were told so far, `start` where one began. */
  commands(): readonly string[];
  /** Waits until the sensor was told this. */
  told(command: RegExp): Promise<void>;
  end(): Promise<Ended>;
  /** Waits for its own end. */
  ended(): Promise<Ended>;
}

interface Ended {
  readonly code: number | null;
  readonly messages: string;
}

/** Its second process is handed no variable of the tests, but Node's own options. */
const compiling = [
  "--import",
  `data:text/javascript,${encodeURIComponent(`import { enableCompileCache } from "node:module"; enableCompileCache(${JSON.stringify(inherited.NODE_COMPILE_CACHE)});`)}`,
];

/** @param words - beside the rules, the sensor and the form */
export function watching(rules: string, ...words: readonly string[]): Watched {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-watching-"));
  const [feed, log, sensor] = ["feed", "log", "sensor"].map((name) => join(folder, name)) as [string, string, string];
  writeFileSync(join(folder, "rules.yaml"), rules);
  const { file, words: own } = fakeSensor({ feed, log });
  writeFileSync(
    sensor,
    `#!/bin/sh\nrm -f '${feed}'\nNODE_COMPILE_CACHE='${inherited.NODE_COMPILE_CACHE}' exec ${[file, ...own].map((word) => `'${word}'`).join(" ")} "$@"\n`,
  );
  chmodSync(sensor, 0o755);
  const usual = ["--rules", "rules.yaml", "--sensor", sensor, "--no-containers", "--format", "alerts"];
  const child = spawn(process.execPath, [...compiling, program, "runtime", "watch", ...usual, ...words], {
    cwd: folder,
    env: { PATH: process.env.PATH ?? "", HOME: join(folder, "home"), ...inherited },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const closed = once(child, "close");
  const alerts = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const messages = createInterface({ input: child.stderr })[Symbol.asyncIterator]();
  const said: string[] = [];
  after(async () => {
    child.kill("SIGTERM");
    await closed;
    rmSync(folder, { recursive: true, force: true });
  });

  async function says(message: RegExp): Promise<string> {
    for (let next = await messages.next(); next.done !== true; next = await messages.next()) {
      said.push(next.value);
      if (message.test(next.value)) return next.value;
    }
    assert.fail(`${message} was not said: ${said.join("\n")}`);
  }

  const commands = () => (existsSync(log) ? readFileSync(log, "utf8").trim().split("\n") : []);
  return {
    child,
    folder,
    async alert() {
      const { value, done } = await alerts.next();
      if (done === true) assert.fail(`no alert: ${said.join("\n")}`);
      return JSON.parse(value as string) as Alert;
    },
    says,
    async tell(...lines) {
      const socket = connect(feed);
      await once(socket, "connect");
      socket.end(lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
      await once(socket, "close");
    },
    commands,
    told: (command) => until(() => commands().some((one) => command.test(one))),
    end() {
      child.kill("SIGTERM");
      return ended();
    },
    ended,
  };

  async function ended(): Promise<Ended> {
    for (let next = await messages.next(); next.done !== true; next = await messages.next()) said.push(next.value);
    const [code] = (await closed) as [number | null];
    return { code, messages: said.join("\n") };
  }
}
