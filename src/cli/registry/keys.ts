import { join } from "node:path";
import { readClock } from "../../core/clock.ts";
import { printable } from "../../core/printable.ts";
import { usageProblem } from "../../core/problem.ts";
import { makeFolders } from "../../engines/files/folders.ts";
import { isThere, writeWhole } from "../../engines/files/write.ts";
import {
  type KeyFile,
  makeKeys,
  openKeyRing,
  readKeys,
  rotateKeys,
  writtenKeys,
  youngest,
} from "../../guards/registry/tokens/keys.ts";
import { keyFiles } from "../../guards/registry/tokens/tokens.ts";

export interface KeysOptions {
  readonly rotate: boolean;
  readonly olderThan?: string;
}

const DAY = 86_400_000;

/** `bulkhead registry keys DIR`: what the guard signs with, and what the engine is to trust. */
export function registryKeys(folder: string, { rotate, olderThan }: KeysOptions): number {
  const path = join(folder, keyFiles.keys);
  const now = readClock();
  const days = olderThan === undefined ? undefined : daysOf(olderThan);
  if (days !== undefined && !rotate) throw usageProblem("--older-than", "only with --rotate");
  if (!isThere(path)) {
    if (rotate) throw usageProblem(printable(path), "no such file", `make it: bulkhead registry keys ${folder}`);
    makeFolders(folder, 0o700);
    return written(folder, makeKeys(now), "created");
  }
  const keys = readKeys(path);
  const age = now.getTime() - youngest(keys).getTime();
  if (!rotate) throw usageProblem(printable(path), "keys exist already", "use --rotate to add new ones");
  if (days !== undefined && age < days * DAY) {
    process.stdout.write(`${printable(path)}: youngest key is ${Math.floor(age / DAY)} days old, nothing to do\n`);
    return 0;
  }
  return written(folder, rotateKeys(keys, now), "rotated");
}

function written(folder: string, keys: KeyFile, what: string): number {
  const path = join(folder, keyFiles.keys);
  const ring = openKeyRing(keys, path);
  writeWhole(join(folder, keyFiles.root), ring.engineRoot);
  writeWhole(join(folder, keyFiles.keySet), ring.engineKeySet);
  // Last: who reads it finds the others.
  writeWhole(path, writtenKeys(keys), { mode: 0o600 });
  const lines = [
    `${keyFiles.keys}: ${what}, ${keys.generations.length} ${keys.generations.length === 1 ? "key" : "keys"} (secret: for the guard alone)`,
    `${keyFiles.root}: the engine's auth.token.rootcertbundle`,
    `${keyFiles.keySet}: the same for engines that read JWKS (distribution 3: auth.token.jwks)`,
  ];
  process.stdout.write(`${lines.map((line) => printable(join(folder, line))).join("\n")}\n`);
  return 0;
}

function daysOf(text: string): number {
  const days = Number(text);
  if (!Number.isInteger(days) || days < 1 || days > 700) {
    throw usageProblem("--older-than", "not a number of days from 1 to 700");
  }
  return days;
}
