import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import type { Problem } from "../../../core/problem.ts";
import { learnedWorkload } from "../../../engines/events/learn/learned.fixture.ts";
import type { LearnedWorkload } from "../../../engines/events/learn/model.ts";
import type { EngineAnswer } from "./engine.ts";
import { probeProgram, unlearnedCall } from "./probe.ts";
import { proveLearned } from "./prove.ts";

const architecture = process.arch === "arm64" ? "arm64" : "x86_64";
const seen: Partial<LearnedWorkload> = {
  syscalls: ["accept4", "bind"],
  architecture,
  capabilities: { used: ["CAP_NET_BIND_SERVICE"], refused: [] },
  written: [{ path: "/run/x.pid", count: 1 }],
  users: [{ uid: 101, gid: 102 }],
  listening: [
    { protocol: "TCP", port: 80, count: 3 },
    { protocol: "TCP", port: 81, count: 0 },
  ],
};

interface Made {
  /** Of looks at the container, in order; the last goes on. */
  readonly states?: readonly string[];
  readonly start?: Partial<EngineAnswer>;
  /** How the probe ends: without the profile, and with it. */
  readonly probes?: readonly [number, number];
  readonly answers?: (port: number) => boolean;
  readonly change?: Partial<LearnedWorkload>;
  readonly health?: number;
}

async function prove(made: Made) {
  const asked: (readonly string[])[] = [];
  const states = [...(made.states ?? ["true 0 10.0.0.5"])];
  let profile: { syscalls: { names: string[] }[] } | undefined;
  const engine = async (words: readonly string[]): Promise<EngineAnswer> => {
    asked.push(words);
    const nothing = { code: 0, out: "", error: "" };
    const [command, ...rest] = words;
    const file = rest
      .find((word) => word.startsWith("--security-opt=seccomp="))
      ?.split("=")
      .at(-1);
    if (file !== undefined) profile = JSON.parse(readFileSync(file, "utf8"));
    if (command === "--version") return { ...nothing, out: "podman version 5" };
    if (command === "logs") return { ...nothing, error: "no such call" };
    if (command === "exec") return { ...nothing, code: made.health ?? 0 };
    if (command === "inspect" && rest[1] === "{{.Image}}") return { ...nothing, out: `${"1".repeat(64)}\n` };
    if (command === "inspect") return { ...nothing, out: (states.length > 1 ? states.shift() : states[0]) ?? "" };
    if (command === "run" && rest.includes("--rm"))
      return { ...nothing, code: (made.probes ?? [0, 1])[file === undefined ? 0 : 1] };
    return command === "run" ? { ...nothing, ...made.start } : nothing;
  };
  const proving = proveLearned({
    ...{ engine, image: "shop/api:1", command: ["serve"], words: ["--env=A=b"], milliseconds: 3, pause: 1 },
    workload: learnedWorkload({ ...seen, ...made.change }),
    health: made.health === undefined ? [] : ["check"],
    now: () => new Date("2026-03-01T12:00:00Z"),
    answers: async (_, port) => made.answers?.(port) ?? true,
  });
  const result = await proving.then(
    (proven) => ({ proven }),
    (problem: Problem) => ({ code: problem.code, message: problem.message }),
  );
  return { result, asked, profile };
}

test("a container is started with just what was learned, and removed", async () => {
  const { result, asked, profile } = await prove({});
  assert.deepEqual(result, {
    proven: {
      ...{ at: "2026-03-01T12:00:00.000Z", image: `sha256:${"1".repeat(64)}`, volumes: ["/run"] },
      ...{ capabilities: ["CAP_NET_BIND_SERVICE"], uid: 101, refused: "getsid" },
      syscalls: profile?.syscalls[0]?.names.length,
    },
  });
  assert.ok(profile?.syscalls[0]?.names.includes("accept4"));
  const run = asked.find(([command, detach]) => command === "run" && detach === "--detach") ?? [];
  const name = run.find((word) => word.startsWith("--name="))?.slice(7) ?? "";
  for (const word of ["--cap-drop=ALL", "--cap-add=NET_BIND_SERVICE", "--read-only", "--read-only-tmpfs=false"])
    assert.ok(run.includes(word), word);
  assert.deepEqual(run.slice(-5), ["--tmpfs=/run:rw,mode=1777", "--user=101:102", "--env=A=b", "shop/api:1", "serve"]);
  assert.deepEqual(asked.at(-1), ["rm", "--force", name]);
  const file =
    run
      .find((word) => word.startsWith("--security-opt="))
      ?.split("=")
      .at(-1) ?? "";
  assert.equal(existsSync(file), false);
});

test("what does not start, ends, does not answer or is not healthy is not proven, and says why", async () => {
  const causeOf = async (made: Made) => {
    const { result, asked } = await prove(made);
    assert.deepEqual(asked.at(-1)?.slice(0, 2), ["rm", "--force"]);
    return "message" in result ? `${result.code} ${result.message}` : "";
  };
  assert.match(await causeOf({ start: { code: 126, error: "Error: x\n" } }), /unproven it did not start: Error: x/);
  assert.match(await causeOf({ states: ["false 139 "] }), /unproven it ended with 139: no such call/);
  assert.match(await causeOf({ answers: () => false }), /unproven port 80 does not answer/);
  assert.match(await causeOf({ health: 1 }), /unproven its health was not seen/);
  assert.match(await causeOf({ probes: [0, 0] }), /unproven getsid, which nobody learned, was not refused/);
  assert.match(await causeOf({ probes: [125, 1] }), /unprovable getsid could not be tried/);
});

test("one that was seen to end may end with success", async () => {
  const { result } = await prove({ states: ["false 0 "], change: { listening: [] } });
  assert.ok("proven" in result);
});

test("root stays root, several users are left as they are", async () => {
  for (const users of [[{ uid: 0, gid: 0 }], [1, 2].map((uid) => ({ uid, gid: uid }))]) {
    const { result, asked } = await prove({ change: { users } });
    assert.ok("proven" in result && result.proven.uid === undefined);
    assert.ok(!asked.flat().some((word) => word.startsWith("--user")));
  }
});

test("what cannot be tried is told before anything is started", async () => {
  const unprovable = async (change: Partial<LearnedWorkload>) => {
    const { result, asked } = await prove({ change });
    assert.deepEqual(asked, []);
    return "message" in result ? result.message : "";
  };
  const { syscalls: _, ...without } = learnedWorkload(seen);
  assert.match(await unprovable({ ...without, syscalls: undefined } as never), /were not learned/);
  assert.match(await unprovable({ architecture: architecture === "arm64" ? "x86_64" : "arm64" }), /another/);
  assert.match(await unprovable({ written: [{ path: "/core", count: 1 }] }), /no volume can be/);
  const hidden = { written: [{ path: "/etc/a/x", count: 1 }], opened: [{ path: "/etc/a/y", count: 1 }] };
  assert.match(await unprovable(hidden), /would hide \/etc\/a\/y/);
});

test("the probe is a program for each architecture, of a call that nobody learned", () => {
  assert.equal(unlearnedCall(["getsid"], "arm64"), "times");
  const sizes = { x86_64: [62, 33], arm64: [183, 40] } as const;
  for (const [name, [machine, size]] of Object.entries(sizes)) {
    const bytes = probeProgram("getsid", name as "x86_64" | "arm64");
    assert.equal(bytes.toString("latin1", 0, 4), "\x7fELF");
    assert.deepEqual([bytes.readUInt16LE(18), bytes.length], [machine, 120 + size]);
  }
});
