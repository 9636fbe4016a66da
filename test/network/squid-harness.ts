/**
 * Debian's Squid with a configuration as it is written, in a network of its own, asked for names and addresses.
 *
 *     const missing = cannotRunSquid();             // a reason to skip the test, or undefined
 *     const answers = await squidAnswers(text, {
 *       hosts: { "allowed.example": "203.0.113.10", "other.example": "203.0.113.20" },
 *       requests: ["CONNECT allowed.example:443", "GET http://other.example/"],
 *     });                                           // [{ request, passed: true, status: 200 }, …]
 *
 * The addresses of `hosts` exist in that network alone, each with an origin server on every port asked for; so they may be
 * public ones, and a configuration that refuses loopback or private addresses is tried as it stands. Squid resolves by its
 * `hosts_file`, both ways: the name of an address is looked up too, as an attacker's PTR record would have it.
 *
 * Appended to the text are settings that decide nothing: no cache, no logs, no helper programs, no name server.
 */

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { askInNamespace } from "./enforcement/in-namespace.ts";

export interface SquidQuestions {
  /** Name to address, IPv4 or IPv6. */
  readonly hosts: Readonly<Record<string, string>>;
  /** `CONNECT HOST:PORT`, or `GET URL` of an http URL. */
  readonly requests: readonly string[];
}

export interface SquidAnswer {
  readonly request: string;
  /** An origin server was reached and its answer came back. */
  readonly passed: boolean;
  /** What Squid answered; of a GET that passed the origin's. */
  readonly status: number;
}

/** Squid starts in about a second; one that hangs ends so. */
const MOST_MILLISECONDS = 120_000;

const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` };

/** Why Squid cannot be tried here, or undefined. */
export function cannotRunSquid(): string | undefined {
  if (process.platform !== "linux") return "network namespaces are Linux's";
  if (process.getuid?.() !== 0) return "Squid starts as root, to become its own user";
  for (const [program = "", ...args] of [
    ["squid", "-v"],
    ["ip", "-Version"],
  ]) {
    if (spawnSync(program, args, { env }).status !== 0) return `${program} is not installed`;
  }
  const tried = spawnSync("unshare", ["--net", "ip", "link", "set", "lo", "up"], { encoding: "utf8" });
  if (tried.status !== 0) return `no network namespace: ${tried.error?.message ?? tried.stderr.trim()}`;
  return undefined;
}

/** @throws Error where Squid refuses the configuration, with what it says */
export async function squidAnswers(configuration: string, questions: SquidQuestions): Promise<SquidAnswer[]> {
  const command = ["--net", process.execPath, join(import.meta.dirname, "squid-inside.ts")];
  const asked = { configuration, ...questions };
  const failed = "Squid was not tried";
  return (await askInNamespace(command, asked, {
    timeout: MOST_MILLISECONDS,
    environment: env,
    failed,
  })) as SquidAnswer[];
}
