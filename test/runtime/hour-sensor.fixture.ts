/**
 * A sensor that tells an hour of a node, faster: `EVENTS` a second, of processes that start, open files, connect and end, in
 * containers that come and go. Run by Node in the sensor's place; `SPEED` and `HOUR` (seconds) are of its environment.
 */
import { createInterface } from "node:readline";
import { readClock } from "../../src/core/clock.ts";
import { FrameWriter } from "../../src/engines/events/frames/write.ts";
import { EventLines } from "../../src/engines/events/lines/read.ts";

const EVENTS = 1_000;
const SPEED = Number(process.env.SPEED ?? 5);
const HOUR = Number(process.env.HOUR ?? 3_600);
/** Events of one process, its start and its end among them. */
const PROCESS = 20;
const CONTAINERS = 50;

const writer = new FrameWriter((bytes) => void process.stdout.write(bytes), "x86_64");
const lines = new EventLines(writer);
const began = readClock().getTime();
let made = 0;
let told = false;

writer.machine({ hostname: "node-1", addresses: ["\x0a\x00\x00\x07"], bootTime: BigInt(began) * 1_000_000n });
process.stdout.on("error", () => process.exit(0));

createInterface({ input: process.stdin }).on("line", (line) => {
  const [number = "", command] = line.split(" ");
  writer.answer(Number(number), true, "");
  if (command === "end") {
    writer.end();
    process.stdout.write("", () => process.exit(0));
  }
  if (command === "hooks" && !told) {
    told = true;
    setInterval(tell, 20);
  }
});

/** What is due; what its reader has not taken yet waits. */
function tell(): void {
  if (process.stdout.writableNeedDrain) return;
  const due = Math.min(HOUR, ((readClock().getTime() - began) / 1_000) * SPEED) * EVENTS;
  while (made < due && !process.stdout.writableNeedDrain) oneProcess();
}

function oneProcess(): void {
  const number = made / PROCESS;
  // Ids come around, as they do on a host.
  const pid = 1_000 + (number % 30_000);
  // One of the containers is another one every ten seconds.
  const place = number % CONTAINERS;
  const container = Math.floor((made / EVENTS / 10 + place) / CONTAINERS) * CONTAINERS + place;
  const id = container.toString(16).padStart(12, "c").padEnd(64, "0");
  const at = (step: number) => new Date(began + ((made + step) / EVENTS) * 1_000).toISOString();
  const read = (line: object) => lines.read(line as Record<string, unknown>, "an hour");
  read({ process: { pid, parent: 1, path: "/usr/bin/dash", args: ["-c", `job ${number}`], container: id } });
  read({ event: "execve", pid, time: at(0), args: { exe: "/usr/bin/node", args: ["server.js", `--job=${number}`] } });
  for (let step = 1; step < PROCESS - 2; step += 1) {
    const name = `/srv/data/${number % 997}/part-${step}-${number}`;
    read({ event: "openat", pid, time: at(step), args: { fd: 3 + step, name, flags: "O_RDONLY" } });
  }
  read({
    event: "connect",
    pid,
    time: at(PROCESS - 2),
    args: { fd: 40, tuple: `10.0.0.7:${10_000 + (number % 50_000)}->10.1.${number % 250}.9:5432` },
  });
  read({ event: "procexit", pid, time: at(PROCESS - 1), args: { status: 0, ret: 0 } });
  made += PROCESS;
}
