/** Debian's chromium without a window, driven over its DevTools protocol: for tests of the page, and for its pictures. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { unmoved } from "../environment.ts";

/** Asks nobody for anything, and keeps nothing. */
const FLAGS = [
  "--headless",
  // Without a sandbox of its own: it opens nothing but pages that we wrote, and as root it has none.
  "--no-sandbox",
  "--disable-gpu",
  "--disable-dev-shm-usage",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--hide-scrollbars",
  "--remote-debugging-pipe",
];

/** Where it is installed; undefined where it is not. */
export function findChromium(): string | undefined {
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    const path = join(folder, "chromium");
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // The next one.
    }
  }
  return undefined;
}

export const skipWithoutChromium = findChromium() === undefined && "chromium is not installed";

export interface Viewport {
  readonly width: number;
  readonly height: number;
  readonly dark?: boolean;
}

export interface Page {
  open(url: string): Promise<void>;
  view(viewport: Viewport): Promise<void>;
  /** The value of an expression, which may be a promise. */
  evaluate<Value>(expression: string): Promise<Value>;
  press(key: "Tab" | "Enter" | " " | "ArrowDown"): Promise<void>;
  type(text: string): Promise<void>;
  /** PNG of what is in view. */
  screenshot(): Promise<Buffer>;
  /** PDF on A4. */
  print(): Promise<Buffer>;
  /** Addresses that were asked for, those of the page itself included. */
  readonly requested: readonly string[];
  /** What the page wrote to its console, and errors that nobody caught. */
  readonly complaints: readonly string[];
}

interface Message {
  readonly id?: number;
  readonly sessionId?: string;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

export interface Browser {
  /** A page in a profile of its own, which is closed whatever happens. */
  withPage<Result>(work: (page: Page) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

/** To start one takes seconds of processor time. */
export async function startBrowser(): Promise<Browser> {
  const profile = mkdtempSync(join(tmpdir(), "bulkhead-chromium-"));
  const child = spawn(findChromium() ?? "chromium", [...FLAGS, `--user-data-dir=${profile}`, "about:blank"], {
    env: unmoved,
    stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
  });
  const closed = once(child, "close");
  const connection = connect(child.stdio[3] as Writable, child.stdio[4] as Readable);
  return {
    async withPage(work) {
      const { browserContextId } = await connection.send<{ browserContextId: string }>("Target.createBrowserContext");
      try {
        return await work(await pageOf(connection, browserContextId));
      } finally {
        await connection.send("Target.disposeBrowserContext", { browserContextId });
      }
    },
    async close() {
      child.kill("SIGKILL");
      await closed;
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Opens a browser with one page, and closes it whatever happens. */
export async function withPage<Result>(work: (page: Page) => Promise<Result>): Promise<Result> {
  const browser = await startBrowser();
  try {
    return await browser.withPage(work);
  } finally {
    await browser.close();
  }
}

interface Connection {
  send<Result>(method: string, params?: object, session?: string): Promise<Result>;
  /** Hears of every event of every page. */
  readonly listeners: Set<(message: Message) => void>;
}

function connect(input: Writable, output: Readable): Connection {
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  const listeners = new Set<(message: Message) => void>();
  let last = 0;
  // Messages end with a zero byte.
  let rest: Buffer[] = [];
  output.on("data", (chunk: Buffer) => {
    for (let bytes = chunk; bytes.length > 0; ) {
      const end = bytes.indexOf(0);
      if (end < 0) {
        rest.push(bytes);
        return;
      }
      receive(JSON.parse(Buffer.concat([...rest, bytes.subarray(0, end)]).toString("utf8")) as Message);
      rest = [];
      bytes = bytes.subarray(end + 1);
    }
  });
  output.on("close", () => {
    for (const { reject } of waiting.values()) reject(new Error("chromium ended"));
  });
  input.on("error", () => undefined);

  function receive(message: Message): void {
    if (message.id === undefined) {
      for (const listener of listeners) listener(message);
      return;
    }
    const waiter = waiting.get(message.id);
    waiting.delete(message.id);
    if (message.error === undefined) waiter?.resolve(message.result);
    else waiter?.reject(new Error(message.error.message));
  }

  return {
    listeners,
    send<Result>(method: string, params: object = {}, sessionId?: string) {
      const id = ++last;
      const { promise, resolve, reject } = Promise.withResolvers<unknown>();
      waiting.set(id, { resolve, reject });
      input.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
      return promise as Promise<Result>;
    },
  };
}

async function pageOf({ send: sendTo, listeners }: Connection, browserContextId: string): Promise<Page> {
  const { targetId } = await sendTo<{ targetId: string }>("Target.createTarget", {
    url: "about:blank",
    browserContextId,
  });
  const { sessionId } = await sendTo<{ sessionId: string }>("Target.attachToTarget", { targetId, flatten: true });
  const send = <Result>(method: string, params?: object) => sendTo<Result>(method, params, sessionId);

  function event(method: string): Promise<void> {
    return new Promise((resolve) => {
      const listener = (message: Message) => {
        if (message.method !== method || message.sessionId !== sessionId) return;
        listeners.delete(listener);
        resolve();
      };
      listeners.add(listener);
    });
  }

  for (const domain of ["Page", "Runtime", "Network", "Log"]) await send(`${domain}.enable`);
  const requested: string[] = [];
  const complaints: string[] = [];
  listeners.add(({ method, params, sessionId: of }) => {
    if (of !== sessionId) return;
    if (method === "Network.requestWillBeSent") requested.push((params as { request: { url: string } }).request.url);
    if (method === "Log.entryAdded") complaints.push((params as { entry: { text: string } }).entry.text);
    if (method === "Runtime.exceptionThrown") complaints.push(JSON.stringify(params));
  });

  return {
    requested,
    complaints,
    async open(url) {
      const loaded = event("Page.loadEventFired");
      await send("Page.navigate", { url });
      await loaded;
    },
    async view({ width, height, dark = false }) {
      await send("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile: false });
      const features = [{ name: "prefers-color-scheme", value: dark ? "dark" : "light" }];
      await send("Emulation.setEmulatedMedia", { features });
    },
    async evaluate<Value>(expression: string) {
      const options = { expression, awaitPromise: true, returnByValue: true };
      const { result, exceptionDetails } = await send<{
        result: { value: Value };
        exceptionDetails?: { exception?: { description?: string } };
      }>("Runtime.evaluate", options);
      if (exceptionDetails !== undefined) throw new Error(exceptionDetails.exception?.description ?? "it threw");
      return result.value;
    },
    async press(key) {
      const texts: Readonly<Record<string, string>> = { Enter: "\r", " ": " " };
      const code = { Tab: 9, Enter: 13, " ": 32, ArrowDown: 40 }[key];
      const named = { key, code: key === " " ? "Space" : key, windowsVirtualKeyCode: code };
      const text = texts[key];
      await send("Input.dispatchKeyEvent", { type: "keyDown", ...named, ...(text === undefined ? {} : { text }) });
      await send("Input.dispatchKeyEvent", { type: "keyUp", ...named });
    },
    async type(text) {
      await send("Input.insertText", { text });
    },
    async screenshot() {
      const { data } = await send<{ data: string }>("Page.captureScreenshot", { format: "png" });
      return Buffer.from(data, "base64");
    },
    async print() {
      const options = { printBackground: false, paperWidth: 8.27, paperHeight: 11.69, preferCSSPageSize: true };
      const { data } = await send<{ data: string }>("Page.printToPDF", options);
      return Buffer.from(data, "base64");
    },
  };
}
