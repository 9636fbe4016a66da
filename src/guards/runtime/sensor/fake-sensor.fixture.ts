/**
 * A sensor that sees what it is told to: writes frames and answers commands as the real one does (docs/sensor-control.md), so
 * that guards are tested where no kernel tells anything. Run by Node; its words are those of {@link fakeSensor}.
 */
import { appendFileSync, chmodSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { parseArgs } from "node:util";
import { readClock } from "../../../core/clock.ts";
import { FrameWriter } from "../../../engines/events/frames/write.ts";
import { EventLines } from "../../../engines/events/lines/read.ts";
import type { SensorPlace } from "../model.ts";

export interface FakeSensor {
  /** A file of lines (docs/event-lines.md) that it tells once it was told its hooks. */
  readonly events?: string;
  /**
   * A socket on which it takes more lines at any time; beside those of events `{"fake":"die"}` (it ends at once, in the middle
   * of a record), `{"fake":"metric","name":…,"value":…}` and `{"fake":"missing","what":…,"why":…}`.
   */
  readonly feed?: string;
  /** A file that gets each command that it was told, a line each, and `start` when it starts. */
  readonly log?: string;
  /** Names of commands that it refuses. */
  readonly refuses?: readonly string[];
  /** Says so on standard error and ends with 1. */
  readonly fails?: string;
  /** A socket on which it listens in the place of its standard input and output; then it says so. */
  readonly listen?: string;
}

/** Its file and words, for {@link SensorPlace}. */
export function fakeSensor(options: FakeSensor): Extract<SensorPlace, { kind: "program" }> {
  const words = Object.entries(options).flatMap(([name, value]) =>
    typeof value === "string"
      ? [`--${name}`, value]
      : (value as readonly string[]).flatMap((one) => [`--${name}`, one]),
  );
  return { kind: "program", file: process.execPath, words: [import.meta.filename, ...words] };
}

if (process.argv[1] === import.meta.filename) run();

function run(): void {
  const { values } = parseArgs({
    // What guards give the real one.
    strict: false,
    options: {
      events: { type: "string" },
      feed: { type: "string" },
      log: { type: "string" },
      refuses: { type: "string", multiple: true },
      fails: { type: "string" },
      listen: { type: "string" },
    },
  });
  const options = values as FakeSensor;
  const { fails, listen, log } = options;
  if (log !== undefined) appendFileSync(log, "start\n");
  if (fails !== undefined) {
    process.stderr.write(`bulkhead-sensor: ${fails}\n`);
    process.exitCode = 1;
    return;
  }
  process.on("SIGINT", () => undefined);
  if (listen === undefined) {
    serve(process.stdin, process.stdout, options, () => process.exit(0));
    return;
  }
  const server = createServer((socket) => serve(socket, socket, options, () => socket.end()));
  server.listen(listen, () => {
    chmodSync(listen, 0o600);
    process.stdout.write("listens\n");
  });
}

function serve(input: Readable, output: Writable, options: FakeSensor, leave: () => void): void {
  const { events, feed, log, refuses = [] } = options;
  const writer = new FrameWriter((bytes) => void output.write(bytes), "x86_64");
  const lines = new EventLines(writer);
  writer.machine({
    hostname: "node-1",
    addresses: ["\x0a\x00\x00\x07"],
    bootTime: BigInt(readClock().getTime()) * 1_000_000n,
  });
  let told = false;
  output.on("error", () => process.exit(1));

  function tell(line: string): void {
    const read = JSON.parse(line) as Record<string, unknown>;
    switch (read.fake) {
      case undefined:
        // Without a time of its own it happens now.
        if (read.event !== undefined) read.time ??= readClock().toISOString();
        lines.read(read, "the fake sensor");
        return;
      case "die":
        // The beginning of a record of 64 bytes.
        output.write(Buffer.from([64, 0, 0, 0, 2]), () => process.exit(3));
        return;
      case "metric":
        writer.metric(String(read.name), BigInt(String(read.value)));
        return;
      case "missing":
        writer.missing(String(read.what), String(read.why));
        return;
      default:
        throw new Error(`unknown: ${line}`);
    }
  }

  function end(): void {
    writer.end();
    output.write("", leave);
  }

  createInterface({ input }).on("line", (line) => {
    const [number = "", command = "", ...words] = line.split(" ");
    if (log !== undefined) appendFileSync(log, `${[command, ...words].join(" ")}\n`);
    const isRefused = refuses.includes(command);
    writer.answer(Number(number), !isRefused, isRefused ? "not here" : "");
    if (command === "end") end();
    if (command !== "hooks" || told) return;
    told = true;
    for (const each of events === undefined ? [] : readFileSync(events, "utf8").trim().split("\n")) tell(each);
  });
  if (feed === undefined) return;
  const server = createServer((socket) => createInterface({ input: socket }).on("line", tell));
  server.listen(feed);
  server.unref();
}
