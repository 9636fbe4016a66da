import type { Architecture } from "../types/syscalls.ts";

/** What the sensor says of itself, and in answer to what it was told. */
export interface SensorNotices {
  /** Of the host, which numbers of system calls are of. */
  architecture?(architecture: Architecture): void;
  /** A count or a time that it measured: `hook nanoseconds` → 12_000_000. */
  metric?(name: string, value: bigint): void;
  /** What this host's kernel or configuration keeps it from seeing. */
  missing?(what: string, why: string): void;
  /** What came of a command; `why` where it was not done. */
  answer?(command: number, done: boolean, why: string): void;
  /** What processes of a cgroup have used of the kernel so far. */
  used?(used: UsedOfKernel): void;
}

export interface UsedOfKernel {
  /** In the unified hierarchy; a byte string. */
  readonly cgroup: string;
  readonly id: bigint;
  /** Nanoseconds since 1970. */
  readonly since: bigint;
  /** Whether it was watched before its first process: then nothing was used that is not here. */
  readonly whole: boolean;
  /** Numbers of system calls of the sensor's architecture, in order. */
  readonly syscalls: readonly number[];
  /** Sets of capabilities by their bits: asked for and granted, asked for and refused. */
  readonly capabilities: bigint;
  readonly refused: bigint;
}
